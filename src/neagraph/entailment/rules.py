"""Rules and clash checks as values: triple patterns, guards, and the SPARQL made from them.

Patterns and guards are kept beside the query text, so that the same rule can also be run on a
changeset: bind one pattern to a changed triple, join the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple
from typing import Literal as Choice

from neagraph import vocab
from neagraph.entailment.datatypes import not_of_datatype, of_datatype
from neagraph.rdf.terms import Literal, NamedNode, Term, Triple, Variable

Identity = Choice["check", "infer"]
"""What becomes of two names for one thing: `check` reports them, `infer` entails owl:sameAs."""

Slot = Variable | NamedNode | Literal
"""What may stand in a triple pattern."""


class Atom(NamedTuple):
    """A triple pattern."""

    subject: Slot
    predicate: Slot
    object: Slot

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object} ."

    @property
    def key(self) -> Key:
        """Return what a triple must look like to match, coarsely: predicate and class."""
        if not isinstance(self.predicate, NamedNode):
            return Key(None, None)
        predicate = self.predicate.value
        typed = predicate == vocab.RDF_TYPE and isinstance(self.object, NamedNode)
        return Key(predicate, str(self.object) if typed else None)


class Key(NamedTuple):
    """A predicate and, for rdf:type, a class; None stands for any."""

    predicate: str | None
    type: str | None


class GuardKind(StrEnum):
    """What a guard asks of its slots."""

    ONE_OF = "the first slot is one of the others"
    DIFFERENT = "the two slots are not the same term"
    UNEQUAL = "the two slots are neither the same term nor literals of equal value"
    LITERALS = "both slots are literals"
    RESOURCE = "the slot is no literal"
    IRI = "the slot is an IRI"
    OF_DATATYPE = "the first slot is a literal in the value space of the second"
    NOT_OF_DATATYPE = "the first slot is a literal outside the value space of the second"


class Guard(NamedTuple):
    """A condition on the terms that patterns bind."""

    kind: GuardKind
    slots: tuple[Slot, ...]

    def __str__(self) -> str:
        if self.kind is GuardKind.ONE_OF:
            return f"VALUES {self.slots[0]} {{ {' '.join(map(str, self.slots[1:]))} }}"
        return f"FILTER({_filter(self)})"


def _filter(guard: Guard) -> str:
    names = [str(slot) for slot in guard.slots]
    if guard.kind in _TESTS:
        return _TESTS[guard.kind].format(*names)
    return (of_datatype if guard.kind is GuardKind.OF_DATATYPE else not_of_datatype)(*names)


_TESTS: Final = {
    GuardKind.DIFFERENT: "!SAMETERM({0}, {1})",
    GuardKind.UNEQUAL: "!SAMETERM({0}, {1}) && COALESCE({0} != {1}, true)",
    GuardKind.LITERALS: "ISLITERAL({0}) && ISLITERAL({1})",
    GuardKind.RESOURCE: "!ISLITERAL({0})",
    GuardKind.IRI: "ISIRI({0})",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A conjunction of patterns and guards; empty, it always holds."""

    atoms: tuple[Atom, ...] = ()
    guards: tuple[Guard, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(
            tuple(dict.fromkeys(self.atoms + other.atoms)),
            tuple(dict.fromkeys(self.guards + other.guards)),
        )

    def __str__(self) -> str:
        first = [guard for guard in self.guards if guard.kind is GuardKind.ONE_OF]
        last = [guard for guard in self.guards if guard.kind is not GuardKind.ONE_OF]
        return " ".join(str(part) for part in (*first, *self.atoms, *last))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: where the body holds, the head is entailed.

    Args:
        name: The rule of the OWL 2 RL/RDF tables that it is an instance of, such as `prp-spo2`.
        axiom: The axiom it comes from, one sentence.
        head: The entailed pattern, one in each rule of the compiler.
        condition: The body; its variables include those of the head.
        is_schema: Whether it speaks of the schema itself (the scm-* rules).
        is_transitive: Whether the head is the property of both patterns of the body. The query
            then follows the property any number of steps, and one run is enough: joining the
            closure with itself takes cubic time (300 things in a row: 50 s against 0.1 s).
        said: The triple of the schema that says the axiom; None for what holds for every schema.
        construct: CONSTRUCT query that yields what is entailed and not there yet.
    """

    name: str
    axiom: str
    head: tuple[Atom, ...]
    condition: Condition
    is_schema: bool = False
    is_transitive: bool = False
    said: Triple | None = field(default=None, compare=False)
    construct: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "construct", _construct(self))

    @property
    def body(self) -> tuple[Atom, ...]:
        """Return the patterns of the body."""
        return self.condition.atoms


def _construct(rule: Rule) -> str:
    head = " ".join(map(str, rule.head))
    body = str(rule.condition)
    if rule.is_transitive:
        path = "".join(f"{s} {p}+ {o} . " for s, p, o in rule.head)
        body = path + str(Condition(guards=rule.condition.guards))
    return f"CONSTRUCT {{ {head} }} WHERE {{ {body} FILTER NOT EXISTS {{ {head} }} }}"


def entailing(
    name: str, axiom: str, head: Atom, condition: Condition, *, is_transitive: bool = False
) -> Iterator[Rule]:
    """Yield the rule, made safe: its head never has a literal as subject.

    Nothing is yielded for a head that says nothing: part of its own body, a literal as subject,
    or membership in owl:Thing or rdfs:Resource.
    """
    everything = head.predicate == TYPE and head.object in EVERYTHING
    if head in condition.atoms or isinstance(head.subject, Literal) or everything:
        return
    subjects = {atom.subject for atom in condition.atoms}
    if isinstance(head.subject, Variable) and head.subject not in subjects:
        condition &= Condition(guards=(Guard(GuardKind.RESOURCE, (head.subject,)),))
    yield Rule(name, axiom, (head,), condition, is_transitive=is_transitive)


@dataclass(frozen=True, slots=True)
class ClashCheck:
    """A check for a contradiction between data and one axiom.

    Args:
        name: The rule of the OWL 2 RL/RDF tables, such as `cax-dw`.
        axiom: The axiom, one sentence.
        sentence: What is wrong, with `{0}`, `{1}` … for what `select` returns.
        shown: The variables that `select` returns.
        individuals: How many of them, from the first, are individuals.
        condition: What must not hold.
        several: The variable of which a contradiction needs more than one value; None where that
            is not so. With it the engine finds candidates by counting, not by comparing all pairs.
        per: For one combination of values of these variables.
        possible: ASK query, quick to answer; where it is false there is no contradiction.
        select: SELECT query for the contradictions.
    """

    name: str
    axiom: str
    sentence: str
    shown: tuple[Variable, ...]
    condition: Condition
    individuals: int
    several: Variable | None = None
    per: tuple[Variable, ...] = ()
    possible: str = field(init=False, compare=False)
    select: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        candidates = _candidates(self)
        shown = " ".join(map(str, self.shown))
        select = f"SELECT DISTINCT {shown} WHERE {{ {candidates} {self.condition} }}"
        object.__setattr__(self, "possible", f"ASK {{ {candidates} }}")
        object.__setattr__(self, "select", select)


def _candidates(check: ClashCheck) -> str:
    if check.several is None:
        return ""
    atoms = tuple(atom for atom in check.condition.atoms if check.several in atom)
    guards = tuple(g for g in check.condition.guards if g.slots[0] == check.several)
    values = tuple(guard for guard in guards if guard.kind is GuardKind.ONE_OF)
    per = " ".join(map(str, check.per))
    having = f"HAVING(COUNT(DISTINCT {check.several}) > 1)"
    return f"{{ SELECT {per} WHERE {{ {Condition(atoms, values)} }} GROUP BY {per} {having} }}"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A compiled TBox.

    Args:
        rules: The rules, in an order that fires causes before effects.
        clashes: The checks for contradictions.
        structure: The anonymous nodes that only hold axioms together, as IRIs: class expressions,
            lists, axioms with members. No entailed triple mentions one.
    """

    rules: tuple[Rule, ...]
    clashes: tuple[ClashCheck, ...]
    structure: frozenset[Term]

    @property
    def schema_rules(self) -> tuple[Rule, ...]:
        """Return the rules that entail schema from schema."""
        return tuple(rule for rule in self.rules if rule.is_schema)

    @property
    def instance_rules(self) -> tuple[Rule, ...]:
        """Return the rules that run on the whole dataset."""
        return tuple(rule for rule in self.rules if not rule.is_schema)


def in_firing_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules in reverse postorder of "feeds": each after those it depends on.

    Rules that feed each other in a circle stand in some order within the circle.
    """
    rules = tuple(dict.fromkeys(rules))
    successors = feeds(rules)
    order: list[int] = []
    seen: set[int] = set()
    for start in range(len(rules)):
        stack = [(start, iter(successors[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            position, rest = stack[-1]
            following = next((i for i in rest if i not in seen), None)
            if following is None:
                order.append(position)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(successors[following])))
    return tuple(rules[i] for i in reversed(order))


def feeds(rules: tuple[Rule, ...]) -> tuple[tuple[int, ...], ...]:
    """Return for each rule the positions of the rules that what it entails can make fire.

    A transitive rule is never made to fire by itself: its query yields all there is at once.
    """
    exactly: dict[Key, list[int]] = defaultdict(list)
    by_predicate: dict[str | None, list[int]] = defaultdict(list)
    for position, rule in enumerate(rules):
        for key in {atom.key for atom in rule.body}:
            exactly[key].append(position)
            by_predicate[key.predicate].append(position)

    def fed_by(key: Key) -> Iterable[int]:
        if key.predicate is None:
            return range(len(rules))
        if key.type is None:
            return (*by_predicate[key.predicate], *by_predicate[None])
        return (*exactly[key], *exactly[Key(key.predicate, None)], *by_predicate[None])

    fed = (dict.fromkeys(i for atom in rule.head for i in fed_by(atom.key)) for rule in rules)
    return tuple(
        tuple(i for i in positions if not (i == own and rules[i].is_transitive))
        for own, positions in enumerate(fed)
    )


TYPE = NamedNode(vocab.RDF_TYPE)
EVERYTHING = frozenset({NamedNode(vocab.OWL + "Thing"), NamedNode(vocab.RDFS + "Resource")})

"""The closure of a dataset that has changed, at the cost of the change.

What comes is joined with what is there, round after round (semi-naive evaluation). What goes takes
along everything that it had a part in, and what has another reason is put back (delete and
rederive; Gupta, Mumick and Subrahmanian, "Maintaining Views Incrementally", SIGMOD 1993).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from neagraph.entailment.clashes import Row
from neagraph.entailment.matching import (
    Constants,
    Index,
    Join,
    Places,
    Slots,
    Terms,
    filled,
    terms_of,
)
from neagraph.entailment.rules import Atom, ClashCheck, Guard, GuardKind, Rule, RuleSet
from neagraph.entailment.schema import TYPE, is_axiom_predicate, is_axiom_type
from neagraph.entailment.trivial import may_be_trivial
from neagraph.entailment.why import Origin, origins_of
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import NamedNode, Quad, Triple
from neagraph.vocab import GRAPH_ENTAILED

ENTAILED: Final = NamedNode(GRAPH_ENTAILED)


class TooMuchError(Exception):
    """The change touches so much that working everything out anew takes less time."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A rule, ready to be joined with a triple that one pattern of its body matches."""

    join: Join
    head: Slots

    def heads(self, engine: Engine, terms: Terms) -> Iterator[Triple]:
        """Yield what the rule entails together with a triple, repetitions included."""
        for known in self.join.solutions(engine, terms):
            head = filled(self.head, known)
            if head is not None:
                yield head


@dataclass(frozen=True, slots=True)
class Probe:
    """A check, ready to be joined with a triple that one of its patterns matches."""

    check: ClashCheck
    join: Join
    shown: tuple[int, ...]

    def rows(self, engine: Engine, terms: Terms) -> Iterator[Row]:
        """Yield the contradictions that a triple has a part in, repetitions included."""
        for known in self.join.solutions(engine, terms):
            yield tuple(term for place in self.shown if (term := known[place]) is not None)


@dataclass(frozen=True, slots=True)
class DeltaRules:
    """Rules and checks, by the triples that they may have to do with.

    Args:
        effects: The rules, by what they ask for.
        origins: The rules, by what they entail.
        probes: The checks, by what they ask for.
    """

    effects: Index[Effect]
    origins: Index[Origin]
    probes: Index[Probe]


def compile_delta(rule_set: RuleSet, constants: Constants) -> DeltaRules:
    """Return the rules and checks of a TBox in the form that a change needs.

    Args:
        rule_set: The compiled TBox.
        constants: What stands in the dataset for the constants of the rules.
    """
    rules = rule_set.instance_rules
    return DeltaRules(
        Index((atom, _effect(rule, atom, constants)) for rule in rules for atom in rule.body),
        origins_of(rules, constants),
        Index(
            (kind, _probe(check, atom, constants))
            for check in rule_set.clashes
            for atom in check.condition.atoms
            for kind in _kinds(atom, check.condition.guards)
        ),
    )


def _effect(rule: Rule, atom: Atom, constants: Constants) -> Effect:
    (head,) = rule.head
    places = Places((*rule.body, head), rule.condition.guards, constants)
    return Effect(places.join(atom, rule.condition), places.slots(head))


def _probe(check: ClashCheck, atom: Atom, constants: Constants) -> Probe:
    places = Places(check.condition.atoms, check.condition.guards, constants)
    shown = tuple(place for place in map(places.of, check.shown) if isinstance(place, int))
    return Probe(check, places.join(atom, check.condition), shown)


def _kinds(atom: Atom, guards: tuple[Guard, ...]) -> list[Atom]:
    """Return the patterns to find one by: one for each class, where its classes are listed."""
    if atom.predicate != TYPE:
        return [atom]
    lists = [
        g.slots[1:] for g in guards if g.kind is GuardKind.ONE_OF and g.slots[0] == atom.object
    ]
    return [atom._replace(object=class_) for class_ in lists[0]] if lists else [atom]


def obstacle(rule_set: RuleSet) -> str:
    """Return the axiom because of which a change cannot be followed; empty if there is none.

    Its rule may entail axioms, or triples of a trivial kind: those are never stored, so what they
    lead to cannot be joined with them later.
    """
    found = (rule for rule in rule_set.instance_rules if not all(map(_is_plain, rule.head)))
    return next((rule.axiom for rule in found), "")


def _is_plain(head: Atom) -> bool:
    predicate, value = head.predicate, head.object
    if not isinstance(predicate, NamedNode):
        return False
    if predicate == TYPE:
        named = isinstance(value, NamedNode) and not is_axiom_type(value)
        return named and not may_be_trivial(predicate, value)
    return not is_axiom_predicate(predicate) and not may_be_trivial(predicate, value)


class ClosureUpkeep:
    """Brings the closure of a dataset up to a change of its asserted triples.

    Args:
        engine: The dataset, its default graph the union of asserted and entailed triples. The
            asserted triples are those after the change, the entailed ones those before it; these
            are changed.
        rules: The rules, without an `obstacle`.
        most: How many instances of rules may be looked at.
    """

    def __init__(self, engine: Engine, rules: DeltaRules, *, most: int) -> None:
        self.added = set[Triple]()
        """What has been added to the entailed triples."""
        self.removed = set[Triple]()
        """What has been taken from them."""
        self._engine = engine
        self._rules = rules
        self._left = most

    def follow(self, *, added: set[Triple], removed: set[Triple]) -> set[Triple]:
        """Follow a change, and return what is new in the union of asserted and entailed triples.

        Args:
            added: What is asserted now and was not before.
            removed: What was asserted before and is not any more.

        Raises:
            TooMuchError: If the change has too many consequences; what has been done until then
                stands in `added` and `removed`.
        """
        known = {triple for triple in added if _entailed(triple) in self._engine}
        self._withdraw(known)
        before = removed | (self._doubted(removed) if removed else removed)
        back = {triple for triple in before if self._is_entailed(triple)}
        self._tell(back)
        return self._extend((added - known) | back) - before

    def _doubted(self, removed: set[Triple]) -> set[Triple]:
        """Withdraw what the removed triples had a part in, and return it."""
        self._engine.add(map(_plain, removed))  # what goes is told from the state before
        doubted = set[Triple]()
        try:
            last = removed
            while last:
                heads = {head for head in self._heads(last) if head not in doubted}
                last = {head for head in heads if _entailed(head) in self._engine}
                doubted |= last
        finally:
            self._engine.remove(map(_plain, removed))
        self._withdraw(doubted)
        return doubted

    def _extend(self, last: set[Triple]) -> set[Triple]:
        """Entail what follows from triples that are there, and return it with them."""
        reached = set(last)
        while last:
            last = {head for head in set(self._heads(last)) if _plain(head) not in self._engine}
            self._tell(last)
            reached |= last
        return reached

    def _heads(self, triples: Iterable[Triple]) -> Iterator[Triple]:
        for triple in triples:
            terms = terms_of(triple)
            for effect in self._rules.effects.of(terms):
                for head in effect.heads(self._engine, terms):
                    self._count()
                    yield head

    def _is_entailed(self, triple: Triple) -> bool:
        terms = terms_of(triple)
        for origin in self._rules.origins.of(terms):
            self._count()
            if next(iter(origin.join.solutions(self._engine, terms)), None) is not None:
                return True
        return False

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooMuchError

    def _tell(self, triples: set[Triple]) -> None:
        self._engine.add(map(_entailed, triples))
        self.added |= triples - self.removed
        self.removed -= triples

    def _withdraw(self, triples: set[Triple]) -> None:
        self._engine.remove(map(_entailed, triples))
        self.removed |= triples - self.added
        self.added -= triples


def clash_rows(
    engine: Engine, rules: DeltaRules, triples: Iterable[Triple]
) -> dict[ClashCheck, set[Row]]:
    """Return the contradictions that some triples have a part in, by the check that finds them."""
    found: dict[ClashCheck, set[Row]] = {}
    for triple in triples:
        terms = terms_of(triple)
        for probe in rules.probes.of(terms):
            for row in probe.rows(engine, terms):
                found.setdefault(probe.check, set()).add(row)
    return found


def _entailed(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, ENTAILED)


def _plain(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object)

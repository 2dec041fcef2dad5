"""Why a triple is entailed: the instance of a rule behind it, and the asserted triples below."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Final

from neagraph.entailment.rules import Atom, Condition, GuardKind, Rule, Slot
from neagraph.rdf.engine import Queryable
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple, Variable

Bindings = dict[Slot, Term]

MOST: Final = 60
"""How many rule instances are looked at in search of the asserted triples below one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One instance of a rule.

    Args:
        rule: The rule.
        premises: What its body stands for, in the same order.
    """

    rule: Rule
    premises: tuple[Triple, ...]


def reasons(engine: Queryable, rules: tuple[Rule, ...], triple: Triple) -> Iterator[Reason]:
    """Yield the rule instances that entail a triple, those of earlier rules first.

    They may run in a circle: of two inverse triples, each is a reason for the other.

    Args:
        engine: A dataset with its closure.
        rules: The rules of its axioms.
        triple: The triple, without blank nodes.
    """
    for rule in rules:
        for head in rule.head:
            bindings = unified(head, triple)
            if bindings is not None:
                yield from _instances(engine, rule, bindings)


def unified(atom: Atom, triple: Triple) -> Bindings | None:
    """Return what the variables of a pattern stand for in a triple; None if it does not match."""
    bindings: Bindings = {}
    for slot, term in zip(atom, (triple.subject, triple.predicate, triple.object), strict=True):
        if bindings.setdefault(slot, term if isinstance(slot, Variable) else slot) != term:
            return None
    return bindings


def bound(condition: Condition, bindings: Bindings) -> Condition | None:
    """Return the condition with terms for variables; None where it cannot hold any more."""

    def put(slot: Slot) -> Slot:
        term = bindings.get(slot, slot)
        return term if isinstance(term, NamedNode | Literal | Variable) else slot

    guards = []
    for guard in condition.guards:
        slots = tuple(put(slot) for slot in guard.slots)
        if guard.kind is not GuardKind.ONE_OF or isinstance(slots[0], Variable):
            guards.append(guard._replace(slots=slots))
        elif slots[0] not in slots[1:]:
            return None
    return Condition(tuple(Atom(*map(put, atom)) for atom in condition.atoms), tuple(guards))


def _instances(engine: Queryable, rule: Rule, bindings: Bindings) -> Iterator[Reason]:
    condition = bound(rule.condition, bindings)
    if condition is None:
        return
    slots = dict.fromkeys(slot for atom in condition.atoms for slot in atom)
    free = [slot for slot in slots if isinstance(slot, Variable)]
    if not free:
        rows: Iterator[tuple[Term | None, ...]] = iter([()] * engine.ask(f"ASK {{ {condition} }}"))
    else:
        rows = engine.select(f"SELECT {' '.join(map(str, free))} WHERE {{ {condition} }}")
    for row in rows:
        found = {slot: term for slot, term in zip(free, row, strict=True) if term is not None}
        premises = [instance(atom, found) for atom in condition.atoms]
        yield Reason(rule, tuple(premise for premise in premises if premise is not None))


def instance(atom: Atom, found: dict[Variable, Term]) -> Triple | None:
    """Return the triple that a pattern stands for; None if a variable is left or it is no RDF."""
    subject, predicate, value = (
        found.get(slot) if isinstance(slot, Variable) else slot for slot in atom
    )
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(predicate, NamedNode):
        return None
    return None if value is None else Triple(subject, predicate, value)


class Roots:
    """Finds the asserted triples that entailed ones rest on.

    Args:
        engine: A dataset with its closure, without blank nodes.
        rules: The rules of its axioms.
        entailed: Which of its triples are entailed.
    """

    def __init__(
        self, engine: Queryable, rules: tuple[Rule, ...], entailed: Container[Triple]
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._entailed = entailed
        self._found: dict[Triple, tuple[Triple, ...]] = {}
        self._left = 0

    def of(self, triple: Triple) -> tuple[Triple, ...]:
        """Return the asserted triples that one way to entail the triple rests on.

        That is the triple itself if it is asserted, and nothing where no way is found among the
        first `MOST` rule instances.
        """
        self._left = MOST
        return self._of(triple)

    def _of(self, triple: Triple) -> tuple[Triple, ...]:
        if triple not in self._entailed:
            return (triple,)
        if triple not in self._found:
            self._found[triple] = ()  # no triple is a reason for itself
            ways = (self._below(reason) for reason in self._reasons(triple))
            self._found[triple] = next((way for way in ways if way), ())
        return self._found[triple]

    def _reasons(self, triple: Triple) -> Iterator[Reason]:
        for reason in reasons(self._engine, self._rules, triple):
            self._left -= 1
            if self._left < 0:
                return
            yield reason

    def _below(self, reason: Reason) -> tuple[Triple, ...]:
        below = [self._of(premise) for premise in reason.premises]
        return tuple(dict.fromkeys(t for found in below for t in found)) if all(below) else ()

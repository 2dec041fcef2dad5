"""Why a triple is entailed: the instance of a rule behind it, and the asserted triples below."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from neagraph.entailment.matching import (
    NO_CONSTANTS,
    Constants,
    Facts,
    Index,
    Join,
    Places,
    Slots,
    Terms,
    filled,
    terms_of,
)
from neagraph.entailment.rules import Atom, Rule
from neagraph.entailment.schema import in_order
from neagraph.rdf.terms import Term, Triple, Variable

MOST: Final = 60
"""How many rule instances are looked at in search of the asserted triples below one."""
_SORTED: Final = 1000
"""Of how many instances of one rule the order does not depend on the dataset's own."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One instance of a rule.

    Args:
        rule: The rule.
        premises: What its body stands for, in the same order.
    """

    rule: Rule
    premises: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """A rule, ready to be joined with a triple that its head matches."""

    rule: Rule
    join: Join
    premises: tuple[Slots, ...]

    def reasons(self, facts: Facts, terms: Terms) -> Iterator[Reason]:
        """Yield the instances of the rule that entail a triple."""
        for known in self.join.solutions(facts, terms):
            premises = (filled(slots, known) for slots in self.premises)
            yield Reason(self.rule, tuple(p for p in premises if p is not None))


def origins_of(rules: Iterable[Rule], constants: Constants = NO_CONSTANTS) -> Index[Origin]:
    """Return the rules by what they entail: the quick ones first, of these the earlier ones.

    Args:
        rules: The rules.
        constants: What stands in the dataset for their constants.
    """
    found = [(head, _origin(rule, head, constants)) for rule in rules for head in rule.head]
    return Index(sorted(found, key=lambda entry: not entry[1].join.is_outward))


def _origin(rule: Rule, head: Atom, constants: Constants) -> Origin:
    places = Places((*rule.body, head), rule.condition.guards, constants)
    body = rule.condition
    return Origin(rule, places.join(head, body), tuple(map(places.slots, rule.body)))


def reasons(facts: Facts, origins: Index[Origin], triple: Triple) -> Iterator[Reason]:
    """Yield the rule instances that entail a triple, in the order of the origins.

    They may run in a circle: of two inverse triples, each is a reason for the other.

    Args:
        facts: A dataset with its closure.
        origins: The rules of its axioms.
        triple: The triple.
    """
    terms = terms_of(triple)
    for origin in origins.of(terms):
        found = origin.reasons(facts, terms)
        yield from sorted(islice(found, _SORTED), key=_in_order)
        yield from found


def _in_order(reason: Reason) -> list[str]:
    return [in_order(term) for premise in reason.premises for term in terms_of(premise)]


def instance(atom: Atom, found: dict[Variable, Term]) -> Triple | None:
    """Return the triple that a pattern stands for; None if a variable is left or it is no RDF."""
    places = Places((atom,), (), NO_CONSTANTS)
    return filled(places.slots(atom), [found.get(variable) for variable in places])


class Roots:
    """Finds the asserted triples that entailed ones rest on.

    Args:
        facts: A dataset with its closure.
        origins: The rules of its axioms.
        entailed: Which of its triples are entailed.
    """

    def __init__(self, facts: Facts, origins: Index[Origin], entailed: Container[Triple]) -> None:
        self._facts = facts
        self._origins = origins
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
        for reason in reasons(self._facts, self._origins, triple):
            self._left -= 1
            if self._left < 0:
                return
            yield reason

    def _below(self, reason: Reason) -> tuple[Triple, ...]:
        below = [self._of(premise) for premise in reason.premises]
        return tuple(dict.fromkeys(t for found in below for t in found)) if all(below) else ()

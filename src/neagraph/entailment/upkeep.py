"""The closure of a stored dataset, kept up with every change of its asserted triples."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from neagraph.entailment.clashes import ClashTeller
from neagraph.entailment.closure import axioms_of, entail
from neagraph.entailment.compiler import compile_tbox
from neagraph.entailment.delta import (
    ENTAILED,
    ClosureUpkeep,
    DeltaRules,
    TooMuchError,
    clash_rows,
    compile_delta,
    obstacle,
)
from neagraph.entailment.matching import terms_of
from neagraph.entailment.result import Clash, ClosureChange
from neagraph.entailment.rules import RuleSet
from neagraph.entailment.schema import Names, is_anonymous, is_schema
from neagraph.entailment.why import Roots
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, NamedNode, Quad, Term, Triple
from neagraph.vocab import GRAPH_ENTAILED

Asserted = Callable[[], Iterable[Quad]]
"""Returns the asserted quads of a dataset after a change."""

_LEAST: Final = 50_000
"""How many rule instances may always be looked at, however small the dataset."""


@dataclass(frozen=True, slots=True)
class Closure:
    """The rules of a dataset's axioms, ready for changes of its other triples.

    Args:
        rule_set: The rules and checks.
        structure: The nodes that only hold axioms together, as the dataset has them.
        rules: The rules in the form that a change needs; None where changes cannot be followed.
        most: How many rule instances are looked at before everything is worked out anew.
    """

    rule_set: RuleSet
    structure: frozenset[Term]
    rules: DeltaRules | None = field(repr=False)
    most: int = _LEAST

    @classmethod
    def of(cls, engine: Engine) -> Closure:
        """Compile the axioms that a dataset asserts.

        Args:
            engine: The dataset, its default graph the union of asserted and entailed triples.

        Raises:
            UnsupportedAxiomError: For an axiom outside OWL 2 RL.
        """
        entailed = EntailedTriples(engine)
        axioms = {triple for triple in axioms_of(engine) if triple not in entailed}
        names = Names()
        for triple in axioms:
            names.named(triple)
        rule_set = compile_tbox(axioms, identity="check")
        structure = frozenset(map(names.node, rule_set.structure))
        rules = compile_delta(rule_set, names.blank_nodes())
        followed = not obstacle(rule_set) and not _is_reached(engine, rules, structure)
        most = max(_LEAST, len(engine) // 5)
        return cls(rule_set, structure, rules if followed else None, most)

    def concerns(self, triple: Triple) -> bool:
        """Return whether a change of this triple may change the rules."""
        if is_schema(triple):
            return True
        return any(
            is_anonymous(term) and term in self.structure
            for term in (triple.subject, triple.object)
        )

    def maintain(
        self, engine: Engine, *, added: set[Triple], removed: set[Triple], asserted: Asserted
    ) -> ClosureChange:
        """Bring the entailed triples of a dataset up to a change of its asserted ones.

        The dataset was consistent before. Where the change touches axioms, or has more
        consequences than can be followed in good time, everything is worked out anew.

        Args:
            engine: The dataset, its default graph the union of asserted and entailed triples. The
                asserted triples are those after the change, the entailed ones those before it;
                these are changed.
            added: What is asserted now and was not before.
            removed: What was asserted before and is not any more.
            asserted: Called only where everything is worked out anew.

        Raises:
            UnsupportedAxiomError: For a new axiom outside OWL 2 RL.
        """
        if self.rules is None or any(map(self.concerns, (*added, *removed))):
            return _anew(engine, set(_entailed(engine)), asserted)
        upkeep = ClosureUpkeep(engine, self.rules, most=self.most)
        try:
            new = upkeep.follow(added=added, removed=removed)
        except TooMuchError:
            before = (set(_entailed(engine)) - upkeep.added) | upkeep.removed
            return _anew(engine, before, asserted)
        clashes = self._clashes(engine, self.rules, new)
        return ClosureChange(frozenset(upkeep.added), frozenset(upkeep.removed), clashes)

    def _clashes(self, engine: Engine, rules: DeltaRules, new: set[Triple]) -> tuple[Clash, ...]:
        rows = clash_rows(engine, rules, new)
        if not rows:
            return ()
        roots = Roots(engine, rules.origins, EntailedTriples(engine))
        found = ((check, rows[check]) for check in self.rule_set.clashes if check in rows)
        return ClashTeller(engine, roots, Names()).tell(found)


class EntailedTriples(Container[Triple]):
    """The entailed triples of a dataset, asked one by one.

    Args:
        engine: The dataset.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __contains__(self, triple: object) -> bool:
        return isinstance(triple, Triple) and _quad(triple) in self._engine


def _anew(engine: Engine, before: set[Triple], asserted: Asserted) -> ClosureChange:
    """Work everything out anew; the entailed triples of the engine are left as they are."""
    entailment = entail(asserted())
    after = frozenset(entailment.triples)
    change = ClosureChange(
        after - before, frozenset(before - after), entailment.clashes, is_complete=True
    )
    engine.remove(map(_quad, set(_entailed(engine)) - after))
    engine.add(map(_quad, change.added))
    return change


def _is_reached(engine: Engine, rules: DeltaRules, structure: frozenset[Term]) -> bool:
    """Return whether a rule may say something of a node that only holds axioms together.

    Nothing of that is ever stored, so what it leads to could not be followed.
    """
    for node in structure:
        if not isinstance(node, NamedNode | BlankNode):
            continue
        for quad in (*engine.matching(node), *engine.matching(None, None, node)):
            if rules.effects.of(terms_of(quad)):
                return True
    return False


def _entailed(engine: Engine) -> Iterator[Triple]:
    return (quad.triple for quad in engine.quads(GRAPH_ENTAILED))


def _quad(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, ENTAILED)

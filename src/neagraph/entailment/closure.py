"""The fixpoint: everything that the axioms of a dataset entail, and where it contradicts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from neagraph.entailment.clashes import ClashTeller, Row
from neagraph.entailment.compiler import compile_tbox
from neagraph.entailment.result import Entailment, OnRound
from neagraph.entailment.rules import Atom, ClashCheck, Identity, Rule, RuleSet, feeds
from neagraph.entailment.schema import (
    TYPE,
    Names,
    is_anonymous,
    is_axiom_predicate,
    is_axiom_type,
    is_schema,
)
from neagraph.entailment.trivial import is_reflexive, may_be_reflexive, worth_telling
from neagraph.entailment.why import Roots, origins_of
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import NamedNode, Quad, Triple


def entail(
    quads: Iterable[Quad], *, identity: Identity = "check", on_round: OnRound | None = None
) -> Entailment:
    """Return what follows from the union of all graphs by the OWL 2 RL rules, and the clashes.

    Nothing follows from trivial triples (see `trivial`), and none is returned. Where the data
    entail new axioms, these are compiled as well. The input is not changed.

    Args:
        quads: The asserted triples with their axioms; in which graph they stand does not matter.
        identity: What becomes of two names for one thing; see `compile_tbox`.
        on_round: Told of each round.

    Raises:
        UnsupportedAxiomError: For an axiom outside OWL 2 RL.
    """
    names = Names()
    working = _union(quads, names)
    rounds = _Rounds(working, on_round)
    axioms = axioms_of(working)
    entailed: set[Triple] = set()
    while True:
        rule_set = compile_tbox(axioms, identity=identity)
        entailed |= _schema_closure(axioms, rule_set, working)
        new = rounds.to_fixpoint(rule_set.instance_rules)
        entailed |= new
        new_axioms = _new_axioms(rule_set, new) - axioms
        if not new_axioms:
            break
        axioms |= new_axioms
    roots = Roots(working, origins_of(rule_set.instance_rules), entailed)
    told = worth_telling(entailed, structure=rule_set.structure)
    return Entailment(
        triples=tuple(sorted(map(names.restored, told), key=str)),
        clashes=ClashTeller(working, roots, names).tell(_found(working, rule_set.clashes)),
        rounds=rounds.number,
    )


def _found(engine: Engine, checks: Iterable[ClashCheck]) -> Iterator[tuple[ClashCheck, list[Row]]]:
    for check in checks:
        if engine.ask(check.possible):
            rows = engine.select(check.select)
            yield check, [tuple(term for term in row if term is not None) for row in rows]


def _union(quads: Iterable[Quad], names: Names) -> Engine:
    """Return an engine whose default graph is the union, blank nodes replaced by IRIs."""
    engine = Engine(quads)
    engine.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    blank = list(engine.construct(_WITH_BLANKS))
    engine.remove(_quads(blank))
    engine.add(_quads(map(names.named, blank)))
    return engine


_WITH_BLANKS: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(ISBLANK(?s) || ISBLANK(?o)) }"


def axioms_of(engine: Engine) -> set[Triple]:
    """Return the triples of the default graph that can be part of an axiom."""
    used = [row[0] for row in engine.select("SELECT DISTINCT ?p WHERE { ?s ?p ?o }")]
    predicates = [p for p in used if isinstance(p, NamedNode) and is_axiom_predicate(p)]
    classes = [row[0] for row in engine.select("SELECT DISTINCT ?c WHERE { ?s a ?c }")]
    found = [engine.matching(None, p) for p in predicates]
    found += [engine.matching(None, TYPE, c) for c in classes if is_axiom_type(c)]
    return {quad.triple for quads in found for quad in quads}


def _quads(triples: Iterable[Triple]) -> Iterator[Quad]:
    return (Quad(t.subject, t.predicate, t.object) for t in triples)


def _new_axioms(rule_set: RuleSet, entailed: set[Triple]) -> set[Triple]:
    """Return the axioms among what was entailed.

    An expression told with other names of its parts is none: it says the same as before.
    """
    heads = (head for rule in rule_set.instance_rules for head in rule.head)
    if not any(_may_be_axiom(head) for head in heads):
        return set()
    return {t for t in entailed if is_schema(t) and t.subject not in rule_set.structure}


def _may_be_axiom(head: Atom) -> bool:
    if isinstance(head.predicate, NamedNode) and head.predicate != TYPE:
        return is_axiom_predicate(head.predicate)
    return not isinstance(head.object, NamedNode) or is_axiom_type(head.object)


def _schema_closure(axioms: set[Triple], rule_set: RuleSet, working: Engine) -> set[Triple]:
    """Return what the axioms entail about named terms, added to the working dataset."""
    entailed = close_schema(Engine(_quads(axioms)), rule_set)
    named = {t for t in entailed if not (is_anonymous(t.subject) or is_anonymous(t.object))}
    working.add(_quads(named))
    return named


def close_schema(axioms: Engine, rule_set: RuleSet) -> set[Triple]:
    """Add to axioms what they entail, about nodes without a name as well, and return it."""
    return _Rounds(axioms, None).to_fixpoint(rule_set.schema_rules)


class _Rounds:
    """Goes through rules, round after round, over a dataset that it adds to."""

    def __init__(self, engine: Engine, on_round: OnRound | None) -> None:
        self.number = 0
        self._engine = engine
        self._on_round = on_round

    def to_fixpoint(self, rules: tuple[Rule, ...]) -> set[Triple]:
        """Add what the rules entail until nothing new follows; return all that was added.

        A rule runs again only if a rule that can make it fire has entailed something since.
        """
        successors = feeds(rules)
        waiting = set(range(len(rules)))
        entailed: set[Triple] = set()
        while waiting:
            self.number += 1
            before = len(entailed)
            for position in range(len(rules)):
                if position in waiting:
                    waiting.discard(position)
                    new = self._fire(rules[position])
                    entailed |= new
                    waiting.update(successors[position] if new else ())
            if self._on_round is not None:
                self._on_round(self.number, len(entailed) - before)
        return entailed

    def _fire(self, rule: Rule) -> set[Triple]:
        new = set(self._engine.construct(rule.construct))
        if any(may_be_reflexive(atom.predicate) for atom in rule.head):
            new = {triple for triple in new if not is_reflexive(triple)}
        self._engine.add(_quads(new))
        return new

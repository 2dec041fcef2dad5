"""Derivations: rule by rule, from an entailed triple down to asserted ones and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol

from neagraph.entailment.closure import close_schema, entail
from neagraph.entailment.compiler import compile_tbox
from neagraph.entailment.matching import Facts, Index
from neagraph.entailment.schema import Names, is_schema
from neagraph.entailment.why import Origin, Reason, origins_of, reasons
from neagraph.errors import NotFoundError
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import NamedNode, Quad, Triple, show
from neagraph.vocab import GRAPH_ENTAILED, GRAPH_INBOX, shorten

MOST: Final = 500
"""How many instances of rules are looked at in search of one derivation."""
GIVEN: Final = "urn:x-neagraph:given"
"""The name of the graph of what has no named graph of its own."""
_COMPARED: Final = 30
"""Of how many instances for one triple the one is taken that rests on the most asserted triples."""


class Sources(Facts, Protocol):
    """A dataset that also tells which of its named graphs say a triple."""

    def graphs_of(self, triple: Triple) -> list[str]:
        """Return the IRIs of the named graphs that hold a triple, in no order."""
        ...


@dataclass(frozen=True, slots=True)
class Derivation:
    """Why a triple holds.

    Args:
        triple: The triple.
        graphs: The named graphs that say it; none if it is entailed.
        rule: The rule of the OWL 2 RL/RDF tables that entails it; empty if it is asserted.
        axiom: The axiom that the rule comes from, one sentence.
        axiom_graphs: The named graphs that say the axiom; none for what holds for every schema.
        premises: What the rule rests on beside the axiom.
    """

    triple: Triple
    graphs: tuple[str, ...] = ()
    rule: str = ""
    axiom: str = ""
    axiom_graphs: tuple[str, ...] = ()
    premises: tuple[Derivation, ...] = ()

    @property
    def is_asserted(self) -> bool:
        """Whether a source says the triple itself."""
        return bool(self.graphs)


class Explainer:
    """Finds derivations in a dataset.

    Args:
        dataset: The dataset, its default graph the union of asserted and entailed triples.
        axioms: Its asserted axioms.

    Raises:
        UnsupportedAxiomError: For an axiom outside OWL 2 RL.
    """

    def __init__(self, dataset: Sources, axioms: Iterable[Triple]) -> None:
        self._dataset = dataset
        self._names = Names()
        named = [self._names.named(triple) for triple in axioms]
        rule_set = compile_tbox(named, identity="check")
        self._schema = Engine(Quad(t.subject, t.predicate, t.object) for t in named)
        close_schema(self._schema, rule_set)
        blank = self._names.blank_nodes()
        self._schema_origins = origins_of(rule_set.schema_rules)
        self._origins = origins_of(rule_set.instance_rules, blank)
        self._left = MOST

    def of(self, triple: Triple) -> Derivation | None:
        """Return one way in which a triple follows; of several the one that is found first.

        None if the triple does not hold, or no way is found in reasonable time.
        """
        self._left = MOST
        return self._of(triple, frozenset())

    def _of(self, triple: Triple, above: frozenset[Triple]) -> Derivation | None:
        graphs = self._graphs(triple)
        if graphs:
            return Derivation(self._names.restored(triple), graphs)
        if triple in above:
            return None
        above |= {triple}
        return next(filter(None, (self._by(r, triple, above) for r in self._reasons(triple))), None)

    def _by(self, reason: Reason, triple: Triple, above: frozenset[Triple]) -> Derivation | None:
        premises = []
        for premise in reason.premises:
            below = self._of(premise, above)
            if below is None:
                return None
            premises.append(below)
        rule = reason.rule
        said = () if rule.said is None else self._graphs(rule.said)
        restored = self._names.restored(triple)
        return Derivation(restored, (), rule.name, rule.axiom, said, tuple(premises))

    def _reasons(self, triple: Triple) -> Iterator[Reason]:
        """Yield the reasons for a triple, those that rest on asserted triples alone first."""
        facts, origins = self._place(triple)
        found = []
        for reason in islice(reasons(facts, origins, triple), _COMPARED):
            self._left -= 1
            if self._left < 0:
                return
            found.append((sum(not self._graphs(p) for p in reason.premises), reason))
            if found[-1][0] == 0:
                break
        yield from (reason for _, reason in sorted(found, key=lambda entry: entry[0]))

    def _place(self, triple: Triple) -> tuple[Facts, Index[Origin]]:
        """Return where the reasons of a triple are looked for: axioms follow from axioms alone."""
        if is_schema(triple) and next(self._schema.matching(*_terms(triple)), None) is not None:
            return self._schema, self._schema_origins
        return self._dataset, self._origins

    def _graphs(self, triple: Triple) -> tuple[str, ...]:
        names = self._dataset.graphs_of(self._names.restored(triple))
        said = (n for n in names if n != GRAPH_ENTAILED and not n.startswith(GRAPH_INBOX))
        return tuple(sorted(said))


def _terms(triple: Triple) -> tuple[Any, Any, Any]:
    return triple.subject, triple.predicate, triple.object


def derive(quads: Iterable[Quad], triple: Triple) -> Derivation:
    """Return why a triple follows from quads.

    Args:
        quads: The asserted quads with their axioms; those of the default graph are told as said in
            `GIVEN`, and those of the graph of entailed triples are passed over.
        triple: The triple.

    Raises:
        NotFoundError: If it does not follow.
        UnsupportedAxiomError: For an axiom outside OWL 2 RL.
    """
    given, entailed = NamedNode(GIVEN), NamedNode(GRAPH_ENTAILED)
    asserted = [
        quad
        if isinstance(quad.graph_name, NamedNode)
        else Quad(quad.subject, quad.predicate, quad.object, given)
        for quad in quads
        if quad.graph_name != entailed
    ]
    follows = (Quad(t.subject, t.predicate, t.object, entailed) for t in entail(asserted).triples)
    engine = Engine.of_dataset([*asserted, *follows])
    axioms = {quad.triple for quad in asserted if is_schema(quad.triple)}
    derivation = Explainer(engine, axioms).of(triple)
    if derivation is None:
        raise NotFoundError(
            "The data neither say nor entail this triple.",
            where=" ".join(map(show, _terms(triple))),
            hint="Check the terms; what the data entail is printed by: neagraph entail FILES",
        )
    return derivation


def to_text(derivation: Derivation) -> str:
    """Return a derivation as an indented list, what follows above what it follows from."""
    return "".join(f"{line}\n" for line in _lines(derivation, ""))


def _lines(derivation: Derivation, indent: str) -> Iterator[str]:
    told = " ".join(map(show, _terms(derivation.triple)))
    if derivation.is_asserted:
        yield f"{indent}{told}: said in {_listed(derivation.graphs)}"
        return
    yield f"{indent}{told}"
    said = f" [{_listed(derivation.axiom_graphs)}]" if derivation.axiom_graphs else ""
    yield f"{indent}  by {derivation.rule}: {derivation.axiom}{said}"
    for premise in derivation.premises:
        yield from _lines(premise, f"{indent}  ")


def _listed(graphs: tuple[str, ...]) -> str:
    return ", ".join("the data given" if name == GIVEN else shorten(name) for name in graphs)


def to_json(derivation: Derivation) -> dict[str, Any]:
    """Return a derivation as values that JSON has; terms stand in it as in N-Triples."""
    members: dict[str, Any] = {"triple": [str(term) for term in _terms(derivation.triple)]}
    if derivation.is_asserted:
        return {**members, "graphs": list(derivation.graphs)}
    return {
        **members,
        "rule": derivation.rule,
        "axiom": derivation.axiom,
        "axiomGraphs": list(derivation.axiom_graphs),
        "premises": [to_json(premise) for premise in derivation.premises],
    }

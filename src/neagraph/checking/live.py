"""Data checked together with a dataset at hand, in a time that depends on the data alone.

The data are added to a copy of the dataset, and what that affects is looked at. The copy is that of
a forked process, which ends afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from neagraph.checking.contradictions import results_of
from neagraph.checking.places import subjects_of, with_places
from neagraph.checking.reference import replaced_graphs
from neagraph.errors import UnsupportedAxiomError
from neagraph.gate import Prepared, asserted_quads
from neagraph.gate.view import asserted_difference, is_hierarchy
from neagraph.model import Scope
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import in_graph, triples_of
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple
from neagraph.rdf.text import RdfText
from neagraph.store.dataset import ScopedDataset
from neagraph.validation.compiler import CompiledShapes
from neagraph.validation.lexical import single_forms
from neagraph.validation.loaded import with_terms
from neagraph.validation.report import ValidationReport, gather
from neagraph.validation.suggestions import Suggester
from neagraph.validation.validator import validate_change
from neagraph.vocab import GENID, RDF_TYPE

MOST_LIVE: Final = 10_000
"""How many triples are looked at so; more of them take less time in one go."""
_GRAPH: Final = GENID + "checked"
_TYPE: Final = NamedNode(RDF_TYPE)

Ready = Callable[[ScopedDataset], Prepared]
"""Returns rules and view of a dataset, kept ready where that is possible."""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """Our shapes, over a dataset at hand.

    Args:
        shapes: The shapes.
        ready: Returns what they look at, and the rules of the axioms.
    """

    shapes: CompiledShapes
    ready: Ready

    def check(
        self, texts: Sequence[RdfText], dataset: ScopedDataset, *, most: int | None = None
    ) -> ValidationReport | None:
        """Return what shapes and axioms say of texts; None where more is to be looked at.

        Args:
            texts: What is checked, together.
            dataset: What it is checked together with; it is spoiled.
            most: How many results are told; None for all.

        Raises:
            RdfSyntaxError: If a text cannot be read; with line and column.
            UnreadableError, LimitError: As `io.parse`.
        """
        parsed = [text.quads() for text in texts]
        quads = [quad for part in parsed for quad in part]
        if len(quads) > MOST_LIVE or any(is_hierarchy(quad.triple) for quad in quads):
            return None
        try:
            ready = self.ready(dataset)
        except UnsupportedAxiomError:
            return None
        if any(ready.closure.concerns(quad.triple) for quad in quads):
            return None
        report = self._report(quads, dataset, ready, most=most)
        if report.conforms:
            return report
        wanted = subjects_of(report)
        places = [
            text.positions(triples_of(part), wanted=wanted)
            for text, part in zip(texts, parsed, strict=True)
        ]
        return with_places(report, places, Suggester(self.shapes.triples, ready.view.engine))

    def _report(
        self,
        quads: Sequence[Quad],
        dataset: ScopedDataset,
        ready: Prepared,
        *,
        most: int | None,
    ) -> ValidationReport:
        engine, new = dataset.engine(Scope.ALL), in_graph(quads, _GRAPH)
        stored = list(Engine(new).quads())
        removed = [q for graph in replaced_graphs(quads) for q in engine.quads(graph.value)]
        engine.remove(removed)
        engine.add(stored)
        difference = asserted_difference(engine, stored, removed)
        follows = ready.closure.maintain(
            engine,
            added=difference.added,
            removed=difference.removed,
            asserted=lambda: asserted_quads(dataset),
        )
        view = ready.view
        seen = view.follow(engine, difference)
        report = validate_change(
            view.engine,
            self.shapes,
            added=seen.added | _said(stored, view.engine),
            removed=seen.removed,
            as_written=[quad.triple for quad in quads],
        )
        own, subjects = _own_nodes(quads, view.engine), {quad.subject for quad in quads}
        literals = (quad.object for quad in quads if isinstance(quad.object, Literal))
        written = single_forms(dict.fromkeys(literals))
        results = (r for r in report.results if r.focus_node in own)
        told = (with_terms(r, lambda term: written.get(term, term)) for r in results)
        return gather(chain(results_of(follows.clashes, own=subjects), told), most=most)


def _said(quads: Iterable[Quad], known: Engine) -> set[Triple]:
    """Return the triples of new data and the classes of what they describe, known before or not."""
    said = {quad.triple for quad in quads}
    nodes = {t.subject for t in said if isinstance(t.subject, NamedNode | BlankNode)}
    return said | {quad.triple for node in nodes for quad in known.matching(node, _TYPE)}


def _own_nodes(quads: Sequence[Quad], known: Engine) -> set[Term]:
    """Return the nodes that new data describe, or mention as the only ones: others are old."""
    subjects: set[Term] = {quad.subject for quad in quads}
    others = {quad.object for quad in quads} - subjects
    return subjects | {node for node in others if not _is_described(node, known)}


def _is_described(node: Term, known: Engine) -> bool:
    if not isinstance(node, NamedNode | BlankNode):
        return False
    return next(known.matching(node), None) is not None

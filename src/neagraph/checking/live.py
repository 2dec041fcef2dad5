"""Data checked together with a dataset at hand, in a time that depends on the data alone.

The data are added to a copy of the dataset, and what that affects is looked at. The copy is that of
a forked process, which ends afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from neagraph.checking.places import with_places
from neagraph.checking.reference import replaced_graphs
from neagraph.gate.view import ShapesView, asserted_difference, is_hierarchy
from neagraph.model import Scope
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import in_graph, triples_of
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple
from neagraph.rdf.text import RdfText
from neagraph.store.dataset import ScopedDataset
from neagraph.validation.compiler import CompiledShapes
from neagraph.validation.report import ValidationReport, gather
from neagraph.validation.suggestions import Suggester
from neagraph.validation.validator import validate_change
from neagraph.vocab import GENID, RDF_TYPE

MOST_LIVE: Final = 10_000
"""How many triples are looked at so; more of them take less time in one go."""
_GRAPH: Final = GENID + "checked"
_TYPE: Final = NamedNode(RDF_TYPE)
_VALUE: Final = NamedNode(_GRAPH + "-value")

Views = Callable[[ScopedDataset], ShapesView]
"""Returns what the shapes look at in a dataset, kept ready where that is possible."""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """Our shapes, over a dataset at hand.

    Args:
        shapes: The shapes.
        views: What they look at.
    """

    shapes: CompiledShapes
    views: Views

    def check(
        self, texts: Sequence[RdfText], dataset: ScopedDataset, *, most: int | None = None
    ) -> ValidationReport | None:
        """Return what the shapes say of texts; None if there is more to it than can be told so.

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
        view = self.views(dataset)
        report = self._report(quads, dataset, view, most=most)
        if report.conforms:
            return report
        places = [text.positions(triples_of(q)) for text, q in zip(texts, parsed, strict=True)]
        return with_places(report, places, Suggester(self.shapes.triples, view.engine))

    def _report(
        self,
        quads: Sequence[Quad],
        dataset: ScopedDataset,
        view: ShapesView,
        *,
        most: int | None,
    ) -> ValidationReport:
        engine, new = dataset.engine(Scope.ALL), in_graph(quads, _GRAPH)
        stored = list(Engine(new).quads())
        removed = [q for graph in replaced_graphs(quads) for q in engine.quads(graph.value)]
        engine.remove(removed)
        engine.add(stored)
        seen = view.follow(engine, asserted_difference(engine, stored, removed))
        report = validate_change(
            view.engine,
            self.shapes,
            added=seen.added | _said(stored, view.engine),
            removed=seen.removed,
            as_written=[quad.triple for quad in quads],
        )
        own, written = _own_nodes(quads, view.engine), _written_forms(quads)
        results = (r for r in report.results if r.focus_node in own)
        return gather((replace(r, value=written.get(r.value, r.value)) for r in results), most=most)


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


def _written_forms(quads: Iterable[Quad]) -> dict[Term | None, Term]:
    """Return the literals of the engine to the one form in which the data write them."""
    literals = {q.object for q in quads if isinstance(q.object, Literal) and not q.object.language}
    numbered = {NamedNode(f"{_GRAPH}/{number}"): text for number, text in enumerate(literals)}
    forms: dict[Term | None, list[Term]] = defaultdict(list)
    for quad in Engine(Quad(node, _VALUE, text) for node, text in numbered.items()).quads():
        if isinstance(quad.subject, NamedNode):
            forms[quad.object].append(numbered[quad.subject])
    return {stored: texts[0] for stored, texts in forms.items() if len(texts) == 1}


def _is_described(node: Term, known: Engine) -> bool:
    if not isinstance(node, NamedNode | BlankNode):
        return False
    return next(known.matching(node), None) is not None

"""Data in files: checked against shapes, and reasoned over, without a service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from neagraph.checking.places import with_places
from neagraph.checking.reference import replaced_graphs
from neagraph.entailment.closure import entail
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import Entailment
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import triples_of
from neagraph.rdf.terms import Quad, Triple
from neagraph.rdf.text import RdfText
from neagraph.sources import ProjectSources
from neagraph.validation.report import ValidationReport
from neagraph.validation.suggestions import Suggester
from neagraph.validation.validator import validate


def check(
    texts: Sequence[RdfText],
    *,
    shapes: Sequence[Triple],
    reference: Iterable[Quad] = (),
    most: int | None = None,
) -> ValidationReport:
    """Return what the shapes say of texts, with places and suggestions.

    A graph that the texts describe as theirs (`<graph/…> a void:Dataset`) replaces the graph of
    that name of the reference, so an edited copy of a file is not checked against the original.
    Nothing is fetched: `owl:imports` and links are data like any other.

    Args:
        texts: What is checked, together.
        shapes: The shapes.
        reference: What the shapes may look at besides; it is not checked itself.
        most: How many results are told, graver ones first; None for all.

    Raises:
        RdfSyntaxError: If a text cannot be read; with line and column.
        UnreadableError, LimitError: As `io.parse`.
        ShapesError: If the shapes cannot be used.
    """
    parsed = [text.quads() for text in texts]
    quads = [quad for part in parsed for quad in part]
    data, background = triples_of(quads), _besides(quads, reference)
    report = validate(data, shapes=shapes, background=background, most=most)
    if report.conforms:
        return report
    places = [text.positions(triples_of(q)) for text, q in zip(texts, parsed, strict=True)]
    known = Engine(Quad(t.subject, t.predicate, t.object) for t in (*data, *background))
    return with_places(report, places, Suggester(shapes, known))


def validate_quads(quads: Sequence[Quad], sources: ProjectSources) -> ValidationReport:
    """Return what the project's shapes say of new data, read together with its own."""
    background = _besides(quads, sources.quads())
    return validate(triples_of(quads), shapes=sources.shapes_triples(), background=background)


def _besides(quads: Iterable[Quad], reference: Iterable[Quad]) -> list[Triple]:
    """Return the triples of the reference, without graphs that the new data replace."""
    replaced = replaced_graphs(quads)
    return triples_of(quad for quad in reference if quad.graph_name not in replaced)


def entail_quads(
    quads: Sequence[Quad], *, ontology: Sequence[Quad] = (), reasoner: str = "rules"
) -> Entailment:
    """Return what follows from given data by the OWL 2 RL rules as they stand.

    Keys and functional properties say here that two names mean one thing (`owl:sameAs`).

    Args:
        quads: The given data, axioms and facts.
        ontology: Further axioms to reason with.
        reasoner: `rules`, or `owlrl` for the referee.

    Raises:
        UnsupportedAxiomError: For an axiom outside OWL 2 RL.
    """
    reason = entail_with_owlrl if reasoner == "owlrl" else entail
    return reason([*quads, *ontology], identity="infer")

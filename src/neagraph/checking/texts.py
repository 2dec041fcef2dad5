"""Data in files: checked against shapes, and reasoned over, without a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from neagraph.checking.contradictions import contradictions
from neagraph.checking.places import subjects_of, with_places
from neagraph.checking.reference import DATASET, A
from neagraph.entailment.closure import entail
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import Entailment
from neagraph.rdf.io import triples_of
from neagraph.rdf.terms import BlankNode, Quad, Term, Triple
from neagraph.rdf.text import RdfText
from neagraph.validation.loaded import LoadedData
from neagraph.validation.progress import PLACING, READING, REASONING, Tell, untold
from neagraph.validation.report import ValidationReport, ValidationResult, gather
from neagraph.validation.suggestions import Suggester


def check(  # noqa: PLR0913  what is checked, by what, and how it is told
    texts: Sequence[RdfText],
    *,
    shapes: Sequence[Triple],
    reference: Iterable[Quad] = (),
    consistency: bool = False,
    most: int | None = None,
    tell: Tell = untold,
) -> ValidationReport:
    """Return what the shapes say of texts, with places and suggestions.

    A graph that the texts describe as theirs (`<graph/…> a void:Dataset`) replaces the graph of
    that name of the reference, so an edited copy of a file is not checked against the original.
    Nothing is fetched: `owl:imports` and links are data like any other. The texts are taken triple
    by triple, so that what they say is in memory once.

    Args:
        texts: What is checked, together.
        shapes: The shapes.
        reference: What the shapes may look at besides; it is not checked itself.
        consistency: Whether contradictions with the axioms are looked for, too.
        most: How many results are told, graver ones first; None for all.
        tell: Takes the steps.

    Raises:
        RdfSyntaxError: If a text cannot be read; with line and column.
        UnreadableError, LimitError: As `io.parse`.
        ShapesError: If the shapes cannot be used.
    """
    tell(READING)
    readings = list(map(_Reading, texts))
    data = LoadedData(chain.from_iterable(reading.quads() for reading in readings))
    replaced = {quad.subject for quad in data.engine.matching(None, A, DATASET)}
    background = [quad for quad in reference if quad.graph_name not in replaced]
    clashes = _clashes(texts, background, tell) if consistency else ()
    data.add_background(triples_of(background))
    report = gather(chain(clashes, data.results(shapes, tell=tell)), most=most)
    if report.conforms:
        return replace(report, looked=data.is_looked_at())
    report = data.explained(report)
    tell(PLACING)
    wanted = subjects_of(report)
    places = [reading.text.positions(reading.blank, wanted=wanted) for reading in readings]
    return with_places(report, places, Suggester(shapes, data.engine))


def _clashes(
    texts: Sequence[RdfText], background: Sequence[Quad], tell: Tell
) -> list[ValidationResult]:
    """Return the contradictions of texts, which are read once more: the reasoner keeps its own."""
    tell(REASONING)
    own = set[Term]()

    def passing() -> Iterator[Quad]:
        for text in texts:
            for quad in text.stream():
                own.add(quad.subject)
                yield quad

    return list(contradictions(chain(passing(), background), own=own))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text that passes by, and what is needed of it later.

    Args:
        text: The text.
        blank: The triples that hold a blank node.
    """

    text: RdfText
    blank: list[Triple] = field(default_factory=list)

    def quads(self) -> Iterator[Quad]:
        for quad in self.text.stream():
            if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
                self.blank.append(quad.triple)
            yield quad


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

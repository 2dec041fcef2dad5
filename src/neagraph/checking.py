"""Data of others: checked against the shapes, and reasoned over."""

from __future__ import annotations

from collections.abc import Sequence

from neagraph.entailment.closure import entail
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import Entailment
from neagraph.rdf.io import triples_of
from neagraph.rdf.terms import NamedNode, Quad
from neagraph.sources import ProjectSources
from neagraph.validation.report import ValidationReport
from neagraph.validation.validator import validate
from neagraph.vocab import RDF_TYPE, VOID


def validate_quads(quads: Sequence[Quad], sources: ProjectSources) -> ValidationReport:
    """Return what the shapes say of new data, read together with the project's own.

    A graph that the new data describe as theirs (`<graph/…> a void:Dataset`) replaces the
    project's graph of that name, so an edited copy of a file is not checked against the original.

    Args:
        quads: The new data as parsed.
        sources: The project's files.
    """
    replaced = frozenset(
        quad.subject.value
        for quad in quads
        if isinstance(quad.subject, NamedNode)
        and quad.predicate.value == RDF_TYPE
        and quad.object == NamedNode(VOID + "Dataset")
    )
    return validate(
        triples_of(quads),
        shapes=sources.shapes_triples(),
        background=sources.triples(without=replaced),
    )


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

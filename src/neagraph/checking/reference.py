"""What data are checked together with."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from neagraph.errors import NotFoundError
from neagraph.rdf.terms import NamedNode, Quad
from neagraph.vocab import (
    GRAPH_ENTAILED,
    GRAPH_INBOX,
    GRAPH_ONTOLOGY,
    GRAPH_VOCAB,
    ID,
    RDF_TYPE,
    VOID,
)

A: Final = NamedNode(RDF_TYPE)
DATASET: Final = NamedNode(VOID + "Dataset")
NONE: Final = "none"
"""What stands for no reference data."""
_TERMS: Final = (GRAPH_ONTOLOGY, GRAPH_VOCAB)
_GRAPH: Final = ID + "graph/"
_NO_REFERENCE: Final = (GRAPH_ENTAILED, GRAPH_INBOX)


def reference_of(quads: Iterable[Quad], against: str = "") -> list[Quad]:
    """Return what data are checked together with.

    Args:
        quads: The dataset; entailed triples and the inbox are left out of it.
        against: Empty for all of it; `none` for ontology and vocabularies, without which our
            shapes mean nothing; else the name of one graph, such as `reference/states` or its
            IRI, which then counts with these two.

    Raises:
        NotFoundError: If there is no such graph; the hint names the nearest.
    """
    kept = [quad for quad in quads if not _name_of(quad).startswith(_NO_REFERENCE)]
    if not against:
        return kept
    if against == NONE:
        return [quad for quad in kept if _name_of(quad) in _TERMS]
    names = {_name_of(quad) for quad in kept}
    wanted = next((n for n in names if n in {against, ID + against, _GRAPH + against}), None)
    if wanted is None:
        known = sorted(name.removeprefix(_GRAPH) for name in names)
        near = difflib.get_close_matches(against, known, n=3, cutoff=0.4) or known[:5]
        fetched = " Nothing is fetched here; neagraph validate --against does." * ("://" in against)
        raise NotFoundError(
            f'There is no graph "{against}" to check against.',
            hint=f"Name another, such as {', '.join(near)}; or none.{fetched}",
        )
    return [quad for quad in kept if _name_of(quad) in {wanted, *_TERMS}]


def replaced_graphs(quads: Iterable[Quad]) -> set[NamedNode]:
    """Return the graphs that new data describe as theirs (`<graph/…> a void:Dataset`)."""
    return {
        quad.subject
        for quad in quads
        if quad.predicate == A and quad.object == DATASET and isinstance(quad.subject, NamedNode)
    }


def _name_of(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""

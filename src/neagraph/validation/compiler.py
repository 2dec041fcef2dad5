"""Shapes compiled to SPARQL: for whole graphs, for single focus nodes, and what a change affects.

A construct that SPARQL cannot say leaves its shape to the referee, pyshacl; none is passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from neagraph.rdf.terms import Term, Triple
from neagraph.validation.checks import Check, compile_checks
from neagraph.validation.dialect import Dialect
from neagraph.validation.reading import read_shapes
from neagraph.validation.reads import Read, reads_of
from neagraph.validation.shapes import Shapes

STORED = Dialect()
"""How a live dataset is spoken of: superclasses are stated, literals are the engine's."""
JUST_WRITTEN = Dialect(is_protected=True, is_stored=True)
"""The same where some literals are kept as they were just written."""


@dataclass(frozen=True, slots=True)
class ReadBy:
    """What a check reads.

    Args:
        check: The number of the check.
        read: The triples.
    """

    check: int
    read: Read


@dataclass(frozen=True, slots=True)
class CompiledShapes:
    """Shapes ready to be run on a live dataset; the same ones serve for any number of runs.

    Args:
        shapes: The shapes.
        triples: The shapes graph.
        checks: The checks of all shapes, those of graver shapes first.
        just_written: The same checks for data with literals that are kept as written.
        fallback: The nodes of the shapes that are left to pyshacl.
        by_predicate: IRI of a predicate → what reads its triples; None for reads of any predicate.
        unknown: The numbers of the checks of which it cannot be told what they read.
    """

    shapes: Shapes
    triples: tuple[Triple, ...]
    checks: tuple[Check, ...]
    just_written: tuple[Check, ...]
    fallback: tuple[Term, ...]
    by_predicate: dict[str | None, tuple[ReadBy, ...]]
    unknown: frozenset[int]


def compile_shapes(shapes: Sequence[Triple]) -> CompiledShapes:
    """Return the shapes of a shapes graph, compiled.

    Args:
        shapes: The shapes graph.

    Raises:
        ShapesError: If there is no shape in it, or one that is ill-formed or refers to itself; the
            error names it.
    """
    found = read_shapes(shapes)
    stored = compile_checks(found, STORED, has_shapes_graph=False)
    written = compile_checks(found, JUST_WRITTEN, has_shapes_graph=False)
    table: dict[str | None, list[ReadBy]] = defaultdict(list)
    unknown = set[int]()
    for number, check in enumerate(stored.checks):
        reads = reads_of(check, found)
        if reads is None:
            unknown.add(number)
        for read in reads or ():
            table[read.predicate].append(ReadBy(number, read))
    return CompiledShapes(
        shapes=found,
        triples=tuple(shapes),
        checks=stored.checks,
        just_written=written.checks,
        fallback=tuple(shape.node for shape in stored.fallback),
        by_predicate={predicate: tuple(reads) for predicate, reads in table.items()},
        unknown=frozenset(unknown),
    )

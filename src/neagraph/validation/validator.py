"""Data checked against SHACL shapes by compiled queries, or by pyshacl as the referee."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal as OneOf

from neagraph.rdf.engine import Engine
from neagraph.rdf.io import triples_of
from neagraph.rdf.terms import Quad, Triple
from neagraph.validation.affected import Affected, affected_by
from neagraph.validation.checks import Check
from neagraph.validation.compiler import JUST_WRITTEN, STORED, CompiledShapes
from neagraph.validation.details import Details
from neagraph.validation.dialect import Dialect
from neagraph.validation.lexical import kept_forms
from neagraph.validation.loaded import LoadedData, as_written, by_referee
from neagraph.validation.reading import read_shapes
from neagraph.validation.report import ValidationReport, ValidationResult, gather
from neagraph.validation.running import present, run_everywhere, run_on
from neagraph.validation.screening import Screen
from neagraph.validation.targets import foreign_nodes
from neagraph.vocab import RDFS


def validate(
    data: Sequence[Triple],
    *,
    shapes: Sequence[Triple],
    background: Sequence[Triple] = (),
    engine: OneOf["compiled", "pyshacl"] = "compiled",
    most: int | None = None,
) -> ValidationReport:
    """Return what the shapes find in the data.

    Nothing is inferred but membership in superclasses, and nothing is fetched. The arguments are
    not changed. Literals are looked at as they are written: read the data from their source rather
    than from a store, which normalises them.

    Args:
        data: The triples that are checked, with the class hierarchy unless the background has it.
        shapes: The shapes graph.
        background: Further triples that the shapes may look at, such as ontology, vocabularies and
            the data that are already there. Nodes that only the background describes are not
            checked themselves.
        engine: `compiled` for SPARQL queries, with pyshacl for shapes that they cannot say;
            `pyshacl` for the referee alone.
        most: How many results the report holds; all if it is None. All are counted.

    Raises:
        ShapesError: If there is no shape among the shapes, or one that cannot be used.
        UnreadableError: If a triple holds a triple, which SHACL does not know.
    """
    if engine == "pyshacl":
        read_shapes(shapes)
        foreign = foreign_nodes(LoadedData(data).engine, background) if background else ()
        results = by_referee([*data, *background], shapes=shapes, foreign=foreign)
        return gather(results, most=most)
    loaded = LoadedData(data)
    loaded.add_background(background)
    return loaded.explained(gather(loaded.results(shapes), most=most))


def validate_dataset(
    engine: Engine, compiled: CompiledShapes, *, most: int | None = None
) -> ValidationReport:
    """Return what the shapes find in the default graph of a live dataset.

    Args:
        engine: The dataset; it states membership in superclasses, as a closure does.
        compiled: The shapes.
        most: How many results the report holds; all if it is None. All are counted.

    Raises:
        ShapesError: If a shape that is left to pyshacl cannot be used.
    """
    with present(engine, compiled.shapes.ends_of_empty_paths):
        found = run_everywhere(engine, compiled.checks, STORED)
        report = gather(chain(found, _left_to_referee(engine, compiled)), most=most)
        return replace(report, results=_explained(report.results, engine, compiled))


def validate_change(  # noqa: PLR0913  a change has two sides and a source
    engine: Engine,
    compiled: CompiledShapes,
    *,
    added: Iterable[Triple],
    removed: Iterable[Triple],
    as_written: Sequence[Triple] = (),
    most: int | None = None,
) -> ValidationReport:
    """Return what is wrong with all that a change of a live dataset affects.

    Every violation that the change brings is among the results; so are those that the nodes it
    affects had before.

    Args:
        engine: The dataset after the change; it states membership in superclasses, as a closure
            does.
        compiled: The shapes.
        added: The triples of the default graph that the change added, entailed ones included.
        removed: Those that it removed.
        as_written: Those added triples whose literals the engine may have changed, as they were
            parsed. They take the place of the stored ones while the shapes look at them.
        most: How many results the report holds; all if it is None. All are counted.

    Raises:
        ShapesError: If a shape that is left to pyshacl cannot be used.
    """
    added, removed = list(added), list(removed)
    if not added and not removed:
        return gather((), most=most)
    if any(t.predicate.value == RDFS + "subClassOf" for t in (*added, *removed)):
        return validate_dataset(engine, compiled, most=most)
    affected = affected_by(engine, compiled, added=added, removed=removed)
    forms = kept_forms(as_written).items()
    written = {stored: kept for stored, kept in forms if stored in engine}
    with present(engine, compiled.shapes.ends_of_empty_paths):
        run = list(_run_affected(engine, compiled, affected, written))
        found = _explained(run, engine, compiled)
    return gather(chain(found, _left_to_referee(engine, compiled)), most=most)


def _explained(
    results: Iterable[ValidationResult], engine: Engine, compiled: CompiledShapes
) -> tuple[ValidationResult, ...]:
    details = Details(engine, compiled.shapes, STORED)
    return tuple(map(details.added_to, results))


def _run_affected(
    engine: Engine, compiled: CompiledShapes, affected: Affected, written: dict[Quad, Quad]
) -> Iterator[ValidationResult]:
    numbers = sorted([*affected.nodes, *affected.everywhere])
    stored = _Run(engine, affected, STORED, Screen(engine, compiled.shapes))
    if not written:
        yield from stored.of(compiled.checks, numbers)
        return
    queried = [number for number in numbers if compiled.checks[number].asks_sparql]
    others = [number for number in numbers if not compiled.checks[number].asks_sparql]
    yield from stored.of(compiled.checks, queried)
    engine.remove(written)
    engine.add(written.values())
    try:
        found = _Run(engine, affected, JUST_WRITTEN).of(compiled.just_written, others)
        yield from map(as_written, found)
    finally:
        engine.remove(written.values())
        engine.add(written)


@dataclass(frozen=True, slots=True)
class _Run:
    """Runs checks on what a change affects.

    Args:
        engine: The dataset.
        affected: What the change affects.
        dialect: How the dataset is spoken of.
        screen: Tells which nodes need no query.
    """

    engine: Engine
    affected: Affected
    dialect: Dialect
    screen: Screen | None = None

    def of(self, checks: Sequence[Check], numbers: Iterable[int]) -> Iterator[ValidationResult]:
        """Yield what the checks with these numbers find."""
        for number in numbers:
            check = checks[number]
            if number in self.affected.everywhere:
                yield from run_everywhere(self.engine, [check], self.dialect)
                continue
            nodes = self.affected.nodes[number]
            if self.screen is not None:
                nodes = self.screen.left(check, nodes)
            yield from run_on(self.engine, check, nodes, self.dialect)


def _left_to_referee(engine: Engine, compiled: CompiledShapes) -> Iterator[ValidationResult]:
    if compiled.fallback:
        data = triples_of(engine.matching())
        yield from by_referee(data, shapes=compiled.triples, only=compiled.fallback)

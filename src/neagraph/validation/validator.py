"""Data checked against SHACL shapes by compiled queries, or by pyshacl as the referee."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal as OneOf

from neagraph.errors import UnreadableError
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import triples_of
from neagraph.rdf.terms import Literal, NamedNode, Quad, Term, Triple
from neagraph.validation.affected import Affected, affected_by
from neagraph.validation.checks import Check, compile_checks
from neagraph.validation.compiler import JUST_WRITTEN, STORED, CompiledShapes
from neagraph.validation.dialect import Dialect
from neagraph.validation.hierarchy import subclasses
from neagraph.validation.lexical import kept_form, kept_forms, protected, read_back
from neagraph.validation.queries import SHAPES_GRAPH
from neagraph.validation.reading import read_shapes
from neagraph.validation.report import ValidationReport, ValidationResult, gather
from neagraph.validation.running import present, run_everywhere, run_on
from neagraph.validation.shapes import Shapes
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
    found = read_shapes(shapes)
    if engine == "pyshacl":
        report = _by_referee(data, shapes=shapes, background=background)
        return gather(report.results, most=most)
    foreign = foreign_nodes(data, background) if background else set[Term]()
    skip = frozenset(foreign | {kept_form(node) for node in foreign})
    run = _Run([*data, *background], shapes, found, skip)
    results = _all_results(run, data, background)
    return gather(results, most=most)


def _all_results(
    run: _Run, data: Sequence[Triple], background: Sequence[Triple]
) -> Iterator[ValidationResult]:
    yield from run.results()
    if run.fallback:
        report = _by_referee(data, shapes=run.shapes, background=background, only=run.fallback)
        yield from report.results


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
        return gather(chain(found, _left_to_referee(engine, compiled)), most=most)


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
        found = list(_run_affected(engine, compiled, affected, written))
    return gather(chain(found, _left_to_referee(engine, compiled)), most=most)


def _run_affected(
    engine: Engine, compiled: CompiledShapes, affected: Affected, written: dict[Quad, Quad]
) -> Iterator[ValidationResult]:
    numbers = sorted([*affected.nodes, *affected.everywhere])
    if not written:
        yield from _run_checks(engine, compiled.checks, numbers, affected, STORED)
        return
    queried = [number for number in numbers if compiled.checks[number].asks_sparql]
    others = [number for number in numbers if not compiled.checks[number].asks_sparql]
    yield from _run_checks(engine, compiled.checks, queried, affected, STORED)
    engine.remove(written)
    engine.add(written.values())
    try:
        found = _run_checks(engine, compiled.just_written, others, affected, JUST_WRITTEN)
        yield from map(_read_back, found)
    finally:
        engine.remove(written.values())
        engine.add(written)


def _run_checks(
    engine: Engine,
    checks: Sequence[Check],
    numbers: Iterable[int],
    affected: Affected,
    dialect: Dialect,
) -> Iterator[ValidationResult]:
    for number in numbers:
        if number in affected.everywhere:
            yield from run_everywhere(engine, [checks[number]], dialect)
        else:
            yield from run_on(engine, checks[number], affected.nodes[number], dialect)


def _left_to_referee(engine: Engine, compiled: CompiledShapes) -> Iterator[ValidationResult]:
    if compiled.fallback:
        data = triples_of(engine.matching())
        report = _by_referee(data, shapes=compiled.triples, only=compiled.fallback)
        yield from report.results


class _Run:
    """One validation of data that were just read.

    Queries of SHACL's own components run on literals that are kept as written. Where the shapes
    hold SPARQL, the literals are then exchanged for those of the engine, with which it can
    calculate.
    """

    def __init__(
        self,
        triples: Sequence[Triple],
        shapes: Sequence[Triple],
        found: Shapes,
        skip: frozenset[Term],
    ) -> None:
        self.shapes = shapes
        self._skip = skip
        self._changed: dict[Triple, Triple] = {}
        self._engine = Engine(self._quads(triples))
        hierarchy = subclasses(triples)
        self._found = found
        self._dialect = Dialect(is_protected=True, subclasses=hierarchy)
        compiled = compile_checks(found, self._dialect)
        self._checks = compiled.checks
        self.fallback = [shape.node for shape in compiled.fallback]

    def _quads(self, triples: Iterable[Triple]) -> Iterator[Quad]:
        for triple in triples:
            value = triple.object
            if isinstance(value, Literal):
                kept = protected(value)
                if kept is not value:
                    self._changed[triple] = Triple(triple.subject, triple.predicate, kept)
                    value = kept
            elif isinstance(value, Triple):
                raise UnreadableError(
                    f"Triples inside triples cannot be validated: {value}.",
                    hint="Give the inner statement an address and describe it with triples of its "
                    "own.",
                )
            yield Quad(triple.subject, triple.predicate, value)

    def results(self) -> Iterator[ValidationResult]:
        """Yield all results but those of shapes that go to the referee."""
        ends = (kept_form(node) for node in self._found.ends_of_empty_paths)
        with present(self._engine, ends):
            yield from self._results()

    def _results(self) -> Iterator[ValidationResult]:
        others = (check for check in self._checks if not check.asks_sparql)
        for result in run_everywhere(self._engine, others, self._dialect, skip=self._skip):
            yield _read_back(result)
        queried = [check for check in self._checks if check.asks_sparql]
        if queried:
            yield from self._queried(queried)

    def _queried(self, checks: list[Check]) -> Iterator[ValidationResult]:
        dialect, written = self._dialect, self._written_forms()
        if written or self._changed:
            self._exchange()
            dialect = replace(dialect, is_protected=False)
            roots = dict.fromkeys(check.root.node for check in checks)
            compiled = compile_checks(
                self._found, dialect, roots=[self._found[node] for node in roots]
            )
            checks = [check for check in compiled.checks if check.asks_sparql]
        if any(check.asks_for_shapes_graph for check in checks):
            name = NamedNode(SHAPES_GRAPH)
            self._engine.add(Quad(t.subject, t.predicate, t.object, name) for t in self.shapes)
        for result in run_everywhere(self._engine, checks, dialect, skip=self._skip):
            yield _with_terms(result, lambda term: written.get(term, read_back(term)))

    def _exchange(self) -> None:
        self._engine.remove(Quad(t.subject, t.predicate, t.object) for t in self._changed.values())
        self._engine.add(Quad(t.subject, t.predicate, t.object) for t in self._changed)

    def _written_forms(self) -> dict[Term, Term]:
        """Return, for values as the engine has them, the form of the data if there is only one."""
        named = (target.value for root in self._found.roots for target in root.targets)
        changed = [term for term in named if kept_form(term) is not term]
        literals = dict.fromkeys([*(triple.object for triple in self._changed), *changed])
        numbered = {NamedNode(f"urn:x-neagraph:{n}"): text for n, text in enumerate(literals)}
        value = NamedNode("urn:x-neagraph:value")
        forms: dict[Term, list[Term]] = {}
        for quad in Engine(Quad(node, value, text) for node, text in numbered.items()).quads():
            if isinstance(quad.subject, NamedNode):
                forms.setdefault(quad.object, []).append(numbered[quad.subject])
        return {
            stored: texts[0]
            for stored, texts in forms.items()
            if len(texts) == 1 and next(self._engine.matching(None, None, stored), None) is None
        }


def _read_back(result: ValidationResult) -> ValidationResult:
    """Return a result with literals as they were written."""
    return _with_terms(result, read_back)


def _with_terms(result: ValidationResult, change: Callable[[Term], Term]) -> ValidationResult:
    """Return a result with other terms in the place of its focus node and its value."""
    focus = change(result.focus_node)
    value = None if result.value is None else change(result.value)
    if focus is result.focus_node and value is result.value:
        return result
    return replace(result, focus_node=focus, value=value)


def _by_referee(
    data: Sequence[Triple],
    *,
    shapes: Sequence[Triple],
    background: Sequence[Triple] = (),
    only: Collection[Term] | None = None,
) -> ValidationReport:
    # Imported when it is needed: that takes longer than all that is needed always.
    from neagraph.validation.referee import validate_with_pyshacl  # noqa: PLC0415

    return validate_with_pyshacl(data, shapes=shapes, background=background, only=only)

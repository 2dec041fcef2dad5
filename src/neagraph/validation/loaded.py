"""Data that were just read, in an engine of their own, and what shapes find in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from neagraph.errors import UnreadableError
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import DefaultGraph, Literal, NamedNode, Quad, Term, Triple
from neagraph.validation.checks import Check, compile_checks
from neagraph.validation.details import Details
from neagraph.validation.dialect import Dialect
from neagraph.validation.hierarchy import SUBCLASS_OF, subclasses
from neagraph.validation.lexical import (
    kept_form,
    protected,
    read_back,
    read_triple,
    single_forms,
)
from neagraph.validation.progress import Steps, Tell, untold
from neagraph.validation.queries import SHAPES_GRAPH
from neagraph.validation.reading import read_shapes
from neagraph.validation.report import ValidationReport, ValidationResult
from neagraph.validation.running import present, run_everywhere
from neagraph.validation.shapes import Shapes, Target
from neagraph.validation.targets import foreign_nodes, selects_any

Change = Callable[[Term], Term]
"""Returns the literal of the data for one of the engine, other terms as they are."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What tells of shapes inside shapes, while the engine holds literals in one of two forms.

    Args:
        details: What tells it.
        change: Returns the literals of the data.
    """

    details: Details
    change: Change

    def explained(self, result: ValidationResult) -> ValidationResult:
        """Return a result with what was found of its value."""
        if not self.details.constraints_of(result):
            return result
        return with_terms(self.details.added_to(result), self.change)


class LoadedData:
    """Data in an engine, with literals as they were written.

    Args:
        statements: The data, taken one by one, so that they are in memory once; graphs that they
            name are left aside.

    Raises:
        UnreadableError: If a triple holds a triple, which SHACL does not know.
    """

    def __init__(self, statements: Iterable[Triple | Quad]) -> None:
        self._changed: dict[Quad, Quad] = {}
        self._foreign = frozenset[Term]()
        self._stored: list[Quad] = []
        self._asked: list[_Asked] = []
        self._targets: list[Target] = []
        self.engine = Engine(self._kept(statements))
        """What holds the data, and the background when that has been added."""

    def add_background(self, triples: Sequence[Triple]) -> None:
        """Add what shapes may look at; nodes that only this describes are not checked."""
        if triples:
            self._foreign = frozenset(foreign_nodes(self.engine, triples))
            self.engine.add(self._kept(triples))

    def _kept(self, statements: Iterable[Triple | Quad]) -> Iterator[Quad]:
        for statement in statements:
            value = statement.object
            if isinstance(value, Literal):
                kept = protected(value)
                if kept is not value:
                    quad = Quad(statement.subject, statement.predicate, kept)
                    self._changed[Quad(quad.subject, quad.predicate, value)] = quad
                    yield quad
                    continue
            elif isinstance(value, Triple):
                raise UnreadableError(
                    f"Triples inside triples cannot be validated: {value}.",
                    hint="Give the inner statement an address and describe it with triples of its "
                    "own.",
                )
            yield _in_default_graph(statement)

    def results(
        self, shapes: Sequence[Triple], *, tell: Tell = untold
    ) -> Iterator[ValidationResult]:
        """Yield what shapes find. It can be asked once: literals may be exchanged on the way.

        Queries of SHACL's own components run on literals that are kept as written. Where the shapes
        hold SPARQL, the literals are then exchanged for those of the engine, with which it can
        calculate.

        Args:
            shapes: The shapes graph.
            tell: Takes the steps.

        Raises:
            ShapesError: If there is no shape among the shapes, or one that cannot be used.
        """
        found = read_shapes(shapes)
        self._targets = [target for root in found.roots for target in root.targets]
        hierarchy = subclasses(self.engine.matching(None, SUBCLASS_OF))
        dialect = Dialect(is_protected=True, subclasses=hierarchy)
        compiled = compile_checks(found, dialect)
        steps = Steps(len(compiled.checks) + bool(compiled.fallback), tell)
        if compiled.fallback:
            steps.begin("what SPARQL cannot say")
            nodes = [shape.node for shape in compiled.fallback]
            yield from by_referee(
                [read_triple(quad) for quad in self.engine.matching()],
                shapes=shapes,
                foreign=self._foreign,
                only=nodes,
            )
        self._asked.append(_Asked(Details(self.engine, found, dialect), read_back))
        run = _Run(self, shapes, found, steps)
        with present(self.engine, map(kept_form, found.ends_of_empty_paths)):
            yield from run.results(compiled.checks, dialect)

    def run(
        self, checks: Iterable[Check], dialect: Dialect, steps: Steps
    ) -> Iterator[ValidationResult]:
        """Yield what checks find, in the terms of the engine."""
        skip = self._foreign | set(map(kept_form, self._foreign))
        return run_everywhere(self.engine, steps.each(checks), dialect, skip=skip)

    def is_looked_at(self) -> bool:
        """Return whether the shapes of `results` are for any node of the data."""
        below = subclasses(self.engine.matching(None, SUBCLASS_OF))
        return any(selects_any(self.engine, t, below, foreign=self._foreign) for t in self._targets)

    def explained(self, report: ValidationReport) -> ValidationReport:
        """Return a report on `results` that says why values do not conform to shapes inside shapes.

        That is asked for the results alone that are told, when all are found.
        """
        if not self._asked:
            return report
        plain, *exchanged = self._asked
        results = report.results
        for asked in exchanged:
            results = tuple(
                asked.explained(r) if asked.details.asks_sparql(r) else r for r in results
            )
            self._exchange_back()
        return replace(report, results=tuple(map(plain.explained, results)))

    @property
    def is_changed(self) -> bool:
        """Whether the engine holds a literal in another form than its own."""
        return bool(self._changed)

    def exchange(self, details: Details, change: Change) -> None:
        """Give the engine the literals in its own form; `change` returns those of the data."""
        self._stored = [quad for quad in self._changed if quad in self.engine]
        self.engine.remove(self._changed.values())
        self.engine.add(self._changed)
        self._asked.append(_Asked(details, change))

    def _exchange_back(self) -> None:
        self.engine.remove(self._changed)
        self.engine.add([*self._changed.values(), *self._stored])

    def written_forms(self, found: Shapes) -> dict[Term, Term]:
        """Return, for values as the engine has them, the form of the data if there is only one."""
        named = (target.value for root in found.roots for target in root.targets)
        changed = [term for term in named if kept_form(term) is not term]
        literals = dict.fromkeys([*(quad.object for quad in self._changed), *changed])
        return {
            stored: text
            for stored, text in single_forms(literals).items()
            if next(self.engine.matching(None, None, stored), None) is None
        }


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of shapes.

    Args:
        data: What they look at.
        shapes: The shapes graph.
        found: The shapes.
        steps: Counts the checks.
    """

    data: LoadedData
    shapes: Sequence[Triple]
    found: Shapes
    steps: Steps

    def results(self, checks: Sequence[Check], dialect: Dialect) -> Iterator[ValidationResult]:
        others = [check for check in checks if not check.asks_sparql]
        yield from map(as_written, self.data.run(others, dialect, self.steps))
        queried = [check for check in checks if check.asks_sparql]
        if queried:
            yield from self._queried(queried, dialect)

    def _queried(self, checks: list[Check], dialect: Dialect) -> Iterator[ValidationResult]:
        written = self.data.written_forms(self.found)

        def change(term: Term) -> Term:
            return written.get(term, read_back(term))

        if written or self.data.is_changed:
            dialect = replace(dialect, is_protected=False)
            self.data.exchange(Details(self.data.engine, self.found, dialect), change)
            roots = dict.fromkeys(check.root.node for check in checks)
            compiled = compile_checks(
                self.found, dialect, roots=[self.found[node] for node in roots]
            )
            checks = [check for check in compiled.checks if check.asks_sparql]
        if any(check.asks_for_shapes_graph for check in checks):
            name = NamedNode(SHAPES_GRAPH)
            shapes = (Quad(t.subject, t.predicate, t.object, name) for t in self.shapes)
            self.data.engine.add(shapes)
        for result in self.data.run(checks, dialect, self.steps):
            yield with_terms(result, change)


def _in_default_graph(statement: Triple | Quad) -> Quad:
    if isinstance(statement, Quad) and isinstance(statement.graph_name, DefaultGraph):
        return statement
    return Quad(statement.subject, statement.predicate, statement.object)


def as_written(result: ValidationResult) -> ValidationResult:
    """Return a result with literals as they were written."""
    return with_terms(result, read_back)


def with_terms(result: ValidationResult, change: Change) -> ValidationResult:
    """Return a result with other terms in the place of its focus node and its value."""
    focus = change(result.focus_node)
    value = None if result.value is None else change(result.value)
    if focus is result.focus_node and value is result.value and not result.detail:
        return result
    detail = tuple(with_terms(inner, change) for inner in result.detail)
    return replace(result, focus_node=focus, value=value, detail=detail)


def by_referee(
    data: Sequence[Triple],
    *,
    shapes: Sequence[Triple],
    foreign: Collection[Term] = (),
    only: Collection[Term] | None = None,
) -> Iterator[ValidationResult]:
    """Yield what pyshacl finds; arguments as `validate_with_pyshacl`."""
    # Imported when it is needed: that takes longer than all that is needed always.
    from neagraph.validation.referee import validate_with_pyshacl  # noqa: PLC0415

    yield from validate_with_pyshacl(data, shapes=shapes, foreign=foreign, only=only).results

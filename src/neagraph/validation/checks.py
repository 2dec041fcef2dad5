"""Checks: one SPARQL query for each way in which a shape can be violated.

A check is kept without its focus nodes, so that the same text serves for all targets of a shape and
for single nodes that a change affects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from neagraph.rdf.terms import BlankNode, NamedNode, Term
from neagraph.validation.dialect import Dialect, NotCompilableError
from neagraph.validation.expressions import Writer
from neagraph.validation.messages import filled, message_of
from neagraph.validation.paths import Path
from neagraph.validation.queries import SHAPES_GRAPH, for_one_node
from neagraph.validation.report import SEVERITIES, ValidationResult
from neagraph.validation.shapes import QUALIFIED, Constraint, Shape, Shapes, Target, TargetKind
from neagraph.validation.violations import Violation, joined

ROOT: Final = "?_root"
"""The variable of the node that a target selects."""


@dataclass(frozen=True, slots=True)
class Check:
    """One way in which a shape can be violated.

    Args:
        root: The shape whose targets select the nodes.
        shape: The shape whose constraint it is: the root, or one that it has by `sh:property`.
        constraint: The constraint.
        chain: The shapes between them whose paths lead to the focus node, from the root on.
        body: The graph pattern after the one that binds `ROOT`.
        columns: Names of what a solution holds, `_root` and `_focus` first → their text in SELECT.
        template: For a query that runs for one focus node at a time: that query.
        message: What its results say, variables in braces.
        is_distinct: Whether no solution can come twice, given that no root does.
        asks_sparql: Whether it holds SPARQL of the shapes graph.
    """

    root: Shape
    shape: Shape
    constraint: Constraint
    chain: tuple[Shape, ...]
    body: str
    columns: tuple[tuple[str, str], ...]
    template: str
    message: str
    is_distinct: bool
    asks_sparql: bool

    @property
    def asks_for_shapes_graph(self) -> bool:
        """Whether it looks at `$shapesGraph`."""
        return SHAPES_GRAPH in self.body + self.template

    def text(self, focus: str, *, roots_differ: bool) -> str:
        """Return the query for the nodes that a pattern binds to `ROOT`.

        Args:
            focus: The pattern.
            roots_differ: Whether it yields each node once.
        """
        distinct = "" if self.is_distinct and roots_differ else "DISTINCT "
        selected = " ".join(text for _, text in self.columns)
        return f"SELECT {distinct}{selected} WHERE {{ {focus} {self.body} }}"

    def text_for_one(self, node: Term) -> str:
        """Return the query of a template for one focus node."""
        if isinstance(node, BlankNode):
            return self.template
        return for_one_node(self.template, str(node))

    def result(self, values: dict[str, Term | None]) -> ValidationResult:
        """Return what a solution tells.

        Args:
            values: The values of the solution by column.
        """
        focus, query = focus_of(values), self.constraint.query
        value = values.get("value")
        if query is not None and value is None and self.shape.path is None:
            value = focus
        source = query.node if query is not None and self.constraint.name == "sparql" else None
        return ValidationResult(
            focus_node=focus,
            path=self._path(values.get("path")),
            value=value,
            source_shape=self.shape.node,
            source_constraint=source if isinstance(source, NamedNode) else None,
            constraint_component=self.constraint.component,
            severity=self.shape.severity,
            message=filled(self.message, {**values, "this": focus}),
            fix_hint=self.shape.fix_hint,
            docs=self.shape.docs,
            shape_name=self.shape.label,
        )

    def _path(self, found: Term | None) -> Path | None:
        """Return the path of a result: what the query found, where that comes first."""
        if isinstance(found, NamedNode) and (
            self.shape.path is None or self.constraint.name == "closed"
        ):
            return found
        return self.shape.path


def focus_of(values: Mapping[str, Term | None]) -> Term:
    """Return the focus node of a solution."""
    focus = values["_focus"]
    assert focus is not None  # noqa: S101  each query binds it
    return focus


def checks_of(root: Shape, writer: Writer) -> list[Check]:
    """Return the checks of a shape with targets, those of its property shapes included.

    Raises:
        NotCompilableError: If one of its constraints cannot be written as SPARQL.
    """
    return list(_Emitter(root, writer).checks(root, (), ROOT, ""))


@dataclass(frozen=True, slots=True)
class _Emitter:
    """Writes the checks of one root."""

    root: Shape
    writer: Writer

    def checks(
        self, shape: Shape, chain: tuple[Shape, ...], focus: str, steps: str
    ) -> Iterator[Check]:
        """Yield the checks of a shape at the end of a chain, and of its property shapes."""
        if shape.deactivated:
            return
        for constraint in shape.constraints:
            yield from self._of_constraint(shape, constraint, chain, focus, steps)
        value = focus
        if shape.path is not None and shape.properties:
            value = self.writer.fresh()
            steps = " ".join([steps, *self.writer.context.steps(focus, shape, value)])
            chain = (*chain, shape)
        for node in shape.properties:
            yield from self.checks(self.writer.shapes[node], chain, value, steps)

    def _of_constraint(
        self, shape: Shape, constraint: Constraint, chain: tuple[Shape, ...], focus: str, steps: str
    ) -> Iterator[Check]:
        try:
            violations = self.writer.violations(shape, constraint, focus)
            template = ""
        except NotCompilableError:
            if constraint.query is None or constraint.query.is_ask:
                raise
            violations, template = [Violation()], self.writer.template(constraint)
        simple = isinstance(shape.path, NamedNode | None) and not chain
        for violation in violations:
            yield Check(
                root=self.root,
                shape=shape,
                constraint=constraint,
                chain=chain,
                body=f"{steps} {violation.text}",
                columns=tuple(_columns(chain, focus, violation)),
                template=template,
                message=message_of(shape, constraint),
                is_distinct=simple and constraint.query is None and not violation.columns,
                asks_sparql=asks_sparql(shape, constraint, self.writer.shapes),
            )


def _columns(chain: Sequence[Shape], focus: str, violation: Violation) -> Iterator[tuple[str, str]]:
    yield "_root", ROOT
    yield "_focus", focus if chain else f"({focus} AS ?_focus)"
    if violation.value:
        yield "value", f"({violation.value} AS ?_value)"
    if violation.path:
        yield "path", f"({violation.path} AS ?_path)"
    yield from violation.columns


def gravest_first(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks in the order of their severities."""
    order: dict[Term, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    return tuple(sorted(checks, key=lambda c: order.get(c.shape.severity, len(order))))


def of_target(targets: Sequence[Target], dialect: Dialect) -> Iterator[tuple[str, bool]]:
    """Yield patterns that bind `ROOT` to the nodes of some targets, each node in one of them.

    With each pattern: whether it yields each node once. Blank nodes that are named as targets are
    left out; see `blank_targets`.
    """
    earlier: list[str] = []
    named = [t.value for t in targets if t.kind is TargetKind.NODE]
    values = [dialect.term(node) for node in named if not isinstance(node, BlankNode)]
    if values:
        yield f"VALUES {ROOT} {{ {' '.join(values)} }}", True
        # IN would be an error for a literal that cannot be compared.
        same = joined("||", [f"sameTerm({ROOT}, {value})" for value in values])
        earlier.append(f"FILTER(!{same})")
    for number, target in enumerate(t for t in targets if t.kind is TargetKind.CLASS):
        fresh = f"?_t{number}"
        once = target.value not in dialect.subclasses
        yield " ".join([dialect.instances(ROOT, target.value, fresh), *earlier]), once
        of_class = dialect.instance_of(ROOT, target.value, fresh)
        earlier.append(f"FILTER NOT EXISTS {{ {of_class} }}")
    ends = [t for t in targets if t.kind not in {TargetKind.NODE, TargetKind.CLASS}]
    if ends:
        found = " UNION ".join(f"{{ {_with_property(target)} }}" for target in ends)
        yield " ".join([f"{{ SELECT DISTINCT {ROOT} WHERE {{ {found} }} }}", *earlier]), True


def _with_property(target: Target) -> str:
    ends = (ROOT, "?_t") if target.kind is TargetKind.SUBJECTS_OF else ("?_t", ROOT)
    return f"{ends[0]} {target.value} {ends[1]} ."


def blank_targets(shape: Shape) -> list[BlankNode]:
    """Return the blank nodes that a shape names as targets."""
    named = (t.value for t in shape.targets if t.kind is TargetKind.NODE)
    return [node for node in named if isinstance(node, BlankNode)]


def asks_sparql(shape: Shape, constraint: Constraint, shapes: Shapes) -> bool:
    """Return whether a constraint holds SPARQL, its own or that of a shape that it refers to."""
    nodes = constraint.references
    if constraint.name in QUALIFIED:
        nodes = (*nodes, *shapes.siblings.get(shape.node, ()))
    within = (inner for node in nodes for s in shapes.within(node) for inner in s.constraints)
    return any(inner.query is not None for inner in (constraint, *within))


@dataclass(frozen=True, slots=True)
class Compiled:
    """The checks of some shapes in one dialect.

    Args:
        checks: The checks, those of graver shapes first.
        fallback: The shapes with targets that SPARQL cannot say.
    """

    checks: tuple[Check, ...]
    fallback: tuple[Shape, ...]


def compile_checks(
    shapes: Shapes,
    dialect: Dialect,
    *,
    roots: Iterable[Shape] | None = None,
    has_shapes_graph: bool = True,
) -> Compiled:
    """Return the checks of shapes with targets.

    Args:
        shapes: The shapes.
        dialect: The dialect of the dataset.
        roots: Those of the shapes that are wanted; all with targets if it is None.
        has_shapes_graph: Whether the dataset will hold the shapes graph; if not, shapes that look
            at it are left to the referee.
    """
    checks, fallback = list[Check](), list[Shape]()
    for shape in shapes.roots if roots is None else roots:
        try:
            found = checks_of(shape, Writer(shapes, dialect))
        except NotCompilableError:
            fallback.append(shape)
            continue
        if has_shapes_graph or not any(check.asks_for_shapes_graph for check in found):
            checks += found
        else:
            fallback.append(shape)
    return Compiled(gravest_first(checks), tuple(fallback))

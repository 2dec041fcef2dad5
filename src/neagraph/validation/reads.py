"""What a check reads of the data: which changed triple affects it, and how to find the focus node.

A triple that a check reads stands at the end of a route from the focus node. After a change, the
routes are walked backwards in the new state. That finds every focus node: if other triples of a
route were removed with it, the one nearest to the focus node is removed, too, and its own route is
whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from neagraph.rdf.terms import NamedNode, Term
from neagraph.validation.checks import Check
from neagraph.validation.paths import ALTERNATIVE, SEQUENCE, CompoundPath, Path, to_sparql, turned
from neagraph.validation.patterns import TriplePattern, UnknownPatternError, triple_patterns
from neagraph.validation.queries import parts_of, renamed
from neagraph.validation.shapes import Constraint, Shape, Shapes, TargetKind
from neagraph.vocab import RDF_TYPE

Route = tuple[Path, ...]
"""Paths that lead, one after the other, from a focus node to another node."""

NODE: Final = "?_node"
"""What stands in a join for the end that a triple was found at."""
ANY: Final = CompoundPath("any", ())
"""Leads from a node to each value of it, whatever the property."""
VERB: Final = CompoundPath("verb", ())
"""Leads from a node to each property that it has."""
_REPEATED: Final = frozenset({"zeroOrMorePath", "oneOrMorePath"})
_PAIRED: Final = frozenset({"equals", "disjoint", "lessThan", "lessThanOrEquals"})


@dataclass(frozen=True, slots=True)
class Read:
    """Triples that a check reads.

    Args:
        predicate: Their predicate; None for any.
        value: Their object; None for any.
        at_object: Whether the route ends at their object; else it ends at their subject.
        route: From a node of the target to that end.
        added_only: Whether the removal of such a triple can violate nothing.
        join: For a triple that every violation of a SPARQL constraint matches: the query for its
            `?this`, with `NODE` in the place of that end. It finds few nodes where the route, which
            looks at less, finds many.
        to_this: The route to where `?this` is.
    """

    predicate: str | None
    route: Route
    value: Term | None = None
    at_object: bool = False
    added_only: bool = False
    join: str = ""
    to_this: Route = ()


def reads_of(check: Check, shapes: Shapes) -> list[Read] | None:
    """Return what a check reads; None if that cannot be told."""
    try:
        return list(dict.fromkeys(_Reads(shapes).of_check(check)))
    except UnknownPatternError:
        return None


@dataclass(frozen=True, slots=True)
class _Reads:
    shapes: Shapes

    def of_check(self, check: Check) -> Iterator[Read]:
        yield from self._of_targets(check.root)
        route: Route = ()
        for shape in check.chain:
            if shape.path is not None:
                yield from along(shape.path, route)
                route = (*route, shape.path)
        yield from self._of_constraint(check.shape, check.constraint, route, nested=False)

    @staticmethod
    def _of_targets(root: Shape) -> Iterator[Read]:
        for target in root.targets:
            if target.kind is TargetKind.CLASS:
                yield Read(RDF_TYPE, (), target.value)
            elif target.kind is not TargetKind.NODE and isinstance(target.value, NamedNode):
                at_object = target.kind is TargetKind.OBJECTS_OF
                yield Read(target.value.value, (), at_object=at_object)

    def _of_constraint(
        self, shape: Shape, constraint: Constraint, route: Route, *, nested: bool
    ) -> Iterator[Read]:
        to_value = route
        if shape.path is not None:
            yield from along(shape.path, route)
            to_value = (*route, shape.path)
        value = constraint.value
        if constraint.query is not None:
            yield from self._of_query(constraint, route, to_value, nested=nested)
        elif constraint.name == "class":
            yield Read(RDF_TYPE, to_value, value)
        elif constraint.name == "closed":
            yield Read(None, to_value)
        elif constraint.name in _PAIRED and isinstance(value, NamedNode):
            yield Read(value.value, route)
        siblings = self.shapes.siblings.get(shape.node, ()) if constraint.references else ()
        for node in (*constraint.references, *siblings):
            yield from self._of_shape(node, to_value)

    def _of_shape(self, node: Term, route: Route) -> Iterator[Read]:
        shape = self.shapes[node]
        for constraint in shape.constraints:
            yield from self._of_constraint(shape, constraint, route, nested=True)
        if shape.path is not None and shape.properties:
            yield from along(shape.path, route)
            route = (*route, shape.path)
        for inner in shape.properties:
            yield from self._of_shape(inner, route)

    @staticmethod
    def _of_query(
        constraint: Constraint, route: Route, to_value: Route, *, nested: bool
    ) -> Iterator[Read]:
        assert constraint.query is not None  # noqa: S101  the caller has looked
        parts = parts_of(constraint.query.text)
        patterns = triple_patterns(parts.body)
        starts = {"?this": route}
        if constraint.query.is_ask:
            starts["?value"] = to_value
        # What matches may be right in a test, and too few in a count.
        if constraint.query.is_ask or nested or not parts.is_flat:
            patterns = [replace(one, groups=(0, *one.groups)) for one in patterns]
        required = [pattern for pattern in patterns if pattern.is_required]
        for pattern in patterns:
            routes = _routes(_beside(pattern, patterns), starts)
            reads = list(_routed(pattern, routes))
            is_far = pattern.subject.startswith("?") and pattern.subject != "?this"
            if pattern.is_required and is_far and pattern.subject in routes:
                joins = _joins(pattern, required)
                reads = [
                    replace(read, join=join, to_this=route)
                    for read, join in zip(reads, joins, strict=True)
                ]
            yield from (replace(read, added_only=pattern.is_required) for read in reads)


def _beside(pattern: TriplePattern, patterns: list[TriplePattern]) -> list[TriplePattern]:
    """Return the patterns that match wherever a pattern does: those of the groups around it."""
    groups = pattern.groups
    return [other for other in patterns if other.groups == groups[: len(other.groups)]]


def _routes(patterns: list[TriplePattern], starts: dict[str, Route]) -> dict[str, Route]:
    """Return the shortest routes to the variables of triple patterns."""
    routes, pending = dict(starts), list(starts)
    while pending:
        node = pending.pop(0)
        for pattern in patterns:
            for near, far, path in _steps(pattern):
                if near == node and far not in routes:
                    routes[far] = (*routes[node], path)
                    pending.append(far)
    return routes


def _steps(pattern: TriplePattern) -> Iterator[tuple[str, str, Path]]:
    """Yield what leads from one variable of a triple pattern to another: near, far and path."""
    if pattern.verb:
        yield pattern.subject, pattern.verb, VERB
    if pattern.path is None:
        yield pattern.subject, pattern.value, ANY
    else:
        yield pattern.subject, pattern.value, pattern.path
        yield pattern.value, pattern.subject, turned(pattern.path)


def _routed(pattern: TriplePattern, routes: dict[str, Route]) -> Iterator[Read]:
    """Yield what matching a triple pattern reads, by the route to one of its ends."""
    backwards = pattern.subject not in routes
    end = pattern.value if backwards else pattern.subject
    if end not in routes:
        raise UnknownPatternError(pattern.text)
    if pattern.path is None:
        yield Read(None, routes[end], at_object=backwards)
    else:
        yield from along(pattern.path, routes[end], backwards=backwards)


def _joins(pattern: TriplePattern, required: list[TriplePattern]) -> Iterator[str]:
    """Yield, for what matching a triple pattern reads, the query for what must match beside it.

    That is exact for triples that were added.
    """
    text = " ".join(other.text for other in required)
    reads = [Read(None, ())] if pattern.path is None else along(pattern.path, ())
    for read in reads:
        if read.route:
            steps = "/".join(to_sparql(path) for path in read.route)
            body = f"{text} {pattern.subject} {steps} {NODE} ."
        else:
            body = renamed(text, {pattern.subject[1:]: NODE})
        yield f"SELECT DISTINCT ?this WHERE {{ {body} }}"


def along(path: Path, route: Route, *, backwards: bool = False) -> Iterator[Read]:
    """Yield what following a path reads.

    Args:
        path: The path.
        route: What leads to the node that it is followed from.
        backwards: Whether it is followed from its end to its start.
    """
    if isinstance(path, NamedNode):
        yield Read(path.value, route, at_object=backwards)
    elif path.operator == SEQUENCE:
        for part in path.parts[::-1] if backwards else path.parts:
            yield from along(part, route, backwards=backwards)
            route = (*route, turned(part) if backwards else part)
    elif path.operator == ALTERNATIVE:
        for part in path.parts:
            yield from along(part, route, backwards=backwards)
    elif path.operator == "inversePath":
        yield from along(path.parts[0], route, backwards=not backwards)
    else:
        (part,) = path.parts
        if path.operator in _REPEATED:
            repeated = CompoundPath("zeroOrMorePath", path.parts)
            route = (*route, turned(repeated) if backwards else repeated)
        yield from along(part, route, backwards=backwards)

"""A shapes graph read as shapes; what is ill-formed in it is an error that names the shape.

Source: W3C SHACL (2017), sections 2, 3.4.3 (recursion) and 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from neagraph.errors import ShapesError
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import Literal, NamedNode, Term, Triple, show
from neagraph.validation.components import Component, read_components
from neagraph.validation.index import TripleIndex
from neagraph.validation.messages import text_of
from neagraph.validation.naming import shape_name, with_names
from neagraph.validation.parameters import PARAMETERS, is_true, unknown_term
from neagraph.validation.paths import Path, depth, read_path
from neagraph.validation.queries import read_query
from neagraph.validation.shapes import (
    LISTS_OF_SHAPES,
    QUALIFIED,
    Constraint,
    Shape,
    Shapes,
    Target,
    TargetKind,
)
from neagraph.vocab import NEA, OWL, RDF_TYPE, RDFS, SH

_TYPE: Final = NamedNode(RDF_TYPE)
_CLASSES: Final = frozenset({NamedNode(RDFS + "Class"), NamedNode(OWL + "Class")})
_SHAPE_CLASSES: Final = frozenset({NamedNode(SH + "NodeShape"), NamedNode(SH + "PropertyShape")})

_DEEPEST: Final = 40
_SWITCHES: Final = frozenset({"closed", "uniqueLang"})


def read_shapes(triples: Sequence[Triple]) -> Shapes:
    """Return the shapes of a shapes graph.

    Raises:
        ShapesError: If there is none, or one that is ill-formed or refers to itself.
    """
    index = TripleIndex(triples)
    try:
        return _Reader(index).read()
    except ShapesError as error:
        error.message, error.hint = (with_names(index, t) for t in (error.message, error.hint))
        raise


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one shapes graph."""

    index: TripleIndex

    def read(self) -> Shapes:
        pending = list(self._declared())
        if not pending:
            raise ShapesError(
                "There is no shape in the shapes graph.",
                hint="Data would always pass; check that the file with the shapes is the right "
                "one.",
            )
        components, found = read_components(self.index), dict[Term, Shape]()
        while pending:
            node = pending.pop()
            if node not in found:
                found[node] = _ShapeReader(self.index, node, components).read()
                pending += found[node].references
        shapes = Shapes({node: found[node] for node in sorted(found, key=str)})
        _require_no_circle(shapes)
        return Shapes(shapes.by_node, dict(self._siblings(shapes)))

    def _declared(self) -> Iterator[Term]:
        for kind in TargetKind:
            for triple in self.index.with_predicate(SH + kind.value):
                yield triple.subject
        for triple in self.index.with_predicate(RDF_TYPE):
            if triple.object in _SHAPE_CLASSES:
                yield triple.subject
        for triple in self.index.with_predicate(SH + "property"):
            yield triple.subject

    def _siblings(self, shapes: Shapes) -> Iterator[tuple[Term, tuple[Term, ...]]]:
        """Yield the qualified value shapes of the siblings of disjoint property shapes."""
        qualified = NamedNode(SH + "qualifiedValueShape")
        disjoint = NamedNode(SH + "qualifiedValueShapesDisjoint")
        for node in shapes.by_node:
            if not is_true(self.index.value(node, disjoint)):
                continue
            parents = [s for s in shapes.by_node.values() if node in s.properties]
            others = {s: None for p in parents for b in p.properties
                      for s in self.index.values(b, qualified)}  # fmt: skip
            own = self.index.values(node, qualified)
            yield node, tuple(shape for shape in others if shape not in own)


def _require_no_circle(shapes: Shapes) -> None:
    """Raise ShapesError if a shape refers to itself (SHACL 3.4.3), or nests others too deeply."""
    heights, path = dict[Term, int](), dict[Term, None]()
    stack = [(node, False) for node in shapes.by_node]
    while stack:
        node, left = stack.pop()
        inner = shapes[node].references
        if left:
            path.pop(node)
            heights[node] = 1 + max((heights[other] for other in inner), default=0)
            _require_shallow(node, heights[node])
        elif node in path:
            raise ShapesError(
                f"The shape {show(node)} refers to itself.",
                hint="Shapes that run in a circle have no defined meaning; take out one link of: "
                + ", ".join(show(n) for n in path),
            )
        elif node not in heights:
            path[node] = None
            stack.append((node, True))
            stack += [(other, False) for other in inner]


def _require_shallow(node: Term, height: int) -> None:
    if height > _DEEPEST:
        raise ShapesError(
            f"The shape {show(node)} holds others that are nested more than {_DEEPEST} deep.",
            hint="Give an inner shape a target of its own instead.",
        )


@dataclass(frozen=True, slots=True)
class _ShapeReader:
    """Reads one shape."""

    index: TripleIndex
    node: Term
    components: tuple[Component, ...]

    def read(self) -> Shape:
        self._require_known_terms()
        given = {p.value.removeprefix(SH) for p in self.index.predicates(self.node)}
        values = {name: self._values(name) if name in given else () for name in PARAMETERS}
        path = self._path(values["path"])
        self._require_fitting(values, path)
        severity = next(iter(values["severity"]), NamedNode(SH + "Violation"))
        docs = self.index.values(self.node, NamedNode(NEA + "docs"))
        constraints = [*self._constraints(values, path), *self._custom(path)]
        return Shape(
            node=self.node,
            path=path,
            targets=tuple(self._targets(values)),
            constraints=tuple(constraints),
            properties=values["property"],
            severity=severity,
            messages=values["message"],
            deactivated=any(is_true(value) for value in values["deactivated"]),
            fix_hint=text_of(self.index.values(self.node, NamedNode(NEA + "fixHint"))),
            label=shape_name(self.index, self.node),
            docs="".join(v.value for v in docs[:1] if isinstance(v, NamedNode)),
        )

    def _require_known_terms(self) -> None:
        for predicate in self.index.predicates(self.node):
            problem = unknown_term(predicate.value) if predicate.value.startswith(SH) else ""
            if problem:
                self._refuse(problem)

    def _values(self, name: str) -> tuple[Term, ...]:
        """Return the values of a parameter, of which each is what it may be."""
        parameter = PARAMETERS[name]
        values = tuple(dict.fromkeys(self.index.values(self.node, NamedNode(SH + name))))
        if parameter.single and len(values) > 1:
            self._refuse(f"it has more than one sh:{name}")
        for value in values:
            if not parameter.accepts(value):
                self._refuse(f"sh:{name} must be {parameter.what}, not {show(value)}")
        return values

    def _path(self, values: tuple[Term, ...]) -> Path | None:
        is_property = NamedNode(SH + "PropertyShape") in self.index.values(self.node, _TYPE)
        if not values:
            if is_property:
                self._refuse("a property shape has one sh:path")
            return None
        try:
            path = read_path(self.index, values[0])
        except ShapesError as error:
            self._refuse(error.message.rstrip("."))
        except RecursionError:
            self._refuse("its sh:path runs in a circle, or is nested too deeply")
        if depth(path) > _DEEPEST:
            self._refuse(f"its sh:path is nested more than {_DEEPEST} deep")
        return path

    def _require_fitting(self, values: dict[str, tuple[Term, ...]], path: Path | None) -> None:
        for name, parameter in PARAMETERS.items():
            if parameter.needs_path and values[name] and path is None:
                self._refuse(f"sh:{name} needs a sh:path")
        if values["flags"] and not values["pattern"]:
            self._refuse("sh:flags needs a sh:pattern")
        if values["qualifiedValueShape"] and not any(values[name] for name in QUALIFIED):
            self._refuse(
                "sh:qualifiedValueShape needs sh:qualifiedMinCount or sh:qualifiedMaxCount"
            )

    def _targets(self, values: dict[str, tuple[Term, ...]]) -> Iterator[Target]:
        for kind in TargetKind:
            for value in values[kind.value]:
                yield Target(kind, value)
        types = set(self.index.values(self.node, _TYPE))
        if types & _CLASSES and (types & _SHAPE_CLASSES or values["property"]):
            yield Target(TargetKind.CLASS, self.node)

    def _constraints(
        self, values: dict[str, tuple[Term, ...]], path: Path | None
    ) -> Iterator[Constraint]:
        """Yield what the parameters ask for, each with what it needs of the others."""
        for name, parameter in PARAMETERS.items():
            component = NamedNode(f"{SH}{parameter.component}ConstraintComponent")
            for value in values[name] if parameter.component else ():
                if name == "sparql":
                    yield from self._queried(component, value, path)
                elif name in QUALIFIED and path is not None:
                    for shape in values["qualifiedValueShape"]:
                        yield Constraint(component, name, value, (shape,))
                elif name not in QUALIFIED and (name not in _SWITCHES or is_true(value)):
                    yield Constraint(component, name, value, self._rest(name, value, values))

    def _queried(
        self, component: NamedNode, value: Term, path: Path | None
    ) -> Iterator[Constraint]:
        # A blank node cannot be named in SPARQL.
        itself = (("currentShape", self.node),) if isinstance(self.node, NamedNode) else ()
        query = read_query(self.index, value, shape=self.node, path=path)
        if query is not None:
            yield Constraint(component, "sparql", value, query=query, parameters=itself)

    def _rest(
        self, name: str, value: Term, values: dict[str, tuple[Term, ...]]
    ) -> tuple[Term, ...]:
        """Return the members of a list, or what other parameters add to a constraint."""
        if name in LISTS_OF_SHAPES | {"in", "languageIn"}:
            return self._members(name, value)
        if name == "closed":
            return self._allowed(values)
        if name == "pattern":
            self._require_pattern(value, values["flags"])
            return values["flags"]
        return ()

    def _require_pattern(self, value: Term, flags: tuple[Term, ...]) -> None:
        """Raise ShapesError unless the engine takes a pattern as a regular expression."""
        arguments = ", ".join(str(term) for term in (value, *flags))
        tried = f'BIND(REGEX("", {arguments}) AS ?found) FILTER(BOUND(?found))'
        if not Engine().ask(f"ASK {{ {tried} }}"):
            self._refuse(
                f"sh:pattern {value} is no regular expression that can be used; looking ahead or "
                "behind, and references back, are not known"
            )

    def _members(self, name: str, value: Term) -> tuple[Term, ...]:
        try:
            members = tuple(self.index.members(value))
        except ShapesError:
            self._refuse(f"sh:{name} is no well-formed RDF list")
        if name in LISTS_OF_SHAPES and not members:
            self._refuse(f"sh:{name} is an empty list; it must be a well-formed RDF list of shapes")
        if name in LISTS_OF_SHAPES and any(isinstance(member, Literal) for member in members):
            self._refuse(f"sh:{name} holds a literal, which is no shape")
        return members

    def _allowed(self, values: dict[str, tuple[Term, ...]]) -> tuple[Term, ...]:
        """Return the properties that a closed shape allows."""
        paths = [self.index.value(p, NamedNode(SH + "path")) for p in values["property"]]
        ignored = [m for v in values["ignoredProperties"] for m in self._members("in", v)]
        allowed = [p for p in [*paths, *ignored] if isinstance(p, NamedNode)]
        return tuple(dict.fromkeys(allowed))

    def _custom(self, path: Path | None) -> Iterator[Constraint]:
        for component in self.components:
            yield from component.constraints(self.index, self.node, path)

    def _refuse(self, problem: str) -> NoReturn:
        raise ShapesError(
            f"The shape {show(self.node)} cannot be used: {problem}.",
            hint="The rules are at https://www.w3.org/TR/shacl/#shapes",
        )

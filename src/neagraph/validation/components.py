"""Constraint components that a shapes graph declares itself, with SPARQL validators.

Source: W3C SHACL (2017), section 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from neagraph.errors import ShapesError
from neagraph.rdf.terms import NamedNode, Term, show
from neagraph.validation.index import TripleIndex
from neagraph.validation.parameters import is_true
from neagraph.validation.paths import Path
from neagraph.validation.queries import PRE_BOUND, read_query
from neagraph.validation.shapes import Constraint, Query
from neagraph.vocab import SH

_RESERVED: Final = PRE_BOUND | {"PATH", "path"}


@dataclass(frozen=True, slots=True)
class Component:
    """A component that a shapes graph declares.

    Args:
        node: Its IRI.
        parameters: Its parameters, and whether each may be left out.
        messages: Its `sh:message` values.
    """

    node: NamedNode
    parameters: tuple[tuple[NamedNode, bool], ...]
    messages: tuple[Term, ...]

    def constraints(
        self, index: TripleIndex, shape: Term, path: Path | None
    ) -> Iterator[Constraint]:
        """Yield the constraints that a shape declares by its values of the parameters.

        Raises:
            ShapesError: If the component has no validator that fits, or an ill-formed one.
        """
        given = {p: index.values(shape, p) for p, _ in self.parameters}
        if any(not given[p] and not optional for p, optional in self.parameters):
            return
        if not any(given.values()):
            return
        if any(len(values) > 1 for values in given.values()) and len(given) > 1:
            raise ShapesError(
                f"The shape {show(shape)} has several values of a parameter of {show(self.node)}.",
                hint="A component with more than one parameter takes one value of each.",
            )
        query = self._validator(index, shape, path)
        if query is None:
            return
        for values in _choices(given):
            bound = tuple((_name(p), value) for p, value in values.items())
            yield Constraint(self.node, "custom", query=query, parameters=bound)

    def _validator(self, index: TripleIndex, shape: Term, path: Path | None) -> Query | None:
        special = "nodeValidator" if path is None else "propertyValidator"
        validators = [v for n in (special, "validator") for v in index.values(self.node, _sh(n))]
        if not validators:
            raise ShapesError(
                f"The component {show(self.node)} has no validator for {show(shape)}.",
                hint=f"Give it sh:{special} or sh:validator.",
            )
        names = [_name(p) for p, _ in self.parameters]
        query = read_query(index, validators[0], shape=shape, path=path, names=names)
        if query is None or query.messages:
            return query
        return replace(query, messages=self.messages)


def _choices(given: dict[NamedNode, list[Term]]) -> Iterator[dict[NamedNode, Term | None]]:
    if len(given) > 1:
        yield {p: next(iter(values), None) for p, values in given.items()}
        return
    for parameter, values in given.items():
        for value in values:
            yield {parameter: value}


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


def _name(parameter: NamedNode) -> str:
    """Return the variable of a parameter: the local name of its path (SHACL 6.2.1)."""
    iri = parameter.value
    return iri[max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1 :]


def read_components(index: TripleIndex) -> tuple[Component, ...]:
    """Return the components that a shapes graph declares.

    Raises:
        ShapesError: If a parameter is ill-formed.
    """
    nodes = {triple.subject: None for triple in index.with_predicate(SH + "parameter")}
    return tuple(_component(index, node) for node in nodes if isinstance(node, NamedNode))


def _component(index: TripleIndex, node: NamedNode) -> Component:
    parameters = []
    for declared in index.values(node, _sh("parameter")):
        path = index.value(declared, _sh("path"))
        if not isinstance(path, NamedNode) or _name(path) in _RESERVED:
            raise ShapesError(
                f"The component {show(node)} has a parameter that cannot be used.",
                hint="The sh:path of a parameter is a property whose local name is no variable of "
                "SHACL.",
            )
        parameters.append((path, is_true(index.value(declared, _sh("optional")))))
    return Component(node, tuple(parameters), tuple(index.values(node, _sh("message"))))

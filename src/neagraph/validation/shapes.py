"""Shapes as values: what a node of a shapes graph asks of the nodes that it is about.

Source: W3C SHACL (2017), sections 2 and 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from neagraph.rdf.terms import NamedNode, Term, show
from neagraph.validation.paths import Path, may_be_empty

LISTS_OF_SHAPES: Final = frozenset({"and", "or", "xone"})
QUALIFIED: Final = frozenset({"qualifiedMinCount", "qualifiedMaxCount"})


class TargetKind(Enum):
    """How a target selects focus nodes (SHACL 2.1.3)."""

    NODE = "targetNode"
    CLASS = "targetClass"
    SUBJECTS_OF = "targetSubjectsOf"
    OBJECTS_OF = "targetObjectsOf"


@dataclass(frozen=True, slots=True)
class Target:
    """One target of a shape.

    Args:
        kind: How it selects.
        value: The node, class or property that it names.
    """

    kind: TargetKind
    value: Term


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL text of a shapes graph.

    Args:
        text: The query, its prefixed names written out.
        messages: Its `sh:message` values.
        node: The node that holds it.
        is_ask: Whether it is an ASK query, which is true of values that are right.
    """

    text: str
    messages: tuple[Term, ...]
    node: Term
    is_ask: bool = False


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape.

    Args:
        component: IRI of the constraint component.
        name: Local name of the parameter that declares it, such as `minCount`; `custom` if its
            component is declared in the shapes graph.
        value: The parameter's value, where it is a single term.
        values: The members of a list, or the further parameters, in an order of its own.
        query: The SPARQL text behind it, where there is one.
        parameters: Names and values of the parameters of a component of the shapes' own.
    """

    component: NamedNode
    name: str
    value: Term | None = None
    values: tuple[Term, ...] = ()
    query: Query | None = None
    parameters: tuple[tuple[str, Term | None], ...] = ()

    @property
    def references(self) -> tuple[Term, ...]:
        """The nodes of the shapes that it asks nodes to conform to, or not to."""
        if self.name in LISTS_OF_SHAPES | QUALIFIED:
            return self.values
        if self.name in {"not", "node"} and self.value is not None:
            return (self.value,)
        return ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape.

    Args:
        node: The node of the shapes graph that it is.
        path: The path to its value nodes; None for a node shape, whose value is the focus node.
        targets: What selects its focus nodes.
        constraints: Its constraints, those of `sh:property` left out.
        properties: The nodes of its property shapes.
        severity: `sh:Violation` unless it says otherwise.
        messages: Its `sh:message` values.
        deactivated: Whether it is passed over: all nodes conform to it.
        fix_hint: What to write; empty if it says nothing.
        docs: IRI of the page on it; empty if it names none.
        label: What people call it; empty for its own name.
    """

    node: Term
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[Term, ...]
    severity: Term
    messages: tuple[Term, ...]
    deactivated: bool
    fix_hint: str = ""
    docs: str = ""
    label: str = ""

    @property
    def references(self) -> tuple[Term, ...]:
        """The nodes of the shapes that it refers to."""
        return (*self.properties, *(n for c in self.constraints for n in c.references))

    @property
    def name(self) -> str:
        """The shape as people know it."""
        return self.label or show(self.node)


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of a shapes graph.

    Args:
        by_node: The shapes by their nodes.
        siblings: For the nodes of property shapes with `sh:qualifiedValueShapesDisjoint`, the
            qualified value shapes of their siblings (SHACL 4.7.3).
    """

    by_node: dict[Term, Shape]
    siblings: dict[Term, tuple[Term, ...]] = field(default_factory=dict)

    def __getitem__(self, node: Term) -> Shape:
        return self.by_node[node]

    def within(self, node: Term) -> Iterator[Shape]:
        """Yield a shape and those that it refers to, siblings included, each once."""
        pending, seen = [node], set[Term]()
        while pending:
            shape = self.by_node[pending.pop()]
            if shape.node not in seen:
                seen.add(shape.node)
                yield shape
                pending += [*shape.references, *self.siblings.get(shape.node, ())]

    @property
    def ends_of_empty_paths(self) -> tuple[Term, ...]:
        """The nodes that are named as targets by shapes with paths that may be empty."""
        return tuple(
            target.value
            for root in self.roots
            for target in root.targets
            if target.kind is TargetKind.NODE
            and any(s.path is not None and may_be_empty(s.path) for s in self.within(root.node))
        )

    @property
    def roots(self) -> tuple[Shape, ...]:
        """The shapes with targets that are not deactivated."""
        return tuple(s for s in self.by_node.values() if s.targets and not s.deactivated)

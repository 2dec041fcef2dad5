"""Targets of shapes: the focus nodes that they select.

Source: W3C SHACL (2017), section 2.1.3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from rdflib import OWL, RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple
from neagraph.validation.lexical import kept_form
from neagraph.validation.shapes import Target, TargetKind
from neagraph.vocab import RDF_TYPE

_TYPE = NamedNode(RDF_TYPE)
_DECLARATIONS = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)


def restrict(
    shapes: Graph, graph: Graph, *, without: set[Node], only: set[Node] | None = None
) -> None:
    """Replace the targets of all shapes, in place, by the focus nodes that they select.

    Args:
        shapes: The shapes graph, which is changed.
        graph: The data graph, with the class hierarchy.
        without: Nodes that shall not be focus nodes. As values of other nodes they still count.
        only: The shapes that keep their targets; all if it is None.
    """
    shape_nodes = {shape for p in _DECLARATIONS for shape in shapes.subjects(p)}
    shape_nodes |= {shape for shape, _ in _implicit_classes(shapes)}
    selected = {
        shape: set(focus_nodes(shape, shapes, graph))
        for shape in shape_nodes
        if only is None or shape in only
    }
    for shape, kind in list(_implicit_classes(shapes)):
        shapes.remove((shape, RDF.type, kind))
        shapes.add((shape, RDF.type, SH.NodeShape))
    for declaration in _DECLARATIONS:
        shapes.remove((None, declaration, None))
    for shape, nodes in selected.items():
        for node in nodes - without:
            shapes.add((shape, SH.targetNode, node))


def focus_nodes(shape: Node, shapes: Graph, graph: Graph) -> Iterator[Node]:
    """Yield the focus nodes that a shape's own targets select, repetitions included."""
    yield from shapes.objects(shape, SH.targetNode)
    for class_ in shapes.objects(shape, SH.targetClass):
        yield from _instances(class_, graph)
    if any(shape == class_ for class_, _ in _implicit_classes(shapes)):
        yield from _instances(shape, graph)
    for property_ in shapes.objects(shape, SH.targetSubjectsOf):
        yield from graph.subjects(property_)
    for property_ in shapes.objects(shape, SH.targetObjectsOf):
        yield from graph.objects(None, property_)


def _instances(class_: Node, graph: Graph) -> Iterator[Node]:
    for subclass in graph.transitive_subjects(RDFS.subClassOf, class_):
        yield from graph.subjects(RDF.type, subclass)


def _implicit_classes(shapes: Graph) -> Iterator[tuple[Node, URIRef]]:
    """Yield the shapes that are classes themselves, which are their own target class."""
    for kind in (RDFS.Class, OWL.Class):
        for shape in shapes.subjects(RDF.type, kind):
            if any(t in (SH.NodeShape, SH.PropertyShape) for t in shapes.objects(shape, RDF.type)):
                yield shape, kind


def selects_any(
    engine: Engine,
    target: Target,
    below: Mapping[Term, Sequence[Term]],
    *,
    foreign: Collection[Term],
) -> bool:
    """Return whether a target selects a node of the data; one that is named counts always.

    Args:
        engine: The data and their background.
        target: The target.
        below: Each class with subclasses, as `hierarchy.subclasses` has it.
        foreign: The nodes that are not the data's own.
    """
    if target.kind is TargetKind.NODE or not isinstance(target.value, NamedNode):
        return True
    if target.kind is TargetKind.CLASS:
        classes = below.get(target.value) or (target.value,)
        quads = (quad for class_ in classes for quad in engine.matching(None, _TYPE, class_))
        return any(quad.subject not in foreign for quad in quads)
    found = engine.matching(None, target.value)
    if target.kind is TargetKind.SUBJECTS_OF:
        return any(quad.subject not in foreign for quad in found)
    return any(quad.object not in foreign for quad in found)


def foreign_nodes(data: Engine, background: Sequence[Triple]) -> set[Term]:
    """Return the nodes that the background mentions and that the data do not describe.

    Args:
        data: The data alone, literals in the form that keeps them as they are written.
        background: What is read together with them.
    """
    described = {triple.subject for triple in background}
    mentioned = described | {triple.object for triple in background}
    return {node for node in mentioned if not _is_own(kept_form(node), data, node in described)}


def _is_own(node: Term, data: Engine, is_described: bool) -> bool:  # noqa: FBT001  said by its name
    if isinstance(node, NamedNode | BlankNode) and any(data.matching(node)):
        return True
    return not is_described and any(data.matching(None, None, node))

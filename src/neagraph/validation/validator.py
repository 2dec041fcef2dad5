"""Data checked against shapes with pyshacl, on private copies, without network or inference."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import rdflib
from pyshacl import Validator
from pyshacl.graph_abstraction import DataGraph
from rdflib.term import Node

from neagraph.errors import ShapesError, UnreadableError
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple, from_rdflib, to_rdflib
from neagraph.validation.prepared import PreparedGraph
from neagraph.validation.report import ValidationReport, from_graph
from neagraph.validation.targets import restrict
from neagraph.vocab import NEA, RDF_TYPE, SH

_ONE_AT_A_TIME = threading.Lock()
"""rdflib's SPARQL parser cannot be used by two threads at once (rdflib issue 1282)."""
_SHAPE_SIGNS = frozenset(
    SH + name
    for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "property")
)
_SHAPE_CLASSES = frozenset((SH + "NodeShape", SH + "PropertyShape"))
_FOR_READERS = frozenset((SH + "name", SH + "description", NEA + "fixHint", NEA + "docs"))
"""pyshacl need not see these: it compares each property of a shape with every parameter name."""


def validate(
    data: Sequence[Triple], *, shapes: Sequence[Triple], background: Sequence[Triple] = ()
) -> ValidationReport:
    """Return what the shapes find in the data.

    Nothing is inferred but membership in superclasses, and nothing is fetched. The arguments are
    not changed. Read the data from their source rather than from a store, which normalises
    literals: what `sh:datatype` and `sh:pattern` look at is then as written.

    Args:
        data: The triples that are checked, with the class hierarchy unless the background has it.
        shapes: The shapes graph.
        background: Further triples that the shapes may look at, such as ontology, vocabularies and
            the data that are already there. Nodes that only the background describes are not
            checked themselves.

    Raises:
        ShapesError: If there is no shape among the shapes, or one that cannot be used.
        UnreadableError: If a triple holds a triple, which SHACL does not know.
    """
    _require_shapes(shapes)
    with _ONE_AT_A_TIME, _silenced("rdflib.term", "pyshacl.validator"):
        data_graph = _fill(PreparedGraph(), [*data, *background])
        needed = (t for t in shapes if t.predicate.value not in _FOR_READERS)
        shapes_graph = _fill(rdflib.Graph(bind_namespaces="none"), needed)
        if background:
            foreign = {to_rdflib(node) for node in _foreign_nodes(data, background)}
            restrict(shapes_graph, data_graph, without=foreign)
        results = _run(data_graph, shapes_graph)
    return from_graph(results, shapes)


def _require_shapes(shapes: Iterable[Triple]) -> None:
    if any(_declares_shape(triple) for triple in shapes):
        return
    raise ShapesError(
        "There is no shape in the shapes graph.",
        hint="Data would always pass; check that the file with the shapes is the right one.",
    )


def _declares_shape(triple: Triple) -> bool:
    predicate, value = triple.predicate.value, triple.object
    if predicate == RDF_TYPE:
        return isinstance(value, NamedNode) and value.value in _SHAPE_CLASSES
    return predicate in _SHAPE_SIGNS


@contextmanager
def _silenced(*names: str) -> Iterator[None]:
    """Keep loggers from printing what the report or an exception tells anyway.

    rdflib logs a traceback for each ill-typed literal, pyshacl each error that it raises.
    """
    levels = {logging.getLogger(name): logging.getLogger(name).level for name in names}
    for logger in levels:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def _fill(graph: rdflib.Graph, triples: Iterable[Triple]) -> rdflib.Graph:
    try:
        for t in triples:
            graph.add((to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)))
    except TypeError as error:
        raise UnreadableError(
            f"Triples inside triples cannot be validated: {error}.",
            hint="Give the inner statement an address and describe it with triples of its own.",
        ) from error
    return graph


def _foreign_nodes(data: Sequence[Triple], background: Sequence[Triple]) -> set[Term]:
    """Return the nodes that the background mentions and that the data do not describe."""
    described = {triple.subject for triple in background}
    mentioned = described | {triple.object for triple in background}
    own = {triple.subject for triple in data} | ({triple.object for triple in data} - described)
    return mentioned - own


def _run(data_graph: rdflib.Graph, shapes_graph: rdflib.Graph) -> list[Triple]:
    graph = DataGraph.from_rdflib(data_graph)
    try:
        validator = Validator(graph, shacl_graph=shapes_graph, options={"inplace": True})
        _, results_graph, _ = validator.run()  # type: ignore[no-untyped-call]  # not annotated
    except (RuntimeError, TypeError, ValueError, LookupError, re.error) as error:
        raise _unusable(error) from error
    return [_to_triple(*triple) for triple in results_graph]


def _unusable(error: Exception) -> ShapesError:
    """Return the error for shapes that pyshacl refuses, or stumbles over."""
    reason = str(getattr(error, "message", error)).rstrip(".")
    page = getattr(error, "link", "https://www.w3.org/TR/shacl/")
    return ShapesError(f"The shapes cannot be used: {reason}.", hint=f"The rules are at {page}")


def _to_triple(subject: Node, predicate: Node, value: Node) -> Triple:
    return Triple(
        cast("NamedNode | BlankNode", from_rdflib(subject)),
        cast("NamedNode", from_rdflib(predicate)),
        from_rdflib(value),
    )

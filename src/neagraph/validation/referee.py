"""Data checked against shapes with pyshacl, on private copies, without network or inference.

It is the referee of the compiled checks, and does the work for what they cannot say.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import rdflib
from pyshacl import Validator
from pyshacl.graph_abstraction import DataGraph
from rdflib.term import Node

from neagraph.errors import ShapesError, UnreadableError
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple, from_rdflib, to_rdflib
from neagraph.validation.prepared import PreparedGraph
from neagraph.validation.report import ValidationReport
from neagraph.validation.report_graph import from_graph
from neagraph.validation.targets import restrict
from neagraph.vocab import NEA, SH

_ONE_AT_A_TIME = threading.Lock()
"""rdflib's SPARQL parser cannot be used by two threads at once (rdflib issue 1282)."""
_FOR_READERS = frozenset((SH + "name", SH + "description", NEA + "fixHint", NEA + "docs"))
"""pyshacl need not see these: it compares each property of a shape with every parameter name."""


def validate_with_pyshacl(
    data: Sequence[Triple],
    *,
    shapes: Sequence[Triple],
    foreign: Collection[Term] = (),
    only: Collection[Term] | None = None,
) -> ValidationReport:
    """Return what pyshacl finds in the data; see `neagraph.validation.validator.validate`.

    Args:
        data: The triples that are checked, and those that the shapes may look at besides.
        shapes: The shapes graph.
        foreign: Nodes that are not checked themselves.
        only: The shapes whose targets count; all if it is None.

    Raises:
        ShapesError: If the shapes cannot be used.
        UnreadableError: If a triple holds a triple, which SHACL does not know.
    """
    with _ONE_AT_A_TIME, _silenced("rdflib.term", "pyshacl.validator"):
        data_graph = _fill(PreparedGraph(), data)
        needed = (t for t in shapes if t.predicate.value not in _FOR_READERS)
        shapes_graph = _fill(rdflib.Graph(bind_namespaces="none"), needed)
        if foreign or only is not None:
            restrict(
                shapes_graph,
                data_graph,
                without={to_rdflib(node) for node in foreign},
                only=None if only is None else {to_rdflib(node) for node in only},
            )
        results = _run(data_graph, shapes_graph)
    return from_graph(results, shapes)


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

"""The W3C report graph, and reports that come as such a graph.

Source: W3C SHACL (2017), section 3.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Final

from neagraph.errors import ShapesError
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple
from neagraph.validation.index import TripleIndex
from neagraph.validation.messages import text_of
from neagraph.validation.naming import shape_name
from neagraph.validation.paths import read_path, write_path
from neagraph.validation.report import ValidationReport, ValidationResult, in_order
from neagraph.vocab import NEA, RDF_TYPE, SH, XSD

_TYPE: Final = NamedNode(RDF_TYPE)
_FIX_HINT: Final = NamedNode(NEA + "fixHint")
_DOCS: Final = NamedNode(NEA + "docs")


def from_graph(results_graph: Sequence[Triple], shapes_graph: Sequence[Triple]) -> ValidationReport:
    """Return the report that a W3C report graph holds, with the hints of the shapes.

    Args:
        results_graph: The report graph; its `sh:result` values are read.
        shapes_graph: The shapes that it names, for `nea:fixHint` and `nea:docs`.

    Raises:
        ShapesError: If a result lacks a required property, or has an ill-formed path.
    """
    found, shapes = TripleIndex(results_graph), TripleIndex(shapes_graph)
    nodes = [t.object for t in results_graph if t.predicate == NamedNode(SH + "result")]
    return ValidationReport(in_order(_read_result(found, shapes, node) for node in nodes))


def _read_result(found: TripleIndex, shapes: TripleIndex, node: Term) -> ValidationResult:
    shape = _required(found, node, "sourceShape")
    path = found.value(node, NamedNode(SH + "resultPath"))
    constraint = found.value(node, NamedNode(SH + "sourceConstraint"))
    docs = shapes.value(shape, _DOCS)
    details = (_read_result(found, shapes, d) for d in found.values(node, NamedNode(SH + "detail")))
    return ValidationResult(
        focus_node=_required(found, node, "focusNode"),
        path=None if path is None else read_path(found, path),
        value=found.value(node, NamedNode(SH + "value")),
        source_shape=shape,
        source_constraint=constraint if isinstance(constraint, NamedNode) else None,
        constraint_component=_required(found, node, "sourceConstraintComponent"),
        severity=_required(found, node, "resultSeverity"),
        message=text_of(found.values(node, NamedNode(SH + "resultMessage"))),
        fix_hint=text_of(shapes.values(shape, _FIX_HINT)),
        docs=docs.value if isinstance(docs, NamedNode) else "",
        shape_name=shape_name(shapes, shape),
        detail=in_order(details),
    )


def _required(found: TripleIndex, node: Term, name: str) -> Term:
    value = found.value(node, NamedNode(SH + name))
    if value is None:
        raise ShapesError(f"A result of the report has no sh:{name}.")
    return value


def to_graph(report: ValidationReport) -> list[Triple]:
    """Return the W3C report graph; its blank nodes are named after the order of the results."""
    node = BlankNode("report")
    conforms = Literal(str(report.conforms).lower(), datatype=NamedNode(XSD + "boolean"))
    triples = [
        Triple(node, _TYPE, NamedNode(SH + "ValidationReport")),
        Triple(node, NamedNode(SH + "conforms"), conforms),
    ]
    for number, result in enumerate(report.results, start=1):
        result_node = BlankNode(f"result{number}")
        triples.append(Triple(node, NamedNode(SH + "result"), result_node))
        triples += _result_triples(result_node, result)
    return triples


def _result_triples(node: BlankNode, result: ValidationResult) -> list[Triple]:
    path, described = None, list[Triple]()
    if result.path is not None:
        fresh = (BlankNode(f"{node.value}path{n}") for n in count(1))
        path, described = write_path(result.path, fresh)
    values = {
        "focusNode": result.focus_node,
        "resultPath": path,
        "value": result.value,
        "sourceShape": result.source_shape,
        "sourceConstraint": result.source_constraint,
        "sourceConstraintComponent": result.constraint_component,
        "resultSeverity": result.severity,
        "resultMessage": Literal(result.message) if result.message else None,
    }
    triples = [
        Triple(node, _TYPE, NamedNode(SH + "ValidationResult")),
        *(Triple(node, NamedNode(SH + p), o) for p, o in values.items() if o is not None),
        *described,
    ]
    for number, detail in enumerate(result.detail, start=1):
        inner = BlankNode(f"{node.value}detail{number}")
        triples.append(Triple(node, NamedNode(SH + "detail"), inner))
        triples += _result_triples(inner, detail)
    return triples

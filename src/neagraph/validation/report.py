"""What validation found: results as values, the W3C report graph, and a list for people.

Source: W3C SHACL (2017), section 3.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Final

from neagraph.errors import ShapesError
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple, show
from neagraph.validation.index import TripleIndex
from neagraph.validation.paths import Path, read_path, show_path, write_path
from neagraph.vocab import NEA, RDF_TYPE, SH, XSD

VIOLATION: Final = NamedNode(SH + "Violation")
WARNING: Final = NamedNode(SH + "Warning")
INFO: Final = NamedNode(SH + "Info")
SEVERITIES: Final = (VIOLATION, WARNING, INFO)
"""From the gravest to the mildest."""

_TYPE = NamedNode(RDF_TYPE)
_FIX_HINT = NamedNode(NEA + "fixHint")
_DOCS = NamedNode(NEA + "docs")


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One thing that validation found.

    Args:
        focus_node: The record that was looked at.
        path: The property or path that was followed from it; None if the record itself was judged.
        value: The value that is wrong; None if a value is missing, or several are concerned.
        source_shape: The shape that found it.
        source_constraint: The SPARQL constraint behind it, where that has an IRI.
        constraint_component: The kind of constraint, such as `sh:MinCountConstraintComponent`.
        severity: `VIOLATION`, `WARNING`, `INFO`, or a severity of the shapes' own.
        message: What is wrong, for people; empty if the shape says nothing.
        fix_hint: What to write; empty if the shape says nothing.
        docs: IRI of the page on the rule; empty if the shape names none.
    """

    focus_node: Term
    path: Path | None
    value: Term | None
    source_shape: Term
    source_constraint: NamedNode | None
    constraint_component: Term
    severity: Term
    message: str
    fix_hint: str
    docs: str


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All that validation found.

    Args:
        results: The results in the order of `in_order`.
    """

    results: tuple[ValidationResult, ...]

    @property
    def conforms(self) -> bool:
        """Whether nothing was found, of whatever severity (SHACL 3.6.1.1)."""
        return not self.results

    @property
    def accepted(self) -> bool:
        """Whether there are no violations: what decides over builds and writes."""
        return not self.violations

    @property
    def violations(self) -> tuple[ValidationResult, ...]:
        """The results that refuse the data."""
        return self._of(VIOLATION)

    @property
    def warnings(self) -> tuple[ValidationResult, ...]:
        """The results that are accepted and listed."""
        return self._of(WARNING)

    @property
    def infos(self) -> tuple[ValidationResult, ...]:
        """The results that show what would make the data better."""
        return self._of(INFO)

    def _of(self, severity: NamedNode) -> tuple[ValidationResult, ...]:
        return tuple(result for result in self.results if result.severity == severity)


def in_order(results: Iterable[ValidationResult]) -> tuple[ValidationResult, ...]:
    """Return the results grouped by record, in an order that does not depend on theirs.

    Records with graver results come first, then by short name, numbers inside names by size
    (`p3-s1-a` before `p10-s1-a`). The results of one record: graver ones first, then by shape,
    path, value and message. Blank nodes are ordered by their labels, which change with each read.
    """
    found = list(results)
    gravest: dict[Term, int] = {}
    for result in found:
        node = result.focus_node
        gravest[node] = min(_rank(result.severity), gravest.get(node, len(SEVERITIES)))
    return tuple(sorted(found, key=lambda r: (gravest[r.focus_node], *_sort_key(r))))


def _sort_key(result: ValidationResult) -> tuple[object, ...]:
    return (
        _natural(show(result.focus_node)),
        _rank(result.severity),
        _natural(show(result.source_shape)),
        "" if result.path is None else show_path(result.path),
        "" if result.value is None else str(result.value),
        result.message,
        str(result.constraint_component),
    )


def _rank(severity: Term) -> int:
    """Return 0 for the gravest severity; severities that SHACL does not define come last."""
    return next((i for i, known in enumerate(SEVERITIES) if known == severity), len(SEVERITIES))


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that compares the numbers in a text by size."""
    parts = re.split(r"(\d+)", text)
    return tuple((1, int(p), p) if p.isdecimal() else (0, 0, p) for p in parts if p)


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
    return ValidationResult(
        focus_node=_required(found, node, "focusNode"),
        path=None if path is None else read_path(found, path),
        value=found.value(node, NamedNode(SH + "value")),
        source_shape=shape,
        source_constraint=constraint if isinstance(constraint, NamedNode) else None,
        constraint_component=_required(found, node, "sourceConstraintComponent"),
        severity=_required(found, node, "resultSeverity"),
        message=_text(found.values(node, NamedNode(SH + "resultMessage"))),
        fix_hint=_text(shapes.values(shape, _FIX_HINT)),
        docs=docs.value if isinstance(docs, NamedNode) else "",
    )


def _required(found: TripleIndex, node: Term, name: str) -> Term:
    value = found.value(node, NamedNode(SH + name))
    if value is None:
        raise ShapesError(f"A result of the report has no sh:{name}.")
    return value


def _text(values: Iterable[Term]) -> str:
    """Return the English text among the values, else the first in order; empty if there is none."""
    texts = [value for value in values if isinstance(value, Literal)]
    texts.sort(key=lambda text: (text.language not in ("en", None), text.value))
    return texts[0].value if texts else ""


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
    return [
        Triple(node, _TYPE, NamedNode(SH + "ValidationResult")),
        *(Triple(node, NamedNode(SH + p), o) for p, o in values.items() if o is not None),
        *described,
    ]


def to_text(report: ValidationReport) -> str:
    """Return the list that people read: record, problem, how to fix; the counts at the end."""
    groups = groupby(report.results, key=lambda result: result.focus_node)
    blocks = [
        "\n".join([show(node), *(_result_text(result) for result in results)])
        for node, results in groups
    ]
    return "\n\n".join([*blocks, _counts(report)]) + "\n"


def _result_text(result: ValidationResult) -> str:
    rows = {
        "path": "" if result.path is None else show_path(result.path),
        "value": "" if result.value in (None, result.focus_node) else show(result.value),
        "fix": result.fix_hint,
        "rule": result.docs or show(result.source_shape),
    }
    message = result.message or show(result.constraint_component)
    lines = [f"  {_name(result.severity)}: {message}"]
    return "\n".join(lines + [f"    {name:<6}{text}" for name, text in rows.items() if text])


def _name(severity: Term) -> str:
    known = {VIOLATION: "violation", WARNING: "warning", INFO: "info"}
    return next((name for term, name in known.items() if term == severity), show(severity))


def _counts(report: ValidationReport) -> str:
    if report.conforms:
        return "No problems: every record conforms to the shapes."
    counted = [
        f"{number} {name if number == 1 else name + 's'}"
        for number, name in (
            (len(report.violations), "violation"),
            (len(report.warnings), "warning"),
            (len(report.infos), "info"),
        )
    ]
    records = len({result.focus_node for result in report.results})
    noun = "record" if records == 1 else "records"
    return f"{', '.join(counted)} in {records} {noun}."

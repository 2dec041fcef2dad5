"""Reports in the forms that programs read: JSON, SARIF, CSV, and one line for each result.

Sources: OASIS "SARIF 2.1.0" (sections 3.13 to 3.52); RFC 4180. RDF is written by `rdf.io` from
`report_graph.to_graph`.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from neagraph.errors import FormatError
from neagraph.rdf.formats import GRAPH_FORMATS, graph_format_by_name
from neagraph.rdf.io import write_graph
from neagraph.rdf.positions import Place
from neagraph.rdf.terms import NamedNode, Term, show
from neagraph.validation.naming import spelled
from neagraph.validation.paths import show_path
from neagraph.validation.report import (
    INFO,
    VIOLATION,
    WARNING,
    ValidationReport,
    ValidationResult,
    message_of,
    name_of,
    to_text,
)
from neagraph.validation.report_graph import to_graph
from neagraph.validation.unread import UNREADABLE, Unread

COLUMNS: Final = (
    "severity", "record", "problem", "fix", "suggestion", "file", "line", "column", "path", "value",
    "rule",
)  # fmt: skip
"""The columns of the CSV form, which has no line ends inside its cells but those of the data."""
_LEVELS: Final[dict[Term, str]] = {VIOLATION: "error", WARNING: "warning", INFO: "note"}
_WORDS: Final = {"error": "error", "warning": "warning", "note": "info"}
_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_UNREADABLE: Final[dict[str, Any]] = {
    "id": UNREADABLE,
    "shortDescription": {"text": "The file cannot be read, and so was not checked."},
    "defaultConfiguration": {"level": "error"},
}


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A form of reports.

    Args:
        name: Short name, used in options and parameters.
        label: Name for people.
        media_type: What it is sent as.
        suffix: Of files in this form, with the dot.
        write: Makes it.
    """

    name: str
    label: str
    media_type: str
    suffix: str
    write: Callable[[ValidationReport], bytes]


def to_json(report: ValidationReport) -> bytes:
    """Return the plain list as JSON: what is wrong with which record, how to fix it, and where."""
    return json.dumps(summary(report), indent=2, ensure_ascii=False).encode() + b"\n"


def summary(report: ValidationReport) -> dict[str, Any]:
    """Return the members of the JSON form; `shown` of the `total` results are in it.

    `rules` counts those that are shown; `checked` is false where no shape is for any record.
    """
    rules = Counter(result.rule for result in report.results)
    unread = {"unreadable": [_unread_members(unread) for unread in report.unread]}
    return {
        "conforms": report.conforms,
        "accepted": report.accepted,
        "checked": report.looked,
        "total": report.total,
        "shown": len(report.results),
        "counts": {name_of(severity): number for severity, number in report.counts.items()},
        "rules": dict(rules.most_common()),
        **(unread if report.unread else {}),
        "results": [_members(result) for result in report.results],
    }


def _unread_members(unread: Unread) -> dict[str, Any]:
    place = unread.place
    members = {
        "source": unread.source,
        "line": place and place.line,
        "column": place and place.column,
        "message": unread.message,
        "hint": unread.hint,
    }
    return {name: value for name, value in members.items() if value not in ("", None)}


def _members(result: ValidationResult) -> dict[str, Any]:
    place = result.place
    members = {
        "severity": name_of(result.severity),
        "record": show(result.focus_node),
        "problem": message_of(result),
        "fix": result.fix_hint,
        "suggestion": result.suggestion,
        "place": place and {"source": place.source, "line": place.line, "column": place.column},
        "focusNode": str(result.focus_node),
        "path": None if result.path is None else show_path(result.path),
        "value": None if result.value is None else str(result.value),
        "rule": result.rule,
        "shape": str(result.source_shape),
        "component": str(result.constraint_component),
        "detail": [_members(detail) for detail in result.detail],
    }
    return {name: value for name, value in members.items() if value not in ("", None, [])}


def to_csv(report: ValidationReport) -> bytes:
    """Return one row for each result, with a head; cells never begin as a formula does."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for unread in report.unread:
        writer.writerow(map(_cell, _unread_row(unread)))
    for result in report.results:
        writer.writerow(map(_cell, _row(result)))
    return text.getvalue().encode()


def _unread_row(unread: Unread) -> Sequence[object]:
    at = ("", "") if unread.place is None else (unread.place.line, unread.place.column)
    told = (UNREADABLE, "", unread.message, unread.hint, "", unread.source, *at)
    return (*told, "", "", UNREADABLE)


def _row(result: ValidationResult) -> Sequence[object]:
    place = result.place
    return (
        name_of(result.severity),
        show(result.focus_node),
        message_of(result),
        result.fix_hint,
        result.suggestion,
        *(("", "", "") if place is None else (place.source, place.line, place.column)),
        "" if result.path is None else show_path(result.path),
        "" if result.value is None else spelled(result.value),
        result.rule,
    )


def _cell(value: object) -> object:
    """Return a cell that a spreadsheet takes for text, whatever the data say."""
    dangerous = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if dangerous else value


def to_lines(report: ValidationReport) -> bytes:
    """Return `file:line:column: severity: message [rule]`, one line each, as compilers print it."""
    lines = [*map(_unread_line, report.unread), *map(_line, report.results)]
    return "".join(f"{line}\n" for line in lines).encode()


def _unread_line(unread: Unread) -> str:
    return f"{_place_of(unread)}: error: {unread.sentence} [{UNREADABLE}]"


def _place_of(unread: Unread) -> Place:
    """Return where it is wrong, or where it begins: some readers of reports need a place."""
    return unread.place or Place(unread.source, 1, 1)


def _line(result: ValidationResult) -> str:
    place = str(result.place or "-:1:1")
    word = _WORDS[_LEVELS.get(result.severity, "note")]
    parts = (message_of(result), _capitalised(result.suggestion), result.fix_hint)
    said = " ".join(" ".join(part.split()) for part in parts if part)
    return f"{place}: {word}: {show(result.focus_node)}: {said} [{_rule_id(result)}]"


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def to_sarif(report: ValidationReport) -> bytes:
    """Return a SARIF log of one run; each rule is a shape, columns count code points."""
    shapes = list(dict.fromkeys(result.source_shape for result in report.results))
    number = {shape: index for index, shape in enumerate(shapes)}
    first = {r.source_shape: r for r in reversed(report.results)}
    rules = [_sarif_rule(first[shape]) for shape in shapes]
    results = [_sarif_result(r, number[r.source_shape]) for r in report.results]
    if report.unread:
        results = [*(_sarif_unread(unread, len(rules)) for unread in report.unread), *results]
        rules.append(_SARIF_UNREADABLE)
    run = {
        "tool": {"driver": {"name": "neagraph", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"total": report.total, "conforms": report.conforms},
    }
    log = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False).encode() + b"\n"


def _sarif_rule(result: ValidationResult) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": _rule_id(result),
        "shortDescription": {"text": message_of(result)},
        "defaultConfiguration": {"level": _LEVELS.get(result.severity, "note")},
    }
    if result.fix_hint:
        rule["help"] = {"text": result.fix_hint}
    if result.docs:
        rule["helpUri"] = result.docs
    return rule


def _rule_id(result: ValidationResult) -> str:
    """Return the name of the shape, or of the constraint where the shape has none."""
    shape = result.source_shape
    named = shape if isinstance(shape, NamedNode) else result.constraint_component
    return show(named).strip("<>")


def _sarif_result(result: ValidationResult, rule: int) -> dict[str, Any]:
    message = " ".join(
        part
        for part in (message_of(result), _capitalised(result.suggestion), result.fix_hint)
        if part
    )
    location: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": show(result.focus_node), "kind": "object"}]
    }
    if result.place is not None:
        location["physicalLocation"] = _sarif_place(result.place)
    return {
        "ruleId": _rule_id(result),
        "ruleIndex": rule,
        "level": _LEVELS.get(result.severity, "note"),
        "message": {"text": message},
        "locations": [location],
    }


def _sarif_unread(unread: Unread, rule: int) -> dict[str, Any]:
    return {
        "ruleId": UNREADABLE,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": unread.sentence},
        "locations": [{"physicalLocation": _sarif_place(_place_of(unread))}],
    }


def _sarif_place(place: Place) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": _uri(place.source)},
        "region": {"startLine": place.line, "startColumn": place.column},
    }


def _uri(source: str) -> str:
    """Return the relative reference or file URI of a path."""
    path = PurePath(source)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _text(report: ValidationReport) -> bytes:
    return to_text(report).encode()


def _rdf(name: str) -> Callable[[ValidationReport], bytes]:
    fmt = graph_format_by_name(name)
    return lambda report: write_graph(to_graph(report), fmt)


REPORT_FORMATS: Final = (
    ReportFormat("json", "JSON", "application/json", ".json", to_json),
    *(
        ReportFormat(fmt.name, fmt.label, fmt.media_type, "." + fmt.suffixes[0], _rdf(fmt.name))
        for fmt in GRAPH_FORMATS
    ),
    ReportFormat("sarif", "SARIF", "application/sarif+json", ".sarif", to_sarif),
    ReportFormat("csv", "CSV", "text/csv", ".csv", to_csv),
    ReportFormat("text", "Text", "text/plain", ".txt", _text),
    ReportFormat("lines", "Lines", "text/x-lines", ".lines", to_lines),
)
"""Every form but the page."""
PAGE: Final = "html"
"""Name of the page, which is made elsewhere: it needs templates."""
TELLING_UNREAD: Final = frozenset({"json", "sarif", "csv", "lines", PAGE})
"""Names of the forms that say everything of what cannot be read."""


def report_format_by_name(name: str) -> ReportFormat:
    """Return the form of a short name.

    Raises:
        FormatError: If there is none; the hint lists what there is.
    """
    for form in REPORT_FORMATS:
        if form.name == name:
            return form
    known = ", ".join((*(form.name for form in REPORT_FORMATS), PAGE))
    raise FormatError(f'There is no form of reports "{name}".', hint=f"Use one of {known}.")

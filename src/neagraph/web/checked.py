"""From a validation report to the parts of pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

from neagraph.validation.report import PRAISE, UNTOUCHED
from neagraph.validation.unread import UNREADABLE
from neagraph.vocab import DOC, shorten
from neagraph.web.pages import FOLDER, Renderer, ReportPage
from neagraph.web.validation_parts import RecordView, ReportView, ResultView, Tally

_MOST_OF_LINE: Final = 200
_RULES: Final = DOC + "shape/"


def report_view(
    summary: Mapping[str, Any], texts: Mapping[str, str], *, shapes: str = "/shapes"
) -> ReportView:
    """Return a report as pages show it.

    Args:
        summary: The report as `validation.formats.summary` has it.
        texts: The texts that were checked, by what they are called in its places.
        shapes: Address of the page on our rules; empty where there is none.
    """
    lines = {name: text.split("\n") for name, text in texts.items()}
    unread = [_as_result(told) for told in summary.get("unreadable", ())]
    groups = groupby([*unread, *summary["results"]], key=lambda result: result["record"])
    return ReportView(
        accepted=summary["accepted"],
        verdict=_verdict(summary),
        counts=tuple(_counts(summary["counts"])),
        rules=tuple(Tally(n, _short(rule)) for rule, n in summary["rules"].items()),
        records=tuple(
            RecordView(name, tuple(_result(result, lines, shapes) for result in results))
            for name, results in groups
        ),
    )


def report_page(summary: Mapping[str, Any], texts: Mapping[str, str]) -> bytes:
    """Return a report as an HTML file that needs no other; arguments as there."""
    style = (FOLDER / "static" / "style.css").read_text()
    view = report_view(summary, texts, shapes="")
    return Renderer().render(ReportPage(title="Validation report", style=style, report=view))


def _verdict(summary: Mapping[str, Any]) -> str:
    if not summary["total"] and "unreadable" not in summary:
        return PRAISE if summary["checked"] else UNTOUCHED
    accepted = (
        "The data can be accepted" if summary["accepted"] else "The data cannot be accepted yet"
    )
    if summary["shown"] == summary["total"]:
        return f"{accepted}."
    return f"{accepted}. {summary['shown']:,} of {summary['total']:,} results are shown."


def _counts(counts: Mapping[str, int]) -> Iterable[Tally]:
    for name, number in counts.items():
        yield Tally(number, name if number == 1 else name + "s")


def _as_result(unread: Mapping[str, Any]) -> dict[str, Any]:
    """Return what could not be read as if it were a record with a result."""
    return {
        "record": unread["source"],
        "severity": UNREADABLE,
        "problem": unread["message"],
        "fix": unread.get("hint", ""),
        "place": unread if "line" in unread else None,
        "focusNode": "",
        "rule": UNREADABLE,
    }


def _result(result: Mapping[str, Any], lines: Mapping[str, list[str]], shapes: str) -> ResultView:
    place = result.get("place")
    told, excerpt = "", ""
    if place is not None:
        told = f"{place['source']}, line {place['line']}, column {place['column']}"
        text = lines.get(place["source"], [])
        excerpt = text[place["line"] - 1][:_MOST_OF_LINE] if place["line"] <= len(text) else ""
    value = result.get("value", "")
    rule = result["rule"]
    return ResultView(
        severity=result["severity"],
        message=result["problem"],
        fix=result.get("fix", ""),
        suggestion=result.get("suggestion", ""),
        place=told,
        excerpt=excerpt.strip(),
        path=result.get("path", ""),
        value="" if value == result["focusNode"] else _readable(value),
        rule=_short(rule),
        href=f"{shapes}#{rule.removeprefix(_RULES)}" if shapes and rule.startswith(_RULES) else "",
        details=tuple(_detail(detail) for detail in result.get("detail", ())),
    )


def _readable(term: str) -> str:
    """Return the short form of an IRI in angle brackets; anything else as it is."""
    return shorten(term[1:-1]) if term.startswith("<") else term


def _detail(detail: Mapping[str, Any]) -> str:
    about = f"{detail['path']}: " if "path" in detail else ""
    return f"{detail['record']} {about}{detail['problem']}"


def _short(rule: str) -> str:
    return rule.removeprefix(DOC)

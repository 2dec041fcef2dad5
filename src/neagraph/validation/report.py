"""What validation found: results as values, the W3C report graph, and a list for people.

Source: W3C SHACL (2017), section 3.6.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import groupby
from typing import Final

from neagraph.errors import UsageError
from neagraph.rdf.positions import Place
from neagraph.rdf.terms import NamedNode, Term, show
from neagraph.validation.naming import spelled
from neagraph.validation.paths import Path, show_path
from neagraph.validation.unread import Unread
from neagraph.vocab import SH

VIOLATION: Final = NamedNode(SH + "Violation")
WARNING: Final = NamedNode(SH + "Warning")
INFO: Final = NamedNode(SH + "Info")
SEVERITIES: Final = (VIOLATION, WARNING, INFO)
"""From the gravest to the mildest."""

_MANY = 20
"""From how many results on people want a summary."""
_MOST_RULES = 5
PRAISE: Final = "No problems: every record conforms to the shapes."
UNTOUCHED: Final = "Nothing was checked: no shape is for any record of these data."


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
        detail: What was found of the value, for shapes inside shapes (`sh:detail`).
        place: Where it stands in the text; None where that is not known.
        suggestion: What was perhaps meant, for people; empty where nothing is near.
        shape_name: What people call the shape; empty for its own name.
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
    detail: tuple[ValidationResult, ...] = ()
    place: Place | None = None
    suggestion: str = ""
    shape_name: str = ""

    @property
    def rule(self) -> str:
        """The page on the rule, or the name of the shape."""
        return self.docs or self.shape_name or show(self.source_shape)


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All that validation found.

    Args:
        results: The results in the order of `in_order`.
        left_off: Severity and number of results that were found and are not among them.
        looked: Whether a shape was there for any node of the data.
        unread: What could not be read, and so was not looked at.
    """

    results: tuple[ValidationResult, ...]
    left_off: tuple[tuple[Term, int], ...] = ()
    looked: bool = True
    unread: tuple[Unread, ...] = ()

    @property
    def total(self) -> int:
        """How many results were found, whether they are here or not."""
        return len(self.results) + sum(number for _, number in self.left_off)

    @property
    def conforms(self) -> bool:
        """Whether all was read, and nothing was found, of whatever severity (SHACL 3.6.1.1)."""
        return not self.total and not self.unread

    @property
    def accepted(self) -> bool:
        """Whether there are no violations: what decides over builds and writes."""
        return not self.count(VIOLATION) and not self.unread

    @property
    def is_flawless(self) -> bool:
        """Whether there are remarks at most."""
        return self.total == self.count(INFO)

    @property
    def counts(self) -> dict[Term, int]:
        """How many results of each severity were found: of those of SHACL, and of others."""
        counts = Counter[Term](dict.fromkeys(SEVERITIES, 0))
        counts.update(result.severity for result in self.results)
        counts.update(dict(self.left_off))
        return dict(counts)

    def count(self, severity: Term) -> int:
        """Return how many results of a severity were found, whether they are here or not."""
        return self.counts.get(severity, 0)

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

    def _of(self, severity: Term) -> tuple[ValidationResult, ...]:
        return tuple(result for result in self.results if result.severity == severity)


def in_order(results: Iterable[ValidationResult]) -> tuple[ValidationResult, ...]:
    """Return the results grouped by record, in an order that does not depend on theirs.

    Records with graver results come first, then by their places in the text, then by short name,
    numbers inside names by size (`p3-s1-a` before `p10-s1-a`). The results of one record: graver
    ones first, then by shape, path, value and message. Blank nodes are ordered by their labels,
    which change with each read.
    """
    found = list(results)
    gravest: dict[Term, int] = {}
    first: dict[Term, tuple[object, ...]] = {}
    for result in found:
        node, at = result.focus_node, _place_key(result.place)
        gravest[node] = min(_rank(result.severity), gravest.get(node, len(SEVERITIES)))
        first[node] = min(at, first.get(node, at))
    return tuple(
        sorted(found, key=lambda r: (gravest[r.focus_node], first[r.focus_node], *_sort_key(r)))
    )


def gather(results: Iterable[ValidationResult], *, most: int | None = None) -> ValidationReport:
    """Return the report of results as they are found, without holding more than it tells of.

    Args:
        results: The results, in any order; taken one by one.
        most: How many are kept, graver ones first; the rest is counted. None keeps all.
    """
    if most is None:
        return ValidationReport(in_order(results))
    found = Counter[Term]()

    def counted() -> Iterator[ValidationResult]:
        for result in results:
            found[result.severity] += 1
            yield result

    kept = nsmallest(most, counted(), key=_quick_key)
    found.subtract(result.severity for result in kept)
    return ValidationReport(in_order(kept), tuple((s, n) for s, n in found.items() if n))


def _quick_key(result: ValidationResult) -> tuple[object, ...]:
    """Return a sort key that is reckoned for each of perhaps a million results."""
    node, value, shape = result.focus_node, result.value, result.source_shape
    return _rank(result.severity), str(node), str(value), str(shape), result.message


def at_least(report: ValidationReport, severity: Term) -> ValidationReport:
    """Return the report with what is milder than a severity counted, and not told.

    Severities of the shapes' own count as mild as `INFO`.
    """
    most = len(SEVERITIES) if severity == INFO else _rank(severity)
    told = tuple(result for result in report.results if _rank(result.severity) <= most)
    hidden = report.counts
    for result in told:
        hidden[result.severity] -= 1
    return replace(report, results=told, left_off=tuple((s, n) for s, n in hidden.items() if n))


def _place_key(place: Place | None) -> tuple[object, ...]:
    return (1,) if place is None else (0, place.source, place.line, place.column)


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


def to_text(report: ValidationReport) -> str:
    """Return the list that people read: record, problem, how to fix; the counts at the end."""
    groups = groupby(report.results, key=lambda result: result.focus_node)
    blocks = [
        "\n".join([show(node), *(_result_text(result) for result in results)])
        for node, results in groups
    ]
    end = counts_text(report) + _most_often(report) + _not_read(report)
    return "\n\n".join([*blocks, end]) + "\n"


def _not_read(report: ValidationReport) -> str:
    names = ", ".join(unread.source for unread in report.unread)
    return f"\nUnreadable, and so not checked: {names}." if names else ""


def _most_often(report: ValidationReport) -> str:
    """Return a line with the rules that were not kept most often, where results are many."""
    rules = Counter(r.shape_name or show(r.source_shape) for r in report.results)
    if len(report.results) < _MANY or len(rules) == 1:
        return ""
    told = (f"{rule} ({number:,})" for rule, number in rules.most_common(_MOST_RULES))
    return f"\nMost often: {', '.join(told)}."


def _result_text(result: ValidationResult) -> str:
    rows = {
        "at": "" if result.place is None else str(result.place),
        "path": "" if result.path is None else show_path(result.path),
        "value": "" if result.value in (None, result.focus_node) else spelled(result.value),
        "fix": result.fix_hint,
        "try": result.suggestion,
        "rule": result.rule,
    }
    lines = [f"  {name_of(result.severity)}: {message_of(result)}"]
    lines += [f"    {name:<6}{text}" for name, text in rows.items() if text]
    if not result.fix_hint:  # where there is one, it says what matters of the shapes inside
        lines += _detail_lines(result)
    return "\n".join(lines)


def _detail_lines(result: ValidationResult, *, depth: int = 0) -> Iterator[str]:
    for detail in result.detail:
        about = "" if detail.path is None else f"{show_path(detail.path)}: "
        told = f"{spelled(detail.focus_node)} {about}{message_of(detail)}"
        yield f"    {'why':<6}{'  ' * depth}{told}"
        yield from _detail_lines(detail, depth=depth + 1)


def message_of(result: ValidationResult) -> str:
    """Return what is wrong, in the words of the shape or of the kind of constraint."""
    return result.message or show(result.constraint_component)


def name_of(severity: Term) -> str:
    """Return the word for a severity."""
    known = {VIOLATION: "violation", WARNING: "warning", INFO: "info"}
    return next((name for term, name in known.items() if term == severity), show(severity))


def severity_of(word: str) -> Term:
    """Return the severity of a word.

    Raises:
        UsageError: If there is none; the hint lists what there is.
    """
    known = {name_of(severity): severity for severity in SEVERITIES}
    if word not in known:
        raise UsageError(f'There is no severity "{word}".', hint=f"Use {' or '.join(known)}.")
    return known[word]


def counts_text(report: ValidationReport) -> str:
    """Return how many results of each severity there are, in one sentence or two."""
    if report.conforms:
        return PRAISE if report.looked else UNTOUCHED
    told = ", ".join(_counted(name_of(s), number) for s, number in report.counts.items())
    records = len({result.focus_node for result in report.results})
    if report.left_off:
        shown = f"{len(report.results):,}" if report.results else "None"
        return f"{told}. {shown} of {report.total:,} are shown."
    return f"{told} in {records:,} {'record' if records == 1 else 'records'}."


def _counted(name: str, number: int) -> str:
    known = {name_of(severity) for severity in SEVERITIES}
    return f"{number:,} {name}{'' if number == 1 or name not in known else 's'}"

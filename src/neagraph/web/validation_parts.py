"""Parts of the pages on validation; `pages` has the pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was found."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """One thing that validation found.

    Args:
        severity: The word for it.
        message: What is wrong.
        fix: What to write.
        suggestion: What was perhaps meant.
        place: File, line and column; empty where they are not known.
        excerpt: That line of the text; empty where it is not at hand.
        path: The property or path; empty if the record itself is judged.
        value: The value that is wrong; empty for none.
        rule: Name of the rule.
        href: Where the rule is told; empty where nobody here tells it.
        details: What was found inside the value, one sentence each.
    """

    severity: str
    message: str
    fix: str
    suggestion: str
    place: str
    excerpt: str
    path: str
    value: str
    rule: str
    href: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record, and what was found about it, graver things first."""

    name: str
    results: tuple[ResultView, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """A validation report.

    Args:
        accepted: Whether there is no violation.
        verdict: What came of it, in one sentence.
        counts: How many results there are of each severity, milder ones last.
        rules: How often each rule was not kept, the most frequent first.
        records: The records, graver ones first.
    """

    accepted: bool
    verdict: str
    counts: tuple[Tally, ...]
    rules: tuple[Tally, ...]
    records: tuple[RecordView, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values of a field: its name for programs and for people."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class FormView:
    """What stands in the form for data.

    Args:
        data: The text.
        shapes: Other people's shapes.
        type: Name of the format of both.
    """

    data: str = ""
    shapes: str = ""
    type: str = "turtle"


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule of the shapes; the anchor is empty where the rule has one further up."""

    anchor: str
    name: str
    path: str
    severity: str
    needed: bool
    inherited: str
    mistake: str
    fix: str


@dataclass(frozen=True, slots=True)
class ShapeView:
    """What a record of a class needs, with an example in Turtle."""

    anchor: str
    label: str
    name: str
    href: str
    definition: str
    rules: tuple[RuleView, ...]
    example: str

"""What was found in a report, as people and programs read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neagraph.reports.document import Document
from neagraph.reports.statements import Extraction, Statement, to_json


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a file, and its text."""

    extraction: Extraction
    document: Document


def fields_of(found: Found) -> dict[str, Any]:
    """Return what was found as plain values, with what could not be read of the file."""
    fields = to_json(found.extraction)
    return {**fields, "document": {**fields["document"], "warnings": [*found.document.warnings]}}


def listing_of(path: Path, found: Found) -> str:
    """Return what was found as a text with the words of the report."""
    number = len(found.extraction.statements)
    lines = [f"{path}: {number:,} statement{'s' * (number != 1)}"]
    lines += [f"warning: {warning}" for warning in found.document.warnings]
    paragraph = ""
    for it in found.extraction.statements:
        if it.paragraph != paragraph:
            paragraph = it.paragraph
            lines += ["", f"Paragraph {paragraph}"]
        lines += _statement(it, found.document.text)
    return "\n".join(lines) + "\n"


def _statement(it: Statement, text: str) -> Iterator[str]:
    depth = "    " if it.level == "embedded" else "  "
    denied = ", not done" if it.negated else ""
    yield f"{depth}{it.id}  {it.type} by {_name(it.actor)}{denied}, {it.confidence:.2f}"
    yield f"{depth}    {' '.join(text[it.start : it.end].split())}"
    for amount in it.amounts:
        fund = f" for {_name(amount.fund)}" if amount.fund else ""
        yield f"{depth}    → {amount.value} {amount.currency} from {_name(amount.donor)}{fund}"
    for commitment in it.commitments:
        due = f", due {commitment.due.as_written}" if commitment.due else ""
        terms = f", {' '.join(commitment.condition.split())}" if commitment.condition else ""
        yield f"{depth}    → {commitment.kind} of {_name(commitment.committed_party)}{due}{terms}"


def _name(iri: str | None) -> str:
    return (iri or "unstated").rpartition("/")[2]

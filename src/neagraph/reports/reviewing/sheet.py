"""The review sheet: one row for each statement, as CSV that a spreadsheet may open and save.

UTF-8 with a byte order mark. A cell that a spreadsheet would run as a formula gets an apostrophe in
front, which is taken away again when the sheet is read. Columns that are not ours come back as
they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from neagraph.errors import LimitError, UnreadableError
from neagraph.reports.reviewing.cells import CELLS, Draft
from neagraph.reports.reviewing.decisions import Verdict
from neagraph.reports.reviewing.review import Item

COLUMNS: Final = (
    "id", "decision", "paragraph", "quote", "start", "end", "type", "actor", "addressee",
    "action", "deadline", "deadline_basis", "amount", "currency", "donor", "confidence",
    "reasons", "note", "report", "negated",
)  # fmt: skip
"""Our columns; those in `cells.CELLS`, `decision` and `note` are read back."""
MOST_BYTES: Final = 16 * 1024 * 1024
_MOST_ROWS: Final = 100_000
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_HINT: Final = "Write the sheet again with: neagraph review export"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet that was read.

    Args:
        number: Its number as a spreadsheet counts, the heading being row 1.
        cells: Column to text.
    """

    number: int
    cells: Mapping[str, str]

    def where(self, column: str) -> str:
        """Return how people find a cell of it."""
        return f"row {self.number}, column {column}"

    @property
    def extra(self) -> dict[str, str]:
        """The cells of columns that are not ours and hold something."""
        return {name: text for name, text in self.cells.items() if name not in COLUMNS and text}


def write_sheet(items: Sequence[Item], *, report: str, text: str | None) -> bytes:
    """Return the sheet of a report, in the order of the text.

    Args:
        items: Its statements.
        report: Its slug.
        text: The report's text, for quotes of whole clauses; None to quote trigger words alone.
    """
    extra = {name: None for item in items if item.decision for name in item.decision.extra}
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in (*COLUMNS, *extra)])
    for item in items:
        cells = {**cells_of(item, text=text), "report": report}
        writer.writerow([guarded(cells.get(name, "")) for name in (*COLUMNS, *extra)])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def cells_of(item: Item, *, text: str | None) -> dict[str, str]:
    """Return what the sheet has of a statement: column to text."""
    it, decision = item.statement, item.decision
    draft = Draft(it, () if decision is None else decision.actions)
    return {
        "id": it.id,
        "decision": item.verdict.value,
        "paragraph": it.paragraph,
        "quote": item.evidence.trigger
        if text is None
        else " ".join(text[it.start : it.end].split()),
        **{name: cell.show(draft) for name, cell in CELLS.items()},
        "confidence": f"{it.confidence:.2f}",
        "reasons": " ".join((*it.reasons, *item.problems)),
        "note": "" if decision is None else decision.note,
        **({} if decision is None else decision.extra),
    }


def read_sheet(data: bytes, *, where: str) -> list[Row]:
    """Return the rows of a sheet, empty ones left out.

    Args:
        data: Its bytes: CSV in UTF-8, with commas, semicolons or tabs between the cells.
        where: What to call it in messages.

    Raises:
        UnreadableError: If it is no such sheet; the message names row and column.
        LimitError: If it is far larger than a sheet of statements is.
    """
    if len(data) > MOST_BYTES:
        raise LimitError(f"The sheet has more than {MOST_BYTES:,} bytes.", where=where)
    try:
        text = data.decode("utf-8-sig")
        lines = _records(text)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            "The sheet is not UTF-8 text.", where=where, hint="Save it as CSV UTF-8."
        ) from error
    except csv.Error as error:
        raise UnreadableError(f"The sheet is no CSV: {error}.", where=where, hint=_HINT) from error
    if not lines:
        raise UnreadableError("The sheet is empty.", where=where, hint=_HINT)
    head = [unguarded(name).strip() for name in lines[0]]
    _require_columns(head, where)
    return [_row(n, head, line, where) for n, line in enumerate(lines[1:], start=2) if any(line)]


def _records(text: str) -> list[list[str]]:
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    if len(lines) > _MOST_ROWS:
        raise csv.Error(f"it has more than {_MOST_ROWS:,} rows")
    return lines


def _require_columns(head: Sequence[str], where: str) -> None:
    twice = sorted({name for name in head if name and head.count(name) > 1})
    missing = [name for name in ("id", "decision") if name not in head]
    if missing or twice:
        found = f"has no column {missing[0]}" if missing else f"has two columns {twice[0]}"
        raise UnreadableError(f"The sheet {found}.", where=f"{where}, row 1", hint=_HINT)


def _row(number: int, head: Sequence[str], line: Sequence[str], where: str) -> Row:
    if len(line) > len(head) and any(line[len(head) :]):
        raise UnreadableError(
            f"Row {number} has {len(line)} cells, and the heading {len(head)}.",
            where=f"{where}, row {number}",
            hint="A comma inside a text needs quotation marks around it.",
        )
    cells = zip(head, line, strict=False)
    return Row(number, {name: unguarded(text) for name, text in cells if name})


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return a cell as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


def verdict_of(text: str) -> Verdict:
    """Return the verdict that a cell tells, in any case.

    Raises:
        ValueError: If it tells none.
    """
    try:
        return Verdict(text.strip().lower())
    except ValueError as error:
        known = ", ".join(verdict.value for verdict in Verdict if verdict.value)
        raise ValueError(
            f'"{text.strip()}" is no decision; there are {known}, or nothing'
        ) from error


def by_id(items: Iterable[Item]) -> dict[str, Item]:
    """Return the statements by their ids."""
    return {item.statement.id: item for item in items}

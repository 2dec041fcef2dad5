"""A review sheet that came back: decisions, or every row and column that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from neagraph.errors import UnreadableError
from neagraph.reports.reviewing.cells import CELLS, CellError
from neagraph.reports.reviewing.deciding import Desk, Ruling, add_missing, decide
from neagraph.reports.reviewing.decisions import Decision, Verdict
from neagraph.reports.reviewing.review import Item
from neagraph.reports.reviewing.sheet import Row, by_id, verdict_of

_MOST_TOLD: Final = 20


def report_of(rows: Sequence[Row], *, where: str) -> str:
    """Return the slug of the report that a sheet is of; empty where it does not say.

    Raises:
        UnreadableError: If it names several.
    """
    found = {row.cells.get("report", "").strip(): row for row in rows}
    found.pop("", None)
    if len(found) > 1:
        raise UnreadableError(
            f"The sheet is of {len(found)} reports: {', '.join(sorted(found))}.",
            where=f"{where}, {list(found.values())[1].where('report')}",
            hint="Import one report at a time.",
        )
    return next(iter(found), "")


def decisions_in(
    rows: Sequence[Row], items: Sequence[Item], desk: Desk, *, where: str
) -> list[Decision]:
    """Return what a sheet decides in addition to what was decided already.

    Args:
        rows: The sheet.
        items: The statements of its report.
        desk: What its reviewer worked with.
        where: What to call the sheet in messages.

    Raises:
        UnreadableError: If a cell cannot be used; `details` names each by row and column.
    """
    decisions, problems, seen = list[Decision](), list[str](), set[str]()
    for row in rows:
        try:
            decision = _decision(row, items, desk, seen)
            decisions += [] if decision is None else [decision]
        except CellError as error:
            problems.append(f"{row.where(error.cell)}: {error}.")
    if problems:
        more = len(problems) - _MOST_TOLD
        raise UnreadableError(
            f"{len(problems)} row{'s' * (len(problems) > 1)} of the sheet cannot be used.",
            where=where,
            details=(*problems[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else [])),
            hint="Mend them and import the sheet again; nothing was kept.",
        )
    return decisions


def _decision(row: Row, items: Sequence[Item], desk: Desk, seen: set[str]) -> Decision | None:
    name = row.cells.get("id", "").strip()
    if name and name in seen:
        raise CellError("id", f"{name} stands in two rows")
    seen.add(name)
    try:
        verdict = verdict_of(row.cells.get("decision", ""))
    except ValueError as error:
        raise CellError("decision", str(error)) from error
    ruling = Ruling(
        name,
        verdict,
        dict(_texts(row)),
        note=row.cells.get("note"),
        extra=row.extra,
        quote=row.cells.get("quote", ""),
    )
    item = by_id(items).get(name)
    if item is not None:
        if verdict is Verdict.MISSING and item.verdict is not Verdict.MISSING:
            raise CellError("decision", f"{name} was found: accept it, or leave its id empty")
        return decide(ruling, item, desk)
    if verdict is not Verdict.MISSING:
        raise CellError("id", f'there is no statement "{name}" in this report')
    return add_missing(ruling, items, desk)


def _texts(row: Row) -> Iterator[tuple[str, str]]:
    for column in CELLS:
        if column in row.cells:
            yield column, row.cells[column]

"""A review sheet that came back: decisions, or every row and column that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from neagraph.errors import UnreadableError
from neagraph.reports.reviewing.adding import add_missing
from neagraph.reports.reviewing.cells import CELLS, CellError, Draft, change, wrong_in
from neagraph.reports.reviewing.deciding import Desk, Ruling, decide
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
    decisions, seen, number = list[Decision](), set[str](), 0
    known, problems = by_id(items), list[str]()
    for row in rows:
        try:
            decision = _decision(row, known, desk, seen)
        except CellError as error:
            problems += [f"{row.where(one.cell)}: {one}." for one in error.each]
            number += 1
            continue
        if decision is not None:
            decisions.append(decision)
            _add(decision, known)
    if problems:
        more = len(problems) - _MOST_TOLD
        raise UnreadableError(
            f"{number} row{'s' * (number > 1)} of the sheet cannot be used.",
            where=where,
            details=(*problems[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else [])),
            hint="Mend them and import the sheet again; nothing was kept.",
        )
    return decisions


def _add(decision: Decision, known: dict[str, Item]) -> None:
    """Make known what a decision adds to the report, so that no other row adds it."""
    if decision.verdict is Verdict.MISSING:
        it = decision.statement
        known[it.id] = Item(None, it, decision.evidence, decision)


def _decision(row: Row, known: Mapping[str, Item], desk: Desk, seen: set[str]) -> Decision | None:
    name = row.cells.get("id", "").strip()
    if name and name in seen:
        raise CellError("id", f"{name} stands in two rows")
    seen.add(name)
    item = known.get(name)
    texts = dict(_texts(row))
    try:
        verdict = verdict_of(row.cells.get("decision", ""))
    except ValueError as error:
        draft = Draft(item.statement) if item else None
        others = wrong_in(lambda: change(draft, texts, desk.glossary)) if draft else ()
        raise CellError("decision", str(error), others) from error
    ruling = Ruling(
        name,
        verdict,
        texts,
        note=row.cells.get("note"),
        extra=row.extra,
        quote=row.cells.get("quote", "").strip(),
        paragraph=row.cells.get("paragraph", "").strip(),
        verb=row.cells.get("verb", "").strip().lower(),
    )
    if item is not None:
        if verdict is Verdict.MISSING and item.verdict is not Verdict.MISSING:
            raise CellError("decision", f"{name} was found: accept it, or leave its id empty")
        return decide(ruling, item, desk)
    if verdict is not Verdict.MISSING:
        raise CellError("id", f'there is no statement "{name}" in this report')
    return add_missing(ruling, known.values(), desk)


def _texts(row: Row) -> Iterator[tuple[str, str]]:
    for column in CELLS:
        if column in row.cells:
            yield column, row.cells[column]

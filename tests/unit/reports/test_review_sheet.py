"""The review sheet survives a spreadsheet, and what it cannot be is told by row and column."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neagraph.errors import LimitError, UnreadableError
from neagraph.reports.publishing.assembling import reading_of
from neagraph.reports.reviewing import sheet as sheets
from neagraph.reports.reviewing.deciding import Desk
from neagraph.reports.reviewing.decisions import Verdict
from neagraph.reports.reviewing.review import items_of
from neagraph.reports.reviewing.sheet import COLUMNS, guarded, read_sheet, unguarded, write_sheet
from neagraph.reports.reviewing.sheet_import import decisions_in, report_of
from neagraph.reports.wording import read_glossary
from neagraph.settings import project_root
from neagraph.sources import read_sources
from neagraph.vocab import thing

from .review_samples import TEXT, sample, span

cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@\t\n'\","))
notes = cells.filter(lambda text: text == text.strip() and "\x00" not in text)


@pytest.fixture(scope="module")
def desk():
    glossary = read_glossary(read_sources(project_root()).triples())
    return Desk(sample(), glossary, TEXT, "Ann", "2026-01-01T00:00:00Z")


def items(decisions=()):
    return items_of(reading_of(sample(), TEXT, slug="reed", time=""), decisions)


def written(decisions=(), **options):
    return write_sheet(items(decisions), report="reed", text=TEXT, **options)


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet(rows, *, columns=None, delimiter=","):
    target = io.StringIO()
    names = columns or list(rows[0])
    writer = csv.DictWriter(target, names, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def edited(**changes):
    """The sheet with cells of its rows changed: `p1_s1_a={...}`."""
    rows = rows_of(written())
    for row in rows:
        row.update(changes.get(row["id"].replace("-", "_"), {}))
    return rows


def decisions(data, desk, former=()):
    return decisions_in(read_sheet(data, where="s.csv"), items(former), desk, where="s.csv")


def test_there_is_a_row_for_each_statement_in_the_agreed_columns():
    data = written()
    assert data.startswith(b"\xef\xbb\xbfid,decision,paragraph,quote,start,end,type,actor,")
    rows = rows_of(data)
    assert list(rows[0]) == list(COLUMNS)
    assert [row["id"] for row in rows] == ["p1-s1-a", "p1-s2-a", "p2-s1-a", "p2-s1-b"]
    offer = rows[3]
    assert offer["actor"] == "state/japan"
    assert offer["deadline"] == "2031-05-01/2031-05-31 month: in May 2031"
    assert offer["quote"].startswith("the offer by Japan")
    assert rows[2]["amount"] == "1250"
    assert rows[1]["reasons"] == "The deadline may belong to something else."


def test_without_the_text_trigger_words_alone_are_quoted():
    rows = rows_of(write_sheet(items(), report="reed", text=None))
    assert [row["quote"] for row in rows] == ["adopted", "requested", "noted", "offer"]


def test_a_sheet_that_comes_back_unchanged_decides_nothing(desk):
    assert decisions(written(), desk) == []


def test_decisions_and_changes_are_read(desk):
    rows = edited(
        p1_s1_a={"decision": "Accept "},
        p1_s2_a={"decision": "edit", "deadline": "2032", "action": "count the cranes", "note": "n"},
        p2_s1_b={"decision": "reject"},
        p2_s1_a={"decision": "edit", "negated": "yes"},
    )
    found = {d.statement.id: d for d in decisions(sheet(rows), desk)}
    assert {name: d.verdict for name, d in found.items()} == {
        "p1-s1-a": Verdict.ACCEPT,
        "p1-s2-a": Verdict.EDIT,
        "p2-s1-b": Verdict.REJECT,
        "p2-s1-a": Verdict.EDIT,
    }
    assert found["p2-s1-a"].statement.negated
    changed = found["p1-s2-a"]
    assert changed.edited == ("action", "deadline")
    assert changed.statement.commitments[0].due.not_after == "2032-12-31"
    assert (changed.actions, changed.note) == (("count the cranes",), "n")


@given(note=notes, extra=notes, name=notes.filter(lambda t: t and t not in COLUMNS))
def test_the_round_trip_loses_nothing(desk, note, extra, name):
    rows = [{**row, name: ""} for row in edited(p1_s1_a={"decision": "accept"})]
    rows[0]["note"], rows[0][name] = guarded(note), guarded(extra)
    columns = [guarded(column) for column in rows[0]]
    data = sheet([dict(zip(columns, row.values(), strict=True)) for row in rows], columns=columns)
    (decision,) = decisions(data, desk)
    assert decision.note == note
    assert decision.extra == ({name: extra} if extra else {})
    again = written([decision])
    assert decisions(again, desk, [decision]) == []
    (row, *_) = read_sheet(again, where="again")
    assert row.cells["note"] == note
    assert row.cells.get(name, "") == extra


@given(cells)
def test_no_cell_is_a_formula_and_each_comes_back(text):
    shown = guarded(text)
    assert shown[:1] not in {"=", "+", "-", "@", "\t", "\r"} or not shown
    assert unguarded(shown) == text


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_separators_are_read(desk, delimiter):
    rows = edited(p1_s1_a={"decision": "accept"})
    assert len(decisions(sheet(rows, delimiter=delimiter), desk)) == 1


def test_columns_may_be_left_out_and_stand_in_any_order(desk):
    data = b"note,decision,id\r\nwell,accept,p1-s1-a\r\n\r\n,,\r\n"
    (decision,) = decisions(data, desk)
    assert (decision.verdict, decision.note) == (Verdict.ACCEPT, "well")


def test_what_is_missing_is_a_row_without_an_id(desk):
    start, end = span("The Meeting adopted the Reed Plan")
    extraction = sample()
    left = replace(extraction, statements=extraction.statements[1:])
    reading = reading_of(left, TEXT, slug="reed", time="")
    row = {"id": "", "decision": "missing", "quote": "adopted", "start": start, "end": end,
           "actor": "body/neaspec-som"}  # fmt: skip
    (found,) = decisions_in(
        read_sheet(sheet([row]), where="s"), items_of(reading, ()), desk, where="s"
    )
    assert found.statement.type == "Adoption"
    assert found.statement.actor == thing("body/neaspec-som")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decision": "yes"}, 'row 2, column decision: "yes" is no decision'),
        ({"decision": "edit", "actor": "state/atlantis"}, "row 2, column actor: the graph knows"),
        ({"decision": "accept", "actor": "state/china"}, "row 2, column actor: it was changed"),
        ({"id": "p9-s9-z"}, 'row 2, column id: there is no statement "p9-s9-z"'),
        ({"id": "p1-s2-a"}, "row 3, column id: p1-s2-a stands in two rows"),
        ({"decision": "missing"}, "row 2, column decision: p1-s1-a was found"),
        ({"id": "", "decision": "missing", "start": "x"}, "row 2, column start"),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_by_row_and_column(desk, change, said):
    with pytest.raises(UnreadableError) as error:
        decisions(sheet(edited(p1_s1_a=change)), desk)
    assert any(said in detail for detail in error.value.details)
    assert "nothing was kept" in error.value.hint


def test_what_is_missing_is_told_by_its_quote_alone_each_with_an_id_of_its_own(desk):
    reading = reading_of(replace(sample(), statements=()), TEXT, slug="reed", time="")
    bare = {"id": "", "decision": "missing", "start": "", "end": "", "verb": ""}
    rows = [
        {**bare, "paragraph": "1", "quote": "The Meeting adopted the Reed Plan"},
        {**bare, "paragraph": "1", "quote": "It requested the Secretariat to count the cranes"},
        {**bare, "paragraph": "", "quote": "if the weather [permits]", "verb": "Decide"},
    ]
    data = read_sheet(sheet(rows), where="s")
    found = decisions_in(data, items_of(reading, ()), desk, where="s")
    assert [d.statement.id for d in found] == ["p1-s1-a", "p1-s1-b", "p1-s1-c"]
    assert [d.statement.verb for d in found] == ["adopt", "request", "decide"]
    assert decisions_in(data, items_of(reading, found), desk, where="s") == []


def test_all_wrong_cells_of_a_row_are_told_at_once(desk):
    wrong = {"actor": "state/atlantis", "deadline": "soon"}
    rows = edited(p1_s2_a={"decision": "edit", **wrong}, p2_s1_b={"decision": "maybe", **wrong})
    with pytest.raises(UnreadableError, match="2 rows") as error:
        decisions(sheet(rows), desk)
    places = [detail.partition(":")[0] for detail in error.value.details]
    cells = ["row 3, column actor", "row 3, column deadline", "row 5, column decision"]
    assert places == [*cells, "row 5, column actor", "row 5, column deadline"]


def test_all_wrong_cells_are_told_at_once(desk):
    rows = [{"id": f"x{n}", "decision": "accept"} for n in range(30)]
    with pytest.raises(UnreadableError, match="30 rows") as error:
        decisions(sheet(rows), desk)
    assert len(error.value.details) == 21
    assert error.value.details[-1] == "and 10 more"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"id,quote\r\n", "no column decision"),
        (b"id,decision,id\r\n", "two columns id"),
        (b'id,decision\r\n"p1', "no CSV"),
        (b"id,decision\r\na,b,c\r\n", "Row 2 has 3 cells"),
    ],
)
def test_what_is_no_sheet_is_refused(data, said):
    with pytest.raises(UnreadableError, match=said):
        read_sheet(data, where="s.csv")


def test_a_sheet_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_BYTES", 10)
    with pytest.raises(LimitError):
        read_sheet(b"id,decision\r\n", where="s.csv")
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "_MOST_ROWS", 1)
    with pytest.raises(UnreadableError, match="rows"):
        read_sheet(b"id,decision\r\na,\r\n", where="s.csv")


def test_a_sheet_names_its_report():
    rows = read_sheet(written(), where="s")
    assert report_of(rows, where="s") == "reed"
    assert report_of(read_sheet(b"id,decision\r\na,\r\n", where="s"), where="s") == ""
    mixed = read_sheet(b"id,decision,report\r\na,,x\r\nb,,y\r\n", where="s")
    with pytest.raises(UnreadableError, match="2 reports"):
        report_of(mixed, where="s")

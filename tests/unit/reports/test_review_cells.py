"""The parts of a statement as one line of text each, and back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neagraph.reports.reviewing.cells import CELLS, CellError, Draft, change, read_due, show_due
from neagraph.reports.statements import Due
from neagraph.reports.wording import Glossary
from neagraph.vocab import thing

from .review_samples import sample

GLOSSARY = Glossary(
    labels={thing("state/japan"): "Japan", thing("state/china"): "China"},
    kinds=frozenset({"Offer", "Request", "Noting"}),
)
ADOPTING, REQUEST, NOTING, OFFER = sample().statements

days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)).map(str)
words = st.text("abcdefghij 0123456789.,", min_size=1, max_size=40).map(str.strip).filter(bool)
dues = st.builds(
    lambda bounds, precision, said: Due(*bounds, precision, said, "stated"),
    st.tuples(st.none() | days, st.none() | days).map(
        lambda pair: pair if None in pair else tuple(sorted(pair))
    ),
    st.sampled_from(["day", "month", "year", "event", "open"]),
    words,
)


@given(dues)
def test_a_deadline_comes_back_as_it_was(due):
    known = replace(due, as_written=" ".join(due.as_written.split()))
    assert read_due(show_due(due)) == known


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2022", "2022-01-01", "2022-12-31", "year"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2022-05-31", "2022-05-31", "2022-05-31", "day"),
        ("../2022-12-31", None, "2022-12-31", "day"),
        ("2022-05: in May", "2022-05-01", "2022-05-31", "month"),
        ("../..: in due course", None, None, "open"),
    ],
)
def test_a_deadline_may_be_written_short(text, first, last, precision):
    due = read_due(text)
    assert due is not None
    assert (due.not_before, due.not_after, due.precision) == (first, last, precision)


@pytest.mark.parametrize(
    "text",
    ["May 2022", "2022-13", "2022-02-30", "2022-05-31/2022-05-01", "31/05/2022", "0000", "May-22"],
)
def test_what_is_no_deadline_is_refused(text):
    with pytest.raises(ValueError, match=r"no deadline|no day|before it begins"):
        read_due(text)


def test_no_deadline_is_empty():
    assert read_due("") is None
    assert show_due(None) == ""


@pytest.mark.parametrize("statement", sample().statements, ids=lambda s: s.id)
def test_a_statement_that_is_written_and_read_is_unchanged(statement):
    draft = Draft(statement, ("count them",) if statement.commitments else ())
    texts = {name: cell.show(draft) for name, cell in CELLS.items()}
    assert change(draft, texts, GLOSSARY) == (draft, ())


@pytest.mark.parametrize(
    ("statement", "cell", "text", "field", "value"),
    [
        (OFFER, "actor", "state/china", "actor", thing("state/china")),
        (OFFER, "actor", thing("state/china"), "actor", thing("state/china")),
        (OFFER, "actor", "", "actor_basis", "unstated"),
        (REQUEST, "addressee", "state/japan", "addressee", thing("state/japan")),
        (REQUEST, "addressee", "", "addressee_basis", None),
        (OFFER, "type", "Request", "type", "Request"),
        (NOTING, "negated", "Yes", "negated", True),
        (replace(NOTING, negated=True), "negated", "no", "negated", False),
        (replace(NOTING, negated=True), "negated", "", "negated", False),
        (OFFER, "start", "170", "start", 170),
        (OFFER, "end", "260", "end", 260),
    ],
)
def test_a_part_is_changed(statement, cell, text, field, value):
    draft, edited = change(Draft(statement), {cell: text}, GLOSSARY)
    assert getattr(draft.statement, field) == value
    assert edited == (cell,)


def test_what_was_not_done_binds_nobody_whatever_its_other_cells_say():
    draft = Draft(OFFER, ("host a workshop",))
    texts = {name: cell.show(draft) for name, cell in CELLS.items()}
    changed, edited = change(draft, {**texts, "negated": "yes"}, GLOSSARY)
    assert changed == Draft(replace(OFFER, negated=True, commitments=()))
    assert edited == ("negated",)


def test_a_deadline_keeps_its_basis_until_that_is_changed():
    inferred = replace(
        OFFER,
        commitments=(
            replace(OFFER.commitments[0], due=replace(OFFER.commitments[0].due, basis="inferred")),
        ),
    )
    draft, _ = change(Draft(inferred), {"deadline": "2032"}, GLOSSARY)
    assert draft.statement.commitments[0].due == Due(
        "2032-01-01", "2032-12-31", "year", "", "inferred"
    )
    draft, edited = change(draft, {"deadline_basis": "stated"}, GLOSSARY)
    assert draft.statement.commitments[0].due.basis == "stated"
    assert edited == ("deadline_basis",)


def test_several_values_stand_in_one_cell():
    two = replace(OFFER, commitments=OFFER.commitments * 2)
    draft, _ = change(Draft(two), {"deadline": " | 2032", "action": "host | pay"}, GLOSSARY)
    assert [c.due and c.due.not_after for c in draft.statement.commitments] == [None, "2032-12-31"]
    assert draft.actions == ("host", "pay")
    assert CELLS["deadline"].show(draft) == " | 2032-01-01/2032-12-31 year"


def test_money_is_changed():
    texts = {"amount": "1300.50", "currency": "JPY (inferred)", "donor": ""}
    draft, edited = change(Draft(NOTING), texts, GLOSSARY)
    (amount,) = draft.statement.amounts
    assert (amount.value, amount.currency, amount.currency_basis) == ("1300.50", "JPY", "inferred")
    assert amount.donor is None
    assert edited == ("amount", "currency", "donor")


@pytest.mark.parametrize(
    ("statement", "cell", "text", "reason"),
    [
        (OFFER, "actor", "state/atlantis", 'knows no "state/atlantis"'),
        (OFFER, "type", "State", "no kind of statement"),
        (OFFER, "start", "-1", "no position"),
        (OFFER, "start", "1e3", "no position"),
        (OFFER, "end", "3", "does not hold the trigger"),
        (OFFER, "deadline", "soon", "is no deadline"),
        (OFFER, "deadline", "2022 | 2023", "2 values for 1 commitment"),
        (ADOPTING, "deadline", "2022", "1 value for 0 commitments"),
        (OFFER, "negated", "perhaps", "write yes"),
        (OFFER, "deadline_basis", "guessed", "no basis"),
        (OFFER, "action", "x" * 301, "300 characters"),
        (NOTING, "amount", "1,250", "no sum"),
        (NOTING, "amount", "0", "no sum"),
        (NOTING, "amount", "NaN", "no sum"),
        (NOTING, "currency", "dollars", "no currency"),
    ],
)
def test_what_a_part_cannot_be_is_refused_by_name(statement, cell, text, reason):
    with pytest.raises(CellError, match=reason) as error:
        change(Draft(statement), {cell: text}, GLOSSARY)
    assert error.value.cell == cell


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("japan", "did you mean state/japan?"),
        ("state/japn", "did you mean state/japan?"),
        ("%", "such as state/japan"),
    ],
)
def test_who_is_not_known_is_told_with_who_may_be_meant(text, told):
    with pytest.raises(CellError) as error:
        change(Draft(OFFER), {"actor": text}, GLOSSARY)
    assert told in str(error.value)


def test_all_that_is_wrong_with_a_statement_is_told_at_once():
    with pytest.raises(CellError) as error:
        change(Draft(OFFER), {"actor": "x", "deadline": "soon", "type": "Offer"}, GLOSSARY)
    assert [one.cell for one in error.value.each] == ["actor", "deadline"]


def test_a_basis_without_a_deadline_is_refused():
    bare = replace(OFFER, commitments=(replace(OFFER.commitments[0], due=None),))
    with pytest.raises(CellError, match="not there"):
        change(Draft(bare), {"deadline_basis": "stated"}, GLOSSARY)
    assert CELLS["deadline"].show(Draft(bare)) == ""

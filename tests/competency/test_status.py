"""Every status, and which one wins, on two small reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import parse, read_file

IN_2022 = {
    "c01": "fulfilled",
    "c02": "partly-fulfilled",
    "c03": "ended",
    "c04": "not-checkable",
    "c05": "condition-not-known",
    "c06": "past-due-no-evidence",
    "c07": "due-within-90-days",
    "c08": "open",
    "c09": "due-within-90-days",
    "c10": "fulfilled",
    "c11": "open",
    "c12": "open",
}


@pytest.fixture(scope="module")
def two_reports() -> Engine:
    path = Path(__file__).parent / "status.trig"
    return Engine.of_dataset(parse(read_file(path), graph_format_by_name("trig"), source=path.name))


@pytest.fixture
def statuses(two_reports, catalogue, ask):
    """Commitment to status, with these values of the query's parameters."""

    def answer(**values: str) -> dict[str, str]:
        text = catalogue["commitment-status"].bind({"asOf": "2022-01-01", **values})
        variables, *rows = ask(two_reports, text)
        commitment, status = variables.index("commitment"), variables.index("status")
        return {row[commitment].rpartition("/")[2]: row[status] for row in rows}

    return answer


def test_each_commitment_has_the_first_status_that_holds(statuses) -> None:
    """c10 is fulfilled, and also past due, conditional and not checkable."""
    assert statuses() == IN_2022


def test_a_commitment_is_past_due_from_the_day_after_its_last_day(statuses) -> None:
    assert statuses(asOf="2022-01-01")["c09"] == "due-within-90-days"
    assert statuses(asOf="2022-01-02")["c09"] == "past-due-no-evidence"


def test_ninety_days_ahead_counts_as_soon_and_ninety_one_does_not(statuses) -> None:
    assert (statuses()["c07"], statuses()["c08"]) == ("due-within-90-days", "open")


def test_what_was_told_after_the_date_is_no_evidence_yet(statuses) -> None:
    before = statuses(asOf="2020-10-31")
    assert [before[key] for key in ("c01", "c02", "c03", "c10")] == [
        "open",
        "open",
        "open",
        "not-checkable",
    ]


def test_a_commitment_made_after_the_date_is_left_out(statuses) -> None:
    assert IN_2022.keys() - statuses(asOf="2020-10-31").keys() == {"c12"}


def test_only_the_named_report_may_give_evidence(statuses) -> None:
    alone = statuses(evidenceReport="document/r1")
    assert (alone["c01"], alone["c06"], alone["c10"]) == (
        "open",
        "past-due-no-evidence",
        "not-checkable",
    )


def test_only_the_commitments_of_the_named_report_are_listed(statuses) -> None:
    assert statuses(report="document/r2") == {"c12": "open"}

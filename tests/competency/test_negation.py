"""What was not done is found as such, and is counted nowhere as if it had been done."""

from __future__ import annotations

from pathlib import Path

import pytest

from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import parse, read_file

from .conftest import closed

REPORT = "document/r1"


@pytest.fixture(scope="module")
def told(asserted) -> Engine:
    """The project's own data and a report that also tells what was not done."""
    path = Path(__file__).parent / "negation.trig"
    report = parse(read_file(path), graph_format_by_name("trig"), source=path.name)
    return Engine.of_dataset(closed([*asserted, *report]))


@pytest.fixture
def rows(told, catalogue, ask):
    """The rows of a query of the catalogue with these values, one dict each."""

    def answer(name: str, **values: str) -> list[dict[str, str]]:
        head, *body = ask(told, catalogue[name].bind(values))
        return [dict(zip(head, row, strict=True)) for row in body]

    return answer


def ids(found: list[dict[str, str]], column: str) -> list[str]:
    return [row[column].rpartition("/")[2] for row in found]


def test_what_was_not_done_is_told_with_the_kind_of_act(rows) -> None:
    found = rows("what-was-not-done", report=REPORT)
    assert [(row["actName"], row["actorName"], row["objectName"]) for row in found] == [
        ("adoption", "Senior Officials Meeting of NEASPEC", "New Plan"),
        ("welcome", "", ""),
    ]
    assert rows("what-was-not-done") == found


def test_a_plan_that_was_not_adopted_is_no_decision(rows) -> None:
    assert ids(rows("decisions-of-a-meeting", meeting="meeting/m1"), "decision") == ["p1-s1-a"]


def test_an_offer_that_was_not_welcomed_is_no_welcomed_offer(rows) -> None:
    (offer,) = rows("offers-and-welcomes", report=REPORT)
    assert (offer["responseClass"], offer["welcomed"]) == ("negated act", "false")


def test_each_act_counts_under_what_it_is(rows) -> None:
    counts = {r["className"]: r["statements"] for r in rows("statements-by-family", report=REPORT)}
    assert counts == {"adoption": "1", "negated act": "2", "offer": "1"}


def test_nothing_follows_from_what_was_not_done(told) -> None:
    (adopted,) = told.select(
        "PREFIX nea: <https://w3id.org/neagraph/ontology#> "
        "SELECT ?thing { ?thing nea:adoptedAt <https://w3id.org/neagraph/id/meeting/m1> }"
    )
    assert str(adopted[0]) == "<https://w3id.org/neagraph/id/document/old-plan>"

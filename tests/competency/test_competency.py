"""Each competency question is answered by its query with the rows that were derived by hand."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from neagraph.queries import Catalogue, Kind
from neagraph.rdf.engine import Engine

FOLDER = Path(__file__).resolve().parents[2] / "queries" / "competency"
NAMES = sorted(path.stem for path in FOLDER.glob("*.rq"))
QUESTIONS = 56


def expected(name: str) -> list[list[str]]:
    """The rows beside a query, the first one the variables."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_question_has_one_query(catalogue: Catalogue) -> None:
    numbers = [query.number for query in catalogue.of_kind(Kind.COMPETENCY)]
    assert sorted(numbers) == list(range(1, QUESTIONS + 1))


def test_every_query_has_expected_rows_beside_it() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.csv")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_query_answers_its_question(name, catalogue, built_engine, ask) -> None:
    """Every query has ORDER BY over all that tells rows apart, so the order counts too."""
    assert ask(built_engine, catalogue[name].text) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_whether_the_answer_needs_entailment(
    name, catalogue, asserted_engine, ask
) -> None:
    query = catalogue[name]
    same = ask(asserted_engine, query.text) == expected(name)
    assert same is ("entailment" not in query.needs)


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_whether_the_answer_needs_reference_data(
    name, catalogue, report_engine, ask
) -> None:
    query = catalogue[name]
    same = ask(report_engine, query.text) == expected(name)
    assert same is ("reference" not in query.needs)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("cq34", 0, id="what reaches Mongolia"),
        pytest.param("cq56", 0, id="who funds NEASPEC"),
    ],
)
def test_without_reasoning_the_answer_is_missing(
    name, kept, catalogue, asserted_engine, ask
) -> None:
    """These two prove that inference is switched on."""
    assert len(ask(asserted_engine, catalogue[name].text)) - 1 == kept


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("cq35", {"open": 18, "condition-not-known": 2, "not-checkable": 5}),
        (
            "cq36",
            {
                "past-due-no-evidence": 6,
                "open": 12,
                "condition-not-known": 2,
                "not-checkable": 5,
            },
        ),
    ],
)
def test_the_commitments_have_each_status_so_many_times(
    name, counts, catalogue, built_engine, ask
) -> None:
    variables, *rows = ask(built_engine, catalogue[name].text)
    assert Counter(row[variables.index("status")] for row in rows) == counts


def test_a_status_comes_from_one_text_at_any_date(catalogue: Catalogue) -> None:
    """Questions 35 and 36 are the catalogue's query, with other values of its parameters."""
    general = catalogue["commitment-status"]
    for name in ("cq35", "cq36"):
        query = catalogue[name]
        values = {parameter.name: parameter.default for parameter in query.parameters}
        assert without_header(general.bind(values)) == without_header(query.bind(values))


def without_header(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#+")]


def test_no_answer_hangs_on_the_order_in_which_triples_were_loaded(dataset, catalogue, ask) -> None:
    backwards = Engine.of_dataset(reversed(dataset))
    differing = [name for name in NAMES if ask(backwards, catalogue[name].text) != expected(name)]
    assert differing == []

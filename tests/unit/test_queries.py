"""Query files: what their headers must hold, how queries are found, how parameters are bound."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neagraph.errors import CatalogueError, NotFoundError, UnreadableError, UsageError
from neagraph.parameters import DATATYPES, UNDEF, Parameter
from neagraph.queries import Catalogue, Kind, Severity, load_catalogue, load_checks
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import parse_term

HEADER = "#+ title: T\n#+ question: Q?\n#+ description: D.\n"
SELECT = "SELECT * { ?s ?p ?o }\n"
DATED = (
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
    'SELECT ?asOf { VALUES ?asOf { "2020-10-31"^^xsd:date } }\n'
)
AS_OF = "#+ parameter: asOf xsd:date 2020-10-31 The date\n"


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def load(folder: Path, text: str, *, name: str = "catalogue/q.rq") -> Catalogue:
    write(folder, name, text)
    return load_catalogue(folder)


# ---- Headers -------------------------------------------------------------------------------------


def test_a_header_gives_title_question_and_description(tmp_path: Path) -> None:
    query = load(tmp_path, HEADER + SELECT)["q"]
    assert (query.title, query.question, query.description) == ("T", "Q?", "D.")
    assert (query.kind, query.number, query.needs) == (Kind.CATALOGUE, None, ())
    assert query.text == HEADER + SELECT


def test_a_value_goes_on_in_lines_that_begin_with_two_spaces(tmp_path: Path) -> None:
    text = "#+ title: T\n#+ question: Q?\n#+ description: one\n#+   two\n#+  three\n"
    assert load(tmp_path, text + SELECT)["q"].description == "one two three"


def test_a_header_ends_with_the_first_other_line(tmp_path: Path) -> None:
    query = load(tmp_path, HEADER + "# a comment\n#+ nothing: of this\n" + SELECT)["q"]
    assert query.title == "T"


def test_needs_are_listed_in_one_line(tmp_path: Path) -> None:
    query = load(tmp_path, HEADER + "#+ needs: reference, entailment\n" + SELECT)["q"]
    assert query.needs == ("reference", "entailment")


def test_a_query_of_the_service_has_no_question(tmp_path: Path) -> None:
    text = "#+ title: T\n#+ description: D.\n"
    assert load(tmp_path, text + SELECT, name="service/q.rq")["q"].question == ""


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("catalogue/q.rq", SELECT, 1, '"title" is missing'),
        ("catalogue/q.rq", "#+ title: T\n#+ question: Q?\n", 1, '"description" is missing'),
        ("catalogue/q.rq", HEADER + "#+ titel: T\n", 4, 'no header "titel"'),
        ("catalogue/q.rq", HEADER + "#+ number: 3\n", 4, 'no header "number"'),
        ("catalogue/q.rq", HEADER + "#+ title: again\n", 4, '"title" stands twice'),
        ("catalogue/q.rq", HEADER + "#+needs: entailment\n", 4, "no header line"),
        ("catalogue/q.rq", "#+   begins in the middle\n" + HEADER, 1, "no header line"),
        ("catalogue/q.rq", HEADER + "#+ needs: luck\n", 4, '"luck" is nothing'),
        ("competency/03-q.rq", HEADER, 1, '"number" is missing'),
        ("competency/03-q.rq", HEADER + "#+ number: 4\n", 4, 'number "4" is not the one'),
        ("competency/03-q.rq", HEADER + "#+ number: three\n", 4, 'number "three" is not'),
        ("service/q.rq", HEADER, 2, 'no header "question"'),
    ],
)
def test_a_bad_header_is_told_with_file_and_line(
    tmp_path: Path, name: str, text: str, line: int, said: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path, text, name=name)
    assert said in caught.value.message
    assert caught.value.where == f"{tmp_path / name}:{line}"


def test_a_folder_without_queries_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no queries"):
        load_catalogue(tmp_path)


def test_two_queries_with_one_name_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, "service/q.rq", "#+ title: T\n#+ description: D.\n" + SELECT)
    with pytest.raises(CatalogueError, match='Two queries have the name "q"'):
        load(tmp_path, HEADER + SELECT)


def test_two_queries_with_one_number_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, "competency/03-a.rq", HEADER + "#+ number: 3\n" + SELECT)
    with pytest.raises(CatalogueError, match='Two queries have the number "3"'):
        load(tmp_path, HEADER + "#+ number: 3\n" + SELECT, name="competency/03-b.rq")


def test_a_file_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "q.rq").write_bytes(b"#+ title: \xff\n")
    with pytest.raises(UnreadableError, match="UTF-8"):
        load_catalogue(tmp_path)


# ---- Checks --------------------------------------------------------------------------------------


def test_a_check_has_a_rule_and_a_severity(tmp_path: Path) -> None:
    write(tmp_path, "checks/c.rq", "#+ title: T\n#+ rule: R.\n#+ severity: warning\n" + SELECT)
    (check,) = load_checks(tmp_path)
    assert (check.name, check.rule, check.severity) == ("c", "R.", Severity.WARNING)


def test_an_unknown_severity_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "checks/c.rq", "#+ title: T\n#+ rule: R.\n#+ severity: grave\n" + SELECT)
    with pytest.raises(CatalogueError, match='"grave" is no severity') as caught:
        load_checks(tmp_path)
    assert caught.value.where.endswith("c.rq:3")


# ---- Finding -------------------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path: Path) -> Catalogue:
    write(tmp_path, "catalogue/commitment-status.rq", HEADER + SELECT)
    write(tmp_path, "competency/34-what-reaches-mongolia.rq", HEADER + "#+ number: 34\n" + SELECT)
    return load(tmp_path, HEADER + SELECT, name="catalogue/due-dates.rq")


def test_a_competency_query_is_found_by_name_and_by_number(three: Catalogue) -> None:
    assert three.find("cq34") is three.find("34-what-reaches-mongolia") is three["cq34"]


def test_a_catalogue_is_a_mapping_of_names(three: Catalogue) -> None:
    assert list(three) == ["commitment-status", "due-dates", "34-what-reaches-mongolia"]
    assert (len(three), "cq34" in three, "cq35" in three) == (3, True, False)


def test_queries_of_a_kind_come_in_order(three: Catalogue) -> None:
    names = [query.name for query in three.of_kind(Kind.CATALOGUE)]
    assert names == ["commitment-status", "due-dates"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("comitment-status", "Did you mean commitment-status?"),
        ("what-reaches-mongolia", "Did you mean 34-what-reaches-mongolia?"),
        ("zzz", "See the list of queries."),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    three: Catalogue, name: str, hint: str
) -> None:
    with pytest.raises(NotFoundError) as caught:
        three.find(name)
    assert (caught.value.message, caught.value.hint) == (f'There is no query named "{name}".', hint)


# ---- Parameters ----------------------------------------------------------------------------------


def answer(text: str) -> list[str]:
    return [str(row[0]) for row in Engine().select(text)]


def test_a_query_runs_as_it_stands_with_the_default(tmp_path: Path) -> None:
    query = load(tmp_path, HEADER + AS_OF + DATED)["q"]
    assert query.parameters == (Parameter("asOf", "xsd:date", "2020-10-31", "The date"),)
    assert "2020-10-31" in answer(query.text)[0]


def test_a_bound_value_takes_the_place_of_the_default(tmp_path: Path) -> None:
    query = load(tmp_path, HEADER + AS_OF + DATED)["q"]
    (value,) = answer(query.bind({"asOf": "2023-01-01"}))
    assert value == '"2023-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    assert query.bind({}) == query.text


def test_an_unknown_parameter_is_an_error_that_lists_the_known(tmp_path: Path) -> None:
    query = load(tmp_path, HEADER + AS_OF + DATED)["q"]
    with pytest.raises(UsageError) as caught:
        query.bind({"asof": "2023-01-01"})
    assert caught.value.hint == "It has asOf."


def test_a_query_without_parameters_takes_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, HEADER + SELECT)["q"].bind({"asOf": "2023-01-01"})
    assert caught.value.hint == "It has no parameters."


@pytest.mark.parametrize(
    ("datatype", "text", "term"),
    [
        ("iri", "state/japan", "<https://w3id.org/neagraph/id/state/japan>"),
        ("iri", "https://example.org/x", "<https://example.org/x>"),
        ("iri", "UNDEF", "UNDEF"),
        ("xsd:date", "2020-02-29", '"2020-02-29"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("xsd:integer", "-7", '"-7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("xsd:integer", "007", '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ],
)
def test_a_text_stands_for_a_term(datatype: str, text: str, term: str) -> None:
    parameter = Parameter("x", datatype, "-", "X")
    assert parameter.term(text) == term
    assert term == "UNDEF" or str(parse_term(term)) == term


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        ("iri", "state/japan> } DROP ALL #"),
        ("iri", "https://example.org/a b"),
        ("iri", ""),
        ("xsd:date", "2021-02-29"),
        ("xsd:date", "20210228"),
        ("xsd:date", '2021-02-28"^^xsd:date } #'),
        ("xsd:date", "UNDEF"),
        ("xsd:integer", "1.5"),
        ("xsd:integer", "1 } #"),
        ("xsd:integer", "٣"),
        ("xsd:integer", "9" * 19),
    ],
)
def test_a_text_that_is_no_value_is_refused(datatype: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Parameter("x", datatype, "-", "What it means").term(text)
    assert "the parameter x" in caught.value.message
    assert caught.value.hint.startswith("What it means.")


@given(
    datatype=st.sampled_from(sorted(DATATYPES)), text=st.text() | st.from_regex(r"[-/:<>} 0-9]+")
)
def test_any_text_becomes_one_term_or_is_refused(datatype: str, text: str) -> None:
    """Whatever a user writes, the query keeps its shape."""
    try:
        term = Parameter("x", datatype, "-", "X").term(text)
    except UsageError:
        return
    assert term == UNDEF or str(parse_term(term)) == term


@pytest.mark.parametrize(
    ("header", "body", "said"),
    [
        ("#+ parameter: asOf xsd:date 2020-10-31\n", DATED, "cannot be read"),
        ("#+ parameter: asOf xsd:float 1 The date\n", DATED, "cannot be read"),
        ("#+ parameter: asOf xsd:date 2020-13-31 The date\n", DATED, "cannot be used"),
        (AS_OF, SELECT, "is not bound once"),
        (AS_OF, DATED.replace("2020", "2021"), "is not bound once"),
        (AS_OF, DATED + DATED, "is not bound once"),
        (AS_OF, DATED + "VALUES ?asOf { 1 }", "is not bound once"),
    ],
)
def test_a_parameter_and_its_place_in_the_query_agree(
    tmp_path: Path, header: str, body: str, said: str
) -> None:
    with pytest.raises(CatalogueError, match=said) as caught:
        load(tmp_path, HEADER + header + body)
    assert caught.value.where.endswith("q.rq:4")


def test_an_open_parameter_stands_for_anything(tmp_path: Path) -> None:
    text = HEADER + "#+ parameter: x iri UNDEF A thing\n"
    query = load(tmp_path, text + "SELECT ?x { VALUES ?x { UNDEF } BIND(1 AS ?y) }\n")["q"]
    assert answer(query.text) == ["None"]
    assert answer(query.bind({"x": "state/japan"})) == [
        "<https://w3id.org/neagraph/id/state/japan>"
    ]

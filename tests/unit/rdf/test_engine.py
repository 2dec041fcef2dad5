"""The embedded engine and what can be told of a query's text."""

from __future__ import annotations

import pytest

from neagraph.errors import NotAcceptableError, QueryError, RefusedError
from neagraph.model import QueryRequest
from neagraph.rdf import query_text
from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import in_graph, parse
from neagraph.rdf.results import Table, as_text, read_results

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture
def engine() -> Engine:
    one = in_graph(parse(b"<a:x> <a:p> <a:y>, <a:z> .", TURTLE, source="x"), "g:1")
    two = in_graph(parse(b"<a:x> <a:p> <a:y> .", TURTLE, source="x"), "g:2")
    return Engine.of_dataset([*one, *two])


def count(engine: Engine, text: str) -> str:
    ((number,),) = engine.select(text)
    return number.value


def test_the_default_graph_holds_each_triple_once(engine: Engine) -> None:
    """The engine's own union option would count the triple that is in both graphs twice."""
    assert count(engine, COUNT) == "2"
    assert count(engine, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }") == "3"


def test_the_request_may_name_the_graphs_of_its_dataset(engine: Engine) -> None:
    answer = engine.answer(QueryRequest("SELECT * { ?s ?p ?o }", default_graphs=("g:2",)))
    assert len(read_results(answer.body).rows) == 1
    named = QueryRequest("SELECT DISTINCT ?g { GRAPH ?g { } }", named_graphs=("g:1",))
    assert [str(row[0]) for row in read_results(engine.answer(named).body).rows] == ["<g:1>"]


@pytest.mark.parametrize(
    "request_",
    [
        QueryRequest(COUNT, default_graphs=("g:1", "g:2")),
        QueryRequest(COUNT.replace("{", "FROM <g:1> FROM <g:2> {", 1)),
        QueryRequest(
            "PREFIX g: <g:>" + COUNT.replace("{", "FROM g:1 from g:2 FROM NAMED g:1 {", 1)
        ),
        QueryRequest("BASE <g:1>" + COUNT.replace("{", "FROM <g:1> FROM <g:2> {", 1)),
    ],
    ids=["request", "FROM", "prefixes", "base"],
)
def test_several_default_graphs_are_merged(engine: Engine, request_: QueryRequest) -> None:
    """A triple in two of them counts once: the RDF merge of SPARQL 1.1, section 13.2.1."""
    ((number,),) = read_results(engine.answer(request_).body).rows
    assert number.value == "2"


def test_a_request_with_named_graphs_only_has_an_empty_default_graph(engine: Engine) -> None:
    ((number,),) = read_results(engine.answer(QueryRequest(COUNT, named_graphs=("g:1",))).body).rows
    assert number.value == "0"


def test_the_request_s_dataset_wins_over_the_query_s(engine: Engine) -> None:
    text = COUNT.replace("{", "FROM <g:1> FROM <g:2> {", 1)
    ((number,),) = read_results(
        engine.answer(QueryRequest(text, default_graphs=("g:2",))).body
    ).rows
    assert number.value == "1"


def test_substitutions_are_bound_as_values(engine: Engine) -> None:
    request = QueryRequest(
        "SELECT ?s ?o { ?s <a:p> ?o }", substitutions=(("o", "<a:z>"), ("s", "<a:x>"))
    )
    assert len(read_results(engine.answer(request).body).rows) == 1


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("SELECT * {", 1, 11, 'near "{"'),
        ("SELECT ?x WHERE {\n  ?x ?y\n}}", 3, 2, 'near "}"'),
        ("SELECT * { ?x a ?y } ORDER LIMIT 3", 1, 30, 'near "LIMIT"; expected BY'),
        ("SELECT * { ?s foo:bar ?o }", 1, 15, 'prefix "foo:" is not declared'),
        ("SELECT *\n{ ?s skos:broader ?o }", 2, 6, 'prefix "skos:" is not declared'),
        ("", 1, 1, "near its end"),
        ("SELECT (COUNT(*) AS ?n) ?s { ?s ?p ?o }", 1, 39, "neither grouped nor bound"),
    ],
)
def test_a_syntax_error_names_line_and_column(engine: Engine, text, line, column, said) -> None:
    with pytest.raises(QueryError) as caught:
        engine.answer(QueryRequest(text))
    error = caught.value
    assert said in error.message
    assert (error.line, abs((error.column or 0) - column) <= 1) == (line, True)
    assert len(error.message) < 200


def test_a_known_prefix_is_given_in_full() -> None:
    with pytest.raises(QueryError) as caught:
        Engine().answer(QueryRequest("ASK { ?s skos:broader ?o }"))
    assert caught.value.hint.endswith("PREFIX skos: <http://www.w3.org/2004/02/skos/core#>")


@pytest.mark.parametrize(
    "text",
    ["DROP ALL", "PREFIX a: <a:>\nINSERT DATA { a:a a:a a:a }", "WITH <a:g> DELETE {} WHERE {}"],
)
def test_an_update_is_told_apart_from_a_typing_error(text: str) -> None:
    with pytest.raises(QueryError, match="is an update"):
        Engine().answer(QueryRequest(text))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "ASK { ?s ?p ?o . OPTIONAL { SERVICE ?s { ?a ?b ?c } } }",
        "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE : { ?s ?p ?o } }",
    ],
)
def test_service_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="SERVICE is not permitted"):
        Engine().answer(QueryRequest(text))


def test_a_syntax_error_beside_service_is_still_a_syntax_error() -> None:
    with pytest.raises(QueryError, match="syntax error"):
        Engine().answer(QueryRequest("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }"))


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?s ?p "SERVICE" }',
        "SELECT * { ?service ?p ?o } # SERVICE <x:y>",
        "PREFIX service: <a:> SELECT * { ?s service:service ?o }",
        "SELECT * { <a:SERVICE> ?p ?o }",
    ],
)
def test_the_word_service_elsewhere_is_no_service(text: str) -> None:
    assert query_text.without_service(text) is None
    Engine().answer(QueryRequest(text))


def test_the_kind_of_result_decides_which_format_is_needed(engine: Engine) -> None:
    only_graphs = QueryRequest("SELECT * { }", results_format=None)
    only_tables = QueryRequest("CONSTRUCT WHERE { ?s ?p ?o }", graph_format=None)
    for request in (only_graphs, only_tables):
        with pytest.raises(NotAcceptableError):
            engine.answer(request)


def test_results_as_text_are_aligned_and_counted() -> None:
    body = Engine(parse(b'<a:x> <a:p> "long text", 1 .', TURTLE, source="x")).answer(
        QueryRequest("SELECT ?s ?o { ?s <a:p> ?o } ORDER BY DESC(STR(?o))")
    )
    table = read_results(body.body)
    assert isinstance(table, Table)
    assert as_text(table) == "s      o\n─────  ─────────\n<a:x>  long text\n<a:x>  1\n(2 rows)\n"


def test_a_boolean_as_text_is_a_word() -> None:
    assert as_text(read_results(Engine().answer(QueryRequest("ASK {}")).body)) == "yes\n"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", "s,p,o"),
        ("SELECT DISTINCT * WHERE { ?z ?y ?x BIND(1 AS ?a) }", "z,y,x,a"),
        ("# ?o\nSELECT*{ ?s ?p ?o FILTER(?s = ?none || true) }", "s,p,o"),
        ("SELECT * FROM <http://example.org/g> { ?s ?p ?o }", "s,p,o"),
        ("SELECT ?o ?s { { SELECT * { ?s ?p ?o } } }", "o,s"),
        ("SELECT * { { SELECT ?o (2 * ?n AS ?m) { ?s ?p ?o BIND(1 AS ?n) } } }", "o,m"),
        ("SELECT * { }", ""),
    ],
)
def test_a_star_stands_for_the_variables_in_the_order_of_the_text(text, columns):
    table = read_results(Engine().answer(QueryRequest(text)).body)
    assert ",".join(table.variables) == columns

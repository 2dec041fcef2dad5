"""RDF 1.2 and SPARQL 1.2 as far as the engine has them: triple terms, directions of text."""

import pytest

from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import parse, triples_of

PREFIXES = "PREFIX : <http://e/> "
NTRIPLES = {"Accept": "application/n-triples"}
JSON = {"Accept": "application/sparql-results+json"}
TOLD = """VERSION "1.2"
PREFIX : <http://e/>
:china :gives 44985 ~ :claim {| :source :report ; :page 9 |} .
:bob :says <<( :sun :is :cold )>> .
<< :sun :is :hot >> :by :alice .
:greeting :text "\u0645\u0631\u062d\u0628\u0627"@ar--rtl .
"""


@pytest.fixture
def server(plain):
    plain.post("/update", data={"update": "DROP ALL"}).raise_for_status()
    put = plain.put(
        "/graphs?default", content=TOLD.encode(), headers={"Content-Type": "text/turtle"}
    )
    put.raise_for_status()
    return plain


def ask(server, query, **headers):
    answer = server.get("/sparql", params={"query": PREFIXES + query}, headers=JSON | headers)
    assert answer.status_code == 200, answer.text
    return answer


def values(server, query):
    bindings = ask(server, query).json()["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


@pytest.mark.parametrize("name", ["turtle", "ntriples", "trig", "nquads"])
def test_triple_terms_come_back_in_formats_that_know_them(server, name):
    fmt = graph_format_by_name(name)
    got = server.get("/graphs?default", headers={"Accept": fmt.media_type})
    assert got.status_code == 200
    told = parse(TOLD.encode(), graph_format_by_name("turtle"), source="told")
    assert len(parse(got.content, fmt, source="got")) == len(triples_of(told)) == 8


def test_an_annotation_tells_of_the_triple_it_stands_at(server):
    query = "SELECT ?page { :china :gives ?sum {| :page ?page |} }"
    assert values(server, query) == [{"page": "9"}]


def test_a_reifier_is_a_name_for_the_claim(server):
    query = "SELECT ?claim { ?claim :source :report . << :china :gives ?sum ~ ?claim >> }"
    assert values(server, query) == [{"claim": "http://e/claim"}]


def test_what_is_only_said_is_not_so(server):
    assert ask(server, "ASK { :sun :is :cold }").json()["boolean"] is False
    assert ask(server, "ASK { :bob :says <<( :sun :is :cold )>> }").json()["boolean"] is True


def test_functions_take_triples_apart_and_make_them(server):
    query = """SELECT ?s ?o { :bob :says ?t FILTER(isTRIPLE(?t))
        BIND(SUBJECT(?t) AS ?s) BIND(OBJECT(?t) AS ?o)
        FILTER(sameTerm(?t, TRIPLE(:sun, :is, :cold))) }"""
    assert values(server, query) == [{"s": "http://e/sun", "o": "http://e/cold"}]


def test_json_results_tell_the_parts_of_a_triple(server):
    row = ask(server, "SELECT ?t { :bob :says ?t }").json()["results"]["bindings"][0]
    assert row["t"]["type"] == "triple"
    assert {part: row["t"]["value"][part]["value"] for part in row["t"]["value"]} == {
        "subject": "http://e/sun",
        "predicate": "http://e/is",
        "object": "http://e/cold",
    }


def test_text_has_a_direction(server):
    query = "SELECT ?d { :greeting :text ?x BIND(LANGDIR(?x) AS ?d) }"
    assert values(server, query) == [{"d": "rtl"}]
    assert ask(server, "ASK { :greeting :text ?x FILTER hasLANGDIR(?x) }").json()["boolean"]


def test_an_update_writes_and_removes_annotated_triples(server):
    def update(text):
        return server.post("/update", data={"update": PREFIXES + text}).status_code

    assert update("INSERT DATA { :japan :gives 1 ~ :c2 {| :page 3 |} }") == 200
    assert values(server, "SELECT ?p { << :japan :gives 1 ~ :c2 >> :page ?p }") == [{"p": "3"}]
    assert update("DELETE WHERE { ?c :page 3 }") == 200
    assert values(server, "SELECT ?p { << :japan :gives 1 ~ :c2 >> :page ?p }") == []


def test_construct_makes_triples_about_triples(server):
    query = "CONSTRUCT { ?who :claims <<( ?s :is ?o )>> } { ?who :says <<( ?s ?p ?o )>> }"
    answer = ask(server, query, **NTRIPLES)
    claim = "<<( <http://e/sun> <http://e/is> <http://e/cold> )>>"
    assert answer.text == f"<http://e/bob> <http://e/claims> {claim} .\n"

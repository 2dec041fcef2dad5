"""The SPARQL 1.1 Protocol, spoken to a running service."""

import gzip
import json
from threading import Thread

import pytest

from neagraph.rdf.formats import GRAPH_FORMATS, RESULTS_FORMATS
from neagraph.rdf.io import parse, triples_of

LABELS = (
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    "SELECT ?label { <https://w3id.org/neagraph/id/state/japan> rdfs:label ?label }"
)
GRAPH = (
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . ?s <https://w3id.org/neagraph/ontology#hosts> ?m }"
)
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p . ?q ?r ?s }"
)
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
PROBLEM = "application/problem+json"


def count(client, query, **parameters):
    answer = client.get("/sparql", params={"query": query, **parameters}).json()
    return int(answer["results"]["bindings"][0]["n"]["value"])


def test_query_by_get(client):
    answer = client.get("/sparql", params={"query": LABELS})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert "Accept" in answer.headers["vary"]
    labels = {row["label"]["value"] for row in answer.json()["results"]["bindings"]}
    assert labels == {"Japan", "日本"}


def test_query_by_form(client):
    assert client.post("/sparql", data={"query": "ASK {}"}).json()["boolean"] is True


def test_query_by_direct_post(client):
    content = 'SELECT ("日本" AS ?name) {}'.encode()
    answer = client.post("/sparql", content=content, headers={"Content-Type": QUERY})
    assert answer.json()["results"]["bindings"][0]["name"]["value"] == "日本"


@pytest.mark.parametrize(
    ("media_type", "content"),
    [(QUERY, "ASK {}"), (FORM, "query=ASK%20%7B%7D")],
)
def test_query_by_the_method_of_that_name(client, media_type, content):
    answer = client.request(
        "QUERY", "/sparql", content=content, headers={"Content-Type": media_type}
    )
    assert answer.status_code == 200
    assert answer.json()["boolean"] is True


@pytest.mark.parametrize(
    ("media_type", "content", "status"),
    [
        ("", "ASK {}", 400),
        (QUERY, "", 400),
        (QUERY, "ASK {", 400),
        ("text/plain", "ASK {}", 415),
        ("application/sparql-update", "CLEAR ALL", 403),
    ],
)
def test_the_method_query_takes_queries_alone(client, media_type, content, status):
    headers = {"Content-Type": media_type} if media_type else {}
    answer = client.request("QUERY", "/sparql", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM


def test_relative_iris_are_those_of_the_endpoint(client):
    answer = client.get("/sparql", params={"query": "SELECT (<x> AS ?x) {}", "scope": "all"})
    found = answer.json()["results"]["bindings"][0]["x"]["value"]
    assert found == str(client.base_url.join("/x"))


def test_booleans_may_be_written_in_capitals(client):
    query = 'SELECT ("TRUE" AS ?text) { FILTER(TRUE && !False) }'
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert [row["text"]["value"] for row in rows] == ["TRUE"]


def test_a_body_in_gzip_is_unpacked(client):
    headers = {"Content-Type": QUERY, "Content-Encoding": "gzip"}
    answer = client.post("/sparql", content=gzip.compress(b"ASK {}"), headers=headers)
    assert answer.json()["boolean"] is True
    bomb = gzip.compress(b"ASK {}" + b" " * 50_000_000)
    assert client.post("/sparql", content=bomb, headers=headers).status_code == 413


def test_direct_post_reads_other_parameters_from_the_address(client):
    answer = client.post(
        "/sparql",
        params={"scope": "asserted", "format": "csv"},
        content="SELECT (1 AS ?n) {}",
        headers={"Content-Type": f"{QUERY.upper()}; charset=UTF-8"},
    )
    assert answer.text == "n\r\n1\r\n"


@pytest.mark.parametrize("fmt", RESULTS_FORMATS, ids=lambda fmt: fmt.name)
def test_select_is_answered_in_each_results_format(client, fmt):
    answer = client.get("/sparql", params={"query": LABELS}, headers={"Accept": fmt.media_type})
    assert answer.headers["content-type"].split(";")[0] == fmt.media_type
    assert "日本" in answer.text


@pytest.mark.parametrize("fmt", RESULTS_FORMATS, ids=lambda fmt: fmt.name)
def test_ask_is_answered_in_each_results_format(client, fmt):
    answer = client.get("/sparql", params={"query": "ASK {}"}, headers={"Accept": fmt.media_type})
    assert answer.status_code == 200
    assert "true" in answer.text


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.name)
def test_construct_is_answered_in_each_graph_format(client, fmt):
    answer = client.get("/sparql", params={"query": GRAPH}, headers={"Accept": fmt.media_type})
    assert answer.headers["content-type"].split(";")[0] == fmt.media_type
    turtle = client.get("/sparql", params={"query": GRAPH, "format": "turtle"})
    expected = parse(turtle.content, GRAPH_FORMATS[0], source="turtle")
    found = parse(answer.content, fmt, source=fmt.name)
    assert set(triples_of(found)) == set(triples_of(expected))
    assert found


@pytest.mark.parametrize(
    ("name", "query", "media_type"),
    [
        *((fmt.name, "ASK {}", fmt.media_type) for fmt in RESULTS_FORMATS),
        *((fmt.name, GRAPH, fmt.media_type) for fmt in GRAPH_FORMATS),
    ],
)
def test_the_format_parameter_comes_before_the_header(client, name, query, media_type):
    parameters = {"query": query, "format": name}
    answer = client.get("/sparql", params=parameters, headers={"Accept": "text/html"})
    assert answer.headers["content-type"].split(";")[0] == media_type


def test_quality_values_decide(client):
    accept = "application/sparql-results+json;q=0.2, text/csv;q=0.8, */*;q=0.1"
    answer = client.get("/sparql", params={"query": LABELS}, headers={"Accept": accept})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "accept"),
    [("ASK {}", "text/turtle"), (GRAPH, "text/csv"), ("ASK {}", "image/png")],
)
def test_406_where_no_accepted_format_fits_the_answer(client, query, accept):
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert answer.status_code == 406
    assert "Accept" in answer.headers["vary"]


def test_a_syntax_error_has_its_place(client):
    answer = client.get("/sparql", params={"query": "SELECT ?s {\n  ?s ?p }"})
    problem = answer.json()
    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM
    assert problem["type"] == "https://w3id.org/neagraph/problem/query"
    assert problem["line"] == 2
    assert 9 <= problem["column"] <= 10
    assert problem["status"] == 400
    assert problem["instance"] == "/sparql"


def test_an_unknown_prefix_is_named(client):
    problem = client.get("/sparql", params={"query": "ASK { ?s a nea:State }"}).json()
    assert 'prefix "nea:"' in problem["detail"]
    assert "PREFIX nea: <https://w3id.org/neagraph/ontology#>" in problem["hint"]


@pytest.mark.parametrize(
    "parameters",
    [
        [("query", "")],
        [("scope", "all")],
        [("query", "  ")],
        [("query", "ASK {}"), ("query", "ASK {}")],
        [("query", "ASK {}"), ("scope", "everything")],
        [("query", "ASK {}"), ("timeout", "soon")],
        [("query", "ASK {}"), ("timeout", "0")],
        [("query", "ASK {}"), ("timeout", "-1")],
        [("query", "ASK {}"), ("timeout", "nan")],
        [("query", "ASK {}"), ("timeout", "inf")],
        [("query", "ASK {}"), ("format", "yaml")],
        [("query", "ASK {}"), ("default-graph-uri", "no iri")],
        [("query", "ASK {}"), ("named-graph-uri", "relative")],
    ],
)
def test_what_cannot_be_used_is_400_with_a_hint(client, parameters):
    answer = client.get("/sparql", params=parameters)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["hint"]


@pytest.mark.parametrize("text", ["query=%FF", "query=ASK%20%7B%7D&x=%C3"])
def test_text_that_is_not_utf8_is_400(client, text):
    assert client.get(f"/sparql?{text}").status_code == 400
    assert client.post("/sparql", content=text, headers={"Content-Type": FORM}).status_code == 400
    direct = client.post("/sparql", content=b"ASK {} # \xff", headers={"Content-Type": QUERY})
    assert direct.status_code == 400


def test_a_query_in_both_address_and_body_is_400(client):
    answer = client.post("/sparql?query=ASK%20%7B%7D", data={"query": "ASK {}"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "request_of",
    [
        {"method": "GET", "params": {"update": "CLEAR ALL"}},
        {"method": "POST", "data": {"update": "CLEAR ALL"}},
        {
            "method": "POST",
            "content": "CLEAR ALL",
            "headers": {"Content-Type": "application/sparql-update"},
        },
        {"method": "GET", "params": {"query": "ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}},
    ],
)
def test_updates_and_service_are_refused(client, request_of):
    answer = client.request(url="/sparql", **request_of)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/refused")
    assert answer.json()["hint"]


def test_a_malformed_query_with_service_is_malformed(client):
    answer = client.get("/sparql", params={"query": "ASK { SERVICE <http://127.0.0.1/> { ?s }"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("media_type", "status"),
    [("", 400), ("text/plain", 415), (f"{QUERY}; charset=latin-1", 415), (f"{FORM};x=y", 200)],
)
def test_the_media_type_of_a_body_decides_whether_it_is_read(client, media_type, status):
    headers = {"Content-Type": media_type} if media_type else {}
    answer = client.post("/sparql", content=b"query=ASK%20%7B%7D", headers=headers)
    assert answer.status_code == status


def test_a_body_that_is_too_large_is_413(client):
    content = b"ASK {} #" + b"x" * 1024 * 1024
    answer = client.post("/sparql", content=content, headers={"Content-Type": QUERY})
    assert answer.status_code == 413


def test_an_answer_that_is_too_large_is_413(client):
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 20000"
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("/limit")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_405_with_allow(client, method):
    answer = client.request(method, "/sparql")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST, QUERY"
    assert answer.headers["content-type"] == PROBLEM


def test_head_has_the_headers_of_get_and_no_body(client):
    parameters = {"query": LABELS}
    head, get = client.head("/sparql", params=parameters), client.get("/sparql", params=parameters)
    assert head.content == b""
    assert _without_date(head) == _without_date(get)


def _without_date(answer):
    return {name: value for name, value in answer.headers.items() if name != "date"}


def test_a_query_without_end_is_ended_and_the_next_one_is_fine(client):
    answer = client.get("/sparql", params={"query": ENDLESS, "timeout": "0.3"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["type"].endswith("/timeout")
    assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_others_are_served_while_a_query_runs(client):
    slow = Thread(
        target=client.get, args=["/sparql"], kwargs={"params": {"query": ENDLESS, "timeout": 1}}
    )
    slow.start()
    try:
        assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
        assert client.get("/health").status_code == 200
        assert slow.is_alive()
    finally:
        slow.join()


def test_scope_leaves_entailed_triples_out(client):
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert count(client, query, scope="all") == count(client, query, scope="asserted") + 2
    graphs = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(client, graphs) == count(client, graphs, scope="asserted") + 1


def test_the_default_graph_is_the_union_without_repetition(client, quads):
    everything = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    distinct = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }"
    assert count(client, everything) == count(client, distinct) == len(triples_of(quads))
    assert len(triples_of(quads)) < len(quads)


def test_the_request_can_name_its_dataset(client):
    states = "https://w3id.org/neagraph/id/graph/reference/states"
    report = "https://w3id.org/neagraph/id/graph/report/small"
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(client, query, **{"default-graph-uri": states}) == 4
    assert count(client, query, **{"named-graph-uri": states}) == 0
    assert count(client, named, **{"named-graph-uri": states}) == 4
    assert count(client, query, **{"default-graph-uri": [states, report]}) > 4


def test_other_sites_may_ask(client):
    origin = {"Origin": "https://example.org"}
    answer = client.get("/sparql", params={"query": "ASK {}"}, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    preflight = client.options(
        "/sparql",
        headers={
            **origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_options_tells_the_methods(client):
    answer = client.options("/sparql")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST, QUERY")


def test_answers_are_whole_json(client):
    body = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).content
    assert sorted(json.loads(body)["head"]["vars"]) == ["o", "p", "s"]

"""Updates over HTTP: what is taken, what is refused, and that nothing has changed then."""

import gzip
import json

import pytest

UPDATE = "application/sparql-update"
FORM = "application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"
ONE = "INSERT DATA { <http://e/s> <http://e/p> 1 }"


@pytest.fixture
def server(plain):
    plain.post("/update", data={"update": "DROP ALL"}).raise_for_status()
    return plain


def ask(client, pattern):
    return client.post("/sparql", data={"query": f"ASK {{ {pattern} }}"}).json()["boolean"]


def triples(client):
    query = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    answer = client.post("/sparql", data={"query": query})
    assert answer.status_code == 200, answer.text
    rows = answer.json()["results"]["bindings"]
    return int(rows[0]["n"]["value"])


def test_update_by_form_tells_the_version_after_it(server):
    first = server.post("/update", data={"update": ONE, "message": "the\n first  one"})
    assert first.status_code == 200
    told = first.json()
    assert (told["added"], told["removed"]) == (1, 0)
    assert told["message"] == "the first one"
    assert told["author"] == "anonymous"
    assert told["etag"].strip('"').endswith(f"-{told['version']}")
    second = server.post("/update", data={"update": "DELETE WHERE { ?s ?p ?o }"}).json()
    assert second["version"] == told["version"] + 1


def test_update_by_direct_post(server):
    content = 'INSERT DATA { <http://e/日本> <http://e/p> "日本" }'.encode()
    answer = server.post("/update", content=content, headers={"Content-Type": UPDATE})
    assert answer.status_code == 200
    assert ask(server, '<http://e/日本> ?p "日本"')


def test_an_update_that_changes_nothing_makes_no_version(server):
    before = server.post("/update", data={"update": ONE}).json()["version"]
    again = server.post("/update", data={"update": ONE}).json()
    assert (again["version"], again["added"], again["removed"]) == (before, 0, 0)


def test_prefer_minimal_gets_no_body(server):
    headers = {"Prefer": "return=minimal"}
    answer = server.post("/update", data={"update": ONE}, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")


def test_relative_iris_are_those_of_the_endpoint(server):
    server.post("/update", data={"update": "INSERT DATA { <http://e/s> <http://e/p> <x> }"})
    assert ask(server, f"<http://e/s> <http://e/p> <{server.base_url.join('/x')}>")


def test_booleans_may_be_written_in_capitals(server):
    update = 'INSERT DATA { <http://e/s> <http://e/p> TRUE, "TRUE" }'
    assert server.post("/update", data={"update": update}).status_code == 200
    assert ask(server, '<http://e/s> <http://e/p> False, "TRUE"') is False
    assert ask(server, '<http://e/s> <http://e/p> True, "TRUE"') is True


def test_get_is_405_and_tells_how(server):
    answer = server.get("/update", params={"update": "CLEAR ALL"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["hint"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "QUERY"])
def test_other_methods_are_405_with_allow(server, method):
    answer = server.request(method, "/update")
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"update": ""},
        {"update": " \n"},
        {"update": ["CLEAR NAMED", "CLEAR DEFAULT"]},
        {"update": ONE, "query": "ASK {}"},
        {"update": ONE, "using-graph-uri": "relative"},
        {"update": ONE, "using-named-graph-uri": "no iri"},
        {"update": ONE, "timeout": "soon"},
        {"update": ONE, "message": ["a", "b"]},
        {"update": ONE, "message": "x" * 501},
        {"query": "ASK {}"},
    ],
)
def test_what_cannot_be_used_is_400_with_a_hint(server, parameters):
    answer = server.post("/update", data=parameters or {"x": ""})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["hint"]
    assert triples(server) == 0


@pytest.mark.parametrize(
    ("update", "line", "column"),
    [
        ("INSERT DATA {\n  <http://e/s> <http://e/p> }", 2, 30),
        ("CLEAR XYZ", 1, 8),
        (f"{ONE} ; DELETE", 1, None),
    ],
)
def test_a_syntax_error_has_its_place_and_nothing_is_run(server, update, line, column):
    answer = server.post("/update", data={"update": update})
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["type"].endswith("/query")
    assert "update" in problem["detail"]
    assert problem["line"] == line
    assert column is None or abs(problem["column"] - column) <= 2
    assert triples(server) == 0


def test_an_update_that_fails_half_way_changes_nothing(server):
    answer = server.post("/update", data={"update": f"{ONE} ; DROP GRAPH <http://e/none>"})
    assert answer.status_code == 400
    assert "does not exist" in answer.json()["detail"]
    assert triples(server) == 0


def test_a_query_is_told_where_to_go(server):
    answer = server.post("/update", data={"update": "SELECT * { ?s ?p ?o }"})
    assert answer.status_code == 400
    assert "/sparql" in answer.json()["hint"]


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("", 400),
        ("text/plain", 415),
        ("application/sparql-query", 415),
        (f"{UPDATE}; charset=utf-16", 415),
        (f"{UPDATE}; charset=UTF-8", 200),
    ],
)
def test_the_media_type_of_a_body_decides_whether_it_is_read(server, media_type, status):
    headers = {"Content-Type": media_type} if media_type else {}
    answer = server.post("/update", content=ONE.encode(), headers=headers)
    assert answer.status_code == status


def test_text_that_is_not_utf8_is_400(server):
    for content, media_type in ((b"update=%FF", FORM), (b"CLEAR ALL # \xff", UPDATE)):
        answer = server.post("/update", content=content, headers={"Content-Type": media_type})
        assert answer.status_code == 400


# ---- Datasets of the protocol ---------------------------------------------------------------

GRAPHS = """
INSERT DATA {
  GRAPH <http://e/g1> { <http://e/one> a <http://e/Doc> }
  GRAPH <http://e/g2> { <http://e/two> a <http://e/Doc> }
  GRAPH <http://e/g3> { <http://e/three> a <http://e/Doc> }
}"""


@pytest.fixture
def filled(server):
    server.post("/update", data={"update": GRAPHS}).raise_for_status()
    return server


def copied(client):
    query = "SELECT ?s { GRAPH <http://e/copy> { ?s ?p ?o } }"
    answer = client.post("/sparql", data={"query": query})
    assert answer.status_code == 200, answer.text
    rows = answer.json()["results"]["bindings"]
    return {row["s"]["value"].removeprefix("http://e/") for row in rows}


COPY = "INSERT { GRAPH <http://e/copy> { ?s a ?t } } WHERE"


@pytest.mark.parametrize(
    ("update", "dataset", "found"),
    [
        (f"{COPY} {{ ?s a ?t }}", {"using-graph-uri": "http://e/g1"}, {"one"}),
        (
            f"{COPY} {{ ?s a ?t }}",
            {"using-graph-uri": ["http://e/g1", "http://e/g2"]},
            {"one", "two"},
        ),
        (
            f"{COPY} {{ GRAPH ?g {{ ?s a ?t }} }}",
            {"using-named-graph-uri": ["http://e/g2", "http://e/g3"]},
            {"two", "three"},
        ),
        (f"{COPY} {{ ?s a ?t }}", {"using-named-graph-uri": "http://e/g1"}, set()),
        (
            "DELETE { ?x ?y ?z } WHERE { ?s a ?t } ; " + f"{COPY} {{ ?s a ?t }}",
            {"using-graph-uri": "http://e/g2"},
            {"two"},
        ),
        (
            f"# USING\n{COPY} {{ {{ SELECT * WHERE {{ ?s a ?t }} }} FILTER(?t != 'WITH WHERE') }}",
            {"using-graph-uri": "http://e/g3"},
            {"three"},
        ),
    ],
)
def test_the_request_can_name_what_where_sees(filled, update, dataset, found):
    answer = filled.post("/update", params=dataset, data={"update": update})
    assert answer.status_code == 200, answer.text
    assert copied(filled) == found


def test_delete_where_takes_the_dataset_of_the_request(filled):
    filled.post("/update", data={"update": "INSERT DATA { <http://e/two> a <http://e/Doc> }"})
    parameters = {"using-graph-uri": "http://e/g1"}
    update = "DELETE WHERE { ?s a <http://e/Doc> # }\n }"
    assert filled.post("/update", params=parameters, data={"update": update}).status_code == 200
    assert ask(filled, "<http://e/two> a ?t"), "it is not in the graph that WHERE saw"
    parameters = {"using-graph-uri": "http://e/g2"}
    assert filled.post("/update", params=parameters, data={"update": update}).status_code == 200
    assert not ask(filled, "<http://e/two> a ?t")


@pytest.mark.parametrize(
    "update",
    [
        "WITH <http://e/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "INSERT { <http://e/a> a ?o } USING <http://e/g> WHERE { ?s ?p ?o }",
        f"{ONE} ; INSERT {{ <http://e/a> a ?o }} USING NAMED <http://e/g> WHERE {{ ?s ?p ?o }}",
    ],
)
def test_two_datasets_are_a_conflict(filled, update):
    before = triples(filled)
    answer = filled.post(
        "/update", params={"using-graph-uri": "http://e/g1"}, data={"update": update}
    )
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/usage")
    assert triples(filled) == before


def test_keywords_are_told_apart_where_a_dataset_is_named(filled):
    before = triples(filled)
    parameters = {"using-graph-uri": "http://e/g1"}
    answer = filled.post("/update", params=parameters, data={"update": "DELETEWHERE { ?s ?p ?o }"})
    assert answer.status_code == 400
    assert triples(filled) == before


def test_a_syntax_error_is_told_in_the_text_that_was_sent(filled):
    parameters = {"using-graph-uri": "http://e/g1"}
    update = "INSERT { <http://e/a> a ?o }\nWHERE { ?s ?p }"
    problem = filled.post("/update", params=parameters, data={"update": update}).json()
    assert problem["line"] == 2
    assert problem["column"] <= 16


# ---- What is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "update",
    [
        "LOAD <http://127.0.0.1:9/x>",
        "LOAD SILENT <file:///etc/hostname>",
        "LOAD <file:///etc/hostname> INTO GRAPH <http://e/g>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        f"{ONE} ; INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE SILENT <http://e/> {{ ?s ?p ?o }} }}",
    ],
)
def test_nothing_is_fetched(server, update):
    answer = server.post("/update", data={"update": update})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/refused")
    assert triples(server) == 0


def test_load_silent_of_what_nobody_can_fetch_does_nothing(server):
    update = f"LOAD SILENT <somescheme://127.0.0.1:9/x> ; {ONE}"
    assert server.post("/update", data={"update": update}).status_code == 200
    assert triples(server) == 1


def test_a_write_on_an_older_state_is_412(server):
    old = server.post("/update", data={"update": ONE}).json()["etag"]
    server.post("/update", data={"update": "DELETE WHERE { ?s ?p ?o }"})
    answer = server.post("/update", data={"update": ONE}, headers={"If-Match": old})
    assert answer.status_code == 412
    assert answer.json()["type"].endswith("/precondition")
    assert triples(server) == 0


def test_a_write_on_the_present_state_is_taken(server):
    present = server.post("/update", data={"update": ONE}).json()["etag"]
    update = {"update": "DELETE WHERE { ?s ?p ?o }"}
    assert server.post("/update", data=update, headers={"If-Match": present}).status_code == 200


def test_an_update_without_end_is_ended_and_changes_nothing(server):
    rows = " ".join(f"({n})" for n in range(300))
    values = " ".join(f"VALUES (?v{n}) {{ {rows} }}" for n in range(6))
    counted = f"SELECT (COUNT(*) AS ?n) {{ {values} }}"
    update = f"INSERT {{ <http://e/s> <http://e/p> ?n }} WHERE {{ {counted} }}"
    answer = server.post("/update", data={"update": f"{ONE} ; {update}", "timeout": "0.5"})
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/timeout")
    assert triples(server) == 0


# ---- Packed bodies --------------------------------------------------------------------------


def packed(content, **headers):
    return {"content": content, "headers": {"Content-Type": UPDATE, **headers}}


def test_a_body_in_gzip_is_unpacked(server):
    content = gzip.compress(ONE.encode()[:20]) + gzip.compress(ONE.encode()[20:])
    answer = server.post("/update", **packed(content, **{"Content-Encoding": "gzip"}))
    assert answer.status_code == 200
    assert triples(server) == 1


@pytest.mark.parametrize(
    ("content", "encoding", "status"),
    [
        (gzip.compress(ONE.encode())[:-9], "gzip", 400),
        (ONE.encode(), "gzip", 400),
        (b"", "gzip", 400),
        (ONE.encode(), "br", 415),
        (ONE.encode(), "gzip, gzip", 415),
        (ONE.encode(), "identity", 200),
        (gzip.compress(b" " * 5_000_000 + ONE.encode()), "gzip", 413),
        (gzip.compress(b"x" * 200_000_000), "gzip", 413),
    ],
)
def test_packed_bodies_are_bounded(server, content, encoding, status):
    answer = server.post("/update", **packed(content, **{"Content-Encoding": encoding}))
    assert answer.status_code == status


def test_options_tells_the_methods(server):
    answer = server.options("/update")
    assert answer.status_code == 204
    assert "POST" in answer.headers["allow"]


# ---- The service of the project -------------------------------------------------------------


def test_nobody_writes_without_a_token(client):
    answer = client.post("/update", data={"update": ONE})
    assert answer.status_code == 403
    assert answer.json()["hint"]


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <http://e/s> <http://e/p> 1 }",
        "CLEAR ALL",
        "DROP ALL",
        "DROP GRAPH <https://w3id.org/neagraph/id/graph/ontology>",
        "INSERT DATA { GRAPH <https://w3id.org/neagraph/id/graph/vocab> { <http://e/s> a 1 } }",
        "INSERT DATA { GRAPH <https://w3id.org/neagraph/id/graph/entailed> { <http://e/s> a 1 } }",
        "INSERT DATA { GRAPH <http://e/elsewhere> { <http://e/s> a 1 } }",
    ],
)
def test_graphs_that_are_not_writable_stay(writable, update):
    before = triples(writable)
    answer = writable.post("/update", data={"update": update})
    assert answer.status_code == 403, answer.text
    assert triples(writable) == before


UNFIT = """
PREFIX nea: <https://w3id.org/neagraph/ontology#>
INSERT DATA { GRAPH <https://w3id.org/neagraph/id/graph/report/x> {
  <https://w3id.org/neagraph/id/statement/x/p1-s1> a nea:Statement
} }"""


def test_data_that_violate_the_shapes_are_422_with_the_report(writable):
    before = triples(writable)
    answer = writable.post("/update", data={"update": UNFIT})
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["type"].endswith("/not-conforming")
    assert problem["details"]
    assert "ValidationReport" in problem["report"]
    assert triples(writable) == before


@pytest.mark.parametrize(
    "media_type",
    ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"],
)
def test_the_report_comes_as_rdf_to_those_who_take_rdf(writable, media_type):
    answer = writable.post("/update", data={"update": UNFIT}, headers={"Accept": media_type})
    assert answer.status_code == 422
    assert answer.headers["content-type"].split(";")[0] == media_type
    assert "ValidationReport" in answer.text


def test_problems_are_json_lines_of_their_own(server):
    answer = server.post("/update", data={"update": "CLEAR XYZ"})
    assert set(json.loads(answer.text)) >= {"type", "title", "status", "detail", "instance"}

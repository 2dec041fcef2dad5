"""What the service tells of itself and of its dataset, from its live state."""

import pytest

from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import parse
from neagraph.web.negotiation import GRAPHS

SD = "http://www.w3.org/ns/sparql-service-description#"
PREFIXES = (
    f"PREFIX sd: <{SD}> PREFIX void: <http://rdfs.org/ns/void#> "
    "PREFIX formats: <http://www.w3.org/ns/formats/> "
)
AS_TURTLE = {"Accept": "text/turtle"}


def described(client, path, **headers):
    answer = client.get(path, headers=AS_TURTLE | headers)
    assert answer.status_code == 200
    return Engine(parse(answer.content, graph_format_by_name("turtle"), source=path))


def values(engine, pattern):
    rows = engine.select(f"{PREFIXES} SELECT ?v {{ {pattern} }} ORDER BY ?v")
    return [value.value for (value,) in rows]


@pytest.mark.parametrize("path", ["/sparql", "/update"])
@pytest.mark.parametrize("offer", GRAPHS, ids=lambda offer: offer.name)
def test_who_asks_for_nothing_is_told_what_there_is(plain, path, offer):
    answer = plain.get(path, headers={"Accept": offer.media_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == offer.media_type
    assert "Accept" in answer.headers["vary"]
    assert parse(answer.content, graph_format_by_name(offer.name), source="answer")


def test_a_client_that_takes_everything_is_told_in_turtle(plain):
    answer = plain.get("/sparql")
    assert answer.headers["content-type"].split(";")[0] == "text/turtle"


def test_a_browser_gets_the_page(client):
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = client.get("/sparql", headers={"Accept": accept})
    assert answer.headers["content-type"].split(";")[0] == "text/html"
    assert client.get("/update", headers={"Accept": accept}).status_code == 405


def test_who_takes_results_alone_is_told_that_there_is_no_query(plain):
    answer = plain.get("/sparql", headers={"Accept": "application/sparql-results+json"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "language"), [("/sparql", "SPARQL11Query"), ("/update", "SPARQL11Update")]
)
def test_endpoint_and_language(plain, path, language):
    engine = described(plain, path)
    assert values(engine, "[] a sd:Service ; sd:endpoint ?v") == [str(plain.base_url.join(path))]
    assert values(engine, "[] sd:supportedLanguage ?v") == [SD + language]


def test_formats(plain):
    engine = described(plain, "/sparql")
    names = {iri.rpartition("/")[2] for iri in values(engine, "[] sd:resultFormat ?v")}
    assert {"SPARQL_Results_JSON", "SPARQL_Results_CSV", "Turtle", "N-Quads"} <= names
    assert len(names) == 10
    assert len(values(engine, "[] sd:inputFormat ?v")) == 4


def test_features_are_those_of_the_mode(plain, client):
    assert values(described(plain, "/sparql"), "[] sd:feature ?v") == []
    assert values(described(client, "/sparql"), "[] sd:feature ?v") == [SD + "UnionDefaultGraph"]


def test_graphs_and_counts_are_those_of_now(plain):
    update = (
        "DROP ALL ; INSERT DATA { <http://e/s> <http://e/p> 1, 2, 3 "
        "GRAPH <http://e/g> { <http://e/s> <http://e/p> 1, 2 } }"
    )
    plain.post("/update", data={"update": update}).raise_for_status()
    engine = described(plain, "/sparql")
    assert values(engine, "[] sd:defaultGraph/void:triples ?v") == ["3"]
    assert values(engine, "[] sd:namedGraph/sd:name ?v") == ["http://e/g"]
    assert values(engine, "[] sd:namedGraph [ sd:graph/void:triples ?v ]") == ["2"]
    plain.post("/update", data={"update": "DROP ALL"}).raise_for_status()
    assert values(described(plain, "/sparql"), "[] sd:namedGraph/sd:name ?v") == []


def test_the_union_is_counted_without_repetition(client, quads):
    engine = described(client, "/sparql")
    triples = {quad.triple for quad in quads}
    assert values(engine, "[] sd:defaultGraph/void:triples ?v") == [str(len(triples))]
    names = {quad.graph_name.value for quad in quads}
    assert set(values(engine, "[] sd:namedGraph/sd:name ?v")) == names


def test_void_tells_of_the_dataset(client, quads):
    engine = described(client, "/.well-known/void")
    dataset = "<https://w3id.org/neagraph/> a void:Dataset ; "
    triples = {quad.triple for quad in quads}
    assert values(engine, dataset + "void:triples ?v") == [str(len(triples))]
    subjects = {quad.subject for quad in quads}
    assert values(engine, dataset + "void:distinctSubjects ?v") == [str(len(subjects))]
    assert values(engine, dataset + "void:sparqlEndpoint ?v") == [
        str(client.base_url.join("/sparql"))
    ]
    assert values(engine, dataset + "<http://purl.org/dc/terms/license> ?v")
    names = {quad.graph_name.value for quad in quads}
    assert set(values(engine, dataset + "void:subset ?v")) == names


def test_void_of_an_empty_server(plain):
    plain.post("/update", data={"update": "DROP ALL"}).raise_for_status()
    engine = described(plain, "/.well-known/void")
    assert values(engine, "[] a void:Dataset ; void:triples ?v") == ["0"]


def test_void_is_rdf_alone(plain):
    assert plain.get("/.well-known/void", headers={"Accept": "image/png"}).status_code == 406


def test_the_host_header_names_the_service(plain):
    engine = described(plain, "/sparql", Host="data.example")
    assert values(engine, "[] sd:endpoint ?v") == ["http://data.example/sparql"]


@pytest.mark.parametrize("host", ["a b", "<x>", 'a"b'])
def test_a_host_header_that_is_no_host_is_not_believed(plain, host):
    assert plain.get("/sparql", headers={"Host": host}).status_code == 400

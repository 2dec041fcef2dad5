"""SPARQL 1.1 Service Description: what a GET on the endpoint without parameters tells."""

from __future__ import annotations

from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse
from neagraph.rdf.terms import NamedNode

from .cases import cases, suite
from .loading import Server
from .manifests import RDF, Entry, Graph

SD = "http://www.w3.org/ns/sparql-service-description#"
DOMAINS = {
    "endpoint": "Service",
    "feature": "Service",
    "supportedLanguage": "Service",
    "resultFormat": "Service",
    "inputFormat": "Service",
    "defaultDataset": "Service",
    "defaultGraph": "Dataset",
    "namedGraph": "Dataset",
    "name": "NamedGraph",
    "graph": "NamedGraph",
}
RANGES = {
    "defaultDataset": "Dataset",
    "defaultGraph": "Graph",
    "namedGraph": "NamedGraph",
    "graph": "Graph",
}


@suite("service description")
@cases("sparql11/service-description/manifest.ttl")
def test_service_description(server: Server, entry: Entry):
    answer = server.client.get("/sparql", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == "text/turtle"
    quads = parse(answer.content, TURTLE, source="description")
    checks = {
        "returns-rdf": lambda: quads != [],
        "has-endpoint-triple": lambda: has_endpoint(Graph(quads), str(answer.url)),
        "conforms-to-schema": lambda: conforms(Graph(quads), quads),
    }
    assert checks[entry.iri.split("#")[1]]()


def has_endpoint(graph: Graph, address: str) -> bool:
    return any(NamedNode(address) in graph.all(s, SD + "endpoint") for s in graph.subjects)


def conforms(graph: Graph, quads) -> bool:
    """Each term of the vocabulary is used on what its domain and range say."""
    for quad in quads:
        name = quad.predicate.value.removeprefix(SD)
        if name == quad.predicate.value:
            continue
        if NamedNode(SD + DOMAINS[name]) not in graph.all(quad.subject, RDF + "type"):
            return False
        if name in RANGES and NamedNode(SD + RANGES[name]) not in graph.all(
            quad.object, RDF + "type"
        ):
            return False
    return True

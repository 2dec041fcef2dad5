"""The SPARQL 1.1 Protocol and the Graph Store Protocol, request by request."""

from __future__ import annotations

import httpx

from neagraph.rdf.formats import TURTLE, results_format_by_name
from neagraph.rdf.io import parse

from .cases import cases, suite
from .comparing import results_of, same_dataset
from .loading import Server
from .manifests import UT, Data, Entry, path_of
from .requests import Expected, Sent, requests_of

HOST = "http://www.example"
TYPES = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"},
}


@suite("protocol")
@cases("sparql11/protocol/manifest.ttl")
def test_protocol(server: Server, entry: Entry):
    named = [
        (entry.graph.text(node, "http://www.w3.org/2000/01/rdf-schema#label"), path)
        for node in entry.graph.all(_subject(entry), UT + "graphData")
        if (path := path_of(entry.graph.one(node, UT + "graph"))) is not None
    ]
    server.fill(Data(named=tuple(named)), kept=False)
    for sent in requests_of(entry):
        answer = send(server.client, sent, sent.path.replace("/sparql/", address_of(entry, sent)))
        check(answer, sent.expected)


def _subject(entry: Entry):
    (subject,) = [s for s in entry.graph.subjects if str(s) == f"<{entry.iri}>"]
    return subject


def address_of(entry: Entry, sent: Sent) -> str:
    """Queries and updates have addresses of their own here."""
    said = " ".join([*sent.headers.values(), sent.path, sent.text])
    is_update = "sparql-update" in said or "update=" in said
    is_wrong_update = "bad_update" in entry.iri and "query" not in said
    return "/update" if is_update or is_wrong_update else "/sparql"


@suite("graph store")
@cases("sparql11/graph-store-protocol/manifest.ttl")
def test_graph_store(server: Server, entry: Entry):
    server.clear()
    values: dict[str, str] = {}
    for asked in requests_of(entry):
        sent = asked.filled(values)
        answer = send(server.client, sent, sent.path.replace("/gsp", "/graphs", 1))
        check(answer, sent.expected)
        if sent.expected.location:
            values[sent.expected.location] = answer.headers["location"]


def send(client: httpx.Client, sent: Sent, path: str) -> httpx.Response:
    request = client.build_request(sent.method, path, content=sent.body, headers=sent.headers)
    return client.send(request)


def check(answer: httpx.Response, expected: Expected) -> None:
    assert answer.status_code in expected.statuses, f"{answer.status_code} {answer.text}"
    media_type = answer.headers.get("content-type", "").split(";")[0]
    if expected.format and answer.is_success:
        assert media_type in TYPES[expected.format]
    if expected.boolean is not None:
        json = results_format_by_name("json")
        assert results_of(answer.content, json.native) is expected.boolean
    wanted = expected.headers.get("content-type", "").split(";")[0]
    assert wanted in {"", media_type}
    if expected.body is not None:
        found = parse(answer.content, TURTLE, source="answer")
        assert same_dataset(found, parse(expected.body.encode(), TURTLE, source="manifest"))

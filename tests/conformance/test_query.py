"""SPARQL 1.0 and 1.1 queries, and the result formats CSV, TSV and JSON."""

from __future__ import annotations

from neagraph.rdf.formats import graph_format_by_name, results_format_by_name
from neagraph.rdf.io import from_lines

from .cases import cases, suite
from .comparing import (
    Table,
    expected_results,
    results_of,
    same_csv,
    same_dataset,
    same_table,
)
from .loading import Server, data_of, text_of
from .manifests import Entry

QUERY = "application/sparql-query"
NAMES = {".srx": "xml", ".srj": "json", ".tsv": "tsv"}


@suite("query 1.0")
@cases("sparql10/manifest-evaluation.ttl")
def test_query_10(server: Server, entry: Entry):
    check(server, entry)


@suite("query 1.1")
@cases("sparql11/manifest-sparql11-query.ttl", kinds={"QueryEvaluationTest"})
def test_query_11(server: Server, entry: Entry):
    check(server, entry)


@suite("results CSV, TSV, JSON")
@cases("sparql11/manifest-sparql11-results.ttl")
def test_results(server: Server, entry: Entry):
    check(server, entry)


def check(server: Server, entry: Entry) -> None:
    text = text_of(entry)
    server.fill(data_of(entry, text), kept=True)
    path = entry.result
    assert path is not None
    if path.suffix == ".csv":
        body = ask(server, text, "text/csv")
        assert same_csv(body.decode(), path.read_text())
        return
    expected = expected_results(path)
    if isinstance(expected, list):
        media_type = graph_format_by_name("ntriples").media_type
        found = from_lines(ask(server, text, media_type).decode().splitlines())
        assert same_dataset(found, expected)
        return
    fmt = results_format_by_name(NAMES.get(path.suffix, "json"))
    results = results_of(ask(server, text, fmt.media_type), fmt.native)
    if isinstance(results, Table) and isinstance(expected, Table):
        assert same_table(results, expected, lax=entry.lax), f"{results} is not {expected}"
    else:
        assert results == expected


def ask(server: Server, text: str, media_type: str) -> bytes:
    headers = {"Content-Type": QUERY, "Accept": media_type}
    answer = server.client.post("/sparql", content=text.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].split(";")[0] == media_type
    return answer.content

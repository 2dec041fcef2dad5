"""SPARQLWrapper, the client most used from Python, understands every answer of the service."""

from __future__ import annotations

import csv
import io

import pytest
import rdflib
import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

NEA = "https://w3id.org/neagraph/ontology#"
ID = "https://w3id.org/neagraph/id/"
STATES = f"SELECT ?state {{ ?state a <{NEA}State> }} ORDER BY ?state LIMIT 3"
TYPES = f"CONSTRUCT {{ ?state a <{NEA}State> }} WHERE {{ ?state a <{NEA}State> }}"


def ask(address: str, query: str, form: str, *, method: str = "GET", **parameters: str):
    """What the client makes of the answer."""
    client = SPARQLWrapper.SPARQLWrapper(f"{address}/sparql", returnFormat=form)
    client.setMethod(method)
    client.setQuery(query)
    for name, value in parameters.items():
        client.addParameter(name, value)
    result = client.query()
    with result.response:
        return result.convert()


def states(address: str) -> list[str]:
    bindings = ask(address, STATES, SPARQLWrapper.JSON)["results"]["bindings"]
    return [row["state"]["value"] for row in bindings]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_json_becomes_bindings(address, method) -> None:
    found = ask(address, STATES, SPARQLWrapper.JSON, method=method)
    assert found["head"]["vars"] == ["state"]
    assert len(found["results"]["bindings"]) == 3


def test_xml_becomes_a_document_with_the_same_rows(address) -> None:
    document = ask(address, STATES, SPARQLWrapper.XML)
    uris = document.getElementsByTagName("uri")
    assert [uri.firstChild.data for uri in uris] == states(address)


@pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("tsv", "\t")])
def test_csv_and_tsv_have_the_same_rows(address, form, separator) -> None:
    text = ask(address, STATES, form).decode()
    rows = [row[0].strip("<>") for row in csv.reader(io.StringIO(text), delimiter=separator)]
    assert rows[1:] == states(address)


def test_ask_becomes_a_boolean(address) -> None:
    assert ask(address, "ASK { ?s ?p ?o }", SPARQLWrapper.JSON)["boolean"] is True


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # the client's own
@pytest.mark.parametrize("form", ["turtle", "json-ld", "rdf+xml", "xml"])
def test_construct_becomes_the_same_graph_in_every_format(address, form) -> None:
    found = ask(address, TYPES, form)
    if not isinstance(found, rdflib.Graph):
        found = rdflib.Graph().parse(data=found, format=form)
    states = {str(state) for state in found.subjects(rdflib.RDF.type, rdflib.URIRef(f"{NEA}State"))}
    assert f"{ID}state/mongolia" in states
    assert len(states) == len(found)


def test_further_parameters_reach_the_service(address) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    whole, said = (
        int(
            ask(address, count, SPARQLWrapper.JSON, scope=scope)["results"]["bindings"][0]["n"][
                "value"
            ]
        )
        for scope in ("all", "asserted")
    )
    assert said < whole


def test_a_query_with_a_mistake_raises_with_the_place(address) -> None:
    with pytest.raises(QueryBadFormed, match="line"):
        ask(address, "SELECT * {", SPARQLWrapper.JSON)


def test_an_update_is_written(plain) -> None:
    client = SPARQLWrapper.SPARQLWrapper(f"{plain}/sparql", f"{plain}/update")
    client.setMethod("POST")
    client.setQuery("INSERT DATA { <urn:s> <urn:p> 1, 2 }")
    client.query().response.close()
    count = ask(plain, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", SPARQLWrapper.JSON)
    assert count["results"]["bindings"][0]["n"]["value"] == "2"

"""rdflib's SPARQL stores: the service behind a Graph, a Dataset, and one that is written."""

from __future__ import annotations

import pytest
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

NEA = "https://w3id.org/neagraph/ontology#"
MONGOLIA = URIRef("https://w3id.org/neagraph/id/state/mongolia")
STATE = URIRef(f"{NEA}State")
REPORT = URIRef("https://w3id.org/neagraph/id/graph/report/neaspec-som-24")
S, P, G = URIRef("urn:s"), URIRef("urn:p"), URIRef("urn:g")


@pytest.fixture
def graph(address) -> Graph:
    return Graph(SPARQLStore(f"{address}/sparql"))


@pytest.fixture
def written(plain) -> SPARQLUpdateStore:
    return SPARQLUpdateStore(f"{plain}/sparql", f"{plain}/update", context_aware=False)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_query_gives_rows_of_terms(address, form) -> None:
    graph = Graph(SPARQLStore(f"{address}/sparql", returnFormat=form))
    rows = list(graph.query(f"SELECT ?s WHERE {{ ?s a <{NEA}State> }} ORDER BY ?s"))
    assert MONGOLIA in {row.s for row in rows}


def test_ask_gives_a_boolean(graph) -> None:
    assert bool(graph.query("ASK { ?s ?p ?o }")) is True


def test_construct_gives_a_graph(graph) -> None:
    query = f"CONSTRUCT {{ ?s a <{NEA}State> }} WHERE {{ ?s a <{NEA}State> }}"
    assert (MONGOLIA, RDF.type, STATE) in graph.query(query).graph


def test_triples_are_found_by_pattern(graph) -> None:
    assert (MONGOLIA, RDF.type, STATE) in graph
    assert Literal("Mongolia", lang="en") in set(graph.objects(MONGOLIA, RDFS.label))


def test_the_graph_tells_its_size(graph) -> None:
    assert len(graph) == int(next(iter(graph.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")))[0])


@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")  # rdflib's own
def test_a_dataset_sees_the_named_graphs(address) -> None:
    dataset = Dataset(SPARQLStore(f"{address}/sparql"), default_union=True)
    rows = dataset.query("SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }")
    assert REPORT in {row.graph for row in rows}


def test_a_named_graph_is_read_by_its_name(address, graph) -> None:
    report = Graph(SPARQLStore(f"{address}/sparql"), identifier=REPORT)
    assert (MONGOLIA, RDF.type, STATE) in report
    assert 0 < len(report) < len(graph)


def test_a_query_with_a_mistake_is_an_error(graph) -> None:
    with pytest.raises(ValueError, match="formulating"):
        graph.query("SELECT * {")


def test_triples_are_added_and_removed(written) -> None:
    graph = Graph(written)
    graph.add((S, P, Literal(1)))
    graph.add((S, P, Literal("ä", lang="de")))
    assert len(graph) == 2
    graph.remove((S, P, Literal(1)))
    assert list(graph.objects(S, P)) == [Literal("ä", lang="de")]


def test_an_update_is_run(written) -> None:
    graph = Graph(written)
    graph.update("INSERT DATA { <urn:s> <urn:p> 1, 2, 3 }")
    graph.update("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o > 1) }")
    assert list(graph) == [(S, P, Literal(1))]


def test_a_named_graph_is_written_and_dropped(plain) -> None:
    dataset = Dataset(SPARQLUpdateStore(f"{plain}/sparql", f"{plain}/update"))
    named = dataset.graph(G)
    named.add((S, P, Literal(1)))
    assert list(named) == [(S, P, Literal(1))]
    dataset.remove_graph(named)
    assert len(named) == 0

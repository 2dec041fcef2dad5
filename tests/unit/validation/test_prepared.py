import pytest
from rdflib import Literal, URIRef, Variable
from rdflib.plugins.sparql.algebra import traverse

from neagraph.errors import ShapesError
from neagraph.validation import prepared
from neagraph.validation.prepared import PreparedGraph, prepare

EX = "http://example.org/"
QUERY = f"""
    SELECT $this ?end WHERE {{
        ?span <{EX}start> ?start ; <{EX}end> ?end .
        ?anchor <{EX}span> ?span .
        $this <{EX}anchor> ?anchor .
    }}"""


def patterns(query):
    found = []
    traverse(query.algebra, visitPre=lambda n: found.extend(getattr(n, "triples", None) or ()))
    return list(dict.fromkeys(found))


def test_patterns_begin_at_what_is_bound_and_go_outward():
    order = [str(p).removeprefix(EX) for _, p, _ in patterns(prepare(QUERY, bound=["this"]))]
    assert order[:2] == ["anchor", "span"]
    assert set(order[2:]) == {"start", "end"}


def test_another_variable_that_is_bound_is_another_beginning():
    first, _, _ = patterns(prepare(QUERY, bound=["span"]))[0]
    assert first == Variable("span")


def test_a_query_is_prepared_once_and_answered_for_each_binding(monkeypatch):
    texts = []
    original = prepared.prepareQuery
    monkeypatch.setattr(prepared, "prepareQuery", lambda text: texts.append(text) or original(text))
    graph = PreparedGraph()
    for name in ("a", "b"):
        graph.add((URIRef(EX + name), URIRef(EX + "p"), Literal(name)))
    query = f"SELECT $this ?o WHERE {{ $this <{EX}p> ?o }}"
    answers = [
        [str(row.o) for row in graph.query(query, initBindings={"this": URIRef(EX + name)})]
        for name in ("a", "b", "c")
    ]
    assert answers == [["a"], ["b"], []]
    assert texts == [query]


@pytest.mark.parametrize(
    ("query", "keyword"),
    [
        ("SELECT * FROM <http://example.org/g> WHERE { ?s ?p ?o }", "FROM"),
        ("SELECT * WHERE { SERVICE <http://example.org/sparql> { ?s ?p ?o } }", "SERVICE"),
        (
            "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://example.org/s> { ?s ?p ?o } } }",
            "SERVICE",
        ),
    ],
)
def test_queries_about_other_places_are_refused(query, keyword):
    with pytest.raises(ShapesError, match=keyword):
        prepare(query, bound=())


def test_a_query_that_cannot_be_parsed_is_shown():
    with pytest.raises(ShapesError, match=r"(?s)cannot be parsed.*SELECT WHERE"):
        prepare("SELECT WHERE {", bound=())

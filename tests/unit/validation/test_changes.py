"""What a change affects; that its check equals that of the whole is a property test."""

import pytest

from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Triple
from neagraph.validation import affected
from neagraph.validation.affected import affected_by
from neagraph.validation.compiler import compile_shapes
from neagraph.validation.validator import validate_change
from neagraph.vocab import RDF_TYPE, XSD

EX = "http://example.org/"
PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:names sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""


def read(text):
    return triples_of(parse((PREFIXES + text).encode(), TURTLE, source="test"))


def ex(name):
    return NamedNode(EX + name)


def live(text):
    return Engine(Quad(t.subject, t.predicate, t.object) for t in read(text))


def a_change(text):
    (triple,) = (t for t in read(text) if t.subject != ex("names") and "shacl#" not in str(t))
    return triple


def change_of(data, added, shapes):
    """Return the names of the nodes that are looked at if a triple is added."""
    engine, triple = live(data + added), a_change(added)
    found = affected_by(engine, compile_shapes(read(shapes)), added=[triple], removed=[])
    assert not found.everywhere
    return {node.value.removeprefix(EX) for nodes in found.nodes.values() for node in nodes}


DATA = """
ex:a a ex:C ; ex:p ex:b ; ex:q 1 . ex:b a ex:D ; ex:r ex:c . ex:c ex:r ex:d . ex:d ex:n 1 .
ex:z a ex:C ; ex:p ex:y . ex:y a ex:D .
"""
ON_C = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; "
READS = {
    "sh:property [ sh:path ex:p ; sh:minCount 1 ]": {"ex:a ex:p ex:x .": {"a"}},
    "sh:property [ sh:path ex:p ; sh:class ex:E ]": {
        "ex:b a ex:E .": {"a"},
        "ex:b a ex:F .": set(),
    },
    "sh:property [ sh:path ex:p ; sh:nodeKind sh:IRI ]": {"ex:b ex:n 2 .": set()},
    "sh:property [ sh:path ( ex:p [ sh:oneOrMorePath ex:r ] ) ; sh:maxCount 9 ]": {
        "ex:d ex:r ex:e .": {"a"},
        "ex:y ex:r ex:e .": {"z"},
        "ex:e ex:r ex:f .": set(),
    },
    "sh:property [ sh:path ( ex:p [ sh:zeroOrOnePath ex:r ] ex:n ) ; sh:maxCount 9 ]": {
        "ex:b ex:n 2 .": {"a"},
        "ex:c ex:n 2 .": {"a"},
        "ex:d ex:n 2 .": set(),
    },
    "sh:property [ sh:path [ sh:inversePath ( ex:t ex:p ) ] ; sh:maxCount 0 ]": {
        "ex:k ex:p ex:a .": {"a"},
        "ex:k ex:t ex:k2 .": set(),
    },
    "sh:property [ sh:path [ sh:inversePath [ sh:zeroOrMorePath ex:r ] ] ; sh:maxCount 9 ]": {
        "ex:x ex:r ex:a .": {"a"},
    },
    "sh:property [ sh:path [ sh:alternativePath ( ex:q ex:t ) ] ; sh:lessThan ex:n ]": {
        "ex:a ex:n 5 .": {"a"},
        "ex:z ex:t 5 .": {"z"},
    },
    "sh:closed true ; sh:property [ sh:path ex:p ]": {"ex:z ex:unheard 1 .": {"z"}},
    "sh:not [ sh:property [ sh:path ex:p ; sh:node [ sh:property ex:P ] ] ]": {
        "ex:b ex:n 5 .": {"a"},
        "ex:c ex:n 5 .": set(),
    },
    "sh:not [ sh:path ex:p ; sh:property [ sh:path ex:r ; sh:maxCount 9 ] ]": {
        "ex:y ex:r 5 .": {"z"},
        "ex:k ex:r 5 .": set(),
    },
    "sh:property [ sh:path ex:p ; sh:property [ sh:path ex:r ; sh:equals ex:n ] ]": {
        "ex:y ex:n 5 .": {"z"},
    },
}
CASES = [(shape, added, nodes) for shape, rows in READS.items() for added, nodes in rows.items()]


@pytest.mark.parametrize(("shape", "added", "nodes"), CASES)
def test_a_change_affects_the_nodes_whose_paths_lead_to_it(shape, added, nodes):
    shapes = f"{ON_C} {shape} . ex:P sh:path ex:n ; sh:maxCount 1 ."
    assert change_of(DATA, added, shapes) == nodes


@pytest.mark.parametrize(
    ("target", "added", "nodes"),
    [
        ("sh:targetClass ex:E", "ex:b a ex:E .", {"b"}),
        ("sh:targetSubjectsOf ex:t", "ex:b ex:t 1 .", {"b"}),
        ("sh:targetObjectsOf ex:t", "ex:b ex:t ex:c .", {"c"}),
        ("sh:targetNode ex:b", "ex:b ex:v 1 .", {"b"}),
        ("sh:targetNode ex:b", "ex:c ex:v 1 .", set()),
    ],
)
def test_a_change_can_make_a_node_a_target(target, added, nodes):
    shapes = f"ex:S a sh:NodeShape ; {target} ; sh:property [ sh:path ex:v ; sh:minCount 1 ] ."
    assert change_of(DATA, added, shapes) == nodes


QUERIES = {
    "$this { $this ex:p ?x . ?x ex:r ?y FILTER NOT EXISTS { ?y ex:n ?n } }": {
        "ex:c ex:n 5 .": {"a"},
        "ex:d ex:n 5 .": set(),
        "ex:y ex:r ex:k .": {"z"},
    },
    "$this { $this ex:p/ex:r+ ?y OPTIONAL { ?y ex:n ?n } BIND (?n + 1 AS ?m) }": {
        "ex:d ex:n 5 .": {"a"},
    },
    "$this { { $this ex:p ?x } UNION { ?x (ex:t|^ex:q)? $this } }": {"ex:k ex:t ex:a .": {"a"}},
    "$this { $this ex:p ?x . ?o ex:p ?x , ?w . ?w a ex:D . FILTER (?o != $this) }": {
        "ex:z ex:p ex:b .": {"a", "z"},
    },
    "$this ?any { $this ex:p ?value . ?value ?any 'x'@en , 5 , true , 'y'^^ex:t }": {
        "ex:b ex:unheard 'x'@en .": {"a"},
        "ex:a ex:unheard 1 .": set(),
    },
    "$this { $this ?any ?b FILTER NOT EXISTS { ?b ex:n ?n } }": {
        "ex:b ex:n 5 .": {"a"},
        "ex:d ex:n 5 .": set(),
    },
    "$this ?any { $this ?any ?b FILTER NOT EXISTS { ?any a ?kind } }": {
        "ex:p a ex:Property .": {"a", "z"},
        "[] a ex:Property .": set(),
        "ex:d a ex:Property .": set(),
    },
    "$this ?any ?b { $this ?any ?b FILTER (?any IN (ex:q, ex:s)) }": {
        "ex:a ex:s ex:b .": {"a"},
        "ex:a ex:r ex:b .": set(),
        "ex:b ex:q 1 .": set(),
    },
    "$this ?any ?b { $this ?any ?b FILTER (?any IN (ex:q, ex:s) || ?b = 1) }": {
        "ex:a ex:r 1 .": {"a"},
    },
    "$this { ex:a ex:p ?b . $this ex:q ?b }": {"ex:a ex:p 1 .": {"a"}, "ex:z ex:p 2 .": set()},
}
QUERY_CASES = [
    (query, added, nodes) for query, rows in QUERIES.items() for added, nodes in rows.items()
]


@pytest.mark.parametrize(("query", "added", "nodes"), QUERY_CASES)
def test_a_change_affects_the_nodes_whose_queries_read_it(query, added, nodes):
    shapes = f'{ON_C} sh:sparql [ sh:prefixes ex:names ; sh:select "SELECT {query}" ] .'
    assert change_of(DATA, added, shapes) == nodes


UNKNOWN = (
    "$this { { SELECT $this (COUNT(?o) AS ?n) { $this ex:p ?o } GROUP BY $this } FILTER (?n > 1) }",
    "$this { $this ex:p [ ex:r ?x ] }",
    "$this { $this ex:p ( 1 2 ) }",
    "$this { $this !ex:p ?x }",
    "$this { ?a ex:p ?b }",
    "$this { $this ?any ?b . ?c ?any ?d }",
    "$this { $this ex:q 1.5 }",
)


@pytest.mark.parametrize("query", UNKNOWN)
def test_where_it_cannot_be_told_what_a_query_reads_it_runs_on_everything(query):
    shapes = f'{ON_C} sh:sparql [ sh:prefixes ex:names ; sh:select "SELECT {query}" ] .'
    compiled = compile_shapes(read(shapes))
    assert compiled.unknown == {0}
    found = affected_by(live(DATA), compiled, added=[a_change("ex:no ex:no 1 .")], removed=[])
    assert (found.nodes, found.everywhere) == ({}, {0})


def test_a_removed_triple_affects_what_it_led_to():
    shapes = read(f"{ON_C} sh:property [ sh:path ( ex:p ex:r ) ; sh:minCount 1 ] .")
    engine, compiled = live(DATA), compile_shapes(shapes)
    gone = [Quad(ex("a"), ex("p"), ex("b")), Quad(ex("b"), ex("r"), ex("c"))]
    engine.remove(gone)
    removed = [Triple(q.subject, q.predicate, q.object) for q in gone]
    report = validate_change(engine, compiled, added=[], removed=removed)
    assert [r.focus_node for r in report.results] == [ex("a")]


REMOVED = {
    "SELECT $this { $this ex:p ?b }": 0,
    "SELECT $this { $this ex:q 1 FILTER NOT EXISTS { $this ex:p ?b } }": 1,
    "SELECT $this { $this ex:p|ex:q ?b } GROUP BY $this HAVING (COUNT(*) < 2)": 1,
}


@pytest.mark.parametrize(("query", "found"), REMOVED.items())
def test_a_removed_triple_affects_what_lacks_it(query, found):
    shapes = read(f'{ON_C} sh:sparql [ sh:prefixes ex:names ; sh:select "{query}" ] .')
    engine, compiled, gone = live(DATA), compile_shapes(shapes), a_change("ex:a ex:p ex:b .")
    engine.remove([Quad(gone.subject, gone.predicate, gone.object)])
    looked_at = affected_by(engine, compiled, added=[], removed=[gone])
    assert list(map(len, looked_at.nodes.values())) == [found] * found
    assert validate_change(engine, compiled, added=[], removed=[gone]).total == found


HUB = "".join(f"ex:n{number} a ex:C ; ex:p ex:hub ; ex:q {number} ." for number in range(80))


def test_many_nodes_on_a_route_are_looked_for_by_all_that_the_query_asks():
    query = "$this { $this ex:p ?h ; ex:q ?v . ?o ex:p ?h ; ex:q ?v . FILTER (?o != $this) }"
    shapes = f'{ON_C} sh:sparql [ sh:prefixes ex:names ; sh:select "SELECT {query}" ] .'
    assert change_of(HUB + "ex:new ex:q 7 .", "ex:new ex:p ex:hub .", shapes) == {"n7"}


def test_many_nodes_that_a_literal_leads_to_are_looked_at_as_a_whole():
    query = "$this { ?v ^ex:q $this . ?v ^ex:t ?o }"
    shapes = f'{ON_C} sh:sparql [ sh:prefixes ex:names ; sh:select "SELECT {query}" ] .'
    data = HUB.replace("ex:p ex:hub", "ex:q 0") + "ex:k ex:t 0 ."
    added = [t for t in read(data) if t.predicate == ex("t")]
    found = affected_by(live(data), compile_shapes(read(shapes)), added=added, removed=[])
    assert found.everywhere == {0}


def test_too_many_nodes_are_looked_at_as_a_whole(monkeypatch):
    monkeypatch.setattr(affected, "MOST_NODES", 50)
    shapes = f"{ON_C} sh:property [ sh:path ( ex:p ex:r ) ; sh:maxCount 1 ] ."
    engine, compiled = live(HUB + "ex:hub ex:r 1 , 2 ."), compile_shapes(read(shapes))
    added = [Triple(ex("hub"), ex("r"), t.object) for t in engine.matching(ex("hub"), ex("r"))]
    assert affected_by(engine, compiled, added=added, removed=[]).everywhere
    assert validate_change(engine, compiled, added=added, removed=[]).total == 80


def test_a_change_of_the_class_hierarchy_affects_everything():
    shapes = read(f"{ON_C} sh:property [ sh:path ex:v ; sh:minCount 1 ] .")
    added = a_change("ex:K rdfs:subClassOf ex:C .")
    report = validate_change(live(DATA), compile_shapes(shapes), added=[added], removed=[])
    assert report.total == 2


def test_no_change_finds_nothing():
    shapes = compile_shapes(read(f"{ON_C} sh:nodeKind sh:Literal ."))
    assert validate_change(live(DATA), shapes, added=[], removed=[]).conforms


def test_blank_nodes_are_looked_at_as_others_are():
    shapes = compile_shapes(
        read(
            f"""{ON_C} sh:property [ sh:path ex:v ; sh:minCount 1 ] . ex:T a sh:NodeShape ;
            sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:names ; sh:select
              "SELECT $this {{ $this ex:p/ex:r ?y . FILTER NOT EXISTS {{ ?y ex:n 1 }} }}" ] .
            """
        )
    )
    engine = Engine()
    one, other = BlankNode("one"), BlankNode("other")
    type_ = NamedNode(RDF_TYPE)
    quads = [
        Quad(one, type_, ex("C")),
        Quad(one, ex("p"), other),
        Quad(other, ex("r"), other),
    ]
    engine.add(quads)
    added = [Triple(q.subject, q.predicate, q.object) for q in quads]
    report = validate_change(engine, shapes, added=added, removed=[])
    assert [r.focus_node for r in report.results] == [one, one]
    engine.add([Quad(one, ex("v"), other)])
    assert validate_change(engine, shapes, added=added, removed=[]).total == 1


def test_what_was_just_written_is_looked_at_as_it_is_written():
    shapes = compile_shapes(
        read(f"""{ON_C} sh:property [ sh:path ex:v ; sh:pattern "^0" ; sh:minInclusive 5 ;
          sh:datatype xsd:nonNegativeInteger ] ; sh:sparql [ sh:prefixes ex:names ;
          sh:select "SELECT $this ?value {{ $this ex:v ?value FILTER (?value < 8) }}" ] .""")
    )
    text = "ex:new a ex:C ; ex:v '07'^^xsd:nonNegativeInteger , 09 , '08'^^xsd:int , 'x'^^xsd:int ."
    written = [t for t in read(text) if t.subject == ex("new")]
    engine = live(text + "ex:old a ex:C ; ex:v '07'^^xsd:nonNegativeInteger .")
    before = set(engine.quads())
    added = [Triple(q.subject, q.predicate, q.object) for q in engine.matching(ex("new"))]
    gone = Triple(ex("new"), ex("v"), Literal("10", datatype=NamedNode(XSD + "integer")))
    report = validate_change(engine, shapes, added=added, removed=[], as_written=[*written, gone])
    assert set(engine.quads()) == before
    found = sorted((r.constraint_component.value.rpartition("#")[2], str(r.value)[:4])
                   for r in report.results)  # fmt: skip
    assert found == [
        ("DatatypeConstraintComponent", '"08"'),
        ("DatatypeConstraintComponent", '"09"'),
        ("DatatypeConstraintComponent", '"x"^'),
        ("MinInclusiveConstraintComponent", '"x"^'),
        ("PatternConstraintComponent", '"x"^'),
        ("SPARQLConstraintComponent", '"7"^'),
    ]

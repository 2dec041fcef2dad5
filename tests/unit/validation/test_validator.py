from concurrent.futures import ThreadPoolExecutor

import pytest

from neagraph.errors import ShapesError, UnreadableError
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Triple
from neagraph.validation.report import VIOLATION, WARNING
from neagraph.validation.validator import validate

PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

NAMED = """
ex:Named a sh:PropertyShape ;
  sh:targetClass ex:Agent ;
  sh:path ex:name ;
  sh:minCount 1 ;
  sh:message "It has no name."@en .
"""

QUERIED = '''
ex:prefixes a owl:Ontology ;
  sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:Unique a sh:NodeShape ;
  sh:targetSubjectsOf ex:code ;
  sh:sparql [
    sh:prefixes ex:prefixes ;
    sh:select """
      SELECT $this ?value
      WHERE { $this ex:code ?c . ?value ex:code ?c . FILTER (?value != $this) }"""
  ] ;
  sh:message "{?value} has the same code."@en .
'''


def read(text):
    return triples_of(parse((PREFIXES + text).encode(), TURTLE, source="test"))


def ex(name):
    return NamedNode("http://example.org/" + name)


def focus_nodes(report):
    return [result.focus_node for result in report.results]


def test_data_that_keep_the_shapes_conform():
    report = validate(read("ex:a a ex:Agent ; ex:name 'A' ."), shapes=read(NAMED))
    assert report.conforms


@pytest.mark.parametrize("most", [None, 1])
def test_the_referee_can_be_chosen_in_place_of_the_compiled_shapes(most):
    data = read("ex:a a ex:Agent . ex:b a ex:Agent ; ex:code 1 . ex:c ex:code 1 .")
    shapes, background = read(NAMED + QUERIED), read("ex:State rdfs:subClassOf ex:Agent .")
    reports = [
        validate(data, shapes=shapes, background=background, engine=engine, most=most)
        for engine in ("compiled", "pyshacl")
    ]
    assert reports[0] == reports[1]
    assert reports[0].total == 4


def test_a_result_says_where_what_and_how_grave():
    (result,) = validate(read("ex:a a ex:Agent ."), shapes=read(NAMED)).results
    assert (result.focus_node, result.path, result.value) == (ex("a"), ex("name"), None)
    assert (result.source_shape, result.severity) == (ex("Named"), VIOLATION)
    assert result.message == "It has no name."


def test_the_arguments_are_not_changed_when_two_threads_validate_at_once():
    data = read("ex:a a ex:Agent ; ex:code 1 . ex:b a ex:Agent ; ex:code 1 .")
    shapes, background = read(NAMED + QUERIED), read("ex:State rdfs:subClassOf ex:Agent .")
    before = list(data), list(shapes), list(background)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(validate, data, shapes=shapes, background=background) for _ in range(8)]
        reports = [job.result() for job in jobs]
    assert (data, shapes, background) == before
    assert len(reports[0].results) == 4
    assert all(report == reports[0] for report in reports)


def test_the_order_of_the_input_does_not_change_the_report():
    data = [
        Triple(ex(f"p{number}"), NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), kind)
        for number in range(12)
        for kind in (ex("Agent"), ex("Thing"))
    ]
    report = validate(data, shapes=read(NAMED))
    assert validate(data[::-1], shapes=read(NAMED)) == report
    assert validate(data[7:] + data[:7], shapes=read(NAMED)) == report
    assert focus_nodes(report) == [ex(f"p{number}") for number in range(12)]


def test_an_ill_typed_literal_is_reported_and_nothing_is_printed(capfd):
    shapes = read("ex:D a sh:PropertyShape ; sh:targetSubjectsOf ex:day ; sh:path ex:day ;"
                  " sh:datatype xsd:date .")  # fmt: skip
    data = read("ex:a ex:day '2022-02-28'^^xsd:date . ex:b ex:day '2022-02-30'^^xsd:date .")
    assert focus_nodes(validate(data, shapes=shapes)) == [ex("b")]
    assert capfd.readouterr() == ("", "")


def test_literals_are_looked_at_as_they_are_written():
    shapes = read("ex:D a sh:PropertyShape ; sh:targetSubjectsOf ex:n ; sh:path ex:n ;"
                  " sh:pattern '^01$' .")  # fmt: skip
    data = read("ex:a ex:n '01'^^xsd:integer . ex:b ex:n 1 .")
    assert focus_nodes(validate(data, shapes=shapes)) == [ex("b")]


def test_a_plain_string_and_an_xsd_string_are_one_term():
    shapes = read("ex:D a sh:PropertyShape ; sh:targetSubjectsOf ex:n ; sh:path ex:n ;"
                  " sh:in ( 'a' 'b'^^xsd:string ) .")  # fmt: skip
    data = read("ex:a ex:n 'a'^^xsd:string , 'b' .")
    assert validate(data, shapes=shapes).conforms


def test_subclasses_count_and_nothing_else_is_inferred():
    data = read("""
        ex:State rdfs:subClassOf ex:Agent .  ex:says rdfs:domain ex:Agent .
        ex:a a ex:State .  ex:b ex:says ex:c .
    """)
    assert focus_nodes(validate(data, shapes=read(NAMED))) == [ex("a")]


def test_nodes_of_the_background_are_looked_at_and_not_checked():
    shapes = read(NAMED + QUERIED)
    data = read("ex:new a ex:Agent ; ex:name 'New' ; ex:code 7 ; ex:knows ex:old .")
    background = read("ex:old a ex:Agent ; ex:code 7 .")
    report = validate(data, shapes=shapes, background=background)
    assert [(r.focus_node, r.value) for r in report.results] == [(ex("new"), ex("old"))]
    assert report.results[0].message == "http://example.org/old has the same code."


def test_a_node_of_the_background_that_the_data_describe_is_checked():
    report = validate(
        read("ex:old ex:age 3 ."), shapes=read(NAMED), background=read("ex:old a ex:Agent .")
    )
    assert focus_nodes(report) == [ex("old")]


def test_a_target_that_nobody_describes_is_checked():
    shapes = read("ex:S sh:targetNode ex:missing ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    report = validate(read("ex:a ex:p 1 ."), shapes=shapes, background=read("ex:b ex:p 1 ."))
    assert focus_nodes(report) == [ex("missing")]


def test_a_blank_node_can_be_the_record_that_a_query_looks_at():
    data = read("[] ex:code 1 . [] ex:code 1 .")
    found = focus_nodes(validate(data, shapes=read(QUERIED)))
    assert set(found) == {triple.subject for triple in data}
    assert all(isinstance(node, BlankNode) for node in found)


def test_warnings_do_not_refuse_the_data():
    shapes = read(NAMED + "ex:Named sh:severity sh:Warning .")
    report = validate(read("ex:a a ex:Agent ."), shapes=shapes)
    assert [result.severity for result in report.results] == [WARNING]
    assert report.accepted
    assert not report.conforms


def test_a_graph_without_shapes_is_refused():
    with pytest.raises(ShapesError, match="no shape"):
        validate(read("ex:a a ex:Agent ."), shapes=read("ex:a a ex:Agent ."))


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ("a sh:PropertyShape ; sh:path ex:p , ex:q ; sh:minCount 1 .", "more than one sh:path"),
        ("a sh:PropertyShape ; sh:path ex:p ; sh:minCount 'one' .", "sh:minCount must be"),
        ("a sh:PropertyShape ; sh:path ex:p ; sh:pattern '(' .", "no regular expression"),
        ("a sh:PropertyShape ; sh:path ex:p ; sh:pattern '(?=a)' .", "looking ahead"),
        ("a sh:PropertyShape ; sh:path ex:p ; sh:minCnt 1 .", "perhaps sh:minCount is meant"),
        ("a sh:NodeShape ; sh:target [] .", "extension of SHACL"),
        ("a sh:NodeShape ; sh:minCount 1 .", "needs a sh:path"),
        ("a sh:PropertyShape .", "has one sh:path"),
        ("sh:path [] ; sh:minCount 1 .", "not a property path"),
        ("sh:path _:p . _:p sh:inversePath _:p .", "runs in a circle"),
        ("a sh:NodeShape ; sh:flags 'i' .", "sh:flags needs a sh:pattern"),
        ("sh:path ex:p ; sh:qualifiedValueShape [] .", "needs sh:qualifiedMinCount"),
        ("a sh:NodeShape ; sh:node 'text' .", "must be a shape"),
        ("a sh:NodeShape ; sh:nodeKind ex:Thing .", "six node kinds"),
        ("a sh:NodeShape ; sh:closed 'yes' .", "true or false"),
        ("a sh:NodeShape ; sh:in ex:list .", "no well-formed RDF list"),
        ("a sh:NodeShape ; sh:or ( 'text' ) .", "holds a literal"),
        ("a sh:NodeShape ; sh:or () .", "well-formed RDF list"),
        ("a sh:NodeShape ; sh:sparql [ sh:select 'SELECT $this WHERE {' ] .", "cannot be parsed"),
        ("a sh:NodeShape ; sh:sparql [ sh:select 'SELECT $this { $this no:p 1 }' ] .", "prefix"),
        (
            "a sh:NodeShape ; sh:sparql [ sh:select 'SELECT $this { $this $PATH 1 }' ] .",
            "no sh:path",
        ),
        ("a sh:NodeShape ; sh:sparql [] .", "one SPARQL text"),
        ("a sh:NodeShape ; sh:sparql [ sh:select 'ASK { $this ?p ?o }' ] .", "cannot be used"),
    ],
)
def test_a_shape_that_cannot_be_used_is_refused(shape, reason):
    shapes = read("ex:S sh:targetClass ex:Agent . ex:S " + shape)
    with pytest.raises(ShapesError, match=f"(?s)shape <?(http://example.org/S|_:).*{reason}"):
        validate(read("ex:a a ex:Agent ; ex:p 'x' ."), shapes=shapes)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this FROM <http://example.org/other> WHERE { $this ?p ?o }",
        "SELECT $this WHERE { SERVICE <http://example.org/sparql> { $this ?p ?o } }",
        "SELECT $this WHERE { $this ?p ?o MINUS { $this ?p 1 } }",
        "SELECT $this WHERE { VALUES ?o { 1 } $this ?p ?o }",
        "SELECT $this WHERE { BIND (1 AS ?this) }",
        "SELECT $this WHERE { { SELECT ?o { ?s ?p ?o } } $this ?p ?o }",
    ],
)
def test_queries_that_are_not_permitted_are_refused(query):
    shapes = read(
        f'ex:S a sh:NodeShape ; sh:targetClass ex:Agent ; sh:sparql [ sh:select "{query}" ] .'
    )
    with pytest.raises(ShapesError):
        validate(read("ex:a a ex:Agent ."), shapes=shapes)


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_a_triple_inside_a_triple_is_refused(engine):
    inner = Triple(ex("a"), ex("p"), Literal("x"))
    with pytest.raises(UnreadableError, match="Triples inside triples"):
        validate([Triple(ex("b"), ex("says"), inner)], shapes=read(NAMED), engine=engine)

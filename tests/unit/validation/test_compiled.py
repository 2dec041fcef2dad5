"""What the compiled queries do that suite, referee and random shapes do not show."""

import pickle

import pytest

from neagraph.errors import ShapesError
from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import Literal, NamedNode, Quad, Triple
from neagraph.validation import expressions
from neagraph.validation.compiler import compile_shapes
from neagraph.validation.validator import validate, validate_dataset
from neagraph.vocab import RDF_TYPE, XSD

EX = "http://example.org/"
PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:names sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""
COUNTED = """
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:names ; sh:select
  "SELECT $this (COUNT(?o) AS ?number) { $this ex:p ?o } GROUP BY $this HAVING (COUNT(?o) > 1)" ;
  sh:message "It has {?number} values of p, {$this}." ] .
"""
NESTED_AND_COUNTED = COUNTED.replace("ex:S a", "ex:Inner a").replace(
    "sh:targetClass ex:C ;", ""
) + ("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:not ex:Inner .")
LONGER = '''
ex:LongerComponent a sh:ConstraintComponent ;
  sh:parameter [ sh:path ex:longerThan ] , [ sh:path ex:unless ; sh:optional true ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:message "Shorter than {?longerThan}." ;
    sh:ask """ASK { FILTER (STRLEN($value) > $longerThan
      || (BOUND($unless) && $value = $unless)) }""" ] .
'''
ON_PATH = """
ex:OnceComponent a sh:ConstraintComponent ; sh:parameter [ sh:path ex:once ] ;
  sh:message "More than once." ;
  sh:propertyValidator [ a sh:SPARQLSelectValidator ;
    sh:select "SELECT $this ?value { $this $PATH ?value , ?o FILTER (?o != ?value && $once) }" ] .
"""


def read(text):
    return triples_of(parse((PREFIXES + text).encode(), TURTLE, source="test"))


def ex(name):
    return NamedNode(EX + name)


def found(data, shapes, **options):
    report = validate(read(data), shapes=read(shapes), **options)
    return [(r.focus_node, r.value, r.message) for r in report.results]


def live(data):
    return Engine(Quad(t.subject, t.predicate, t.object) for t in read(data))


def test_a_query_that_counts_runs_for_each_node_and_fills_its_message():
    data = "ex:a a ex:C ; ex:p 1 , 2 . ex:b a ex:C ; ex:p 1 . [] a ex:C ; ex:p 1 , 2 , 3 ."
    first, blank = sorted(found(data, COUNTED), key=lambda row: row[2])
    assert first == (ex("a"), ex("a"), f"It has 2 values of p, {EX}a.")
    assert blank[2].startswith("It has 3 values")


def test_an_inner_group_sees_the_node_that_is_looked_at():
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:names ;
      sh:select "SELECT $this { { FILTER (BOUND($this)) } { ?o ex:p ?x FILTER (?o = $this) } }"
      ] ."""
    rows = found("ex:a a ex:C ; ex:p 1 . ex:b a ex:C .", shapes)
    assert [node for node, _, _ in rows] == [ex("a")]


def test_what_sparql_cannot_say_goes_to_the_referee_and_is_named():
    compiled = compile_shapes(read(NESTED_AND_COUNTED))
    assert compiled.fallback == (ex("S"),)
    data = "ex:a a ex:C ; ex:p 1 , 2 . ex:b a ex:C ; ex:p 1 ."
    assert [node for node, _, _ in found(data, NESTED_AND_COUNTED)] == [ex("b")]
    report = validate_dataset(live(data), compiled)
    assert [r.focus_node for r in report.results] == [ex("b")]


def test_the_referee_is_handed_the_shapes_that_cannot_be_said_and_no_others():
    other = "ex:T a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:Literal ."
    rows = found("ex:b a ex:C ; ex:p 1 .", NESTED_AND_COUNTED + other)
    assert len(rows) == 2


def test_a_live_dataset_without_its_shapes_graph_is_no_reason_to_conform():
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:names ;
      sh:select "SELECT $this { GRAPH $shapesGraph { $currentShape ex:limit ?n } }" ] ;
      ex:limit 1 ."""
    assert len(found("ex:a a ex:C .", shapes)) == 1
    compiled = compile_shapes(read(shapes))
    assert compiled.fallback == (ex("S"),)
    with pytest.raises(ShapesError, match="shapesGraph"):
        validate_dataset(live("ex:a a ex:C ."), compiled)


def test_our_own_component_tests_each_value_wherever_it_stands():
    shapes = (
        LONGER
        + """
    ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; ex:longerThan 2 .
    ex:T a sh:NodeShape ; sh:targetClass ex:D ;
      sh:not [ sh:path ex:p ; ex:longerThan 2 ; ex:unless "a" ] ."""
    )
    data = "ex:a a ex:C ; ex:p 'ab' , 'abc' . ex:d a ex:D ; ex:p 'a' . ex:e a ex:D ; ex:p 'b' ."
    rows = found(data, shapes)
    assert (ex("a"), Literal("ab"), "Shorter than 2.") in rows
    assert [node for node, _, _ in rows] == [ex("a"), ex("d")]


def test_our_own_component_can_look_along_the_path():
    shapes = (
        ON_PATH
        + """
    ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; ex:once true ."""
    )
    rows = found("ex:a a ex:C ; ex:p 1 , 2 . ex:b a ex:C ; ex:p 1 .", shapes)
    assert [(node, message) for node, _, message in rows] == [(ex("a"), "More than once.")] * 2


def test_a_component_without_its_parameters_or_with_its_validator_off_finds_nothing():
    optional = LONGER.replace("ex:longerThan ]", "ex:longerThan ; sh:optional true ]")
    shapes = "ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; "
    assert found("ex:a a ex:C ; ex:p 'a' .", optional + shapes + "sh:minCount 1 .") == []
    off = LONGER.replace("sh:ask", "sh:deactivated true ; sh:ask")
    assert found("ex:a a ex:C ; ex:p 'a' .", off + shapes + "ex:longerThan 2 .") == []


def test_a_query_that_would_be_too_long_goes_to_the_referee(monkeypatch):
    monkeypatch.setattr(expressions, "_LONGEST", 50)
    shapes = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:not [ sh:class ex:LongName ] ."
    assert compile_shapes(read(shapes)).fallback == (ex("S"),)


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        (ON_PATH + "ex:S a sh:NodeShape ; sh:targetClass ex:C ; ex:once true .", "no validator"),
        (LONGER + "ex:S sh:targetClass ex:C ; sh:path ex:p ; ex:longerThan 1 , 2 .", "several"),
        (LONGER.replace("ex:unless", "ex:this"), "parameter that cannot be used"),
    ],
)
def test_a_component_that_cannot_be_used_is_refused(shapes, reason):
    with pytest.raises(ShapesError, match=reason):
        compile_shapes(read(shapes + "ex:X a sh:NodeShape ."))


def test_a_deactivated_query_and_a_deactivated_shape_find_nothing():
    off = COUNTED.replace("sh:prefixes ex:names", "sh:deactivated true ; sh:prefixes ex:names")
    data = "ex:a a ex:C ; ex:p 1 , 2 ."
    assert found(data, off) == []
    assert found(data, COUNTED + "ex:S sh:deactivated true .") == []
    inner = "ex:T a sh:NodeShape ; sh:targetClass ex:C ; sh:node ex:N . ex:N sh:class ex:D ; "
    assert found(data, inner + "sh:deactivated true .") == []


def test_prefixes_are_found_through_imports_and_in_the_text():
    shapes = """
    ex:more owl:imports ex:names .
    ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:more ; sh:select
      "PREFIX own: <http://example.org/> SELECT * { $this own:p ?o . ?o ex:q ?value. }" ] ."""
    rows = found("ex:a a ex:C ; ex:p ex:b . ex:b ex:q 1 .", shapes)
    assert [(node, value) for node, value, _ in rows] == [
        (ex("a"), Literal("1", datatype=NamedNode(XSD + "integer")))
    ]


def test_values_are_reported_as_they_are_written():
    shapes = """
    ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:in ( 1 ) .
    ex:T a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:names ;
      sh:select "SELECT $this ?value { $this ex:p ?value FILTER (?value = 1) }" ] ."""
    rows = found("ex:a a ex:C ; ex:p 01 .", shapes)
    assert {value.value for _, value, _ in rows} == {"01"}
    assert len(rows) == 2


def test_values_are_compared_whatever_their_form():
    shapes = "ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:minInclusive 5 ."
    data = (
        "ex:a a ex:C ; ex:p 007 , '4'^^xsd:unsignedByte , '2020-01-01'^^xsd:date , 'x'^^xsd:int ."
    )
    assert {value.value for _, value, _ in found(data, shapes)} == {"4", "2020-01-01", "x"}


def test_a_date_is_compared_with_dates_alone():
    """The referee lets a date be less than a text."""
    shapes = "ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:lessThan ex:q ."
    data = "ex:a a ex:C ; ex:p '2020-01-01'^^xsd:date ; ex:q '2021-01-01' ."
    assert len(found(data, shapes)) == 1


def test_on_stored_data_a_derived_integer_type_is_a_range():
    shapes = """ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ;
      sh:datatype xsd:nonNegativeInteger . ex:T a sh:PropertyShape ; sh:targetClass ex:C ;
      sh:path ex:d ; sh:datatype xsd:date ."""
    data = """ex:a a ex:C ; ex:p '5'^^xsd:nonNegativeInteger ; ex:d '2020-01-01'^^xsd:date .
      ex:b a ex:C ; ex:p -5 ; ex:d '2020-02-30'^^xsd:date . ex:c a ex:C ; ex:p 'x' ."""
    report = validate_dataset(live(data), compile_shapes(read(shapes)))
    assert [r.focus_node for r in report.results] == [ex("b"), ex("b"), ex("c")]


def test_a_class_is_found_through_a_subclass_without_a_name():
    data = "_:x rdfs:subClassOf ex:C . ex:a a _:x . ex:b ex:p ex:a ."
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:Literal .
      ex:T a sh:PropertyShape ; sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:class ex:C ."""
    assert [node for node, _, _ in found(data, shapes)] == [ex("a")]


def test_many_values_are_counted():
    shapes = """ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ;
      sh:minCount 5 ; sh:maxCount 6 ."""
    data = "ex:a a ex:C ; ex:p 1,2,3,4 . ex:b a ex:C ; ex:p 1,2,3,4,5 . ex:c a ex:C ; "
    rows = found(data + "ex:p 1,2,3,4,5,6,7 .", shapes)
    assert [(node, message) for node, _, message in rows] == [
        (ex("a"), "There are fewer values than 5."),
        (ex("c"), "There are more values than 6."),
    ]


def test_two_values_at_the_end_of_a_sequence_are_told_from_two_ways_to_one():
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:C ;
      sh:node [ sh:path ( ex:p ex:q ) ; sh:maxCount 1 ] ."""
    data = """
      ex:one a ex:C ; ex:p ex:x , ex:y . ex:x ex:q 1 . ex:y ex:q 1 .
      ex:two a ex:C ; ex:p ex:x , ex:z . ex:z ex:q 2 .
      ex:self a ex:C ; ex:p ex:w . ex:w ex:q ex:self .
      ex:both a ex:C ; ex:p ex:v . ex:v ex:q ex:both , 1 ."""
    assert [node for node, _, _ in found(data, shapes)] == [ex("both"), ex("two")]


def test_a_target_in_no_triple_has_itself_as_value_of_an_empty_path():
    shapes = """ex:S a sh:PropertyShape ; sh:targetNode ex:nobody , 007 ;
      sh:path [ sh:zeroOrMorePath ex:p ] ; sh:minCount 1 ; sh:maxCount 0 ."""
    assert len(found("ex:a ex:q 1 .", shapes)) == 2
    engine = live("ex:a ex:q 1 .")
    before = set(engine.quads())
    report = validate_dataset(engine, compile_shapes(read(shapes)))
    assert len(report.results) == 2
    assert set(engine.quads()) == before


def test_a_blank_node_can_be_a_target_and_no_value_that_is_asked_for():
    data = "_:b ex:p 1 ."
    shapes = "ex:S a sh:NodeShape ; sh:targetNode _:b ; sh:nodeKind sh:IRI . _:b ex:p 1 ."
    both = read(shapes)
    report = validate(both, shapes=both)
    assert len(report.results) == 1
    wanted = "ex:S a sh:PropertyShape ; sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:hasValue [] ."
    assert compile_shapes(read(wanted)).fallback == (ex("S"),)
    assert len(found(data, wanted)) == 1


def test_an_expression_that_explodes_elsewhere_ends_at_once():
    shapes = "ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:pattern '^(a+)+$' ."
    assert len(found(f"ex:a a ex:C ; ex:p '{'a' * 60}!' .", shapes)) == 1


@pytest.mark.parametrize(
    "shape", ["sh:in ( {0} )", "sh:or ( {1} )", "sh:targetNode {2} ; sh:class ex:D"]
)
def test_shapes_with_thousands_of_parts_are_checked(shape):
    texts = " ".join(f"'v{n}'" for n in range(4000))
    shapes = " ".join(f"[ sh:hasValue 'v{n}' ]" for n in range(4000))
    nodes = " , ".join(f"ex:n{n}" for n in range(4000))
    text = f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {shape.format(texts, shapes, nodes)} ."
    report = validate(read("ex:a a ex:C ."), shapes=read(text))
    assert report.total == (4001 if "targetNode" in shape else 1)


@pytest.mark.parametrize("nested", ["sh:not [ ", "sh:property [ sh:path ex:p ; "])
def test_shapes_inside_shapes_are_compiled_up_to_a_depth(nested):
    def deep(times):
        return f"ex:S a sh:NodeShape ; {nested * times} sh:class ex:D {'] ' * times} ."

    assert compile_shapes(read(deep(38))).fallback == ()
    with pytest.raises(ShapesError, match="nested more than 40 deep"):
        compile_shapes(read(deep(60)))


def test_paths_and_queries_are_nested_up_to_a_depth():
    path = "[ sh:zeroOrMorePath " * 60 + "ex:p" + " ]" * 60
    with pytest.raises(ShapesError, match="sh:path is nested"):
        compile_shapes(read(f"ex:S a sh:PropertyShape ; sh:path {path} ."))
    text = "{" * 60 + "}" * 60
    with pytest.raises(ShapesError, match="SPARQL text is nested"):
        compile_shapes(
            read(f"ex:S a sh:NodeShape ; sh:sparql [ sh:select 'SELECT $this {text}' ] .")
        )


@pytest.mark.parametrize(
    "shapes",
    [
        "ex:S a sh:NodeShape ; sh:node ex:S .",
        "ex:S a sh:NodeShape ; sh:or ( ex:T ) . ex:T sh:not ex:U . ex:U sh:property ex:S .",
        """ex:S sh:path ex:p ; sh:property [] ;
          sh:qualifiedValueShape ex:S ; sh:qualifiedMinCount 1 .""",
    ],
)
def test_shapes_that_run_in_a_circle_are_refused(shapes):
    with pytest.raises(ShapesError, match=r"<http://example.org/[ST]> refers to itself|U> refers"):
        compile_shapes(read(shapes))


def test_a_report_can_be_bounded_and_still_counts_everything():
    type_, class_ = NamedNode(RDF_TYPE), ex("C")
    data = [Triple(ex(f"n{number}"), type_, class_) for number in range(20_000)]
    shapes = read("""ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:minCount 1 .
        ex:T a sh:NodeShape ; sh:targetNode ex:n1 ; sh:nodeKind sh:Literal ;
          sh:severity sh:Warning .""")
    report = validate(data, shapes=shapes, most=10)
    assert (len(report.results), report.total) == (10, 20_001)
    assert not report.accepted


def test_compiled_shapes_can_be_sent_to_another_process():
    compiled = compile_shapes(read(COUNTED + NESTED_AND_COUNTED.replace("ex:S", "ex:T")))
    again = pickle.loads(pickle.dumps(compiled))  # noqa: S301  our own bytes
    data = live("ex:a a ex:C ; ex:p 1 , 2 .")
    assert validate_dataset(data, again) == validate_dataset(data, compiled)

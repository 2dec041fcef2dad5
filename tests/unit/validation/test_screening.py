"""Nodes that need no query: whatever is passed over, the query would find nothing in it either."""

import pytest

from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import NamedNode, Quad
from neagraph.validation.compiler import STORED, compile_shapes
from neagraph.validation.running import run_on
from neagraph.validation.screening import Screen

EX = "http://example.org/"
PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
GOOD, BAD = NamedNode(EX + "good"), NamedNode(EX + "bad")


def read(text):
    return triples_of(parse((PREFIXES + text).encode(), TURTLE, source="test"))


def of_p(constraints):
    return f"sh:property [ sh:path ex:p ; {constraints} ]"


def both(good, bad):
    return f"ex:good a ex:C ; {good} . ex:bad a ex:C ; {bad} ."


def looked_at(shape, data):
    """Return the nodes that are left to a query, and those in which queries find something."""
    engine = Engine(Quad(t.subject, t.predicate, t.object) for t in read(data))
    compiled = compile_shapes(read(f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {shape} ."))
    screen = Screen(engine, compiled.shapes)
    nodes = [quad.subject for quad in engine.matching(None, None, NamedNode(EX + "C"))]
    left = {node for check in compiled.checks for node in screen.left(check, nodes)}
    wrong = {
        node
        for check in compiled.checks
        for node in nodes
        if any(run_on(engine, check, [node], STORED))
    }
    return left, wrong


IS_1 = "[ sh:in ( 1 ) ]"
IS_IRI = "[ sh:nodeKind sh:IRI ]"
HAS_Q = "[ sh:path ex:q ; sh:minCount 1 ]"
Q_OR_R = "[ sh:alternativePath ( ex:q ex:r ) ]"
TOLD = {
    "minCount": (of_p("sh:minCount 2"), "ex:p 1 , 2", "ex:p 1"),
    "maxCount": (of_p("sh:maxCount 1"), "ex:p 1", "ex:p 1 , 2"),
    "hasValue": (of_p("sh:hasValue ex:v"), "ex:p ex:v , 1", "ex:p ex:w"),
    "in": (of_p("sh:in ( ex:v 1 )"), "ex:p ex:v , 1", "ex:p ex:w"),
    "class": (of_p("sh:class ex:C"), "ex:p ex:bad", "ex:p ex:v"),
    "class of literals": (of_p("sh:class ex:C"), "ex:q 1", "ex:p 1"),
    "nodeKind": (of_p("sh:nodeKind sh:BlankNodeOrIRI"), "ex:p ex:v , []", "ex:p 1"),
    "datatype": (of_p("sh:datatype xsd:integer"), "ex:p 1 , -20", "ex:p 1.5"),
    "datatype of IRIs": (of_p("sh:datatype xsd:string"), "ex:p 'a'", "ex:p ex:v"),
    "dates": (of_p("sh:datatype xsd:date"), "ex:p '2020-02-28'^^xsd:date", "ex:p '2020-02-28'"),
    "truth": (of_p("sh:datatype xsd:boolean"), "ex:p true", "ex:p 'yes'^^xsd:boolean"),
    "minInclusive": (of_p("sh:minInclusive 1"), "ex:p 1 , 1.0 , 2.5", "ex:p 0.9"),
    "maxExclusive": (of_p("sh:maxExclusive 1"), "ex:p 0.9 , -3", "ex:p 1.0"),
    "no values": (of_p("sh:maxLength 1"), "ex:q 1", "ex:p 'ab'"),
    "pattern": (of_p("sh:pattern '^[a-z]{2}(-[0-9]+)*$'"), "ex:p 'ab-1-22'", "ex:p 'ab\\n'"),
    "pattern of blank nodes": (of_p("sh:pattern '^a'"), "ex:p 'ab'", "ex:p []"),
    "pattern of the node": ("sh:pattern '^http://example\\\\.org/(good|x)$'", "ex:q 1", "ex:q 1"),
    "disjoint": (of_p("sh:disjoint ex:q"), "ex:p 1 ; ex:q 2", "ex:p 1 ; ex:q 1"),
    "node": (of_p(f"sh:node {HAS_Q}"), "ex:p ex:bad", "ex:p ex:v ; ex:q 1"),
    "inner property": (
        f"sh:or ( [ sh:path ex:p ; sh:property {HAS_Q} ] )", "ex:p ex:bad", "ex:p ex:v ; ex:q 1"
    ),
    "property of property": (of_p(f"sh:property {HAS_Q}"), "ex:p ex:bad", "ex:p ex:v ; ex:q 1"),
    "not": (of_p("sh:not [ sh:in ( ex:v ) ]"), "ex:p ex:w", "ex:p ex:v"),
    "and": (of_p(f"sh:and ( {IS_IRI} {HAS_Q} )"), "ex:p ex:bad", "ex:p ex:v ; ex:q 1"),
    "or": (of_p(f"sh:or ( {IS_1} {IS_IRI} )"), "ex:p 1 , ex:v", "ex:p []"),
    "xone": (f"sh:xone ( {HAS_Q} [ sh:path ex:p ; sh:minCount 1 ] )", "ex:p 1", "ex:p 1 ; ex:q 1"),
    "at least": (
        of_p(f"sh:qualifiedValueShape {IS_IRI} ; sh:qualifiedMinCount 1"), "ex:p ex:v , 1", "ex:p 1"
    ),
    "at most": (
        of_p(f"sh:qualifiedValueShape {IS_IRI} ; sh:qualifiedMaxCount 0"), "ex:p 1", "ex:p ex:v , 1"
    ),
    "deactivated": (of_p("sh:not [ sh:deactivated true ; sh:in () ]"), "ex:q 1", "ex:p 1"),
    "paths": (
        f"sh:property [ sh:path ( [ sh:inversePath ex:p ] {Q_OR_R} ) ; sh:maxCount 1 ]",
        "ex:p ex:good , ex:bad ; ex:q 1",
        "ex:p ex:bad ; ex:r 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("shape", "good", "bad"), TOLD.values(), ids=TOLD)
def test_only_nodes_with_something_wrong_are_left_to_queries(shape, good, bad):
    left, wrong = looked_at(shape, both(good, bad))
    assert (left, wrong) == ({BAD}, {BAD})


MANY = " , ".join(map(str, range(101)))
NOT_TOLD = {
    "many values": (of_p("sh:maxCount 200"), f"ex:p {MANY}"),
    "paths that may be empty": (
        "sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:maxCount 2 ]", "ex:p 1"
    ),
    "days that not each month has": (of_p("sh:datatype xsd:date"), "ex:p '2020-01-31'^^xsd:date"),
    "literals of a list of literals": (of_p("sh:not [ sh:in ( 1 ) ]"), "ex:p 2"),
    "lack of a literal": (of_p("sh:not [ sh:path ex:q ; sh:hasValue 1 ]"), "ex:p ex:v"),
    "other comparisons": (of_p("sh:minInclusive 1"), "ex:p 1e3"),
    "flags": (of_p("sh:pattern '^a' ; sh:flags 'i'"), "ex:p 'A'"),
    "patterns that may be read in other ways": (of_p("sh:pattern '^\\\\w+$'"), "ex:p 'a'"),
    "what cannot be counted": (
        of_p("sh:qualifiedValueShape [ sh:minLength 1 ] ; sh:qualifiedMinCount 1"), "ex:p 'a'"
    ),
    "siblings": (
        of_p("sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ;"
             f" sh:qualifiedValueShape {IS_IRI}") + " ; "
        + of_p(f"sh:qualifiedMinCount 0 ; sh:qualifiedValueShape {IS_1}"), "ex:p ex:v"
    ),
    "one or the other": (of_p(f"sh:or ( [ sh:minLength 1 ] {IS_1} )"), "ex:p 'a'"),
    "either": (of_p(f"sh:xone ( [ sh:minLength 1 ] {IS_1} )"), "ex:p 'a'"),
    "lengths": (of_p("sh:minLength 1"), "ex:p 'a'"),
}  # fmt: skip


@pytest.mark.parametrize(("shape", "good"), NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_the_terms_do_not_show_is_left_to_queries(shape, good):
    assert looked_at(shape, f"ex:good a ex:C ; {good} .") == ({GOOD}, set())

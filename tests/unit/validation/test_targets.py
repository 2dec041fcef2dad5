import pytest
from rdflib import SH, Graph, Namespace

from neagraph.validation.targets import focus_nodes, restrict

EX = Namespace("http://example.org/")
PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
DATA = """
ex:State rdfs:subClassOf ex:Agent .
ex:a a ex:Agent ; ex:knows ex:b .
ex:b a ex:State ; ex:knows ex:c .
"""
TARGETS = {
    "ex:S sh:targetNode ex:a , ex:z": {"a", "z"},
    "ex:S sh:targetClass ex:Agent": {"a", "b"},
    "ex:S sh:targetSubjectsOf ex:knows": {"a", "b"},
    "ex:S sh:targetObjectsOf ex:knows": {"b", "c"},
    "ex:S sh:targetClass ex:State ; sh:targetObjectsOf ex:knows": {"b", "c"},
    "ex:S sh:property [ sh:path ex:p ]": set(),
}


def graph(text):
    return Graph().parse(data=PREFIXES + text, format="turtle")


@pytest.mark.parametrize(("declared", "names"), TARGETS.items())
def test_targets_select_focus_nodes(declared, names):
    shapes = graph(declared + " .")
    assert set(focus_nodes(EX.S, shapes, graph(DATA))) == {EX[name] for name in names}


@pytest.mark.parametrize(("declared", "names"), TARGETS.items())
def test_restricted_targets_leave_out_the_given_nodes(declared, names):
    shapes = graph(declared + " .")
    restrict(shapes, graph(DATA), without={EX.b})
    assert set(focus_nodes(EX.S, shapes, Graph())) == {EX[name] for name in names - {"b"}}


@pytest.mark.parametrize("kind", ["rdfs:Class", "owl:Class"])
def test_a_shape_that_is_a_class_is_its_own_target(kind):
    shapes = graph(f"ex:Agent a {kind} , sh:NodeShape .")
    restrict(shapes, graph(DATA), without={EX.a})
    assert set(shapes.objects(EX.Agent, SH.targetNode)) == {EX.b}
    assert set(focus_nodes(EX.Agent, shapes, graph(DATA))) == {EX.b}


def test_a_class_that_is_no_shape_is_left_alone():
    shapes = graph("ex:Agent a owl:Class . ex:S sh:targetNode ex:a .")
    restrict(shapes, graph(DATA), without=set())
    assert (EX.Agent, None, None) in shapes
    assert set(shapes.subjects(SH.targetNode)) == {EX.S}

"""Derivations, from an entailed triple down to asserted ones and the graphs that say them."""

from __future__ import annotations

import pytest

from neagraph.entailment.asking import read_statement, read_triple
from neagraph.entailment.derivation import GIVEN, Derivation, derive, to_json, to_text
from neagraph.errors import NotFoundError, UsageError
from neagraph.rdf.io import in_graph
from neagraph.vocab import GRAPH_ENTAILED

from .reading import quads, triples

AXIOMS = """
:p owl:inverseOf :q . :q rdfs:domain :C . :C rdfs:subClassOf :D . :D rdfs:subClassOf :E .
:near a owl:SymmetricProperty , owl:TransitiveProperty .
"""


def why(turtle: str, asked: str) -> Derivation:
    (triple,) = triples(asked)
    data = [*in_graph(quads(AXIOMS), "urn:axioms"), *in_graph(quads(turtle), "urn:data")]
    return derive(data, triple)


def test_derivation_goes_down_to_asserted_triples_with_their_sources():
    told = why(":x :p :y .", ":y a :D .")
    assert (told.rule, told.axiom_graphs, told.is_asserted) == ("cax-sco", ("urn:axioms",), False)
    (member,) = told.premises
    assert (member.rule, member.triple) == ("prp-dom", *triples(":y a :C ."))
    (turned,) = member.premises
    assert (turned.rule, turned.axiom) == (
        "prp-inv1",
        "<http://example.org/p> is the inverse of <http://example.org/q> (owl:inverseOf)",
    )
    (said,) = turned.premises
    assert (said.triple, said.graphs, said.premises) == (*triples(":x :p :y ."), ("urn:data",), ())


def test_asserted_triple_is_its_own_reason_even_if_it_follows_as_well():
    told = why(":x a :C , :D .", ":x a :D .")
    assert told == Derivation(*triples(":x a :D ."), ("urn:data",))


def test_of_several_reasons_the_one_that_rests_on_asserted_triples_is_told():
    told = why(":x a :C . :z :q :w . :x :q :w .", ":x a :D .")
    assert [premise.is_asserted for premise in told.premises] == [True]


def test_derivation_never_runs_in_a_circle():
    told = why(":a :near :b . :b :near :c . :c :near :d .", ":d :near :a .")
    seen = []

    def walk(step: Derivation, above: tuple) -> None:
        assert step.triple not in above
        seen.append(step.is_asserted)
        for premise in step.premises:
            walk(premise, (*above, step.triple))

    walk(told, ())
    assert sum(seen) >= 3


def test_axioms_follow_from_axioms_even_by_way_of_expressions_without_a_name():
    axioms = """
    :K rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .
    [ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :L .
    """
    told = why(axioms, ":K rdfs:subClassOf :L .")
    assert told.rule == "scm-sco"
    assert told.axiom_graphs == ()


def test_thing_without_a_name_takes_part():
    told = why("_:b :p :y .", ":y a :C .")
    assert told.premises[0].premises[0].graphs == ("urn:data",)


def test_what_has_no_graph_of_its_own_is_given():
    (triple,) = triples(":x a :D .")
    told = derive(quads(":C rdfs:subClassOf :D . :x a :C ."), triple)
    assert told.axiom_graphs == told.premises[0].graphs == (GIVEN,)
    assert to_text(told).endswith(": said in the data given\n")


def test_what_was_entailed_before_is_no_source():
    (triple,) = triples(":x a :D .")
    data = quads(":C rdfs:subClassOf :D . :x a :C .")
    told = derive([*data, *in_graph(quads(":x a :D ."), GRAPH_ENTAILED)], triple)
    assert not told.is_asserted


def test_what_does_not_follow_is_an_error_that_says_so():
    with pytest.raises(NotFoundError) as caught:
        why(":x a :D .", ":x a :C .")
    assert "neither say nor entail" in caught.value.message


def test_derivation_as_text_and_as_json():
    told = why(":x a :C .", ":x a :D .")
    assert to_text(told).splitlines() == [
        "<http://example.org/x> rdf:type <http://example.org/D>",
        (
            "  by cax-sco: <http://example.org/C> is a kind of <http://example.org/D>"
            " (rdfs:subClassOf) [<urn:axioms>]"
        ),
        "  <http://example.org/x> rdf:type <http://example.org/C>: said in <urn:data>",
    ]
    told = to_json(told)
    assert told["rule"] == "cax-sco"
    assert told["axiomGraphs"] == ["urn:axioms"]
    assert told["premises"][0]["graphs"] == ["urn:data"]
    assert told["triple"][2] == "<http://example.org/D>"


@pytest.mark.parametrize(
    "text",
    [
        "state/japan rdf:type nea:Agent",
        "<state/japan> a nea:Agent .",
        "https://w3id.org/neagraph/id/state/japan a <https://w3id.org/neagraph/ontology#Agent>",
    ],
)
def test_statement_is_read_as_turtle_has_it_or_as_pages_show_it(text):
    (triple,) = triples("<state/japan> a nea:Agent .")
    assert read_statement(text) == triple


def test_literal_with_blanks_is_one_term():
    assert read_statement('state/japan rdfs:label "Ja pan"@en').object.value == "Ja pan"
    assert read_triple("state/japan", "rdfs:label", '"Ja pan"@en').object.language == "en"


@pytest.mark.parametrize(
    "text", ["", "a b", "x:y rdf:type nea:A", "_:b a nea:A", "a b c d", "1 2 3"]
)
def test_what_is_no_statement_is_an_error_with_an_example(text):
    with pytest.raises(UsageError) as caught:
        read_statement(text)
    assert "state/japan" in caught.value.hint

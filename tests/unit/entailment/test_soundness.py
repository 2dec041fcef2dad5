"""What must not be entailed, what is never told, and axioms outside OWL 2 RL."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from neagraph.entailment.closure import entail
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import require_consistent
from neagraph.errors import InconsistencyError, UnsupportedAxiomError

from .reading import DATA, entailed, entailment, project_quads, quads, triples

NOT_ENTAILED = {
    "a wider class says nothing of a narrower one": ":C rdfs:subClassOf :D . :x a :D .",
    "a property holds one way only": ":p rdfs:range :C . :p rdfs:domain :C . :x :q :y .",
    "a chain needs all its steps": ":r owl:propertyChainAxiom (:p :q) . :x :p :y . :z :q :w .",
    "some value needs one of the class": "[ owl:onProperty :p ; owl:someValuesFrom :C ]"
    " rdfs:subClassOf :D . :x :p :y .",
    "an intersection needs all its members": "[ owl:intersectionOf (:C :D) ] rdfs:subClassOf :E ."
    " :x a :C .",
    "a literal is no subject of a range": ':p rdfs:range :C . :x :p "a" .',
    "a literal is no subject of an inverse": ':p owl:inverseOf :q . :x :p "a" .',
    "a literal is no subject of a symmetric property": ':p a owl:SymmetricProperty . :x :p "a" .',
    "nothing is of a datatype": ":p rdfs:range xsd:integer . :x :p 1 .",
    "nothing is told to be a thing": ":p rdfs:domain owl:Thing . :p rdfs:range rdfs:Resource ."
    " :x :p :y .",
    "nothing is told to be the same as itself": ":p a owl:FunctionalProperty . :x :p :y .",
    "no class is told to be under itself": ":C a owl:Class ; rdfs:subClassOf :C .",
    "data say nothing of annotations of axioms": "[] a owl:Axiom ; owl:annotatedSource :C ;"
    " owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget :D . :x a :C .",
    "an ontology's header is no axiom": "<http://example.org/> a owl:Ontology ;"
    ' owl:imports :other ; owl:versionInfo "1" ; owl:priorVersion :old .',
    "nothing belongs to a class without members": "owl:Nothing rdfs:subClassOf :C . :x a :D .",
    "a literal has no values": '[ owl:onProperty [ owl:inverseOf :p ] ; owl:hasValue "a" ]'
    ' rdfs:subClassOf :C . :x :p "a" .',
    "no expression is told about": ":p rdfs:domain [ owl:onProperty :q ; owl:allValuesFrom :C ] .",
}
ONE_KEY_OF_TWO = ":C owl:hasKey (:p :q) . :x a :C ; :p 1 ; :q 2 . :y a :C ; :p 1 ; :q 3 ."
CONSISTENT = {
    "different values of a key": ONE_KEY_OF_TWO,
    "a missing value of a key": ":C owl:hasKey (:p :q) . :x a :C ; :p 1 . :y a :C ; :p 1 .",
    "the key of another class": ":C owl:hasKey (:p) . :x a :C ; :p 1 . :y :p 1 .",
    "one value written twice": ":p a owl:FunctionalProperty . :x :p 1 , 1.0 .",
    "one class of two disjoint ones": ":C owl:disjointWith :D . :x a :C . :y a :D .",
    "an asymmetric property one way": ":p a owl:AsymmetricProperty . :x :p :y .",
    "a whole decimal is an integer": ":p rdfs:range xsd:integer . :x :p 1.0 .",
    "a string may be a token": ':p rdfs:range xsd:token . :x :p "a" .',
    "a derived integer": ':p rdfs:range xsd:integer . :x :p "1"^^xsd:nonNegativeInteger .',
    "a large integer": ":p rdfs:range xsd:integer . :x :p 99999999999999999999999 .",
    "a datatype that is not known": ':p rdfs:range xsd:integer . :x :p "1"^^:roman .',
}


@pytest.mark.parametrize("identity", ["check", "infer"])
@pytest.mark.parametrize("turtle", NOT_ENTAILED.values(), ids=NOT_ENTAILED)
def test_nothing_is_entailed_because(turtle, identity):
    assert entailed(turtle, identity=identity) == set()


@pytest.mark.parametrize("turtle", CONSISTENT.values(), ids=CONSISTENT)
def test_there_is_no_clash_for(turtle):
    assert entailment(turtle).clashes == ()


def test_two_things_that_share_one_of_two_key_values_stay_two():
    assert entailed(ONE_KEY_OF_TWO, identity="infer") == set()


UNSUPPORTED = {
    "some value on the right": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :D ] .",
        "owl:someValuesFrom on the right side",
    ),
    "equivalence with some value": (
        ":C owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :D ] .",
        "owl:someValuesFrom on the right side",
    ),
    "a union on the right": (
        ":C rdfs:subClassOf [ owl:unionOf (:D :E) ] .",
        "owl:unionOf on the right side",
    ),
    "a named union": (":C owl:unionOf (:D :E) .", "owl:unionOf on the right side"),
    "a union as range": (":p rdfs:range [ owl:unionOf (:D :E) ] .", "owl:unionOf"),
    "an enumeration on the right": (
        ":C rdfs:subClassOf [ owl:oneOf (:x :y) ] .",
        "owl:oneOf on the right side",
    ),
    "all values on the left": (
        "[ owl:onProperty :p ; owl:allValuesFrom :D ] rdfs:subClassOf :C .",
        "owl:allValuesFrom on the left side",
    ),
    "a complement on the left": (
        "[ owl:complementOf :D ] rdfs:subClassOf :C .",
        "owl:complementOf on the left side",
    ),
    "everything on the left": ("owl:Thing rdfs:subClassOf :C .", "owl:Thing"),
    "a minimum": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:minCardinality 1 ] .",
        "owl:minCardinality",
    ),
    "an exact number": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:cardinality 1 ] .",
        "owl:cardinality",
    ),
    "a maximum of two": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 2 ] .",
        "max 2",
    ),
    "a maximum of values of a datatype": (
        (
            ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ;"
            " owl:onDataRange xsd:string ] ."
        ),
        "max 1",
    ),
    "a self restriction": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasSelf true ] .",
        "owl:hasSelf",
    ),
    "a disjoint union": (":C owl:disjointUnionOf (:D :E) .", "owl:disjointUnionOf"),
    "a reflexive property": (":p a owl:ReflexiveProperty .", "owl:ReflexiveProperty"),
    "a restricted datatype": (
        (
            ":p rdfs:range [ a rdfs:Datatype ; owl:onDatatype xsd:integer ;"
            " owl:withRestrictions ([ xsd:minInclusive 0 ]) ] ."
        ),
        "owl:onDatatype",
    ),
    "a word that OWL does not have": (":C owl:wideningOf :D .", "owl:wideningOf"),
    "a restriction without a property": (
        ":C rdfs:subClassOf [ owl:hasValue :v ] .",
        "owl:onProperty",
    ),
    "two expressions in one node": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ; owl:allValuesFrom :D ] .",
        "owl:hasValue",
    ),
    "a broken list": (
        ":C rdfs:subClassOf [ owl:intersectionOf [ rdf:first :D ] ] .",
        "rdf:rest",
    ),
    "a circular list": (
        ":C rdfs:subClassOf [ owl:intersectionOf _:l ] . _:l rdf:first :D ; rdf:rest _:l .",
        "circle",
    ),
    "a property without a name": (
        "[ owl:onProperty [ :note 1 ] ; owl:hasValue :v ] rdfs:subClassOf :C .",
        "An unnamed property",
    ),
    "a triple term": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue <<( :x :p :y )>> ] .",
        "A triple term",
    ),
    "a literal as class": (':C rdfs:subClassOf "D" .', '"D"'),
}


@pytest.mark.parametrize(("turtle", "named"), UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_axiom_outside_the_rules_is_an_error_that_names_it(turtle, named):
    with pytest.raises(UnsupportedAxiomError) as caught:
        entailed(turtle)
    assert named in caught.value.message
    assert caught.value.hint
    assert caught.value.where


def test_error_names_class_and_expression_and_says_what_to_do():
    with pytest.raises(UnsupportedAxiomError) as caught:
        entailed("nea:Offer rdfs:subClassOf [ owl:onProperty nea:actor ; owl:someValuesFrom :D ] .")
    assert "nea:Offer" in caught.value.message
    assert "(nea:actor some <http://example.org/D>)" in caught.value.message
    assert "sh:minCount" in caught.value.hint


FACTS = """
:narrow rdfs:subPropertyOf :wide . :wide owl:inverseOf :back . :back a owl:TransitiveProperty .
:C rdfs:subClassOf :D ; owl:disjointWith :E . :wide rdfs:domain :C . :one a owl:FunctionalProperty .
[ owl:onProperty :back ; owl:someValuesFrom :C ] rdfs:subClassOf :E .
"""
names = st.sampled_from([f":i{n}" for n in range(5)])
properties = st.sampled_from([":narrow", ":wide", ":back", ":one"])
classes = st.sampled_from([":C", ":D", ":E"])
fact = st.one_of(
    st.tuples(names, properties, names).map(" ".join),
    st.tuples(names, st.just("a"), classes).map(" ".join),
)
facts = st.lists(fact, min_size=1, max_size=12).map(lambda drawn: quads(" . ".join([*drawn, ""])))
steady = settings(deadline=None, max_examples=40, database=None)


@seed(24)
@steady
@given(facts, st.sampled_from(["check", "infer"]))
def test_closure_is_idempotent(drawn, identity):
    data = quads(FACTS) + drawn
    first = entail(data, identity=identity)
    closed = [pyoxigraph.Quad(t.subject, t.predicate, t.object) for t in first.triples]
    second = entail(data + closed, identity=identity)
    assert second.triples == ()
    assert len(second.clashes) == len(first.clashes)


@seed(24)
@steady
@given(facts, facts, st.sampled_from(["check", "infer"]))
def test_closure_is_monotone(drawn, more, identity):
    data = quads(FACTS)
    small = entail(data + drawn, identity=identity)
    large = entail(data + drawn + more, identity=identity)
    asserted = {quad.triple for quad in more}
    assert set(small.triples) <= set(large.triples) | asserted
    assert len(small.clashes) <= len(large.clashes)


def test_asserted_triples_are_not_entailed():
    assert entailed(":C rdfs:subClassOf :D . :x a :C , :D .") == set()


def test_graphs_do_not_matter_and_a_triple_in_two_graphs_counts_once():
    axioms = quads(":p a owl:AsymmetricProperty ; rdfs:subPropertyOf :q .")
    spread = [
        pyoxigraph.Quad(q.subject, q.predicate, q.object, pyoxigraph.NamedNode(f"urn:g:{name}"))
        for name in "ab"
        for q in quads(":x :p :y .")
    ]
    result = entail(axioms + spread)
    assert set(result.triples) == triples(":x :q :y .")
    assert result.clashes == ()


@pytest.mark.parametrize("reasoner", [entail, entail_with_owlrl])
def test_input_is_not_changed(reasoner):
    data = quads(":p rdfs:range [ owl:intersectionOf (:C :D) ] . :x :p [ :p 01 ] .")
    before = list(data)
    reasoner(data)
    assert data == before


def test_things_without_a_name_keep_their_identity():
    data = quads(":p rdfs:range :C . :x :p _:y .")
    (blank,) = {q.object for q in data if isinstance(q.object, pyoxigraph.BlankNode)}
    assert [triple.subject for triple in entail(data).triples] == [blank]


def test_rounds_are_told():
    told = []
    turtle = ":p owl:propertyChainAxiom (:p :p) . :a :p :b . :b :p :c . :c :p :d . :d :p :e ."
    result = entail(quads(turtle), on_round=lambda number, new: told.append((number, new)))
    assert [number for number, _ in told] == list(range(1, result.rounds + 1))
    assert sum(new for _, new in told) == len(result.triples) == 6
    assert told[-1][1] == 0


def test_consistent_entailment_passes():
    require_consistent(entailment(":C rdfs:subClassOf :D . :x a :C ."))


def test_many_clashes_are_one_error_that_shows_twenty_and_tells_the_total():
    members = " ".join(f":x{n} a :C , :D ." for n in range(23))
    with pytest.raises(InconsistencyError) as caught:
        require_consistent(entailment(":C owl:disjointWith :D . " + members))
    assert "23 contradictions" in caught.value.message
    assert len(caught.value.details) == 21
    assert caught.value.details[-1] == "… and 3 more"


@pytest.mark.slow
@pytest.mark.parametrize("identity", ["check", "infer"])
def test_closure_of_the_project_equals_the_referee_and_is_consistent(identity):
    data = project_quads(*DATA)
    ours = entail(data, identity=identity)
    theirs = entail_with_owlrl(data, identity=identity)
    assert set(ours.triples) == set(theirs.triples)
    assert (ours.clashes, theirs.clashes) == ((), ())

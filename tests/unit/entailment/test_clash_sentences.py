"""Deliberate contradictions on the project's own axioms, and the sentences that tell them."""

from __future__ import annotations

import pytest

from neagraph.entailment.closure import entail

from .reading import TBOX, entailment, project_quads, quads

MEETING = '<meeting/som> a nea:BodySession ; rdfs:label "SOM-24"@en . '
CLASHES = {
    "a meeting as actor": (
        MEETING + "<statement/a> a nea:Noting ; nea:actor <meeting/som> .",
        {"cax-adc"},
        "“SOM-24” (meeting/som) is both",
    ),
    "a place as host": (
        MEETING + '<place/china> a nea:Territory ; rdfs:label "China (territory)"@en ;'
        " nea:hosts <meeting/som> .",
        {"cax-adc"},
        "“China (territory)” (place/china) is both",
    ),
    "a task that is an offer as well": (
        "<commitment/c1> a nea:Task , nea:OfferedCommitment .",
        {"cax-adc"},
        "commitment/c1 is both",
    ),
    "a statement that is a commitment as well": (
        "<statement/a> a nea:Offer , nea:OfferedCommitment .",
        {"cax-adc"},
        "statement/a is both",
    ),
    "two States with one code": (
        (
            '<state/a> a nea:State ; rdfs:label "Aland"@en ; nea:iso3 "ALD" .'
            ' <state/b> a nea:State ; nea:iso3 "ALD" .'
        ),
        {"prp-key"},
        '“Aland” (state/a) and state/b have the same nea:iso3: "ALD"',
    ),
    "two donors of one contribution": (
        (
            "<contribution/a> a nea:Contribution ; nea:donor <state/a> , <state/b> ."
            " <state/a> a nea:State . <state/b> a nea:State ."
        ),
        {"prp-fp"},
        "state/a and state/b are two values of nea:donor for contribution/a",
    ),
    "a statement of two families": (
        "<statement/a> a nea:Noting , nea:Adoption .",
        {"cax-adc"},
        "statement/a is both",
    ),
    "a State that is a body": (
        "<state/a> a nea:State , nea:Secretariat .",
        {"cax-adc"},
        "state/a is both",
    ),
    "one local number twice in a report": (
        (
            "<statement/a> a nea:Noting ; nea:inParagraph <paragraph/p1> ; nea:localId 'p1-s1-a' ."
            "<statement/b> a nea:Noting ; nea:inParagraph <paragraph/p1> ; nea:localId 'p1-s1-a' ."
            "<paragraph/p1> a nea:Paragraph ; nea:paragraphOf <document/report> ."
            "<document/report> a nea:MeetingReport ."
        ),
        {"prp-key"},
        "statement/a and statement/b have the same nea:recordedIn and nea:localId",
    ),
}


@pytest.fixture(scope="module")
def tbox():
    return project_quads(*TBOX)


@pytest.mark.parametrize(("turtle", "rules", "sentence"), CLASHES.values(), ids=CLASHES)
def test_clash_is_found_and_names_whom_it_concerns(tbox, turtle, rules, sentence):
    clashes = entail(tbox + quads(turtle)).clashes
    assert {clash.rule for clash in clashes} == rules
    assert sentence in clashes[0].sentence
    assert clashes[0].sentence.count(clashes[0].axiom) == 1


def test_sentence_tells_the_asserted_triples_that_the_clash_comes_from(tbox):
    turtle = MEETING + "<statement/a> a nea:Noting ; nea:actor <meeting/som> ."
    (clash,) = entail(tbox + quads(turtle)).clashes
    assert "statement/a nea:actor meeting/som" in clash.sentence
    assert {triple.predicate.value.rsplit("#")[-1] for triple in clash.because} >= {"actor"}


def test_sentence_names_the_axiom():
    (clash,) = entailment(":C owl:disjointWith :D . :x a :C , :D .").clashes
    assert clash.sentence == (
        "<http://example.org/x> is both <http://example.org/C> and <http://example.org/D>: "
        "nothing is both <http://example.org/C> and <http://example.org/D> (owl:disjointWith)"
    )


def test_long_list_of_classes_is_told_in_short():
    classes = " ".join(f":C{n}" for n in range(9))
    turtle = f"[] a owl:AllDisjointClasses ; owl:members ({classes}) . :x a :C0 , :C8 ."
    (clash,) = entailment(turtle).clashes
    assert "and 5 more (owl:AllDisjointClasses)" in clash.axiom


def test_braces_in_a_literal_are_told_as_they_are():
    turtle = ':C owl:disjointWith [ owl:onProperty :p ; owl:hasValue "{9} {" ] .'
    (clash,) = entailment(turtle + ' :x a :C ; :p "{9} {" .').clashes
    assert "value {9} {)" in clash.sentence


def test_what_has_no_name_is_not_given_one():
    turtle = ":C owl:disjointWith :D . :p rdfs:range :D . _:x a :C . :y :p _:x ."
    (clash,) = entailment(turtle).clashes
    assert "genid" not in clash.sentence
    assert clash.sentence.startswith("_:")


def test_each_contradiction_is_told_once_whatever_the_order_of_its_individuals():
    clashes = entailment(":p a owl:FunctionalProperty . :x :p :a , :b , :c .").clashes
    assert len(clashes) == 3

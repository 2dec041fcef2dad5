"""What was perhaps meant: the nearest of what a shape allows, and nothing that it would refuse."""

from dataclasses import replace

import pytest

from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import Literal, NamedNode, Quad
from neagraph.validation.report import VIOLATION, ValidationResult
from neagraph.validation.suggestions import Suggester
from neagraph.vocab import SH, XSD

EX = "http://example.org/"
HEAD = (
    "@base <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . "
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
)
SHAPES = """
<in> sh:path <colour> ; sh:in ( <red> <green> "blue" ) .
<class> sh:path <body> ; sh:class <Body> .
<scheme> sh:path <verb> ; sh:node [ sh:property [ sh:path skos:inScheme ; sh:hasValue <verbs> ] ] .
<or> sh:path <x> ; sh:or ( [ sh:hasValue <yellow> ] [ sh:in ( <purple> ) ] ) .
<amount> sh:path <n> ;
  sh:node [ sh:or ( [ sh:datatype xsd:decimal ] [ sh:datatype xsd:integer ] ) ] .
<whole> sh:path <n> ; sh:datatype xsd:integer .
<day> sh:path <d> ; sh:datatype xsd:date .
<code> sh:path <iso> ; sh:pattern "^[A-Z]{3}$" .
<address> sh:pattern "^http://example.org/state/[a-z-]+$" .
<broken> sh:path <iso> ; sh:pattern "^[A-Z" .
<needed> sh:path <actor> ; sh:minCount 1 .
"""
KNOWN = """
<committee> a <Committee> . <Committee> rdfs:subClassOf <Body> .
<urge> skos:inScheme <verbs> ; skos:prefLabel "call upon"@en . <note> skos:inScheme <verbs> .
<p3-s1-a> skos:inScheme <verbs> . <verbal> skos:prefLabel "other"@en .
<record> <actr> <someone> ; <label> "x" . <ACTOR> a <Thing> . <two> <Actor> <someone> .
"""


def triples(text):
    return triples_of(parse((HEAD + text).encode(), TURTLE, source="test"))


KNOWN_QUADS = (Quad(t.subject, t.predicate, t.object) for t in triples(KNOWN))
SUGGESTER = Suggester(triples(SHAPES), Engine(KNOWN_QUADS))


def iri(name):
    return NamedNode(EX + name)


def result(shape, value, **more):
    return replace(
        ValidationResult(
            focus_node=iri("record"),
            path=iri("p"),
            value=value,
            source_shape=iri(shape),
            source_constraint=None,
            constraint_component=NamedNode(SH + "NodeConstraintComponent"),
            severity=VIOLATION,
            message="",
            fix_hint="",
            docs="",
        ),
        **more,
    )


def said(shape, value):
    found = SUGGESTER.of(result(shape, value))
    return None if found is None else found.text.removeprefix("did you mean ").removesuffix("?")


@pytest.mark.parametrize(
    ("shape", "value", "meant"),
    [
        ("in", iri("gren"), "<http://example.org/green>"),
        ("in", Literal("Red"), "<http://example.org/red>"),
        ("in", Literal("bleu"), '"blue"'),
        ("in", Literal("orange"), None),
        ("class", iri("comittee"), "<http://example.org/committee>"),
        ("scheme", iri("urges"), "<http://example.org/urge>"),
        ("scheme", Literal("calls upon"), "<http://example.org/urge>"),
        ("scheme", Literal("noted"), "<http://example.org/note>"),
        ("or", iri("yelow"), "<http://example.org/yellow>"),
        ("or", iri("purpel"), "<http://example.org/purple>"),
        ("amount", Literal("US$ 44,985"), "44985.0"),
        ("amount", Literal("1 of 2"), None),
        ("whole", Literal("1,200"), "1200"),
        ("whole", Literal("1.5"), None),
        ("day", Literal("2021/5/1"), f'"2021-05-01"^^<{XSD}date>'),
        ("day", Literal("2021-13-01"), None),
        ("day", Literal("in May"), None),
        ("code", Literal("mng"), '"MNG"'),
        ("code", Literal(" MNG "), '"MNG"'),
        ("code", Literal("Mongolia"), None),
        ("address", iri("state/Sri_Lanka"), "<http://example.org/state/sri-lanka>"),
        ("broken", Literal("mng"), None),
    ],
)  # fmt: skip
def test_the_nearest_of_what_is_allowed_is_meant(shape, value, meant):
    expected = meant if meant is None else meant.replace(f"<{XSD}date>", "xsd:date")
    assert said(shape, value) == expected


def test_a_number_that_only_has_the_wrong_size_is_not_written_anew():
    minus = Literal("-5", datatype=NamedNode(XSD + "integer"))
    assert said("amount", minus) is None


def test_names_with_numbers_differ_in_nothing_but_marks():
    assert said("scheme", iri("p3-s1-b")) is None
    assert said("scheme", iri("P3_s1_a")) == "<http://example.org/p3-s1-a>"


def test_a_thing_that_has_a_record_of_its_own_is_no_slip():
    assert said("scheme", iri("verbal")) is None


def test_a_long_text_is_not_compared():
    assert said("amount", Literal("1" * 300)) is None


def test_a_property_that_nobody_knows_stands_in_the_place_of_the_one_missing():
    missing = result(
        "needed",
        None,
        path=iri("actor"),
        constraint_component=NamedNode(SH + "MinCountConstraintComponent"),
    )
    found = SUGGESTER.of(missing)
    assert found.written == iri("actr")
    assert found.text == (
        "you wrote <http://example.org/actr>; did you mean <http://example.org/actor>?"
    )
    assert SUGGESTER.of(replace(missing, focus_node=iri("two"))).written == iri("Actor")
    assert SUGGESTER.of(replace(missing, focus_node=iri("committee"))) is None


def test_nothing_is_said_of_a_missing_value_of_another_kind():
    assert SUGGESTER.of(result("needed", None)) is None

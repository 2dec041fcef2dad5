"""Where triples and nodes stand in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neagraph.rdf.formats import TURTLE, graph_format_by_name
from neagraph.rdf.io import canonical, parse, triples_of
from neagraph.rdf.node_places import rdfxml_places
from neagraph.rdf.positions import positions
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad
from neagraph.rdf.turtle_places import placed_triples

EX = "http://example.org/"


def places_of(text, name="turtle", base=""):
    fmt, data = graph_format_by_name(name), text.encode()
    triples = triples_of(parse(data, fmt, source="f", base=base or None))
    return triples, positions(data, fmt, triples, source="f", base=base)


def at(text, place):
    """The text from a place on."""
    assert place is not None
    return text.split("\n")[place.line - 1][place.column - 1 :]


def test_a_triple_has_the_places_of_its_three_terms():
    text = '@prefix e: <http://example.org/> .\n# a comment\ne:s a e:C ;\n  e:p "é" , "v"@en .\n'
    _, found = places_of(text)
    subject, predicate = NamedNode(EX + "s"), NamedNode(EX + "p")
    assert str(found.of_node(subject)) == "f:3:1"
    assert str(found.of_property(subject, predicate)) == "f:4:3"
    assert str(found.of_value(subject, predicate, Literal("v", language="en"))) == "f:4:13"


def test_what_is_not_in_the_text_has_no_place():
    _, found = places_of("<http://example.org/s> <http://example.org/p> 1 .")
    other = NamedNode(EX + "other")
    assert found.of_node(other) is None
    assert found.of_property(NamedNode(EX + "s"), other) is None
    assert found.of_value(NamedNode(EX + "s"), NamedNode(EX + "p"), other) is None
    assert found.of_node(Literal("s")) is None


def test_blank_nodes_are_those_of_the_parser():
    text = """@prefix e: <http://example.org/> .
e:s e:p [ e:q 1 ] ,
  [ e:q 2 ; e:r ( "x" [ e:q 3 ] ) ] .
_:b e:q 4 ; e:r [ ] .
"""
    triples, found = places_of(text)
    values = {t.object: t for t in triples if t.predicate.value == EX + "q"}
    for number, line in (("1", 2), ("2", 3), ("3", 3), ("4", 4)):
        integer = Literal(number, datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
        triple = values[integer]
        assert isinstance(triple.subject, BlankNode)
        assert found.of_node(triple.subject).line == line
        assert at(text, found.of_value(*triple)).startswith(number)


def test_alike_blank_nodes_are_taken_in_order():
    text = f"<{EX}s> <{EX}p> [ ] ,\n [ ] ,\n [ ] ."
    triples, found = places_of(text)
    assert sorted(found.of_value(*t).line for t in triples) == [1, 2, 3]


def test_a_triple_that_stands_twice_is_at_its_first_place():
    text = f"<{EX}s> <{EX}p> 1 .\n<{EX}s> <{EX}p> 1 ."
    triples, found = places_of(text)
    assert found.of_value(*triples[0]).line == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "trig",
            "@prefix e: <http://example.org/> .\nGRAPH e:g {\n e:s e:p 1 }\ne:h { e:t e:p 2 }",
        ),
        ("ntriples", f"\n\n<{EX}s> <{EX}p> <{EX}o> ."),
        ("nquads", f"\n\n<{EX}s> <{EX}p> <{EX}o> <{EX}g> .\n"),
    ],
)
def test_graphs_are_left_aside(name, text):
    _, found = places_of(text, name)
    assert found.of_node(NamedNode(EX + "s")).line == 3


def test_relative_iris_are_resolved_against_what_is_in_force():
    text = "<a> <p> <#b> .\n@base <http://example.org/x/> .\n<c> <p> <../d> ."
    _, found = places_of(text, base="http://example.org/y/")
    assert found.of_node(NamedNode(EX + "y/a")).line == 1
    value = found.of_value(NamedNode(EX + "x/c"), NamedNode(EX + "x/p"), NamedNode(EX + "d"))
    assert (value.line, value.column) == (3, 9)


def test_what_stands_before_triples_about_triples_has_places():
    text = f"<{EX}s> <{EX}p> 1 .\n<{EX}s> <{EX}q> <<( <{EX}a> <{EX}b> 2 )>> .\n"
    _, found = places_of(text)
    assert found.of_node(NamedNode(EX + "s")).line == 1
    assert found.of_node(NamedNode(EX + "a")) is None


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "jsonld",
            (
                '{"@context": {"e": "http://example.org/", "p": "e:p", "id": "@id"},\n'
                '"@graph": [{"id": "e:s",\n"p": {"@id": "http://example.org/t", "p": 1}}]}'
            ),
            2,
        ),
        (
            "jsonld",
            '[{"@id": "http://example.org/s",\n "http://example.org/p": [{"@value": 1}]}]',
            1,
        ),
        (
            "jsonld",
            '{"@context": {"@base": "http://example.org/",\n "p": "x:p"},\n"@id": "s",\n"p": 1}',
            3,
        ),
        (
            "jsonld",
            '{"@context": [{"p": {"@id": "x:p"}}],\n"@id": "http://example.org/s", "p": 1}',
            2,
        ),
        (
            "rdfxml",
            (
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="x:">\n\n'
                '<e:C rdf:about="http://example.org/s" e:p="é"/></rdf:RDF>'
            ),
            3,
        ),
        (
            "rdfxml",
            (
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="x:"\n'
                'xml:base="http://example.org/">\n<e:C rdf:about="s"><e:q>é</e:q>\n'
                '<e:p><e:C rdf:ID="t"/></e:p></e:C></rdf:RDF>'
            ),
            3,
        ),
    ],
)
def test_formats_without_places_of_triples_have_places_of_nodes(name, text, line):
    triples, found = places_of(text, name)
    assert found.of_node(NamedNode(EX + "s")).line == line
    assert all(found.of_value(*triple) is None for triple in triples)


def test_an_id_of_rdfxml_is_a_fragment():
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="x:"\n'
        'xml:base="http://example.org/d">\n<e:C rdf:ID="t"/></rdf:RDF>'
    )
    _, found = places_of(text, "rdfxml")
    assert str(found.of_node(NamedNode(EX + "d#t"))) == "f:3:1"


def test_what_expat_cannot_read_has_no_places():
    assert rdfxml_places("<a><b></a>", {NamedNode(EX + "s")}) == {}


# ---- Any text ------------------------------------------------------------------------------------

SPACE = st.sampled_from([" ", "\n", "\t\r\n", " # e:x . [ ( \n", "\n\n  "])
WORDS = st.text(st.characters(codec="utf-8", exclude_characters='"\\\r\n'), max_size=8)
PREDICATES = st.sampled_from(["a", "e:p", ":q", "<http://example.org/r>", "<#rel>", "e:a.b", "e:"])
RESOURCES = st.sampled_from(
    [
        "e:s",
        ":é",
        "<o>",
        "<http://example.org/u#v>",
        "_:b",
        "_:b.c",
        "e:p%20q",
        r"e:x\,y",
        "<\\u00e9>",
    ]
)
LITERALS = st.one_of(
    WORDS.map(lambda w: f'"{w}"'),
    WORDS.map(lambda w: f'"{w}"@en-GB'),
    WORDS.map(lambda w: f'"{w}" ^^ e:type'),
    WORDS.map(lambda w: f'"""{w}\n""x\\"\\u0041 \\t"""'),
    st.sampled_from(
        ["true", "false", "1", "-2.5", "+1e3", ".5", "1.5E-3", "'it\"s'", "'''a'b\n'''"]
    ),
)


@st.composite
def property_lists(draw, objects):
    def listed(predicate):
        values = draw(st.lists(objects, min_size=1, max_size=2))
        return predicate + draw(SPACE) + (draw(SPACE) + "," + draw(SPACE)).join(values)

    lists = [listed(draw(PREDICATES)) for _ in range(draw(st.integers(1, 2)))]
    return (draw(SPACE) + ";" + draw(SPACE)).join(lists) + draw(st.sampled_from(["", " ;", " ; ;"]))


def nested(objects):
    brackets = st.tuples(SPACE, property_lists(objects), SPACE).map(lambda t: f"[{''.join(t)}]")
    lists = st.lists(objects, max_size=3).map(lambda items: f"( {' '.join(items)} )")
    return st.one_of(brackets, lists, st.just("[ ]"))


OBJECTS = st.recursive(RESOURCES | LITERALS, nested, max_leaves=6)
SUBJECTS = RESOURCES | nested(RESOURCES | LITERALS)


@st.composite
def turtle(draw):
    head = "@prefix e: <http://example.org/> . PREFIX : <http://example.org/ns#>\n"
    statements = st.tuples(SUBJECTS, SPACE, property_lists(OBJECTS), SPACE).map("".join)
    parts = [*draw(st.lists(statements, max_size=4)), draw(st.just("e:s e:p 1"))]
    again = draw(st.sampled_from([" .\n", " .\n@prefix e: <http://example.net/> .\n", ".\n"]))
    return head + again.join(parts) + " ."


@given(turtle())
def test_the_triples_are_those_of_the_engine(text):
    placed = list(placed_triples(text, base=EX))
    parsed = parse(text.encode(), TURTLE, source="t", base=EX)
    ours = [Quad(t.subject, t.predicate, t.object) for t in placed]
    assert len(ours) == len(parsed)
    assert canonical(ours) == canonical(parsed)


@given(turtle())
def test_every_triple_of_the_parser_has_a_place(text):
    triples, found = places_of(text, base=EX)
    for triple in triples:
        assert found.of_node(triple.subject) is not None
        place = found.of_value(*triple)
        assert place is not None
        if isinstance(triple.object, Literal) and triple.object.value.isalpha():
            assert at(text, place).lstrip("\"'").startswith(triple.object.value)


def test_ten_times_as_many_triples_take_ten_times_as_long(grows_at_most):
    def find(number):
        lines = (f':s{n} a :C ; :p "text {n}"@en , {n} , :s{n + 1} .\n' for n in range(number))
        data = ("@prefix : <http://example.org/> .\n" + "".join(lines)).encode()
        triples = triples_of(parse(data, TURTLE, source="f"))
        found = positions(data, TURTLE, triples, source="f")
        assert found.of_node(NamedNode(EX + f"s{number - 1}")).line == number + 1

    grows_at_most(30, find, 1_000, 10_000)


WANTED = """@prefix e: <http://e.org/> . # e:no e:p 1 .
e:a e:p "x. e:b" , 1.5 , 1.e0 ; a e:C .
e:b.c e:p e:d.e , <http://e.org/f> ; e:q '''long.
e:a e:p 2 .''' , "x"@en-GB , "1"^^e:t , true . e:b e:p 7.
e:g e:p [ e:q e:b ] . _:n e:p e:b . e:b e:q ( 1 2 ) .
@prefix e: <http://f.org/> .
e:b e:p 3 . <http://e.org/b> e:p 4 .
"""


@pytest.mark.parametrize("name", ["b", "b.c", "a", "none"])
def test_places_of_wanted_subjects_are_those_among_all(name):
    triples = triples_of(parse(WANTED.encode(), TURTLE, source="f"))
    node = NamedNode(f"http://e.org/{name}")
    blank = [t for t in triples if "_:" in f"{t.subject}{t.object}"]
    every, some = (
        positions(WANTED.encode(), TURTLE, part, source="f", wanted=wanted)
        for part, wanted in ((triples, None), (blank, [node]))
    )
    own = [t for t in triples if t.subject == node]
    assert (some.of_node(node) is not None) == bool(own)
    for t in own:
        if not isinstance(t.object, BlankNode):
            place = some.of_value(node, t.predicate, t.object)
            assert place == every.of_value(node, t.predicate, t.object) is not None
        assert some.of_property(node, t.predicate) == every.of_property(node, t.predicate)


def test_places_of_wanted_blank_nodes_are_found_by_what_is_said_of_them():
    triples = triples_of(parse(WANTED.encode(), TURTLE, source="f"))
    blank = [t for t in triples if "_:" in f"{t.subject}{t.object}"]
    (node,) = {t.subject for t in blank if t.object == NamedNode("http://e.org/b")
               and t.predicate == NamedNode("http://e.org/q")}  # fmt: skip
    found = positions(WANTED.encode(), TURTLE, blank, source="f", wanted=[node])
    assert str(found.of_node(node)) == "f:5:9"
    assert found.of_node(NamedNode("http://e.org/a")) is None

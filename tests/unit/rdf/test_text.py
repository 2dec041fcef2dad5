"""Text as it comes from people: other encodings, marks at the beginning, names of files."""

import pytest

from neagraph.errors import RdfSyntaxError
from neagraph.rdf.formats import TURTLE, graph_format_by_name
from neagraph.rdf.io import triples_of
from neagraph.rdf.text import RdfText

TRIPLE = '<http://e.org/s> <http://e.org/p> "é" .'


def text(data, source="a.ttl"):
    return RdfText(data, TURTLE, source)


def test_the_mark_that_some_editors_begin_utf8_with_is_passed_over():
    marked = text(b"\xef\xbb\xbf" + TRIPLE.encode())
    (quad,) = marked.quads()
    found = marked.positions(triples_of([quad]))
    assert str(found.of_node(quad.subject)) == "a.ttl:1:1"


@pytest.mark.parametrize(
    ("encoding", "where", "hint"),
    [
        ("latin-1", "a.ttl:2:36", "WINDOWS-1252"),
        ("utf-16", "a.ttl:1:1", "UTF-16"),
    ],
)
def test_another_encoding_is_told_with_its_place_and_a_way_out(encoding, where, hint):
    with pytest.raises(RdfSyntaxError, match="not UTF-8") as caught:
        text(f"# x\n{TRIPLE}".encode(encoding)).quads()
    assert caught.value.where == where
    assert hint in caught.value.hint


def test_relative_iris_are_resolved_against_the_base():
    fmt = graph_format_by_name("turtle")
    relative = RdfText(b"<s> <p> <o> .", fmt, "a.ttl", "http://e.org/")
    (quad,) = relative.quads()
    assert quad.subject.value == "http://e.org/s"
    assert relative.positions(triples_of([quad])).of_node(quad.subject) is not None


def test_it_travels_as_plain_values():
    one = RdfText(b"\x00\xff", graph_format_by_name("trig"), "a b.trig", "http://e.org/")
    assert RdfText.from_fields(one.to_fields()) == one

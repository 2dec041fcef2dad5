"""Reading and writing RDF."""

from __future__ import annotations

from pathlib import Path

import pytest

from neagraph.errors import FormatError, LimitError, RdfSyntaxError, UnreadableError
from neagraph.rdf import io
from neagraph.rdf.advice import xml_place
from neagraph.rdf.formats import (
    GRAPH_FORMATS,
    TURTLE,
    graph_format_by_name,
    graph_format_by_path,
    results_format_by_name,
)
from neagraph.rdf.terms import Literal, NamedNode, Quad

NTRIPLES = graph_format_by_name("ntriples")
RDFXML = graph_format_by_name("rdfxml")
JSONLD = graph_format_by_name("jsonld")
DESCRIBED = b"""<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <r:Description r:about="x" r:type="http://x/"/></r:RDF>"""


def test_parse_keeps_lexical_forms() -> None:
    """The store would turn "01" into 1; whoever validates must see what was written."""
    (quad,) = io.parse(b'<a:s> <a:p> "01"^^<a:d>, "01"^^<a:d> .', TURTLE, source="x")[:1]
    assert quad.object == Literal("01", datatype=NamedNode("a:d"))


@pytest.mark.parametrize(
    ("text", "fmt", "where", "said", "hint"),
    [
        (b"<a:s> <a:p> .", TURTLE, "x.ttl:1:13", "Turtle syntax", "suffix"),
        (b"<a:s> <a:p>\n <a:o> <a:p>", TURTLE, "x.ttl:2:", "Turtle syntax", "suffix"),
        (b"a:s b:p a:o .", TURTLE, "x.ttl:1:1", "prefix", "@prefix a: <…> ."),
        (b"nea:a nea:b nea:c .", TURTLE, "x.ttl:1:1", "prefix",
         "@prefix nea: <https://w3id.org/neagraph/ontology#> ."),
        (b"<s> <a:p> <a:o> .", TURTLE, "x.ttl:1:1", "scheme", "@base"),
        (b"\x89PNG\r\n\x1a\n\x00", TURTLE, "x.ttl:1:", "UTF-8", "UTF-8"),
        ("<a:s> <a:p> <a:ö> .".encode("latin-1"), TURTLE, "x.ttl:1:", "UTF-8", "UTF-8"),
        (b"<a:s> <a:p> <a:o>", NTRIPLES, "x.ttl:1:", "N-Triples syntax", "suffix"),
        (b"<rdf:RDF><a></rdf:RDF>", RDFXML, "x.ttl:1:1", "RDF/XML syntax", 'xmlns:rdf="http://www'),
        (b"<a:b xmlns:a='http://a/'>\n</a:c>", RDFXML, "x.ttl:2:3", "ill-formed", "format"),
        (DESCRIBED, RDFXML, "x.ttl", "No scheme found", 'xml:base="'),
        (b"<a> <http://b/> <http://c/> .", NTRIPLES, "x.ttl:1:1", "No scheme", "in full."),
        (b"<http://a/> <http://b/> 'x\n", TURTLE, "x.ttl:1:25", "syntax: Unexpected end", "format"),
        (b'{"@context": "http://a.example/", "@id": "a:s"}', JSONLD, "x.ttl", "remote context",
         "never fetched"),
        (b"{bad", JSONLD, "x.ttl:1:2", "JSON-LD syntax", "suffix"),
    ],
)  # fmt: skip
def test_parse_tells_what_where_and_what_to_do(text, fmt, where, said, hint) -> None:
    with pytest.raises(RdfSyntaxError) as caught:
        io.parse(text, fmt, source="x.ttl")
    assert caught.value.where.startswith(where)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_well_formed_xml_has_no_place_of_an_error() -> None:
    assert xml_place(b"<a/>", "ill-formed, says the engine") is None
    assert xml_place(b"<a>", "ill-formed") == (1, 4)


@pytest.mark.parametrize("text", [b"", b"# nothing but a comment\n", b"@prefix a: <a:> .\n"])
def test_parse_refuses_text_without_a_triple(text: bytes) -> None:
    with pytest.raises(UnreadableError, match="no triple"):
        io.parse(text, TURTLE, source="x.ttl")


def test_parse_refuses_a_literal_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(io, "MAX_LITERAL_CHARACTERS", 10)
    assert io.parse(b'<a:s> <a:p> "0123456789" .', TURTLE, source="x")
    with pytest.raises(LimitError, match="11 characters; at most 10"):
        io.parse(b'<a:s> <a:p> "0123456789a" .', TURTLE, source="x")


def test_read_file_refuses_what_is_too_large_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "large.ttl"
    path.write_bytes(b"x" * 11)
    with pytest.raises(LimitError, match="11 bytes; at most 10"):
        io.read_file(path, max_bytes=10)


@pytest.mark.parametrize(("name", "said"), [("absent.ttl", "no such file"), (".", "directory")])
def test_read_file_names_the_path_and_the_reason(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        io.read_file(tmp_path / name)
    assert said in caught.value.message
    assert caught.value.where == str(tmp_path / name)


def test_canonical_gives_the_same_bytes_whatever_the_labels_and_the_order() -> None:
    one = io.parse(b"_:a <a:p> _:b . _:b <a:p> <a:o> .", TURTLE, source="x")
    two = io.parse(b"_:y <a:p> <a:o> . _:x <a:p> _:y .", TURTLE, source="x")
    assert io.write_nquads(io.canonical(one)) == io.write_nquads(io.canonical(two))


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.name)
def test_write_graph_is_read_back_the_same(fmt) -> None:
    text = (
        b'<http://a/s> <http://a/p> "x\\ny"@en, 1.50, <http://a/o> . <http://a/o> a <http://a/C> .'
    )
    triples = io.triples_of(io.parse(text, TURTLE, source="x"))
    written = io.write_graph(triples, fmt)
    assert set(io.triples_of(io.parse(written, fmt, source="x"))) == set(triples)
    assert written == io.write_graph(reversed(triples), fmt)


def test_write_ntriples_is_sorted() -> None:
    triples = io.triples_of(io.parse(b"<a:b> <a:p> <a:o> . <a:a> <a:p> 1 .", TURTLE, source="x"))
    lines = io.write_ntriples(triples).decode().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == 2


def test_in_graph_names_every_triple() -> None:
    (quad,) = io.in_graph(io.parse(b"<a:s> <a:p> <a:o> .", TURTLE, source="x"), "a:g")
    assert quad == Quad(NamedNode("a:s"), NamedNode("a:p"), NamedNode("a:o"), NamedNode("a:g"))


@pytest.mark.parametrize(
    ("name", "expected"), [("a.ttl", "turtle"), ("a.NT", "ntriples"), ("a.b.jsonld", "jsonld")]
)
def test_the_suffix_tells_the_format(name: str, expected: str) -> None:
    assert graph_format_by_path(Path(name)).name == expected


@pytest.mark.parametrize(("name", "said"), [("a.docx", '".docx"'), ("README", "no suffix")])
def test_an_unknown_suffix_is_refused_with_the_known_ones(name: str, said: str) -> None:
    with pytest.raises(FormatError) as caught:
        graph_format_by_path(Path(name))
    assert said in caught.value.message
    assert ".ttl" in caught.value.hint


def test_an_unknown_format_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FormatError, match='no RDF format "hdt"'):
        graph_format_by_name("hdt")
    with pytest.raises(FormatError, match='no results format "ods"') as caught:
        results_format_by_name("ods")
    assert "csv" in caught.value.hint

from itertools import count

import pytest

from neagraph.errors import ShapesError
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import BlankNode, NamedNode
from neagraph.validation.index import TripleIndex
from neagraph.validation.paths import CompoundPath, read_path, show_path, write_path
from neagraph.vocab import NEA, SH

TURTLE_HEAD = f"@prefix nea: <{NEA}> . @prefix sh: <{SH}> . <shape:s> sh:path "

PATHS = {
    "nea:actor": "nea:actor",
    "( nea:actor nea:within )": "nea:actor/nea:within",
    "[ sh:inversePath nea:creates ]": "^nea:creates",
    "[ sh:alternativePath ( nea:creates nea:restates ) ]": "nea:creates|nea:restates",
    "[ sh:zeroOrMorePath nea:within ]": "nea:within*",
    "[ sh:oneOrMorePath nea:within ]": "nea:within+",
    "[ sh:zeroOrOnePath nea:within ]": "nea:within?",
    "( [ sh:alternativePath ( nea:actor [ sh:inversePath nea:addressee ] ) ] nea:within )": (
        "(nea:actor|^nea:addressee)/nea:within"
    ),
    "[ sh:inversePath ( nea:actor nea:within ) ]": "^(nea:actor/nea:within)",
}


def read(text):
    triples = triples_of(parse((TURTLE_HEAD + text + " .").encode(), TURTLE, source="test"))
    index = TripleIndex(triples)
    node = index.value(NamedNode("shape:s"), NamedNode(SH + "path"))
    assert node is not None
    return read_path(index, node)


@pytest.mark.parametrize(("turtle", "shown"), PATHS.items())
def test_a_path_is_shown_in_sparql_notation(turtle, shown):
    assert show_path(read(turtle)) == shown


@pytest.mark.parametrize("turtle", PATHS)
def test_a_path_that_is_written_is_read_back(turtle):
    path = read(turtle)
    node, triples = write_path(path, (BlankNode(f"b{number}") for number in count()))
    assert read_path(TripleIndex(triples), node) == path


def test_paths_are_values():
    within = NamedNode(NEA + "within")
    assert read("[ sh:oneOrMorePath nea:within ]") == CompoundPath("oneOrMorePath", (within,))


@pytest.mark.parametrize("turtle", ["[]", '"text"', "[ nea:within nea:actor ]"])
def test_anything_else_is_no_path(turtle):
    with pytest.raises(ShapesError, match="not a property path"):
        read(turtle)


def test_a_list_that_runs_in_a_circle_is_refused():
    rdf = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    with pytest.raises(ShapesError, match="not an RDF list"):
        read(f"_:l . _:l {rdf}first> nea:actor ; {rdf}rest> _:l")

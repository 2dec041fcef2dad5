"""The shapes as documentation: what each class needs, with records that conform as examples."""

import pytest

from neagraph.errors import NotFoundError
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import Literal, NamedNode, Triple
from neagraph.settings import project_root
from neagraph.sources import read_sources
from neagraph.validation.shape_docs import (
    FIRST,
    class_docs,
    find_class,
    general_rules,
    list_text,
    to_text,
    to_turtle,
)
from neagraph.vocab import NEA, SH, XSD, thing


@pytest.fixture(scope="module")
def sources():
    return read_sources(project_root())


@pytest.fixture(scope="module")
def docs(sources):
    return class_docs(sources.shapes_triples(), sources.triples())


def test_the_classes_that_reports_fill_come_first(docs):
    assert tuple(entry.iri for entry in docs[:4]) == FIRST


def test_every_class_with_a_shape_is_told_once(docs, sources):
    targets = {
        t.object.value for t in sources.shapes_triples() if t.predicate.value == SH + "targetClass"
    }
    assert sorted(entry.iri for entry in docs) == sorted(targets)


def test_what_is_needed_comes_first_and_has_its_fix(docs):
    meeting = find_class(docs, "Meeting")
    assert [rule.name for rule in meeting.rules if rule.needed] == ["Name", "Held or planned time"]
    assert meeting.rules[1].path == "nea:heldTime|nea:plannedTime"
    assert meeting.rules[0].mistake == "This meeting has no name."
    assert meeting.rules[0].fix.startswith("Write rdfs:label")
    assert meeting.rules[0].anchor == "19-meeting/label"


def test_rules_of_classes_above_hold_too(docs):
    inherited = {rule.name: rule.inherited for rule in find_class(docs, "Meeting").rules}
    assert inherited["No stored status"] == "nea:Event"
    assert inherited["Name"] == ""


def test_the_severity_of_a_rule_is_told(docs):
    severities = {rule.name: rule.severity for rule in find_class(docs, "Contribution").rules}
    assert severities["Bare dollar sign"] == "warning"
    assert severities["One donor"] == "violation"


def test_placeholders_of_messages_are_not_shown(docs, sources):
    rules = [*general_rules(sources.shapes_triples()), *(r for entry in docs for r in entry.rules)]
    assert len(rules) > 80
    assert not [rule for rule in rules if "{?" in rule.mistake]
    assert [rule for rule in rules if "…" in rule.mistake]


def test_rules_for_whatever_has_a_property_are_told(sources):
    names = {rule.name for rule in general_rules(sources.shapes_triples())}
    assert {"Topic of the list", "No identity link"} <= names


def test_examples_are_records_of_the_data_in_readable_turtle(docs, sources):
    known = set(sources.triples())
    with_example = [entry for entry in docs if entry.example]
    assert {entry.iri for entry in with_example} >= set(FIRST)
    for entry in with_example:
        found = triples_of(parse(entry.example.encode(), TURTLE, source=entry.name))
        assert set(found) <= known
        assert len({t.subject for t in found}) == 1


def test_one_record_is_written_with_the_prefixes_that_it_needs():
    node = NamedNode(thing("state/x"))
    text = to_turtle(
        node,
        [
            Triple(node, NamedNode(NEA + "iso3"), Literal("X")),
            Triple(node, NamedNode(NEA + "n"), Literal("1", datatype=NamedNode(XSD + "integer"))),
            Triple(node, NamedNode(NEA + "t"), Literal("x^^y", language="en")),
            Triple(node, NamedNode(NEA + "d"), Literal("2020", datatype=NamedNode(XSD + "gYear"))),
            Triple(node, NamedNode("http://e.org/p"), NamedNode("http://e.org/o")),
        ],
    )
    assert text == (
        "@base <https://w3id.org/neagraph/id/> .\n"
        "@prefix nea: <https://w3id.org/neagraph/ontology#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
        "<state/x>\n"
        "  <http://e.org/p> <http://e.org/o> ;\n"
        '  nea:d "2020"^^xsd:gYear ;\n'
        '  nea:iso3 "X" ;\n'
        "  nea:n 1 ;\n"
        '  nea:t "x^^y"@en .\n'
    )


@pytest.mark.parametrize("name", ["Meeting", "meeting", "nea:Meeting", NEA + "Meeting"])
def test_a_class_is_found_by_each_of_its_names(docs, name):
    assert find_class(docs, name).iri == NEA + "Meeting"


def test_a_class_that_is_not_there_is_told_with_the_nearest(docs):
    with pytest.raises(NotFoundError, match='no class "Meetin"') as caught:
        find_class(docs, "Meetin")
    assert caught.value.hint.startswith("Did you mean Meeting or ")
    with pytest.raises(NotFoundError) as caught:
        find_class(docs, "xyzzy")
    assert "Statement" in caught.value.hint


def test_the_terminal_is_told_in_lines(docs):
    text = to_text(find_class(docs, "Contribution"))
    assert "  needed    One donor [nea:donor]\n" in text
    assert "if not: Who gave it?" in text
    assert "  <contribution/" in text.partition("Example\n")[2]
    listed = list_text(docs)
    assert listed.startswith("Meeting ")
    assert listed.endswith("neagraph shapes CLASS\n")
    assert len(listed.splitlines()) == len(docs) + 2

"""Each rule with a file that keeps it and a file that breaks it, and the shapes graph as a whole.

A good file conforms altogether. A bad file breaks its rule in every way there is, and no other one.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
from pyshacl.entrypoints import meta_validate
from rdflib import SH as SHACL

from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import Literal, NamedNode, Triple, to_rdflib_graph
from neagraph.validation.index import TripleIndex
from neagraph.validation.report import INFO, VIOLATION, WARNING, to_text
from neagraph.validation.validator import validate
from neagraph.vocab import DOC, NEA, RDF_TYPE, RDFS, SH, thing

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
V, W, I = VIOLATION, WARNING, INFO  # noqa: E741  as in the table of rules

# Number of the rule: (shape, focus node, severity) of each result; `nea:…` stands for a term.
EXPECTED = {
    "01": (
        ("01-statement-id", "statement/example-1/p1-s1-a", V),
        ("01-statement-id/in-address", "statement/example-1/p1-s2-a", V),
        ("01-statement-id", "statement/example-1/p1-s3-a", V),
    ),
    "02": (
        ("02-kind-of-act", "statement/example-1/p1-s1-a", V),
        ("02-kind-of-act", "statement/example-1/p1-s2-a", V),
        ("02-kind-of-act", "statement/example-1/p1-s3-a", V),
        ("02-kind-of-act/negated", "statement/example-1/p1-s4-a", V),
        ("02-kind-of-act/negated", "statement/example-1/p1-s5-a", V),
        ("02-kind-of-act/negated", "statement/example-1/p1-s6-a", V),
        ("02-kind-of-act/not-negated", "statement/example-1/p1-s7-a", V),
    ),
    "03": (
        ("03-actor", "statement/example-1/p1-s1-a", V),
        ("03-actor", "statement/example-1/p1-s2-a", V),
        ("03-actor", "statement/example-1/p1-s3-a", V),
    ),
    "04": (
        ("04-actor-is-agent", "statement/example-1/p1-s1-a", V),
        ("04-actor-is-agent/known", "statement/example-1/p1-s2-a", V),
    ),
    "05": (
        ("05-operative-verb", "statement/example-1/p1-s1-a", V),
        ("05-operative-verb", "statement/example-1/p1-s2-a", V),
        ("05-operative-verb/count", "statement/example-1/p1-s3-a", V),
        ("05-operative-verb/count", "statement/example-1/p1-s4-a", V),
    ),
    "06": (
        ("06-usual-act", "statement/example-1/p1-s1-a", W),
        ("06-usual-act", "statement/example-1/p1-s2-a", W),
    ),
    "07": (
        ("07-statement-context/paragraph", "statement/example-1/p1-s1-a", V),
        ("07-statement-context/paragraph", "statement/example-1/p1-s2-a", V),
        ("07-statement-context", "statement/example-1/p1-s3-a", V),
        ("07-statement-context", "statement/example-1/p1-s4-a", V),
    ),
    "08": (
        ("08-text-span/in-text", "anchor/example-1/c01", V),
        ("08-text-span/order", "anchor/example-1/c02/clause", V),
        ("08-text-span/end", "anchor/example-1/c03/clause", V),
        ("08-text-span/start", "anchor/example-1/c03/clause", V),
        ("08-text-span/end", "anchor/example-1/c04/clause", V),
        ("08-text-span/start", "anchor/example-1/c04/clause", V),
        ("08-text-span", "statement/example-1/p1-s1-a", V),
    ),
    "09": (("09-quote", "anchor/example-1/p1-s1-a/trigger", V),),
    "10": (("10-addressee", "statement/example-1/p1-s1-a", W),),
    "11": (
        ("11-welcomed-offer", "statement/example-1/p1-s1-a", I),
        ("11-welcomed-offer", "statement/example-1/p1-s2-a", I),
    ),
    "12": (("12-told-act", "statement/example-1/p1-s1-b", W),),
    "13": (
        ("13-commitment", "commitment/example-1/c01", V),
        ("13-commitment", "commitment/example-1/c02", V),
        ("13-commitment/action", "commitment/example-1/c03", V),
        ("13-commitment/source", "commitment/example-1/c04", V),
    ),
    "14": (
        ("14-kind-and-strength/task", "commitment/example-1/c01", V),
        ("14-kind-and-strength/own", "commitment/example-1/c02", V),
        ("14-kind-and-strength", "commitment/example-1/c03", V),
        ("14-kind-and-strength", "commitment/example-1/c04", V),
    ),
    "15": (
        ("15-no-commitment", "statement/example-1/p1-s1-a", V),
        ("15-no-commitment", "statement/example-1/p1-s2-a", V),
        ("15-no-commitment", "statement/example-1/p1-s3-a", V),
        ("15-no-commitment/negated", "statement/example-1/p1-s4-a", V),
    ),
    "16": (
        ("16-time-span/end", "timespan/example-1/impossible", V),
        ("16-time-span", "timespan/example-1/turned", V),
        ("16-time-span/end", "timespan/example-1/two", V),
        ("16-time-span/start", "timespan/example-1/year", V),
    ),
    "17": (("17-due", "commitment/example-1/c01", W),),
    "18": (
        ("18-condition", "commitment/example-1/c01", V),
        ("18-condition", "commitment/example-1/c02", V),
    ),
    "19": (
        ("19-meeting/time", "meeting/example-1", V),
        ("19-meeting", "meeting/example-2", V),
        ("19-meeting/label", "meeting/example-3", V),
        ("19-meeting/days", "meeting/example-4", V),
    ),
    "20": (
        ("20-one-time", "meeting/example-1", W),
        ("20-one-time/planned", "meeting/example-2", I),
    ),
    "21": (
        ("21-session-number", "meeting/example-1", V),
        ("21-session-number", "meeting/example-first", V),
    ),
    "22": (
        ("22-state/label", "state/china", V),
        ("22-state", "state/japan", V),
        ("22-state", "state/mongolia", V),
        ("22-state/unique", "state/russia", V),
        ("22-state/unique", "state/russian-federation", V),
    ),
    "23": (
        ("23-mechanism", "mechanism/example", W),
        ("23-mechanism/label", "mechanism/example", W),
        ("23-mechanism/place", "mechanism/example", W),
    ),
    "24": (
        ("24-contribution", "contribution/example-fund-2020-japan", V),
        ("24-contribution", "contribution/example-fund-2021-japan", V),
        ("24-contribution/currency", "contribution/example-fund-2022-japan", V),
        ("24-contribution", "contribution/example-fund-2023-japan", V),
        ("24-contribution/as-written", "contribution/example-fund-2023-japan", V),
        ("24-contribution/currency", "contribution/example-fund-2023-japan", V),
        ("24-contribution/currency-basis", "contribution/example-fund-2023-japan", V),
        ("24-contribution/destination", "contribution/example-fund-2023-japan", V),
        ("24-contribution/donor", "contribution/example-fund-2023-japan", V),
        ("24-contribution/given", "contribution/example-fund-2024-japan", V),
    ),
    "25": (
        ("25-bare-dollar", "contribution/example-fund-2020-japan", W),
        ("25-bare-dollar", "contribution/example-fund-2021-japan", W),
    ),
    "26": (
        ("26-one-amount", "contribution/example-fund-2020-japan", W),
        ("26-one-amount", "contribution/example-fund-2020-japan-again", W),
    ),
    "27": (
        ("27-fulfilment", "fulfilment/example-1/c01", V),
        ("27-fulfilment", "fulfilment/example-1/c01-meeting", V),
        ("27-fulfilment/commitment", "fulfilment/example-1/c01-nothing", V),
        ("27-fulfilment/extent", "fulfilment/example-1/c01-somehow", V),
        ("27-fulfilment/extent", "fulfilment/example-1/c01-words", V),
        ("27-fulfilment/done", "fulfilment/example-1/c01-not", V),
    ),
    "28": (("28-order-of-events", "fulfilment/example-1/c01", W),),
    "29": (
        ("29-topic", "statement/example-1/p1-s1-a", V),
        ("29-topic", "statement/example-1/p1-s2-a", V),
        ("29-topic/scheme", "voc/topic/alone", V),
        ("29-topic/loop", "voc/topic/egg", V),
        ("29-topic/loop", "voc/topic/hen", V),
        ("29-topic/label", "voc/topic/lake", V),
        ("29-topic/label", "voc/topic/meer", V),
    ),
    "30": (
        ("30-nothing-derived", "commitment/example-1/c01", V),
        ("30-nothing-derived", "commitment/example-1/c02", V),
        ("30-nothing-derived", "document/example-plan", V),
        ("30-nothing-derived/same-as", "document/example-plan", V),
    ),
    "31": (
        ("31-address/meeting", "Meeting_24", V),
        ("31-address/activity", "activity/an-example-", V),
        ("31-address/selector", "anchor/example-1/p1-s1-a#clause", V),
        ("31-address/text-anchor", "anchor/p1-s1-a", V),
        ("31-address/commitment", "commitment/example-1/1", V),
        ("31-address/body", "committee/example", V),
        ("31-address/condition", "condition/situation_permits", V),
        ("31-address/contribution", "contribution/1", V),
        ("31-address/discontinuation", "discontinuation/c01", V),
        ("31-address/document", "document/Example_Plan", V),
        ("31-address/text-edition", "edition/example-1.txt", V),
        ("31-address/event", "event/2022/example-review", V),
        ("31-address/extraction", "extraction/curation", V),
        ("31-address/fulfilment", "fulfilment/c01", V),
        ("31-address/fund", "fund/Example", V),
        ("31-address/graph", "graph/example-1", V),
        ("31-address/party-group", "groups/example-members", V),
        ("31-address/mechanism", "mechanism/EXAMPLE", V),
        ("31-address/membership", "membership/example--japan", V),
        ("31-address/paragraph", "paragraph/example-1/1", V),
        ("31-address/office-holder", "person/example-chair", V),
        ("31-address/project", "project/example/1", V),
        ("31-address/role-reading", "reading/example_1", V),
        ("31-address/recurrence", "recurrence/p1-s1-a", V),
        ("31-address/series", "series/example-meetings/", V),
        ("31-address/site", "site/example%20lake", V),
        ("31-address/species", "species/Panthera-tigris", V),
        ("31-address/state", "state/Japan", V),
        ("31-address/statement", "statements/example-1/p1-s1-a", V),
        ("31-address/place", "territory/example", V),
        ("31-address/time-span", "timespan/Held", V),
        ("31-address/concept", "voc/topic/Example_Lake", V),
        ("31-address/concept-scheme", "vocabulary/example", V),
    ),
    "32": (
        ("32-term/declared", "meeting/example-1", V),
        ("32-term/kind", "nea:Both", V),
        ("32-term", "nea:Undefined", V),
        ("32-term/home", "nea:homeless", V),
        ("32-term/label", "nea:unlabelled", V),
        ("32-term/property", "meeting/example-2", V),
    ),
    "33": (
        ("33-value", "event/example-day", V),
        ("33-value/number", "event/example-number", V),
        ("33-value/number", "event/example-negative", V),
        ("33-value/share", "event/example-share", V),
        ("33-value/truth", "event/example-truth", V),
        ("33-value/text", "event/example-text", V),
        ("33-value/digest", "event/example-digest", V),
        ("33-value/basis", "event/example-basis", V),
        ("33-value/precision", "event/example-precision", V),
        ("33-value/format", "event/example-format", V),
        ("33-value/flow-type", "event/example-flow", V),
        ("33-value/method", "event/example-method", V),
    ),
}


def read(*patterns: str) -> list[Triple]:
    paths = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    return triples_of(
        quad for path in paths for quad in parse(path.read_bytes(), TURTLE, source=str(path))
    )


def iri(short: str) -> NamedNode:
    return NamedNode(NEA + short.removeprefix("nea:") if short.startswith("nea:") else thing(short))


@pytest.fixture(scope="session")
def shapes():
    return read("ontology/shapes/*.ttl")


@pytest.fixture(scope="session")
def background():
    return read("ontology/neagraph.ttl", "ontology/modules/*.ttl", "ontology/vocab/*.ttl")


@pytest.fixture(scope="session")
def finders(shapes):
    """The shapes that can be named by a result: those that state a severity."""
    return {t.subject for t in shapes if t.predicate == NamedNode(SH + "severity")}


def test_there_are_a_good_and_a_bad_file_for_each_of_the_33_rules():
    names = {f"{number:02}-{kind}.ttl" for number in range(1, 34) for kind in ("good", "bad")}
    assert {path.name for path in HERE.glob("*.ttl")} == names
    assert set(EXPECTED) == {name[:2] for name in names}


@pytest.mark.parametrize("number", EXPECTED)
def test_a_bad_file_is_found_by_its_own_rule_and_no_other(number, shapes, background):
    report = validate(read(f"tests/shapes/{number}-bad.ttl"), shapes=shapes, background=background)
    found = Counter((r.source_shape, r.focus_node, r.severity) for r in report.results)
    expected = Counter(
        (iri(f"shape/{shape}"), iri(focus_node), severity)
        for shape, focus_node, severity in EXPECTED[number]
    )
    assert found == expected, to_text(report)


@pytest.mark.parametrize("number", EXPECTED)
def test_a_good_file_conforms(number, shapes, background):
    report = validate(read(f"tests/shapes/{number}-good.ttl"), shapes=shapes, background=background)
    assert report.conforms, to_text(report)


def test_every_shape_that_can_find_something_has_a_bad_example(finders):
    shown = {iri(f"shape/{shape}") for rows in EXPECTED.values() for shape, _, _ in rows}
    assert shown == finders


def test_every_shape_says_what_is_wrong_what_to_write_and_where_to_read_on(shapes, finders):
    index = TripleIndex(shapes)
    for shape in finders:
        for predicate in (SH + "name", SH + "message", NEA + "fixHint"):
            (text,) = index.values(shape, NamedNode(predicate))
            assert isinstance(text, Literal), shape
            assert text.language == "en", shape
        rule = shape.value.removeprefix(thing("shape/")).split("/")[0]
        assert index.values(shape, NamedNode(NEA + "docs")) == [NamedNode(f"{DOC}shape/{rule}")]
        assert re.fullmatch(r"\d\d(-[a-z]+)+", rule)


def test_every_shape_that_can_find_something_has_a_target(shapes, finders):
    targeted = {t.subject for t in shapes if t.predicate.value.startswith(SH + "target")}
    assert targeted == finders


def test_shapes_are_well_formed_by_the_shapes_of_shacl_itself(shapes):
    graph = to_rdflib_graph(shapes)
    conforms, _, text = meta_validate(graph, inference="none", max_validation_depth=40)
    assert conforms, text


def test_shapes_use_no_shacl_term_that_does_not_exist(shapes):
    used = {n.value for t in shapes for n in (t.predicate, t.object) if isinstance(n, NamedNode)}
    assert {iri for iri in used if iri.startswith(SH) and iri not in SHACL} == set()


def test_shapes_use_no_term_that_the_ontology_does_not_define(shapes, background):
    defined = {t.subject for t in background if t.predicate == NamedNode(RDFS + "isDefinedBy")}
    forbidden = {NamedNode(NEA + n) for n in ("status", "hasStatus", "currentStatus")}
    forbidden.add(NamedNode(NEA + "commitmentStatus"))
    used = {
        node
        for triple in shapes
        for node in (triple.predicate, triple.object)
        if isinstance(node, NamedNode) and node.value.startswith(NEA)
    }
    assert used - defined == forbidden


def test_shapes_use_no_concept_that_no_vocabulary_has(shapes, background):
    concepts = {t.subject for t in background if t.predicate == NamedNode(RDF_TYPE)}
    used = {
        t.object
        for t in shapes
        if isinstance(t.object, NamedNode) and t.object.value.startswith(thing("voc/"))
    }
    assert used <= concepts


def listed_kinds(shapes, shape):
    index = TripleIndex(shapes)
    own = iri(f"shape/{shape}")
    (kinds,) = index.values(own, NamedNode(SH + "qualifiedValueShape")) or [own]
    (head,) = index.values(kinds, NamedNode(SH + "in"))
    return set(index.members(head))


def leaves(background, root):
    """The lowest classes under a root that are asserted, not inferred."""
    parents = {}
    for triple in background:
        if triple.predicate == NamedNode(RDFS + "subClassOf"):
            parents.setdefault(triple.subject, set()).add(triple.object)
    below = {iri(root)}
    while grown := {child for child, up in parents.items() if up & below} - below:
        below |= grown
    upper = {parent for child in below for parent in parents.get(child, ())}
    return {node for node in below - upper if isinstance(node, NamedNode)}


def test_the_kinds_of_act_are_the_leaf_classes_of_the_ontology(shapes, background):
    inferred = {iri("nea:WelcomedOffer"), iri("nea:Offer")}
    kinds = listed_kinds(shapes, "02-kind-of-act")
    assert kinds - inferred == leaves(background, "nea:Statement") - inferred
    assert iri("nea:Offer") in kinds
    assert listed_kinds(shapes, "02-kind-of-act/negated") == kinds - {iri("nea:NegatedAct")}


def test_the_kinds_of_commitment_are_disjoint_classes_under_commitment(shapes, background):
    kinds = listed_kinds(shapes, "14-kind-and-strength")
    assert kinds <= leaves(background, "nea:Commitment")
    assert len(kinds) == 4


def test_ontology_and_vocabularies_conform(shapes, background):
    report = validate(background, shapes=shapes)
    assert report.conforms, to_text(report)


def test_the_data_have_no_violations(shapes, background):
    data = read("data/reports/*.ttl", "data/reference/*.ttl")
    report = validate(data, shapes=shapes, background=background)
    assert report.accepted, to_text(report)

"""Anchors of the SOM-24 graph find their words in the report text; no run of text is kept."""

import hashlib
import re
from collections import Counter

import pyoxigraph
import pytest

from .annotation import EDITION, REPORT, Facts, R, of_kind, single

LONGEST_SOURCE_WORDS = 60
XSD = "http://www.w3.org/2001/XMLSchema#"


def extent(facts: Facts, thing: str, start: str = "oa:start", end: str = "oa:end") -> slice:
    """First position and the one behind the last, in characters of the decoded text."""
    return slice(int(single(facts, thing, start)), int(single(facts, thing, end)))


def lies_in(inner: slice, outer: slice) -> bool:
    """Whether one stretch of text, not empty, is part of another."""
    return outer.start <= inner.start < inner.stop <= outer.stop


def check_anchor(facts: Facts, anchor: str, entry: dict, report_text: str) -> None:
    """Compare an anchor with its entry, and its digest with the clause in the text."""
    clause = extent(facts, f"{anchor}/clause")
    assert (clause.start, clause.stop) == (entry["char_start"], entry["char_end"])
    digest = hashlib.sha256(report_text[clause].encode("utf-8")).hexdigest()
    assert facts[anchor]["nea:clauseSha256"] == {digest}
    assert facts[anchor]["rdf:type"] == {"nea:TextAnchor"}
    assert facts[anchor]["oa:hasSource"] == {EDITION}
    assert facts[f"{anchor}/clause"]["rdf:type"] == {"oa:TextPositionSelector"}


def test_statement_anchor_holds_clause_and_trigger(gold_statement, report, report_text):
    anchor = f"anchor/{R}/{gold_statement['id']}"
    check_anchor(report, anchor, gold_statement, report_text)
    trigger = extent(report, f"{anchor}/trigger")
    assert report[anchor]["oa:hasSelector"] == {f"{anchor}/clause", f"{anchor}/trigger"}
    assert (trigger.start, trigger.stop) == (
        gold_statement["trigger_start"],
        gold_statement["trigger_end"],
    )
    assert single(report, f"{anchor}/trigger", "oa:exact") == gold_statement["trigger"]
    assert report_text[trigger] == gold_statement["trigger"]
    assert lies_in(trigger, extent(report, f"{anchor}/clause"))


def test_statement_clause_lies_in_its_paragraph_and_its_main_clause(gold_statement, report):
    thing = f"statement/{R}/{gold_statement['id']}"
    clause = extent(report, f"anchor/{R}/{gold_statement['id']}/clause")
    paragraph = single(report, thing, "nea:inParagraph")
    assert lies_in(clause, extent(report, paragraph, "nea:startOffset", "nea:endOffset"))
    for main in report[thing].get("nea:toldIn", ()):
        assert lies_in(clause, extent(report, f"{single(report, main, 'nea:anchor')}/clause"))


def test_commitment_anchor_holds_a_clause_in_that_of_its_statement(
    gold_commitment, report, report_text
):
    anchor = f"anchor/{R}/{gold_commitment['id']}"
    check_anchor(report, anchor, gold_commitment, report_text)
    assert report[anchor]["oa:hasSelector"] == {f"{anchor}/clause"}
    statement = extent(report, f"anchor/{R}/{gold_commitment['statement']}/clause")
    assert lies_in(extent(report, f"{anchor}/clause"), statement)


def test_paragraph_holds_its_number_and_no_blank_line_around(gold_paragraph, report_text):
    words = report_text[gold_paragraph["char_start"] : gold_paragraph["char_end"]]
    assert words.startswith(f"{gold_paragraph['number']}. ")
    assert words == words.strip()


def test_edition_is_the_text_that_offsets_point_into(report, report_bytes, report_text):
    assert report[EDITION]["nea:editionOf"] == {REPORT}
    assert report[EDITION]["nea:sha256"] == {hashlib.sha256(report_bytes).hexdigest()}
    assert report[EDITION]["nea:characterCount"] == {str(len(report_text))}


def test_graph_keeps_no_long_run_of_the_report(report_triples, report_text):
    """Names and trigger words may occur in the text, with line ends as spaces; nothing longer."""
    source = re.sub(r"\s+", " ", report_text)
    literals = {t.object.value for t in report_triples if isinstance(t.object, pyoxigraph.Literal)}
    kept = {words for words in literals if re.sub(r"\s+", " ", words) in source}
    assert {words for words in kept if len(words) > LONGEST_SOURCE_WORDS} == set()


def test_graph_has_no_blank_node(report_triples):
    nodes = [node for triple in report_triples for node in (triple.subject, triple.object)]
    assert not [node for node in nodes if isinstance(node, pyoxigraph.BlankNode)]


@pytest.mark.parametrize(
    ("predicate", "datatype"),
    [
        ("nea:notBefore", "date"),
        ("nea:notAfter", "date"),
        ("nea:startDate", "date"),
        ("nea:endDate", "date"),
        ("nea:amount", "decimal"),
        ("nea:confidence", "decimal"),
        ("nea:forYear", "integer"),
        ("nea:checkable", "boolean"),
        ("nea:headingInherited", "boolean"),
        ("oa:start", "integer"),
        ("oa:end", "integer"),
    ],
)
def test_values_of_a_term_have_its_datatype(report_triples, predicate, datatype):
    name = predicate.split(":")[1]
    values = [t.object for t in report_triples if re.search(rf"[#/]{name}$", t.predicate.value)]
    assert values
    assert {value.datatype.value for value in values} == {XSD + datatype}


def test_counts_are_those_of_the_annotation(gold, report):
    counts = gold["counts"]
    statements = [report[s] for s in of_kind(report, "statement")]
    commitments = [report[c] for c in of_kind(report, "commitment")]
    arising = [s for s in statements if s.keys() & {"nea:creates", "nea:restates"}]
    assert {
        "paragraphs": len(of_kind(report, "paragraph")),
        "statements": len(statements),
        "main": sum("nea:toldIn" not in s for s in statements),
        "embedded": sum("nea:toldIn" in s for s in statements),
        "commitments": len(commitments),
        "commitments_with_due": sum("nea:due" in c for c in commitments),
        "statements_with_commitment": len(arising),
        "statements_creating": sum("nea:creates" in s for s in statements),
        "statements_restating": sum("nea:restates" in s for s in statements),
        "ambiguity_notes": sum("nea:ambiguityNote" in x for x in statements + commitments),
    } == {key: counts[key] for key in counts if key in COUNTED}


COUNTED = {
    *("paragraphs", "statements", "main", "embedded", "commitments", "commitments_with_due"),
    *("statements_with_commitment", "statements_creating", "statements_restating"),
    "ambiguity_notes",
}


def test_counts_are_the_known_ones(report):
    """The figures that the ontology's competency questions give, without the annotation."""
    kinds = Counter(thing.split("/")[0] for thing in report)
    assert (kinds["paragraph"], kinds["statement"], kinds["commitment"]) == (15, 75, 25)
    assert (kinds["state"], kinds["mechanism"], kinds["contribution"]) == (5, 6, 3)
    assert sum("nea:toldIn" in report[s] for s in of_kind(report, "statement")) == 24

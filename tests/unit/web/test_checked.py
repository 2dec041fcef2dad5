"""From a report to the parts of its page."""

from dataclasses import replace

from neagraph.rdf.positions import Place
from neagraph.rdf.terms import Literal, NamedNode
from neagraph.validation.formats import summary
from neagraph.validation.report import (
    VIOLATION,
    WARNING,
    ValidationReport,
    ValidationResult,
    gather,
)
from neagraph.vocab import DOC, NEA, SH, thing
from neagraph.web.checked import report_page, report_view

RESULT = ValidationResult(
    focus_node=NamedNode(thing("state/x")),
    path=NamedNode(NEA + "iso3"),
    value=Literal("x"),
    source_shape=NamedNode(thing("shape/22-state")),
    source_constraint=None,
    constraint_component=NamedNode(SH + "PatternConstraintComponent"),
    severity=VIOLATION,
    message="No code.",
    fix_hint="Write one.",
    docs=DOC + "shape/22-state",
    place=Place("a.ttl", 2, 3),
)


def view(*results, texts=None, left_off=()):
    report = ValidationReport(gather(results).results, left_off)
    return report_view(summary(report), texts or {})


def test_a_result_has_its_line_of_the_text():
    (record,) = view(RESULT, texts={"a.ttl": "one\n  two\nthree"}).records
    assert record.name == "state/x"
    assert record.results[0].excerpt == "two"
    assert record.results[0].place == "a.ttl, line 2, column 3"


def test_a_text_that_is_not_at_hand_has_no_lines():
    (record,) = view(RESULT).records
    assert record.results[0].excerpt == ""
    (record,) = view(replace(RESULT, place=None)).records
    assert record.results[0].place == ""


def test_our_rules_lead_to_the_page_on_shapes_and_others_nowhere():
    (record,) = view(RESULT).records
    assert record.results[0].href == "/shapes#22-state"
    alone = report_view(summary(gather([RESULT])), {}, shapes="")
    assert alone.records[0].results[0].href == ""
    (record,) = view(replace(RESULT, docs="")).records
    assert (record.results[0].href, record.results[0].rule) == ("", "shape/22-state")


def test_addresses_are_shown_short_and_the_record_not_twice():
    (record,) = view(replace(RESULT, value=NamedNode(thing("state/y")))).records
    assert record.results[0].value == "state/y"
    (record,) = view(replace(RESULT, value=RESULT.focus_node)).records
    assert record.results[0].value == ""


def test_details_are_sentences():
    inner = replace(RESULT, message="Inside.", place=None)
    (record,) = view(replace(RESULT, detail=(inner, replace(inner, path=None)))).records
    assert record.results[0].details == ("state/x nea:iso3: Inside.", "state/x Inside.")


def test_the_verdict_says_what_is_not_shown():
    warned = replace(RESULT, severity=WARNING)
    assert view(warned).verdict == "The data can be accepted."
    told = view(RESULT, left_off=((VIOLATION, 1999),)).verdict
    assert told == ("The data cannot be accepted yet. 1 of 2,000 results are shown.")
    assert view().verdict.startswith("No problems")


def test_a_page_of_its_own_escapes_the_data():
    evil = replace(RESULT, message="<script>alert(1)</script>")
    page = report_page(summary(gather([evil])), {}).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page

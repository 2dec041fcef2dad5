"""Reports that are larger than anybody reads: the gravest first, the rest counted."""

import tracemalloc
from dataclasses import replace

import pytest

from neagraph.errors import UsageError
from neagraph.rdf.positions import Place
from neagraph.rdf.terms import BlankNode, NamedNode
from neagraph.validation.report import (
    INFO,
    VIOLATION,
    WARNING,
    ValidationReport,
    ValidationResult,
    at_least,
    gather,
    in_order,
    severity_of,
    to_text,
)
from neagraph.validation.report_graph import from_graph, to_graph
from neagraph.vocab import NEA, SH, thing

RESULT = ValidationResult(
    focus_node=NamedNode(thing("state/x")),
    path=NamedNode(NEA + "iso3"),
    value=None,
    source_shape=NamedNode(thing("shape/22-state")),
    source_constraint=None,
    constraint_component=NamedNode(SH + "MinCountConstraintComponent"),
    severity=VIOLATION,
    message="No code.",
    fix_hint="Write one.",
    docs="",
)


def results(number, *, severity=VIOLATION):
    for n in range(number):
        yield replace(RESULT, focus_node=NamedNode(thing(f"state/x{n}")), severity=severity)


def test_all_results_are_kept_where_no_limit_is_told():
    report = gather(results(3))
    assert (len(report.results), report.total, report.left_off) == (3, 3, ())


def test_the_gravest_are_kept_and_the_rest_is_counted():
    report = gather([*results(5, severity=WARNING), *results(2)], most=3)
    assert sorted(r.severity == WARNING for r in report.results) == [False, False, True]
    assert report.left_off == ((WARNING, 4),)
    assert (report.total, report.count(WARNING), report.count(VIOLATION)) == (7, 5, 2)


def test_what_is_kept_does_not_depend_on_the_order():
    found = list(results(20))
    assert gather(found, most=5) == gather(found[::-1], most=5)


def test_violations_that_are_left_off_refuse_the_data_all_the_same():
    report = ValidationReport((), ((VIOLATION, 1),))
    assert not report.accepted
    assert not report.conforms


@pytest.mark.slow
def test_a_million_results_take_the_memory_of_those_that_are_told():
    some = list(results(1000))
    tracemalloc.start()
    report = gather((some[n % 1000] for n in range(1_000_000)), most=100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(report.results), report.total) == (100, 1_000_000)
    assert peak < 2 * 1024 * 1024
    assert to_text(report).endswith(
        "1,000,000 violations, 0 warnings, 0 infos. 100 of 1,000,000 are shown.\n"
    )


def test_milder_results_can_be_left_out():
    report = ValidationReport(
        (*results(1), *results(1, severity=WARNING), *results(1, severity=INFO)),
        ((WARNING, 2), (INFO, 3)),
    )
    own = replace(RESULT, severity=NamedNode("http://example.org/Hint"))
    assert at_least(gather([own]), INFO).results == (own,)
    assert at_least(gather([own]), WARNING).left_off == ((own.severity, 1),)
    told = at_least(report, WARNING)
    assert [r.severity for r in told.results] == [VIOLATION, WARNING]
    assert dict(told.left_off) == {WARNING: 2, INFO: 4}
    assert (told.total, told.counts) == (report.total, report.counts)


def test_severities_have_words():
    assert severity_of("warning") == WARNING
    with pytest.raises(UsageError, match='no severity "fatal"') as caught:
        severity_of("fatal")
    assert "violation or warning or info" in caught.value.hint


def test_records_are_told_in_the_order_of_the_text():
    def at(name, line, source="a.ttl"):
        node = NamedNode(thing(f"state/{name}"))
        return replace(RESULT, focus_node=node, place=Place(source, line, 1))

    nowhere = replace(RESULT, focus_node=NamedNode(thing("state/aaa")))
    found = [nowhere, at("a", 9), at("b", 2), at("c", 1, "b.ttl"), at("a", 4)]
    told = [r.place.line if r.place else None for r in in_order(found)]
    assert (told[0], set(told[1:3]), told[3:]) == (2, {4, 9}, [1, None])


def test_the_place_and_the_suggestion_stand_in_the_text():
    told = to_text(
        gather([replace(RESULT, place=Place("a.ttl", 3, 7), suggestion="did you mean x?")])
    )
    assert "    at    a.ttl:3:7\n" in told
    assert "    try   did you mean x?\n" in told


def test_many_results_end_with_the_rules_that_were_broken_most():
    other = replace(RESULT, source_shape=NamedNode(thing("shape/31-address")))
    few, many = gather([*results(5), other]), gather([*results(30), other])
    assert "Most often" not in to_text(few)
    assert to_text(many).endswith("Most often: shape/22-state (30), shape/31-address (1).\n")
    assert "Most often" not in to_text(gather(results(30)))


def test_details_are_written_and_read_back():
    inner = replace(RESULT, focus_node=BlankNode("b"), message="Inside.", fix_hint="", path=None)
    report = gather([replace(RESULT, fix_hint="", detail=(inner,))])
    assert from_graph(to_graph(report), []) == report
    assert "    why   _:b Inside.\n" in to_text(report)


def test_a_hint_stands_in_the_place_of_details():
    inner = replace(RESULT, message="Inside.")
    assert "Inside." not in to_text(gather([replace(RESULT, detail=(inner,))]))

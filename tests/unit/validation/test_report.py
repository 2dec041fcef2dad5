from dataclasses import replace

import pytest

from neagraph.errors import ShapesError
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import Literal, NamedNode
from neagraph.validation.paths import CompoundPath
from neagraph.validation.report import (
    INFO,
    VIOLATION,
    WARNING,
    ValidationReport,
    ValidationResult,
    in_order,
    to_text,
)
from neagraph.validation.report_graph import from_graph, to_graph
from neagraph.vocab import NEA, SH, thing

RESULT = ValidationResult(
    focus_node=NamedNode(thing("statement/example-1/p3-s1-a")),
    path=NamedNode(NEA + "actor"),
    value=NamedNode(thing("meeting/example-1")),
    source_shape=NamedNode(thing("shape/04-actor-is-agent")),
    source_constraint=None,
    constraint_component=NamedNode(SH + "NotConstraintComponent"),
    severity=VIOLATION,
    message="A meeting cannot speak.",
    fix_hint="Use its body.",
    docs="https://w3id.org/neagraph/doc/shape/04-actor-is-agent",
)
WARNED = replace(
    RESULT,
    focus_node=NamedNode(thing("contribution/example-fund-2020-japan")),
    path=CompoundPath("alternativePath", (NamedNode(NEA + "toFund"), NamedNode(NEA + "toProject"))),
    value=Literal("$5"),
    severity=WARNING,
    message="A bare dollar.",
    fix_hint="",
    docs="",
)
INFORMED = replace(RESULT, severity=INFO, path=None, value=None, message="")
SHAPES = triples_of(
    parse(
        f"""
        <{RESULT.source_shape.value}>
            <{NEA}fixHint> "Verwende die Organisation."@de , "Use its body."@en ;
            <{NEA}docs> <{RESULT.docs}> .
        """.encode(),
        TURTLE,
        source="test",
    )
)


def report(*results):
    return ValidationReport(in_order(results))


def test_nothing_found_conforms_and_is_accepted():
    assert report().conforms
    assert report().accepted


@pytest.mark.parametrize(
    ("result", "accepted"), [(RESULT, False), (WARNED, True), (INFORMED, True)]
)
def test_anything_found_does_not_conform_and_only_violations_refuse(result, accepted):
    assert not report(result).conforms
    assert report(result).accepted is accepted


def test_results_are_told_apart_by_severity():
    found = report(RESULT, WARNED, INFORMED)
    assert (found.violations, found.warnings, found.infos) == ((RESULT,), (WARNED,), (INFORMED,))


def test_records_with_violations_come_first_with_all_that_was_found_about_them():
    assert in_order([WARNED, INFORMED, RESULT]) == (RESULT, INFORMED, WARNED)


def test_numbers_in_names_are_ordered_by_size():
    ids = ("p10-s1-a", "p3-s10-a", "p3-s2-a")
    results = [replace(RESULT, focus_node=NamedNode(thing(f"statement/r/{i}"))) for i in ids]
    assert list(in_order(results)) == results[::-1]


def test_the_order_is_the_same_for_the_reversed_list():
    results = [replace(r, value=Literal(str(i))) for i in range(4) for r in (RESULT, WARNED)]
    assert in_order(results) == in_order(results[::-1])


def test_severities_of_the_shapes_own_come_last():
    own = replace(RESULT, severity=NamedNode("http://example.org/Hint"))
    assert in_order([own, INFORMED]) == (INFORMED, own)
    assert "<http://example.org/Hint>: A meeting cannot speak." in to_text(report(own))


def test_the_w3c_report_is_read_back_as_it_was():
    found = report(replace(RESULT, path=WARNED.path), INFORMED)
    assert from_graph(to_graph(found), SHAPES) == found


def test_the_w3c_report_says_that_data_with_warnings_do_not_conform():
    conforms = {
        triple.object
        for triple in to_graph(report(WARNED))
        if triple.predicate.value == SH + "conforms"
    }
    assert {literal.value for literal in conforms} == {"false"}


def test_the_w3c_report_is_the_same_each_time():
    assert to_graph(report(RESULT, WARNED)) == to_graph(report(WARNED, RESULT))


def test_the_hint_is_taken_in_english():
    (read,) = from_graph(to_graph(report(RESULT)), SHAPES).results
    assert read.fix_hint == "Use its body."


def test_hints_are_empty_where_the_shape_has_none():
    (read,) = from_graph(to_graph(report(RESULT)), []).results
    assert (read.fix_hint, read.docs) == ("", "")


def test_a_result_without_a_focus_node_is_refused():
    triples = [t for t in to_graph(report(RESULT)) if t.predicate.value != SH + "focusNode"]
    with pytest.raises(ShapesError, match="sh:focusNode"):
        from_graph(triples, SHAPES)


def test_text_lists_record_problem_and_fix_and_counts_at_the_end():
    assert (
        to_text(report(WARNED, INFORMED, RESULT))
        == """\
statement/example-1/p3-s1-a
  violation: A meeting cannot speak.
    path  nea:actor
    value meeting/example-1
    fix   Use its body.
    rule  https://w3id.org/neagraph/doc/shape/04-actor-is-agent
  info: sh:NotConstraintComponent
    fix   Use its body.
    rule  https://w3id.org/neagraph/doc/shape/04-actor-is-agent

contribution/example-fund-2020-japan
  warning: A bare dollar.
    path  nea:toFund|nea:toProject
    value "$5"
    rule  shape/04-actor-is-agent

1 violation, 1 warning, 1 info in 2 records.
"""
    )


def test_text_says_so_when_nothing_was_found():
    assert to_text(report()) == "No problems: every record conforms to the shapes.\n"


def test_counts_are_in_the_right_number():
    other = replace(RESULT, value=Literal("x"))
    assert to_text(report(RESULT, other)).endswith(
        "\n2 violations, 0 warnings, 0 infos in 1 record.\n"
    )

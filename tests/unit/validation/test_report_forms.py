"""Reports for programs: JSON, SARIF, CSV, lines, RDF."""

import csv
import io
import json
import re
from dataclasses import replace

import jsonschema_rs
import pytest

from neagraph.errors import FormatError
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.positions import Place
from neagraph.rdf.terms import BlankNode, Literal, NamedNode
from neagraph.validation.formats import COLUMNS, REPORT_FORMATS, report_format_by_name
from neagraph.validation.report import (
    INFO,
    VIOLATION,
    WARNING,
    ValidationReport,
    gather,
)
from neagraph.validation.report_graph import from_graph
from neagraph.vocab import thing

from .sarif import SARIF
from .test_report import RESULT

PLACED = replace(
    RESULT,
    place=Place("data/my file.ttl", 14, 21),
    suggestion="did you mean body/example?",
)
UNPLACED = replace(RESULT, severity=WARNING, path=None, value=None, fix_hint="", docs="")
MILD = replace(
    RESULT,
    severity=INFO,
    source_shape=BlankNode("s"),
    value=Literal("=HYPERLINK(1)"),
    message="",
    place=Place("/data/é.ttl", 1, 1),
)
OWN = replace(RESULT, severity=NamedNode("http://example.org/Hint"), detail=(UNPLACED,))
REPORT = gather([PLACED, UNPLACED, MILD, OWN])
# A problem matcher of Visual Studio Code, as the README gives it.
MATCHER = re.compile(r"^(.+?):(\d+):(\d+): (error|warning|info): (.*)$")


def written(name, report=REPORT):
    return report_format_by_name(name).write(report)


def test_json_tells_what_is_wrong_how_to_fix_it_and_where():
    told = json.loads(written("json"))
    own = "<http://example.org/Hint>"
    assert told["counts"] == {"violation": 1, "warning": 1, "info": 1, own: 1}
    assert (told["conforms"], told["accepted"], told["total"], told["shown"]) == (
        False,
        False,
        4,
        4,
    )
    (first,) = [r for r in told["results"] if r["severity"] == "violation"]
    assert first["record"] == "statement/example-1/p3-s1-a"
    assert first["problem"] == "A meeting cannot speak."
    assert first["fix"] == "Use its body."
    assert first["suggestion"] == "did you mean body/example?"
    assert first["place"] == {"source": "data/my file.ttl", "line": 14, "column": 21}
    assert first["path"] == "nea:actor"
    assert first["value"] == f"<{thing('meeting/example-1')}>"


def test_json_leaves_out_what_is_not_known():
    told = json.loads(written("json", gather([UNPLACED])))
    assert not {"place", "fix", "path", "value", "detail"} & set(told["results"][0])


def test_json_holds_details():
    told = json.loads(written("json", gather([OWN])))
    assert told["results"][0]["detail"][0]["severity"] == "warning"


def test_json_counts_rules_and_what_is_left_off():
    told = json.loads(written("json", ValidationReport((PLACED,), ((VIOLATION, 41),))))
    assert (told["total"], told["shown"], told["counts"]["violation"]) == (42, 1, 42)
    assert told["rules"] == {RESULT.docs: 1}


def test_sarif_is_accepted_by_its_schema():
    jsonschema_rs.validator_for(SARIF, validate_formats=True).validate(json.loads(written("sarif")))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: run["results"][0].update(level="fatal"),
        lambda run: run["results"][0]["locations"][0].update(place=1),
        lambda run: run["results"][0].pop("message"),
        lambda run: run["tool"]["driver"].pop("name"),
        lambda run: run["results"].append({}),
    ],
)
def test_the_schema_of_sarif_refuses_what_is_wrong(spoil):
    log = json.loads(written("sarif"))
    spoil(log["runs"][0])
    assert not jsonschema_rs.is_valid(SARIF, log)


def test_sarif_names_rules_places_and_levels():
    run = json.loads(written("sarif"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    by_level = {result["level"]: result for result in run["results"]}
    place = by_level["error"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "data/my%20file.ttl"
    assert place["region"] == {"startLine": 14, "startColumn": 21}
    assert by_level["error"]["message"]["text"] == (
        "A meeting cannot speak. Did you mean body/example? Use its body."
    )
    assert "physicalLocation" not in by_level["warning"]["locations"][0]
    notes = [r for r in run["results"] if r["level"] == "note"]
    uris = [
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for r in notes
        if "physicalLocation" in r["locations"][0]
    ]
    assert uris == ["file:///data/%C3%A9.ttl"]
    assert run["properties"]["total"] == 4


def test_csv_has_a_head_and_a_row_for_each_result():
    rows = list(csv.DictReader(io.StringIO(written("csv").decode(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 4
    assert (rows[0]["file"], rows[0]["line"], rows[0]["column"]) == ("data/my file.ttl", "14", "21")


def test_csv_holds_no_formula():
    spoiled = replace(PLACED, message="=1+1", fix_hint="@x", suggestion="-1")
    (row,) = csv.reader(io.StringIO(written("csv", gather([spoiled])).decode().split("\r\n", 1)[1]))
    assert not [cell for cell in row if cell.startswith(("=", "@", "-", "+"))]


def test_lines_are_what_a_problem_matcher_reads():
    spread = replace(PLACED, message="Two\nlines: of it.")
    lines = written("lines", gather([spread, UNPLACED, MILD])).decode().splitlines()
    matched = [MATCHER.fullmatch(line) for line in lines]
    assert all(matched)
    assert {match[4] for match in matched} == {"error", "warning", "info"}
    assert matched[0].group(1, 2, 3) == ("data/my file.ttl", "14", "21")
    assert "Two lines: of it. Did you mean body/example? Use its body. [shape/" in matched[0][5]


@pytest.mark.parametrize("name", ["turtle", "jsonld", "ntriples", "rdfxml", "trig", "nquads"])
def test_every_format_of_rdf_holds_the_w3c_report(name):
    plain = gather([replace(UNPLACED, detail=())])
    quads = parse(written(name, plain), graph_format_by_name(name), source="report")
    assert from_graph(triples_of(quads), []) == plain


def test_nothing_found_is_told_in_every_form():
    for form in REPORT_FORMATS:
        body = form.write(ValidationReport(()))
        assert body or form.name == "lines"
    assert json.loads(written("json", ValidationReport(())))["conforms"] is True
    assert jsonschema_rs.is_valid(SARIF, json.loads(written("sarif", ValidationReport(()))))


def test_forms_have_names_media_types_and_suffixes_of_their_own():
    for part in ("name", "media_type"):
        values = [getattr(form, part) for form in REPORT_FORMATS]
        assert len(values) == len(set(values))
    assert all(form.suffix.startswith(".") for form in REPORT_FORMATS)


def test_a_form_that_is_not_known_is_told_with_those_that_are():
    with pytest.raises(FormatError, match='no form of reports "pdf"') as caught:
        report_format_by_name("pdf")
    assert "sarif" in caught.value.hint

"""The commands for validators: what they print, where they put things, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from contextlib import nullcontext

import jsonschema_rs
import pytest
from rich.console import Console
from tests.samples import HEAD, MEETING, SHAPES, THEIRS, WRONG
from typer.testing import CliRunner

from neagraph import cli_validation
from neagraph.errors import NeagraphError
from neagraph.rdf.formats import GRAPH_FORMATS
from neagraph.rdf.io import parse
from neagraph.rdf.terms import NamedNode
from neagraph.settings import project_root
from neagraph.validation.report import gather, to_text
from neagraph.vocab import SH

from .validation.sarif import SARIF
from .validation.test_report import RESULT
from .validation.test_report_forms import MATCHER

REPORT = "data/reports/neaspec-som-24.ttl"
WARNED = HEAD + MEETING + '<mechanism/example> a nea:Mechanism ; rdfs:label "EX"@en .\n'
SECOND_MONGOLIA = HEAD + '<state/atlantis> a nea:State ; rdfs:label "A"@en ; nea:iso3 "MNG" .'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with some files."""
    monkeypatch.chdir(tmp_path)
    for name, content in {
        "good.ttl": HEAD + MEETING,
        "wrong.ttl": WRONG,
        "warned.ttl": WARNED,
        "theirs.ttl": THEIRS,
        "shapes.ttl": SHAPES,
    }.items():
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    """Checks run in this process; the seconds that each may take."""
    seconds = []
    monkeypatch.setattr(cli_validation, "go_on_watched", lambda given, **_: seconds.append(given))
    return seconds


def done(*arguments, stdin=b""):
    """Run a command in this process."""
    result = CliRunner().invoke(cli_validation.app, arguments, input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def run(*arguments, stdin=b""):
    """Run a command in this process; the exit code, and what it prints."""
    result = done(*arguments, stdin=stdin)
    return result.exit_code, result.stdout


def complaint(*arguments, stdin=b""):
    with pytest.raises(NeagraphError) as caught:
        run(*arguments, stdin=stdin)
    return str(caught.value)


@pytest.mark.usefixtures("folder")
def test_data_that_conform_exit_with_0():
    assert run("validate", "good.ttl") == (
        0, "No problems: every record conforms to the shapes.\n",
    )  # fmt: skip


@pytest.mark.usefixtures("folder")
def test_a_long_check_tells_how_far_it_has_come(monkeypatch):
    told = []
    monkeypatch.setattr(cli_validation, "progress", lambda _: nullcontext(told.append))
    run("validate", "theirs.ttl", "--shapes", "shapes.ttl")
    assert told[0] == "checking against the shapes: reading the data"
    assert told[1].startswith("checking against the shapes: 0 of 1 checks done, now <http://exam")


@pytest.mark.usefixtures("folder")
def test_a_violation_is_told_with_file_line_column_hint_and_suggestion():
    code, out = run("validate", "wrong.ttl")
    assert code == 1
    assert out.startswith("meeting/example-1\n  violation: This meeting has no name.\n")
    assert "    at    wrong.ttl:5:3\n" in out
    assert "    fix   Write rdfs:label" in out
    assert "    try   you wrote rdfs:lable; did you mean rdfs:label?\n" in out
    assert out.endswith("1 violation, 0 warnings, 0 infos in 1 record.\n")


@pytest.mark.usefixtures("folder")
def test_warnings_fail_only_when_one_is_strict():
    assert run("validate", "warned.ttl")[0] == 0
    assert "2 warnings" in run("validate", "warned.ttl")[1]
    assert run("validate", "warned.ttl", "--strict")[0] == 1
    assert run("validate", "good.ttl", "--strict")[0] == 0


@pytest.mark.usefixtures("folder")
def test_milder_results_can_be_left_out_and_decide_all_the_same():
    code, out = run("validate", "warned.ttl", "--severity", "violation", "--strict")
    assert (code, out) == (1, "0 violations, 2 warnings, 0 infos. None of 2 are shown.\n")


@pytest.mark.usefixtures("folder")
def test_many_results_are_counted_and_the_first_are_told(folder):
    many = "".join(
        f"<{n}> a <http://example.org/C> ; <http://example.org/p> 'long' .\n" for n in range(30)
    )
    (folder / "many.ttl").write_text("@base <http://example.org/> .\n" + many)
    arguments = ("validate", "many.ttl", "--shapes", "shapes.ttl", "--format", "json")
    told = json.loads(run(*arguments, "--max-results", "4")[1])
    assert (told["total"], told["shown"], len(told["results"])) == (30, 4, 4)
    assert json.loads(run(*arguments, "--max-results", "0")[1])["shown"] == 30


@pytest.mark.usefixtures("folder")
def test_other_people_s_shapes_see_the_data_alone():
    code, out = run("validate", "theirs.ttl", "--shapes", "shapes.ttl")
    assert (code, "violation: Too long." in out) == (1, True)
    assert run("validate", "wrong.ttl", "--shapes", "shapes.ttl")[0] == 0


@pytest.mark.usefixtures("folder")
def test_several_files_are_read_together():
    code, out = run("validate", "good.ttl", "wrong.ttl", "--format", "lines")
    assert (code, out) == (0, "")
    code, out = run("validate", "theirs.ttl", "wrong.ttl", "--format", "lines")
    assert (code, out.startswith("wrong.ttl:5:3: error: meeting/example-1: ")) == (1, True)


def test_standard_input_is_read():
    code, out = run("validate", "-", "--format", "lines", stdin=WRONG.encode())
    assert (code, out.startswith("-:5:3: error: ")) == (1, True)
    triple = b"<http://example.org/x> <http://example.org/p> <http://example.org/o> ."
    assert run("validate", "-", "--input-format", "nt", stdin=triple)[0] == 0


@pytest.mark.usefixtures("folder")
def test_media_types_name_formats_too():
    line = b"<http://example.org/x> <http://example.org/p> <http://example.org/o> ."
    formats = ("application/n-triples", "text/turtle; charset=utf-8")
    codes = [run("validate", "-", *OWN_SHAPES, "--input-format", f, stdin=line)[0] for f in formats]
    assert codes == [0, 0]


@pytest.mark.usefixtures("folder")
def test_shapes_are_read_from_standard_input(folder):
    (folder / "shapes.txt").write_text(SHAPES)
    arguments = ("validate", "theirs.ttl", "--shapes")
    assert "Too long." in run(*arguments, "-", stdin=SHAPES.encode())[1]
    assert "Too long." in run(*arguments, "shapes.txt", "--input-format", "turtle")[1]


# ---- Forms ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", [fmt.name for fmt in GRAPH_FORMATS])
def test_the_w3c_report_comes_in_every_format_of_rdf(name):
    fmt = next(fmt for fmt in GRAPH_FORMATS if fmt.name == name)
    code, out = run("validate", "wrong.ttl", "--format", name)
    results = [
        quad
        for quad in parse(out.encode(), fmt, source="out")
        if quad.object == NamedNode(SH + "ValidationResult")
    ]
    assert (code, len(results)) == (1, 1)


@pytest.mark.usefixtures("folder")
def test_sarif_is_accepted_by_its_schema():
    log = json.loads(run("validate", "wrong.ttl", "warned.ttl", "--format", "sarif")[1])
    jsonschema_rs.validator_for(SARIF, validate_formats=True).validate(log)
    levels = [result["level"] for result in log["runs"][0]["results"]]
    assert levels == ["warning", "warning"]


@pytest.mark.usefixtures("folder")
def test_csv_is_read_back():
    (row,) = csv.DictReader(io.StringIO(run("validate", "wrong.ttl", "--format", "csv")[1]))
    assert (row["file"], row["line"], row["severity"]) == ("wrong.ttl", "5", "violation")


@pytest.mark.usefixtures("folder")
def test_html_is_one_file_that_needs_no_other():
    code, page = run("validate", "wrong.ttl", "--format", "html")
    assert code == 1
    assert page.startswith("<!doctype html>")
    assert "rdfs:lable &#34;Example&#34;@en ;" in page
    assert "Did you mean rdfs:label?" in page or "did you mean rdfs:label?" in page
    assert not re.findall(r"(?:src|href)=", page.partition("</style>")[2])


class Terminal(io.StringIO):
    """What stands in a terminal's place."""

    def isatty(self):
        return True


def test_a_terminal_is_told_in_colours(monkeypatch):
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setattr(
        cli_validation, "Console", lambda **options: Console(**options, force_terminal=True)
    )
    cli_validation._print(gather([RESULT]), [], "text")
    out = sys.stdout.getvalue()
    assert "\x1b[1;31m  violation:\x1b[0m" in out
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == to_text(gather([RESULT]))


# ---- What to check against -----------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_the_reference_is_ours_or_one_graph_or_none(folder):
    (folder / "two.ttl").write_text(SECOND_MONGOLIA)
    assert "Another record" in run("validate", "two.ttl")[1]
    assert "Another record" in run("validate", "two.ttl", "--against", "reference/states")[1]
    assert "Another record" not in run("validate", "two.ttl", "--against", "none")[1]
    assert (
        "Another record" not in run("validate", "two.ttl", "--against", "report/neaspec-som-24")[1]
    )


@pytest.mark.usefixtures("folder")
def test_a_reference_is_fetched_from_where_the_user_says(read_only, folder):
    (folder / "two.ttl").write_text(SECOND_MONGOLIA)
    endpoint = str(read_only.base_url.join("/sparql"))
    assert "Another record" in run("validate", "two.ttl", "--against", endpoint)[1]
    document = str(read_only.base_url.join("/graphs/reference/states"))
    assert "Another record" in run("validate", "two.ttl", "--against", document)[1]
    assert "is no RDF" in complaint("validate", "good.ttl", "--against", str(read_only.base_url))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("good.ttl", "--format", "pdf"), 'no form of reports "pdf"'),
        (("good.ttl", "--against", "reference/stat"), "reference/states"),
        (("good.ttl", "--against", "http://127.0.0.1:9/sparql"), "gave no answer"),
        (("good.ttl", "--shapes", "good.ttl"), "no shape"),
        (("-", "--input-format", "word"), 'no RDF format "word"'),
        (("-", "--input-format", "image/png"), 'type "image/png" names no RDF format'),
        (("-", "--shapes", "-"), "can be read once"),
        (("good.ttl", "--timeout", "soon"), "cannot be used for timeout"),
    ],
)
def test_what_cannot_be_used_is_told(arguments, said):
    assert said in complaint("validate", *arguments)


def test_too_much_on_standard_input_is_not_read(monkeypatch):
    monkeypatch.setattr(cli_validation, "MAX_FILE_BYTES", 10)
    result = done("validate", "-", stdin=b"x" * 11)
    assert (result.exit_code, "more than 10 bytes" in result.stderr) == (2, True)


# ---- What cannot be read -------------------------------------------------------------------------


@pytest.fixture
def unreadable(folder):
    """Files that cannot be read, beside one with a violation and one that is not there."""
    triple = "<http://example.org/a> <http://example.org/> 'é' ."
    (folder / "latin.ttl").write_bytes(triple.encode("latin-1"))
    (folder / "odd.txt").write_text("x")
    (folder / "open.ttl").write_text("# two\n<http://x/a>")
    (folder / "inner.nt").write_text("<http://x/a> <http://x/b> <<( <a:a> <a:b> <a:c> )>> .")
    return ["absent.ttl", "latin.ttl", "theirs.ttl", "odd.txt", "inner.nt", "open.ttl"]


UNREAD = {"absent.ttl", "latin.ttl", "odd.txt", "inner.nt", "open.ttl"}
OWN_SHAPES = ("--shapes", "shapes.ttl")


def test_all_unreadable_files_are_told_and_the_others_checked(unreadable):
    result = done("validate", *unreadable, *OWN_SHAPES)
    assert result.exit_code == 2
    assert "violation: Too long." in result.stdout
    (last,) = [line for line in result.stdout.splitlines() if line.startswith("Unreadable")]
    assert set(last.rstrip(".").partition(": ")[2].split(", ")) == UNREAD
    assert "neagraph: absent.ttl: The file cannot be read: no such file" in result.stderr
    assert "neagraph: latin.ttl:1:47: This is not UTF-8 text" in result.stderr
    assert "--input-format" in result.stderr


def test_a_line_for_each_unreadable_file_is_what_a_problem_matcher_reads(unreadable):
    lines = run("validate", *unreadable, *OWN_SHAPES, "--format", "lines")[1].splitlines()
    found = {re.match(MATCHER, line).group(1, 2, 4) for line in lines}
    assert {name for name, _, _ in found} == {*UNREAD, "theirs.ttl"}
    assert {("open.ttl", "2", "error"), ("absent.ttl", "1", "error")} <= found


def test_json_lists_what_cannot_be_read(unreadable):
    told = json.loads(run("validate", *unreadable, *OWN_SHAPES, "--format", "json")[1])
    assert (told["conforms"], told["accepted"], told["total"]) == (False, False, 1)
    by_name = {entry["source"]: entry for entry in told["unreadable"]}
    assert set(by_name) == UNREAD
    assert (by_name["open.ttl"]["line"], by_name["latin.ttl"]["column"]) == (2, 47)
    assert by_name["inner.nt"]["message"].startswith("Triples inside triples")
    assert "line" not in by_name["absent.ttl"]
    assert by_name["absent.ttl"]["hint"].startswith("Check the path")


def test_sarif_has_results_for_what_cannot_be_read(unreadable):
    log = json.loads(run("validate", *unreadable, *OWN_SHAPES, "--format", "sarif")[1])
    jsonschema_rs.validator_for(SARIF, validate_formats=True).validate(log)
    (only,) = log["runs"]
    rules = only["tool"]["driver"]["rules"]
    results = [result for result in only["results"] if result["ruleId"] == "unreadable"]
    assert {rules[result["ruleIndex"]]["id"] for result in results} == {"unreadable"}
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert {place["artifactLocation"]["uri"] for place in places} == UNREAD
    regions = {p["artifactLocation"]["uri"]: p["region"] for p in places}
    assert regions["open.ttl"]["startLine"] == 2
    assert regions["absent.ttl"] == {"startLine": 1, "startColumn": 1}


def test_csv_has_a_row_for_what_cannot_be_read(unreadable):
    out = run("validate", *unreadable, *OWN_SHAPES, "--format", "csv")[1]
    rows = {row["file"]: row for row in csv.DictReader(io.StringIO(out))}
    assert {name for name, row in rows.items() if row["rule"] == "unreadable"} == UNREAD
    assert (rows["open.ttl"]["line"], rows["theirs.ttl"]["severity"]) == ("2", "violation")


def test_the_page_shows_what_cannot_be_read_with_its_line(unreadable):
    page = run("validate", *unreadable, *OWN_SHAPES, "--format", "html")[1]
    assert "cannot be accepted yet" in page
    assert "The file cannot be read: no such file" in page
    assert "open.ttl, line 2, column" in page
    assert '<pre class="excerpt">&lt;http://x/a&gt;</pre>' in page


def test_the_w3c_report_is_about_what_can_be_read(unreadable):
    result = done("validate", *unreadable, *OWN_SHAPES, "--format", "turtle")
    assert (result.exit_code, "sh:conforms false" in result.stdout) == (2, True)
    assert all(f"neagraph: {name}" in result.stderr for name in UNREAD)


@pytest.mark.usefixtures("unreadable")
@pytest.mark.parametrize(("form", "is_told"), [("text", False), ("turtle", False), ("json", True)])
def test_where_nothing_can_be_read_nothing_is_said_to_be_fine(form, is_told):
    code, out = run("validate", "absent.ttl", "open.ttl", *OWN_SHAPES, "--format", form)
    assert (code, bool(out)) == (2, is_told)


@pytest.mark.usefixtures("unreadable")
def test_unreadable_shapes_are_told_as_data_are():
    result = done(
        "validate", "open.ttl", "theirs.ttl", "--shapes", "latin.ttl", *OWN_SHAPES,
        "--format", "lines",
    )  # fmt: skip
    assert result.exit_code == 2
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [
        "latin.ttl",
        "open.ttl",
    ]


# ---- Time ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_a_check_takes_as_long_as_it_needs_unless_somebody_sets_a_limit(watched, monkeypatch):
    run("validate", "theirs.ttl", *OWN_SHAPES)
    run("validate", "theirs.ttl", *OWN_SHAPES, "--timeout", "2.5")
    monkeypatch.setenv("NEAGRAPH_TIMEOUT", "7")
    run("validate", "theirs.ttl", *OWN_SHAPES)
    assert watched == [None, 2.5, 7.0]


@pytest.mark.usefixtures("folder")
def test_the_program_exits_with_2_for_what_cannot_be_read():
    program = subprocess.run(
        [sys.executable, "-m", "neagraph.cli", "validate", "absent.ttl"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (program.returncode, program.stdout) == (2, "")
    assert program.stderr.startswith("neagraph: absent.ttl: The file cannot be read")


@pytest.mark.parametrize("name", ["neaspec-som-24.ttl"])
def test_our_own_report_conforms_and_is_not_checked_against_itself(name):
    path = str(project_root() / "data/reports" / name)
    assert run("validate", path) == (0, "No problems: every record conforms to the shapes.\n")


# ---- Shapes --------------------------------------------------------------------------------------


def test_shapes_lists_the_classes():
    code, out = run("shapes")
    assert code == 0
    assert out.splitlines()[0].startswith("Meeting ")


@pytest.mark.parametrize("name", ["Meeting", "Statement", "commitment", "nea:Contribution"])
def test_shapes_tells_what_a_record_needs_with_an_example(name):
    code, out = run("shapes", name)
    assert code == 0
    assert "needed" in out
    assert "if not:" in out
    assert "@base <https://w3id.org/neagraph/id/> ." in out.partition("Example")[2]


def test_shapes_complains_about_a_class_without_one():
    assert "Did you mean Meeting" in complaint("shapes", "Meetings")

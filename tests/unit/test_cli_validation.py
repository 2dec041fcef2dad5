"""The commands for validators: what they print, where they put things, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys

import jsonschema_rs
import pytest
from rich.console import Console
from typer.testing import CliRunner

from neagraph import cli_validation
from neagraph.errors import NeagraphError
from neagraph.rdf.formats import GRAPH_FORMATS
from neagraph.rdf.io import parse
from neagraph.rdf.terms import NamedNode
from neagraph.settings import project_root
from neagraph.validation.report import gather, to_text
from neagraph.vocab import SH

from .test_checking import HEAD, MEETING, SHAPES
from .validation.sarif import SARIF
from .validation.test_report import RESULT

REPORT = "data/reports/neaspec-som-24.ttl"
WRONG = HEAD + MEETING.replace("rdfs:label", "rdfs:lable")
WARNED = HEAD + MEETING + '<mechanism/example> a nea:Mechanism ; rdfs:label "EX"@en .\n'
SECOND_MONGOLIA = HEAD + '<state/atlantis> a nea:State ; rdfs:label "A"@en ; nea:iso3 "MNG" .'
THEIRS = "<http://example.org/x> a <http://example.org/C> ; <http://example.org/p> 'long' ."


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


def run(*arguments, stdin=b""):
    """Run a command in this process; the exit code, and what it prints."""
    done = CliRunner().invoke(cli_validation.app, arguments, input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


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
    assert (code, out) == (1, "No problems: every record conforms to the shapes.\n")


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
        (("absent.ttl",), "cannot be read: no such file"),
        (("good.txt",), "--input-format"),
        (("good.ttl", "--format", "pdf"), 'no form of reports "pdf"'),
        (("good.ttl", "--against", "reference/stat"), "reference/states"),
        (("good.ttl", "--against", "http://127.0.0.1:9/sparql"), "gave no answer"),
        (("good.ttl", "--shapes", "good.ttl"), "no shape"),
        (("latin.ttl",), "latin.ttl:1:47: This is not UTF-8 text"),
        (("-", "--input-format", "word"), 'no RDF format "word"'),
    ],
)
def test_what_cannot_be_used_is_told(folder, arguments, said):
    (folder / "good.txt").write_text("x")
    triple = "<http://example.org/a> <http://example.org/> 'é' ."
    (folder / "latin.ttl").write_bytes(triple.encode("latin-1"))
    assert said in complaint("validate", *arguments)


def test_too_much_on_standard_input_is_not_read(monkeypatch):
    monkeypatch.setattr(cli_validation, "MAX_FILE_BYTES", 10)
    assert "more than 10 bytes" in complaint("validate", "-", stdin=b"x" * 11)


@pytest.mark.usefixtures("folder")
def test_the_program_exits_with_2_for_what_cannot_be_read():
    done = subprocess.run(
        [sys.executable, "-m", "neagraph.cli", "validate", "absent.ttl"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("neagraph: absent.ttl: The file cannot be read")


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

"""The commands about reports: what they print, what they leave, and how they fail."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from neagraph import cli, cli_reports
from neagraph.errors import NeagraphError
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse
from neagraph.settings import project_root
from neagraph.tokens import Role, TokenStore

from .reports.review_samples import TEXT
from .reports.test_readers_pdf import SCAN, pdf

GOLD = """\
source: {file: reed.txt, characters: 318, meeting: meeting/neaspec-som-25}
paragraphs:
- {number: 1, char_start: 36, char_end: 170, heading: null}
statements:
- {id: p1-s1-a, paragraph: 1, level: main, type: Adoption, verb: adopt, actor: body/neaspec-som,
   char_start: 39, char_end: 72, trigger_start: 51, trigger_end: 58}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch) -> Path:
    """A checkout of the project's own data, which the commands take for the project."""
    folder = tmp_path / "project"
    for name in ("ontology", "data", "queries"):
        shutil.copytree(project_root() / name, folder / name)
    (folder / "pyproject.toml").touch()
    monkeypatch.setattr(cli_reports, "project_root", lambda: folder)
    monkeypatch.setenv("NEAGRAPH_STATE", str(tmp_path / "state"))
    return folder


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "reed-council-3.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture
def run(root):  # noqa: ARG001  what the commands take for the project
    def invoked(*arguments: object, code: int = 0) -> str:
        result = CliRunner().invoke(cli.app, [str(a) for a in arguments])
        if isinstance(result.exception, NeagraphError):
            assert code == result.exception.exit_code
            return str(result.exception)
        assert result.exit_code == code, result.output
        return result.stdout

    return invoked


def decided(sheet: str, verdict: str) -> bytes:
    rows = list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff"), newline="")))
    target = io.StringIO()
    writer = csv.DictWriter(target, rows[0])
    writer.writeheader()
    writer.writerows({**row, "decision": verdict} for row in rows)
    return target.getvalue().encode()


def test_extract_prints_the_documented_json(run, report):
    said = json.loads(run("extract", report))
    assert set(said) == {"document", "rules", "paragraphs", "statements", "entities"}
    assert said["document"]["warnings"] == []
    assert said["document"]["characters"] == len(TEXT)
    assert set(said["paragraphs"][0]) == {"number", "start", "end", "heading"}
    statement = said["statements"][0]
    assert {"id", "paragraph", "level", "type", "verb", "start", "end", "trigger_start",
            "trigger_end", "actor", "actor_basis", "addressee", "addressee_basis", "acted_at",
            "parent", "responds_to", "objects", "mentions", "topic", "modality", "negated",
            "amounts", "commitments", "confidence", "reasons"} <= set(statement)  # fmt: skip
    assert TEXT[statement["trigger_start"] : statement["trigger_end"]] == "adopted"


def test_extract_prints_turtle_a_sheet_and_a_listing(run, report):
    turtle = run("extract", report, "--format", "turtle", "--meeting", "meeting/neaspec-som-25")
    assert parse(turtle.encode(), TURTLE, source="printed")
    assert "<graph/inbox/neaspec-som-25>" in turtle
    rows = list(csv.DictReader(io.StringIO(run("extract", report, "--format", "csv"))))
    assert rows[0]["quote"] == "The Meeting adopted the Reed Plan"
    listing = run("extract", report, "--format", "text")
    assert "Paragraph 1" in listing
    assert "Request by" in listing


def test_a_listing_tells_what_was_not_done_sums_and_conditions(run, tmp_path):
    path = tmp_path / "reed.txt"
    path.write_text(
        "1. Mongolia did not support the proposal.\n\n2. China pledged US$ 5,000.\n\n"
        "3. Japan offered to host the next meeting, subject to the availability of funds.\n"
    )
    listing = run("extract", path, "--format", "text")
    assert "Endorsement by mongolia, not done, " in listing
    assert "→ 5000 USD from china" in listing
    assert "OfferedCommitment of japan, subject to the availability of funds" in listing


def test_extract_goes_on_when_one_of_several_is_bad(root, report, tmp_path):  # noqa: ARG001
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("c.txt", "a.txt"):
        shutil.copy(report, folder / name)
    bad = folder / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 cut short")
    (folder / "readme.xyz").write_text("no report")
    (folder / "~$c.txt").write_text("a lock of a word processor")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "d.txt").write_text(TEXT)
    result = CliRunner().invoke(cli.app, ["extract", str(folder), str(folder / "c.txt")])
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(line["file"]).name for line in lines] == ["a.txt", "c.txt"]
    assert lines[0]["statements"] == lines[1]["statements"]
    assert f"neagraph: {bad}: This PDF is damaged or cut short." in result.stderr
    assert "neagraph: 2 of 3 reports were read." in result.stderr
    assert f"Not read, for the reasons above: {bad}." in result.stderr
    assert "2 other files are none, by their names." in result.stderr


def test_extract_says_that_all_were_read_or_none(root, report, tmp_path):  # noqa: ARG001
    shutil.copy(report, tmp_path / "b.txt")
    files = [str(report), str(tmp_path / "b.txt")]
    result = CliRunner().invoke(cli.app, ["extract", *files, "--format", "text"])
    assert result.stdout.count(" statements\n") == 2
    assert result.stderr == "neagraph: 2 of 2 reports were read.\n"
    nowhere = [str(tmp_path / name) for name in ("x.txt", "y.txt")]
    result = CliRunner().invoke(cli.app, ["extract", *nowhere])
    assert result.exit_code == 2
    assert result.stderr.count("The file cannot be read: no such file") == 2


def test_pages_that_are_pictures_are_told_by_every_command(run, root, tmp_path):  # noqa: ARG001
    path = tmp_path / "partly-scanned.pdf"
    said = [(72, 700 - 14 * at, line) for at, line in enumerate(TEXT.splitlines()) if line]
    path.write_bytes(pdf(said, [], drawn=SCAN, on=1))
    told = "There is no text on page 2 of 2"
    (warning,) = json.loads(run("extract", path))["document"]["warnings"]
    assert warning.startswith(told)
    assert f"\nwarning: {told}" in run("extract", path, "--format", "text")
    for command in (["extract", str(path), "--format", "csv"], ["ingest", str(path)]):
        result = CliRunner().invoke(cli.app, command)
        assert result.exit_code == 0
        assert f"neagraph: warning: {told}" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.txt",), "nowhere.txt"),
        (("empty.txt",), "empty"),
        (("junk.txt",), "junk.txt"),
        (("folder",), "no report in this folder"),
        (("empty.txt", "junk.txt", "--format", "csv"), "one report at a time"),
    ],
)
def test_what_cannot_be_extracted_is_told(run, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").touch()
    Path("junk.txt").write_bytes(bytes(range(256)) * 40)
    Path("folder").mkdir()
    assert said in run("extract", *arguments, code=2)


def test_a_report_goes_from_its_file_into_the_graph(run, root, report, tmp_path):
    name = "reed-council-3"
    took = run("ingest", report, "--slug", name)
    assert "wait in the inbox" in took
    assert "cannot be published" not in took
    assert f"/review/{name}" in took
    assert "Nothing is different" in run("ingest", report, "--slug", name)
    assert "318 characters" in run("source", "add", report)
    sheet = tmp_path / "sheet.csv"
    exported = run("review", "export", name)
    sheet.write_bytes(decided(exported, "accept"))
    number = exported.count("\n") - 1
    assert run("review", "import", sheet, "--by", "Ann") == f"{number} new decisions on {name}.\n"
    assert run("review", "import", sheet, "--by", "Ann") == f"0 new decisions on {name}.\n"
    assert f"data/reports/{name}.ttl is written: {number} statements." in run("publish", name)
    assert "as it was" in run("publish", name)
    assert (root / "data" / "reports" / f"{name}.ttl").is_file()


def test_a_sheet_of_a_file_needs_no_ingest(run, report, tmp_path):
    assert "The Meeting adopted" in run("review", "export", report)
    assert not (tmp_path / "state").exists()


def test_other_decisions_on_the_same_file_are_told(run, report, monkeypatch):
    run("ingest", report, "--slug", "reed")
    monkeypatch.setattr("neagraph.reports.extraction.extract.RULES", "2")
    report.write_text(TEXT.replace("The Meeting adopted the Reed Plan. ", ""))
    took = run("ingest", report, "--slug", "reed")
    assert "In this file, against the last time:" in took
    assert "  - p" in took or "  ~ p" in took


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ingest", "nowhere.txt"), "nowhere.txt"),
        (("ingest", "reed-council-3.txt", "--slug", "A B"), "cannot be the name"),
        (("ingest", "reed-council-3.txt", "--meeting", "state/japan"), "no meeting"),
        (("publish", "nothing"), 'No report "nothing"'),
        (("review", "export", "nothing"), 'No report "nothing"'),
        (("review", "import", "nowhere.csv", "--by", "Ann"), "nowhere.csv"),
        (("review", "import", "reed-council-3.txt", "--by", "Ann"), "no column"),
        (("review", "import", "reed-council-3.txt", "--by", " "), "Who has reviewed it?"),
        (("source", "add", "reed-council-3.txt"), "digest"),
        (("evaluate", "junk.yaml", "reed-council-3.txt"), "not UTF-8"),
        (("evaluate", "reed-council-3.txt", "reed-council-3.txt"), "annotation"),
    ],
)
def test_bad_input_is_told_and_nothing_is_stored(run, report, monkeypatch, arguments, said):
    monkeypatch.chdir(report.parent)
    Path("junk.yaml").write_bytes(b"\xff\xfe")
    assert said in run(*arguments, code=2)
    assert not (report.parent / "state").exists()


def test_evaluate_prints_scores(run, report, tmp_path):
    gold = tmp_path / "gold.yaml"
    gold.write_text(GOLD)
    assert "main acts" in run("evaluate", gold, report)
    assert json.loads(run("evaluate", gold, report, "--format", "json"))


def test_what_the_shapes_say_and_what_holds_on_is_told(run, report, tmp_path, monkeypatch):
    run("ingest", report, "--slug", "reed")
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(decided(run("review", "export", "reed"), "accept"))
    run("review", "import", sheet, "--by", "Ann")
    report.write_text("New. " + TEXT)
    told = ("This statement is odd.",)
    monkeypatch.setattr("neagraph.curating.intake._problems", lambda *_: {"p1-s1-a": told})
    took = run("ingest", report, "--slug", "reed")
    assert "p1-s1-a cannot be published as it is: This statement is odd." in took
    assert re.search(r"\d+ decisions hold on: the words are the same\.", took)


def test_statements_entered_by_hand_are_told(run, shared):
    took = run("ingest", shared / "reports" / "neaspec-som-24.txt")
    assert re.search(r"\n\d+ stand in the graph already, entered by hand\.\n", took)


def test_serve_tells_how_somebody_may_review(tmp_path):
    tokens = TokenStore(tmp_path / "tokens.json")
    assert cli._who_may(None) == ""
    assert "neagraph token add NAME" in cli._who_may(tokens)
    tokens.add("Ann", Role.EDITOR)
    assert cli._who_may(tokens) == ""
    (tmp_path / "tokens.json").write_text("{")
    assert "tokens.json" in cli._who_may(tokens)

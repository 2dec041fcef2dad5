"""The command line: what it prints, where, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from neagraph import __version__
from neagraph.model import Changeset
from neagraph.settings import project_root
from neagraph.store import snapshot
from neagraph.store.digest import changed
from neagraph.store.state import open_history

REPORT = "data/reports/neaspec-som-24.ttl"
TEN = "{1 2 3 4 5 6 7 8 9 0}"
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"VALUES ?v{i} {TEN}" for i in range(12)) + "}"


class Run:
    """A run of the program in a process of its own."""

    def __init__(
        self, *arguments: str, state: Path, stdin: bytes = b"", **environment: str
    ) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "neagraph.cli", *arguments],
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, "NEAGRAPH_STATE": str(state), "COLUMNS": "100", **environment},
        )
        self.code = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()
        assert "Traceback" not in self.err


def complains(run: Run, *, code: int, said: str, hint: str) -> None:
    """Assert one clear message: what is wrong, a next step, and nothing on standard output."""
    assert (run.code, run.out) == (code, "")
    assert run.err.startswith("neagraph: ")
    assert said in run.err
    assert hint in run.err.split("→")[1]


def test_build_tells_the_counts(tmp_path: Path) -> None:
    run = Run("build", state=tmp_path)
    assert run.code == 0
    assert "75 statements, 25 commitments" in run.out
    assert str(snapshot.current_snapshot(tmp_path)) in run.out


def test_query_answers_a_query_of_the_catalogue(state: Path) -> None:
    run = Run("query", "cq4", "--format", "csv", state=state)
    amounts = {row["amount"] for row in csv.DictReader(io.StringIO(run.out))}
    assert (run.code, amounts) == (0, {"44985", "245727"})


def test_query_prints_a_table_by_default(state: Path) -> None:
    run = Run("query", "core-fund-sum", state=state)
    assert "290712" in run.out
    assert run.out.endswith("(1 row)\n")


def test_query_takes_parameters(state: Path) -> None:
    arguments = ("commitment-status", "--format", "csv", "--param", "asOf=2023-01-01")
    rows = list(csv.DictReader(io.StringIO(Run("query", *arguments, state=state).out)))
    assert [row["status"] for row in rows].count("past-due-no-evidence") == 6


def test_query_reads_a_file_and_standard_input(state: Path, tmp_path) -> None:
    text = b"PREFIX nea: <https://w3id.org/neagraph/ontology#> ASK { ?s a nea:Statement }"
    (tmp_path / "ask.rq").write_bytes(text)
    assert Run("query", str(tmp_path / "ask.rq"), state=state).out == "yes\n"
    assert Run("query", "-", state=state, stdin=text).out == "yes\n"


def test_query_without_a_query_lists_the_catalogue(state: Path) -> None:
    lines = Run("query", state=state).out.splitlines()
    assert len(lines) > 60
    assert any(line.startswith("34-") and "Mongolia" in line for line in lines)


def test_query_builds_when_there_is_no_snapshot_yet(tmp_path: Path) -> None:
    run = Run("query", "-", "--format", "csv", state=tmp_path, stdin=b"ASK {}")
    assert (run.code, run.out.strip()) == (0, "true")
    assert "75 statements" in run.err
    assert snapshot.current_snapshot(tmp_path) is not None


def test_query_sees_what_was_committed_after_the_snapshot(tmp_path: Path) -> None:
    assert Run("build", state=tmp_path).code == 0
    line = "<a:s> <a:p> <a:o> <https://w3id.org/neagraph/id/graph/report/x> ."
    with open_history(tmp_path) as log:
        change = Changeset((line,))
        digest = changed(log.head().digest, change)
        log.append(change, author="a", message="", digest=digest, time=datetime.now(UTC))
    run = Run("query", "-", state=tmp_path, stdin=b"ASK { <a:s> <a:p> <a:o> }")
    assert (run.code, run.out) == (0, "yes\n")


def test_query_leaves_entailed_triples_out_when_told(state: Path) -> None:
    text = b"PREFIX nea: <https://w3id.org/neagraph/ontology#> ASK { ?s nea:funds ?o }"
    assert Run("query", "-", state=state, stdin=text).out == "yes\n"
    assert Run("query", "-", "--scope", "asserted", state=state, stdin=text).out == "no\n"


@pytest.mark.parametrize(
    ("arguments", "stdin", "said", "hint"),
    [
        (("-",), b"SELECT * {", "-:line 1, column 11: The query has a syntax error", "Mend"),
        (("-",), b"ASK { ?s x:y ?o }", '-:line 1, column 10: The prefix "x:"', "PREFIX x:"),
        (("-",), b"\xff", "not UTF-8", "UTF-8"),
        (("-",), b"ASK { SERVICE <http://127.0.0.1:9/> {} }", "SERVICE is not permitted", "other"),
        (("-", "--timeout", "0.5"), ENDLESS.encode(), "longer than 0.5 s", "LIMIT"),
        (("-", "--format", "turtle"), b"ASK {}", "no format of SPARQL results", "json"),
        (("-", "--format", "xlsx"), b"ASK {}", 'no format "xlsx"', "csv"),
        (("-", "--param", "a=b"), b"ASK {}", "--param", "file"),
        (("-", "--timeout", "soon"), b"ASK {}", '"soon" cannot be used for timeout', "--timeout"),
        (("core-fund-summ",), b"", "neither a file nor a query", "core-fund-sum"),
        (("commitment-status", "--param", "asOf=soon"), b"", '"soon"', "2020-10-31"),
        (("commitment-status", "--param", "asof=2020-01-01"), b"", '"asof"', "asOf"),
        (("commitment-status", "--param", "2020-01-01"), b"", "no parameter", "NAME=VALUE"),
    ],
)  # fmt: skip
def test_query_complains(state: Path, arguments, stdin, said, hint) -> None:
    complains(Run("query", *arguments, state=state, stdin=stdin), code=2, said=said, hint=hint)


def test_query_refuses_a_damaged_snapshot(tmp_path: Path) -> None:
    assert Run("build", state=tmp_path).code == 0
    folder = snapshot.current_snapshot(tmp_path)
    assert folder is not None
    (folder / snapshot.DATASET).write_bytes(b"\x1f\x8b")
    run = Run("query", "cq4", state=tmp_path)
    complains(run, code=2, said="dataset.nq.gz", hint="neagraph build")
    assert Run("build", state=tmp_path).code == 0
    assert Run("query", "cq4", state=tmp_path).code == 0


def test_validate_accepts_the_project_s_own_data(state: Path) -> None:
    """Its header says which graph it is, so it replaces the original instead of joining it."""
    run = Run("validate", str(project_root() / REPORT), state=state)
    assert run.code == 0, run.out


def test_validate_prints_record_problem_and_remedy(state: Path, tmp_path: Path) -> None:
    text = (project_root() / REPORT).read_text()
    text = text.replace('"p2-s1-a"', '"2.1"')
    (tmp_path / "edited.ttl").write_text(text)
    run = Run("validate", str(tmp_path / "edited.ttl"), state=state)
    assert run.code == 1
    assert "statement/neaspec-som-24/p2-s1-a" in run.out
    assert "such as p3-s1-a" in run.out
    assert "1 violation" in run.out


FORMS = {
    "a.ttl": "<https://w3id.org/neagraph/id/state/x> "
    "a <https://w3id.org/neagraph/ontology#State> .",
    "a.nt": "<https://w3id.org/neagraph/id/state/x> "
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    "<https://w3id.org/neagraph/ontology#State> .",
    "a.rdf": '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:n="https://w3id.org/neagraph/ontology#">'
    '<n:State r:about="https://w3id.org/neagraph/id/state/x"/></r:RDF>',
    "a.jsonld": json.dumps({"@id": "https://w3id.org/neagraph/id/state/x",
                            "@type": "https://w3id.org/neagraph/ontology#State"}),
}  # fmt: skip
FORMS["a.trig"] = f"<g:1> {{ {FORMS['a.ttl']} }}"
FORMS["a.nq"] = FORMS["a.nt"].removesuffix(".") + " <g:1> ."


@pytest.mark.parametrize("name", FORMS)
def test_validate_reads_every_format(state: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name])
    run = Run("validate", str(tmp_path / name), state=state)
    assert run.code == 1
    assert "state/x" in run.out
    assert "iso3" in run.out


def test_validate_reads_standard_input(state: Path) -> None:
    run = Run("validate", "-", "--input-format", "nt", state=state, stdin=FORMS["a.nt"].encode())
    assert (run.code, "state/x" in run.out) == (1, True)


@pytest.mark.parametrize("command", ["validate", "entail"])
@pytest.mark.parametrize(
    ("name", "data", "said", "hint"),
    [
        ("a.ttl", b"<a:s> <a:p> .", "a.ttl:1:13: Turtle syntax", "format"),
        ("a.ttl", b"<a:s> nea:actor <a:o> .", "a.ttl:1:7:", "@prefix nea:"),
        ("a.ttl", b"\x89PNG\r\n\x1a\n", "a.ttl:1:1:", "UTF-8"),
        ("a.ttl", b"", "a.ttl: There is no triple", "right one"),
        ("a.docx", b"PK", "a.docx: The file ends in", ".ttl"),
        ("a.nt", b'<a:s> <a:p> "' + b"x" * 1_000_001 + b'" .', "1,000,001 characters", "files"),
    ],
)  # fmt: skip
def test_unreadable_files_are_told(
    state: Path, tmp_path: Path, command: str, name: str, data: bytes, said: str, hint: str
) -> None:
    (tmp_path / name).write_bytes(data)
    run = Run(command, str(tmp_path / name), state=state)
    complains(run, code=2, said=said, hint=hint)


def test_a_file_beyond_the_limit_is_not_read(state: Path, tmp_path: Path) -> None:
    with (tmp_path / "large.nt").open("wb") as file:
        file.truncate(64 * 1024**2 + 1)
    run = Run("validate", str(tmp_path / "large.nt"), state=state)
    complains(run, code=2, said="67,108,865 bytes; at most 67,108,864", hint="Split")


def test_a_missing_file_is_told(state: Path, tmp_path: Path) -> None:
    run = Run("validate", str(tmp_path / "absent.ttl"), state=state)
    complains(run, code=2, said="no such file", hint="path")


AXIOMS = """
@prefix : <http://a/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:p a owl:TransitiveProperty . :A rdfs:subClassOf :B . :A owl:disjointWith :C .
:x :p :y . :y :p :z . :x a :A .
"""


@pytest.mark.parametrize("reasoner", ["rules", "owlrl"])
def test_entail_prints_what_follows_and_only_that(state: Path, tmp_path: Path, reasoner) -> None:
    (tmp_path / "a.ttl").write_text(AXIOMS)
    run = Run("entail", str(tmp_path / "a.ttl"), "--reasoner", reasoner, state=state)
    assert run.code == 0
    assert run.out.splitlines() == [
        "<http://a/x> <http://a/p> <http://a/z> .",
        "<http://a/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://a/B> .",
    ]


@pytest.mark.parametrize("reasoner", ["rules", "owlrl"])
def test_entail_stops_at_a_contradiction(state: Path, tmp_path: Path, reasoner: str) -> None:
    (tmp_path / "a.ttl").write_text(AXIOMS + ":x a :C .")
    run = Run("entail", str(tmp_path / "a.ttl"), "--reasoner", reasoner, state=state)
    complains(run, code=1, said="http://a/x", hint="Mend")


def test_entail_with_our_ontology(state: Path, tmp_path: Path) -> None:
    text = "@prefix nea: <https://w3id.org/neagraph/ontology#> . <a:x> nea:hosts <a:m> ."
    (tmp_path / "a.ttl").write_text(text)
    nothing = Run("entail", str(tmp_path / "a.ttl"), state=state)
    assert (nothing.code, nothing.out) == (0, "")
    run = Run("entail", str(tmp_path / "a.ttl"), "--ontology", state=state)
    assert "<a:m> <https://w3id.org/neagraph/ontology#hostedBy> <a:x> ." in run.out
    assert "<a:x> <https://w3id.org/neagraph/ontology#hosts> <a:m> ." not in run.out


def test_entail_tells_why_from_the_files(state: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(AXIOMS)
    run = Run(
        "entail", str(tmp_path / "a.ttl"), "--why", "<http://a/x> a <http://a/B>", state=state
    )
    first, rule, premise = run.out.splitlines()
    assert (run.code, first) == (0, "<http://a/x> rdf:type <http://a/B>")
    assert rule.startswith("  by cax-sco: ")
    assert premise.endswith(f"said in <file:{tmp_path}/a.ttl>")


def test_entail_tells_why_from_the_graph_as_the_readme_shows(state: Path) -> None:
    run = Run("entail", "--why", "state/japan rdf:type nea:Agent", state=state)
    assert run.code == 0
    assert run.out in (Path(__file__).parents[2] / "README.md").read_text()


def test_entail_says_what_is_wrong_with_a_question(state: Path, tmp_path: Path) -> None:
    complains(Run("entail", state=state), code=2, said="no file", hint="--why")
    complains(
        Run("entail", "--why", "state/japan", state=state), code=2, said="not one", hint="Write"
    )
    (tmp_path / "a.ttl").write_text(AXIOMS)
    run = Run(
        "entail", str(tmp_path / "a.ttl"), "--why", "<http://a/x> a <http://a/Z>", state=state
    )
    complains_of = "neither say nor entail"
    assert (run.code, run.out, complains_of in run.err) == (2, "", True)


def test_version_names_the_program_and_its_engines(state: Path) -> None:
    run = Run("version", state=state)
    assert Run("--version", state=state).out == run.out
    lines = dict(line.split() for line in run.out.splitlines())
    assert lines["neagraph"] == __version__
    assert {"pyoxigraph", "pyshacl", "owlrl", "rdflib"} <= set(lines)


def test_bad_usage_has_exit_code_2(state: Path) -> None:
    for arguments in (("query", "--nonsense"), ("nonsense",), ("validate",)):
        assert Run(*arguments, state=state).code == 2


def test_an_unknown_setting_in_the_environment_is_told(state: Path) -> None:
    run = Run("build", state=state, NEAGRAPH_STAET="x")
    complains(run, code=2, said="NEAGRAPH_STAET", hint="NEAGRAPH_STATE")


def test_a_state_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = Run("build", "--state", str(tmp_path / "file" / "x"), state=tmp_path)
    complains(run, code=2, said="cannot be written", hint="--state")


def test_a_reader_that_has_seen_enough_is_no_error(state: Path) -> None:
    program = f"{sys.executable} -m neagraph.cli query --format csv - | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", program],  # noqa: S607  the system's own shell
        input=b"SELECT * { ?s ?p ?o }",
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "NEAGRAPH_STATE": str(state)},
    )
    assert (done.returncode, done.stderr) == (0, b"")

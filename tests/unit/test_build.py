"""The build: sources → closure → gate → snapshot, all or nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from neagraph.build import BuildReport, build, is_current
from neagraph.errors import InconsistencyError, NotConformingError, RdfSyntaxError
from neagraph.settings import project_root
from neagraph.sources import dataset_paths
from neagraph.store import snapshot
from neagraph.vocab import GRAPH_ENTAILED, GRAPH_ONTOLOGY, graph_of_data

REPORT = "data/reports/neaspec-som-24.ttl"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's files, to be damaged."""
    for name in ("ontology", "data", "queries"):
        shutil.copytree(project_root() / name, tmp_path / "project" / name)
    return tmp_path / "project"


@pytest.fixture
def good(state: Path, tmp_path: Path) -> Path:
    """A state folder with the snapshot of the project's files as they are."""
    shutil.copytree(state, tmp_path / "state", symlinks=True)
    return tmp_path / "state"


def append(project: Path, text: str) -> None:
    with (project / REPORT).open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


def test_the_manifest_tells_what_is_in_the_snapshot(built: BuildReport) -> None:
    counts = built.manifest.counts
    assert (counts["statements"], counts["commitments"]) == (75, 25)
    assert counts["triples"] == counts["asserted"] + counts["entailed"]
    sizes = {graph.name: graph.triples for graph in built.manifest.graphs}
    assert sizes[GRAPH_ENTAILED] == counts["entailed"] > 500
    assert sum(sizes.values()) == counts["triples"]
    assert built.manifest.warnings == len(built.validation.warnings)


def test_each_data_file_is_a_graph_of_its_own(built: BuildReport) -> None:
    files = {g.name: [s.path for s in g.sources] for g in built.manifest.graphs}
    assert files[graph_of_data("report", "neaspec-som-24")] == [REPORT]
    data = [paths for name, paths in files.items() if "/graph/re" in name]
    assert all(len(paths) == 1 for paths in data)
    assert len(data) == len(list((project_root() / "data").glob("*/*.ttl")))
    assert len(files[GRAPH_ONTOLOGY]) > 5


def test_the_same_input_gives_the_same_bytes(built: BuildReport, tmp_path: Path) -> None:
    again = build(project_root(), tmp_path)
    for name in (snapshot.DATASET, snapshot.MANIFEST):
        assert (again.snapshot / name).read_bytes() == (built.snapshot / name).read_bytes()


def test_the_order_of_the_lines_of_a_file_does_not_change_the_dataset(
    built: BuildReport, project: Path, tmp_path: Path
) -> None:
    species = project / "data/reference/species.ttl"
    comment, base, prefixes, *blocks = species.read_text().strip().split("\n\n")
    species.write_text("\n\n".join([comment, base, prefixes, *reversed(blocks)]))
    assert build(project, tmp_path / "state").manifest.digest == built.manifest.digest


def test_both_reasoners_give_the_same_dataset(built: BuildReport, tmp_path: Path) -> None:
    referee = build(project_root(), tmp_path, reasoner="owlrl")
    assert referee.manifest.digest == built.manifest.digest
    assert referee.manifest.reasoner == "owlrl"


def test_every_step_is_told(tmp_path: Path) -> None:
    steps: list[str] = []
    build(project_root(), tmp_path, on_step=steps.append)
    assert [step.split()[0] for step in steps] == [
        *("reading", "working", "checking", "running", "writing"),
    ]


def test_is_current_until_a_source_changes(project: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert not is_current(project, state, reasoner="rules")
    build(project, state)
    assert is_current(project, state, reasoner="rules")
    assert not is_current(project, state, reasoner="owlrl")
    append(project, "# a comment")
    assert not is_current(project, state, reasoner="rules")


VIOLATION = "<statement/neaspec-som-24/p1-s1-a> nea:localId 'p1-s1-z' ."
DUPLICATE = "<statement/neaspec-som-24/p1-s1-a> nea:localId 'p1-s1-b' ."
CLASH = "<statement/neaspec-som-24/p2-s1-a> nea:actor <meeting/neaspec-som-24> ."
BROKEN = "<statement/neaspec-som-24/p2-s1-a> nea:actor ."
TWO_LABELS = """
<site/tumen-estuary> rdfs:label "Tumen mouth"@en .
<state/japan> rdfs:label "Nippon"@en ."""
WRONG_DATATYPE = "<timespan/neaspec-som-24/c05> nea:notBefore '2022' ."


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (VIOLATION, NotConformingError, "p1-s1-a"),
        (WRONG_DATATYPE, NotConformingError, "timespan/neaspec-som-24/c05"),
        (DUPLICATE, InconsistencyError, "have the same nea:recordedIn and nea:localId"),
        (CLASH, InconsistencyError, "meeting/neaspec-som-24"),
        (BROKEN, RdfSyntaxError, "neaspec-som-24.ttl"),
        (TWO_LABELS, NotConformingError, "state/japan: It is labelled both Japan and Nippon."),
    ],
)
def test_a_failed_build_says_why_and_leaves_the_last_good_snapshot(
    project: Path, good: Path, text: str, error: type[Exception], said: str
) -> None:
    last = snapshot.current_snapshot(good)
    assert last is not None
    before = {path.name: path.read_bytes() for path in last.iterdir()}
    append(project, text)
    with pytest.raises(error) as caught:
        build(project, good)
    assert said in str(caught.value)
    assert snapshot.current_snapshot(good) == last
    assert {path.name: path.read_bytes() for path in last.iterdir()} == before


def test_a_check_of_lesser_severity_is_told_and_stops_nothing(
    project: Path, tmp_path: Path
) -> None:
    append(project, '<state/nippon> a nea:State ; rdfs:label "Japan"@en ; nea:iso3 "NIP" .')
    report = build(project, tmp_path / "state")
    assert {(f.check.severity, f.record) for f in report.findings} == {("warning", "state/japan")}


def test_the_project_s_own_files_break_no_rule_of_a_check(built: BuildReport) -> None:
    assert built.findings == ()


def test_of_many_broken_records_the_first_are_listed(project: Path, tmp_path: Path) -> None:
    many = "\n".join(f"<site/tumen-estuary> rdfs:label 'label {n}'@en ." for n in range(9))
    append(project, many)
    with pytest.raises(NotConformingError, match="45 records") as caught:
        build(project, tmp_path / "state")
    title, *rows, rest = caught.value.details
    assert title.startswith("Two English labels (one-english-label.rq). A thing has one")
    assert (len(rows), rest) == (20, "  … and 25 more")


def test_every_file_of_the_project_is_read() -> None:
    read = {path for path, _ in dataset_paths(project_root())}
    there = {
        path
        for path in project_root().glob("**/*.ttl")
        if path.relative_to(project_root()).parts[0] in {"ontology", "data"}
    }
    left = {path.relative_to(project_root()).parts[1] for path in there - read}
    assert left == {"shapes", "alignments"}

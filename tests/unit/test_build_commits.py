"""A build of a state folder that is written over HTTP as well: what stays, what stops it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from neagraph import storekeeper
from neagraph.build import build, is_current
from neagraph.errors import HistoryError, NotConformingError, UsageError
from neagraph.gate import trial
from neagraph.merging import merge
from neagraph.model import Changeset, Limits, Version, Write, WriteKind
from neagraph.opening import latest
from neagraph.queries import Catalogue
from neagraph.rdf.io import from_lines, to_lines
from neagraph.service import Service
from neagraph.store import snapshot
from neagraph.store.dataset import ScopedDataset
from neagraph.store.digest import changed, digest_of
from neagraph.store.forking import ForkingStore
from neagraph.store.history import CommitLog
from neagraph.store.state import (
    graph_digests,
    history_path,
    open_history,
    present_lines,
    starting_point,
)
from neagraph.vocab import ID, RDF_TYPE

HTTP = ID + "graph/report/from-http"
SPECIES = ID + "graph/reference/species"
SITES = ID + "graph/reference/sites"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


FILES = {
    "ontology/neagraph.ttl": "<o:> a <http://www.w3.org/2002/07/owl#Ontology> .",
    "ontology/modules/cats.ttl": """
        <o:Cat> a <http://www.w3.org/2002/07/owl#Class> ;
          <http://www.w3.org/2000/01/rdf-schema#subClassOf> <o:Animal> .
        <o:Animal> a <http://www.w3.org/2002/07/owl#Class> .
        """,
    "ontology/vocab/colours.ttl": "<v:red> <v:after> [ <v:is> 'green' ] .",
    "ontology/shapes/cats.ttl": """
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        <o:CatShape> a sh:NodeShape ; sh:targetClass <o:Cat> ; sh:property <o:CatShape-name> .
        <o:CatShape-name> sh:path <o:name> ; sh:maxCount 1 ; sh:message "A cat has one name." .
        """,
    "data/reference/species.ttl": "<a:tom> a <o:Cat> ; <o:name> 'Tom' .",
    "data/reference/sites.ttl": "<a:garden> <o:near> [ <o:near> <a:house> ] .",
}
"""A small project: a class, a shape, two graphs of data."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "project"


@pytest.fixture
def state(tmp_path: Path, project: Path) -> Path:
    """A state folder with a snapshot of the project."""
    return build(project, tmp_path / "state").snapshot.parents[1]


@pytest.fixture
def log(state: Path) -> Iterator[CommitLog]:
    with open_history(state) as log:
        yield log


def write(log: CommitLog, added: tuple[str, ...], removed: tuple[str, ...] = ()) -> Version:
    """Commit as the service does, without asking the gate."""
    changeset = Changeset(tuple(sorted(added)), tuple(sorted(removed)))
    digest = changed(log.head().digest, changeset)
    return log.append(changeset, author="me", message="", digest=digest, time=NOON).version


def said(number: int, graph: str) -> str:
    return f"<a:s{number}> <a:p> <a:o> <{graph}> ."


def edit(project: Path, stem: str, text: str = "<a:s9> <a:p> <a:o> .") -> None:
    with (project / f"data/reference/{stem}.ttl").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


def test_a_state_folder_without_a_log_gets_none(project: Path, tmp_path: Path) -> None:
    build(project, tmp_path / "new")
    assert not history_path(tmp_path / "new").exists()


def test_a_log_begins_with_the_snapshot_that_is_there(state: Path, log: CommitLog) -> None:
    folder = snapshot.current_snapshot(state)
    assert starting_point(state, log) == (folder, log.base())
    assert log.head().number == 0
    assert log.head() == ScopedDataset(snapshot.load_dataset(folder)).version
    assert SPECIES in log.graphs()


def test_a_build_of_the_same_files_changes_nothing(
    project: Path, state: Path, log: CommitLog, tmp_path: Path
) -> None:
    again, alone = build(project, state), build(project, tmp_path / "other")
    assert log.head().number == 0
    for name in (snapshot.DATASET, snapshot.MANIFEST):
        assert (again.snapshot / name).read_bytes() == (alone.snapshot / name).read_bytes()


def test_builds_beside_a_service_leave_it_what_it_needs(
    project: Path, state: Path, log: CommitLog
) -> None:
    first, _ = starting_point(state, log)
    dataset = ScopedDataset(snapshot.load_dataset(first), version=log.head())
    service = Service(
        ForkingStore(dataset), catalogue=Catalogue(()), limits=Limits(), snapshot=first, log=log
    )
    before = service.dump()
    for stem in ("species", "sites"):
        edit(project, stem)
        build(project, state)
    assert not first.exists()
    assert service.dump() == before  # its own version, worked out from the latest snapshot
    source = latest(state, log)
    again = storekeeper.load(source.snapshot, source.log, union=True)
    assert again.version == log.head() == Version(2, again.version.digest)


def test_a_change_of_a_file_is_a_commit(project: Path, state: Path, log: CommitLog) -> None:
    edit(project, "species")
    report = build(project, state, clock=lambda: NOON)
    commit = log.commit(1)
    assert (commit.author, commit.time) == ("build", "2026-01-01T12:00:00Z")
    assert commit.changeset == Changeset((said(9, SPECIES),))
    assert log.base().snapshot == report.snapshot.name
    assert log.base().version == log.head() == commit.version
    assert digest_of(present_lines(state, log)) == log.head().digest


def test_what_came_over_http_stays(project: Path, state: Path, log: CommitLog) -> None:
    write(log, (said(1, HTTP), said(2, SITES)))
    edit(project, "species")
    report = build(project, state)
    assert log.commit(2).changeset == Changeset((said(9, SPECIES),))
    lines = set(to_lines(snapshot.load_dataset(report.snapshot)))
    assert {said(1, HTTP), said(2, SITES), said(9, SPECIES)} <= lines
    assert is_current(project, state, reasoner="rules")


def test_a_build_that_only_takes_over_what_is_there_is_no_commit(
    project: Path, state: Path, log: CommitLog
) -> None:
    head = write(log, (said(1, HTTP),))
    edit(project, "species", "# a comment")
    report = build(project, state)
    assert log.head() == head
    assert log.base().snapshot == report.snapshot.name
    assert starting_point(state, log)[0] == report.snapshot


def test_a_graph_deleted_over_http_stays_deleted(
    project: Path, state: Path, log: CommitLog
) -> None:
    gone = tuple(line for line in present_lines(state, log) if line.endswith(f"<{SPECIES}> ."))
    write(log, (), gone)
    build(project, state)
    assert not any(line.endswith(f"<{SPECIES}> .") for line in present_lines(state, log))
    assert is_current(project, state, reasoner="rules")


def test_a_file_that_was_removed_takes_its_graph_along(
    project: Path, state: Path, log: CommitLog
) -> None:
    (project / "data/reference/species.ttl").unlink()
    build(project, state)
    assert log.head().number == 1
    assert not any(line.endswith(f"<{SPECIES}> .") for line in present_lines(state, log))


def test_a_graph_that_changed_on_both_sides_stops_the_build(
    project: Path, state: Path, log: CommitLog
) -> None:
    head = write(log, (said(1, SPECIES),))
    folder = snapshot.current_snapshot(state)
    edit(project, "species")
    with pytest.raises(UsageError, match="both in the files and over HTTP") as caught:
        build(project, state)
    assert caught.value.details == (SPECIES,)
    assert "neagraph export" in caught.value.hint
    assert log.head() == head
    assert snapshot.current_snapshot(state) == folder


def test_the_same_change_on_both_sides_is_none(project: Path, state: Path, log: CommitLog) -> None:
    head = write(log, (said(9, SPECIES),))
    edit(project, "species")
    build(project, state)
    assert log.head() == head
    edit(project, "species", "<a:s10> <a:p> <a:o> .")
    build(project, state)
    assert log.head().number == head.number + 1


def test_what_waits_in_the_inbox_is_kept_and_not_looked_at(
    project: Path, state: Path, log: CommitLog
) -> None:
    inbox = ID + "graph/inbox/x"
    write(log, (f'<a:tom> <o:name> "Thomas" <{inbox}> .',))
    edit(project, "species")
    build(project, state)
    assert any(line.endswith(f"<{inbox}> .") for line in present_lines(state, log))


def test_files_and_http_must_conform_together(project: Path, state: Path, log: CommitLog) -> None:
    head = write(log, (f'<a:tom> <o:name> "Thomas" <{HTTP}> .',))
    edit(project, "species")
    with pytest.raises(NotConformingError):
        build(project, state)
    assert log.head() == head


CHECK = """\
#+ title: Cat without a house
#+ rule: Every cat lives somewhere.
#+ severity: violation

SELECT ?record ?message
WHERE {
  ?record a <o:Cat> .
  FILTER NOT EXISTS { ?record <o:livesIn> ?house }
  BIND ("It lives nowhere." AS ?message)
}
"""


def test_what_came_over_http_and_breaks_a_rule_of_a_check_is_told(
    project: Path, state: Path, log: CommitLog
) -> None:
    """No check was run when it came; what the files say themselves is refused."""
    (project / "queries" / "checks").mkdir(parents=True)
    (project / "queries" / "checks" / "house.rq").write_text(CHECK)
    with pytest.raises(NotConformingError, match="a:tom: It lives nowhere"):
        build(project, state)
    edit(project, "species", "<a:tom> <o:livesIn> <a:house> .")
    write(log, (f"<a:kit> <{RDF_TYPE}> <o:Cat> <{HTTP}> .",))
    report = build(project, state)
    assert [(f.check.title, str(f)) for f in report.findings] == [
        ("Cat without a house", "a:kit: It lives nowhere."),
    ]


def test_a_later_write_is_tried_on_what_the_build_made(
    project: Path, state: Path, log: CommitLog
) -> None:
    edit(project, "species")
    report = build(project, state)
    dataset = ScopedDataset(snapshot.load_dataset(report.snapshot), version=log.head())
    text = f"INSERT DATA {{ GRAPH <{HTTP}> {{ <a:s> <a:p> <a:o> }} }}"
    changeset = trial(project)(dataset, Write(WriteKind.UPDATE, text))
    assert changeset == Changeset((f"<a:s> <a:p> <a:o> <{HTTP}> .",))


class CrashError(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("moment", ["_make_durable", "_point_to", "_prune"])
@pytest.mark.parametrize("came_over_http", [False, True])
def test_a_build_that_dies_leaves_a_state_that_can_be_read(
    *,
    moment: str,
    came_over_http: bool,
    project: Path,
    state: Path,
    log: CommitLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if came_over_http:
        write(log, (said(1, HTTP),))
    before = present_lines(state, log)
    edit(project, "species")

    def crash(*_: object, **__: object) -> None:
        raise CrashError

    with monkeypatch.context() as patched:
        patched.setattr(snapshot, moment, crash)
        with pytest.raises(CrashError):
            build(project, state)
    present = present_lines(state, log)
    assert present in (before, before | {said(9, SPECIES)})
    # A store begins with the snapshot that is named as the current one, as well.
    folder = snapshot.current_snapshot(state)
    assert folder.name in [base.snapshot for base in log.bases()]
    build(project, state)
    assert present_lines(state, log) == before | {said(9, SPECIES)}
    assert log.head().number == 1 + came_over_http
    assert is_current(project, state, reasoner="rules")


def test_a_log_that_does_not_fit_stops_the_build(
    project: Path, state: Path, log: CommitLog
) -> None:
    log.append(Changeset((said(1, HTTP),)), author="me", message="", digest="f" * 64, time=NOON)
    with pytest.raises(HistoryError, match="does not fit"):
        build(project, state)


def test_a_log_whose_snapshots_are_gone_is_told(state: Path, log: CommitLog) -> None:
    shutil.rmtree(state / "snapshots")
    with pytest.raises(HistoryError, match="No snapshot is there"):
        starting_point(state, log)


def test_labels_of_blank_nodes_are_no_difference() -> None:
    filed = from_lines([f"_:x <a:p> _:y <{SITES}> .", f"_:y <a:p> <a:o> <{SITES}> ."])
    served = from_lines([f"_:c14n1 <a:p> _:c14n0 <{SITES}> .", f"_:c14n0 <a:p> <a:o> <{SITES}> ."])
    assert merge(filed, served, last=graph_digests(served)) == filed
    assert merge(filed, served, last={}) == filed

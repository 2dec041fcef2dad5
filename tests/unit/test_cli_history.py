"""Commands about versions: history, differences, backups, export."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from neagraph import cli_history
from neagraph.cli import app
from neagraph.errors import (
    HistoryError,
    NeagraphError,
    NotFoundError,
    SnapshotError,
    UnreadableError,
    UsageError,
)
from neagraph.model import Changeset
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import canonical, from_lines, parse
from neagraph.store import snapshot
from neagraph.store.backup import back_up, restore
from neagraph.store.digest import changed
from neagraph.store.history import CommitLog, Rebase
from neagraph.store.snapshot import locked, served
from neagraph.store.state import history_path, open_history, present_lines, present_quads
from neagraph.vocab import GRAPH_ENTAILED, ID

GRAPH = ID + "graph/reference/sites"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def said(number: int, graph: str = GRAPH) -> str:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    return f'<{ID}site/{number}> {label} "S{number}" <{graph}> .'


def write_snapshot(state: Path, *lines: str) -> str:
    quads = canonical(from_lines(lines))
    manifest = snapshot.Manifest(
        snapshot.dataset_digest(quads), {"n": str(lines)}, "rules", (), (), {}, 0, 0
    )
    return snapshot.write_snapshot(state, quads, manifest).name


def commit(log: CommitLog, added: tuple[str, ...] = (), removed: tuple[str, ...] = (), **more):
    changeset = Changeset(added, removed)
    digest = changed(log.head().digest, changeset)
    return log.append(changeset, author="ann", message="why not", digest=digest, time=NOON, **more)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with a snapshot and two commits after it."""
    folder = tmp_path / "state"
    write_snapshot(folder, said(1))
    with open_history(folder) as log:
        commit(log, (said(2), said(2, GRAPH_ENTAILED)))
        commit(log, (said(3),), (said(1),))
    return folder


def run(*arguments: object, state: Path) -> str:
    done = CliRunner().invoke(app, [*map(str, arguments), "--state", str(state)])
    if isinstance(done.exception, NeagraphError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_history_tells_the_latest_commit_first(state: Path) -> None:
    first, second = run("history", state=state).splitlines()
    assert first.split() == ["2", "2026-01-01T12:00:00Z", "ann", "+1", "-1", "why", "not"]
    assert second.split()[0] == "1"
    assert len(run("history", "--limit", 1, state=state).splitlines()) == 1


def test_history_as_json_has_the_digest(state: Path) -> None:
    entries = json.loads(run("history", "--format", "json", state=state))
    assert [entry["version"] for entry in entries] == [2, 1]
    assert entries[0]["added"] == entries[0]["removed"] == 1
    assert len(entries[0]["digest"]) == 64


def test_history_without_commits_says_so(tmp_path: Path) -> None:
    assert "no commits yet" in run("history", state=tmp_path)
    assert json.loads(run("history", "--format", "json", state=tmp_path)) == []


def test_diff_is_read_graph_by_graph(state: Path) -> None:
    assert run("diff", 0, 2, state=state) == (
        "graph/reference/sites\n"
        '  - site/1 rdfs:label "S1"\n'
        '  + site/2 rdfs:label "S2"\n'
        '  + site/3 rdfs:label "S3"\n'
        "\n"
        "graph/entailed\n"
        '  + site/2 rdfs:label "S2"\n'
    )
    assert run("diff", 1, 1, state=state) == "Nothing is different.\n"


def test_diff_as_a_patch_is_exact_and_goes_both_ways(state: Path) -> None:
    there = run("diff", 1, 2, "--format", "nquads-patch", state=state)
    assert there == f"- {said(1)}\n+ {said(3)}\n"
    back = run("diff", 2, 1, "--format", "nquads-patch", state=state)
    assert back == f"+ {said(1)}\n- {said(3)}\n"


def test_diff_of_an_unknown_version_tells_the_range(state: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        run("diff", 0, 9, state=state)
    assert "0 to 2" in caught.value.hint


@pytest.mark.parametrize("name", ["reference/sites", "graph/reference/sites", GRAPH])
def test_export_prints_the_present_graph(state: Path, name: str) -> None:
    triples = parse(run("export", name, state=state).encode(), TURTLE, source="export")
    assert {str(t.object) for t in triples} == {'"S2"', '"S3"'}


def test_export_without_a_log_reads_the_snapshot(tmp_path: Path) -> None:
    write_snapshot(tmp_path, said(1))
    assert "S1" in run("export", "reference/sites", "--format", "ntriples", state=tmp_path)
    assert len(present_quads(tmp_path)) == 1


def test_export_of_what_is_not_there_is_told(state: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        run("export", "reference/nothing", state=state)
    assert "reference/sites" in caught.value.hint
    with pytest.raises(SnapshotError, match="no snapshot yet"):
        run("export", "reference/sites", state=tmp_path / "empty")


def test_a_backup_brings_everything_back(state: Path, tmp_path: Path) -> None:
    tokens = state / cli_history.TOKENS_FILE
    tokens.write_text("{}")
    tokens.chmod(0o600)
    archive, other = tmp_path / "backup.tar.gz", tmp_path / "other"
    run("backup", archive, state=state)
    assert archive.stat().st_mode & 0o077 == 0
    run("restore", archive, state=other)
    assert run("history", state=other) == run("history", state=state)
    with CommitLog(history_path(state)) as log, CommitLog(history_path(other)) as restored:
        assert present_lines(other, restored) == present_lines(state, log)
    assert (other / cli_history.TOKENS_FILE).stat().st_mode & 0o077 == 0
    left = {path.name for path in other.iterdir()} - {"lock", "service.lock"}
    assert left == {path.name for path in state.iterdir()}


def test_a_backup_holds_decisions_while_somebody_reviews(state: Path, tmp_path: Path) -> None:
    archive, other = tmp_path / "backup.tar.gz", tmp_path / "other"
    with closing(sqlite3.connect(state / cli_history.REVIEWS_FILE)) as reviews:
        reviews.execute("PRAGMA journal_mode=WAL")
        reviews.execute("CREATE TABLE decisions (body TEXT)")
        reviews.execute("INSERT INTO decisions VALUES ('accept')")
        reviews.commit()
        reviews.execute("INSERT INTO decisions VALUES ('not yet said')")
        run("backup", archive, state=state)
    run("restore", archive, state=other)
    with closing(sqlite3.connect(other / cli_history.REVIEWS_FILE)) as restored:
        assert list(restored.execute("SELECT body FROM decisions")) == [("accept",)]


def test_a_backup_of_a_snapshot_alone_is_one(tmp_path: Path) -> None:
    write_snapshot(tmp_path / "state", said(1))
    back_up(tmp_path / "state", tmp_path / "b.tgz")
    restore(tmp_path / "other", tmp_path / "b.tgz")
    assert present_quads(tmp_path / "other") == from_lines([said(1)])


def test_backups_while_others_write_are_whole(state: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def go_on() -> None:
        with CommitLog(history_path(state)) as log:
            for number in range(100, 100_000):
                if stop.is_set():
                    return
                commit(log, (said(number),))

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        for number in range(5):
            back_up(state, tmp_path / f"{number}.tgz")
    finally:
        stop.set()
        writer.join()
    for number in range(5):  # restoring checks that snapshot and log fit
        restore(tmp_path / f"state{number}", tmp_path / f"{number}.tgz")


def test_a_backup_takes_the_snapshot_that_its_log_knows(state: Path, tmp_path: Path) -> None:
    """A build has written a new snapshot and died before it was named the current one."""
    with CommitLog(history_path(state)) as log:
        lines = present_lines(state, log)
        key = write_snapshot(tmp_path / "next", *lines)
        (tmp_path / "next/snapshots" / key).rename(state / "snapshots" / key)
        log.rebase(Rebase(key, {}))
    back_up(state, tmp_path / "b.tgz")
    restore(tmp_path / "other", tmp_path / "b.tgz")
    assert snapshot.current_snapshot(tmp_path / "other").name == key


def test_restore_replaces_only_when_told_to(state: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "b.tgz", state=state)
    with CommitLog(history_path(state)) as log:
        commit(log, (said(4),))
    with pytest.raises(UsageError) as caught:
        run("restore", tmp_path / "b.tgz", state=state)
    assert "--force" in caught.value.hint
    assert len(run("history", state=state).splitlines()) == 3
    run("restore", tmp_path / "b.tgz", "--force", state=state)
    assert len(run("history", state=state).splitlines()) == 2


def test_restore_takes_the_place_of_a_damaged_log(state: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "b.tgz", state=state)
    history_path(state).write_bytes(b"nonsense")
    (state / "history.sqlite-wal").write_bytes(b"nonsense")
    run("restore", tmp_path / "b.tgz", "--force", state=state)
    assert len(run("history", state=state).splitlines()) == 2


def test_restore_waits_for_nobody(state: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "b.tgz", state=state)
    with locked(state), pytest.raises(UsageError, match="Another process"):
        run("restore", tmp_path / "b.tgz", "--force", state=state)


def test_nothing_is_restored_under_a_running_service(state: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "b.tgz", state=state)
    with served(state), pytest.raises(UsageError, match="A service is running"):
        run("restore", tmp_path / "b.tgz", "--force", state=state)
    run("restore", tmp_path / "b.tgz", "--force", state=state)


def archive_of(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar.getmembers() if m.isfile()}


def without(files: dict[str, bytes], *parts: str) -> dict[str, bytes]:
    return {n: data for n, data in files.items() if not any(part in n for part in parts)}


def damaged(files: dict[str, bytes], end: str, data: bytes) -> dict[str, bytes]:
    return {name: data if name.endswith(end) else old for name, old in files.items()}


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda f: damaged(f, "dataset.nq.gz", b"no gzip"), SnapshotError),
        (lambda f: damaged(f, "dataset.nq.gz", gzip.compress(b"<a:b> .")), SnapshotError),
        (lambda f: damaged(f, "history.sqlite", b"no log" * 1000), HistoryError),
        (lambda f: without(f, "snapshots"), HistoryError),
        (lambda f: without(f, "history", "current"), UnreadableError),
        (lambda _: {"../outside": b"x"}, UnreadableError),
        (lambda _: {}, UnreadableError),
    ],
)
def test_a_bad_backup_is_refused_before_anything_is_replaced(
    state: Path, tmp_path: Path, spoil, error: type[NeagraphError]
) -> None:
    run("backup", tmp_path / "b.tgz", state=state)
    bad = archive_of(tmp_path / "bad.tgz", spoil(contents(tmp_path / "b.tgz")))
    before = run("history", state=state), present_quads(state)
    with pytest.raises(error) as caught:
        run("restore", bad, "--force", state=state)
    assert caught.value.where == str(bad)
    assert "neagraph backup" in caught.value.hint
    assert (run("history", state=state), present_quads(state)) == before
    assert not (tmp_path / "outside").exists()
    assert not list(state.glob(".restore-*"))


@pytest.mark.parametrize(
    ("name", "spoiled"),
    [
        ("history.sqlite", "UPDATE commits SET added = 'junk' WHERE number = 1"),
        ("history.sqlite", "UPDATE commits SET digest = '00'"),
        ("dataset.nq.gz", ""),
    ],
)
def test_no_backup_is_made_of_what_could_not_be_restored(
    state: Path, tmp_path: Path, name: str, spoiled: str
) -> None:
    path = next(state.rglob(name))
    if spoiled:
        with closing(sqlite3.connect(path)) as log:
            log.execute(spoiled)
            log.commit()
    else:
        path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises((HistoryError, SnapshotError)) as caught:
        run("backup", tmp_path / "b.tgz", state=state)
    assert caught.value.where == str(state)
    assert "neagraph restore" in caught.value.hint
    assert not list(tmp_path.glob("*.tgz"))


def test_what_is_no_archive_is_refused(state: Path, tmp_path: Path) -> None:
    (tmp_path / "text.tgz").write_text("no archive")
    for name in ("text.tgz", "missing.tgz"):
        with pytest.raises(UnreadableError) as caught:
            run("restore", tmp_path / name, "--force", state=state)
        assert "neagraph backup" in caught.value.hint


def test_a_backup_overwrites_nothing(state: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        run("backup", tmp_path / "there", state=state)
    with pytest.raises(UsageError, match="cannot be written"):
        run("backup", tmp_path / "missing" / "b.tgz", state=state)
    with pytest.raises(SnapshotError, match="nothing to back up"):
        run("backup", tmp_path / "b.tgz", state=tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state", "there"]

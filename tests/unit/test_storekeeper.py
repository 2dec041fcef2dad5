"""The program of the store process: a snapshot, the commits after it, and what does not fit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from neagraph import storekeeper
from neagraph.errors import HistoryError, RefusedError
from neagraph.model import Changeset, Limits, Version, Write, WriteKind
from neagraph.rdf.io import from_lines
from neagraph.store import snapshot
from neagraph.store.dataset import ScopedDataset
from neagraph.store.digest import changed
from neagraph.store.history import Base, CommitLog
from neagraph.store.process import Mode, ProcessStore, StoreSource
from neagraph.vocab import GRAPH_INBOX

LINES = ("<a:s> <a:p> <a:o> <g:1> .", "<a:s> <a:p> _:c14n0 <g:1> .")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    quads = from_lines(LINES)
    manifest = snapshot.Manifest(snapshot.dataset_digest(quads), {}, "rules", (), (), {}, 0, 0)
    return snapshot.write_snapshot(tmp_path, quads, manifest)


def log_of(folder: Path, *, name: str | None = None, lines: tuple[str, ...] = LINES) -> CommitLog:
    version = ScopedDataset(from_lines(lines)).version
    base = Base(folder.name if name is None else name, version)
    return CommitLog.create(folder.parent / "history.sqlite", base)


def commit(log: CommitLog, *added: str, digest: str | None = None) -> Version:
    change = Changeset(added)
    digest = digest or changed(log.head().digest, change)
    return log.append(change, author="a", message="", digest=digest, time=NOW).version


def test_the_commits_after_the_snapshot_are_replayed(folder: Path) -> None:
    with log_of(folder) as log:
        commit(log, "<a:s> <a:p> <a:1> <g:1> .")
        head = commit(log, "_:c14n0 <a:p> <a:2> <g:1> .")
    dataset = storekeeper.load(folder, log.path, union=True)
    assert dataset.version == head
    assert len(list(dataset.lines())) == 4


def test_a_snapshot_without_a_log_is_version_0(folder: Path) -> None:
    assert storekeeper.load(folder, None, union=True).version.number == 0
    assert not list(storekeeper.load(None, None, union=False).lines())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "another"}, "does not know this snapshot"),
        ({"lines": LINES[:1]}, "made on another dataset"),
    ],
)
def test_a_log_of_another_dataset_is_refused(folder: Path, options, said: str) -> None:
    log_of(folder, **options).close()
    with pytest.raises(HistoryError, match=said):
        storekeeper.load(folder, folder.parent / "history.sqlite", union=True)


def test_a_log_that_leads_elsewhere_is_refused(folder: Path) -> None:
    with log_of(folder) as log:
        commit(log, "<a:s> <a:p> <a:1> <g:1> .", digest="0" * 64)
    with pytest.raises(HistoryError, match="do not lead to the state"):
        storekeeper.load(folder, log.path, union=True)


def test_a_log_of_something_else_than_quads_is_refused(folder: Path) -> None:
    with log_of(folder) as log:
        commit(log, "<a:s> no quad")
    with pytest.raises(HistoryError, match="version 1 is no change of quads") as caught:
        storekeeper.load(folder, log.path, union=True)
    assert "restore" in caught.value.hint


def test_what_cannot_be_loaded_is_told_by_the_store(folder: Path) -> None:
    log_of(folder, name="another").close()
    store = ProcessStore(StoreSource(folder, folder.parent / "history.sqlite"), workers=1)
    with pytest.raises(HistoryError, match="does not know this snapshot"):
        store.wait()


def test_a_store_in_the_normal_mode_refuses_what_is_not_writable(folder: Path) -> None:
    """The whole way: the program, its gate and a trial in a child that can open no file."""
    store = ProcessStore(StoreSource(folder), workers=1, mode=Mode.NORMAL)
    store.wait()
    try:
        refused = Write(WriteKind.UPDATE, "INSERT DATA { GRAPH <g:1> { <a:s> <a:p> 1 } }")
        with pytest.raises(RefusedError, match="not writable"):
            store.trial(refused, Limits())
        graph = GRAPH_INBOX + "x"
        taken = Write(
            WriteKind.UPDATE, f"INSERT DATA {{ GRAPH <{graph}> {{ <a:s> <a:p> <a:n> }} }}"
        )
        change = store.trial(taken, Limits())
        assert change.added == (f"<a:s> <a:p> <a:n> <{graph}> .",)
        assert store.apply(change).number == 1
    finally:
        store.close()

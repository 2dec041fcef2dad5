"""Snapshots: whole, verified, and never half written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from neagraph.errors import SnapshotError, UsageError
from neagraph.model import Source
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import canonical, in_graph, parse
from neagraph.store import snapshot
from neagraph.store.snapshot import GraphEntry, Manifest


def quads_of(text: str):
    return canonical(in_graph(parse(text.encode(), TURTLE, source="x"), "g:1"))


def manifest_of(quads) -> Manifest:
    return Manifest(
        digest=snapshot.dataset_digest(quads),
        software={"neagraph": "1"},
        reasoner="rules",
        graphs=(GraphEntry("g:1", len(quads), (Source("data/a.ttl", "00"),)),),
        shapes=(Source("shapes.ttl", "01"),),
        counts={"statements": 1},
        warnings=0,
        infos=2,
    )


def write(state: Path, text: str) -> Path:
    quads = quads_of(text)
    return snapshot.write_snapshot(state, quads, manifest_of(quads))


def test_a_snapshot_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    quads = quads_of("<a:s> <a:p> [ <a:q> 1 ] .")
    folder = snapshot.write_snapshot(tmp_path, quads, manifest_of(quads))
    assert snapshot.current_snapshot(tmp_path) == folder
    assert canonical(snapshot.load_dataset(folder)) == quads
    assert snapshot.read_manifest(folder) == manifest_of(quads)
    assert snapshot.read_manifest(folder).sources() == {"data/a.ttl": "00", "shapes.ttl": "01"}


def test_the_same_dataset_gives_the_same_bytes(tmp_path: Path) -> None:
    one = write(tmp_path / "1", "<a:s> <a:p> [ <a:q> 1 ], <a:o> .")
    two = write(tmp_path / "2", "<a:s> <a:p> <a:o> . <a:s> <a:p> _:x . _:x <a:q> 1 .")
    for name in (snapshot.DATASET, snapshot.MANIFEST):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_there_is_no_current_snapshot_at_first(tmp_path: Path) -> None:
    assert snapshot.current_snapshot(tmp_path) is None


def test_a_pointer_to_nothing_is_none(tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(b"\xff\xfe\0")
    assert snapshot.current_snapshot(tmp_path) is None


def test_the_former_snapshot_is_kept_and_older_ones_go(tmp_path: Path) -> None:
    folders = [write(tmp_path, f"<a:s> <a:p> {n} .") for n in range(3)]
    assert [folder.exists() for folder in folders] == [False, True, True]
    assert snapshot.current_snapshot(tmp_path) == folders[2]


def test_a_failed_write_leaves_the_last_good_snapshot(tmp_path: Path, monkeypatch) -> None:
    good = write(tmp_path, "<a:s> <a:p> 1 .")

    def full(_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot, "write_nquads", full)
    quads = quads_of("<a:s> <a:p> 2 .")
    with pytest.raises(OSError, match="No space"):
        snapshot.write_snapshot(tmp_path, quads, snapshot.read_manifest(good))
    assert snapshot.current_snapshot(tmp_path) == good
    assert [path.name for path in good.parent.iterdir()] == [good.name]


def _cut(folder: Path) -> None:
    path = folder / snapshot.DATASET
    path.write_bytes(path.read_bytes()[:-10])


def _alter(folder: Path) -> None:
    (folder / snapshot.DATASET).write_bytes(gzip.compress(b"<a:s> <a:p> <a:o> .\n"))


def _drop(folder: Path) -> None:
    (folder / snapshot.DATASET).unlink()


@pytest.mark.parametrize(("damage", "said"), [(_cut, "cannot be read"), (_alter, "is damaged"),
                                              (_drop, "cannot be read")])  # fmt: skip
def test_a_damaged_snapshot_is_refused(tmp_path: Path, damage, said: str) -> None:
    folder = write(tmp_path, "<a:s> <a:p> 1 .")
    damage(folder)
    with pytest.raises(SnapshotError, match=said) as caught:
        snapshot.load_dataset(folder)
    assert caught.value.where.endswith(snapshot.DATASET)
    assert "neagraph build" in caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "{}", '{"format": 1}', "[]"])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    folder = write(tmp_path, "<a:s> <a:p> 1 .")
    (folder / snapshot.MANIFEST).write_text(text)
    with pytest.raises(SnapshotError) as caught:
        snapshot.read_manifest(folder)
    assert "neagraph build" in caught.value.hint


def test_a_manifest_of_another_layout_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, "<a:s> <a:p> 1 .")
    path = folder / snapshot.MANIFEST
    path.write_text(path.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(SnapshotError, match="layout 99; this version reads 1"):
        snapshot.read_manifest(folder)


def test_one_process_at_a_time_writes_to_a_state_folder(tmp_path: Path) -> None:
    with (
        snapshot.locked(tmp_path / "new"),
        pytest.raises(UsageError, match="Another process"),
        snapshot.locked(tmp_path / "new"),
    ):
        pass
    with snapshot.locked(tmp_path / "new"):
        pass


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UsageError, match="cannot be written") as caught,
        snapshot.locked(tmp_path / "file" / "state"),
    ):
        pass
    assert "--state" in caught.value.hint


def test_a_state_folder_has_one_service_and_may_be_built_beside_it(tmp_path) -> None:
    with snapshot.served(tmp_path):
        with pytest.raises(UsageError, match="A service is running"), snapshot.served(tmp_path):
            pass
        with snapshot.locked(tmp_path):
            pass
    with snapshot.served(tmp_path):
        pass

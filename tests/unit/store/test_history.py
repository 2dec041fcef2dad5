"""The commit log: what is kept, what a failed write leaves, and what is refused when opening."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from neagraph.errors import HistoryError, NotFoundError
from neagraph.model import Changeset, Version
from neagraph.store.history import Base, CommitLog, Rebase

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
START = Base("snap", Version(0, "d0"))


def line(number: int) -> str:
    return f"<a:s{number}> <a:p> <a:o> <a:g> ."


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CommitLog]:
    with CommitLog.create(tmp_path / "history.sqlite", START, graphs={"a:g": "x"}) as log:
        yield log


def append(log: CommitLog, changeset: Changeset, *, time: datetime = NOON, **more):
    return log.append(changeset, author="me", message="why", digest="d", time=time, **more)


def add(log: CommitLog, number: int, **more):
    return append(log, Changeset(added=(line(number),)), **more)


def test_a_new_log_is_at_its_base(log: CommitLog) -> None:
    assert log.head() == START.version
    assert (log.base(), log.first, log.graphs()) == (START, 0, {"a:g": "x"})
    assert log.commits() == ()
    assert log.net(0, 0) == Changeset()


def test_a_commit_is_read_as_it_was_written(log: CommitLog) -> None:
    changeset = Changeset((line(1), '<a:s> <a:p> "x\u2028y" .'), (line(2),))
    written = append(log, changeset)
    assert written.version == Version(1, "d")
    assert (written.time, written.author, written.message) == ("2026-01-01T12:00:00Z", "me", "why")
    assert log.commit(1) == written
    assert log.head() == log.version(1) == Version(1, "d")


def test_a_message_is_one_line(log: CommitLog) -> None:
    commit = log.append(Changeset((line(1),)), author="", message="a\n b", digest="", time=NOON)
    assert commit.message == "a b"


def test_commits_survive_closing_in_a_single_file(log: CommitLog) -> None:
    add(log, 1)
    log.close()
    assert [path.name for path in log.path.parent.iterdir()] == ["history.sqlite"]
    with CommitLog(log.path) as again:
        assert again.head().number == 1


def test_commits_are_told_in_pages(log: CommitLog) -> None:
    for number in range(1, 8):
        add(log, number)
    assert [c.version.number for c in log.commits(2, limit=3)] == [3, 4, 5]
    assert [c.version.number for c in log.latest(2)] == [7, 6]
    assert [c.version.number for c in log.latest(9, before=3)] == [2, 1]


def test_the_time_never_goes_back(log: CommitLog) -> None:
    add(log, 1)
    assert add(log, 2, time=NOON - timedelta(days=400)).time == "2026-01-01T12:00:00Z"
    assert add(log, 3, time=NOON + timedelta(hours=1)).time == "2026-01-01T13:00:00Z"


def test_the_net_difference_forgets_what_came_and_went(log: CommitLog) -> None:
    append(log, Changeset((line(1), line(2))))
    append(log, Changeset((line(3),), (line(1),)))
    append(log, Changeset((line(1),), (line(3),)))
    assert log.net(0, 3) == Changeset((line(1), line(2)))
    assert log.net(1, 2) == Changeset((line(3),), (line(1),))
    assert log.net(3, 1) == Changeset()
    assert log.net(2, 0) == Changeset((), (line(2), line(3)))


def test_unknown_versions_are_told_with_the_range(log: CommitLog) -> None:
    add(log, 1)
    for ask in (lambda: log.commit(2), lambda: log.version(7), lambda: log.net(0, 9)):
        with pytest.raises(NotFoundError) as caught:
            ask()
        assert "0 to 1" in caught.value.hint
    with pytest.raises(NotFoundError):
        log.net(-1, 0)


def test_a_build_moves_the_base_along_with_its_commit(log: CommitLog) -> None:
    add(log, 1)
    append(log, Changeset((line(2),)), rebase=Rebase("next", {"a:h": "y"}))
    assert log.base() == Base("next", Version(2, "d"))
    assert log.graphs() == {"a:h": "y"}
    assert log.replay(log.base()) == Changeset()
    assert log.replay(START) == Changeset((line(1), line(2)))


def test_the_same_snapshot_may_hold_two_versions(log: CommitLog) -> None:
    append(log, Changeset((line(1),)))
    append(log, Changeset((), (line(1),)))
    log.rebase(Rebase("snap", {}))
    assert log.base() == Base("snap", Version(2, "d"))
    assert log.version(0) == START.version


def test_a_changeset_for_another_state_is_refused(log: CommitLog) -> None:
    add(log, 1, after=0)
    with pytest.raises(HistoryError, match="gone on to version 1"):
        add(log, 2, after=0)
    assert log.head().number == 1


def test_a_full_disk_leaves_the_log_as_it_was(log: CommitLog) -> None:
    add(log, 1)
    (pages,) = log._connection.execute("PRAGMA page_count").fetchone()
    log._connection.execute(f"PRAGMA max_page_count = {pages}")
    much = Changeset(tuple(f'<a:s> <a:p> "{hash((n, "x"))}" .' for n in range(20_000)))
    with pytest.raises(HistoryError, match="full") as caught:
        append(log, much)
    assert "Free some space" in caught.value.hint
    assert log.head().number == 1
    log._connection.execute("PRAGMA max_page_count = 1000000")
    assert append(log, much).version.number == 2


def test_another_connection_reads_while_one_writes(log: CommitLog) -> None:
    with CommitLog(log.path) as reader:
        add(log, 1)
        assert reader.head().number == 1


def test_a_copy_is_whole(log: CommitLog, tmp_path: Path) -> None:
    add(log, 1)
    log.copy_to(tmp_path / "copy.sqlite")
    add(log, 2)
    with CommitLog(tmp_path / "copy.sqlite") as copy:
        assert copy.commits() == log.commits(limit=1)


def test_an_existing_log_is_not_begun_anew(log: CommitLog) -> None:
    add(log, 1)
    with CommitLog.create(log.path, Base("other", Version(0, "z"))) as again:
        assert again.head().number == 1


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="cannot be written"):
        CommitLog.create(tmp_path / "missing" / "history.sqlite", START)


def test_a_missing_log_is_told(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="no commit log"):
        CommitLog(tmp_path / "history.sqlite")


def spoil(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA user_version = 7", "layout 7"),
        ("PRAGMA application_id = 7", "no commit log"),
        ("DELETE FROM commits WHERE number = 2", "commits are missing"),
        ("DELETE FROM bases", "where it begins"),
    ],
)
def test_a_log_that_is_not_right_is_refused(log: CommitLog, statement: str, said: str) -> None:
    for number in range(1, 4):
        add(log, number)
    log.close()
    spoil(log.path, statement)
    with pytest.raises(HistoryError, match=said) as caught:
        CommitLog(log.path)
    assert caught.value.hint


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE commits SET removed = 'junk' WHERE number = 2",
        "UPDATE commits SET removed = x'' WHERE number = 2",
        "UPDATE commits SET removed = NULL WHERE number = 2",
        "UPDATE commits SET removed = x'789cfb0f0001000100' WHERE number = 2",
    ],
)
def test_changes_that_cannot_be_read_are_told_with_their_version(
    log: CommitLog, statement: str
) -> None:
    for number in range(1, 4):
        add(log, number)
    spoil(log.path, "ALTER TABLE commits RENAME TO former")
    spoil(log.path, "CREATE TABLE commits AS SELECT * FROM former")
    spoil(log.path, statement)
    for read in (log.commits, lambda: log.latest(3), lambda: log.commit(2), lambda: log.net(0, 3)):
        with pytest.raises(HistoryError, match="changes of version 2 cannot be read") as caught:
            read()
        assert caught.value.where == str(log.path)
        assert "restore" in caught.value.hint
    assert log.commit(3).version.number == 3


@pytest.mark.parametrize("number", [-1, 4, 1 << 63, -(1 << 80)])
def test_numbers_beyond_the_log_are_no_versions(log: CommitLog, number: int) -> None:
    for known in range(1, 4):
        add(log, known)
    with pytest.raises(NotFoundError, match=f"no version {number}") as caught:
        log.version(number)
    assert "0 to 3" in caught.value.hint
    assert len(log.latest(9, before=number)) == (3 if number > 0 else 0)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"this is no database, but it is long enough to look like one" * 30)
    with pytest.raises(HistoryError, match="not a database") as caught:
        CommitLog(path)
    assert "restore" in caught.value.hint


def test_overwritten_pages_are_noticed(log: CommitLog) -> None:
    for number in range(200):
        add(log, number)
    log.close()
    data = bytearray(log.path.read_bytes())
    data[4096 * 2 : 4096 * 4] = b"\xff" * 8192
    log.path.write_bytes(data)
    with pytest.raises(HistoryError) as caught:
        CommitLog(log.path)
    assert "restore" in caught.value.hint

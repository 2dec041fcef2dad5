"""The writer: one write at a time, and what stands when something fails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from neagraph.errors import HistoryError, PreconditionError, QueryError, WorkerError
from neagraph.gate import trial
from neagraph.model import Changeset, Limits, Version, Write, WriteKind
from neagraph.store.dataset import ScopedDataset
from neagraph.store.digest import digest_of
from neagraph.store.forking import ForkingStore
from neagraph.store.history import CommitLog
from neagraph.store.state import open_history, present_lines
from neagraph.writing import Conditions, Writer, followed

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class FragileStore(ForkingStore):
    """A store that tries writes in this process, and whose applying can be made to fail."""

    breaks = False

    def trial(self, write: Write, limits: Limits, *, id: str = "") -> Changeset:  # noqa: A002, ARG002
        copy = ScopedDataset(self._dataset.quads(), union=False, version=self.version)
        return trial(None)(copy, write)

    def apply(self, changeset: Changeset) -> Version:
        if self.breaks:
            raise WorkerError("The store process is gone.")
        return super().apply(changeset)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CommitLog]:
    with open_history(tmp_path) as log:
        yield log


@pytest.fixture
def store() -> FragileStore:
    return FragileStore(ScopedDataset([], union=False))


def insert(number: int) -> Write:
    return Write(WriteKind.UPDATE, f"INSERT DATA {{ <a:s{number}> <a:p> {number} }}")


def test_a_commit_is_logged_and_applied(store: FragileStore, log: CommitLog) -> None:
    writer = Writer(store, log, clock=lambda: NOON)
    commit = writer.commit(insert(1), author="me", message="first")
    assert commit.version == store.version == log.head()
    assert (commit.time, commit.author, commit.message) == ("2026-01-01T12:00:00Z", "me", "first")
    assert commit.version.number == 1
    assert commit.version.digest == digest_of(store._dataset.lines())
    assert log.commit(1) == commit
    assert set(store._dataset.lines()) == present_lines(log.path.parent, log)


def test_a_write_that_changes_nothing_makes_no_commit(store: FragileStore, log: CommitLog) -> None:
    writer = Writer(store, log)
    writer.commit(insert(1), author="me")
    again = writer.commit(insert(1), author="you")
    assert not again.changeset
    assert again.version == log.head() == Version(1, log.head().digest)


def test_a_refused_write_leaves_no_trace(store: FragileStore, log: CommitLog) -> None:
    writer = Writer(store, log)
    with pytest.raises(QueryError):
        writer.commit(Write(WriteKind.UPDATE, "nonsense"), author="me")
    assert log.head().number == store.version.number == 0


class ToldStore(FragileStore):
    """A store that says when something has been applied."""

    def __init__(self, dataset: ScopedDataset) -> None:
        super().__init__(dataset)
        self.applied = Event()

    def apply(self, changeset: Changeset) -> Version:
        version = super().apply(changeset)
        self.applied.set()
        return version


def test_what_others_commit_is_applied_without_a_write(log: CommitLog) -> None:
    store = ToldStore(ScopedDataset([], union=False))
    with followed(Writer(store, log), pause=0.01), CommitLog(log.path) as another:
        Writer(FragileStore(ScopedDataset([], union=False)), another).commit(insert(1), author="me")
        assert store.applied.wait(60)
        assert store.version == log.head()
    assert store.version.number == 1


def test_a_log_that_cannot_be_followed_is_told_once(
    log: CommitLog, caplog: pytest.LogCaptureFixture
) -> None:
    looks = Event()

    class Elsewhere(Writer):
        times = 0

        def follow(self) -> Version:
            self.times += 1
            if self.times > 3:
                looks.set()
            return super().follow()

    store = FragileStore(ScopedDataset([], union=False, version=Version(7, "0" * 64)))
    with followed(Elsewhere(store, log), pause=0.001):
        assert looks.wait(60)
    assert caplog.text.count("Commits made elsewhere are not served") == 1
    assert "version 7 and the commit log at 0" in caplog.text


def test_a_store_that_is_gone_is_followed_again_later(
    log: CommitLog, caplog: pytest.LogCaptureFixture
) -> None:
    store = ToldStore(ScopedDataset([], union=False))
    store.breaks = True
    Writer(FragileStore(ScopedDataset([], union=False)), log).commit(insert(1), author="me")
    with followed(Writer(store, log), pause=0.01):
        assert not store.applied.wait(0.05)
        store.breaks = False
        assert store.applied.wait(60)
    assert store.version == log.head()
    assert not caplog.text


def test_if_match_wants_the_present_version(store: FragileStore, log: CommitLog) -> None:
    writer = Writer(store, log)
    first = writer.commit(insert(1), author="me").version.etag
    writer.commit(insert(2), author="me", conditions=Conditions(f'"{first}"'))
    with pytest.raises(PreconditionError) as caught:
        writer.commit(insert(3), author="me", conditions=Conditions(f'"{first}"'))
    assert store.version.etag in str(caught.value)
    assert log.head().number == 2


@pytest.mark.parametrize(
    ("header", "passes"),
    [
        ('"TAG"', True),
        ('"TAG~0123456789abcdef"', True),
        ('"other", "TAG~x"', True),
        ("*", True),
        ('W/"TAG"', False),
        ('"TAG1"', False),
        ('""', False),
        ("", False),
    ],
)
def test_if_match_is_read_as_http_says(
    *, store: FragileStore, log: CommitLog, header: str, passes: bool
) -> None:
    writer = Writer(store, log)
    given = Conditions(header.replace("TAG", store.version.etag))
    if passes:
        assert writer.commit(insert(1), author="me", conditions=given).version.number == 1
    else:
        with pytest.raises(PreconditionError):
            writer.commit(insert(1), author="me", conditions=given)


@pytest.mark.parametrize(
    ("given", "new", "known"),
    [
        (Conditions(if_match="*"), False, True),
        (Conditions(if_none_match="*"), True, False),
        (Conditions(if_none_match=' "other", W/"TAG~x"'), True, False),
        (Conditions(if_none_match='"other"'), True, True),
        (Conditions(if_match='"TAG"', if_none_match="*"), True, False),
        (Conditions(if_match='"other"', if_none_match="*"), False, False),
    ],
)
def test_a_condition_is_about_the_graph_that_is_written_to(
    *, store: FragileStore, log: CommitLog, given: Conditions, new: bool, known: bool
) -> None:
    writer = Writer(store, log)
    body = ((b"<a:s> <a:p> <a:o> .", "turtle"),)
    writer.commit(Write(WriteKind.PUT, bodies=body, graph="g:known"), author="me")
    tag = store.version.etag
    headers = (given.if_match, given.if_none_match)
    conditions = Conditions(*(header and header.replace("TAG", tag) for header in headers))
    for graph, passes in (("g:known", known), ("g:new", new)):
        write = Write(WriteKind.POST, bodies=body, graph=graph)
        with nullcontext() if passes else pytest.raises(PreconditionError):
            conditions.require(store.version, lambda w=write: writer._is_there(w, Limits()))
    with pytest.raises(PreconditionError):  # /update and the default graph are always there
        writer.commit(insert(1), author="me", conditions=Conditions(if_none_match="*"))
    assert log.head().number == 1


def test_many_writers_get_a_version_each(store: FragileStore, log: CommitLog) -> None:
    writer = Writer(store, log)
    with ThreadPoolExecutor(8) as pool:
        commits = list(pool.map(lambda n: writer.commit(insert(n), author=str(n)), range(40)))
    assert sorted(c.version.number for c in commits) == list(range(1, 41))
    assert store.version == log.head()
    assert len(present_lines(log.path.parent, log)) == 40


def test_a_store_that_fails_to_apply_loses_nothing(store: FragileStore, log: CommitLog) -> None:
    writer = Writer(store, log)
    store.breaks = True
    commit = writer.commit(insert(1), author="me")
    assert log.head() == commit.version
    assert store.version.number == 0
    store.breaks = False
    assert writer.commit(insert(2), author="me").version.number == 2
    assert store.version == log.head()
    assert sum(1 for _ in store._dataset.lines()) == 2


def test_a_log_that_cannot_be_written_stops_the_write(store: FragileStore, log: CommitLog) -> None:
    (pages,) = log._connection.execute("PRAGMA page_count").fetchone()
    log._connection.execute(f"PRAGMA max_page_count = {pages}")
    values = " ".join(f'"{hash((n, "x"))}",' for n in range(5_000)).rstrip(",")
    much = Write(WriteKind.UPDATE, f"INSERT DATA {{ <a:s> <a:p> {values} }}")
    with pytest.raises(HistoryError, match="full"):
        Writer(store, log).commit(much, author="me")
    assert store.version == log.head()
    assert store.version.number == 0
    assert Writer(store, log).commit(insert(1), author="me").version.number == 1


def test_a_store_of_another_dataset_is_told(log: CommitLog) -> None:
    other = FragileStore(ScopedDataset([], union=False, version=Version(3, "0")))
    with pytest.raises(HistoryError, match=r"at version 3 and the commit log at 0"):
        Writer(other, log).commit(insert(1), author="me")


def test_a_clock_that_is_put_back_does_not_put_the_log_back(
    store: FragileStore, log: CommitLog
) -> None:
    times = iter([NOON, NOON - timedelta(days=1), NOON + timedelta(days=1)])
    writer = Writer(store, log, clock=lambda: next(times))
    told = [writer.commit(insert(n), author="me").time for n in range(3)]
    assert told == ["2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"]

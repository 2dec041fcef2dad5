"""The commit log: every version of a dataset, in one SQLite file.

A commit is written in one transaction with full synchronisation: once `append` has returned, it
survives the death of any process; before that, it is not there. The log knows at which version
each snapshot was taken (its base), so a dataset is a snapshot and the commits after it. The
write-ahead log beside the file goes away when the last connection is closed in order.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from neagraph.errors import HistoryError, NotFoundError
from neagraph.model import Changeset, Commit, Version
from neagraph.store.history_file import (
    INSERT_BASE,
    INSERT_COMMIT,
    INSERT_GRAPH,
    check,
    connect,
    from_row,
    to_row,
    told,
    write_new,
)

FILE: Final = "history.sqlite"
"""Name of the log in a state folder."""

Clock = Callable[[], datetime]
"""Returns the present time."""


def now() -> datetime:
    """Return the present time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Base:
    """A snapshot that commits can be replayed on.

    Args:
        snapshot: Name of its folder; empty for the empty dataset.
        version: The state that it holds.
    """

    snapshot: str
    version: Version


@dataclass(frozen=True, slots=True)
class Rebase:
    """What a build tells the log along with its commit.

    Args:
        snapshot: Name of the new snapshot's folder.
        graphs: Name and digest of each graph of the files as they were read.
    """

    snapshot: str
    graphs: Mapping[str, str]


class CommitLog:
    """The commits of one state folder; may be used from any thread.

    Args:
        path: The file; see `create` for a new one.

    Raises:
        HistoryError: If it is missing, damaged, of another format, or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        if not path.is_file():
            raise HistoryError(
                "There is no commit log.", where=str(path), hint="Make one with: neagraph serve"
            )
        with told(self.path, "opened"):
            self._connection = connect(path)
        try:
            check(self._connection, path)
        except HistoryError:
            self._connection.close()
            raise

    @classmethod
    def create(
        cls, path: Path, base: Base, *, graphs: Mapping[str, str] | None = None
    ) -> CommitLog:
        """Return a new log without commits; it appears whole or not at all.

        Args:
            path: Where it is to be; a file that is there already is left and opened.
            base: The snapshot that it begins with.
            graphs: Name and digest of each graph of the files that the snapshot was built from.

        Raises:
            HistoryError: If it cannot be written.
        """
        version = base.version
        write_new(path, (base.snapshot, version.number, version.digest), graphs or {})
        return cls(path)

    def head(self) -> Version:
        """Return the state after the last commit."""
        query = "SELECT number, digest FROM commits ORDER BY number DESC LIMIT 1"
        rows = self._rows(query) or self._rows(
            "SELECT number, digest FROM bases ORDER BY number LIMIT 1"
        )
        return Version(*rows[0])

    @property
    def first(self) -> int:
        """Number of the earliest state that can be read."""
        rows = self._rows("SELECT MIN(number) FROM commits")
        return self.head().number if rows[0][0] is None else int(rows[0][0]) - 1

    def base(self) -> Base:
        """Return the latest snapshot that the log knows."""
        return self.bases()[0]

    def bases(self) -> tuple[Base, ...]:
        """Return the snapshots that the log knows, the latest first."""
        rows = self._rows("SELECT snapshot, number, digest FROM bases ORDER BY number DESC")
        return tuple(Base(snapshot, Version(number, digest)) for snapshot, number, digest in rows)

    def graphs(self) -> dict[str, str]:
        """Return name and digest of each graph of the files, as they were at the last build."""
        return dict(self._rows("SELECT name, digest FROM graphs"))

    def append(  # noqa: PLR0913  one for each field of a commit
        self,
        changeset: Changeset,
        *,
        author: str,
        message: str,
        digest: str,
        time: datetime,
        after: int | None = None,
        rebase: Rebase | None = None,
    ) -> Commit:
        """Write a commit and return it; whatever is raised, the log is as it was before.

        Args:
            changeset: What it changes.
            author: Who wrote it.
            message: What it is about; line ends become spaces.
            digest: Digest of the dataset after it.
            time: When it was made; the log's time never goes back, so a clock that was put back
                gives the time of the commit before.
            after: Number of the state that the changeset was worked out on; None for whatever is
                the last one.
            rebase: The snapshot that holds the state after it, if there is one.

        Raises:
            HistoryError: If it cannot be made durable, such as on a full disk, or `after` is not
                the last state any more.
        """
        with self._lock, told(self.path, "written"), self._transaction():
            number = self.head().number
            if after not in (None, number):
                raise HistoryError(
                    f"The commit log has gone on to version {number} meanwhile.",
                    where=str(self.path),
                    hint="Try again; nothing was changed.",
                )
            commit = Commit(
                Version(number + 1, digest),
                self.time_of(time),
                author,
                " ".join(message.split()),
                changeset,
            )
            self._connection.execute(INSERT_COMMIT, to_row(commit))
            if rebase is not None:
                self._rebase(rebase, commit.version)
        return commit

    def time_of(self, time: datetime) -> str:
        """Return the time that a commit made then gets; it is never before the last commit's."""
        rows = self._rows("SELECT time FROM commits ORDER BY number DESC LIMIT 1")
        return max(_iso(time), *(str(row[0]) for row in rows)) if rows else _iso(time)

    def rebase(self, rebase: Rebase) -> None:
        """Note a snapshot of the present state, where a build has changed nothing.

        Raises:
            HistoryError: If it cannot be made durable.
        """
        with self._lock, told(self.path, "written"), self._transaction():
            self._rebase(rebase, self.head())

    def commits(self, after: int = 0, limit: int | None = None) -> tuple[Commit, ...]:
        """Return the commits with a number above `after`, earliest first, at most `limit`."""
        rows = self._rows(
            "SELECT * FROM commits WHERE number > ? ORDER BY number LIMIT ?",
            (after, -1 if limit is None else limit),
        )
        return self._commits(rows)

    def latest(self, limit: int, *, before: int | None = None) -> tuple[Commit, ...]:
        """Return the last commits, latest first, of those with a number below `before`."""
        end = self.head().number + 1
        number = end if before is None else max(0, min(before, end))
        rows = self._rows(
            "SELECT * FROM commits WHERE number < ? ORDER BY number DESC LIMIT ?", (number, limit)
        )
        return self._commits(rows)

    def commit(self, number: int) -> Commit:
        """Return a commit.

        Raises:
            NotFoundError: If the log has no commit of this number.
        """
        known = 0 < number <= self.head().number
        rows = self._rows("SELECT * FROM commits WHERE number = ?", (number,)) if known else []
        if not rows:
            raise self._unknown(number)
        return self._commits(rows)[0]

    def version(self, number: int) -> Version:
        """Return the state of a number, the one before the first commit included.

        Raises:
            NotFoundError: If the log does not reach it.
        """
        for base in self.bases():
            if base.version.number == number:
                return base.version
        return self.commit(number).version

    def net(self, start: int, end: int) -> Changeset:
        """Return the net difference between two states, forwards or backwards.

        Raises:
            NotFoundError: If the log does not reach one of them.
        """
        known = range(self.first, self.head().number + 1)
        for number in (start, end):
            if number not in known:
                raise self._unknown(number)
        low, high = sorted((start, end))
        forwards = _composed(c.changeset for c in self.commits(low, high - low))
        return forwards if start <= end else forwards.inverse()

    def replay(self, base: Base) -> Changeset:
        """Return what leads from a snapshot to the present state.

        Raises:
            NotFoundError: If the log does not reach back to the snapshot.
        """
        return self.net(base.version.number, self.head().number)

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the log, while others may go on writing.

        Raises:
            HistoryError: If it cannot be written.
        """
        closing = contextlib.closing
        with self._lock, told(self.path, "copied"), closing(connect(path)) as copy:
            self._connection.backup(copy)

    def close(self) -> None:
        """Close the file; every later call fails."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock, told(self.path, "read"):
            return self._connection.execute(query, values).fetchall()

    def _commits(self, rows: Iterable[tuple[Any, ...]]) -> tuple[Commit, ...]:
        try:
            return tuple(map(from_row, rows))
        except HistoryError as error:
            raise HistoryError(error.message, where=str(self.path), hint=error.hint) from error

    def _rebase(self, rebase: Rebase, version: Version) -> None:
        write = self._connection
        write.execute(INSERT_BASE, (rebase.snapshot, version.number, version.digest))
        write.execute("DELETE FROM graphs")
        write.executemany(INSERT_GRAPH, rebase.graphs.items())

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _unknown(self, number: int) -> NotFoundError:
        return NotFoundError(
            f"There is no version {number}.",
            hint=f"The log holds the versions {self.first} to {self.head().number}.",
        )


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _composed(changesets: Iterable[Changeset]) -> Changeset:
    """Return the net difference of changesets that follow each other."""
    sums: dict[str, int] = {}
    for changeset in changesets:
        for lines, sign in ((changeset.removed, -1), (changeset.added, 1)):
            for line in lines:
                sums[line] = sums.get(line, 0) + sign
    return Changeset(
        tuple(sorted(line for line, total in sums.items() if total > 0)),
        tuple(sorted(line for line, total in sums.items() if total < 0)),
    )

"""The file behind the commit log: its layout, its checks, and its errors in our words."""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from neagraph.errors import HistoryError
from neagraph.model import Changeset, Commit, Version

FORMAT: Final = 1
"""Version of the layout."""
INSERT_COMMIT: Final = "INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?)"
INSERT_BASE: Final = "INSERT OR REPLACE INTO bases VALUES (?, ?, ?)"
INSERT_GRAPH: Final = "INSERT INTO graphs VALUES (?, ?)"
_APPLICATION: Final = 0x6E656167  # "neag"
_PATIENCE: Final = 10.0  # seconds that a connection waits for another one's write
_SCHEMA: Final = """
CREATE TABLE bases (
  snapshot TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (snapshot, number)
);
CREATE TABLE graphs (name TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE commits (
  number INTEGER PRIMARY KEY, time TEXT NOT NULL, author TEXT NOT NULL, message TEXT NOT NULL,
  digest TEXT NOT NULL, added BLOB NOT NULL, removed BLOB NOT NULL
);
"""
HINT_DAMAGED: Final = "Put the last backup in its place with: neagraph restore FILE --force"
"""What to do about a log or a snapshot that cannot be used."""
_HINT_WRITABLE: Final = (
    "Who reads the log must be able to write to its folder: run this as the user of the service."
)
_HINT_SPACE: Final = "Free some space on the disk and try again; nothing was changed."


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection whose every commit is durable when it returns."""
    connection = sqlite3.connect(
        path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def write_new(path: Path, base: tuple[str, int, str], graphs: Mapping[str, str]) -> None:
    """Write a log without commits; it appears whole or not at all, and an existing one stays.

    Args:
        path: Where it is to be.
        base: Name, number and digest of the snapshot that it begins with.
        graphs: Name and digest of each graph of the files that the snapshot was built from.

    Raises:
        HistoryError: If it cannot be written.
    """
    if path.exists():
        return
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)
        with contextlib.closing(connect(fresh)) as connection:
            connection.executescript(f"BEGIN; {_SCHEMA}")
            connection.execute(INSERT_BASE, base)
            connection.executemany(INSERT_GRAPH, graphs.items())
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = WAL")
        fresh.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise HistoryError(
            f"The commit log cannot be written: {error}.",
            where=str(path),
            hint="Free some space, or name another state folder with --state or NEAGRAPH_STATE.",
        ) from error


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise HistoryError if the file is damaged, of another layout, or no commit log at all."""
    with told(path, "read"):
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
    if application != _APPLICATION:
        raise HistoryError("This file is no commit log.", where=str(path), hint=HINT_DAMAGED)
    if layout != FORMAT:
        raise HistoryError(
            f"The commit log has layout {layout}; this version reads {FORMAT}.",
            where=str(path),
            hint="Use the version of neagraph that wrote it.",
        )
    with told(path, "read"):
        problem = _problem(connection)
    if problem:
        raise HistoryError(
            f"The commit log is damaged: {problem}.", where=str(path), hint=HINT_DAMAGED
        )


def _problem(connection: sqlite3.Connection) -> str:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        return str(found)
    query = "SELECT COUNT(*), MIN(number), MAX(number) FROM commits"
    number, low, high = connection.execute(query).fetchone()
    if number and high - low + 1 != number:
        return "commits are missing"
    (bases,) = connection.execute("SELECT COUNT(*) FROM bases").fetchone()
    return "" if bases else "it does not tell where it begins"


@contextlib.contextmanager
def told(path: Path, done: str) -> Iterator[None]:
    """Turn errors of the database into ours; `done` says what was to be done with the log."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        hints = {
            sqlite3.SQLITE_FULL: _HINT_SPACE,
            sqlite3.SQLITE_CORRUPT: HINT_DAMAGED,
            sqlite3.SQLITE_NOTADB: HINT_DAMAGED,
            sqlite3.SQLITE_READONLY: _HINT_WRITABLE,
        }
        raise HistoryError(
            f"The commit log cannot be {done}: {error}.",
            where=str(path),
            hint=hints.get(code, "Check the disk and the permissions of the file."),
        ) from error


def to_row(commit: Commit) -> tuple[object, ...]:
    """Return a commit as a row of its table."""
    version, changeset = commit.version, commit.changeset
    packed = (_packed(changeset.added), _packed(changeset.removed))
    return (version.number, commit.time, commit.author, commit.message, version.digest, *packed)


def from_row(row: tuple[Any, ...]) -> Commit:
    """Return the commit of a row; HistoryError if its changeset cannot be read."""
    number, time, author, message, digest, added, removed = row
    try:
        changeset = Changeset(_unpacked(added), _unpacked(removed))
    except (zlib.error, UnicodeDecodeError, TypeError) as error:
        raise HistoryError(
            f"The commit log is damaged: the changes of version {number} cannot be read.",
            hint=HINT_DAMAGED,
        ) from error
    return Commit(Version(number, digest), time, author, message, changeset)


def _packed(lines: tuple[str, ...]) -> bytes:
    return zlib.compress("\n".join(lines).encode())


def _unpacked(blob: bytes) -> tuple[str, ...]:
    text = zlib.decompress(blob).decode()
    return tuple(text.split("\n")) if text else ()

"""What reviewers decide, kept for good: one file, to which rows are only ever added.

A decision holds the statement as its reviewer saw or changed it, so that it stays what it was when
the passes change and when they no longer find the statement at all.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from neagraph.errors import HistoryError, NotFoundError
from neagraph.reports.evidence import Evidence
from neagraph.reports.reviewing.restoring import evidence_from, extraction_from, statement_from
from neagraph.reports.statements import Extraction, Statement

FILE: Final = "review.sqlite"
"""Name of the file in a state folder."""
_APPLICATION: Final = 0x6E656172  # "near"
_FORMAT: Final = 1
_NOWHERE: Final = ":memory:"
_PATIENCE: Final = 10.0  # seconds that a connection waits for another one's write
_SCHEMA: Final = """
BEGIN;
CREATE TABLE readings (
  number INTEGER PRIMARY KEY, slug TEXT NOT NULL, sha256 TEXT NOT NULL, time TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE decisions (
  number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, time TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX readings_of ON readings (slug);
CREATE INDEX decisions_on ON decisions (sha256);
"""


class ReviewError(HistoryError):
    """A file of reviews that cannot be read or written."""

    code = "review"


class Verdict(StrEnum):
    """What a reviewer says of a statement."""

    OPEN = ""
    """Nothing yet; there may be a note."""
    ACCEPT = "accept"
    """It is right as it was found."""
    EDIT = "edit"
    """It is right as it was changed."""
    REJECT = "reject"
    """It is no statement of the report; it stays as a negative example."""
    UNSURE = "unsure"
    """Somebody else is to look at it."""
    MISSING = "missing"
    """It was not found, and stands in the report."""

    @property
    def publishes(self) -> bool:
        """Whether the statement goes into the report's graph."""
        return self in {Verdict.ACCEPT, Verdict.EDIT, Verdict.MISSING}

    @property
    def settles(self) -> bool:
        """Whether nothing is left to decide."""
        return self.publishes or self is Verdict.REJECT


@dataclass(frozen=True, slots=True)
class Decision:
    """What one reviewer said of one statement at one time.

    Args:
        verdict: What was said.
        statement: The statement as it was seen, changes worked in.
        evidence: The traces of its text.
        place: Where the trigger word was found, which tells the statement whatever its id.
        who: Name of the reviewer.
        time: When, UTC, ISO 8601.
        rules: Version of the passes that had found it; empty if a person did.
        actions: What each commitment is about, in the reviewer's words; empty for generated ones.
        edited: Names of the columns that were changed.
        note: The reviewer's remark.
        extra: Columns of the reviewer's own: name to text.
    """

    verdict: Verdict
    statement: Statement
    evidence: Evidence
    place: tuple[int, int]
    who: str
    time: str
    rules: str
    actions: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as it was extracted at one time.

    Args:
        slug: The last part of its addresses.
        extraction: What was found.
        evidence: The traces of each statement, by its id.
        problems: What the shapes say against a statement, by its id; most have nothing.
        time: When, UTC, ISO 8601.
    """

    slug: str
    extraction: Extraction
    evidence: Mapping[str, Evidence]
    problems: Mapping[str, tuple[str, ...]]
    time: str


class ReviewFile:
    """The readings and decisions of one state folder; use it as a context manager.

    Args:
        path: The file; it is made with the first row.

    Raises:
        ReviewError: If it cannot be opened, or is something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._exists = path.exists()
        with self._told():
            self._connection = _connect(path if self._exists else _NOWHERE)
            self._prepare()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def slugs(self) -> tuple[str, ...]:
        """Return the slugs of the reports that are there, in order."""
        rows = self._rows("SELECT DISTINCT slug FROM readings ORDER BY slug", ())
        return tuple(slug for (slug,) in rows)

    def reading(self, slug: str) -> Reading:
        """Return the last reading of a report.

        Raises:
            NotFoundError: If there is none.
        """
        query = "SELECT body FROM readings WHERE slug = ? ORDER BY number DESC LIMIT 1"
        rows = self._rows(query, (slug,))
        if not rows:
            known = ", ".join(self.slugs())
            raise NotFoundError(
                f'No report "{slug}" has been taken in.',
                hint=f"There are {known}." if known else "Take one in: neagraph ingest REPORT",
            )
        return _reading(json.loads(rows[0][0]))

    def decisions(self, sha256: str) -> tuple[Decision, ...]:
        """Return the decisions on the statements of a file, earliest first."""
        query = "SELECT body FROM decisions WHERE sha256 = ? ORDER BY number"
        return tuple(_decision(json.loads(body)) for (body,) in self._rows(query, (sha256,)))

    def add_reading(self, reading: Reading) -> None:
        """Keep a reading, unless the last one of its report says the same.

        Raises:
            ReviewError: If it cannot be made durable; nothing has changed then.
        """
        with contextlib.suppress(NotFoundError):
            last = self.reading(reading.slug)
            if (last.extraction, last.problems) == (reading.extraction, reading.problems):
                return
        row = (reading.slug, reading.extraction.sha256, reading.time, _json(reading))
        self._insert("INSERT INTO readings (slug, sha256, time, body) VALUES (?, ?, ?, ?)", [row])

    def add_decisions(self, sha256: str, decisions: Sequence[Decision]) -> None:
        """Keep decisions on the statements of a file: all of them or, if that fails, none.

        Raises:
            ReviewError: If they cannot be made durable.
        """
        rows = [(sha256, decision.time, _json(decision)) for decision in decisions]
        self._insert("INSERT INTO decisions (sha256, time, body) VALUES (?, ?, ?)", rows)

    def _make(self) -> None:
        """Make the file, now that there is something to keep."""
        if not self._exists:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection.close()
            self._connection = _connect(self._path)
            self._prepare()
            self._exists = True

    def _prepare(self) -> None:
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (tables,) = self._connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if application == _APPLICATION:
            return
        if tables or application:
            raise sqlite3.DatabaseError("it is no file of reviews")
        marks = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_FORMAT}; COMMIT;"
        self._connection.executescript(_SCHEMA + marks)

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._told():
            return self._connection.execute(query, values).fetchall()

    def _insert(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        with self._told():
            self._make()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(statement, rows)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn errors of the file into ours."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise ReviewError(
                f"The file of reviews cannot be used: {error}.",
                where=str(self._path),
                hint="Check the disk and the permissions, or put a backup in its place.",
            ) from error


def _connect(path: Path | str) -> sqlite3.Connection:
    """Return a connection whose every commit is durable when it returns."""
    connection = sqlite3.connect(
        path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _json(value: Reading | Decision) -> str:
    return json.dumps(asdict(value), ensure_ascii=False, sort_keys=True)


def _reading(fields: dict[str, Any]) -> Reading:
    evidence = {key: evidence_from(value) for key, value in fields["evidence"].items()}
    problems = {key: tuple(value) for key, value in fields["problems"].items()}
    return Reading(
        **{
            **fields,
            "extraction": extraction_from(fields["extraction"]),
            "evidence": evidence,
            "problems": problems,
        }
    )


def _decision(fields: dict[str, Any]) -> Decision:
    tuples = {name: tuple(fields[name]) for name in ("place", "actions", "edited")}
    return Decision(
        **{
            **fields,
            **tuples,
            "verdict": Verdict(fields["verdict"]),
            "statement": statement_from(fields["statement"]),
            "evidence": evidence_from(fields["evidence"]),
        }
    )

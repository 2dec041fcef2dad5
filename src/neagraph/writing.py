"""Writes, one at a time: tried, logged, applied.

A write is acknowledged once the log holds its changeset. The store process applies it then; should
that fail, the log is what counts: the store reads it when it starts again, and the next write
brings a store that lags behind up to it.
"""

from __future__ import annotations

import threading

from neagraph.errors import HistoryError, PreconditionError, WorkerError
from neagraph.model import Changeset, Commit, Limits, Version, Write
from neagraph.store.digest import changed
from neagraph.store.history import Clock, CommitLog, now
from neagraph.store.protocol import Store


class Writer:
    """The way in for writes to a store; may be used from any thread.

    Args:
        store: What is written to.
        log: Where each commit is kept.
        clock: Tells the time of a commit.
    """

    def __init__(self, store: Store, log: CommitLog, *, clock: Clock = now) -> None:
        self._store = store
        self._log = log
        self._clock = clock
        self._lock = threading.Lock()

    def commit(  # noqa: PLR0913  one for each part of a commit
        self,
        write: Write,
        *,
        author: str,
        message: str = "",
        if_match: str | None = None,
        limits: Limits | None = None,
        id: str = "",  # noqa: A002  as in logs
    ) -> Commit:
        """Try a write, log what it changes, apply that, and return the commit.

        A write that changes nothing makes no commit: what is returned then has the present
        version and an empty changeset.

        Args:
            write: The write.
            author: Who wrote it.
            message: What it is about.
            if_match: The header If-Match; only the tag of the version in each entity tag counts.
            limits: What the trial may use.
            id: Its query id.

        Raises:
            PreconditionError: If the present version is none of those in `if_match`.
            HistoryError: If the log cannot be written; nothing has changed then.
            NeagraphError: As `Store.trial`; nothing has changed then.
        """
        with self._lock:
            version = self._present()
            _require_match(version, if_match)
            changeset = self._store.trial(write, limits or Limits(), id=id)
            if not changeset:
                return Commit(version, self._log.time_of(self._clock()), author, message, changeset)
            commit = self._log.append(
                changeset,
                author=author,
                message=message,
                digest=changed(version.digest, changeset),
                time=self._clock(),
                after=version.number,
            )
            self._apply(changeset)
            return commit

    def _present(self) -> Version:
        """Return the state of the log, after bringing a store that lags behind up to it."""
        head, version = self._log.head(), self._store.version
        for commit in self._log.commits(version.number) if version.number < head.number else ():
            version = self._store.apply(commit.changeset)
        if version != head:
            raise HistoryError(
                f"The store is at version {version.number} and the commit log at {head.number}.",
                hint="Start the service again; nothing was written.",
            )
        return head

    def _apply(self, changeset: Changeset) -> None:
        try:
            self._store.apply(changeset)
        except WorkerError:
            return  # the commit stands; the store reads it from the log when it starts again


def _require_match(version: Version, if_match: str | None) -> None:
    if if_match is None or if_match.strip() == "*":
        return
    tags = [tag.strip() for tag in if_match.split(",")]
    # RFC 9110, section 13.1.1: a weak tag never matches here.
    seen = {tag.strip('"').split("~")[0] for tag in tags if not tag.startswith("W/")}
    if version.etag not in seen:
        raise PreconditionError(
            f"The dataset has changed: its version is {version.number}, {version.etag}.",
            hint="Read it again, look at what has changed, and send the write with the new ETag.",
        )

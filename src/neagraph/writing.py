"""Writes, one at a time: tried, logged, applied.

A write is acknowledged once the log holds its changeset. The store process applies it then; should
that fail, the log is what counts: the store reads it when it starts again, and the next write
brings a store that lags behind up to it. So does a thread that looks for what others commit, such
as a build beside the service.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from neagraph.errors import HistoryError, NeagraphError, PreconditionError, WorkerError
from neagraph.model import Changeset, Commit, Limits, QueryRequest, Version, Write
from neagraph.rdf.results import read_results
from neagraph.store.digest import changed
from neagraph.store.history import Clock, CommitLog, now
from neagraph.store.protocol import Store

LOG: Final = logging.getLogger(__name__)
_ANY: Final = "*"
_PAUSE: Final = 1.0  # seconds between two looks for commits that others have made


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a client wants to be so before its write is done (RFC 9110, sections 13.1.1 and 13.1.2).

    Of an entity tag, the tag of the version in it counts alone: it stands for the whole dataset.

    Args:
        if_match: The header If-Match: the versions that the write may follow, or `*` for any where
            the graph is there; None where it was not sent.
        if_none_match: The header If-None-Match: the versions that it may not follow, or `*` for
            none where the graph is there; None where it was not sent.
    """

    if_match: str | None = None
    if_none_match: str | None = None

    def require(self, version: Version, is_there: Callable[[], bool]) -> None:
        """Raise PreconditionError unless all of it is so.

        Args:
            version: The present state.
            is_there: Tells whether there is the graph that is written to.
        """
        if self.if_match is not None:
            self._require_match(self.if_match, version, is_there)
        if self.if_none_match is not None and _names(self.if_none_match, version) and is_there():
            raise PreconditionError(
                "What is to be written to is there already, in the version that the header "
                "If-None-Match names.",
                hint="Send the write without this header to change what is there.",
            )

    @staticmethod
    def _require_match(tags: str, version: Version, is_there: Callable[[], bool]) -> None:
        if not _names(tags, version, weak=False):
            raise PreconditionError(
                f"The dataset has changed: its version is {version.number}, {version.etag}.",
                hint="Read it again, look at what has changed, and send the write with the new "
                "ETag.",
            )
        if tags.strip() == _ANY and not is_there():
            raise PreconditionError(
                "There is no such graph, and the header If-Match wants one.",
                hint="Send the write without this header to make it.",
            )


def _names(tags: str, version: Version, *, weak: bool = True) -> bool:
    """Return whether a header names a version; whether weak tags count is for it to say."""
    if tags.strip() == _ANY:
        return True
    listed = [tag.strip() for tag in tags.split(",")]
    counted = [tag.removeprefix("W/") for tag in listed if weak or not tag.startswith("W/")]
    return version.etag in {tag.strip('"').split("~")[0] for tag in counted}


NO_CONDITIONS: Final = Conditions()
"""The write is done whatever the present state is."""


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
        conditions: Conditions = NO_CONDITIONS,
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
            conditions: What has to be so before.
            limits: What the trial may use.
            id: Its query id.

        Raises:
            PreconditionError: If a condition is not met.
            HistoryError: If the log cannot be written; nothing has changed then.
            NeagraphError: As `Store.trial`; nothing has changed then.
        """
        with self._lock:
            version = self._present()
            limits = limits or Limits()
            conditions.require(version, lambda: self._is_there(write, limits))
            changeset = self._store.trial(write, limits, id=id)
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

    def _is_there(self, write: Write, limits: Limits) -> bool:
        """Return whether there is what is written to: a graph, or else the dataset."""
        if write.graph is None:
            return True
        request = QueryRequest(f"ASK {{ VALUES ?g {{ <{write.graph}> }} GRAPH ?g {{ }} }}")
        return read_results(self._store.answer(request, limits).body) is True

    def follow(self) -> Version:
        """Apply what others have committed to the log, such as a build, and return the state.

        Raises:
            HistoryError: If the log cannot be read, or does not lead to the state that it tells.
            WorkerError: If the store does not answer.
        """
        with self._lock:
            return self._present()

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


@contextmanager
def followed(writer: Writer, *, pause: float = _PAUSE) -> Iterator[None]:
    """Have a thread apply, every so often, what others commit to the log beside a writer.

    Args:
        writer: Whose store is kept up with its log.
        pause: Seconds between two looks at the log.
    """
    end = threading.Event()
    thread = threading.Thread(target=_follow, args=(writer, end, pause), daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _follow(writer: Writer, end: threading.Event, pause: float) -> None:
    told = ""
    while not end.wait(pause):
        try:
            writer.follow()
            told = ""
        except WorkerError:
            continue  # who asks the store is told; it starts again with all that the log holds
        except NeagraphError as error:
            if error.message != told:
                LOG.error("Commits made elsewhere are not served: %s", error.message)  # noqa: TRY400  the message says it all
            told = error.message

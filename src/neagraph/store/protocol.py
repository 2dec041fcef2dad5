"""What every store offers.

The default graph of a query is the deduplicated union of all named graphs, asserted and entailed
(`Scope.ALL`), or of the asserted ones alone (`Scope.ASSERTED`). GRAPH sees each source's own
graph, and the graph of entailed triples in the first case.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from neagraph.model import (
    Answer,
    Changeset,
    Limits,
    QueryRequest,
    RunningQuery,
    Version,
    Write,
)


class Store(Protocol):
    """A dataset at one version."""

    @property
    def version(self) -> Version:
        """The state that answers now."""
        ...

    def wait(self) -> Version:
        """Return the version once the store answers.

        Raises:
            SnapshotError: If its snapshot cannot be loaded.
            HistoryError: If its commit log cannot be read, or does not fit the snapshot.
        """
        ...

    def answer(self, request: QueryRequest, limits: Limits) -> Answer:
        """Return the whole answer of a query, and the version that it was answered from.

        Where the request asks to undo something, that is the version before the undoing: if it is
        not the one that the request was made for, the answer is of no use.

        Raises:
            QueryError: If the query cannot be parsed or evaluated.
            RefusedError: If it asks for what is not permitted.
            NotAcceptableError: If its kind of result has no format that the client accepts.
            QueryTimeoutError: If it took longer than its limit; it has been ended.
            LimitError: If its answer is larger than its limit.
            WorkerError: If its process ended without an answer.
            BusyError: If too many requests are waiting already.
            CancelledError: If it was cancelled.
        """
        ...

    def soon(self, request: QueryRequest, limits: Limits) -> Awaitable[Answer] | None:
        """Return what answers a query on the running event loop; errors as `answer`.

        None where only a thread can wait for the answer.
        """
        ...

    def trial(self, write: Write, limits: Limits, *, id: str = "") -> Changeset:  # noqa: A002  as in logs
        """Return what a write would change, closure included; nothing changes yet.

        It is tried in a forked child, which can open no file: the bodies are parsed, the write is
        applied there, the closure is worked out and the shapes are checked.

        Raises:
            QueryError: If an update cannot be parsed or run.
            UnreadableError: If a body cannot be parsed.
            RefusedError: If it touches a graph that is not writable, or asks for LOAD.
            NotFoundError: If a graph to be deleted is not there.
            InconsistencyError: If the data would contradict the axioms.
            NotConformingError: If the data would violate the shapes; `report` has the W3C report.
            QueryTimeoutError, LimitError, WorkerError, BusyError, CancelledError: As `answer`.
        """
        ...

    def check(self, request: bytes, limits: Limits, *, id: str = "") -> Answer:  # noqa: A002  as in logs
        """Return the report on data that are checked and not stored.

        Args:
            request: What to check, as `checking.CheckRequest` writes it.
            limits: What it may use.
            id: Query id, for logs and for cancelling.

        Raises:
            UnreadableError: If the data or the shapes cannot be parsed.
            ShapesError: If the shapes cannot be used.
            NotFoundError: If they are to be checked against a graph that is not there.
            RefusedError: If this store checks nothing.
            QueryTimeoutError, LimitError, WorkerError, BusyError, CancelledError: As `answer`.
        """
        ...

    def apply(self, changeset: Changeset) -> Version:
        """Apply a changeset that the commit log holds, and return the new state.

        What has been applied already, such as by a store process that was started anew and has
        read it in the log, is not applied again.
        """
        ...

    def running(self) -> tuple[RunningQuery, ...]:
        """Return what is being worked on, then what waits, in order of arrival."""
        ...

    def cancel(self, id: str) -> bool:  # noqa: A002  as in logs
        """End the query with this id; False if there is none."""
        ...

    def close(self) -> None:
        """End the store's processes; every later call fails."""
        ...

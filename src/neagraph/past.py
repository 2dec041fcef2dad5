"""Earlier versions: a store that takes back, for each query, what was committed since."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Protocol

from neagraph.errors import BusyError, RefusedError
from neagraph.model import Answer, Changeset, Limits, QueryRequest, RunningQuery, Version
from neagraph.store.protocol import Store

_TRIES: Final = 5


class Log(Protocol):
    """What is asked here of a commit log."""

    def version(self, number: int) -> Version:
        """Return the state of a number; NotFoundError if the log does not reach it."""
        ...

    def net(self, start: int, end: int) -> Changeset:
        """Return the net difference between two states."""
        ...


class PastStore:
    """A store of one version that never changes again.

    Args:
        store: The store of the current version.
        log: The commits.
        number: Number of the version.

    Raises:
        NotFoundError: If the log does not reach that version; the hint gives the range.
    """

    def __init__(self, store: Store, log: Log, number: int) -> None:
        self._store = store
        self._log = log
        self.version = log.version(number)

    def wait(self) -> Version:
        """Return the version, which is past and so always there."""
        return self.version

    def answer(self, request: QueryRequest, limits: Limits) -> Answer:
        """Return the answer of a query at this version; errors as `Store.answer`."""
        for _ in range(_TRIES):
            current = self._store.version
            undo = self._log.net(self.version.number, current.number)
            answer = self._store.answer(replace(request, undo=undo or None), limits)
            if answer.version in {None, current}:
                return replace(answer, version=self.version)
        raise BusyError("Too much is being written right now.", hint="Ask again in some seconds.")

    def soon(self, *_: object) -> None:
        """Return None: the log is read in a thread."""

    def trial(self, *_: object, **__: object) -> Changeset:
        """Raise RefusedError: the past is not written."""
        raise RefusedError(
            f"Version {self.version.number} is past and cannot be changed.",
            hint="Leave the parameter version out.",
        )

    def check(self, *_: object, **__: object) -> Answer:
        """Raise RefusedError: data are checked together with the present."""
        raise RefusedError(
            "Data are checked together with the current version.",
            hint="Leave the parameter version out.",
        )

    def apply(self, *_: object) -> Version:
        """Raise RefusedError: the past is not written."""
        raise RefusedError(f"Version {self.version.number} is past and cannot be changed.")

    def running(self) -> tuple[RunningQuery, ...]:
        """Return what is being worked on, at whatever version."""
        return self._store.running()

    def cancel(self, id: str) -> bool:  # noqa: A002  as in logs
        """End the query with this id; False if there is none."""
        return self._store.cancel(id)

    def close(self) -> None:
        """The current store is ended by whoever made it."""

"""A store inside the program that asks it."""

from __future__ import annotations

from functools import partial

from neagraph.errors import RefusedError
from neagraph.model import Answer, Changeset, Limits, QueryRequest, RunningQuery, Version, Write
from neagraph.store.child import run
from neagraph.store.dataset import ScopedDataset
from neagraph.store.messages import answered_changeset, changeset_answer
from neagraph.store.work import Trial


class ForkingStore:
    """A store for a program with one thread, such as the command line: it forks by itself.

    Args:
        dataset: What is asked.
        trial: What tries a write; None for a store that takes none.
    """

    def __init__(self, dataset: ScopedDataset, *, trial: Trial | None = None) -> None:
        self._dataset = dataset
        self._trial = trial

    @property
    def version(self) -> Version:
        """The state that answers now."""
        return self._dataset.version

    def wait(self) -> Version:
        """Return the version; the dataset is loaded already."""
        return self.version

    def answer(self, request: QueryRequest, limits: Limits) -> Answer:
        """Return the whole answer of a query; errors as `Store.answer`."""
        return run(partial(self._dataset.answer, request, most_bytes=limits.answer_bytes), limits)

    def soon(self, request: QueryRequest, limits: Limits) -> None:
        """Return None: there is no event loop here."""

    def trial(self, write: Write, limits: Limits, *, id: str = "") -> Changeset:  # noqa: A002, ARG002  as the protocol has it
        """Return what a write would change; errors as `Store.trial`."""
        trial = self._trial
        if trial is None:
            raise RefusedError("This store takes no writes.", hint="Write through the service.")
        trial.prepare(self._dataset)
        return answered_changeset(
            run(lambda: changeset_answer(trial(self._dataset, write)), limits)
        )

    def check(self, request: bytes, limits: Limits, *, id: str = "") -> Answer:  # noqa: A002, ARG002  as the protocol has it
        """Raise RefusedError: whoever has this store checks data without it."""
        raise RefusedError("This store checks no data.", hint="Call checking.check instead.")

    def apply(self, changeset: Changeset) -> Version:
        """Apply a changeset and return the new state."""
        return self._dataset.apply(changeset)

    def running(self) -> tuple[RunningQuery, ...]:
        """Return nothing: whoever could ask waits for the one query there is."""
        return ()

    def cancel(self, id: str) -> bool:  # noqa: A002, ARG002  as the protocol has it
        """Return False, for the same reason."""
        return False

    def close(self) -> None:
        """There is no process to end."""

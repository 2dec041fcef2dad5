"""What the store process has done in its children, and what it makes ready for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from neagraph.model import Answer, Changeset, QueryRequest, Write
from neagraph.store.dataset import ScopedDataset
from neagraph.store.messages import (
    Do,
    Message,
    changeset_answer,
    read_message,
    request_of,
    write_of,
)

Check = Callable[[ScopedDataset, bytes], Answer]
"""What checks data that are not stored; the dataset, a forked copy, may change."""
_OF_THE_GATE = frozenset({Do.TRIAL, Do.CHECK})


class Trial(Protocol):
    """What tries writes."""

    settles: bool
    """Whether a trial that succeeds leaves the dataset as it will be with its changeset applied."""

    def is_ready(self, dataset: ScopedDataset) -> bool:
        """Return whether trials of writes to a dataset have all that they need."""
        ...

    def prepare(self, dataset: ScopedDataset) -> bool:
        """Make ready what trials need, before they are forked; True if it was not there yet."""
        ...

    def __call__(self, dataset: ScopedDataset, write: Write) -> Changeset:
        """Return what a write would change; the dataset, a forked copy, may change."""
        ...


@dataclass(frozen=True, slots=True)
class Works:
    """What can be done with a dataset.

    Args:
        dataset: What is asked.
        trial: What tries a write.
        check: What checks data.
    """

    dataset: ScopedDataset
    trial: Trial
    check: Check

    def is_ready(self, message: Message) -> bool:
        """Return whether a child forked now has all that a message needs."""
        if message.do in _OF_THE_GATE:
            return self.trial.is_ready(self.dataset)
        return self.dataset.is_ready(message.scope)

    def prepare(self, message: Message) -> bool:
        """Make ready what a message needs and children cannot keep; True if it was not there."""
        if message.do in _OF_THE_GATE:
            return self.trial.prepare(self.dataset)
        return self.dataset.prepare(message.scope)

    def do(self, job: bytes) -> Answer:
        """Return the outcome of a message; runs in a child."""
        message, version = read_message(job), self.dataset.version
        if message.do is Do.TRIAL:
            changeset = self.trial(self.dataset, write_of(message))
            answer = changeset_answer(changeset)
            version = self.dataset.settle(changeset) if self.trial.settles else version
        elif message.do is Do.CHECK:
            answer = self.check(self.dataset, message.payload)
        else:
            answer = self.ask(request_of(message), message.limits.answer_bytes)
        return replace(answer, version=version)

    def ask(self, request: QueryRequest, most: int) -> Answer:
        """Return the answer of a query, of so many bytes at most; runs in a child."""
        return self.dataset.answer(request, most_bytes=most)

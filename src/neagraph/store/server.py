"""The loop of the store process: one thread, a dataset in memory, a forked child for each query.

Clients talk to it through a Unix socket, one connection for each message; the reply is one byte
that carries the descriptor of the outcome's file. A client that goes away has its child killed.
A client may also borrow a child, and talk to it directly from then on (`lanes`).
Changes are applied between two rounds of the loop, so a child sees one version, whole, for as long
as it lives; but the one that has tried a write goes on with what that left, once it is committed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, Protocol

from neagraph.errors import BusyError, NeagraphError, WorkerError
from neagraph.model import Answer, Changeset, QueryRequest, RunningQuery, Scope, Version, Write
from neagraph.store import child as children
from neagraph.store.child import Child, Word
from neagraph.store.clients import Client, Clients
from neagraph.store.dataset import ScopedDataset
from neagraph.store.messages import (
    HINT_AGAIN,
    Do,
    Message,
    changeset_answer,
    changeset_of,
    outcome_version,
    read_message,
    request_of,
    running_answer,
    text_of,
    write_message,
    write_of,
    write_outcome,
)

Check = Callable[[ScopedDataset, bytes], Answer]
"""What checks data that are not stored; the dataset, a forked copy, may change."""

LOG: Final = logging.getLogger(__name__)
_PAUSE = 0.01  # seconds until it is tried again whether the system has what it had not
_CALM = 0.1  # seconds without a write before children are made in advance: each commit ends them
_SPARE = 1  # children that are ready beyond those that may work at once, for when one is killed


class Trial(Protocol):
    """What tries writes."""

    settles: bool
    """Whether a trial that succeeds leaves the dataset as it will be with its changeset applied."""

    def prepare(self, dataset: ScopedDataset) -> bool:
        """Make ready what trials need, before they are forked; True if it was not there yet."""
        ...

    def __call__(self, dataset: ScopedDataset, write: Write) -> Changeset:
        """Return what a write would change; the dataset, a forked copy, may change."""
        ...


class StoreServer:
    """The loop of the store process.

    Args:
        dataset: What is asked.
        listener: A listening Unix socket.
        lifeline: A descriptor; when it reaches its end, the loop ends.
        workers: How many children may run at once.
        queue: How many further requests may wait for their turn; who comes then is sent away.
        trial: What tries a write.
        check: What checks data.
    """

    def __init__(  # noqa: PLR0913  one for each part of the process
        self,
        dataset: ScopedDataset,
        listener: socket.socket,
        *,
        lifeline: int,
        workers: int,
        queue: int,
        trial: Trial,
        check: Check,
    ) -> None:
        self._dataset = dataset
        self._dataset.version  # noqa: B018  reckoned once, not in each child
        self._workers = workers
        self._queue = queue
        self._trial = trial
        self._check = check
        self._alive = True
        self._idle: list[Child] = []
        self._running: dict[Child, Client] = {}
        self._lent: dict[Child, Client] = {}
        self._heir: tuple[Child, Version | None] | None = None
        self._heirs: set[Child] = set()
        self._old: set[Child] = set()
        self._dying: set[Child] = set()
        self._no_fork = 0.0
        self._waiting: deque[Client] = deque()
        self._selector = selectors.DefaultSelector()
        self._clients = Clients(
            listener, self._selector, on_message=self._take, on_leaving=self._drop
        )
        self._selector.register(lifeline, selectors.EVENT_READ, partial(self._look_up, lifeline))

    def serve(self) -> None:
        """Answer requests until the lifeline closes; no child outlives the loop."""
        try:
            while self._alive:
                events = self._selector.select(self._patience())
                for key, _ in events:
                    key.data()
                self._end_overdue()
                self._start_waiting()
                if not events:
                    self._keep_ready()
        finally:
            for client in self._clients.all():
                self._drop(client)
            self._renew()
            self._disinherit()
            for child in list(self._dying):
                self._bury(child)

    def _look_up(self, lifeline: int) -> None:
        self._alive = bool(os.read(lifeline, 1))

    def _take(self, client: Client, message: Message) -> None:
        """Do at once what needs no child, and queue the rest."""
        if message.do in {Do.TRIAL, Do.APPLY}:
            self._no_fork = time.monotonic() + _CALM
        if message.do is Do.APPLY:
            version = self._dataset.apply(changeset_of(message))
            self._renew()
            self._clients.reply(client, Answer(b"", "", version))
        elif message.do is Do.LEND:
            self._lend(client)
        elif message.do is Do.RUNNING:
            self._clients.reply(client, running_answer(self._at_work(), self._dataset.version))
        elif len(self._running) + len(self._waiting) >= self._workers + self._queue:
            raise BusyError(
                f"The service is busy: {len(self._waiting)} requests are waiting.",
                hint="Ask again in some seconds.",
            )
        else:
            self._waiting.append(client)

    def _at_work(self) -> list[RunningQuery]:
        """Return what is being worked on, then what waits, in order of arrival."""
        now = time.monotonic()
        clients = [*self._running.values(), *self._waiting]
        return [
            RunningQuery(m.id, text_of(m), now - c.child.started if c.child else 0.0)
            for c in clients
            if (m := c.message) is not None
        ]

    def _lend(self, client: Client) -> None:
        """Lend a child out: a lane to it goes to the client, whose connection stays open."""
        child = self._idle.pop() if self._idle else self._fork()
        if child is None:
            self._clients.reply(client, _no_process())
            return
        client.child = child
        self._lent[child] = client
        ours, its = socket.socketpair()
        with ours, its, children.outcome_file() as file:
            write_outcome(file, Answer(b"", "", self._dataset.version))
            file.seek(0)
            try:
                children.lend(child, its)
                socket.send_fds(client.connection, [b"."], [file.fileno(), ours.fileno()])
            except OSError:
                self._drop(client)

    def _start_waiting(self) -> None:
        while self._waiting and len(self._running) < self._workers:
            message = self._waiting[0].message
            if message is not None and self._prepare(message):
                self._renew()
                self._disinherit()
            child = self._child_for(message)
            if child is not None and message is not None:
                self._start(self._waiting.popleft(), message, child)
            elif not self._running:
                self._clients.reply(self._waiting[0], _no_process())
            else:
                return

    def _prepare(self, message: Message) -> bool:
        """Make ready what a message needs and children cannot keep; True if it was not there."""
        if message.do in {Do.TRIAL, Do.CHECK}:
            return self._trial.prepare(self._dataset)
        return self._dataset.prepare(message.scope)

    def _child_for(self, message: Message | None) -> Child | None:
        """Return a child for a message, or None where there is no process for it.

        The child that has tried the last write has become a copy of what the dataset is now. A
        fork takes the longer the larger the dataset is, so that one tries the next write, and
        answers what is asked before other children are ready.
        """
        if message is None or self._heir is None:
            return self._idle.pop() if self._idle else self._fork()
        child, version = self._heir
        tries, is_current = message.do is Do.TRIAL, version == self._dataset.version
        simple = message.scope is Scope.ALL and not message.once
        if is_current and (tries or (simple and not self._idle)):
            self._heir = None
            return child
        if tries:
            self._disinherit()
        return self._idle.pop() if self._idle else self._fork()

    def _disinherit(self) -> None:
        if self._heir is not None:
            self._end(self._heir[0])
            self._heir = None

    def _start(self, client: Client, message: Message, child: Child) -> None:
        client.child = child
        self._running[child] = client
        try:
            tries = message.do is Do.TRIAL and self._trial.settles
            last = message.once and not tries
            job = write_message(message)
            children.give(child, job, message.limits, last=last, last_if_refused=tries)
            self._heirs |= {child} if tries else set()
        except OSError as error:
            LOG.warning("A query could not be given to its process: %s", error)
            self._clients.reply(client, _no_process())

    def _work(self, job: bytes) -> Answer:
        """Return the outcome of a message; runs in the child."""
        message, version = read_message(job), self._dataset.version
        if message.do is Do.TRIAL:
            changeset = self._trial(self._dataset, write_of(message))
            answer = changeset_answer(changeset)
            version = self._dataset.settle(changeset) if self._trial.settles else version
        elif message.do is Do.CHECK:
            answer = self._check(self._dataset, message.payload)
        else:
            request, most = request_of(message), message.limits.answer_bytes
            answer = self._dataset.answer(request, most_bytes=most)
        return replace(answer, version=version)

    def _ask(self, request: QueryRequest, most: int) -> Answer:
        """Return the answer of a query; runs in a child that has been lent out."""
        return self._dataset.answer(request, most_bytes=most)

    def _keep_ready(self) -> None:
        """Fork one child in advance, in a moment when there is nothing else to do."""
        if self._wants_children() and time.monotonic() >= self._no_fork:
            child = self._fork()
            if child is not None:
                self._idle.insert(0, child)  # those that have worked come first: they are warm

    def _wants_children(self) -> bool:
        """Return whether fewer children are ready than may be needed at once, and one to spare."""
        return len(self._idle) + len(self._running) < self._workers + _SPARE

    def _fork(self) -> Child | None:
        try:
            child = children.start(self._work, ask=self._ask)
        except OSError as error:
            LOG.warning("There is no process for queries: %s", error)
            self._no_fork = time.monotonic() + _PAUSE
            return None
        self._selector.register(child.link, selectors.EVENT_READ, partial(self._hear, child))
        return child

    def _renew(self) -> None:
        """Let go of children with an older copy of the dataset, as soon as they are idle."""
        for child in self._idle:
            self._end(child)
        self._idle.clear()
        self._old.update(self._running)  # whoever has one on loan gives it back

    def _hear(self, child: Child) -> None:
        word = children.hear(child)
        if child in self._dying:
            if word is Word.GONE:
                self._bury(child)
            return
        if child in self._lent:
            self._hear_lent(child, word)
            return
        client = self._running.pop(child, None)
        if client is None:
            self._lose(child)
            return
        client.child = None
        if word is Word.GONE:
            self._end(child)
            self._clients.reply(client, self._bury(child))
            return
        with children.take(child) as outcome:
            if word is Word.LAST or child in self._old:
                self._end(child)
            elif child in self._heirs:
                self._disinherit()
                self._heir = child, outcome_version(outcome)
            else:
                self._idle.append(child)
            self._clients.send(client, outcome)

    def _lose(self, child: Child) -> None:
        """Forget a child that has ended while it was idle."""
        if self._heir is not None and self._heir[0] is child:
            self._heir = None
        else:
            self._idle.remove(child)
        self._end(child)

    def _hear_lent(self, child: Child, word: Word) -> None:
        """Take back a child that leaves or has ended; tell who had it why, if it knows."""
        client = self._lent.pop(child)
        client.child = None
        self._end(child)
        if word is Word.GONE:
            self._clients.reply(client, self._bury(child))
        else:
            self._drop(client)

    def _end(self, child: Child) -> None:
        """Kill a child; it is buried later, since its memory may take a while to be given back."""
        children.kill(child)
        self._old.discard(child)
        self._heirs.discard(child)
        self._dying.add(child)

    def _bury(self, child: Child) -> NeagraphError:
        self._dying.remove(child)
        self._selector.unregister(child.link)
        return children.bury(child)

    def _drop(self, client: Client) -> None:
        """Forget a client; a child that works for it is killed, and its place is free at once."""
        if client.child is not None:
            for children_of in (self._running, self._lent):
                children_of.pop(client.child, None)
            self._end(client.child)
            client.child = None
        with contextlib.suppress(ValueError):
            self._waiting.remove(client)
        self._clients.forget(client)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for child, client in list(self._running.items()):
            if child.deadline <= now:
                self._clients.reply(client, children.too_slow(child.limits))

    def _patience(self) -> float | None:
        """Return for how many seconds nothing needs to be done unless something happens."""
        moments = [child.deadline for child in self._running]
        moments += [self._no_fork] if self._wants_children() else []
        return max(0.0, min(moments) - time.monotonic()) if moments else None


def _no_process() -> WorkerError:
    return WorkerError("The system has no process for this query.", hint=HINT_AGAIN)

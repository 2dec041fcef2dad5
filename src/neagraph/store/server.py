"""The loop of the store process: one thread, a dataset in memory, a forked child for each query.

Clients talk to it through a Unix socket, one connection for each message; the reply is one byte
that carries the descriptor of the outcome's file. A client that goes away has its child killed.
Changes are applied between two rounds of the loop, so a child sees one version, whole, for as long
as it lives.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import IO, Final

from neagraph.errors import BusyError, NeagraphError, WorkerError
from neagraph.model import Answer, Changeset, RunningQuery, Write
from neagraph.store import child as children
from neagraph.store.child import Child, Word
from neagraph.store.dataset import ScopedDataset
from neagraph.store.messages import (
    HINT_AGAIN,
    Do,
    Message,
    changeset_answer,
    changeset_of,
    message_size,
    read_message,
    request_of,
    running_answer,
    text_of,
    write_message,
    write_of,
    write_outcome,
)

Trial = Callable[[ScopedDataset, Write], Changeset]
"""What tries a write: it may change the dataset it is given, which is a forked copy."""

LOG: Final = logging.getLogger(__name__)
_CHUNK = 1 << 20
_OUT_OF_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
_PAUSE = 0.01  # seconds until it is tried again whether the system has what it had not
_SPARE = 1  # children that are ready beyond those that may work at once, for when one is killed


@dataclass(slots=True, eq=False)
class _Client:
    """A connection: what it has sent, how much that is to be, and the child that works for it."""

    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)
    size: int | None = None
    message: Message | None = None
    child: Child | None = None


class StoreServer:
    """The loop of the store process.

    Args:
        dataset: What is asked.
        listener: A listening Unix socket.
        lifeline: A descriptor; when it reaches its end, the loop ends.
        workers: How many children may run at once.
        queue: How many further requests may wait for their turn; who comes then is sent away.
        trial: What tries a write.
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
    ) -> None:
        self._dataset = dataset
        self._dataset.version  # noqa: B018  reckoned once, not in each child
        self._workers = workers
        self._queue = queue
        self._trial = trial
        self._alive = True
        self._clients: set[_Client] = set()
        self._idle: list[Child] = []
        self._running: dict[Child, _Client] = {}
        self._old: set[Child] = set()
        self._dying: set[Child] = set()
        self._no_fork = 0.0
        self._waiting: deque[_Client] = deque()
        self._listener = listener
        self._listener.setblocking(False)  # noqa: FBT003  the name says it
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
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
            for client in list(self._clients):
                self._drop(client)
            self._renew()
            for child in list(self._dying):
                self._bury(child)

    def _look_up(self, lifeline: int) -> None:
        self._alive = bool(os.read(lifeline, 1))

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno not in _OUT_OF_DESCRIPTORS:
                raise
            time.sleep(_PAUSE)
            return
        connection.setblocking(False)  # noqa: FBT003  the name says it
        client = _Client(connection)
        self._clients.add(client)
        self._selector.register(connection, selectors.EVENT_READ, partial(self._receive, client))

    def _receive(self, client: _Client) -> None:
        if client not in self._clients:  # dropped earlier in this round
            return
        try:
            data = client.connection.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data or client.message is not None:
            self._drop(client)
            return
        client.received += data
        try:
            client.size = client.size or message_size(client.received)
            if client.size is not None and len(client.received) >= client.size:
                client.message = read_message(client.received)
                client.received.clear()
                self._take(client, client.message)
        except NeagraphError as error:
            self._reply(client, error)

    def _take(self, client: _Client, message: Message) -> None:
        """Do at once what needs no child, and queue the rest."""
        if message.do is Do.APPLY:
            version = self._dataset.apply(changeset_of(message))
            self._renew()
            self._reply(client, Answer(b"", "", version))
        elif message.do is Do.RUNNING:
            self._reply(client, running_answer(self._at_work(), self._dataset.version))
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

    def _start_waiting(self) -> None:
        while self._waiting and len(self._running) < self._workers:
            message = self._waiting[0].message
            if message is not None and self._dataset.prepare(message.scope):
                self._renew()
            child = self._idle.pop() if self._idle else self._fork()
            if child is not None and message is not None:
                self._start(self._waiting.popleft(), message, child)
            elif not self._running:
                self._reply(self._waiting[0], _no_process())
            else:
                return

    def _start(self, client: _Client, message: Message, child: Child) -> None:
        client.child = child
        self._running[child] = client
        try:
            children.give(child, write_message(message), message.limits, last=message.once)
        except OSError as error:
            LOG.warning("A query could not be given to its process: %s", error)
            self._reply(client, _no_process())

    def _work(self, job: bytes) -> Answer:
        """Return the outcome of a message; runs in the child."""
        message, version = read_message(job), self._dataset.version
        if message.do is Do.TRIAL:
            answer = changeset_answer(self._trial(self._dataset, write_of(message)))
        else:
            request, most = request_of(message), message.limits.answer_bytes
            answer = self._dataset.answer(request, most_bytes=most)
        return replace(answer, version=version)

    def _keep_ready(self) -> None:
        """Fork one child in advance, in a moment when there is nothing else to do."""
        if self._lacks_children():
            child = self._fork()
            if child is not None:
                self._idle.insert(0, child)  # those that have worked come first: they are warm

    def _lacks_children(self) -> bool:
        """Return whether fewer children are ready than may be needed at once, and one to spare."""
        wanted = self._workers + _SPARE
        return len(self._idle) + len(self._running) < wanted and time.monotonic() > self._no_fork

    def _fork(self) -> Child | None:
        try:
            child = children.start(self._work)
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
        self._old.update(self._running)

    def _hear(self, child: Child) -> None:
        word = children.hear(child)
        if child in self._dying:
            if word is Word.GONE:
                self._bury(child)
            return
        client = self._running.pop(child, None)
        if client is None:
            self._idle.remove(child)
        else:
            client.child = None
        if word is Word.MORE and child not in self._old:
            self._idle.append(child)
        else:
            self._end(child)
        if client is None:
            return
        if word is Word.GONE:
            self._reply(client, self._bury(child))
        else:
            with children.take(child) as outcome:
                self._send(client, outcome)

    def _end(self, child: Child) -> None:
        """Kill a child; it is buried later, since its memory may take a while to be given back."""
        children.kill(child)
        self._old.discard(child)
        self._dying.add(child)

    def _bury(self, child: Child) -> NeagraphError:
        self._dying.remove(child)
        self._selector.unregister(child.link)
        return children.bury(child)

    def _reply(self, client: _Client, outcome: Answer | NeagraphError) -> None:
        with children.outcome_file() as file:
            write_outcome(file, outcome)
            file.seek(0)
            self._send(client, file)

    def _send(self, client: _Client, outcome: IO[bytes]) -> None:
        with contextlib.suppress(OSError):
            socket.send_fds(client.connection, [b"."], [outcome.fileno()])
        self._drop(client)

    def _drop(self, client: _Client) -> None:
        """Forget a client; a child that works for it is killed, and its place is free at once."""
        if client.child is not None:
            del self._running[client.child]
            self._end(client.child)
            client.child = None
        with contextlib.suppress(ValueError):
            self._waiting.remove(client)
        self._clients.discard(client)
        self._selector.unregister(client.connection)
        client.connection.close()

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for child, client in list(self._running.items()):
            if child.deadline <= now:
                self._reply(client, children.too_slow(child.limits))

    def _patience(self) -> float | None:
        """Return for how many seconds nothing needs to be done unless something happens."""
        if self._lacks_children():
            return 0.0
        deadlines = [child.deadline for child in self._running]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None


def _no_process() -> WorkerError:
    return WorkerError("The system has no process for this query.", hint=HINT_AGAIN)

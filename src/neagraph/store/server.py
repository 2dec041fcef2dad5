"""The loop of the store process: one thread, a dataset in memory, a forked child for each query.

Clients talk to it through a Unix socket, one connection for each message; the reply is one byte
that carries the descriptor of the outcome's file. A client that goes away has its child killed.
A client may also borrow a child, and talk to it directly from then on (`lanes`).
Changes are applied between two rounds of the loop, so a child sees one version, whole, for as long
as it lives; but the one that has tried a write goes on with what that left, once it is committed.
What takes long is done while a stand-in answers (`standing`).
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import selectors
import socket
import time
from collections import deque
from functools import partial
from typing import Final

from neagraph.errors import BusyError, NeagraphError, WorkerError
from neagraph.model import Answer, RunningQuery, Scope, Version
from neagraph.store import child as children
from neagraph.store import standing
from neagraph.store.child import Child, Word
from neagraph.store.clients import Client, Clients
from neagraph.store.messages import (
    HINT_AGAIN,
    Do,
    Message,
    changeset_of,
    outcome_version,
    running_answer,
    text_of,
    write_message,
    write_outcome,
)
from neagraph.store.standing import LongWork, StandIns
from neagraph.store.work import Works

LOG: Final = logging.getLogger(__name__)
_PAUSE = 0.01  # seconds until it is tried again whether the system has what it had not
_CALM = 0.1  # seconds without a write before children are made in advance: each commit ends them
_SPARE = 1  # children that are ready beyond those that may work at once, for when one is killed
_QUIET = 1.0  # seconds without a write before what the next one needs is made ready
_LONG = 1 << 20  # bytes of a changeset that takes long to apply: it is a tenth of a second or more
_WRITES = frozenset({Do.TRIAL, Do.APPLY})
_ANY_WRITE = Message(Do.TRIAL)


class StoreServer:
    """The loop of the store process.

    Args:
        works: What can be done, and with which dataset.
        listener: A listening Unix socket.
        lifeline: A descriptor; when it reaches its end, the loop ends.
        workers: How many children may run at once.
        queue: How many further requests may wait for their turn; who comes then is sent away.
        stands_in: The link to the store process, if this is a stand-in: at the end of its
            lifeline it goes on until nobody is left.
    """

    def __init__(  # noqa: PLR0913  one for each part of the process
        self,
        works: Works,
        listener: socket.socket,
        *,
        lifeline: int,
        workers: int,
        queue: int,
        stands_in: socket.socket | None = None,
    ) -> None:
        self._works = works
        self._dataset = works.dataset
        self._dataset.version  # noqa: B018  reckoned once, not in each child
        self._listener = listener
        self._workers = workers
        self._queue = queue
        self._stands_in = stands_in
        self._alive = True
        self._idle: list[Child] = []
        self._running: dict[Child, Client] = {}
        self._lent: dict[Child, Client] = {}
        self._heir: tuple[Child, Version | None] | None = None
        self._heirs: set[Child] = set()
        self._old: set[Child] = set()
        self._dying: set[Child] = set()
        self._no_fork = 0.0
        self._quiet_from = time.monotonic() + _QUIET
        self._waiting: deque[Client] = deque()
        self._selector = selectors.DefaultSelector()
        self._clients = Clients(
            listener, self._selector, on_message=self._take, on_leaving=self._drop
        )
        start = partial(standing.start, self._stand_in, listener=listener)
        stand_ins = StandIns(self._selector, start=start, clients=self._clients)
        self._long = LongWork(stand_ins, self._clients)
        self._selector.register(lifeline, selectors.EVENT_READ, partial(self._look_up, lifeline))

    def serve(self) -> None:
        """Answer requests until the lifeline closes; no child outlives the loop."""
        try:
            while self._alive or (self._stands_in is not None and self._clients.all()):
                events = self._selector.select(self._patience())
                for key, _ in events:
                    key.data()
                self._end_overdue()
                self._start_waiting()
                if self._alive and not events:
                    self._rest()
                self._do_long()
        finally:
            for client in self._clients.all():
                self._drop(client)
            self._renew()
            self._disinherit()
            for child in list(self._dying):
                self._bury(child)
            self._long.end()

    def _look_up(self, lifeline: int) -> None:
        self._alive = bool(os.read(lifeline, 1))
        if self._stands_in is not None and not self._alive:
            self._selector.unregister(lifeline)
            self._clients.close_door()
            standing.say_closed(self._stands_in)
            self._renew()

    def _take(self, client: Client, message: Message) -> None:
        """Do at once what needs no child, and queue the rest."""
        if self._stands_in and (message.do in _WRITES or not self._works.is_ready(message)):
            self._pass_on(client, message, self._stands_in)
            return
        if message.do in _WRITES:
            self._no_fork = time.monotonic() + _CALM
            self._quiet_from = time.monotonic() + _QUIET
        if message.do is Do.APPLY and len(message.payload) >= _LONG:
            self._long.undertake(message, client)
        elif message.do is Do.APPLY:
            self._clients.reply(client, self._apply(message))
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

    def _apply(self, message: Message) -> Answer:
        version = self._dataset.apply(changeset_of(message))
        self._renew()
        return Answer(b"", "", version)

    def _do_long(self) -> None:
        """Do what takes long, once those who are here have their answers; others are elsewhere."""
        if self._long.is_due(self._clients.all().difference(self._lent.values())):
            self._waiting.extendleft(self._long.do(self._do))

    def _do(self, message: Message) -> Answer | None:
        """Apply a changeset, or else make ready what a message needs."""
        if message.do is Do.APPLY:
            return self._apply(message)
        if self._works.prepare(message):  # children forked before do not have it
            self._renew()
            self._disinherit()
        return None

    def _stand_in(self, link: socket.socket) -> None:
        """Be a stand-in; runs in a fork."""
        StoreServer(
            self._works,
            self._listener,
            lifeline=link.fileno(),
            workers=self._workers,
            queue=self._queue,
            stands_in=link,
        ).serve()

    def _pass_on(self, client: Client, message: Message, link: socket.socket) -> None:
        try:
            standing.pass_on(link, client.connection, message)
        except OSError:
            self._clients.reply(client, _no_process())
        else:
            self._clients.forget(client)

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
            if message and not self._works.is_ready(message) and self._long.last is not message:
                self._long.undertake(message, self._waiting.popleft())
                continue
            child = self._child_for(message)
            if child is not None and message is not None:
                self._start(self._waiting.popleft(), message, child)
            elif not self._running:
                self._clients.reply(self._waiting[0], _no_process())
            else:
                return

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
            tries = message.do is Do.TRIAL and self._works.trial.settles
            last = message.once and not tries
            job = write_message(message)
            children.give(child, job, message.limits, last=last, last_if_refused=tries)
            self._heirs |= {child} if tries else set()
        except OSError as error:
            LOG.warning("A query could not be given to its process: %s", error)
            self._clients.reply(client, _no_process())

    def _rest(self) -> None:
        """In a moment when there is nothing else to do, fork one child in advance, or get ready."""
        now = time.monotonic()
        if self._wants_children() and now >= self._no_fork:
            child = self._fork()
            if child is not None:
                self._idle.insert(0, child)  # those that have worked come first: they are warm
        elif self._wants_to_get_ready() and now >= self._quiet_from:
            self._quiet_from = math.inf  # should it fail, the next write is told why
            self._long.undertake(_ANY_WRITE)

    def _wants_children(self) -> bool:
        """Return whether fewer children are ready than may be needed at once, and one to spare."""
        return len(self._idle) + len(self._running) < self._workers + _SPARE

    def _wants_to_get_ready(self) -> bool:
        """Return whether there is time to make ready what the next write needs, and need for it."""
        busy = self._running or self._waiting or self._stands_in
        return not (busy or self._works.is_ready(_ANY_WRITE))

    def _fork(self) -> Child | None:
        try:
            child = children.start(self._works.do, ask=self._works.ask)
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
        moments += [self._quiet_from] if self._wants_to_get_ready() else []
        moments += [self._long.at_latest] if self._long.is_pending else []
        first = min(moments, default=math.inf)
        return None if first == math.inf else max(0.0, first - time.monotonic())


def _no_process() -> WorkerError:
    return WorkerError("The system has no process for this query.", hint=HINT_AGAIN)

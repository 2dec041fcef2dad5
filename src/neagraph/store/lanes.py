"""Lanes: the shortest way from an event loop to children that answer queries, and back.

A lane is a socket between the loop and one child, which the store process has lent out: a query
goes in, its answer comes back, and the store process takes no part. The connection by which the
child was asked for stays open: to close it has the child killed, and should the child die by
itself, the store process tells there why.

A child has one version of the dataset; a lane of a former version is given up for a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import socket
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from neagraph.errors import CancelledError, NeagraphError, WorkerError
from neagraph.model import Answer, Limits, QueryRequest, Version
from neagraph.store.child import too_slow
from neagraph.store.messages import HINT_AGAIN, Reply, read_outcome, write_job
from neagraph.store.turns import Turn, Turns

_CHUNK: Final = 1 << 18

Outcome = Answer | NeagraphError
Then = Callable[[Outcome], None]
"""Told an outcome."""


@dataclass(frozen=True, slots=True)
class Lent:
    """A child that the store process has lent out.

    Args:
        control: The connection that it was asked for by.
        link: Jobs go out here, and replies come in.
        version: The state that it answers from.
    """

    control: socket.socket
    link: socket.socket
    version: Version

    def close(self) -> None:
        """Give the child back, which has it killed."""
        self.link.close()
        self.control.close()


class Lane:
    """A lent child on an event loop; it does one job at a time.

    Args:
        loop: The loop, on which everything here is called.
        lent: The child.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, lent: Lent) -> None:
        self.version = lent.version
        self.usable = True
        """Whether it takes another job once it is idle."""
        self._loop = loop
        self._lent: Lent | None = lent
        self._link = lent.link
        self._reply = Reply()
        self._then: Then | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        for connection, heard in ((lent.link, self._hear), (lent.control, self._heed)):
            connection.setblocking(False)  # noqa: FBT003  the name says it
            loop.add_reader(connection.fileno(), heard)

    async def do(self, job: bytes, limits: Limits) -> Answer:
        """Return the answer of a job; the child is killed when nobody waits for it any more.

        Raises:
            QueryTimeoutError: At its deadline.
            NeagraphError: Whatever the child raised, or what it died of.
        """
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self.start(job, limits, partial(_settle, answer))
        try:
            return await answer
        finally:
            if answer.cancelled():
                self.end()

    def start(self, job: bytes, limits: Limits, then: Then) -> None:
        """Begin a job; its outcome is told later, and never where the lane is ended without one."""
        self._then = then
        self._deadline = self._loop.call_later(limits.seconds, self._expire, limits)
        sent = 0
        try:
            with contextlib.suppress(BlockingIOError):
                sent = self._link.send(job)
        except OSError:
            return  # it has died; those who listen find out why
        if sent < len(job):
            self._sending = self._loop.create_task(self._send(memoryview(job)[sent:]))

    def end(self, reason: NeagraphError | None = None) -> None:
        """Give the child back; a job under way ends with the reason."""
        lent, self._lent, self.usable = self._lent, None, False
        for pending in (self._deadline, self._sending):
            if pending is not None:
                pending.cancel()
        if lent is not None:
            for connection in (lent.link, lent.control):
                self._loop.remove_reader(connection.fileno())
            lent.close()
        if reason is not None:
            self._settle(reason)

    def forget(self) -> None:
        """Give the child back after the end of the loop."""
        if self._lent is not None:
            self._lent.close()

    async def _send(self, rest: memoryview) -> None:
        with contextlib.suppress(OSError):  # as above
            await self._loop.sock_sendall(self._link, rest)

    def _expire(self, limits: Limits) -> None:
        self.end(too_slow(limits))

    def _hear(self) -> None:
        """Take what the child says."""
        try:
            data = self._link.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:  # it has died; the store process tells why
            self.usable = False
            self._loop.remove_reader(self._link.fileno())
        elif self._reply.take(data):
            reply, self._reply = self._reply, Reply()
            self.usable = self.usable and not reply.last
            self._settle(reply.outcome(self.version))

    def _heed(self) -> None:
        """Learn from the store process why the child has ended."""
        if self._lent is None:
            return
        try:
            _, descriptors, _, _ = socket.recv_fds(self._lent.control, 1, 1)
        except BlockingIOError:
            return
        except ConnectionError:
            descriptors = []
        self.end(_reason(descriptors[0]) if descriptors else no_answer())

    def _settle(self, outcome: Outcome) -> None:
        then, self._then = self._then, None
        if self._deadline is not None:
            self._deadline.cancel()
        if then is not None:
            then(outcome)


def _settle(answer: asyncio.Future[Answer], outcome: Outcome) -> None:
    if answer.done():
        return
    if isinstance(outcome, Answer):
        answer.set_result(outcome)
    else:
        answer.set_exception(outcome)


def _reason(descriptor: int) -> NeagraphError:
    with os.fdopen(descriptor, "rb") as outcome:
        try:
            read_outcome(outcome)
        except NeagraphError as error:
            return error
    return no_answer()


def no_answer() -> WorkerError:
    """Return the error of a question that the store process left without an answer."""
    return WorkerError("The store process gave no answer.", hint=HINT_AGAIN)


@dataclass(slots=True, eq=False)
class _Asked:
    """A query on its way through the lanes."""

    came: asyncio.Future[None] | None = None
    lane: Lane | None = None
    cancelled: bool = False

    def come(self) -> None:
        """Go on, since its turn has come."""
        if self.came is not None and not self.came.done():
            self.came.set_result(None)

    def cancel(self) -> None:
        """End it, wherever it is."""
        self.cancelled = True
        self.come()
        if self.lane is not None:
            self.lane.end(_cancelled())

    def require_wanted(self) -> None:
        """Raise CancelledError if it has been cancelled."""
        if self.cancelled:
            raise _cancelled()


def _cancelled() -> CancelledError:
    return CancelledError("The query was cancelled.")


@dataclass(frozen=True, slots=True)
class Asking:
    """A query that is to be asked: to be awaited, or begun where that needs no waiting.

    Args:
        lanes: Where it is asked.
        request: The query.
        limits: What it may use.
    """

    lanes: Lanes
    request: QueryRequest
    limits: Limits

    def __await__(self) -> Generator[Any, None, Answer]:
        return self.lanes.ask(self.request, self.limits).__await__()

    def begin(self, then: Then) -> bool:
        """Ask it if a lane is ready and it is its turn, and return whether; `then` comes later."""
        return self.lanes.begin(self.request, self.limits, then)

    def cancel(self) -> None:
        """End it."""
        self.lanes.cancel(self.request.id)


@dataclass(slots=True, eq=False)
class Lanes:
    """The lanes of one event loop.

    Args:
        loop: The loop; `answer` is called on it, the rest from any thread.
        borrow: Borrows a child from the store process; it may block, and raise NeagraphError.
        turns: Whose turn it is.
        version: Tells the current version.
    """

    loop: asyncio.AbstractEventLoop
    borrow: Callable[[], Lent]
    turns: Turns
    version: Callable[[], Version]
    _idle: list[Lane] = field(default_factory=list)
    _asked: dict[str, _Asked] = field(default_factory=dict)

    def answer(self, request: QueryRequest, limits: Limits) -> Asking:
        """Return what answers a query; errors as `Store.answer`."""
        return Asking(self, request, limits)

    def begin(self, request: QueryRequest, limits: Limits, then: Then) -> bool:
        """Ask a query if that can be done at once; `then` is told its outcome later."""
        lane = self._take()
        if lane is None:
            return False
        asked = _Asked(lane=lane)
        turn = Turn(request.id, lambda: request.text, asked.come, apart=True)
        if not self.turns.take_free(turn):
            self._idle.append(lane)
            return False
        self._asked[request.id] = asked
        lane.start(write_job(request, limits), limits, partial(self._ended, asked, turn, then))
        return True

    def _ended(self, asked: _Asked, turn: Turn, then: Then, outcome: Outcome) -> None:
        lane, asked.lane = asked.lane, None
        if lane is not None:
            self._put_back(lane)
        self._leave(asked, turn)
        then(outcome)

    async def ask(self, request: QueryRequest, limits: Limits) -> Answer:
        """Return the whole answer of a query; errors as `Store.answer`."""
        asked = _Asked()
        come = partial(self._call, asked.come)
        turn = Turn(request.id, lambda: request.text, come, apart=True)
        at_once = self.turns.take(turn)
        if request.id:
            self._asked[request.id] = asked
        try:
            if not at_once:
                asked.came = self.loop.create_future()
                await asked.came
            asked.require_wanted()
            return await self._do(asked, request, limits)
        finally:
            self._leave(asked, turn)

    def _leave(self, asked: _Asked, turn: Turn) -> None:
        self.turns.leave(turn)
        if self._asked.get(turn.id) is asked:
            del self._asked[turn.id]

    async def _do(self, asked: _Asked, request: QueryRequest, limits: Limits) -> Answer:
        lane = self._take() or await self._open()
        try:
            asked.require_wanted()
            asked.lane = lane
            return await lane.do(write_job(request, limits), limits)
        finally:
            asked.lane = None
            self._put_back(lane)

    def _put_back(self, lane: Lane) -> None:
        if lane.usable and lane.version.number >= self.version().number:
            self._idle.append(lane)
        else:
            lane.end()

    def _take(self) -> Lane | None:
        """Return an idle lane of the current version; None if there is none."""
        while self._idle:
            lane = self._idle.pop()
            if lane.usable and lane.version.number >= self.version().number:
                return lane
            lane.end()
        return None

    async def _open(self) -> Lane:
        borrowed = self.loop.run_in_executor(None, self.borrow)
        try:
            return Lane(self.loop, await asyncio.shield(borrowed))
        except asyncio.CancelledError:
            borrowed.add_done_callback(_give_back)
            raise

    def cancel(self, query_id: str) -> bool:
        """End the query with this id; False if there is none."""
        asked = self._asked.get(query_id)
        if asked is not None:
            self._call(asked.cancel)
        return asked is not None

    def renew(self) -> None:
        """Give up idle lanes of former versions."""
        self._call(partial(self._give_up, self.version().number))

    def close(self) -> None:
        """Give up idle lanes; those at work end with the store process."""
        if self.loop.is_running():
            self.loop.call_soon_threadsafe(self._give_up)
            return
        for lane in self._idle:
            lane.forget()
        self._idle.clear()

    def _call(self, function: Callable[[], None]) -> None:
        """Call a function on the loop."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(function)

    def _give_up(self, before: float = math.inf) -> None:
        idle, self._idle = self._idle, []
        for lane in idle:
            if lane.version.number < before:
                lane.end()
            else:
                self._idle.append(lane)


def _give_back(borrowed: asyncio.Future[Lent]) -> None:
    if not borrowed.cancelled() and borrowed.exception() is None:
        borrowed.result().close()

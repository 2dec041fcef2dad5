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
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from neagraph.errors import CancelledError, NeagraphError, WorkerError
from neagraph.model import Answer, Limits, QueryRequest, Version
from neagraph.store.child import too_slow
from neagraph.store.messages import HINT_AGAIN, Reply, read_outcome, write_job
from neagraph.store.turns import Turn, Turns

_CHUNK: Final = 1 << 18


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
        self._answer: asyncio.Future[Answer] | None = None
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
        self._answer = answer
        deadline = self._loop.call_later(limits.seconds, self._expire, limits)
        try:
            await self._send(job)
            return await answer
        finally:
            deadline.cancel()
            self._answer = None
            if answer.cancelled() or not answer.done():
                self.end()

    def end(self, reason: NeagraphError | None = None) -> None:
        """Give the child back; a job under way ends with the reason."""
        lent, self._lent, self.usable = self._lent, None, False
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

    async def _send(self, job: bytes) -> None:
        sent = 0
        try:
            with contextlib.suppress(BlockingIOError):
                sent = self._link.send(job)
            if sent < len(job):
                await self._loop.sock_sendall(self._link, memoryview(job)[sent:])
        except OSError:
            return  # it has died; those who listen find out why

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

    def _settle(self, outcome: Answer | NeagraphError) -> None:
        answer = self._answer
        if answer is None or answer.done():
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

    async def answer(self, request: QueryRequest, limits: Limits) -> Answer:
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
            self.turns.leave(turn)
            if self._asked.get(request.id) is asked:
                del self._asked[request.id]

    async def _do(self, asked: _Asked, request: QueryRequest, limits: Limits) -> Answer:
        lane = self._take() or await self._open()
        try:
            asked.require_wanted()
            asked.lane = lane
            return await lane.do(write_job(request, limits), limits)
        finally:
            asked.lane = None
            if lane.usable:
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

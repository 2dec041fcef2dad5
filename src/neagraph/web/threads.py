"""Where handlers wait for the store: never on the event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Final, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.types import Receive

from neagraph.errors import (
    BusyError,
    CancelledError,
    LimitError,
    NeagraphError,
    QueryTimeoutError,
    WorkerError,
)

P = ParamSpec("P")
T = TypeVar("T")

MOST_WAITING: Final = 64
"""How many requests may wait for the store at once."""
_SECONDS_BETWEEN: Final = 0.1
_SECONDS_UNWATCHED: Final = 0.02
ENDINGS: Final = (BusyError, CancelledError, LimitError, QueryTimeoutError, WorkerError)
"""How a question to the store ends other than by its answer or its own mistake."""


class StoreThreads:
    """Threads that wait for the store, apart from those that send files.

    Args:
        most: How many may wait at once; whoever comes after them is told to come back.
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._limiter = CapacityLimiter(most)
        self.endings: Counter[str] = Counter({cls.code: 0 for cls in ENDINGS})
        """How often questions ended without an answer: code of the error to number."""

    @property
    def waiting(self) -> int:
        """How many requests wait for the store now."""
        return int(self._limiter.borrowed_tokens)

    async def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the blocking function returns.

        Raises:
            BusyError: If too many requests are waiting already.
        """
        try:
            return await self._run(partial(function, *args, **kwargs))
        except ENDINGS as error:
            self.endings[error.code] += 1
            raise

    async def ask_watching(
        self, request: Request, function: Callable[[], T], *, on_disconnect: Callable[[], object]
    ) -> T:
        """Return what the blocking function returns; if the client goes away, have it ended.

        Args:
            request: Whose client is watched; its body has been read.
            function: What to wait for, such as a query with its arguments bound.
            on_disconnect: Blocking; makes the function end soon, such as by cancelling the query.

        Raises:
            BusyError: If too many requests are waiting already.
            CancelledError: From the function, if the client went away.
        """
        async with Watch(request.receive, partial(_end, on_disconnect)):
            return await self.ask(function)

    async def await_watching(
        self, request: Request, answer: Awaitable[T], *, on_disconnect: Callable[[], object]
    ) -> T:
        """Return what the store answers on the event loop itself; otherwise as `ask_watching`."""
        try:
            async with Watch(request.receive, partial(_end, on_disconnect)):
                return await answer
        except ENDINGS as error:
            self.endings[error.code] += 1
            raise

    async def _run(self, function: Callable[[], T]) -> T:
        if self._limiter.available_tokens <= 0:
            raise BusyError(
                f"The service is busy: {self.waiting} requests are waiting.",
                hint="Ask again in some seconds.",
            )
        return await to_thread.run_sync(function, limiter=self._limiter)


class Watch:
    """Watches for as long as its context lasts whether a client goes away.

    It begins to look only after a moment, since most answers are there before.

    Args:
        receive: Of the client's request, whose body has been read.
        on_disconnect: Runs once the client has gone; it is cancelled when the context ends.
    """

    def __init__(
        self, receive: Receive, on_disconnect: Callable[[], Coroutine[None, None, None]]
    ) -> None:
        self._receive = receive
        self._on_disconnect = on_disconnect
        self._task: asyncio.Task[None] | None = None
        self._begin = asyncio.get_running_loop().call_later(_SECONDS_UNWATCHED, self._look)

    async def __aenter__(self) -> None:
        """Begin."""

    async def __aexit__(self, *_: object) -> None:
        """Watch no longer."""
        self._begin.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _look(self) -> None:
        self._task = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        await until_disconnect(self._receive)
        await self._on_disconnect()


async def until_disconnect(receive: Receive) -> None:
    """Return when the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(end: Callable[[], object]) -> None:
    """End it again and again, since it may not have reached the store yet, until cancelled."""
    while True:
        with contextlib.suppress(NeagraphError):  # what was asked has ended by itself meanwhile
            await to_thread.run_sync(end)
        await asyncio.sleep(_SECONDS_BETWEEN)

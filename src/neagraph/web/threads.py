"""Where handlers wait for the store: never on the event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
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
        watch = asyncio.create_task(_end_on_disconnect(request.receive, on_disconnect))
        try:
            return await self.ask(function)
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _run(self, function: Callable[[], T]) -> T:
        if self._limiter.available_tokens <= 0:
            raise BusyError(
                f"The service is busy: {self.waiting} requests are waiting.",
                hint="Ask again in some seconds.",
            )
        return await to_thread.run_sync(function, limiter=self._limiter)


async def until_disconnect(receive: Receive) -> None:
    """Return when the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end_on_disconnect(receive: Receive, end: Callable[[], object]) -> None:
    """End it again and again, since it may not have reached the store yet, until cancelled."""
    await until_disconnect(receive)
    while True:
        with contextlib.suppress(NeagraphError):  # what was asked has ended by itself meanwhile
            await to_thread.run_sync(end)
        await asyncio.sleep(_SECONDS_BETWEEN)

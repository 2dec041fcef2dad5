"""Where handlers wait for the store: never on the event loop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

from neagraph.errors import WorkerError

P = ParamSpec("P")
T = TypeVar("T")

MOST_WAITING: Final = 64
"""How many requests may wait for the store at once."""


class StoreThreads:
    """Threads that wait for the store, apart from those that send files.

    Args:
        most: How many may wait at once; whoever comes after them is told to come back.
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._limiter = CapacityLimiter(most)

    async def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the blocking function returns.

        Raises:
            WorkerError: If too many requests are waiting already.
        """
        if self._limiter.available_tokens <= 0:
            raise WorkerError(
                f"The service is busy: {self._limiter.borrowed_tokens} requests are waiting.",
                hint="Ask again in some seconds.",
            )
        return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=self._limiter)

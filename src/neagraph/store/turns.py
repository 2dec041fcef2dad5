"""Whose turn it is: so many may work at once, so many more may wait, in order of arrival."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from neagraph.errors import BusyError
from neagraph.model import RunningQuery


@dataclass(slots=True, eq=False)
class Turn:
    """A request that works, or waits to.

    Args:
        id: Its query id; may be empty.
        text: Tells what a person recognises it by.
        come: Told that its turn has come, by whoever has made room; it must not block.
        apart: Whether the store process knows nothing of it, since it has a lane.
        since: When its turn came, on the clock of `time.monotonic`; None while it waits.
    """

    id: str
    text: Callable[[], str]
    come: Callable[[], None]
    apart: bool = False
    since: float | None = None

    def told(self, now: float) -> RunningQuery:
        """Return what is told of it."""
        return RunningQuery(self.id, self.text(), 0.0 if self.since is None else now - self.since)


class Turns:
    """The turns of one store; every method may be called from any thread.

    Args:
        places: How many may work at once.
        queue: How many more may wait.
    """

    def __init__(self, places: int, queue: int) -> None:
        self._free = places
        self._queue = queue
        self._lock = threading.Lock()
        self._waiting: deque[Turn] = deque()
        self._working: set[Turn] = set()

    def take(self, turn: Turn) -> bool:
        """Give a turn a place at once, and return True, or else let it wait.

        Raises:
            BusyError: If too many are waiting already.
        """
        with self._lock:
            if self._begin_free(turn):
                return True
            if len(self._waiting) >= self._queue:
                raise BusyError(
                    f"The service is busy: {len(self._waiting)} requests are waiting.",
                    hint="Ask again in some seconds.",
                )
            self._waiting.append(turn)
            return False

    def take_free(self, turn: Turn) -> bool:
        """Give a turn a place if one is free, and return whether."""
        with self._lock:
            return self._begin_free(turn)

    def leave(self, turn: Turn) -> None:
        """End a turn, or its waiting; its place goes to who has waited the longest."""
        with self._lock:
            if turn not in self._working:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                return
            self._working.remove(turn)
            if not self._waiting:
                self._free += 1
                return
            following = self._waiting.popleft()
            self._begin(following)
        following.come()

    def working(self) -> list[Turn]:
        """Return those that work now."""
        with self._lock:
            return list(self._working)

    def waiting(self) -> list[Turn]:
        """Return those that wait, in order of arrival."""
        with self._lock:
            return list(self._waiting)

    def _begin_free(self, turn: Turn) -> bool:
        if not self._free:
            return False
        self._free -= 1
        self._begin(turn)
        return True

    def _begin(self, turn: Turn) -> None:
        turn.since = time.monotonic()
        self._working.add(turn)

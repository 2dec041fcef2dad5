"""A question to the store process, asked from a thread and perhaps ended from another one."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from functools import partial

from neagraph.errors import CancelledError
from neagraph.store.messages import Message, text_of
from neagraph.store.turns import Turn, Turns


class Question:
    """A request under way, which another thread may end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._cancelled = False
        self._come = threading.Event()

    @contextlib.contextmanager
    def turn(self, message: Message, turns: Turns) -> Iterator[None]:
        """Wait for a turn, or for `cancel`, and keep it for as long as the context lasts."""
        turn = Turn(message.id, partial(text_of, message), self._come.set)
        at_once = turns.take(turn)
        try:
            if not at_once:
                self._come.wait()
                self.require_wanted()
            yield
        finally:
            turns.leave(turn)

    @contextlib.contextmanager
    def over(self, connection: socket.socket) -> Iterator[None]:
        """Let `cancel` end the connection for as long as the context lasts."""
        with self._lock:
            self.require_wanted()
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None

    def cancel(self) -> None:
        """End the request; the store process sees the connection close and kills its child."""
        with self._lock:
            self._cancelled = True
            self._come.set()
            if self._connection is not None:
                with contextlib.suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)

    def require_wanted(self) -> None:
        """Raise CancelledError if it has been cancelled."""
        if self._cancelled:
            raise CancelledError("The query was cancelled.")

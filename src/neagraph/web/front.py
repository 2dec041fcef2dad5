"""The shortest way from a kept answer to the client: no task, no application, one write.

An ASGI application costs a server in Python about as much as the fast lane itself, so a request
whose answer is kept is answered by the protocol. Everything else, and every connection in an
unusual state, takes the ordinary way.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache, partial
from typing import Any, ClassVar, Final, cast

from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from neagraph.web.cache import WRITE, Entry, FastLane
from neagraph.web.cache_keys import QUERY_METHODS, QUERY_PATH

_FORWARDING: Final = frozenset({b"x-forwarded-for", b"x-forwarded-proto"})
"""What uvicorn reads before the application does."""
SECONDS_FOR_HEAD: Final = 20.0
"""How long a client may take to send the head of a request."""
SECONDS_OF_SILENCE: Final = 20.0
"""How long a client may pause within the body of a request."""


class FrontProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it, with kept answers written at once."""

    lane: ClassVar[FastLane]
    application: ClassVar[object]
    _asking_since: float | None = None
    _heard: float = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._asking_since = self._heard = time.monotonic()

    def data_received(self, data: bytes) -> None:
        """Take what a client has sent."""
        self._heard = time.monotonic()
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a head."""
        super().on_message_begin()
        self._asking_since = self._asking_since or self._heard

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._asking_since = None
        super().on_headers_complete()

    def is_stalled(self, now: float) -> bool:
        """Whether the client takes too long to send a request, on the clock `time.monotonic`."""
        if self._asking_since is not None:
            return now - self._asking_since > SECONDS_FOR_HEAD
        cycle: RequestResponseCycle | None = self.cycle
        waiting = cycle is not None and cycle.more_body and not cycle.response_started
        return waiting and now - self._heard > SECONDS_OF_SILENCE

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401  as uvicorn has it
        began = time.perf_counter()
        scope = cast("Scope", cycle.scope)
        usual = cycle.keep_alive and not self.pipeline and not self.flow.write_paused
        found = self.lane.find(scope) if usual and app is self.app else None
        if found is None:
            scope[WRITE] = partial(self._write_later, cycle)
            super()._start_asgi_task(cycle, self._shortest(scope, app))
            return
        entry, status = found
        self._write(cycle, entry, status)
        self.lane.answered(scope, entry, status, began)
        self.on_response_complete()

    def _shortest(self, scope: Scope, app: Any) -> Any:  # noqa: ANN401  as uvicorn has it
        """Return what answers a request: for queries the lane, and not what stands around it."""
        is_query = scope["path"] == QUERY_PATH and scope["method"] in QUERY_METHODS
        if (
            app is not self.app
            or not is_query
            or any(n in _FORWARDING for n, _ in scope["headers"])
        ):
            return app
        scope["app"] = self.application
        return self.lane

    def _write(self, cycle: RequestResponseCycle, entry: Entry, status: int) -> None:
        parts = entry.parts(status, cycle.scope["method"])
        date = _lines_of(tuple(self.server_state.default_headers))
        cycle.response_started = cycle.response_complete = True
        self.transport.write(b"".join([parts[0], date, b"\r\n", parts[1]]))

    def _write_later(self, cycle: RequestResponseCycle, entry: Entry, status: int) -> bool:
        """Write a whole answer at once; False where that is to go the ordinary way."""
        usual = cycle.keep_alive and not cycle.disconnected and not self.flow.write_paused
        if not usual or cycle.response_started or cycle.more_body:
            return False
        self._write(cycle, entry, status)
        cycle.message_event.set()
        cycle.on_response()
        return True


@lru_cache(maxsize=4)
def _lines_of(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def front_protocol(lane: FastLane, application: ASGIApp | None = None) -> type[HttpToolsProtocol]:
    """Return the protocol with a fast lane of its own.

    Args:
        lane: The lane.
        application: What it is the outermost part of; None for nothing.
    """
    members = {"lane": lane, "application": application or lane}
    return type("FrontProtocol", (FrontProtocol,), members)

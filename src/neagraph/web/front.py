"""The edge: what is no HTTP is refused, and the shortest way from an answer to the client.

An ASGI application costs a server in Python about as much as the fast lane itself, so a request
whose answer is kept is answered by the protocol, and a query begun by it. Everything else, and
every connection in an unusual state, takes the ordinary way.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, ClassVar, Final, cast

import httptools
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from neagraph.web.cache import WRITE, Entry, FastLane
from neagraph.web.cache_keys import QUERY_METHODS, QUERY_PATH, has_short_body, headers_of
from neagraph.web.express import Express, Ride
from neagraph.web.refusals import (
    HEAD_TOO_LARGE,
    MOST_HEAD,
    Refusal,
    refusal_of,
    require_readable,
)

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
    express: ClassVar[Express | None]
    _held: Any = None  # what is to answer a query whose body is still to come
    _ride: Ride | None = None
    _asking_since: float | None = None
    _heard: float = 0.0
    _head: int = 0  # bytes received of a head that is not complete
    _refused: bool = False  # whether nothing more is read
    url: bytes = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._asking_since = self._heard = time.monotonic()

    def data_received(self, data: bytes) -> None:
        """Take what a client has sent."""
        self._heard = time.monotonic()
        if self._refused:
            return
        self._unset_keepalive_if_required()
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            self._refuse(refusal_of(error, self.url, data))
            return
        if self._asking_since is not None:
            self._head += len(data)
            if self._head > MOST_HEAD:
                self._refuse(HEAD_TOO_LARGE)

    def _feed(self, data: bytes) -> None:
        """Have the parser read; a request to speak another protocol is read without that wish.

        Clients that ask for it send their whole request with it (RFC 9110, section 7.8).
        """
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as error:
            lines = [b"%b: %b\r\n" % h for h in self.headers if h[0] != b"upgrade"]
            version = self.parser.get_http_version().encode()
            first = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, version)
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
            self._feed(b"".join([first, *lines, b"\r\n", data[error.args[0] :]]))

    def _refuse(self, refusal: Refusal) -> None:
        """Answer that a request cannot be read, after the answers to those before it."""
        self._refused = True
        cycle: RequestResponseCycle | None = self.cycle
        pending = cycle is not None and not cycle.response_complete
        if cycle is not None and pending and not cycle.more_body:
            cycle.keep_alive = False
            return
        if cycle is None or not (pending and cycle.response_started):
            self.transport.write(refusal.response())
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up what is done for the client."""
        super().connection_lost(exc)
        held, self._held = self._held, None
        if held is not None:
            super()._start_asgi_task(self.cycle, held)
        if self._ride is not None:
            self._ride.leave()

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a head."""
        super().on_message_begin()
        self._asking_since = self._asking_since or self._heard

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        version = self.parser.get_http_version()
        require_readable(self.parser.get_method(), version, self.headers)
        if not self.parser.should_upgrade():
            self._asking_since, self._head = None, 0
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Answer a query that was held for its body."""
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        held, self._held = self._held, None
        if held is not None:
            self._start_asgi_task(self.cycle, held)

    def is_stalled(self, now: float) -> bool:
        """Whether the client takes too long to send a request, on the clock `time.monotonic`."""
        if self._asking_since is not None:
            return now - self._asking_since > SECONDS_FOR_HEAD
        cycle: RequestResponseCycle | None = self.cycle
        waiting = cycle is not None and cycle.more_body and not cycle.response_started
        return waiting and now - self._heard > SECONDS_OF_SILENCE

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401  as uvicorn has it
        usual = cycle.keep_alive and not self.pipeline and not self.flow.write_paused
        if usual and app is self.app and (self._answer(cycle) or self._begin(cycle)):
            return
        scope = cast("Scope", cycle.scope)
        scope[WRITE] = partial(self.write_later, cycle)
        shortest = self._shortest(scope, app)
        waits = cycle.waiting_for_100_continue
        super()._start_asgi_task(cycle, _closing(cycle, shortest) if waits else shortest)

    def _answer(self, cycle: RequestResponseCycle) -> bool:
        """Answer with what is kept, and return whether there is such an answer."""
        began, scope = time.perf_counter(), cast("Scope", cycle.scope)
        found = self.lane.find(scope)
        if found is None:
            return False
        entry, status = found
        self._write(cycle, entry, status)
        self.lane.answered(scope, entry, status, began)
        self.on_response_complete()
        return True

    def _begin(self, cycle: RequestResponseCycle) -> bool:
        """Begin to answer a query, or wait for its body; False where that is for the layers."""
        scope = cast("Scope", cycle.scope)
        if self.express is None or not _is_query(scope) or cycle.waiting_for_100_continue:
            return False
        if cycle.more_body and scope["method"] != "GET":
            self._held = self.app if has_short_body(headers_of(scope)) else None
            return self._held is not None
        self._ride = self.express.begin(scope, bytes(cycle.body), _Client(self, cycle))
        return self._ride is not None

    def go_on(self, cycle: RequestResponseCycle) -> None:
        """Have the layers answer a query that has been begun."""
        self._ride = None
        scope = cast("Scope", cycle.scope)
        scope["app"], scope[WRITE] = self.application, partial(self.write_later, cycle)
        super()._start_asgi_task(cycle, cast("Any", self.lane))

    def _shortest(self, scope: Scope, app: Any) -> Any:  # noqa: ANN401  as uvicorn has it
        """Return what answers a request: for queries the lane, and not what stands around it."""
        forwarded = any(name in _FORWARDING for name, _ in scope["headers"])
        if app is not self.app or not _is_query(scope) or forwarded:
            return app
        scope["app"] = self.application
        return self.lane

    def _write(self, cycle: RequestResponseCycle, entry: Entry, status: int) -> None:
        parts = entry.parts(status, cycle.scope["method"])
        date = _lines_of(tuple(self.server_state.default_headers))
        cycle.response_started = cycle.response_complete = True
        self.transport.write(b"".join([parts[0], date, b"\r\n", parts[1]]))

    def write_later(self, cycle: RequestResponseCycle, entry: Entry, status: int) -> bool:
        """Write a whole answer at once; False where that is to go the ordinary way."""
        self._ride = None
        usual = cycle.keep_alive and not cycle.disconnected and not self.flow.write_paused
        if not usual or cycle.response_started or cycle.more_body:
            return False
        self._write(cycle, entry, status)
        cycle.message_event.set()
        cycle.on_response()
        return True


@dataclass(frozen=True, slots=True)
class _Client:
    """Who waits for the answer of a query."""

    protocol: FrontProtocol
    cycle: RequestResponseCycle

    def write(self, entry: Entry, status: int) -> bool:
        """Write a whole answer; False where that has to go the ordinary way."""
        return self.protocol.write_later(self.cycle, entry, status)

    def go_on(self) -> None:
        """Have the layers answer the request."""
        self.protocol.go_on(self.cycle)


def _closing(cycle: RequestResponseCycle, app: Any) -> Any:  # noqa: ANN401  as uvicorn has it
    """Return what closes the connection after an answer that the body was not asked for.

    Whether the client sends the body then is not known (RFC 9110, section 10.1.1).
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if cycle.waiting_for_100_continue:
                cycle.keep_alive = False
            await send(message)

        await app(scope, receive, sending)

    return answer


def _is_query(scope: Scope) -> bool:
    return scope["path"] == QUERY_PATH and scope["method"] in QUERY_METHODS


@lru_cache(maxsize=4)
def _lines_of(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def front_protocol(
    lane: FastLane, application: ASGIApp | None = None, *, express: Express | None = None
) -> type[HttpToolsProtocol]:
    """Return the protocol with a fast lane of its own.

    Args:
        lane: The lane.
        application: What it is the outermost part of; None for nothing.
        express: The short way for queries; None for none.
    """
    members = {"lane": lane, "application": application or lane, "express": express}
    return type("FrontProtocol", (FrontProtocol,), members)

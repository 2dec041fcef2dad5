"""What fills the cache: conditional requests, identical requests in flight, validators.

While a request is worked on, everyone who asks the same waits for the one answer. Whoever goes
away leaves the others alone; when nobody waits any more, the work is ended. Failures reach those
who wait and are not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from neagraph.model import Version
from neagraph.web.cache import Entry, ResultCache, entry_of, send_entry
from neagraph.web.cache_keys import (
    MOST_BODY_BYTES,
    Headers,
    Key,
    Parameters,
    body_pairs,
    canonical_scope,
    headers_of,
    is_covered,
    key_of,
    parameters_of,
)
from neagraph.web.etags import entity_tag, is_listed
from neagraph.web.threads import until_disconnect
from neagraph.web.trace import Trace, put_trace, trace_in

_READS: Final = frozenset({"GET", "HEAD"})
_QUERIES: Final = frozenset({"POST", "QUERY"})
_REVALIDATE: Final = "public, no-cache"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_VARY: Final = ("Accept", "Accept-Encoding")

FindVersion = Callable[[str | None], Awaitable[tuple[Version, str] | None]]
"""Returns the version of a number as a client writes it, or the current one for None, and the time
of its commit as an HTTP date, empty where the log does not tell; None if there is no such one."""


@dataclass(slots=True)
class _Flight:
    """A request that is being worked on for everyone who asks the same."""

    trace: Trace
    waiting: int = 0
    deserted: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[Entry] | None = None


@dataclass(frozen=True, slots=True)
class _Validators:
    """The headers by which clients find out whether what they have is still good."""

    tag: str
    modified: str
    pinned: bool

    def put(self, headers: MutableHeaders) -> None:
        """Put the validators among the headers of an answer."""
        headers["ETag"] = self.tag
        headers["Cache-Control"] = _FOR_EVER if self.pinned else _REVALIDATE
        del headers["Last-Modified"]
        if self.modified:
            headers["Last-Modified"] = self.modified
        said = {name.strip().lower(): name.strip() for name in headers.get("Vary", "").split(",")}
        names = said | {name.lower(): name for name in _VARY}
        headers["Vary"] = ", ".join(name for name in names.values() if name)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request whose answer may be kept."""

    scope: Scope
    headers: Headers
    key: Key
    body: bytes
    version: Version
    validators: _Validators


class CacheLayer:
    """Answers conditional requests, merges identical ones, and keeps answers.

    Args:
        app: What makes the answers.
        cache: Where they are kept.
        version: Tells the current version, at once.
        find_version: Tells of versions what the headers need.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        cache: ResultCache,
        version: Callable[[], Version],
        find_version: FindVersion,
    ) -> None:
        self._app = app
        self._cache = cache
        self._version = version
        self._find_version = find_version
        self._flights: dict[Key, _Flight] = {}
        self._tasks: set[asyncio.Task[Entry]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http" or not is_covered(scope["path"]):
            await self._app(scope, receive, send)
        elif scope["method"] in _READS:
            await self._answer(scope, receive, send, parameters_of(scope["query_string"]), b"")
        elif scope["method"] in _QUERIES and scope["path"] == "/sparql":
            await self._answer_with_body(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer_with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        length = headers.get(b"content-length", b"")
        small = length.isdigit() and int(length) <= MOST_BODY_BYTES
        if not small or b"content-encoding" in headers or body_pairs(headers, b"") is None:
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        pairs = None if body is None else body_pairs(headers, body)
        if body is None:
            return
        if pairs is None:
            await self._app(scope, _replay(body, receive), send)
            return
        parameters = parameters_of(scope["query_string"], *pairs)
        await self._answer(scope, receive, send, parameters, body)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, parameters: Parameters, body: bytes
    ) -> None:
        """Answer a request whose body has been read."""
        onward = receive if scope["method"] in _READS else _replay(body, receive)
        trace = trace_in(scope)
        trace.query = trace.query or parameters.query
        asked = await self._asked(scope, parameters, body)
        if asked is None:
            await self._app(scope, onward, _changed(send, _forbid_storing))
        elif b"authorization" in asked.headers:
            await self._app(scope, onward, _changed(send, asked.validators.put))
        elif _has_it(asked):
            await _send_not_modified(asked.validators, send)
        else:
            await self._share(asked, trace, receive, send)

    async def _asked(self, scope: Scope, parameters: Parameters, body: bytes) -> _Asked | None:
        """Return the request with its key; None if its answer is not to be kept anywhere."""
        headers = headers_of(scope)
        if b"range" in headers or not parameters.kept:
            return None
        found = await self._find_version(parameters.version)
        if found is None:
            return None
        key = key_of(scope, headers, found[0].etag, parameters=parameters)
        tag = entity_tag(found[0], *key.parts())
        validators = _Validators(tag, found[1], pinned=parameters.version is not None)
        return _Asked(scope, headers, key, body, found[0], validators)

    async def _share(self, asked: _Asked, trace: Trace, receive: Receive, send: Send) -> None:
        """Answer from the cache, from what is in flight, or by a flight of its own."""
        entry = self._cache.find(asked.key)
        if entry is not None:
            self._cache.hits += 1
            trace.cache = "hit"
        else:
            entry = await self._wait(self._flight(asked, trace), asked.key, receive)
        if entry is not None:
            await send_entry(entry, entry.status, asked.scope["method"], send)

    def _flight(self, asked: _Asked, trace: Trace) -> _Flight:
        flight = self._flights.get(asked.key)
        if flight is not None:
            self._cache.merged += 1
            trace.cache, trace.query_id = "merged", flight.trace.query_id
            return flight
        self._cache.misses += 1
        trace.cache = "miss"
        flight = self._flights[asked.key] = _Flight(trace)
        flight.task = asyncio.create_task(self._evaluate(asked, flight))
        self._tasks.add(flight.task)
        flight.task.add_done_callback(self._tasks.discard)
        return flight

    async def _wait(self, flight: _Flight, key: Key, receive: Receive) -> Entry | None:
        """Return the answer of a flight; None if the client goes away before."""
        if flight.task is None:
            return None
        flight.waiting += 1
        gone = asyncio.create_task(until_disconnect(receive))
        try:
            await asyncio.wait({flight.task, gone}, return_when=asyncio.FIRST_COMPLETED)
            return flight.task.result() if flight.task.done() else None
        finally:
            gone.cancel()
            flight.waiting -= 1
            if flight.waiting == 0 and not flight.task.done():
                flight.deserted.set()
                self._land(key, flight)

    def _land(self, key: Key, flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    async def _evaluate(self, asked: _Asked, flight: _Flight) -> Entry:
        """Return the answer of what is further in, kept if it may be."""
        reply = _Reply()
        scope = put_trace(canonical_scope(asked.scope, asked.headers, asked.key), flight.trace)
        try:
            await self._app(scope, _replay(asked.body, _until_set(flight.deserted)), reply)
        finally:
            self._land(asked.key, flight)
        return self._finish(asked, flight.trace, reply)

    def _finish(self, asked: _Asked, trace: Trace, reply: _Reply) -> Entry:
        good = reply.status == HTTPStatus.OK and reply.whole and self._is_of(asked, trace)
        (asked.validators.put if good else _forbid_storing)(reply.headers)
        body = b"".join(reply.chunks)
        reply.headers["Content-Length"] = str(len(body))
        reply.headers["X-Query-Id"] = trace.query_id
        entry = entry_of(reply.status, reply.headers.raw, body)
        if good:
            self._cache.keep(asked.key, entry)
        return entry

    def _is_of(self, asked: _Asked, trace: Trace) -> bool:
        """Whether what was answered is of the version that was asked for."""
        if asked.validators.pinned:
            return trace.version == asked.version
        now = self._version()
        return now == asked.version == (trace.version or now)


class _Reply:
    """Collects an answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers = MutableHeaders()
        self.chunks: list[bytes] = []
        self.whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            self.headers = MutableHeaders(raw=list(message["headers"]))
        else:
            self.chunks.append(message.get("body", b""))
            self.whole = not message.get("more_body", False)


async def _read(receive: Receive) -> bytes | None:
    """Return the body of a request; None if the client goes away, or sends more than it said."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False) and len(body) <= MOST_BODY_BYTES
    return bytes(body)


def _replay(body: bytes, afterwards: Receive) -> Receive:
    """Return what gives a body that has been read, and then what comes after it."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return await afterwards()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _until_set(event: asyncio.Event) -> Receive:
    async def receive() -> Message:
        await event.wait()
        return {"type": "http.disconnect"}

    return receive


def _changed(send: Send, change: Callable[[MutableHeaders], None]) -> Send:
    """Return what sends an answer with changed headers if it is one of status 200."""

    async def changing(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
            message = {**message, "headers": list(message["headers"])}
            change(MutableHeaders(scope=message))
        await send(message)

    return changing


def _forbid_storing(headers: MutableHeaders) -> None:
    headers.setdefault("Cache-Control", "no-store")


def _has_it(asked: _Asked) -> bool:
    known = asked.headers.get(b"if-none-match")
    if known is None or asked.scope["method"] == "POST":
        return False
    return is_listed(asked.validators.tag, known.decode("latin-1"))


async def _send_not_modified(validators: _Validators, send: Send) -> None:
    headers = MutableHeaders({"Access-Control-Allow-Origin": "*"})
    validators.put(headers)
    entry = entry_of(HTTPStatus.OK, headers.raw, b"")
    await send_entry(entry, HTTPStatus.NOT_MODIFIED, "GET", send)

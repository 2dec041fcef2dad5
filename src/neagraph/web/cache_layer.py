"""What fills the cache: conditional requests, identical requests in flight, validators.

While a request is worked on, everyone who asks the same waits for the one answer. Whoever goes
away leaves the others alone; when nobody waits any more, the work is ended. Failures reach those
who wait and are not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Protocol

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from neagraph.model import Version
from neagraph.web.cache import (
    OWN,
    WRITE,
    Entry,
    Headers,
    ResultCache,
    entry_of,
    kind_of,
    new_entry,
    send_entry,
)
from neagraph.web.cache_keys import (
    MOST_BODY_BYTES,
    Key,
    Parameters,
    body_pairs,
    canonical_scope,
    has_short_body,
    headers_of,
    is_covered,
    key_of,
    parameters_of,
)
from neagraph.web.cache_keys import Headers as RequestHeaders
from neagraph.web.etags import entity_tag, is_listed
from neagraph.web.flights import FLYING, Asked, Flight
from neagraph.web.threads import Watch
from neagraph.web.trace import Trace, put_trace, trace_in
from neagraph.web.validators import Shared, Validators, forbid_storing, with_validators

_READS: Final = frozenset({"GET", "HEAD"})
_QUERIES: Final = frozenset({"POST", "QUERY"})

Found = tuple[Version, str]
"""A version, and the time of its commit as an HTTP date, empty where the log does not tell."""


class FindVersion(Protocol):
    """Tells of versions what the headers need."""

    def at_hand(self) -> Found | None:
        """Return the current version where that needs no waiting."""
        ...

    async def __call__(self, number: str | None) -> Found | None:
        """Return the version of a number as a client writes it, or the current one for None.

        None if there is no such one.
        """
        ...


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
        self._flights: dict[Key, Flight] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if FLYING in scope:
            asked, flight = scope[FLYING]
            await self._go_on(asked, flight, send)
        elif scope["type"] != "http" or not is_covered(scope["path"]):
            await self._app(scope, receive, send)
        elif scope["method"] in _READS:
            await self._answer(scope, receive, send, parameters_of(scope["query_string"]), b"")
        elif scope["method"] in _QUERIES and scope["path"] == "/sparql":
            await self._answer_with_body(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer_with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        short = has_short_body(headers)
        if not short or b"content-encoding" in headers or body_pairs(headers, b"") is None:
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
            await self._app(scope, onward, _changed(send, forbid_storing))
        elif b"authorization" in asked.headers:
            await self._app(scope, onward, _changed(send, asked.validators.put))
        elif _has_it(asked):
            await _send_not_modified(asked.validators, send)
        else:
            await self._share(asked, trace, receive, send)

    async def _asked(self, scope: Scope, parameters: Parameters, body: bytes) -> Asked | None:
        """Return the request with its key; None if its answer is not to be kept anywhere."""
        headers = headers_of(scope)
        if b"range" in headers or not parameters.kept:
            return None
        found = await self._find_version(parameters.version)
        if found is None:
            return None
        return _asked_of(scope, headers, parameters, found, body=body)

    def new(
        self, scope: Scope, headers: RequestHeaders, parameters: Parameters, *, body: bytes
    ) -> Asked | None:
        """Return a request for what is neither kept nor worked on; None for any other one.

        So it is for one that has to wait for what its headers need.
        """
        found = self._find_version.at_hand()
        if found is None or not parameters.kept or parameters.version is not None:
            return None
        asked = _asked_of(scope, headers, parameters, found, body=body)
        known = asked.key in self._flights or self._cache.find(asked.key) is not None
        return None if known else asked

    async def _share(self, asked: Asked, trace: Trace, receive: Receive, send: Send) -> None:
        """Answer from the cache, from what is in flight, or by a flight of its own."""
        entry = self._cache.find(asked.key)
        if entry is not None:
            self._cache.hits += 1
            trace.cache = "hit"
        elif (flight := self._flights.get(asked.key)) is None:
            entry = await self._fly(asked, trace, receive)
        else:
            entry = await self._join(flight, asked.key, trace, receive)
        if entry is not None:
            await _send(asked.scope, entry, trace, send)

    async def _fly(self, asked: Asked, trace: Trace, receive: Receive) -> Entry | None:
        """Return the answer to the first who asks; None if this client goes away before."""
        flight = Flight(trace)
        self.enter(asked.key, flight)

        async def leave() -> None:
            flight.left = True
            self.leave(asked.key, flight)

        try:
            async with Watch(receive, leave):
                entry = await self._evaluate(asked, flight)
        except BaseException as error:
            flight.fail(error)
            raise
        flight.land(entry)
        return None if flight.left else entry

    async def _go_on(self, asked: Asked, flight: Flight, send: Send) -> None:
        """Answer a request that has been begun elsewhere, and whose outcome is there."""
        try:
            entry = await self._evaluate(asked, flight)
        except BaseException as error:
            flight.fail(error)
            raise
        flight.land(entry)
        if not flight.left:
            await _send(asked.scope, entry, flight.trace, send)

    async def _join(self, flight: Flight, key: Key, trace: Trace, receive: Receive) -> Entry | None:
        """Return the answer that somebody else has asked for; None if this client goes away."""
        self._cache.merged += 1
        trace.cache, trace.query_id = "merged", flight.trace.query_id
        answer: asyncio.Future[Entry | None] = asyncio.get_running_loop().create_future()
        flight.wanted += 1
        flight.others.add(answer)

        async def leave() -> None:
            if not answer.done():
                answer.set_result(None)
                self.leave(key, flight)

        async with Watch(receive, leave):
            return await answer

    def enter(self, key: Key, flight: Flight) -> None:
        """Note that a request is worked on; who asks the same waits for it."""
        self._cache.misses += 1
        flight.trace.cache = "miss"
        self._flights[key] = flight

    def leave(self, key: Key, flight: Flight) -> None:
        """Note that somebody does not want the answer any more."""
        flight.wanted -= 1
        if flight.wanted == 0:
            self.end(key, flight)
            flight.desert()

    def end(self, key: Key, flight: Flight) -> None:
        """Note that a request is not worked on any more."""
        if self._flights.get(key) is flight:
            del self._flights[key]

    async def _evaluate(self, asked: Asked, flight: Flight) -> Entry:
        """Return the answer of what is further in, kept if it may be."""
        reply = Reply()
        canonical = canonical_scope(asked.scope, asked.headers, asked.key, asked.parameters)
        scope = put_trace(canonical, flight.trace)
        try:
            await self._app(scope, _replay(asked.body, _until_set(flight.deserted)), reply)
        finally:
            self.end(asked.key, flight)
        return self.finish(asked, flight.trace, reply)

    def finish(self, asked: Asked, trace: Trace, reply: Reply) -> Entry:
        """Return a complete answer, kept if it may be."""
        good = reply.status == HTTPStatus.OK and reply.whole and self._is_of(asked, trace)
        body = b"".join(reply.chunks)
        own = {b"content-length": b"%d" % len(body), b"x-query-id": trace.query_id.encode()}
        if good:
            own[b"etag"] = asked.validators.tag.encode()
        common = tuple([header for header in reply.headers if header[0] not in OWN])
        shared = asked.validators.shared if good else None
        kind = kind_of(reply.status, with_validators(common, shared))
        entry = new_entry(reply.status, kind, own, body)
        if good:
            self._cache.keep(asked.key, entry)
        return entry

    def _is_of(self, asked: Asked, trace: Trace) -> bool:
        """Whether what was answered is of the version that was asked for."""
        if asked.validators.shared.pinned:
            return trace.version == asked.version
        now = self._version()
        return now == asked.version == (trace.version or now)


@dataclass(slots=True)
class Reply:
    """An answer as it comes."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    whole: bool = False

    async def __call__(self, message: Message) -> None:
        """Take a part of it (ASGI 3)."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            self.headers = message["headers"]
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


async def _send(scope: Scope, entry: Entry, trace: Trace, send: Send) -> None:
    """Send an answer, at once where the server can."""
    write = scope.get(WRITE)
    if write is not None and write(entry, entry.status):
        trace.written = entry.status, len(entry.parts(entry.status, scope["method"])[1])
    else:
        await send_entry(entry, entry.status, scope["method"], send)


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


def _asked_of(
    scope: Scope, headers: RequestHeaders, parameters: Parameters, found: Found, *, body: bytes
) -> Asked:
    version, modified = found
    key = key_of(scope, headers, version.etag, parameters=parameters)
    tag = entity_tag(version, *key.parts())
    validators = Validators(tag, Shared(modified, parameters.version is not None))
    return Asked(scope, headers, key, parameters, body, version, validators)


def _has_it(asked: Asked) -> bool:
    known = asked.headers.get(b"if-none-match")
    if known is None or asked.scope["method"] == "POST":
        return False
    return is_listed(asked.validators.tag, known.decode("latin-1"))


async def _send_not_modified(validators: Validators, send: Send) -> None:
    headers = MutableHeaders({"Access-Control-Allow-Origin": "*"})
    validators.put(headers)
    entry = entry_of(HTTPStatus.OK, headers.raw, b"")
    await send_entry(entry, HTTPStatus.NOT_MODIFIED, "GET", send)

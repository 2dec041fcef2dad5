"""Kept answers: repeated requests are answered from bytes, and unchanged ones with 304.

`FastLane` stands outermost and answers what is kept, in as few steps as possible; what fills the
cache is in `cache_layer`. An answer is kept under everything that it depends on, the version of
the dataset included, so a commit needs no clearing. All of it lives on one event loop and needs no
locks.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from neagraph.model import Version
from neagraph.web.cache_keys import Headers as RequestHeaders
from neagraph.web.cache_keys import Key, headers_of, key_of
from neagraph.web.etags import is_listed

Header = tuple[bytes, bytes]
Headers = list[Header]

MOST_BYTES: Final = 64 * 1024 * 1024
"""How much is kept by default."""
LARGEST_ENTRY: Final = 4 * 1024 * 1024
"""Largest answer that is kept."""
WRITE: Final = "neagraph.write"
"""Where the scope of a request has what writes a complete answer to the client at once.

It is given the answer and a status, and returns False where the answer is to be sent as usual.
"""
_ENTRY_BYTES: Final = 2048  # what an entry takes besides its bytes, roughly
_NOT_MODIFIED: Final = HTTPStatus.NOT_MODIFIED.value
_READS: Final = frozenset({"GET", "HEAD"})
OWN: Final = frozenset([b"content-length", b"etag", b"x-query-id"])
"""Headers that every answer has its own values of."""
_OF_NOT_MODIFIED: Final = frozenset(
    [b"cache-control", b"last-modified", b"vary", b"access-control-allow-origin"]
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What many answers have in common: a status, and all headers but those of `OWN`.

    Args:
        headers: The headers.
        known: Those of the answer to a client that has the answer already.
        lines: Status line and headers of both answers as they are written, by status.
    """

    headers: tuple[Header, ...]
    known: tuple[Header, ...]
    lines: dict[int, bytes]


@lru_cache(maxsize=256)
def kind_of(status: int, headers: tuple[Header, ...]) -> Kind:
    """Return what answers of a status with these headers, and those of `OWN`, have in common."""
    known = tuple(header for header in headers if header[0] in _OF_NOT_MODIFIED)
    lines = {_NOT_MODIFIED: _begin(_NOT_MODIFIED, known), status: _begin(status, headers)}
    return Kind(headers, known, lines)


def _begin(status: int, headers: Iterable[Header]) -> bytes:
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
    return first + _lines(headers)


def _lines(headers: Iterable[Header]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


@dataclass(frozen=True, slots=True)
class Entry:
    """A complete answer, ready to be sent.

    Args:
        status: Its status.
        kind: What it has in common with others.
        own: Its other headers, with lower-case names.
        lines: These headers as they are written.
        body: Its body.
        tag: Its entity tag; empty for none.
        query_id: Id of the query that it was made by.
    """

    status: int
    kind: Kind
    own: tuple[Header, ...]
    lines: bytes
    body: bytes
    tag: str
    query_id: str

    def headers(self, status: int) -> Headers:
        """Return the headers that it is sent with."""
        if status == self.status:
            return [*self.kind.headers, *self.own]
        return [*self.kind.known, *(header for header in self.own if header[0] == b"etag")]

    def parts(self, status: int, method: str) -> tuple[bytes, bytes]:
        """Return the lines and the body of what is sent with a status."""
        first = self.kind.lines[status]
        if status != self.status:
            return first + (b"etag: %b\r\n" % self.tag.encode() if self.tag else b""), b""
        return first + self.lines, b"" if method == "HEAD" else self.body


def entry_of(status: int, headers: Iterable[Header], body: bytes) -> Entry:
    """Return a complete answer, ready to be sent; names of headers are in lower case."""
    own, common = list[Header](), list[Header]()
    for header in headers:
        (own if header[0] in OWN else common).append(header)
    return new_entry(status, kind_of(status, tuple(common)), dict(own), body)


def new_entry(status: int, kind: Kind, own: Mapping[bytes, bytes], body: bytes) -> Entry:
    """Return a complete answer of a kind with the headers of its own."""
    tag, query_id = own.get(b"etag", b"").decode(), own.get(b"x-query-id", b"").decode()
    return Entry(status, kind, tuple(own.items()), _lines(own.items()), body, tag, query_id)


class ResultCache:
    """The kept answers, of bounded size; those not asked for the longest go first.

    Args:
        most_bytes: How much may be kept.
        largest_entry: Largest answer that is kept.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES, largest_entry: int = LARGEST_ENTRY) -> None:
        self._most_bytes = most_bytes
        self._largest_entry = largest_entry
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._state = ""
        self.bytes = 0
        """How much is kept."""
        self.hits = self.misses = self.merged = 0

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: Key) -> Entry | None:
        """Return the answer that is kept under a key; None if there is none."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def keep(self, key: Key, entry: Entry) -> None:
        """Keep an answer, unless it is too large; let go what it takes the room of."""
        if len(entry.body) > min(self._largest_entry, self._most_bytes):
            return
        self._forget_former(key.state)
        self._drop(key)
        self._entries[key] = entry
        self.bytes += _weight(key, entry)
        while self.bytes > self._most_bytes:
            self._drop(next(iter(self._entries)))

    def _forget_former(self, state: str) -> None:
        """Drop what hangs on a former version, which nobody can ask for any more."""
        if state and state != self._state:
            for key in [key for key in self._entries if key.state not in {"", state}]:
                self._drop(key)
            self._state = state

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.bytes -= _weight(key, entry)


def _weight(key: Key, entry: Entry) -> int:
    return len(entry.body) + len(key.parameters) + _ENTRY_BYTES


Note = Callable[[Scope, Entry, int, float], None]
"""Told of an answer from the cache: the request, the answer, its status, when it began."""


class FastLane:
    """Answers GET and HEAD from the cache; everything else goes further in.

    Args:
        app: What is further in.
        cache: The kept answers.
        version: Tells the current version, at once.
        note: Told of each answer given here.
    """

    def __init__(
        self, app: ASGIApp, *, cache: ResultCache, version: Callable[[], Version], note: Note
    ) -> None:
        self._app = app
        self._cache = cache
        self._version = version
        self._note = note
        self._last: Version | None = None
        self._state = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        began = time.perf_counter()
        found = self.find(scope) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        entry, status = found
        await send_entry(entry, status, scope["method"], send)
        self.answered(scope, entry, status, began)

    def find(self, scope: Scope) -> tuple[Entry, int] | None:
        """Return a kept answer and the status that it is sent with; None for none."""
        if scope["method"] not in _READS:
            return None
        headers = headers_of(scope)
        if b"authorization" in headers or b"range" in headers:
            return None
        version = self._version()
        if version is not self._last:
            self._last, self._state = version, version.etag
        entry = self._cache.find(key_of(scope, headers, self._state))
        return None if entry is None else (entry, status_of(entry, headers))

    def answered(self, scope: Scope, entry: Entry, status: int, began: float) -> None:
        """Note that a kept answer has been sent."""
        self._cache.hits += 1
        self._note(scope, entry, status, began)


def status_of(entry: Entry, headers: RequestHeaders) -> int:
    """Return 304 for a client that has the answer already, and else its own status."""
    known = headers.get(b"if-none-match")
    if known is not None and is_listed(entry.tag, known.decode("latin-1")):
        return _NOT_MODIFIED
    return entry.status


async def send_entry(entry: Entry, status: int, method: str, send: Send) -> None:
    """Send a complete answer with its own status, or 304, as ASGI 3 has it."""
    headers = entry.headers(status)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": entry.parts(status, method)[1]})

"""Answers packed with gzip for clients that take it (RFC 9110, section 8.4.1.3)."""

from __future__ import annotations

import gzip
import zlib
from typing import Final

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from neagraph.web.cache_keys import headers_of, takes_gzip

LEAST_BYTES: Final = 1024
"""Smallest answer that is packed."""
_LEVEL: Final = 5
_MOST_ON_LOOP: Final = 64 * 1024  # packed in about a millisecond
_GZIP_WINDOW: Final = 31
_TEXTS: Final = ("text/", "application/json", "application/javascript", "image/svg+xml")
_TEXT_ENDINGS: Final = ("+json", "+xml", "-triples", "-quads", "/trig", "/rdf-patch", "/yaml")


class CompressionLayer:
    """Packs the bodies of answers that are text.

    Args:
        app: What makes the answers.
        least_bytes: Smallest answer that is packed, where its size is known beforehand.
    """

    def __init__(self, app: ASGIApp, *, least_bytes: int = LEAST_BYTES) -> None:
        self._app = app
        self._least_bytes = least_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accepted = headers_of(scope).get(b"accept-encoding", b"")
        packing = _Packing(send, gzip=takes_gzip(accepted), least_bytes=self._least_bytes)
        await self._app(scope, receive, packing)


class _Packing:
    """What is sent to one client: the start is held back until the first part of the body."""

    def __init__(self, send: Send, *, gzip: bool, least_bytes: int) -> None:
        self._send = send
        self._gzip = gzip
        self._least_bytes = least_bytes
        self._start: Message | None = None
        self._packer: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            if not _is_text(headers):
                await self._send(message)
                return
            headers.add_vary_header("Accept-Encoding")
            self._start = {**message, "headers": headers.raw}
        elif self._start is not None:
            await self._begin(self._start, message)
        elif self._packer is not None:
            await self._send({**message, "body": await self._packed(message)})
        else:
            await self._send(message)

    async def _begin(self, start: Message, message: Message) -> None:
        self._start = None
        headers = MutableHeaders(raw=start["headers"])
        size = int(headers.get("content-length", self._least_bytes))
        if not self._gzip or size < self._least_bytes or not message.get("body"):
            await self._send(start)
            await self._send(message)
            return
        headers["Content-Encoding"] = "gzip"
        if message.get("more_body"):
            del headers["Content-Length"]
            self._packer = zlib.compressobj(_LEVEL, wbits=_GZIP_WINDOW)
            body = await self._packed(message)
        else:
            body = await _pack(message["body"])
            headers["Content-Length"] = str(len(body))
        await self._send(start)
        await self._send({**message, "body": body})

    async def _packed(self, message: Message) -> bytes:
        packer, part = self._packer, bytes(message.get("body", b""))
        if packer is None:
            return part
        body = await to_thread.run_sync(packer.compress, part) if part else b""
        return body if message.get("more_body") else body + packer.flush()


async def _pack(body: bytes) -> bytes:
    """Return the same bytes packed, the same each time."""
    if len(body) <= _MOST_ON_LOOP:
        return gzip.compress(body, _LEVEL, mtime=0)
    return await to_thread.run_sync(lambda: gzip.compress(body, _LEVEL, mtime=0))


def _is_text(headers: MutableHeaders) -> bool:
    """Whether a body is text that is not packed already, nor a part of something."""
    if "content-encoding" in headers or "content-range" in headers:
        return False
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type.startswith(_TEXTS) or media_type.endswith(_TEXT_ENDINGS)

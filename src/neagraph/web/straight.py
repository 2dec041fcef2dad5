"""Queries past the router: the one address that is asked far more than all others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Final

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from neagraph.web.cache import Header, Headers
from neagraph.web.cache_keys import PAIRS, QUERY_METHODS, QUERY_PATH
from neagraph.web.compression import LEAST_BYTES
from neagraph.web.problems import Problems

Handler = Callable[[Request], Awaitable[Response]]

_RESPONSE: Final = "neagraph.response"
_MOST_HEADS: Final = 64  # that are remembered


class Straight:
    """Brings queries to their handler by themselves, past a router that has many addresses.

    Args:
        app: The application, for everything else; it has the same layers around it.
        handler: Answers queries.
        layers: What stands around both.
        problems: Makes answers of errors.
    """

    def __init__(
        self, app: ASGIApp, *, handler: Handler, layers: Sequence[Middleware], problems: Problems
    ) -> None:
        self._app = app
        self._handler = handler
        self._problems = problems
        self._heads: dict[tuple[Header, ...], Headers] = {}
        self._layered: ASGIApp = _deliver
        for layer in reversed(layers):
            self._layered = layer.cls(self._layered, *layer.args, **layer.kwargs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        is_query = scope["type"] == "http" and scope["path"] == QUERY_PATH
        if not is_query or scope["method"] not in QUERY_METHODS:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._handler(request)
        except ClientDisconnect:  # in the middle of its request: there is nobody to tell
            return
        except Exception as error:  # noqa: BLE001  the outermost edge of this way
            response = await self._problems.on_error(request, error)
        await self._send(response, scope, receive, send)

    def head_of(self, known: tuple[Header, ...]) -> Headers | None:
        """Return the headers of an answer of status 200 after the layers, as far as remembered.

        Args:
            known: From `known_of`.
        """
        return self._heads.get(known)

    async def _send(self, response: Response, scope: Scope, receive: Receive, send: Send) -> None:
        """Send an answer through the layers; what they did to the headers of one is remembered."""
        if (
            PAIRS not in scope
            or response.status_code != HTTPStatus.OK
            or _is_packed(scope, response)
        ):
            await self._layered({**scope, _RESPONSE: response}, receive, send)
            return
        size = b"content-length", b"%d" % len(response.body)
        known = known_of(response)
        head = self._heads.get(known)
        if head is None:
            head = await _headers_of(self._layered, {**scope, _RESPONSE: response}, receive)
            if len(self._heads) < _MOST_HEADS:
                self._heads[known] = head
        await send({"type": "http.response.start", "status": 200, "headers": [*head, size]})
        await send({"type": "http.response.body", "body": response.body})


def known_of(response: Response) -> tuple[Header, ...]:
    """Return the headers of an answer that are the same for others of its kind."""
    return tuple(header for header in response.raw_headers if header[0] != b"content-length")


async def _deliver(scope: Scope, receive: Receive, send: Send) -> None:
    """Send the answer that the scope has."""
    await scope[_RESPONSE](scope, receive, send)


async def _headers_of(app: ASGIApp, scope: Scope, receive: Receive) -> Headers:
    """Return the headers of an answer after the layers, Content-Length left out."""
    headers = Headers()

    async def note(message: Message) -> None:
        for name, value in message.get("headers", ()):
            if name != b"content-length":
                headers.append((name, value))

    await app(scope, receive, note)
    return headers


def _is_packed(scope: Scope, response: Response) -> bool:
    """Whether an answer may be sent in gzip."""
    takes = any(name == b"accept-encoding" for name, _ in scope["headers"])
    return takes and len(response.body) >= LEAST_BYTES

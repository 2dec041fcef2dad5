"""The application: addresses to handlers, the outermost layer, and the server.

Nothing is made at import.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import uvicorn
from anyio import to_thread
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from neagraph import __version__
from neagraph.errors import NeagraphError, UsageError
from neagraph.service import Service
from neagraph.settings import Settings
from neagraph.web.pages import FOLDER, Renderer
from neagraph.web.problems import Problems
from neagraph.web.resources import Resources
from neagraph.web.sparql import PARAMETERS, SparqlEndpoint
from neagraph.web.threads import StoreThreads

_SECURITY: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_EXPOSED: Final = ("Allow", "Content-Disposition", "Link", "Retry-After")
_SECONDS_TO_FINISH: Final = 5
"""How long requests may go on when the server is to stop."""


class OutermostLayer:
    """Answers HEAD as GET without a body, adds headers, and lets no exception out.

    Args:
        app: What is inside.
        on_failure: Makes the answer to an exception that nothing inside has dealt with.
    """

    def __init__(
        self, app: ASGIApp, *, on_failure: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self._app = app
        self._on_failure = on_failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reply = _Reply(send, without_body=scope["method"] == "HEAD")
        if reply.without_body:
            scope = {**scope, "method": "GET"}
        try:
            await self._app(scope, receive, reply)
        except Exception as error:
            if reply.started:  # too late to say anything else: the connection is cut
                raise
            response = await self._on_failure(Request(scope, receive), error)
            await response(scope, receive, reply)


class _Reply:
    """What is sent to the client, with headers added and, for HEAD, the body left out."""

    def __init__(self, send: Send, *, without_body: bool) -> None:
        self._send = send
        self.without_body = without_body
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in _SECURITY.items():
                headers.setdefault(name, value)
        elif self.without_body:
            message = {**message, "body": b""}
        await self._send(message)


def create_app(service: Service, *, settings: Settings) -> FastAPI:
    """Return the application over a service, which it closes when it stops.

    Args:
        service: Answers everything.
        settings: The settings of this run.
    """

    async def close() -> None:
        await to_thread.run_sync(service.close)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await close()

    renderer, threads = Renderer(), StoreThreads()
    problems = Problems(renderer)
    app = FastAPI(
        title="neagraph",
        summary="An open knowledge graph of environmental cooperation in North-East Asia.",
        version=__version__,
        license_info={"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
                allow_headers=["*"],
                expose_headers=_EXPOSED,
            ),
            Middleware(OutermostLayer, on_failure=problems.on_error),
        ],
        exception_handlers={
            NeagraphError: problems.on_error,
            HTTPException: problems.on_error,
        },
    )
    _add_routes(
        app,
        Resources(service, renderer, threads),
        SparqlEndpoint(service, renderer, threads, seconds=settings.timeout),
    )
    app.state.close = close
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    return app


def _add_routes(app: FastAPI, resources: Resources, sparql: SparqlEndpoint) -> None:
    add: Callable[..., Any] = partial(app.add_api_route, response_class=Response)
    add("/", resources.landing, summary="Start page")
    asked = {"parameters": _parameters()}
    add("/sparql", sparql.answer, summary="Query in the address", openapi_extra=asked)
    add(
        "/sparql",
        sparql.answer,
        methods=["POST"],
        name="answer_post",
        summary="Query in a form or as the body",
        openapi_extra=asked,
    )
    see_other = HTTPStatus.SEE_OTHER
    add("/id/{kind}/{key:path}", resources.identify, summary="Thing", status_code=see_other)
    add("/doc/{kind}/{key:path}", resources.document, summary="What is told of a thing")
    add("/ontology/module/{name}", resources.module, summary="Module", status_code=see_other)
    add("/ontology", resources.ontology, summary="Ontology")
    add("/ontology.{suffix}", resources.ontology_as, summary="Ontology in one format")
    add("/ontology/{version}", resources.ontology_version, summary="Ontology, current version")
    add("/dump.nq.gz", resources.dump, summary="Whole dataset as gzipped N-Quads")
    add("/health", resources.health, summary="State of the service")


def _parameters() -> list[dict[str, Any]]:
    """Return the parameters of `/sparql` as OpenAPI describes them."""
    return [
        {"name": name, "in": "query", "description": description, "schema": {"type": kind}}
        for name, kind, description in PARAMETERS
    ]


def run_server(
    app: FastAPI, *, settings: Settings, on_ready: Callable[[str], None] = lambda _: None
) -> None:
    """Serve the application until the process is told to stop.

    Args:
        app: What is served.
        settings: Host and port; port 0 takes a free one.
        on_ready: Told the address once connections are accepted.

    Raises:
        UsageError: If the address cannot be listened on.
    """
    listener = _listen(settings.host, settings.port)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    on_ready(f"http://{host}:{listener.getsockname()[1]}/")
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    with listener:
        _Server(config, on_stop=app.state.close).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that ends the store first, so that waiting requests are answered and not cut."""

    def __init__(self, config: uvicorn.Config, *, on_stop: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._on_stop()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"The address {host}:{port} cannot be listened on: {reason}.",
            hint="Name another one with --host and --port; port 0 takes a free one.",
        ) from error

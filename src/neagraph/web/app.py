"""The application: addresses to handlers, and the layers around them.

Nothing is made at import.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from anyio import to_thread
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from neagraph import __version__
from neagraph.curating.project import Project
from neagraph.errors import NeagraphError
from neagraph.service import Service
from neagraph.settings import Settings, project_root
from neagraph.sources import read_sources
from neagraph.web.cache import ResultCache
from neagraph.web.cache_keys import QUERY_PATH
from neagraph.web.compression import CompressionLayer
from neagraph.web.description import Description
from neagraph.web.graphs import Graphs
from neagraph.web.history import History
from neagraph.web.layers import Layers
from neagraph.web.operations import Operations
from neagraph.web.pages import FOLDER, Renderer
from neagraph.web.problems import Problems
from neagraph.web.resources import Resources
from neagraph.web.review import Reviewing
from neagraph.web.sessions import Sessions
from neagraph.web.shapes import Shapes
from neagraph.web.sparql import PARAMETERS, SparqlEndpoint
from neagraph.web.straight import Straight
from neagraph.web.threads import StoreThreads
from neagraph.web.update import UpdateEndpoint, Writing
from neagraph.web.validation import Validation
from neagraph.web.why import Why

_SECURITY: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_EXPOSED: Final = ("Allow", "Content-Disposition", "ETag", "Link", "Retry-After", "X-Query-Id")


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
        except ClientDisconnect:  # in the middle of its request: there is nobody to tell
            return
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

    renderer, threads = Renderer(plain=service.plain), StoreThreads()
    problems = Problems(renderer)
    around = _layers(problems)
    app = _application(problems, around, lifespan=lifespan)
    sparql = _add_sparql(app, service, renderer, threads, settings=settings)
    validation = Validation(service, renderer, threads, public_url=settings.public_url)
    shapes = Shapes(partial(read_sources, project_root()), renderer, threads)
    _add_validation(app, validation, shapes)
    _add_review(app, service, renderer, threads, settings=settings)
    _add_resources(app, Resources(service, renderer, threads))
    why = Why(service, threads)
    app.add_api_route("/why", why.answer, response_class=Response, summary="Why a triple holds")
    layers = Layers(
        service, cache=ResultCache(most_bytes=settings.cache * 1024 * 1024), slow=settings.slow
    )
    operations = Operations(service, threads, figures=layers.figures, cache=layers.cache)
    _add_operations(app, operations, History(service, threads, public_url=settings.public_url))
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    straight = Straight(
        app.build_middleware_stack(), handler=sparql.answer, layers=around, problems=problems
    )
    app.state.fast_lane, app.state.express = layers.with_express(straight, sparql)
    app.middleware_stack = app.state.fast_lane
    app.state.close = close
    return app


def _layers(problems: Problems) -> list[Middleware]:
    """Return the layers around every handler, outermost first."""
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY"],
            allow_headers=["*"],
            expose_headers=_EXPOSED,
        ),
        Middleware(OutermostLayer, on_failure=problems.on_error),
        Middleware(CompressionLayer),
    ]


def _application(
    problems: Problems, layers: Sequence[Middleware], *, lifespan: Lifespan[FastAPI]
) -> FastAPI:
    return FastAPI(
        title="neagraph",
        summary="An open knowledge graph of environmental cooperation in North-East Asia.",
        version=__version__,
        license_info={"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # such a redirect would repeat the Host header of the client
        lifespan=lifespan,
        middleware=layers,
        exception_handlers={
            NeagraphError: problems.on_error,
            HTTPException: problems.on_error,
        },
    )


def _add_sparql(
    app: FastAPI,
    service: Service,
    renderer: Renderer,
    threads: StoreThreads,
    *,
    settings: Settings,
) -> SparqlEndpoint:
    """Add queries and writes; return what answers queries."""
    url = settings.public_url
    description = Description(
        service,
        threads,
        plain=service.plain,
        federation=bool(service.remote.allowed),
        public_url=url,
    )
    sparql = SparqlEndpoint(
        service,
        renderer,
        threads,
        description=description,
        seconds=settings.timeout,
        public_url=url,
    )
    writing = Writing(service, threads)
    policy = service.remote
    update = UpdateEndpoint(
        writing, threads, description=description, policy=policy, public_url=url
    )
    graphs = Graphs(service, writing, threads, plain=service.plain, policy=policy, public_url=url)
    _add_queries(app, sparql, description)
    _add_writing(app, update, graphs)
    return sparql


def _add_queries(app: FastAPI, sparql: SparqlEndpoint, description: Description) -> None:
    add: Callable[..., Any] = partial(app.add_api_route, response_class=Response)
    asked = {"parameters": _parameters()}
    add(QUERY_PATH, sparql.answer, summary="Query in the address", openapi_extra=asked)
    app.add_route(QUERY_PATH, sparql.answer, methods=["QUERY"], include_in_schema=False)
    add(
        QUERY_PATH,
        sparql.answer,
        methods=["POST"],
        name="answer_post",
        summary="Query in a form or as the body",
        openapi_extra=asked,
    )
    add("/.well-known/void", description.void, summary="What the dataset holds")


def _add_resources(app: FastAPI, resources: Resources) -> None:
    add: Callable[..., Any] = partial(app.add_api_route, response_class=Response)
    add("/", resources.landing, summary="Start page")
    see_other = HTTPStatus.SEE_OTHER
    add("/id/{kind}/{key:path}", resources.identify, summary="Thing", status_code=see_other)
    add("/doc/{kind}/{key:path}", resources.document, summary="What is told of a thing")
    add("/ontology/module/{name}", resources.module, summary="Module", status_code=see_other)
    add("/ontology", resources.ontology, summary="Ontology")
    add("/ontology.{suffix}", resources.ontology_as, summary="Ontology in one format")
    add("/ontology/{version}", resources.ontology_version, summary="Ontology, current version")
    add("/dump.nq.gz", resources.dump, summary="Whole dataset as gzipped N-Quads")


def _add_validation(app: FastAPI, validation: Validation, shapes: Shapes) -> None:
    add: Callable[..., Any] = partial(app.add_api_route, response_class=Response)
    add("/validate", validation.page, summary="Form for data")
    add("/validate", validation.answer, methods=["POST"], summary="Check data, storing nothing")
    add("/shapes", shapes.tell, summary="What records need")
    add("/shapes.{suffix}", shapes.tell_as, summary="Shapes in one format")
    for path in ("/doc/shape/{key:path}", "/id/shape/{key:path}"):
        add(path, shapes.rule, summary="One rule", status_code=HTTPStatus.SEE_OTHER)


def _add_review(
    app: FastAPI,
    service: Service,
    renderer: Renderer,
    threads: StoreThreads,
    *,
    settings: Settings,
) -> None:
    project = Project(project_root(), settings.state)
    sessions = Sessions(service, secure=settings.public_url.startswith("https:"))
    reviewing = Reviewing(service, renderer, threads, project=project, sessions=sessions)
    add: Callable[..., Any] = partial(
        app.add_api_route, response_class=Response, include_in_schema=False
    )
    add("/review", reviewing.reports)
    add("/review/login", reviewing.login_form)
    add("/review/login", reviewing.log_in, methods=["POST"])
    add("/review/logout", reviewing.log_out, methods=["POST"])
    add("/review/{slug}", reviewing.report)
    add("/review/{slug}/decisions", reviewing.decisions, methods=["POST"])
    add("/review/{slug}/missing", reviewing.missing, methods=["POST"])
    add("/review/{slug}/rest", reviewing.rest, methods=["POST"])


def _add_operations(app: FastAPI, operations: Operations, history: History) -> None:
    add: Callable[..., Any] = partial(app.add_api_route, response_class=Response)
    add("/health", operations.health, summary="State of the service")
    add("/health/live", operations.live, summary="Whether the front answers")
    add("/health/ready", operations.ready, summary="Whether the store answers in time")
    add("/metrics", operations.metrics, summary="Figures for Prometheus")
    add("/admin/queries", operations.running, summary="Queries that are worked on")
    add("/admin/queries/{id}", operations.cancel, methods=["DELETE"], summary="End a query")
    add("/history", history.commits, summary="Commits, as JSON or an Atom feed")
    add("/history.atom", history.feed, summary="The latest commits as an Atom feed")
    add("/history/diff", history.diff, summary="Net difference between two versions")
    add("/history/{number}", history.commit, summary="One commit, with what it changed")


def _add_writing(app: FastAPI, update: UpdateEndpoint, graphs: Graphs) -> None:
    add: Callable[..., Any] = partial(app.add_api_route, response_class=Response)
    add("/update", update.describe, summary="The update service described")
    add("/update", update.answer, methods=["POST"], summary="SPARQL update")
    for path in ("/graphs", "/graphs/{path:path}"):
        add(path, graphs.read, summary="Triples of a graph")
        add(path, graphs.put, methods=["PUT"], summary="Replace a graph")
        add(path, graphs.post, methods=["POST"], summary="Merge triples into a graph")
        add(path, graphs.delete, methods=["DELETE"], summary="Delete a graph")
        add(path, graphs.patch, methods=["PATCH"], summary="Update a graph")


def _parameters() -> list[dict[str, Any]]:
    """Return the parameters of `/sparql` as OpenAPI describes them."""
    return [
        {"name": name, "in": "query", "description": description, "schema": {"type": kind}}
        for name, kind, description in PARAMETERS
    ]

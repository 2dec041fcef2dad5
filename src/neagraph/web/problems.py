"""Errors as answers: one table from class to status, one body for each kind of client.

Bodies: `application/problem+json` (RFC 9457), a page, or, for clients that take nothing but RDF, a
small graph about the address that they asked for.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from neagraph.errors import (
    BusyError,
    CancelledError,
    FormatError,
    HistoryError,
    InconsistencyError,
    LimitError,
    NeagraphError,
    NotAcceptableError,
    NotConformingError,
    NotFoundError,
    PreconditionError,
    QueryError,
    QueryTimeoutError,
    RefusedError,
    RemoteError,
    ShapesError,
    SnapshotError,
    TokensError,
    TooManyTokensError,
    UnauthorizedError,
    UnreadableError,
    UsageError,
    WorkerError,
)
from neagraph.rdf.formats import TURTLE, graph_format_by_name
from neagraph.rdf.io import parse, triples_of, write_graph
from neagraph.rdf.terms import Literal, NamedNode, Triple
from neagraph.vocab import BASE, RDFS
from neagraph.web.negotiation import GRAPHS, HTML, Offer, negotiate
from neagraph.web.pages import ProblemPage, ProblemView, Renderer

LOG: Final = logging.getLogger(__name__)


class MethodError(NeagraphError):
    """A request method that an address does not have."""

    code = "method"


class MediaTypeError(NeagraphError):
    """A request body of a media type that is not read here."""

    code = "media-type"


KINDS: Final[dict[type[NeagraphError], tuple[HTTPStatus, str]]] = {
    NeagraphError: (HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong"),
    UsageError: (HTTPStatus.BAD_REQUEST, "The request cannot be used"),
    UnreadableError: (HTTPStatus.BAD_REQUEST, "The request cannot be read"),
    FormatError: (HTTPStatus.BAD_REQUEST, "The format is not known"),
    QueryError: (HTTPStatus.BAD_REQUEST, "The query cannot be run"),
    UnauthorizedError: (HTTPStatus.UNAUTHORIZED, "A token is needed"),
    TooManyTokensError: (HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong tokens"),
    RefusedError: (HTTPStatus.FORBIDDEN, "This is not permitted"),
    NotFoundError: (HTTPStatus.NOT_FOUND, "Nothing found"),
    MethodError: (HTTPStatus.METHOD_NOT_ALLOWED, "The method is not possible here"),
    NotAcceptableError: (HTTPStatus.NOT_ACCEPTABLE, "No accepted format can be produced"),
    LimitError: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large"),
    MediaTypeError: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The media type is not read here"),
    PreconditionError: (HTTPStatus.PRECONDITION_FAILED, "The state is another one"),
    InconsistencyError: (HTTPStatus.UNPROCESSABLE_ENTITY, "The data contradict the axioms"),
    NotConformingError: (HTTPStatus.UNPROCESSABLE_ENTITY, "The data violate the shapes"),
    ShapesError: (HTTPStatus.UNPROCESSABLE_ENTITY, "The shapes cannot be used"),
    RemoteError: (HTTPStatus.BAD_GATEWAY, "Another server gave no answer"),
    TokensError: (HTTPStatus.SERVICE_UNAVAILABLE, "Tokens cannot be checked"),
    QueryTimeoutError: (HTTPStatus.SERVICE_UNAVAILABLE, "It took too long"),
    BusyError: (HTTPStatus.SERVICE_UNAVAILABLE, "Too many requests are waiting"),
    CancelledError: (HTTPStatus.SERVICE_UNAVAILABLE, "The query was cancelled"),
    HistoryError: (HTTPStatus.SERVICE_UNAVAILABLE, "The history is not available"),
    WorkerError: (HTTPStatus.SERVICE_UNAVAILABLE, "No answer right now"),
    SnapshotError: (HTTPStatus.SERVICE_UNAVAILABLE, "The dataset is not available"),
}
"""Status and title of each class of errors; a class that is not here has those of its parent."""

_PROBLEM: Final = Offer("problem", "Problem", "application/problem+json", ("application/json",))
_TEXT: Final = Offer("text", "Text", "text/plain")
_BODIES: Final = (_PROBLEM, HTML, _TEXT, *GRAPHS)
_SECONDS_UNTIL_AGAIN: Final = "5"


def kind_of(error: NeagraphError) -> tuple[HTTPStatus, str]:
    """Return the HTTP status and the title of an error."""
    return next(KINDS[cls] for cls in type(error).__mro__ if cls in KINDS)


def accept_of(request: Request) -> str:
    """Return what the client accepts; what the suffix of the address forces comes first."""
    forced: str | None = getattr(request.state, "accept", None)
    return ", ".join(request.headers.getlist("accept")) if forced is None else forced


class Problems:
    """Makes answers of errors.

    Args:
        renderer: Makes the pages.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    async def on_error(self, request: Request, error: Exception) -> Response:
        """Return the answer that tells of any error; one that nobody foresaw is logged."""
        if isinstance(error, HTTPException):
            return self._on_http_error(request, error)
        if not isinstance(error, NeagraphError):
            LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
            error = NeagraphError(
                "Something went wrong on our side.", hint="Ask again; if it stays, report it."
            )
        return self.answer(request, error)

    def answer(
        self, request: Request, error: NeagraphError, *, headers: dict[str, str] | None = None
    ) -> Response:
        """Return the answer that tells of an error, in the form that the client likes best."""
        status, _ = kind_of(error)
        headers = {"Vary": "Accept", **getattr(error, "headers", {}), **(headers or {})}
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = _SECONDS_UNTIL_AGAIN
        offer = negotiate(accept_of(request), _BODIES) or _PROBLEM
        body = self._body(request, error, offer)
        return Response(body, status, headers=headers, media_type=offer.media_type)

    def _on_http_error(self, request: Request, error: HTTPException) -> Response:
        allowed = ", ".join(sorted(_methods(request)))
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": allowed})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            problem = MethodError(
                f"{request.method} is not possible here.", hint=f"Possible are {allowed}."
            )
            return self.answer(request, problem, headers={"Allow": allowed})
        return self.answer(request, _nothing_here(request))

    def _body(self, request: Request, error: NeagraphError, offer: Offer) -> bytes:
        if offer is HTML:
            status, title = kind_of(error)
            page = ProblemPage(title=title, status=status.value, problem=ProblemView.of(error))
            return self._renderer.render(page)
        if offer is _PROBLEM:
            return json.dumps(to_problem(error, instance=_path(request)), indent=2).encode() + b"\n"
        if offer is _TEXT:
            return f"{error}\n".encode()
        return _to_graph(error, iri=BASE + _path(request)[1:], offer=offer)


def to_problem(error: NeagraphError, *, instance: str) -> dict[str, Any]:
    """Return an error as the members of a problem document (RFC 9457), empty ones left out.

    Args:
        error: The error.
        instance: The address, percent-encoded, whose request failed.
    """
    status, title = kind_of(error)
    members = {
        "type": f"{BASE}problem/{error.code}",
        "title": title,
        "status": status.value,
        "detail": error.message,
        "instance": instance,
        "hint": error.hint,
        "where": error.where,
        "line": getattr(error, "line", None),
        "column": getattr(error, "column", None),
        "details": list(error.details),
        "report": getattr(error, "report", ""),
    }
    return {name: value for name, value in members.items() if value not in ("", None, [])}


def _to_graph(error: NeagraphError, *, iri: str, offer: Offer) -> bytes:
    """Return an error as RDF: the W3C report of a validation, or else a comment."""
    if isinstance(error, NotConformingError) and error.report:
        quads = parse(error.report.encode(), TURTLE, source="report")
        return write_graph(triples_of(quads), graph_format_by_name(offer.name))
    text = " ".join(part for part in (error.message, *error.details, error.hint) if part)
    comment = Triple(NamedNode(iri), NamedNode(RDFS + "comment"), Literal(text, language="en"))
    return write_graph([comment], graph_format_by_name(offer.name))


def _nothing_here(request: Request) -> NotFoundError:
    return NotFoundError(
        "There is nothing at this address.",
        where=_path(request),
        hint="The start page, /, tells what there is.",
    )


def _path(request: Request) -> str:
    return quote(request.scope["path"])


def _methods(request: Request) -> set[str]:
    """Return the methods of the requested address."""
    routes = request.app.routes
    fitting = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in fitting for method in getattr(route, "methods", None) or ()}
    return (methods or {"GET"}) | {"HEAD", "OPTIONS"}

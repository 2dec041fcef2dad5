"""The SPARQL 1.1 Protocol, queries only: three ways in, one answer, or a page for browsers.

Source: W3C "SPARQL 1.1 Protocol", sections 2.1 and 2.2. What is asked beyond it: `scope`,
`timeout` and `format`, all optional. The query is decoded once and never edited.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from neagraph.errors import (
    LimitError,
    NeagraphError,
    NotAcceptableError,
    RefusedError,
    UsageError,
)
from neagraph.model import Answer, QueryRequest, Scope
from neagraph.queries import Kind
from neagraph.rdf.formats import RESULTS_FORMATS
from neagraph.rdf.results import read_results
from neagraph.rdf.terms import NamedNode
from neagraph.service import Service
from neagraph.web import negotiation
from neagraph.web.negotiation import GRAPHS, RESULTS, Choice, Offer
from neagraph.web.pages import Download, Outcome, ProblemView, QueryPage, Renderer
from neagraph.web.problems import MediaTypeError, accept_of, kind_of
from neagraph.web.threads import StoreThreads
from neagraph.web.views import examples_of, outcome_of_graph, outcome_of_results

MOST_BODY_BYTES: Final = 1024 * 1024
"""Largest request body."""
MOST_PAGE_BYTES: Final = 16 * 1024 * 1024
"""Largest answer that is made into a page."""
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_VARY: Final = {"Vary": "Accept"}
_ONCE: Final = ("query", "scope", "timeout", "format")

PARAMETERS: Final = (
    ("query", "string", "A SPARQL 1.1 query; once, in the address or in the body."),
    ("default-graph-uri", "string", "A graph of the default graph; may stand several times."),
    ("named-graph-uri", "string", "A graph that GRAPH sees; may stand several times."),
    ("scope", "string", "all, or asserted to leave entailed triples out."),
    ("timeout", "number", "Seconds that the query may take, up to the limit of the service."),
    ("format", "string", "Short name of a format, such as csv or turtle; before Accept."),
)
"""Name, type and meaning of each parameter."""

Pairs = Sequence[tuple[str, str]]
"""Parameters of a request, decoded, in the order in which they were sent."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request, read and checked.

    Args:
        request: The query; its text is empty where none was sent.
        seconds: Time that the client asks for; None where it does not say.
        choice: The formats that the client takes.
        pairs: All parameters as they were sent, for links to the same answer.
    """

    request: QueryRequest
    seconds: float | None
    choice: Choice
    pairs: Pairs


class SparqlEndpoint:
    """The address `/sparql`.

    Args:
        service: Answers.
        renderer: Makes the pages.
        threads: Where to wait for the service.
        seconds: How long a query may take, as pages tell.
    """

    def __init__(
        self, service: Service, renderer: Renderer, threads: StoreThreads, *, seconds: float
    ) -> None:
        self._service = service
        self._renderer = renderer
        self._threads = threads
        self._seconds = seconds

    async def answer(self, request: Request) -> Response:
        """Answer a query in the format that the client likes best, or with a page."""
        parameters = read_parameters(await read_pairs(request), accept=accept_of(request))
        if parameters.choice.page:
            return await self._page(parameters)
        if not parameters.request.text.strip():
            raise UsageError(
                "There is no query.",
                hint="Send it as the parameter query, or open this in a browser.",
            )
        _require_any_format(parameters.choice)
        answer = await self._ask(parameters)
        return Response(answer.body, media_type=answer.media_type, headers=_VARY)

    async def _ask(self, parameters: Parameters) -> Answer:
        return await self._threads.ask(
            self._service.query, parameters.request, seconds=parameters.seconds
        )

    async def _page(self, parameters: Parameters) -> Response:
        outcome, problem, status = None, None, 200
        try:
            if parameters.request.text.strip():
                outcome = await self._outcome(parameters)
        except NeagraphError as error:
            problem, status = ProblemView.of(error), kind_of(error)[0].value
        page = QueryPage(
            title="Query",
            query=parameters.request.text,
            scope=parameters.request.scope,
            seconds=self._seconds,
            examples=examples_of(self._service.catalogue.of_kind(Kind.CATALOGUE)),
            problem=problem,
            outcome=outcome,
        )
        body = self._renderer.render(page)
        return Response(body, status, media_type=negotiation.HTML.media_type, headers=_VARY)

    async def _outcome(self, parameters: Parameters) -> Outcome:
        start = time.monotonic()
        request = replace(parameters.request, results_format="json", graph_format="turtle")
        answer = await self._ask(replace(parameters, request=request))
        milliseconds = round((time.monotonic() - start) * 1000)
        return await self._threads.ask(_outcome_of, answer, milliseconds, parameters.pairs)


async def read_pairs(request: Request) -> Pairs:
    """Return the parameters of a request, wherever it has them.

    Raises:
        UsageError: If something is not UTF-8, or a body comes without a media type.
        MediaTypeError: If the body is neither a form nor a query.
        RefusedError: If it is an update.
        LimitError: If the body is too large.
    """
    pairs = _pairs_of(request.scope["query_string"])
    if request.method != "POST":
        return pairs
    media_type, _, options = request.headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    _require_readable(media_type, options)
    body = await _read_body(request)
    if media_type == _FORM:
        return [*pairs, *_pairs_of(body)]
    return [*pairs, ("query", _utf8(body))]


def read_parameters(pairs: Pairs, *, accept: str) -> Parameters:
    """Return the parameters of a request, checked.

    Args:
        pairs: As they were sent.
        accept: The Accept header; the parameter `format` comes before it.

    Raises:
        UsageError: For a parameter that stands more often than it may, or cannot be used.
        FormatError: For a format that is not known.
        RefusedError: For an update.
    """
    if any(name == "update" for name, _ in pairs):
        raise _no_updates()
    single = {name: _single(pairs, name) for name in _ONCE}
    name = single["format"]
    choice = negotiation.choose_by_name(name) if name else negotiation.choose(accept)
    return Parameters(
        QueryRequest(
            single["query"] or "",
            results_format=choice.results,
            graph_format=choice.graph,
            scope=_scope(single["scope"]),
            default_graphs=_graphs(pairs, "default-graph-uri"),
            named_graphs=_graphs(pairs, "named-graph-uri"),
        ),
        _seconds(single["timeout"]),
        choice,
        pairs,
    )


def _outcome_of(answer: Answer, milliseconds: int, pairs: Pairs) -> Outcome:
    if len(answer.body) > MOST_PAGE_BYTES:
        raise LimitError(
            f"The answer has {len(answer.body):,} bytes, too many for a page.",
            hint="Add a LIMIT, or download it: &format=csv at the end of the address.",
        )
    if answer.media_type == RESULTS_FORMATS[0].media_type:
        downloads = _downloads(pairs, RESULTS)
        results = read_results(answer.body)
        return outcome_of_results(results, milliseconds=milliseconds, downloads=downloads)
    downloads = _downloads(pairs, GRAPHS)
    return outcome_of_graph(answer.body, milliseconds=milliseconds, downloads=downloads)


def _downloads(pairs: Pairs, offers: Sequence[Offer]) -> tuple[Download, ...]:
    kept = [(name, value) for name, value in pairs if name != "format"]
    return tuple(
        Download(offer.label, "/sparql?" + urlencode([*kept, ("format", offer.name)]))
        for offer in offers
    )


def _require_any_format(choice: Choice) -> None:
    if choice.results is None and choice.graph is None:
        known = ", ".join(offer.media_type for offer in (*RESULTS, *GRAPHS))
        raise NotAcceptableError(
            "None of the accepted media types can be produced.", hint=f"Accept one of {known}."
        )


def _require_readable(media_type: str, options: str) -> None:
    if media_type == _UPDATE:
        raise _no_updates()
    if not media_type:
        raise UsageError("The body has no Content-Type.", hint=f"Send {_QUERY} or {_FORM}.")
    if media_type not in {_FORM, _QUERY}:
        raise MediaTypeError(
            f"A body of type {media_type} is not read here.", hint=f"Send {_QUERY} or {_FORM}."
        )
    charset = options.lower().partition("charset=")[2].strip().strip('"')
    if charset not in {"", "utf-8", "utf8"}:
        raise MediaTypeError(f"A body in {charset} is not read here.", hint="Send it in UTF-8.")


def _no_updates() -> RefusedError:
    return RefusedError(
        "This endpoint only answers queries; it takes no updates.",
        hint="Send a query as the parameter query. The data change with a new build.",
    )


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise LimitError(
                f"The body has more than {MOST_BODY_BYTES:,} bytes.",
                hint="Shorten the query; long VALUES can be split over several queries.",
            )
    return bytes(body)


def _pairs_of(text: bytes) -> Pairs:
    """Return the parameters of `application/x-www-form-urlencoded` text."""
    return _readable(lambda: parse_qsl(text.decode(), keep_blank_values=True, errors="strict"))


def _utf8(body: bytes) -> str:
    return _readable(body.decode)


def _readable(read: Callable[[], T]) -> T:
    try:
        return read()
    except UnicodeDecodeError as error:
        raise UsageError("The request is not UTF-8.", hint="Encode it as UTF-8.") from error


def _single(pairs: Pairs, name: str) -> str | None:
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise UsageError(
            f'The parameter "{name}" stands {len(values)} times.', hint="Send it once."
        )
    return values[0] if values else None


def _scope(text: str | None) -> Scope:
    try:
        return Scope.ALL if text is None else Scope(text)
    except ValueError as error:
        known = " or ".join(Scope)
        raise UsageError(f'There is no scope "{text}".', hint=f"Use {known}.") from error


def _seconds(text: str | None) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(
            f'"{text}" is no timeout.', hint="Give a number of seconds above 0, such as 10."
        )
    return seconds


def _graphs(pairs: Pairs, name: str) -> tuple[str, ...]:
    graphs = tuple(value for key, value in pairs if key == name)
    for graph in graphs:
        try:
            NamedNode(graph)
        except ValueError as error:
            raise UsageError(
                f'"{graph}" is no graph name.', where=name, hint="Give an absolute IRI."
            ) from error
    return graphs

"""The SPARQL 1.1 Protocol, queries: four ways in, one answer, or a page for browsers.

Source: W3C "SPARQL 1.1 Protocol", sections 2.1 and 2.2, and the HTTP method QUERY. What is asked
beyond it: `scope`, `timeout`, `format` and `version`, all optional. The query is decoded once and
never edited. Who asks for nothing is told what there is (W3C "SPARQL 1.1 Service Description").
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from urllib.parse import urlencode

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
from neagraph.service import Service
from neagraph.store.lanes import Asking
from neagraph.web import negotiation
from neagraph.web.cache_keys import PAIRS
from neagraph.web.description import Description
from neagraph.web.flights import Asked
from neagraph.web.negotiation import GRAPHS, RESULTS, Choice, Offer
from neagraph.web.pages import Download, Outcome, ProblemView, QueryPage, Renderer
from neagraph.web.problems import accept_of, kind_of
from neagraph.web.received import (
    QUERY,
    UPDATE,
    Pairs,
    address_in,
    address_of,
    graphs,
    media_type_of,
    read_pairs,
    seconds_of,
    single,
)
from neagraph.web.threads import StoreThreads
from neagraph.web.trace import trace_of
from neagraph.web.versions import service_at
from neagraph.web.views import examples_of, outcome_of_graph, outcome_of_results

MOST_PAGE_BYTES: Final = 16 * 1024 * 1024
"""Largest answer that is made into a page."""
OUTCOME: Final = "neagraph.outcome"
"""Where a scope has the answer or the error of a query that has been asked already."""
_VARY: Final = {"Vary": "Accept"}
_ONCE: Final = ("query", "scope")

PARAMETERS: Final = (
    ("query", "string", "A SPARQL 1.1 query; once, in the address or in the body."),
    ("default-graph-uri", "string", "A graph of the default graph; may stand several times."),
    ("named-graph-uri", "string", "A graph that GRAPH sees; may stand several times."),
    ("scope", "string", "all, or asserted to leave entailed triples out."),
    ("timeout", "number", "Seconds that the query may take, up to the limit of the service."),
    ("format", "string", "Short name of a format, such as csv or turtle; before Accept."),
    ("version", "integer", "Number of an earlier version to be asked; see /history."),
)
"""Name, type and meaning of each parameter."""


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


Ask = Callable[[Parameters], Awaitable[Answer]]
"""Returns the answer of the query in some parameters."""


class SparqlEndpoint:
    """The address `/sparql`.

    Args:
        service: Answers.
        renderer: Makes the pages.
        threads: Where to wait for the service.
        description: Tells what the service offers.
        seconds: How long a query may take, as pages tell.
        public_url: Where the service is reached from outside; empty to trust the Host header.
    """

    def __init__(  # noqa: PLR0913  what a handler needs
        self,
        service: Service,
        renderer: Renderer,
        threads: StoreThreads,
        *,
        description: Description,
        seconds: float,
        public_url: str = "",
    ) -> None:
        self._service = service
        self._renderer = renderer
        self._threads = threads
        self._description = description
        self._seconds = seconds
        self._public_url = public_url

    async def answer(self, request: Request) -> Response:
        """Answer a query in the format that the client likes best, or with a page."""
        base = address_of(request, public_url=self._public_url)
        parameters = read_parameters(
            await _read_pairs(request),
            accept=accept_of(request),
            base=base,
            id=trace_of(request).query_id,
        )
        choice = parameters.choice
        service = await service_at(request, self._service, self._threads, pairs=parameters.pairs)
        ask = partial(self._ask, request, service)
        if choice.page:
            return await self._page(parameters, ask)
        if request.method == "GET" and not parameters.pairs and choice.graph is not None:
            return await self._description.query_service(base, graph_format=choice.graph)
        if not parameters.request.text.strip():
            raise UsageError(
                "There is no query.",
                hint="Send it as the parameter query, or open this in a browser.",
            )
        _require_any_format(choice)
        return response_of(await ask(parameters))

    def asking(self, asked: Asked, query_id: str) -> Asking | None:
        """Return what asks a query that is to be answered with a plain answer.

        None for anything else, and for what cannot be used: `answer` tells why.
        """
        host, accept = asked.headers.get(b"host"), asked.key.accept.decode("latin-1")
        try:
            base = address_in(asked.scope, host, public_url=self._public_url)
            parameters = read_parameters(
                asked.parameters.pairs, accept=accept, base=base, id=query_id
            )
        except NeagraphError:
            return None
        choice, query = parameters.choice, parameters.request
        if choice.page or not query.text.strip() or not (choice.results or choice.graph):
            return None
        soon = self._service.soon(query, seconds=parameters.seconds)
        return soon if isinstance(soon, Asking) else None

    async def _ask(self, request: Request, service: Service, parameters: Parameters) -> Answer:
        """Return the answer; a client that goes away has its query ended."""
        trace = trace_of(request)
        trace.query = parameters.request.text
        query = parameters.request
        end = partial(service.store.cancel, query.id)
        known = request.scope.get(OUTCOME)
        soon = _told(known) if known else service.soon(query, seconds=parameters.seconds)
        if soon is None:
            ask = partial(service.query, query, seconds=parameters.seconds)
            answer = await self._threads.ask_watching(request, ask, on_disconnect=end)
        else:
            answer = await self._threads.await_watching(request, soon, on_disconnect=end)
        trace.version = answer.version
        return answer

    async def _page(self, parameters: Parameters, ask: Ask) -> Response:
        outcome, problem, status = None, None, 200
        try:
            if parameters.request.text.strip():
                outcome = await self._outcome(parameters, ask)
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

    async def _outcome(self, parameters: Parameters, ask: Ask) -> Outcome:
        start = time.monotonic()
        request = replace(parameters.request, results_format="json", graph_format="turtle")
        answer = await ask(replace(parameters, request=request))
        milliseconds = round((time.monotonic() - start) * 1000)
        return await self._threads.ask(_outcome_of, answer, milliseconds, parameters.pairs)


def response_of(answer: Answer) -> Response:
    """Return an answer as a response."""
    return Response(answer.body, media_type=answer.media_type, headers=_VARY)


async def _told(outcome: Answer | NeagraphError) -> Answer:
    if isinstance(outcome, NeagraphError):
        raise outcome
    return outcome


async def _read_pairs(request: Request) -> Pairs:
    known: Pairs | None = request.scope.get(PAIRS)
    if known is not None:
        return known
    if media_type_of(request) == UPDATE and request.method != "GET":
        raise _no_updates()
    return await read_pairs(request, direct={QUERY: "query"})


def read_parameters(pairs: Pairs, *, accept: str, base: str = "", id: str = "") -> Parameters:  # noqa: A002  as in logs
    """Return the parameters of a request, checked.

    Args:
        pairs: As they were sent.
        accept: The Accept header; the parameter `format` comes before it.
        base: What relative IRIs of the query are resolved against.
        id: Id of the query.

    Raises:
        UsageError: For a parameter that stands more often than it may, or cannot be used.
        FormatError: For a format that is not known.
        RefusedError: For an update.
    """
    if any(name == "update" for name, _ in pairs):
        raise _no_updates()
    once = {name: single(pairs, name) for name in _ONCE}
    names = [value for key, value in pairs if key == "format" and value]
    choice = negotiation.choose_by_names(names, accept) if names else negotiation.choose(accept)
    return Parameters(
        QueryRequest(
            once["query"] or "",
            results_format=choice.results,
            graph_format=choice.graph,
            scope=_scope(once["scope"]),
            default_graphs=graphs(pairs, "default-graph-uri"),
            named_graphs=graphs(pairs, "named-graph-uri"),
            base=base,
            id=id,
        ),
        seconds_of(pairs),
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


def _no_updates() -> RefusedError:
    return RefusedError(
        "This endpoint only answers queries; it takes no updates.",
        hint="Send a query as the parameter query; updates go to /update.",
    )


def _scope(text: str | None) -> Scope:
    try:
        return Scope.ALL if text is None else Scope(text)
    except ValueError as error:
        known = " or ".join(Scope)
        raise UsageError(
            f'There is no scope "{text}".', where="scope", hint=f"Use {known}."
        ) from error

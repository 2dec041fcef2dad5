"""The SPARQL 1.1 Graph Store HTTP Protocol, and PATCH with an update of one graph.

A graph is named by a parameter, `/graphs?graph=IRI` or `/graphs?default`, or by the address itself,
`/graphs/…`. Source: W3C "SPARQL 1.1 Graph Store HTTP Protocol".
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from neagraph.errors import NotAcceptableError, NotFoundError, UsageError
from neagraph.federation import FederationPolicy
from neagraph.model import QueryRequest, Write, WriteKind
from neagraph.rdf.apart import check_update
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import write_graph
from neagraph.rdf.results import read_results
from neagraph.rdf.rewriting import lower_booleans, on_graph
from neagraph.service import Service
from neagraph.vocab import thing
from neagraph.web.multipart import format_of, parts_of
from neagraph.web.negotiation import GRAPHS, choose_by_name, negotiate
from neagraph.web.problems import accept_of
from neagraph.web.received import (
    MEGABYTE,
    MULTIPART,
    UPDATE,
    Pairs,
    address_of,
    media_type_of,
    pairs_of,
    read_body,
    require_iri,
    require_media_type,
    seconds_of,
    single,
    utf8,
)
from neagraph.web.threads import StoreThreads
from neagraph.web.update import MOST_UPDATE_BYTES, Writing, answer_of, prepared
from neagraph.web.versions import service_at

MOST_GRAPH_BYTES: Final = 64 * MEGABYTE
"""Largest graph that is read, unpacked."""
NEW_GRAPHS: Final = "inbox"
"""Where graphs go that come without a name."""
_VARY: Final = {"Vary": "Accept"}
_ALL: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@dataclass(frozen=True, slots=True)
class Target:
    """The graph that a request is about.

    Args:
        graph: Its IRI; None for the default graph.
        base: What relative IRIs are resolved against.
        address: Where it is told, if it is new.
        pairs: The parameters of the request.
    """

    graph: str | None
    base: str
    address: str
    pairs: Pairs


class Graphs:
    """The addresses `/graphs` and `/graphs/…`.

    Args:
        service: Answers.
        writing: Writes.
        threads: Where to wait.
        plain: Whether `/graphs/…` names a graph by the address as it was sent, and not one of the
            project's own.
        policy: Which servers LOAD may ask.
        public_url: Where the service is reached from outside; empty to trust the Host header.
    """

    def __init__(  # noqa: PLR0913  what a handler needs
        self,
        service: Service,
        writing: Writing,
        threads: StoreThreads,
        *,
        plain: bool = False,
        policy: FederationPolicy,
        public_url: str = "",
    ) -> None:
        self._service = service
        self._writing = writing
        self._threads = threads
        self._plain = plain
        self._policy = policy
        self._public_url = public_url

    async def read(self, request: Request) -> Response:
        """Answer GET with the triples of the graph."""
        target = self._target(request)
        name = single(target.pairs, "format")
        if name is None:
            offer = negotiate(accept_of(request), GRAPHS)
            name = offer.name if offer is not None else None
        elif choose_by_name(name).graph is None:
            raise UsageError(f'"{name}" is no format of graphs.', hint="Use turtle or ntriples.")
        if name is None:
            known = ", ".join(offer.media_type for offer in GRAPHS)
            raise NotAcceptableError(
                "None of the accepted media types can be produced.", hint=f"Accept one of {known}."
            )
        service = await service_at(request, self._service, self._threads)
        return await self._threads.ask(self._read, service, target, name)

    async def put(self, request: Request) -> Response:
        """Replace the graph."""
        return await self._store(request, self._target(request), WriteKind.PUT)

    async def post(self, request: Request) -> Response:
        """Merge triples into the graph; without a name, into a new one."""
        target = self._target(request, may_be_new=True)
        return await self._store(request, target, WriteKind.POST)

    async def delete(self, request: Request) -> Response:
        """Delete the graph."""
        author = await self._writing.author(request)
        target = self._target(request)
        write = Write(WriteKind.DELETE, graph=target.graph, base=target.base)
        commit = await self._writing.commit(request, write, author=author, pairs=target.pairs)
        return answer_of(request, commit)

    async def patch(self, request: Request) -> Response:
        """Run an update of the graph."""
        author = await self._writing.author(request)
        target = self._target(request)
        require_media_type(request, (UPDATE,))
        text = utf8(await read_body(request, most_bytes=MOST_UPDATE_BYTES))
        received = Write(WriteKind.UPDATE, text=text, graph=target.graph, base=target.base)
        write = await self._threads.ask(_patch, received, self._policy)
        known = await self._threads.ask(_is_there, self._service, target)
        commit = await self._writing.commit(request, write, author=author, pairs=target.pairs)
        return answer_of(request, commit, created=None if known else target.address)

    async def _store(self, request: Request, target: Target, kind: WriteKind) -> Response:
        author = await self._writing.author(request)
        content_type = request.headers.get("content-type", "")
        fmt = None if media_type_of(request) == MULTIPART else format_of(content_type)
        body = await read_body(request, most_bytes=MOST_GRAPH_BYTES)
        if fmt is None:
            bodies = await self._threads.ask(partial(parts_of, body, content_type))
        else:
            bodies = ((body, fmt.name),)
        write = Write(kind, bodies=bodies, graph=target.graph, base=target.base)
        known = await self._threads.ask(_is_there, self._service, target)
        commit = await self._writing.commit(request, write, author=author, pairs=target.pairs)
        more = {} if target.graph is None else {"graph": target.graph}
        return answer_of(request, commit, created=None if known else target.address, **more)

    def _target(self, request: Request, *, may_be_new: bool = False) -> Target:
        """Return the graph that a request is about.

        Raises:
            UsageError: If it names none, more than one, or something that is no IRI.
        """
        pairs = pairs_of(request.scope["query_string"])
        address = address_of(request, public_url=self._public_url)
        path = request.path_params.get("path")
        named, default = single(pairs, "graph"), single(pairs, "default")
        if path and named is None and default is None:
            graph = address if self._plain else require_iri(thing(f"graph/{path}"), "graph")
            return Target(graph, graph, address, pairs)
        if path or (named is not None and default is not None):
            raise UsageError(
                "The request names several graphs.",
                hint="Name it in the address, with ?graph=IRI or with ?default.",
            )
        if named is not None:
            graph = require_iri(named, "graph")
            return Target(graph, graph, f"{address}?graph={quote(graph, safe='')}", pairs)
        if default is not None:
            return Target(None, address, address, pairs)
        if may_be_new:
            return self._new(address, pairs)
        raise UsageError("The request names no graph.", hint="Add ?graph=IRI or ?default.")

    def _new(self, address: str, pairs: Pairs) -> Target:
        key = str(uuid.uuid4())
        address = address.rstrip("/") + (f"/{key}" if self._plain else f"/{NEW_GRAPHS}/{key}")
        graph = address if self._plain else thing(f"graph/{NEW_GRAPHS}/{key}")
        return Target(graph, graph, address, pairs)

    def _read(self, service: Service, target: Target, graph_format: str) -> Response:
        fmt = graph_format_by_name(graph_format)
        graphs = () if target.graph is None else (target.graph,)
        request = QueryRequest(_ALL, graph_format=graph_format, default_graphs=graphs)
        answer = service.query(request, seconds=seconds_of(target.pairs))
        if answer.body == write_graph((), fmt) and not _is_there(service, target):
            raise _no_graph(target)
        return Response(answer.body, media_type=answer.media_type, headers=_VARY)


def _is_there(service: Service, target: Target) -> bool:
    """Return whether the graph is there, with triples or without; blocks."""
    if target.graph is None:
        return True
    query = f"ASK {{ VALUES ?g {{ <{target.graph}> }} GRAPH ?g {{ }} }}"
    return read_results(service.query(QueryRequest(query)).body) is True


def _patch(received: Write, policy: FederationPolicy) -> Write:
    """Return a well-formed update that changes its graph alone; blocks."""
    if not received.text.strip():
        raise UsageError("There is no update.", hint=f"Send it as {UPDATE}.")
    check_update(lower_booleans(received.text), base=received.base)
    write = prepared(received, policy)
    text = write.text if write.graph is None else on_graph(write.text, write.graph)
    return replace(write, text=text)


def _no_graph(target: Target) -> NotFoundError:
    return NotFoundError(
        "There is no such graph.",
        where=target.graph or "",
        hint="List the graphs with: SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }",
    )

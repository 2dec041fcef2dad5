"""The SPARQL 1.1 Protocol, updates: a form or the update as body; and what every write shares.

Source: W3C "SPARQL 1.1 Protocol", section 2.2. What is asked beyond it: `message`, which is kept
in the history, and `timeout`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from neagraph.errors import RefusedError, UsageError
from neagraph.federation import FederationPolicy, load
from neagraph.model import Commit, Write, WriteKind
from neagraph.rdf.apart import check_update
from neagraph.rdf.rewriting import lower_booleans, using_dataset
from neagraph.service import Service
from neagraph.web.auth import require
from neagraph.web.description import Description
from neagraph.web.negotiation import choose
from neagraph.web.problems import MethodError, accept_of
from neagraph.web.received import (
    MEGABYTE,
    UPDATE,
    Pairs,
    address_of,
    graphs,
    read_pairs,
    seconds_of,
    single,
)
from neagraph.web.threads import StoreThreads
from neagraph.web.trace import trace_of
from neagraph.writing import Conditions

MOST_UPDATE_BYTES: Final = 16 * MEGABYTE
"""Largest update, unpacked."""
_MOST_MESSAGE: Final = 500


class NotByGetError(MethodError):
    """An update in the address; `headers` go with the answer."""

    headers: ClassVar[dict[str, str]] = {"Allow": "OPTIONS, POST"}


class Writing:
    """What every write over HTTP shares: who may, what was seen before, and the answer.

    Args:
        service: Writes.
        threads: Where to wait for it.
    """

    def __init__(self, service: Service, threads: StoreThreads) -> None:
        self._service = service
        self._threads = threads

    async def author(self, request: Request) -> str:
        """Return the name of who writes; errors as `auth.require`."""
        return await require(request, role="editor", service=self._service)

    async def commit(self, request: Request, write: Write, *, author: str, pairs: Pairs) -> Commit:
        """Return the commit of a write; the trial ends if the client goes away.

        Raises:
            RefusedError: If nothing can be written here.
            UsageError: For a parameter that cannot be used.
            NeagraphError: As `Writer.commit`.
        """
        writer = self._service.writer
        if writer is None:
            raise RefusedError("This service is read-only.", hint="Ask its keeper.")
        limits = self._service.limits
        seconds = min(seconds_of(pairs) or limits.seconds, limits.seconds)
        trace = trace_of(request)
        trace.query = write.text
        work = partial(
            writer.commit,
            write,
            author=author,
            message=_message(pairs),
            conditions=_conditions(request),
            limits=replace(limits, seconds=seconds),
            id=trace.query_id,
        )
        cancel = partial(self._service.store.cancel, trace.query_id)
        commit = await self._threads.ask_watching(request, work, on_disconnect=cancel)
        trace.version = commit.version
        return commit


def answer_of(
    request: Request, commit: Commit, *, created: str | None = None, **more: str
) -> Response:
    """Return the answer to a write: 201 with Location for a new graph, else 200, or 204.

    Args:
        request: The request; `Prefer: return=minimal` asks for no body.
        commit: What was written.
        created: Address of the graph that is new; None if none is.
        more: Further members of the body.
    """
    headers = {} if created is None else {"Location": created}
    status = HTTPStatus.OK if created is None else HTTPStatus.CREATED
    if "return=minimal" in request.headers.get("prefer", "").replace(" ", "").lower():
        status = HTTPStatus.NO_CONTENT if created is None else status
        return Response(status_code=status, headers=headers)
    body = {
        "version": commit.version.number,
        "etag": f'"{commit.version.etag}"',
        "time": commit.time,
        "author": commit.author,
        "message": commit.message,
        "added": len(commit.changeset.added),
        "removed": len(commit.changeset.removed),
        **more,
    }
    return JSONResponse(body, status, headers=headers)


class UpdateEndpoint:
    """The address `/update`.

    Args:
        writing: Writes.
        threads: Where to wait.
        description: Tells what the service offers.
        policy: Which servers LOAD may ask.
        public_url: Where the service is reached from outside; empty to trust the Host header.
    """

    def __init__(
        self,
        writing: Writing,
        threads: StoreThreads,
        *,
        description: Description,
        policy: FederationPolicy,
        public_url: str = "",
    ) -> None:
        self._writing = writing
        self._threads = threads
        self._description = description
        self._policy = policy
        self._public_url = public_url

    async def describe(self, request: Request) -> Response:
        """Answer GET: no update is taken in the address; who asks for RDF is told of the service.

        Raises:
            NotByGetError: For anything else.
        """
        choice = choose(accept_of(request))
        if request.scope["query_string"] or choice.page or choice.graph is None:
            raise NotByGetError(
                "Updates are taken by POST alone.",
                hint=f"POST the update as {UPDATE}, or as the parameter update of a form.",
            )
        endpoint = address_of(request, public_url=self._public_url)
        return await self._description.update_service(endpoint, graph_format=choice.graph)

    async def answer(self, request: Request) -> Response:
        """Run an update and tell the version after it."""
        author = await self._writing.author(request)
        pairs = await read_pairs(request, direct={UPDATE: "update"}, most_bytes=MOST_UPDATE_BYTES)
        base = address_of(request, public_url=self._public_url)
        received = read_update(pairs, base=base)
        write = await self._threads.ask(prepared, received, self._policy)
        commit = await self._writing.commit(request, write, author=author, pairs=pairs)
        return answer_of(request, commit)


def read_update(pairs: Pairs, *, base: str) -> Write:
    """Return the update of a request.

    Args:
        pairs: The parameters of the request.
        base: What relative IRIs are resolved against.

    Raises:
        UsageError: For a parameter that is missing, stands twice or cannot be used.
    """
    if any(name == "query" for name, _ in pairs):
        raise UsageError("This address takes updates, not queries.", hint="Ask /sparql.")
    text = single(pairs, "update")
    if text is None or not text.strip():
        raise UsageError("There is no update.", hint="Send it as the parameter update.")
    return Write(
        WriteKind.UPDATE,
        text=text,
        base=base,
        using_graphs=graphs(pairs, "using-graph-uri"),
        using_named_graphs=graphs(pairs, "using-named-graph-uri"),
    )


def prepared(write: Write, policy: FederationPolicy) -> Write:
    """Return a well-formed update with all that stands beside its text put into it; blocks.

    Raises:
        QueryError: If it cannot be parsed.
        UsageError: If it names a dataset, and the request does, too.
        RefusedError, RemoteError, LimitError, UnreadableError: As `federation.load`.
    """
    text = lower_booleans(write.text)
    if write.using_graphs or write.using_named_graphs:  # they go into well-formed text alone
        check_update(text, base=write.base)
    write = load(replace(write, text=text), policy)
    text = using_dataset(write.text, write.using_graphs, write.using_named_graphs)
    return replace(write, text=text, using_graphs=(), using_named_graphs=())


def _conditions(request: Request) -> Conditions:
    """Return what the client wants to be so before its write is done."""
    headers = (request.headers.getlist(name) for name in ("if-match", "if-none-match"))
    return Conditions(*(", ".join(values) if values else None for values in headers))


def _message(pairs: Pairs) -> str:
    """Return the parameter `message`, in one line."""
    message = " ".join((single(pairs, "message") or "").split())
    if len(message) > _MOST_MESSAGE:
        raise UsageError(
            f"The message has {len(message)} characters.",
            where="message",
            hint=f"Tell it in {_MOST_MESSAGE} at most.",
        )
    return message

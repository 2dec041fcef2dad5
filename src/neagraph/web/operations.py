"""For those who keep the service running: health, figures, and what is being worked on."""

from __future__ import annotations

import asyncio
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from neagraph.errors import BusyError, NeagraphError, NotFoundError
from neagraph.model import QueryRequest, RunningQuery, Version
from neagraph.rdf.results import Table, read_results
from neagraph.rdf.terms import Literal
from neagraph.service import Service
from neagraph.web.auth import require
from neagraph.web.cache import ResultCache
from neagraph.web.figures import Figures
from neagraph.web.logs import MOST_CHARACTERS
from neagraph.web.metrics import Now, Report, exposition
from neagraph.web.threads import StoreThreads

READY_SECONDS: Final = 1.0
"""How long the store may take to show that it answers."""
_HEALTH_SECONDS: Final = 2.0
_COUNT: Final = "SELECT (COUNT(*) AS ?triples) { ?s ?p ?o }"
_NOT_KEPT: Final = {"Cache-Control": "no-store"}


class Operations:
    """The addresses `/health…`, `/metrics` and `/admin/…`.

    Args:
        service: What is told of.
        threads: Where to wait for it.
        figures: What is counted of requests.
        cache: The kept answers.
    """

    def __init__(
        self, service: Service, threads: StoreThreads, *, figures: Figures, cache: ResultCache
    ) -> None:
        self._service = service
        self._threads = threads
        self._figures = figures
        self._cache = cache
        self._triples: tuple[Version, int] | None = None
        self._probe: asyncio.Task[bool] | None = None

    async def health(self) -> Response:
        """Tell that the store answers, and what it holds."""
        await self._threads.ask(
            self._service.query, QueryRequest("ASK {}"), seconds=_HEALTH_SECONDS
        )
        counts = await self._threads.ask(self._service.counts)
        manifest, version = self._service.manifest, self._service.version
        return JSONResponse(
            {
                "status": "ok",
                "version": version.number,
                "digest": version.digest,
                "versions": manifest.software,
                "reasoner": manifest.reasoner,
                "counts": counts,
                "shapes": {"warnings": manifest.warnings, "infos": manifest.infos},
            },
            headers=_NOT_KEPT,
        )

    async def live(self) -> Response:
        """Tell that this process answers; ask nobody else."""
        return JSONResponse({"status": "live"}, headers=_NOT_KEPT)

    async def ready(self) -> Response:
        """Tell that the store answers in time.

        Raises:
            BusyError: If it does not.
        """
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._ask_nothing())
        await asyncio.wait({self._probe}, timeout=READY_SECONDS)
        if not self._probe.done() or not self._probe.result():
            raise BusyError(
                f"The store gives no answer within {READY_SECONDS:g} s.",
                hint="Send requests elsewhere for some seconds.",
            )
        return JSONResponse({"status": "ready"}, headers=_NOT_KEPT)

    async def _ask_nothing(self) -> bool:
        """Return whether the store answers; one probe at a time, however many ask."""
        nothing = QueryRequest("ASK {}")
        try:
            await self._threads.ask(self._service.query, nothing, seconds=READY_SECONDS)
        except NeagraphError:
            return False
        return True

    async def metrics(self, request: Request) -> Response:
        """Tell all figures as Prometheus reads them."""
        try:
            now = await to_thread.run_sync(self._now)
        except NeagraphError:
            now = Now()
        report = Report(self._figures, self._cache, self._threads.endings, now)
        body, media_type = exposition(report, request.headers.get("accept", ""))
        return Response(body, headers={**_NOT_KEPT, "Content-Type": media_type})

    async def running(self, request: Request) -> Response:
        """List the queries that are worked on or wait (admin).

        Raises:
            UnauthorizedError, RefusedError: If the client may not.
        """
        await require(request, role="admin", service=self._service)
        queries = await to_thread.run_sync(self._service.store.running)
        return JSONResponse({"queries": list(map(_told, queries))}, headers=_NOT_KEPT)

    async def cancel(self, request: Request, id: str) -> Response:  # noqa: A002  as in the address
        """End a query (admin); whoever waits for it gets 503.

        Raises:
            UnauthorizedError, RefusedError: If the client may not.
            NotFoundError: If no such query is worked on.
        """
        await require(request, role="admin", service=self._service)
        if not await to_thread.run_sync(self._service.store.cancel, id):
            raise NotFoundError(
                f'No query "{id}" is worked on; it may have ended meanwhile.',
                hint="GET /admin/queries lists those that are.",
            )
        return JSONResponse({"cancelled": id}, headers=_NOT_KEPT)

    def _now(self) -> Now:
        version = self._service.version
        queries = self._service.store.running()
        running = sum(query.seconds > 0 for query in queries)
        return Now(
            version=version.number,
            triples=self._triples_of(version),
            running=running,
            waiting=len(queries) - running,
            up=True,
        )

    def _triples_of(self, version: Version) -> int:
        """Return the number of triples, which is counted once for each version."""
        if self._triples is None or self._triples[0] != version:
            answer = self._service.query(QueryRequest(_COUNT), seconds=_HEALTH_SECONDS)
            table = read_results(answer.body)
            cell = table.rows[0][0] if isinstance(table, Table) and table.rows else None
            self._triples = version, int(cell.value) if isinstance(cell, Literal) else 0
        return self._triples[1]


def _told(query: RunningQuery) -> dict[str, str | float]:
    return {
        "id": query.id,
        "query": query.text[:MOST_CHARACTERS],
        "seconds": round(query.seconds, 3),
        "state": "running" if query.seconds > 0 else "waiting",
    }

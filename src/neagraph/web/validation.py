"""The address `/validate`: data checked against shapes and not stored.

Data come as the body, or in the fields `data` and `shapes` of a form. The report comes in the form
that the client accepts; who accepts `text/event-stream` is told of the progress first.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from neagraph.checking import CheckRequest, ProgressNote
from neagraph.errors import NeagraphError, NotAcceptableError, QueryTimeoutError
from neagraph.model import Answer
from neagraph.rdf.formats import GRAPH_FORMATS
from neagraph.rdf.text import RdfText
from neagraph.service import Service
from neagraph.validation.formats import REPORT_FORMATS, report_format_by_name
from neagraph.validation.progress import Step
from neagraph.web.checked import report_view
from neagraph.web.negotiation import HTML, Offer, negotiate
from neagraph.web.pages import ProblemView, Renderer, ValidationPage
from neagraph.web.posted import MOST_DATA_BYTES, Posted, read_posted
from neagraph.web.problems import accept_of, kind_of, to_problem
from neagraph.web.received import MEGABYTE, address_of
from neagraph.web.threads import StoreThreads
from neagraph.web.trace import trace_of
from neagraph.web.validation_parts import Choice, FormView, ReportView

MOST_SHOWN: Final = 200_000
"""How many characters of data a page puts back into its form."""
_EVENTS: Final = Offer("events", "Events", "text/event-stream")
_OFFERS: Final = (
    *(Offer(form.name, form.label, form.media_type) for form in REPORT_FORMATS),
    HTML,
    _EVENTS,
)
_TYPES: Final = tuple(Choice(fmt.name, fmt.label) for fmt in GRAPH_FORMATS)
_FORMS: Final = tuple(
    Choice(name, report_format_by_name(name).label)
    for name in ("text", "csv", "json", "sarif", "turtle")
)
_SECONDS_BETWEEN: Final = 0.5
_VARY: Final = {"Vary": "Accept"}


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a page tells: a report, or a problem with its status."""

    report: ReportView | None = None
    problem: ProblemView | None = None
    status: int = 200
    form: FormView = field(default_factory=FormView)


class Validation:
    """The address `/validate`.

    Args:
        service: Checks.
        renderer: Makes the pages.
        threads: Where to wait for the service.
        public_url: Where the service is reached from outside; empty to trust the Host header.
    """

    def __init__(
        self, service: Service, renderer: Renderer, threads: StoreThreads, *, public_url: str = ""
    ) -> None:
        self._service = service
        self._renderer = renderer
        self._threads = threads
        self._public_url = public_url

    async def page(self) -> Response:
        """Show the form."""
        return self._rendered(_Outcome())

    async def answer(self, request: Request) -> Response:
        """Check data and tell what was found."""
        offer = negotiate(accept_of(request), _OFFERS)
        if offer is HTML:
            return await self._answer_with_page(request)
        posted = await self._posted(request)
        if posted.form:
            offer = _offer_of(posted.form)
        if offer is None:
            known = ", ".join(offer.media_type for offer in _OFFERS)
            raise NotAcceptableError(
                "None of the accepted media types can be produced.", hint=f"Accept one of {known}."
            )
        return await self._told(request, posted, offer)

    async def _told(self, request: Request, posted: Posted, offer: Offer) -> Response:
        if offer is _EVENTS:
            # With an encoding of its own the stream is not held back to be packed.
            headers = {**_VARY, "Cache-Control": "no-store", "Content-Encoding": "identity"}
            events = self._events(request, posted.check(form="json"))
            return StreamingResponse(events, media_type=offer.media_type, headers=headers)
        summary, body = await self._checked(request, posted.check(form=offer.name))
        told = json.loads(summary)
        headers = {**_VARY, "X-Results": f"{told['shown']} of {told['total']}"}
        if posted.form:
            suffix = report_format_by_name(offer.name).suffix
            headers["Content-Disposition"] = f'attachment; filename="report{suffix}"'
        return Response(body, media_type=offer.media_type, headers=headers)

    async def _posted(self, request: Request) -> Posted:
        return await read_posted(request, base=address_of(request, public_url=self._public_url))

    async def _answer_with_page(self, request: Request) -> Response:
        """Answer a browser: with a page, or with the file that a button of the form asks for."""
        form = FormView()
        try:
            posted = await self._posted(request)
            form = _form_of(posted)
            if posted.form not in {"", HTML.name}:
                return await self._told(request, posted, _offer_of(posted.form))
            _, body = await self._checked(request, posted.check(form="json"))
        except NeagraphError as error:
            status = kind_of(error)[0].value
            return self._rendered(_Outcome(None, ProblemView.of(error), status, form))
        texts = {text.source: text.data.decode(errors="replace") for text in posted.data}
        view = await to_thread.run_sync(lambda: report_view(json.loads(body), texts))
        return self._rendered(_Outcome(view, form=form))

    def _rendered(self, outcome: _Outcome) -> Response:
        page = ValidationPage(
            title="Validate",
            form=outcome.form,
            types=_TYPES,
            forms=_FORMS,
            limit=f"{MOST_DATA_BYTES // MEGABYTE} MB and {self._service.limits.seconds:g} seconds",
            problem=outcome.problem,
            report=outcome.report,
        )
        body = self._renderer.render(page)
        return Response(body, outcome.status, media_type=HTML.media_type, headers=_VARY)

    async def _checked(self, request: Request, check: CheckRequest) -> tuple[bytes, bytes]:
        """Return the summary and the report; a client that goes away has its check ended."""
        trace = trace_of(request)
        trace.query = _title(check)
        try:
            answer = await self._threads.ask_watching(
                request,
                partial(self._check, check, trace.query_id),
                on_disconnect=partial(self._service.store.cancel, trace.query_id),
            )
        except QueryTimeoutError as error:
            raise self._too_slow() from error
        trace.version = answer.version
        summary, _, body = answer.body.partition(b"\n")
        return summary, body

    def _check(self, check: CheckRequest, query_id: str) -> Answer:
        """Return the answer of the store; blocks."""
        return self._service.store.check(check.to_bytes(), self._service.limits, id=query_id)

    def _too_slow(self) -> QueryTimeoutError:
        return QueryTimeoutError(
            f"The check took longer than {self._service.limits.seconds:g} s and was ended.",
            hint="Send the data in parts, or check them on your side with: neagraph validate FILE",
        )

    async def _events(self, request: Request, check: CheckRequest) -> AsyncIterator[bytes]:
        """Yield server-sent events: `progress` twice a second, then `report` or `problem`."""
        query_id, began = trace_of(request).query_id, time.monotonic()
        trace_of(request).query = _title(check)
        with TemporaryDirectory(prefix="neagraph-") as folder:
            steps = ProgressNote(Path(folder, "step"))
            check = replace(check, progress=str(steps.path))
            task = asyncio.create_task(self._threads.ask(self._check, check, query_id))
            try:
                while not task.done():
                    yield _event("progress", self._progress(time.monotonic() - began, steps.last()))
                    await asyncio.wait({task}, timeout=_SECONDS_BETWEEN)
                yield _event("report", json.loads(task.result().body.partition(b"\n")[2]))
            except NeagraphError as error:
                told = self._too_slow() if isinstance(error, QueryTimeoutError) else error
                yield _event("problem", to_problem(told, instance=request.url.path))
            finally:
                if not task.done():  # the client has gone away
                    self._service.store.cancel(query_id)
                    task.cancel()

    def _progress(self, seconds: float, step: Step | None) -> dict[str, float | str]:
        """Return what an event tells: how long it has taken, and the share that is done."""
        told = {"seconds": round(seconds, 1), "limit": self._service.limits.seconds}
        if step is None:
            return {**told, "checking": "waiting"}
        counted = {"done": step.done, "total": step.total} if step.total else {}
        return {**told, **counted, "checking": step.what}


def _offer_of(name: str) -> Offer:
    form = report_format_by_name(name)
    return Offer(form.name, form.label, form.media_type)


def _title(check: CheckRequest) -> str:
    return "VALIDATE " + ", ".join(text.source for text in check.texts)


def _form_of(posted: Posted) -> FormView:
    """Return what the form shows again: texts, unless they are many or long."""
    return FormView(_shown(posted.data), _shown(posted.shapes), posted.data[0].format.name)


def _shown(texts: Sequence[RdfText]) -> str:
    if len(texts) != 1 or len(texts[0].data) > MOST_SHOWN:
        return ""
    return texts[0].data.decode(errors="replace")


def _event(name: str, data: object) -> bytes:
    """Return a server-sent event (HTML Living Standard, section 9.2.6)."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

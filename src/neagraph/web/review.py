"""The review of reports in a browser: what was found beside the text, to be decided on.

Everything here takes a token with the role editor, reading as well: what is not reviewed is not
published. The text is shown only where the user has added it to the state folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from neagraph.curating.desk import Review, desk_of, keep, names_in, review_of, text_of
from neagraph.curating.project import Project
from neagraph.errors import (
    NeagraphError,
    NotFoundError,
    RefusedError,
    UnauthorizedError,
    UsageError,
)
from neagraph.reports.reviewing.adding import add_missing
from neagraph.reports.reviewing.cells import CELLS, CellError
from neagraph.reports.reviewing.deciding import (
    Desk,
    Ruling,
    accept_rest,
    decide,
    renew,
)
from neagraph.reports.reviewing.decisions import Decision, Verdict
from neagraph.reports.reviewing.review import outcome_of
from neagraph.reports.reviewing.sheet import by_id, verdict_of
from neagraph.service import Service
from neagraph.store.history import Clock, now
from neagraph.web.auth import require
from neagraph.web.negotiation import HTML, Offer, negotiate
from neagraph.web.pages import LoginPage, Page, ProblemView, Renderer, ReportsPage, ReviewPage
from neagraph.web.problems import accept_of, kind_of
from neagraph.web.received import read_pairs, single
from neagraph.web.review_views import (
    ReportLine,
    groups_of,
    paragraphs_of,
    progress_of,
    verbs_of,
)
from neagraph.web.sessions import PATH, Session, Sessions, require_own_form
from neagraph.web.threads import StoreThreads

_HEADERS: Final = {"Cache-Control": "no-store", "Vary": "Accept, Cookie"}
_JSON: Final = Offer("json", "JSON", "application/json")
_RENEW: Final = "renew"
"""What a form says that takes the new reading of a statement."""
_LOGIN: Final = f"{PATH}/login"
Form = Mapping[str, str]
_Act = Callable[[str, Form, str], str]
"""Takes the slug of a report, a form and the reviewer's name; returns the place to go on at."""


class Reviewing:
    """The addresses `/review…`.

    Args:
        service: Tells who may.
        renderer: Makes the pages.
        threads: Where to wait.
        project: Where reports and decisions are.
        sessions: Who has logged in.
        clock: Tells the time of decisions.
    """

    def __init__(  # noqa: PLR0913  what a handler needs
        self,
        service: Service,
        renderer: Renderer,
        threads: StoreThreads,
        *,
        project: Project,
        sessions: Sessions,
        clock: Clock = now,
    ) -> None:
        self._service = service
        self._renderer = renderer
        self._threads = threads
        self._project = project
        self._sessions = sessions
        self._clock = clock

    async def login_form(self) -> Response:
        """Show the form that takes a token, or say that nobody has one."""
        self._require_state()
        problem = None if await self._sessions.anybody() else ProblemView.of(_nobody())
        return self._page(LoginPage(title="Log in", problem=problem))

    async def log_in(self, request: Request) -> Response:
        """Begin a session, and go to the reports."""
        self._require_state()
        form = await _form(request)
        try:
            if not await self._sessions.anybody():
                raise _nobody()
            set_cookie = await self._sessions.log_in(request, form.get("token", "").strip())
        except (RefusedError, UnauthorizedError) as error:
            page = LoginPage(title="Log in", problem=ProblemView.of(error))
            return self._page(page, kind_of(error)[0])
        response = _see(PATH)
        set_cookie(response)
        return response

    async def log_out(self, request: Request) -> Response:
        """End the session."""
        session = await self._sessions.reviewer(request)
        form = await _form(request)
        if session is not None:
            require_own_form(session, form.get("secret", ""))
        response = _see(_LOGIN)
        self._sessions.log_out(request, response)
        return response

    async def reports(self, request: Request) -> Response:
        """List the reports that were taken in."""
        session = await self._reviewer(request)
        if session is None:
            return _see(_LOGIN)
        lines = await self._threads.ask(self._lines)
        return self._page(
            ReportsPage(title="Review", reports=lines, secret=session.secret, reviewer=session.name)
        )

    async def report(self, request: Request, slug: str) -> Response:
        """Show one report with its statements."""
        session = await self._reviewer(request)
        if session is None:
            return _see(_LOGIN)
        return await self._shown(slug, session)

    async def decisions(self, request: Request, slug: str) -> Response:
        """Take one decision, and go on to the next statement."""
        return await self._posted(request, slug, self._decide)

    async def missing(self, request: Request, slug: str) -> Response:
        """Take a statement that was not found."""
        return await self._posted(request, slug, self._add)

    async def rest(self, request: Request, slug: str) -> Response:
        """Accept what is certain and was not drawn for the sample."""
        return await self._posted(request, slug, self._accept_rest)

    async def _posted(self, request: Request, slug: str, act: _Act) -> Response:
        session = await self._reviewer(request)
        if session is None:
            return _see(_LOGIN)
        form = await _form(request)
        require_own_form(session, form.get("secret", ""))
        try:
            place = await self._threads.ask(act, slug, form, session.name)
        except UsageError as error:
            return await self._shown(slug, session, error)
        return _see(f"{PATH}/{quote(slug)}#{quote(place)}")

    # ---- What blocks -----------------------------------------------------------------------------

    def _decide(self, slug: str, form: Form, who: str) -> str:
        review, desk = self._desk(slug, who)
        name = form.get("id", "")
        item = by_id(review.items).get(name)
        if item is None:
            raise UsageError(f'There is no statement "{name}" any more.', hint="Look at the page.")
        if form.get("decision") == _RENEW:
            self._keep(review, [renew(item, desk)])
            return form.get("following") or name
        with _told():
            verdict = verdict_of(form.get("decision", ""))
            texts = {cell: form[cell] for cell in CELLS if cell in form}
            ruling = Ruling(name, verdict, texts, note=form.get("note"))
            self._keep(review, [decide(ruling, item, desk)])
        return form.get("following") or name

    def _add(self, slug: str, form: Form, who: str) -> str:
        review, desk = self._desk(slug, who)
        with _told():
            texts = {name: form.get(name, "") for name in ("start", "end", "actor")}
            note, verb, word = (form.get(name, "") for name in ("note", "verb", "word"))
            quote = f"[{word}]" if word.strip() else ""
            ruling = Ruling("", Verdict.MISSING, texts, note=note, quote=quote, verb=verb)
            decision = add_missing(ruling, review.items, desk)
            self._keep(review, [decision])
        return "missing" if decision is None else decision.statement.id

    def _accept_rest(self, slug: str, _: Form, who: str) -> str:
        review, desk = self._desk(slug, who)
        self._keep(review, accept_rest(review.items, desk))
        return "certain"

    def _keep(self, review: Review, decisions: Sequence[Decision | None]) -> None:
        keep(review, [decision for decision in decisions if decision is not None], self._project)

    def _desk(self, slug: str, who: str) -> tuple[Review, Desk]:
        project = self._project
        review = review_of(slug, project)
        text = text_of(review.reading.extraction.sha256, project)
        return review, desk_of(review, project, text=text, who=who, clock=self._clock)

    def _lines(self) -> tuple[ReportLine, ...]:
        with self._project.reviews() as reviews:
            readings = [reviews.reading(slug) for slug in reviews.slugs()]
        return tuple(self._line(reading.slug) for reading in readings)

    def _line(self, slug: str) -> ReportLine:
        review = review_of(slug, self._project)
        outcome = outcome_of(review.items)
        label = _label(review, self._project)
        return ReportLine(slug, label, outcome.total, outcome.settled, outcome.left)

    def _review_page(self, slug: str, session: Session, problem: ProblemView | None) -> Page:
        review = review_of(slug, self._project)
        items, extraction = review.items, review.reading.extraction
        glossary = self._project.glossary.adding(names_in(extraction))
        text = text_of(extraction.sha256, self._project)
        rest = [i for i in items if i.certain and not i.sampled and i.verdict is Verdict.OPEN]
        return ReviewPage(
            title=f"Review of {_label(review, self._project)}",
            slug=slug,
            secret=session.secret,
            progress=progress_of(outcome_of(items)),
            problem=problem,
            has_text=text is not None,
            paragraphs=paragraphs_of(extraction, items, text),
            groups=groups_of(items, glossary),
            kinds=tuple(sorted(glossary.kinds)),
            verbs=verbs_of(glossary),
            rest=len(rest),
        )

    # ---- Who, and what they see ------------------------------------------------------------------

    async def _reviewer(self, request: Request) -> Session | None:
        """Return who asks; None for a browser whose user has to log in first."""
        self._require_state()
        session = await self._sessions.reviewer(request)
        if session is None and negotiate(accept_of(request), (_JSON, HTML)) is not HTML:
            await require(request, role="editor", service=self._service)
        return session

    def _require_state(self) -> None:
        if self._service.plain:
            raise NotFoundError("There is no review here.", hint="This is a plain SPARQL server.")

    async def _shown(
        self, slug: str, session: Session, error: NeagraphError | None = None
    ) -> Response:
        problem = None if error is None else ProblemView.of(error)
        page = await self._threads.ask(self._review_page, slug, session, problem)
        return self._page(page, HTTPStatus.OK if error is None else kind_of(error)[0])

    def _page(self, page: Page, status: HTTPStatus = HTTPStatus.OK) -> Response:
        body = self._renderer.render(page)
        return Response(body, status, headers=_HEADERS, media_type=HTML.media_type)


def _nobody() -> RefusedError:
    return RefusedError(
        "Nobody has a token yet, so nobody can log in.",
        hint="Where this service runs, say: neagraph token add NAME. It prints a token, which "
        "opens this page at once; no restart is needed.",
    )


def _label(review: Review, project: Project) -> str:
    meeting = review.reading.extraction.meeting
    return review.reading.slug if meeting is None else project.glossary.label(meeting)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what is wrong with a form into an error that names its field."""
    try:
        yield
    except CellError as error:
        others = tuple(f"{one.cell.replace('_', ' ')}: {one}." for one in error.others)
        where = error.cell.replace("_", " ")
        raise UsageError(f"{error}.", where=where, details=others) from error
    except ValueError as error:
        raise UsageError(f"{error}.", where="decision") from error


def _see(address: str) -> RedirectResponse:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=_HEADERS)


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form, each once."""
    pairs = await read_pairs(request, direct={})
    return {name: single(pairs, name) or "" for name, _ in pairs}

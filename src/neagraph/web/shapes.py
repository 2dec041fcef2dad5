"""The address `/shapes`: what records need, class by class, and the shapes themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from neagraph.errors import NotAcceptableError
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import write_graph
from neagraph.sources import ProjectSources
from neagraph.validation.shape_docs import ClassDocs, Rule, class_docs, general_rules
from neagraph.web.negotiation import DOCUMENTS, HTML, Offer, negotiate, split_suffix
from neagraph.web.pages import Download, Renderer, ShapesPage
from neagraph.web.problems import accept_of
from neagraph.web.threads import StoreThreads
from neagraph.web.validation_parts import RuleView, ShapeView
from neagraph.web.views import address_of

_VARY: Final = {"Vary": "Accept"}
_PATH: Final = "/shapes"
_DOWNLOADS: Final = tuple(Download(o.label, _PATH + o.suffix) for o in DOCUMENTS[1:])


class Shapes:
    """The address `/shapes`.

    Args:
        sources: Reads the project's files, once, when they are first needed.
        renderer: Makes the page.
        threads: Where to wait for the files.
    """

    def __init__(
        self, sources: Callable[[], ProjectSources], renderer: Renderer, threads: StoreThreads
    ) -> None:
        self._read = sources
        self._renderer = renderer
        self._threads = threads

    async def tell(self, request: Request) -> Response:
        """Tell of the shapes."""
        return await self._tell(negotiate(accept_of(request), DOCUMENTS))

    async def tell_as(self, request: Request, suffix: str) -> Response:
        """Tell of the shapes in the format of a suffix."""
        path, forced = split_suffix(f"{_PATH}.{suffix}")
        if forced is not None and path == _PATH:
            request.state.accept = forced.media_type
        return await self._tell(forced)

    async def rule(self, key: str) -> Response:
        """Send on from a rule to the page on all of them."""
        return RedirectResponse(f"{_PATH}#{quote(key)}", HTTPStatus.SEE_OTHER)

    async def _tell(self, offer: Offer | None) -> Response:
        if offer is None:
            known = ", ".join(offer.media_type for offer in DOCUMENTS)
            raise NotAcceptableError(
                "None of the accepted media types can be produced.", hint=f"Accept one of {known}."
            )
        body = await self._threads.ask(self._represent, offer)
        return Response(body, media_type=offer.media_type, headers=_VARY)

    def _represent(self, offer: Offer) -> bytes:
        if offer is HTML:
            return self._page
        return write_graph(self._sources.shapes_triples(), graph_format_by_name(offer.name))

    @cached_property
    def _sources(self) -> ProjectSources:
        return self._read()

    @cached_property
    def _page(self) -> bytes:
        shapes = self._sources.shapes_triples()
        views = _Views(set())
        page = ShapesPage(
            title="Shapes",
            classes=tuple(map(views.of_class, class_docs(shapes, self._sources.triples()))),
            anywhere=views.of_rules(general_rules(shapes)),
            downloads=_DOWNLOADS,
        )
        return self._renderer.render(page)


@dataclass(frozen=True, slots=True)
class _Views:
    """Makes parts of the page, and gives each rule its anchor where it first stands.

    Args:
        anchors: Those that are given already.
    """

    anchors: set[str]

    def of_class(self, docs: ClassDocs) -> ShapeView:
        return ShapeView(
            anchor=docs.name,
            label=docs.label,
            name=docs.name,
            href=address_of(docs.iri) or "",
            definition=docs.definition,
            rules=self.of_rules(docs.rules),
            example=docs.example,
        )

    def of_rules(self, rules: Iterable[Rule]) -> tuple[RuleView, ...]:
        return tuple(map(self._of_rule, rules))

    def _of_rule(self, rule: Rule) -> RuleView:
        anchor = "" if rule.anchor in self.anchors else rule.anchor
        self.anchors.add(rule.anchor)
        return RuleView(
            anchor=anchor,
            name=rule.name,
            path=rule.path,
            severity=rule.severity,
            needed=rule.needed,
            inherited=rule.inherited,
            mistake=rule.mistake,
            fix=rule.fix,
        )

"""Linked data: things, the ontology, the dump, and the start page.

An address `/id/…` names a thing and answers 303; `/doc/…` tells of it, as a page or as RDF. IRIs
in RDF are never rewritten: they begin with `https://w3id.org/neagraph/` on every host.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from neagraph.errors import NotAcceptableError, NotFoundError
from neagraph.model import Answer
from neagraph.queries import Kind
from neagraph.service import ResourceView, Service
from neagraph.vocab import DCTERMS, ONTOLOGY, OWL, shorten, thing
from neagraph.web.negotiation import DOCUMENTS, HTML, Offer, negotiate, split_suffix
from neagraph.web.pages import (
    Count,
    Download,
    LandingPage,
    OntologyPage,
    Page,
    PlainPage,
    Renderer,
    ResourcePage,
)
from neagraph.web.problems import accept_of
from neagraph.web.threads import StoreThreads
from neagraph.web.versions import service_at
from neagraph.web.views import examples_of, fact_of, groups_of, name_of, rows_of, text_of

LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"
_VARY: Final = {"Vary": "Accept"}
_SEE_OTHER: Final = 303
_EXAMPLES: Final = 9
_COUNTED: Final = (
    ("statements", "statements"),
    ("commitments", "commitments"),
    ("asserted", "triples that sources say"),
    ("entailed", "triples that follow"),
)


@dataclass(frozen=True, slots=True)
class Telling:
    """Something that is told in several representations.

    Args:
        iri: What it is about.
        address: Where it is told, without suffix.
        page: Makes the page; blocks.
        graph: Makes the RDF in a format named by its short name; blocks.
    """

    iri: str
    address: str
    page: Callable[[], Page]
    graph: Callable[[str], Answer]


class Resources:
    """The addresses of things and of the site.

    Args:
        service: Answers.
        renderer: Makes the pages.
        threads: Where to wait for the service.
    """

    def __init__(self, service: Service, renderer: Renderer, threads: StoreThreads) -> None:
        self._service = service
        self._renderer = renderer
        self._threads = threads

    async def identify(self, kind: str, key: str) -> Response:
        """Send on from a thing to what is told of it, if anything is."""
        path = f"{kind}/{key}"
        await self._threads.ask(self._service.require_known, thing(path))
        return RedirectResponse(f"/doc/{quote(path)}", _SEE_OTHER, headers=_VARY)

    async def document(self, request: Request, kind: str, key: str) -> Response:
        """Tell of a thing."""
        path, forced = split_suffix(f"{kind}/{key}")
        iri, address = thing(path), f"/doc/{quote(path)}"
        service = await service_at(request, self._service, self._threads)
        telling = Telling(
            iri,
            address,
            page=lambda: _resource_page(service.view(iri), _downloads(address)),
            graph=lambda name: service.describe(iri, graph_format=name),
        )
        return await self._tell(request, telling, forced)

    async def ontology(self, request: Request) -> Response:
        """Tell of the ontology."""
        return await self._tell_ontology(request, "/ontology")

    async def ontology_as(self, request: Request, suffix: str) -> Response:
        """Tell of the ontology in the format of a suffix."""
        return await self._tell_ontology(request, f"/ontology.{suffix}")

    async def ontology_version(self, request: Request, version: str) -> Response:
        """Tell of the ontology under the name of its current version."""
        return await self._tell_ontology(request, f"/ontology/{version}")

    async def _tell_ontology(self, request: Request, path: str) -> Response:
        path, forced = split_suffix(path)
        _force(request, forced)
        await self._threads.ask(self._require_current, path)
        telling = Telling(
            ONTOLOGY,
            path,
            page=lambda: self._ontology_page(_downloads(path)),
            graph=lambda name: self._service.ontology(graph_format=name),
        )
        return await self._tell(request, telling, forced)

    async def module(self, name: str) -> Response:
        """Send on from a module to the ontology, which is told as a whole."""
        await self._threads.ask(self._service.require_known, f"{ONTOLOGY}/module/{name}")
        return RedirectResponse("/ontology", _SEE_OTHER)

    async def landing(self) -> Response:
        """Welcome people."""
        if self._service.plain:
            page = PlainPage(title="A SPARQL server on neagraph")
            return Response(self._renderer.render(page), media_type=HTML.media_type)
        counts = await self._threads.ask(self._service.counts)
        queries = self._service.catalogue.of_kind(Kind.CATALOGUE)
        welcome = LandingPage(
            title="neagraph",
            counts=tuple(
                Count(f"{counts[name]:,}", label) for name, label in _COUNTED if name in counts
            ),
            examples=examples_of(queries[:_EXAMPLES]),
            query=text_of(min(queries, key=lambda query: len(query.text))) if queries else "",
            digest=self._service.manifest.digest,
        )
        return Response(self._renderer.render(welcome), media_type=HTML.media_type)

    async def dump(self, request: Request) -> Response:
        """Send the whole dataset."""
        service = await service_at(request, self._service, self._threads)
        body = await self._threads.ask(service.dump)
        headers = {
            "Link": f'<{LICENSE}>; rel="license"',
            "Content-Disposition": 'attachment; filename="neagraph.nq.gz"',
        }
        return Response(body, media_type="application/gzip", headers=headers)

    async def _tell(self, request: Request, telling: Telling, forced: Offer | None) -> Response:
        _force(request, forced)
        offer = forced or negotiate(accept_of(request), DOCUMENTS)
        if offer is None:
            known = ", ".join(offer.media_type for offer in DOCUMENTS)
            raise NotAcceptableError(
                "None of the accepted media types can be produced.", hint=f"Accept one of {known}."
            )
        body = await self._threads.ask(self._represent, telling, offer)
        headers = {**_VARY, "Link": _links(telling, offer)}
        return Response(body, media_type=offer.media_type, headers=headers)

    def _represent(self, telling: Telling, offer: Offer) -> bytes:
        if offer is HTML:
            return self._renderer.render(telling.page())
        return telling.graph(offer.name).body

    def _require_current(self, path: str) -> None:
        """Raise NotFoundError unless the path is that of the ontology or its current version."""
        current = f"/ontology/{self._version()}"
        if path not in {"/ontology", current}:
            raise NotFoundError(
                "The ontology is not told at this address.",
                where=path,
                hint=f"It is at /ontology; its current version is {current}.",
            )

    def _version(self) -> str:
        return _said(self._service.view(ONTOLOGY), OWL + "versionInfo")

    def _ontology_page(self, downloads: tuple[Download, ...]) -> Page:
        view = self._service.view(ONTOLOGY)
        return OntologyPage(
            title=view.label,
            version=_said(view, OWL + "versionInfo"),
            abstract=_said(view, DCTERMS + "abstract"),
            groups=groups_of(self._service.ontology_terms()),
            downloads=downloads,
        )


def _force(request: Request, forced: Offer | None) -> None:
    """Let errors, too, come in the format that a suffix forces."""
    if forced is not None:
        request.state.accept = forced.media_type


def _resource_page(view: ResourceView, downloads: tuple[Download, ...]) -> Page:
    return ResourcePage(
        title=name_of(view.iri) if view.label == shorten(view.iri) else view.label,
        iri=view.iri,
        types=tuple(map(fact_of, view.types)),
        properties=rows_of(view.outgoing),
        incoming=rows_of(view.incoming),
        downloads=downloads,
    )


def _said(view: ResourceView, iri: str) -> str:
    """Return the first value of a property as text; empty where there is none."""
    values = [
        link for entry in view.outgoing if entry.property.value == iri for link in entry.values
    ]
    return fact_of(values[0]).value.text if values else ""


def _downloads(address: str) -> tuple[Download, ...]:
    return tuple(Download(offer.label, address + offer.suffix) for offer in DOCUMENTS[1:])


def _links(telling: Telling, sent: Offer) -> str:
    """Return the Link header of a document (RFC 8288): subject, other forms and licence."""
    alternates = [
        f'<{telling.address}{offer.suffix}>; rel="alternate"; type="{offer.media_type}"'
        for offer in DOCUMENTS
        if offer is not sent
    ]
    subject = quote(telling.iri, safe=":/#%")
    return ", ".join([f'<{subject}>; rel="describes"', *alternates, f'<{LICENSE}>; rel="license"'])

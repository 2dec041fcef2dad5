"""The commits: as JSON, as an Atom feed, and each one as a patch.

Sources: RFC 4287 (Atom); "RDF Patch" as Apache Jena defines it (`A` adds a quad, `D` deletes one).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from xml.etree import ElementTree as ET

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from neagraph.errors import NotAcceptableError, NotFoundError, UsageError
from neagraph.model import Changeset, Commit
from neagraph.service import Service
from neagraph.store.history import CommitLog
from neagraph.vocab import BASE
from neagraph.web.negotiation import Offer, negotiate
from neagraph.web.problems import accept_of
from neagraph.web.threads import StoreThreads
from neagraph.web.versions import number_of

MOST_COMMITS: Final = 500
"""How many commits one page lists."""
_COMMITS: Final = 50
_JSON: Final = Offer("json", "JSON", "application/json")
_ATOM: Final = Offer("atom", "Atom", "application/atom+xml")
_PATCH: Final = Offer("patch", "RDF Patch", "application/rdf-patch", ("text/plain",))
_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_BEFORE_ALL: Final = "1970-01-01T00:00:00Z"
_HEADERS: Final = {"Vary": "Accept", "Cache-Control": "public, no-cache"}


class History:
    """The addresses `/history…`.

    Args:
        service: Its log is told.
        threads: Where to wait for it.
        public_url: Where the service is reached from outside; empty to trust the Host header.
    """

    def __init__(self, service: Service, threads: StoreThreads, *, public_url: str = "") -> None:
        self._service = service
        self._threads = threads
        self._public_url = public_url.rstrip("/")

    async def commits(self, request: Request) -> Response:
        """List commits, latest first, or from `after` on, earliest first."""
        offer = _chosen(request, (_JSON, _ATOM))
        if offer is _ATOM:
            return await self.feed(request)
        limit = min(_number(request, "limit", _COMMITS), MOST_COMMITS)
        found = await self._threads.ask(self._page, _number(request, "after", -1), limit)
        return JSONResponse(found, headers=_HEADERS)

    async def feed(self, request: Request) -> Response:
        """Tell the latest commits as an Atom feed."""
        limit = min(_number(request, "limit", _COMMITS), MOST_COMMITS)
        commits = await self._threads.ask(self._log().latest, limit)
        site = self._public_url or str(request.base_url).rstrip("/")
        return Response(atom(commits, site), media_type=_ATOM.media_type, headers=_HEADERS)

    async def commit(self, request: Request, number: str) -> Response:
        """Tell one commit, with all that it changed."""
        offer = _chosen(request, (_JSON, _PATCH))
        commit = await self._threads.ask(self._log().commit, number_of(number, "number"))
        head = _told(commit)
        return _difference(commit.changeset, head, offer)

    async def diff(self, request: Request) -> Response:
        """Tell the net difference between two versions."""
        offer = _chosen(request, (_JSON, _PATCH))
        start, end = _number(request, "from"), _number(request, "to", self._service.version.number)
        changeset = await self._threads.ask(self._log().net, start, end)
        return _difference(changeset, {"from": start, "to": end}, offer)

    def _page(self, after: int, limit: int) -> dict[str, Any]:
        log = self._log()
        forwards = after >= 0
        commits = log.commits(after, limit) if forwards else log.latest(limit)
        page: dict[str, Any] = {
            "version": log.head().number,
            "first": log.first,
            "commits": [_told(commit) for commit in commits],
        }
        if forwards and commits and commits[-1].version.number < log.head().number:
            page["next"] = f"/history?after={commits[-1].version.number}&limit={limit}"
        return page

    def _log(self) -> CommitLog:
        log = self._service.log
        if log is None:
            raise NotFoundError(
                "No history is kept here.", hint="Start the service with a state folder: --state."
            )
        return log


def atom(commits: Sequence[Commit], site: str) -> bytes:
    """Return commits, latest first, as an Atom feed.

    Args:
        commits: What to tell.
        site: Where the service is reached, without a slash at the end.
    """
    feed = ET.Element("feed", xmlns=_NAMESPACE)
    _add(feed, "id", BASE + "history")
    _add(feed, "title", "neagraph: changes of the graph")
    _add(feed, "updated", commits[0].time if commits else _BEFORE_ALL)
    ET.SubElement(feed, "link", rel="self", href=f"{site}/history.atom")
    for commit in commits:
        feed.append(_entry(commit, site))
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(commit: Commit, site: str) -> ET.Element:
    version, changeset = commit.version, commit.changeset
    entry = ET.Element("entry")
    _add(entry, "id", f"{BASE}history/{version.etag}")
    _add(entry, "title", f"Version {version.number}: {commit.message or 'no message'}")
    _add(entry, "updated", commit.time)
    _add(ET.SubElement(entry, "author"), "name", commit.author)
    counts = f"{len(changeset.added):,} triples added, {len(changeset.removed):,} removed."
    _add(entry, "summary", counts)
    ET.SubElement(entry, "link", rel="alternate", href=f"{site}/history/{version.number}")
    return entry


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = "".join(c if c.isprintable() else " " for c in text)


def patch(changeset: Changeset) -> str:
    """Return a changeset as an RDF Patch: what is deleted, then what is added."""
    lines = [f"D {line}" for line in changeset.removed] + [f"A {line}" for line in changeset.added]
    return "\n".join(["TX .", *lines, "TC .", ""])


def _difference(changeset: Changeset, head: dict[str, Any], offer: Offer) -> Response:
    if offer is _PATCH:
        return Response(patch(changeset), media_type=_PATCH.media_type, headers=_HEADERS)
    changes = {"added": list(changeset.added), "removed": list(changeset.removed)}
    return JSONResponse(head | {"changes": changes}, headers=_HEADERS)


def _told(commit: Commit) -> dict[str, Any]:
    number = commit.version.number
    return {
        "version": number,
        "digest": commit.version.digest,
        "time": commit.time,
        "author": commit.author,
        "message": commit.message,
        "added": len(commit.changeset.added),
        "removed": len(commit.changeset.removed),
        "diff": f"/history/{number}",
    }


def _number(request: Request, name: str, default: int | None = None) -> int:
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise UsageError(
            f'The parameter "{name}" stands {len(values)} times.', hint="Send it once."
        )
    if values:
        return number_of(values[0], name)
    if default is None:
        raise UsageError(f'The parameter "{name}" is missing.', hint="Give a number of a version.")
    return default


def _chosen(request: Request, offers: tuple[Offer, ...]) -> Offer:
    """Return what the client takes; browsers, which take anything, get the first."""
    offer = negotiate(accept_of(request), offers)
    if offer is None:
        known = ", ".join(offer.media_type for offer in offers)
        raise NotAcceptableError(
            "None of the accepted media types can be produced.", hint=f"Accept one of {known}."
        )
    return offer

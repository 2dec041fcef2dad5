"""Two running services: one over a small dataset of known content, one over the project's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from neagraph.model import Limits
from neagraph.queries import load_catalogue
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import canonical, parse, read_file
from neagraph.rdf.terms import Quad
from neagraph.service import Service
from neagraph.settings import load_settings, project_root
from neagraph.store.process import ProcessStore, StoreSource
from neagraph.store.snapshot import Manifest, dataset_digest, write_snapshot

HERE = Path(__file__).parent
SECONDS = 20.0


class Markup(HTMLParser):
    """What stands in a page: elements with attributes, and the text inside each element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self._texts: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append((tag, []))

    def handle_endtag(self, tag):
        while self._open:
            name, text = self._open.pop()
            if name == tag:
                self._texts.append((tag, "".join(text)))
                return

    def handle_data(self, data):
        for _, text in self._open:
            text.append(data)

    def attributes(self, tag: str, name: str) -> list[str]:
        """The values of an attribute, in order."""
        return [attrs[name] or "" for t, attrs in self.elements if t == tag and name in attrs]

    def texts(self, tag: str) -> list[str]:
        """The texts of all elements of a kind, in order of their ends."""
        return [text.strip() for t, text in self._texts if t == tag]


@pytest.fixture(scope="session")
def markup() -> Callable[[str], Markup]:
    return Markup


def service_over(snapshot: Path) -> Service:
    store = ProcessStore(StoreSource(snapshot), workers=2)
    store.wait()
    catalogue = load_catalogue(project_root() / "queries")
    limits = Limits(seconds=SECONDS, answer_bytes=1_000_000)
    return Service(store, snapshot=snapshot, catalogue=catalogue, limits=limits)


@pytest.fixture(scope="session")
def quads() -> list[Quad]:
    path = HERE / "dataset.trig"
    return canonical(parse(read_file(path), graph_format_by_name("trig"), source=str(path)))


@pytest.fixture(scope="session")
def snapshot(quads, tmp_path_factory) -> Path:
    manifest = Manifest(
        digest=dataset_digest(quads),
        software={"neagraph": "0.0.0"},
        reasoner="rules",
        graphs=(),
        shapes=(),
        counts={"triples": len(quads), "asserted": len(quads) - 2, "entailed": 2, "statements": 0},
        warnings=0,
        infos=0,
    )
    return write_snapshot(tmp_path_factory.mktemp("state"), quads, manifest)


@pytest.fixture(scope="session")
def client(snapshot, serving) -> Iterator[httpx.Client]:
    settings = load_settings({}, timeout="20")
    with serving(service_over(snapshot), settings=settings) as client:
        yield client


@pytest.fixture(scope="session")
def whole(built, serving) -> Iterator[httpx.Client]:
    """A client of a service over the project's own files."""
    with serving(service_over(built.snapshot)) as client:
        yield client

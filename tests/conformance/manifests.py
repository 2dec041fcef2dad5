"""Reading the manifests of the W3C test suites.

A manifest lists its entries, or includes other manifests; each entry names an action (a query or
update with the data that it runs on) and a result. File names are IRIs under `BASE`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph

from neagraph.rdf.formats import TURTLE, graph_format_by_path
from neagraph.rdf.io import parse
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term

ROOT = Path(__file__).resolve().parents[2]
SUITES = Path(os.environ.get("NEAGRAPH_SHARED", ROOT.parent / "shared")) / "suites" / "w3c-sparql"
BASE = "https://w3c.github.io/rdf-tests/sparql/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"

Node = NamedNode | BlankNode
Resource = Term | None


class Graph:
    """The triples of a file, by subject and property."""

    def __init__(self, quads: list[Quad]) -> None:
        self._values: dict[tuple[Term, str], list[Term]] = {}
        self.subjects = list(dict.fromkeys(quad.subject for quad in quads))
        for quad in quads:
            self._values.setdefault((quad.subject, quad.predicate.value), []).append(quad.object)

    def all(self, subject: Resource, name: str) -> list[Term]:
        """The values of a property."""
        return [] if subject is None else self._values.get((subject, name), [])

    def one(self, subject: Resource, name: str) -> Resource:
        """The first value of a property; None if there is none."""
        return next(iter(self.all(subject, name)), None)

    def text(self, subject: Resource, name: str) -> str:
        """The first value as text; empty if there is none."""
        value = self.one(subject, name)
        return value.value if isinstance(value, (NamedNode, Literal)) else ""

    def list(self, head: Resource) -> Iterator[Term]:
        """The members of an RDF list."""
        while head is not None and head != NamedNode(RDF + "nil"):
            member = self.one(head, RDF + "first")
            if member is None:
                return
            yield member
            head = self.one(head, RDF + "rest")


@dataclass(frozen=True)
class Data:
    """A dataset: files of the default graph, and files with the names of their graphs."""

    default: tuple[Path, ...] = ()
    named: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True)
class Entry:
    """A test.

    Args:
        iri: Its IRI.
        kind: Local name of its class.
        folder: The folder of its manifest.
        action: The file of the query or update; None where the action is something else.
        data: What is there before.
        result: The file of the expected result.
        expected: What is there after an update.
        lax: Whether repeated solutions may be fewer.
        node: The node of its action, for tests that describe it in RDF.
        graph: The manifest.
    """

    iri: str
    kind: str
    folder: Path
    action: Path | None
    data: Data
    result: Path | None
    expected: Data
    lax: bool
    node: Resource
    graph: Graph

    @property
    def id(self) -> str:
        """Short form of its IRI: folder and local name."""
        return f"{self.folder.parent.name}/{self.folder.name}#{self.iri.split('#')[-1]}"


def iri_of(path: Path) -> str:
    """The IRI of a file of the suites."""
    return BASE + path.relative_to(SUITES).as_posix()


def path_of(term: Resource) -> Path | None:
    """The file of an IRI; None for anything else."""
    if not isinstance(term, NamedNode) or not term.value.startswith(BASE):
        return None
    return SUITES / term.value.removeprefix(BASE)


def read(path: Path) -> list[Quad]:
    """The triples of a file; none of an empty one."""
    fmt = graph_format_by_path(path)
    parsed = pyoxigraph.parse(
        path.read_bytes(), format=fmt.native, base_iri=iri_of(path), rename_blank_nodes=True
    )
    return list(parsed)


@cache
def entries(manifest: str) -> tuple[Entry, ...]:
    """The entries of a manifest, and of those that it includes; none where it is missing."""
    path = SUITES / manifest
    if not path.is_file():
        return ()
    graph = Graph(parse(path.read_bytes(), TURTLE, source=manifest, base=iri_of(path)))
    (top, *_) = [
        s for s in graph.subjects if NamedNode(MF + "Manifest") in graph.all(s, RDF + "type")
    ]
    included = [path_of(member) for member in graph.list(graph.one(top, MF + "include"))]
    own = [_entry(graph, node, path.parent) for node in graph.list(graph.one(top, MF + "entries"))]
    inner = [entries(p.relative_to(SUITES).as_posix()) for p in included if p is not None]
    return (*own, *(entry for group in inner for entry in group))


def _entry(graph: Graph, node: Term, folder: Path) -> Entry:
    action, result = graph.one(node, MF + "action"), graph.one(node, MF + "result")
    query = graph.one(action, QT + "query") or graph.one(action, UT + "request") or action
    return Entry(
        iri=str(node).strip("<>"),
        kind=graph.text(node, RDF + "type").removeprefix(MF),
        folder=folder,
        action=path_of(query),
        data=_data(graph, action),
        result=path_of(result),
        expected=_data(graph, result),
        lax=graph.text(node, MF + "resultCardinality") == MF + "LaxCardinality",
        node=action,
        graph=graph,
    )


def _data(graph: Graph, node: Resource) -> Data:
    default = [path_of(v) for name in (QT, UT) for v in graph.all(node, name + "data")]
    named = [v for name in (QT, UT) for v in graph.all(node, name + "graphData")]
    return Data(
        tuple(path for path in default if path is not None),
        tuple(_named(graph, value) for value in named),
    )


def _named(graph: Graph, value: Term) -> tuple[str, Path]:
    file = graph.one(value, UT + "graph") or value
    path = path_of(file)
    if path is None:
        raise ValueError(f"{value} names no file")
    return graph.text(value, RDFS + "label") or iri_of(path), path

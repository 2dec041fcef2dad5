"""The W3C SHACL suite through `POST /validate`: data and shapes as a form, the report as Turtle.

Reports are compared as graphs: conforms, and for each result focus node, path, value, source shape,
component and severity. Blank nodes stand for each other where they stand alike.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import canonical, parse
from neagraph.rdf.terms import BlankNode, NamedNode, Quad, Term

from .manifests import MF, RDF, ROOT, Graph

SUITE = Path(os.environ.get("NEAGRAPH_SHARED", ROOT.parent / "shared")) / "suites/w3c-shacl/tests"
BASE = "https://w3c.github.io/data-shapes/data-shapes-test-suite/tests/"
SHT = "http://www.w3.org/ns/shacl-test#"
SH = "http://www.w3.org/ns/shacl#"
COMPARED = ("focusNode", "value", "sourceShape", "sourceConstraintComponent", "resultSeverity")
DEVIATIONS: dict[str, str] = {}
"""Name of a test → why its report is another one."""


@dataclass(frozen=True)
class Case:
    """A test: the files of its graphs, and the file that tells its result."""

    name: str
    data: Path
    shapes: Path
    told: Path
    node: Term


def path_of(term: Term | None) -> Path:
    assert isinstance(term, NamedNode)
    return SUITE / term.value.removeprefix(BASE)


def read(path: Path) -> list[Quad]:
    base = BASE + path.relative_to(SUITE).as_posix()
    return parse(path.read_bytes(), TURTLE, source=str(path), base=base)


def cases(path: Path) -> Iterator[Case]:
    """The tests of a manifest, and of those that it includes."""
    if not path.is_file():
        return
    graph = Graph(read(path))
    for subject in graph.subjects:
        if NamedNode(MF + "Manifest") not in graph.all(subject, RDF + "type"):
            continue
        for included in graph.all(subject, MF + "include"):
            yield from cases(path_of(included))
        for head in graph.all(subject, MF + "entries"):
            for node in graph.list(head):
                action = graph.one(node, MF + "action")
                yield Case(
                    f"{path.parent.relative_to(SUITE)}/{str(node).strip('<>').rpartition('/')[2]}",
                    path_of(graph.one(action, SHT + "dataGraph")),
                    path_of(graph.one(action, SHT + "shapesGraph")),
                    path,
                    node,
                )


CASES = list(cases(SUITE / "manifest.ttl"))


def outline(graph: Graph, report: Term) -> list[Quad]:
    """The part of a report that is compared; blank nodes that it only names have no more to say."""
    quads = [
        Quad(report, NamedNode(SH + "conforms"), v) for v in graph.all(report, SH + "conforms")
    ]
    for result in graph.all(report, SH + "result"):
        quads.append(Quad(report, NamedNode(SH + "result"), result))
        for name in COMPARED:
            values = graph.all(result, SH + name)
            quads += [Quad(result, NamedNode(SH + name), value) for value in values]
        for path in graph.all(result, SH + "resultPath"):
            quads.append(Quad(result, NamedNode(SH + "resultPath"), path))
            quads += below(graph, path)
    return quads


def below(graph: Graph, node: Term) -> Iterable[Quad]:
    """All that is said of a blank node, and of those that it leads to."""
    if isinstance(node, BlankNode):
        for (subject, name), values in graph._values.items():
            if subject == node:
                for value in values:
                    yield Quad(node, NamedNode(name), value)
                    yield from below(graph, value)


def part(path: Path) -> tuple[str, bytes, str]:
    """A file as a part of a form; what is relative in it is resolved as in the suite."""
    base = f"@base <{BASE}{path.relative_to(SUITE).as_posix()}> .\n".encode()
    return path.name, base + path.read_bytes(), "text/turtle"


def test_the_suite_is_there():
    if not SUITE.is_dir():
        pytest.skip(f"{SUITE} is missing; name the folder with NEAGRAPH_SHARED")
    assert len(CASES) == 120


def marked(case: Case) -> object:
    reason = DEVIATIONS.get(case.name)
    marks = [] if reason is None else [pytest.mark.xfail(reason=reason)]
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_shacl_over_http(read_only: httpx.Client, case: Case):
    told = read_only.post(
        "/validate?max-results=100000",
        files=[("data", part(case.data)), ("shapes", part(case.shapes))],
        headers={"Accept": "text/turtle"},
    )
    graph = Graph(read(case.told))
    expected = graph.one(case.node, MF + "result")
    if expected == NamedNode(SHT + "Failure"):
        assert told.status_code == 422
        return
    assert told.status_code == 200, told.text
    ours = Graph(parse(told.content, TURTLE, source="report"))
    (report,) = [s for s in ours.subjects if ours.all(s, SH + "conforms")]
    assert expected is not None
    assert show(outline(ours, report)) == show(outline(graph, expected))


def show(quads: list[Quad]) -> list[str]:
    """The quads in canonical form, as text."""
    return [str(quad) for quad in canonical(quads)]

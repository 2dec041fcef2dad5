"""The W3C test suite of SHACL: whole reports of the compiled shapes and of the referee."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal as OneOf

import pytest

from neagraph.errors import ShapesError
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple
from neagraph.validation.index import TripleIndex
from neagraph.validation.paths import show_path
from neagraph.validation.report import ValidationReport, ValidationResult
from neagraph.validation.report_graph import from_graph
from neagraph.validation.validator import validate
from neagraph.vocab import SH

ROOT = Path(__file__).resolve().parents[2]
SUITE = Path(os.environ.get("NEAGRAPH_SHARED", ROOT.parent / "shared")) / "suites/w3c-shacl/tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
FAILURE = NamedNode(SHT + "Failure")

BY_COMPILED: dict[str, str] = {}
"""Tests that the compiled shapes fail, with the reason."""
BY_REFEREE = {
    "core/property/uniqueLang-002": 'pyshacl takes "1"^^xsd:boolean for the term true',
    "sparql/node/prefixes-001": "pyshacl finds one prefix in the table of the parsed file alone",
    "sparql/pre-binding/shapesGraph-001": "pyshacl does not know $shapesGraph",
}
"""Tests that pyshacl fails, with the reason."""


@dataclass(frozen=True)
class Case:
    """A test.

    Args:
        name: Its folders and name.
        described: The triples of the file that describes it.
        data: The file with the data.
        shapes: The file with the shapes.
        result: Its `mf:result`.
    """

    name: str
    described: list[Triple]
    data: Path
    shapes: Path
    result: Term


def read(path: Path) -> list[Triple]:
    return triples_of(parse(path.read_bytes(), TURTLE, source=path.name, base=path.as_uri()))


def file_of(term: Term | None) -> Path:
    assert isinstance(term, NamedNode)
    return Path(term.value.removeprefix("file://"))


def cases(manifest: Path) -> Iterator[Case]:
    """Yield the tests of a manifest and of those that it includes, in order."""
    described = read(manifest)
    index = TripleIndex(described)
    node = NamedNode(manifest.as_uri())
    for included in index.values(node, NamedNode(MF + "include")):
        yield from cases(file_of(included))
    for entries in index.values(node, NamedNode(MF + "entries")):
        for entry in index.members(entries):
            yield case(manifest, described, entry)


def case(manifest: Path, described: list[Triple], entry: Term) -> Case:
    index = TripleIndex(described)
    action = index.value(entry, NamedNode(MF + "action"))
    result = index.value(entry, NamedNode(MF + "result"))
    assert action is not None
    assert result is not None
    return Case(
        name=manifest.relative_to(SUITE).with_suffix("").as_posix(),
        described=described,
        data=file_of(index.value(action, NamedNode(SHT + "dataGraph"))),
        shapes=file_of(index.value(action, NamedNode(SHT + "shapesGraph"))),
        result=result,
    )


def parameters(failing: dict[str, str]) -> list[object]:
    if not SUITE.is_dir():
        skip = pytest.mark.skip(reason=f"{SUITE} is missing; name its folder with NEAGRAPH_SHARED")
        return [pytest.param(None, marks=skip)]
    return [
        pytest.param(
            one,
            id=one.name,
            marks=[pytest.mark.xfail(reason=failing[one.name])] if one.name in failing else [],
        )
        for one in cases(SUITE / "manifest.ttl")
    ]


def key(result: ValidationResult) -> tuple[str, ...]:
    """Return what the suite compares; blank nodes are alike."""
    parts = (
        result.focus_node,
        result.value,
        result.source_shape,
        result.source_constraint,
        result.constraint_component,
        result.severity,
    )
    shown = ["_" if isinstance(part, BlankNode) else str(part) for part in parts]
    return (*shown, "" if result.path is None else show_path(result.path))


def expected(one: Case) -> ValidationReport:
    result = NamedNode(SH + "result")
    triples = [t for t in one.described if t.predicate != result or t.subject == one.result]
    return from_graph(triples, [])


def check(one: Case, engine: OneOf["compiled", "pyshacl"]) -> None:
    data, shapes = read(one.data), read(one.shapes)
    if one.result == FAILURE:
        with pytest.raises(ShapesError):
            validate(data, shapes=shapes, engine=engine)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdflib warns of ill-formed booleans
        found = validate(data, shapes=shapes, engine=engine)
    wanted = expected(one)
    assert sorted(map(key, found.results)) == sorted(map(key, wanted.results))
    assert found.conforms == wanted.conforms
    if any(result.message for result in wanted.results):
        told = {result.message for result in wanted.results}
        assert {result.message for result in found.results} == told


@pytest.mark.parametrize("one", parameters(BY_COMPILED))
def test_compiled(one):
    check(one, "compiled")


@pytest.mark.parametrize("one", parameters(BY_REFEREE))
def test_referee(one):
    check(one, "pyshacl")


@pytest.mark.skipif(not SUITE.is_dir(), reason=f"{SUITE} is missing")
def test_the_whole_suite_is_read():
    names = [one.name for one in cases(SUITE / "manifest.ttl")]
    assert len(names) == 120
    assert {*BY_COMPILED, *BY_REFEREE} <= set(names)

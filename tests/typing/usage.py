"""How the Python face is used, for type checkers: `mypy` has nothing to say about this file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import assert_type

import rdflib

import neagraph
from neagraph import Graph, KnowledgeGraph, Row, Rows
from neagraph.model import Commit, Version
from neagraph.rdf.terms import NamedNode, Term, Triple
from neagraph.validation.report import ValidationReport


def rows() -> None:
    with neagraph.open() as graph:
        assert_type(graph, KnowledgeGraph)
        answer = graph.query("commitment-status", asOf=date(2023, 1, 1), timeout=5)
        assert_type(answer, Rows | Graph | bool)
        if isinstance(answer, Rows):
            assert_type(answer.variables, tuple[str, ...])
            assert_type(answer[0], Row)
            assert_type(answer[1:], tuple[Row, ...])
            for row in answer:
                assert_type(row.status, Term | None)
                assert_type(row[0], Term | None)
            answer.to_pandas()


def triples(graph: KnowledgeGraph) -> None:
    answer = graph.query("CONSTRUCT WHERE { ?s ?p ?o }", scope="asserted")
    if isinstance(answer, Graph):
        for triple in answer | graph.describe("state/mongolia"):
            assert_type(triple, Triple)
        assert_type(answer.to_text("jsonld"), str)
        assert_type(answer.to_rdflib(), rdflib.Graph)


def others(folder: Path) -> None:
    graph = neagraph.open(folder)
    graph.query("evidence-of-a-commitment", commitment=NamedNode("urn:x"))
    assert_type(graph.validate(folder / "data.ttl"), ValidationReport)
    assert_type(graph.history(), tuple[Commit, ...])
    assert_type(graph.version, Version)
    graph.close()


def mistakes(graph: KnowledgeGraph) -> None:
    neagraph.open(["state"])  # type: ignore[arg-type]
    graph.query()  # type: ignore[call-arg]
    graph.query("cq1", asOf=[2023])  # type: ignore[arg-type]
    neagraph.opne()  # type: ignore[attr-defined]

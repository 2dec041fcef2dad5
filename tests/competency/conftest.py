"""The project's own files as datasets that queries run on, each made once for the whole run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from neagraph.build import BuildReport
from neagraph.entailment.closure import entail
from neagraph.model import QueryRequest
from neagraph.queries import Catalogue, load_catalogue
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import in_graph
from neagraph.rdf.terms import Quad
from neagraph.sources import read_sources
from neagraph.store.snapshot import load_dataset
from neagraph.vocab import GRAPH_ENTAILED, ID

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ROOT / "queries"

Row = list[str]
Ask = Callable[[Engine, str], list[Row]]


def closed(quads: list[Quad]) -> list[Quad]:
    """The quads, and what they entail in the graph of entailed triples."""
    entailed = [Quad(t.subject, t.predicate, t.object) for t in entail(quads).triples]
    return [*quads, *in_graph(entailed, GRAPH_ENTAILED)]


@pytest.fixture(scope="session")
def asserted() -> list[Quad]:
    """What the project's files say."""
    return read_sources(ROOT).quads()


@pytest.fixture(scope="session")
def dataset(built: BuildReport) -> list[Quad]:
    """The whole dataset of the built snapshot, entailed triples included."""
    return load_dataset(built.snapshot)


@pytest.fixture(scope="session")
def built_engine(dataset: list[Quad]) -> Engine:
    """The whole dataset, as the service asks it."""
    return Engine.of_dataset(dataset)


@pytest.fixture(scope="session")
def asserted_engine(asserted: list[Quad]) -> Engine:
    """The dataset without entailed triples."""
    return Engine.of_dataset(asserted)


@pytest.fixture(scope="session")
def report_engine(asserted: list[Quad]) -> Engine:
    """The dataset as it would be without reference data, with what follows from the rest."""
    reference = f"<{ID}graph/reference/"
    kept = [quad for quad in asserted if not str(quad.graph_name).startswith(reference)]
    return Engine.of_dataset(closed(kept))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """All named queries."""
    return load_catalogue(QUERIES)


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Ask a SELECT query; the rows of its SPARQL 1.1 CSV results, the first one the variables."""

    def rows(engine: Engine, text: str) -> list[Row]:
        answer = engine.answer(QueryRequest(text, results_format="csv"))
        return list(csv.reader(io.StringIO(answer.body.decode())))

    return rows

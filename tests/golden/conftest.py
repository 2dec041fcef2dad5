"""Fixtures of the golden tests, and one run of a test for each entry of the hand annotation.

Annotation and report text lie outside the project, in the folder that `NEAGRAPH_SHARED` names
(default: `../shared` seen from the project's root); tests are skipped where they are missing.
"""

from pathlib import Path

import pyoxigraph
import pytest
import yaml

from .annotation import GOLD, ROOT, TEXT, Entry, Facts, annotation, entries, table, triples

PER_ENTRY = {
    "gold_paragraph",
    "gold_statement",
    "gold_commitment",
    "gold_entity",
    "gold_contribution",
}


def missing(path: Path) -> str:
    """Why a test is skipped, and what to set."""
    return f"{path.name} not found: set NEAGRAPH_SHARED to the shared folder"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each entry, named by it; without the annotation, skip it once."""
    gold = annotation()
    for name in PER_ENTRY & set(metafunc.fixturenames):
        if gold is None:
            skip = pytest.mark.skip(reason=missing(GOLD))
            metafunc.parametrize(name, [pytest.param(None, marks=skip, id="annotation-missing")])
        else:
            params = [pytest.param(entry, id=key) for key, entry in entries(gold, name)]
            metafunc.parametrize(name, params)


@pytest.fixture(scope="session")
def gold() -> Entry:
    """The hand annotation of the SOM-24 report."""
    found = annotation()
    if found is None:
        pytest.skip(missing(GOLD))
    return found


@pytest.fixture(scope="session")
def report_bytes() -> bytes:
    """The report text as stored."""
    if not TEXT.is_file():
        pytest.skip(missing(TEXT))
    return TEXT.read_bytes()


@pytest.fixture(scope="session")
def report_text(report_bytes: bytes) -> str:
    """The report text, decoded: what offsets count in."""
    return report_bytes.decode("utf-8")


@pytest.fixture(scope="session")
def report_triples() -> list[pyoxigraph.Quad]:
    """The triples of the SOM-24 report graph."""
    return triples([ROOT / "data" / "reports" / "neaspec-som-24.ttl"])


@pytest.fixture(scope="session")
def report(report_triples: list[pyoxigraph.Quad]) -> Facts:
    """The facts of the SOM-24 report graph."""
    return table(report_triples)


@pytest.fixture(scope="session")
def reference_files() -> list[Path]:
    """The reference files."""
    return sorted((ROOT / "data" / "reference").glob("*.ttl"))


@pytest.fixture(scope="session")
def reference(reference_files: list[Path]) -> Facts:
    """The facts of all reference files together."""
    return table(triples(reference_files))


@pytest.fixture(scope="session")
def terms() -> Facts:
    """The facts of ontology modules and vocabularies."""
    ontology = ROOT / "ontology"
    return table(triples([*ontology.glob("modules/*.ttl"), *ontology.glob("vocab/*.ttl")]))


@pytest.fixture(scope="session")
def tables() -> Entry:
    """What the SOM-24 graph says beyond the annotation, or otherwise than it."""
    path = Path(__file__).with_name("som24_tables.yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))

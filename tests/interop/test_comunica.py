"""Comunica, the query engine of the web, finds out what the service is and queries it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PACKAGE = {
    "dependencies": {"@comunica/query-sparql": "^5.3.0"},
    "overrides": {"undici": "7.5.0"},  # later ones need a later Node.js than Debian's
}
NEA = "https://w3id.org/neagraph/ontology#"
STATES = f"SELECT ?state {{ ?state a <{NEA}State> }} ORDER BY ?state"


@pytest.fixture(scope="module")
def comunica(installed) -> Path:
    """The program, installed into a folder of its own."""
    return installed(PACKAGE) / ".bin" / "comunica-sparql"


def ask(program: Path, source: str, query: str, *options: str) -> str:
    done = subprocess.run(
        [program, source, query, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("prefix", ["", "sparql@"], ids=["found out", "told"])
def test_select_gives_the_same_rows_as_the_service(comunica, address, prefix) -> None:
    rows = json.loads(ask(comunica, f"{prefix}{address}/sparql", STATES))
    states = [row["state"] for row in rows]
    assert "https://w3id.org/neagraph/id/state/mongolia" in states
    assert states == sorted(states)


def test_a_part_that_the_service_cannot_know_is_joined_by_the_client(comunica, address) -> None:
    query = f"SELECT * {{ VALUES ?state {{ <urn:x> }} OPTIONAL {{ ?state a <{NEA}State> }} }}"
    assert json.loads(ask(comunica, f"{address}/sparql", query)) == [{"state": "urn:x"}]


def test_construct_gives_triples(comunica, address) -> None:
    query = f"CONSTRUCT WHERE {{ ?state a <{NEA}State> }}"
    triples = ask(comunica, f"{address}/sparql", query, "-t", "application/n-triples")
    assert "<https://w3id.org/neagraph/id/state/mongolia>" in triples

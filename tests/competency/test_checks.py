"""The project's data keep every rule of `queries/checks`, and each check finds what breaks it.

Beside each check stands a small broken dataset of the same name; its first line names the records
that the check has to find.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from neagraph.queries import load_checks
from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import parse, read_file
from neagraph.vocab import GRAPH_ONTOLOGY, GRAPH_VOCAB, path_of

BROKEN = Path(__file__).parent / "broken"
CHECKS = {check.name: check for check in load_checks(Path(__file__).parents[2] / "queries")}
FINDS = "# Finds: "


def test_every_check_has_a_broken_dataset() -> None:
    assert sorted(path.stem for path in BROKEN.glob("*.trig")) == sorted(CHECKS)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_the_data_keep_the_rule(name, built_engine, ask) -> None:
    assert ask(built_engine, CHECKS[name].text) == [["record", "message"]]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_the_check_finds_what_breaks_its_rule(name, asserted, ask) -> None:
    terms = {f"<{GRAPH_ONTOLOGY}>", f"<{GRAPH_VOCAB}>"}
    known = [quad for quad in asserted if str(quad.graph_name) in terms]
    source = BROKEN / f"{name}.trig"
    data = read_file(source)
    broken = parse(data, graph_format_by_name("trig"), source=source.name)
    found = ask(Engine.of_dataset([*known, *broken]), CHECKS[name].text)[1:]
    first = data.decode().splitlines()[0]
    assert first.startswith(FINDS)
    assert {path_of(record) or record for record, _ in found} == set(
        first.removeprefix(FINDS).split(", ")
    )
    assert all(message.endswith(".") for _, message in found)

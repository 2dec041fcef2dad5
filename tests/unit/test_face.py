"""The Python face: what opening the graph gives, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.samples import WRONG

import neagraph
from neagraph.errors import (
    FormatError,
    NotFoundError,
    QueryError,
    QueryTimeoutError,
    SnapshotError,
    UnreadableError,
    UsageError,
)
from neagraph.face import Graph, KnowledgeGraph, Rows
from neagraph.model import Changeset
from neagraph.rdf.terms import Literal, NamedNode, Triple
from neagraph.settings import project_root
from neagraph.store import history, snapshot
from neagraph.store.digest import changed
from neagraph.vocab import thing

STATEMENTS = (
    "PREFIX nea: <https://w3id.org/neagraph/ontology#> SELECT ?statement { ?statement a nea:Act }"
)
TEN = "{1 2 3 4 5 6 7 8 9 0}"
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"VALUES ?v{i} {TEN}" for i in range(12)) + "}"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def graph(state: Path) -> Iterator[KnowledgeGraph]:
    with neagraph.open(state) as graph:
        yield graph


def rows_of(graph: KnowledgeGraph, text: str) -> Rows:
    rows = graph.query(text)
    assert isinstance(rows, Rows)
    return rows


# ---- Opening -------------------------------------------------------------------------------------


def test_open_builds_the_default_folder_where_it_is_empty(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NEAGRAPH_STATE", str(tmp_path / "state"))
    with neagraph.open() as graph:
        assert graph.query("ASK { ?s ?p ?o }") is True
    assert snapshot.current_snapshot(tmp_path / "state") is not None


def test_open_takes_the_default_folder_as_it_is_where_it_is_current(state, monkeypatch) -> None:
    before = snapshot.current_snapshot(state)
    monkeypatch.setenv("NEAGRAPH_STATE", str(state))
    with neagraph.open() as graph:
        assert graph.query("ASK { ?s ?p ?o }") is True
    assert snapshot.current_snapshot(state) == before


def test_open_refuses_a_folder_without_a_snapshot(tmp_path) -> None:
    with pytest.raises(SnapshotError, match="no snapshot") as caught:
        neagraph.open(tmp_path)
    assert "neagraph build" in caught.value.hint


def test_open_refuses_a_damaged_snapshot(built, tmp_path) -> None:
    folder = snapshot.write_snapshot(tmp_path, [], built.manifest)
    (folder / snapshot.DATASET).write_bytes(b"")
    with pytest.raises(SnapshotError):
        neagraph.open(tmp_path)


def test_a_closed_graph_cannot_be_asked(state) -> None:
    graph = neagraph.open(state)
    graph.close()
    with pytest.raises(neagraph.errors.NeagraphError):
        graph.query("ASK {}")


def test_the_command_line_starts_without_the_face() -> None:
    code = "import sys, neagraph, neagraph.cli; sys.exit('neagraph.face' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_package_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError, match="opne"):
        neagraph.opne  # noqa: B018


# ---- Queries -------------------------------------------------------------------------------------


def test_select_gives_rows_with_a_field_for_each_variable(graph) -> None:
    rows = rows_of(graph, "SELECT (1 AS ?one) ?none (<urn:x> AS ?iri) { }")
    assert rows.variables == ("one", "none", "iri")
    assert (rows[0].one, rows[0].none, rows[0].iri) == (Literal(1), None, NamedNode("urn:x"))
    assert rows[0] == (Literal(1), None, NamedNode("urn:x"))


def test_rows_are_a_sequence(graph) -> None:
    rows = rows_of(graph, "SELECT ?n { VALUES ?n { 3 1 2 } }")
    assert len(rows) == 3
    assert [row.n.value for row in rows] == ["3", "1", "2"]
    assert rows[1:] == (rows[1], rows[2])
    assert rows[1] in rows
    assert repr(rows) == "<3 rows of n>"


@pytest.mark.parametrize(
    ("variable", "field"),
    [("class", "class_"), ("2x", "v2x"), ("_x", "v_x"), ("count", "count"), ("été", "été")],
)
def test_a_variable_that_is_no_python_name_gets_one(graph, variable, field) -> None:
    rows = rows_of(graph, f"SELECT (1 AS ?{variable}) {{ }}")
    assert getattr(rows[0], field) == Literal(1)
    assert rows.variables == (variable,)


def test_two_variables_never_share_a_field(graph) -> None:
    (row,) = rows_of(graph, "SELECT (1 AS ?class) (2 AS ?class_) { }")
    assert row == (Literal(1), Literal(2))
    assert row.class__ == Literal(2)


def test_ask_gives_a_bool(graph) -> None:
    assert graph.query("ASK { ?s ?p ?o }") is True
    assert graph.query("ASK { ?s <urn:nothing> ?o }") is False


def test_construct_gives_triples_each_once(graph) -> None:
    found = graph.query("CONSTRUCT { <urn:s> <urn:p> 1, 1 . <urn:s> <urn:p> 2 } WHERE { }")
    triple = Triple(NamedNode("urn:s"), NamedNode("urn:p"), Literal(1))
    assert isinstance(found, Graph)
    assert len(found) == 2
    assert triple in found
    assert found & {triple} == {triple}
    assert found.to_text("ntriples").splitlines()[0].startswith("<urn:s> <urn:p> ")
    assert len(found.to_rdflib()) == 2


def test_a_construct_without_solutions_gives_no_triples(graph) -> None:
    assert len(graph.query("CONSTRUCT WHERE { ?s <urn:nothing> ?o }")) == 0


def test_a_name_asks_the_catalogue(graph) -> None:
    sums = rows_of(graph, "cq5")
    assert sums[0].total.value == "290712"


@pytest.mark.parametrize("value", ["2023-01-01", date(2023, 1, 1)])
def test_parameters_are_texts_or_values(graph, value) -> None:
    rows = graph.query("commitment-status", asOf=value)
    assert [row.status.value for row in rows].count("past-due-no-evidence") == 6


def test_an_iri_parameter_takes_a_term_or_a_path(graph) -> None:
    term = NamedNode(thing("commitment/neaspec-som-24/c04"))
    by_term = graph.query("evidence-of-a-commitment", commitment=term)
    by_path = graph.query("evidence-of-a-commitment", commitment="commitment/neaspec-som-24/c04")
    assert list(by_term) == list(by_path) != []


def test_scope_asserted_leaves_entailed_triples_out(graph) -> None:
    text = "SELECT * { ?s ?p ?o }"
    assert len(graph.query(text, scope="asserted")) < len(graph.query(text))


def test_the_graph_is_asked_from_many_threads(graph) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: rows_of(graph, f"SELECT ({n} AS ?n) {{ }}"), range(40)))
    assert [rows[0].n.value for rows in answers] == [str(n) for n in range(40)]


def test_a_query_ends_at_its_deadline_and_the_next_one_is_answered(graph) -> None:
    with pytest.raises(QueryTimeoutError, match=r"0\.3 s"):
        graph.query(ENDLESS, timeout=0.3)
    assert graph.query("ASK { }") is True


# ---- Bad input -----------------------------------------------------------------------------------


def test_a_query_with_a_syntax_error_tells_the_place(graph) -> None:
    with pytest.raises(QueryError) as caught:
        graph.query("SELECT * {\n ?s ?p }")
    assert caught.value.line == 2


def test_an_unknown_name_tells_the_nearest_one(graph) -> None:
    with pytest.raises(NotFoundError) as caught:
        graph.query("commitment-statos")
    assert "commitment-status" in caught.value.hint


def test_an_unknown_parameter_is_refused(graph) -> None:
    with pytest.raises(UsageError, match="date"):
        graph.query("commitment-status", date="2023-01-01")


def test_a_parameter_of_another_datatype_is_refused(graph) -> None:
    with pytest.raises(UsageError, match="next year"):
        graph.query("commitment-status", asOf="next year")


def test_parameters_do_not_go_with_a_query_of_ones_own(graph) -> None:
    with pytest.raises(UsageError, match="asOf"):
        graph.query("ASK { }", asOf="2023-01-01")


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_a_timeout_that_is_none_is_refused(graph, timeout) -> None:
    with pytest.raises(UsageError, match="timeout"):
        graph.query("ASK { }", timeout=timeout)


def test_an_unknown_scope_is_refused(graph) -> None:
    with pytest.raises(UsageError, match="everything") as caught:
        graph.query("ASK { }", scope="everything")
    assert "asserted" in caught.value.hint


def test_an_unknown_format_is_refused(graph) -> None:
    with pytest.raises(FormatError, match="docx"):
        graph.describe("state/mongolia").to_text("docx")


# ---- Things, files, history ----------------------------------------------------------------------


def test_describe_takes_a_path_or_an_iri(graph) -> None:
    by_path = graph.describe("state/mongolia")
    assert NamedNode(thing("state/mongolia")) in {triple.subject for triple in by_path}
    assert by_path == graph.describe(thing("state/mongolia"))


def test_describe_refuses_what_the_graph_does_not_know(graph) -> None:
    with pytest.raises(NotFoundError, match="says nothing"):
        graph.describe("state/atlantis")


def test_validate_accepts_the_project_s_own_data(graph) -> None:
    report = graph.validate(project_root() / "data" / "reports" / "neaspec-som-24.ttl")
    assert report.accepted


def test_validate_tells_what_is_wrong(graph, tmp_path) -> None:
    path = tmp_path / "wrong.ttl"
    path.write_text(
        "<https://w3id.org/neagraph/id/statement/x/p1-s1> a"
        " <https://w3id.org/neagraph/ontology#Adoption> ."
    )
    report = graph.validate(path)
    assert not report.accepted
    assert report.violations


def test_validate_tells_where_it_stands_and_what_was_meant(graph, tmp_path) -> None:
    path = tmp_path / "wrong.ttl"
    path.write_text(WRONG)
    (result,) = graph.validate(str(path)).results
    assert str(result.place) == f"{path}:5:3"
    assert result.suggestion == "you wrote rdfs:lable; did you mean rdfs:label?"


def test_validate_refuses_a_file_that_is_not_there(graph, tmp_path) -> None:
    with pytest.raises(UnreadableError):
        graph.validate(tmp_path / "missing.ttl")


def test_the_version_is_that_of_the_first_snapshot(graph) -> None:
    assert graph.version.number == 0
    assert len(graph.version.digest) == 64


def test_there_is_no_history_where_nothing_was_written(built, tmp_path) -> None:
    snapshot.write_snapshot(tmp_path, snapshot.load_dataset(built.snapshot), built.manifest)
    with neagraph.open(tmp_path) as graph:
        assert graph.history() == ()


def test_history_tells_the_commits_that_led_to_the_open_version(built, tmp_path) -> None:
    folder = snapshot.write_snapshot(
        tmp_path, snapshot.load_dataset(built.snapshot), built.manifest
    )
    with neagraph.open(tmp_path) as graph:
        first = graph.version
    changes = Changeset(("<urn:s> <urn:p> <urn:o> <urn:g> .",))
    with history.CommitLog.create(tmp_path / history.FILE, history.Base(folder.name, first)) as log:
        commit = log.append(
            changes,
            author="ada",
            message="a first word",
            digest=changed(first.digest, changes),
            time=datetime.now(UTC),
        )
    with neagraph.open(tmp_path) as graph:
        assert graph.history() == (commit,)
        assert graph.version == commit.version
        assert graph.query("ASK { <urn:s> <urn:p> <urn:o> }") is True


# ---- Data frames ---------------------------------------------------------------------------------


def test_a_data_frame_has_python_values_under_the_variables_own_names(graph) -> None:
    pytest.importorskip("pandas")
    rows = rows_of(
        graph,
        f'SELECT (1 AS ?class) (2.5 AS ?_x) (true AS ?b) ("2020-10-06"^^<{XSD}date> AS ?d) '
        f'("2020-10-06T09:00:00Z"^^<{XSD}dateTime> AS ?t) ("x"@en AS ?s) (<urn:x> AS ?i) ?none '
        "{ }",
    )
    frame = rows.to_pandas()
    assert list(frame.columns) == ["class", "_x", "b", "d", "t", "s", "i", "none"]
    (values,) = frame.astype(object).itertuples(index=False, name=None)
    moment = datetime(2020, 10, 6, 9, tzinfo=UTC)
    assert values[:7] == (1, 2.5, True, date(2020, 10, 6), moment, "x", "urn:x")
    assert frame["none"].isna().all()


def test_a_data_frame_keeps_the_text_of_a_literal_that_is_not_of_its_datatype(graph) -> None:
    pytest.importorskip("pandas")
    rows = rows_of(graph, f'SELECT ("soon"^^<{XSD}date> AS ?d) ("?"^^<{XSD}boolean> AS ?b) {{ }}')
    assert rows.to_pandas().to_dict("records") == [{"d": "soon", "b": "?"}]


def test_a_data_frame_without_pandas_says_how_to_install_it(graph, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError) as caught:
        rows_of(graph, "SELECT (1 AS ?n) { }").to_pandas()
    assert "[pandas]" in caught.value.hint

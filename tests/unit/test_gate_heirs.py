"""Writes one after the other in a store process: the child that tried the last one tries the next.

What it must never do is to show anything but what has been committed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from neagraph.build import BuildReport
from neagraph.errors import NotConformingError, QueryTimeoutError
from neagraph.model import Changeset, Limits, QueryRequest, Scope, Write, WriteKind
from neagraph.rdf.results import Table, read_results
from neagraph.store.process import ProcessStore, StoreSource
from neagraph.vocab import GRAPH_ENTAILED, ID

GRAPH = ID + "graph/report/heirs"
PREFIXES = """
PREFIX nea: <https://w3id.org/neagraph/ontology#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX a: <urn:a:>
"""
PUT, POST, DELETE = WriteKind.PUT, WriteKind.POST, WriteKind.DELETE
PATIENT = Limits(seconds=60)


@pytest.fixture
def store(built: BuildReport) -> Iterator[ProcessStore]:
    store = ProcessStore(StoreSource(built.snapshot), workers=1)
    store.wait()
    yield store
    store.close()


def insert(text: str, graph: str = GRAPH) -> Write:
    return Write(WriteKind.UPDATE, f"{PREFIXES} INSERT DATA {{ GRAPH <{graph}> {{ {text} }} }}")


def commit(store: ProcessStore, write: Write) -> Changeset:
    changeset = store.trial(write, PATIENT)
    store.apply(changeset)
    return changeset


def objects(store: ProcessStore, subject: str, *, scope: Scope = Scope.ALL) -> list[str]:
    request = QueryRequest(f"SELECT ?o {{ <{subject}> ?p ?o }} ORDER BY ?o", scope=scope)
    table = read_results(store.answer(request, PATIENT).body)
    assert isinstance(table, Table)
    return [str(row[0]) for row in table.rows]


def children(store: ProcessStore) -> set[int]:
    with open(f"/proc/{store.pid}/task/{store.pid}/children") as file:  # noqa: PTH123
        return set(map(int, file.read().split()))


def test_each_write_is_tried_on_what_the_one_before_it_has_left(store: ProcessStore) -> None:
    for number in range(4):
        commit(store, insert(f"a:x a:p {number}"))
    assert not store.trial(insert("a:x a:p 2"), PATIENT)
    replaced = store.trial(
        Write(PUT, bodies=((b"<urn:a:x> <urn:a:p> 7 .", "turtle"),), graph=GRAPH), PATIENT
    )
    assert len(replaced.removed) == 4


def test_what_was_tried_and_not_committed_is_not_there(store: ProcessStore) -> None:
    commit(store, insert("a:x a:p 1"))
    store.trial(insert("a:x a:p 2"), PATIENT)
    assert len(store.trial(insert("a:x a:p 2"), PATIENT).added) == 1
    assert len(objects(store, "urn:a:x")) == 1


def test_refused_write_leaves_nothing_behind(store: ProcessStore) -> None:
    commit(store, insert("a:x a:p 1"))
    with pytest.raises(NotConformingError):
        store.trial(insert("a:x a nea:Commitment"), PATIENT)
    assert len(commit(store, insert("a:x a:p 2")).added) == 1
    assert len(objects(store, "urn:a:x")) == 2


def test_question_right_after_a_commit_sees_it_in_either_scope(store: ProcessStore) -> None:
    entailed = commit(store, insert("a:x nea:hasObject a:y")).added
    assert any(GRAPH_ENTAILED in line for line in entailed)
    assert objects(store, "urn:a:y")
    assert objects(store, "urn:a:y", scope=Scope.ASSERTED) == []
    commit(store, Write(DELETE, graph=GRAPH))
    assert objects(store, "urn:a:y") == []


def test_new_axioms_hold_for_the_next_write(store: ProcessStore) -> None:
    commit(store, insert("a:x a:p 1"))
    commit(store, insert("a:p rdfs:subPropertyOf a:q"))
    assert any("<urn:a:q>" in line for line in commit(store, insert("a:x a:p 2")).added)
    commit(store, insert("a:C rdfs:subClassOf nea:Commitment"))
    with pytest.raises(NotConformingError):
        store.trial(insert("a:z a a:C"), PATIENT)


def test_warm_child_that_is_killed_is_replaced(store: ProcessStore) -> None:
    commit(store, insert("a:x a:p 1"))
    endless = " ".join(f"VALUES ?v{n} {{ 1 2 3 4 5 6 7 8 9 0 }}" for n in range(12))
    with pytest.raises(QueryTimeoutError):
        store.answer(QueryRequest(f"SELECT (COUNT(*) AS ?n) {{ {endless} }}"), Limits(seconds=0.5))
    assert len(commit(store, insert("a:x a:p 2")).added) == 1
    assert len(objects(store, "urn:a:x")) == 2


def test_deleted_graph_is_gone_for_the_next_write(store: ProcessStore) -> None:
    commit(store, insert("a:x a:p 1"))
    commit(store, Write(DELETE, graph=GRAPH))
    graph = QueryRequest(f"ASK {{ GRAPH <{GRAPH}> {{ }} }}")
    assert read_results(store.answer(graph, PATIENT).body) is False
    assert len(commit(store, insert("a:x a:p 1")).added) == 1


def test_children_do_not_pile_up(store: ProcessStore) -> None:
    for number in range(6):
        commit(store, insert(f"a:x a:p {number}"))
        objects(store, "urn:a:x")
    assert len(children(store)) <= 6

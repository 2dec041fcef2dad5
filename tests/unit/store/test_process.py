"""The store process and its client."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from neagraph.errors import QueryError, QueryTimeoutError, SnapshotError, WorkerError
from neagraph.model import Limits, QueryRequest, Scope
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import canonical, in_graph, parse
from neagraph.rdf.results import read_results
from neagraph.store import snapshot
from neagraph.store.messages import request_from_json, request_to_json
from neagraph.store.process import ProcessStore
from neagraph.vocab import GRAPH_ENTAILED

ALL = "SELECT ?o { ?s ?p ?o }"
TEN = "{1 2 3 4 5 6 7 8 9 0}"
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"VALUES ?v{i} {TEN}" for i in range(12)) + "}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    said = in_graph(parse(b"<a:s> <a:p> <a:o> .", TURTLE, source="x"), "g:1")
    follows = in_graph(parse(b"<a:s> <a:p> <a:e> .", TURTLE, source="x"), GRAPH_ENTAILED)
    quads = canonical([*said, *follows])
    manifest = snapshot.Manifest(snapshot.dataset_digest(quads), {}, "rules", (), (), {}, 0, 0)
    return snapshot.write_snapshot(tmp_path_factory.mktemp("state"), quads, manifest)


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[ProcessStore]:
    store = ProcessStore(folder, workers=2)
    store.wait()
    yield store
    store.close()


def rows(store: ProcessStore, request: QueryRequest) -> list[str]:
    return sorted(str(row[0]) for row in read_results(store.answer(request, Limits()).body).rows)


def test_the_scope_decides_whether_entailed_triples_are_seen(store: ProcessStore) -> None:
    assert rows(store, QueryRequest(ALL)) == ["<a:e>", "<a:o>"]
    asserted = QueryRequest(ALL, scope=Scope.ASSERTED)
    assert rows(store, asserted) == ["<a:o>"]
    graphs = QueryRequest("SELECT ?g { GRAPH ?g { ?s ?p ?o } }", scope=Scope.ASSERTED)
    assert rows(store, graphs) == ["<g:1>"]


def test_errors_come_back_as_they_were_raised(store: ProcessStore) -> None:
    with pytest.raises(QueryError) as caught:
        store.answer(QueryRequest("SELECT * { ?s foo:b ?o }"), Limits())
    assert (caught.value.line, caught.value.column) == (1, 15)


def test_a_query_without_end_is_ended_and_the_next_one_is_answered(store: ProcessStore) -> None:
    with pytest.raises(QueryTimeoutError):
        store.answer(QueryRequest(ENDLESS), Limits(seconds=0.3))
    assert len(rows(store, QueryRequest(ALL))) == 2


def test_many_threads_ask_at_once(store: ProcessStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: rows(store, QueryRequest(ALL)), range(200)))
    assert answers == [["<a:e>", "<a:o>"]] * 200


def test_waiting_queries_are_answered_after_queries_without_end(store: ProcessStore) -> None:
    """Both workers are busy; the third query waits for its turn and is then answered."""
    with ThreadPoolExecutor(3) as pool:
        endless = [
            pool.submit(store.answer, QueryRequest(ENDLESS), Limits(seconds=0.5)) for _ in range(2)
        ]
        time.sleep(0.1)
        assert len(rows(store, QueryRequest(ALL))) == 2
        assert all(isinstance(f.exception(), QueryTimeoutError) for f in endless)


def test_a_client_that_goes_away_has_its_query_ended(store: ProcessStore) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(store._address)
        connection.sendall(request_to_json(QueryRequest(ENDLESS), Limits(seconds=60)))
        time.sleep(0.2)
        assert _children_of(store._process.pid)
    deadline = time.monotonic() + 5
    while _children_of(store._process.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _children_of(store._process.pid)


def test_a_long_request_arrives_whole(store: ProcessStore) -> None:
    values = " ".join(f'"{n}"' for n in range(60_000))
    request = QueryRequest(f"SELECT ?o {{ VALUES ?o {{ {values} }} }}")
    assert len(rows(store, request)) == 60_000


def test_requests_survive_the_way_between_processes() -> None:
    request = QueryRequest(
        "ASK {}", None, "turtle", Scope.ASSERTED, ("a:b",), ("c:d", "e:f"), (("x", '"1"'),)
    )
    assert request_from_json(request_to_json(request, Limits(1.5))) == (request, Limits(1.5))


def test_a_damaged_snapshot_is_told_when_waiting(folder: Path, tmp_path: Path) -> None:
    for name in (snapshot.DATASET, snapshot.MANIFEST):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / snapshot.DATASET).write_bytes(b"no gzip")
    store = ProcessStore(tmp_path, workers=1)
    with pytest.raises(SnapshotError, match="cannot be read"):
        store.wait()


def test_a_store_process_that_died_is_told(folder: Path) -> None:
    store = ProcessStore(folder, workers=1)
    store.wait()
    os.kill(store._process.pid, signal.SIGKILL)
    store._process.wait()
    with pytest.raises(WorkerError, match="is gone"):
        store.answer(QueryRequest(ALL), Limits())
    store.close()


def test_closing_ends_the_process_and_its_queries(folder: Path) -> None:
    store = ProcessStore(folder, workers=1)
    store.wait()
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(store.answer, QueryRequest(ENDLESS), Limits(seconds=60))
        time.sleep(0.2)
        store.close()
        assert isinstance(endless.exception(timeout=5), WorkerError)
    assert store._process.returncode == 0


def _children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

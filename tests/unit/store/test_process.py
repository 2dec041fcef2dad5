"""The store process and its client."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from neagraph.errors import (
    BusyError,
    CancelledError,
    QueryError,
    QueryTimeoutError,
    SnapshotError,
    WorkerError,
)
from neagraph.model import Changeset, Limits, QueryRequest, Scope, Write, WriteKind
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import canonical, in_graph, parse
from neagraph.rdf.results import read_results
from neagraph.store import snapshot
from neagraph.store.messages import (
    query_message,
    read_message,
    read_outcome,
    request_of,
    trial_message,
    write_message,
    write_of,
)
from neagraph.store.process import Mode, ProcessStore, StoreSource
from neagraph.vocab import GRAPH_ENTAILED

ALL = "SELECT ?o { ?s ?p ?o }"
TEN = "{1 2 3 4 5 6 7 8 9 0}"
SOME = " ".join(f"VALUES ?v{i} {TEN}" for i in range(6))
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
    store = ProcessStore(StoreSource(folder), workers=2, queue=64)
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


def test_a_client_that_goes_away_has_its_query_ended(plain) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        plain._process.connect(connection)
        connection.sendall(
            write_message(query_message(QueryRequest(ENDLESS, id="left"), Limits(seconds=60)))
        )
        _until(lambda: [query.id for query in plain.running()] == ["left"])
        before = _children_of(plain.pid)
    _until(lambda: not plain.running())
    _until(lambda: len(set(before) - set(_children_of(plain.pid))) == 1)


def test_a_long_request_arrives_whole(store: ProcessStore) -> None:
    values = " ".join(f'"{n}"' for n in range(60_000))
    request = QueryRequest(f"SELECT ?o {{ VALUES ?o {{ {values} }} }}")
    assert len(rows(store, request)) == 60_000


def test_requests_survive_the_way_between_processes() -> None:
    request = QueryRequest(
        "ASK {}", None, "turtle", Scope.ASSERTED, ("a:b",), ("c:d", "e:f"), (("x", '"1"'),),
        "b:", Changeset(("<a:s> <a:p> <a:o> .",), ()), "q1",
    )  # fmt: skip
    message = query_message(request, Limits(1.5))
    assert read_message(write_message(message)) == message
    assert (request_of(message), message.limits, message.id) == (request, Limits(1.5), "q1")


def test_writes_survive_the_way_between_processes() -> None:
    write = Write(
        WriteKind.PUT, bodies=((bytes(range(256)), "turtle"),), graph="g:1", using_graphs=("g:2",)
    )
    message = trial_message(write, Limits(), query_id="q1")
    assert write_of(read_message(write_message(message))) == write


def test_a_damaged_snapshot_is_told_when_waiting(folder: Path, tmp_path: Path) -> None:
    for name in (snapshot.DATASET, snapshot.MANIFEST):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / snapshot.DATASET).write_bytes(b"no gzip")
    store = ProcessStore(StoreSource(tmp_path), workers=1)
    with pytest.raises(SnapshotError, match="cannot be read"):
        store.wait()


def test_a_store_process_that_died_is_replaced(folder: Path, caplog) -> None:
    """The request under way fails; the next one is answered by a new process."""
    store = ProcessStore(StoreSource(folder), workers=1)
    version = store.wait()
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(store.answer, QueryRequest(ENDLESS), Limits(seconds=60))
        _until(store.running)
        children = _children_of(store.pid)
        os.kill(store.pid, signal.SIGKILL)
        with pytest.raises(WorkerError, match="gave no answer"):
            under_way.result(timeout=30)
    assert rows(store, QueryRequest(ALL)) == ["<a:e>", "<a:o>"]
    assert store.version == version
    assert not any(_lives(pid) for pid in children)
    assert "has died" in caplog.text
    store.close()


def test_a_store_that_cannot_start_again_says_why(started, folder: Path, tmp_path: Path) -> None:
    for name in (snapshot.DATASET, snapshot.MANIFEST):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    store = started(StoreSource(tmp_path))
    (tmp_path / snapshot.DATASET).write_bytes(b"no gzip")
    os.kill(store.pid, signal.SIGKILL)
    assert store._process.has_ended(within=5)
    for _ in range(2):
        with pytest.raises(SnapshotError, match="cannot be read"):
            store.answer(QueryRequest(ALL), Limits())


def test_a_store_starts_again_from_the_snapshot_that_is_there_by_then(
    started, folder: Path, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    shutil.copytree(folder, first)
    store = started(StoreSource(first), anew=lambda: StoreSource(folder))
    shutil.rmtree(first)  # as builds do beside a service
    os.kill(store.pid, signal.SIGKILL)
    assert store._process.has_ended(within=30)
    assert rows(store, QueryRequest(ALL)) == rows(started(StoreSource(folder)), QueryRequest(ALL))


def test_a_store_that_did_not_start_says_why_to_everybody(tmp_path: Path) -> None:
    store = ProcessStore(StoreSource(tmp_path), workers=1)
    for _ in range(2):
        with pytest.raises(SnapshotError):
            store.wait()


def test_the_store_process_and_its_queries_end_with_a_parent_that_was_killed() -> None:
    program = (
        "import os, signal, threading, time\n"
        "from neagraph.model import Limits, QueryRequest\n"
        "from neagraph.store.process import ProcessStore, StoreSource\n"
        "store = ProcessStore(StoreSource(), workers=1)\n"
        "store.wait()\n"
        f"ask = lambda: store.answer(QueryRequest({ENDLESS!r}), Limits(seconds=60))\n"
        "threading.Thread(target=ask, daemon=True).start()\n"
        "while not store.running(): time.sleep(0.01)\n"
        "print(store.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as front:
        pid = front.communicate(timeout=60)[0].decode().strip()
    _until(lambda: not _lives(pid))


def test_a_closed_store_answers_no_more(started, folder: Path) -> None:
    store = started(StoreSource(folder))
    store.close()
    with pytest.raises(WorkerError, match="closed"):
        store.answer(QueryRequest(ALL), Limits())


def test_closing_ends_the_process_and_its_queries(started, folder: Path) -> None:
    store = started(StoreSource(folder))
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(store.answer, QueryRequest(ENDLESS), Limits(seconds=60))
        time.sleep(0.2)
        store.close()
        assert isinstance(endless.exception(timeout=30), WorkerError)
    assert store._process._process.returncode == 0


def test_a_query_is_cancelled_by_its_id(store: ProcessStore) -> None:
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(store.answer, QueryRequest(ENDLESS, id="q7"), Limits(seconds=60))
        _until(store.running)
        ((query),) = store.running()
        assert (query.id, query.text) == ("q7", ENDLESS)
        assert query.seconds >= 0
        assert store.cancel("q7")
        assert isinstance(endless.exception(timeout=30), CancelledError)
    _until(lambda: not store.running())
    assert not store.cancel("q7")
    assert not store.cancel("")


def test_a_query_that_waits_is_cancelled_without_ever_running(started, folder: Path) -> None:
    store = started(StoreSource(folder))
    with ThreadPoolExecutor(2) as pool:
        pool.submit(store.answer, QueryRequest(ENDLESS, id="first"), Limits(seconds=60))
        _until(lambda: len(store.running()) == 1)
        second = pool.submit(store.answer, QueryRequest(ENDLESS, id="second"), Limits(seconds=60))
        _until(lambda: len(store.running()) == 2)
        assert [(q.id, q.seconds > 0) for q in store.running()] == [
            ("first", True),
            ("second", False),
        ]
        assert store.cancel("second")
        assert isinstance(second.exception(timeout=30), CancelledError)
        _until(lambda: [q.id for q in store.running()] == ["first"])
        store.cancel("first")


def test_who_comes_when_the_queue_is_full_is_sent_away_at_once(started, folder: Path) -> None:
    store = started(StoreSource(folder), queue=2)
    with ThreadPoolExecutor(3) as pool:
        for n in range(3):
            request = QueryRequest(ENDLESS, id=f"q{n}")
            pool.submit(store.answer, request, Limits(seconds=60))
        _until(lambda: len(store.running()) == 3)
        with pytest.raises(BusyError, match="2 requests are waiting"):
            store.answer(QueryRequest(ALL), Limits())
        for n in range(3):
            store.cancel(f"q{n}")
    assert len(rows(store, QueryRequest(ALL))) == 2


def test_a_changeset_is_seen_by_the_next_query_and_not_by_one_under_way(plain) -> None:
    """A query sees the version at which it began, whole, and its answer tells which one."""
    slow = f"SELECT (COUNT(*) AS ?n) (COUNT(?p) AS ?m) {{ OPTIONAL {{ ?s ?p ?o }} {SOME} }}"
    first = plain.version
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(plain.answer, QueryRequest(slow), Limits())
        _until(plain.running)
        version = plain.apply(Changeset(("<a:s> <a:p> <a:o> .",)))
        assert not under_way.done()
        old = under_way.result()
    assert (first.number, version.number, plain.version) == (0, 1, version)
    assert old.version == first
    assert [str(cell.value) for cell in read_results(old.body).rows[0]] == ["1000000", "0"]
    new = plain.answer(QueryRequest("SELECT ?o { ?s ?p ?o }"), Limits())
    assert new.version == version
    assert len(read_results(new.body).rows) == 1


def test_a_changeset_that_is_applied_already_changes_nothing(plain) -> None:
    change = Changeset(("<a:s> <a:p> <a:o> .",))
    assert plain.apply(change) == plain.apply(change)
    assert plain.apply(change.inverse()).number == 2


def test_a_trial_tells_the_change_and_makes_none(plain) -> None:
    write = Write(WriteKind.UPDATE, "INSERT DATA { <a:s> <a:p> 1 . GRAPH <g:1> { <a:s> <a:p> 2 } }")
    changeset = plain.trial(write, Limits())
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer>"
    assert changeset.added == (
        f'<a:s> <a:p> "1"{integer} .',
        f'<a:s> <a:p> "2"{integer} <g:1> .',
    )
    assert not changeset.removed
    assert plain.version.number == 0
    assert rows(plain, QueryRequest(ALL)) == []
    plain.apply(changeset)
    assert len(rows(plain, QueryRequest(ALL))) == 1


def test_an_earlier_version_is_read_by_undoing(plain) -> None:
    change = Changeset(("<a:s> <a:p> <a:new> .",), ())
    plain.apply(Changeset(("<a:s> <a:p> <a:old> .",)))
    version = plain.apply(change)
    earlier = plain.answer(QueryRequest(ALL, undo=change), Limits())
    assert [str(row[0]) for row in read_results(earlier.body).rows] == ["<a:old>"]
    assert earlier.version == version
    assert rows(plain, QueryRequest(ALL)) == ["<a:new>", "<a:old>"]


def test_relative_iris_are_resolved_against_the_base(plain) -> None:
    request = QueryRequest("SELECT (<x> AS ?o) {}", base="http://example.org/a/")
    assert rows(plain, request) == ["<http://example.org/a/x>"]


def test_no_two_children_give_the_same_uuid(plain) -> None:
    request = QueryRequest("SELECT (UUID() AS ?u) {}")
    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(lambda _: plain.answer(request, Limits()).body, range(40)))
    for n in range(5):
        plain.apply(Changeset((f"<a:s> <a:p> <a:{n}> .",)))
        answers.add(plain.answer(request, Limits()).body)
    assert len(answers) == 45


def test_what_is_no_message_is_refused_and_the_store_goes_on(plain) -> None:
    for nonsense in (b"nonsense\n", b"{}\n", b'{"do": "sleep"}\n', b"\xff\n", b"[]\n"):
        with socket.socket(socket.AF_UNIX) as connection:
            plain._process.connect(connection)
            connection.sendall(nonsense)
            _, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
            with os.fdopen(descriptors[0], "rb") as outcome, pytest.raises(WorkerError):
                read_outcome(outcome)
    assert rows(plain, QueryRequest(ALL)) == []


@pytest.fixture
def started() -> Iterator[Callable[..., ProcessStore]]:
    """Returns what starts stores that are closed in the end, whatever happens."""
    stores = []

    def start(source: StoreSource, **options) -> ProcessStore:
        stores.append(ProcessStore(source, **{"workers": 1, **options}))
        stores[-1].wait()
        return stores[-1]

    yield start
    for store in stores:
        store.close()


@pytest.fixture
def plain() -> Iterator[ProcessStore]:
    store = ProcessStore(StoreSource(), workers=2, queue=64, mode=Mode.PLAIN)
    store.wait()
    yield store
    store.close()


def _until(true, *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.01)


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

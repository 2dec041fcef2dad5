"""What the store process lives through: thousands of forks and kills, bombs, dropped connections.

The figures are printed; see them with `pytest -m slow -s tests/faults/test_store_faults.py`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Event, Thread

import pytest

from neagraph.errors import BusyError, CancelledError, LimitError, QueryTimeoutError, WorkerError
from neagraph.model import Answer, Changeset, Limits, QueryRequest, Write, WriteKind
from neagraph.rdf.results import read_results
from neagraph.store.messages import query_message, write_message
from neagraph.store.process import Mode, ProcessStore, StoreSource

pytestmark = pytest.mark.slow

TRIPLES = 50_000
FEW = 2_000
WORKERS = 2
COUNT = "SELECT (COUNT(*) AS ?n) { ?s <a:p> ?o }"
SMALL = "SELECT ?o { <a:s7> ?p ?o }"
TEN = "{1 2 3 4 5 6 7 8 9 0}"
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"VALUES ?v{i} {TEN}" for i in range(12)) + "}"
ONE = Changeset(("<a:s7> <a:p> <a:s8> .",))
FORKED = QueryRequest(SMALL, undo=ONE)  # what is undone spoils the child: it is used once
MEGABYTE = 1024 * 1024


@pytest.fixture
def store() -> Iterator[ProcessStore]:
    with _filled(TRIPLES) as store:
        yield store


@contextlib.contextmanager
def _filled(triples: int) -> Iterator[ProcessStore]:
    store = ProcessStore(StoreSource(), workers=WORKERS, queue=64, mode=Mode.PLAIN)
    with contextlib.closing(store):
        store.wait()
        lines = [f"<a:s{n}> <a:p> <a:s{n + 1}> ." for n in range(triples)]
        store.apply(Changeset(tuple(lines)))
        yield store


def test_thousands_of_forks_and_kills(store: ProcessStore, capsys) -> None:
    """3,000 small queries, each in a child of its own, among 300 that are killed after 50 ms."""
    took = list[float]()

    def ask() -> int:
        start = time.perf_counter()
        answer = store.answer(FORKED, Limits())
        took.append(time.perf_counter() - start)
        return len(read_results(answer.body).rows)

    start = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [
            pool.submit(_killed, store, 0.05) if n % 11 == 10 else pool.submit(ask)
            for n in range(3300)
        ]
        found = [job.result() for job in jobs]
    seconds = time.perf_counter() - start
    assert found.count(0) == 3000
    assert found.count(-1) == 300
    assert _whole(store)
    assert _descriptors(store) < 40
    _tell(capsys, f"3,000 forks and 300 kills in {seconds:.1f} s; a query: {_spread(took)}")


def test_the_time_of_small_queries(store: ProcessStore, capsys) -> None:
    own = [_seconds(lambda: store.answer(FORKED, Limits())) for _ in range(500)]
    ready = [_seconds(lambda: store.answer(QueryRequest(SMALL), Limits())) for _ in range(500)]
    _tell(capsys, f"fork, query, answer, in a child of its own: {_spread(own)}")
    _tell(capsys, f"query, answer, in a child kept ready: {_spread(ready)}")
    assert median(ready) < median(own)


def test_the_next_answer_waits_for_the_kill_alone(store: ProcessStore, capsys) -> None:
    """Both workers are busy with endless queries; the next one costs some forks, no more."""
    forked = median(_seconds(lambda: store.answer(FORKED, Limits())) for _ in range(50))
    waits, late = list[float](), list[float]()
    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in range(40):
            start = time.perf_counter()
            ends = [pool.submit(_end_of, store, 0.1) for _ in range(WORKERS)]
            time.sleep(0.05)
            store.answer(QueryRequest(SMALL), Limits())
            answered = time.perf_counter()
            first = min(end.result() for end in ends)
            waits.append(answered - first)
            late.append(first - start - 0.1)
    _tell(capsys, f"end told after the deadline: {_spread(late)}")
    _tell(capsys, f"next answer after that: {_spread([max(0.0, w) for w in waits])}")
    assert median(waits) < 30 * forked


BOMBS = {
    "a cross join": ENDLESS,
    "a big sort": f"SELECT * {{ ?a <a:p> ?b . ?c <a:p> ?d {{ SELECT * {{ VALUES ?x {TEN} }} }} }} "
    "ORDER BY ?d ?x LIMIT 1",
    "a deep path": "SELECT (COUNT(*) AS ?n) { ?a <a:p>+ ?b }",
    "a huge GROUP_CONCAT": 'SELECT (GROUP_CONCAT(CONCAT(STR(?a), "0123456789012345678901234567")) '
    "AS ?t) { ?a <a:p> ?b . ?c <a:p> ?d }",
    "a memory bomb": "SELECT DISTINCT ?a ?b ?c ?d { ?a <a:p> ?b . ?c <a:p> ?d }",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_ended_and_others_are_answered_meanwhile(store, capsys, name: str) -> None:
    limits = Limits(seconds=2.0, memory_bytes=256 * MEGABYTE)
    start = time.perf_counter()
    with ThreadPoolExecutor(1) as pool:
        bomb = pool.submit(store.answer, QueryRequest(BOMBS[name]), limits)
        took = [_seconds(lambda: store.answer(QueryRequest(SMALL), Limits()))]
        while not bomb.done():
            took.append(_seconds(lambda: store.answer(QueryRequest(SMALL), Limits())))
        error = bomb.exception()
    seconds = time.perf_counter() - start
    assert isinstance(error, QueryTimeoutError | LimitError)
    assert seconds < limits.seconds + 0.5
    assert _whole(store)
    _tell(capsys, f"{name}: {error.code} after {seconds:.2f} s; others: {_spread(took)}")


def test_an_answer_beyond_its_limit_is_ended_as_it_grows(store: ProcessStore, capsys) -> None:
    """The whole would be some hundred gigabytes."""
    request = QueryRequest("SELECT * { ?a <a:p> ?b . ?c <a:p> ?d }")
    start = time.perf_counter()
    with pytest.raises(LimitError, match="more than 8,388,608 bytes"):
        store.answer(request, Limits(answer_bytes=8 * MEGABYTE))
    _tell(capsys, f"an endless answer is ended after {time.perf_counter() - start:.2f} s")


def test_two_hundred_trials_see_their_own_change_and_leave_the_dataset_alone(capsys) -> None:
    with _filled(FEW) as store:
        took = _trials(store)
        assert _number(store.answer(QueryRequest(COUNT), Limits())) == FEW
    _tell(capsys, f"200 trials on {FEW:,} triples: {_spread(took)}")


def _trials(store: ProcessStore) -> list[float]:
    before = store.version
    took = list[float]()
    for n in range(200):
        text = (
            f"INSERT DATA {{ <a:mine> <a:q> {n} }} ; "
            "INSERT { <a:seen> <a:q> ?n } WHERE { SELECT (COUNT(*) AS ?n) { <a:mine> <a:q> ?x } }"
        )
        start = time.perf_counter()
        change = store.trial(Write(WriteKind.UPDATE, text), Limits())
        took.append(time.perf_counter() - start)
        assert len(change.added) == 2
        assert any(line.startswith('<a:seen> <a:q> "1"') for line in change.added)
    assert store.version == before
    return took


def test_a_full_queue_sends_away_at_once_and_answers_the_rest(store: ProcessStore, capsys) -> None:
    def ask() -> str:
        try:
            return "answered" if _whole(store) else "wrong"
        except BusyError:
            return "busy"

    with ThreadPoolExecutor(WORKERS) as pool, ThreadPoolExecutor(200) as crowd:
        for n in range(WORKERS):
            pool.submit(_killed, store, 1.0, f"block-{n}")
        _until(lambda: len(store.running()) == WORKERS)
        start = time.perf_counter()
        jobs = [crowd.submit(ask) for _ in range(200)]
        found = [job.result() for job in jobs]
    assert found.count("answered") == 64
    assert found.count("busy") == 136
    _tell(capsys, f"200 at once, 64 may wait: 136 refused; all done {_since(start)}")


def test_a_thousand_connections_dropped_in_the_middle_of_their_query(store, capsys) -> None:
    """Some before the request is whole, some while they wait, some while their query runs."""
    message = write_message(query_message(QueryRequest(ENDLESS), Limits(seconds=60)))
    start = time.perf_counter()
    for n in range(1000):
        with socket.socket(socket.AF_UNIX) as connection:
            store._process.connect(connection)
            connection.sendall(message[: 40 if n % 3 == 0 else len(message)])
            if n % 5 == 0:
                time.sleep(0.002)
    dropped = _since(start)
    _until(lambda: not store.running())
    assert _whole(store)
    assert _descriptors(store) < 40
    _until(lambda: len(_children(store)) == WORKERS + 1)
    _tell(capsys, f"1,000 connections dropped {dropped}; next answer fine, no child left")


def test_queries_cancelled_at_any_moment_end_and_leave_nothing_behind(store, capsys) -> None:
    """Before they are sent, while they run, and just as their answer comes."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    ends: Counter[str] = Counter()

    def ask(n: int) -> None:
        request = QueryRequest(SMALL if n % 2 else ENDLESS, id=f"q{n}")
        try:
            store.answer(request, Limits(seconds=2))
            ends["answered"] += 1
        except CancelledError:
            ends["cancelled"] += 1

    with ThreadPoolExecutor(4) as pool:
        for n in range(500):
            asked = pool.submit(ask, n)
            time.sleep(n % 20 / 2000)
            while not asked.done() and not store.cancel(f"q{n}"):
                time.sleep(0.0005)
            asked.result()
    assert ends["cancelled"] >= 250
    assert ends.total() == 500
    _until(lambda: not store.running())
    assert _whole(store)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    _tell(capsys, f"500 queries cancelled at any moment: {dict(ends)}")


def test_a_store_process_killed_under_load_is_replaced(store: ProcessStore, capsys) -> None:
    """What it had in memory alone is gone; see the tests of writing for what the log holds."""
    done = Event()
    answered = list[float]()
    failed = list[float]()

    def ask_on() -> None:
        while not done.is_set():
            try:
                store.answer(QueryRequest(SMALL), Limits())
                answered.append(time.perf_counter())
            except WorkerError:
                failed.append(time.perf_counter())

    threads = [Thread(target=ask_on) for _ in range(8)]
    for thread in threads:
        thread.start()
    pauses = []
    for _ in range(5):
        time.sleep(0.3)
        killed = time.perf_counter()
        os.kill(store.pid, signal.SIGKILL)
        _until(lambda: answered[-1] > killed + 0.05)  # noqa: B023  called at once
        pauses.append(next(moment for moment in answered if moment > killed + 0.05) - killed)
    done.set()
    for thread in threads:
        thread.join()
    assert 0 < len(failed) <= 2 * 5 * 8  # one under way, and one sent while it was dying
    assert store.answer(QueryRequest(SMALL), Limits())
    _tell(
        capsys,
        f"5 kills of the store process under load by 8 clients: {len(answered):,} answered, "
        f"{len(failed)} failed; first answer after {_spread(pauses)}",
    )


def test_readers_meet_one_version_while_changes_are_applied(store: ProcessStore, capsys) -> None:
    """Each changeset adds two triples; no reader ever sees one of them without the other."""
    done = Event()

    def read() -> int:
        count = 0
        while not done.is_set():
            answer = store.answer(QueryRequest(COUNT.replace("a:p", "a:pair")), Limits())
            assert _number(answer) == 2 * (answer.version.number - 1)
            count += 1
        return count

    took = list[float]()
    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _ in range(8)]
        for n in range(200):
            pair = Changeset((f"<a:{n}> <a:pair> <a:x> .", f"<a:{n}> <a:pair> <a:y> ."))
            took.append(_seconds(lambda: store.apply(pair)))  # noqa: B023  called at once
            time.sleep(0.01)
        done.set()
        reads = sum(reader.result() for reader in readers)
    _tell(capsys, f"200 changes among {reads:,} reads by 8 readers: {_spread(took)}")


def _killed(store: ProcessStore, seconds: float, query_id: str = "") -> int:
    with pytest.raises(QueryTimeoutError):
        store.answer(QueryRequest(ENDLESS, id=query_id), Limits(seconds=seconds))
    return -1


def _end_of(store: ProcessStore, seconds: float) -> float:
    _killed(store, seconds)
    return time.perf_counter()


def _whole(store: ProcessStore) -> bool:
    return _number(store.answer(QueryRequest(COUNT), Limits())) == TRIPLES


def _number(answer: Answer) -> int:
    ((cell,),) = read_results(answer.body).rows
    return int(cell.value)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _since(start: float) -> str:
    return f"after {time.perf_counter() - start:.2f} s"


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p50, p99, last = (ordered[int(q * (len(ordered) - 1))] * 1000 for q in (0.5, 0.99, 1))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {last:.1f} ms"


def _children(store: ProcessStore) -> list[str]:
    return Path(f"/proc/{store.pid}/task/{store.pid}/children").read_text().split()


def _descriptors(store: ProcessStore) -> int:
    return len(list(Path(f"/proc/{store.pid}/fd").iterdir()))


def _until(true: Callable[[], object], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.005)


def _tell(capsys, line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n    {line}")
        sys.stdout.flush()

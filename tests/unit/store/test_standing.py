"""The stand-in: who answers while the store process is busy with what takes long.

The store process of these tests is the real one, but that it waits for a file before it applies a
large changeset, and before it has made ready what writes need.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from neagraph.errors import WorkerError
from neagraph.model import Answer, Changeset, Limits, QueryRequest, Scope, Write, WriteKind
from neagraph.rdf.results import read_results
from neagraph.store import process, standing
from neagraph.store.messages import Message
from neagraph.store.process import Mode, ProcessStore, StoreSource

KEEPER = """
import sys, time
from pathlib import Path
from neagraph import storekeeper
from neagraph.gate import PlainGate
from neagraph.store.dataset import ScopedDataset

HERE = Path(__file__).parent

def wait(name):
    (HERE / f"{name}.begun").touch()
    while HERE.exists() and not (HERE / f"{name}.go").exists():
        time.sleep(0.01)

class Gate(PlainGate):
    ready = False
    def is_ready(self, dataset):
        return self.ready
    def prepare(self, dataset):
        wait("prepare")
        self.ready = True
        return True

apply = ScopedDataset.apply

def apply_slowly(self, changeset):
    if len(changeset.added) > 1000:
        wait("apply")
    return apply(self, changeset)

ScopedDataset.apply = apply_slowly
storekeeper.trial = lambda root: Gate()
storekeeper._REFEREE = "json"  # which loads at once
sys.exit(storekeeper.main())
"""
MANY = Changeset(tuple(f"<urn:s:{n:0100}> <urn:p> <urn:o> <urn:g> ." for n in range(9000)))
COUNT = QueryRequest("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
INSERT = Write(WriteKind.UPDATE, "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }")
PATIENT = Limits(seconds=60)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessStore]:
    (tmp_path / "slow_keeper.py").write_text(KEEPER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(process, "MODULE", "slow_keeper")
    store = ProcessStore(StoreSource(), workers=4, mode=Mode.PLAIN)
    store.wait()
    yield store
    let_go(tmp_path, "prepare", "apply")
    store.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def let_go(folder: Path, *names: str) -> None:
    for name in names:
        (folder / f"{name}.go").touch()


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def triples(answer: Answer) -> tuple[int, int]:
    """Return the number of triples that were counted, and the number of the version."""
    assert answer.version is not None
    return int(read_results(answer.body).rows[0][0].value), answer.version.number


def counted(store: ProcessStore) -> tuple[int, int]:
    return triples(store.answer(COUNT, PATIENT))


async def lane(store: ProcessStore) -> Answer:
    answer = store.soon(COUNT, PATIENT)
    assert answer is not None
    return await answer


def counted_in_a_lane(store: ProcessStore) -> tuple[int, int]:
    return triples(asyncio.run(lane(store)))


def children(store: ProcessStore) -> list[int]:
    return list(map(int, Path(f"/proc/{store.pid}/task/{store.pid}/children").read_text().split()))


def applying(store: ProcessStore, folder: Path, threads: ThreadPoolExecutor) -> Future[object]:
    """Have the store apply a large changeset, and return once it is at it."""
    let_go(folder, "prepare")
    applied = threads.submit(store.apply, MANY)
    wait_for((folder / "apply.begun").exists)
    return applied


def test_who_asks_during_a_large_change_is_answered_from_the_state_before(
    store, tmp_path: Path, threads
) -> None:
    applied = applying(store, tmp_path, threads)
    assert {counted(store) for _ in range(5)} == {(0, 0)}
    assert {counted_in_a_lane(store) for _ in range(5)} == {(0, 0)}
    assert not applied.done()
    let_go(tmp_path, "apply")
    assert applied.result().number == 1
    assert counted(store) == counted_in_a_lane(store) == (9000, 1)


def test_nothing_remains_of_a_stand_in_that_nobody_needs_any_more(
    store, tmp_path: Path, threads
) -> None:
    applied = applying(store, tmp_path, threads)

    async def ask_and_wait() -> None:
        assert (await lane(store)).version.number == 0
        let_go(tmp_path, "apply")
        await asyncio.wrap_future(applied)
        # One child for each worker, and one to spare: the lane has been given up.
        await asyncio.to_thread(wait_for, lambda: len(children(store)) == 5)

    asyncio.run(ask_and_wait())


def test_what_a_stand_in_cannot_do_is_done_later(store, tmp_path: Path, threads) -> None:
    applied = applying(store, tmp_path, threads)
    write = threads.submit(store.trial, INSERT, PATIENT)
    asserted = threads.submit(store.answer, QueryRequest(COUNT.text, scope=Scope.ASSERTED), PATIENT)
    assert counted(store) == (0, 0)
    let_go(tmp_path, "apply")
    assert applied.result().number == 1
    assert len(write.result().added) == 1
    assert triples(asserted.result()) == (9000, 1)


def test_the_next_write_is_made_ready_before_anybody_writes(store, tmp_path: Path, threads) -> None:
    wait_for((tmp_path / "prepare.begun").exists)
    assert counted(store) == counted_in_a_lane(store) == (0, 0)
    write = threads.submit(store.trial, INSERT, PATIENT)
    changed = threads.submit(store.apply, Changeset(("<a:s> <a:p> <a:o> <a:g> .",)))
    assert counted(store)[1] in {0, 1}
    let_go(tmp_path, "prepare")
    assert len(write.result().added) == 1
    assert changed.result().number == 1
    assert counted(store) == (1, 1)


def test_a_stand_in_that_is_killed_is_missed_by_nobody_for_long(
    store, tmp_path: Path, threads
) -> None:
    applied = applying(store, tmp_path, threads)
    for child in children(store):
        os.kill(child, signal.SIGKILL)
    let_go(tmp_path, "apply")
    assert applied.result().number == 1
    assert counted(store) == counted_in_a_lane(store) == (9000, 1)


def test_a_stand_in_ends_with_the_store_process(store, tmp_path: Path, threads) -> None:
    applied = applying(store, tmp_path, threads)
    pid = store.pid
    os.kill(pid, signal.SIGKILL)
    let_go(tmp_path, "apply")
    assert applied.result().number == 1  # by the new process
    assert store.pid != pid
    assert counted(store) == (9000, 1)


class Nobody:
    """Clients, of whom there are none."""

    def close_door(self) -> None:
        pass

    def open_door(self) -> None:
        pass

    def all(self) -> set[object]:
        return set()


def test_work_is_done_where_no_process_is_left_for_a_stand_in(caplog) -> None:
    def start() -> standing.StandIn:
        raise BlockingIOError("no process")

    done = list[Message]()
    stand_ins = standing.StandIns(None, start=start, clients=Nobody())
    work = standing.LongWork(stand_ins, Nobody())
    work.undertake(Message("apply"))
    assert work.is_due(set())
    assert work.do(done.append) == []
    assert [message.do for message in done] == ["apply"]
    assert not work.is_pending
    assert "no process for a stand-in" in caplog.text
    stand_ins.end()


def test_what_goes_wrong_is_the_outcome(monkeypatch) -> None:
    told = list[object]()
    clients = Nobody()
    monkeypatch.setattr(Nobody, "reply", lambda _, *said: told.append(said), raising=False)

    def fail(_: Message) -> None:
        raise WorkerError("It went wrong.")

    stand_ins = standing.StandIns(None, start=lambda: None, clients=clients)
    work = standing.LongWork(stand_ins, clients)
    work.undertake(Message("apply"), "client")
    work.do(fail)
    assert [(client, str(error)) for client, error in told] == [("client", "It went wrong.")]

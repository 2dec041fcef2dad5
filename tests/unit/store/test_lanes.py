"""Queries that take a lane from an event loop to a child."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path

import pytest

from neagraph.errors import (
    BusyError,
    CancelledError,
    LimitError,
    NeagraphError,
    QueryError,
    QueryTimeoutError,
    WorkerError,
)
from neagraph.model import Answer, Changeset, Limits, QueryRequest, Scope, Version
from neagraph.rdf.results import read_results
from neagraph.store.messages import Reply, write_job
from neagraph.store.process import Mode, ProcessStore, StoreSource

ALL = QueryRequest("SELECT ?o { ?s ?p ?o }")
TEN = "{1 2 3 4 5 6 7 8 9 0}"
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"VALUES ?v{i} {TEN}" for i in range(12)) + "}"
VERSION = Version(3, "d")
ONE = Changeset(("<a:s> <a:p> <a:o> .",))


@pytest.fixture
def store() -> Iterator[ProcessStore]:
    store = ProcessStore(StoreSource(), workers=1, queue=2, mode=Mode.PLAIN)
    store.wait()
    yield store
    store.close()


def run(steps: Coroutine[None, None, None]) -> None:
    asyncio.run(asyncio.wait_for(steps, 20))


async def ask(store: ProcessStore, request: QueryRequest, limits: Limits = Limits()) -> Answer:  # noqa: B008  frozen
    answer = store.soon(request, limits)
    assert answer is not None
    return await answer


async def error_of(store: ProcessStore, text: str, limits: Limits) -> NeagraphError:
    with pytest.raises(NeagraphError) as caught:
        await ask(store, QueryRequest(text), limits)
    return caught.value


async def settled() -> None:
    await asyncio.sleep(0.1)


def test_a_lane_is_used_again(store) -> None:
    async def steps() -> None:
        await ask(store, ALL)
        before = children_of(store)
        for _ in range(20):
            await ask(store, ALL)
        assert set(before) <= set(children_of(store))

    run(steps())


def test_a_query_is_begun_at_once_only_where_a_lane_and_a_place_are_free(store) -> None:
    async def steps() -> None:
        told: asyncio.Future[Answer | NeagraphError] = asyncio.get_running_loop().create_future()
        asking = store.soon(QueryRequest(ENDLESS, id="busy"), Limits())
        assert not asking.begin(told.set_result)  # no lane yet
        await ask(store, ALL)
        assert asking.begin(told.set_result)
        assert not store.soon(ALL, Limits()).begin(told.set_result)  # its one child is at work
        asking.cancel()
        assert isinstance(await told, CancelledError)
        assert (await ask(store, ALL)).body

    run(steps())


def test_answers_tell_their_version_and_the_next_one_sees_a_change(store) -> None:
    async def steps() -> None:
        first = await ask(store, ALL)
        version = await asyncio.to_thread(store.apply, ONE)
        second = await ask(store, ALL)
        assert first.version is not None
        assert (first.version.number, second.version) == (0, version)
        assert [len(read_results(a.body).rows) for a in (first, second)] == [0, 1]

    run(steps())


def test_idle_children_of_a_former_version_are_given_back(store) -> None:
    async def steps() -> None:
        await ask(store, ALL)
        before = children_of(store)
        await asyncio.to_thread(store.apply, ONE)
        await settled()
        assert not set(before) & set(children_of(store))

    run(steps())


@pytest.mark.parametrize(
    ("text", "limits", "expected"),
    [
        ("SELECT nonsense", Limits(), QueryError),
        (ENDLESS, Limits(seconds=0.2), QueryTimeoutError),
        ("SELECT * {" + "{" * 100_000 + "}" * 100_000 + "}", Limits(), LimitError),
        (f"SELECT * {{ VALUES ?x {TEN} }}", Limits(answer_bytes=9), LimitError),
        (
            "SELECT * {" + " ".join(f"VALUES ?v{i} {TEN}" for i in range(8)) + "} ORDER BY ?v1",
            Limits(memory_bytes=64 * 1024**2),
            LimitError,
        ),
    ],
)
def test_failures_are_told_as_on_any_way_and_the_next_is_answered(
    store, text, limits, expected
) -> None:
    async def steps() -> None:
        assert isinstance(await error_of(store, text, limits), expected)
        assert (await ask(store, ALL)).body

    run(steps())


def test_long_queries_and_long_answers_arrive_whole(store) -> None:
    values = " ".join(f'"{n}"' for n in range(60_000))
    request = QueryRequest(f"SELECT ?o {{ VALUES ?o {{ {values} }} }}")

    async def steps() -> None:
        assert len(read_results((await ask(store, request)).body).rows) == 60_000

    run(steps())


def test_one_works_two_wait_and_the_rest_is_sent_away(store) -> None:
    async def steps() -> None:
        limits = Limits(seconds=60)
        jobs = [
            asyncio.create_task(ask(store, QueryRequest(ENDLESS, id=f"q{n}"), limits))
            for n in range(4)
        ]
        await settled()
        running = await asyncio.to_thread(store.running)
        assert [(q.id, q.seconds > 0) for q in running] == [
            ("q0", True), ("q1", False), ("q2", False),
        ]  # fmt: skip
        assert (running[0].text, isinstance(jobs[3].exception(), BusyError)) == (ENDLESS, True)
        assert [store.cancel(f"q{n}") for n in (1, 0, 2, 3)] == [True, True, True, False]
        ends = await asyncio.gather(*jobs[:3], return_exceptions=True)
        assert all(isinstance(end, CancelledError) for end in ends)
        assert not await asyncio.to_thread(store.running)

    run(steps())


def test_threads_and_loops_take_turns(store) -> None:
    async def steps() -> None:
        limits = Limits(seconds=0.5)
        endless = asyncio.create_task(ask(store, QueryRequest(ENDLESS), limits))
        await settled()
        start = time.monotonic()
        await asyncio.to_thread(store.answer, ALL, Limits())
        assert time.monotonic() - start > 0.2
        with pytest.raises(QueryTimeoutError):
            await endless

    run(steps())


def test_who_stops_waiting_has_the_work_ended(store) -> None:
    async def steps() -> None:
        job = asyncio.create_task(ask(store, QueryRequest(ENDLESS), Limits(seconds=60)))
        await settled()
        job.cancel()
        await settled()
        assert not await asyncio.to_thread(store.running)
        assert (await ask(store, ALL)).body

    run(steps())


def test_a_store_process_that_dies_fails_the_query_and_the_next_is_answered(store) -> None:
    async def steps() -> None:
        await ask(store, ALL)
        job = asyncio.create_task(ask(store, QueryRequest(ENDLESS), Limits(seconds=60)))
        await settled()
        os.kill(store.pid, signal.SIGKILL)
        with pytest.raises(WorkerError, match="gave no answer"):
            await job
        assert (await ask(store, ALL)).body

    run(steps())


def test_another_event_loop_has_lanes_of_its_own(store) -> None:
    for _ in range(2):
        run(_asked(store))


async def _asked(store) -> None:
    assert (await ask(store, ALL)).body


def test_closing_the_store_ends_what_is_asked(store) -> None:
    async def steps() -> None:
        job = asyncio.create_task(ask(store, QueryRequest(ENDLESS), Limits(seconds=60)))
        await settled()
        await asyncio.to_thread(store.close)
        with pytest.raises(WorkerError):
            await job

    run(steps())


def test_what_undoes_or_leaves_out_takes_another_way(store) -> None:
    async def steps() -> None:
        assert store.soon(QueryRequest("ASK {}", scope=Scope.ASSERTED), Limits()) is None
        assert store.soon(QueryRequest("ASK {}", undo=ONE), Limits()) is None

    run(steps())


def test_no_two_answers_have_the_same_uuid(store) -> None:
    async def steps() -> None:
        request = QueryRequest("SELECT (UUID() AS ?u) {}")
        bodies = set()
        for n in range(10):
            bodies.add((await ask(store, request)).body)
            if n % 3 == 0:
                await asyncio.to_thread(store.apply, Changeset((f"<a:{n}> <a:p> <a:o> .",)))
        assert len(bodies) == 10

    run(steps())


def test_a_reply_is_whole_only_with_its_last_byte() -> None:
    reply = Reply()
    whole = b"\x01\x00\x01" + (3).to_bytes(8, "big") + b"tabc"
    assert [reply.take(whole[i : i + 1]) for i in range(len(whole))] == [
        *[False] * (len(whole) - 1),
        True,
    ]
    assert reply.outcome(VERSION) == Answer(b"abc", "t", VERSION)


def test_a_job_begins_with_its_size() -> None:
    job = write_job(ALL, Limits())
    assert int.from_bytes(job[:4], "big") == len(job) - 4


def children_of(store: ProcessStore) -> list[str]:
    return Path(f"/proc/{store.pid}/task/{store.pid}/children").read_text().split()

"""Work in a forked child: its answer, its errors, and its end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from neagraph.errors import (
    LimitError,
    NeagraphError,
    NotFoundError,
    QueryError,
    QueryTimeoutError,
    WorkerError,
)
from neagraph.model import Answer, Limits, QueryRequest
from neagraph.rdf.engine import Engine
from neagraph.store import child as children
from neagraph.store.child import Word, run
from neagraph.store.messages import describe_error, read_outcome, revive_error

ANSWER = Answer(b"body", "text/plain")


def _fail(error: Exception) -> Answer:
    raise error


def _sleep() -> Answer:
    time.sleep(60)
    return ANSWER


def test_run_returns_the_answer_of_the_child() -> None:
    parent = os.getpid()
    answer = run(lambda: Answer(str(os.getpid()).encode(), "text/plain"), Limits())
    assert int(answer.body) != parent


def test_run_raises_what_the_child_raised_with_its_place() -> None:
    error = QueryError("wrong", hint="mend", where="line 1, column 2", line=1, column=2)
    with pytest.raises(QueryError) as caught:
        run(lambda: _fail(error), Limits())
    assert vars(caught.value) == vars(error)


def test_run_kills_the_child_at_its_deadline() -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"longer than 0\.2 s"):
        run(_sleep, Limits(seconds=0.2))
    assert time.monotonic() - start < 30  # the child would have slept for a minute


def test_run_tells_of_a_child_that_died() -> None:
    with pytest.raises(WorkerError, match="without an answer"):
        run(lambda: os._exit(3), Limits())
    with pytest.raises(WorkerError, match="without an answer"):
        run(lambda: _fail(RuntimeError("a bug")), Limits())


def test_run_refuses_an_answer_beyond_its_limit() -> None:
    with pytest.raises(LimitError, match="more than 3 bytes"):
        run(lambda: ANSWER, Limits(answer_bytes=3))


def test_run_ends_a_child_that_takes_too_much_memory() -> None:
    with pytest.raises(LimitError, match="64 MB of memory"):
        run(lambda: Answer(bytes(256 * 1024**2), "x"), Limits(memory_bytes=64 * 1024**2))


def test_a_child_can_open_no_connection() -> None:
    """Should SERVICE ever get past the check of the query's text, it still reaches nobody."""

    def connect() -> Answer:
        try:
            socket.socket()
        except OSError:
            return Answer(b"refused", "text/plain")
        return Answer(b"open", "text/plain")

    assert run(connect, Limits()).body == b"refused"


def test_run_leaves_no_descriptor_and_no_child_behind() -> None:
    def held() -> tuple[int, str]:
        task = Path("/proc/self/task") / str(os.getpid())
        return len(list(Path("/proc/self/fd").iterdir())), (task / "children").read_text()

    before = held()
    for _ in range(20):
        run(lambda: ANSWER, Limits())
    assert held() == before


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError("m", hint="h", where="w", details=("a", "b")),
        QueryError("m", hint="h", line=None, column=None),
    ],
)
def test_errors_survive_the_way_between_processes(error) -> None:
    revived = revive_error(describe_error(error))
    assert type(revived) is type(error)
    assert vars(revived) == vars(error)


def test_the_child_s_random_numbers_are_not_the_parent_s() -> None:
    """The engine seeds them for each thread: a forked copy of the state would repeat itself."""
    engine = Engine()
    request = QueryRequest("SELECT (UUID() AS ?u) (BNODE() AS ?b) {}")
    engine.answer(request)
    answers = {run(lambda: engine.answer(request), Limits()).body for _ in range(3)}
    assert len(answers) == 3


def test_a_deeply_nested_query_ends_its_child_alone() -> None:
    deep = QueryRequest("SELECT * { " + "{" * 100_000 + "}" * 100_000 + " }")
    with pytest.raises((LimitError, QueryError)):
        run(lambda: Engine().answer(deep), Limits())


def test_a_child_goes_on_after_errors_and_leaves_after_its_last_job() -> None:
    child = children.start(_echo)
    said = []
    for job, last in ((b"1", False), (b"wrong", False), (b"2", True)):
        children.give(child, job, Limits(), last=last)
        said.append(children.hear(child))
        with children.take(child) as outcome:
            said.append(_told(outcome))
    assert said == [Word.MORE, b"1", Word.MORE, "wrong", Word.LAST, b"2"]
    assert children.hear(child) is Word.GONE
    children.bury(child)


def test_a_child_that_has_kept_much_memory_leaves() -> None:
    kept = []

    def hoard(_: bytes) -> Answer:
        kept.append(bytes(100 * 1024**2))
        return ANSWER

    child = children.start(hoard)
    children.give(child, b"", Limits(), last=False)
    assert children.hear(child) is Word.LAST
    children.bury(child)


def test_each_job_has_its_own_limits() -> None:
    child = children.start(lambda job: Answer(bytes(int(job)), "x"))
    said = []
    for most in (10, 100, 10):
        children.give(child, b"50", Limits(answer_bytes=most), last=False)
        children.hear(child)
        with children.take(child) as outcome:
            said.append(_told(outcome))
    assert said[1] == bytes(50)
    assert "more than 10 bytes" in said[0] == said[2]
    children.kill(child)
    children.bury(child)


def test_a_child_does_not_outlive_its_parent() -> None:
    program = (
        "import os, signal, sys, time\n"
        "from neagraph.store import child\n"
        "from neagraph.model import Limits\n"
        "one = child.start(lambda _: time.sleep(60))\n"
        "child.give(one, b'', Limits(), last=False)\n"
        "print(one.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, timeout=20
    )
    pid = int(ended.stdout)
    deadline = time.monotonic() + 60
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _echo(job: bytes) -> Answer:
    if job == b"wrong":
        raise NotFoundError("wrong")
    return Answer(job, "text/plain")


def _told(outcome) -> bytes | str:
    try:
        return read_outcome(outcome).body
    except NeagraphError as error:
        return error.message

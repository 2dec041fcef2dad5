"""Work in a forked child: its answer, its errors, and its end."""

from __future__ import annotations

import os
import socket
import time

import pytest

from neagraph.errors import (
    LimitError,
    NotFoundError,
    QueryError,
    QueryTimeoutError,
    WorkerError,
)
from neagraph.model import Answer, Limits
from neagraph.store.child import run
from neagraph.store.messages import describe_error, revive_error

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
    assert time.monotonic() - start < 2


def test_run_tells_of_a_child_that_died() -> None:
    with pytest.raises(WorkerError, match="without an answer"):
        run(lambda: os._exit(3), Limits())
    with pytest.raises(WorkerError, match="without an answer"):
        run(lambda: _fail(RuntimeError("a bug")), Limits())


def test_run_refuses_an_answer_beyond_its_limit() -> None:
    with pytest.raises(LimitError, match="4 bytes; at most 3"):
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
    before = os.listdir("/proc/self/fd")  # noqa: PTH208  names are all that is needed
    for _ in range(20):
        run(lambda: ANSWER, Limits())
    assert len(os.listdir("/proc/self/fd")) == len(before)  # noqa: PTH208
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


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

"""A piece of work in a forked child that can always be killed.

The engine cannot be interrupted from outside, so a query runs in a child that shares the
dataset's memory copy-on-write. Its outcome goes to an unnamed file and is read only when the child
has ended in order: a cut answer never looks whole. Forking is safe only in a process with one
thread.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from neagraph.errors import LimitError, NeagraphError, QueryTimeoutError, WorkerError
from neagraph.model import Answer, Limits
from neagraph.store.messages import HINT_AGAIN, read_outcome, write_outcome

Work = Callable[[], Answer]


@dataclass(frozen=True, slots=True)
class Child:
    """A running child.

    Args:
        pid: Its process number.
        ended: A descriptor that turns readable when the child has ended.
        outcome: The file that it writes its outcome to.
        deadline: When it is to be killed, on the clock of `time.monotonic`.
        limits: What it may use.
    """

    pid: int
    ended: int
    outcome: IO[bytes]
    deadline: float
    limits: Limits


def start(work: Work, limits: Limits) -> Child:
    """Fork a child that does the work, and return it at once."""
    outcome = tempfile.TemporaryFile()  # noqa: SIM115  closed by `finish`
    ended, alive = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _live(work, limits, outcome)
    os.close(alive)
    return Child(pid, ended, outcome, time.monotonic() + limits.seconds, limits)


def kill(child: Child) -> None:
    """End the child at once."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)


def finish(child: Child) -> IO[bytes]:
    """Reap an ended or killed child and return the file of its outcome, for `read_outcome`.

    A child that did not end in order has its file replaced by the error that says why.
    """
    _, status = os.waitpid(child.pid, 0)
    os.close(child.ended)
    if status != 0:
        error = _error_of(child, status)
        child.outcome.seek(0)
        child.outcome.truncate()
        write_outcome(child.outcome, error)
    child.outcome.seek(0)
    return child.outcome


def run(work: Work, limits: Limits) -> Answer:
    """Return the answer of work done in a child, or raise what it raised.

    Raises:
        QueryTimeoutError: If it took longer than its limit; it has been ended.
        LimitError: If its answer is larger than its limit.
        WorkerError: If it ended without an answer.
    """
    child = start(work, limits)
    try:
        select.select([child.ended], [], [], limits.seconds)
    finally:
        if not select.select([child.ended], [], [], 0)[0]:
            kill(child)
        outcome = finish(child)
    with outcome:
        return read_outcome(outcome)


def _live(work: Work, limits: Limits, outcome: IO[bytes]) -> None:
    """The child's whole life; it never returns, and never runs the parent's clean-up."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _restrict(limits)
        write_outcome(outcome, _outcome_of(work, limits))
        status = 0
    finally:
        os._exit(status)


def _outcome_of(work: Work, limits: Limits) -> Answer | NeagraphError:
    try:
        answer = work()
    except NeagraphError as error:
        return error
    except MemoryError:
        return _memory_error(limits)
    if len(answer.body) > limits.answer_bytes:
        return LimitError(
            f"The answer has {len(answer.body):,} bytes; at most {limits.answer_bytes:,} are sent.",
            hint="Add a LIMIT, or fetch the dump.",
        )
    return answer


def _restrict(limits: Limits) -> None:
    """Bound the address space, and let the child open no further file or connection."""
    if _STATM.exists():
        space = int(_STATM.read_text().split()[0]) * resource.getpagesize() + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


_STATM = Path("/proc/self/statm")


def _error_of(child: Child, status: int) -> NeagraphError:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return QueryTimeoutError(
            f"The query took longer than {child.limits.seconds:g} s and was ended.",
            hint="Narrow it down or add a LIMIT; the limit is set with --timeout.",
        )
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGABRT:
        return _memory_error(child.limits)
    return WorkerError("The process of this query ended without an answer.", hint=HINT_AGAIN)


def _memory_error(limits: Limits) -> LimitError:
    return LimitError(
        f"The query needed more than {limits.memory_bytes // 1024**2:,} MB of memory.",
        hint="Narrow it down, or add a LIMIT and drop ORDER BY.",
    )

"""Work in forked children that can always be killed.

The engine cannot be interrupted from outside, so queries run in children that share the dataset's
memory copy-on-write. A child lives until its memory has grown, its work has spoiled its copy of
the dataset, or it is killed. A job comes to it as a file without a name, and the outcome goes back
in the same file, which is read only when the child says that it is whole; or queries and replies
go through a lane, and each begins with its size. A cut answer never looks like a whole one. Forking
is safe only in a process with one thread.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import logging
import math
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from enum import Enum
from functools import partial
from itertools import pairwise
from typing import IO, Final

from neagraph.errors import LimitError, NeagraphError, QueryTimeoutError, WorkerError
from neagraph.model import Answer, Limits, QueryRequest
from neagraph.rdf.engine import too_large
from neagraph.store.bounds import Bounds, Memory, restricted
from neagraph.store.messages import (
    HINT_AGAIN,
    read_outcome,
    receive_job,
    send_reply,
    write_outcome,
)

Work = Callable[[bytes], Answer]
"""What a child does with the bytes of a job."""
Ask = Callable[[QueryRequest, int], Answer]
"""What it does with a query of a lane, and the most bytes that the answer may have."""

LOG: Final = logging.getLogger(__name__)
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux
_MOST_GROWTH = 64 * 1024**2  # bytes that a child may keep from its work and yet go on
_STACK = 64 * 1024**2  # bytes; deeply nested queries need much of it
_FILE = b"."  # what comes is the file of a job
_LANE = b"l"  # what comes is a lane


class Word(Enum):
    """What a child says."""

    MORE = b"."
    """The outcome is whole, and another job may come."""
    LAST = b"!"
    """The outcome is whole, and the child is leaving."""
    GONE = b""
    """Nothing: it has ended."""


@dataclass(slots=True, eq=False)
class Child:
    """A child, idle or at work.

    Args:
        pid: Its process number.
        link: Jobs go out here; it turns readable when the child has something to say.
        job: The file of its present job; its outcome, once the child has said so.
        limits: What the present job may use.
        started: When the present job began, on the clock of `time.monotonic`.
    """

    pid: int
    link: socket.socket
    job: IO[bytes] | None = None
    limits: Limits = field(default_factory=Limits)
    started: float = 0.0

    @property
    def deadline(self) -> float:
        """When it is to be killed, on the same clock."""
        return self.started + self.limits.seconds


@dataclass(frozen=True, slots=True)
class _Works:
    """What a child can do."""

    work: Work
    ask: Ask | None


def start(work: Work, *, ask: Ask | None = None) -> Child:
    """Fork a child that waits for jobs.

    Args:
        work: What it does with a job.
        ask: What it does with a query of a lane; None for one that is never lent.

    Raises:
        OSError: If the system has no process or no descriptor left for it.
    """
    return Child(*fork_linked(partial(_live, _Works(work, ask))))


def fork_linked(live: Callable[[socket.socket], None]) -> tuple[int, socket.socket]:
    """Fork a process that ends with this one, and return its id and this end of the link to it.

    Args:
        live: Its whole life, handed its end of the link; none of the parent's clean-up is run.

    Raises:
        OSError: If the system has no process or no descriptor left for it.
    """
    ours, its = socket.socketpair()
    sys.stdout.flush()
    sys.stderr.flush()
    ends = end_with_parent(os.getpid())
    try:
        pid = os.fork()
    except OSError:
        ours.close()
        its.close()
        raise
    if pid == 0:
        try:
            ends()
            live(its)
        finally:
            os._exit(1)
    its.close()
    return pid, ours


def give(
    child: Child, job: bytes, limits: Limits, *, last: bool, last_if_refused: bool = False
) -> None:
    """Give an idle child a job.

    Args:
        child: The child.
        job: What its work is done with.
        limits: What it may use.
        last: Whether the child is to leave afterwards.
        last_if_refused: Whether it is to leave if the outcome is an error.

    Raises:
        OSError: If there is no descriptor left for it, or the child has ended.
    """
    head = {"limits": asdict(limits), "last": last, "last_if_refused": last_if_refused}
    child.job = outcome_file()
    child.job.write(json.dumps(head).encode() + b"\n" + job)
    child.job.flush()
    child.job.seek(0)
    child.limits, child.started = limits, time.monotonic()
    socket.send_fds(child.link, [_FILE], [child.job.fileno()])


def lend(child: Child, lane: socket.socket) -> None:
    """Have an idle child do the jobs that come through a lane, until that closes; it leaves then.

    Raises:
        OSError: If the child has ended.
    """
    socket.send_fds(child.link, [_LANE], [lane.fileno()])


def hear(child: Child) -> Word:
    """Return what a child says whose link is readable."""
    try:
        return Word(child.link.recv(1))
    except ConnectionError:
        return Word.GONE


def take(child: Child) -> IO[bytes]:
    """Return the file of an outcome that the child has said to be whole, for `read_outcome`."""
    job, child.job = child.job, None
    if job is None:
        raise WorkerError("There is no outcome to take.")
    job.seek(0)
    return job


def kill(child: Child) -> None:
    """End the child at once; it remains to be buried."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)


def bury(child: Child) -> NeagraphError:
    """Reap a child that has ended, or is about to, and return the error that says why it did."""
    _, status = os.waitpid(child.pid, 0)
    child.link.close()
    if child.job is not None:
        child.job.close()
    return _error_of(child.limits, status)


def run(work: Callable[[], Answer], limits: Limits) -> Answer:
    """Return the answer of work done in a child of its own, or raise what it raised.

    Raises:
        QueryTimeoutError: If it took longer than its limit; it has been ended.
        LimitError: If its answer is larger than its limit, or it needed too much memory.
        WorkerError: If it ended without an answer.
    """
    child = start(lambda _: work())
    word = None
    try:
        give(child, b"", limits, last=True)
        word = hear(child) if _speaks_within(child, limits.seconds) else None
        if word is Word.LAST:
            with take(child) as outcome:
                return read_outcome(outcome)
    finally:
        if word is not Word.GONE:
            kill(child)
        error = bury(child)
    raise too_slow(limits) if word is None else error


def outcome_file() -> IO[bytes]:
    """Return a new file without a name, in memory where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("outcome"), "w+b")
    return tempfile.TemporaryFile()


def too_slow(limits: Limits) -> QueryTimeoutError:
    """Return the error of work that was ended at its deadline."""
    return QueryTimeoutError(
        f"The query took longer than {limits.seconds:g} s and was ended.",
        hint="Narrow it down, add a LIMIT or ask for more time: over HTTP with the parameter "
        "timeout, up to the limit of the service; in commands, and for the service itself, with "
        "--timeout.",
    )


def _speaks_within(child: Child, seconds: float) -> bool:
    poll = select.poll()
    poll.register(child.link, select.POLLIN)
    return bool(poll.poll(math.ceil(seconds * 1000)))


def _live(works: _Works, link: socket.socket) -> None:
    """The child's whole life.

    It works in a thread of its own: the engine keeps the state of its random numbers for each
    thread, and what the parent's thread has would be the same in every child.
    """
    gc.freeze()  # what came from the parent is neither collected nor touched
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    let_go(keep=[link.fileno()])
    threading.stack_size(_STACK)
    thread = threading.Thread(target=_labour, args=(works, link), daemon=True)
    thread.start()
    thread.join()


def _labour(works: _Works, link: socket.socket) -> None:
    status = 1
    try:
        memory = Memory()
        with contextlib.suppress(ConnectionError):  # the parent has gone
            while not _do_next(works, link, memory):
                pass
        status = 0
    except Exception:
        LOG.exception("A query process failed.")
    finally:
        os._exit(status)


def _do_next(works: _Works, link: socket.socket, memory: Memory) -> bool:
    """Do the next job, or all those of a lane; True if it was the last."""
    what, descriptors, _, _ = socket.recv_fds(link, 1, 1)
    if not descriptors:
        return True
    if what == _LANE:
        with socket.socket(fileno=descriptors[0]) as lane:
            _do_lane(works, lane, memory)
        last = True
    else:
        with os.fdopen(descriptors[0], "r+b") as file:
            last = _do_file(works, file, memory)
    link.send((Word.LAST if last else Word.MORE).value)
    return last


def _do_file(works: _Works, file: IO[bytes], memory: Memory) -> bool:
    """Do the job in a file, and leave the outcome there; True if it was the last."""
    head = json.loads(file.readline())
    job, limits = file.read(), Limits(**head["limits"])
    file.seek(0)
    file.truncate()
    with restricted(limits, memory):
        outcome = _outcome_of(partial(works.work, job), limits)
    write_outcome(file, outcome)
    refused = head["last_if_refused"] and isinstance(outcome, NeagraphError)
    return head["last"] or refused or memory.growth() > _MOST_GROWTH


def _do_lane(works: _Works, lane: socket.socket, memory: Memory) -> None:
    """Do the jobs of a lane until it closes, or memory has grown."""
    last, ask, bounds = False, works.ask, Bounds(memory)
    while ask is not None and not last and (asked := receive_job(lane)) is not None:
        request, limits = asked
        bounds.put(limits)
        outcome = _outcome_of(partial(ask, request, limits.answer_bytes), limits)
        if not isinstance(outcome, Answer):
            bounds.lift()
        last = memory.growth() > _MOST_GROWTH
        send_reply(lane, outcome, last=last)


def _outcome_of(work: Callable[[], Answer], limits: Limits) -> Answer | NeagraphError:
    try:
        answer = work()
    except NeagraphError as error:
        return error
    except MemoryError:
        return _memory_error(limits)
    return answer if len(answer.body) <= limits.answer_bytes else too_large(limits.answer_bytes)


def let_go(*, keep: Iterable[int]) -> None:
    """Close in a fork what belongs to the parent alone, and leave no core file behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for before, after in pairwise([2, *sorted(keep), os.sysconf("SC_OPEN_MAX")]):
        os.closerange(before + 1, after)


def end_with_parent(parent: int) -> Callable[[], None]:
    """Return what a fork does first, so that it does not outlive its parent (Linux alone)."""
    prctl = _prctl()

    def ask() -> None:
        prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask


@functools.cache
def _prctl() -> Callable[[int, int], int]:
    import ctypes  # noqa: PLC0415  not needed by what never forks

    prctl: Callable[[int, int], int] = getattr(ctypes.CDLL(None), "prctl", lambda *_: 0)
    return prctl


def _error_of(limits: Limits, status: int) -> NeagraphError:
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number == signal.SIGXCPU:
        return too_slow(limits)
    if number == signal.SIGABRT:
        return _memory_error(limits)
    if number in {signal.SIGSEGV, signal.SIGBUS}:
        return LimitError(
            "The query is nested too deeply, or needed more memory than there is.",
            hint="Write it with fewer levels of brackets and groups.",
        )
    return WorkerError("The process of this query ended without an answer.", hint=HINT_AGAIN)


def _memory_error(limits: Limits) -> LimitError:
    return LimitError(
        f"The query needed more than {limits.memory_bytes // 1024**2:,} MB of memory.",
        hint="Narrow it down, or add a LIMIT and drop ORDER BY.",
    )

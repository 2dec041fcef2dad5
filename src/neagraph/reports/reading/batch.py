"""Many reports at once: each in a process of its own, with a time limit."""

from __future__ import annotations

import multiprocessing
import pickle
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, TypeVar

from neagraph.errors import LimitError, NeagraphError, WorkerError

Result = TypeVar("Result")
_LIBRARIES = ("pypdfium2", "docx")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What became of one report: a result or an error, never both.

    Args:
        path: The file.
        result: What the function returned; None after an error.
        error: What went wrong; None if nothing did.
        seconds: How long it took.
    """

    path: Path
    result: Result | None
    error: NeagraphError | None
    seconds: float


@dataclass(frozen=True, slots=True)
class _Running:
    """A report that a process is at work on."""

    path: Path
    process: BaseProcess
    answers: Connection
    since: float


def run_batch(
    function: Callable[[Path], Result],
    paths: Sequence[Path],
    *,
    workers: int,
    seconds: float,
    megabytes: int = 2000,
) -> Iterator[Outcome[Result]]:
    """Yield the outcome of a function for each of some files, in the order in which they end.

    Each runs in a process of its own. One that takes too long or falls over is killed and
    reported, and the rest goes on. If the caller stops, so do the processes.

    Args:
        function: Called with each path; it and its results must be picklable.
        paths: The files.
        workers: How many run at once.
        seconds: How long each may take.
        megabytes: How much memory each may use.
    """
    context, packed = _context(function), pickle.dumps(function)  # once for all of them
    waiting = deque(paths)
    running: dict[Connection, _Running] = {}
    try:
        while waiting or running:
            while waiting and len(running) < max(workers, 1):
                started = _start(context, packed, waiting.popleft(), megabytes)
                running[started.answers] = started
            yield from _finished(running, seconds)
    finally:
        for task in running.values():
            _end(task)


def _context(function: Callable[[Path], Result]) -> BaseContext:
    """Return how processes are started: copies of one that has imported what this one has.

    The libraries for formats are imported there as well, and by nobody where they are missing.
    """
    context = multiprocessing.get_context("forkserver")
    target = getattr(function, "func", function)
    ours = [name for name in sys.modules if name.partition(".")[0] == "neagraph"]
    context.set_forkserver_preload([*ours, target.__module__, *_LIBRARIES])
    return context


def _start(context: BaseContext, packed: bytes, path: Path, megabytes: int) -> _Running:
    answers, sender = context.Pipe(duplex=False)
    process = context.Process(  # type: ignore[attr-defined]  # every context has it
        target=_work_within, args=(megabytes, sender, packed, path), daemon=True
    )
    process.start()
    sender.close()
    return _Running(path, process, answers, time.monotonic())


def _work_within(megabytes: int, sender: Connection, packed: bytes, path: Path) -> None:
    """Do the work with a limit on the memory of this process."""
    limit = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    work(sender, pickle.loads(packed), path)  # noqa: S301 - packed by the process that began this


def work(sender: Connection, function: Callable[[Path], Result], path: Path) -> None:
    """Send the result of a function for one file, or the error; what a process runs."""
    try:
        said: Result | NeagraphError = function(path)
    except NeagraphError as error:
        said = error
    except MemoryError:
        said = LimitError(
            "This report takes more memory than a report may have.",
            hint="Divide it, or leave out its pictures and annexes.",
            where=str(path),
        )
    except Exception as error:  # noqa: BLE001 - the outermost edge of the process
        said = WorkerError(
            f"The program failed at this report: {type(error).__name__}: {error}.",
            hint="This is a fault of the program; please report it.",
            where=str(path),
        )
    sender.send(said)
    sender.close()


def _finished(running: dict[Connection, _Running], seconds: float) -> Iterator[Outcome[Result]]:
    """Wait for the next process to end or to run out of time; yield what is done."""
    nearest = min(task.since for task in running.values()) + seconds
    ready = wait(list(running), timeout=max(nearest - time.monotonic(), 0.0))
    now = time.monotonic()
    for answers, task in list(running.items()):
        if answers in ready:
            yield _outcome(running.pop(answers), now)
        elif now - task.since >= seconds:
            error = LimitError(
                f"This report took longer than the {seconds:g} s that it may take.",
                hint="Give it more time with --timeout, or divide it.",
                where=str(task.path),
            )
            _end(running.pop(answers))
            yield Outcome(task.path, None, error, now - task.since)


def _outcome(task: _Running, now: float) -> Outcome[Result]:
    """Return what a process that has sent something, or has ended, leaves behind."""
    try:
        said = task.answers.recv()
    except (EOFError, OSError):
        task.process.join()
        said = WorkerError(
            f"The process that read this report fell over (exit code {task.process.exitcode}).",
            hint="Read it alone to see more: neagraph extract FILE",
            where=str(task.path),
        )
    _end(task)
    if isinstance(said, NeagraphError):
        return Outcome(task.path, None, said, now - task.since)
    return Outcome(task.path, said, None, now - task.since)


def _end(task: _Running) -> None:
    """Kill a process if it still runs, and let go of what it held."""
    with suppress(ProcessLookupError):
        task.process.kill()
    task.process.join()
    task.answers.close()
    task.process.close()

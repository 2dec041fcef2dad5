"""The client of the store process: it starts it, asks it, and starts it anew when it has died."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import IO, Final

from neagraph.errors import NeagraphError, WorkerError
from neagraph.model import (
    Answer,
    Changeset,
    Limits,
    QueryRequest,
    RunningQuery,
    Scope,
    Version,
    Write,
)
from neagraph.store.lanes import Lanes, Lent, no_answer
from neagraph.store.messages import (
    HINT_AGAIN,
    Do,
    Message,
    answered_changeset,
    answered_running,
    apply_message,
    check_message,
    query_message,
    read_outcome,
    trial_message,
    write_message,
)
from neagraph.store.questions import Question
from neagraph.store.turns import Turns

LOG: Final = logging.getLogger(__name__)
MODULE: Final = "neagraph.storekeeper"
"""The program of the store process."""
READY: Final = b"ready\n"
"""What the store process says when it has loaded its dataset; an outcome with it follows."""
_AT_ONCE = frozenset({Do.APPLY, Do.RUNNING})  # what needs no child, and so no turn
_BACKLOG = 256
_PATIENCE = 5.0  # seconds that a store process may take to end
_PAUSE = 1.0  # seconds between two starts, where the first has failed


class Mode(StrEnum):
    """What a store makes of its dataset."""

    NORMAL = "normal"
    """The default graph is the union; writes pass closure and shapes."""
    PLAIN = "plain"
    """A plain SPARQL server: the default graph is a graph of its own; any write is taken."""


@dataclass(frozen=True, slots=True)
class StoreSource:
    """Where a store process reads its dataset.

    Args:
        snapshot: Folder of the snapshot; None to begin empty.
        log: The commit log to replay on it; None for none.
    """

    snapshot: Path | None = None
    log: Path | None = None


class _Process:
    """One store process, from its start to its end."""

    def __init__(self, arguments: list[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="neagraph-")
        self._address = str(Path(self._folder.name) / "store")
        # Closed here once the process has it, or callers would wait for a process that has died.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self._address)
            listener.listen(_BACKLOG)
            number = listener.fileno()
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [sys.executable, "-P", "-m", MODULE, "--listener", str(number), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[number],
            )
        self.pid = self._process.pid

    def wait(self) -> Version:
        """Return the version that it has loaded, or raise what it says instead."""
        stdout = self._process.stdout
        if stdout is None or self._process.stdin is None:
            raise WorkerError("The store process has no output.")
        ready = stdout.readline() == READY
        with tempfile.TemporaryFile() as outcome:
            outcome.write(stdout.readline() if ready else stdout.read())
            outcome.seek(0)
            version = read_outcome(outcome).version
        if version is None:
            raise WorkerError("The store process did not start.", hint="See its error output.")
        return version

    def connect(self, connection: socket.socket) -> None:
        """Connect to it, or raise OSError; a stand-in may live on for a moment when it has died."""
        if self.has_ended():
            raise ConnectionRefusedError
        connection.connect(self._address)

    def has_ended(self, *, within: float = 0) -> bool:
        """Return whether it has ended, or does so within some seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        return self._process.returncode is not None

    def close(self) -> None:
        """End it."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        if not self.has_ended(within=_PATIENCE):
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


class ProcessStore:
    """A store in a process of its own; every method may be called from any thread.

    When the process dies, the requests under way fail with WorkerError, and the next one finds a
    new process with the same dataset: a snapshot and the commits of the log.

    Args:
        source: Where it reads its dataset.
        workers: How many queries may run at once.
        queue: How many more may wait; who comes after them gets BusyError.
        mode: What it makes of the dataset.
        anew: Tells where a process reads that takes the place of one that has died; None for
            `source`. Builds make newer snapshots meanwhile, and remove older ones.
    """

    def __init__(
        self,
        source: StoreSource,
        *,
        workers: int,
        queue: int = 64,
        mode: Mode = Mode.NORMAL,
        anew: Callable[[], StoreSource] | None = None,
    ) -> None:
        self._anew = anew or (lambda: source)
        self._arguments = partial(_arguments, workers=workers, queue=queue, mode=mode)
        self._lock = threading.Lock()
        self._questions: dict[str, Question] = {}
        self._turns = Turns(workers, queue)
        self._lanes: Lanes | None = None
        self._version: Version | None = None
        self._failure: tuple[float, NeagraphError] | None = None
        self._closed = False
        self._process = _Process(self._arguments(source))

    @property
    def version(self) -> Version:
        """The state that answers now; known without asking the process."""
        return self._version or self.wait()

    @property
    def pid(self) -> int:
        """The number of the store process."""
        return self._process.pid

    def wait(self) -> Version:
        """Return the version when the store process has loaded its dataset.

        Raises:
            SnapshotError: If the snapshot cannot be loaded.
            HistoryError: If the commit log cannot be read, or does not fit the snapshot.
        """
        with self._lock:
            if self._version is None:
                if self._failure is not None:
                    raise self._failure[1]
                self._require_open()
                try:
                    self._version = _loaded(self._process)
                except NeagraphError as error:
                    self._closed = True
                    self._failure = time.monotonic(), error
                    raise
            return self._version

    def answer(self, request: QueryRequest, limits: Limits) -> Answer:
        """Return the whole answer of a query; errors as `Store.answer`."""
        with self._registered(request.id) as question:
            return self._ask(query_message(request, limits), question)

    def soon(self, request: QueryRequest, limits: Limits) -> Awaitable[Answer] | None:
        """Return what answers a query on the running event loop; None where only a thread can."""
        if request.scope is not Scope.ALL or request.undo is not None:
            return None
        loop = asyncio.get_running_loop()
        lanes = self._lanes
        if lanes is None or lanes.loop is not loop:
            lanes = self._new_lanes(loop)
        return lanes.answer(request, limits)

    def trial(self, write: Write, limits: Limits, *, id: str = "") -> Changeset:  # noqa: A002  as in logs
        """Return what a write would change; errors as `Store.trial`."""
        with self._registered(id) as question:
            message = trial_message(write, limits, query_id=id)
            return answered_changeset(self._ask(message, question))

    def check(self, request: bytes, limits: Limits, *, id: str = "") -> Answer:  # noqa: A002  as in logs
        """Return the report on data; errors as `Store.check`."""
        with self._registered(id) as question:
            return self._ask(check_message(request, limits, query_id=id), question)

    def apply(self, changeset: Changeset) -> Version:
        """Apply a changeset that the commit log holds, and return the new state.

        Should the process die over it, the log brings the changeset into the next one, which
        passes over what it has already.
        """
        message = apply_message(changeset)
        try:
            answer = self._ask(message, Question())
        except WorkerError:
            self._process.has_ended(within=_PAUSE)  # should it be about to
            answer = self._ask(message, Question())
        with self._lock:
            self._version = answer.version
            lanes = self._lanes
        if lanes is not None:
            lanes.renew()
        return answer.version or self.wait()

    def running(self) -> tuple[RunningQuery, ...]:
        """Return what is being worked on, then what waits, in order of arrival."""
        now = time.monotonic()
        known = answered_running(self._ask(Message(Do.RUNNING), Question()))
        lanes = [turn.told(now) for turn in self._turns.working() if turn.apart]
        waiting = [turn.told(now) for turn in self._turns.waiting()]
        working = sorted((*lanes, *known), key=lambda query: query.seconds, reverse=True)
        return (*working, *waiting)

    def cancel(self, id: str) -> bool:  # noqa: A002  as in logs
        """End the query or trial with this id; False if there is none."""
        question = self._questions.get(id)
        if question is not None:
            question.cancel()
            return True
        return self._lanes is not None and self._lanes.cancel(id)

    def close(self) -> None:
        """End the store process; every later call fails."""
        with self._lock:
            self._closed = True
            self._process.close()
            if self._lanes is not None:
                self._lanes.close()

    def _new_lanes(self, loop: asyncio.AbstractEventLoop) -> Lanes:
        """Return lanes on another event loop than before."""
        with self._lock:
            if self._lanes is not None:
                self._lanes.close()
            self._lanes = Lanes(loop, self._borrow, self._turns, lambda: self.version)
            return self._lanes

    def _borrow(self) -> Lent:
        """Borrow a child from the store process."""
        with contextlib.ExitStack() as opened:
            connection = opened.enter_context(socket.socket(socket.AF_UNIX))
            self._connect(connection)
            try:
                connection.sendall(write_message(Message(Do.LEND)))
                _, descriptors, _, _ = socket.recv_fds(connection, 1, 2)
            except OSError as error:
                raise no_answer() from error
            version = _version_in(descriptors[0]) if descriptors else None
            if version is None:
                raise no_answer()
            opened.pop_all()
            return Lent(connection, socket.socket(fileno=descriptors[1]), version)

    @contextlib.contextmanager
    def _registered(self, query_id: str) -> Iterator[Question]:
        question = Question()
        if query_id:
            self._questions[query_id] = question
        try:
            yield question
        finally:
            if self._questions.get(query_id) is question:
                del self._questions[query_id]

    def _ask(self, message: Message, question: Question) -> Answer:
        if message.do in _AT_ONCE:
            return self._exchange(message, question)
        with question.turn(message, self._turns):
            return self._exchange(message, question)

    def _exchange(self, message: Message, question: Question) -> Answer:
        with socket.socket(socket.AF_UNIX) as connection:
            self._connect(connection)
            try:
                with question.over(connection):
                    outcome = _exchange(connection, message)
            except OSError as error:
                question.require_wanted()
                raise no_answer() from error
        if outcome is None:
            question.require_wanted()
            raise no_answer()
        with outcome:
            return read_outcome(outcome)

    def _connect(self, connection: socket.socket) -> None:
        """Connect to the store process; to a new one if the last has died."""
        process = self._process
        try:
            process.connect(connection)
        except OSError:
            self._replace(process)
            try:
                self._process.connect(connection)
            except OSError as error:
                raise WorkerError("The store process is gone.", hint=HINT_AGAIN) from error

    def _replace(self, dead: _Process) -> None:
        """Start a new store process in the place of a dead one, unless somebody else has."""
        with self._lock:
            self._require_open()
            if self._process is not dead:
                return
            if self._failure is not None and time.monotonic() - self._failure[0] < _PAUSE:
                raise self._failure[1]
            LOG.error("The store process %d has died; another one is started.", dead.pid)
            if not dead.has_ended(within=_PATIENCE):
                raise WorkerError("The store process does not answer.", hint=HINT_AGAIN)
            dead.close()
            self._start()

    def _require_open(self) -> None:
        if self._closed:
            raise WorkerError("The store has been closed.", hint="Restart the service.")

    def _start(self) -> None:
        try:
            process = _Process(self._arguments(self._anew()))
            self._version = _loaded(process)
        except NeagraphError as error:
            self._failure = time.monotonic(), error
            raise
        self._process, self._failure = process, None


def _loaded(process: _Process) -> Version:
    """Return the version that a process has loaded; one that fails to is ended."""
    try:
        return process.wait()
    except NeagraphError:
        process.close()
        raise


def _exchange(connection: socket.socket, message: Message) -> IO[bytes] | None:
    """Send a message and return the file of the outcome; None if the connection ends without."""
    connection.sendall(write_message(message))
    _, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
    return os.fdopen(descriptors[0], "rb") if descriptors else None


def _version_in(descriptor: int) -> Version | None:
    """Return the version in the file of an outcome."""
    with os.fdopen(descriptor, "rb") as outcome:
        return read_outcome(outcome).version


def _arguments(source: StoreSource, *, workers: int, queue: int, mode: Mode) -> list[str]:
    snapshot = ["--empty"] if source.snapshot is None else ["--snapshot", str(source.snapshot)]
    log = [] if source.log is None else ["--log", str(source.log)]
    plain = ["--plain"] if mode is Mode.PLAIN else []
    return [*snapshot, *log, "--workers", str(workers), "--queue", str(queue), *plain]

"""The store process: one thread, a dataset in memory, a forked child for each query.

`StoreServer` is the loop inside that process; `ProcessStore` starts the process and is its client.
They talk through a Unix socket in a private folder: a request is one line of JSON, the reply one
byte that carries the descriptor of the outcome's file. A client that goes away has its child
killed; when the parent's end of standard input closes, the process ends.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from neagraph.errors import NeagraphError, WorkerError
from neagraph.model import Answer, Limits, QueryRequest
from neagraph.store import child as children
from neagraph.store.dataset import ScopedDataset
from neagraph.store.messages import (
    HINT_AGAIN,
    read_outcome,
    request_from_json,
    request_to_json,
    write_outcome,
)
from neagraph.store.snapshot import load_dataset

_READY = b"ready\n"
_CHUNK = 65536


@dataclass(slots=True)
class _Client:
    """A connection: what it has sent so far, and the child that works for it."""

    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)
    child: children.Child | None = None


class StoreServer:
    """The loop of the store process.

    Args:
        dataset: What is asked.
        listener: A listening Unix socket.
        lifeline: A descriptor; when it reaches its end, the loop ends.
        workers: How many children may run at once; further requests wait their turn.
    """

    def __init__(
        self, dataset: ScopedDataset, listener: socket.socket, *, lifeline: int, workers: int
    ) -> None:
        self._dataset = dataset
        self._workers = workers
        self._lifeline = lifeline
        self._clients: dict[int, _Client] = {}
        self._running: dict[int, _Client] = {}
        self._waiting: deque[_Client] = deque()
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._selector.register(lifeline, selectors.EVENT_READ)

    def serve(self) -> None:
        """Answer requests until the lifeline closes; no child outlives the loop."""
        alive = True
        while alive:
            for key, _ in self._selector.select(self._seconds_to_deadline()):
                alive = alive and self._handle(key.fd)
            self._kill_overdue()
            self._start_waiting()
        for client in list(self._running.values()):
            self._drop(client)

    def _handle(self, descriptor: int) -> bool:
        """Deal with one readable descriptor; False if it was the end of the lifeline."""
        if descriptor == self._lifeline:
            return bool(os.read(descriptor, 1))
        if descriptor == self._listener.fileno():
            self._accept()
        elif descriptor in self._running:
            self._reply(self._running[descriptor])
        elif descriptor in self._clients:
            self._receive(self._clients[descriptor])
        return True

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.setblocking(False)  # noqa: FBT003  the name says it
        self._clients[connection.fileno()] = _Client(connection)
        self._selector.register(connection, selectors.EVENT_READ)

    def _receive(self, client: _Client) -> None:
        try:
            data = client.connection.recv(_CHUNK)
        except BlockingIOError:  # the event was for a connection whose number was used again
            return
        except ConnectionError:
            data = b""
        if not data:
            self._drop(client)
            return
        client.received += data
        if client.received.endswith(b"\n") and client.child is None:
            self._waiting.append(client)

    def _start_waiting(self) -> None:
        while self._waiting and len(self._running) < self._workers:
            client = self._waiting.popleft()
            request, limits = request_from_json(bytes(client.received))
            self._dataset.engine(request.scope)  # made here once, shared by all later children
            client.child = children.start(partial(self._dataset.answer, request), limits)
            self._running[client.child.ended] = client
            self._selector.register(client.child.ended, selectors.EVENT_READ)

    def _reply(self, client: _Client) -> None:
        with self._reap(client) as outcome, contextlib.suppress(OSError):
            socket.send_fds(client.connection, [b"."], [outcome.fileno()])
        self._drop(client)

    def _reap(self, client: _Client) -> IO[bytes]:
        child, client.child = client.child, None
        if child is None:
            raise WorkerError("There is no child to reap.")
        self._selector.unregister(child.ended)
        del self._running[child.ended]
        return children.finish(child)

    def _drop(self, client: _Client) -> None:
        if client.child is not None:
            children.kill(client.child)
            self._reap(client).close()
        with contextlib.suppress(ValueError):
            self._waiting.remove(client)
        del self._clients[client.connection.fileno()]
        self._selector.unregister(client.connection)
        client.connection.close()

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for client in self._running.values():
            if client.child is not None and client.child.deadline <= now:
                children.kill(client.child)

    def _seconds_to_deadline(self) -> float | None:
        deadlines = [c.child.deadline for c in self._running.values() if c.child is not None]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None


class ProcessStore:
    """A store in a process of its own; `answer` may be called from any thread.

    Args:
        snapshot: Folder of the snapshot to serve.
        workers: How many queries may run at once.

    Raises:
        SnapshotError: From `wait`, if the snapshot cannot be loaded.
    """

    def __init__(self, snapshot: Path, *, workers: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="neagraph-")
        self._address = str(Path(self._folder.name) / "store")
        # Closed here once the process has it, or callers would wait for a process that has died.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self._address)
            listener.listen(128)
            number = listener.fileno()
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [sys.executable, "-m", __name__, str(snapshot), str(number), str(workers)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[number],
            )

    def wait(self) -> None:
        """Return when the store process has loaded its snapshot.

        Raises:
            SnapshotError: If it cannot.
        """
        stdout = self._process.stdout
        if stdout is None:
            raise WorkerError("The store process has no output.")
        if stdout.readline() != _READY:
            with tempfile.TemporaryFile() as outcome:
                outcome.write(stdout.read())
                outcome.seek(0)
                self.close()
                read_outcome(outcome)

    def answer(self, request: QueryRequest, limits: Limits) -> Answer:
        """Return the whole answer of a query; errors as `Store.answer`."""
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(self._address)
                connection.sendall(request_to_json(request, limits))
                _, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
            except OSError as error:
                raise WorkerError(
                    "The store process is gone.", hint="Restart the service."
                ) from error
        if not descriptors:
            raise WorkerError("The store process gave no answer.", hint=HINT_AGAIN)
        with os.fdopen(descriptors[0], "rb") as outcome:
            return read_outcome(outcome)

    def close(self) -> None:
        """End the store process; every later call fails."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()
        self._folder.cleanup()


def main(arguments: list[str]) -> int:
    """Run the store process: load the snapshot, say so, serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to end
    snapshot, listener, workers = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    output = sys.stdout.buffer
    try:
        dataset = ScopedDataset(load_dataset(snapshot))
    except NeagraphError as error:
        output.write(b"failed\n")
        write_outcome(output, error)
        return error.exit_code
    output.write(_READY)
    output.flush()
    lifeline = sys.stdin.fileno()
    with socket.socket(fileno=listener) as server:
        StoreServer(dataset, server, lifeline=lifeline, workers=workers).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

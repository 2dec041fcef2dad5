"""A change of many triples over HTTP: how long it takes, and how long small queries wait meanwhile.

Run by hand: `python tests/benchmarks/large_changes.py [--sizes 500000 1000000] [--readers 2]`. On a
plain server, empty at first, a graph is filled by PUT, given as many other triples by a second PUT,
and removed by DELETE. All the while each reader asks a query that looks at one triple of another
graph, no two alike, over a connection that is kept open. `--parts` tells where the time goes inside
one process instead, without a server.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from neagraph.model import Changeset, Version
from neagraph.rdf.io import from_lines
from neagraph.store.dataset import ScopedDataset
from neagraph.store.digest import changed, digest_of
from neagraph.store.history import Base, CommitLog
from neagraph.store.messages import Message, apply_message, changeset_of, write_message

PATIENCE = 900.0
BEFORE = 1.0  # seconds of reading before each write
NTRIPLES = "application/n-triples"
QUERY = "application/sparql-query"
OTHER = "/graphs/other"


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The host and port of an empty plain server, until the end of the block."""
    command = [sys.executable, "-m", "neagraph.cli", "serve", "--empty", "--open-writes"]
    command += ["--port", "0", "--timeout", "600"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            said = (process.stdout.readline() if process.stdout else b"").decode()
            yield urlsplit(said.split()[-1]).netloc
        finally:
            process.terminate()


class Client:
    """One connection that is kept open."""

    def __init__(self, place: str) -> None:
        self._connection = http.client.HTTPConnection(place, timeout=PATIENCE)

    def seconds(self, method: str, path: str, body: bytes, media_type: str) -> float:
        """Return how long a request takes, which must succeed."""
        start = time.perf_counter()
        self._connection.request(method, path, body, {"Content-Type": media_type})
        response = self._connection.getresponse()
        said = response.read()
        if response.status >= http.client.BAD_REQUEST:
            raise SystemExit(f"{method} {path}: {response.status} {said.decode()}")
        return time.perf_counter() - start


@dataclass
class Readers:
    """Threads that ask small queries: when each began, and how long it took."""

    place: str
    number: int
    waits: list[tuple[float, float]] = field(default_factory=list)
    stopped: bool = False

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._read, args=[i]) for i in range(self.number)]
        for thread in threads:
            thread.start()
        return threads

    def _read(self, reader: int) -> None:
        client, asked = Client(self.place), 0
        while not self.stopped:
            asked += 1
            text = f"SELECT ?o {{ GRAPH ?g {{ <urn:other:1> ?p ?o }} }} # {reader} {asked}"
            start = time.perf_counter()
            self.waits.append((start, client.seconds("POST", "/sparql", text.encode(), QUERY)))
            time.sleep(0.002)

    def during(self, start: float, end: float) -> list[float]:
        """Return what was waited by those whose wait lies at least partly between two times."""
        return sorted(wait for begin, wait in self.waits if begin < end and begin + wait > start)


def triples(size: int, *, shift: int = 0) -> list[str]:
    """Return N-Triples lines, ten for each subject."""
    return [
        f"<urn:s:{shift + i // 10}> <urn:p:{i % 10}> <urn:o:{(i * 7919) % size}> ."
        for i in range(size)
    ]


def row(size: int, *, readers: int) -> None:
    """Print what writes of one size take on a running server."""
    bodies = [("\n".join(triples(size, shift=shift))).encode() for shift in (0, size)]
    with serving() as place:
        writer = Client(place)
        writer.seconds("PUT", OTHER, b"<urn:other:1> <urn:p> <urn:o> .", NTRIPLES)
        asking = Readers(place, readers)
        threads = asking.start()
        try:
            print(f"\n{size:,} triples, {readers} readers")
            print(f"{'':22}{'write s':>9}{'p50 ms':>9}{'p99 ms':>9}{'longest':>9}{'queries':>9}")
            _print("no write", asking, lambda: time.sleep(BEFORE))
            path = "/graphs/large"
            _print("PUT", asking, lambda: writer.seconds("PUT", path, bodies[0], NTRIPLES))
            _print(
                "PUT of others", asking, lambda: writer.seconds("PUT", path, bodies[1], NTRIPLES)
            )
            _print("DELETE", asking, lambda: writer.seconds("DELETE", path, b"", NTRIPLES))
        finally:
            asking.stopped = True
            for thread in threads:
                thread.join()


def _print(name: str, asking: Readers, write: Callable[[], object]) -> None:
    time.sleep(BEFORE)
    start = time.perf_counter()
    write()
    end = time.perf_counter()
    time.sleep(BEFORE)  # those that still wait
    waits = [1000 * wait for wait in asking.during(start, end)]
    middle, high = waits[len(waits) // 2], waits[int(0.99 * len(waits))]
    figures = f"{end - start:9.2f}{middle:9.1f}{high:9.1f}{waits[-1]:9.0f}{len(waits):9}"
    print(f"{name:22}{figures}", flush=True)


def parts(size: int) -> None:
    """Print what each step of a change costs inside one process."""
    print(f"\n{size:,} triples, steps in one process, seconds")
    lines = tuple(sorted(f"{line[:-2]} <urn:g> ." for line in triples(size)))
    coming = Changeset(lines, ())
    _step("changeset to message", lambda: write_message(apply_message(coming)))
    message = apply_message(coming)
    _step(
        "message to changeset", lambda: changeset_of(Message(message.do, payload=message.payload))
    )
    _step("lines to quads", lambda: from_lines(lines))
    _step("digest", lambda: changed("0", coming))
    with tempfile.TemporaryDirectory(prefix="changes-") as folder:
        base = Base("", Version(0, digest_of(())))
        with CommitLog.create(Path(folder) / "log", base) as log:
            now = datetime.now(UTC)
            append = log.append
            _step("append", lambda: append(coming, author="", message="", digest="0", time=now))
            _step("read from the log", lambda: log.commits(0))
    for union in (False, True):
        dataset = ScopedDataset((), union=union)
        _step(f"apply, coming, union {union}", lambda d=dataset: d.apply(coming))  # type: ignore[misc]
        _step(f"apply, going, union {union}", lambda d=dataset: d.apply(coming.inverse()))  # type: ignore[misc]


def _step(name: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    print(f"{name:32}{time.perf_counter() - start:9.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500_000, 1_000_000])
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--parts", action="store_true", help="measure the steps in one process")
    options = parser.parse_args()
    for size in options.sizes:
        if options.parts:
            parts(size)
        else:
            row(size, readers=options.readers)


if __name__ == "__main__":
    main()

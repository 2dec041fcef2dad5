"""What a crowd does to a running service: readers while it is written, clients that misbehave.

Run by hand: `python tests/faults/load.py [--readers 32] [--commits 200] [--dropped 1000]
[--slow 200]`; a test runs it with small numbers. It starts a plain server of its own on a loopback
port. Each commit changes the value of all things at once, so a reader that sees two values has
seen half a commit; and no reader may see less than what was acknowledged before it asked. Exit
code 1 if anything of that kind, or a failed read, has been seen.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import random
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

THINGS = 20
PATIENCE = 60.0
JSON = "application/sparql-results+json"
READ = "SELECT ?thing ?value { ?thing <urn:value> ?value }"
DIGITS = "{0 1 2 3 4 5 6 7 8 9}"
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + "".join(f"VALUES ?d{i} {DIGITS}" for i in range(12)) + "}"
AT_ONCE = 8


@dataclass(slots=True)
class Tally:
    """What was seen, added to by many threads.

    Args:
        seconds: How long each request took.
        failures: What went wrong, in words.
    """

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def tell(self, name: str) -> None:
        """Print a line of figures and the first failures."""
        p50, p99 = percentiles(self.seconds)
        count, wrong = len(self.seconds), len(self.failures)
        print(f"{name:34} {count:7,}  p50 {p50:7.1f} ms  p99 {p99:7.1f} ms  failures {wrong}")
        for failure in self.failures[:5]:
            print(f"  {failure}")


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Return median and 99th percentile in milliseconds."""
    cuts = statistics.quantiles([*seconds, *seconds] or [0.0, 0.0], n=100, method="inclusive")
    return cuts[49] * 1000, cuts[98] * 1000


class Client:
    """One connection to the service, opened again where the server has closed it."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)

    def read(self, query: str) -> bytes:
        target = f"/sparql?query={quote(query)}"
        return self._send("GET", target, None, {"Accept": JSON})

    def write(self, update: str) -> None:
        headers = {"Content-Type": "application/sparql-update"}
        self._send("POST", "/update", update.encode(), headers)

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        self._connection.request(method, target, body, headers)
        response = self._connection.getresponse()
        said = response.read()
        if response.status >= http.client.BAD_REQUEST:
            raise OSError(f"{response.status} {said[:300].decode()}")
        return said


def update_to(value: int) -> str:
    """Return the update that gives all things a value, and takes away the one before."""
    things = " ".join(f"<urn:thing:{number}>" for number in range(THINGS))
    return (
        f"DELETE {{ ?thing <urn:value> ?old }} INSERT {{ ?thing <urn:value> {value} }} "  # noqa: S608  numbers
        f"WHERE {{ VALUES ?thing {{ {things} }} OPTIONAL {{ ?thing <urn:value> ?old }} }}"
    )


# ---- Readers and a writer ------------------------------------------------------------------------


class Crowd:
    """Readers that ask as long as a writer writes.

    Args:
        address: The service.
        readers: How many there are.
        commits: How often is written.
    """

    def __init__(self, address: str, *, readers: int, commits: int) -> None:
        self._address = address
        self._readers = readers
        self._commits = commits
        self._acknowledged = 0
        self._over = threading.Event()
        self.reads = Tally()
        self.writes = Tally()

    def run(self) -> None:
        """Write all commits while everybody reads."""
        threads = [threading.Thread(target=self._read, args=(n,)) for n in range(self._readers)]
        for thread in threads:
            thread.start()
        try:
            self._write()
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _write(self) -> None:
        client = Client(self._address)
        with contextlib.closing(client):
            for value in range(1, self._commits + 1):
                timed(self.writes, lambda value=value: client.write(update_to(value)))  # type: ignore[misc]
                self._acknowledged = value

    def _read(self, number: int) -> None:
        client, count = Client(self._address), 0
        with contextlib.closing(client):
            while not self._over.is_set():
                count += 1
                mark = f" #{number}.{count}" if number % 2 else ""  # every other one uses the cache
                timed(self.reads, lambda mark=mark: self._look(client, mark))  # type: ignore[misc]

    def _look(self, client: Client, mark: str) -> None:
        known = self._acknowledged
        rows = json.loads(client.read(READ + mark))["results"]["bindings"]
        values = {int(row["value"]["value"]) for row in rows}
        if len(values) > 1 or len(rows) not in {0, THINGS}:
            raise OSError(f"half a commit: {len(rows)} rows with the values {sorted(values)}")
        if known and (not values or min(values) < known):
            raise OSError(f"{values or 'nothing'} after {known} was acknowledged")


def timed(tally: Tally, work: Callable[[], None]) -> None:
    """Do the work, and note how long it took or what went wrong."""
    start = time.perf_counter()
    try:
        work()
    except (OSError, http.client.HTTPException, ValueError) as error:
        tally.failures.append(f"{type(error).__name__}: {error}")
    tally.seconds.append(time.perf_counter() - start)


# ---- Clients that misbehave ----------------------------------------------------------------------


def drop(address: str, *, count: int, seed: int) -> Tally:
    """Ask an endless query and go away, in order or with a reset; return reads made meanwhile."""
    chance, tally, over = random.Random(seed), Tally(), threading.Event()
    delays = [chance.uniform(0, 0.02) for _ in range(count)]
    parts = [delays[number::AT_ONCE] for number in range(AT_ONCE)]
    threads = [threading.Thread(target=_ask_and_leave, args=(address, part)) for part in parts]
    reader = threading.Thread(target=_read_until, args=(address, over, tally))
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    reader.join()
    return tally


def _ask_and_leave(address: str, delays: Sequence[float]) -> None:
    parts = urlsplit(address)
    for number, delay in enumerate(delays):
        request = f"GET /sparql?query={quote(f'{ENDLESS} #{delay}')} HTTP/1.1\r\nHost: x\r\n\r\n"
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
            connection.sendall(request.encode())
            time.sleep(delay)
            if number % 2:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def crawl(address: str, *, count: int, seconds: float) -> Tally:
    """Keep connections whose requests never end, a byte at a time; return reads made meanwhile."""
    parts, tally, over = urlsplit(address), Tally(), threading.Event()
    reader = threading.Thread(target=_read_until, args=(address, over, tally))
    with contextlib.ExitStack() as stack:
        crawlers = [
            stack.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0)))
            for _ in range(count)
        ]
        for number, crawler in enumerate(crawlers):
            body = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
            typed = "Content-Type: application/sparql-query\r\n\r\n"
            crawler.sendall((body + typed if number % 2 else "GET /sparql HTTP/1.1\r\nX-").encode())
        reader.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for crawler in crawlers:
                with contextlib.suppress(OSError):  # the server may end them
                    crawler.sendall(b"a")
            time.sleep(0.2)
        over.set()
        reader.join()
    return tally


def _read_until(address: str, over: threading.Event, tally: Tally) -> None:
    client, count = Client(address), 0
    with contextlib.closing(client):
        while not over.is_set():
            count += 1
            timed(tally, lambda mark=count: client.read(f"{READ} #{mark}") and None)  # type: ignore[misc]


def settles(address: str, *, within: float) -> float:
    """Return the seconds until the service answers as quickly as ever; infinite if it does not."""
    start, tally = time.monotonic(), Tally()
    client = Client(address)
    with contextlib.closing(client):
        while time.monotonic() - start < within:
            timed(tally, lambda: client.read(f"{READ} #{time.monotonic()}") and None)
            if not tally.failures and tally.seconds[-1] < 0.2:
                return time.monotonic() - start
            tally.failures.clear()
    return float("inf")


# ---- The server ----------------------------------------------------------------------------------


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The address of a plain server that takes writes, until the end of the block."""
    command = [sys.executable, "-m", "neagraph.cli", "serve", "--empty", "--open-writes"]
    process = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        said = process.stdout.readline() if process.stdout else ""
        if "http://" not in said:
            raise SystemExit("the server does not start")
        yield said.split()[-1].rstrip("/")
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=32)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--dropped", type=int, default=1000)
    parser.add_argument("--slow", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long slow clients stay")
    parser.add_argument("--seed", type=int, default=24)
    options = parser.parse_args()
    with serving() as address:
        crowd = Crowd(address, readers=options.readers, commits=options.commits)
        crowd.run()
        crowd.writes.tell("commits")
        crowd.reads.tell(f"reads by {options.readers} clients meanwhile")
        dropped = drop(address, count=options.dropped, seed=options.seed)
        dropped.tell(f"reads while {options.dropped} went away")
        settled = settles(address, within=PATIENCE)
        print(f"  quick again after {settled:.2f} s")
        slow = crawl(address, count=options.slow, seconds=options.seconds)
        slow.tell(f"reads beside {options.slow} slow clients")
    failed = any(t.failures for t in (crowd.writes, crowd.reads, slow))
    return int(failed or settled == float("inf"))


if __name__ == "__main__":
    sys.exit(main())

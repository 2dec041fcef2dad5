"""Repeated queries: our service's cache against plain FastAPI, both with an answer of 1 KB.

Run by hand: `python tests/benchmarks/throughput.py [--clients 1 8 32] [--seconds 4] [--rounds 3]`.
The two servers run at the same time and are asked in turn, by `wrk` where it is installed
(`apt install wrk`), else by a client in this process, which measures itself more than the servers.
Plain FastAPI is one `async def` that returns the bytes, on uvicorn with uvloop and httptools, as
our service is. Goal: at least 4 times its requests per second. On a machine that others use as
well, believe the last column: processor time of the server for one request, in microseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import uvicorn
from fastapi import FastAPI, Response

GOAL = 4.0
SIZE = 1024
PATIENCE = 30.0
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run measured: requests per second, milliseconds, processor microseconds of each."""

    per_second: float
    p50: float
    p99: float
    cpu: float = 0.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its name, where it answers, and its process number."""

    name: str
    address: str
    pid: int

    def seconds(self) -> float:
        """Return the processor time that it has used (Linux; elsewhere 0)."""
        path = Path(f"/proc/{self.pid}/stat")
        if not path.exists():
            return 0.0
        user, system = path.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def query_of(size: int) -> str:
    """Return a query whose JSON answer has about that many bytes."""
    return f'SELECT ?text {{ VALUES ?text {{ "{"x" * (size - 90)}" }} }}'


# ---- Servers -------------------------------------------------------------------------------------


def serve_plain(port: int) -> None:
    """Serve 1 KB with plain FastAPI until the process is told to stop."""
    app = FastAPI()
    body = b"x" * SIZE

    @app.get("/")
    async def answer() -> Response:
        return Response(body, media_type="application/sparql-results+json")

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


@contextlib.contextmanager
def running(command: Sequence[str], port: int) -> Iterator[int]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _accepts(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{' '.join(command)} does not answer")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# ---- Clients -------------------------------------------------------------------------------------


def with_wrk(address: str, *, clients: int, seconds: int) -> Figures:
    threads = str(min(clients, 2))
    options = ["--latency", "-t", threads, "-c", str(clients), "-d", str(seconds)]
    header = "Accept: application/sparql-results+json"
    done = subprocess.run(
        ["wrk", *options, "-H", header, address],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in done.stdout:
        raise SystemExit(done.stdout)
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return Figures(float(per_second[1]) if per_second else 0.0, *_latencies(done.stdout))


def _latencies(text: str) -> tuple[float, float]:
    found = {m[1]: float(m[2]) * UNITS[m[3]] for m in re.finditer(r"(\d+)%\s+([\d.]+)(\w+)", text)}
    return found["50"], found["99"]


def with_asyncio(address: str, *, clients: int, seconds: int) -> Figures:
    times = asyncio.run(_load(address, clients=clients, seconds=seconds))
    cuts = statistics.quantiles(times, n=100)
    return Figures(len(times) / seconds, cuts[49] * 1000, cuts[98] * 1000)


async def _load(address: str, *, clients: int, seconds: int) -> list[float]:
    end = time.perf_counter() + seconds
    runs = [_client(address, until=end) for _ in range(clients)]
    return [seconds for times in await asyncio.gather(*runs) for seconds in times]


async def _client(address: str, *, until: float) -> list[float]:
    parts = urlsplit(address)
    head = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    request = f"{head}Accept: application/sparql-results+json\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    times = []
    while (start := time.perf_counter()) < until:
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer[:20]:
            raise SystemExit(answer.decode())
        length = re.search(rb"(?i)content-length: (\d+)", answer)
        await reader.readexactly(int(length[1]) if length else 0)
        times.append(time.perf_counter() - start)
    writer.close()
    return times


def measure(server: Server, *, clients: int, seconds: int) -> Figures:
    run = with_wrk if shutil.which("wrk") else with_asyncio
    before = server.seconds()
    figures = run(server.address, clients=clients, seconds=seconds)
    used = server.seconds() - before
    return replace(figures, cpu=used / (figures.per_second * seconds) * 1e6)


def median(runs: Sequence[Figures]) -> Figures:
    return Figures(*map(statistics.median, zip(*map(astuple, runs), strict=True)))


def compare(ours: Server, plain: Server, *, clients: int, seconds: int, rounds: int) -> None:
    runs: dict[Server, list[Figures]] = {ours: [], plain: []}
    for _ in range(rounds):
        for server, figures in runs.items():
            figures.append(measure(server, clients=clients, seconds=seconds))
    here, there = median(runs[ours]), median(runs[plain])
    for server, one in ((ours, here), (plain, there)):
        times = f"{one.per_second:10,.0f} {one.p50:8.2f} {one.p99:8.2f} {one.cpu:8.1f}"
        print(f"{clients:7} {server.name:10} {times}")
    ratio, by_cpu = here.per_second / there.per_second, there.cpu / max(here.cpu, 1e-9)
    verdict = "yes" if ratio >= GOAL else "NO"
    print(f"{'':7} {'ratio':10} {ratio:10.2f} {by_cpu:26.2f}  goal {GOAL:g}: {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plain", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plain:
        serve_plain(options.plain)
        return
    here, there = free_port(), free_port()
    neagraph = [sys.executable, "-m", "neagraph.cli", "serve", "--empty", "--port", str(here)]
    fastapi = [sys.executable, __file__, "--plain", str(there)]
    asked = f"http://127.0.0.1:{here}/sparql?query={quote(query_of(SIZE))}"
    with running(neagraph, here) as first, running(fastapi, there) as second:
        ours = Server("neagraph", asked, first)
        plain = Server("FastAPI", f"http://127.0.0.1:{there}/", second)
        for server in (ours, plain):
            with urllib.request.urlopen(server.address) as answer:  # noqa: S310  our own
                print(f"{server.name}: {len(answer.read())} bytes", flush=True)
        print("clients server     requests/s   p50 ms   p99 ms   cpu us")
        for clients in options.clients:
            compare(ours, plain, clients=clients, seconds=options.seconds, rounds=options.rounds)


if __name__ == "__main__":
    main()

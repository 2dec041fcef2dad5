"""Repeated requests: the layers with a kept answer against a plain FastAPI route, 1 KB each.

Run it as `python tests/benchmarks/cache_hits.py`. Both servers run as processes of their own,
with the same server settings, and are measured in turn, round after round. The tool `wrk` makes
the load where it is installed, a raw client of ours where it is not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

BODY = "x" * 1024
CONNECTIONS = 16
VARIANTS = {
    "plain": "a FastAPI route",
    "layers": "the layers, with a line in the log for each request",
    "asgi": "the layers, without these lines, by ASGI alone",
    "quiet": "the layers, without these lines",
    "304": "the layers, without these lines, clients that have the answer already",
}
PATH = "/doc/state/japan"
ACCEPT = "application/sparql-results+json"
HEADERS = {  # as sent by the service
    "Vary": "Accept",
    "Link": '<https://w3id.org/neagraph/id/state/japan>; rel="describes"',
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "Access-Control-Allow-Origin": "*",
}


def serve(variant: str, port: int) -> None:
    """Serve one variant until the process is ended."""
    import uvicorn  # noqa: PLC0415  the measuring process needs none of it
    from fastapi import FastAPI  # noqa: PLC0415
    from starlette.responses import Response  # noqa: PLC0415

    from neagraph.model import Version  # noqa: PLC0415
    from neagraph.web.front import front_protocol  # noqa: PLC0415
    from neagraph.web.layers import Layers  # noqa: PLC0415
    from neagraph.web.logs import configure_logging  # noqa: PLC0415

    class Service:
        version = Version(1, "0123456789abcdef" * 4)
        log = None

    app = FastAPI()
    headers = HEADERS if variant != "plain" else {}

    @app.get(PATH)
    async def answer() -> Response:
        return Response(BODY, media_type=ACCEPT, headers=headers)

    if variant != "plain":
        configure_logging(requests=variant == "layers")
    lane = Layers(Service()).around(app)
    served = app if variant == "plain" else lane
    http = "httptools" if variant in {"plain", "asgi"} else front_protocol(lane)
    uvicorn.run(
        served, http=http, port=port, log_level="warning", access_log=False, server_header=False
    )


def measure(port: int, seconds: int, headers: dict[str, str]) -> float:
    """Return requests per second."""
    if shutil.which("wrk"):
        options = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        load = [f"-d{seconds}s", "-t1", f"-c{CONNECTIONS}", *options]
        command = ["wrk", *load, f"http://127.0.0.1:{port}{PATH}"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in told and "If-None-Match" not in headers:
            raise SystemExit(told)
        return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
    return asyncio.run(_measure(port, seconds, headers))


async def _measure(port: int, seconds: int, headers: dict[str, str]) -> float:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{lines}\r\n".encode()
    end = time.monotonic() + seconds
    counts = await asyncio.gather(*(_ask(port, request, end) for _ in range(CONNECTIONS)))
    return sum(counts) / seconds


async def _ask(port: int, request: bytes, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        count += 1
    writer.close()
    return count


def tag_of(port: int) -> str:
    """Return the entity tag of the answer; asking for it puts the answer into the cache."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        lines = f"GET {PATH} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAccept: {ACCEPT}\r\n\r\n"
        connection.sendall(lines.encode())
        head = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")[0]
    found = re.search(rb"(?i)etag: (.*)", head)
    return found[1].decode().strip() if found else ""


def main() -> None:
    """Measure the variants in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--serve", nargs=2, metavar=("VARIANT", "PORT"))
    options = parser.parse_args()
    if options.serve:
        serve(options.serve[0], int(options.serve[1]))
        return
    figures: dict[str, list[tuple[float, float]]] = {variant: [] for variant in VARIANTS}
    for _ in range(options.rounds):
        for variant, found in figures.items():
            found.append(run(variant, options.seconds))
    medians = {v: tuple(map(statistics.median, zip(*f, strict=True))) for v, f in figures.items()}
    plain_rate, plain_work = medians["plain"]
    print("variant    requests/s  ratio   server us/request  ratio")
    for variant, (rate, work) in medians.items():
        rates = f"{rate:10,.0f}{rate / plain_rate:7.2f}"
        print(f"{variant:11}{rates}{work:20.1f}{plain_work / work:7.2f}  {VARIANTS[variant]}")


def run(variant: str, seconds: int) -> tuple[float, float]:
    """Return requests per second, and microseconds of the server's work for each of them.

    The second figure hardly changes when other programs are busy on the same machine.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, __file__, "--serve", variant, str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        headers = {"Accept": ACCEPT, "Host": f"127.0.0.1:{port}"}
        tag = tag_of(port)
        if variant == "304":
            headers["If-None-Match"] = tag
        before = _worked(server.pid)
        rate = measure(port, seconds, headers)
        return rate, (_worked(server.pid) - before) / (rate * seconds) * 1e6
    finally:
        server.terminate()
        server.wait()


def _worked(pid: int) -> float:
    """Return the seconds of processor time that a process has used (proc(5), fields 14, 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server does not answer.")


if __name__ == "__main__":
    main()

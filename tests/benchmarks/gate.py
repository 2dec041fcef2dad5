"""Writes over HTTP: how long until one is checked, logged, applied and acknowledged.

Run by hand: `python tests/benchmarks/gate.py [--sizes 50000 500000] [--rounds 40]`. Each dataset is
the ontology, the reference data, as many renamed copies of one report as the size asks for, and
what they entail. What is written is one statement with its place in the text, some 20 triples, in
turn by INSERT DATA, DELETE DATA and the requests of the Graph Store Protocol. The first write,
which has rules and shapes compiled, is told apart. Goal: half of the writes within 25 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from delta import KEY, dataset, statement

from neagraph.entailment.closure import entail
from neagraph.opening import TOKENS_FILE, open_service
from neagraph.rdf.io import canonical, in_graph, to_lines
from neagraph.rdf.terms import Quad
from neagraph.settings import load_settings
from neagraph.store.snapshot import Manifest, dataset_digest, write_snapshot
from neagraph.tokens import Role, TokenStore
from neagraph.vocab import GRAPH_ENTAILED, ID, NEA
from neagraph.web.app import create_app
from neagraph.web.server import run_server

GOAL = 25.0
PATIENCE = 600.0
REPORT = f"{ID}graph/report/{KEY}"
PATH = "/graphs/report/a-graph-of-its-own"


def prepare(state: Path, size: int) -> tuple[int, str]:
    """Fill a state folder; return the number of triples and a token."""
    asserted = dataset(size)
    entailed = (Quad(t.subject, t.predicate, t.object) for t in entail(asserted).triples)
    quads = canonical([*asserted, *in_graph(entailed, GRAPH_ENTAILED)])
    manifest = Manifest(
        digest=dataset_digest(quads),
        software={},
        reasoner="rules",
        graphs=(),
        shapes=(),
        counts={"triples": len(quads)},
        warnings=0,
        infos=0,
    )
    write_snapshot(state, quads, manifest)
    return len(quads), TokenStore(state / TOKENS_FILE).add("benchmark", Role.EDITOR)


def serve(state: Path, port: int) -> None:
    """Serve a state folder until the process is told to stop."""
    settings = load_settings({}, state=str(state), port=str(port), log="json")
    service = open_service(settings)
    service.store.wait()
    run_server(create_app(service, settings=settings), settings=settings)


@contextlib.contextmanager
def serving(state: Path) -> Iterator[int]:
    """The port of a server over a state folder, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [sys.executable, __file__, "--serve", str(state), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _accepts(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the server does not answer")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._token = token

    def milliseconds(self, method: str, path: str, body: str, media_type: str) -> float:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": media_type}
        start = time.perf_counter()
        if self._connection.sock is None:
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.request(method, path, body.encode(), headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        if response.status >= http.client.BAD_REQUEST:
            raise SystemExit(f"{method} {path}: {response.status} {text}")
        return 1000 * (time.perf_counter() - start)


def requests(number: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield name, method, path, body and media type of the writes of one round."""
    first, second = _triples(number, 0), _triples(number, 1)
    update, turtle = "application/sparql-update", "text/turtle"
    in_report = f"DATA {{ GRAPH <{REPORT}> {{ {first} }} }}"
    yield "INSERT DATA", "POST", "/update", f"INSERT {in_report}", update
    subject = f"<{ID}statement/{KEY}/p1-s{100 + 2 * number}-a> <{NEA}summary>"
    changed = f'DELETE {{ {subject} ?o }} INSERT {{ {subject} "Other words."@en }}'
    text = f"WITH <{REPORT}> {changed} WHERE {{ {subject} ?o }}"
    yield "DELETE/INSERT WHERE", "POST", "/update", text, update
    back = f'DELETE DATA {{ GRAPH <{REPORT}> {{ {subject} "Other words."@en }} }}'
    yield "DELETE DATA", "POST", "/update", f"DELETE {in_report} ; {back}", update
    yield "PUT of a new graph", "PUT", PATH, first, turtle
    yield "PUT in its place", "PUT", PATH, second, turtle
    yield "POST", "POST", PATH, first, turtle
    yield "DELETE", "DELETE", PATH, "", turtle


def _triples(number: int, which: int) -> str:
    lines = to_lines(Quad(q.subject, q.predicate, q.object) for q in statement(2 * number + which))
    return re.sub(r"\n+", "\n", "\n".join(lines))


def row(size: int, *, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        state = Path(folder)
        triples, token = prepare(state, size)
        with serving(state) as port:
            client = Client(port, token)
            took: dict[str, list[float]] = defaultdict(list)
            for number in range(rounds + 1):
                for name, *request in requests(number):
                    took[name].append(client.milliseconds(*request))
    first = took["INSERT DATA"][0]
    print(f"\n{triples:,} triples, entailed ones included; first write {first:.0f} ms")
    print(f"{'':22}{'p50 ms':>9}{'p95 ms':>9}")
    whole = list[float]()
    for name, figures in took.items():
        _print(name, figures[1:])
        whole += figures[1:]
    _print("all", whole)
    print("goal met" if statistics.median(whole) < GOAL else f"GOAL MISSED: {GOAL:g} ms")


def _print(name: str, figures: list[float]) -> None:
    figures = sorted(figures)
    p95 = figures[int(0.95 * len(figures))]
    print(f"{name:22}{statistics.median(figures):9.1f}{p95:9.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50_000, 500_000])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--serve", type=Path, metavar="STATE", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve, options.port)
        return
    for size in options.sizes:
        row(size, rounds=options.rounds)


if __name__ == "__main__":
    main()

"""Our service against rdflib-endpoint and the Oxigraph server, uncached, over HTTP.

Run by hand: `python tests/benchmarks/service.py PEERS [--size 50000] [--rounds 5]`. PEERS is the
folder of a virtual environment for the peers; where there is none, it is made and they are
installed into it.

The dataset is the project's own with as many renamed copies of the report of the 24th SOM as the
size asks for, entailed triples included; each source has a named graph, and the default graph is
the union of all. The queries are those of the catalogue and the competency questions. They are
asked one after the other of all servers in turn, each time with another comment at the end, so
that no server answers from a cache of results. rdflib-endpoint keeps the queries that it has
parsed: it is asked a second time without a comment, for the column "parsed before".
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import math
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from neagraph.entailment.closure import entail
from neagraph.queries import CatalogueQuery, Kind, load_catalogue
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import canonical, in_graph, parse, triples_of, write_nquads, write_ntriples
from neagraph.rdf.terms import Quad, Triple
from neagraph.sources import read_sources
from neagraph.vocab import GRAPH_ENTAILED, graph_of_data

ROOT = Path(__file__).resolve().parents[2]
KEY = "neaspec-som-24"
REPORT = ROOT / "data" / "reports" / f"{KEY}.ttl"
PEERS = ("rdflib-endpoint", "oxigraph", "uvicorn[standard]")
NQUADS = "application/n-quads"
JSON = "application/sparql-results+json"
PATIENCE = 120.0
SLOW = "a server that takes longer for a query is not asked it again"
GOALS = {"Oxigraph": 1.3, "rdflib-endpoint": 1 / 12}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its name, and where it answers queries."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: how long it took and how many rows it has; no rows where it failed."""

    seconds: float
    rows: int | None


class Client:
    """One connection that is kept open, as a good client's."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)

    def ask(self, text: str) -> Reply:
        headers = {"Content-Type": "application/sparql-query", "Accept": JSON}
        start = time.perf_counter()
        try:
            status, body = self._post(text.encode(), headers)
        except OSError:
            self._connection.close()
            return Reply(time.perf_counter() - start, None)
        seconds = time.perf_counter() - start
        return Reply(seconds, _rows(body) if status == http.client.OK else None)

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._connection.sock is None:
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.request("POST", self._path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()


def _rows(body: bytes) -> int:
    answer = json.loads(body)
    return int(answer["boolean"]) if "boolean" in answer else len(answer["results"]["bindings"])


# ---- Data ----------------------------------------------------------------------------------------


def dataset(size: int, *, seed: int) -> tuple[list[Quad], list[Triple]]:
    """Return quads in named graphs and their union of about `size` triples."""
    chance = random.Random(seed)
    quads = read_sources(ROOT).quads()
    report = REPORT.read_text(encoding="utf-8")
    asserted_share = 0.76  # the rest is entailed
    while len(triples_of(quads)) < size * asserted_share:
        key = f"{KEY}-{chance.getrandbits(32):08x}"
        copy = parse(report.replace(KEY, key).encode(), TURTLE, source=key)
        quads += in_graph(copy, graph_of_data("report", key))
    entailed = (Quad(t.subject, t.predicate, t.object) for t in entail(quads).triples)
    whole = canonical([*quads, *in_graph(entailed, GRAPH_ENTAILED)])
    return whole, triples_of(whole)


def queries() -> list[CatalogueQuery]:
    catalogue = load_catalogue(ROOT / "queries")
    return [*catalogue.of_kind(Kind.CATALOGUE), *catalogue.of_kind(Kind.COMPETENCY)]


# ---- Servers -------------------------------------------------------------------------------------


@contextlib.contextmanager
def running(command: Sequence[str], address: str) -> Iterator[None]:
    """A server that accepts connections, until the end of the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parts = urlsplit(address)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _accepts(parts.hostname or "", parts.port or 0):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[0]} does not answer at {address}")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def _accepts(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def ours(quads: Sequence[Quad], union: Sequence[Triple]) -> Iterator[Server]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "neagraph.cli", "serve", "--empty", "--open-writes"]
    with running([*command, "--port", str(port)], address):
        send(f"{address}/graphs?default", write_ntriples(union), "application/n-triples")
        for name, triples in by_graph(quads).items():
            target = f"{address}/graphs?graph={quote(name, safe='')}"
            send(target, write_ntriples(triples), "application/n-triples")
        yield Server("neagraph", f"{address}/sparql")


@contextlib.contextmanager
def oxigraph(peers: Path, quads: Sequence[Quad], union: Sequence[Triple]) -> Iterator[Server]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [str(peers / "bin" / "oxigraph"), "serve", "--bind", f"127.0.0.1:{port}"]
    with running(command, address):
        send(f"{address}/store", write_nquads(quads) + write_ntriples(union), NQUADS, "POST")
        yield Server("Oxigraph", f"{address}/query")


@contextlib.contextmanager
def rdflib_endpoint(peers: Path, quads: Sequence[Quad]) -> Iterator[Server]:
    """Its default graph is the union by itself, so it gets the named graphs alone."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dataset.nq"
        path.write_bytes(write_nquads(quads))
        command = [str(peers / "bin" / "rdflib-endpoint"), "serve", "--host", "127.0.0.1"]
        address = f"http://127.0.0.1:{port}"
        with running([*command, "--port", str(port), str(path)], address):
            yield Server("rdflib-endpoint", f"{address}/")


def by_graph(quads: Sequence[Quad]) -> dict[str, list[Triple]]:
    graphs: dict[str, list[Triple]] = {}
    for quad in quads:
        graphs.setdefault(str(quad.graph_name)[1:-1], []).append(quad.triple)
    return graphs


def send(address: str, body: bytes, media_type: str, method: str = "PUT") -> None:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    with contextlib.closing(connection):
        target = f"{parts.path}?{parts.query}"
        connection.request(method, target, body, {"Content-Type": media_type})
        response = connection.getresponse()
        said = response.read()
        if response.status >= http.client.BAD_REQUEST:
            raise SystemExit(f"{address}: {response.status} {said[:500].decode()}")


def install(peers: Path) -> None:
    if not (peers / "bin" / "oxigraph").exists():
        subprocess.run([sys.executable, "-m", "venv", str(peers)], check=True)
        subprocess.run([str(peers / "bin" / "pip"), "install", "--quiet", *PEERS], check=True)


# ---- Measuring -----------------------------------------------------------------------------------


class Run:
    """All times of all servers, by query.

    Args:
        servers: The servers, ours first.
    """

    def __init__(self, servers: Sequence[Server]) -> None:
        self.clients = {server.name: Client(server.address) for server in servers}
        self.times: dict[str, dict[str, list[float]]] = {}
        self.rows: dict[str, dict[str, int | None]] = {}
        self._asked = 0

    def ask(self, query: CatalogueQuery, *, slow: float) -> None:
        """Ask all servers once; one that was slower than `slow` before is not asked again."""
        names = list(self.clients)
        first = self._asked % len(names)
        for name in (*names[first:], *names[:first]):
            known = self.times.setdefault(query.name, {}).setdefault(name, [])
            if known and max(known) > slow:
                continue
            self._asked += 1
            self._note(query, name, f"{query.text}\n# {self._asked}")
            if name == "rdflib-endpoint":
                self._note(query, "parsed before", query.text)

    def _note(self, query: CatalogueQuery, name: str, text: str) -> None:
        reply = self.clients[name if name in self.clients else "rdflib-endpoint"].ask(text)
        self.times[query.name].setdefault(name, []).append(reply.seconds)
        self.rows.setdefault(query.name, {})[name] = reply.rows

    def median(self, query: str, name: str) -> float:
        times = self.times[query].get(name, [])
        warm = times[1:] or times
        return statistics.median(warm) * 1000

    def agreed(self, query: str) -> bool:
        return len(set(self.rows[query].values())) == 1

    def mean_ratio(self, name: str) -> float:
        """Geometric mean of our time by theirs, over the queries that they answer as we do."""
        logs = [
            math.log(self.median(query, "neagraph") / self.median(query, name))
            for query, rows in self.rows.items()
            if rows[name] == rows["neagraph"] is not None
        ]
        return math.exp(statistics.mean(logs))


def report(run: Run) -> None:
    names = ("neagraph", "Oxigraph", "rdflib-endpoint", "parsed before")
    print(f"{'query':46}{'rows':>6}" + "".join(f"{name:>16}" for name in names) + "   rows agree")
    for query, rows in run.rows.items():
        cells = "".join(f"{run.median(query, name):16.2f}" for name in names)
        verdict = "yes" if run.agreed(query) else f"NO {rows}"
        print(f"{query[:45]:46}{rows['neagraph'] or 0:6}{cells}   {verdict}")
    print("\nour time / theirs, geometric mean over all queries with the same number of rows")
    for name in names[1:]:
        ratio = run.mean_ratio(name)
        goal = GOALS.get(name)
        wanted = "" if goal is None else f"  goal {goal:.3f}: {'yes' if ratio <= goal else 'NO'}"
        print(f"{name:18} {ratio:.3f} (1/{1 / ratio:.1f}){wanted}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", type=Path, metavar="PEERS")
    parser.add_argument("--size", type=int, default=50_000, metavar="TRIPLES")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow", type=float, default=2.0, metavar="SECONDS", help=SLOW)
    parser.add_argument("--seed", type=int, default=24)
    options = parser.parse_args()
    install(options.peers)
    quads, union = dataset(options.size, seed=options.seed)
    graphs = len(by_graph(quads))
    print(f"{len(union):,} triples, {len(quads):,} quads in {graphs} graphs", flush=True)
    with (
        ours(quads, union) as first,
        oxigraph(options.peers, quads, union) as second,
        rdflib_endpoint(options.peers, quads) as third,
    ):
        run = Run((first, second, third))
        for _ in range(options.rounds):
            for query in queries():
                run.ask(query, slow=options.slow)
        report(run)


if __name__ == "__main__":
    main()

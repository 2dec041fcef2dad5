"""The closure after a change: following the change against working everything out anew.

Run by hand: `python tests/benchmarks/delta.py [--sizes 5000 50000 500000]`. Each dataset is the
ontology, the reference data and as many renamed copies of one report as the size asks for, each
copy in a graph of its own. A change is one statement with its place in the text, some 20 triples;
each is put in and taken out again.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph

from neagraph.entailment.closure import entail
from neagraph.entailment.upkeep import Closure
from neagraph.rdf.engine import Engine
from neagraph.vocab import GRAPH_ENTAILED, GRAPH_ONTOLOGY, ID

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "data" / "reports" / "neaspec-som-24.ttl"
KEY, STATEMENT = "neaspec-som-24", "p1-s1-b"
PARTS = ("", "/clause")
ROUNDS = 300


def quads_of(text: str, graph: str) -> Iterator[pyoxigraph.Quad]:
    parsed = pyoxigraph.parse(
        text.encode(),
        format=pyoxigraph.RdfFormat.TURTLE,
        base_iri=ID,
        rename_blank_nodes=True,
    )
    name = pyoxigraph.NamedNode(graph)
    return (pyoxigraph.Quad(q.subject, q.predicate, q.object, name) for q in parsed)


def copies(*, seed: int) -> Iterator[tuple[str, str]]:
    """Yield key and Turtle text of the report, then of copies with names of their own."""
    chance = random.Random(seed)
    report = REPORT.read_text(encoding="utf-8")
    yield KEY, report
    while True:
        key = f"{KEY}-{chance.getrandbits(32):08x}"
        yield key, report.replace(KEY, key)


def dataset(size: int, *, seed: int = 24) -> list[pyoxigraph.Quad]:
    """Return at least `size` quads, the same ones for the same seed."""
    folders = (ROOT / "ontology", ROOT / "ontology/modules", ROOT / "ontology/vocab")
    files = [(GRAPH_ONTOLOGY, path) for folder in folders for path in sorted(folder.glob("*.ttl"))]
    references = sorted((ROOT / "data/reference").glob("*.ttl"))
    files += [(f"{ID}graph/reference/{path.stem}", path) for path in references]
    quads = {q for graph, path in files for q in quads_of(path.read_text("utf-8"), graph)}
    for key, text in copies(seed=seed):
        quads.update(quads_of(text, f"{ID}graph/report/{key}"))
        if len(quads) >= size:
            break
    return list(quads)


def statement(number: int) -> list[pyoxigraph.Quad]:
    """Return a new statement of the report with its place in the text."""
    lines = REPORT.read_text(encoding="utf-8")
    names = (f"statement/{KEY}/{STATEMENT}", *(f"anchor/{KEY}/{STATEMENT}{p}" for p in PARTS))
    parts = [f"<{name}> a " for name in names]
    said = [lines[at : lines.index(" .\n", at) + 3] for at in map(lines.index, parts)]
    prefixes = "\n".join(line for line in lines.splitlines() if line.startswith("@"))
    text = "\n".join([prefixes, *said]).replace(STATEMENT, f"p1-s{100 + number}-a")
    return list(quads_of(text, f"{ID}graph/report/{KEY}"))


def milliseconds(work: Callable[[int], float]) -> tuple[float, float]:
    """Return median and 95th percentile of what a piece of work takes."""
    took = sorted(1000 * work(number) for number in range(ROUNDS))
    return statistics.median(took), took[int(0.95 * len(took))]


class Bench:
    """A dataset with its closure."""

    def __init__(self, size: int) -> None:
        self.asserted = dataset(size)
        start = time.perf_counter()
        entailment = entail(self.asserted)
        self.seconds = time.perf_counter() - start
        name = pyoxigraph.NamedNode(GRAPH_ENTAILED)
        self.follows = [
            pyoxigraph.Quad(t.subject, t.predicate, t.object, name) for t in entailment.triples
        ]
        self.engine = Engine.of_dataset([*self.asserted, *self.follows])
        self.closure = Closure.of(self.engine)

    def insert(self, number: int) -> float:
        quads = statement(number)
        self.engine.add(quads)
        return self._follow(added={q.triple for q in quads}, removed=set())

    def delete(self, number: int) -> float:
        quads = statement(number)
        self.engine.remove(quads)
        return self._follow(added=set(), removed={q.triple for q in quads})

    def _follow(self, *, added: set, removed: set) -> float:
        start = time.perf_counter()
        change = self.closure.maintain(
            self.engine, added=added, removed=removed, asserted=lambda: self.asserted
        )
        seconds = time.perf_counter() - start
        assert not change.clashes
        assert not change.is_complete
        return seconds

    def is_as_before(self) -> bool:
        return set(self.engine.quads(GRAPH_ENTAILED)) == set(Engine(self.follows).quads())


def row(size: int) -> tuple[str, ...]:
    bench = Bench(size)
    insert, delete = milliseconds(bench.insert), milliseconds(bench.delete)
    return (
        f"{len(bench.asserted):,}",
        f"{len(bench.follows):,}",
        f"{bench.seconds:.2f}",
        *(f"{figure:.2f}" for figure in (*insert, *delete)),
        "yes" if bench.is_as_before() else "NO",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 50_000, 500_000])
    options = parser.parse_args()
    widths = (10, 10, 8, 12, 12, 12, 12, 10)
    print(f"a statement of {len(statement(0))} triples, {ROUNDS} times, times in ms")
    head = ("triples", "entailed", "anew s", "insert p50", "insert p95", "delete p50", "delete p95")
    for cells in ((*head, "as before"), *map(row, options.sizes)):
        line = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        print(" ".join(line), flush=True)


if __name__ == "__main__":
    main()

"""Compiled rules against owlrl, on renamed copies of the report of the 24th SOM.

Run by hand: `python tests/benchmarks/closure.py [--sizes 5000 50000] [--owlrl-up-to 50000]`.
Each dataset is the ontology, the reference data and as many copies of the report graph as the
size asks for; in each copy everything that belongs to the report has a name of its own.
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
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import Entailment

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "data" / "reports" / "neaspec-som-24.ttl"
KEY = "neaspec-som-24"
ROUNDS = 5


def triples_of(text: str) -> Iterator[pyoxigraph.Quad]:
    parsed = pyoxigraph.parse(
        text.encode(), format=pyoxigraph.RdfFormat.TURTLE, rename_blank_nodes=True
    )
    return (pyoxigraph.Quad(q.subject, q.predicate, q.object) for q in parsed)


def dataset(size: int, *, seed: int) -> list[pyoxigraph.Quad]:
    """Return at least `size` triples, the same ones for the same seed, in random order."""
    chance = random.Random(seed)
    folders = (ROOT / "ontology", ROOT / "ontology/modules", ROOT / "ontology/vocab")
    files = [path for folder in folders for path in sorted(folder.glob("*.ttl"))]
    files += sorted((ROOT / "data/reference").glob("*.ttl"))
    quads = {quad for path in files for quad in triples_of(path.read_text(encoding="utf-8"))}
    report = REPORT.read_text(encoding="utf-8")
    quads.update(triples_of(report))
    while len(quads) < size:
        quads.update(triples_of(report.replace(KEY, f"{KEY}-{chance.getrandbits(32):08x}")))
    return chance.sample(sorted(quads, key=str), len(quads))


def timed(work: Callable[[], Entailment], *, times: int) -> tuple[Entailment, float]:
    """Return the result and the median time in seconds."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


def row(size: int, *, seed: int, with_owlrl: bool) -> tuple[str, ...]:
    quads = dataset(size, seed=seed)
    ours, seconds = timed(lambda: entail(quads), times=ROUNDS)
    cells = (f"{len(quads):,}", f"{len(ours.triples):,}", f"{seconds:.3f}")
    if not with_owlrl:
        return (*cells, "not run", "-", "-")
    print(f"  owlrl on {len(quads):,} triples …", flush=True)
    theirs, owlrl_seconds = timed(lambda: entail_with_owlrl(quads), times=1)
    same = ours.triples == theirs.triples and bool(ours.clashes) == bool(theirs.clashes)
    ratio = f"{owlrl_seconds / seconds:.0f}"
    return (*cells, f"{owlrl_seconds:.1f}", ratio, "yes" if same else "NO")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--owlrl-up-to", type=int, default=50_000, metavar="TRIPLES")
    parser.add_argument("--seed", type=int, default=24)
    options = parser.parse_args()
    widths = (10, 10, 9, 9, 7, 13)
    table = [("triples", "entailed", "rules s", "owlrl s", "ratio", "same answers")]
    table += [
        row(size, seed=options.seed, with_owlrl=size <= options.owlrl_up_to)
        for size in options.sizes
    ]
    for cells in table:
        print(" ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)))


if __name__ == "__main__":
    main()

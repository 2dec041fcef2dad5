"""Compiled shapes against pyshacl, and the check of a small change, on copies of one report.

Run by hand: `python tests/benchmarks/validation.py [--sizes 5000 50000] [--pyshacl-up-to 50000]`.
The datasets are those of `closure.py`. Whole graphs: time of `validate`, reading of the shapes
and loading of the triples included, in turn with pyshacl on the same triples; then the time on a
live dataset. Changes: a statement with its anchor and its selector is added to the live dataset
and taken out again; the time is that of `validate_change` alone, on the processor, so that other
work on the machine does not count.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import time
from collections.abc import Callable

from closure import KEY, ROOT, dataset, triples_of

from neagraph.entailment.closure import entail
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import NamedNode, Quad, Triple
from neagraph.validation.compiler import CompiledShapes, compile_shapes
from neagraph.validation.report import ValidationReport
from neagraph.validation.validator import validate, validate_change, validate_dataset
from neagraph.vocab import thing

CHANGED = (f"statement/{KEY}/p3-s1-a", f"anchor/{KEY}/p3-s1-a", f"anchor/{KEY}/p3-s1-a/clause")
CHANGES = 100


def triple(quad: Quad) -> Triple:
    return Triple(quad.subject, quad.predicate, quad.object)


def shapes_graph() -> list[Triple]:
    paths = sorted((ROOT / "ontology/shapes").glob("*.ttl"))
    return [triple(q) for path in paths for q in triples_of(path.read_text(encoding="utf-8"))]


def timed(work: Callable[[], ValidationReport]) -> tuple[ValidationReport, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def whole(
    triples: list[Triple], shapes: list[Triple], *, rounds: int, with_pyshacl: bool
) -> tuple[str, ...]:
    """Return the number of results, both times in seconds, and their ratio."""
    ours, theirs = [], []
    for _ in range(rounds):
        report, seconds = timed(lambda: validate(triples, shapes=shapes))
        ours.append(seconds)
        if with_pyshacl:
            other, seconds = timed(lambda: validate(triples, shapes=shapes, engine="pyshacl"))
            theirs.append(seconds)
            if other.total != report.total:
                raise SystemExit(f"pyshacl finds {other.total}, the compiled shapes {report.total}")
    median = statistics.median(ours)
    if not theirs:
        return f"{report.total:,}", f"{median:.2f}", "not run", "-"
    ratio = statistics.median(theirs) / median
    return f"{report.total:,}", f"{median:.2f}", f"{statistics.median(theirs):.1f}", f"{ratio:.0f}"


def change_of(quads: list[Quad]) -> list[Quad]:
    """Return what is said of three nodes, under other names."""
    nodes = {NamedNode(thing(path)) for path in CHANGED}
    new = {node: NamedNode(node.value.replace("p3-s1-a", "p3-s99-b")) for node in nodes}
    about = [q for q in quads if q.subject in nodes or q.object in nodes]
    return [Quad(new.get(q.subject, q.subject), q.predicate, new.get(q.object, q.object))
            for q in about]  # fmt: skip


def changes(engine: Engine, compiled: CompiledShapes, change: list[Quad]) -> tuple[str, ...]:
    """Return p50 and p95 in milliseconds, of additions and of removals."""
    triples, times = [triple(quad) for quad in change], ([], [])
    for _ in range(CHANGES):
        engine.add(change)
        start = time.thread_time()
        validate_change(engine, compiled, added=triples, removed=())
        times[0].append((time.thread_time() - start) * 1000)
        engine.remove(change)
        start = time.thread_time()
        validate_change(engine, compiled, added=(), removed=triples)
        times[1].append((time.thread_time() - start) * 1000)
    cuts = [statistics.quantiles(found, n=20) for found in times]
    return tuple(f"{cut[position]:.2f}" for cut in cuts for position in (9, 18))


def row(size: int, shapes: list[Triple], options: argparse.Namespace) -> tuple[str, ...]:
    quads = dataset(size, seed=options.seed)
    triples = [triple(quad) for quad in quads]
    with_pyshacl = size <= options.pyshacl_up_to
    cells = whole(triples, shapes, rounds=options.rounds, with_pyshacl=with_pyshacl)
    compiled = compile_shapes(shapes)
    entailed = [Quad(t.subject, t.predicate, t.object) for t in entail(quads).triples]
    engine = Engine([*quads, *entailed])
    _, live = timed(lambda: validate_dataset(engine, compiled))
    change, number = change_of([*quads, *entailed]), len(quads)
    del quads, triples, entailed
    # A server has no lists of all triples, which Python would look through now and then.
    gc.collect()
    gc.freeze()
    checked = changes(engine, compiled, change)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (f"{number:,}", *cells, f"{live:.2f}", *checked, f"{memory:,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--pyshacl-up-to", type=int, default=50_000, metavar="TRIPLES")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=24)
    options = parser.parse_args()
    shapes = shapes_graph()
    _, seconds = timed(lambda: compile_shapes(shapes))
    print(f"shapes compiled in {seconds * 1000:.0f} ms")
    head = ("triples", "results", "ours s", "pyshacl s", "ratio", "live s",
            "added p50 ms", "p95", "removed p50 ms", "p95", "MB")  # fmt: skip
    for cells in (head, *(row(size, shapes, options) for size in options.sizes)):
        padded = (c.rjust(max(9, len(name))) for c, name in zip(cells, head, strict=True))
        print(" ".join(padded), flush=True)


if __name__ == "__main__":
    main()

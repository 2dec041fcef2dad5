"""Writes in plain mode, which do what SPARQL 1.1 Update and the Graph Store Protocol say."""

from __future__ import annotations

from neagraph.gate.reading import content_of, permitted
from neagraph.model import Changeset, Scope, Write, WriteKind
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import to_lines
from neagraph.rdf.terms import NamedNode, Quad
from neagraph.rdf.update_text import quads_of_data, runs
from neagraph.store.dataset import EMPTY_GRAPH, ScopedDataset


def plain_change(dataset: ScopedDataset, write: Write) -> Changeset:
    """Return the change of a write in plain mode."""
    engine = dataset.engine(Scope.ALL)
    if write.kind is WriteKind.UPDATE:
        return _plainly_updated(dataset, write)
    before = _lines(engine, write.graph)
    given = to_lines(Engine(content_of(engine, write, may_be_empty=True)).quads())
    after = {*given, *(before if write.kind is WriteKind.POST else ())}
    if write.graph is not None and write.kind is not WriteKind.DELETE:
        mark = f"{EMPTY_GRAPH}<{write.graph}>"
        after = (after - {mark}) or {mark}
    return _difference(before, after)


def _plainly_updated(dataset: ScopedDataset, write: Write) -> Changeset:
    """Run an update; only where it looks at the dataset is the whole of that compared."""
    engine, operations = dataset.engine(Scope.ALL), permitted(write)
    told = quads_of_data(operations, base=write.base)

    def present() -> set[str]:
        return set(dataset.lines()) if told is None else _present(engine, told)

    before = present()
    for text in runs(operations):
        engine.update(text, base=write.base)
    return _difference(before, present())


def _present(engine: Engine, quads: set[Quad]) -> set[str]:
    """Return the lines of those quads that are there, and of those of their graphs left empty."""
    names = {q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)}
    names &= set(engine.graph_names())
    empty = (name for name in names if next(engine.quads(name), None) is None)
    return {
        *to_lines(quad for quad in quads if quad in engine),
        *(f"{EMPTY_GRAPH}<{name}>" for name in empty),
    }


def _lines(engine: Engine, graph: str | None) -> set[str]:
    """Return the lines of a graph, or that of an empty one; none if it is not there."""
    if graph is None:
        return set(to_lines(engine.matching()))
    there = {f"{EMPTY_GRAPH}<{graph}>"} if graph in engine.graph_names() else set[str]()
    return set(to_lines(engine.quads(graph))) or there


def _difference(before: set[str], after: set[str]) -> Changeset:
    return Changeset(tuple(sorted(after - before)), tuple(sorted(before - after)))

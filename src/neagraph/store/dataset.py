"""The dataset behind a store: one engine for each scope, the second one made when first asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from operator import not_

from neagraph.model import Answer, Changeset, QueryRequest, Scope, Version
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import from_lines, to_lines
from neagraph.rdf.terms import DefaultGraph, NamedNode, Quad
from neagraph.store.digest import changed, digest_of
from neagraph.vocab import GRAPH_ENTAILED

EMPTY_GRAPH = "# "
"""Begins the line of a named graph without triples, a comment in N-Quads; `<IRI>` follows."""


Observer = Callable[[Sequence[Quad], Sequence[Quad]], None]
"""Told which quads have come and which have gone."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of a changeset that take effect, read as quads and as names of empty graphs."""

    lines: tuple[str, ...]
    quads: tuple[Quad, ...]
    empty: tuple[str, ...]


class ScopedDataset:
    """A dataset that answers in either scope and moves from version to version.

    Args:
        quads: All named graphs, the entailed triples in `graph/entailed`.
        union: Whether the default graph is the union of the named graphs, kept up with every
            change; else it is a graph of its own, as SPARQL 1.1 has it, and `quads` may fill it.
        version: The state that the quads are; None for number 0 and their own digest.
    """

    def __init__(
        self, quads: Iterable[Quad], *, union: bool = True, version: Version | None = None
    ) -> None:
        self.union = union
        self._engines = {Scope.ALL: self._engine_of(quads)}
        self._version = version
        self._observers: list[Observer] = []

    @property
    def version(self) -> Version:
        """The state that answers now."""
        if self._version is None:
            self._version = Version(0, digest_of(self.lines()))
        return self._version

    def answer(self, request: QueryRequest, *, most_bytes: int | None = None) -> Answer:
        """Return the answer in the scope that the request names; errors as `Engine.answer`.

        What the request asks to undo is undone and stays so: answer it in a copy. The version
        of the answer is the one before that.
        """
        if request.undo is None:
            return self.engine(request.scope).answer(request, most_bytes=most_bytes)
        version = self.version
        self.apply(request.undo.inverse())
        answer = self.engine(request.scope).answer(request, most_bytes=most_bytes)
        return replace(answer, version=version)

    def apply(self, changeset: Changeset) -> Version:
        """Apply a changeset and return the new state.

        Lines that are there already, or are gone already, are passed over; a changeset of nothing
        but such lines has been applied before, and the state stays.
        """
        version = self.version
        added = self._in_effect(changeset.added, there=False)
        removed = self._in_effect(changeset.removed, there=True)
        effect = Changeset(added.lines, removed.lines)
        if changeset and not effect:
            return version
        graphs = {quad.graph_name for quad in removed.quads}
        touched = {graph.value for graph in graphs if isinstance(graph, NamedNode)}
        for scope, engine in self._engines.items():
            engine.remove(_seen(removed.quads, scope))
            engine.add(_seen(added.quads, scope))
            engine.forget_empty((touched | set(removed.empty)) - set(added.empty))
            engine.add_graphs(added.empty)
        self._version = Version(version.number + 1, changed(version.digest, effect))
        for observer in self._observers:
            observer(added.quads, removed.quads)
        return self._version

    def settle(self, changeset: Changeset) -> Version:
        """Take a changeset, all of which takes effect, as applied, and return the new state.

        Whoever calls this has changed the engine of `Scope.ALL` already, and in no other way.
        """
        version = self.version
        if changeset:
            self._engines = {Scope.ALL: self._engines[Scope.ALL]}
            self._version = Version(version.number + 1, changed(version.digest, changeset))
        return self.version

    def observe(self, observer: Observer) -> None:
        """Tell an observer of every change from now on, right after it has been applied."""
        self._observers.append(observer)

    def is_ready(self, scope: Scope) -> bool:
        """Return whether the engine of a scope is there."""
        return scope in self._engines

    def prepare(self, scope: Scope) -> bool:
        """Make the engine of a scope if it is not there yet; True if it was not."""
        missing = not self.is_ready(scope)
        self.engine(scope)
        return missing

    def engine(self, scope: Scope) -> Engine:
        """Return the engine of a scope."""
        if scope not in self._engines:
            self._engines[scope] = self._engine_of(_seen(self.quads(), scope))
        return self._engines[scope]

    def quads(self) -> Iterator[Quad]:
        """Yield every quad, the union left out."""
        quads = self._engines[Scope.ALL].quads()
        default = DefaultGraph()
        return (q for q in quads if q.graph_name != default) if self.union else quads

    def lines(self) -> Iterator[str]:
        """Yield the N-Quads line of every quad, and a line for each empty graph."""
        yield from to_lines(self.quads())
        yield from (f"{EMPTY_GRAPH}<{name}>" for name in self._engines[Scope.ALL].empty_graphs())

    def _engine_of(self, quads: Iterable[Quad]) -> Engine:
        return Engine.of_dataset(quads) if self.union else Engine(quads)

    def _in_effect(self, lines: tuple[str, ...], *, there: bool) -> _Lines:
        """Return what of the lines is there, or else what is not."""
        engine = self._engines[Scope.ALL]
        marks = tuple(line for line in lines if line.startswith(EMPTY_GRAPH))
        said = tuple(line for line in lines if not line.startswith(EMPTY_GRAPH)) if marks else lines
        quads = from_lines(said)
        held = list(map(engine.__contains__, quads))
        effective = held if there else list(map(not_, held))
        empty = engine.empty_graphs() if marks else ()
        names = tuple(n for n in (line.strip("# <>") for line in marks) if (n in empty) is there)
        return _Lines(
            (*compress(said, effective), *(f"{EMPTY_GRAPH}<{name}>" for name in names)),
            tuple(compress(quads, effective)),
            names,
        )


def _seen(quads: Iterable[Quad], scope: Scope) -> Iterable[Quad]:
    if scope is Scope.ALL:
        return quads
    entailed = NamedNode(GRAPH_ENTAILED)
    return (quad for quad in quads if quad.graph_name != entailed)

"""What a write in the normal mode changes in the named graphs."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from neagraph.gate.reading import content_of, permitted, require_writable
from neagraph.model import Changeset, Write, WriteKind
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import to_lines
from neagraph.rdf.terms import BlankNode, NamedNode, Quad
from neagraph.rdf.update_text import Operation, data_of, runs, written_graphs
from neagraph.vocab import GENID, is_writable


@dataclass(frozen=True, slots=True)
class Change:
    """What a write adds and removes, in the engine's form.

    Args:
        added: The quads that come.
        removed: The quads that go.
        as_written: What was sent, as it was parsed; nothing for an update.
    """

    added: set[Quad]
    removed: set[Quad]
    as_written: Sequence[Quad] = ()

    def lines(self) -> Changeset:
        """Return the change as N-Quads lines."""
        return Changeset(tuple(to_lines(self.added)), tuple(to_lines(self.removed)))


def change_of(engine: Engine, write: Write) -> Change:
    """Do what a write says, and return what that has changed.

    Args:
        engine: The dataset, with its default graph as the union; it is changed.
        write: The write.
    """
    change = _updated(engine, write) if write.kind is WriteKind.UPDATE else _sent(engine, write)
    engine.forget_empty({_graph(quad) for quad in change.removed})
    return change


def _sent(engine: Engine, write: Write) -> Change:
    require_writable(write.graph)
    written = _named(content_of(engine, write), keep=set(), key=_key(write))
    return _replaced(engine, write, written)


def _replaced(engine: Engine, write: Write, written: Sequence[Quad]) -> Change:
    """Give a graph its new content."""
    given = set(Engine(written).quads())
    gone = set[Quad]() if write.kind is WriteKind.POST else set(engine.quads(write.graph)) - given
    change = Change({quad for quad in given if quad not in engine}, gone, written)
    engine.remove(change.removed)
    engine.add(change.added)
    return change


def _updated(engine: Engine, write: Write) -> Change:
    operations = permitted(write)
    data = [(operation, data_of(operation, base=write.base)) for operation in operations]
    told = [(operation, quads) for operation, quads in data if quads is not None]
    if len(told) == len(data):
        return _given(engine, told)
    return _run(engine, operations, base=write.base)


def _given(engine: Engine, data: Sequence[tuple[Operation, set[Quad]]]) -> Change:
    """Insert and delete quads that the update names itself: nothing else needs to be looked at."""
    named = [
        (operation.inserts, _named(quads, keep=set(), key=secrets.token_hex(16)))
        for operation, quads in data
    ]
    before = _present(engine, named)
    for inserts, quads in named:
        (engine.add if inserts else engine.remove)(quads)
    after = _present(engine, named)
    for name in sorted({_graph(quad) for quad in before ^ after}):
        require_writable(name or None)
    return Change(after - before, before - after)


def _present(engine: Engine, named: Sequence[tuple[bool, list[Quad]]]) -> set[Quad]:
    return {quad for _, quads in named for quad in quads if quad in engine}


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def _run(engine: Engine, operations: list[Operation], *, base: str) -> Change:
    """Run an update, each operation on the union that the one before it has left.

    Only graphs that it may write to are looked at, where the text names all of them.
    """
    named = [written_graphs(operation, base=base) for operation in operations]
    among = set[str]().union(*(names or () for names in named)) if None not in named else None
    first = before = _Graphs.of(engine, among)
    for text in runs(operations):
        engine.update(text, base=base)
        after = _Graphs.of(engine, among)
        before.require_kept(after)
        engine.remove(before.written - after.written)
        engine.add(after.written - before.written)
        before = _Graphs.of(engine, among)
    added, removed = before.written - first.written, first.written - before.written
    known = {node for node in _blank_nodes(added) if _is_known(engine, node, added, removed)}
    settled = _named(added, keep=known, key=secrets.token_hex(16))
    engine.remove(added.difference(settled))
    engine.add(settled)
    engine.forget_empty(engine.empty_graphs())
    return Change(set(settled), set(removed))


def _is_known(
    engine: Engine, node: BlankNode, added: AbstractSet[Quad], removed: AbstractSet[Quad]
) -> bool:
    """Return whether a blank node stood in a writable graph before quads came and went."""
    quads = (*engine.holding(node), *removed)
    return any(
        node in {quad.subject, quad.object} and is_writable(_graph(quad))
        for quad in quads
        if quad not in added
    )


@dataclass(frozen=True, slots=True)
class _Graphs:
    """Some graphs, or all, at one moment.

    Args:
        written: The quads of the writable graphs.
        kept: Number of quads and sum of their hashes for each other graph; the default graph is
            the one without a name.
    """

    written: frozenset[Quad]
    kept: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, engine: Engine, among: AbstractSet[str] | None) -> _Graphs:
        """Return the graphs of these names; None for all, the default graph with them."""
        names = [name for name in engine.graph_names() if among is None or name in among]
        written = (quad for name in names if is_writable(name) for quad in engine.quads(name))
        kept = {name: _sum(engine.quads(name)) for name in names if not is_writable(name)}
        default = {"": _sum(engine.matching())} if among is None else {}
        return cls(frozenset(written), {**kept, **default})

    def require_kept(self, after: _Graphs) -> None:
        """Raise RefusedError if a graph that is not writable has changed since."""
        for name in sorted(self.kept.keys() | after.kept.keys()):
            if self.kept.get(name) != after.kept.get(name):
                require_writable(name or None)


def _sum(quads: Iterable[Quad]) -> tuple[int, int]:
    hashes = [hash(quad) for quad in quads]
    return len(hashes), sum(hashes)


def _key(write: Write) -> str:
    """Return what the IRIs of blank nodes begin with: PUT of the same bytes gives the same ones."""
    if write.kind is not WriteKind.PUT:
        return secrets.token_hex(16)
    said = b"\0".join([(write.graph or "").encode(), *(body for body, _ in write.bodies)])
    return hashlib.sha256(said).hexdigest()[:32]


def _named(quads: Iterable[Quad], *, keep: set[BlankNode], key: str) -> list[Quad]:
    """Return the quads with IRIs in place of blank nodes, numbered as they are met."""
    names: dict[BlankNode, NamedNode] = {}

    def name(term: BlankNode) -> NamedNode | BlankNode:
        if term in keep:
            return term
        return names.setdefault(term, NamedNode(f"{GENID}{key}-{len(names) + 1}"))

    return [
        Quad(
            name(q.subject) if isinstance(q.subject, BlankNode) else q.subject,
            q.predicate,
            name(q.object) if isinstance(q.object, BlankNode) else q.object,
            q.graph_name,
        )
        for q in quads
    ]


def _blank_nodes(quads: Iterable[Quad]) -> Iterator[BlankNode]:
    for quad in quads:
        yield from (t for t in (quad.subject, quad.object) if isinstance(t, BlankNode))

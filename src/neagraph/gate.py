"""The gate on writes: what a write would change, or why it is refused.

A trial runs in a forked child, on a copy of the dataset that it may spoil; the store process makes
the same changeset its own once the log holds it. Everything is parsed before anything is applied.
In the normal mode a write may touch graphs of reports, of reference data and of the inbox only,
blank nodes in what is written become IRIs, and what it leaves behind must be consistent and conform
to the shapes. In plain mode a write does what SPARQL 1.1 Update and the Graph Store Protocol say.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from neagraph.entailment.closure import entail
from neagraph.entailment.result import Entailment, require_consistent
from neagraph.errors import FormatError, NotConformingError, NotFoundError, RefusedError
from neagraph.model import Changeset, Scope, Write, WriteKind
from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import from_lines, in_graph, parse, to_lines, triples_of, write_graph
from neagraph.rdf.query_text import without_service
from neagraph.rdf.terms import BlankNode, DefaultGraph, NamedNode, Quad, Triple
from neagraph.rdf.update_text import Operation, quads_of_data, read_update, runs
from neagraph.sources import read_shapes
from neagraph.store.dataset import EMPTY_GRAPH, ScopedDataset
from neagraph.validation.report import ValidationReport, to_graph, to_text
from neagraph.validation.validator import validate
from neagraph.vocab import GENID, GRAPH_ENTAILED, GRAPH_INBOX, is_writable

Trial = Callable[[ScopedDataset, Write], Changeset]
"""Returns what a write would change; spoils the dataset."""

_HINT_WRITABLE = (
    "Write to a graph below graph/report/, graph/reference/ or graph/inbox/; "
    "the rest is made from the project's files."
)
_WARM_UP = '<https://example.org/s> <https://example.org/p> "o" <https://example.org/g> .'


def trial(root: Path | None) -> Trial:
    """Return what tries writes; call it before any fork, for a child can open no file.

    Args:
        root: The folder whose shapes all data must conform to; None for plain mode.

    Raises:
        UnreadableError: If there are no shapes, or they cannot be read.
    """
    if root is None:
        return partial(try_write, checked=False)
    shapes = read_shapes(root)
    # What the reasoner and the validator import as they run is imported now.
    check(from_lines([_WARM_UP]), shapes=shapes)
    return partial(try_write, checked=True, shapes=shapes)


def try_write(
    dataset: ScopedDataset, write: Write, *, checked: bool, shapes: Sequence[Triple] = ()
) -> Changeset:
    """Return what a write would change, entailed triples included.

    Args:
        dataset: The present state; it is spoiled.
        write: What to try.
        checked: Whether the rules of the normal mode hold.
        shapes: The shapes that the data must conform to, in the normal mode.

    Raises:
        QueryError: If an update cannot be parsed or run.
        UnreadableError: If a body cannot be parsed.
        RefusedError: If a graph is touched that is not writable, or LOAD or SERVICE asked for.
        NotFoundError: If a graph to be deleted is not there.
        InconsistencyError: If the data would contradict the axioms.
        NotConformingError: If the data would violate the shapes; `report` has the W3C report.
    """
    if not checked:
        return _plain(dataset, write)
    return _checked(dataset, write, shapes)


def require_accepted(report: ValidationReport) -> None:
    """Raise NotConformingError with both forms of the report if there is a violation in it."""
    if not report.accepted:
        number = len(report.violations)
        raise NotConformingError(
            f"The data do not conform: {number} violation{'' if number == 1 else 's'}.",
            hint="Mend the records listed above; nothing was written.",
            details=tuple(to_text(report).splitlines()),
            report=write_graph(to_graph(report), graph_format_by_name("turtle")).decode(),
        )


def check(
    asserted: Sequence[Quad], *, shapes: Sequence[Triple], as_written: Sequence[Quad] = ()
) -> list[Quad]:
    """Return what asserted quads entail, in its graph, if they are consistent and conform.

    Args:
        asserted: The quads in the engine's form.
        shapes: The shapes.
        as_written: Those of them that were just parsed: `sh:datatype` and `sh:pattern` look at
            what was written, not at what the engine makes of it.
    """
    entailment = entail(asserted, identity="check")
    require_consistent(entailment)
    stored = set(Engine(as_written).quads())
    others = (quad for quad in asserted if quad not in stored)
    require_accepted(validate(triples_of([*others, *as_written]), shapes=shapes))
    return entailed_quads(entailment)


def entailed_quads(entailment: Entailment) -> list[Quad]:
    """Return the entailed triples in the graph that is theirs."""
    quads = (Quad(t.subject, t.predicate, t.object) for t in entailment.triples)
    return in_graph(quads, GRAPH_ENTAILED)


def is_in_inbox(quad: Quad) -> bool:
    """Return whether a quad is in a graph that waits to be looked at, unchecked."""
    name = quad.graph_name
    return isinstance(name, NamedNode) and name.value.startswith(GRAPH_INBOX)


def _plain(dataset: ScopedDataset, write: Write) -> Changeset:
    """Return the change of a write in plain mode."""
    engine = dataset.engine(Scope.ALL)
    if write.kind is WriteKind.UPDATE:
        return _plainly_updated(dataset, write)
    before = _lines(engine, write.graph)
    given = to_lines(Engine(_content(engine, write, may_be_empty=True)).quads())
    after = {*given, *(before if write.kind is WriteKind.POST else ())}
    if write.graph is not None and write.kind is not WriteKind.DELETE:
        mark = f"{EMPTY_GRAPH}<{write.graph}>"
        after = (after - {mark}) or {mark}
    return _difference(before, after)


def _plainly_updated(dataset: ScopedDataset, write: Write) -> Changeset:
    """Run an update; only where it looks at the dataset is the whole of that compared."""
    engine, operations = dataset.engine(Scope.ALL), _permitted(write)
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


def _checked(dataset: ScopedDataset, write: Write, shapes: Sequence[Triple]) -> Changeset:
    """Return the change of a write in the normal mode, entailed triples included."""
    engine = dataset.engine(Scope.ALL)
    entailed = set(engine.quads(GRAPH_ENTAILED))
    written = list[Quad]()
    if write.kind is WriteKind.UPDATE:
        change = _updated(engine, write)
    else:
        _require_writable(write.graph)
        written = _named(_content(engine, write), keep=set(), key=_key(write))
        change = _replaced(engine, write, written)
    if all(_is_apart(quad) for quad in (*change.added, *change.removed)):
        return change.lines()
    asserted = [quad for quad in dataset.quads() if not _is_apart(quad)]
    follows = set(check(asserted, shapes=shapes, as_written=written))
    change.added.update(follows - entailed)
    change.removed.update(entailed - follows)
    return change.lines()


@dataclass(frozen=True, slots=True)
class _Change:
    """What a write adds and removes, in the engine's form."""

    added: set[Quad]
    removed: set[Quad]

    def lines(self) -> Changeset:
        return Changeset(tuple(to_lines(self.added)), tuple(to_lines(self.removed)))


def _replaced(engine: Engine, write: Write, content: Sequence[Quad]) -> _Change:
    """Give a graph its new content, and return what that changes."""
    before, given = set(engine.quads(write.graph)), set(Engine(content).quads())
    gone = set[Quad]() if write.kind is WriteKind.POST else before - given
    change = _Change(given - before, gone)
    engine.remove(change.removed)
    engine.add(change.added)
    return change


def _content(engine: Engine, write: Write, *, may_be_empty: bool = False) -> list[Quad]:
    """Return what a graph is to hold, or to be given; nothing where it is to be deleted."""
    if write.kind is WriteKind.DELETE:
        _require_there(engine, write.graph)
        return []
    quads = list[Quad]()
    for body, name in write.bodies:
        fmt, base = graph_format_by_name(name), write.base or None
        quads += parse(body, fmt, source="request body", base=base, may_be_empty=may_be_empty)
    if any(quad.graph_name != DefaultGraph() for quad in quads):
        raise FormatError(
            "The body names graphs of its own, and the address names the one that is written.",
            hint="Send the triples alone, as Turtle or N-Triples.",
        )
    return quads if write.graph is None else in_graph(quads, write.graph)


def _updated(engine: Engine, write: Write) -> _Change:
    """Run an update, each operation on the union that the one before it has left."""
    first = _Graphs.of(engine)
    for text in runs(_permitted(write)):
        before = _Graphs.of(engine)
        engine.update(text, base=write.base)
        after = _Graphs.of(engine)
        before.require_kept(after)
        engine.remove(before.written - after.written)
        engine.add(after.written - before.written)
    last = _Graphs.of(engine)
    added = last.written - first.written
    named = _named(added, keep=set(_blank_nodes(first.written)), key=secrets.token_hex(16))
    engine.remove(added.difference(named))
    engine.add(named)
    return _Change(set(named), set(first.written - last.written))


@dataclass(frozen=True, slots=True)
class _Graphs:
    """The graphs at one moment.

    Args:
        written: The quads of the writable graphs.
        kept: Number of quads and sum of their hashes for each other graph; the default graph is
            the one without a name.
    """

    written: frozenset[Quad]
    kept: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, engine: Engine) -> _Graphs:
        names = engine.graph_names()
        written = (quad for name in names if is_writable(name) for quad in engine.quads(name))
        kept = {name: _sum(engine.quads(name)) for name in names if not is_writable(name)}
        return cls(frozenset(written), {**kept, "": _sum(engine.matching())})

    def require_kept(self, after: _Graphs) -> None:
        """Raise RefusedError if a graph that is not writable has changed since."""
        for name in sorted(self.kept.keys() | after.kept.keys()):
            if self.kept.get(name) != after.kept.get(name):
                _require_writable(name or None)


def _sum(quads: Iterable[Quad]) -> tuple[int, int]:
    hashes = [hash(quad) for quad in quads]
    return len(hashes), sum(hashes)


def _permitted(write: Write) -> list[Operation]:
    """Return the operations of an update that are to run, after a look at the whole of it.

    LOAD SILENT fails in silence (SPARQL 1.1 Update, 3.1.4): it does nothing.

    Raises:
        QueryError: If it cannot be parsed.
        RefusedError: If it holds LOAD or SERVICE.
    """
    found = read_update(write.text, base=write.base)
    if any(operation.loads and not operation.silent for operation in found):
        raise RefusedError(
            "LOAD is not permitted here: no document is fetched.",
            hint="Fetch it on your side and send its triples.",
        )
    if without_service(write.text) is not None:
        raise RefusedError(
            "SERVICE is not permitted here: this endpoint queries its own graphs only.",
            hint="Ask the other endpoint from your side and send the triples.",
        )
    return [operation for operation in found if not operation.loads]


def _require_writable(graph: str | None) -> None:
    if graph is None:
        raise RefusedError(
            "The default graph is the union of the named graphs and is not written to.",
            hint=_HINT_WRITABLE,
        )
    if not is_writable(graph):
        raise RefusedError(f"The graph <{graph}> is not writable.", hint=_HINT_WRITABLE)


def _require_there(engine: Engine, graph: str | None) -> None:
    if graph is not None and graph not in engine.graph_names():
        raise NotFoundError(
            "There is no such graph.", where=graph, hint="Make it with PUT or POST."
        )


def _is_apart(quad: Quad) -> bool:
    """Return whether a quad is no asserted one that is checked: entailed, or in the inbox."""
    return quad.graph_name == NamedNode(GRAPH_ENTAILED) or is_in_inbox(quad)


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

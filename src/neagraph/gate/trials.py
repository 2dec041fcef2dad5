"""Trials of writes, with rules and shapes that are compiled before the trial's child is forked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from neagraph.entailment.result import ClosureChange, require_consistent
from neagraph.entailment.upkeep import Closure
from neagraph.errors import UnsupportedAxiomError
from neagraph.gate.acceptance import is_apart, require_accepted, require_conforming
from neagraph.gate.changes import Change, change_of
from neagraph.gate.plain import plain_change
from neagraph.gate.view import Difference, ShapesView, asserted_difference, is_hierarchy
from neagraph.model import Changeset, Scope, Write, WriteKind
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import NamedNode, Quad, Triple
from neagraph.sources import read_shapes
from neagraph.store.dataset import ScopedDataset
from neagraph.store.work import Trial
from neagraph.validation.compiler import CompiledShapes, compile_shapes
from neagraph.validation.validator import validate_change
from neagraph.vocab import GRAPH_ENTAILED, GRAPHS_WRITABLE

_ENTAILED = NamedNode(GRAPH_ENTAILED)


def trial(root: Path | None) -> Trial:
    """Return what tries writes; call it before any fork, for a child can open no file.

    Args:
        root: The folder whose shapes all data must conform to; None for plain mode.

    Raises:
        UnreadableError: If there are no shapes, or they cannot be read.
        ShapesError: If they cannot be used.
    """
    if root is None:
        return PlainGate()
    shapes = compile_shapes(read_shapes(root))
    # What the reasoner and the validator import as they run is imported now.
    Gate(shapes)(ScopedDataset(()), Write(WriteKind.UPDATE, _WARM_UP))
    return Gate(shapes)


_WARM_UP = (
    f"INSERT DATA {{ GRAPH <{GRAPHS_WRITABLE[0]}x> {{ <urn:s> a <urn:C> }} }} ; "
    f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}"
)


class PlainGate:
    """Tries writes in plain mode."""

    settles = False

    def is_ready(self, dataset: ScopedDataset) -> bool:  # noqa: ARG002  as the protocol has it
        """Return True: nothing is needed."""
        return True

    def prepare(self, dataset: ScopedDataset) -> bool:  # noqa: ARG002  as the protocol has it
        """Return False: nothing is needed."""
        return False

    def __call__(self, dataset: ScopedDataset, write: Write) -> Changeset:
        """Return what a write would change; errors as `Gate`, of those that concern its text."""
        return plain_change(dataset, write)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is kept ready for a dataset.

    Args:
        closure: The rules of its axioms.
        view: What the shapes look at.
    """

    closure: Closure
    view: ShapesView


class Gate:
    """Tries writes in the normal mode.

    Args:
        shapes: The shapes that the data must conform to.
    """

    settles = True

    def __init__(self, shapes: CompiledShapes) -> None:
        self._shapes = shapes
        self._observed: ScopedDataset | None = None
        self._prepared: Prepared | None = None

    def is_ready(self, dataset: ScopedDataset) -> bool:
        """Return whether `prepare` has nothing to do."""
        return self._observed is dataset and self._prepared is not None

    def prepare(self, dataset: ScopedDataset) -> bool:
        """Compile the axioms of a dataset and copy what the shapes look at, unless it is there.

        From then on both are kept up with every change of this dataset; a change of its axioms
        makes this function work anew.

        Args:
            dataset: The dataset of the process that trials are forked from.

        Returns:
            Whether something was made, which older children do not have.
        """
        if self._observed is not dataset:
            self._observed, self._prepared = dataset, None
            dataset.observe(self._see)
        if self._prepared is not None:
            return False
        with suppress(UnsupportedAxiomError):  # each trial will say so
            self._prepared = _prepared(dataset)
        return self._prepared is not None

    def __call__(self, dataset: ScopedDataset, write: Write) -> Changeset:
        """Return what a write would change, entailed triples included.

        Args:
            dataset: The present state; it is spoiled.
            write: What to try.

        Raises:
            QueryError: If an update cannot be parsed or run.
            UnreadableError: If a body cannot be parsed.
            RefusedError: If a graph is touched that is not writable, or LOAD or SERVICE asked for.
            NotFoundError: If a graph to be deleted is not there.
            InconsistencyError: If the data would contradict the axioms.
            NotConformingError: If the data would violate the shapes; `report` has the W3C report.
        """
        ready = self.prepared_for(dataset)
        engine = dataset.engine(Scope.ALL)
        change = change_of(engine, write)
        if all(map(is_apart, (*change.added, *change.removed))):
            return change.lines()
        difference = asserted_difference(engine, change.added, change.removed)
        follows = ready.closure.maintain(
            engine,
            added=difference.added,
            removed=difference.removed,
            asserted=lambda: asserted_quads(dataset),
        )
        require_consistent(follows)
        if any(map(is_hierarchy, (*difference.added, *difference.removed))):
            asserted, shapes = asserted_quads(dataset), self._shapes.triples
            require_conforming(asserted, shapes=shapes, as_written=change.as_written)
        else:
            self._look_at(ready.view, change, ready.view.follow(engine, difference))
        return _with_entailed(change, follows)

    def _look_at(self, view: ShapesView, change: Change, seen: Difference) -> None:
        """Raise NotConformingError if what a change affects violates the shapes."""
        report = validate_change(
            view.engine,
            self._shapes,
            added=seen.added | _otherwise_stored(change.as_written),
            removed=seen.removed,
            as_written=[quad.triple for quad in change.as_written],
        )
        require_accepted(report)

    def prepared_for(self, dataset: ScopedDataset) -> Prepared:
        """Return rules and view of a dataset as `prepare` keeps them, or made now.

        Raises:
            UnsupportedAxiomError: For an axiom outside OWL 2 RL.
        """
        prepared = self._prepared if self._observed is dataset else None
        return prepared or _prepared(dataset)

    def _see(self, added: Sequence[Quad], removed: Sequence[Quad]) -> None:
        """Follow a change that the dataset has made its own."""
        if self._prepared is None or self._observed is None:
            return
        engine = self._observed.engine(Scope.ALL)
        difference = asserted_difference(engine, added, removed)
        closure, touched = self._prepared.closure, (*difference.added, *difference.removed)
        if any(map(is_hierarchy, touched)) or any(map(closure.concerns, touched)):
            self._prepared = None
        else:
            self._prepared.view.follow(engine, difference)


def _prepared(dataset: ScopedDataset) -> Prepared:
    return Prepared(Closure.of(dataset.engine(Scope.ALL)), ShapesView(dataset.engine(Scope.ALL)))


def asserted_quads(dataset: ScopedDataset) -> list[Quad]:
    """Return the quads of a dataset that are asserted and checked."""
    return [quad for quad in dataset.quads() if not is_apart(quad)]


def _otherwise_stored(as_written: Sequence[Quad]) -> set[Triple]:
    """Return what the engine makes of those triples that it does not keep as they were written.

    They may have been there before, and are looked at all the same.
    """
    written = {quad.triple for quad in as_written}
    return {quad.triple for quad in Engine(as_written).quads()} - written


def _with_entailed(change: Change, follows: ClosureChange) -> Changeset:
    """Return the lines of a change and of what it changes among the entailed triples."""
    return Change(
        change.added | {_entailed(triple) for triple in follows.added},
        change.removed | {_entailed(triple) for triple in follows.removed},
    ).lines()


def _entailed(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, _ENTAILED)

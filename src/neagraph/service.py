"""The read side: what the service and the command line ask of a built dataset."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Iterable
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from neagraph.errors import NeagraphError, NotFoundError, QueryTimeoutError, SnapshotError
from neagraph.federation import answer_federated, asks_others
from neagraph.fetching import FederationPolicy
from neagraph.model import (
    Answer,
    Changeset,
    Limits,
    QueryRequest,
    Version,
)
from neagraph.past import PastStore
from neagraph.queries import Catalogue
from neagraph.rdf.results import Table, read_results
from neagraph.rdf.terms import Literal, NamedNode, Term, show
from neagraph.store.dataset import EMPTY_GRAPH
from neagraph.store.history import CommitLog
from neagraph.store.protocol import Store
from neagraph.store.snapshot import (
    Manifest,
    current_snapshot,
    load_dataset,
    read_dataset,
    read_manifest,
)
from neagraph.store.state import starting_point, stored_lines
from neagraph.tokens import TokenStore
from neagraph.vocab import (
    DCTERMS,
    GRAPH_ENTAILED,
    NEA,
    RDF_TYPE,
    RDFS_LABEL,
    SKOS_PREF_LABEL,
)
from neagraph.writing import Writer

NOBODY: Final = FederationPolicy()
"""No other server is asked."""
_COUNTING_SECONDS: Final = 2.0
NO_MANIFEST: Final = Manifest(
    digest="", software={}, reasoner="", graphs=(), shapes=(), counts={}, warnings=0, infos=0
)
"""Stands where the dataset was not built from files."""


@dataclass(frozen=True, slots=True)
class Link:
    """A value on a page.

    Args:
        term: The value.
        label: What people read.
        graphs: IRIs of the named graphs that say so.
    """

    term: Term
    label: str
    graphs: tuple[str, ...]

    @property
    def entailed(self) -> bool:
        """Whether it is said by no source and follows from what sources say."""
        return self.graphs == (GRAPH_ENTAILED,)


@dataclass(frozen=True, slots=True)
class PropertyValues:
    """A property of a thing, with its label and its values in order."""

    property: NamedNode
    label: str
    values: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ResourceView:
    """What a page shows of one thing.

    Args:
        iri: The thing.
        label: Its label, or its short form where it has none.
        types: Its classes, asserted ones first.
        outgoing: What is said of it.
        incoming: What is said about it by others.
    """

    iri: str
    label: str
    types: tuple[Link, ...]
    outgoing: tuple[PropertyValues, ...]
    incoming: tuple[PropertyValues, ...]


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A class or property of the ontology, as its reference page shows it."""

    iri: str
    kind: str
    label: str
    definition: str
    example: str
    parents: tuple[str, ...]


class Service:
    """The questions that a dataset answers, and the way in for writes.

    Args:
        store: The dataset.
        catalogue: The named queries.
        limits: What one query may use.
        snapshot: The folder that it was loaded from; None for one that began empty.
        log: The commits; None where none are kept.
        writer: Takes writes; None where nothing can be written.
        tokens: Who may write; None where nobody may.
        open_writes: Whether everybody on this machine may write.
        plain: Whether the default graph is data of its own, and not the union of all graphs.
        remote: Which other servers may be asked.
        closing: What else is to be closed with it.
    """

    def __init__(  # noqa: PLR0913  one for each part
        self,
        store: Store,
        *,
        catalogue: Catalogue,
        limits: Limits,
        snapshot: Path | None = None,
        log: CommitLog | None = None,
        writer: Writer | None = None,
        tokens: TokenStore | None = None,
        open_writes: bool = False,
        plain: bool = False,
        remote: FederationPolicy = NOBODY,
        closing: ExitStack | None = None,
    ) -> None:
        self.store: Store = store
        self.catalogue = catalogue
        self.limits = limits
        self.log = log
        self.writer = writer
        self.tokens = tokens
        self.open_writes = open_writes
        self.plain = plain
        self.remote = remote
        self.manifest: Manifest = NO_MANIFEST if snapshot is None else read_manifest(snapshot)
        self._snapshot = snapshot
        self._counts: tuple[Version, dict[str, int]] | None = None
        self._closing = closing or ExitStack()

    @property
    def version(self) -> Version:
        """The state that answers."""
        return self.store.version

    def at(self, number: int) -> Service:
        """Return the same service at an earlier version.

        Raises:
            NotFoundError: If there is no such version; the hint tells which there are.
        """
        now = self.store.version.number
        if number == now:
            return self
        if self.log is None:
            raise NotFoundError(
                f"There is no version {number}.", hint=f"There is only version {now}."
            )
        earlier = copy(self)
        earlier.store = PastStore(self.store, self.log, number)
        return earlier

    def query(self, request: QueryRequest, *, seconds: float | None = None) -> Answer:
        """Return the answer of a query; errors as `Store.answer`.

        Args:
            request: The query.
            seconds: Time it may take; at most, and by default, the service's own limit.
        """
        limits = self._limits(seconds)
        return answer_federated(
            request, self.remote, answer=lambda local: self.store.answer(local, limits)
        )

    def soon(
        self, request: QueryRequest, *, seconds: float | None = None
    ) -> Awaitable[Answer] | None:
        """Return what answers a query on the running event loop, otherwise as `query`.

        None where only a thread can wait for the answer.
        """
        if asks_others(request.text):
            return None
        return self.store.soon(request, self._limits(seconds))

    def _limits(self, seconds: float | None) -> Limits:
        if not seconds or seconds >= self.limits.seconds:
            return self.limits
        return replace(self.limits, seconds=seconds)

    def counts(self) -> dict[str, int]:
        """Return how much there is at this version; nothing where that is not known in time."""
        known = self._counts
        if known is None or known[0] != self.version:
            try:
                known = self._counted()
            except QueryTimeoutError:  # it would be no faster the next time
                known = self.version, {}
            except NeagraphError:
                return {}
            self._counts = known
        return known[1]

    def _counted(self) -> tuple[Version, dict[str, int]]:
        answer = self._ask("counts", seconds=_COUNTING_SECONDS)
        counts = {_text(name): int(_text(number)) for name, number in _table(answer).rows}
        counts["asserted"] = counts["triples"] - counts["entailed"]
        return answer.version or self.version, counts

    def dump(self) -> bytes:
        """Return the whole dataset at this version: gzipped, sorted N-Quads."""
        snapshot, start = self._start()
        if snapshot is not None and self.version.number == start:
            return read_dataset(snapshot)
        quads = [] if snapshot is None else load_dataset(snapshot)
        change = Changeset() if self.log is None else self.log.net(start, self.version.number)
        lines = (set(stored_lines(quads)) - set(change.removed)) | set(change.added)
        text = "".join(f"{line}\n" for line in sorted(lines) if not line.startswith(EMPTY_GRAPH))
        return gzip.compress(text.encode(), mtime=0)

    def _start(self) -> tuple[Path | None, int]:
        """Return the latest snapshot, perhaps of a build made meanwhile, and its number."""
        if self._snapshot is None or self.log is None:
            return self._snapshot, 0
        folder, base = starting_point(self._snapshot.parent.parent, self.log)
        return folder, base.version.number

    def describe(self, iri: str, *, graph_format: str) -> Answer:
        """Return all triples about a thing, with the labels of what they point to.

        Raises:
            NotFoundError: If the graph says nothing of it.
        """
        self.require_known(iri)
        return self._ask("describe", resource=iri, graph_format=graph_format)

    def view(self, iri: str) -> ResourceView:
        """Return what a page shows of a thing.

        Raises:
            NotFoundError: If the graph says nothing of it.
        """
        outgoing = self._properties("outgoing", iri)
        if not outgoing:
            raise self._unknown(iri)
        by_iri = {entry.property.value: entry.values for entry in outgoing}
        types = by_iri.get(RDF_TYPE, ())
        return ResourceView(
            iri=iri,
            label=_label(by_iri, iri),
            types=tuple(sorted(types, key=lambda link: link.entailed)),
            outgoing=tuple(e for e in outgoing if e.property.value != RDF_TYPE),
            incoming=self._properties("incoming", iri),
        )

    def ontology(self, *, graph_format: str) -> Answer:
        """Return the ontology as one graph."""
        return self._ask("ontology", graph_format=graph_format)

    def ontology_terms(self) -> tuple[OntologyTerm, ...]:
        """Return every class and property of the ontology, by kind and name."""
        rows = _table(self._ask("terms")).rows
        return tuple(_ontology_term(*map(_text, row)) for row in rows)

    def close(self) -> None:
        """End the store, and close what goes with it."""
        self.store.close()
        self._closing.close()

    def require_known(self, iri: str) -> None:
        """Raise NotFoundError if the graph says nothing of the thing."""
        if not _table(self._ask("outgoing", resource=iri)).rows:
            raise self._unknown(iri)

    def _unknown(self, iri: str) -> NotFoundError:
        return NotFoundError(
            "The graph says nothing of this address.",
            where=iri,
            hint="Check the spelling, or look it up with a query at /sparql.",
        )

    def _ask(
        self,
        name: str,
        *,
        resource: str | None = None,
        graph_format: str = "turtle",
        seconds: float | None = None,
    ) -> Answer:
        substitutions = () if resource is None else (("resource", str(_named(resource))),)
        text = self.catalogue.find(name).text
        request = QueryRequest(text, graph_format=graph_format, substitutions=substitutions)
        return self.store.answer(request, self._limits(seconds))

    def _properties(self, name: str, iri: str) -> tuple[PropertyValues, ...]:
        return _group(_table(self._ask(name, resource=iri)).rows)


def open_snapshot(state: Path) -> Path:
    """Return the folder of the current snapshot.

    Raises:
        SnapshotError: If there is none yet.
    """
    folder = current_snapshot(state)
    if folder is None:
        raise SnapshotError(
            "There is no snapshot yet.", where=str(state), hint="Make one with: neagraph build"
        )
    return folder


def _named(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise NotFoundError(
            "This is not a valid address.", where=iri, hint="Percent-encode special characters."
        ) from error


def _table(answer: Answer) -> Table:
    results = read_results(answer.body)
    return results if isinstance(results, Table) else Table((), ())


def _text(term: Term | None) -> str:
    return "" if term is None or not isinstance(term, (NamedNode, Literal)) else term.value


_LABELLING = (
    RDFS_LABEL,
    SKOS_PREF_LABEL,
    DCTERMS + "title",
    NEA + "summary",
    NEA + "action",
    NEA + "asWritten",
)
"""Properties whose values name a thing to people, best first."""


def _ontology_term(  # noqa: PLR0913, PLR0917  one for each column
    iri: str, kind: str, label: str, definition: str, example: str, parents: str
) -> OntologyTerm:
    return OntologyTerm(iri, kind, label, definition, example, tuple(parents.split()))


def _label(by_iri: dict[str, tuple[Link, ...]], iri: str) -> str:
    for labelling in _LABELLING:
        links = by_iri.get(labelling, ())
        english = [link for link in links if getattr(link.term, "language", None) == "en"]
        for link in (*english, *links):
            return _text(link.term)
    return show(NamedNode(iri))


def _group(rows: Iterable[tuple[Term | None, ...]]) -> tuple[PropertyValues, ...]:
    """Group rows (resource, property, label, value, label, graph) by property, then value."""
    grouped: dict[NamedNode, dict[Term, tuple[str, list[str]]]] = {}
    labels: dict[NamedNode, str] = {}
    for _, predicate, predicate_label, value, value_label, graph in rows:
        if not isinstance(predicate, NamedNode) or value is None:
            continue
        labels.setdefault(predicate, _text(predicate_label) or show(predicate))
        values = grouped.setdefault(predicate, {})
        _, graphs = values.setdefault(value, (_text(value_label) or show(value), []))
        if _text(graph) not in graphs:
            graphs.append(_text(graph))
    return tuple(
        PropertyValues(
            predicate,
            labels[predicate],
            tuple(Link(term, label, tuple(graphs)) for term, (label, graphs) in values.items()),
        )
        for predicate, values in grouped.items()
    )

"""The read side: what the service and the command line ask of a built dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from neagraph.entailment.closure import entail
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import Entailment
from neagraph.errors import NotFoundError, SnapshotError
from neagraph.model import Answer, Limits, QueryRequest
from neagraph.queries import Catalogue
from neagraph.rdf.io import triples_of
from neagraph.rdf.results import Table, read_results
from neagraph.rdf.terms import Literal, NamedNode, Quad, Term, show
from neagraph.sources import ProjectSources
from neagraph.store.child import run
from neagraph.store.dataset import ScopedDataset
from neagraph.store.protocol import Store
from neagraph.store.snapshot import DATASET, Manifest, current_snapshot, load_dataset, read_manifest
from neagraph.validation.report import ValidationReport
from neagraph.validation.validator import validate
from neagraph.vocab import (
    DCTERMS,
    GRAPH_ENTAILED,
    NEA,
    RDF_TYPE,
    RDFS_LABEL,
    SKOS_PREF_LABEL,
    VOID,
)


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


class ForkingStore:
    """A store for a program with one thread, such as the command line: it forks by itself.

    Args:
        dataset: What is asked.
    """

    def __init__(self, dataset: ScopedDataset) -> None:
        self._dataset = dataset

    def answer(self, request: QueryRequest, limits: Limits) -> Answer:
        """Return the whole answer of a query; errors as `Store.answer`."""
        return run(lambda: self._dataset.answer(request), limits)

    def close(self) -> None:
        """There is no process to end."""


class Service:
    """The questions that a built dataset answers.

    Args:
        store: The dataset.
        snapshot: The folder that it was loaded from.
        catalogue: The named queries.
        limits: What one query may use.
    """

    def __init__(
        self, store: Store, *, snapshot: Path, catalogue: Catalogue, limits: Limits
    ) -> None:
        self._store = store
        self._snapshot = snapshot
        self.catalogue = catalogue
        self.limits = limits
        self.manifest: Manifest = read_manifest(snapshot)

    def query(self, request: QueryRequest, *, seconds: float | None = None) -> Answer:
        """Return the answer of a query; errors as `Store.answer`.

        Args:
            request: The query.
            seconds: Time it may take; at most, and by default, the service's own limit.
        """
        seconds = min(seconds or self.limits.seconds, self.limits.seconds)
        return self._store.answer(request, replace(self.limits, seconds=seconds))

    def dump(self) -> Path:
        """Return the file of the whole dataset: gzipped N-Quads."""
        return self._snapshot / DATASET

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
        """End the store."""
        self._store.close()

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
        self, name: str, *, resource: str | None = None, graph_format: str = "turtle"
    ) -> Answer:
        substitutions = () if resource is None else (("resource", str(_named(resource))),)
        text = self.catalogue.find(name).text
        request = QueryRequest(text, graph_format=graph_format, substitutions=substitutions)
        return self._store.answer(request, self.limits)

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


def forking_store(snapshot: Path) -> ForkingStore:
    """Return a store over a snapshot, loaded into this process.

    Raises:
        SnapshotError: If the snapshot is damaged.
    """
    return ForkingStore(ScopedDataset(load_dataset(snapshot)))


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


def validate_quads(quads: Sequence[Quad], sources: ProjectSources) -> ValidationReport:
    """Return what the shapes say of new data, read together with the project's own.

    A graph that the new data describe as theirs (`<graph/…> a void:Dataset`) replaces the
    project's graph of that name, so an edited copy of a file is not checked against the original.

    Args:
        quads: The new data as parsed.
        sources: The project's files.
    """
    replaced = frozenset(
        quad.subject.value
        for quad in quads
        if isinstance(quad.subject, NamedNode)
        and quad.predicate.value == RDF_TYPE
        and quad.object == NamedNode(VOID + "Dataset")
    )
    return validate(
        triples_of(quads),
        shapes=sources.shapes_triples(),
        background=sources.triples(without=replaced),
    )


def entail_quads(
    quads: Sequence[Quad], *, ontology: Sequence[Quad] = (), reasoner: str = "rules"
) -> Entailment:
    """Return what follows from given data by the OWL 2 RL rules as they stand.

    Keys and functional properties say here that two names mean one thing (`owl:sameAs`).

    Args:
        quads: The given data, axioms and facts.
        ontology: Further axioms to reason with.
        reasoner: `rules`, or `owlrl` for the referee.

    Raises:
        UnsupportedAxiomError: For an axiom outside OWL 2 RL.
    """
    reason = entail_with_owlrl if reasoner == "owlrl" else entail
    return reason([*quads, *ontology], identity="infer")

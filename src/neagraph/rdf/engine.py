"""The embedded engine: a dataset in memory that answers SPARQL.

The engine's own union option repeats a triple once for each graph that holds it, so the default
graph of `Engine.of_dataset` is the deduplicated union, kept as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from pyoxigraph import (
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
)

from neagraph.errors import NotAcceptableError, QueryError, RefusedError
from neagraph.model import Answer, QueryRequest
from neagraph.rdf import query_text
from neagraph.rdf.formats import graph_format_by_name, results_format_by_name
from neagraph.rdf.io import parse_term, write_graph
from neagraph.rdf.terms import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    Term,
    Triple,
    Variable,
)


class Queryable(Protocol):
    """Anything that answers SPARQL: the embedded engine, a forked copy, a remote endpoint."""

    def select(self, text: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield the solutions of a SELECT query, in the order of its variables."""
        ...

    def ask(self, text: str) -> bool:
        """Return the answer of an ASK query."""
        ...

    def construct(self, text: str) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE query, repetitions included."""
        ...


class Engine:
    """A dataset in memory.

    Args:
        quads: What it holds at first; literals are normalised by the engine (`"01"^^xsd:integer`
            becomes `1`), so validate what was parsed, not what was stored.
    """

    def __init__(self, quads: Iterable[Quad] = ()) -> None:
        self._store = Store()
        self._store.bulk_extend(quads)

    @classmethod
    def of_dataset(cls, quads: Iterable[Quad]) -> Engine:
        """Return an engine that holds the named graphs and, as default graph, their union."""
        quads = list(quads)
        engine = cls(quads)
        default = DefaultGraph()
        engine._store.bulk_extend(
            Quad(q.subject, q.predicate, q.object, default)
            for q in quads
            if q.graph_name != default
        )
        return engine

    def __len__(self) -> int:
        return len(self._store)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Yield the quads of the named graph, or of the whole dataset."""
        name = None if graph is None else NamedNode(graph)
        return iter(self._store.quads_for_pattern(None, None, None, name))

    def matching(
        self,
        subject: NamedNode | BlankNode | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """Yield the quads of the default graph with these terms; None stands for any."""
        return iter(self._store.quads_for_pattern(subject, predicate, value, DefaultGraph()))

    def graph_names(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(g.value for g in self._store.named_graphs() if isinstance(g, NamedNode))

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads; those that are there stay."""
        self._store.extend(quads)

    def remove(self, quads: Iterable[Quad]) -> None:
        """Remove quads; those that are not there are passed over."""
        for quad in quads:
            self._store.remove(quad)

    def update(self, text: str) -> None:
        """Run a SPARQL update.

        Raises:
            QueryError: If it cannot be parsed.
        """
        try:
            self._store.update(text)
        except SyntaxError as error:
            raise query_text.syntax_error(text, str(error)) from error

    def select(self, text: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield the solutions of a SELECT query, in the order of its variables."""
        result = self._query(text)
        if not isinstance(result, QuerySolutions):
            raise QueryError("This is not a SELECT query.", hint="Begin it with SELECT.")
        width = len(result.variables)
        for solution in result:
            yield tuple(solution[i] for i in range(width))

    def ask(self, text: str) -> bool:
        """Return the answer of an ASK query."""
        result = self._query(text)
        if not isinstance(result, QueryBoolean):
            raise QueryError("This is not an ASK query.", hint="Begin it with ASK.")
        return bool(result)

    def construct(self, text: str) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE query, repetitions included."""
        result = self._query(text)
        if not isinstance(result, QueryTriples):
            raise QueryError("This is not a CONSTRUCT query.", hint="Begin it with CONSTRUCT.")
        return iter(result)

    def answer(self, request: QueryRequest) -> Answer:
        """Return the whole answer of a query, evaluated and serialised in one call.

        Raises:
            QueryError: If the query cannot be parsed or evaluated.
            RefusedError: If it holds SERVICE.
            NotAcceptableError: If its kind of result has no format that the client accepts.
        """
        _refuse_service(request.text)
        substitutions = {Variable(n): parse_term(t) for n, t in request.substitutions} or None
        default, named = _dataset(request)
        if len(default) > 1:
            merged = self._merged(default, named)
            result = merged._query(  # noqa: SLF001  another engine of this class
                request.text, default_graph=DefaultGraph(), substitutions=substitutions
            )
        else:
            given = default or named
            result = self._query(
                request.text,
                default_graph=[NamedNode(iri) for iri in default] if given else None,
                named_graphs=[NamedNode(iri) for iri in named] if given else None,
                substitutions=substitutions,
            )
        try:
            return _serialize(result, request)
        except (OSError, RuntimeError) as error:
            raise QueryError(f"The query cannot be evaluated: {error}.") from error

    def _merged(self, default: Sequence[str], named: Sequence[str]) -> Engine:
        """Return an engine whose default graph is the merge of several graphs.

        The engine would repeat a triple once for each of them (SPARQL 1.1, section 13.2.1, asks
        for the RDF merge).
        """
        merged = Engine(quad for iri in named for quad in self.quads(iri))
        for iri in default:
            merged.add(Quad(q.subject, q.predicate, q.object) for q in self.quads(iri))
        return merged

    def _query(self, text: str, **options: Any) -> QuerySolutions | QueryTriples | QueryBoolean:  # noqa: ANN401  passed on as they are
        try:
            return self._store.query(text, **options)
        except SyntaxError as error:
            raise query_text.syntax_error(text, str(error)) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise QueryError(f"The query cannot be run: {error}.") from error


def _dataset(request: QueryRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the default and the named graphs that a query is to have; none of both: all.

    What the request names wins over FROM and FROM NAMED (SPARQL 1.1 Protocol, 2.1.4).
    """
    if request.default_graphs or request.named_graphs:
        return request.default_graphs, request.named_graphs
    default = query_text.default_graphs(request.text)
    return (default, query_text.named_graphs(request.text)) if len(default) > 1 else ((), ())


def _refuse_service(text: str) -> None:
    harmless = query_text.without_service(text)
    if harmless is None:
        return
    try:
        Store().query(harmless)
    except SyntaxError as error:
        raise query_text.syntax_error(text, str(error)) from error
    raise RefusedError(
        "SERVICE is not permitted here: this endpoint queries its own graphs only.",
        hint="Ask the other endpoint from your side and join there.",
    )


def _serialize(
    result: QuerySolutions | QueryTriples | QueryBoolean, request: QueryRequest
) -> Answer:
    if isinstance(result, QueryTriples):
        if request.graph_format is None:
            raise NotAcceptableError(
                "The answer is an RDF graph, and no format of RDF is accepted.",
                hint="Ask for turtle, jsonld, ntriples or rdfxml, for example text/turtle.",
            )
        graph_format = graph_format_by_name(request.graph_format)
        return Answer(write_graph(result, graph_format), graph_format.media_type)
    if request.results_format is None:
        raise NotAcceptableError(
            "The answer is a table or a boolean, and no format of SPARQL results is accepted.",
            hint="Ask for json, xml, csv or tsv, for example application/sparql-results+json.",
        )
    results_format = results_format_by_name(request.results_format)
    body = result.serialize(format=results_format.native)
    return Answer(body if body is not None else b"", results_format.media_type)

"""The embedded engine: a dataset in memory that answers SPARQL.

The engine's own union option repeats a triple once for each graph that holds it, so the default
graph of `Engine.of_dataset` is the deduplicated union, kept as data.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final, Protocol

from pyoxigraph import (
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
)

from neagraph.errors import LimitError, NotAcceptableError, QueryError, RefusedError
from neagraph.model import Answer, QueryRequest
from neagraph.rdf import query_text
from neagraph.rdf.formats import graph_format_by_name, results_format_by_name
from neagraph.rdf.io import parse_term, write_graph
from neagraph.rdf.rewriting import lower_booleans
from neagraph.rdf.terms import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    Term,
    Triple,
    Variable,
)
from neagraph.vocab import GRAPH_INBOX

_PART: Final = 50_000
"""How many quads are loaded in one go."""


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
        self._load(quads)
        self._union = False

    @classmethod
    def of_dataset(cls, quads: Iterable[Quad]) -> Engine:
        """Return an engine that holds the named graphs and, as default graph, their union.

        Graphs of the inbox are left out of it. `add` and `remove` keep the union up; `update`
        does not.
        """
        quads = list(quads)
        engine = cls(quads)
        engine._load(_in_default_graph(quads))
        engine._union = True
        return engine

    def _load(self, quads: Iterable[Quad]) -> None:
        """Add quads in parts: the store holds a part twice until the whole of it is there."""
        rest = iter(quads)
        for first in rest:
            self._store.bulk_extend(chain((first,), islice(rest, _PART)))

    def __len__(self) -> int:
        return len(self._store)

    def __contains__(self, quad: Quad) -> bool:
        return quad in self._store

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

    def holding(self, node: NamedNode | BlankNode) -> Iterator[Quad]:
        """Yield the quads of all graphs that have a node as subject or object."""
        yield from self._store.quads_for_pattern(node, None, None, None)
        yield from self._store.quads_for_pattern(None, None, node, None)

    def graphs_of(self, triple: Triple) -> list[str]:
        """Return the IRIs of the named graphs that hold a triple, in no order."""
        held = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return [q.graph_name.value for q in held if isinstance(q.graph_name, NamedNode)]

    def graph_names(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(g.value for g in self._store.named_graphs() if isinstance(g, NamedNode))

    def empty_graphs(self) -> list[str]:
        """Return the IRIs of the named graphs that hold no triple, sorted."""
        return [name for name in self.graph_names() if self._is_empty(name)]

    def add_graphs(self, names: Iterable[str]) -> None:
        """Add named graphs without triples; those that are there stay as they are."""
        for name in names:
            self._store.add_graph(NamedNode(name))

    def forget_empty(self, names: Iterable[str]) -> None:
        """Remove those of the named graphs that hold no triple."""
        for name in filter(self._is_empty, names):
            self._store.remove_graph(NamedNode(name))

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads; those that are there stay."""
        quads = list(quads)
        self._store.extend(quads)
        if self._union:
            self._store.extend(_in_default_graph(quads))

    def remove(self, quads: Iterable[Quad]) -> None:
        """Remove quads; those that are not there are passed over."""
        quads = list(quads)
        for quad in quads:
            self._store.remove(quad)
        if self._union:
            for quad in _in_default_graph(quads):
                self._remove_from_union(quad)

    def update(self, text: str, *, base: str = "") -> None:
        """Run a SPARQL update; relative IRIs are resolved against the base, if there is one.

        Raises:
            QueryError: If it cannot be parsed or run.
        """
        try:
            self._store.update(text, base_iri=base or None)
        except SyntaxError as error:
            raise query_text.syntax_error(text, str(error), what="update") from error
        except (OSError, ValueError, RuntimeError) as error:
            raise QueryError(f"The update cannot be run: {error}.") from error

    def _is_empty(self, name: str) -> bool:
        return next(self.quads(name), None) is None

    def _remove_from_union(self, quad: Quad) -> None:
        """Remove a quad of the default graph unless a named graph still holds its triple."""
        held = self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        if not any(_is_in_union(other.graph_name) for other in held):
            self._store.remove(quad)

    def select(self, text: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield the solutions of a SELECT query, in the order of its variables."""
        result = self._query(text)
        if not isinstance(result, QuerySolutions):
            raise QueryError("This is not a SELECT query.", hint="Begin it with SELECT.")
        yield from map(tuple, result)

    def select_for(
        self, text: str, values: Mapping[str, Term] | None = None
    ) -> Iterator[tuple[Term | None, ...]]:
        """Yield the solutions of a SELECT query that is written for this engine.

        Args:
            text: A query; its booleans are in lower case (see `lower_booleans`).
            values: Names of variables that it selects, and the values that they have beforehand,
                which may be blank nodes.
        """
        substitutions = {Variable(name): value for name, value in (values or {}).items()} or None
        result = self._evaluate(text, substitutions=substitutions)
        if isinstance(result, QuerySolutions):
            yield from map(tuple, result)

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

    def answer(self, request: QueryRequest, *, most_bytes: int | None = None) -> Answer:
        """Return the whole answer of a query, evaluated and serialised in one call.

        Args:
            request: The query.
            most_bytes: How large a table may be; the evaluation ends there.

        Raises:
            QueryError: If the query cannot be parsed or evaluated.
            RefusedError: If it holds SERVICE.
            NotAcceptableError: If its kind of result has no format that the client accepts.
            LimitError: If the answer is larger than it may be.
        """
        _refuse_service(request.text, base=request.base)
        result = self._asked(request, request.text)
        if isinstance(result, QuerySolutions):
            names = [variable.value for variable in result.variables]
            ordered = query_text.with_variables(request.text, names)
            if ordered is not None:  # the engine's own order of a star looks like none to people
                result = self._asked(request, ordered)
        try:
            return _serialize(result, request, most_bytes)
        except (OSError, RuntimeError) as error:
            raise QueryError(f"The query cannot be evaluated: {error}.") from error

    def _asked(
        self, request: QueryRequest, text: str
    ) -> QuerySolutions | QueryTriples | QueryBoolean:
        """Begin to evaluate a text in the way of a request."""
        options: dict[str, Any] = {
            "base_iri": request.base or None,
            "substitutions": {Variable(n): parse_term(t) for n, t in request.substitutions} or None,
        }
        default, named = _dataset(request)
        if len(default) > 1:
            merged = self._merged(default, named)
            return merged._query(text, default_graph=DefaultGraph(), **options)  # noqa: SLF001  another engine of this class
        if default or named:
            options["default_graph"] = [NamedNode(iri) for iri in default]
            options["named_graphs"] = [NamedNode(iri) for iri in named]
        return self._query(text, **options)

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
        return self._evaluate(lower_booleans(text), **options)

    def _evaluate(
        self,
        text: str,
        **options: Any,  # noqa: ANN401  passed on as they are
    ) -> QuerySolutions | QueryTriples | QueryBoolean:
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
    default = query_text.default_graphs(request.text, base=request.base)
    if len(default) < 2:  # noqa: PLR2004  the engine merges them only from two on
        return (), ()
    return default, query_text.named_graphs(request.text, base=request.base)


def _refuse_service(text: str, *, base: str) -> None:
    harmless = query_text.without_service(text)
    if harmless is None:
        return
    try:
        Store().query(harmless, base_iri=base or None)
    except SyntaxError as error:
        raise query_text.syntax_error(text, str(error)) from error
    raise RefusedError(
        "SERVICE is not permitted here: this endpoint queries its own graphs only.",
        hint="Ask the other endpoint from your side and join there.",
    )


def _serialize(
    result: QuerySolutions | QueryTriples | QueryBoolean,
    request: QueryRequest,
    most_bytes: int | None,
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
    body = _BoundedBuffer(most_bytes)
    result.serialize(body, format=results_format.native)
    return Answer(body.getvalue(), results_format.media_type)


class _BoundedBuffer(io.BytesIO):
    """Bytes in memory that refuse to become more than they may; this ends the evaluation."""

    def __init__(self, most: int | None) -> None:
        super().__init__()
        self._most = most

    def write(self, data: Any, /) -> int:  # noqa: ANN401  a buffer, of which 3.11 has no type
        written = super().write(data)
        if self._most is not None and self.tell() > self._most:
            raise too_large(self._most)
        return written


def too_large(most: int) -> LimitError:
    """Return the error of an answer with more bytes than are sent."""
    return LimitError(
        f"The answer has more than {most:,} bytes; no more are sent.",
        hint="Add a LIMIT, ask for fewer columns, or fetch the dump.",
    )


def _in_default_graph(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield as quads of the default graph what belongs to the union."""
    default = DefaultGraph()
    for quad in quads:
        if _is_in_union(quad.graph_name):
            yield Quad(quad.subject, quad.predicate, quad.object, default)


def _is_in_union(graph: NamedNode | BlankNode | DefaultGraph) -> bool:
    return not isinstance(graph, DefaultGraph) and not graph.value.startswith(GRAPH_INBOX)

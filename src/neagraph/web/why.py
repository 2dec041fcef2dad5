"""The address `/why`: why a triple holds, down to the sources that say what it follows from."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from neagraph.entailment.asking import read_triple
from neagraph.entailment.derivation import Derivation, Explainer, to_json, to_text
from neagraph.entailment.schema import is_schema
from neagraph.errors import NotAcceptableError, NotFoundError, UsageError
from neagraph.model import QueryRequest, Version
from neagraph.rdf.results import Table, read_results
from neagraph.rdf.terms import BlankNode, NamedNode, Quad, Term, Triple
from neagraph.service import Service
from neagraph.vocab import GRAPH_ENTAILED, OWL, RDF, RDFS
from neagraph.web.negotiation import Offer, negotiate
from neagraph.web.problems import accept_of
from neagraph.web.received import single
from neagraph.web.threads import StoreThreads
from neagraph.web.versions import service_at

JSON: Final = Offer("json", "JSON", "application/json")
TEXT: Final = Offer("text", "Text", "text/plain")
_MOST_ROWS: Final = 1000  # of one look-up
_NAMES: Final = ("s", "p", "o")
_VOCABULARIES: Final = "|".join((OWL, f"{RDFS}(sub|domain|range)", f"{RDF}(first|rest)"))
_AXIOMS: Final = (
    f"SELECT DISTINCT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{GRAPH_ENTAILED}>) "
    f'FILTER(REGEX(STR(?p), "^({_VOCABULARIES})") || (?p = <{RDF}type> && '
    f'(ISBLANK(?o) || REGEX(STR(?o), "^({OWL}|{RDFS}|.*/[.]well-known/)")))) }}'
)


class StoredFacts:
    """The dataset of a service, asked one pattern at a time.

    Args:
        service: The service.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def matching(
        self,
        subject: NamedNode | BlankNode | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """Yield the quads of the default graph with these terms; None stands for any.

        A blank node has no name to ask by, so nothing is known of it.
        """
        given = (subject, predicate, value)
        if any(isinstance(term, BlankNode) for term in given):
            return
        pattern = " ".join(
            f"?{name}" if term is None else str(term)
            for name, term in zip(_NAMES, given, strict=True)
        )
        for row in self.rows(f"SELECT * {{ {pattern} }} LIMIT {_MOST_ROWS}"):
            terms = [row.get(name, term) for name, term in zip(_NAMES, given, strict=True)]
            yield from _quad(*terms)

    def graphs_of(self, triple: Triple) -> list[str]:
        """Return the IRIs of the named graphs that hold a triple, in no order."""
        if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
            return []
        pattern = f"{triple.subject} {triple.predicate} {triple.object}"
        graphs = (row.get("g") for row in self.rows(f"SELECT ?g {{ GRAPH ?g {{ {pattern} }} }}"))
        return [graph.value for graph in graphs if isinstance(graph, NamedNode)]

    def axioms(self) -> list[Triple]:
        """Return the axioms that are asserted."""
        rows = self.rows(_AXIOMS)
        found = (q.triple for row in rows for q in _quad(*(row.get(name) for name in _NAMES)))
        return [triple for triple in found if is_schema(triple)]

    def rows(self, text: str) -> Iterator[dict[str, Term]]:
        """Yield the solutions of a query."""
        request = QueryRequest(text)
        table = read_results(self._service.query(request).body)
        if isinstance(table, Table):
            for row in table.rows:
                pairs = zip(table.variables, row, strict=True)
                yield {name: term for name, term in pairs if term is not None}


def _quad(subject: Term | None, predicate: Term | None, value: Term | None) -> Iterator[Quad]:
    if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode) and value:
        yield Quad(subject, predicate, value)


Value = TypeVar("Value")


class _Kept(Generic[Value]):
    """A value of the version that was asked for last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[Version, Value] | None = None

    def at(self, version: Version, make: Callable[[], Value]) -> Value:
        """Return the value of a version, made if it is not the one that is kept."""
        with self._lock:
            if self._kept is None or self._kept[0] != version:
                self._kept = version, make()
            return self._kept[1]


class Why:
    """The address `/why`.

    Args:
        service: Knows the dataset.
        threads: Where to wait for it.
    """

    def __init__(self, service: Service, threads: StoreThreads) -> None:
        self._service = service
        self._threads = threads
        self._axioms = _Kept[list[Triple]]()

    async def answer(self, request: Request) -> Response:
        """Tell why the triple of the parameters `s`, `p` and `o` holds."""
        pairs = tuple(request.query_params.multi_items())
        terms = [single(pairs, name) for name in _NAMES]
        if None in terms:
            raise UsageError(
                "The parameters s, p and o are the terms of a triple.",
                hint="Ask for instance for /why?s=state/japan&p=rdf:type&o=nea:Agent",
            )
        triple = read_triple(*(term or "" for term in terms))
        offer = negotiate(accept_of(request), (JSON, TEXT))
        if offer is None:
            raise NotAcceptableError(
                "None of the accepted media types can be produced.",
                hint=f"Accept {JSON.media_type} or {TEXT.media_type}.",
            )
        service = await service_at(request, self._service, self._threads)
        derivation = await self._threads.ask(self._explained, service, triple)
        return Response(
            _written(derivation, offer), media_type=offer.media_type, headers={"Vary": "Accept"}
        )

    def _explained(self, service: Service, triple: Triple) -> Derivation:
        facts = StoredFacts(service)
        axioms = self._axioms.at(service.version, facts.axioms)
        derivation = Explainer(facts, axioms).of(triple)
        if derivation is None:
            raise NotFoundError(
                "The graph neither says nor entails this triple.",
                where=str(triple),
                hint="Check the terms; what the graph holds of a thing is on its page.",
            )
        return derivation


def _written(derivation: Derivation, offer: Offer) -> bytes:
    if offer is TEXT:
        return to_text(derivation).encode()
    return json.dumps(to_json(derivation), ensure_ascii=False, indent=2).encode() + b"\n"

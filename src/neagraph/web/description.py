"""What the service offers and holds, as RDF, from its live state.

Sources: W3C "SPARQL 1.1 Service Description"; W3C interest group note "Describing Linked Datasets
with the VoID Vocabulary", section 7.2 for its address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from neagraph.errors import NotAcceptableError
from neagraph.model import QueryRequest
from neagraph.rdf.formats import GRAPH_FORMATS, RESULTS_FORMATS, graph_format_by_name
from neagraph.rdf.io import write_graph
from neagraph.rdf.results import Table, read_results
from neagraph.rdf.terms import Literal, NamedNode, Term, Triple
from neagraph.service import Service
from neagraph.vocab import BASE, DCTERMS, PREFIXES, RDF_TYPE, VOID, XSD
from neagraph.web.negotiation import GRAPHS, negotiate
from neagraph.web.problems import accept_of
from neagraph.web.received import address_of
from neagraph.web.threads import StoreThreads

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_FORMAT_NAMES: Final = {
    "turtle": "Turtle",
    "jsonld": "JSON-LD",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "trig": "TriG",
    "nquads": "N-Quads",
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
}
"""Name of a format to its local name in the W3C's list of "Unique URIs for file formats"."""
_READ: Final = ("turtle", "jsonld", "ntriples", "rdfxml")
_COUNTS: Final = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
}
"""Property of VoID to the query that counts it."""
_NAMED: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
_VARY: Final = {"Vary": "Accept"}


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the dataset holds: triples of the default graph, and of each named graph."""

    default: int
    named: tuple[tuple[str, int], ...]


class Description:
    """The descriptions of the service and of its dataset.

    Args:
        service: Answers.
        threads: Where to wait for the service.
        plain: Whether the default graph is data of its own, and not the union of all graphs.
        federation: Whether SERVICE is permitted, for some targets at least.
        public_url: Where the service is reached from outside; empty to trust the Host header.
    """

    def __init__(
        self,
        service: Service,
        threads: StoreThreads,
        *,
        plain: bool = False,
        federation: bool = False,
        public_url: str = "",
    ) -> None:
        self._service = service
        self._threads = threads
        self._plain = plain
        self._federation = federation
        self._public_url = public_url

    async def query_service(self, endpoint: str, *, graph_format: str) -> Response:
        """Return the description of the service that answers queries.

        Args:
            endpoint: Its address.
            graph_format: Name of the format.
        """
        features = [] if self._plain else ["UnionDefaultGraph"]
        features += ["BasicFederatedQuery"] if self._federation else []
        return await self._answer(endpoint, "SPARQL11Query", features, graph_format)

    async def update_service(self, endpoint: str, *, graph_format: str) -> Response:
        """Return the description of the service that takes updates; arguments as above."""
        features = [] if self._plain else ["UnionDefaultGraph"]
        return await self._answer(endpoint, "SPARQL11Update", features, graph_format)

    async def void(self, request: Request) -> Response:
        """Answer `/.well-known/void`."""
        offer = negotiate(accept_of(request), GRAPHS)
        if offer is None:
            raise NotAcceptableError(
                "The answer is an RDF graph, and no format of RDF is accepted.",
                hint="Ask for turtle, jsonld, ntriples or rdfxml, for example text/turtle.",
            )
        address = address_of(request, public_url=self._public_url)
        triples = await self._threads.ask(self._dataset, address.removesuffix(request.url.path))
        return _response(triples, offer.name)

    async def _answer(
        self, endpoint: str, language: str, features: list[str], graph_format: str
    ) -> Response:
        holdings = await self._threads.ask(self._holdings)
        triples = [
            *_service(endpoint, language, features),
            *_dataset_of_service(endpoint, holdings),
        ]
        return _response(triples, graph_format)

    def _holdings(self) -> Holdings:
        named = tuple((_text(graph), int(_text(n))) for graph, n in self._rows(_NAMED))
        return Holdings(self._count(_COUNTS["triples"]), named)

    def _dataset(self, origin: str) -> list[Triple]:
        """Return the VoID description of the dataset; blocks."""
        dataset = BASE if not self._plain else f"{origin}/.well-known/void#dataset"
        holdings = self._holdings()
        triples = [
            _link(dataset, RDF_TYPE, VOID + "Dataset"),
            _link(dataset, VOID + "sparqlEndpoint", f"{origin}/sparql"),
            *(_number(dataset, VOID + name, self._count(q)) for name, q in _COUNTS.items()),
            *(_link(dataset, VOID + "feature", iri) for iri in _formats(_READ)),
        ]
        if not self._plain:
            triples += _about(dataset, origin)
        for graph, count in holdings.named:
            subset = f"{origin}/graphs?graph={graph}" if graph == dataset else graph
            triples.append(_link(dataset, VOID + "subset", subset))
            triples.append(_link(subset, RDF_TYPE, VOID + "Dataset"))
            triples.append(_number(subset, VOID + "triples", count))
        return triples

    def _count(self, query: str) -> int:
        ((number,),) = self._rows(query)
        return int(_text(number))

    def _rows(self, query: str) -> tuple[tuple[Term | None, ...], ...]:
        results = read_results(self._service.query(QueryRequest(query)).body)
        return results.rows if isinstance(results, Table) else ()


def _service(endpoint: str, language: str, features: Iterable[str]) -> Iterator[Triple]:
    service = f"{endpoint}#service"
    yield _link(service, RDF_TYPE, SD + "Service")
    yield _link(service, SD + "endpoint", endpoint)
    yield _link(service, SD + "supportedLanguage", SD + language)
    for feature in features:
        yield _link(service, SD + "feature", SD + feature)
    for iri in _formats([*(f.name for f in RESULTS_FORMATS), *(f.name for f in GRAPH_FORMATS)]):
        yield _link(service, SD + "resultFormat", iri)
    for iri in _formats(_READ):
        yield _link(service, SD + "inputFormat", iri)
    yield _link(service, SD + "defaultDataset", f"{endpoint}#dataset")


def _dataset_of_service(endpoint: str, holdings: Holdings) -> Iterator[Triple]:
    dataset, default = f"{endpoint}#dataset", f"{endpoint}#default-graph"
    yield _link(dataset, RDF_TYPE, SD + "Dataset")
    yield _link(dataset, SD + "defaultGraph", default)
    yield _link(default, RDF_TYPE, SD + "Graph")
    yield _number(default, VOID + "triples", holdings.default)
    for place, (name, count) in enumerate(holdings.named, start=1):
        named, graph = f"{endpoint}#named-graph-{place}", f"{endpoint}#graph-{place}"
        yield _link(dataset, SD + "namedGraph", named)
        yield _link(named, RDF_TYPE, SD + "NamedGraph")
        yield _link(named, SD + "name", name)
        yield _link(named, SD + "graph", graph)
        yield _link(graph, RDF_TYPE, SD + "Graph")
        yield _number(graph, VOID + "triples", count)


def _about(dataset: str, origin: str) -> list[Triple]:
    """Return what is said of the project's own dataset alone."""
    title = Literal("neagraph: environmental cooperation in North-East Asia", language="en")
    return [
        Triple(NamedNode(dataset), NamedNode(DCTERMS + "title"), title),
        _link(dataset, DCTERMS + "license", LICENSE),
        _link(dataset, VOID + "dataDump", f"{origin}/dump.nq.gz"),
        _link(dataset, VOID + "vocabulary", PREFIXES["nea"]),
        Triple(NamedNode(dataset), NamedNode(VOID + "uriSpace"), Literal(BASE + "id/")),
    ]


def _formats(names: Iterable[str]) -> list[str]:
    return [_FORMATS + _FORMAT_NAMES[name] for name in names]


def _response(triples: Iterable[Triple], graph_format: str) -> Response:
    fmt = graph_format_by_name(graph_format)
    return Response(write_graph(triples, fmt), media_type=fmt.media_type, headers=_VARY)


def _link(subject: str, predicate: str, value: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(value))


def _number(subject: str, predicate: str, value: int) -> Triple:
    literal = Literal(str(value), datatype=NamedNode(XSD + "integer"))
    return Triple(NamedNode(subject), NamedNode(predicate), literal)


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, (NamedNode, Literal)) else ""

"""Requests that manifests describe in RDF, and what they expect of the responses.

Source: the comments at the top of the manifests of the protocol and the Graph Store Protocol.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from neagraph.rdf.terms import Literal

from .manifests import MF, Entry, Resource

HT = "http://www.w3.org/2011/http#"
HTS = "http://www.w3.org/2011/http-statusCodes#"
CNT = "http://www.w3.org/2011/content#"
STATUSES = {
    "OK": [HTTPStatus.OK],
    "Created": [HTTPStatus.CREATED],
    "NoContent": [HTTPStatus.NO_CONTENT],
    "NotFound": [HTTPStatus.NOT_FOUND],
    **{f"StatusCode{n}xx": [s for s in HTTPStatus if s // 100 == n] for n in range(1, 6)},
}


@dataclass(frozen=True)
class Expected:
    """What a response is to be; None or empty where nothing is asked."""

    statuses: frozenset[int]
    headers: dict[str, str]
    body: str | None
    boolean: bool | None
    format: str
    location: str


@dataclass(frozen=True)
class Sent:
    """A request; the body is bytes in the charset that it says."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    text: str = field(repr=False)
    expected: Expected

    def filled(self, values: dict[str, str]) -> Sent:
        """The same with variables such as $LOCATION$ replaced."""
        path = self.path
        for name, value in values.items():
            path = path.replace(name, value)
        return Sent(self.method, path, self.headers, self.body, self.text, self.expected)


def requests_of(entry: Entry) -> list[Sent]:
    """The requests of a test, in order."""
    graph = entry.graph
    return [_request(entry, node) for node in graph.list(graph.one(entry.node, HT + "requests"))]


def _request(entry: Entry, node: Resource) -> Sent:
    graph = entry.graph
    body = graph.one(node, HT + "body")
    text = graph.text(body, CNT + "chars")
    encoding = graph.text(body, CNT + "characterEncoding") or "utf-8"
    return Sent(
        method=graph.text(node, HT + "methodName"),
        path=graph.text(node, HT + "absolutePath"),
        headers=_headers(entry, node),
        body=None if body is None else text.encode(encoding),
        text=text,
        expected=_expected(entry, graph.one(node, HT + "resp")),
    )


def _expected(entry: Entry, node: Resource) -> Expected:
    graph = entry.graph
    names = [value.value.removeprefix(HTS) for value in graph.all(node, MF + "expectedStatus")]
    body = graph.one(node, HT + "body")
    boolean = graph.one(node, MF + "expectedBoolean")
    return Expected(
        statuses=frozenset(int(status) for name in names for status in STATUSES[name]),
        headers=_headers(entry, node),
        body=None if body is None else graph.text(body, CNT + "chars"),
        boolean=boolean.value == "true" if isinstance(boolean, Literal) else None,
        format=graph.text(node, MF + "expectedFormat"),
        location=graph.text(node, MF + "expectedLocation"),
    )


def _headers(entry: Entry, node: Resource) -> dict[str, str]:
    graph = entry.graph
    return {
        graph.text(header, HT + "fieldName"): graph.text(header, HT + "fieldValue")
        for header in graph.list(graph.one(node, HT + "headers"))
    }

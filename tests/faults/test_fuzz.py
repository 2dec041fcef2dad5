"""Requests that nobody in their right mind would send: no answer is a failure of ours."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from urllib.parse import quote, quote_from_bytes

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from neagraph.rdf.formats import GRAPH_FORMATS, RESULTS_FORMATS

pytestmark = pytest.mark.slow

BOUNDED = settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""Some tens of seconds, the same requests each time."""
EACH = settings(BOUNDED, max_examples=10)

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY", "TRACE", "BREW"]
PATHS = [
    "/", "/sparql", "/update", "/graphs", "/graphs/inbox/x", "/doc/state/japan", "/id/state/japan",
    "/doc/{}/{}", "/id/{}/{}", "/ontology", "/ontology.{}", "/ontology/{}", "/ontology/module/{}",
    "/graphs/{}", "/static/{}", "/static/style.css", "/dump.nq.gz", "/health", "/health/ready",
    "/openapi.json", "/history", "/history/{}", "/metrics", "/admin/queries", "/admin/queries/{}",
    "/.well-known/void", "/{}",
]  # fmt: skip
NAMES = ["query", "update", "format", "scope", "timeout", "default-graph-uri", "named-graph-uri",
         "using-graph-uri", "using-named-graph-uri", "graph", "default", "version", "message",
         "after", "limit"]  # fmt: skip
QUERIES = ["ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3",
           "DESCRIBE <http://x/>", "SELECT (1/0 AS ?x) {}", "ASK { SERVICE <http://x/> {} }",
           "INSERT DATA { GRAPH <http://x/g> { <a:a> <a:b> 1 } }", "CLEAR ALL", "LOAD <file:///x>",
           "SELECT * { BIND(<http://x/nofunction>(1) AS ?x) }", "json", "turtle", "1", "-1",
           "1e400", "nan", "http://x/g", "not an iri", "all", "asserted", ""]  # fmt: skip
MEDIA = [
    "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update",
    "multipart/form-data; boundary=b", "multipart/form-data", "text/plain; charset=utf-16",
    "application/json", ";;;", "text/turtle; charset=latin-1",
    *(fmt.media_type for fmt in (*GRAPH_FORMATS, *RESULTS_FORMATS)),
]  # fmt: skip
HEADERS = {
    "Accept": [*MEDIA, "*/*", "text/html", "a/b;q=x", "text/*;q=0.1, */*;q=0", ",,,", "q=1"],
    "Content-Type": MEDIA,
    "Content-Encoding": ["gzip", "br", "identity", "gzip, gzip", ""],
    "Accept-Encoding": ["gzip", "gzip;q=0", "*", "br", ";q=", ""],
    "If-None-Match": ["*", '"x"', 'W/"x"', "x", '"'],
    "If-Match": ["*", '"x"', 'W/"x"', "x", '"'],
    "If-Modified-Since": ["Sun, 22 Nov 2026 14:00:00 GMT", "yesterday", "0"],
    "Range": ["bytes=0-3", "bytes=-1", "bytes=9-1", "lines=1"],
    "Authorization": ["Bearer nea_x", "Basic eDp4", "Bearer", "x"],
    "Origin": ["https://evil.example", "null", "http://localhost"],
    "Prefer": ["return=minimal", "respond-async", "="],
    "Host": ["x", "", "a b", "[::", "x:99999", "日本".encode().decode("latin-1")],
    "X-HTTP-Method-Override": ["DELETE"],
    "Expect": ["100-continue", "x"],
}
BODIES = [
    b"", b"query=ASK%7B%7D", b"query=%FF", b"update=DROP+ALL", b"ASK {}", b"INSERT DATA {}",
    b"<http://x/s> <http://x/p> 1 .", b"<a:s> <a:p> <a:o> <a:g> .", b"{", b"[]", b"<x/>", b"\x00",
    b"\xff\xfe", b"\x1f\x8b", b"--b\r\n\r\nx\r\n--b--", b"--b", b"(" * 3000,
    b'"""' * 99, b"{" * 3000,
]  # fmt: skip

SELECT = """PREFIX x: <http://x/> SELECT ?s (COUNT(*) AS ?n) FROM <http://x/g> {
  ?s x:p/x:q* "a"@en, 1.5e0, true ; a ?t . OPTIONAL { ?t ?u [] } FILTER(?n > 1 && !BOUND(?o)) # c
  { SELECT ?s { ?s ?p () } } UNION { VALUES ?o { UNDEF <<( <a:a> <a:b> 1 )>> } } MINUS { ?s ?p "" }
} GROUP BY ?s HAVING (?n > 1) ORDER BY DESC(?s) LIMIT 5 OFFSET 1"""
INSERT = """PREFIX x: <http://x/> INSERT DATA { GRAPH x:g { x:s x:p "a"@en , 1 , [] } } ;
DELETE { GRAPH x:g { ?s ?p ?o } } INSERT { GRAPH x:h { ?s ?p 2 } } USING x:g WHERE { ?s ?p ?o } ;
COPY SILENT x:g TO x:h ; LOAD SILENT <file:///x> INTO GRAPH x:l ; DROP SILENT GRAPH x:h"""
MULTIPART = "--b\r\nContent-Type: text/turtle\r\n\r\n<a:s> <a:p> 1 .\r\n--b--\r\n"
XML = """<!DOCTYPE r [<!ENTITY x "http://x/">]><rdf:RDF xmlns:x="http://x/"
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><x:T rdf:about="&x;s" x:p="1"/></rdf:RDF>"""
INBOX = "/graphs/inbox/fuzz"
SOUND = [
    ("POST", "/sparql", "application/sparql-query", SELECT),
    ("QUERY", "/sparql", "application/sparql-query", SELECT),
    ("POST", "/sparql", "application/x-www-form-urlencoded", "query=ASK+%7B%7D&format=json"),
    ("POST", "/update", "application/sparql-update", INSERT),
    (
        "POST",
        "/update",
        "application/x-www-form-urlencoded",
        "update=CLEAR+ALL&message=x&timeout=1",
    ),
    (
        "PUT",
        INBOX,
        "text/turtle",
        "@prefix x: <http://x/> . x:s x:p 'a'@en, ( 1 2.0 [ x:q x:s ] ) .",
    ),
    ("POST", INBOX, "application/n-triples", '<a:s> <a:p> "\\u00e9"^^<a:t> .\n_:b <a:p> _:c .'),
    (
        "POST",
        INBOX,
        "application/ld+json",
        '{"@context": {"p": "a:p"}, "@id": "a:s", "p": [1, {}]}',
    ),
    ("PUT", INBOX, "application/rdf+xml", XML),
    ("POST", INBOX, "multipart/form-data; boundary=b", MULTIPART),
    ("PATCH", INBOX, "application/sparql-update", "INSERT DATA { <a:s> <a:p> 1 }"),
    ("DELETE", INBOX, "text/plain", ""),
    ("GET", INBOX, "text/plain", ""),
    ("PUT", "/graphs?default", "text/turtle", "<a:s> <a:p> 1 ."),
    ("PUT", "/graphs?graph=http://x/g", "application/trig", "<a:g> { <a:s> <a:p> 1 }"),
]
PIECES = [
    b"{", b"}", b"(", b"<<(", b'"', b"'" * 3, b"\\", b"\\u0000", b"\\uD800", b"\x00", b"\xff", b"&",
    b"%00", b"%FF", b";", b"SERVICE", b"LOAD <a:b> ;", b"<", b">", b"#", b"@", b"\r\n",
]  # fmt: skip

junk = st.one_of(
    st.text(max_size=12).map(lambda text: quote(text.encode("utf-8", "surrogatepass"))),
    st.binary(max_size=6).map(quote_from_bytes),
    st.sampled_from(["..", "%2e%2e", "%00", "%0d%0a", "%ff", "x.ttl", "japan.html", "a" * 300, ""]),
)
paths = st.sampled_from(PATHS).flatmap(
    lambda path: st.lists(junk, min_size=path.count("{}"), max_size=path.count("{}")).map(
        lambda parts: path.format(*parts)
    )
)
values = st.one_of(st.sampled_from(QUERIES).map(quote), junk)
parameters = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
header = st.sampled_from(sorted(HEADERS)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.one_of(
            st.sampled_from(HEADERS[name]),
            st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20),
        ),
    )
)


def bytes_of(method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    """The bytes of a request."""
    headers = [("Connection", "close"), ("Content-Length", str(len(body))), *headers]
    if all(name != "Host" for name, _ in headers):
        headers.append(("Host", "localhost"))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@st.composite
def absurd(draw: st.DrawFn) -> bytes:
    """A request whose parts have nothing to do with each other."""
    query = draw(parameters)
    body = draw(st.one_of(st.sampled_from(BODIES), st.binary(max_size=60)))
    headers = draw(st.lists(header, max_size=4, unique_by=lambda pair: pair[0]))
    target = draw(paths) + ("?" + query if query else "")
    return bytes_of(draw(st.sampled_from(METHODS)), target, headers, body)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A request that would be fine, but for a few bytes of its body or a header."""
    method, target, media_type, text = draw(st.sampled_from(SOUND))
    body = bytearray(text.encode())
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 3)))
        body[start:end] = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3)))
    headers = draw(st.lists(header, max_size=1))
    if all(name != "Content-Type" for name, _ in headers):
        headers.append(("Content-Type", media_type))
    return bytes_of(method, target, headers, bytes(body))


def answer_to(client: httpx.Client, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to the bytes of a request."""
    address = client.base_url.host, client.base_url.port
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    return int(first.split()[1]), headers, body


KINDS = {
    "application/problem+json", "text/html", "application/json", "text/css", "image/svg+xml",
    "application/gzip", "application/atom+xml", "text/plain", "text/javascript",
    "application/openmetrics-text",
    *(fmt.media_type for fmt in (*GRAPH_FORMATS, *RESULTS_FORMATS)),
}  # fmt: skip


def require_sound(status: int, headers: dict[str, str], body: bytes) -> None:
    """Fail if an answer is a failure of ours, or of no kind that is agreed."""
    assert status < 500 or status in {501, 503}  # 501: a method that nobody knows
    assert b"Traceback (most recent call last)" not in body
    kind = headers.get("content-type", "").partition(";")[0]
    assert not kind or kind in KINDS
    if kind == "application/problem+json" and body and "content-encoding" not in headers:
        whole = body if "content-length" in headers else body[body.index(b"{") :]
        assert json.loads(whole)["status"] == status


@pytest.fixture
def silent(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails if the service has logged an error that nobody foresaw."""
    with caplog.at_level(logging.ERROR):
        yield
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


@pytest.fixture(params=["read_only", "plain", "writable"])
def service(request: pytest.FixtureRequest) -> httpx.Client:
    """A read-only service, and two that anybody may write to."""
    client: httpx.Client = request.getfixturevalue(request.param)
    return client


@pytest.mark.usefixtures("silent")
def test_no_bytes_make_the_service_fail(service: httpx.Client) -> None:
    @BOUNDED
    @given(st.one_of(absurd(), damaged()))
    def send(request: bytes) -> None:
        status, headers, body = answer_to(service, request)
        if not body.startswith(b"Invalid HTTP request"):
            require_sound(status, headers, body)

    send()
    assert service.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


@pytest.mark.usefixtures("silent")
def test_nothing_that_the_description_permits_makes_the_service_fail(
    service: httpx.Client,
) -> None:
    document = service.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=str(service.base_url))
    asked = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @EACH
        @given(operation.as_strategy())
        def send(case: schemathesis.Case) -> None:
            answer = case.call()
            asked.add((case.method, case.path))
            require_sound(
                answer.status_code,
                {name.lower(): values[0] for name, values in answer.headers.items()},
                answer.content if "content-encoding" not in answer.headers else b"",
            )

        send()
    described = {(m.upper(), path) for path, item in document["paths"].items() for m in item}
    assert described <= asked

"""What strangers may not do: reach the network or files, smuggle, overload, or see too much."""

import gzip
import select
import socket
import time
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from neagraph.errors import LimitError, NeagraphError
from neagraph.rdf.formats import GRAPH_FORMATS, graph_format_by_name
from neagraph.rdf.io import parse

RDF_XML = "application/rdf+xml"
JSON_LD = "application/ld+json"
TURTLE = "text/turtle"
UPDATE = "application/sparql-update"
GRAPH = "/graphs?graph=http://example.org/security"
INBOX = "/graphs/inbox/security"
OPEN = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
PROBLEM = "application/problem+json"


@contextmanager
def listening():
    """An address on which every connection is counted."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        connections, going = [], [True]

        def accept():
            while going[0]:
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                connections.append(connection.getpeername())
                connection.close()

        thread = Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/x", connections
        finally:
            time.sleep(0.1)
            going[0] = False
            thread.join()


@pytest.fixture
def trap():
    """An address that nobody may connect to during the test."""
    with listening() as (address, connections):
        yield address
    assert connections == []


@pytest.fixture
def secret(tmp_path):
    """The address of a file whose text may appear nowhere."""
    path = tmp_path / "secret.ttl"
    path.write_text("<http://x/s> <http://x/p> 'the secret of the file' .")
    return path.as_uri()


def bodies(address):
    """Bodies that ask whoever reads them to open an address, by their names."""
    entity = f'<!DOCTYPE r [<!ENTITY e SYSTEM "{address}">]>'
    text = (
        f'{OPEN}<rdf:Description rdf:about="http://x/s"><x:p>&e;</x:p></rdf:Description></rdf:RDF>'
    )
    plain = (
        f'{OPEN}<rdf:Description rdf:about="http://x/s"><x:p>1</x:p></rdf:Description></rdf:RDF>'
    )
    owl = "http://www.w3.org/2002/07/owl#"
    shacl = "http://www.w3.org/ns/shacl#"
    shape = f"<http://x/s> a <{shacl}NodeShape> ; <{shacl}targetNode> <http://x/s> ;"
    service = f"SERVICE <{address}> {{ ?s ?p ?o }}"
    return {
        "an external entity": (RDF_XML, entity + text),
        "an external parameter entity": (
            RDF_XML, f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{address}"> %p;]>{plain}',
        ),
        "an external DTD": (RDF_XML, f'<!DOCTYPE r SYSTEM "{address}">{plain}'),
        "a public DTD": (RDF_XML, f'<!DOCTYPE r PUBLIC "x" "{address}">{plain}'),
        "XInclude": (
            RDF_XML,
            plain.replace(
                "<x:p>1</x:p>",
                f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{address}"/>',
            ),
        ),
        "a stylesheet": (RDF_XML, f'<?xml-stylesheet href="{address}"?>{plain}'),
        "a remote context": (JSON_LD, f'{{"@context": "{address}", "http://x/p": 1}}'),
        "an imported context": (
            JSON_LD, f'{{"@context": {{"@import": "{address}"}}, "http://x/p": 1}}',
        ),
        "a context among others": (
            JSON_LD, f'{{"@context": [{{}}, "{address}"], "@id": "http://x/s", "http://x/p": 1}}',
        ),
        "a scoped context": (
            JSON_LD,
            f'{{"@context": {{"p": {{"@id": "http://x/p", "@context": "{address}"}}}}, "p": {{}}}}',
        ),
        "imports": (TURTLE, f"<http://x/o> a <{owl}Ontology> ; <{owl}imports> <{address}> ."),
        "a shapes graph": (TURTLE, f"<http://x/o> <{shacl}shapesGraph> <{address}> ."),
        "an entailment": (TURTLE, f"<http://x/o> <{shacl}entailment> <{address}> ."),
        "JavaScript": (
            TURTLE, f'{shape} <{shacl}js> [ <{shacl}jsLibraryURL> "{address}" ] .',
        ),
        "SERVICE in a shape": (
            TURTLE, f'{shape} <{shacl}sparql> [ <{shacl}select> "SELECT $this {{ {service} }}" ] .',
        ),
    }  # fmt: skip


BODIES = tuple(bodies(""))


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("mode", ["plain", "writable"])
def test_no_body_makes_the_service_open_a_connection(request, trap, what, mode):
    client = request.getfixturevalue(mode)
    media_type, body = bodies(trap)[what]
    where = GRAPH if mode == "plain" else INBOX
    for method in ("PUT", "POST"):
        answer = client.request(
            method, where, content=body.encode(), headers={"Content-Type": media_type}
        )
        assert answer.status_code in {200, 201, 204, 400, 413, 422}, answer.text
    client.delete(where)


@pytest.mark.parametrize("what", BODIES)
def test_no_body_makes_the_service_read_a_file(plain, secret, what):
    media_type, body = bodies(secret)[what]
    plain.put(GRAPH, content=body.encode(), headers={"Content-Type": media_type})
    assert "the secret" not in plain.get(GRAPH).text
    plain.delete(GRAPH)


@pytest.mark.parametrize("what", BODIES)
def test_no_file_makes_the_command_line_open_a_connection(trap, what):
    media_type, body = bodies(trap)[what]
    fmt = next(fmt for fmt in GRAPH_FORMATS if fmt.media_type == media_type)
    with suppress(NeagraphError):
        parse(body.encode(), fmt, source="file")


def entity_bomb(levels):
    declared = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels)
    )
    inside = f'<rdf:Description rdf:about="http://x/s"><x:p>&a{levels - 1};</x:p></rdf:Description>'
    return f"<!DOCTYPE r [{declared}]>{OPEN}{inside}</rdf:RDF>".encode()


def wide_bomb():
    inside = (
        f'<rdf:Description rdf:about="http://x/s"><x:p>{"&a;" * 10_000}</x:p></rdf:Description>'
    )
    return f'<!DOCTYPE r [<!ENTITY a "{"a" * 100_000}">]>{OPEN}{inside}</rdf:RDF>'.encode()


@pytest.mark.parametrize(
    "bomb", [entity_bomb(3), entity_bomb(30), wide_bomb()], ids=[3, 30, "wide"]
)
def test_entity_bombs_are_refused_before_they_unpack(plain, bomb):
    answer = plain.put(GRAPH, content=bomb, headers={"Content-Type": RDF_XML})
    assert answer.status_code == 413
    with pytest.raises(LimitError):
        parse(bomb, graph_format_by_name("rdfxml"), source="bomb")


def test_entities_that_shorten_namespaces_are_fine():
    body = f'<!DOCTYPE r [<!ENTITY x "http://x/">]>{OPEN}<x:T rdf:about="&x;s"/></rdf:RDF>'
    assert len(parse(body.encode(), graph_format_by_name("rdfxml"), source="file")) == 1


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <{}> {{ ?s ?p ?o }}",
        "SELECT * FROM NAMED <{}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "SELECT * FROM <{}> FROM <{}> {{ ?s ?p ?o }}",
        "SELECT * {{ GRAPH <{}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }}",
        "ASK {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ VALUES ?e {{ <{}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
        "PREFIX : <{}> SELECT * {{ SERVICE: {{ ?s ?p ?o }} }}",
        "SELECT * {{ VALUES ?n {{ 1SERVICE }} SERVICESILENT<{}>{{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICESILENT<{}>{{ ?s ?p ?o }} }}",
        "ASK {{ <http://a/\\u0041'> ?p ?q . SERVICE <{}> {{ ?s ?p ?o }} #'\n }}",
        "DESCRIBE <{}>",
    ],
)
def test_no_query_opens_a_connection_or_a_file(client, trap, secret, query):
    for address in (trap, secret):
        text = query.replace("{}", address).replace("{{", "{").replace("}}", "}")
        answer = client.get("/sparql", params={"query": text})
        assert answer.status_code in {200, 400, 403}, answer.text
        assert "the secret" not in answer.text


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_no_graph_of_the_protocol_opens_a_connection_or_a_file(client, trap, secret, name):
    for address in (trap, secret):
        query = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        answer = client.get("/sparql", params={"query": query, name: address})
        assert answer.json()["results"]["bindings"] == []


@pytest.mark.parametrize(
    "update",
    [
        "LOAD <{}>",
        "LOAD SILENT <{}>",
        "LOAD <{}> INTO GRAPH <http://x/g>",
        "LOADSILENT<{}>",
        "LOAD SILENT <{}> ; LOAD <{}>",
        "PREFIX l: <{}> LOAD l:",
        "PREFIX l: <{}> LOADl:",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <{}> { ?s ?p ?o } }",
        "INSERT { ?s ?p ?o } WHERE { SERVICESILENT<{}>{ ?s ?p ?o } }",
        "INSERT { ?s ?p ?o } USING <{}> WHERE { ?s ?p ?o }",
        "WITH <{}> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "COPY <{}> TO <http://x/g>",
    ],
)
def test_no_update_opens_a_connection_or_a_file(plain, trap, secret, update):
    for address in (trap, secret):
        answer = plain.post(
            "/update", content=update.replace("{}", address), headers={"Content-Type": UPDATE}
        )
        assert answer.status_code in {200, 204, 400, 403, 404}, answer.text
    everything = plain.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).text
    assert "the secret" not in everything


def test_what_is_refused_is_403_and_what_is_malformed_400(plain, trap):
    def status(update):
        return plain.post("/update", content=update, headers={"Content-Type": UPDATE}).status_code

    assert status(f"LOAD <{trap}>") == 403
    assert status(f"LOAD <{trap}> ; INSERT DAT") == 400
    assert status(f"INSERT {{}} WHERE {{ SERVICE <{trap}> {{ ?s ?p ?o }} }}") == 403
    assert status(f"INSERT {{}} WHERE {{ SERVICE <{trap}> {{ ?s ?p }} }}") == 400


TRAVERSALS = [
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5cetc%5cpasswd",
    "....//....//etc/passwd",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "state/japan%00.html",
    "%c0%ae%c0%ae/etc/passwd",
    "..%252f..%252fetc/passwd",
    "app.py",
    "../app.py",
    "../templates/base.html",
]


@pytest.mark.parametrize("path", TRAVERSALS)
@pytest.mark.parametrize("root", ["/static/", "/doc/", "/id/", "/ontology/", "/graphs/"])
def test_no_path_leads_to_a_file(client, root, path):
    head, body = raw(client, f"GET {root}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert head.split()[1] in {b"400", b"404", b"307", b"303"}
    assert b"root:" not in body
    assert b"import " not in body


def raw(client, text):
    """Return head and body of the answer to a request as it stands."""
    data = text if isinstance(text, bytes) else text.encode("latin-1")
    with socket.create_connection((client.base_url.host, client.base_url.port), 30) as connection:
        connection.sendall(data)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    "path",
    [
        "/id/state/%0d%0aSet-Cookie:%20a=b",
        "/id/%0d%0aSet-Cookie:%20a=b/japan",
        "/doc/state/x%0d%0aSet-Cookie:%20a=b",
        "/ontology/module/%0d%0aSet-Cookie:%20a=b",
        "/static/%0d%0aSet-Cookie:%20a=b",
        "/sparql?query=ASK%7B%7D&format=%0d%0aSet-Cookie:%20a=b",
        "/sparql?query=ASK%7B%7D&%0d%0aSet-Cookie:%20a=b=1",
        "/graphs?graph=http://x/%0d%0aSet-Cookie:%20a=b",
        "//evil.example/%2e%2e",
        "/doc//evil.example/",
    ],
)
def test_nothing_of_an_address_becomes_a_header(client, path):
    answer = client.get(path, follow_redirects=False)
    assert "set-cookie" not in answer.headers
    assert "evil.example" not in answer.headers.get("location", "").split("/")[2:3]


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "X-Forwarded-For", "Forwarded", "X-Original-URL"]
)
def test_headers_of_proxies_change_no_address(client, name):
    plain = client.get("/id/state/japan", follow_redirects=False)
    claimed = client.get("/id/state/japan", headers={name: "evil.example"}, follow_redirects=False)
    assert claimed.headers["location"] == plain.headers["location"] == "/doc/state/japan"


SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}
ADDRESSES = [
    ("GET", "/", 200),
    ("GET", "/sparql?query=ASK%7B%7D", 200),
    ("GET", "/sparql?query=nonsense", 400),
    ("GET", "/sparql?query=ASK%7BSERVICE%3Cx%3Ax%3E%7B%7D%7D", 403),
    ("GET", "/nothing", 404),
    ("GET", "/static/style.css", 200),
    ("GET", "/static/nothing", 404),
    ("GET", "/doc/state/japan", 200),
    ("GET", "/id/state/japan", 303),
    ("POST", "/", 405),
    ("OPTIONS", "/", 204),
    ("HEAD", "/doc/state/japan", 200),
    ("POST", "/sparql", 400),
    ("POST", "/update", 403),
    ("PUT", "/graphs?default", 403),
]


@pytest.mark.parametrize(("method", "path", "status"), ADDRESSES)
def test_every_answer_has_the_headers_of_security(client, method, path, status):
    for accept in ("text/html", "*/*"):
        answer = client.request(method, path, headers={"Accept": accept}, follow_redirects=False)
        assert answer.status_code in {status, 200 if accept == "text/html" else status}
        for name, value in SECURITY.items():
            assert answer.headers[name] == value
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/sparql?query=ASK%7B%7D", "/nothing"])
def test_cors_lets_everybody_read_and_sends_no_credentials(client, path):
    answer = client.get(path, headers={"Origin": "https://evil.example", "Cookie": "a=b"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_preflight_promises_no_credentials(client):
    answer = client.options(
        "/update",
        headers={
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert "access-control-allow-credentials" not in answer.headers


def test_a_page_of_another_site_cannot_write_without_a_token(plain):
    answer = plain.post(
        "/update", data={"update": "DROP ALL"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("method", "path", "media_type", "size"),
    [
        ("POST", "/sparql", "application/sparql-query", 2_000_000),
        ("POST", "/sparql", "application/x-www-form-urlencoded", 2_000_000),
        ("POST", "/update", UPDATE, 20_000_000),
        ("PUT", GRAPH, "application/n-triples", 80_000_000),
    ],
)
def test_a_body_that_is_too_large_is_413(plain, method, path, media_type, size, packed):
    body = b" " * size
    headers = {"Content-Type": media_type}
    if packed:
        body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
    try:
        answer = plain.request(method, path, content=body, headers=headers)
    except OSError:  # it has hung up on us
        return
    assert answer.status_code == 413
    assert answer.headers["content-type"] == PROBLEM


def test_a_body_that_comes_slowly_keeps_nobody_else_waiting(client):
    address = client.base_url.host, client.base_url.port
    slow = [socket.create_connection(address) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
                b"Content-Length: 1000\r\n\r\nA"
            )
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        assert not select.select(slow, [], [], 0)[0]  # nobody had to be cut off for that
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize(
    "request_text",
    [
        "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a" * 200_000 + "\r\n\r\n",
        "GET /" + "a" * 200_000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\x00\x01\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    ],
    ids=["header", "target", "length", "two lengths", "version", "no HTTP", "two hosts"],
)  # fmt: skip
def test_what_is_no_proper_http_leaves_the_service_standing(client, request_text):
    with socket.create_connection((client.base_url.host, client.base_url.port), 10) as connection:
        try:
            connection.sendall(request_text.encode("latin-1"))
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65536)
        except OSError:
            answer = b""
    assert not answer.startswith(b"HTTP/1.1 5")
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


DEEP = {
    "braces": "SELECT * " + "{" * 100_000,
    "brackets": "SELECT * { FILTER(" + "(" * 100_000 + "1) }",
    "signs": "SELECT * { FILTER(" + "!" * 100_000 + "1) }",
    "collections": "SELECT * { ?s ?p " + "(" * 100_000 + " }",
    "strings": 'SELECT * { ?s ?p \\"""\n ' * 30_000,
}


@pytest.mark.parametrize("what", DEEP)
def test_texts_nested_beyond_reason_do_not_bring_the_service_down(plain, what):
    query = plain.post(
        "/sparql", content=DEEP[what], headers={"Content-Type": "application/sparql-query"}
    )
    update = plain.post(
        "/update",
        content=DEEP[what].replace("SELECT *", "INSERT {} WHERE "),
        headers={"Content-Type": UPDATE},
    )
    assert query.status_code in {400, 413, 503}
    assert update.status_code in {400, 413, 503}
    assert plain.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_bodies_nested_beyond_reason_do_not_bring_the_service_down(plain):
    deep = b"<a:s> <a:p> " + b"<<( <a:s> <a:p> " * 100_000 + b"1" + b")>>" * 100_000 + b"."
    answer = plain.put(GRAPH, content=deep, headers={"Content-Type": TURTLE})
    assert answer.status_code in {400, 413, 503}
    assert plain.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_an_error_tells_nothing_of_the_inside(client):
    for path in ("/sparql?query=x", "/nothing", "/doc/state/nowhere", "/sparql?format=x"):
        text = client.get(path, headers={"Accept": "application/json"}).text
        assert "Traceback" not in text
        assert "site-packages" not in text
        assert ".py" not in text

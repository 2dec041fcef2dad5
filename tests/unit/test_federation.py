"""SERVICE and LOAD by our own client: what is asked, what is refused, what comes of it."""

from __future__ import annotations

import gzip
import ipaddress
import json
import socket
import ssl
import time
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from neagraph import fetching
from neagraph.errors import (
    LimitError,
    QueryError,
    RdfSyntaxError,
    RefusedError,
    RemoteError,
    UsageError,
)
from neagraph.federation import FederationPolicy, answer_federated, expand, load
from neagraph.fetching import fetch, is_public
from neagraph.model import QueryRequest, Write, WriteKind
from neagraph.opening import open_plain_service
from neagraph.rdf.apart import check_update
from neagraph.rdf.engine import Engine
from neagraph.rdf.query_text import tokens, without_service
from neagraph.rdf.results import read_results
from neagraph.settings import load_settings

JSON = "application/sparql-results+json"


def table(*rows, names=("s", "o")):
    return json.dumps({"head": {"vars": list(names)}, "results": {"bindings": list(rows)}}).encode()


def uri(value):
    return {"type": "uri", "value": value}


def literal(value, **more):
    return {"type": "literal", "value": value, **more}


class Other:
    """A server whose answers a test chooses, and the requests that it got."""

    def __init__(self):
        self.answers = {}
        self.requests = []

    def answer(self, path, body=b"", *, status=200, kind=JSON, **headers):
        self.answers[path] = status, {"Content-Type": kind, **headers}, body

    def url(self, path="/sparql"):
        return self.origin + path


@pytest.fixture
def other():
    known = Other()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known.requests.append((self.command, self.path, dict(self.headers), body))
            status, headers, body = known.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  the standard library's name

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    known.origin = f"http://127.0.0.1:{server.server_port}"
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def policy(other):
    return FederationPolicy((other.origin,), allow_private=True, max_seconds=2, max_rows=5)


def ask(query, policy, **more):
    request = QueryRequest(query, **more)
    answer = answer_federated(request, policy, answer=Engine().answer)
    return [tuple(map(str, row)) for row in read_results(answer.body).rows]


def test_solutions_of_the_other_server_join_with_ours(other, policy):
    other.answer(
        "/sparql", table({"s": uri("http://x/a"), "o": literal("1")}, {"s": uri("http://x/b")})
    )
    rows = ask(
        f"""PREFIX x: <http://x/> # of SERVICE
        SELECT ?s ?o {{ VALUES ?s {{ x:a x:c }} SERVICE <{other.url()}> {{ ?s x:p ?o }} }}""",
        policy,
    )
    assert rows == [("<http://x/a>", '"1"')]
    ((method, _, headers, body),) = other.requests
    assert (method, headers["Accept"]) == ("POST", JSON)
    (sent,) = parse_qs(body.decode())["query"]
    assert sent == "PREFIX x: <http://x/> SELECT * WHERE { ?s x:p ?o }"


def test_the_server_may_be_named_with_a_prefix_and_a_base(other, policy):
    other.answer("/a/b", table({"s": uri("http://x/a")}))
    for query in (
        f"PREFIX o: <{other.url('/a/')}> SELECT ?s {{ SERVICE o:b {{ ?s ?p ?o }} }}",
        f"BASE <{other.url('/a/x')}> SELECT ?s {{ SERVICE <b> {{ ?s ?p ?o }} }}",
        f"BASE <{other.url('/')}> PREFIX o: <a/> SELECT ?s {{ SERVICE o:b {{ ?s ?p ?o }} }}",
        f"SELECT ?s {{ service<{other.url('/a/')}\\u0062>{{ ?s ?p ?o }} }}",
    ):
        assert ask(query, policy) == [("<http://x/a>",)]
    assert ask("SELECT ?s { SERVICE <b> {?s ?p ?o} }", policy, base=other.url("/a/")) == [
        ("<http://x/a>",)
    ]
    assert parse_qs(other.requests[-1][3].decode())["query"][0].startswith("BASE <http://127")


def test_every_kind_of_term_arrives_as_it_was(other, policy):
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    other.answer(
        "/sparql",
        table(
            {"s": literal('"}\n\\ SERVICE'), "o": literal("日本", **{"xml:lang": "ja"})},
            {"s": literal("7", datatype=integer), "o": uri("http://x/é")},
        ),
    )
    assert ask(f"SELECT * {{ SERVICE <{other.url()}> {{ ?s ?p ?o }} }}", policy) == [
        ('"\\"}\\n\\\\ SERVICE"', '"日本"@ja'),
        (f'"7"^^<{integer}>', "<http://x/é>"),
    ]


def test_no_solutions_are_no_solutions(other, policy):
    other.answer("/sparql", table())
    assert ask(f"SELECT * {{ SERVICE <{other.url()}> {{ ?s ?p ?o }} }}", policy) == []


def test_several_services_are_asked_in_turn(other, policy):
    other.answer("/a", table({"s": uri("http://x/1")}, names=("s",)))
    other.answer("/b", table({"t": uri("http://x/2")}, names=("t",)))
    query = (
        f"SELECT ?s ?t {{ SERVICE <{other.url('/a')}> {{ ?s ?p ?o }} . "
        f"OPTIONAL {{ SERVICE SILENT <{other.url('/b')}> {{ ?t ?p ?o {{}} }} }} }}"
    )
    assert ask(query, policy) == [("<http://x/1>", "<http://x/2>")]


FAILURES = {
    "a failure": {"status": 500},
    "no JSON": {"body": b"<html>"},
    "no table": {"body": b'{"head": {}, "boolean": true}'},
    "no object": {"body": b"[]"},
    "deep": {"body": b"[" * 100_000},
    "an IRI that is more": {"body": table({"s": uri("http://x/> } UNION { ?a ?b ?c")})},
    "a variable that is more": {"body": table(names=("s) {} } #",))},
    "a language that is more": {"body": table({"s": literal("a", **{"xml:lang": "en } UNION"})})},
    "a datatype that is more": {"body": table({"s": literal("a", datatype="x> } {")})},
    "a term of no kind": {"body": table({"s": {"type": "triple", "value": {}}})},
    "another encoding": {"Content_Encoding": "br"},
    "a cut gzip": {"body": gzip.compress(table())[:-4], "Content_Encoding": "gzip"},
    "a broken gzip": {"body": b"xx", "Content_Encoding": "gzip"},
    "a short body": {"body": b"{", "Content_Length": "100"},
    "a redirect to nowhere": {"status": 302, "Location": "http://[::"},
}


@pytest.mark.parametrize("what", FAILURES)
def test_a_server_that_fails_is_an_error_and_with_silent_one_empty_solution(other, policy, what):
    other.answer("/sparql", **FAILURES[what])
    query = f"SELECT (1 AS ?n) {{ SERVICE %s<{other.url()}> {{ ?s ?p ?o }} }}"
    with pytest.raises((RemoteError, RefusedError)):
        ask(query % "", policy)
    if not what.startswith("a redirect"):
        assert len(ask(query % "SILENT ", policy)) == 1


def test_blank_nodes_are_an_error_that_tells_what_to_select(other, policy):
    other.answer("/sparql", table({"s": {"type": "bnode", "value": "b0"}}))
    with pytest.raises(RefusedError, match="blank nodes") as caught:
        ask(f"SELECT * {{ SERVICE <{other.url()}> {{ ?s ?p ?o }} }}", policy)
    assert "Select IRIs" in caught.value.hint


def test_too_many_solutions_are_told(other, policy):
    other.answer("/sparql", table(*({"s": literal(str(n))} for n in range(6))))
    with pytest.raises(LimitError, match="6 solutions"):
        ask(f"SELECT * {{ SERVICE <{other.url()}> {{ ?s ?p ?o }} }}", policy)


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_beyond_the_limit_is_not_read_on(other, policy, packed):
    body = b" " * 3_000_000
    more = {"Content_Encoding": "gzip"} if packed else {}
    other.answer("/sparql", gzip.compress(body) if packed else body, **more)
    small = FederationPolicy(policy.allowed, allow_private=True, max_bytes=1_000_000)
    with pytest.raises(LimitError, match="1,000,000 bytes"):
        fetch(other.url(), small, accept=JSON)


def test_gzip_is_unpacked(other, policy):
    other.answer("/sparql", gzip.compress(b"packed"), Content_Encoding="gzip")
    assert fetch(other.url(), policy, accept=JSON).body == b"packed"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "SELECT * { SERVICE <%s> { SERVICE <%s> { ?s ?p ?o } } }",
        "PREFIX : <http://x/> SELECT * { SERVICE:x { ?s ?p ?o } }",
        "SELECT * { ?s ?p 1SERVICE<%s>{ ?s ?p ?o } }",
        "SELECT * { SERVICESILENT<%s>{ ?s ?p ?o } }",
        "SELECT * { " + "SERVICE <%s> {} " * 9 + "}",
    ],
)
def test_what_is_not_dealt_with_is_refused_and_nobody_is_asked(other, policy, query):
    with pytest.raises(RefusedError):
        ask(query.replace("%s", other.url()), policy)
    assert other.requests == []


def test_nobody_is_asked_before_all_servers_are_known_to_be_permitted(other, policy):
    with pytest.raises(RefusedError, match=r"example\.org"):
        ask(
            f"SELECT * {{ SERVICE <{other.url()}> {{}} "
            "SERVICE SILENT <http://example.org/> {} }",
            policy,
        )
    assert other.requests == []


@pytest.mark.parametrize("allowed", [False, True])
def test_a_malformed_query_is_told_as_such(other, policy, allowed):
    with pytest.raises(QueryError):
        ask(
            f"SELECT * {{ SERVICE <{other.url()}> {{ ?s ?p }} }}",
            policy if allowed else FederationPolicy(),
        )
    assert other.requests == []


def test_by_default_nothing_is_permitted():
    with pytest.raises(RefusedError, match="not permitted"):
        ask("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", FederationPolicy())


HIDDEN = [
    "SELECT * { <http://a/\\u0041'> ?p ?o . SERVICE <http://x/> {} #'\n }",
    "PREFIX : <http://x/> SELECT * { SERVICE:foo { ?s ?p ?o } }",
    "PREFIX : <http://x/> SELECT * { ?s ?p trueSERVICE:foo { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<http://x/>{} }",
    "SELECT * { SERVICESILENT<http://x/>{} }",
    "SELECT * { sErViCe <http://x/> {} }",
    "SELECT * { VALUES ?x { '''a' } SERVICE <http://x/> {} }",
]


@pytest.mark.parametrize("query", HIDDEN)
def test_no_way_of_writing_hides_service_from_the_refusal(query):
    assert without_service(query) is not None
    with pytest.raises((RefusedError, QueryError)):
        Engine().answer(QueryRequest(query))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s <http://x/SERVICE> 'SERVICE <http://x/> {}' } # SERVICE <x> {}",
        "PREFIX service: <http://x/> SELECT * { ?s service:p service:o }",
        "PREFIX service: <http://x/> SELECT * { GRAPH service:g { ?s a <x:Service> } }",
        "PREFIX e: <http://x/> SELECT ?service { ?service a e:Service }",
    ],
)
def test_words_that_look_like_service_are_not_refused(query):
    assert without_service(query) is None
    Engine().answer(QueryRequest(query))


@pytest.mark.parametrize(
    "piece", ['\\"""\n', "\\'''\n", '\\"', "\\'", "a.", "SILENT ", '"""', "<a", "@a-", "?x.", "a:"]
)
def test_no_text_takes_more_than_linear_time_to_take_apart(piece, grows_at_most):
    def take_apart(size):
        text = "SERVICE " + piece * (size // len(piece))
        sum(1 for _ in tokens(text))
        without_service(text)

    grows_at_most(40, take_apart, 10_000, 100_000)


def test_redirects_are_followed_three_times_within_the_list(other, policy):
    for step in range(4):
        other.answer(f"/{step}", status=307, Location=f"/{step + 1}")
    other.answer("/4", b"end")
    fetched = fetch(other.url("/1"), policy, accept=JSON, form=b"query=x")
    assert (fetched.body, fetched.address) == (b"end", other.url("/4"))
    assert {request[3] for request in other.requests} == {b"query=x"}
    with pytest.raises(RemoteError, match="redirects"):
        fetch(other.url("/0"), policy, accept=JSON)


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/", "http://localhost:{port}/", "file:///etc/hostname", "gopher://x/"],
)
def test_a_redirect_off_the_list_is_refused(other, policy, target):
    port = other.origin.rpartition(":")[2]
    other.answer("/sparql", status=302, Location=target.replace("{port}", port))
    with pytest.raises(RefusedError, match="may not be asked"):
        fetch(other.url(), policy, accept=JSON)
    assert len(other.requests) == 1


def test_a_private_address_is_refused_even_if_its_name_is_on_the_list(other):
    policy = FederationPolicy((other.origin,))
    with pytest.raises(RefusedError, match="private network"):
        fetch(other.url(), policy, accept=JSON)
    assert other.requests == []


def test_a_name_is_looked_up_once_and_the_checked_address_is_used(monkeypatch):
    looked_up, connected = [], []
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    def look_up(host, port, **_):
        looked_up.append(host)
        return [(0, 0, 0, "", (address, port)) for address in next(answers)]

    def connect(address, **_):
        connected.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(fetching.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    with pytest.raises(RemoteError, match="no network here"):
        fetch("http://rebind.example/", FederationPolicy(("http://rebind.example",)), accept=JSON)
    assert (looked_up, connected) == (["rebind.example"], [("93.184.216.34", 80)])
    with pytest.raises(RefusedError, match="private network"):
        fetch("http://rebind.example/", FederationPolicy(("http://rebind.example",)), accept=JSON)


def test_one_private_address_among_several_is_enough_to_refuse(monkeypatch):
    found = [(0, 0, 0, "", (a, 80)) for a in ("93.184.216.34", "169.254.169.254")]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(RefusedError, match="private network"):
        fetch("http://two.example/", FederationPolicy(("http://two.example",)), accept=JSON)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",  # noqa: S104
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
        "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_open_internet(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808"]
)
def test_addresses_of_the_open_internet(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "origin",
    ["", "example.org", "ftp://example.org", "https://", "https://a/path", "https://u@a", "https://a:x",
     "https://a?q", "file:///", "https://[::"],
)  # fmt: skip
def test_what_is_no_origin_is_told(origin):
    with pytest.raises(UsageError, match="no origin"):
        FederationPolicy((origin,))


@pytest.mark.parametrize(
    "address",
    ["HTTPS://Example.ORG/sparql", "https://example.org:443/", "https://example.org?query=x"],
)
def test_an_origin_is_the_same_however_it_is_written(address):
    FederationPolicy(("https://EXAMPLE.org/",)).require_allowed(address)


@pytest.mark.parametrize(
    "address",
    ["http://example.org/", "https://example.org:8443/", "https://example.org.evil/",
     "https://example.org@evil/", "https://u:p@example.org/", "//example.org/", "example.org",
     "https://sub.example.org/", "https://example.org\\@evil/", "file://example.org/", "https://[/"],
)  # fmt: skip
def test_another_origin_is_refused(address):
    with pytest.raises(RefusedError):
        FederationPolicy(("https://example.org",)).require_allowed(address)


@contextmanager
def dripping(first=b"", *, every=0.05):
    """A server that sends a byte now and then and never ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.sendall(first)
                    while True:
                        time.sleep(every)
                        connection.sendall(b"x")
                except OSError:
                    return

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n",
    ],
)
def test_a_server_that_drips_is_left_when_the_time_is_over(first):
    with dripping(first) as origin:
        policy = FederationPolicy((origin,), allow_private=True, max_seconds=0.3)
        with pytest.raises(RemoteError, match="too long"):
            fetch(origin + "/", policy, accept=JSON)


def test_a_look_up_that_takes_too_long_is_left(monkeypatch):
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *_, **__: time.sleep(0.5) or [])
    policy = FederationPolicy(("http://slow.example",), max_seconds=0.1)
    with pytest.raises(RemoteError, match="too long"):
        fetch("http://slow.example/", policy, accept=JSON)
    time.sleep(0.5)


def test_https_checks_the_certificate_against_the_name(other, monkeypatch):
    asked = []
    genuine = ssl.SSLContext.wrap_socket

    def wrap(context, plain, **options):
        asked.append((context.check_hostname, context.verify_mode, options["server_hostname"]))
        return genuine(context, plain, **options)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    origin = other.origin.replace("http:", "https:").replace("127.0.0.1", "localhost")
    with pytest.raises(RemoteError):
        fetch(origin + "/", FederationPolicy((origin,), allow_private=True), accept=JSON)
    assert asked == [(True, ssl.CERT_REQUIRED, "localhost")]


def test_no_password_proxy_or_cookie_of_ours_is_sent(other, policy, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    other.answer("/sparql", b"x")
    fetch(other.url("/sparql"), policy, accept=JSON)
    headers = other.requests[0][2]
    assert set(headers) == {"Host", "Accept", "Accept-Encoding", "Connection", "User-Agent"}


def test_nothing_can_be_smuggled_into_the_request(other, policy):
    other.answer("/a%20b", b"x")
    for path in ("/a b", "/a\r\nX: y", "/a\x00b", "/日本?q=é x"):
        with pytest.raises(RemoteError):
            fetch(other.url(path), policy, accept=JSON).body.decode() + fail()
    assert all("X" not in request[2] for request in other.requests)


def fail():
    raise RemoteError("it was answered")


def written(update, policy, **more):
    engine = Engine()
    write = load(Write(WriteKind.UPDATE, text=update, **more), policy)
    engine.update(write.text)
    return sorted(map(str, engine.quads()))


def test_load_puts_the_triples_of_a_document_into_a_graph(other, policy):
    other.answer("/a.ttl", '<x> <y> "日本"@ja, [] .'.encode(), kind="text/turtle; charset=utf-8")
    lines = written(f"LOAD <{other.url('/a.ttl')}> INTO GRAPH <http://g/>", policy)
    assert len(lines) == 2
    assert f'<{other.url("/x")}> <{other.url("/y")}> "日本"@ja <http://g/>' in lines


def test_load_between_other_operations(other, policy):
    other.answer("/a", b"<http://s/> <http://p/> 1 .", kind="text/turtle")
    lines = written(
        f"""PREFIX o: <{other.url("/")}>
        INSERT DATA {{ <a:a> <a:b> "LOAD" }} ;
        LOAD o:a ; LOAD SILENT o:gone INTO GRAPH <http://g/> ;
        DELETE WHERE {{ <a:a> ?p ?o }}""",
        policy,
    )
    assert [line.split()[0] for line in lines] == ["<http://s/>"]


def test_an_update_without_load_is_left_as_it_is():
    write = Write(WriteKind.UPDATE, text='INSERT DATA { <a:a> <a:b> "LOAD <x>" } # LOAD')
    assert load(write, FederationPolicy()) is write


@pytest.mark.parametrize("allowed", [False, True])
def test_a_malformed_update_is_told_before_anybody_is_asked(other, policy, allowed):
    with pytest.raises(QueryError) as caught:
        written(f"LOAD <{other.url()}> ;\n INSERT DAT", policy if allowed else FederationPolicy())
    assert (caught.value.line, other.requests) == (2, [])


@pytest.mark.parametrize("silent", ["", "SILENT "])
@pytest.mark.parametrize("address", ["file:///etc/hostname", ""])
def test_load_is_refused_by_default_silent_or_not(other, address, silent):
    with pytest.raises(RefusedError, match="not permitted"):
        written(f"LOAD {silent}<{address or other.url()}> INTO GRAPH <a:g>", FederationPolicy())
    assert other.requests == []


def test_load_silent_of_what_nobody_can_fetch_does_nothing():
    assert written("LOAD SILENT <somescheme://x/> ; LOAD SILENT <a:b>", FederationPolicy()) == []


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:1/", "ftp://x/"])
def test_load_off_the_list_is_refused(policy, address):
    for silent in ("", "SILENT "):
        with pytest.raises(RefusedError):
            written(f"LOAD {silent}<{address}>", policy)


DOCUMENTS = {
    "no RDF": (b"<html>", "text/html", RemoteError),
    "malformed": (b"<x> <y>", "text/turtle", RdfSyntaxError),
    "named graphs": (b"<a:g> { <a:s> <a:p> 1 }", "application/trig", RdfSyntaxError),
    "a context elsewhere": (b'{"@context": "http://x/"}', "application/ld+json", RdfSyntaxError),
    "deep": (b"<a:s> <a:p> " + b"<<( <a:s> <a:p> " * 100_000 + b"1" + b")>>" * 100_000 + b".",
             "text/turtle", RdfSyntaxError),
}  # fmt: skip


@pytest.mark.parametrize("what", DOCUMENTS)
def test_a_document_that_cannot_be_loaded_is_told(other, policy, what):
    body, kind, error = DOCUMENTS[what]
    other.answer("/document", body, kind=kind)
    with pytest.raises(error):
        written(f"LOAD <{other.url('/document')}>", policy)
    assert written(f"LOAD SILENT <{other.url('/document')}>", policy) == []


def test_an_empty_document_adds_nothing(other, policy):
    other.answer("/empty.nt", b"", kind="")
    assert written(f"LOAD <{other.url('/empty.nt')}> INTO GRAPH <a:g>", policy) == []


def test_an_update_nested_beyond_reason_is_told_and_not_died_of():
    with pytest.raises(QueryError, match="nested too deeply"):
        check_update("INSERT {} WHERE " + "{" * 100_000)


def test_expand_leaves_everything_else_of_the_request(other, policy):
    other.answer("/sparql", table(names=()))
    request = QueryRequest(f"ASK {{ SERVICE <{other.url()}> {{}} }}", graph_format="nquads", id="q")
    expanded = expand(request, policy)
    assert (expanded.graph_format, expanded.id) == ("nquads", "q")
    assert "SERVICE" not in expanded.text


def test_settings_tell_who_may_be_asked_and_how_much_is_taken() -> None:
    environment = {
        "NEAGRAPH_REMOTE": "https://example.org",
        "NEAGRAPH_REMOTE_TIMEOUT": "2.5",
        "NEAGRAPH_REMOTE_ANSWER": "3",
    }
    service = open_plain_service(load_settings(environment))
    service.close()
    policy = service.remote
    assert policy.allowed == ("https://example.org:443",)
    assert (policy.max_seconds, policy.max_bytes) == (2.5, 3 * 1024 * 1024)

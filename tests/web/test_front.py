"""The edge of the service, over sockets: what is no HTTP, and queries on the short way."""

import gzip
import json
import socket
import time
from contextlib import contextmanager, suppress
from threading import Thread

import httpx
import pytest
import uvicorn

from neagraph.model import Limits
from neagraph.queries import load_catalogue
from neagraph.service import Service
from neagraph.settings import load_settings, project_root
from neagraph.store.process import Mode, ProcessStore, StoreSource
from neagraph.web import refusals
from neagraph.web.app import create_app
from neagraph.web.front import front_protocol

JSON = "application/sparql-results+json"
DIRECT = "application/sparql-query"
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + "".join(
    f" VALUES ?v{i} {{1 2 3 4 5 6 7 8 9 0}}" for i in range(12)
)


@pytest.fixture(scope="module")
def service():
    store = ProcessStore(StoreSource(), workers=2, mode=Mode.PLAIN)
    catalogue = load_catalogue(project_root() / "queries")
    return Service(store, catalogue=catalogue, limits=Limits(seconds=60.0), plain=True)


@pytest.fixture(scope="module")
def address(service):
    """Where a server as in production answers."""
    app = create_app(service, settings=load_settings({}))
    http = front_protocol(app.state.fast_lane, app, express=app.state.express)
    server = uvicorn.Server(uvicorn.Config(app, http=http, log_level="warning", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def client(address):
    with httpx.Client(base_url=f"http://127.0.0.1:{address[1]}", timeout=60) as client:
        yield client


@contextmanager
def connected(address):
    with socket.create_connection(address, timeout=60) as connection:
        yield connection


def exchange(address, *parts):
    """What comes back on one connection until it is closed; the parts are sent one by one."""
    told = b""
    with connected(address) as connection:
        with suppress(ConnectionError):  # it may be closed before all is sent
            for part in parts:
                connection.sendall(part.encode("latin-1"))
                time.sleep(0.02 if len(parts) > 1 else 0)
        with suppress(ConnectionError):
            while data := connection.recv(65536):
                told += data
    return told.decode()


def request(method="GET", target="/sparql", *, body="", version="1.1", host="Host: a", **headers):
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body and "Content_Length" not in headers else []
    head = [f"{method} {target} HTTP/{version}", *([host] if host else []), *lines]
    return "\r\n".join([*head, "", body])


def post(query, **headers):
    known = {"Content_Type": DIRECT, "Accept": JSON} | headers
    return request("POST", body=query, **known)


def parts_of(told):
    """Status and body of each answer, all of which tell their length."""
    answers = []
    while told:
        head, _, rest = told.partition("\r\n\r\n")
        length = next(
            (int(line[16:]) for line in head.split("\r\n") if line.startswith("content-length: ")),
            0,
        )
        answers.append((int(head.split()[1]), rest[:length]))
        told = rest[length:]
    return answers


CLOSE = {"Connection": "close"}
CHUNKED = {"Content_Type": DIRECT, "Transfer_Encoding": "chunked"}
REFUSED = {
    "no HTTP": ("\x16\x03\x01 hello\r\n\r\n", 400, "no HTTP/1.1"),
    "method that nobody knows": (request("BREW"), 501, "method"),
    "method in small letters": (request("get"), 501, "method"),
    "tunnel": (request("CONNECT", "a:80"), 501, "no proxy"),
    "version": (request(version="9.9"), 400, "Invalid HTTP version"),
    "space in the address": (request(target="/sparql?query=ASK {}"), 400, "no HTTP/1.1"),
    "address in latin-1": (request(target="/doc/\xe9"), 400, "no HTTP/1.1"),
    "address too long": (request(target="/sparql?query=" + "a" * 70_000), 414, "65,535"),
    "head too large": ("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a" * 400_000, 431, "131,072"),
    "no host": (request(host=""), 400, "Host"),
    "two hosts": (request(host="Host: a\r\nHost: b"), 400, "Host"),
    "host that is none": (request(host="Host: <a b>"), 400, "Host"),
    "folded header": (request(Accept="text/csv,\r\n text/html"), 400, "whitespace"),
    "space before the colon": (request(host="Host : a"), 400, "Invalid header token"),
    "two lengths": (post("ASK {}", host="Host: a\r\nContent-Length: 3"), 400, "Content-Length"),
    "negative length": (post("", Content_Length="-6"), 400, "Content-Length"),
    "length beside chunks": (
        request("POST", body="0\r\n\r\n", Content_Length="5", **CHUNKED), 400, "Transfer-Encoding",
    ),
    "other transfer coding": (
        request("POST", Content_Type=DIRECT, Transfer_Encoding="gzip, chunked"), 501, "chunked",
    ),
    "chunk without a size": (
        request("POST", **CHUNKED) + "zz\r\nASK", 400, "chunk size",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "status", "word"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_read_is_refused_with_a_problem(address, text, status, word) -> None:
    head, _, body = exchange(address, text).partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "\r\ncontent-type: application/problem+json\r\n" in head
    assert "\r\nconnection: close" in head
    problem = json.loads(body)
    assert (problem["status"], word in problem["detail"]) == (status, True)
    assert problem["hint"]


def test_heads_that_come_in_small_pieces_have_a_limit_too(address, monkeypatch) -> None:
    monkeypatch.setattr("neagraph.web.front.MOST_HEAD", 100)
    pieces = [request()[:-2], *["X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"] * 4]
    assert exchange(address, *pieces).startswith("HTTP/1.1 431 ")
    assert refusals.HEAD_TOO_LARGE.hint


def test_what_was_asked_before_is_answered_first(address) -> None:
    told = exchange(address, post("ASK { } # before") + "\x00nonsense\r\n\r\n" + "x" * 100_000)
    assert parts_of(told) == [(200, '{"head":{},"boolean":true}')]
    assert "\r\nconnection: close\r\n" in told


@pytest.mark.parametrize("wish", ["h2c", "websocket"])
def test_clients_that_wish_for_another_protocol_are_answered_in_this_one(address, wish) -> None:
    """The HTTP client of Java, which Jena uses, asks for HTTP/2 so, with the body of a POST."""
    upgrade = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": wish, "HTTP2_Settings": "AAM"}
    asked = post("ASK { } # upgrade", **upgrade)
    told = exchange(address, asked, asked[:-4], asked[-4:], post("SELECT * {}", **CLOSE))
    answers = parts_of(told)
    assert [status for status, _ in answers] == [200, 200, 200]
    assert [json.loads(body).get("boolean") for _, body in answers] == [True, True, None]


def test_a_body_that_is_not_wanted_is_not_asked_for(address) -> None:
    first = {"Content_Type": DIRECT, "Expect": "100-continue"}
    head = request("POST", Content_Length="600000000", **first)
    assert exchange(address, head).startswith("HTTP/1.1 413 ")
    head = request("POST", Content_Length="6", **first | {"Content_Type": "text/plain"})
    assert exchange(address, head).startswith("HTTP/1.1 415 ")
    head = request("POST", Content_Length="6", **first, **CLOSE)
    assert exchange(address, head, "ASK {}").startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


# ---- The short way -------------------------------------------------------------------------------


def test_the_short_way_and_the_layers_give_the_same_answers(client) -> None:
    """What a proxy says sends a request through the layers."""
    query = 'SELECT ?a (1 AS ?b) { VALUES ?a { "x" } }'
    for accept in (JSON, "text/csv"):
        headers = {"Content-Type": DIRECT, "Accept": accept, "Accept-Encoding": "identity"}
        answers = [
            client.post("/sparql", content=f"{query} # {number}", headers=headers | more)
            for number, more in enumerate(({}, {}, {"X-Forwarded-For": "10.0.0.1"}))
        ]
        bodies = {answer.content for answer in answers}
        own = {"etag", "x-query-id", "date", "vary"}
        known = [{n: v for n, v in a.headers.items() if n not in own} for a in answers]
        assert len(bodies) == 1
        assert known[0] == known[1] == known[2]
        assert len({answer.headers["etag"] for answer in answers}) == 3
        assert all(answer.headers["x-query-id"] for answer in answers)


def test_answers_of_the_short_way_are_kept(client) -> None:
    parameters = {"query": "ASK { } # kept"}
    first = client.get("/sparql", params=parameters, headers={"Accept": JSON})
    again = client.get("/sparql", params=parameters, headers={"Accept": JSON})
    known = {"Accept": JSON, "If-None-Match": first.headers["etag"]}
    assert again.headers["x-query-id"] == first.headers["x-query-id"]
    assert client.get("/sparql", params=parameters, headers=known).status_code == 304


def test_errors_are_told_with_their_place_on_the_short_way(client) -> None:
    told = client.post("/sparql", content="SELECT ?x\n{ ?s ?p }", headers={"Content-Type": DIRECT})
    assert (told.status_code, told.json()["line"]) == (400, 2)
    late = client.get("/sparql", params={"query": ENDLESS + "}", "timeout": "0.1"})
    assert (late.status_code, late.json()["type"][-8:]) == (503, "/timeout")
    assert late.headers["cache-control"] == "no-store"
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_large_answers_of_the_short_way_are_packed(client) -> None:
    query = f'SELECT ?x {{ VALUES ?x {{ "{"x" * 5_000}" }} }}'
    request = client.build_request(
        "POST", "/sparql", content=query, headers={"Content-Type": DIRECT, "Accept": "text/csv"}
    )
    answer = client.send(request, stream=True)
    raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert b"x" * 5_000 in gzip.decompress(raw)


def test_queries_sent_at_once_are_answered_in_order(address) -> None:
    queries = [f'SELECT ("{i}" AS ?i) {{}}' for i in range(20)]
    told = exchange(address, "".join(map(post, queries)) + post("ASK {}", **CLOSE))
    bodies = [json.loads(body) for _, body in parts_of(told)[:-1]]
    values = [body["results"]["bindings"][0]["i"]["value"] for body in bodies]
    assert values == [str(i) for i in range(20)]


def running(service, text):
    return [query.id for query in service.store.running() if query.text == text]


def until(condition):
    """Wait for what has to come some time."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.02)


def test_a_client_that_goes_away_has_its_query_ended(service, address) -> None:
    text = ENDLESS + "} # gone"
    with connected(address) as connection:
        connection.sendall(post(text).encode())
        until(lambda: running(service, text))
    until(lambda: not running(service, text))


def test_who_asks_the_same_waits_for_the_same_answer(service, client, address) -> None:
    text = ENDLESS + "} # together"
    others = []
    ask = {"query": text}

    def other():
        headers = {"Accept": JSON, "Host": "a", "Accept-Encoding": "identity"}
        others.append(client.get("/sparql", params=ask, headers=headers))

    with connected(address) as connection:
        target = str(client.build_request("GET", "/sparql", params=ask).url.raw_path, "ascii")
        connection.sendall(request(target=target, Accept=JSON).encode())
        until(lambda: running(service, text))
        thread = Thread(target=other)
        thread.start()
        time.sleep(0.3)
        assert len(running(service, text)) == 1
    time.sleep(0.3)  # the first has gone, and the other still waits
    (query_id,) = running(service, text)
    assert service.store.cancel(query_id)
    thread.join(30)
    assert (others[0].status_code, others[0].headers["x-query-id"]) == (503, query_id)


def test_a_query_whose_body_never_comes_is_nothing(client, address) -> None:
    with connected(address) as connection:
        connection.sendall(post("ASK {}").encode()[:-3])
        time.sleep(0.05)
    assert client.get("/health/live").status_code == 200

"""The cache in front of an application that counts how often it is asked."""

import asyncio
import gzip
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from neagraph.errors import NotFoundError
from neagraph.model import Changeset, Commit, Version
from neagraph.web import front
from neagraph.web.cache import ResultCache
from neagraph.web.cache_layer import CacheLayer
from neagraph.web.compression import CompressionLayer
from neagraph.web.front import front_protocol
from neagraph.web.layers import Layers
from neagraph.web.server import GracefulServer
from neagraph.web.threads import until_disconnect
from neagraph.web.trace import trace_in

FIRST, SECOND = Version(1, "a" * 64), Version(2, "b" * 64)
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}
ASK = "/sparql?query=ASK+%7B%7D"
TIME = "2026-11-22T14:00:00Z"


class Log:
    def version(self, number):
        if number not in {1, 2}:
            raise NotFoundError(f"There is no version {number}.")
        return (FIRST, SECOND)[number - 1]

    def commit(self, number):
        return Commit(self.version(number), TIME, "build", "", Changeset())


@dataclass
class Inside:
    """What is behind the cache; the n-th answer says n."""

    status: int = 200
    headers: dict = field(default_factory=lambda: {"Vary": "Accept"})
    body: bytes | None = None
    asked: list = field(default_factory=list)
    gate: asyncio.Event | None = None
    deserted: bool = False
    change: object = None

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        self.asked.append((request.method, dict(request.headers), await request.body()))
        if self.gate is not None:
            gate = asyncio.create_task(self.gate.wait())
            gone = asyncio.create_task(until_disconnect(receive))
            await asyncio.wait({gate, gone}, return_when=asyncio.FIRST_COMPLETED)
            self.deserted = gone.done()
            gone.cancel()
            gate.cancel()
        if self.change is not None:
            self.change(scope)
        body = b"%d" % len(self.asked) if self.body is None else self.body
        response = Response(body, self.status, self.headers, media_type="text/csv")
        await response(scope, receive, send)


def over(inside, *, version=FIRST, log=None, **limits):
    """The layers around an application, and the service that tells them the version."""
    service = SimpleNamespace(version=version, log=log)
    return Layers(service, cache=ResultCache(**limits)).around(inside), service


async def ask(app, method, address, headers=None, body=b"", *, leave=None):
    """Send one request to an ASGI application; return status, headers and body."""
    path, _, query = address.partition("?")
    sent = {"host": "example.org", **(headers or {})}
    if body:
        sent["content-length"] = str(len(body))
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    messages, first = [], True

    async def receive():
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": body, "more_body": False}
        await (leave or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        messages.append(message)

    await app(scope, receive, send)
    if not messages:
        return None
    names = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], names, b"".join(m["body"] for m in messages[1:])


def asked(app, *requests):
    """The answers to requests sent one after the other."""

    async def all_of_them():
        return [await ask(app, *request) for request in requests]

    return asyncio.run(all_of_them())


def test_a_repeated_request_is_evaluated_once():
    inside = Inside()
    app, _ = over(inside)
    first, second = asked(app, ("GET", ASK), ("GET", ASK))
    assert first == second
    assert first[2] == b"1"
    assert len(inside.asked) == 1


def test_answers_carry_what_clients_need_to_ask_again():
    app, _ = over(Inside(), log=Log())
    ((status, headers, _),) = asked(app, ("GET", ASK))
    assert status == 200
    assert headers["etag"].startswith('"aaaaaaaaaaaaaaaa-1~')
    assert headers["cache-control"] == "public, no-cache"
    assert headers["last-modified"] == "Sun, 22 Nov 2026 14:00:00 GMT"
    assert headers["vary"] == "Accept, Accept-Encoding"
    assert headers["x-query-id"]


def test_without_a_log_there_is_no_last_modified():
    app, _ = over(Inside())
    ((_, headers, _),) = asked(app, ("GET", ASK))
    assert "last-modified" not in headers


def test_get_head_and_every_way_of_a_query_share_one_answer():
    inside = Inside()
    app, _ = over(inside)
    answers = asked(
        app,
        ("POST", "/sparql", FORM, b"query=ASK+%7B%7D"),
        ("GET", ASK),
        ("POST", "/sparql", DIRECT, b"ASK {}"),
        ("QUERY", "/sparql", DIRECT, b"ASK {}"),
        ("HEAD", ASK),
    )
    assert len(inside.asked) == 1
    assert [body for _, _, body in answers] == [b"1"] * 4 + [b""]
    assert {headers["content-length"] for _, headers, _ in answers} == {"1"}


def test_head_first_keeps_the_whole_answer():
    inside = Inside()
    app, _ = over(inside)
    head, get = asked(app, ("HEAD", ASK), ("GET", ASK))
    assert (head[2], get[2]) == (b"", b"1")
    assert [method for method, _, _ in inside.asked] == ["GET"]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}'])
def test_a_client_that_has_the_answer_gets_304(kept, form):
    inside = Inside()
    app, _ = over(inside, log=Log())
    ((_, headers, _),) = asked(app, ("GET", ASK))
    if not kept:
        inside = Inside()
        app, _ = over(inside, log=Log())
    known = {"if-none-match": form.format(headers["etag"])}
    (status, told, body), (head, _, _) = asked(app, ("GET", ASK, known), ("HEAD", ASK, known))
    assert (status, head, body) == (304, 304, b"")
    for name in ("etag", "cache-control", "vary", "last-modified"):
        assert told[name] == headers[name]
    assert len(inside.asked) == kept


def test_a_post_is_never_answered_with_304():
    app, _ = over(Inside())
    ((_, headers, _),) = asked(app, ("GET", ASK))
    known = {**DIRECT, "if-none-match": headers["etag"]}
    ((status, _, body),) = asked(app, ("POST", "/sparql", known, b"ASK {}"))
    assert (status, body) == (200, b"1")


@pytest.mark.parametrize(
    "headers",
    [{"accept": "text/csv"}, {"accept-encoding": "gzip"}, {"host": "other.example"}],
    ids=str,
)
def test_another_representation_is_another_answer(headers):
    app, _ = over(Inside())
    first, second = asked(app, ("GET", ASK), ("GET", ASK, headers))
    assert (first[2], second[2]) == (b"1", b"2")
    assert first[1]["etag"] != second[1]["etag"]


def test_a_commit_makes_every_answer_new():
    app, service = over(Inside())
    ((_, first, _),) = asked(app, ("GET", ASK))
    service.version = SECOND
    known = {"if-none-match": first["etag"]}
    ((status, second, body),) = asked(app, ("GET", ASK, known))
    assert (status, body) == (200, b"2")
    assert second["etag"].startswith('"bbbbbbbbbbbbbbbb-2~')


def test_an_answer_that_a_commit_overtook_is_not_kept():
    inside = Inside()
    app, service = over(inside)
    inside.change = lambda _: setattr(service, "version", SECOND)
    ((status, headers, _),) = asked(app, ("GET", ASK))
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert "etag" not in headers
    service.version = FIRST
    assert asked(app, ("GET", ASK))[0][2] == b"2"


@pytest.mark.parametrize(
    "request_",
    [
        ("GET", "/sparql?query=SELECT(NOW()AS?n){}"),
        ("POST", "/sparql", DIRECT, b"SELECT (RAND() AS ?n) {}"),
        ("GET", ASK, {"range": "bytes=0-1"}),
        ("GET", ASK, {"authorization": "Bearer x"}),
        ("POST", "/sparql", {**DIRECT, "content-encoding": "gzip"}, b"ASK {}"),
        ("POST", "/sparql", FORM, b"update=CLEAR+ALL"),
        ("POST", "/sparql", DIRECT, b"#" * 100_000),
        ("POST", "/graphs", DIRECT, b"ASK {}"),
        ("GET", "/health"),
    ],
    ids=str,
)
def test_what_may_change_or_is_not_public_is_not_kept(request_):
    inside = Inside()
    app, _ = over(inside)
    first, second = asked(app, request_, request_)
    assert (first[2], second[2]) == (b"1", b"2")
    bodies = [body for _, _, body in inside.asked]
    assert bodies == [request_[3] if len(request_) > 3 else b""] * 2


def test_volatile_answers_are_not_to_be_stored():
    app, _ = over(Inside())
    ((_, headers, _),) = asked(app, ("GET", "/sparql?query=SELECT(NOW()AS?n){}"))
    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


def test_with_a_token_there_is_a_tag_for_if_match():
    app, _ = over(Inside())
    ((_, headers, _),) = asked(app, ("GET", "/graphs?graph=a", {"authorization": "Bearer x"}))
    assert headers["etag"].startswith('"aaaaaaaaaaaaaaaa-1~')


def test_failures_are_told_and_not_kept():
    inside = Inside(status=503)
    app, _ = over(inside)
    first, second = asked(app, ("GET", ASK), ("GET", ASK))
    assert (first[0], first[2], second[2]) == (503, b"1", b"2")
    assert first[1]["cache-control"] == "no-store"
    assert "etag" not in first[1]


def test_large_answers_are_sent_and_not_kept():
    inside = Inside(body=b"x" * 2_000)
    app, _ = over(inside, largest_entry=1_000)
    first, second = asked(app, ("GET", ASK), ("GET", ASK))
    assert len(first[2]) == len(second[2]) == 2_000
    assert len(inside.asked) == 2


def test_nothing_but_the_key_reaches_what_makes_the_answer():
    inside = Inside()
    app, _ = over(inside)
    asked(app, ("GET", ASK, {"cookie": "a=b", "user-agent": "x", "accept": "text/csv, */*"}))
    ((_, headers, _),) = inside.asked
    assert headers == {"host": "example.org", "origin": "*", "accept": "text/csv,*/*"}


# ---- In flight -----------------------------------------------------------------------------------


def test_identical_requests_in_flight_are_evaluated_once():
    async def run():
        inside = Inside(gate=asyncio.Event())
        app, _ = over(inside)
        tasks = [asyncio.create_task(ask(app, "GET", ASK)) for _ in range(20)]
        await asyncio.sleep(0.05)
        inside.gate.set()
        return inside, await asyncio.gather(*tasks)

    inside, answers = asyncio.run(run())
    assert len(inside.asked) == 1
    assert {body for _, _, body in answers} == {b"1"}
    assert len({headers["x-query-id"] for _, headers, _ in answers}) == 1


def test_a_client_that_goes_away_leaves_the_others_alone():
    async def run():
        inside, leave = Inside(gate=asyncio.Event()), asyncio.Event()
        app, _ = over(inside)
        leaving = asyncio.create_task(ask(app, "GET", ASK, leave=leave))
        await asyncio.sleep(0.02)
        staying = asyncio.create_task(ask(app, "GET", ASK))
        await asyncio.sleep(0.02)
        leave.set()
        await asyncio.sleep(0.02)
        inside.gate.set()
        return inside, await leaving, await staying

    inside, gone, (_, _, body) = asyncio.run(run())
    assert (gone, body, inside.deserted) == (None, b"1", False)


def test_when_all_have_gone_the_work_is_ended_and_the_next_one_begins_anew():
    async def run():
        inside, leave = Inside(gate=asyncio.Event()), asyncio.Event()
        app, _ = over(inside)
        tasks = [asyncio.create_task(ask(app, "GET", ASK, leave=leave)) for _ in range(3)]
        await asyncio.sleep(0.02)
        leave.set()
        assert await asyncio.gather(*tasks) == [None] * 3
        await asyncio.sleep(0.02)
        assert inside.deserted
        inside.gate.set()
        return await ask(app, "GET", "/sparql?query=ASK+%7B+%7D")

    assert asyncio.run(run())[2] == b"2"


def test_a_failure_reaches_all_who_wait():
    async def fail(*_):
        await asyncio.sleep(0.02)
        raise RuntimeError("broken")

    async def run():
        app, _ = over(fail)
        tasks = [asyncio.create_task(ask(app, "GET", ASK)) for _ in range(3)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert [str(error) for error in asyncio.run(run())] == ["broken"] * 3


# ---- Earlier versions ----------------------------------------------------------------------------


def read_first(scope):
    trace_in(scope).version = FIRST


def test_an_earlier_version_is_good_for_ever():
    inside = Inside(change=read_first)
    app, service = over(inside, version=SECOND, log=Log())
    address = ASK + "&version=1"
    ((_, headers, _),) = asked(app, ("GET", address))
    assert headers["etag"].startswith('"aaaaaaaaaaaaaaaa-1~')
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    service.version = Version(3, "c" * 64)
    known = {"if-none-match": headers["etag"]}
    assert [a[0] for a in asked(app, ("GET", address), ("GET", address, known))] == [200, 304]
    assert len(inside.asked) == 1


def test_an_answer_that_does_not_say_its_version_is_not_taken_for_an_earlier_one():
    inside = Inside()
    app, _ = over(inside, version=SECOND, log=Log())
    first, second = asked(app, *[("GET", "/ontology?version=1")] * 2)
    assert (first[2], second[2]) == (b"1", b"2")
    assert first[1]["cache-control"] == "no-store"


@pytest.mark.parametrize("number", ["9", "x", "-1", ""])
def test_an_unknown_version_is_left_to_who_answers(number):
    inside = Inside(status=404)
    app, _ = over(inside, log=Log())
    ((status, headers, _),) = asked(app, ("GET", f"{ASK}&version={number}"))
    assert status == 404
    assert "etag" not in headers


# ---- Compression ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "media_type", "accepted", "packed"),
    [
        (5_000, "text/csv", "gzip", True),
        (200_000, "application/n-triples", "gzip", True),
        (5_000, "application/sparql-results+json", "br, gzip;q=0.1", True),
        (5_000, "text/csv", "gzip;q=0", False),
        (5_000, "text/csv", "", False),
        (500, "text/csv", "gzip", False),
        (5_000, "application/gzip", "gzip", False),
        (5_000, "image/png", "gzip", False),
    ],
)
def test_text_is_packed_for_those_who_take_it(size, media_type, accepted, packed):
    response = Response(b"abcd" * (size // 4), media_type=media_type)
    app = CompressionLayer(response)
    ((_, headers, body),) = asked(app, ("GET", "/", {"accept-encoding": accepted}))
    assert ("content-encoding" in headers) is packed
    assert headers["content-length"] == str(len(body))
    assert (gzip.decompress(body) if packed else body) == b"abcd" * (size // 4)


def test_a_stream_is_packed_part_by_part():
    async def parts():
        for _ in range(3):
            yield b"abcd" * 1_000

    app = CompressionLayer(StreamingResponse(parts(), media_type="text/csv"))
    ((_, headers, body),) = asked(app, ("GET", "/", {"accept-encoding": "gzip"}))
    assert "content-length" not in headers
    assert gzip.decompress(body) == b"abcd" * 3_000


def test_packed_answers_are_kept_packed():
    inside = Inside(body=b"abcd" * 1_000)
    app, _ = over(CompressionLayer(inside))
    packed = {"accept-encoding": "gzip"}
    first, second, plain = asked(app, ("GET", ASK, packed), ("GET", ASK, packed), ("GET", ASK))
    assert first == second
    assert gzip.decompress(first[2]) == plain[2]
    assert len(inside.asked) == 2


# ---- Over a socket -------------------------------------------------------------------------------


@contextmanager
def listening(inside):
    """The address of a server with the fast protocol."""
    lane, service = over(inside, log=Log())
    config = uvicorn.Config(lane, http=front_protocol(lane), log_level="warning", lifespan="off")
    server = GracefulServer(config, end_store=None, seconds=60)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname(), service
        finally:
            server.should_exit = True
            thread.join()


def exchange(address, *requests):
    """What comes back on one connection until it is closed."""
    with socket.create_connection(address, timeout=15) as connection:
        connection.sendall("".join(requests).encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def line(method="GET", address=ASK, version="1.1", **headers):
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"{method} {address} HTTP/{version}", "Host: example.org", *lines, "", ""])


def test_kept_answers_look_the_same_from_the_protocol():
    with listening(Inside()) as (address, _):
        first = exchange(address, line(connection="close"))
        second = exchange(address, line(), line(connection="close"))
    head, _, body = first.partition("\r\n\r\n")
    fixed = sorted(part for part in head.split("\r\n") if not part.startswith("date"))
    assert body == "1"
    once, _, again = second.partition("\r\n\r\n1")
    with_close = [*once.split("\r\n"), "connection: close"]
    assert sorted(part for part in with_close if not part.startswith("date")) == fixed
    assert "\r\ndate: " in once
    assert again.endswith("\r\n\r\n1")


def test_many_requests_sent_at_once_are_answered_in_order():
    inside = Inside()
    with listening(inside) as (address, _):
        exchange(address, line(connection="close"))
        other = line(address="/sparql?query=SELECT(NOW()AS?n){}")
        many = [line(), other, *[line()] * 500, line(connection="close")]
        told = exchange(address, *many)
    assert told.count("HTTP/1.1 200 OK") == 503
    assert [part[:1] for part in told.split("\r\n\r\n")[1:]] == ["1", "2", *["1"] * 501]
    assert len(inside.asked) == 2


def test_head_and_304_have_no_body_on_the_wire():
    with listening(Inside()) as (address, _):
        first = exchange(address, line(connection="close"))
        tag = next(part[6:] for part in first.split("\r\n") if part.startswith("etag: "))
        told = exchange(address, line("HEAD"), line(if_none_match=tag), line(connection="close"))
    head, not_modified, again, body = told.split("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK")
    assert "content-length: 1\r\n" in head
    assert not_modified.startswith("HTTP/1.1 304 Not Modified")
    assert "content-length" not in not_modified
    assert (again.startswith("HTTP/1.1 200"), body) == (True, "1")


def test_an_old_client_gets_kept_answers_too():
    inside = Inside()
    with listening(inside) as (address, _):
        answers = [exchange(address, line(version="1.0")) for _ in range(2)]
    assert [answer.rpartition("\r\n\r\n")[2] for answer in answers] == ["1", "1"]
    assert len(inside.asked) == 1


def test_a_body_of_a_get_does_not_disturb_what_follows():
    with listening(Inside()) as (address, _):
        exchange(address, line(connection="close"))
        told = exchange(address, line(content_length=5) + "hello", line(connection="close"))
    assert [part[:1] for part in told.split("\r\n\r\n")[1:]] == ["1", "1"]


def test_clients_that_never_finish_asking_are_cut_off(monkeypatch):
    monkeypatch.setattr(front, "SECONDS_FOR_HEAD", 0.5)
    monkeypatch.setattr(front, "SECONDS_OF_SILENCE", 0.5)
    slow = (
        "",
        "GET /sparql HTTP/1.1\r\nHost: a\r\n",
        line(address="/health") + "GET /",
        line("POST", "/update", content_length=5) + "he",
    )
    with listening(Inside()) as (address, _), ThreadPoolExecutor(len(slow)) as executor:
        told = list(executor.map(lambda text: exchange(address, text), slow))
    assert [text[:15] for text in told] == ["", "", "HTTP/1.1 200 OK", ""]


def test_the_cache_is_not_needed_for_other_protocols():
    layer = CacheLayer(Inside(), cache=ResultCache(), version=lambda: FIRST, find_version=None)
    asyncio.run(layer({"type": "lifespan"}, None, None))

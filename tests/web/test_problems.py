"""Errors as answers."""

import asyncio
import json
import logging

import pytest

from neagraph import errors
from neagraph.errors import NeagraphError
from neagraph.model import QueryRequest
from neagraph.web.app import OutermostLayer
from neagraph.web.pages import Renderer
from neagraph.web.problems import KINDS, Problems, kind_of, to_problem
from neagraph.web.threads import StoreThreads

CLASSES = [
    cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, NeagraphError)
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.code)
def test_each_error_has_a_status_and_a_title(cls):
    status, title = kind_of(cls("What is wrong."))
    assert 400 <= status < 600
    assert title


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.QueryError("x"), 400),
        (errors.UsageError("x"), 400),
        (errors.FormatError("x"), 400),
        (errors.RdfSyntaxError("x"), 400),
        (errors.RefusedError("x"), 403),
        (errors.NotFoundError("x"), 404),
        (errors.NotAcceptableError("x"), 406),
        (errors.LimitError("x"), 413),
        (errors.CatalogueError("x"), 500),
        (errors.QueryTimeoutError("x"), 503),
        (errors.WorkerError("x"), 503),
        (errors.SnapshotError("x"), 503),
    ],
)
def test_the_status_is_that_of_the_nearest_class_of_the_ancestry(error, status):
    assert kind_of(error)[0] == status


def test_an_error_of_a_new_class_has_the_status_of_its_parent():
    new = type("NewError", (errors.NotFoundError,), {})
    assert kind_of(new("x")) == KINDS[errors.NotFoundError]


def test_a_problem_document_has_no_empty_members():
    assert to_problem(errors.NotFoundError("Gone."), instance="/x") == {
        "type": "https://w3id.org/neagraph/problem/not-found",
        "title": "Nothing found",
        "status": 404,
        "detail": "Gone.",
        "instance": "/x",
    }


def test_a_problem_document_tells_all_that_the_error_tells():
    query = errors.QueryError("x", hint="h", where="w", line=3, column=4)
    assert to_problem(query, instance="/sparql") | {"line": 3, "column": 4, "hint": "h"} == (
        to_problem(query, instance="/sparql")
    )
    several = errors.InconsistencyError("x", details=("one", "two"))
    assert to_problem(several, instance="/")["details"] == ["one", "two"]


def test_an_address_without_anything_is_404(client):
    answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.json()["where"] == "/nothing/here"


def test_a_page_of_a_problem_tells_what_to_do_next(client):
    answer = client.get("/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/health", "/doc/state/japan", "/ontology", "/dump.nq.gz", "/static/style.css"]
)
def test_writing_methods_are_405_with_allow(client, path):
    answer = client.post(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


async def receive():
    return {"type": "http.request", "body": b"", "more_body": False}


def call(app, accept=b"application/json"):
    """Return the messages that an ASGI application sends."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/x",
        "headers": [(b"accept", accept)],
        "query_string": b"",
        "server": ("test", 80),
        "scheme": "http",
    }
    asyncio.run(app(scope, receive, send))
    return sent


def test_an_exception_that_nobody_foresaw_is_500_without_internals(caplog):
    async def broken(_scope, _receive, _send):
        raise RuntimeError("secret")

    layer = OutermostLayer(broken, on_failure=Problems(Renderer()).on_error)
    with caplog.at_level(logging.ERROR):
        start, body = call(layer)
    assert start["status"] == 500
    assert (b"x-content-type-options", b"nosniff") in start["headers"]
    assert "secret" not in json.dumps(json.loads(body["body"]))
    assert "secret" in caplog.text


def test_an_exception_after_the_first_byte_cuts_the_connection():
    async def broken(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("late")

    async def on_failure(_request, _error):
        raise AssertionError

    with pytest.raises(RuntimeError, match="late"):
        call(OutermostLayer(broken, on_failure=on_failure))


def test_when_too_many_wait_the_next_is_told_to_come_back():
    async def scenario():
        threads = StoreThreads(most=1)
        release = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wait():
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

        first = asyncio.create_task(threads.ask(wait))
        await asyncio.sleep(0.05)
        with pytest.raises(errors.BusyError, match="busy"):
            await threads.ask(QueryRequest, "ASK {}")
        release.set()
        await first
        assert (await threads.ask(QueryRequest, "ASK {}")).text == "ASK {}"

    asyncio.run(scenario())


def test_who_accepts_plain_text_gets_sentences(client):
    answer = client.get("/nothing", headers={"Accept": "text/plain"})
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == (
        "/nothing: There is nothing at this address.\n→ The start page, /, tells what there is.\n"
    )

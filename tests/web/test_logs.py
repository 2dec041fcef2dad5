"""What is written about requests, and what is not."""

import asyncio
import json
import logging
import sys

import pytest
from starlette.responses import PlainTextResponse

from neagraph.model import Version
from neagraph.web.cache import entry_of
from neagraph.web.figures import Figures, place_of
from neagraph.web.logs import (
    MOST_CHARACTERS,
    REQUESTS,
    JsonFormatter,
    RequestLog,
    TextFormatter,
    configure_logging,
)
from neagraph.web.trace import query_ids, trace_in

SCOPE = {"type": "http", "method": "GET", "path": "/sparql", "headers": []}
SECRET = "nea_secret"  # noqa: S105  none


async def nothing(_=None):
    """Send or receive nothing."""


def logged(caplog, inside, *, slow=60.0, scope=SCOPE, formatter=JsonFormatter):
    """The lines about one request."""
    log = RequestLog(inside, figures=Figures(), slow=slow)
    with caplog.at_level(logging.INFO, "neagraph"):
        asyncio.run(log(scope, nothing, nothing))
    return [formatter().format(record) for record in caplog.records]


async def answering(scope, receive, send):
    await PlainTextResponse("hello")(scope, receive, send)


def test_each_request_has_one_line(caplog):
    (line,) = logged(caplog, answering)
    told = json.loads(line)
    expected = {"level": "INFO", "logger": "neagraph.requests", "message": "request"}
    expected |= {"method": "GET", "path": "/sparql", "status": 200, "bytes": 5}
    assert expected.items() <= told.items()
    assert told["time"].endswith("Z")
    assert told["milliseconds"] >= 0
    assert told["query_id"]


def test_handlers_add_what_they_know(caplog):
    async def inside(scope, receive, send):
        trace = trace_in(scope)
        trace.author, trace.cache = "ada", "merged"
        await answering(scope, receive, send)

    told = json.loads(logged(caplog, inside)[0])
    assert (told["author"], told["cache"]) == ("ada", "merged")


def test_headers_and_parameters_are_never_told(caplog):
    headers = [(b"authorization", f"Bearer {SECRET}".encode()), (b"cookie", SECRET.encode())]
    scope = {**SCOPE, "headers": headers, "query_string": f"token={SECRET}".encode()}
    assert SECRET not in "".join(logged(caplog, answering, scope=scope))


def test_the_id_of_the_query_is_a_header():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(RequestLog(answering, figures=Figures(), slow=60)(SCOPE, nothing, send))
    assert dict(sent[0]["headers"])[b"x-query-id"]


def test_ids_are_never_given_twice():
    first, second = query_ids(), query_ids()
    ids = [next(first) for _ in range(100)] + [next(second) for _ in range(100)]
    assert len(set(ids)) == 200


def test_a_client_that_went_away_and_a_failure_have_their_own_status(caplog):
    async def fail(*_):
        raise RuntimeError("broken")

    assert json.loads(logged(caplog, nothing_at_all)[0])["status"] == 499
    caplog.clear()
    with pytest.raises(RuntimeError, match="broken"):
        logged(caplog, fail)
    assert json.loads(JsonFormatter().format(caplog.records[0]))["status"] == 500


async def nothing_at_all(*_):
    """Answer nothing."""


def test_the_text_of_a_slow_query_is_told_in_part(caplog):
    async def inside(scope, receive, send):
        trace_in(scope).query = "SELECT\n" + "x" * MOST_CHARACTERS
        await answering(scope, receive, send)

    request, slow = map(json.loads, logged(caplog, inside, slow=0.0))
    assert "query" not in request
    assert (slow["message"], slow["level"]) == ("slow query", "WARNING")
    assert (len(slow["query"]), slow["characters_cut"]) == (MOST_CHARACTERS, 7)
    assert slow["query_id"] == request["query_id"]
    caplog.clear()
    assert len(logged(caplog, inside, slow=60.0)) == 1


def test_text_has_one_line_whatever_is_sent(caplog):
    scope = {**SCOPE, "path": "/doc/a\nb\x1b[31m 2026 ERROR forged"}
    (line,) = logged(caplog, answering, scope=scope, formatter=TextFormatter)
    assert "\n" not in line
    assert "\x1b" not in line
    assert "status=200" in line
    (line,) = logged_message("first\nsecond", TextFormatter)
    assert line.endswith("first second")


def logged_message(message, formatter):
    record = logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "neagraph"})
    return formatter().format(record).splitlines()


@pytest.mark.parametrize("formatter", [JsonFormatter, TextFormatter])
def test_an_exception_stays_on_its_line(formatter):
    try:
        int("broken")
    except ValueError:
        record = logging.makeLogRecord(
            {"msg": "failed", "levelname": "ERROR", "name": "a", "exc_info": sys.exc_info()}
        )
    (line,) = formatter().format(record).splitlines()
    assert "ValueError: invalid literal" in line


@pytest.mark.parametrize("formatter", [JsonFormatter, TextFormatter])
def test_the_line_of_a_hit_is_like_any_other(formatter):
    facts = {"method": "GET", "path": '/doc/"a"', "status": 200, "milliseconds": 1.25}
    facts |= {"bytes": 5, "cache": "hit", "query_id": "q-1"}
    hit = (1.5, "GET", '/doc/"a"', 200, 0.00125, 5, "hit", "q-1")
    where = ("INFO", "neagraph.requests", "request")
    line = formatter().line(1.5, *where, facts)
    assert formatter().lines_of_hits([hit, hit], *where) == f"{line}\n{line}"


def test_hits_are_written_together_and_each_has_its_line(caplog):
    entry = entry_of(200, [(b"etag", b'"x"'), (b"x-query-id", b"q-1")], b"hello")

    async def run():
        log = RequestLog(answering, figures=Figures(), slow=60.0)
        for method, status in (("GET", 200), ("GET", 304), ("HEAD", 200)):
            log.note_hit({**SCOPE, "method": method}, entry, status, 0.0)
        await asyncio.sleep(0.2)

    with caplog.at_level(logging.INFO, "neagraph"):
        asyncio.run(run())
    (record,) = caplog.records
    lines = [json.loads(line) for line in JsonFormatter().format(record).splitlines()]
    assert [(x["method"], x["status"], x["bytes"]) for x in lines] == [
        ("GET", 200, 5),
        ("GET", 304, 0),
        ("HEAD", 200, 0),
    ]
    assert {(x["cache"], x["query_id"]) for x in lines} == {("hit", "q-1")}


@pytest.mark.parametrize("form", ["text", "json"])
def test_logs_go_to_standard_error_once_set_up(form, capsys):
    root = logging.getLogger()
    before = (root.handlers[:], root.level, REQUESTS.level)
    try:
        configure_logging(form=form, requests=False)
        REQUESTS.info("not told")
        logging.getLogger("neagraph.web.problems").error("told")
    finally:
        root.handlers[:], root.level = before[0], before[1]
        REQUESTS.setLevel(before[2])
        logging.getLogger("neagraph").setLevel(logging.NOTSET)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert (json.loads(told.err)["message"] if form == "json" else told.err.split()[-1]) == "told"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "/"),
        ("/doc/state/japan", "/doc"),
        ("/ontology.ttl", "/ontology"),
        ("/history.atom", "/history"),
        ("/dump.nq.gz", "/dump.nq.gz"),
        ("/favicon.ico", "other"),
    ],
)
def test_places_are_few(path, place):
    assert place_of(path) == place


def test_a_version_has_no_part_in_a_line(caplog):
    async def inside(scope, receive, send):
        trace_in(scope).version = Version(1, "a" * 64)
        await answering(scope, receive, send)

    assert "aaaa" not in logged(caplog, inside)[0]

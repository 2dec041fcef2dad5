"""Logs: one line for each request, one for each slow query, as JSON or as plain text.

Nothing is set up at import. Lines tell path, status, duration and query id, and who wrote; they
never hold headers, tokens or parameters. The text of a query is told only when it was slow.
"""

from __future__ import annotations

import asyncio
import json
import logging
import logging.config
import time
from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from neagraph.web.cache import Entry
from neagraph.web.figures import Figures
from neagraph.web.trace import Trace, put_trace, query_ids, trace_there

Facts = dict[str, str | int | float]
Hit = tuple[float, str, str, int, float, int, str, str]
"""An answer written at once: when, method, path, status, seconds, bytes, part of the cache, id."""

REQUESTS: Final = logging.getLogger("neagraph.requests")
SLOW: Final = logging.getLogger("neagraph.slow")
MOST_CHARACTERS: Final = 2000
"""How much of a slow query is told."""
_CLIENT_GONE: Final = 499
_FACTS: Final = "facts"
_HITS: Final = "hits"
_REQUEST: Final = "request"
_SLOW_QUERY: Final = "slow query"
_SECONDS_TOGETHER: Final = 0.1
_SHORT: Final = 200
_NO_CONTROLS: Final = dict.fromkeys((*range(32), 127), " ")


class LineFormatter(logging.Formatter):
    """Writes one line for each record, or for each of the hits that one record bundles."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line or the lines of a record, without an end."""
        where = (record.levelname, record.name, record.getMessage())
        hits: list[Hit] = getattr(record, _HITS, [])
        if hits:
            return self.lines_of_hits(hits, *where)
        facts = dict(getattr(record, _FACTS, {}))
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return self.line(record.created, *where, facts)

    @abstractmethod
    def lines_of_hits(self, hits: list[Hit], level: str, logger: str, message: str) -> str:
        """Return a line for each hit, as `line` would; written out, since there are so many."""

    @abstractmethod
    def line(self, created: float, level: str, logger: str, message: str, facts: Facts) -> str:
        """Return one line.

        Args:
            created: When, in seconds since 1970.
            level: How serious.
            logger: Name of the logger.
            message: What happened.
            facts: What is known besides, by name.
        """


class TextFormatter(LineFormatter):
    """Writes time, level, logger, message, and then facts as `name=value`."""

    def line(self, created: float, level: str, logger: str, message: str, facts: Facts) -> str:
        """Return one line; line ends inside it become spaces."""
        told = [f"{name}={_json(value)}" for name, value in facts.items()]
        text = message if message.isprintable() else message.translate(_NO_CONTROLS)
        return " ".join([_iso(created), level, logger, text, *told])

    def lines_of_hits(self, hits: list[Hit], level: str, logger: str, message: str) -> str:
        """Return a line for each hit."""
        head = f"{level} {logger} {message}"
        return "\n".join([
            f'{_iso(created)} {head} method="{method}" path={_quoted(path)} status={status} '
            f'milliseconds={int(seconds * 100_000) / 100} bytes={size} cache="{cache}" '
            f'query_id="{query_id}"'
            for created, method, path, status, seconds, size, cache, query_id in hits
        ])  # fmt: skip


class JsonFormatter(LineFormatter):
    """Writes an object of JSON."""

    def line(self, created: float, level: str, logger: str, message: str, facts: Facts) -> str:
        """Return one line."""
        members = [f'"{name}": {_json(value)}' for name, value in facts.items()]
        head = f'{{"time": "{_iso(created)}", "level": "{level}", "logger": "{logger}", "message": '
        return ", ".join([head + _quoted(message), *members]) + "}"

    def lines_of_hits(self, hits: list[Hit], level: str, logger: str, message: str) -> str:
        """Return a line for each hit."""
        head = f'"level": "{level}", "logger": "{logger}", "message": "{message}"'
        return "\n".join([
            f'{{"time": "{_iso(created)}", {head}, "method": "{method}", "path": {_quoted(path)}, '
            f'"status": {status}, "milliseconds": {int(seconds * 100_000) / 100}, '
            f'"bytes": {size}, "cache": "{cache}", "query_id": "{query_id}"}}'
            for created, method, path, status, seconds, size, cache, query_id in hits
        ])  # fmt: skip


FORMATTERS: Final[dict[str, Callable[[], logging.Formatter]]] = {
    "text": TextFormatter,
    "json": JsonFormatter,
}


def configure_logging(*, form: str = "text", requests: bool = True) -> None:
    """Send logs to standard error; called once, when the server starts.

    Args:
        form: A name of `FORMATTERS`.
        requests: Whether there is a line for each request.
    """
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": FORMATTERS[form]}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "neagraph": {"level": "INFO"},
                REQUESTS.name: {"level": "INFO" if requests else "WARNING"},
            },
        }
    )


class RequestLog:
    """Gives each request its query id, counts it, and writes its line.

    Args:
        app: What answers.
        figures: What is counted.
        slow: Seconds from which a query is told as slow.
    """

    def __init__(self, app: ASGIApp, *, figures: Figures, slow: float) -> None:
        self._app = app
        self._figures = figures
        self._slow = slow
        self._ids = query_ids()
        self._hits: list[Hit] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                self._tell_hits()
            return
        trace = trace_there(scope) or self.new_trace()
        answer = _Watched(send, trace)
        try:
            await self._app(put_trace(scope, trace), receive, answer)
        except Exception:
            answer.status = HTTPStatus.INTERNAL_SERVER_ERROR.value
            raise
        finally:
            self.note(scope, trace, trace.written or (answer.status, answer.size))

    def new_trace(self) -> Trace:
        """Return the notes on a request; `note` ends it."""
        return Trace(next(self._ids))

    def note(self, scope: Scope, trace: Trace, sent: tuple[int, int]) -> None:
        """Count an answer, and write its line.

        Args:
            scope: The request.
            trace: The notes on it.
            sent: Status and size of the answer.
        """
        seconds = time.perf_counter() - trace.began
        self._figures.count(scope["path"], scope["method"], sent[0], seconds)
        if REQUESTS.isEnabledFor(logging.INFO):
            self._note_request(scope, trace, sent, seconds)
        self._note_slow(trace, seconds)

    def note_hit(self, scope: Scope, entry: Entry, status: int, began: float) -> None:
        """Count an answer of the fast lane, and write its line."""
        seconds = time.perf_counter() - began
        path, method = scope["path"], scope["method"]
        self._figures.count(path, method, status, seconds)
        if REQUESTS.isEnabledFor(logging.INFO):
            size = len(entry.parts(status, method)[1])
            hit = (time.time(), method, path, status, seconds, size, "hit", entry.query_id)
            self._tell_later(hit)

    def _tell_later(self, hit: Hit) -> None:
        self._hits.append(hit)
        if len(self._hits) == 1:
            asyncio.get_running_loop().call_later(_SECONDS_TOGETHER, self._tell_hits)

    def _tell_hits(self) -> None:
        """Write the lines of the last hits; in a bundle they cost a tenth."""
        hits, self._hits = self._hits, []
        if hits:
            REQUESTS.info(_REQUEST, extra={_HITS: hits})

    def _note_request(
        self, scope: Scope, trace: Trace, sent: tuple[int, int], seconds: float
    ) -> None:
        path, method, (status, size) = scope["path"], scope["method"], sent
        if trace.written is not None:
            when = time.time(), method, path, status, seconds, size
            self._tell_later((*when, trace.cache, trace.query_id))
            return
        known = {"cache": trace.cache, "query_id": trace.query_id, "author": trace.author}
        told: Facts = {name: value for name, value in known.items() if value}
        _log(REQUESTS, _facts(method, path, status, seconds, size) | told)

    def _note_slow(self, trace: Trace, seconds: float) -> None:
        if trace.query and seconds >= self._slow and trace.cache != "hit":
            text = trace.query[:MOST_CHARACTERS]
            cut = len(trace.query) - len(text)
            facts: Facts = {"query_id": trace.query_id, "seconds": round(seconds, 3)}
            facts |= {"query": text, "characters_cut": cut} if cut else {"query": text}
            _log(SLOW, facts, level=logging.WARNING)


class _Watched:
    """What is sent to a client, watched for the log; the start gets the query id."""

    def __init__(self, send: Send, trace: Trace) -> None:
        self._send = send
        self._trace = trace
        self.status = _CLIENT_GONE
        self.size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            message = {**message, "headers": list(message.get("headers", ()))}
            MutableHeaders(scope=message).setdefault("X-Query-Id", self._trace.query_id)
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)


def _facts(method: str, path: str, status: int, seconds: float, size: int) -> Facts:
    return {
        "method": method,
        "path": path,
        "status": status,
        "milliseconds": int(seconds * 100_000) / 100,
        "bytes": size,
    }


def _log(logger: logging.Logger, facts: Facts, *, level: int = logging.INFO) -> None:
    logger.log(level, _SLOW_QUERY if logger is SLOW else _REQUEST, extra={_FACTS: facts})


def _json(value: object) -> str:
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    return _quoted_short(text) if len(text) <= _SHORT else json.dumps(text, ensure_ascii=False)


@lru_cache(maxsize=1024)
def _quoted_short(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _iso(seconds: float) -> str:
    whole = int(seconds)
    return f"{_to_the_second(whole)}.{int((seconds - whole) * 1000):03d}Z"


@lru_cache(maxsize=2)
def _to_the_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")

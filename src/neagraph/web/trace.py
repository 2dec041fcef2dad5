"""What is known of one request while it is worked on: its id, who asks, what came of it."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request

from neagraph.model import Version

_NAME: Final = "neagraph.trace"


@dataclass(slots=True)
class Trace:
    """Notes on one request, for its log line; handlers fill in what they know.

    Args:
        query_id: Id of the query that answers it; also in the header X-Query-Id.
        cache: `hit`, `miss` or `merged`; empty where the cache has no part in it.
        author: Name of the token that it came with.
        query: The text of its query or update.
        version: The state that it was answered from, where a handler knows it exactly.
        written: Status and size of an answer that was written past those who watch what is sent.
        began: When work on it began, on the clock of `time.perf_counter`.
    """

    query_id: str
    cache: str = ""
    author: str = ""
    query: str = field(default="", repr=False)
    version: Version | None = None
    written: tuple[int, int] | None = None
    began: float = field(default_factory=time.perf_counter)


def query_ids() -> Iterator[str]:
    """Yield ids that no other run of the service gives."""
    run = secrets.token_hex(4)
    return (f"{run}-{number}" for number in itertools.count(1))


def put_trace(scope: Mapping[str, Any], trace: Trace) -> dict[str, Any]:
    """Return the scope of a request with its notes."""
    return {**scope, _NAME: trace}


def trace_there(scope: Mapping[str, Any]) -> Trace | None:
    """Return the notes on the request of a scope; None where nobody takes notes."""
    trace: Trace | None = scope.get(_NAME)
    return trace


def trace_in(scope: Mapping[str, Any]) -> Trace:
    """Return the notes on the request of a scope; fresh ones where nobody takes notes."""
    return trace_there(scope) or Trace(next(query_ids()))


def trace_of(request: Request) -> Trace:
    """Return the notes on a request; fresh ones where nobody takes notes."""
    return trace_in(request.scope)

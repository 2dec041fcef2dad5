"""Queries on a way as short as that of kept answers: no task, no layers, one write.

What is asked begins at once if a child is ready for it, and its answer is written as soon as it
comes. Whatever needs more than that is left to the layers: requests of another kind, and outcomes
that are no plain answer, which they are handed together with the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Final, Protocol

from starlette.types import Scope

from neagraph.model import Answer
from neagraph.store.lanes import Outcome
from neagraph.web.cache import Entry, Header
from neagraph.web.cache_keys import Headers, body_pairs, headers_of, parameters_of
from neagraph.web.cache_layer import CacheLayer, Reply
from neagraph.web.compression import LEAST_BYTES
from neagraph.web.flights import FLYING, Asked, Flight
from neagraph.web.logs import RequestLog
from neagraph.web.sparql import OUTCOME, SparqlEndpoint, response_of
from neagraph.web.straight import Straight, known_of
from neagraph.web.trace import put_trace

_ASIDE: Final = frozenset(
    [
        *(b"authorization", b"range", b"if-none-match", b"content-encoding"),
        *(b"x-forwarded-for", b"x-forwarded-proto"),  # read by the server, before the layers
    ]
)
"""Headers that are dealt with by the layers."""


class Client(Protocol):
    """Who asks."""

    def write(self, entry: Entry, status: int) -> bool:
        """Write a whole answer; False where that has to go the ordinary way."""
        ...

    def go_on(self) -> None:
        """Have the layers answer the request."""
        ...


@dataclass(frozen=True, slots=True)
class Express:
    """The short way.

    Args:
        endpoint: Reads queries and asks them.
        straight: Knows the headers of answers.
        cache: Keeps answers, and knows what is in flight.
        log: Gives requests their ids, and writes their lines.
    """

    endpoint: SparqlEndpoint
    straight: Straight
    cache: CacheLayer
    log: RequestLog

    def begin(self, scope: Scope, body: bytes, client: Client) -> Ride | None:
        """Begin to answer a query; None for one that has to go the ordinary way.

        Args:
            scope: The request.
            body: Its whole body.
            client: Who is answered.
        """
        headers = headers_of(scope)
        pairs = _pairs_of(scope, headers, body)
        if pairs is None:
            return None
        parameters = parameters_of(scope["query_string"], *pairs)
        asked = self.cache.new(scope, headers, parameters, body=body)
        if asked is None:
            return None
        trace = self.log.new_trace()
        trace.query = parameters.query
        asking = self.endpoint.asking(asked, trace.query_id)
        if asking is None:
            return None
        ride = Ride(self, asked, Flight(trace, asking.cancel), client)
        if not asking.begin(ride.arrive):
            return None
        self.cache.enter(asked.key, ride.flight)
        return ride


def _pairs_of(scope: Scope, headers: Headers, body: bytes) -> list[tuple[str, str]] | None:
    if not _ASIDE.isdisjoint(headers):
        return None
    return [] if scope["method"] == "GET" else body_pairs(headers, body)


@dataclass(frozen=True, slots=True)
class Ride:
    """A query on the short way."""

    express: Express
    asked: Asked
    flight: Flight
    client: Client

    def leave(self) -> None:
        """Note that the client has gone away."""
        self.flight.left = True
        self.express.cache.leave(self.asked.key, self.flight)

    def arrive(self, outcome: Outcome) -> None:
        """Take the outcome."""
        if not isinstance(outcome, Answer) or self.flight.left or not self._write(outcome):
            known = {OUTCOME: outcome, FLYING: (self.asked, self.flight)}
            self.asked.scope.update(put_trace(known, self.flight.trace))
            self.client.go_on()

    def _write(self, answer: Answer) -> bool:
        """Write an answer; False where it has to go the ordinary way."""
        if self.asked.key.gzip and len(answer.body) >= LEAST_BYTES:
            return False
        head = self.express.straight.head_of(_known_of(answer.media_type))
        if head is None:
            return False
        trace, cache = self.flight.trace, self.express.cache
        trace.version = answer.version
        reply = Reply(HTTPStatus.OK.value, head, [answer.body], whole=True)
        entry = cache.finish(self.asked, trace, reply)
        cache.end(self.asked.key, self.flight)
        self.flight.land(entry)
        if not self.client.write(entry, entry.status):
            return False
        trace.written = entry.status, len(entry.body)
        self.express.log.note(self.asked.scope, trace, trace.written)
        return True


@lru_cache(maxsize=64)
def _known_of(media_type: str) -> tuple[Header, ...]:
    return known_of(response_of(Answer(b"", media_type)))

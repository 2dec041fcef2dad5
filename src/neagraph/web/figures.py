"""What is counted of requests, for `/metrics`.

Everything here lives on one event loop, so plain numbers do; the client library of Prometheus
writes them out when it is asked to (`metrics`).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

BOUNDS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0)
"""Upper bounds of the classes of durations, in seconds."""
_PLACES: Final = frozenset(
    [
        *("sparql", "update", "graphs", "doc", "id", "ontology", "dump.nq.gz"),
        *("history", "health", "metrics", "admin", "static", ".well-known"),
    ]
)
_METHODS: Final = frozenset(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY"])


@dataclass(slots=True)
class Row:
    """Requests of one kind: how many in each class of durations, and their sum in seconds."""

    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0


class Figures:
    """Requests by place, method and status."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, int], Row] = {}

    def count(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        kind = (place_of(path), method if method in _METHODS else "other", status)
        row = self.rows.get(kind)
        if row is None:
            row = self.rows[kind] = Row()
        row.classes[bisect_left(BOUNDS, seconds)] += 1
        row.seconds += seconds


@lru_cache(maxsize=1024)
def place_of(path: str) -> str:
    """Return the part of the site that a path belongs to; there are only a few."""
    first = path[1:].partition("/")[0]
    if first in _PLACES:
        return "/" + first
    if first.startswith(("ontology.", "history.")):
        return "/" + first.partition(".")[0]
    return "other" if first else "/"

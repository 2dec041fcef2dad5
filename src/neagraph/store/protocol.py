"""What every store offers.

The default graph of a query is the deduplicated union of all named graphs, asserted and entailed
(`Scope.ALL`), or of the asserted ones alone (`Scope.ASSERTED`). GRAPH sees each source's own
graph, and the graph of entailed triples in the first case.
"""

from __future__ import annotations

from typing import Protocol

from neagraph.model import Answer, Limits, QueryRequest


class Store(Protocol):
    """A dataset at one version."""

    def answer(self, request: QueryRequest, limits: Limits) -> Answer:
        """Return the whole answer of a query.

        Raises:
            QueryError: If the query cannot be parsed or evaluated.
            RefusedError: If it asks for what is not permitted.
            NotAcceptableError: If its kind of result has no format that the client accepts.
            QueryTimeoutError: If it took longer than its limit; it has been ended.
            LimitError: If its answer is larger than its limit.
            WorkerError: If its process ended without an answer.
        """
        ...

    def close(self) -> None:
        """End the store's processes; every later call fails."""
        ...

"""Frozen values that travel between the floors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Which triples make up the default graph of a query."""

    ALL = "all"
    """The union of all named graphs, entailed triples included."""
    ASSERTED = "asserted"
    """The same without entailed triples."""


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A SPARQL query as it was received, decoded once and never edited.

    Args:
        text: The query.
        results_format: Name of the results format for SELECT and ASK; None if the client accepts
            none.
        graph_format: Name of the graph format for CONSTRUCT and DESCRIBE; None as above.
        scope: Which triples the default graph holds.
        default_graphs: IRIs of `default-graph-uri`; empty for the service's own default graph.
        named_graphs: IRIs of `named-graph-uri`; empty for all.
        substitutions: Variable name (without `?`) and the N-Triples form of the term it stands for.
    """

    text: str
    results_format: str | None = "json"
    graph_format: str | None = "turtle"
    scope: Scope = Scope.ALL
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    substitutions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete, serialised answer.

    Args:
        body: The bytes of the representation.
        media_type: Its media type, without parameters.
    """

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use.

    Args:
        seconds: Time from the fork of its process to the end of its answer.
        answer_bytes: Size of its answer.
        memory_bytes: Address space beyond what the process has when it is forked.
    """

    seconds: float = 30.0
    answer_bytes: int = 256 * 1024 * 1024
    memory_bytes: int = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a graph was read from.

    Args:
        path: Path inside the project, with slashes.
        sha256: Digest of its bytes, in hexadecimal.
    """

    path: str
    sha256: str

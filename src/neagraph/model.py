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
class Version:
    """A numbered state of the dataset.

    Args:
        number: Counts the commits of one state folder, from 0 for its first snapshot.
        digest: Digest of the quads, in hexadecimal; the same quads have the same digest anywhere.
    """

    number: int
    digest: str

    @property
    def etag(self) -> str:
        """The strong entity tag of everything that hangs on this version alone, unquoted."""
        return f"{self.digest[:16]}-{self.number}"


@dataclass(frozen=True, slots=True)
class Changeset:
    """The net difference between two states of the dataset.

    Args:
        added: N-Quads lines without line ends, sorted; none of them was there before.
        removed: The same of what was there; nothing is both added and removed.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def inverse(self) -> Changeset:
        """Return what undoes this."""
        return Changeset(self.removed, self.added)


@dataclass(frozen=True, slots=True)
class Commit:
    """An entry of the commit log.

    Args:
        version: The state after it.
        time: When it was acknowledged, UTC, ISO 8601 to the second, such as 2026-11-22T14:00:00Z.
        author: Name of the token that wrote it, or `build`.
        message: What it is about, one line; may be empty.
        changeset: What it changed, entailed triples included.
    """

    version: Version
    time: str
    author: str
    message: str
    changeset: Changeset


class WriteKind(StrEnum):
    """What a write does."""

    UPDATE = "update"
    """Runs a SPARQL update."""
    PUT = "put"
    """Replaces a graph."""
    POST = "post"
    """Merges triples into a graph."""
    DELETE = "delete"
    """Deletes a graph."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write as it was received, decoded once.

    Args:
        kind: What it does.
        text: The SPARQL update; a PATCH of a graph is one as well.
        bodies: RDF bodies and the names of their formats, for PUT and POST.
        graph: The graph of PUT, POST, DELETE and PATCH; None for the default graph.
        base: What relative IRIs are resolved against.
        using_graphs: IRIs of `using-graph-uri`.
        using_named_graphs: IRIs of `using-named-graph-uri`.
    """

    kind: WriteKind
    text: str = ""
    bodies: tuple[tuple[bytes, str], ...] = ()
    graph: str | None = None
    base: str = ""
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunningQuery:
    """A query or trial write that is being worked on or waits for its turn.

    Args:
        id: Its query id.
        text: Its text, as sent.
        seconds: How long it has been running; 0 while it waits.
    """

    id: str
    text: str
    seconds: float


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
        base: What relative IRIs of the query are resolved against; empty allows only absolute ones.
        undo: What is to be taken back before the query runs, to read an earlier version.
        id: Query id, for logs and for cancelling; empty where nobody needs one.
    """

    text: str
    results_format: str | None = "json"
    graph_format: str | None = "turtle"
    scope: Scope = Scope.ALL
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    substitutions: tuple[tuple[str, str], ...] = ()
    base: str = ""
    undo: Changeset | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete, serialised answer.

    Args:
        body: The bytes of the representation.
        media_type: Its media type, without parameters.
        version: The state of the dataset that it was answered from; None where none is known.
    """

    body: bytes
    media_type: str
    version: Version | None = None


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

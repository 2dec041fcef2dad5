"""Errors that tell what is wrong, where, and what to do next.

Every error of the project is a `NeagraphError`. The command line, JSON answers and pages are all
made from the same three texts; `code` is the stable word that programs may rely on and
`exit_code` is the exit status of the command line: 1 for data that were read and found wanting,
2 for input that could not be read or used.
"""

from __future__ import annotations

from typing import ClassVar


class NeagraphError(Exception):
    """A problem that the user can act on.

    Args:
        message: What is wrong, one sentence, with the offending value.
        hint: What to do next, one sentence; empty where there is nothing to add.
        where: The place, such as `file.ttl:12:5`; empty where there is none.
        details: Further lines, one per single problem, for errors that collect several.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 2

    def __init__(
        self, message: str, *, hint: str = "", where: str = "", details: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where
        self.details = details

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        lines = [place + self.message, *(f"  {detail}" for detail in self.details)]
        return "\n".join([*lines, f"→ {self.hint}"] if self.hint else lines)


class UsageError(NeagraphError):
    """An argument, option or setting that cannot be used."""

    code = "usage"


class UnreadableError(NeagraphError):
    """A file or body that cannot be read as what it should be."""

    code = "unreadable"


class RdfSyntaxError(UnreadableError):
    """RDF text with a syntax error; `where` ends with line and column where they are known."""

    code = "rdf-syntax"


class LimitError(NeagraphError):
    """Input or output beyond a stated limit."""

    code = "limit"


class FormatError(NeagraphError):
    """A file suffix, media type or format name that is not known, or not fit for the content."""

    code = "format"


class NotAcceptableError(NeagraphError):
    """None of the media types that a client accepts can be produced."""

    code = "not-acceptable"


class NotFoundError(NeagraphError):
    """A name or address that stands for nothing here."""

    code = "not-found"


class QueryError(NeagraphError):
    """A SPARQL query that cannot be parsed or run.

    Args:
        line: Line of the problem, from 1; None where the engine gives no place.
        column: Column of the problem, from 1; None as above.
    """

    code = "query"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        where: str = "",
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.line = line
        self.column = column


class RefusedError(NeagraphError):
    """A request that is understood and not permitted, such as SERVICE."""

    code = "refused"


class QueryTimeoutError(NeagraphError):
    """A query that was ended at its deadline."""

    code = "timeout"


class BusyError(NeagraphError):
    """Too many requests are waiting; ask again a little later."""

    code = "busy"


class CancelledError(NeagraphError):
    """A query that an administrator, or the client by going away, has cancelled."""

    code = "cancelled"


class PreconditionError(NeagraphError):
    """The state is not the one that the client wants (If-Match, If-None-Match)."""

    code = "precondition"


class UnauthorizedError(NeagraphError):
    """A request that needs a token, or one with a token that is not known."""

    code = "unauthorized"


class TooManyTokensError(UnauthorizedError):
    """A wrong token from where too many have come from already."""

    code = "too-many-tokens"


class TokensError(NeagraphError):
    """A file of tokens that is damaged, or that others than its owner may change."""

    code = "tokens"


class RemoteError(NeagraphError):
    """Another server, asked for by SERVICE or LOAD, that gave no answer that can be used."""

    code = "remote"


class HistoryError(NeagraphError):
    """A commit log that cannot be read or written, or a version that it does not hold."""

    code = "history"


class WorkerError(NeagraphError):
    """A query process that ended without an answer, for another reason than its deadline."""

    code = "worker"


class CatalogueError(NeagraphError):
    """A query file whose header or text breaks the rules of the catalogue."""

    code = "catalogue"


class UnsupportedAxiomError(NeagraphError):
    """An OWL axiom outside the OWL 2 RL rules, named in the message."""

    code = "unsupported-axiom"


class ShapesError(NeagraphError):
    """A shapes graph that is not one."""

    code = "shapes"


class SnapshotError(NeagraphError):
    """A snapshot that is missing, damaged or of another version."""

    code = "snapshot"


class InconsistencyError(NeagraphError):
    """Data that contradict the axioms; `details` names individuals and axioms."""

    code = "inconsistent"
    exit_code = 1


class NotConformingError(NeagraphError):
    """Data that violate the shapes; `details` holds the readable report.

    Args:
        report: The W3C validation report as Turtle; empty where nobody asked for it.
    """

    code = "not-conforming"
    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        where: str = "",
        details: tuple[str, ...] = (),
        report: str = "",
    ) -> None:
        super().__init__(message, hint=hint, where=where, details=details)
        self.report = report

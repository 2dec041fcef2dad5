"""Parsing what strangers have sent, in a process that may die.

The engine's parsers call themselves for each brace or quoted triple, so a text that is nested
deeply enough ends the process that parses it; that must not be the one that serves.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

from neagraph.errors import NeagraphError, QueryError, RdfSyntaxError
from neagraph.rdf.formats import GraphFormat, graph_format_by_name
from neagraph.rdf.io import parse
from neagraph.rdf.terms import DefaultGraph
from neagraph.rdf.update_text import read_update

_SECONDS: Final = 10.0
_MEMORY: Final = 2 * 1024**3


def check_update(text: str, *, base: str = "") -> None:
    """Raise QueryError, with line and column where they are known, for a malformed update.

    It takes a tenth of a second, for the process that parses.

    Args:
        text: The update.
        base: What relative IRIs are resolved against; empty allows only absolute ones.
    """
    told = _apart("check", text, base, failed=_unparsable)
    if told is not None:
        raise QueryError(**told)


def ntriples_apart(data: bytes, fmt: GraphFormat, *, base: str) -> str:
    """Return untrusted RDF as N-Triples lines; it is parsed in a process that may die.

    Args:
        data: The text, which must hold no named graph.
        fmt: Its format.
        base: What relative IRIs are resolved against, and what messages call it.

    Raises:
        RdfSyntaxError: If it is not readable, or holds a named graph.
    """

    def failed(reason: str) -> RdfSyntaxError:
        return RdfSyntaxError(f"It cannot be read: {reason}.", where=base)

    told = _apart("read", data.decode(errors="replace"), base, fmt.name, failed=failed)
    if "message" in told:
        raise RdfSyntaxError(**told)
    return str(told["lines"])


def _apart(*arguments: str, failed: Callable[[str], NeagraphError]) -> Any:  # noqa: ANN401  JSON
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module
            [sys.executable, "-m", __name__],
            input=json.dumps(arguments).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise failed("it takes too long") from error
    if done.returncode != 0:
        raise failed("it is nested too deeply, or too large")
    return json.loads(done.stdout)


def _unparsable(reason: str) -> QueryError:
    return QueryError(f"The update cannot be parsed: {reason}.", hint="Send several short ones.")


def _problem_of(text: str, base: str) -> dict[str, str | int | None] | None:
    """Return what is wrong with an update, as arguments of QueryError; None for nothing."""
    try:
        read_update(text, base=base)
    except QueryError as error:
        names = ("message", "hint", "where", "line", "column")
        return {name: getattr(error, name) for name in names}
    return None


def _read(text: str, base: str, name: str) -> dict[str, str]:
    try:
        fmt = graph_format_by_name(name)
        quads = parse(text.encode(), fmt, source=base, base=base, may_be_empty=True)
    except NeagraphError as error:
        return {"message": error.message, "hint": error.hint, "where": error.where}
    if any(quad.graph_name != DefaultGraph() for quad in quads):
        return {"message": "It holds named graphs, and is to go into one graph.", "where": base}
    return {"lines": "".join(f"{quad.triple} .\n" for quad in quads)}


def main() -> None:
    """Do what standard input says, and write the outcome to standard output; both are JSON."""
    do, *arguments = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # no further file, and no connection
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    work: dict[str, Callable[..., Any]] = {"check": _problem_of, "read": _read}
    json.dump(work[do](*arguments), sys.stdout)


if __name__ == "__main__":
    main()

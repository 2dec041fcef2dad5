"""What can be told of a SPARQL query from its text: the words it uses, and where it went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin

from neagraph.errors import QueryError
from neagraph.vocab import PREFIXES

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
        | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>[\w.\-]*:(?:[\w.\-:%]|\\.)*)
    | (?P<word>\w+)
    | (?P<other>\S)
    """,
    re.VERBOSE | re.DOTALL,
)
_ENGINE_ERROR = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_EXPECTED = re.compile(r'"(?:\\.|[^"\\])*"|\[[^\]]*\]|[^,\[\]"]+')
_SHOWN = 6
_LONGEST = 40
_LAST_ALTERNATIVES = frozenset({"OPTIONAL", "CONSTRUCT"})


class Token(NamedTuple):
    """A token of a query: its kind, its text, and its offsets in characters (half-open)."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, comments left out (SPARQL 1.1, section 19.8, simplified)."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind != "comment":
            yield Token(kind, match[0], match.start(), match.end())


def without_service(text: str) -> str | None:
    """Return the query with each SERVICE as a GRAPH of the same length; None if it has none.

    The result serves only to check the syntax: places in it are places in the original.
    """
    found = [token for token in tokens(text) if token.kind == "word"]
    words = [t for t in found if t.text.upper() in {"SERVICE", "SILENT"}]
    if not any(t.text.upper() == "SERVICE" for t in words):
        return None
    for token in words:
        instead = "GRAPH" if token.text.upper() == "SERVICE" else ""
        text = text[: token.start] + instead.ljust(len(token.text)) + text[token.end :]
    return text


def default_graphs(text: str) -> tuple[str, ...]:
    """Return the IRIs of the FROM clauses of a query, FROM NAMED left out.

    Only clauses that are written with absolute IRIs, declared prefixes and BASE are told.
    """
    return _from_clauses(text)[0]


def named_graphs(text: str) -> tuple[str, ...]:
    """Return the IRIs of the FROM NAMED clauses of a query; otherwise as `default_graphs`."""
    return _from_clauses(text)[1]


def _from_clauses(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: tuple[list[str], list[str]] = ([], [])
    prefixes: dict[str, str] = {}
    base, before, last = "", "", ""
    for token in tokens(text):
        iri = urljoin(base, token.text[1:-1]) if token.kind == "iri" else ""
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            iri = prefixes.get(prefix, "") + local
        if last == "BASE":
            base = iri
        elif before == "PREFIX":
            prefixes[last.removesuffix(":")] = iri
        elif iri and "FROM" in (last, before) and last in {"FROM", "NAMED"}:
            found[last == "NAMED"].append(iri)
        before, last = last, token.text if token.kind == "name" else token.text.upper()
    return tuple(found[0]), tuple(found[1])


def syntax_error(text: str, engine_message: str) -> QueryError:
    """Return our form of the engine's syntax error: line, column and the first few expectations.

    Args:
        text: The query.
        engine_message: What the engine said, `error at LINE:COLUMN: expected …`.
    """
    operation = _update_operation(text)
    if operation:
        return QueryError(
            f"{operation} is an update, and only queries are answered here.",
            hint="Begin with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )
    match = _ENGINE_ERROR.match(engine_message)
    if match is None:
        return QueryError(f"The query cannot be parsed: {engine_message}.", hint=_HINT)
    line, column = int(match[1]), int(match[2])
    name = _undeclared(text, before=_offset(text, line, column))
    if name is not None:
        return _unknown_prefix(text, name)
    return QueryError(
        f"The query has a syntax error {_near(text, line, column)}{_expected(match[3])}.",
        hint=_HINT,
        where=f"line {line}, column {column}",
        line=line,
        column=column,
    )


_HINT = "Mend the query there; a missing dot, brace or prefix often shows a little later."


_UPDATES = frozenset(
    ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]
)


def _update_operation(text: str) -> str:
    """Return the operation if the text is an update, which begins with one after its prologue."""
    words = (t.text.upper() for t in tokens(text) if t.kind == "word")
    first = next((word for word in words if word not in {"PREFIX", "BASE"}), "")
    return first if first in _UPDATES else ""


def _undeclared(text: str, *, before: int) -> Token | None:
    """Return the first prefixed name, up to an offset, whose prefix the query does not declare."""
    declared = {"_"}
    previous = ""
    for token in tokens(text):
        if token.kind == "name" and token.start <= before:
            prefix = token.text.split(":")[0]
            if previous == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                return token
        previous = token.text.upper()
    return None


def _unknown_prefix(text: str, name: Token) -> QueryError:
    prefix = name.text.split(":")[0]
    before = text[: name.start]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return QueryError(
        f'The prefix "{prefix}:" is not declared.',
        hint=f"Add at the top: PREFIX {prefix}: <{PREFIXES.get(prefix, '…')}>",
        where=f"line {line}, column {column}",
        line=line,
        column=column,
    )


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(part) + 1 for part in lines[: line - 1]) + column - 1


def _near(text: str, line: int, column: int) -> str:
    offset = _offset(text, line, column)
    found = next((token.text for token in tokens(text) if token.end >= offset), "")
    return f'near "{found[:_LONGEST]}"' if found.strip() else "near its end"


def _expected(listing: str) -> str:
    """Return what would fit there, if the engine's list can be trusted to say so.

    Its grammar names the last alternative that it tried, or "any character", where it has really
    met the end of a longer construct; such lists would send the reader the wrong way.
    """
    plain = [part.strip() for part in _EXPECTED.findall(listing)]
    shown = [p.replace('\\"', '"') for p in plain if p and not p.startswith(("[", "|"))]
    if any("unbound" in part for part in shown):
        return ": a variable after SELECT is neither grouped nor bound"
    if not shown or "[_]" in listing or shown[0] in _LAST_ALTERNATIVES:
        return ""
    more = ", …" if len(shown) > _SHOWN else ""
    return "; expected " + ", ".join(shown[:_SHOWN]) + more

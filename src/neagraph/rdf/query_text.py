"""What can be told of a SPARQL query from its text: the words it uses, and where it went wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urljoin

from neagraph.errors import QueryError
from neagraph.vocab import PREFIXES

_LONG_STRINGS = r"""
    \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | \'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'
"""
_TOKENS = r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | (?P<string>LONG "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<unfinished>"(?:[^"\\\n\r]|\\.)* | '(?:[^'\\\n\r]|\\.)*)
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>(?<![\w.\-])[\w.\-]*+:(?:[\w.\-:%]|\\.)*)
    | (?P<word>\w+)
    | (?P<other>\S)
"""
_LONG_OPENING = r"(?P<opening>\"\"\"|\'\'\') |"
# Each part of a text is looked at a bounded number of times, whatever stands in it: a long string
# that is not finished is met once, and from there on there are none.
_TOKEN = re.compile(
    _TOKENS.replace("LONG", f"{_LONG_STRINGS} ) | {_LONG_OPENING} (?P<short>"),
    re.VERBOSE | re.DOTALL,
)
_TOKEN_WITHOUT_LONG = re.compile(_TOKENS.replace("LONG", ""), re.VERBOSE | re.DOTALL)
_ENGINE_ERROR = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_EXPECTED = re.compile(r'"(?:\\.|[^"\\])*"|\[[^\]]*\]|[^,\[\]"]+')
_STAR = re.compile(r"\*\s*(?:FROM|WHERE|\{|#)", re.IGNORECASE)
_MODIFIERS = frozenset({"DISTINCT", "REDUCED"})
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
    for match in _matches(text):
        kind = match.lastgroup or "other"
        if kind != "comment":
            yield Token(_KINDS.get(kind, kind), match[0], match.start(), match.end())


_KINDS = {"short": "string", "unfinished": "other"}


def _matches(text: str) -> Iterator[re.Match[str]]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "opening":
            yield from _TOKEN_WITHOUT_LONG.finditer(text, match.start())
            return
        yield match


def with_variables(text: str, names: Collection[str]) -> str | None:
    """Return a query with the star of its outermost SELECT as variables, in the text's order.

    Args:
        text: A query that can be parsed.
        names: Names of the variables that the star stands for.

    Returns:
        None if there is no such star, or nothing that it stands for.
    """
    if not names or _STAR.search(text) is None:
        return None
    found = list(tokens(text))
    first = next((i for i, t in enumerate(found) if t.text.upper() == "SELECT"), len(found))
    star = next((t for t in found[first + 1 :] if t.text.upper() not in _MODIFIERS), None)
    if star is None or star.text != "*":
        return None
    met = dict.fromkeys(token.text[1:] for token in found if token.kind == "variable")
    ordered = [name for name in met if name in names]
    if len(ordered) < len(names):
        return None
    return f"{text[: star.start]} {' '.join(f'?{name}' for name in ordered)} {text[star.end :]}"


def without_service(text: str) -> str | None:
    """Return the query with each SERVICE as a GRAPH of the same length; None if it has none.

    The result serves only to check the syntax: places in it are places in the original. The
    engine's grammar asks for no space around a keyword, so one is found inside a longer word, too.
    """
    if not _may_hold("service", text):
        return None
    found = [t for t in tokens(text) if t.kind in {"word", "name", "other"}]
    services = [t for i, t in enumerate(found) if _holds_service(t, found[i - 1 : i + 2 : 2])]
    if not services:
        return None
    instead = {token: _SERVICE.sub(_as_graph, token.text) for token in services}
    instead |= {token: " " * len(token.text) for token in found if token.text.upper() == "SILENT"}
    return replaced(text, instead)


def _may_hold(word: str, text: str) -> bool:
    """Return whether a keyword may stand in a query, at a glance; an escape may hide it."""
    return "\\" in text or word in text.lower()


def replaced(text: str, instead: Mapping[Token, str]) -> str:
    """Return the text with other words in the places of some of its tokens."""
    pieces, end = [], 0
    for token in sorted(instead, key=lambda token: token.start):
        pieces += [text[end : token.start], instead[token]]
        end = token.end
    return "".join([*pieces, text[end:]])


_SERVICE = re.compile("SERVICE(?:SILENT)?", re.IGNORECASE)


def _as_graph(match: re.Match[str]) -> str:
    return "GRAPH".ljust(len(match[0]))


def _holds_service(token: Token, neighbours: list[Token]) -> bool:
    """Return whether the engine may read the token as SERVICE, or as SERVICE and a prefix."""
    if token.kind == "word":
        return "SERVICE" in token.text.upper()
    prefix = token.text.partition(":")[0].upper() if token.kind == "name" else ""
    around = [t.text.upper() for t in neighbours]
    return "SERVICE" in prefix and around[-1:] == ["{"] and around[0] != "GRAPH"


def default_graphs(text: str, *, base: str = "") -> tuple[str, ...]:
    """Return the IRIs of the FROM clauses of a query, FROM NAMED left out.

    Relative IRIs are resolved against BASE, or else against the given base.
    """
    return _from_clauses(text, base)[0]


def named_graphs(text: str, *, base: str = "") -> tuple[str, ...]:
    """Return the IRIs of the FROM NAMED clauses of a query; otherwise as `default_graphs`."""
    return _from_clauses(text, base)[1]


def _from_clauses(text: str, base: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: tuple[list[str], list[str]] = ([], [])
    if not _may_hold("from", text):
        return (), ()
    prefixes: dict[str, str] = {}
    before, last = "", ""
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


def syntax_error(text: str, engine_message: str, *, what: str = "query") -> QueryError:
    """Return our form of the engine's syntax error: line, column and the first few expectations.

    Args:
        text: The query.
        engine_message: What the engine said, `error at LINE:COLUMN: expected …`.
        what: What the text was to be: `query` or `update`.
    """
    wrong = _wrong_kind(text, what)
    if wrong is not None:
        return wrong
    match = _ENGINE_ERROR.match(engine_message)
    if match is None:
        return QueryError(f"The {what} cannot be parsed: {engine_message}.", hint=_HINT)
    line, column = int(match[1]), int(match[2])
    name = _undeclared(text, before=_offset(text, line, column))
    if name is not None:
        return _unknown_prefix(text, name)
    return QueryError(
        f"The {what} has a syntax error {_near(text, line, column)}{_expected(match[3])}.",
        hint=_HINT,
        where=f"line {line}, column {column}",
        line=line,
        column=column,
    )


_HINT = "Mend it there; a missing dot, brace or prefix often shows a little later."


_UPDATES = frozenset(
    ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]
)


_QUERIES = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])


def _wrong_kind(text: str, what: str) -> QueryError | None:
    """Return the error of an update sent as a query, or the other way round; None for neither."""
    words = (t.text.upper() for t in tokens(text) if t.kind == "word")
    first = next((word for word in words if word not in {"PREFIX", "BASE"}), "")
    if what == "query" and first in _UPDATES:
        return QueryError(
            f"{first} is an update, and only queries are answered here.",
            hint="Begin with SELECT, ASK, CONSTRUCT or DESCRIBE; updates go to /update.",
        )
    if what == "update" and first in _QUERIES:
        return QueryError(
            f"{first} is a query, and only updates are run here.",
            hint="Begin with INSERT, DELETE or another operation; queries go to /sparql.",
        )
    return None


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

"""SERVICE and LOAD, done by our own client before a query or update reaches the store.

The solutions of SERVICE are put in its place as VALUES, the triples of LOAD as INSERT DATA, so the
engine, whose own client knows neither deadline nor limit, never opens a connection.

Source: W3C "SPARQL 1.1 Federated Query"; "SPARQL 1.1 Update", section 3.1.4.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from neagraph.errors import (
    FormatError,
    LimitError,
    NeagraphError,
    QueryError,
    RefusedError,
    RemoteError,
)
from neagraph.fetching import FederationPolicy, Fetched, fetch
from neagraph.model import Answer, QueryRequest, Write
from neagraph.rdf.apart import check_update, ntriples_apart
from neagraph.rdf.formats import (
    GRAPH_FORMATS,
    RESULTS_FORMATS,
    GraphFormat,
    graph_format_by_path,
)
from neagraph.rdf.query_text import Token, tokens, without_service
from neagraph.rdf.syntax import end_of_prologue
from neagraph.rdf.terms import Literal, NamedNode, Variable

__all__ = ["FederationPolicy", "answer_federated", "asks_others", "expand", "load"]

_MOST_REMOTES: Final = 8
_SERVICE: Final = "SERVICE"
_NEUTRAL: Final = "{}"
_NOTHING: Final = "INSERT DATA {}"
_FETCHABLE: Final = frozenset({"http", "https", "file", "ftp"})
_RESULTS: Final = RESULTS_FORMATS[0].media_type
_GRAPHS: Final = ", ".join(f.media_type for f in GRAPH_FORMATS if not f.holds_named_graphs)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LOCAL_ESCAPE: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class _Remote:
    """A SERVICE clause or LOAD operation, and where it stands in the text (half-open).

    Args:
        start: Offset of its first character.
        end: Offset behind its last one.
        silent: Whether a failure is to count as nothing.
        iri: The absolute address that is asked.
        inner: The group that is sent, with braces; for LOAD, the target graph as it is written.
    """

    start: int
    end: int
    silent: bool
    iri: str
    inner: str


def answer_federated(
    request: QueryRequest, policy: FederationPolicy, *, answer: Callable[[QueryRequest], Answer]
) -> Answer:
    """Return the answer of a query, whose SERVICE clauses other servers answer first; blocks.

    Args:
        request: The query.
        policy: Which servers may be asked.
        answer: Answers a query without SERVICE, and refuses a well-formed one with it; so what is
            malformed is told as such before anybody is asked.

    Raises:
        RefusedError: If a server may not be asked, or SERVICE cannot be dealt with here.
        RemoteError: If a server gives no answer that can be used, and SILENT does not stand there.
        LimitError: If it sends too much.
        NeagraphError: Whatever `answer` raises.
    """
    if not asks_others(request.text):
        return answer(request)
    try:
        return answer(request)
    except RefusedError:
        if not policy.allowed:
            raise
    return answer(expand(request, policy))


def expand(request: QueryRequest, policy: FederationPolicy) -> QueryRequest:
    """Return a well-formed query with the solutions of each SERVICE in its place; blocks.

    Raises:
        RefusedError, RemoteError, LimitError: As `answer_federated`.
    """
    services = _services(request.text, base=request.base)
    for service in services:  # nobody is asked before all are known to be permitted
        policy.require_allowed(service.iri)
    until = time.monotonic() + policy.max_seconds
    prologue = _prologue(request)
    pieces = [(service, _values_of(service, prologue, policy, until=until)) for service in services]
    return replace(request, text=_replaced(request.text, pieces))


def asks_others(text: str) -> bool:
    """Whether a query holds SERVICE."""
    return _SERVICE in text.upper() and without_service(text) is not None


def load(write: Write, policy: FederationPolicy) -> Write:
    """Return the write with what each LOAD fetches in its place, as INSERT DATA; blocks.

    A LOAD SILENT that fails does nothing (SPARQL 1.1 Update, section 3.1.4). What may not be asked
    is refused, SILENT or not; an address that nobody could ask, such as `urn:x`, is a failure.

    Raises:
        QueryError: If the update cannot be parsed; nobody is asked then.
        RefusedError: If the server may not be asked.
        RemoteError: If it gives no answer that can be used.
        LimitError: If it sends too much.
        UnreadableError: If what it sends is not readable as RDF.
    """
    if not any(_is(token, "LOAD") for token in tokens(write.text)):
        return write
    check_update(write.text, base=write.base)
    loads = _loads(write.text, base=write.base)
    for operation in loads:
        if not operation.silent or _scheme(operation.iri) in _FETCHABLE:
            _require_permitted(operation, policy)
    until = time.monotonic() + policy.max_seconds
    pieces = [(operation, _insert_of(operation, policy, until=until)) for operation in loads]
    return replace(write, text=_replaced(write.text, pieces))


def _scheme(iri: str) -> str:
    return iri.partition(":")[0].lower()


def _require_permitted(operation: _Remote, policy: FederationPolicy) -> None:
    if not policy.allowed:
        raise RefusedError(
            "LOAD is not permitted here: this service fetches nothing.",
            where=operation.iri,
            hint="Send the triples with PUT or POST to /graphs?graph=…",
        )
    policy.require_allowed(operation.iri)


def _replaced(text: str, pieces: Sequence[tuple[_Remote, str]]) -> str:
    for remote, instead in reversed(pieces):
        text = f"{text[: remote.start]} {instead} {text[remote.end :]}"
    return text


def _is(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def _iris(found: Sequence[Token], *, base: str) -> dict[int, str]:
    """Return place to IRI for the tokens that stand for one, by what is declared before them."""
    prefixes, iris = dict[str, str](), dict[int, str]()
    for place, token in enumerate(found):
        if token.kind == "iri":
            iris[place] = urljoin(base, _unescaped(token.text[1:-1]))
        prefix, _, local = token.text.partition(":")
        if token.kind == "name" and prefix in prefixes:
            iris[place] = prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)
        if place and _is(found[place - 1], "BASE"):
            base = iris.get(place, base)
        elif place > 1 and _is(found[place - 2], "PREFIX"):
            prefixes[found[place - 1].text.partition(":")[0]] = iris.get(place, "")
    return iris


def _unescaped(iri: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), iri)


def _services(text: str, *, base: str) -> list[_Remote]:
    """Return the SERVICE clauses of a well-formed query, in order."""
    found, services = list(tokens(text)), list[_Remote]()
    iris = _iris(found, base=base)
    for place, token in enumerate(found):
        if services and token.start < services[-1].end:
            if _is(token, "SERVICE"):
                raise RefusedError("A SERVICE inside a SERVICE is not dealt with here.")
        elif _is(token, "SERVICE"):
            services.append(_service(text, found, place, iris))
    if not services or without_service(_replaced(text, [(s, "") for s in services])) is not None:
        raise RefusedError(
            "SERVICE stands in a way that is not dealt with here.",
            hint="Write SERVICE as a word of its own, with spaces around it.",
        )
    _require_few_remotes(len(services), "SERVICE")
    return services


def _require_few_remotes(number: int, word: str) -> None:
    if number > _MOST_REMOTES:
        raise RefusedError(
            f"{word} stands there {number} times; at most {_MOST_REMOTES} are done.",
            hint="Ask in several requests.",
        )


def _service(text: str, found: Sequence[Token], place: int, iris: Mapping[int, str]) -> _Remote:
    silent = _is(found[place + 1], "SILENT")
    target = place + 1 + silent
    iri = iris.get(target)
    if iri is None:
        raise RefusedError(
            f"SERVICE {found[target].text} names no server.",
            hint="Write the address of the server in the query: SERVICE <https://…>",
        )
    last = _closing(found, target + 1)
    inner = text[found[target + 1].start : found[last].end]
    return _Remote(found[place].start, found[last].end, silent, iri, inner)


def _closing(found: Sequence[Token], opening: int) -> int:
    """Return the place of the brace that closes the one at a place."""
    depth = 0
    for place in range(opening, len(found)):
        depth += {"{": 1, "}": -1}.get(found[place].text, 0)
        if depth == 0:
            return place
    raise QueryError("A brace after SERVICE is not closed.", hint="Close it.")


def _prologue(request: QueryRequest) -> str:
    """Return the declarations that the query begins with, the base of the request first."""
    text = request.text
    end = end_of_prologue(text)
    declared = " ".join(token.text for token in tokens(text) if token.end <= end)
    return (f"BASE <{request.base}> " if request.base else "") + declared


def _values_of(service: _Remote, prologue: str, policy: FederationPolicy, *, until: float) -> str:
    query = f"{prologue} SELECT * WHERE {service.inner}".strip()
    form = urlencode({"query": query}).encode()
    try:
        fetched = fetch(service.iri, policy, accept=_RESULTS, form=form, until=until)
        return _as_values(fetched, policy)
    except (RemoteError, LimitError):
        if service.silent:
            return _NEUTRAL
        raise


def _as_values(fetched: Fetched, policy: FederationPolicy) -> str:
    """Return SPARQL results in JSON as VALUES, made anew so that nothing else can come of them."""
    try:
        told = json.loads(fetched.body)
        names = [str(name) for name in told["head"]["vars"]]
        rows = told["results"]["bindings"]
        _require_few(rows, fetched.address, policy)
        variables = " ".join(str(Variable(name)) for name in names)
        values = ("(" + " ".join(_written(row.get(name)) for name in names) + ")" for row in rows)
        return f"VALUES ({variables}) {{ {' '.join(values)} }}"
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RemoteError(
            f"The answer of <{fetched.address}> is not readable as a table of SPARQL results "
            f"in JSON: {error}."
        ) from error
    except _BlankNodeError as error:
        raise RefusedError(
            f"The answer of <{fetched.address}> holds blank nodes, which mean nothing elsewhere.",
            hint="Select IRIs and literals inside SERVICE: { SELECT ?iri ?label { … } }",
        ) from error


class _BlankNodeError(Exception):
    """A blank node where only IRIs and literals can be taken."""


def _require_few(rows: Sequence[object], address: str, policy: FederationPolicy) -> None:
    if len(rows) > policy.max_rows:
        raise LimitError(
            f"<{address}> has {len(rows):,} solutions; at most {policy.max_rows:,} are taken.",
            hint="Narrow the pattern inside SERVICE.",
        )


def _written(term: Mapping[str, str] | None) -> str:
    """Return a term of the results as SPARQL writes it; ValueError for what is none."""
    if term is None:
        return "UNDEF"
    if term["type"] == "bnode":
        raise _BlankNodeError
    if term["type"] == "uri":
        return str(NamedNode(term["value"]))
    if term["type"] not in {"literal", "typed-literal"}:
        raise ValueError(f"a term of type {term['type']!r}")
    if "xml:lang" in term:
        return str(Literal(term["value"], language=term["xml:lang"]))
    datatype = term.get("datatype")
    return str(Literal(term["value"], datatype=NamedNode(datatype) if datatype else None))


def _loads(text: str, *, base: str) -> list[_Remote]:
    """Return the LOAD operations of a well-formed update, in order."""
    found = list(tokens(text))
    iris = _iris(found, base=base)
    places = [place for place, token in enumerate(found) if _is(token, "LOAD")]
    _require_few_remotes(len(places), "LOAD")
    return [_load(text, found, place, iris) for place in places]


def _load(text: str, found: Sequence[Token], place: int, iris: Mapping[int, str]) -> _Remote:
    silent = _is(found[place + 1], "SILENT")
    target = place + 1 + silent
    last, graph = target, ""
    if target + 3 < len(found) and _is(found[target + 1], "INTO"):
        last = target + 3
        graph = text[found[last].start : found[last].end]
    iri = iris.get(target)
    if iri is None:
        raise RefusedError(f"LOAD {found[target].text} names no document.")
    return _Remote(found[place].start, found[last].end, silent, iri, graph)


def _insert_of(operation: _Remote, policy: FederationPolicy, *, until: float) -> str:
    try:
        _require_permitted(operation, policy)
        fetched = fetch(operation.iri, policy, accept=_GRAPHS, until=until)
        triples = ntriples_apart(fetched.body, _format_of(fetched), base=fetched.address)
    except NeagraphError:
        if operation.silent:
            return _NOTHING
        raise
    inner = f"GRAPH {operation.inner} {{\n{triples}}}" if operation.inner else triples
    return f"INSERT DATA {{\n{inner}}}"


def _format_of(fetched: Fetched) -> GraphFormat:
    for fmt in GRAPH_FORMATS:
        if fetched.media_type in (fmt.media_type, *fmt.aliases):
            return fmt
    try:
        return graph_format_by_path(PurePosixPath(urlsplit(fetched.address).path))
    except FormatError as error:
        raise RemoteError(
            f'<{fetched.address}> is of the type "{fetched.media_type}", which is no RDF.'
        ) from error

"""What an answer depends on, read from a request before anything else looks at it.

Only these parts reach the handlers when an answer is to be kept, so an answer cannot depend on
anything that its key leaves out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from starlette.types import Scope

from neagraph.rdf.query_text import Token, tokens

Headers = dict[bytes, bytes]
Pairs = list[tuple[str, str]]

QUERY_PATH: Final = "/sparql"
QUERY_METHODS: Final = frozenset({"GET", "POST", "QUERY"})
MOST_BODY_BYTES: Final = 64 * 1024
"""Largest body of a query whose answer is kept."""
_MOST_REMEMBERED: Final = 4096
_MOST_ACCEPTED: Final = 1024
_UTF8: Final = re.compile(rb"\s*;\s*charset\s*=\s*\"?utf-?8\"?\s*", re.IGNORECASE)
_FUNCTIONS: Final = ("NOW", "RAND", "UUID", "BNODE")
_ESCAPE: Final = "\\u"
_PERHAPS: Final = ("\\U", *_FUNCTIONS, "SERVICE")
_FORWARDED: Final = (b"x-forwarded-host", b"x-forwarded-proto", b"forwarded")
_NO_GZIP: Final = re.compile(rb"gzip\s*;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|$)")


class Key(NamedTuple):
    """All that an answer depends on.

    Args:
        state: Tag of the version; empty where the parameters name one.
        path: The path as it was sent.
        parameters: The parameters in order of their names, from wherever they were sent.
        accept: What the client accepts, lower-cased, without blanks.
        gzip: Whether it takes gzip.
        host: The host that it asks, with the scheme and what proxies say of both.
    """

    state: str
    path: bytes
    parameters: bytes
    accept: bytes
    gzip: bool
    host: bytes

    def parts(self) -> tuple[bytes, ...]:
        """Return what tells one representation of a version from another."""
        gzip = b"gzip" if self.gzip else b""
        return self.path, self.parameters, self.accept, gzip, self.host


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request.

    Args:
        text: All of them in order of their names.
        pairs: The same in the order in which they were sent; empty where they cannot be read.
        query: The query, where there is one.
        version: The number of the version that they name, as it was sent; None for none.
        kept: Whether they get the same answer each time, from the same version.
    """

    text: bytes
    pairs: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    query: str = ""
    version: str | None = None
    kept: bool = True


def is_covered(path: str) -> bool:
    """Whether answers at a path hang on the dataset alone."""
    return path in {"/sparql", "/dump.nq.gz"} or path.startswith(("/doc/", "/ontology", "/graphs"))


def headers_of(scope: Scope) -> Headers:
    """Return the headers of a request by name; values of repeated ones are joined."""
    sent: list[tuple[bytes, bytes]] = scope["headers"]
    headers = dict(sent)
    if len(headers) < len(sent):
        headers = {}
        for name, value in sent:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def has_short_body(headers: Headers) -> bool:
    """Whether the body of a query is told to be short enough for its answer to be kept."""
    length = headers.get(b"content-length", b"")
    return length.isdigit() and int(length) <= MOST_BODY_BYTES


def key_of(
    scope: Scope, headers: Headers, state: str, *, parameters: Parameters | None = None
) -> Key:
    """Return the key of a request.

    Args:
        scope: The request.
        headers: Its headers, from `headers_of`.
        state: Tag of the current version.
        parameters: Those of the address and the body together, for requests with a body.
    """
    if parameters is None:
        sent: bytes = scope["query_string"]
        short = len(sent) <= _MOST_REMEMBERED
        parameters = _remembered(sent) if short else parameters_of(sent)
    host = headers.get(b"host", b"") + scope["scheme"].encode()
    for name in _FORWARDED:
        if name in headers:
            host += b"\n" + headers[name]
    return Key(
        state if parameters.version is None else "",
        scope.get("raw_path") or scope["path"].encode(),
        parameters.text,
        _without_blanks(headers.get(b"accept", b"")[:_MOST_ACCEPTED]),
        takes_gzip(headers.get(b"accept-encoding", b"")[:_MOST_ACCEPTED]),
        host,
    )


def parameters_of(query_string: bytes, *others: tuple[str, str]) -> Parameters:
    """Return parameters in one order; text that cannot be read stays as it is.

    Args:
        query_string: Those of the address.
        others: Those of a body.
    """
    try:
        sent = (*_pairs(query_string), *others)
        pairs = sorted(sent)
    except ValueError:
        return Parameters(query_string, kept=False)
    last = dict(pairs)
    query = last.get("query", "")
    kept = "update" not in last and not is_volatile(query)
    return Parameters(_as_bytes(pairs), sent, query, last.get("version"), kept)


def _as_bytes(pairs: Pairs) -> bytes:
    """Return parameters as bytes that no others have: each text follows its length."""
    texts = (text.encode() for pair in pairs for text in pair)
    return b"".join(b"%d:%b" % (len(text), text) for text in texts)


_remembered = lru_cache(maxsize=1024)(parameters_of)


def body_pairs(headers: Headers, body: bytes) -> Pairs | None:
    """Return the parameters in the body of a query; None if it is not one that is understood."""
    media_type, semicolon, options = headers.get(b"content-type", b"").partition(b";")
    if semicolon and not _UTF8.fullmatch(semicolon + options):
        return None
    try:
        match media_type.strip().lower():
            case b"application/sparql-query":
                return [("query", body.decode())]
            case b"application/x-www-form-urlencoded":
                return _pairs(body)
    except ValueError:
        pass
    return None


def is_volatile(query: str) -> bool:
    """Whether a query may have another answer each time, from the same data.

    It may if NOW, RAND, UUID, STRUUID, BNODE or SERVICE stand in it, alone or behind another
    keyword, since the engine asks for no space between them. Where the text alone does not tell
    (escaped letters; `?a<NOW()&&?b>?c`, which looks like an IRI), it may.
    """
    if not _perhaps(query):
        return False
    return _ESCAPE in query.lower() or any(map(_is_volatile_token, tokens(query)))


def _perhaps(text: str) -> bool:
    upper = text.upper()
    return any(word in upper for word in _PERHAPS)


def _is_volatile_token(token: Token) -> bool:
    text = token.text.upper()
    if token.kind == "iri":
        return "(" in text and _perhaps(text)
    if token.kind == "name":
        return "SERVICE" in text.partition(":")[0]
    return token.kind == "word" and (text.endswith(_FUNCTIONS) or "SERVICE" in text)


PAIRS: Final = "neagraph.pairs"
"""Where a scope has the parameters of a request whose answer may be kept."""


def canonical_scope(
    scope: Scope, headers: Headers, key: Key, parameters: Parameters
) -> dict[str, Any]:
    """Return the request with only those headers that its key tells apart.

    It comes from any origin, so that what is kept may be read by scripts of every site.
    """
    kept: list[tuple[bytes, bytes]] = [
        (n, headers[n]) for n in (b"host", *_FORWARDED, *_OF_BODIES) if n in headers
    ]
    kept += [(b"origin", b"*")]
    kept += [(b"accept", key.accept)] if key.accept else []
    kept += [(b"accept-encoding", b"gzip")] if key.gzip else []
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return {**scope, "headers": kept, "method": method, PAIRS: parameters.pairs}


_OF_BODIES: Final = (b"content-type", b"content-length")


def _pairs(text: bytes) -> Pairs:
    return parse_qsl(text.decode(), keep_blank_values=True, errors="strict")


@lru_cache(maxsize=1024)
def _without_blanks(accept: bytes) -> bytes:
    return b"".join(accept.lower().split())


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether a client takes gzip, from its Accept-Encoding header."""
    accepted = accept_encoding.lower()
    return b"gzip" in accepted and not _NO_GZIP.search(accepted)

"""Reading requests: bodies within limits, parameters of every form, the address asked for.

Sources: W3C "SPARQL 1.1 Protocol", sections 2.1 and 2.2; RFC 9110, section 8.4.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeVar
from urllib.parse import parse_qsl

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.types import Scope

from neagraph.errors import LimitError, UsageError
from neagraph.rdf.terms import NamedNode
from neagraph.web.problems import MediaTypeError

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
MULTIPART: Final = "multipart/form-data"

MEGABYTE: Final = 1024 * 1024
MOST_RATIO: Final = 100
"""How many times its size a packed body may unpack to, beyond its first megabyte."""
_LONGEST_HOST: Final = 255
_GZIP: Final = zlib.MAX_WBITS | 16

Pairs = Sequence[tuple[str, str]]
"""Parameters of a request, decoded, in the order in which they were sent."""
T = TypeVar("T")


async def read_pairs(
    request: Request, *, direct: Mapping[str, str], most_bytes: int = MEGABYTE
) -> Pairs:
    """Return the parameters of a request, wherever it has them.

    Args:
        request: The request; its body is read if its method is POST or QUERY.
        direct: Media type of a body that is one parameter, to the name of that parameter.
        most_bytes: Largest body, unpacked.

    Raises:
        UsageError: If something is not UTF-8, or a body comes without a media type.
        MediaTypeError: If the body is neither a form nor of one of the media types.
        LimitError: If the body is too large.
    """
    pairs = pairs_of(request.scope["query_string"])
    if request.method not in {"POST", "QUERY"}:
        return pairs
    media_type = require_media_type(request, (*direct, FORM))
    body = await read_body(request, most_bytes=most_bytes)
    if media_type == FORM:
        return [*pairs, *pairs_of(body)]
    return [*pairs, (direct[media_type], utf8(body))]


def media_type_of(request: Request) -> str:
    """Return the media type of the body, lower-cased and without parameters; empty for none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def require_media_type(request: Request, known: Sequence[str]) -> str:
    """Return the media type of the body.

    Raises:
        UsageError: If there is none.
        MediaTypeError: If it is not one of those known, or its charset is not UTF-8.
    """
    media_type, hint = media_type_of(request), f"Send {' or '.join(known)}."
    if not media_type:
        raise UsageError("The body has no Content-Type.", hint=hint)
    if media_type not in known:
        raise MediaTypeError(f"A body of type {media_type} is not read here.", hint=hint)
    require_utf8(request.headers.get("content-type", ""))
    return media_type


def require_utf8(content_type: str) -> None:
    """Raise MediaTypeError if a Content-Type names another charset than UTF-8."""
    options = content_type.lower().partition(";")[2]
    charset = options.partition("charset=")[2].partition(";")[0].strip().strip('"')
    if charset not in {"", "utf-8", "utf8"}:
        raise MediaTypeError(f"A body in {charset} is not read here.", hint="Send it in UTF-8.")


async def read_body(request: Request, *, most_bytes: int) -> bytes:
    """Return the body, unpacked if it comes in gzip.

    Raises:
        LimitError: If it is larger than `most_bytes`, or grows suspiciously when it is unpacked.
        MediaTypeError: If it is packed in another way.
        UsageError: If it is no whole gzip.
    """
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most_bytes:
        raise _too_large(most_bytes)
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return await _read_plain(request, most_bytes)
    if encoding in {"gzip", "x-gzip"}:
        return await _read_gzip(request, most_bytes)
    raise MediaTypeError(
        f"A body with Content-Encoding {encoding} is not read here.",
        hint="Send it in gzip, or as it is.",
    )


async def _read_plain(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise _too_large(most_bytes)
    return bytes(body)


async def _read_gzip(request: Request, most_bytes: int) -> bytes:
    body, received = bytearray(), 0
    unpacker = zlib.decompressobj(_GZIP)
    async for chunk in request.stream():
        received += len(chunk)
        most = min(most_bytes, max(MEGABYTE, MOST_RATIO * received))
        rest = chunk
        while rest:
            if unpacker.eof:  # several members are one body (RFC 1952, section 2.2)
                unpacker = zlib.decompressobj(_GZIP)
            body += _unpack(unpacker, rest, most + 1 - len(body))
            if len(body) > most:
                raise _too_large(most_bytes)
            rest = unpacker.unused_data
    if not unpacker.eof:
        raise UsageError("The body is no whole gzip.", hint="Pack it again, or send it as it is.")
    return bytes(body)


def _unpack(unpacker: zlib._Decompress, data: bytes, most: int) -> bytes:
    try:
        return unpacker.decompress(data, most)
    except zlib.error as error:
        raise UsageError(
            f"The body is no gzip: {error}.", hint="Pack it again, or send it as it is."
        ) from error


def _too_large(most_bytes: int) -> LimitError:
    return LimitError(
        f"The body has more than {most_bytes:,} bytes, or unpacks to more than {MOST_RATIO} times "
        "its size.",
        hint="Send it in several parts; long VALUES can be split over several queries.",
    )


def pairs_of(text: bytes) -> Pairs:
    """Return the parameters of `application/x-www-form-urlencoded` text.

    Raises:
        UsageError: If it is not UTF-8.
    """
    return _readable(lambda: parse_qsl(text.decode(), keep_blank_values=True, errors="strict"))


def utf8(body: bytes) -> str:
    """Return the text of a body, or raise UsageError if it is not UTF-8."""
    return _readable(body.decode)


def _readable(read: Callable[[], T]) -> T:
    try:
        return read()
    except UnicodeDecodeError as error:
        raise UsageError("The request is not UTF-8.", hint="Encode it as UTF-8.") from error


def single(pairs: Pairs, name: str) -> str | None:
    """Return the value of a parameter that may stand once; None if it does not.

    Raises:
        UsageError: If it stands more than once.
    """
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise UsageError(
            f'The parameter "{name}" stands {len(values)} times.', where=name, hint="Send it once."
        )
    return values[0] if values else None


def graphs(pairs: Pairs, name: str) -> tuple[str, ...]:
    """Return the values of a parameter that names graphs.

    Raises:
        UsageError: If one of them is no absolute IRI.
    """
    return tuple(require_iri(value, name) for key, value in pairs if key == name)


def require_iri(text: str, name: str) -> str:
    """Return the text if it is an absolute IRI, or raise UsageError that names the parameter."""
    try:
        NamedNode(text)
    except ValueError as error:
        raise UsageError(
            f'"{text}" is no graph name.', where=name, hint="Give an absolute IRI."
        ) from error
    return text


def seconds_of(pairs: Pairs) -> float | None:
    """Return the parameter `timeout`; None if it is not sent.

    Raises:
        UsageError: If it is no number of seconds above 0.
    """
    text = single(pairs, "timeout")
    if text is None or not text.strip():
        return None
    try:
        seconds = float(text) if text.isascii() and "_" not in text else 0.0
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(
            f'"{text}" is no timeout.',
            where="timeout",
            hint="Give a number of seconds above 0, such as 10.",
        )
    return seconds


def _origin_of(scope: Scope, host: bytes | None) -> str:
    if host is None or len(host) > _LONGEST_HOST:
        url = URL(scope=scope)
        return f"{url.scheme}://{url.netloc}"
    return _origin(scope["scheme"], host, tuple(scope.get("server") or ()))


@lru_cache(maxsize=256)
def _origin(scheme: str, host: bytes, server: tuple[str, int] | tuple[()]) -> str:
    headers = [(b"host", host)]
    scope = {"scheme": scheme, "server": server or None, "path": "/", "headers": headers}
    url = URL(scope=scope)
    return f"{url.scheme}://{url.netloc}"


def address_of(request: Request, *, public_url: str = "") -> str:
    """Return the absolute address of a request as it was sent, without its query.

    Args:
        request: The request.
        public_url: Where the service is reached from outside; empty to trust the Host header.

    Raises:
        UsageError: If the Host header makes no address.
    """
    scope = request.scope
    host = next((value for name, value in scope["headers"] if name == b"host"), None)
    return address_in(scope, host, public_url=public_url)


def address_in(scope: Scope, host: bytes | None, *, public_url: str = "") -> str:
    """Return the same from the scope of a request and its Host header, if it has one."""
    path = scope.get("raw_path") or scope["path"].encode()
    origin = public_url.rstrip("/") or _origin_of(scope, host)
    return _address(origin, path)


@lru_cache(maxsize=256)
def _address(origin: str, path: bytes) -> str:
    return require_iri(origin + path.decode("latin-1").partition("?")[0], "Host")

"""Requests that are refused before anything is done for them: what is no HTTP, or not safe to read.

Sources: RFC 9110 (HTTP semantics), RFC 9112 (HTTP/1.1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httptools

from neagraph.vocab import BASE

MOST_HEAD: Final = 128 * 1024
"""How many bytes the head of a request may have, roughly."""
MOST_ADDRESS: Final = 65_535
"""How many bytes the address of a request may have."""
_METHOD: Final = re.compile(rb"[A-Za-z-]{1,32} ")
_HOST: Final = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]*")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused.

    Args:
        status: Status of the answer.
        detail: What is wrong.
        hint: What to do.
    """

    status: HTTPStatus
    detail: str
    hint: str

    def response(self) -> bytes:
        """Return the whole answer, after which the connection is closed."""
        members = {
            "type": f"{BASE}problem/request",
            "title": "The request cannot be read",
            "status": self.status.value,
            "detail": self.detail,
            "hint": self.hint,
        }
        body = json.dumps(members, indent=2).encode() + b"\n"
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n"
            "content-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\n"
            "cache-control: no-store\r\n"
            "access-control-allow-origin: *\r\n"
            "x-content-type-options: nosniff\r\n"
            "connection: close\r\n\r\n"
        )
        return head.encode() + body


class RefusedRequestError(Exception):
    """Raised within the parser for a request that is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


HEAD_TOO_LARGE: Final = Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"The head of the request has more than {MOST_HEAD:,} bytes.",
    "Send long queries in the body, with POST or QUERY.",
)
_ADDRESS_TOO_LONG: Final = Refusal(
    HTTPStatus.REQUEST_URI_TOO_LONG,
    f"The address has more than {MOST_ADDRESS:,} bytes.",
    "Send long queries in the body, with POST or QUERY.",
)
_NO_TUNNEL: Final = Refusal(
    HTTPStatus.NOT_IMPLEMENTED, "This is no proxy.", "Use another method than CONNECT."
)
_ONE_HOST: Final = Refusal(
    HTTPStatus.BAD_REQUEST,
    "The request needs one header Host with a host name, and perhaps a port.",
    "Send it as Host: example.org.",
)
_CODING: Final = Refusal(
    HTTPStatus.NOT_IMPLEMENTED,
    "Transfer-Encoding is read here as chunked alone.",
    "Pack the body with Content-Encoding: gzip.",
)


def require_readable(method: bytes, version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raise RefusedRequestError if the head of a request is not to be trusted."""
    if method == b"CONNECT":
        raise RefusedRequestError(_NO_TUNNEL)
    hosts = [value for name, value in headers if name == b"host"]
    wanted = (1,) if version == "1.1" else (0, 1)
    if len(hosts) not in wanted or not all(map(_HOST.fullmatch, hosts)):
        raise RefusedRequestError(_ONE_HOST)
    codings = [value for name, value in headers if name == b"transfer-encoding"]
    if any(coding.strip().lower() != b"chunked" for coding in codings):
        raise RefusedRequestError(_CODING)


def refusal_of(error: httptools.HttpParserError, address: bytes, data: bytes) -> Refusal:
    """Return why a request is refused that the parser could not read.

    Args:
        error: What the parser says.
        address: The address of the request, as far as it was read.
        data: What was being read.
    """
    if isinstance(error.__context__, RefusedRequestError):
        return error.__context__.refusal
    if len(address) > MOST_ADDRESS:
        return _ADDRESS_TOO_LONG
    if isinstance(error, httptools.HttpParserInvalidMethodError) and _METHOD.match(data):
        return Refusal(
            HTTPStatus.NOT_IMPLEMENTED, "The method is not known here.", "Use GET or POST."
        )
    return Refusal(
        HTTPStatus.BAD_REQUEST,
        f"The request is no HTTP/1.1: {error}.",
        "Send it with a library for HTTP, with percent-encoded addresses.",
    )

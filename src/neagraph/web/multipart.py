"""The parts of `multipart/form-data` (RFC 7578), each an RDF document.

The body is split at its boundary; the headers of each part are read by the standard library's
e-mail parser. Nested parts are not looked into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import HTTP
from pathlib import PurePath
from typing import Final

from neagraph.errors import FormatError, UsageError
from neagraph.rdf.formats import GRAPH_FORMATS, GraphFormat, graph_format_by_path
from neagraph.web.problems import MediaTypeError
from neagraph.web.received import require_utf8

MOST_PARTS: Final = 1000
"""How many parts one body may have."""
_DATASETS: Final = frozenset({"trig", "nquads"})
_NOT_RDF: Final = frozenset({"text/plain"})
_END_OF_HEADERS: Final = re.compile(rb"\r?\n\r?\n|\A\r?\n")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Args:
        name: Its name.
        content: Its bytes.
        filename: The name of the file that it was read from, without folders; empty for none.
        content_type: Its Content-Type; empty where none is sent.
    """

    name: str
    content: bytes
    filename: str = ""
    content_type: str = ""


def format_of(content_type: str) -> GraphFormat:
    """Return the graph format of the Content-Type of a body or part.

    Raises:
        UsageError: If there is none.
        MediaTypeError: If it is none of one RDF graph in UTF-8.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if not media_type:
        raise UsageError("The body has no Content-Type.", hint=f"Send {_known()}.")
    for fmt in GRAPH_FORMATS:
        if media_type in {fmt.media_type, *fmt.aliases} - _NOT_RDF and fmt.name not in _DATASETS:
            require_utf8(content_type)
            return fmt
    raise MediaTypeError(f"A body of type {media_type} is not read here.", hint=f"Send {_known()}.")


def parts_of(body: bytes, content_type: str) -> tuple[tuple[bytes, str], ...]:
    """Return the RDF documents of a form, each with the name of its format.

    Args:
        body: The body.
        content_type: Its Content-Type, which tells the boundary.

    Raises:
        UsageError: If it is no such form, or has no part or too many.
        MediaTypeError: If a part is not RDF.
    """
    parts = [_document(part, n) for n, part in enumerate(_split(body, content_type), start=1)]
    if not parts:
        raise UsageError("The form has no part.", hint=f"Send parts of {_known()}.")
    return tuple(parts)


def fields_of(body: bytes, content_type: str) -> tuple[Field, ...]:
    """Return the fields of a form, whatever is in them; arguments as `parts_of`.

    Raises:
        UsageError: If it is no such form, or has too many parts.
    """
    return tuple(_field(part) for part in _split(body, content_type))


def _field(part: bytes) -> Field:
    head, content = _halves(part)
    headers = _headers(head)
    disposition = headers.get("content-disposition")
    name = "" if disposition is None else disposition.params.get("name", "")
    filename = (headers.get_filename() or "").encode("utf-8", "surrogateescape")
    return Field(
        str(name),
        content,
        PurePath(filename.decode(errors="replace").replace("\\", "/")).name,
        str(headers.get("content-type", "")),
    )


def _split(body: bytes, content_type: str) -> Iterator[bytes]:
    boundary = _headers(b"Content-Type: " + content_type.encode("latin-1")).get_boundary()
    if not boundary:
        raise UsageError(
            "The form has no boundary.", hint="Send Content-Type: multipart/form-data; boundary=…"
        )
    delimiter = rb"(?:\A|\r?\n)--" + re.escape(boundary.encode()) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)"
    pieces = re.split(delimiter, body, maxsplit=MOST_PARTS + 2)
    if len(pieces) > MOST_PARTS + 2:
        raise UsageError(f"The form has more than {MOST_PARTS} parts.", hint="Send fewer at once.")
    return iter(pieces[1:-1])  # before the first delimiter and behind the last one there is nothing


def _document(part: bytes, number: int) -> tuple[bytes, str]:
    head, content = _halves(part)
    headers = _headers(head)
    content_type = headers.get("content-type")
    filename = headers.get_filename()
    if content_type is not None and headers.get_content_type() != "application/octet-stream":
        return content, format_of(str(content_type)).name
    try:
        return content, graph_format_by_path(PurePath(filename or "")).name
    except FormatError as error:
        raise MediaTypeError(
            f"Part {number} does not tell its format.", hint=f"Give it a Content-Type: {_known()}."
        ) from error


def _halves(part: bytes) -> tuple[bytes, bytes]:
    match = _END_OF_HEADERS.search(part)
    return (part, b"") if match is None else (part[: match.start()], part[match.end() :])


def _headers(text: bytes) -> EmailMessage:
    return BytesHeaderParser(policy=HTTP).parsebytes(text)


def _known() -> str:
    known = [fmt.media_type for fmt in GRAPH_FORMATS if fmt.name not in _DATASETS]
    return f"{', '.join(known[:-1])} or {known[-1]}"

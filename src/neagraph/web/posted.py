"""Data that are posted to be looked at and not stored: a body, or the fields of a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from starlette.requests import Request

from neagraph.checking import CheckRequest
from neagraph.errors import FormatError, UsageError
from neagraph.rdf.formats import (
    GRAPH_FORMATS,
    GraphFormat,
    graph_format_by_name,
    graph_format_by_path,
)
from neagraph.rdf.text import RdfText
from neagraph.validation.report import SEVERITIES, name_of
from neagraph.web.multipart import Field, fields_of
from neagraph.web.problems import MediaTypeError
from neagraph.web.received import (
    FORM,
    MEGABYTE,
    MULTIPART,
    Pairs,
    media_type_of,
    pairs_of,
    read_body,
    require_utf8,
    single,
    utf8,
)

MOST_DATA_BYTES: Final = 64 * MEGABYTE
"""Largest request, unpacked."""
MOST_RESULTS: Final = 1000
"""How many results are told where the client does not say."""
MOST_EVER: Final = 100_000
"""How many results are told at most."""
_PARAMETERS: Final = ("against", "severity", "max-results", "format", "type")
_UNTOLD: Final = frozenset({"", "text/plain", "application/octet-stream"})
"""Media types of a field that leave it to the name of its file to tell the format."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Data to be checked.

    Args:
        data: The texts.
        shapes: Shapes in ours' place; empty for ours.
        pairs: The parameters: `against`, `severity`, `max-results` and `format`.
    """

    data: tuple[RdfText, ...]
    shapes: tuple[RdfText, ...]
    pairs: Pairs

    @property
    def form(self) -> str:
        """Name of the form of the report that the parameters ask for; empty for none."""
        return single(self.pairs, "format") or ""

    def check(self, *, form: str) -> CheckRequest:
        """Return the check that is asked for.

        Args:
            form: Name of the form of its report.

        Raises:
            UsageError: For a parameter that cannot be used.
        """
        return CheckRequest(
            self.data,
            self.shapes,
            against=single(self.pairs, "against") or "",
            most=_most(single(self.pairs, "max-results")),
            severity=_severity(single(self.pairs, "severity")),
            form=form,
        )


async def read_posted(request: Request, *, base: str) -> Posted:
    """Return the data of a request.

    Args:
        request: The request.
        base: What relative IRIs are resolved against.

    Raises:
        UsageError: If there are no data, or the form is none.
        MediaTypeError: If something is not RDF.
        LimitError: If it is too large.
    """
    body = await read_body(request, most_bytes=MOST_DATA_BYTES)
    pairs, media_type = pairs_of(request.scope["query_string"]), media_type_of(request)
    content_type = request.headers.get("content-type", "")
    if media_type not in {MULTIPART, FORM}:
        _require_known(pairs)
        return Posted((RdfText(body, _format_of(content_type), "data", base),), (), pairs)
    fields = fields_of(body, content_type) if media_type == MULTIPART else _simple(body)
    given = ((f.name, utf8(f.content).strip()) for f in fields if f.name not in {"data", "shapes"})
    pairs = [*pairs, *((name, value) for name, value in given if value)]
    _require_known(pairs)
    default = graph_format_by_name(single(pairs, "type") or "turtle")
    data, shapes = (_texts(fields, name, default, base) for name in ("data", "shapes"))
    if not data:
        raise UsageError(
            "There are no data to check.", hint="Send them in the field data, as text or as a file."
        )
    return Posted(data, shapes, pairs)


def _require_known(pairs: Pairs) -> None:
    for name, _ in pairs:
        if name not in _PARAMETERS:
            raise UsageError(
                f'There is no parameter or field "{name}".',
                hint=f"There are {', '.join(_PARAMETERS)}, and in a form data and shapes.",
            )


def _simple(body: bytes) -> tuple[Field, ...]:
    return tuple(Field(name, value.encode()) for name, value in pairs_of(body))


def _texts(
    fields: Sequence[Field], name: str, default: GraphFormat, base: str
) -> tuple[RdfText, ...]:
    """Return the texts in the fields of a name; those without content are left out."""
    filled = [f for f in fields if f.name == name and f.content.strip()]
    return tuple(
        RdfText(f.content, _format_of_field(f, default), f.filename or name, base) for f in filled
    )


def _format_of_field(field: Field, default: GraphFormat) -> GraphFormat:
    if field.content_type.partition(";")[0].strip().lower() not in _UNTOLD:
        return _format_of(field.content_type)
    try:
        return graph_format_by_path(PurePath(field.filename))
    except FormatError:
        return default


def _format_of(content_type: str) -> GraphFormat:
    """Return the format that a Content-Type tells, those of datasets among them."""
    media_type = content_type.partition(";")[0].strip().lower()
    known = ", ".join(fmt.media_type for fmt in GRAPH_FORMATS)
    if not media_type:
        raise UsageError("The body has no Content-Type.", hint=f"Send one of {known}.")
    for fmt in GRAPH_FORMATS:
        if media_type in {fmt.media_type, *fmt.aliases} - {"text/plain"}:
            require_utf8(content_type)
            return fmt
    raise MediaTypeError(
        f"A body of type {media_type} is not read here.",
        hint=f"Send one of {known}, or a form with the fields data and shapes.",
    )


def _most(text: str | None) -> int:
    if text is None:
        return MOST_RESULTS
    if not text.isdecimal() or not 0 < int(text) <= MOST_EVER:
        raise UsageError(
            f'max-results is "{text}", which is no number of results to tell.',
            hint=f"Give one from 1 to {MOST_EVER:,}.",
        )
    return int(text)


def _severity(text: str | None) -> str:
    words = [name_of(severity) for severity in SEVERITIES]
    if text is not None and text not in words:
        raise UsageError(f'severity is "{text}".', hint=f"Use {' or '.join(words)}.")
    return text or words[-1]

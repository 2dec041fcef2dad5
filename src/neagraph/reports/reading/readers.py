"""Files of reports → `Document`: one table of formats, one function that reads any of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from neagraph.errors import FormatError, LimitError, UnreadableError
from neagraph.reports.document import Content, Document
from neagraph.reports.reading.language import check_language
from neagraph.reports.reading.read_docx import read_docx
from neagraph.reports.reading.read_html import read_html
from neagraph.reports.reading.read_pdf import read_pdf
from neagraph.reports.reading.read_text import read_markdown, read_text

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A format that reports come in.

    Args:
        name: Short name.
        label: Name for people.
        media_type: The registered media type.
        suffixes: File suffixes without the dot.
        most: Megabytes that a file of it may have.
        read: From the bytes of a file to its content.
    """

    name: str
    label: str
    media_type: str
    suffixes: tuple[str, ...]
    most: int
    read: Callable[[bytes], Content]


REPORT_FORMATS: tuple[ReportFormat, ...] = (
    ReportFormat("text", "Plain text", "text/plain", ("txt", "text"), 20, read_text),
    ReportFormat("markdown", "Markdown", "text/markdown", ("md", "markdown"), 20, read_markdown),
    ReportFormat("html", "HTML", "text/html", ("html", "htm", "xhtml"), 20, read_html),
    ReportFormat("docx", "Word (DOCX)",
                 "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                 ("docx",), 50, read_docx),
    ReportFormat("pdf", "PDF", "application/pdf", ("pdf",), 100, read_pdf),
)  # fmt: skip
"""Every format that can be read."""


def format_by_path(path: PurePath) -> ReportFormat:
    """Return the format of a report file, by its suffix.

    Raises:
        FormatError: If no format has the suffix.
    """
    suffix = path.suffix.removeprefix(".").lower()
    return _found(
        next((form for form in REPORT_FORMATS if suffix in form.suffixes), None),
        f'Reports cannot be read from files with the suffix ".{suffix}".'
        if suffix
        else "This file has no suffix to tell its format.",
    )


def format_by_media_type(media_type: str) -> ReportFormat:
    """Return the format of a media type; its parameters do not matter.

    Raises:
        FormatError: If there is none.
    """
    name = media_type.partition(";")[0].strip().lower()
    return _found(
        next((form for form in REPORT_FORMATS if form.media_type == name), None),
        f'Reports cannot be read from the media type "{name}".',
    )


def read_report(path: Path) -> Document:
    """Read the report in a file; its size is looked at before its content.

    Raises:
        FormatError: If the suffix is not known.
        LimitError: If the file is too large.
        UnreadableError: If it cannot be read; `where` names it.
    """
    try:
        size = _size_of(path)
        form = format_by_path(path)
        _check_size(size, form)
        return read_document(path.read_bytes(), form)
    except OSError as error:
        raise _unopened(path, error) from error
    except (FormatError, LimitError, UnreadableError) as error:
        error.where = error.where or str(path)
        raise


def _size_of(path: Path) -> int:
    if path.is_dir():
        raise UnreadableError("This is a folder.", hint="Name one of the reports in it.")
    return path.stat().st_size


def _unopened(path: Path, error: OSError) -> UnreadableError:
    """Say why a file cannot be opened."""
    reason = (error.strerror or str(error)).lower()
    return UnreadableError(
        f"The file cannot be read: {reason}.",
        hint="Check its name and its permissions.",
        where=str(path),
    )


def read_document(data: bytes, media: ReportFormat) -> Document:
    """Return the report in some bytes of a format.

    Raises:
        LimitError: If there are too many of them, or they unpack to too many.
        UnreadableError: If they are not what the format says, hold no text, or are in another
            language than English.
    """
    _check_size(len(data), media)
    if not data.strip():
        raise UnreadableError(
            "This file is empty.", hint="Fetch it again from where it was published."
        )
    _check_kind(data, media)
    content = media.read(data)
    if not content.text.strip():
        raise UnreadableError(
            "This report has no text.",
            hint="If its pages are pictures, recognise their text first.",
        )
    check_language(content.text)
    return Document(
        text=content.text,
        sha256=hashlib.sha256(data).hexdigest(),
        title=content.title,
        pages=content.pages,
        media_type=media.media_type,
        headings=content.headings,
        margins=content.margins,
        warnings=content.warnings,
    )


_SIGNATURES = ((b"%PDF-", "pdf"), (b"PK\x03\x04", "docx"), (b"\xd0\xcf\x11\xe0", "doc"))
"""How files begin whose format shows in their first bytes."""


def _check_kind(data: bytes, media: ReportFormat) -> None:
    """Raise UnreadableError if bytes show that they are of another format."""
    name = next((name for start, name in _SIGNATURES if data.startswith(start)), media.name)
    if name == "doc":
        raise UnreadableError(
            "This is an old Word file (.doc), or a Word file with a password.",
            hint="Save it as .docx without a password.",
        )
    if name != media.name:
        raise UnreadableError(
            f"This file is {name.upper()}, not {media.label}.", hint=f"Give it the suffix .{name}."
        )


def _check_size(size: int, media: ReportFormat) -> None:
    if size > media.most * _MEGABYTE:
        raise LimitError(
            f"This file has {size / _MEGABYTE:,.0f} MB; a report in {media.label} may have "
            f"{media.most} MB.",
            hint="Divide it, or leave out its pictures and annexes.",
        )


def _found(form: ReportFormat | None, message: str) -> ReportFormat:
    if form is None:
        suffixes = ", ".join(f".{suffix}" for form in REPORT_FORMATS for suffix in form.suffixes)
        raise FormatError(message, hint=f"Give it the suffix of its format, one of {suffixes}.")
    return form

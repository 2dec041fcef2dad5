"""Reads plain text and Markdown."""

from __future__ import annotations

import codecs
import re

from neagraph.errors import UnreadableError
from neagraph.reports.document import Content
from neagraph.reports.segmentation.numbering import marks_of
from neagraph.reports.segmentation.views import readable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST_STRANGE = 0.02  # share of control characters above which bytes are no text
_LONGEST_TITLE = 500  # characters
_COVER = 4000  # characters in which a title is looked for
_HEADING = re.compile(r"^#\s+(?P<title>\S.*)$", re.MULTILINE)
_BOLD = re.compile(r"^\*\*(?P<title>(?!\s)(?:(?!\n\s*\n)[^*]){5,300})\*\*[ \t]*$", re.MULTILINE)
_NAMED = re.compile(
    r"\b(?:report|minutes|outcomes?|summary|record|statement|declaration|proceedings"
    r"|agreement|protocol|memorandum|communiqu[e\u00e9]|resolutions?|decisions?)\b",
    re.IGNORECASE,
)
_SETEXT = re.compile(r"^(?P<title>\S.*)\n(?:={3,}|-{3,})[ \t]*$", re.MULTILINE)


def decoded(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16, or Windows-1252.

    Raises:
        UnreadableError: If the bytes are no text.
    """
    text = _decoded(data)
    strange = sum(text.count(sign) for sign in _STRANGE)
    if strange > _MOST_STRANGE * len(text):
        raise _no_text()
    return text


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded_as(data.removeprefix(bom), encoding)
    if b"\0" in data:
        return _decoded_as(data, _unmarked(data))
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _unmarked(data: bytes) -> str:
    """Return the encoding of a text in UTF-16 without its mark: every other byte is nought."""
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        noughts = data[start::2].count(0)
        if noughts == data.count(0) and noughts * 4 > len(data):
            return encoding
    raise _no_text()


_STRANGE = (*map(chr, (*range(8), *range(14, 32), 127)), "\ufffd")


def read_text(data: bytes) -> Content:
    """Return the content of a plain text; form feeds part its pages."""
    text = decoded(data)
    return Content(text, title=title_of(text), pages=pages_of(text))


def read_markdown(data: bytes) -> Content:
    """Return the content of a Markdown text; underlined lines are headings too."""
    text = decoded(data)
    headings = tuple((match.start("title"), match.end("title")) for match in _SETEXT.finditer(text))
    return Content(text, title=title_of(text), pages=pages_of(text), headings=headings)


def pages_of(text: str) -> tuple[int, ...]:
    """Return the offsets at which pages begin, for a text that parts them with form feeds."""
    return (0, *(match.end() for match in re.finditer("\f", text)))


def title_of(text: str) -> str:
    """Return the title of a report, found on its cover; empty if there is none.

    It is a Markdown heading of the first level, a bold block, or the first block before the first
    number that says what the text is (report, minutes, outcome ...), is short and no sentence.
    """
    cover = text[:_COVER].replace("\r\n", " \n").replace("\r", "\n")
    for pattern in (_HEADING, _BOLD):
        if match := pattern.search(cover):
            return readable(text, *match.span("title")).strip("*# ")
    for match in re.finditer(r"\S(?:(?!\n[^\S\n]*\n)(?!\f)[\s\S])*", cover):
        said = match.group().rstrip()
        if marks_of(text, match.start(), match.end()):
            return ""
        is_short = len(said) <= _LONGEST_TITLE
        if is_short and _NAMED.search(said) and not said.endswith((".", ":", ";", ",")):
            return readable(text, match.start(), match.start() + len(said))
    return ""


def _decoded_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _no_text() from error


def _no_text() -> UnreadableError:
    return UnreadableError(
        "This file is no text: it holds bytes that no text has.",
        hint="Give a text, Markdown, HTML, DOCX or PDF file, with the suffix of its format.",
    )

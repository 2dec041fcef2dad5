"""Reads DOCX files with python-docx, with the numbers and bullets that Word computes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from neagraph.errors import LimitError, UnreadableError, UsageError
from neagraph.reports.document import Content
from neagraph.reports.reading.composing import Composer
from neagraph.reports.reading.docx_numbers import (
    Element,
    Numbering,
    W,
    integer,
    numbering_of,
    value_of,
)
from neagraph.reports.reading.read_text import title_of
from neagraph.reports.segmentation.numbering import marks_of

_MOST_UNPACKED = 200_000_000  # bytes of all parts together
_MOST_RATIO = 200  # times that a large part may be larger than when packed
_LARGE = 1_000_000  # bytes of a part whose ratio is looked at
_MOST_PARTS = 5000
_OFF = frozenset({"0", "false", "none", "off"})
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIPPED = frozenset(
    {f"{_MARKUP}Fallback", f"{_MARKUP}AlternateContent"}
    | {
        f"{W}{name}"
        for name in ["pPr", "rPr", "del", "moveFrom", "txbxContent", "pict", "object", "drawing"]
    }
)
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "\u00ad",
}


_DAMAGES = (KeyError, ValueError, AttributeError, OSError, zipfile.BadZipFile, zlib.error)
"""What python-docx lets through when a part of a file is missing or broken."""


def read_docx(data: bytes) -> Content:
    """Return the content of a DOCX file: paragraphs and table rows, each a block.

    Numbers and bullets of automatic lists are computed; deleted text, text boxes, running heads,
    footers and notes are left out. Its parts are counted and weighed before any is unpacked.

    Raises:
        LimitError: If it would unpack to too much.
        UnreadableError: If it is no DOCX file, or a damaged one.
        UsageError: If python-docx is not installed.
    """
    _check_parts(data)
    try:
        import docx  # noqa: PLC0415 - an extra
        from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with it
    except ImportError as error:
        raise UsageError(
            "DOCX files need python-docx, which is not installed",
            hint="Install it with: pip install 'neagraph[reports]'",
        ) from error
    try:
        part = docx.Document(io.BytesIO(data)).part
        numbering = next(
            (rel.target_part for rel in part.rels.values() if rel.reltype.endswith("/numbering")),
            None,
        )
        root = None if numbering is None else _parsed(etree, numbering.blob)
        reader = _Reader(_styles(part.styles.element), numbering_of(root))
        reader.read(part.element.body)
    except _DAMAGES as error:
        raise _damaged() from error
    except etree.LxmlError as error:
        raise _damaged() from error
    return reader.content()


def _parsed(etree: ModuleType, data: bytes) -> Element:
    """Return the root of an XML part; entities are not resolved."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _check_parts(data: bytes) -> None:
    """Raise if a ZIP file is damaged or unpacks to too much; nothing is unpacked."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _damaged() from error
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError(
            "this DOCX file is protected with a password", hint="Save it without a password first."
        )
    unpacked = sum(part.file_size for part in parts)
    swollen = any(part.file_size > max(_LARGE, _MOST_RATIO * part.compress_size) for part in parts)
    if unpacked > _MOST_UNPACKED or swollen or len(parts) > _MOST_PARTS:
        raise LimitError(
            f"this DOCX file would unpack to {unpacked / 1e6:.0f} MB in {len(parts)} parts",
            hint="It looks made to exhaust memory; save the report anew in a word processor.",
        )


def _damaged() -> UnreadableError:
    return UnreadableError(
        "this is no DOCX file, or a damaged one", hint="Save it anew in a word processor."
    )


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says that matters here; None and empty for nothing."""

    name: str
    based_on: str
    list_id: str
    level: int | None
    is_bold: bool | None


def _styles(root: Element) -> dict[str, _Style]:
    return {style.get(f"{W}styleId", ""): _style(style) for style in root.findall(f"{W}style")}


def _style(style: Element) -> _Style:
    list_id, level = _list_place(style)
    properties = style.find(f"{W}rPr")
    return _Style(
        name=value_of(style, "name").lower(),
        based_on=value_of(style, "basedOn"),
        list_id=list_id,
        level=level,
        is_bold=None if properties is None else _is_bold(properties),
    )


def _list_place(element: Element) -> tuple[str, int | None]:
    """Return the list of a paragraph or a style and the level in it."""
    properties = element.find(f"{W}pPr/{W}numPr")
    if properties is None:
        return "", None
    level = value_of(properties, "ilvl")
    return value_of(properties, "numId"), integer(level, 0) if level else None


def _is_bold(properties: Element) -> bool | None:
    bold = properties.find(f"{W}b")
    return None if bold is None else bold.get(f"{W}val", "1") not in _OFF


class _Reader:
    """Writes the blocks of a document body."""

    def __init__(self, styles: Mapping[str, _Style], numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._composer = Composer()
        self._title = ""

    def content(self) -> Content:
        """Return what was read."""
        content = self._composer.content()
        return self._composer.content(self._title or title_of(content.text))

    def read(self, parent: Element) -> None:
        """Read the paragraphs, tables and content controls in an element."""
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"}:
                self.read(child)

    def _table(self, table: Element) -> None:
        """Read a table: a row of short cells is one block, other cells are read one by one."""
        for row in table.iter(f"{W}tr"):
            cells = row.findall(f"{W}tc")
            if len(cells) > 1 and all(_is_short(cell) for cell in cells):
                said = ["".join(_text(cell)).strip() for cell in cells]
                if any(said):
                    self._composer.add("\t".join(said))
            else:
                for cell in cells:
                    self.read(cell)

    def _paragraph(self, paragraph: Element) -> None:
        chain = list(self._chain(_property(paragraph, "pStyle")))
        mark = self._mark(paragraph, chain)
        text = "".join(_text(paragraph))
        said = text.strip()
        if not said:
            return
        start = self._composer.add(mark + said) + len(mark)
        names = [style.name for style in chain]
        if names and names[0] == "title":
            self._title = self._title or " ".join(said.split())
        if any(name.startswith(("heading", "title")) for name in names):
            self._composer.headings.append((start, start + len(said)))
            return
        span = _bold_start(paragraph, chain)
        if span:
            cut = len(text) - len(text.lstrip())
            self._composer.headings.append((start + span[0] - cut, start + span[1] - cut))

    def _mark(self, paragraph: Element, chain: list[_Style]) -> str:
        """Return the automatic number or bullet of a paragraph, and count it."""
        list_id, level = _list_place(paragraph)
        for style in chain:
            list_id = list_id or style.list_id
            level = style.level if level is None else level
        if not "".join(_text(paragraph)).strip():
            return ""
        return self._numbering.next_mark(list_id, level or 0)

    def _chain(self, name: str) -> Iterator[_Style]:
        """Yield a style and those that it is based on."""
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield self._styles[name]
            name = self._styles[name].based_on


def _property(paragraph: Element, name: str) -> str:
    """Return the value of a property of a paragraph; empty if it has none."""
    properties = paragraph.find(f"{W}pPr")
    return "" if properties is None else value_of(properties, name)


def _is_short(cell: Element) -> bool:
    return len(cell.findall(f"{W}p")) <= 1 and cell.find(f"{W}tbl") is None


def _text(element: Element) -> Iterator[str]:
    """Yield the text in an element as it shows: without deleted text and text boxes."""
    for child in element:
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag not in _SKIPPED:
            yield from _text(child)


def _bold_start(paragraph: Element, chain: list[_Style]) -> tuple[int, int] | None:
    """Return the span of the bold words that a paragraph begins with, behind its number."""
    text = "".join(_text(paragraph))
    first = len(text) - len(text.lstrip())
    marks = marks_of(text, first, len(text))
    start = end = marks[0].end if marks else first
    for place, said, is_bold in _runs(paragraph, chain):
        if place + len(said) <= start or not said.strip():
            continue
        if not is_bold:
            break
        end = place + len(said.rstrip())
    return (start, end) if end > start else None


def _runs(paragraph: Element, chain: list[_Style]) -> Iterator[tuple[int, str, bool]]:
    """Yield the runs of a paragraph: where each begins, its text, whether it is bold."""
    usual = next((style.is_bold for style in chain if style.is_bold is not None), False)
    place = 0
    for run in paragraph.iter(f"{W}r"):
        properties = run.find(f"{W}rPr")
        own = None if properties is None else _is_bold(properties)
        said = "".join(_text(run))
        yield place, said, bool(usual if own is None else own)
        place += len(said)

"""Reads DOCX files with python-docx, with the numbers and bullets that Word computes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
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
from neagraph.reports.reading.docx_text import (
    boxes_in,
    inside,
    is_deleted_row,
    is_joined,
    is_on,
    list_place,
    notes_in,
    run_text,
    runs_of,
    text_of,
)
from neagraph.reports.reading.read_text import title_of
from neagraph.reports.segmentation.numbering import marks_of

_MOST_UNPACKED = 200_000_000  # bytes of all parts together
_MOST_RATIO = 200  # times that a large part may be larger than when packed
_LARGE = 1_000_000  # bytes of a part whose ratio is looked at
_MOST_PARTS = 5000

_DAMAGES = (KeyError, ValueError, AttributeError, OSError, zipfile.BadZipFile, zlib.error)
"""What python-docx lets through when a part of a file is missing or broken."""


def read_docx(data: bytes) -> Content:
    """Return the content of a DOCX file: paragraphs and table rows, each a block.

    Numbers and bullets of automatic lists are computed; tracked changes are taken as accepted.
    Text boxes follow the paragraph that they hang on, footnotes and endnotes the whole text, under
    the heading Notes. Running heads, footers, comments and hidden text are left out. Its parts are
    counted and weighed before any is unpacked.

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
            "DOCX files are read with python-docx, which is not installed.",
            hint="Install it in the checkout with: pip install -e '.[reports]'",
        ) from error
    try:
        part = docx.Document(io.BytesIO(data)).part
        parts = {rel.reltype.rpartition("/")[2]: rel for rel in part.rels.values()}

        def root_of(kind: str) -> Element | None:
            return _parsed(etree, parts[kind].target_part.blob) if kind in parts else None

        reader = _Reader(_styles(part.styles.element), numbering_of(root_of("numbering")))
        reader.read(part.element.body)
        notes = (
            _notes(part.element.body, root_of(f"{kind}s"), kind) for kind in ("footnote", "endnote")
        )
        reader.read_notes([note for found in notes for note in found])
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
            "This DOCX file is protected with a password.", hint="Save it without a password first."
        )
    unpacked = sum(part.file_size for part in parts)
    swollen = any(part.file_size > max(_LARGE, _MOST_RATIO * part.compress_size) for part in parts)
    if unpacked > _MOST_UNPACKED or swollen or len(parts) > _MOST_PARTS:
        raise LimitError(
            f"This DOCX file would unpack to {unpacked / 1e6:,.0f} MB in {len(parts):,} parts.",
            hint="It looks made to exhaust memory; save the report anew in a word processor.",
        )


def _notes(body: Element, root: Element | None, kind: str) -> list[Element]:
    """Return the notes that a text refers to, in order."""
    known = {} if root is None else {note.get(f"{W}id", ""): note for note in root}
    return [known[name] for name in dict.fromkeys(notes_in(body, kind)) if name in known]


def _damaged() -> UnreadableError:
    return UnreadableError(
        "This is no DOCX file, or a damaged one.", hint="Save it anew in a word processor."
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
    list_id, level = list_place(style)
    return _Style(
        name=value_of(style, "name").lower(),
        based_on=value_of(style, "basedOn"),
        list_id=list_id,
        level=integer(level, 0) if level else None,
        is_bold=is_on(style.find(f"{W}rPr"), "b"),
    )


class _Reader:
    """Writes the blocks of a document body."""

    def __init__(self, styles: Mapping[str, _Style], numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._composer = Composer()
        self._title = ""
        self._carried = ""

    def content(self) -> Content:
        """Return what was read."""
        content = self._composer.content()
        return self._composer.content(self._title or title_of(content.text))

    def read(self, parent: Element) -> None:
        """Read the paragraphs, tables and content controls in an element."""
        for child in inside(parent, "p", "tbl"):
            if child.tag == f"{W}p":
                self._paragraph(child)
            else:
                self._table(child)
        if self._carried.strip():
            self._composer.add(self._carried.strip())
        self._carried = ""

    def read_notes(self, notes: Sequence[Element]) -> None:
        """Read footnotes or endnotes, under a heading of their own."""
        if notes:
            start = self._composer.add("Notes")
            self._composer.headings.append((start, start + len("Notes")))
        for note in notes:
            self.read(note)

    def _table(self, table: Element) -> None:
        """Read a table: a row of short cells is one block, other cells are read one by one."""
        for row in inside(table, "tr"):
            cells = [] if is_deleted_row(row) else list(inside(row, "tc"))
            if len(cells) > 1 and all(_is_short(cell) for cell in cells):
                said = [self._cell(cell) for cell in cells]
                if any(said):
                    self._composer.add("\t".join(said).strip())
            else:
                for cell in cells:
                    self.read(cell)

    def _cell(self, cell: Element) -> str:
        """Return the text of a cell that has one paragraph at most, its number included."""
        paragraphs = inside(cell, "p")
        return "".join(self._mark(p, self._styles_of(p)) + text_of(p) for p in paragraphs).strip()

    def _paragraph(self, paragraph: Element) -> None:
        chain = self._styles_of(paragraph)
        text = self._carried + text_of(paragraph)
        if is_joined(paragraph):
            self._carried = text
            return
        mark = self._mark(paragraph, chain)
        said = text.strip()
        if said:
            start = self._composer.add(mark + said) + len(mark)
            self._add_heading(paragraph, chain, start, text)
        self._carried = ""
        for box in boxes_in(paragraph):
            self.read(box)

    def _add_heading(self, paragraph: Element, chain: list[_Style], start: int, text: str) -> None:
        """Record the heading that a paragraph is or begins with; its text begins at `start`."""
        said = text.strip()
        names = [style.name for style in chain]
        if names and names[0] == "title":
            self._title = self._title or " ".join(said.split())
        if any(name.startswith(("heading", "title")) for name in names):
            self._composer.headings.append((start, start + len(said)))
            return
        span = None if self._carried else _bold_start(paragraph, chain)
        if span:
            cut = len(text) - len(text.lstrip())
            self._composer.headings.append((start + span[0] - cut, start + span[1] - cut))

    def _mark(self, paragraph: Element, chain: list[_Style]) -> str:
        """Return the automatic number or bullet of a paragraph, and count it, as Word does.

        An empty paragraph is counted too.
        """
        list_id, told = list_place(paragraph)
        level = integer(told, 0) if told else None
        for style in chain:
            list_id = list_id or style.list_id
            level = style.level if level is None else level
        return self._numbering.next_mark(list_id, level or 0)

    def _styles_of(self, paragraph: Element) -> list[_Style]:
        return list(self._chain(_property(paragraph, "pStyle")))

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
    nested = [*boxes_in(cell), *inside(cell, "tbl")]
    return not nested and len(list(inside(cell, "p"))) <= 1


def _bold_start(paragraph: Element, chain: list[_Style]) -> tuple[int, int] | None:
    """Return the span of the bold words that a paragraph begins with, behind its number."""
    text = text_of(paragraph)
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
    for run in runs_of(paragraph):
        own = is_on(run.find(f"{W}rPr"), "b")
        said = run_text(run)
        yield place, said, bool(usual if own is None else own)
        place += len(said)

"""Reads the text layer of PDF files with pypdfium2."""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from neagraph.errors import LimitError, UnreadableError, UsageError
from neagraph.reports.document import Content
from neagraph.reports.reading.pdf_columns import in_columns
from neagraph.reports.reading.pdf_drawings import pictures_on, rules_on
from neagraph.reports.reading.pdf_frame import PageFrame
from neagraph.reports.reading.pdf_layout import PdfLine, PdfPage, content_of, with_margins
from neagraph.reports.reading.pdf_scans import check_text, warnings_of
from neagraph.reports.segmentation.numbering import marks_of

_MOST_PAGES = 3000
_TAIL = 2048  # bytes at the end of a file in which its end mark must be
_HEAVY = 600  # weight from which letters are bold
_BOLD_NAME = re.compile(rb"bold|black|heavy|semib|demi", re.IGNORECASE)
_LEAST_GAP = 8.0  # points between the words of two columns; those of one line are nearer
_FEWEST_GAPS = 5  # lines with gaps on a page that may have columns
_FEW_LINES = 5  # of a page that may be a picture with a stamp or a number on it
_BREAK = re.compile(r"\r\n|\r|\n|(?<=[\x02\ufffe])(?=.)")
_SPACE = re.compile(r"\s+")
_ONE_AT_A_TIME = threading.Lock()  # PDFium may not be entered by two threads


def read_pdf(data: bytes) -> Content:
    """Return the text layer of a PDF.

    Lines follow each other as in the file, those of two columns column by column, with a blank
    line where a paragraph begins. A hyphen at the end of a line is U+0002, as PDFium gives it.
    Pages that are pictures are named in a warning.

    Raises:
        LimitError: If it has too many pages.
        UnreadableError: If it is damaged, needs a password, or has no text layer.
        UsageError: If pypdfium2 is not installed.
    """
    with _ONE_AT_A_TIME:
        pages = with_margins(_pages(data))
    check_text(pages)
    content = content_of([in_columns(page) for page in pages])
    return replace(content, warnings=warnings_of(pages))


def _engine() -> Any:  # noqa: ANN401 - untyped library
    try:
        import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UsageError(
            "PDF files are read with pypdfium2, which is not installed.",
            hint="Install it in the checkout with: pip install -e '.[reports]'",
        ) from error
    return pypdfium2


def _pages(data: bytes) -> list[PdfPage]:
    engine = _engine()
    if b"%%EOF" not in data[-_TAIL:]:
        raise _refused("it does not end as a PDF does; PDFium would read what is left of it")
    try:
        file = engine.PdfDocument(data)
    except engine.PdfiumError as error:
        raise _refused(str(error)) from error
    try:
        if len(file) > _MOST_PAGES:
            raise LimitError(
                f"This PDF has {len(file):,} pages; {_MOST_PAGES:,} are the most that is read.",
                hint="Save the pages of the report itself as a file of their own.",
            )
        return [_page(engine, file, number) for number in range(len(file))]
    finally:
        file.close()


def _refused(reason: str) -> UnreadableError:
    if "password" in reason.lower():
        return UnreadableError(
            "This PDF is protected with a password.", hint="Save it without a password first."
        )
    return UnreadableError(
        "This PDF is damaged or cut short.", hint="Fetch it again from where it was published."
    )


def _page(engine: Any, file: Any, number: int) -> PdfPage:  # noqa: ANN401 - untyped library
    try:
        page = file[number]
        text_page = page.get_textpage()
    except engine.PdfiumError as error:
        raise UnreadableError(
            f"Page {number + 1} of this PDF is damaged.",
            hint="Fetch it again from where it was published.",
        ) from error
    try:
        reader = _PageReader(engine.raw, text_page.raw, PageFrame.of(page))
        lines = tuple(reader.lines(text_page.get_text_range()))
        may_have_columns = sum(bool(line.gaps) for line in lines) >= _FEWEST_GAPS
        return PdfPage(
            lines,
            page.get_height(),
            rules=rules_on(page) if may_have_columns else (),
            pictures=pictures_on(page) if len(lines) <= _FEW_LINES else 0.0,
        )
    finally:
        text_page.close()
        page.close()


class _PageReader:
    """Asks PDFium where the characters of a page are."""

    def __init__(self, raw: Any, page: Any, frame: PageFrame) -> None:  # noqa: ANN401 - untyped
        self._raw = raw
        self._page = page
        self._frame = frame
        self._middle = sum(frame.shown(frame.box)[::2]) / 2
        self._numbers = [ctypes.c_double() for _ in range(4)]
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._box = raw.FS_RECTF()

    def lines(self, text: str) -> Iterator[PdfLine]:
        """Yield the lines of the page's text; after a hyphen PDFium does not tell their end."""
        start = 0
        for end, after in [*(match.span() for match in _BREAK.finditer(text)), (len(text),) * 2]:
            said = text[start:end].strip()
            if said:
                first = text.index(said, start)
                yield self._line(text, first, first + len(said))
            start = after

    def _line(self, text: str, start: int, end: int) -> PdfLine:
        first, said = self._char(start), text[start:end]
        left, base = self._origin(first)
        marks = marks_of(said, 0, len(said))
        right = self._right(self._char(end - 1))
        return PdfLine(
            text=said.replace("\ufffe", "\x02"),
            left=left,
            right=right,
            base=base,
            size=self._size(first),
            bold=self._bold_until(text, start, end, marks[0].end if marks else 0),
            gaps=tuple(self._gaps(text, start, end)) if left < self._middle < right else (),
        )

    def _gaps(self, text: str, start: int, end: int) -> Iterator[tuple[int, float, float]]:
        """Yield the wide gaps between the words of a line."""
        for space in _SPACE.finditer(text, start, end):
            behind = self._origin(self._char(space.end()))[0]
            before = self._right(self._char(space.start() - 1))
            if behind - before >= _LEAST_GAP:
                yield space.end() - start, before, behind

    def _bold_until(self, text: str, start: int, end: int, number: int) -> int:
        """Return how many characters are bold from the start of a line or after its number."""
        if start + number >= end or not self._is_bold(start + number):
            return 0
        until = start + number
        for word in re.finditer(r"\S+", text[start + number : end]):
            place = start + number + word.start()
            if not self._is_bold(place):
                break
            until = start + number + word.end()
        return until - start

    def _char(self, place: int) -> int:
        found: int = self._raw.FPDFText_GetCharIndexFromTextIndex(self._page, place)
        return found if found >= 0 else place

    def _origin(self, index: int) -> tuple[float, float]:
        across, up = self._numbers[:2]
        self._raw.FPDFText_GetCharOrigin(self._page, index, across, up)
        return self._frame.point(across.value, up.value)

    def _right(self, index: int) -> float:
        left, right, bottom, top = self._numbers
        self._raw.FPDFText_GetCharBox(self._page, index, left, right, bottom, top)
        return self._frame.shown((left.value, bottom.value, right.value, top.value))[2]

    def _size(self, index: int) -> float:
        """Return the height of a character's font as it shows on the page, in points."""
        self._raw.FPDFText_GetLooseCharBox(self._page, index, self._box)
        loose = (self._box.left, self._box.bottom, self._box.right, self._box.top)
        _, low, _, high = self._frame.shown(loose)
        return high - low

    def _is_bold(self, place: int) -> bool:
        index = self._char(place)
        self._raw.FPDFText_GetFontInfo(self._page, index, self._name, 128, self._flags)
        if _BOLD_NAME.search(self._name.value):
            return True
        return bool(self._raw.FPDFText_GetFontWeight(self._page, index) >= _HEAVY)

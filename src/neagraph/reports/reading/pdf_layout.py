"""Lines of PDF pages → text with paragraphs, headings and margins.

The text layer of a PDF has lines and no paragraphs, so these come from what the page shows: the
space between lines, indents, sizes, and lines that end although the next word would have fitted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from neagraph.reports.document import Content
from neagraph.reports.reading.composing import Composer
from neagraph.reports.reading.read_text import title_of
from neagraph.reports.segmentation.lines import is_page_number, shape_of
from neagraph.reports.segmentation.numbering import bullet_end, marks_of

_SAME_LINE = 0.45  # share of a line's height that its parts may be shifted by
_MARGIN = 0.14  # share of a page's height, at its top and bottom, where running heads stand
_BORDER = 26.0  # points at the top and bottom of a page that no text of a report reaches
_SAME_PLACE = 4.0  # points between the places of a running head on two pages
_WIDE_GAP = 1.25  # times the usual distance of lines: a new paragraph
_INDENT = 8.0  # points
_STOP = re.compile(r"[.:;!?][\"'\u201d\u2019)\]]*$")


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a page; places in points from the lower left corner.

    Args:
        text: What it says.
        left: Where it begins.
        right: Where it ends.
        base: Its base line.
        size: Height of its letters.
        bold: How many of its first characters are bold, a number before them included.
        is_margin: Whether it is a running head, a footer or a page number.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: int
    is_margin: bool = False


@dataclass(frozen=True, slots=True)
class PdfPage:
    """The lines of a page in the order of the file, and its height."""

    lines: tuple[PdfLine, ...]
    height: float


def with_margins(pages: Sequence[PdfPage]) -> list[PdfPage]:
    """Return the pages with their running heads, footers and page numbers marked.

    These are lines near the top or the bottom that say the same on several pages, digits aside,
    at the same height, or that are page numbers.
    """
    places = Counter(
        (shape, _height(page, line))
        for page in pages
        for line in page.lines
        if _is_near_edge(page, line) and (shape := shape_of(line.text))
    )
    least = 2 if len(pages) < 6 else 3  # noqa: PLR2004 - few pages, few chances
    return [_marked(page, places, least) for page in pages]


def _marked(page: PdfPage, places: Counter[tuple[str, int]], least: int) -> PdfPage:
    def is_margin(line: PdfLine) -> bool:
        if not _is_near_edge(page, line):
            return False
        shape, here = shape_of(line.text), _height(page, line)
        same = sum(places[shape, here + step] for step in (-1, 0, 1))
        is_number = is_page_number(line.text) and _is_outermost(page, line)
        return same >= least or is_number or _is_in_border(page, line)

    marked = (replace(line, is_margin=True) if is_margin(line) else line for line in page.lines)
    return PdfPage(tuple(marked), page.height)


def _is_in_border(page: PdfPage, line: PdfLine) -> bool:
    """Return whether a line stands where pages are white, and browsers print addresses."""
    return not _BORDER < line.base < page.height - _BORDER


def _is_near_edge(page: PdfPage, line: PdfLine) -> bool:
    return not _MARGIN * page.height < line.base < (1 - _MARGIN) * page.height


def _height(page: PdfPage, line: PdfLine) -> int:
    """Return how far a line is from the nearer edge, in steps; below nought for the top."""
    near = line.base if line.base < page.height / 2 else line.base - page.height
    return round(near / _SAME_PLACE)


def _is_outermost(page: PdfPage, line: PdfLine) -> bool:
    bases = [other.base for other in page.lines]
    return line.base in {min(bases), max(bases)}


def content_of(pages: Sequence[PdfPage]) -> Content:
    """Return the text of pages whose margins are marked.

    A blank line begins a paragraph; a margin breaks none, and a page only where its lines show it.
    """
    composer = Composer()
    pitch = _pitch(pages)
    last = _Place()
    edges = [_edge(page) for page in pages]
    usual = median(edges)
    for number, page in enumerate(pages):
        edge = max(edges[number], usual)
        for at, line in enumerate(page.lines):
            here = _Place(line, number, edge)
            gap = "\n" if line.is_margin else _gap(last, here, pitch)
            start = composer.add(line.text, before=gap, is_margin=line.is_margin)
            if number and not at:
                composer.pages.append(start)
            if not line.is_margin:
                _add_heading(composer, line, start, last.line if gap == "\n" else None)
                last = here
    content = composer.content()
    return composer.content(title_of(content.text))


def _edge(page: PdfPage) -> float:
    """Return where the longest line of a page ends."""
    return max((line.right for line in page.lines if not line.is_margin), default=0.0)


@dataclass(frozen=True, slots=True)
class _Place:
    """A line of the text, the number of its page, and where the lines of that page end."""

    line: PdfLine | None = None
    page: int = 0
    edge: float = 0.0


def _pitch(pages: Sequence[PdfPage]) -> float:
    """Return the usual distance of lines: the smallest one that is common."""
    gaps = Counter(
        round((above.base - below.base) * 2) / 2
        for page in pages
        for above, below in zip(page.lines, page.lines[1:], strict=False)
        if above.size * 0.8 < above.base - below.base < above.size * 3
    )
    common = [gap for gap, count in gaps.items() if count * 10 >= gaps.total()]
    return min(common, default=0.0)


def _gap(last: _Place, here: _Place, pitch: float) -> str:
    """Return what parts two lines of the text: a line end, or a blank line for a new paragraph."""
    before, line = last.line, here.line
    if before is None or line is None:
        return ""
    if last.page != here.page:
        return _page_gap(before, line, last.edge)
    down = before.base - line.base
    if down < 0:
        return "\n\n"
    if down < line.size * _SAME_LINE:
        return " "
    if down > _WIDE_GAP * max(pitch, line.size * 0.9) or _looks_different(before, line):
        return "\n\n"
    return "\n\n" if _STOP.search(before.text) and _begins(before, line, last.edge) else "\n"


def _page_gap(before: PdfLine, line: PdfLine, edge: float) -> str:
    """Return what parts the last line of a page from the first of the next."""
    is_item = marks_of(line.text, 0, len(line.text)) or bullet_end(line.text, 0, len(line.text))
    if is_item or _looks_different(before, line):
        return "\n\n"
    return "\n\n" if _STOP.search(before.text) and _begins(before, line, edge) else "\n"


def _looks_different(before: PdfLine, line: PdfLine) -> bool:
    if abs(before.size - line.size) > 0.1 * before.size:
        return True
    is_heading = before.bold >= len(before.text) and not before.text.endswith(":")
    is_numbered = bool(marks_of(line.text, 0, len(line.text)))
    return is_heading and (line.bold == 0 or is_numbered)


def _begins(before: PdfLine, line: PdfLine, edge: float) -> bool:
    """Return whether a line begins a paragraph after one that ends with a stop."""
    if line.text[0].islower():
        return False
    if marks_of(line.text, 0, len(line.text)) or bullet_end(line.text, 0, len(line.text)):
        return True
    word = len(line.text.split()[0]) + 1
    width = (line.right - line.left) / max(len(line.text), 1)
    if edge - before.right > word * width * 1.2:
        return True
    is_item = marks_of(before.text, 0, len(before.text))
    return line.left - before.left > _INDENT and not is_item


def _add_heading(composer: Composer, line: PdfLine, start: int, above: PdfLine | None) -> None:
    """Record the bold words that a block begins with; `above` is the line before it in it."""
    if not line.bold:
        return
    marks = marks_of(line.text, 0, len(line.text))
    span = (start + (marks[0].end if marks else 0), start + line.bold)
    if above is None:
        composer.headings.append(span)
    elif above.bold >= len(above.text) and composer.headings:
        composer.headings[-1] = (composer.headings[-1][0], span[1])

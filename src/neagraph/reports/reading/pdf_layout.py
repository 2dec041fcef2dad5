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
        column: 1 in the left and 2 in the right one of two columns, 0 outside of columns.
        gaps: Where words are far from each other: the place of the next word in the text, where
            the word before ends, and where the next one begins; ascending.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: int
    is_margin: bool = False
    column: int = 0
    gaps: tuple[tuple[int, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that is drawn across a page: where it begins and ends, and how high it is."""

    left: float
    right: float
    height: float


@dataclass(frozen=True, slots=True)
class PdfPage:
    """What is on a page.

    Args:
        lines: Its lines in the order of the file, or of reading once columns are found.
        height: How high it is.
        rules: The lines drawn across it, where its words do not tell tables from columns.
        pictures: Share of it that pictures cover, where it has little text; else 0.
    """

    lines: tuple[PdfLine, ...]
    height: float
    rules: tuple[Rule, ...] = ()
    pictures: float = 0.0


def with_margins(pages: Sequence[PdfPage]) -> list[PdfPage]:
    """Return the pages with their running heads, footers and page numbers marked.

    These are lines near the top or the bottom that say the same on several pages, digits aside,
    at the same height, or that are page numbers.
    """
    places = Counter(
        (shape, _height(page, line))
        for page in pages
        for line in page.lines
        if is_near_edge(page, line) and (shape := shape_of(line.text))
    )
    least = 2 if len(pages) < 6 else 3  # noqa: PLR2004 - few pages, few chances
    return [_marked(page, places, least) for page in pages]


def _marked(page: PdfPage, places: Counter[tuple[str, int]], least: int) -> PdfPage:
    def is_margin(line: PdfLine) -> bool:
        if not is_near_edge(page, line):
            return False
        shape, here = shape_of(line.text), _height(page, line)
        same = sum(places[shape, here + step] for step in (-1, 0, 1))
        is_number = is_page_number(line.text) and _is_outermost(page, line)
        return same >= least or is_number or _is_in_border(page, line)

    marked = (replace(line, is_margin=True) if is_margin(line) else line for line in page.lines)
    return replace(page, lines=tuple(marked))


def _is_in_border(page: PdfPage, line: PdfLine) -> bool:
    """Return whether a line stands where pages are white, and browsers print addresses."""
    return not _BORDER < line.base < page.height - _BORDER


def is_near_edge(page: PdfPage, line: PdfLine) -> bool:
    """Return whether a line stands where running heads and page numbers do."""
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

    A blank line begins a paragraph; a margin breaks none, and a page or a column only where its
    lines show it.
    """
    composer = Composer()
    pitch = _pitch(pages)
    last = _Place()
    edges = _edges(pages)
    for number, page in enumerate(pages):
        for at, line in enumerate(page.lines):
            here = _Place(line, number, *edges[number, line.column])
            gap = "\n" if line.is_margin else _gap(last, here, pitch)
            start = composer.add(line.text, before=gap, is_margin=line.is_margin)
            if number and not at:
                composer.pages.append(start)
            if not line.is_margin:
                _add_heading(composer, line, start, last.line if gap == "\n" else None)
                last = here
    content = composer.content()
    return composer.content(title_of(content.text))


def _edges(pages: Sequence[PdfPage]) -> dict[tuple[int, int], tuple[float, float]]:
    """Return where the lines of each column of each page begin, and where the longest one ends.

    One with short lines alone ends where that column usually does.
    """
    own: dict[tuple[int, int], tuple[float, float]] = {}
    for column in (0, 1, 2):
        for number, page in enumerate(pages):
            lines = [line for line in page.lines if line.column == column and not line.is_margin]
            own[number, column] = (
                min((line.left for line in lines), default=0.0),
                max((line.right for line in lines), default=0.0),
            )
    usual = {}
    for column in (0, 1, 2):
        ends = [end for (_, which), (_, end) in own.items() if which == column and end]
        usual[column] = median(ends) if ends else 0.0
    return {key: (left, max(right, usual[key[1]])) for key, (left, right) in own.items()}


@dataclass(frozen=True, slots=True)
class _Place:
    """A line of the text, the number of its page, and where the lines around it begin and end."""

    line: PdfLine | None = None
    page: int = 0
    start: float = 0.0
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
    down = before.base - line.base
    if last.page != here.page or (down < 0 and line.column > before.column > 0):
        return _page_gap(last, here)
    if down < 0:
        return "\n\n"
    if down < line.size * _SAME_LINE:
        return " "
    if down > _WIDE_GAP * max(pitch, line.size * 0.9) or _looks_different(before, line):
        return "\n\n"
    return "\n\n" if _begins(last, here) else "\n"


def _page_gap(last: _Place, here: _Place) -> str:
    """Return what parts the last line of a page or a column from the first of the next."""
    before, line = last.line, here.line
    if before is None or line is None:
        return ""
    is_item = marks_of(line.text, 0, len(line.text)) or bullet_end(line.text, 0, len(line.text))
    if is_item or _looks_different(before, line):
        return "\n\n"
    return "\n\n" if _begins(last, here) else "\n"


def _looks_different(before: PdfLine, line: PdfLine) -> bool:
    if abs(before.size - line.size) > 0.1 * before.size:
        return True
    is_heading = before.bold >= len(before.text) and not before.text.endswith(":")
    is_numbered = bool(marks_of(line.text, 0, len(line.text)))
    return is_heading and (line.bold == 0 or is_numbered)


def _begins(last: _Place, here: _Place) -> bool:
    """Return whether a line begins a paragraph: after one that ends with a stop."""
    before, line = last.line, here.line
    if before is None or line is None or not _STOP.search(before.text) or line.text[0].islower():
        return False
    if marks_of(line.text, 0, len(line.text)) or bullet_end(line.text, 0, len(line.text)):
        return True
    word = len(line.text.split()[0]) + 1
    width = (line.right - line.left) / max(len(line.text), 1)
    if last.edge - before.right > word * width * 1.2:
        return True
    is_item = marks_of(before.text, 0, len(before.text))
    shift = here.start - last.start if line.column != before.column else 0.0
    return line.left - before.left - shift > _INDENT and not is_item


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

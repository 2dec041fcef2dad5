"""Two columns on a PDF page: where the gutter is, and the lines in the order in which one reads.

Files tell the lines of a page as they were painted: mostly column by column, sometimes row by row
through both. A table looks much like that; it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from statistics import median

from neagraph.reports.reading.pdf_layout import PdfLine, PdfPage, Rule

_FEWEST_LINES = 5  # in each column
_FIRST, _LAST = 0.35, 0.65  # share of the width of the text in which a gutter is looked for
_STEP = 2.0  # points between the places that are tried
_HALF = 4.0  # points from the middle of a gutter to the columns, at least
_FULL = 0.75  # share of its column that a line of prose fills
_LEAST_FULL = 0.4  # share of the lines of a column that do
_FEWEST_WORDS = 4  # in half of the lines of a column
_ROW_BY_ROW = 0.6  # ways back to the left column, as a share of its lines
_MOST_RULES = 2  # lines drawn through the gutter; tables have more
_SAME_ROW = 2.0  # points
_WIDE = 1.3  # times the usual distance of lines: a paragraph or a row of a table begins


def in_columns(page: PdfPage) -> PdfPage:
    """Return a page, whose margins are marked, with the lines of its columns in reading order.

    Lines of columns know which one they are in, and are cut where the file runs through both. A
    page without columns stays as it is.
    """
    gutter = _gutter(page.lines)
    if gutter is None:
        return page
    lines: list[PdfLine] = []
    for is_across, group in groupby(page.lines, lambda line: _is_across(line, gutter)):
        run = list(group)
        lines += run if is_across else _read(run, gutter, page.rules)
    return replace(page, lines=tuple(lines))


def _gutter(lines: Sequence[PdfLine]) -> float | None:
    """Return the place in the middle of the text that has the most lines beside it."""
    body = [line for line in lines if not line.is_margin]
    if not body:
        return None
    pieces = [piece for line in body for piece in _pieces(line)]
    first, width = min(p.left for p in pieces), 0.0
    width = max(p.right for p in pieces) - first
    best, places = 0, [0.0]
    for step in range(int((_LAST - _FIRST) * width / _STEP)):
        place = first + _FIRST * width + step * _STEP
        before = sum(piece.right <= place - _HALF for piece in pieces)
        behind = sum(piece.left >= place + _HALF for piece in pieces)
        if min(before, behind) < _FEWEST_LINES or before + behind < best:
            continue
        places = [place] if before + behind > best else [*places, place]
        best = before + behind
    return places[len(places) // 2] if best else None


def _pieces(line: PdfLine) -> Iterator[PdfLine]:
    """Yield the parts of a line between its gaps."""
    rest = line
    for gap in reversed(line.gaps):
        rest, behind = _cut(rest, gap)
        yield behind
    yield rest


def _cut(line: PdfLine, gap: tuple[int, float, float]) -> tuple[PdfLine, PdfLine]:
    """Return what stands before and behind a gap of a line."""
    place, right, left = gap
    said = line.text[:place].rstrip()
    behind = max(line.bold - place, 0)
    return (
        replace(line, text=said, right=right, bold=min(line.bold, len(said)), gaps=()),
        replace(line, text=line.text[place:], left=left, bold=behind, gaps=()),
    )


def _halves(line: PdfLine, gutter: float) -> tuple[PdfLine, ...]:
    """Return a line, in two parts if the gutter runs through a gap of it."""
    gap = next((gap for gap in line.gaps if gap[1] <= gutter <= gap[2]), None)
    return (line,) if gap is None else _cut(line, gap)


def _is_across(line: PdfLine, gutter: float) -> bool:
    """Return whether the text of a line runs through the gutter."""
    is_beside = line.is_margin or line.right <= gutter or line.left >= gutter
    return not is_beside and len(_halves(line, gutter)) == 1


def _read(run: list[PdfLine], gutter: float, rules: Sequence[Rule]) -> list[PdfLine]:
    """Return lines none of which runs through the gutter, column by column if they are columns."""
    margins = [line for line in run if line.is_margin]
    pieces = [half for line in run if not line.is_margin for half in _halves(line, gutter)]
    whole = _Columns(pieces, gutter)
    parts = [_Columns(part, gutter) for part in _parts(pieces, gutter)]
    if len(parts) < _ROW_BY_ROW * min(len(whole.left), len(whole.right)):
        found = [line for part in parts for line in part.in_order()]
    elif whole.is_prose() and not whole.is_table(rules):
        found = [*_downwards(whole.left), *_downwards(whole.right)]
    else:
        return run
    return [*found, *margins]


def _parts(pieces: Sequence[PdfLine], gutter: float) -> Iterator[list[PdfLine]]:
    """Yield lines of the left column with those of the right one that follow them."""
    part: list[PdfLine] = []
    for piece in pieces:
        if part and piece.right <= gutter < part[-1].right:
            yield part
            part = []
        part.append(piece)
    if part:
        yield part


def _downwards(lines: list[PdfLine]) -> list[PdfLine]:
    return sorted(lines, key=lambda line: -line.base)


class _Columns:
    """The lines on both sides of a gutter, in the order of the file."""

    def __init__(self, lines: list[PdfLine], gutter: float) -> None:
        self.lines = lines
        self.left = [replace(line, column=1) for line in lines if line.right <= gutter]
        self.right = [replace(line, column=2) for line in lines if line.right > gutter]
        self._gutter = gutter

    def in_order(self) -> list[PdfLine]:
        """Return the lines as they are, known as columns if they look like it."""
        return [*self.left, *self.right] if self.is_prose() else self.lines

    def is_prose(self) -> bool:
        """Return whether both sides look like running text: enough lines, most of them full."""
        return all(_is_prose(side) for side in (self.left, self.right))

    def is_table(self, rules: Sequence[Rule]) -> bool:
        """Return whether the lines are cells: with rules between, or rows that begin together."""
        heights = [line.base for line in self.lines]
        low, top = min(heights), max(heights)
        drawn = [r for r in rules if r.left < self._gutter < r.right and low < r.height < top]
        if len(drawn) > _MOST_RULES:
            return True
        one, two = _starts(self.left), _starts(self.right)
        both = sum(any(abs(a - b) < _SAME_ROW for b in two) for a in one)
        return both > 1 and both * 2 > len(one) + len(two) - both


def _is_prose(lines: Sequence[PdfLine]) -> bool:
    if len(lines) < _FEWEST_LINES:
        return False
    width = max(line.right for line in lines) - min(line.left for line in lines)
    full = sum(line.right - line.left >= _FULL * width for line in lines)
    words = median(len(line.text.split()) for line in lines)
    return full >= _LEAST_FULL * len(lines) and words >= _FEWEST_WORDS


def _starts(lines: list[PdfLine]) -> list[float]:
    """Return the heights of the lines with more space above them than usual."""
    bases = [line.base for line in _downwards(lines)]
    usual = median(above - below for above, below in pairwise(bases))
    return [below for above, below in pairwise(bases) if above - below > _WIDE * usual]

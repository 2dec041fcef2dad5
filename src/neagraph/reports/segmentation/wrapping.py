"""Where the lines of a report end by themselves, and where only the width of the page ends them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

from neagraph.reports.segmentation.lines import Line
from neagraph.reports.segmentation.numbering import Mark, marks_of

_SHORTEST = 40  # signs of a line that the width of a page ends
_SHORT = 0.85  # share of the width below which a line has ended by itself
_LONGEST_ITEM = 12  # lines between the first item of a list and the second
_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]*$")
_END_OF_ITEM = re.compile(r"(?:[.!?;,]|[;,]\s+(?:and|or))$")
_INDENT = 2


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How the lines of a report are broken.

    Args:
        width: Usual length of a line that goes on in the next; 0 if lines are not broken.
        openings: Raw offsets of the lines that begin the first item of a lettered list.
    """

    width: int
    openings: frozenset[int]

    def ends(self, text: str, line: Line, following: Line) -> bool:
        """Return whether a line ends before the page does: the next word had room in it."""
        if not self.width:
            return True
        word = text[following.start : following.end].split(maxsplit=1)[0]
        return line.end - line.start + 1 + len(word) < self.width * _SHORT

    def ends_paragraph(self, text: str, group: Sequence[Line], line: Line) -> bool:
        """Return whether a line begins a paragraph, without a blank line, after those before it."""
        first, last = group[0], group[-1]
        if not text[line.start].isupper() or not _END.search(text[last.start : last.end]):
            return False
        if marks_of(text, line.start, line.end):
            return False
        if line.indent == first.indent and line.indent >= last.indent + _INDENT:
            return True
        is_inside = line.indent > first.indent and not text[first.start].isalpha()
        return not is_inside and self.ends(text, last, line)


def wrapping_of(text: str, lines: Sequence[Line]) -> Wrapping:
    """Return how the lines of a text are broken."""
    long = [
        line.end - line.start
        for line, after in pairwise(lines)
        if not after.after_gap
        and line.end - line.start >= _SHORTEST
        and not _END.search(text[line.start : line.end])
    ]
    return Wrapping(median_low(long) if long else 0, _openings(text, lines))


def _openings(text: str, lines: Sequence[Line]) -> frozenset[int]:
    """Return where lists of letters or Roman numerals begin: a second item follows the first."""
    found: set[int] = set()
    awaited: dict[str, tuple[int, int]] = {}
    for at, line in enumerate(lines):
        for mark in marks_of(text, line.start, line.end):
            first = awaited.get(mark.style)
            if mark.value == (1,) and _is_letter(mark):
                awaited[mark.style] = (at, line.start)
            elif mark.value == (2,) and first and at - first[0] <= _LONGEST_ITEM:
                last = lines[at - 1]
                if _END_OF_ITEM.search(text[last.start : last.end]):
                    found.add(first[1])
    return frozenset(found)


def _is_letter(mark: Mark) -> bool:
    return "1" not in mark.style and mark.style.strip("()[].") in {"a", "i"}

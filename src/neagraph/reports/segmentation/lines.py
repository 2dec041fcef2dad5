"""The lines of a raw text, and those of them that are no part of what it says."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from neagraph.reports.document import Document

_LINE = re.compile(r"[^\n\r\f\v\x85\u2028\u2029]+")
BULLETS = (
    "\u2022\u25cf\u25aa\u25a0\u25e6\u2023\u2043\u00b7\u25cb\u27a2\u25ba\uf0b7\uf0a7\u2013\u2014-*+"
)
"""Signs that begin an item of a list."""

_PLAIN = frozenset({"text/plain", "text/markdown"})  # media types whose text has it all
_EDGE = 3  # lines at the top and at the bottom of a page that may be running heads or footers
_LONGEST_NUMBER = len("- page 1000 of 1000 -")
_FEW_WORDS = 4
_LONGEST_HEAD = 120  # characters; longer lines are no running heads
_AROUND = r"[\s\[\](){}|_\u2013\u2014-]*"
_PAGE_NUMBER = re.compile(
    rf"{_AROUND}(?:(?:page|p\.|pg\.?)\s*)?(?:\d{{1,4}}|[ivxl]{{1,6}})"
    rf"(?:\s*(?:of|/|\|)\s*(?:\d{{1,4}}|pages?))?{_AROUND}",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\W*p", re.IGNORECASE)
_NUMBER_WITH_STOP = re.compile(r"\s*\W?(?:\d{1,3}|[ivxl]{1,6})[.)]\s*", re.IGNORECASE)
_NUMBERED = re.compile(r"[\W_]*\w{1,3}[.)]\s*\W*\w")
_SIGNS_ONLY = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank, without the space around it.

    Args:
        start: Raw offset of its first sign.
        end: Raw offset after its last.
        indent: Signs of space before it.
        after_gap: Whether a blank line, a page break or the start of the text is before it.
        after_aside: Whether lines that are left out are before it.
        at_edge: Whether it is the first or the last line of a page.
    """

    start: int
    end: int
    indent: int
    after_gap: bool
    after_aside: bool = False
    at_edge: bool = False


def lines_of(document: Document) -> tuple[list[Line], list[Line]]:
    """Return the lines that belong to the text of a report, and those that are left out.

    Left out are what the format itself puts into the margins and signs alone; in plain text, which
    has no margins, page numbers too, and lines that come back at the edges of the pages.
    """
    every = _split(document.text)
    margins = _margins(document, every)
    aside = margins | _signs(document.text, every)
    if document.media_type in _PLAIN:
        aside |= _page_numbers(document.text, every)
        aside |= _repeated(document, every, aside)
    kept = [_kept(every, at, aside, margins) for at in range(len(every)) if at not in aside]
    return kept, [line for at, line in enumerate(every) if at in aside]


def _kept(lines: Sequence[Line], at: int, aside: set[int], margins: set[int]) -> Line:
    """Return a line of the text; a margin before it is a gap only if it has gaps itself."""
    gap = lines[at].after_gap
    before = at - 1
    while before in aside and not gap:
        gap = before not in margins or lines[before].after_gap
        before -= 1
    return replace(lines[at], after_gap=gap, after_aside=at - 1 in aside)


def _split(text: str) -> list[Line]:
    lines: list[Line] = []
    before = 0
    for match in _LINE.finditer(text):
        said = match.group().strip()
        if not said:
            continue
        start = match.start() + match.group().index(said[0])
        gap = text[before:start]
        is_page = "\f" in gap
        if is_page and lines:
            lines[-1] = replace(lines[-1], at_edge=True)
        blank = gap.count("\n") > 1 or gap.count("\r") > 1 or is_page or not lines
        before = start + len(said)
        lines.append(Line(start, before, start - match.start(), blank, at_edge=is_page))
    return lines


def _margins(document: Document, lines: Sequence[Line]) -> set[int]:
    found: set[int] = set()
    at = 0
    for start, end in document.margins:
        while at < len(lines) and lines[at].end <= start:
            at += 1
        while at < len(lines) and lines[at].start < end:
            found.add(at)
            at += 1
    return found


def _signs(text: str, lines: Sequence[Line]) -> set[int]:
    """Return which lines have no letter and no digit, and are not a bullet before its text."""
    found = set()
    for at, line in enumerate(lines):
        said = text[line.start : line.end]
        is_last = at + 1 == len(lines) or lines[at + 1].after_gap
        if _SIGNS_ONLY.fullmatch(said) and (said not in BULLETS or is_last):
            found.add(at)
    return found


def _page_numbers(text: str, lines: Sequence[Line]) -> set[int]:
    """Return which lines are page numbers between gaps."""
    found = set()
    for at, line in enumerate(lines):
        said = text[line.start : line.end]
        if is_page_number(said) and _is_alone(lines, at, said):
            found.add(at)
    return found


def is_page_number(said: str) -> bool:
    """Return whether a line is a page number, such as `- 3 -` or `Page 3 of 10`."""
    if len(said) > _LONGEST_NUMBER or _NUMBER_WITH_STOP.fullmatch(said):
        return False
    return bool(_PAGE_NUMBER.fullmatch(said))


def _is_alone(lines: Sequence[Line], at: int, said: str) -> bool:
    """Return whether a line has gaps around it, or stands at the edge of a page."""
    last = at + 1 == len(lines)
    before, after = lines[at].after_gap, last or lines[at + 1].after_gap
    return bool(
        (before and after) or lines[at].at_edge or (_PAGE.match(said) and (before or after))
    )


def _repeated(document: Document, lines: Sequence[Line], aside: set[int]) -> set[int]:
    """Return which lines come back, but for their digits, at the edges of the pages."""
    edges = _edges(document, lines)
    if not edges:
        edges = _beside(lines, aside) | _small_groups(document.text, lines)
    shapes = {at: shape_of(document.text[lines[at].start : lines[at].end]) for at in edges}
    pages = {at: bisect_right(document.pages, lines[at].start) for at in edges}
    seen = {(shape, pages[at] if len(document.pages) > 1 else at) for at, shape in shapes.items()}
    often = Counter(shape for shape, _ in seen)
    least = 2 if len(document.pages) < 6 else 3  # noqa: PLR2004 - few pages, few chances
    return {at for at, shape in shapes.items() if shape and often[shape] >= least}


def shape_of(said: str) -> str:
    """Return a line with its digits made equal, to find it again on other pages.

    Empty for lines that cannot be running heads: long ones, numbered ones, sentences, those that
    lead into something.
    """
    is_sentence = said.endswith(".") and len(said.split()) > _FEW_WORDS
    is_other = is_sentence or said.endswith((";", ":")) or _NUMBERED.match(said)
    if len(said) > _LONGEST_HEAD or is_other:
        return ""
    return _DIGITS.sub("#", " ".join(said.split())).casefold()


def _edges(document: Document, lines: Sequence[Line]) -> set[int]:
    """Return the first and last lines of each page."""
    found: set[int] = set()
    at = 0
    starts = [*document.pages[1:], len(document.text) + 1] if len(document.pages) > 1 else []
    for limit in starts:
        first = at
        while at < len(lines) and lines[at].start < limit:
            at += 1
        found.update(range(first, min(first + _EDGE, at)), range(max(first, at - _EDGE), at))
    return found


def _beside(lines: Sequence[Line], aside: set[int]) -> set[int]:
    """Return the lines next to page numbers, for texts that do not tell their pages."""
    beside = {at + step for at in aside for step in (-1, 1)}
    return {at for at in beside - aside if 0 <= at < len(lines)}


def _small_groups(text: str, lines: Sequence[Line]) -> set[int]:
    """Return the lines of blocks that are a running head with a page number."""
    found: set[int] = set()
    begins = [at for at, line in enumerate(lines) if line.after_gap]
    for start, end in zip(begins, [*begins[1:], len(lines)], strict=False):
        said = [text[line.start : line.end] for line in lines[start:end]]
        if 1 < len(said) <= _EDGE and any(is_page_number(line) for line in (said[0], said[-1])):
            found.update(range(start, end))
    return found

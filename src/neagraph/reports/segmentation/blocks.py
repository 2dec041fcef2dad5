"""The blocks of a report: lines that stand together, with the mark that they begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from neagraph.reports.document import Document
from neagraph.reports.segmentation.lines import Line
from neagraph.reports.segmentation.numbering import Mark, bullet_end, marks_of
from neagraph.reports.segmentation.wrapping import Wrapping, wrapping_of
from neagraph.reports.words import words

_MOST_WORDS = 20
_HEADING_WORDS = 12
_LONGEST_TITLE = 150  # characters
_SHORT_TITLE = 40  # the same where no blank line is below
_FINAL = re.compile(r"[.!?:;,][\"'\u201d\u2019)\]*_]*$")
_STOPPED = re.compile(r"[.!?:;][\"'\u201d\u2019)\]*_]*$")
_ENDS_ITEM = re.compile(r"(?:[.!?:;,][\"'\u201d\u2019)\]*_]*|[;,]\s+(?:and|or))$")
_MARKDOWN = re.compile(r"#{1,6}\s+")
_BOLD = re.compile(r"(\*\*|__)(?=\S).{1,150}?(?<=\S)\1", re.DOTALL)
_BOLD_GOES_ON = re.compile(r"[^*]{1,150}?\*\*")
_AFTER_HEADING = re.compile(r"[\s*_]*([:.\u2013\u2014-]?)[\s*_]*")
_RUN_IN = re.compile(r"(?P<said>[A-Z][^.:;!?\n]{2,80}):\s+(?=[\"'\u201c\u2018]?[A-Z])")
_HYPHENS = ("-", "\u2010", "\u00ad", "\u0002")
_DASHES = "-\u2013\u2014*+"  # bullets that are signs of a sentence too
_SMALL = words("a an and as at by for from in into of on or the to with under its their vs via")

_SUBJECTS = words("the it they we he she this delegates members participants parties")
"""Words that begin clauses rather than titles."""

_VERBS = words(
    """is are was were has have had be been will shall may should would can could must met held
    took made gave heard sent drew spoke left thought felt found chose"""
)
"""Forms of verbs that titles do not have; others end in -ed."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together; raw offsets.

    Args:
        start: Where it begins.
        end: Where it ends.
        text_start: Where its text begins, after number or bullet.
        after_gap: Whether a blank line or a page break is before it.
        indent: Signs of space before its first line.
        marks: The readings of its number; empty for none.
        bullet: Its bullet; empty for none.
        run_in: Span of the heading that its text begins with, and where the text after it begins;
            None for none.
        is_heading: Whether the format marks the whole of it as a heading.
    """

    start: int
    end: int
    text_start: int
    after_gap: bool
    indent: int
    marks: tuple[Mark, ...] = ()
    bullet: str = ""
    run_in: tuple[int, int, int] | None = None
    is_heading: bool = False


def blocks_of(document: Document, lines: Sequence[Line]) -> list[Block]:
    """Return the blocks of the lines that belong to the text of a report."""
    headings = dict(document.headings)
    return [_block(document.text, group, headings) for group in _groups(document, lines, headings)]


def is_title(text: str) -> bool:
    """Return whether a text without its number could be a title: short, no stop at its end."""
    said = text.strip("*_# \t\u00a0")
    words = said.split()
    return (
        0 < len(words) <= _MOST_WORDS
        and len(said) <= _LONGEST_TITLE
        and not _FINAL.search(said)
        and not said[0].islower()
    )


def is_capitals(text: str) -> bool:
    """Return whether a text is written in capitals, as titles of sections are."""
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters) > 4 and all(sign.isupper() for sign in letters)  # noqa: PLR2004 - one word


def is_unfinished(text: str) -> bool:
    """Return whether a text breaks off, as at the end of a page: no stop at its end."""
    return _STOPPED.search(text) is None


def _groups(
    document: Document, lines: Sequence[Line], headings: dict[int, int]
) -> Iterator[list[Line]]:
    group: list[Line] = []
    wrapping = wrapping_of(document.text, lines)
    for line in lines:
        is_set_off = bool(group) and wrapping.ends_paragraph(document.text, group, line)
        is_item = line.start in wrapping.openings and _leaves(document.text, group, line, wrapping)
        if is_set_off or is_item or (group and _begins(document.text, group, line, headings)):
            yield group
            group = []
        group.append(replace(line, after_gap=True) if is_set_off else line)
    if group:
        yield group


def _leaves(text: str, group: list[Line], line: Line, wrapping: Wrapping) -> bool:
    """Return whether the first item of a list is below its lead-in and not inside a sentence."""
    if not group:
        return False
    last = group[-1]
    return wrapping.ends(text, last, line) or leads_in(text[last.start : last.end])


def _begins(text: str, group: list[Line], line: Line, headings: dict[int, int]) -> bool:
    """Return whether a line begins a new block after the lines of the block so far."""
    last = group[-1]
    if line.after_gap or line.after_aside:
        return True
    if line.start in headings or headings.get(group[0].start) == last.end:
        return True
    if _MARKDOWN.match(text, last.start) or _MARKDOWN.match(text, line.start):
        return True
    return _opens_item(text, group, line) or _opens_number(text, group, line)


def _opens_item(text: str, group: list[Line], line: Line) -> bool:
    """Return whether a line begins with a bullet, and not with a dash inside a sentence."""
    after = bullet_end(text, line.start, line.end)
    if after is None:
        return False
    if text[line.start] == text[group[0].start] or text[line.start] not in _DASHES:
        return True
    last = text[group[-1].start : group[-1].end]
    is_closed = _ENDS_ITEM.search(last) is not None or leads_in(last)
    return is_closed or not text[after : after + 1].islower()


def _opens_number(text: str, group: list[Line], line: Line) -> bool:
    """Return whether a line begins with a number, and not with one inside a sentence."""
    marks = marks_of(text, line.start, line.end)
    last = text[group[-1].start : group[-1].end]
    if not marks or last.endswith(_HYPHENS):
        return False
    bare = marks_of(last, 0, len(last))
    if _ENDS_ITEM.search(last) or is_capitals(last) or (bare and bare[0].end >= len(last)):
        return True
    return _follows(text, group, marks) or _begins_below(text, group, marks)


def _follows(text: str, group: list[Line], marks: tuple[Mark, ...]) -> bool:
    """Return whether a number is the one after that of the title before it."""
    before = marks_of(text, group[0].start, group[0].end)
    if not before or group[-1].end - before[0].end > _LONGEST_TITLE:
        return False
    if not is_title(text[before[0].end : group[-1].end]):
        return False
    known = {(mark.style, mark.value) for mark in before}
    return any((mark.style, (*mark.value[:-1], mark.value[-1] - 1)) in known for mark in marks)


def _begins_below(text: str, group: list[Line], marks: tuple[Mark, ...]) -> bool:
    """Return whether a number is the first one below a short title."""
    first = group[0]
    before = marks_of(text, first.start, first.end)
    said = text[before[0].end if before else first.start : first.end]
    is_short = len(group) == 1 and 0 < len(said) <= _SHORT_TITLE
    return is_short and is_heading_like(said) and any(mark.value[-1] == 1 for mark in marks)


def _block(text: str, group: list[Line], headings: dict[int, int]) -> Block:
    first, start, end = group[0], group[0].start, group[-1].end
    hashes = _MARKDOWN.match(text, start, end)
    inner = hashes.end() if hashes else start
    bullet = bullet_end(text, inner, end)
    marks = () if bullet else marks_of(text, inner, end)
    text_start = bullet or (marks[0].end if marks else inner)
    whole, run_in = _heading(text, (start, text_start, end), headings)
    if marks and len(group) > 1 and _has_own_line(text, text_start, group, marks[0]):
        run_in = run_in or _first_line(text, text_start, group)
    return Block(
        start=start,
        end=end,
        text_start=text_start,
        after_gap=first.after_gap,
        indent=first.indent,
        marks=marks,
        bullet=text[start : start + 1] if bullet else "",
        run_in=run_in,
        is_heading=whole or hashes is not None,
    )


def _heading(
    text: str, places: tuple[int, int, int], headings: dict[int, int]
) -> tuple[bool, tuple[int, int, int] | None]:
    """Return whether a block is a heading as a whole, or else the heading it begins with."""
    start, text_start, end = places
    stop = headings.get(start) or headings.get(text_start) or _bold_end(text, places)
    if stop is not None and stop > text_start:
        return _marked(text, (text_start, stop, end))
    found = _RUN_IN.match(text, text_start, end) if text_start > start else None
    if found and looks_like_heading(found["said"]):
        return False, (text_start, found.end("said"), found.end())
    return False, None


def _has_own_line(text: str, text_start: int, group: list[Line], mark: Mark) -> bool:
    """Return whether the first line of a numbered block may be its title."""
    if mark.style.startswith("article"):
        return True
    said = text[text_start : group[0].end]
    is_short = 0 < len(said) <= _SHORT_TITLE and is_heading_like(said)
    return is_short and text[group[1].start].isupper()


def _first_line(text: str, text_start: int, group: list[Line]) -> tuple[int, int, int] | None:
    """Return the first line of an article as its heading, if it has words and could be one."""
    said = text[text_start : group[0].end]
    if text_start >= group[0].end or not is_title(said.lstrip("-\u2013\u2014 ")):
        return None
    return text_start, group[0].end, group[1].start


def _bold_end(text: str, places: tuple[int, int, int]) -> int | None:
    """Return where the bold text ends that a block begins with, behind its number or around it."""
    start, text_start, end = places
    is_open = text.count("**", start, text_start) % 2 == 1
    bold = (_BOLD_GOES_ON if is_open else _BOLD).match(text, text_start, end)
    return bold.end() if bold else None


def _marked(text: str, places: tuple[int, int, int]) -> tuple[bool, tuple[int, int, int] | None]:
    """Return the same for a block whose first words the format sets off."""
    start, stop, end = places
    said = text[start:stop].rstrip("*_ \t\n\r\u00a0")
    after = _AFTER_HEADING.match(text, stop, end)
    if after is None or not is_title(said.rstrip(":.")):
        return False, None
    if after.end() == end:
        return True, None
    closed = after[1] or said.endswith((":", "."))
    return False, (start, stop, after.end()) if closed else None


def leads_in(text: str) -> bool:
    """Return whether a text leads into a list: by a colon, or by a word such as `to` at its end."""
    said = text.rsplit(maxsplit=1)
    return text.endswith(":") or (len(said) > 1 and said[-1] in _SMALL | {"that"})


def begins_clause(text: str) -> bool:
    """Return whether a text begins with a word that begins clauses rather than titles."""
    return text.split(maxsplit=1)[0].lower() in _SUBJECTS


def is_heading_like(text: str) -> bool:
    """Return whether a title can stand above text rather than break off at the end of a page."""
    said = text.split()
    if not is_title(text) or len(said) > _HEADING_WORDS or said[-1].lower() in _SMALL:
        return False
    small = [word for word in said if word[0].islower() and word not in _SMALL]
    is_clause = said[0].lower() in _SUBJECTS and bool(small)
    return not is_clause and not any(word.endswith("ed") or word in _VERBS for word in small)


def looks_like_heading(said: str) -> bool:
    """Return whether words before a colon are a heading rather than the start of a sentence."""
    words = said.replace("/", " ").split()
    large = [word for word in words if word.lower() not in _SMALL]
    if len(words) > 10 or any(word.endswith("ed") and word[0].islower() for word in words):  # noqa: PLR2004
        return False
    return len(words) <= 3 or all(not word[0].islower() for word in large)  # noqa: PLR2004

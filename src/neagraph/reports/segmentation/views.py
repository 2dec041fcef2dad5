"""The readable view of parts of a raw text: every character of it knows its raw offset."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from neagraph.reports.document import View
from neagraph.reports.words import words

SPACES = r"\s\u200b\u2060\ufeff"
"""What counts as space inside a character class, joiners and marks of width nought included."""

_SIGNS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"),
    "\u0002": "-",
    "\u2026": "...",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\uff04": "$",
    "\uff05": "%",
}
"""Typographic signs and what they stand for."""

_HYPHEN = r"[-\u2010\u00ad\u0002]"
_SPECIAL = re.compile(
    rf"(?P<hyphen>(?<=\w)(?:\u0002[{SPACES}]*|[-\u2010\u00ad][^\S\n]*\n[{SPACES}]*)(?=\w))"
    rf"|(?P<space>(?:[^\S ]| (?=[{SPACES}]))[{SPACES}]*)"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<bold>\*\*+|__+(?=\w)|(?<=[\w.:])__+)"
    r"|(?P<italic>(?<![\w*])\*(?=[^\s*][^*\n]{0,200}\*)|(?<=[^\s*])\*(?![\w*])"
    r"|(?<!\w)_(?=\w)|(?<=[\w.:])_(?!\w))"
    r"|(?P<dropped>[\u00ad\u200b\u2060\ufeff\u200c\u200d\u200e\u200f\x00\x01\x03-\x08])"
    rf"|(?P<sign>[{''.join(_SIGNS)}])"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_AT_LINE_END = re.compile(rf"\u0002|{_HYPHEN}[^\S\n]*\n")
_BROKEN = re.compile(rf"(?<![^\W\d_])([^\W\d_]+)(?:\u0002|{_HYPHEN}[^\S\n]*\n)[^\S\n]*([^\W\d_]+)")
_BEFORE = re.compile(r"[^\W_]+$")
_AFTER = re.compile(r"[^\W_]+")
_PREFIXES = words(
    """mid non post pre sub co multi inter intra cross long short low high well self semi quasi
    anti counter ex vice on off in out up by medium large small full half part first second
    third two three four five six seven eight nine ten twenty thirty forty fifty sixty
    seventy eighty ninety north south east west north-east south-east trans eco bio climate
    carbon energy land sea water air man"""
)
"""First halves of compounds that are written with a hyphen."""

_SECONDS = words(
    """based related term range level wide making sharing building up in out year day long
    scale friendly led driven free neutral effective oriented specific being free general
    border boundary term sectoral benefit operation country economic east west asian asia
    fold party date going lateral chair chaired host hosted kind depth first second third
    fourth fifth sixth seventh eighth ninth
    faced winged necked crowned headed tailed billed breasted eyed legged backed"""
)
"""Second halves of such compounds."""


@dataclass(frozen=True, slots=True)
class Hyphens:
    """What a text itself tells about the hyphens at the ends of its lines.

    Args:
        words: Every word inside its lines, in lower case, compounds with their hyphens.
        joins: Whether words are cut at line ends in this text, as far as it shows.
    """

    words: frozenset[str] = frozenset()
    joins: bool = True

    def drops(self, left: str, right: str) -> bool:
        """Return whether the hyphen between two halves of a word at a line end is not its own."""
        is_name = right[:1].isupper()
        left, right = left.lower(), right.lower()
        if not left.isalpha() or not right.isalpha() or f"{left}-{right}" in self.words:
            return False
        if left + right in self.words:
            return True
        if is_name or left in _PREFIXES or right in _SECONDS:
            return False
        known = (left in self.words and len(left) > 1) + (right in self.words and len(right) > 1)
        return known < (2 if self.joins else 1)


def hyphens_of(text: str) -> Hyphens:
    """Return what the words of a text tell about hyphens at line ends."""
    if _AT_LINE_END.search(text) is None:
        return Hyphens()
    words = frozenset(_WORD.findall(_BROKEN.sub(" ", text).lower()))
    kept = cut = 0
    for left, right in _BROKEN.findall(text):
        kept += f"{left}-{right}".lower() in words
        cut += (left + right).lower() in words
    return Hyphens(words, cut >= kept)


@dataclass(slots=True)
class _Builder:
    """Collects readable text and where each character of it comes from."""

    text: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)

    def copy(self, raw: str, start: int, end: int) -> None:
        if start < end:
            self.text.append(raw[start:end])
            self.offsets.extend(range(start, end))

    def put(self, said: str, offset: int) -> None:
        self.text.append(said)
        self.offsets.extend([offset] * len(said))

    def space(self, offset: int) -> None:
        if self.text and not self.text[-1].endswith(" "):
            self.put(" ", offset)


def view_of(raw: str, spans: Iterable[tuple[int, int]], hyphens: Hyphens) -> View:
    """Return the readable view of some spans of a raw text, with one space between the spans.

    Space becomes one blank, line-end hyphens go where the word has none, escapes and emphasis
    marks go, quotes and dashes become plain, ligatures letters.

    Args:
        raw: The raw text.
        spans: Raw spans in ascending order; none begins or ends with space.
        hyphens: What is known about hyphens at line ends.
    """
    builder = _Builder()
    end = 0
    for start, end in spans:
        if not _joined(builder, raw, start, hyphens):
            builder.space(start - 1)
        _read(builder, raw, (start, end), hyphens)
    return View("".join(builder.text), (*builder.offsets, end))


def readable(raw: str, start: int, end: int) -> str:
    """Return a short span of a raw text in readable form, such as a heading."""
    return view_of(raw, [(start, end)], Hyphens()).text.strip()


def _read(builder: _Builder, raw: str, span: tuple[int, int], hyphens: Hyphens) -> None:
    position, end = span
    for match in _SPECIAL.finditer(raw, *span):
        builder.copy(raw, position, match.start())
        position = match.end()
        kind = match.lastgroup
        if kind == "space":
            builder.space(match.start())
        elif kind == "escape":
            builder.copy(raw, position - 1, position)
        elif kind == "sign":
            builder.put(_SIGNS[match.group()], match.start())
        elif kind == "hyphen":
            _hyphen(builder, raw, match, hyphens)
    builder.copy(raw, position, end)


def _joined(builder: _Builder, raw: str, start: int, hyphens: Hyphens) -> bool:
    """Return whether a word goes on at `start`, cut by a hyphen at the end of what was read."""
    if not builder.text or not builder.text[-1].endswith("-"):
        return False
    hyphen = builder.offsets[-1]
    left = _BEFORE.search(raw, max(0, hyphen - 40), hyphen)
    right = _AFTER.match(raw, start)
    if left is None or right is None:
        return False
    if hyphens.drops(left.group(), right.group()):
        builder.text[-1] = builder.text[-1][:-1]
        builder.offsets.pop()
    return True


def _hyphen(builder: _Builder, raw: str, match: re.Match[str], hyphens: Hyphens) -> None:
    left = _BEFORE.search(raw, max(0, match.start() - 40), match.start())
    right = _AFTER.match(raw, match.end())
    cut = match.group()[0] == "\u00ad" or (
        left is not None and right is not None and hyphens.drops(left.group(), right.group())
    )
    if not cut:
        builder.put("-", match.start())

"""Sentences and tokens of a readable text, each with its place.

A splitter of our own: reports abbreviate in few ways, and every sentence must keep its offsets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from neagraph.reports.document import Sentence, Token
from neagraph.reports.words import words

_TITLES = words(
    """mr mrs ms dr prof st messrs mme h.e hon gen col capt amb rev sr jr gov govt sec"""
)
"""Abbreviations before a name: never the end of a sentence."""

_REFERENCES = words(
    """no nos art arts para paras sec sect fig figs vol vols ch p pp cf add doc docs rev res
    ref ann app item cl reg"""
)
"""Abbreviations before a number: no end where one follows."""

_INSIDE = words("e.g i.e viz vs approx ca incl esp resp cf al a.k.a")
"""Abbreviations in the middle of a clause: an end is unlikely whatever follows."""

_MONTHS = words("jan feb mar apr jun jul aug sept sep oct nov dec")
_WORDS_THAT_END = words("etc inc ltd co corp dept a.m p.m u.n u.s u.k r.o.k d.p.r.k")
"""Abbreviations that may end a sentence: they do where a new sentence plainly begins."""

_OPENERS = words(
    """the a an this that these those it its they their in on at for to from by with as however
    also he she we i our his her all some each no both there while when after before member
    participants delegates delegations parties"""
)
"""Words with a capital that begin a sentence rather than go on with a name."""

_STOP = re.compile(r"[.!?]+[\"'\u201d\u2019)\]]*(?=\s)")
_LAST_WORD = re.compile(r"[(\[\"']*([^\W\d_](?:[^\W\d_]|\.(?=[^\W\d_]))*|\d+)$")
_NEXT = re.compile(r"\s+[\"'(\[\u201c\u2018]*([^\W_]+)?")
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}(?=\W|$)"  # a.m., U.S., R.O.K.
    r"|\d+(?:[.,]\d+)*(?:-\d+(?:[.,]\d+)*)*(?:[^\W\d_]+)?(?:-[^\W_]+)*"  # 44,985  2021-2025  15th
    r"|[^\W\d_][^\W_]*(?:-[^\W_]+)*"  # words, mid-term, SPC-2
    r"|'(?:s|re|ve|ll|d|t)\b"
    r"|[^\s]"
)


def tokens_of(text: str, start: int, end: int) -> tuple[Token, ...]:
    """Return the words and signs of `text[start:end]`; offsets into the whole text.

    Hyphenated words and ranges are one token, a genitive is two (`NEASPEC`, `'s`).
    """
    return tuple(
        Token(match.group(), match.start(), match.end())
        for match in _TOKEN.finditer(text, start, end)
    )


def sentences_of(text: str, parts: Iterable[tuple[int, int, int]]) -> tuple[Sentence, ...]:
    """Return the sentences of the parts of a text, numbered from 1 through all parts.

    Args:
        text: The readable text.
        parts: Spans that no sentence goes beyond, in order: start, end, and the depth of the list
            that the part is an item of, 0 for running text.
    """
    found: list[Sentence] = []
    for start, end, level in parts:
        for first, (begin, stop) in _marked(sentence_spans(text, start, end)):
            found.append(
                Sentence(
                    number=len(found) + 1,
                    start=begin,
                    end=stop,
                    tokens=tokens_of(text, begin, stop),
                    is_bullet=first and level > 0,
                    level=level,
                )
            )
    return tuple(found)


def sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences in `text[start:end]`, without the space around them."""
    begin = start
    for match in _STOP.finditer(text, start, end):
        if _ends(text, match.start(), match.end(), begin):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _marked(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[bool, tuple[int, int]]]:
    return ((count == 0, span) for count, span in enumerate(spans))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _ends(text: str, stop: int, after: int, begin: int) -> bool:
    """Return whether the stop at `stop` ends a sentence that began at `begin`."""
    following = _NEXT.match(text, after)
    word = (following.group(1) if following else None) or ""
    if word[:1].islower():
        return False
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return True
    last = _LAST_WORD.search(text, max(begin, stop - 40), stop)
    return last is None or _ends_after(last.group(1), word)


def _ends_after(last: str, word: str) -> bool:
    """Return whether a sentence ends after `last` and a full stop, before the word `word`."""
    low = last.lower()
    opens = word.lower() in _OPENERS
    if low in _TITLES or low in _INSIDE:
        return False
    if low in _REFERENCES:
        return not (word[:1].isdigit() or _is_numeral(word))
    if low in _MONTHS:
        return not word[:1].isdigit()
    if low in _WORDS_THAT_END or "." in low:
        return opens or not word
    return opens or not (len(last) == 1 and last.isupper())


def _is_numeral(word: str) -> bool:
    return bool(word) and set(word) <= set("IVXLC")

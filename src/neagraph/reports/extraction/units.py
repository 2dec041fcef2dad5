"""A sentence as units: words, signs, and names, dates and sums taken as one each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from neagraph.reports.document import Sentence, Token
from neagraph.reports.extraction.dates import DateFound
from neagraph.reports.extraction.entities import Found
from neagraph.reports.extraction.lexicon import Form, Lexicon
from neagraph.reports.extraction.money import MoneyFound
from neagraph.reports.spelling import level
from neagraph.reports.words import words

_MOST_GAPS = 2
_GAPS = words(
    """due full also further its the their his her with special particular once again broad wide
    general strong unanimous sincere deep profound no any a an full formal clear firm warm
    heartfelt grave serious careful"""
)
"""Words that may stand inside a verb of several words: `took due note`."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A word or sign, or a name, date or sum of several; offsets into the view.

    Args:
        text: As written.
        low: In lower case.
        start: Where it begins.
        end: Where it ends.
        found: The name, if it is one.
        date: The date, if it is one.
        money: The sum, if it is one.
        forms: Verb forms that begin here, the longest first, with the number of units each takes.
        speaker: Class of agent, if a word for a speaker begins here.
        reach: How many units that word takes.
    """

    text: str
    low: str
    start: int
    end: int
    found: Found | None = None
    date: DateFound | None = None
    money: MoneyFound | None = None
    forms: tuple[tuple[Form, int], ...] = ()
    speaker: str = ""
    reach: int = 1

    @property
    def is_masked(self) -> bool:
        """Whether it is a name, a date or a sum."""
        return self.found is not None or self.date is not None or self.money is not None


@dataclass(frozen=True, slots=True)
class Masks:
    """What is taken as one in a paragraph, each in the order of the text."""

    names: tuple[Found, ...]
    dates: tuple[DateFound, ...]
    money: tuple[MoneyFound, ...]


def units_of(sentence: Sentence, text: str, masks: Masks, lexicon: Lexicon) -> tuple[Unit, ...]:
    """Return the units of a sentence.

    Args:
        sentence: The sentence.
        text: The view of its paragraph.
        masks: The names, dates and sums of the paragraph.
        lexicon: Words of verbs and speakers.
    """
    names = (name for name in masks.names if name.masks)
    masked: list[Found | DateFound | MoneyFound] = [*names, *masks.money, *masks.dates]
    spans = sorted(
        (m for m in masked if sentence.start <= m.start and m.end <= sentence.end),
        key=lambda m: (m.start, -m.end),
    )
    plain = _merged(sentence.tokens, text, spans)
    return tuple(_read(plain, place, lexicon) for place in range(len(plain)))


def _merged(
    tokens: Sequence[Token], text: str, spans: Sequence[Found | DateFound | MoneyFound]
) -> list[Unit]:
    starts = [token.start for token in tokens]
    units: list[Unit] = []
    place = 0
    for span in spans:
        first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
        if first < place or first >= last:
            continue
        units += [_plain(token) for token in tokens[place:first]]
        words = text[span.start : span.end]
        units.append(
            Unit(
                words,
                words.lower(),
                tokens[first].start,
                tokens[last - 1].end,
                found=span if isinstance(span, Found) else None,
                date=span if isinstance(span, DateFound) else None,
                money=span if isinstance(span, MoneyFound) else None,
            )
        )
        place = last
    return [*units, *(_plain(token) for token in tokens[place:])]


def _plain(token: Token) -> Unit:
    return Unit(token.text, token.text.lower(), token.start, token.end)


def _read(units: Sequence[Unit], place: int, lexicon: Lexicon) -> Unit:
    """Return a unit with the verb forms and the word for a speaker that begin at it."""
    unit = units[place]
    if unit.is_masked:
        return unit
    forms = tuple(
        (form, taken)
        for words, form in (() if _is_titled(units, place) else lexicon.forms.get(unit.low, ()))
        if (taken := _phrase(units, place, words))
    )
    speaker, reach = _speaker(units, place, lexicon)
    if not forms and not speaker:
        return unit
    return Unit(unit.text, unit.low, unit.start, unit.end, None, None, None, forms, speaker, reach)


def _is_titled(units: Sequence[Unit], place: int) -> bool:
    """Whether a word is no verb: in a title as in `Member States`, or in `provided that`."""
    unit, before = units[place], units[place - 1].text if place else "."
    if unit.low == "provided":
        return place + 1 < len(units) and units[place + 1].low == "that"
    return unit.text == "States" and before[:1].isalpha()


def _phrase(units: Sequence[Unit], place: int, words: Sequence[str]) -> int:
    """Return how many units a phrase takes; 0 if it does not stand here."""
    stop = place + 1
    for word in words[1:]:
        for _ in range(_MOST_GAPS):
            if stop + 1 < len(units) and units[stop].low in _GAPS and units[stop].low != word:
                stop += 1
        if stop >= len(units) or units[stop].low != word or units[stop].is_masked:
            return 0
        stop += 1
    return stop - place


def _speaker(units: Sequence[Unit], place: int, lexicon: Lexicon) -> tuple[str, int]:
    longest = lexicon.speaker_starts.get(level(units[place].text), 0)
    for length in range(longest, 0, -1):
        part = units[place : place + length]
        kind = lexicon.speakers.get(tuple(level(unit.text) for unit in part), "")
        if kind and len(part) == length and not any(unit.is_masked for unit in part):
            return kind, length
    return "", 1

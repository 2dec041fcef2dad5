"""Names that the graph does not know yet: capitalised words that it takes for no other name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from neagraph.reports.document import Token
from neagraph.reports.extraction.dates import is_month
from neagraph.reports.extraction.function_words import (
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    is_adverb,
)
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.money import is_currency
from neagraph.reports.extraction.ordinals import ordinal
from neagraph.reports.spelling import Key, is_acronym, key_of, level
from neagraph.reports.words import words

_JOINTS: Final = frozenset({"of", "the", "and", "for", "on"})
_BEFORE_THE: Final = frozenset({"of", "for", "on"})
_STOPS: Final = frozenset({"Next", "Previous", "Last", "Other", "Current", "New"})
_EVENTS: Final = frozenset({"Event", "EventSeries"})
_KINDS: Final = words(
    """Agent Event EventSeries Document Plan Instrument Treaty Project Activity Fund Place Site"""
)
_PLANNED: Final = frozenset({"Plan", "Document"})
_SPEAKING: Final = frozenset({"Body", "SubsidiaryBody", "Secretariat"})
_STATE: Final = "State"
_STATE_WORDS: Final = 6
"""So many words, and signs between them, has the longest name of a State."""
_FUND: Final = "Fund"
_LONGEST: Final = 14
_NAME: Final = 2
"""A run of so many capitalised words is a name, whatever its head."""
_NUMERALS: Final = frozenset("IVXLCDM")
_AN_ACRONYM: Final = 3
_YEARS: Final = re.compile(r"(?:19|20)\d\d(?:-(?:\d\d){1,2})?")
_QUARTER: Final = re.compile(r"Q[1-4]")
_TITLES: Final = words("mr mrs ms dr prof h.e h.e. hon professor annex table article")


def new_name(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> tuple[int, str, str] | None:
    """Return where a name of an unknown thing ends, what to call it, and its class; None for none.

    Args:
        lexicon: Words that tell what kind of thing a name is of.
        tokens: The words of the paragraph.
        place: Where the name would begin.
    """
    first = tokens[place].text
    if not first[0].isupper() or first.lower() in _NEVER | _TITLES or _QUARTER.fullmatch(first):
        return None
    if state := _state(lexicon, tokens, place):
        return state
    if _goes_on(tokens, place) or _shouts(tokens, place):
        return None
    words, stop = _run(lexicon, tokens, place)
    while words:
        kind = _kind(lexicon, words)
        if kind and _tells_apart(lexicon, words, kind):
            return stop, " ".join(words), kind
        if not kind and _is_name(lexicon, words, begins=_starts(tokens, place)):
            return stop, " ".join(words), "Agent"
        words, stop = _shorter(words, stop)
    return (
        _place(lexicon, tokens, place)
        or _acronym(lexicon, tokens, place)
        or _secretariat(lexicon, tokens, place)
        or _party(lexicon, tokens, place)
    )


def _state(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> tuple[int, str, str] | None:
    """Read the name of a State that no longer name goes on from: `Jordan`, not `Jordan River`."""
    if level(tokens[place].text) not in lexicon.state_starts:
        return None
    for stop in range(min(len(tokens), place + _STATE_WORDS), place, -1):
        words = [token.text for token in tokens[place:stop]]
        key = key_of(" ".join(words))
        whole = words[0] != "The" and words[-1][0].isupper() and key != (_STATE.lower(),)
        if lexicon.classes.get(key) != _STATE or not whole:
            continue
        after = tokens[stop].text if stop < len(tokens) else ""
        goes_on = after[:1].isupper() and after[1:].islower() and after.lower() not in _NEVER
        joined = place and tokens[place - 1].text in {"-", "/"}
        return None if goes_on or joined else (stop, " ".join(words), _STATE)
    return None


_NEVER: Final = DETERMINERS | PREPOSITIONS | PRONOUNS


def _shouts(tokens: Sequence[Token], place: int) -> bool:
    """Whether the words here are all in capitals, as in a heading."""
    two = [token.text for token in tokens[place : place + 2]]
    return len(two) > 1 and all(word.isalpha() and word.isupper() and word[1:] for word in two)


def _goes_on(tokens: Sequence[Token], place: int) -> bool:
    """Whether the word before belongs to the same run of capitals."""
    before = tokens[place - 1].text if place else ""
    return before[:1].isupper() and before.lower() not in _NEVER and not _starts(tokens, place)


def _run(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> tuple[list[str], int]:
    words: list[str] = []
    stop = place
    while stop < len(tokens) and len(words) < _LONGEST:
        text = tokens[stop].text
        joins = bool(words) and (text in _JOINTS or _is_period(text))
        if text == "the" and words[-1:] and words[-1] not in _BEFORE_THE:
            break
        numbered = bool(words) and ordinal(text) is not None
        if (
            text in _STOPS
            or numbered
            or is_month(text)
            or text.lower() in _TITLES
            or not (text[0].isupper() or joins)
        ):
            break
        words.append(text)
        stop += 1
    return _without_joints(*_without_period(lexicon, words, stop))


def _without_period(lexicon: Lexicon, words: list[str], stop: int) -> tuple[list[str], int]:
    """Drop `for 2025-2027` behind a name that is no plan."""
    dated = len(words) > _AN_ACRONYM and words[-2] == "for" and _is_period(words[-1])
    if dated and not lexicon.above.get(_kind(lexicon, words[:-2]), frozenset()) & _PLANNED:
        return words[:-2], stop - 2
    return words, stop


def _shorter(words: list[str], stop: int) -> tuple[list[str], int]:
    return _without_joints(words[:-1], stop - 1)


def _without_joints(words: list[str], stop: int) -> tuple[list[str], int]:
    while words and words[-1] in _JOINTS:
        words, stop = words[:-1], stop - 1
    return words, stop


def _kind(lexicon: Lexicon, words: list[str]) -> str:
    """Return the class that the head of a name tells; empty if it tells none."""
    head = words
    for place, word in enumerate(words):
        if place and word in {"of", "for", "on"}:
            head = words[:place]
            break
    head = [word for word in head if not _is_period(word)]
    for length in (3, 2, 1):
        key = tuple(level(word) for word in head[-length:])
        kind = lexicon.classes.get(key, "")
        if len(head) >= length and lexicon.above.get(kind, frozenset()) & _KINDS:
            return kind
        if len(head) >= length and lexicon.speakers.get(key) in _SPEAKING:
            return "Secretariat" if lexicon.speakers[key] == "Secretariat" else "SubsidiaryBody"
    return ""


def _tells_apart(lexicon: Lexicon, words: list[str], kind: str) -> bool:
    """Whether the words name one thing, not just a kind of thing."""
    own = [word for word in words if word not in _JOINTS]
    if kind == _STATE:
        return False
    if kind == _FUND and len(own) >= _NAME:
        return key_of(" ".join(words)) not in lexicon.classes
    marked = any(_is_period(word) or (is_acronym(word) and len(own) > 1) for word in own)
    marked = marked or ordinal(own[0]) is not None
    if lexicon.above.get(kind, frozenset()) & _EVENTS:
        return marked and len(own) >= _NAME
    plain = all(_is_plain(lexicon, word) for word in own)
    organ = "Body" in lexicon.above.get(kind, frozenset()) and "of" in words
    return len(own) >= _NAME and (organ or not plain)


def _is_plain(lexicon: Lexicon, word: str) -> bool:
    """Whether a word alone tells a kind of thing or of speaker, so that it sets nothing apart."""
    key: Key = (level(word),)
    common = {"work", "action", "annual", "final", "draft", "national", "technical", "strategic",
              "working", "project", "special", "regional", "expert", "financial"}  # fmt: skip
    return key in lexicon.classes or key in lexicon.speakers or word.lower() in common


def _is_name(lexicon: Lexicon, words: list[str], *, begins: bool) -> bool:
    """Whether a run without a telling head is a name all the same."""
    own = [word for word in words if word not in _JOINTS]
    key = {level(word) for word in own}
    known = any(key <= set(topic) or set(topic) <= key for topic in lexicon.topics)
    numbered = set(own[-1]) <= _NUMERALS
    small = any(word in {"and", "for", "on"} for word in words)
    plain = any(_is_plain(lexicon, word) for word in own)
    return len(own) >= _NAME and not (begins or known or numbered or small or plain)


def _place(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> tuple[int, str, str] | None:
    """Read a capitalised word behind `in` as a place: `in Vladivostok`."""
    text = tokens[place].text
    after = tokens[place + 1].text if place + 1 < len(tokens) else ""
    local = place and tokens[place - 1].text.lower() == "in"
    numbered = after[:1].isdecimal() or (after and set(after) <= _NUMERALS)
    common = (level(text),) in lexicon.topics or _is_plain(lexicon, text) or is_adverb(text.lower())
    if not local or is_month(text) or is_acronym(text) or numbered or common or "-" in text:
        return None
    return place + 1, text, "Region"


def _acronym(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> tuple[int, str, str] | None:
    """Read an unknown acronym as the name of a mechanism; capitals all around are a heading."""
    text = tokens[place].text
    around = [token.text for token in tokens[max(0, place - 1) : place + 2] if token.text != text]
    shouted = any(word.isalpha() and word.isupper() and len(word) > 1 for word in around)
    known = (level(text),) in lexicon.topics or (level(text), "pandemic") in lexicon.topics
    letters = text.replace("-", "").removesuffix("s")
    if shouted or known or len(letters) < _AN_ACRONYM or not letters.isalpha():
        return None
    counts = is_currency(text)
    if not is_acronym(text) or set(letters) <= _NUMERALS or counts:
        return None
    return place + 1, text, "Mechanism"


def _secretariat(
    lexicon: Lexicon, tokens: Sequence[Token], place: int
) -> tuple[int, str, str] | None:
    """Read `the Secretariat` where the graph does not know of which body."""
    text = tokens[place].text
    known = lexicon.speakers.get((level(text),)) == "Secretariat" and not text.isupper()
    return (place + 1, text, "Secretariat") if known else None


def _party(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> tuple[int, str, str] | None:
    """Read a capitalised word as a party: `the plans of Malaysia`, `Ms. Sari (Indonesia)`."""
    text = tokens[place].text
    before = tokens[place - 1].text.lower() if place else ""
    if before == "the" and place > 1:
        before = tokens[place - 2].text.lower()
    after = tokens[place + 1].text if place + 1 < len(tokens) else ""
    goes_on = after[:1].isdecimal() or after[:1].isupper() or "-" in text or after == "of"
    if before not in _PARTY_AFTER or goes_on or is_acronym(text) or is_month(text):
        return None
    key: Key = (level(text),)
    common = (
        key in lexicon.topics
        or key in lexicon.speakers
        or _is_plain(lexicon, text)
        or text.lower() in lexicon.forms
        or text.lower() in _DAYS
        or text.lower() in lexicon.nouns
        or text.lower() in lexicon.actions
    )
    return None if common or not text.isalpha() else (place + 1, text, "Agent")


_DAYS: Final = words("monday tuesday wednesday thursday friday saturday sunday")
_PARTY_AFTER: Final = frozenset({"of", "from", "by", "("})
"""Words before the name of a party."""


def _is_period(text: str) -> bool:
    return _YEARS.fullmatch(text) is not None


def _starts(tokens: Sequence[Token], place: int) -> bool:
    before = tokens[place - 1].text if place else "."
    return not before[0].isalnum() and before not in {",", "(", "/", "'", "'s", "&", '"'}

"""Things that a report describes without a name: `a concept note`, `the draft guidebook`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from neagraph.reports.document import Token
from neagraph.reports.extraction.function_words import (
    AUXILIARIES,
    COORDINATES,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    SUBORDINATORS,
    is_adverb,
)
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.spelling import Key, level
from neagraph.reports.words import words

_TEXTS: Final = frozenset({"Document", "Plan"})
_LONGEST: Final = 5
"""So many words before its head describe a thing at most."""
_HEADS: Final = (3, 2, 1)
"""How many words the head of a description may have, the longest first."""
_OUTSIDE: Final = (
    DETERMINERS | PREPOSITIONS | PRONOUNS | AUXILIARIES | COORDINATES | RELATIVES | SUBORDINATORS
    | words("to that not more further new present following same final whole own first second "
            "third last next previous current own other certain existing relevant above upcoming "
            "written oral full short brief "
            "one two three four five six several stronger better clearer shorter longer larger")
)  # fmt: skip
"""Words that tell nothing of what a thing is."""
_VAGUE: Final = words(
    "inventory framework study assessment evaluation outlook system decision resolution"
)
"""Heads that stand for a kind of work as often as for a text."""
_ALONE: Final = frozenset({("roadmap",), ("workplan",)})
"""Heads that are enough without a word before them."""

Description = tuple[int, int, str, str]
"""First token, behind the last one, the words, and the class of what is described."""


def descriptions(lexicon: Lexicon, tokens: Sequence[Token]) -> Iterator[Description]:
    """Give the descriptions of texts and plans in a paragraph, none inside another.

    Args:
        lexicon: Words that tell what kind of thing is described.
        tokens: The words of the paragraph.
    """
    place = len(tokens)
    while place > 0:
        found = _ending_at(lexicon, tokens, place)
        if found is not None:
            yield found
        place = found[0] if found is not None else place - 1


def _ending_at(lexicon: Lexicon, tokens: Sequence[Token], stop: int) -> Description | None:
    """Return the description whose last word stands before a place."""
    last = tokens[stop - 1].text
    if not last.islower() or level(last) not in lexicon.text_heads:
        return None
    for length in _HEADS:
        start = stop - length
        head: Key = tuple(level(token.text) for token in tokens[max(start, 0) : stop])
        kind = lexicon.classes.get(head, "")
        plain = start >= 0 and all(token.text.islower() for token in tokens[start:stop])
        if head[-1:] and head[-1] in _VAGUE:
            return None
        if not plain or not lexicon.above.get(kind, frozenset()) & _TEXTS:
            continue
        first = start
        while first > 0 and start - first < _LONGEST and _describes(lexicon, tokens, first - 1):
            first -= 1
        if first < start or length > 1 or head in _ALONE:
            return first, stop, " ".join(token.text for token in tokens[first:stop]), kind
    return None


def _describes(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> bool:
    """Whether a word belongs to the description of the noun behind it: no verb, no small word."""
    text = tokens[place].text
    told = any(form.kind in {"past", "third", "ing"} for _, form in lexicon.forms.get(text, ()))
    plain = text.islower() and text.replace("-", "").isalpha() and text not in _OUTSIDE
    return plain and not told and not is_adverb(text) and text not in lexicon.nouns

"""How words are compared: spelling, number and hyphens that make no difference are levelled."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

Key = tuple[str, ...]
"""Words of a name, levelled, in order."""

_WORD: Final = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*|&")
SKIPPED: Final = frozenset({"the", "contracting"})
"""Words, levelled, that make no difference inside a name."""
_DIRECTIONS: Final = re.compile(r"\b(north|south)[- ](east|west)")
_VARIANTS: Final = {"centre": "center", "programme": "program", "sub-regional": "subregional"}
_MADE_OF_CAPITALS: Final = 2
_LONG_ACRONYM: Final = 5
"""Longer words in capitals are shouted, no acronyms, for all that their number tells."""


@lru_cache(maxsize=65536)
def level(word: str) -> str:
    """Return a word as it is compared: lower case, singular, one spelling.

    Acronyms keep a final s only where it is a capital one; `MPAs` is levelled as `MPA`.
    """
    low = _DIRECTIONS.sub(r"\1\2", word.casefold())
    if low.endswith("ies") and len(low) > len("dies"):
        low = low[:-3] + "y"
    elif low.endswith("s") and not low.endswith(("ss", "us", "is")) and _may_be_plural(word):
        low = low[:-1]
    return _VARIANTS.get(low, low)


def _may_be_plural(word: str) -> bool:
    return len(word) > len("its") and (not word.isupper() or len(word) > _LONG_ACRONYM)


def key_of(text: str) -> Key:
    """Return the levelled words of a name."""
    return tuple(word for word in map(level, words_of(text)) if word not in SKIPPED)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a name as they are written, signs and genitives left out."""
    return tuple(_WORD.findall(text.replace("'s", "").replace("\u2019s", "")))


def is_acronym(text: str) -> bool:
    """Return whether a word is made of capitals, such as `EANET`, `NEA-LCCP` or `MPAs`."""
    letters = [letter for letter in text.removesuffix("s") if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return capitals >= _MADE_OF_CAPITALS and capitals > len(letters) // 2


def slug(text: str) -> str:
    """Return a text as the last part of an IRI: lower case, ASCII, hyphens."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return plain[:60].rstrip("-") or "thing"

"""Numbers in words: `Twenty-fourth`, `15th`, `three`."""

from __future__ import annotations

import re
from typing import Final

_ONES: Final = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth"),
)
_TENS: Final = {"twent": 20, "thirt": 30, "fort": 40, "fift": 50, "sixt": 60, "sevent": 70}
_ENDINGS: Final = ("st", "nd", "rd", "th")
_DIGITS: Final = re.compile(r"(\d{1,3})(?:st|nd|rd|th)")
_TENTH: Final = re.compile(r"([a-z]+?)(?:ieth|y-([a-z]+))")


def ordinal(word: str) -> int | None:
    """Return the number of an ordinal, such as 24 for `Twenty-fourth` or `24th`; else None."""
    low = word.lower()
    if not low.endswith(_ENDINGS):
        return None
    if digits := _DIGITS.fullmatch(low):
        return int(digits.group(1))
    if low in _ONES:
        return _ONES.index(low) + 1
    tens = _TENTH.fullmatch(low)
    if tens is None or tens.group(1) not in _TENS:
        return None
    one = tens.group(2)
    if one is not None and one not in _ONES[:9]:
        return None
    return _TENS[tens.group(1)] + (_ONES.index(one) + 1 if one else 0)

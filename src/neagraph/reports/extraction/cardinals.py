"""Numbers in words that count something: `two hundred and fifty thousand`."""

from __future__ import annotations

import re
from typing import Final

_ONES: Final = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_VALUES: Final = {
    "a": 1,
    **{word: count for count, word in enumerate(_ONES, start=1)},
    **{word: 10 * count for count, word in enumerate(_TENS, start=2)},
}
_ONE: Final = "|".join(reversed(_ONES))
_SCALE: Final = "|".join(_SCALES)
_BELOW_100: Final = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{_ONE}))?|(?:{_ONE}))"
_BELOW_1000: Final = rf"(?:(?:a|{_ONE})\shundred(?:\s(?:and\s)?{_BELOW_100})?|{_BELOW_100})"
CARDINAL: Final = (
    rf"(?:{_BELOW_1000}|a(?=\s(?:{_SCALE})))(?:\s(?:{_SCALE})(?:\s(?:and\s)?{_BELOW_1000})?)*"
)
"""A regular expression for a number in words, in lower case."""


def cardinal(words: str) -> int:
    """Return the value of words that `CARDINAL` matches, such as 200000."""
    done = part = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word in _SCALES:
            done, part = done + part * _SCALES[word], 0
        elif word == "hundred":
            part *= 100
        else:
            part += _VALUES.get(word, 0)
    return done + part

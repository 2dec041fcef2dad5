"""How often something is to be done, as an ISO 8601 duration where the words give one."""

from __future__ import annotations

import re
from typing import Final

_NUMBERS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "second": 2}
_UNITS: Final = {"day": "D", "week": "W", "month": "M", "year": "Y"}
_ADVERBS: Final = {
    "daily": "P1D", "weekly": "P1W", "monthly": "P1M", "quarterly": "P3M", "annually": "P1Y",
    "yearly": "P1Y", "biennially": "P2Y", "biannually": "P6M",
}  # fmt: skip
_EVERY: Final = re.compile(
    r"\b(?:every|each) (?:(?P<number>\d{1,2}|" + "|".join(_NUMBERS) + r") )?"
    r"(?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
_ADVERB: Final = re.compile(r"\b(?:" + "|".join(_ADVERBS) + r")\b", re.IGNORECASE)
_WORDS: Final = re.compile(
    r"\b(?:once|twice|three times) (?:a|per|each) (?:week|month|year)\b"
    r"|\bon a regular basis\b"
    r"|\bat least (?:one|once|two|twice)\b[^,;.]{0,40}\b(?:prior to|before|a year|per year|each)\b"
    r"[^,;.]{0,20}"
    r"|\b(?:before|at|for|prior to) each [^,;.]{1,40}",
    re.IGNORECASE,
)


def recurrence_of(text: str) -> str | None:
    """Return how often the words of a clause say that something is done; None if they do not."""
    every = _EVERY.search(text)
    if every is not None:
        number = (every["number"] or "1").lower()
        count = _NUMBERS.get(number) or int(number)
        return f"P{count}{_UNITS[every['unit'].lower()]}"
    adverb = _ADVERB.search(text)
    if adverb is not None:
        return _ADVERBS[adverb.group().lower()]
    words = _WORDS.search(text)
    return words.group().strip() if words is not None else None

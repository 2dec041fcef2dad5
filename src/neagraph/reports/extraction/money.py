"""Sums of money as reports write them: exact value, currency, and how the currency is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_CODES: Final = "USD|EUR|JPY|KRW|CNY|RMB|MNT|RUB|GBP|CHF|SEK|NOK|DKK"
_SIGNS: Final = {
    "us$": ("USD", "stated"), "us $": ("USD", "stated"), "s$": ("SGD", "stated"),
    "a$": ("AUD", "stated"), "c$": ("CAD", "stated"), "hk$": ("HKD", "stated"),
    "nz$": ("NZD", "stated"), "$": ("USD", "inferred"), "€": ("EUR", "stated"),
    "£": ("GBP", "inferred"), "¥": ("JPY", "inferred"), "₩": ("KRW", "stated"),
    "rmb": ("CNY", "stated"), "₽": ("RUB", "stated"),
}  # fmt: skip
_WORDS: Final = {
    "us dollar": ("USD", "stated"), "united states dollar": ("USD", "stated"),
    "u.s. dollar": ("USD", "stated"), "american dollar": ("USD", "stated"),
    "dollar": ("USD", "inferred"), "euro": ("EUR", "stated"), "yen": ("JPY", "stated"),
    "japanese yen": ("JPY", "stated"), "won": ("KRW", "inferred"),
    "korean won": ("KRW", "stated"), "yuan": ("CNY", "stated"), "renminbi": ("CNY", "stated"),
    "tugrik": ("MNT", "stated"), "rouble": ("RUB", "inferred"), "ruble": ("RUB", "inferred"),
}  # fmt: skip
_SCALES: Final = {"thousand": 3, "million": 6, "billion": 9, "mn": 6, "bn": 9, "m": 6, "k": 3}
_NUMBER: Final = r"(?P<{0}>\d{{1,3}}(?:[,\s]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALE: Final = r"(?:\s?-?(?P<{0}>thousand|million|billion|mn|bn|m|k)\b)?"
_SUM: Final = re.compile(
    r"(?:(?<![\w$])(?P<sign>(?:US|NZ|HK|[SAC])\s?\$|\$|€|£|¥|₩|₽|\b(?:" + _CODES + r"))\s?"
    + _NUMBER.format("n1") + _SCALE.format("s1") + r")"
    r"|(?:(?<![\w$.,])" + _NUMBER.format("n2") + _SCALE.format("s2")
    + r"\s(?P<word>" + _CODES + "|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")s?\b)",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MoneyFound:
    """A sum in a text; offsets into the view.

    Args:
        start: Where it begins.
        end: Where it ends.
        value: Plain decimal number.
        currency: ISO 4217 code.
        basis: `stated`, or `inferred` if several currencies are written so.
    """

    start: int
    end: int
    value: str
    currency: str
    basis: str


def is_currency(word: str) -> bool:
    """Return whether a word is the code of a currency that reports write."""
    return word.upper() in _CODES.split("|")


def money_in(text: str) -> tuple[MoneyFound, ...]:
    """Return the sums in a readable text, in order."""
    return tuple(_found(match) for match in _SUM.finditer(text))


def _found(match: re.Match[str]) -> MoneyFound:
    number = match["n1"] or match["n2"]
    scale = (match["s1"] or match["s2"] or "").lower()
    unit = re.sub(r"\s+", " ", (match["sign"] or match["word"]).lower())
    currency, basis = (
        _SIGNS.get(unit) or _WORDS.get(unit) or (unit.upper().replace("RMB", "CNY"), "stated")
    )
    value = Decimal(re.sub(r"[,\s]", "", number)).scaleb(_SCALES.get(scale, 0))
    return MoneyFound(match.start(), match.end(), _plain(value), currency, basis)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

"""Sums of money as reports write them: exact value, currency, and how the currency is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from neagraph.reports.extraction.cardinals import CARDINAL, cardinal

_CODES: Final = (
    "USD|EUR|JPY|KRW|CNY|RMB|MNT|RUB|GBP|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|UAH|TRY|ILS|AUD|NZD"
    "|CAD|SGD|HKD|TWD|THB|IDR|MYR|PHP|VND|LAK|KHR|MMK|BND|INR|PKR|BDT|LKR|NPR|BTN|KZT|UZS|KGS|TJS"
    "|AZN|GEL|AED|SAR|QAR|KWD|EGP|MAD|KES|NGN|GHS|TZS|UGX|ETB|ZAR|BWP|NAD|ZMW|MZN|XOF|XAF|BRL|MXN"
    "|CLP|ARS|PEN|FJD|PGK|XDR|SDR"
)
"""ISO 4217 codes, those left out that reports also use for something else, such as COP."""
_SIGNS: Final = {
    "us$": ("USD", "stated"), "s$": ("SGD", "stated"),
    "a$": ("AUD", "stated"), "c$": ("CAD", "stated"), "hk$": ("HKD", "stated"),
    "nz$": ("NZD", "stated"), "$": ("USD", "inferred"), "€": ("EUR", "stated"),
    "£": ("GBP", "inferred"), "¥": ("JPY", "inferred"), "₩": ("KRW", "stated"),
    "rmb": ("CNY", "stated"), "₽": ("RUB", "stated"), "sdr": ("XDR", "stated"),
    "₮": ("MNT", "stated"), "₫": ("VND", "stated"), "฿": ("THB", "stated"),
    "₱": ("PHP", "stated"), "₹": ("INR", "stated"), "₸": ("KZT", "stated"),
    "jp¥": ("JPY", "stated"), "cn¥": ("CNY", "stated"), "au$": ("AUD", "stated"),
    "aud$": ("AUD", "stated"), "cad$": ("CAD", "stated"), "usd$": ("USD", "stated"),
    "rm": ("MYR", "stated"), "rs": ("INR", "inferred"),
}  # fmt: skip
_WORDS: Final = {
    "us dollar": ("USD", "stated"), "united states dollar": ("USD", "stated"),
    "u.s. dollar": ("USD", "stated"), "american dollar": ("USD", "stated"),
    "dollar": ("USD", "inferred"), "euro": ("EUR", "stated"), "yen": ("JPY", "stated"),
    "japanese yen": ("JPY", "stated"), "won": ("KRW", "inferred"),
    "korean won": ("KRW", "stated"), "yuan": ("CNY", "stated"), "renminbi": ("CNY", "stated"),
    "tugrik": ("MNT", "stated"), "rouble": ("RUB", "inferred"), "ruble": ("RUB", "inferred"),
    "russian rouble": ("RUB", "stated"), "russian ruble": ("RUB", "stated"),
    "australian dollar": ("AUD", "stated"), "canadian dollar": ("CAD", "stated"),
    "new zealand dollar": ("NZD", "stated"), "singapore dollar": ("SGD", "stated"),
    "hong kong dollar": ("HKD", "stated"), "pound sterling": ("GBP", "stated"),
    "pounds sterling": ("GBP", "stated"), "british pound": ("GBP", "stated"),
    "pound": ("GBP", "inferred"), "swiss franc": ("CHF", "stated"),
    "swedish krona": ("SEK", "stated"), "swedish kronor": ("SEK", "stated"),
    "norwegian krone": ("NOK", "stated"), "norwegian kroner": ("NOK", "stated"),
    "danish krone": ("DKK", "stated"), "danish kroner": ("DKK", "stated"),
    "chinese yuan": ("CNY", "stated"), "south korean won": ("KRW", "stated"),
    "indian rupee": ("INR", "stated"), "indonesian rupiah": ("IDR", "stated"),
    "rupiah": ("IDR", "stated"), "baht": ("THB", "stated"), "thai baht": ("THB", "stated"),
    "ringgit": ("MYR", "stated"), "philippine peso": ("PHP", "stated"), "dong": ("VND", "stated"),
    "tenge": ("KZT", "stated"), "rand": ("ZAR", "stated"), "togrog": ("MNT", "stated"),
    "special drawing right": ("XDR", "stated"),
}  # fmt: skip
_SCALES: Final = {
    "thousand": 3,
    "lakh": 5,
    "million": 6,
    "trillion": 12,
    "billion": 9,
    "mn": 6,
    "bn": 9,
    "m": 6,
    "k": 3,
}
_NUMBER: Final = r"(?P<{0}>\d{{1,3}}(?:[,\s]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALE: Final = r"(?:\s?-?(?P<{0}>thousand|million|billion|trillion|lakh|mn|bn|m|k)\b)?"
_SUM: Final = re.compile(
    r"(?:(?<![\w$])(?P<sign>(?:USD?|NZ|HK|A(?:UD?)?|C(?:AD?)?|S)\s?\$|\$|€|£|(?:JP|CN)?¥"
    r"|[₩₽₮₫฿₱₹₸]|\bR[Ms]"
    r"|\b(?:" + _CODES + r"))\s?"
    + _NUMBER.format("n1") + _SCALE.format("s1") + r")"
    r"|(?:(?<![\w$.,])" + _NUMBER.format("n2") + _SCALE.format("s2")
    + r"\s(?:in\s)?(?P<word>€|" + _CODES + "|"
    + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")s?(?!\w))"
    r"|(?:(?<![\w-])(?P<n3>" + CARDINAL + r")\s(?P<name>"
    + "|".join(sorted(_WORDS.keys() - {"won"}, key=len, reverse=True)) + r")s?(?!\w))",
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
    number = match["n1"] or match["n2"] or str(cardinal(match["n3"]))
    scale = (match["s1"] or match["s2"] or "").lower()
    written = match["sign"] or match["word"] or match["name"]
    unit = re.sub(r"\s+", " ", written.lower()).replace(" $", "$")
    currency, basis = (
        _SIGNS.get(unit) or _WORDS.get(unit) or (unit.upper().replace("RMB", "CNY"), "stated")
    )
    value = Decimal(re.sub(r"[,\s]", "", number)).scaleb(_SCALES.get(scale, 0))
    return MoneyFound(match.start(), match.end(), _plain(value), currency, basis)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

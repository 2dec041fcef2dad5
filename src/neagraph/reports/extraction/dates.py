"""Dates as reports write them, with first and last day and precision; nothing is invented."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

_MONTHS: Final = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4,
    "may": 5, "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9,
    "sept": 9, "sep": 9, "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12,
    "dec": 12,
}  # fmt: skip
_MONTH: Final = r"(?P<{}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR: Final = r"(?P<{}>(?:19|20)\d\d)"
_DAY: Final = r"(?P<{}>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_TO: Final = r"\s?(?:-|to|until|and|through)\s?(?:the\s)?"
_PARTS: Final = {
    "quarter": {
        "first": (1, 3), "1st": (1, 3), "second": (4, 6), "2nd": (4, 6), "third": (7, 9),
        "3rd": (7, 9), "fourth": (10, 12), "4th": (10, 12), "last": (10, 12),
    },
    "half": {"first": (1, 6), "1st": (1, 6), "second": (7, 12), "2nd": (7, 12), "last": (7, 12),
             "latter": (7, 12)},
}  # fmt: skip
_WHICH: Final = r"(?P<part>first|second|third|fourth|last|latter|1st|2nd|3rd|4th)"
_SEASONS: Final = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_ENDS: Final = frozenset({"y2", "m2", "d2", "short"})
"""Parts of a match that tell a second end."""


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in a text; offsets into the view.

    Args:
        start: Where it begins.
        end: Where it ends.
        first: First day, ISO 8601.
        last: Last day, inclusive.
        precision: `day`, `month` or `year`.
        is_range: Whether the words give two ends.
    """

    start: int
    end: int
    first: str
    last: str
    precision: str
    is_range: bool = False


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])" + r"".join(parts) + r"(?![\w-]|\.\d)", re.IGNORECASE)


def _named(pattern: str, name: str) -> str:
    return pattern.format(name)


_D1, _D2 = _named(_DAY, "d1"), _named(_DAY, "d2")
_M1, _M2 = _named(_MONTH, "m1"), _named(_MONTH, "m2")
_Y1, _Y2 = _named(_YEAR, "y1"), _named(_YEAR, "y2")

_FORMS: Final = (
    _pattern(_D1, r"(?:\s(?:of\s)?", _M1, r"(?:\s", _Y1, r")?)", _TO, _D2, r"\s(?:of\s)?", _M2,
             r",?\s", _Y2),
    _pattern(_D1, _TO, _D2, r"\s(?:of\s)?", _M1, r",?\s", _Y1),
    _pattern(_M1, r"\s", _D1, _TO, _M2, r"\s", _D2, r",?\s", _Y1),
    _pattern(_M1, r"\s", _D1, _TO, _D2, r",?\s", _Y1),
    _pattern(_D1, r"\s(?:of\s)?", _M1, r",?\s", _Y1),
    _pattern(_M1, r"\s", _D1, r",?\s", _Y1),
    _pattern(r"(?:the\s)?", _WHICH, r"[\s-](?P<unit>quarter|half)\s(?:of\s)?(?:the\s)?(?:(?:fiscal|"
             r"financial|calendar)\s)?(?:year\s)?", _Y1),
    _pattern(r"Q(?P<q>[1-4])[\s/]{1,2}(?:of\s)?", _Y1),
    _pattern(r"(?:the\s)?(?P<stage>early|mid|late|(?:beginning|start|middle|end|close) of|"
             r"(?:year-)?end)[\s-](?:the\s)?(?:(?:fiscal|financial|calendar)\s)?(?:year\s)?"
             r"(?:", _M1, r",?\s)?", _Y1),
    _pattern(r"(?P<season>spring|summer|autumn|fall)\s(?:of\s)?", _Y1),
    _pattern(_M1, r"\s", _Y1, _TO, _M2, r"\s", _Y2),
    _pattern(_M1, _TO, _M2, r",?\s(?:of\s)?", _Y1),
    _pattern(_M1, r",?\s(?:of\s)?", _Y1),
    _pattern(_Y1, r"-(?P<mm>0[1-9]|1[0-2])-(?P<d1>0[1-9]|[12]\d|3[01])"),
    _pattern(_Y1, _TO.replace("and|", "/|"), _Y2),
    _pattern(r"(?<=between\s)", _Y1, r"\sand\s", _Y2),
    _pattern(_Y1, r"\s(?P<next>and)\s", _Y2),
    _pattern(_Y1, r"[-/](?P<short>\d\d)"),
    _pattern(r"(?<!winter\sof\s)(?<!winter\s)", _Y1),
)  # fmt: skip
_PLAIN: Final = 6
"""So many forms, the last ones, have no words in them."""
_WORDS: Final = re.compile(
    r"\b(?:"
    + "|".join(_MONTHS)
    + r"|quarter|half|Q[1-4]|"
    + "|".join(_SEASONS)
    + r"|early|mid|late|beginning|start|middle|end|close)\b",
    re.IGNORECASE,
)
_MAYBE: Final = re.compile(r"(?:19|20)\d\d")
_WINDOW: Final = 60


def dates_in(text: str) -> tuple[DateFound, ...]:
    """Return the dates in a readable text, in order; a year must be given for each."""
    found: list[DateFound] = []
    end = 0
    for year in _MAYBE.finditer(text):
        if year.start() < end:
            continue
        hit = _around(text, max(end, year.start() - _WINDOW), year.start(), year.end())
        if hit is not None:
            found.append(hit)
            end = hit.end
    return tuple(found)


def _around(text: str, begin: int, start: int, stop: int) -> DateFound | None:
    """Return the longest date that takes in the year at `start`."""
    best: tuple[int, DateFound] | None = None
    part = text[begin : stop + _WINDOW]
    for form in _FORMS if _WORDS.search(part) else _FORMS[-_PLAIN:]:
        for match in form.finditer(part):
            covers = begin + match.start() <= start < begin + match.end()
            if covers and (best is None or match.end() - match.start() > best[0]):
                value = _value(match, begin)
                if value is not None:
                    best = match.end() - match.start(), value
    return None if best is None else best[1]


def _value(match: re.Match[str], offset: int) -> DateFound | None:
    parts = {name: value.lower() for name, value in match.groupdict().items() if value}
    bounds = _bounds(parts)
    if bounds is None:
        return None
    first, last, precision = bounds
    start = match.start()
    if match.group().lower().startswith("the "):
        start += len("the ")
    return DateFound(
        start=offset + start,
        end=offset + match.end(),
        first=first.isoformat(),
        last=last.isoformat(),
        precision=precision,
        is_range=not _ENDS.isdisjoint(parts),
    )


def _bounds(parts: dict[str, str]) -> tuple[date, date, str] | None:
    try:
        if "d1" in parts:
            return _days(parts)
        if "m1" in parts:
            return _months(parts)
        return _years(parts)
    except (ValueError, KeyError):
        return None


def _days(parts: dict[str, str]) -> tuple[date, date, str]:
    last_year = int(parts.get("y2") or parts["y1"])
    first_year = int(parts.get("y1") or last_year)
    month = parts.get("m1") or parts.get("m2") or ""
    first_month = int(parts["mm"]) if "mm" in parts else _MONTHS[month]
    last_month = _MONTHS[parts["m2"]] if "m2" in parts else first_month
    first = date(first_year, first_month, int(parts["d1"]))
    last = date(last_year, last_month, int(parts.get("d2", parts["d1"])))
    return first, last, "day"


def _months(parts: dict[str, str]) -> tuple[date, date, str]:
    first_year, last_year = int(parts["y1"]), int(parts.get("y2", parts["y1"]))
    first, last = _MONTHS[parts["m1"]], _MONTHS[parts.get("m2", parts["m1"])]
    return date(first_year, first, 1), _month_end(last_year, last), "month"


def _years(parts: dict[str, str]) -> tuple[date, date, str]:
    """Return the bounds of a year or a part of it; `early` and `late` have none of their own."""
    year, last_year = int(parts["y1"]), int(parts.get("y2", parts["y1"]))
    if "short" in parts:
        last_year = int(parts["y1"][:2] + parts["short"])
    if not year <= last_year or ("next" in parts and last_year != year + 1):
        raise ValueError(last_year)
    span = (1, 12)
    if "season" in parts:
        span = _SEASONS[parts["season"]]
    elif "q" in parts:
        span = (3 * int(parts["q"]) - 2, 3 * int(parts["q"]))
    elif "unit" in parts:
        span = _PARTS[parts["unit"]][parts["part"]]
    precision = "year" if span == (1, 12) else "month"
    return date(year, span[0], 1), _month_end(last_year, span[1]), precision


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def month_number(word: str) -> int:
    """Return the number of a month by its name or short form; 0 for any other word."""
    return _MONTHS.get(word.lower().rstrip("."), 0)


def is_month(word: str) -> bool:
    """Return whether a word is the name of a month."""
    return month_number(word) > 0

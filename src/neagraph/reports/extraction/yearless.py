"""Dates without a year, such as `by 30 September`: told by the day of the meeting."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Final

from neagraph.reports.extraction.dates import DateFound, month_number

_MONTH: Final = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Jan\.|Feb\.|Mar\.|Apr\.|Jun\.|Jul\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_DAY: Final = r"(?P<{}>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_ALONE: Final = (
    r"(?![\w-]|,?\s?\d|\s(?:of\s)?(?:each|every)\b|\sannually"
    r"|\sof\s(?:the\s(?:following|next)|that)\syear)"
)
"""No year, and no habit, may follow: `by 30 April of each year` is no single day."""
_DAY_MONTH: Final = (
    rf"(?<![\w.,/-]){_DAY.format('first')}(?:\s?(?:-|to|and)\s?{_DAY.format('last')})?"
    rf"\s(?:of\s)?{_MONTH}{_ALONE}"
)
_MONTH_DAY: Final = rf"\b{_MONTH}\s{_DAY.format('first')}(?:\s?-\s?{_DAY.format('last')})?{_ALONE}"
_MONTH_ALONE: Final = (
    rf"\b(?:in|by|before|until|during|after|than|of|from|since|early|late|mid|for)[\s-]"
    rf"(?:the\s)?{_MONTH}{_ALONE}"
)
_RELATIVE: Final = (
    r"\b(?:[Ee]nd of|end|within|during|in|later|early|before|by|late|of|until)\s"
    r"(?:the\s)?(?P<which>this|next|current|same)?\s?(?:calendar\s)?(?P<unit>month|year)\b"
    r"(?!\sof)"
)
_FORMS: Final = tuple(map(re.compile, (_DAY_MONTH, _MONTH_DAY, _MONTH_ALONE, _RELATIVE)))
_MAYBE: Final = re.compile(r"\b(?:month|year|[JFMASOND][a-z]{2})")
_LAST_MONTH: Final = 12


def yearless_dates(
    text: str, today: date | None, known: Sequence[DateFound]
) -> tuple[DateFound, ...]:
    """Return the dates of a readable text with those that leave the year to the reader.

    Args:
        text: The text.
        today: When the meeting was held; None if it is not known, and nothing is added.
        known: The dates with a year.
    """
    if today is None or not _MAYBE.search(text):
        return tuple(known)
    found = list(known)
    for form in _FORMS:
        for match in form.finditer(text):
            value = _value(match, today)
            if value and all(value.end <= d.start or d.end <= value.start for d in found):
                found.append(value)
    return tuple(sorted(found, key=lambda one: one.start))


def _value(match: re.Match[str], today: date) -> DateFound | None:
    parts = {name: value for name, value in match.groupdict().items() if value}
    if "unit" in parts:
        return _relative(match, parts, today)
    month = month_number(parts["month"])
    start = match.start("first" if parts.get("first") else "month")
    start = min(start, match.start("month"))
    start -= len("mid-") if match.string[:start].lower().endswith("mid-") else 0
    first, last = int(parts.get("first", 1)), int(parts.get("last", parts.get("first", 0)))
    year = today.year
    try:
        if date(year, month, last or monthrange(year, month)[1]) < today:
            year += 1
        bounds = date(year, month, first), date(year, month, last or monthrange(year, month)[1])
    except ValueError:
        return None
    precision = "day" if "first" in parts else "month"
    return _found((start, match.end()), bounds, precision, is_range="last" in parts)


def _relative(match: re.Match[str], parts: dict[str, str], today: date) -> DateFound | None:
    """Read `the end of the month`, `next year`; a year or month alone needs its end before it."""
    ends = match.group().lower().startswith(("end", "late"))
    if "which" not in parts and not ends:
        return None
    step = int(parts.get("which") == "next")
    year, month = today.year, today.month
    if parts["unit"] == "year":
        bounds = date(year + step, 1, 1), date(year + step, 12, 31)
    else:
        year, month = divmod(year * _LAST_MONTH + month - 1 + step, _LAST_MONTH)
        bounds = date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])
    start = match.start() if ends else match.start("which")
    return _found((start, match.end()), bounds, parts["unit"], is_range=False)


def _found(
    span: tuple[int, int], bounds: tuple[date, date], precision: str, *, is_range: bool
) -> DateFound:
    first, last = (day.isoformat() for day in bounds)
    return DateFound(*span, first, last, precision, is_range)

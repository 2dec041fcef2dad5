"""Deadlines of an action: dates with their role, events, and words without a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from neagraph.reports.extraction.dates import DateFound
from neagraph.reports.extraction.events import event_in, has_event
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.units import Unit
from neagraph.reports.statements import Due

_COUNT: Final = r"(?:an?|\w+|(?:\w+ )?\(?\d+\)?|\w+ (?:or|to) \w+)"
_PERIOD: Final = r"(?:(?:calendar|working|business) )?(?:day|week|month|year)s?"
_OPEN: Final = re.compile(
    rf"(?:no|not) later than (?:\w+ ){{1,2}}{_PERIOD} (?:after|from|before|prior to) [^,;.]{{1,80}}"
    rf"|(?:\w+ ){{1,2}}{_PERIOD} (?:after|before|prior to|ahead of|in advance of)"
    r" (?:its|their|the|each|every) [^,;.]{1,40}"
    rf"|within (?:the next |a period of |a maximum of |at most )?{_COUNT}(?: \(\d+\))? {_PERIOD}\b"
    r"(?: (?:of|after|from|following)(?: the)?(?: \w+){1,6})?"
    rf"|(?:in|over|during|for|within) the (?:next|coming|following|forthcoming|upcoming)"
    rf" (?:(?:few|{_COUNT}) )?(?:day|week|month|year|season|cycle|bienni|trienni|period)\w*"
    r"|in due (?:course|time)|as (?:soon|early|quickly) as (?:possible|practicable|feasible)"
    r"|without (?:further |undue |any |any further )?delay|at the (?:very )?(?:earliest|latest)"
    r"|at (?:an|the|its|their|the earliest|a) (?:mutually )?"
    r"(?:early|earlier|earliest|appropriate|later|convenient|suitable|agreed|given) "
    r"(?:possible )?(?:date|time|stage|opportunity|convenience|moment)"
    r"|(?:at|on) (?:a|the) (?:date|time)s? (?:to be|that|yet|convenient)\b[^,;.]{0,40}"
    r"|in the (?:near|foreseeable|immediate) (?:future|term)|in a timely (?:manner|fashion|way)"
    r"|within (?:a|the) (?:reasonable|agreed|given|prescribed|short) "
    r"(?:time|period|deadline|timeframe|time ?frame)"
    r"|within (?:the|this|its|their) (?:current|present|same|coming|next|ongoing) \w+"
    r"|(?:by|before|until|at|towards?|for) (?:the )?(?:end|close|start|beginning|middle) of "
    r"(?:the|this|next|each|every) [^,;.]{1,30}"
    r"|(?:by|before|until|on|next) (?:next |this |the following )?"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:by|before|until|in|during|within) (?:next|this|the (?:current|coming|following)) "
    r"(?:week|month|quarter|year|season|spring|summer|autumn|winter)"
    r"|(?:by|before|in|until|during) (?:the |early |late |coming |next )*"
    r"(?:spring|summer|autumn|winter)(?: or (?:spring|summer|autumn|winter))?\b"
    r"|later (?:this|in the) year|forthwith|immediately\b(?! after)|by year-end"
    r"|by (?:that|this|the same|the agreed|an agreed|the) (?:date|time|deadline)"
    r"|(?:before|by) (?:the )?mid-?term",
    re.IGNORECASE,
)
_FILL: Final = (
    r"(?:\b(?:the|its|their|his|her|a|an|this|end|close|closing|beginning|start|middle|first|second"
    r"|third|fourth|last|half|quarter|part|week|month|months|day|days|of|around|about|approximately"
    r"|early|mid|late|later|year|years|period|biennium|triennium|quadrennium|season|seasons"
    r"|financial|fiscal|calendar|academic|school|programme|budget|budgetary|summer|winter|spring|dry|wet|rainy|monsoon|fire|breeding|heating|growing|field"
    r"|autumn|at|on|in|monday|tuesday|wednesday|thursday|friday|saturday|sunday|noon|midnight|least|most|very"
    r"|business|hours|p\.m\.|a\.m\.|pm|am|utc|gmt|cet|cob|\d{1,2}(?:[.:]\d\d)?|,)[\s-]*)*"
)


def _before_date(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\W)(?P<key>{words})[\s-]+{_FILL}$")


_ROLES: Final = (
    ("between", _before_date("between")),
    ("until", _before_date(
        r"(?:no|not) later than|on or before|at the latest (?:by|in|on)|latest by|(?:up )?until"
        r"|till|up to|through|not after|not beyond|by|deadline of|due date of|than"
    )),
    ("before", _before_date(r"(?:well )?(?:before|prior to|ahead of|in advance of)")),
    ("from", _before_date(
        r"as (?:of|from)|with effect (?:from|as of)|effective(?: from| as of| on)?"
        r"|(?:starting|beginning|commencing)(?: from| in| on| with| as of)?"
        r"|(?:no|not) (?:earlier|sooner) than|not before|from|since"
    )),
    ("after", _before_date("after|following")),
    ("in", _before_date(
        r"in the course of|in the (?:\w+ )?period(?: from)?|in|on|during|within|over|throughout"
        r"|across|at|around|towards|held(?! in| on| at)|(?:meeting|session)(?= of)"
    )),
    ("for", _before_date("for")),
)  # fmt: skip
"""What the words before a date make of it; the first that fits counts."""
_WEEK: Final = re.compile(
    r"\bweek (?:of|beginning|starting|commencing|from)(?: on)?(?: monday)?,? $"
)
_ONWARDS: Final = re.compile(r"\s*(?:onwards?|and (?:beyond|thereafter|onwards?|after))\b")
_LATEST: Final = re.compile(r"\s*,?\s*at the (?:very )?latest\b")
_MIDDLE: Final = re.compile(r"\bmid-?(?: of)? ?\d{4}$", re.IGNORECASE)
_CLOSE: Final = re.compile(r"\b(?:end|close) of|on or before", re.IGNORECASE)
"""Words of a last day that still counts: `before the end of June`."""
_PAST: Final = re.compile(
    r"(?<!be )(?<!being )(?:adopted|agreed|approved|endorsed|signed|established|launched|submitted"
    r"|concluded|published|issued|reported|expired|decided|made|initiated|taken|received|presented"
    r"|started|created|identified)(?: \w+){0,3}$"
)
_REACH: Final = 80


@dataclass(frozen=True, slots=True)
class Clause:
    """The words in which a deadline is looked for.

    Args:
        units: The sentence.
        span: Units of the words.
        text: The view of the paragraph.
        lexicon: Words for events.
        today: First day of the meeting, ISO 8601; None if it is not known.
    """

    units: Sequence[Unit]
    span: tuple[int, int]
    text: str
    lexicon: Lexicon
    today: str | None = None

    def words(self, first: int, behind: int) -> str:
        """Return the text of some units; empty for none."""
        if first >= behind:
            return ""
        return self.text[self.units[first].start : self.units[behind - 1].end]


class _Dating(NamedTuple):
    """What a date is for an action.

    Args:
        start: Where its words begin, in the text.
        role: A role of `_ROLES`, `event` for a date that an event has before which something is
            due, `other` for one that dates something else, empty for none.
    """

    start: int
    role: str


def due_of(clause: Clause) -> Due | None:
    """Return the deadline that the words of an action state; None if they state none."""
    for place in range(*clause.span):
        if clause.units[place].date is not None:
            found = _dated(clause, place)
            if found is not None:
                return found
    return _of_event(clause) or _open(clause)


def due_in_aside(clause: Clause) -> Due | None:
    """Return a deadline between a verb and what is asked: `requested X, by 31 March 2025, to …`."""
    for place in range(*clause.span):
        opens = clause.units[place - 1].low in {",", "that"} if place else False
        if opens and clause.units[place].low in {"by", "before", "no", "not", "within", "until"}:
            return due_of(
                Clause(
                    clause.units,
                    (place, clause.span[1]),
                    clause.text,
                    clause.lexicon,
                    clause.today,
                )
            )
    return None


def _dated(clause: Clause, place: int) -> Due | None:
    found = clause.units[place].date
    start, role = _dating(clause, place)
    if found is None or not role or (clause.today and found.last < clause.today):
        return None
    written = clause.text[start : clause.units[place].end]
    first, last = _bounds(found, role, written)
    precision = "event" if role == "event" else found.precision
    return Due(first, last, precision, written, "inferred" if role == "other" else "stated")


def _bounds(found: DateFound, role: str, written: str) -> tuple[str | None, str | None]:
    """Return first and last day: where the words tell only one of them, None for the other."""
    first: str | None = found.first
    last: str | None = found.last
    if role in {"until", "event", "other", "before"}:
        first = None
    if role == "until" and _MIDDLE.search(written):
        last = f"{found.last[:4]}-06-30"
    elif role == "before" and not _CLOSE.search(written):
        last = _shifted(found.first, -1)
    elif role == "week":
        last = _shifted(found.first, 6)
    elif role == "after":
        first, last = _shifted(found.last, 1), None
    elif role == "from" and not found.is_range:
        last = None
    return first, last


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _dating(clause: Clause, place: int) -> _Dating:
    """Return the role of the date at a place, by the words before and behind it."""
    units, first = clause.units, clause.span[0]
    here = units[place]
    begin = max(units[first].start, here.start - _REACH)
    before = clause.text[begin : here.start].lower()
    behind = clause.text[here.end : here.end + _REACH]
    if here.date and here.date.precision == "day" and (week := _WEEK.search(before)):
        return _Dating(begin + week.start(), "week")
    role, at = _role(before)
    if role in {"in", "for", "from", ""} and (event := _before_event(clause, place)) >= 0:
        return _Dating(units[event].start, "event")
    past = _PAST.search(before[:at].rstrip()) if role in {"in", "for", "from"} else None
    if past is not None and begin + past.start() > units[first].start:
        return _Dating(begin + at, "")
    if role not in {"before", "after", "between"} and _ONWARDS.match(behind):
        return _Dating(begin + at, "from")
    if role in {"in", ""} and _LATEST.match(behind):
        return _Dating(begin + at, "until")
    return _Dating(begin + at, _checked(clause, place, role))


def _role(before: str) -> tuple[str, int]:
    """Return the role that the words before a date tell, and where these begin."""
    for name, form in _ROLES:
        if match := form.search(before):
            return name, match.start("key")
    return "", len(before)


def _checked(clause: Clause, place: int, role: str) -> str:
    """Return the role of a date where the words alone leave it open."""
    first = clause.span[0]
    if role == "between":
        return "in"
    if role == "for":
        money = any(unit.money for unit in clause.units[first:place])
        planned = clause.units[first].low in {"planned", "scheduled", "foreseen", "envisaged"}
        return "in" if money or planned or place - first <= 1 else ""
    if role == "in" or (not role and place - first <= 1):
        return "other" if _dates_something(clause, place) else "in"
    return role


def _before_event(clause: Clause, place: int) -> int:
    """Return where `before the review in …` begins, a date that an event has; -1 if it does not."""
    units, first = clause.units, clause.span[0]
    for at in range(place - 1, max(first - 1, place - _FAR), -1):
        low = units[at].low
        if low in {"before", "until"} or (low in {"to", "of"} and units[at - 1].low in _AHEAD):
            return at if has_event(units, (at + 1, place), clause.lexicon, is_ahead=True) else -1
        if low in {",", ";", "and", "by"}:
            return -1
    return -1


_AHEAD: Final = frozenset({"prior", "ahead", "advance"})
_FAR: Final = 12


def _dates_something(clause: Clause, place: int) -> bool:
    """Whether a date belongs to an event that the action is only for."""
    units = clause.units
    purposes = [at for at in range(clause.span[0], place) if units[at].low == "for"]
    return any(has_event(units, (at, place), clause.lexicon) for at in purposes)


def _of_event(clause: Clause) -> Due | None:
    """Read `before the next SOM`, `at its fourth meeting`, `in time for COP 30`."""
    span = event_in(clause.units, clause.span, clause.lexicon)
    if span is None:
        return None
    return Due(None, None, "event", clause.words(*span), "stated")


def _open(clause: Clause) -> Due | None:
    first, behind = clause.span
    if first >= behind:
        return None
    begin, end = clause.units[first].start, clause.units[behind - 1].end
    found = _OPEN.search(clause.text, begin, end)
    if found is None or (found.start() > begin and clause.text[found.start() - 1].isalnum()):
        return None
    event = any(word in found.group() for word in (" of ", " after ", " from ", " before "))
    return Due(None, None, "event" if event else "open", found.group().strip(), "stated")

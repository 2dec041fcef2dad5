"""Deadlines of an action: dates with their role, events, and words without a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.units import Unit
from neagraph.reports.spelling import level
from neagraph.reports.statements import Due
from neagraph.reports.words import words

_OPEN: Final = re.compile(
    r"(?:no|not) later than (?:\w+ ){1,2}(?:day|week|month|year)s? (?:after|from) [^,;.]{1,80}"
    r"|(?:\w+ ){1,2}(?:day|week|month|year)s? after (?:its|their|the) [^,;.]{1,40}"
    r"|in due course|as soon as (?:possible|practicable)|without (?:further |undue |any )?delay"
    r"|at (?:an|the|its|their) (?:early|earliest|appropriate) (?:date|time|opportunity|convenience)"
    r"|in the (?:near|foreseeable) future|in a timely manner|at the earliest"
    r"|within (?:\w+ ){1,2}(?:day|week|month|year)s?\b(?: of(?: the)?(?: \w+){1,6})?"
    r"|in (?:spring|summer|autumn|winter)(?: or (?:spring|summer|autumn|winter))?",
    re.IGNORECASE,
)
_UNTIL: Final = words("by before until till than")
_WHEN: Final = words(
    """in on during at within over throughout held meeting session biennium year period week"""
)
_EVENT_PREPOSITIONS: Final = frozenset({"before", "by", "at", "until", "prior", "during"})
_LATER: Final = words("no not later than prior at the on or")
_PASSED: Final = words("the of around about end late early its their mid")
_REACH: Final = 12


def due_of(units: Sequence[Unit], span: tuple[int, int], text: str, lexicon: Lexicon) -> Due | None:
    """Return the deadline that an action states; None if it states none.

    Args:
        units: The sentence.
        span: The units of the action.
        text: The view of the paragraph.
        lexicon: Words for events.
    """
    for place in range(*span):
        if units[place].date is not None:
            found = _dated(units, span, place, text, lexicon)
            if found is not None:
                return found
    return _of_event(units, span, text, lexicon) or _open(units, span, text)


class _Dating(NamedTuple):
    """What a date is for an action.

    Args:
        at: Where its words begin.
        role: `in`, `until`, `from`, `event` for one that an event has before which something is
            due, `other` for one that dates something else, empty for none.
    """

    at: int
    role: str


def _dated(
    units: Sequence[Unit], span: tuple[int, int], place: int, text: str, lexicon: Lexicon
) -> Due | None:
    found = units[place].date
    at, role = _dating(units, span[0], place, lexicon)
    if found is None or not role:
        return None
    written = text[units[at].start : units[place].end]
    first: str | None = found.first
    last: str | None = found.last
    precision, basis = found.precision, "stated"
    if role in {"until", "event", "other"}:
        first = None
    if role == "until" and _is_strict(units[at].low, written):
        last = (date.fromisoformat(found.first) - timedelta(days=1)).isoformat()
    if role == "from":
        last = None
    if role == "event":
        precision = "event"
    if role == "other":
        basis = "inferred"
    return Due(first, last, precision, written, basis)


def _is_strict(low: str, written: str) -> bool:
    """Whether the time itself is too late already: `before June`, but not `before the end of`."""
    return low in {"before", "prior"} and not re.search(r"end of|on or before", written.lower())


def _dating(units: Sequence[Unit], first: int, place: int, lexicon: Lexicon) -> _Dating:
    at = place - 1
    while at > first and units[at].low in _PASSED:
        at -= 1
    near = [unit.low for unit in units[max(first, place - 4) : place]]
    low = units[at].low if at >= first else ""
    if low == "on" and "by" in near:
        at = max(k for k in range(first, place) if units[k].low == "by")
        low = "by"
    if low in _UNTIL or "latest" in near:
        return _Dating(_later(units, first, at), "until")
    event = _until_event(units, first, place, lexicon)
    if event >= 0:
        return _Dating(event, "event")
    return _plain_dating(units, first, place, at, lexicon)


def _plain_dating(
    units: Sequence[Unit], first: int, place: int, at: int, lexicon: Lexicon
) -> _Dating:
    low = units[at].low if at >= first else ""
    if low == "from":
        return _Dating(at, "from")
    if low == "for":
        money = any(unit.money for unit in units[first:place])
        return _Dating(at, "in" if money else "")
    if low in _WHEN or place - first <= 1:
        other = _dates_something(units, first, place, lexicon)
        return _Dating(at, "other" if other else "in")
    return _Dating(place, "")


def _later(units: Sequence[Unit], first: int, at: int) -> int:
    """Return where `no later than` and `prior to` begin."""
    while at > first and units[at - 1].low in _LATER:
        at -= 1
    return at


def _until_event(units: Sequence[Unit], first: int, place: int, lexicon: Lexicon) -> int:
    """Return where `before the review in …` begins, a date that an event has; -1 if it does not."""
    for at in range(place - 1, max(first - 1, place - _REACH), -1):
        low = units[at].low
        if low in {"before", "until"} or (low == "to" and units[at - 1].low == "prior"):
            return at if _has_event(units, at + 1, place, lexicon) else -1
        if low in {",", ";", "and", "by"}:
            return -1
    return -1


def _has_event(units: Sequence[Unit], first: int, behind: int, lexicon: Lexicon) -> bool:
    before = bool(first) and units[first - 1].low in {"before", "until", "to"}
    before = before or any(unit.low in {"next", "coming"} for unit in units[first:behind])
    for unit in units[first:behind]:
        if unit.found is not None:
            entity = lexicon.names.get(unit.found.iri)
            if lexicon.is_a(entity, "Event") or (before and lexicon.is_a(entity, "GoverningBody")):
                return True
            if "Event" in lexicon.above.get(unit.found.type, ()):
                return True
            continue
        kind = lexicon.classes.get((level(unit.text),), "")
        event = "Event" in lexicon.above.get(kind, ()) or unit.speaker == "Body"
        if event or level(unit.text) in {"entry", "end", "start", "completion"}:
            return True
    return False


def _dates_something(units: Sequence[Unit], first: int, place: int, lexicon: Lexicon) -> bool:
    """Whether a date belongs to an event that the action is only for."""
    purposes = [at for at in range(first, place) if units[at].low == "for"]
    return any(_has_event(units, at, place, lexicon) for at in purposes)


def _of_event(
    units: Sequence[Unit], span: tuple[int, int], text: str, lexicon: Lexicon
) -> Due | None:
    """Read `before the next SOM`, `at its fourth meeting`."""
    for at in range(span[1] - 1, span[0], -1):
        low = units[at].low
        if low not in _EVENT_PREPOSITIONS:
            continue
        behind = min(span[1], at + _REACH)
        stop = next((k for k in range(at + 1, behind) if units[k].low in {",", ";", "and"}), behind)
        if not _is_coming(units, at, stop) or not _has_event(units, at + 1, stop, lexicon):
            continue
        start = _later(units, span[0], at)
        return Due(None, None, "event", text[units[start].start : units[stop - 1].end], "stated")
    return None


def _is_coming(units: Sequence[Unit], at: int, stop: int) -> bool:
    """Whether an event is one to come: before it, or at the next or a numbered one."""
    if units[at].low not in {"at", "by", "during"}:
        return True
    words = [word for unit in units[at + 1 : min(stop, at + 4)] for word in unit.low.split()]
    numbered = any(unit.found and unit.text[-1:].isdecimal() for unit in units[at + 1 : at + 3])
    return numbered or any(
        word in {"next", "its", "their", "coming", "forthcoming", "upcoming"}
        or word.endswith(("th", "st", "nd", "rd"))
        for word in words
    )


def _open(units: Sequence[Unit], span: tuple[int, int], text: str) -> Due | None:
    if span[0] >= span[1]:
        return None
    found = _OPEN.search(text, units[span[0]].start, units[span[1] - 1].end)
    if found is None:
        return None
    event = any(word in found.group() for word in (" of ", " after ", " from "))
    return Due(None, None, "event" if event else "open", found.group(), "stated")

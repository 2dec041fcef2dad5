"""Events that a deadline is told by: the next session, a numbered one, the end of something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.units import Unit
from neagraph.reports.spelling import level
from neagraph.reports.words import words

_REACH: Final = 12
_LATER: Final = words("no not later than prior at the on or in well ahead advance time")
_COMING: Final = words("next coming forthcoming upcoming following subsequent future")
_TURNING_POINTS: Final = words(
    """entry end start completion beginning close closing closure conclusion expiry expiration
    adoption ratification signature signing launch publication opening receipt approval accession
    onset date season biennium triennium cycle monsoon deadline election appointment"""
)
"""Nouns that tell when something begins or ends."""
_NUMBERED: Final = re.compile(r"[A-Z]{2,}[A-Za-z]*[- /]?\d{1,3}\b")
_PREPOSITIONS: Final = words(
    "before by at until prior during upon to following after of with for than"
)
_LEADS: Final = {
    "of": {"ahead", "advance", "occasion", "margins", "sidelines"},
    "with": {"conjunction", "back", "parallel"},
    "for": {"time"},
}
"""Prepositions that speak of an event only behind one of some nouns."""
_CLOSES: Final = frozenset({",", ";", "and"})


def event_in(
    units: Sequence[Unit], span: tuple[int, int], lexicon: Lexicon
) -> tuple[int, int] | None:
    """Return the units that name an event by which something is due; None if none do.

    Args:
        units: The sentence.
        span: The units of the action.
        lexicon: Words for events.
    """
    for at in range(span[1] - 1, span[0] - 1, -1):
        low = units[at].low
        if low not in _PREPOSITIONS or units[at].is_masked or not _leads(units, at, span[0]):
            continue
        behind = min(span[1], at + _REACH)
        stop = next((k for k in range(at + 1, behind) if units[k].low in _CLOSES), behind)
        if not _is_coming(units, at, stop):
            continue
        ahead = low in {"before", "until", "prior", "upon", "by", "than"} or low in _LEADS
        if has_event(units, (at + 1, stop), lexicon, is_ahead=ahead):
            return _later(units, span[0], at), stop
    return None


def _leads(units: Sequence[Unit], at: int, first: int) -> bool:
    wanted = _LEADS.get(units[at].low)
    return wanted is None or any(u.low in wanted for u in units[max(first, at - 3) : at])


def has_event(
    units: Sequence[Unit], span: tuple[int, int], lexicon: Lexicon, *, is_ahead: bool = False
) -> bool:
    """Return whether some units name an event, or, where it lies ahead, a body that is to meet.

    Args:
        units: The sentence.
        span: The units.
        lexicon: Words for events.
        is_ahead: Whether the words before say that something comes first.
    """
    part = units[span[0] : span[1]]
    is_ahead = is_ahead or any(unit.low in {"next", "coming"} for unit in part)
    return any(_is_event(unit, lexicon, is_ahead=is_ahead) for unit in part) or any(
        _is_numbered(units, at) for at in range(*span)
    )


def _is_event(unit: Unit, lexicon: Lexicon, *, is_ahead: bool) -> bool:
    if unit.found is not None:
        entity = lexicon.names.get(unit.found.iri)
        governs = is_ahead and lexicon.is_a(entity, "GoverningBody")
        typed = "Event" in lexicon.above.get(unit.found.type, ())
        meets = is_ahead and lexicon.speakers.get((level(unit.text.split()[-1]),)) == "Body"
        return typed or governs or meets or lexicon.is_a(entity, "Event")
    word = level(unit.text)
    kind = lexicon.classes.get((word,), "")
    turns = is_ahead and word in _TURNING_POINTS
    named = "Event" in lexicon.above.get(kind, ()) or unit.speaker == "Body"
    return named or turns or word in {"entry", "completion"}


def _is_numbered(units: Sequence[Unit], at: int) -> bool:
    """Whether a session is named by its acronym and number: `COP 30`, `MOP-4`."""
    if at + 1 < len(units) and units[at + 1].text.isdecimal():
        return _NUMBERED.match(f"{units[at].text} {units[at + 1].text}") is not None
    return _NUMBERED.match(units[at].text) is not None


def _is_coming(units: Sequence[Unit], at: int, stop: int) -> bool:
    """Whether an event is one to come: before it, or at the next or a numbered one."""
    low = units[at].low
    if low in {"before", "until", "prior", "upon", "than"} or low in _LEADS:
        return True
    near = units[at + 1 : min(stop, at + 4)]
    said = [word for unit in near for word in unit.low.split()]
    numbered = any(_is_numbered(units, k) for k in range(at + 1, min(stop, at + 3)))
    numbered = numbered or any(u.found and u.text[-1:].isdecimal() for u in near[:2])
    if numbered or _COMING.intersection(said):
        return True
    if low in {"to", "after", "following"}:
        ordinal = any(word.endswith(("th", "st", "nd", "rd")) for word in said[:3])
        return ordinal and any(unit.speaker == "Body" or unit.found for unit in near)
    return any(word in {"its", "their"} or word.endswith(("th", "st", "nd", "rd")) for word in said)


def _later(units: Sequence[Unit], first: int, at: int) -> int:
    """Return where `no later than` and `prior to` begin."""
    while at > first and units[at - 1].low in _LATER:
        at -= 1
    return at

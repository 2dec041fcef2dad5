"""The subject of a verb: which words before it are its subject, if any."""

from __future__ import annotations

from neagraph.reports.extraction.acts import Span
from neagraph.reports.extraction.function_words import (
    ARTICLES,
    COORDINATES,
    PREPOSITIONS,
    is_adverb,
    is_word,
)
from neagraph.reports.extraction.phrases import Opening
from neagraph.reports.extraction.scan import Scan

_FEW = 6
"""How long a new subject that is no agent may be, in units."""


def subject_of(scan: Scan, opened: Opening, last: int) -> Span | None:
    """Return the units of the subject that ends at a place; None if there is none.

    Args:
        scan: The sentence.
        opened: What opens the clause.
        last: Last unit before the verb and its auxiliaries.
    """
    first = opened.at + 1
    if opened.kind == "act":
        first = _new_agent(scan, first, last)
    else:
        first = _behind_introduction(scan, first, last)
    if scan.low(first) == "(" and scan.low(first + 2) == ")":
        first += len("(a)")
    while last > first and scan.low(last) == ",":
        last -= 1
    if first > last or not any(is_word(unit.low) for unit in scan.units[first : last + 1]):
        return None
    return first, last + 1


def new_thing(scan: Scan, opened: Opening, last: int) -> Span | None:
    """Return a new subject that is no agent: `…, and the agenda was adopted`."""
    for place in range(last - 1, max(opened.at + 1, last - _FEW) - 1, -1):
        if scan.low(place) in {"and", "but"}:
            words = {unit.low for unit in scan.units[place + 1 : last + 1]}
            return None if words & (PREPOSITIONS | {","}) else (place + 1, last + 1)
    return None


def _new_agent(scan: Scan, first: int, last: int) -> int:
    """Return where a new subject begins behind the words of the act before it."""
    for place in range(last - 1, first - 1, -1):
        if scan.low(place) in COORDINATES and scan.is_agent(place + 1):
            return place + 1
    return last + 1


def _behind_introduction(scan: Scan, first: int, last: int) -> int:
    """Pass over `In this regard,` and the like at the beginning of a clause."""
    if first > last or not _introduces(scan, first):
        return first
    for place in range(last - 1, first - 1, -1):
        if scan.low(place) == "," and scan.is_agent(place + 1):
            return place + 1
    commas = [place for place in range(first, last) if scan.low(place) == ","]
    if not commas:
        return _behind_phrase(scan, first, last)
    return commas[-1] + 1 if scan.low(first) in PREPOSITIONS else _behind_word(scan, first)


def _introduces(scan: Scan, first: int) -> bool:
    low = scan.low(first)
    gerund = any(form.kind == "ing" for form, _ in scan.units[first].forms)
    return (
        low in PREPOSITIONS
        or is_adverb(low)
        or low in COORDINATES
        or low in {"not", "having"}
        or gerund
    )


def _behind_phrase(scan: Scan, first: int, last: int) -> int:
    """Pass over `at the last session` before a subject without a comma."""
    for place in range(first + 2, last + 1):
        opens = scan.low(place) in ARTICLES and scan.low(place - 1) not in PREPOSITIONS
        if opens and scan.is_agent(place):
            return place
    return _behind_word(scan, first)


def _behind_word(scan: Scan, first: int) -> int:
    passes = scan.low(first) in COORDINATES or is_adverb(scan.low(first))
    return first + 1 if passes else first

"""Where an action ends: before what it is for, and before a date that is still open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from neagraph.reports.extraction.function_words import is_adverb
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.units import Unit
from neagraph.reports.words import words

_WHENS: Final = frozenset({"date", "dates", "time", "venue", "place"})
_SETTLED: Final = words(
    """announced confirmed decided determined fixed agreed defined specified communicated advised
    settled notified"""
)
"""What is still to be done with a date that is not known yet."""
_GATHERINGS: Final = frozenset({"training", "course", "meetings"})
_REACH: Final = 12


def ending(units: Sequence[Unit], span: tuple[int, int], lexicon: Lexicon) -> int:
    """Return where an action ends, purpose and open date left out.

    Args:
        units: The sentence.
        span: The words of the action, all that follows them included.
        lexicon: Verbs for actions.
    """
    return min(_before_purpose(units, span, lexicon), _before_open_date(units, span))


def _before_purpose(units: Sequence[Unit], span: tuple[int, int], lexicon: Lexicon) -> int:
    """Return where the purpose begins: `host a meeting | to elaborate …`."""
    first, end = span
    for at in range(first + 2, end - 1):
        lows = [unit.low for unit in units[at : at + 4]]
        if lows[:3] in (["in", "order", "to"], ["so", "as", "to"]) or (
            lows[1:4] == ["a", "view", "to"]
        ):
            return at
        if units[at].low == "to" and not units[at].is_masked and _meets(units[first:at]):
            behind = at + 1
            while behind < end and is_adverb(units[behind].low):
                behind += 1
            if behind < end and units[behind].low in lexicon.actions - {"be"}:
                return at
    return end


def _meets(units: Sequence[Unit]) -> bool:
    return any(unit.speaker == "Body" or unit.low in _GATHERINGS for unit in units)


def _before_open_date(units: Sequence[Unit], span: tuple[int, int]) -> int:
    """Return where words on a date begin that is left open: `…, the dates to be announced`."""
    first, end = span
    for at in range(first + 1, end - 1):
        lows = [unit.low for unit in units[at : min(at + 3, end)]]
        if lows[0] in {"at", "on"} and lows[1] in {"a", "dates"} and lows[-1] in _WHENS:
            return at - 1 if units[at - 1].low == "," and at - 1 > first else at
        if lows[0] == "," and _is_settled_later(units, at, end):
            return at
    return end


def _is_settled_later(units: Sequence[Unit], comma: int, end: int) -> bool:
    for at in range(comma + 2, min(comma + _REACH, end - 2)):
        if units[at].low == ",":
            return False
        if units[at].low == "to" and units[at + 1].low == "be":
            return units[at + 2].low in _SETTLED
    return False

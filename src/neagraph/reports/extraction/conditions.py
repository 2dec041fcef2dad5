"""What an action depends on: `subject to …`, `provided that …`, `if possible`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.function_words import CONTRASTS
from neagraph.reports.extraction.units import Unit

_CONDITIONS: Final = (
    ("subject", "to"), ("provided", "that"), (",", "provided"), ("on", "condition", "that"),
    ("if",),
    ("pending",), ("unless",), ("depending", "on"), ("contingent", "on"), ("where", "appropriate"),
    ("as", "appropriate"), ("where", "possible"), ("as", "long", "as"), ("if", "possible"),
    ("if", "necessary"), ("if", "needed"), ("if", "required"), ("where", "necessary"),
    ("where", "applicable"), ("where", "feasible"), ("as", "necessary"), ("as", "applicable"),
    ("to", "the", "extent", "possible"), ("as", "far", "as", "possible"), ("upon", "request"),
    ("on", "the", "understanding", "that"), ("without", "prejudice", "to"),
    ("on", "the", "condition", "that"), ("in", "the", "event", "that"), ("in", "case"),
    ("assuming",), ("dependent", "on"), ("contingent", "upon"), ("conditional", "on"),
    ("conditional", "upon"), ("depending", "upon"), ("so", "long", "as"), ("providing", "that"),
)  # fmt: skip
_WHOLE: Final = frozenset({"possible", "necessary", "needed", "required", "appropriate",
                           "applicable", "feasible"})  # fmt: skip
"""Words that end a condition which says no more."""
_BY_FIRST: Final = {
    first: tuple(phrase for phrase in _CONDITIONS if phrase[0] == first)
    for first in {phrase[0] for phrase in _CONDITIONS}
}


def condition_of(units: Sequence[Unit], span: tuple[int, int], text: str) -> str | None:
    """Return the words of the condition that a clause states; None if it states none."""
    at = _condition_at(units, *span)
    if at < 0:
        return None
    stop = next((k for k in range(at + 1, span[1]) if units[k].low in {",", ";"}), span[1])
    short = next((k + 1 for k in range(at + 1, min(at + 5, stop)) if units[k].low in _WHOLE), stop)
    stop = short if _is_short(units, at) else stop
    return text[units[at].start : units[stop - 1].end]


def _condition_at(units: Sequence[Unit], first: int, behind: int) -> int:
    for at in range(first, behind):
        if units[at].is_masked:
            continue
        for phrase in _BY_FIRST.get(units[at].low, ()):
            if tuple(unit.low for unit in units[at : at + len(phrase)]) == phrase:
                return at + (phrase[0] == ",")
    return -1


def _is_short(units: Sequence[Unit], at: int) -> bool:
    """Whether a condition is a fixed phrase, such as `if possible`, after which words go on."""
    return any(
        tuple(unit.low for unit in units[at : at + len(phrase)]) == phrase
        for phrase in _CONDITIONS
        if phrase[-1] in _WHOLE
    )


def without_condition(units: Sequence[Unit], act: Act) -> int:
    """Return where the actions of a clause must end: before a condition that closes it."""
    at = _condition_at(units, act.stop, act.end)
    said = (
        k
        for k in range(act.stop, act.end - 2)
        if (units[k].low == "as" and any(form.kind == "past" for form, _ in units[k + 1].forms))
        or (units[k].low in CONTRASTS and units[k - 1].low == ",")
    )
    told = next(said, -1)
    if told >= 0 and (at < 0 or told < at):
        return told - 1 if units[told - 1].low == "," else told
    if at < 0:
        return act.end
    resumes = _is_short(units, at) or any(unit.low == "," for unit in units[at : act.end])
    behind = act.end if resumes else at
    while behind > act.stop and units[behind - 1].low == ",":
        behind -= 1
    return behind

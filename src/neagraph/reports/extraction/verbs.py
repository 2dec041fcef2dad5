"""Which verb forms of a sentence are acts, read from left to right by rules in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.finite import (
    active,
    enabled,
    existential,
    first_word,
    joined,
    present,
    settled,
    unlisted,
    with_auxiliary,
)
from neagraph.reports.extraction.function_words import MODALS
from neagraph.reports.extraction.lexicon import Form, Lexicon
from neagraph.reports.extraction.modals import assignments, destined, modal
from neagraph.reports.extraction.participles import attributive, participial, told_by_participle
from neagraph.reports.extraction.phrases import verb_group
from neagraph.reports.extraction.scan import Candidate, Scan
from neagraph.reports.extraction.units import Unit

Rule = Callable[[Scan, Candidate], Act | None]

_REFUSALS: Final = frozenset({"reject", "withdraw"})
"""Verbs that say of another act that it is not, or no longer, done."""

PAST_RULES: Final[tuple[Rule, ...]] = (
    settled,
    told_by_participle,
    first_word,
    joined,
    active,
    attributive,
)
"""What a past form without an auxiliary may be; the first that fits counts."""


def verb_acts(units: Sequence[Unit], lexicon: Lexicon, *, is_item: bool = False) -> list[Act]:
    """Return the acts that verbs tell, in the order of the text, clauses not yet bounded.

    Args:
        units: The sentence.
        lexicon: Words.
        is_item: Whether the sentence is an item of a list, its subject being left out.
    """
    scan = Scan(units, lexicon, is_item)
    place = 0
    while place < len(units):
        act = _act_at(scan, place)
        if act is not None:
            scan.acts.append(act)
        place = max(place + 1, act.stop if act else 0)
    if not scan.acts:
        happened = unlisted(scan)
        scan.acts += [happened] if happened else assignments(scan)
    return scan.acts


def _act_at(scan: Scan, place: int) -> Act | None:
    unit = scan.units[place]
    if unit.low in MODALS and not unit.is_masked:
        return modal(scan, place)
    for form, length in unit.forms:
        says_no = any(unit.low == "no" for unit in scan.units[place : place + length])
        group = verb_group(scan.units, place)
        refuses = form.verb.name in _REFUSALS or _goes_on_not(scan, form, place + length)
        found = Candidate(form, place, place + length, group, says_no, refuses)
        act = _by_form(scan, found)
        if act is not None:
            return act
    return existential(scan, place) or destined(scan, place)


def _goes_on_not(scan: Scan, form: Form, stop: int) -> bool:
    against = form.verb.family == "Decision" and scan.low(stop) == "against"
    return against or (scan.low(stop) == "not" and scan.low(stop + 1) in {"to", "yet"})


def _by_form(scan: Scan, found: Candidate) -> Act | None:
    kind, group = found.form.kind, found.group
    if kind == "noun" or group.is_infinitive or group.modal:
        return None
    if group.is_able:
        return enabled(scan, found)
    if kind == "ing":
        return participial(scan, found)
    if kind not in {"past", "adjective"}:
        return present(scan, found)
    if group.is_be or group.is_have:
        return settled(scan, found) or with_auxiliary(scan, found)
    rules = () if kind == "adjective" else PAST_RULES
    return next((act for rule in rules if (act := rule(scan, found)) is not None), None)

"""Acts told by nouns: `the offer of … to host …`, `its readiness to …`, `the proposal for …`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.function_words import (
    ARTICLES,
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    is_adverb,
)
from neagraph.reports.extraction.lexicon import Lexicon, Verb
from neagraph.reports.extraction.phrases import is_agent
from neagraph.reports.extraction.units import Unit
from neagraph.reports.words import words

_OWNERS: Final = frozenset({"of", "by", "from"})
_UPON: Final = frozenset({"at", "on", "upon", "following"})
"""Prepositions before a noun of whose act the main one is the answer."""
_MADE: Final = words(
    """made given expressed submitted presented tabled extended announced issued received voiced
    lodged conveyed"""
)
"""Participles between a noun and who did its act: `the assurance given by X`."""
_ABOUT: Final = frozenset({"for", "on", "in", "about", "to", "regarding"})
_ANAPHORIC: Final = frozenset({"the", "this", "that", "these"})
_BUSY: Final = frozenset({"Offer", "Undertaking"})
"""Classes whose nouns tell an act only if they say what is to be done."""
_TAKEN_UP: Final = frozenset({"Proposal", "Recommendation", "Request", "Offer"})
"""Classes whose nouns may mean an act told just before: `supported the proposal`."""
_KINDS_OF_HELP: Final = words(
    """financial technical in-kind logistical administrative material generous continued kind
    budgetary secretarial scientific institutional donor capacity"""
)
_LOOK: Final = 12
_CLOSE: Final = 3
_NOT_ACTS: Final = frozenset({"in", "with", "at", "under", "upon"})
"""Prepositions before a bare noun that make an adverb of it: `in support of`."""


def nominal_acts(units: Sequence[Unit], lexicon: Lexicon, acts: Sequence[Act]) -> list[Act]:
    """Return the acts that nouns of a sentence tell, each inside the act around it.

    Args:
        units: The sentence.
        lexicon: Nouns that tell acts.
        acts: The acts told by verbs.
    """
    taken = {place for act in acts for place in range(act.at, act.stop)}
    found: list[Act] = []
    for place, unit in enumerate(units):
        verb = None if unit.is_masked or place in taken else lexicon.nouns.get(unit.low)
        if verb is None or _is_verb(units, place) or _is_help(units, place, verb):
            continue
        parent = _parent(units, place, [*acts, *found])
        if parent is not None and _tells(units, place, verb, lexicon, parent):
            found.append(
                Act(
                    verb,
                    verb.type,
                    place,
                    place + 1,
                    level="embedded",
                    rule="nominal acts",
                    parent=parent,
                    form="noun",
                    begin=_begin(units, place),
                )
            )
    return found


def owner(units: Sequence[Unit], act: Act, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the units that say whose act a noun tells; None if none do."""
    place = _shared(units, act.at, lexicon)
    behind = place + 1
    while behind < len(units) and is_adverb(units[behind].low):
        behind += 1
    if _low(units, behind) in _OWNERS and is_agent(units, behind + 1, lexicon):
        return behind + 1, min(behind + _LOOK, len(units))
    if _low(units, behind) in _MADE and _low(units, behind + 1) in {"by", "from"}:
        return behind + 2, min(behind + _LOOK, len(units))
    first = _phrase_start(units, act.at)
    for at in range(act.at - 1, first - 1, -1):
        named = units[at].found is not None and is_agent(units, at, lexicon, whole=True)
        if units[at].low in POSSESSIVES or named:
            return at, at + 1
        if units[at].low in {"'s", "'"} and at > 0:
            return at - 1, at
    return None


def content(units: Sequence[Unit], act: Act) -> int:
    """Return the place of `to`, `for`, `that` … that opens what a noun's act is about; else -1."""
    limit = min(act.at + _LOOK + 4, len(units))
    for at in range(act.stop, limit):
        low = units[at].low
        if low in {"to", "that"} and not units[at].is_masked:
            return at
        if low in {"for", "in", "on"} and any(
            u.low.endswith("ing") for u in units[at + 1 : at + 4]
        ):
            return at
        if low in {",", ";", ":", "."}:
            break
    return -1


def _tells(units: Sequence[Unit], place: int, verb: Verb, lexicon: Lexicon, parent: Act) -> bool:
    """Return whether the noun at a place tells an act, not just a thing."""
    probe = Act(verb, verb.type, place, place + 1, level="embedded")
    has_owner = owner(units, probe, lexicon) is not None
    at = _shared(units, place, lexicon) + 1
    if parent.type == "Reaffirmation" and verb.commitment == "SelfCommitment":
        return _low(units, place - 1) in POSSESSIVES
    near = parent.stop <= place <= parent.stop + _CLOSE
    inside = {unit.low for unit in units[parent.stop : place]}
    if near and parent.type == "Appreciation" and not inside & (PREPOSITIONS | {",", "and"}):
        return True
    if not has_owner:
        return _tells_unowned(units, probe, at, parent)
    if parent.at > place:
        return True
    says_what = _opens_content(units, at) or content(units, probe) >= 0
    return verb.type not in _BUSY or says_what or _gives(units, at)


def _tells_unowned(units: Sequence[Unit], noun: Act, at: int, parent: Act) -> bool:
    """Return whether a noun tells an act that the report leaves without an owner.

    Args:
        units: The sentence.
        noun: The noun.
        at: Behind it and those joined to it.
        parent: The act around it.
    """
    told_before = (
        noun.type in _TAKEN_UP
        and _low(units, noun.at - 1) in _ANAPHORIC
        and _ends(units, at)
        and not units[noun.at].low.endswith("s")
    )
    inside = range(parent.stop, noun.at)
    if any(_low(units, k) == "to" and is_base(units, k + 1) for k in inside):
        return told_before
    if not (noun.verb.commitment or noun.verb.family == "Directive"):
        return False
    begins = _phrase_start(units, noun.at) < noun.at and _low(units, at) != "in"
    return told_before or (begins and _opens_content(units, at))


def _gives(units: Sequence[Unit], at: int) -> bool:
    return any(unit.money for unit in units[at : at + _LOOK])


def _opens_content(units: Sequence[Unit], at: int) -> bool:
    """Whether `to` with a verb, `for` with a participle or `that` follows."""
    low, behind = _low(units, at), at + 1
    while is_adverb(_low(units, behind)):
        behind += 1
    after = _low(units, behind)
    if low == "to":
        return is_base(units, behind)
    if low == "that":
        return True
    return low in {"for", "on", "of"} and after.endswith("ing")


def is_base(units: Sequence[Unit], at: int) -> bool:
    """Return whether the word at a place can be an infinitive: not an article, name or plural."""
    if at >= len(units):
        return False
    unit = units[at]
    return (
        not unit.is_masked
        and unit.low.isalpha()
        and unit.text.islower()
        and unit.low not in DETERMINERS
        and unit.low not in PREPOSITIONS
        and not (unit.low.endswith("s") and not unit.low.endswith("ss"))
        and not unit.speaker
    )


def _ends(units: Sequence[Unit], at: int) -> bool:
    return at >= len(units) or units[at].low in {".", ",", ";", "and", "or"}


def _shared(units: Sequence[Unit], place: int, lexicon: Lexicon) -> int:
    """Return the last of joined act nouns: both in `interest and offer of …`."""
    if _low(units, place + 1) in {"and", "or", ","} and _low(units, place + 2) in lexicon.nouns:
        return _shared(units, place + 2, lexicon)
    return place


def _is_verb(units: Sequence[Unit], place: int) -> bool:
    """Whether a word that may be a noun stands where a verb does, or belongs to a fixed phrase."""
    before = _low(units, place - 1)
    if before in {"to", "not", "a"} and before != "a":
        return True
    return before in _NOT_ACTS or (before == "a" and _low(units, place - 2) == "with")


def _is_help(units: Sequence[Unit], place: int, verb: Verb) -> bool:
    """Whether `support` is given in money or kind, and approves of nothing."""
    return verb.type == "Endorsement" and _low(units, place - 1) in _KINDS_OF_HELP


def _parent(units: Sequence[Unit], place: int, acts: Sequence[Act]) -> Act | None:
    """Return the act around a noun; of `on the proposal of X, …` the act that follows."""
    verbs = [act for act in acts if act.form != "noun"]
    for act in verbs:
        if act.passive and act.subject and act.subject[0] <= place < act.subject[1]:
            return act
    before = [act for act in verbs if act.at < place]
    if before or not verbs:
        return max(before, key=lambda act: act.at, default=None)
    introduces = place > 1 and _low(units, place - 2) in _UPON and _low(units, place + 1) in _OWNERS
    return min(verbs, key=lambda act: act.at) if introduces else None


def _begin(units: Sequence[Unit], place: int) -> int:
    first = _phrase_start(units, place)
    return first + 1 if units[first].low in ARTICLES and first < place else first


def _phrase_start(units: Sequence[Unit], place: int) -> int:
    """Return where the noun phrase around a noun begins: at its article at the earliest."""
    at = place
    while at > 0:
        unit = units[at - 1]
        if unit.low in DETERMINERS:
            return at - 1
        sign = not unit.low[:1].isalnum() and unit.low not in {"'s", "'"}
        if (
            sign
            or unit.low in PREPOSITIONS
            or unit.low in {"and", "or", "to"}
            or (unit.forms and any(form.kind in {"past", "third", "ing"} for form, _ in unit.forms))
        ):
            return at
        at -= 1
    return at


def _low(units: Sequence[Unit], place: int) -> str:
    return units[place].low if 0 <= place < len(units) else ""

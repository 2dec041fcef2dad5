"""Money in acts: who gave it, and for what."""

from __future__ import annotations

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.drafts import Draft, SentenceReading
from neagraph.reports.extraction.entities import Found
from neagraph.reports.extraction.function_words import POSSESSIVES
from neagraph.reports.extraction.phrases import is_purpose
from neagraph.reports.extraction.roles import Memory, roles_in
from neagraph.reports.spelling import level
from neagraph.reports.statements import Amount
from neagraph.reports.words import words

_NEAR = 8
_COUNTED = words(
    """budget cost expenditure expense ceiling estimate balance shortfall deficit price fee total"""
)
"""Words, in the singular, for sums that nobody gives."""
_OWN = frozenset({"InformationSharing", "Reaffirmation", "Emphasis"})
"""Classes of acts in which `its contribution` is that of the speaker."""
_TAKING = frozenset({"receive", "secure", "hear"})
_GIVE = "contribute"
_GIVING = frozenset({"Undertaking", "Offer", "Narration"})


def amounts_of(reading: SentenceReading, memory: Memory) -> None:
    """Give each sum of a sentence to the innermost act that tells of it."""
    for place, unit in enumerate(reading.units):
        if unit.money is None:
            continue
        around = [d for d in reading.drafts if d.act.begin <= place < d.act.end]
        if not around:
            continue
        inner = max(around, key=lambda draft: draft.act.at).act
        start, end = reading.raw(place, place + 1)
        for draft in around:
            if draft.act is inner:
                found = unit.money
                amount = Amount(
                    value=found.value,
                    currency=found.currency,
                    currency_basis=found.basis,
                    donor=_donor(reading, place, draft, memory),
                    fund=_fund(reading, place, inner, memory),
                    start=start,
                    end=end,
                )
                draft.amounts = (*draft.amounts, amount)


def _donor(reading: SentenceReading, place: int, draft: Draft, memory: Memory) -> str | None:
    """Return who gave a sum: `from X` behind it, X right before it, or who gives in the act."""
    if _is_counted(reading, place):
        return None
    return (
        _behind(reading, place, draft, memory)
        or _before(reading, place, memory)
        or _giving(reading, place, draft)
        or _contributor(reading, place, draft, memory)
        or _thanked(draft)
    )


def _is_counted(reading: SentenceReading, place: int) -> bool:
    """Whether a sum only says how large something is: `a budget of USD 500`."""
    before = [unit.low for unit in reading.units[max(0, place - 2) : place]]
    return before[-1:] == ["of"] and level(before[0]) in _COUNTED


def _behind(reading: SentenceReading, place: int, draft: Draft, memory: Memory) -> str | None:
    units = reading.units
    for at in range(place + 1, min(place + _NEAR, draft.act.end)):
        if units[at].money is not None or units[at].low in {",", ";"}:
            return None
        if units[at].low == "by" and is_purpose(units, place + 1, at - 1):
            return None
        if units[at].low in {"from", "by"} and (giver := _one(reading, at + 1, memory)):
            return None if _spends(reading, at, draft, memory) else giver
    return None


def _spends(reading: SentenceReading, at: int, draft: Draft, memory: Memory) -> bool:
    """Whether a sum is taken out of a fund: `approved expenditure of EUR 500 from the Fund`."""
    if draft.act.verb.family != "Decision":
        return False
    return any(u.found and _is_fund(u.found, memory) for u in reading.units[at + 1 : at + 3])


def _before(reading: SentenceReading, place: int, memory: Memory) -> str | None:
    place -= reading.units[place - 1].low == "(" if place else 0
    unit = reading.units[place - 1] if place else None
    named = unit is not None and (unit.found is not None or unit.text[:1].isupper())
    return _one(reading, place - 1, memory) if named else None


def _giving(reading: SentenceReading, place: int, draft: Draft) -> str | None:
    act = draft.act
    if act.verb.name in _TAKING:
        return None
    gives = act.type in _GIVING or act.verb.family == "Commissive"
    gives = gives and (not act.passive or act.verb.name == _GIVE)
    if gives and draft.actor is not None:
        return draft.actor.iri
    for told_in, bond in draft.bonds:
        if told_in is reading and bond.span[0] <= place < bond.span[1] and bond.party:
            return bond.party.iri
    return None


def _thanked(draft: Draft) -> str | None:
    if draft.act.type == "Appreciation" and draft.addressees:
        return draft.addressees[0].iri
    return None


def _contributor(reading: SentenceReading, place: int, draft: Draft, memory: Memory) -> str | None:
    """Return who is named behind `contribution of`, before the sum."""
    units = reading.units
    for at in range(min(draft.act.stop, max(draft.act.begin, 1)), place - 1):
        gift = memory.lexicon.classes.get((level(units[at].text),)) == "Contribution"
        if gift and units[at - 1].low in POSSESSIVES and draft.act.type in _OWN and draft.actor:
            return draft.actor.iri
        if gift and units[at - 1].low in {"'s", "'"}:
            return _one(reading, at - 2, memory)
        if gift and units[at + 1].low in {"of", "by", "from"} and not units[at + 2].money:
            return _one(reading, at + 2, memory)
    return None


def _one(reading: SentenceReading, place: int, memory: Memory) -> str | None:
    found = roles_in(reading.units, (place, len(reading.units)), memory)
    if found:
        return found[0].iri
    city = [unit.low for unit in reading.units[place : place + 3]]
    return _one(reading, place + 3, memory) if city[:1] == ["the"] and city[2:] == ["of"] else None


def _fund(reading: SentenceReading, place: int, act: Act, memory: Memory) -> str | None:
    """Return the fund or project that is named behind a sum, or else before it in the clause."""
    places = [*range(place + 1, act.end), *range(place - 1, act.stop - 1, -1)]
    names = [name for at in places if (name := reading.units[at].found) is not None]
    return next((name.iri for name in names if _is_fund(name, memory)), None)


def _is_fund(name: Found, memory: Memory) -> bool:
    entity = memory.lexicon.names.get(name.iri)
    kinds = {name.type, *(entity.types if entity else ())}
    return not kinds.isdisjoint({"Fund", "Project"})

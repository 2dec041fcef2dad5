"""Who does an act, and to whom it is addressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from neagraph.reports.extraction.acts import Act, Span
from neagraph.reports.extraction.function_words import DETERMINERS, POSSESSIVES, PREPOSITIONS
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.nominal import owner
from neagraph.reports.extraction.phrases import is_agent
from neagraph.reports.extraction.roles import Memory, Role, roles_in
from neagraph.reports.extraction.units import Unit

_TO_SUBJECT: Final = frozenset({"Request", "Recommendation"})
"""Classes of acts of modal verbs that ask their subject: `the Secretariat shall …`."""
_A_NOUN: Final = 2
"""So many words may name an actor of whom nothing is known: `The treasurer`."""
_REACH: Final = 12


def actors(
    units: Sequence[Unit], act: Act, known: dict[int, tuple[Role, ...]], memory: Memory
) -> tuple[Role, ...]:
    """Return who does an act; empty if the report does not say.

    Args:
        units: The sentence.
        act: The act.
        known: Actors of the acts read before, by identity of the act.
        memory: What the words before have told.
    """
    if act.form == "noun":
        return _owners(units, act, known, memory)
    if act.passive:
        by = _by(units, act, memory.lexicon)
        return roles_in(units, (by, len(units)), memory) if by >= 0 else ()
    if act.form == "modal" and act.type in _TO_SUBJECT:
        return ()
    if act.subject is not None:
        return _of_subject(units, act, act.subject, memory)
    if act.like is not None:
        return known.get(id(act.like), ())
    return memory.speakers or (Role(memory.body),)


def _of_subject(units: Sequence[Unit], act: Act, subject: Span, memory: Memory) -> tuple[Role, ...]:
    if is_agent(units, subject[0], memory.lexicon):
        return roles_in(units, subject, memory)
    if act.type == "Specification" and not act.negated:
        return (Role(memory.body, "inferred"),)
    words = [u.text for u in units[slice(*subject)] if u.low not in DETERMINERS]
    if act.form == "modal" or not 0 < len(words) <= _A_NOUN:
        return ()
    return (Role(memory.finder.provisional(" ".join(words))),)


def _by(units: Sequence[Unit], act: Act, lexicon: Lexicon) -> int:
    """Return where the doer of a passive is named; -1 if nowhere."""
    behind = act.end if act.end > act.stop else len(units)
    for place in range(act.stop, behind - 1):
        if units[place].low == "that" or units[place].low in lexicon.nouns:
            return -1
        if units[place].low == "by" and is_agent(units, place + 1, lexicon):
            return place + 1
    return -1


def _owners(
    units: Sequence[Unit], act: Act, known: dict[int, tuple[Role, ...]], memory: Memory
) -> tuple[Role, ...]:
    span = owner(units, act, memory.lexicon)
    if span is None:
        earlier = memory.told.get(act.verb.name)
        return (Role(earlier.iri, "inferred"),) if earlier else ()
    if units[span[0]].low in POSSESSIVES:
        return known.get(id(act.parent), ())[:1]
    return roles_in(units, span, memory)


def addressees(units: Sequence[Unit], act: Act, memory: Memory) -> tuple[Role, ...]:
    """Return to whom an act is addressed; empty if the report does not say."""
    if act.form == "noun" or act.type == "Specification":
        return ()
    if act.form == "modal" or act.passive:
        told = act.type in _TO_SUBJECT if act.form == "modal" else _is_told_someone(act)
        return roles_in(units, act.subject, memory) if told and act.subject else ()
    if act.type == "Appreciation":
        return _thanked(units, act, memory)
    if not _is_told_someone(act) or act.type == "Proposal":
        return ()
    for place in (act.stop, act.stop + 1):
        direct = place == act.stop or (units[act.stop : place] and units[act.stop].low == "to")
        if direct and is_agent(units, place, memory.lexicon):
            return roles_in(units, (place, act.end), memory)
    return _spoken_of(units, act, memory) if act.verb.family == "Directive" else ()


def _is_told_someone(act: Act) -> bool:
    """Whether an act speaks to someone: in a passive, to its subject."""
    speaks = act.verb.family == "Directive" or act.type == "InformationSharing"
    return speaks and (act.level == "main" or not act.passive)


def _spoken_of(units: Sequence[Unit], act: Act, memory: Memory) -> tuple[Role, ...]:
    """Return who is meant by `recommended that X …`, `called on the … community to …`."""
    behind = act.stop + 1
    if behind < act.end and units[act.stop].low == "that":
        agent = is_agent(units, behind, memory.lexicon)
        return roles_in(units, (behind, act.end), memory)[:1] if agent else ()
    to = next(
        (k for k in range(act.stop, min(act.end, behind + _REACH)) if units[k].low == "to"), 0
    )
    words = [unit.low for unit in units[act.stop : to]]
    plural = words[-1:] and words[-1].endswith("s") and len(words) <= 3  # noqa: PLR2004
    if not to or set(words) & PREPOSITIONS or not (plural or words[:1] in (["the"], ["all"])):
        return ()
    return (Role(memory.group(" ".join(w for w in words if w not in {"the", "all"}))),)


def _thanked(units: Sequence[Unit], act: Act, memory: Memory) -> tuple[Role, ...]:
    for place in range(act.stop, min(act.end, act.stop + _REACH)):
        direct = place == act.stop or units[place - 1].low in {"to", "of", "by"}
        if direct and is_agent(units, place, memory.lexicon):
            found = roles_in(units, (place, act.end), memory)
            if found:
                return found
    return ()

"""Who does an act, and to whom it is addressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from neagraph.reports.extraction.acts import Act, Span
from neagraph.reports.extraction.function_words import (
    AUXILIARIES,
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVES,
)
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.nominal import owner
from neagraph.reports.extraction.phrases import done_by_others, is_agent
from neagraph.reports.extraction.roles import Memory, Role, roles_in
from neagraph.reports.extraction.units import Unit

_TO_SUBJECT: Final = frozenset({"Request", "Recommendation"})
"""Classes of acts of modal verbs that ask their subject: `the Secretariat shall …`."""
_HAPPENINGS: Final = frozenset({"take-place", "begin", "remain"})
"""Verbs of what a meeting does not do itself: `The session took place in Ulaanbaatar`."""
_NEW_CLAUSE: Final = AUXILIARIES | RELATIVES | {"that", ";"}
"""Words behind which another verb than that of the act is told."""
_QUOTED: Final = frozenset({"we", "i", "our", "my"})
_CLOSE: Final = 4
"""Within so many units behind a quotation it is told who said it."""
_SAID: Final = frozenset({"said", "stated", "added", "declared", "announced"})
_A_NOUN: Final = 2
"""So many words may name an actor of whom nothing is known: `The treasurer`."""
_REACH: Final = 12
_ASIDE: Final = 8
"""How long words between two commas behind a verb may be."""


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
        told = _said_behind(units, act, act.subject, memory)
        return told or _of_subject(units, act, act.subject, memory)
    if act.like is not None:
        shared = _subject_told_otherwise(units, act.like, memory.lexicon)
        return _of_subject(units, act, shared, memory) if shared else known.get(id(act.like), ())
    return memory.speakers or (Role(memory.body),)


def _said_behind(
    units: Sequence[Unit], act: Act, subject: Span, memory: Memory
) -> tuple[Role, ...]:
    """Return who is named behind a quotation: `"We will host it", said the delegate of X`."""
    if _QUOTED.isdisjoint(unit.low for unit in units[slice(*subject)]):
        return ()
    for at in range(act.end, min(act.end + _CLOSE, len(units) - 1)):
        if units[at].low in _SAID and is_agent(units, at + 1, memory.lexicon):
            return roles_in(units, (at + 1, len(units)), memory)
    return ()


def _subject_told_otherwise(units: Sequence[Unit], act: Act, lexicon: Lexicon) -> Span | None:
    """Return the subject of an act if that does not act itself: of a passive, of `shall`."""
    asked = act.form == "modal" and act.type in _TO_SUBJECT
    if act.subject is None or not (act.passive or asked):
        return None
    return act.subject if is_agent(units, act.subject[0], lexicon) else None


def _meets(role: Role, memory: Memory) -> bool:
    return role.iri == memory.body or role.meeting is not None or "session" in role.iri


def _of_subject(units: Sequence[Unit], act: Act, subject: Span, memory: Memory) -> tuple[Role, ...]:
    if is_agent(units, subject[0], memory.lexicon):
        found = roles_in(units, subject, memory)
        happens = act.verb.name in _HAPPENINGS
        return () if happens and any(_meets(role, memory) for role in found) else found
    if act.type == "Specification" and not act.negated:
        if act.verb.name in _HAPPENINGS:
            return ()
        return (Role(memory.body, "inferred"),)
    words = [u.text for u in units[slice(*subject)] if u.low not in DETERMINERS]
    inside = (at for at, word in enumerate(words) if word.lower() in PREPOSITIONS)
    words = words[: next(inside, len(words))]
    if act.form == "modal" or not 0 < len(words) <= _A_NOUN:
        return ()
    return (Role(memory.finder.provisional(" ".join(words))),)


def _by(units: Sequence[Unit], act: Act, lexicon: Lexicon) -> int:
    """Return where the doer of a passive is named; -1 if nowhere."""
    behind = act.end if act.end > act.stop else len(units)
    for place in range(act.stop, behind - 1):
        low = units[place].low
        if low in _NEW_CLAUSE or low in lexicon.nouns or _is_infinitive(units, place):
            return -1
        if low == "by" and is_agent(units, place + 1, lexicon):
            return -1 if done_by_others(units, act.stop, place) else place + 1
    return -1


def _is_infinitive(units: Sequence[Unit], place: int) -> bool:
    """Whether `to` with a verb begins at a place: who follows may be the doer of that."""
    if units[place].low != "to" or units[place].is_masked:
        return False
    after = units[place + 1]
    noun = after.is_masked or after.speaker or not after.text.islower()
    return not noun and after.low not in DETERMINERS | PREPOSITIONS


def _owners(
    units: Sequence[Unit], act: Act, known: dict[int, tuple[Role, ...]], memory: Memory
) -> tuple[Role, ...]:
    span = owner(units, act, memory.lexicon)
    if span is None:
        earlier = memory.told.get(act.verb.name)
        return (Role(earlier.iri, "inferred"),) if earlier else ()
    if units[span[0]].low in POSSESSIVES:
        thanks = act.parent is not None and act.parent.type == "Appreciation"
        return _meant(units, act, memory) if thanks else known.get(id(act.parent), ())[:1]
    return roles_in(units, span, memory)


def addressees(units: Sequence[Unit], act: Act, memory: Memory) -> tuple[Role, ...]:
    """Return to whom an act is addressed; empty if the report does not say."""
    if act.form == "noun" or act.type == "Specification":
        return ()
    if act.form == "modal" or act.passive:
        return _told_subject(units, act, memory)
    if act.type == "Appreciation":
        return _thanked(units, act, memory)
    if not _is_told_someone(act) or act.type == "Proposal":
        return ()
    return _told_object(units, act, memory)


def _told_subject(units: Sequence[Unit], act: Act, memory: Memory) -> tuple[Role, ...]:
    """Return the subject of a passive, or of `shall`, as the one who is told."""
    thanked = act.type == "Appreciation" and act.level == "main"
    told = act.type in _TO_SUBJECT if act.form == "modal" else thanked or _is_told_someone(act)
    subject = act.subject or (0, 0)
    named = [unit.low for unit in units[slice(*subject)]] not in ([], ["it"])
    return roles_in(units, subject, memory) if told and named else ()


def _told_object(units: Sequence[Unit], act: Act, memory: Memory) -> tuple[Role, ...]:
    """Return whom the words behind a verb name: `requested X to …`, `appealed to X`."""
    low = units[act.stop].low if act.stop < min(act.end, len(units)) else ""
    directs = act.verb.family == "Directive"
    if [unit.low for unit in units[act.stop : act.stop + 2]] == ["that", "it"]:
        return ()
    if low in {"it", "them"}:
        return _meant(units, act, memory)
    first = _behind_aside(units, act)
    places = (first, first + 1) if low == "to" else (first,)
    for place in places if directs or low != "that" else ():
        if is_agent(units, place, memory.lexicon):
            return roles_in(units, (place, act.end), memory)
    return _spoken_of(units, act, memory) if directs else ()


def _behind_aside(units: Sequence[Unit], act: Act) -> int:
    """Return where the words behind a verb begin, or behind `, as appropriate,`."""
    commas = [at for at in range(act.stop, min(act.end, act.stop + _ASIDE)) if units[at].low == ","]
    return commas[1] + 1 if len(commas) > 1 and commas[0] == act.stop else act.stop


def _meant(units: Sequence[Unit], act: Act, memory: Memory) -> tuple[Role, ...]:
    """Return whom a pronoun means: who was named last before the act."""
    for place in range(act.begin - 1, -1, -1):
        if is_agent(units, place, memory.lexicon, whole=True):
            found = roles_in(units, (place, act.begin), memory)[:1]
            return found if found != memory.speakers[:1] else ()
    return ()


def _is_told_someone(act: Act) -> bool:
    """Whether an act speaks to someone: in a passive, to its subject."""
    speaks = act.verb.family == "Directive" or act.type in {"InformationSharing", "Emphasis"}
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

"""Where the clauses of acts begin and end, and which acts are told again by their own nouns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.function_words import DETERMINERS, POSSESSIVES, PREPOSITIONS
from neagraph.reports.extraction.lexicon import Verb
from neagraph.reports.extraction.nominal import content
from neagraph.reports.extraction.units import Unit

_TAKING_ON = frozenset({"Undertaking", "Reaffirmation", "Agreement", "Offer"})
"""Classes of verbs with which one's own readiness or promise is one act."""
_PUT_FORWARD = frozenset({"Offer", "Proposal"})
_LIGHT = "express"
"""The verb that says nothing of its own: `the view was expressed`."""
_OWNERS = frozenset({"of", "by", "from"})
_NOT_BARE = PREPOSITIONS | {",", "and", "or", "to", "that"}
_AGAIN = frozenset({"of", "for"})
"""Prepositions that take up the verb again: `took note of the offer … and of the report`."""
_QUOTES = frozenset({'"', "\u201c", "\u201d"})
_EDGE = frozenset({",", "and", "or", "but", ";", ".", ":", "while", "who", "which"})


def bounded(units: Sequence[Unit], acts: Sequence[Act]) -> list[Act]:
    """Return the acts in the order of the text with the ends of their clauses set."""
    ordered = sorted(acts, key=lambda act: (act.at, act.level))
    main = [act for act in ordered if act.level == "main"]
    for number, act in enumerate(main, start=1):
        behind = main[number].begin if number < len(main) else len(units)
        act.end = trimmed(units, act.stop, _end_of_quotation(units, act, max(behind, act.stop)))
    for act in ordered:
        if act.level == "embedded":
            around = act.parent.end if act.parent else len(units)
            around = _before_verb(units, act) or around
            act.end = max(_joined_noun(units, act, ordered) or around, act.stop)
    return ordered


def _end_of_quotation(units: Sequence[Unit], act: Act, behind: int) -> int:
    """Return where the clause of an act ends that is told in quotation marks."""
    if units[act.begin].low not in _QUOTES:
        return behind
    return next((at for at in range(act.stop, behind) if units[at].low in _QUOTES), behind)


def _before_verb(units: Sequence[Unit], act: Act) -> int:
    """Return where the act of a noun ends that stands before the verb; else 0."""
    parent = act.parent
    if act.form == "noun" and parent is not None and act.at < parent.at and not parent.passive:
        stops = (at for at in range(act.stop, parent.at) if units[at].low == ",")
        return next(stops, max(parent.begin, act.stop))
    if act.form != "noun" or parent is None or not (act.at < parent.at and parent.passive):
        return 0
    if parent.subject is None or not parent.subject[0] <= act.at < parent.subject[1]:
        return 0
    return parent.subject[1]


def _joined_noun(units: Sequence[Unit], act: Act, acts: Sequence[Act]) -> int:
    """Return where a noun's act ends because another one is joined to it; 0 if none is."""
    for other in acts:
        if other.form == "noun" and other.parent is act.parent and other.at > act.stop:
            before = [unit.low for unit in units[act.stop : other.begin]]
            if before[-2:] in (["and", "the"], ["and", "a"]):
                return trimmed(units, act.stop, other.begin - 1)
            if before[-1:] == ["and"] and len(before) > 1:
                return trimmed(units, act.stop, other.begin)
    for at in range(act.stop, min(act.parent.end if act.parent else 0, len(units)) - 2):
        joins = act.form == "noun" and units[at].low == "and" and units[at + 1].low in _AGAIN
        if joins and units[at + 2].low in DETERMINERS:
            return trimmed(units, act.stop, at)
    return 0


def trimmed(units: Sequence[Unit], first: int, behind: int) -> int:
    """Return where a clause ends without the signs and joints behind it."""
    while behind > first:
        marks = [unit.low for unit in units[max(first, behind - 3) : behind]]
        if marks[:1] == ["("] and marks[2:] == [")"] and marks[1].isalpha():
            behind -= len(marks)
        elif units[behind - 1].low in _EDGE:
            behind -= 1
        else:
            break
    return behind


def own_nouns(
    units: Sequence[Unit],
    verbs: Sequence[Act],
    nouns: Sequence[Act],
    nouns_of: Mapping[str, Verb],
) -> tuple[list[Act], dict[int, Verb]]:
    """Return the noun acts without those that are the speaker's own, and the verbs of these.

    `expressed its readiness` is one act: the noun says of what kind. A noun of one's own
    elsewhere, as in `submit their recommendation`, tells no act yet.

    Args:
        units: The sentence.
        verbs: The acts told by verbs.
        nouns: The acts told by nouns.
        nouns_of: Nouns that tell an act, to their verb.

    Returns:
        The acts told by nouns that stand for themselves, and for the identity of each verb's act
        the verb of its own noun.
    """
    left: list[Act] = []
    own: dict[int, Verb] = {}
    for noun in nouns:
        parent = noun.parent
        if parent is None:
            continue
        between = [unit.low for unit in units[parent.stop : noun.at]]
        direct = not any(low in {"to", "for", "that", ","} for low in between)
        if not _is_own(units, noun, parent, between):
            if not (parent.type == "Appreciation" and noun.type == "Endorsement"):
                left.append(noun)
        elif direct and _is_light(noun, parent):
            own.setdefault(id(parent), noun.verb)
        elif direct and _is_put_forward(noun, parent):
            left.append(noun)
    _retype(units, verbs, own, nouns_of)
    return left, own


def _is_own(units: Sequence[Unit], noun: Act, parent: Act, between: Sequence[str]) -> bool:
    """Whether a noun's act is that of the speaker: `its offer`, `expressed interest`."""
    possessed = units[noun.at - 1].low in POSSESSIVES
    if noun.at < parent.at and parent.verb.name != _LIGHT and not possessed:
        return False
    thanked = parent.type == "Appreciation" and parent.verb.name != _LIGHT and "for" in between
    if thanked and noun.verb.family == "Commissive":
        return False
    near = next((k for k in range(len(between), 0, -1) if between[k - 1] in _NOT_BARE), 0)
    if not between or any(low in POSSESSIVES for low in between[near:]):
        return True
    following = [unit.low for unit in units[noun.stop : noun.stop + 1]]
    bare = not set(between) & _NOT_BARE and not set(following) & _OWNERS
    named = any(unit.is_masked or unit.low == "'s" for unit in units[parent.stop : noun.at])
    return parent.type == "Appreciation" and bare and not named


def _is_put_forward(noun: Act, parent: Act) -> bool:
    """Whether a verb tells of the speaker's own offer or plan: `informed them of its plan to`."""
    binds = noun.verb.family in {"Commissive", "Decision"}
    told = binds and parent.type == "InformationSharing"
    return told or (noun.type in _PUT_FORWARD and parent.verb.family != "Directive")


def _is_light(noun: Act, parent: Act) -> bool:
    """Whether a verb says no more than that the act of its noun is done."""
    again = noun.verb.family == "Directive" and parent.type == "Reaffirmation"
    takes_on = again or (noun.verb.family == "Commissive" and parent.type in _TAKING_ON)
    fits = parent.type == "Appreciation" or takes_on
    return fits and parent.level == "main" and not parent.passive


def _retype(
    units: Sequence[Unit],
    verbs: Sequence[Act],
    own: dict[int, Verb],
    nouns_of: Mapping[str, Verb],
) -> None:
    """Give acts of light verbs the class of their noun."""
    for act in verbs:
        if act.passive and act.verb.name == _LIGHT and act.subject is not None:
            _take_subject(units, act, nouns_of, own)
        if id(act) in own and act.type == "Appreciation":
            act.type = own[id(act)].type
        elif id(act) in own and act.type == "Agreement":
            act.type = "Reaffirmation"


def _take_subject(
    units: Sequence[Unit], act: Act, nouns_of: Mapping[str, Verb], own: dict[int, Verb]
) -> None:
    """Read `the view was expressed`: the subject says of what kind the act is."""
    first, behind = act.subject or (0, 0)
    for unit in units[first:behind]:
        if unit.low in nouns_of:
            own.setdefault(id(act), nouns_of[unit.low])


def without_contents(
    units: Sequence[Unit], verbs: Sequence[Act], nouns: Sequence[Act]
) -> list[Act]:
    """Return the verbs' acts without those that only say what a noun's act is about."""
    spans = [
        (at, noun.parent)
        for noun in nouns
        if (at := content(units, noun)) >= 0 and units[at].low == "that"
    ]
    return [
        act
        for act in verbs
        if not (
            act.level == "embedded"
            and (act.form == "modal" or act.verb.family == "Commissive")
            and (
                any(at < act.at and act.parent is parent for at, parent in spans)
                or (act.parent is not None and act.parent.type == "Expectation")
            )
        )
    ]


def nested(units: Sequence[Unit], nouns: Sequence[Act]) -> None:
    """Put a noun's act inside that in whose content it stands: `the plan to follow the advice`."""
    for noun in nouns:
        for outer in nouns:
            at = content(units, outer) if outer.at < noun.at else -1
            again = [unit.low for unit in units[max(0, noun.begin - 2) : noun.begin]]
            joined = again[-1:] == ["and"] or again in (["and", "the"], ["and", "a"])
            if 0 <= at < noun.at and outer.parent is noun.parent and not joined:
                noun.parent = outer
                break

"""Acts told by participles: `as proposed by …`, `held on …`, `while recognizing …`."""

from __future__ import annotations

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.function_words import (
    ARTICLES,
    CONTRASTS,
    COORDINATES,
    PREPOSITIONS,
    is_word,
)
from neagraph.reports.extraction.scan import Candidate, Scan
from neagraph.reports.words import words

_LIGHT = "express"
"""The verb that only says whose act a noun tells: `the view expressed by X`."""
_PARTICIPIAL = words(
    """Noting Emphasis View Commendation Appreciation Welcome Endorsement Expectation Request
    Recommendation Reaffirmation Agreement ResolveToAct Adoption Approval Acceptance"""
)
"""Classes whose verbs make an act of a participle: `recognizing`, `noting that`."""


def told_by_participle(scan: Scan, found: Candidate) -> Act | None:
    """Read `as proposed by …`, `agreed upon by …`, `held on …` behind a noun."""
    before = found.group.before
    if before < 0 or not scan.acts or scan.low(before) in COORDINATES:
        return None
    verb, by = found.form.verb, scan.low(found.stop) == "by"
    if by and verb.name == _LIGHT and scan.low(before) in scan.lexicon.nouns:
        return None
    speaks = by or verb.family == "Directive" or verb.type == "Agreement"
    is_as = speaks and scan.low(before) == "as" and scan.low(before - 1) not in {"such", "well"}
    if not is_as and not (_is_noun(scan, before) and _is_passive(scan, found)):
        return None
    act = found.act().tell_in(scan.last, "participles")
    act.passive, act.begin = True, before if is_as else found.at
    return act


def attributive(scan: Scan, found: Candidate) -> Act | None:
    """Read `approved the proposed …`: an act that the verb right before it answers."""
    last, before = scan.last, found.group.before
    fits = (
        last is not None
        and last.level == "main"
        and scan.low(before) in ARTICLES
        and last.stop == before
        and found.form.verb.family in {"Directive", "Commissive"}
        and not scan.is_prepositional(found.stop)
    )
    if not fits:
        return None
    act = found.act().tell_in(last, "participles")
    act.passive = True
    return act


def participial(scan: Scan, found: Candidate) -> Act | None:
    """Read `while recognizing …`, `, noting that …`, `serving as …`: the same speaker."""
    before, kind = found.group.before, found.form.verb.type
    serves = kind == "Narration" and scan.low(found.stop) == "as"
    if serves and scan.is_agent(before, whole=True):
        act = found.act()
        act.rule, act.subject = "participial clauses", (before, before + 1)
        return act
    typed = kind in _PARTICIPIAL and scan.low(found.stop) != ","
    if not typed or not (_opens(scan, found) or _follows(scan, found)):
        return None
    act = found.act()
    act.rule = "participial clauses"
    act.like = next((other for other in scan.acts if other.level == "main"), None)
    if act.like is None and before > 0 and scan.is_agent(0):
        act.subject = (0, before)
    act.begin = before if scan.low(before) in CONTRASTS else act.begin
    return act


def _is_noun(scan: Scan, place: int) -> bool:
    low = scan.low(place)
    return low == ")" or (is_word(low) and low not in PREPOSITIONS and low not in ARTICLES)


def _is_passive(scan: Scan, found: Candidate) -> bool:
    """Whether the doer follows, or time and place of something held."""
    if scan.low(found.stop) == "by" and scan.is_agent(found.stop + 1):
        return True
    dated = found.stop < len(scan.units) and scan.units[found.stop].date is not None
    if found.form.verb.type != "Narration" or not (dated or scan.is_prepositional(found.stop)):
        return False
    between = range(scan.last_stop, found.group.before)
    new_clause = any(scan.low(place) in COORDINATES | {"that"} for place in between)
    return not (new_clause and scan.is_agent(found.group.before, whole=True))


def _opens(scan: Scan, found: Candidate) -> bool:
    """Whether the participle opens the sentence, or a clause behind `while`."""
    if found.group.before >= 0:
        return scan.low(found.group.before) in CONTRASTS
    return scan.is_item or any(unit.low == "," for unit in scan.units[found.stop :])


def _follows(scan: Scan, found: Candidate) -> bool:
    """Whether the participle goes on with the acts before it."""
    before = scan.low(found.group.before)
    if before == "and":
        return bool(scan.acts) and scan.acts[-1].form == "ing"
    preamble = scan.units[found.at].text[:1].isupper() or (not scan.acts and scan.is_agent(0))
    return before == "," and (preamble or scan.last_main is not None)

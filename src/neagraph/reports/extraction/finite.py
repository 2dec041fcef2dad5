"""Acts told by finite verbs: with a subject, with that of the act before, or without one."""

from __future__ import annotations

from neagraph.reports.extraction.acts import Act, Span
from neagraph.reports.extraction.function_words import (
    ARTICLES,
    AUXILIARIES,
    BE,
    CONTRASTS,
    COORDINATES,
    DETERMINERS,
    NOT,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    SUBORDINATORS,
)
from neagraph.reports.extraction.lexicon import Form
from neagraph.reports.extraction.phrases import Opening, opener, verb_group
from neagraph.reports.extraction.scan import Candidate, Scan
from neagraph.reports.extraction.subjects import new_thing, subject_of
from neagraph.reports.words import words

TELLING = frozenset({"Agreement", "InformationSharing", "View", "ResolveToAct"})
"""Classes whose verbs take a preposition without being passive: `agreed on`, `reported on`."""

_SHORT_SUBJECT = 4
_SUBJUNCTIVE = frozenset({"be", "not"})
_SUBORDINATES = SUBORDINATORS | RELATIVES | {"that", ":"}
_IRREGULAR = words(
    """became rose fell grew spoke ran stood sat saw lost left took gave came went led brought
    sent kept built bore drew spent won wrote chose broke spread made"""
)
"""Past forms without an ending."""
_MANNERS = words("acclamation consensus vote majority unanimity correspondence default ballot")
"""How something is decided: `elected by acclamation` is no passive."""
_JOINTS = COORDINATES | {";"}
_OPEN_PHRASES = ARTICLES | POSSESSIVES | PREPOSITIONS | {"this", "these", "those", "such", "any"}
"""Words that go on to a noun: no subject ends with them."""


def first_word(scan: Scan, found: Candidate) -> Act | None:
    """Read a verb without a subject before it, as in a list of outcomes: `Reaffirmed …`."""
    form = found.form
    if (
        found.group.before >= 0
        or form.participle_only
        or (form.kind == "base" and not scan.is_item)
    ):
        return None
    if form.verb.type == "Narration" and scan.is_prepositional(found.stop):
        return None
    return None if scan.low(found.stop) in AUXILIARIES - NOT else found.act()


def joined(scan: Scan, found: Candidate) -> Act | None:
    """Read a verb that shares the subject of the act before it: `noted …, and adopted …`."""
    before = scan.low(found.group.before)
    earlier = scan.last_main if found.group.is_do else scan.main_like(found.form.kind)
    aside = scan.last if scan.last is not None and _is_aside(scan.last) else None
    if earlier is None and aside is not None and aside.subject is not None:
        earlier = aside
    if before not in _JOINTS or earlier is None or found.form.participle_only:
        return None
    by = scan.low(found.stop) == "by" and scan.low(found.stop + 1) not in _MANNERS
    if by and not earlier.passive:
        return None
    last = scan.last
    told = last is not None and last.level == "embedded" and last.form == "modal"
    if told and scan.low(found.stop) in PREPOSITIONS:
        return None
    loose = before == "," and found.form.verb.type not in TELLING
    if loose and scan.is_prepositional(found.stop) and scan.low(found.stop) != "with":
        return None
    act = found.act()
    act.like, act.passive = earlier, by or _is_elided(scan, found, earlier)
    if act.passive and not by:
        act.subject = earlier.subject
    act.negated = act.negated or before == "nor"
    if earlier.form == "modal" and found.form.kind == "base":
        act.type, act.form, act.modality = earlier.type, "modal", earlier.modality
    return act


def _is_elided(scan: Scan, found: Candidate, earlier: Act) -> bool:
    """Whether `was` is left out before a participle: `was thanked and encouraged to …`."""
    if not earlier.passive or found.form.length > 1 or found.form.kind != "past":
        return False
    asked = scan.low(found.stop) == "to" and found.form.verb.family == "Directive"
    return asked or scan.low(found.stop) in {"", ".", ";"}


def _is_aside(act: Act) -> bool:
    return act.form == "ing" or act.rule == "participial clauses"


def active(scan: Scan, found: Candidate) -> Act | None:
    """Read a verb right behind its subject."""
    before = scan.low(found.group.before)
    by = scan.low(found.stop) == "by" and scan.low(found.stop + 1) not in _MANNERS
    if not before or found.form.participle_only or by:
        return None
    if before in _OPEN_PHRASES:
        return None
    if before in RELATIVES:
        return _relative(scan, found)
    return _with_subject(scan, found, passive=False)


def with_auxiliary(scan: Scan, found: Candidate) -> Act | None:
    """Read `was adopted`, `has decided`, `were concerned`."""
    group = found.group
    passive = group.is_be and found.form.kind != "adjective"
    earlier = scan.last_main
    if (found.form.participle_only and not passive) or set(group.words) <= _SUBJUNCTIVE:
        return None
    if "having" in group.words and (group.before < 0 or scan.low(group.before) == ","):
        act = found.act()
        act.rule, act.like = "participial clauses", earlier
        if group.before > 0 and earlier is None and scan.is_agent(0):
            act.subject = (0, group.before)
        act.type = "ReviewAct" if act.type == "Specification" else act.type
        return act
    if scan.low(group.before) in COORDINATES and earlier is not None:
        act = found.act()
        act.like, act.passive = earlier, passive
        return act
    if scan.low(group.before) in RELATIVES:
        return _relative(scan, found)
    return _with_subject(scan, found, passive=passive)


def settled(scan: Scan, found: Candidate) -> Act | None:
    """Read a phrase that brings its own subject: `(no) agreement was reached`."""
    if not any(unit.low in BE for unit in scan.units[found.at : found.stop]):
        return None
    act = found.act()
    no = _no_before(scan, found.group.before)
    act.passive, act.negated = True, no >= 0
    act.begin = no if no >= 0 else act.begin
    told = _opening(scan, found).kind == "that" and scan.last_main is not None
    return act.tell_in(scan.last_main) if told else act


def present(scan: Scan, found: Candidate) -> Act | None:
    """Read a verb in the present: `Requests …`, `Ministers welcome …`, `did not endorse`."""
    group = found.group
    if group.before < 0:
        return first_word(scan, found)
    if scan.low(group.before) in _JOINTS and not _behind_apposition(scan, group.before):
        return joined(scan, found)
    if group.is_do:
        return _with_subject(scan, found, passive=False)
    if _is_object(scan, group.before):
        return None
    subject = subject_of(scan, _opening(scan, found), group.before)
    tells_how = found.form.verb.type == "Specification" and found.form.kind == "third"
    fits = (
        subject is not None
        and _agrees(scan, found, subject)
        and (tells_how or scan.has_agent(subject))
    )
    return _with_subject(scan, found, passive=False) if fits else None


def _is_object(scan: Scan, before: int) -> bool:
    """Whether the word behind a place is a noun: `the offers`, `to provide comments`."""
    infinitive = scan.low(before - 1) == "to" and scan.low(before) in scan.lexicon.actions
    return infinitive or scan.low(before) in PREPOSITIONS | DETERMINERS


def enabled(scan: Scan, found: Candidate) -> Act | None:
    """Read `was not able to join …`, `is in a position to offer …`: what one could do or not."""
    if found.form.kind != "base":
        return None
    act = _with_subject(scan, found, passive=False)
    if act is not None:
        act.form = "past"
    return act


def _behind_apposition(scan: Scan, comma: int) -> bool:
    """Whether only the subject and words on it stand before a comma: `We, the Ministers, …`."""
    return scan.low(comma) == "," and scan.last is None and scan.low(0) in PRONOUNS


def existential(scan: Scan, place: int) -> Act | None:
    """Read `there was general agreement that …`: the noun tells an act of those present."""
    if scan.low(place) != "there" or scan.low(place + 1) not in BE:
        return None
    for at in range(place + 2, min(place + 6, len(scan.units))):
        verb = scan.lexicon.nouns.get(scan.low(at))
        if verb is not None and verb.type != "Undertaking":
            negated = scan.low(place + 2) == "no"
            return Act(verb, verb.type, at, at + 1, passive=True, negated=negated, begin=place)
    return None


def _no_before(scan: Scan, place: int) -> int:
    """Return where `no` stands before a noun and words that describe it; -1 for nowhere."""
    for at in range(place, max(-1, place - _SHORT_SUBJECT), -1):
        if scan.low(at) == "no":
            return at
        if not scan.low(at).isalpha() or scan.low(at) in PREPOSITIONS | AUXILIARIES | DETERMINERS:
            break
    return -1


def _opening(scan: Scan, found: Candidate) -> Opening:
    return opener(scan.units, found.group.before, scan.last_stop)


def _relative(scan: Scan, found: Candidate) -> Act | None:
    """Read `…, who recalled …`, `…, which had contributed …`."""
    pronoun = found.group.before
    places = range(pronoun - 1, -1, -1)
    antecedent = next((place for place in places if scan.is_agent(place, whole=True)), -1)
    if antecedent < 0 or not scan.acts or scan.low(pronoun - 1) == "those":
        return None
    act = found.act()
    act.subject, act.passive = (antecedent, pronoun), found.group.is_be
    reports = found.form.verb.family in {"Assertion", "Appraisal"} and not found.group.is_have
    if scan.low(pronoun) == "who" and reports:
        return act
    return act.tell_in(scan.last_main) if scan.last_main else None


def _with_subject(scan: Scan, found: Candidate, *, passive: bool) -> Act | None:
    group, opened = found.group, _opening(scan, found)
    if _is_content(scan, opened):
        opened = Opening(-1, "start", "")
    subject = subject_of(scan, opened, group.before)
    if passive and _is_devoted(scan, found, subject):
        passive = False
    if subject is None and (group.is_be or group.is_have):
        subject = new_thing(scan, opened, group.before)
    if subject is None or not _may_speak(scan, found, subject, opened.kind):
        return None
    level = _level(scan, found, opened)
    if not level:
        return None
    act = found.act()
    act.subject, act.passive, act.begin = subject, passive, subject[0]
    act.negated = act.negated or scan.low(subject[0]) in {"no", "none", "neither"}
    act.form = "past" if group.is_do else act.form
    if found.form.verb.type == "Specification" and not passive and scan.has_agent(subject):
        act.type = "ReviewAct"
    return act.tell_in(scan.last_main) if level == "embedded" else act


def _is_content(scan: Scan, opened: Opening) -> bool:
    """Whether `that` only says what the subject is about: `The proposal that … was accepted`."""
    noun = scan.low(opened.at - 1) in scan.lexicon.nouns
    return opened.kind == "that" and noun and scan.last is None


def _is_devoted(scan: Scan, found: Candidate, subject: Span | None) -> bool:
    """Whether a passive tells what the subject itself takes on: `Parties are committed to …`."""
    takes_on = found.form.verb.type == "Undertaking" and scan.low(found.stop) == "to"
    return takes_on and subject is not None and scan.has_agent(subject)


def _may_speak(scan: Scan, found: Candidate, subject: Span, kind: str) -> bool:
    """Whether the words before a verb can be its subject rather than what it describes."""
    group, form = found.group, found.form
    tells_how = form.kind == "third" and form.verb.type == "Specification"
    if group.is_be or group.is_have or group.is_do or tells_how:
        return True
    plain = form.length == 1 and form.verb.type not in TELLING
    prepositional = plain and scan.is_prepositional(found.stop)
    agent = scan.has_agent(subject)
    if kind == "act":
        return agent and not prepositional
    lows = {unit.low for unit in scan.units[subject[0] : subject[1]]}
    short = subject[1] - subject[0] <= _SHORT_SUBJECT and not lows & PREPOSITIONS
    return agent or (short and not prepositional)


def _level(scan: Scan, found: Candidate, opened: Opening) -> str:
    """Return the level of a clause with a subject of its own; empty for no act."""
    if opened.kind in {"start", "act"}:
        return "main"
    if opened.kind == "sub":
        embedded = found.form.verb.family == "Commissive" and scan.last_main is not None
        level = "embedded" if embedded else "main"
        return level if opened.word in CONTRASTS else ""
    return "embedded" if _is_told(scan, found, opened) else ""


def _is_told(scan: Scan, found: Candidate, opened: Opening) -> bool:
    """Whether a clause behind `that`, or a relative one, tells an act of its own."""
    parent = scan.last_main
    if parent is None or opened.kind == "relative":
        return parent is not None
    happens = found.form.verb.type == "InformationSharing" and found.group.is_be
    if found.form.verb.type == "Narration" or happens:
        noted = parent.type == "Noting" and found.group.is_have
        return noted or parent.type == "InformationSharing"
    binds = parent.verb.family in {"Decision", "Directive", "Commissive"}
    if found.form.verb.type == "Specification" and not scan.is_agent(opened.at + 1):
        return False
    unable = found.group.is_able and found.group.is_negated
    return found.group.is_have or unable or not binds


def _agrees(scan: Scan, found: Candidate, subject: Span) -> bool:
    """Whether number and form fit, so that a noun is not taken for a verb."""
    noun_phrase = scan.units[subject[0] : subject[1]]
    inside = (k for k, unit in enumerate(noun_phrase) if k and unit.low in PREPOSITIONS | {"to"})
    noun_phrase = noun_phrase[: next(inside, len(noun_phrase))]
    last = noun_phrase[-1]
    two = any(unit.low == "and" for unit in noun_phrase) or last.low in {"we", "they"}
    plural = two or (last.found is None and last.low.endswith("s"))
    return plural if found.form.kind == "base" else not plural or last.found is not None


def unlisted(scan: Scan) -> Act | None:
    """Read the first finite verb of a sentence as telling what happened, if no verb is known.

    Only a past form right behind an agent counts, or an auxiliary with a participle.
    """
    known = scan.lexicon.forms.get("happen", ())
    for place in range(1, len(scan.units)):
        low = scan.low(place)
        if not known or low in _SUBORDINATES:
            return None
        if scan.units[place].is_masked or scan.units[place].forms or not _is_past(low):
            continue
        group = verb_group(scan.units, place)
        form = Form(known[0][1].verb, "past")
        found = Candidate(form, place, place + 1, group)
        helped = group.is_have or group.is_be
        if group.before >= 0 and not group.is_infinitive and not group.modal:
            act = with_auxiliary(scan, found) if helped else active(scan, found)
            if act is not None:
                act.rule = "unlisted verbs"
            return act
    return None


def _is_past(low: str) -> bool:
    return (low.endswith("ed") and len(low) > len("need") and not low.endswith("eed")) or (
        low in _IRREGULAR
    )

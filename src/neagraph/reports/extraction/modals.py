"""Acts told by modal verbs: `shall submit`, `will host`, `may include`, `should consult`."""

from __future__ import annotations

from typing import NamedTuple

from neagraph.reports.extraction.acts import Act, Span
from neagraph.reports.extraction.function_words import (
    AUXILIARIES,
    CONTRASTS,
    COORDINATES,
    NOT,
    PRONOUNS,
    RELATIVES,
    is_adverb,
    is_word,
)
from neagraph.reports.extraction.lexicon import Form, Verb
from neagraph.reports.extraction.phrases import Opening, opener, verb_group
from neagraph.reports.extraction.scan import Scan
from neagraph.reports.extraction.subjects import subject_of
from neagraph.reports.words import words

_AUTHORS = words("State PartyGroup")
_ASIDE = 18
"""Longest aside between a modal verb and its verb, in units."""
_WEAK = words("may might can could")
_BINDING = words("will would shall 'll")
_PAST_PARTICIPLES = words(
    """held made given taken done put set built begun drawn sent paid met found kept led brought
    undertaken written chosen shown known seen sought"""
)


class _Predicate(NamedTuple):
    """What follows a modal verb.

    Args:
        at: Place of the verb.
        negated: Whether it is negated.
        has_be: Whether `be` stands before it.
        form: What the verb is a form of; None if the vocabulary does not have it.
    """

    at: int
    negated: bool
    has_be: bool
    form: Form | None


def modal(scan: Scan, place: int) -> Act | None:
    """Read the act that a modal verb at a place tells; None if it tells none."""
    predicate = _predicate(scan, place)
    group = verb_group(scan.units, place)
    opened = opener(scan.units, group.before, scan.last_stop)
    if predicate is None or scan.low(group.before) in RELATIVES:
        return None
    shares = scan.low(group.before) in COORDINATES and scan.last_main is not None
    earlier = scan.last_main if shares else None
    subject = None if shares else subject_of(scan, opened, group.before)
    kind = _type(scan, place, predicate, subject)
    level = _level(scan, place, opened)
    if not kind or not level or (subject is None and earlier is None):
        return None
    verb = predicate.form.verb if predicate.form is not None else _modal_verb(scan)
    start = predicate.at if scan.low(place) in _WEAK else place
    act = Act(verb, kind, start, predicate.at + 1, rule="modal verbs", form="modal")
    act.modality, act.negated, act.passive = scan.low(place), predicate.negated, predicate.has_be
    act.subject, act.like, act.begin = subject, earlier, subject[0] if subject else place
    act.negated = act.negated or (subject is not None and scan.low(subject[0]) in {"no", "none"})
    return act.tell_in(scan.last_main) if level == "embedded" else act


def destined(scan: Scan, place: int) -> Act | None:
    """Read `the Secretariat is to report …`: a form of `be` with `to` and a verb."""
    verb_at = place + 2
    if scan.low(verb_at) == "be":
        return _to_be_done(scan, place)
    known = scan.lexicon.forms.get("request", ())
    if scan.low(place) not in {"is", "are"} or scan.low(place + 1) != "to" or not known:
        return None
    opened = opener(scan.units, place - 1, scan.last_stop)
    subject = subject_of(scan, opened, place - 1)
    verb = scan.low(verb_at) in scan.lexicon.actions
    if not verb or subject is None or not scan.has_agent(subject) or opened.kind != "start":
        return None
    act = Act(known[0][1].verb, "Request", place, verb_at + 1, rule="modal verbs", form="modal")
    act.subject, act.begin = subject, subject[0]
    return act


def _to_be_done(scan: Scan, place: int) -> Act | None:
    """Read `is to be provided by …`: what is going to be done, and by whom."""
    done = place + len(("is", "to", "be"))
    subject = subject_of(scan, opener(scan.units, place - 1, scan.last_stop), place - 1)
    by = any(scan.low(at) == "by" and scan.is_agent(at + 1) for at in range(done, len(scan.units)))
    if scan.low(place) not in {"is", "are"} or scan.low(place + 1) != "to" or not by:
        return None
    if subject is None or not (
        scan.low(done).endswith("ed") or scan.low(done) in _PAST_PARTICIPLES
    ):
        return None
    act = Act(_modal_verb(scan), "Undertaking", place, done + 1, rule="modal verbs", form="modal")
    act.subject, act.begin, act.passive = subject, subject[0], True
    return act


def assignments(scan: Scan) -> list[Act]:
    """Read `Action: Secretariat to circulate …; Japan to …`: parts without a finite verb."""
    colon = next((place for place in range(min(6, len(scan.units))) if scan.low(place) == ":"), -1)
    starts = [at for at in range(len(scan.units)) if scan.low(at) == ";"]
    found = (_assignment(scan, at) for at in (colon, *starts))
    return [act for act in found if act is not None]


def _assignment(scan: Scan, colon: int) -> Act | None:
    for place in range(colon + 1, len(scan.units) - 1):
        low = scan.low(place)
        if low == "to" and scan.low(place + 1) in scan.lexicon.actions and place > colon + 1:
            verb = scan.lexicon.forms.get("request", ())
            subject = (colon + 1, place)
            if not verb or not scan.has_agent(subject):
                return None
            act = Act(verb[0][1].verb, "Request", place + 1, place + 2, form="modal")
            act.rule, act.subject, act.begin = "modal verbs", subject, colon + 1
            return act
        if not (is_word(low) or low == ",") or low in AUXILIARIES:
            return None
    return None


def _predicate(scan: Scan, place: int) -> _Predicate | None:
    negated = has_be = False
    at = place + 1
    while at < min(len(scan.units), place + _ASIDE + 4):
        low = scan.low(at)
        if low == "," and at == place + 1:
            at = _behind_aside(scan, at)
        elif low in NOT:
            negated = True
        elif low in {"be", "been"}:
            has_be = True
        elif low != "have" and not is_adverb(low):
            break
        at += 1
    if scan.low(at) == ":" and at == len(scan.units) - 1:
        return _Predicate(at - 1, negated, has_be, None)
    if not is_word(scan.low(at)) or scan.units[at].is_masked:
        return None
    forms = [form for form, _ in scan.units[at].forms if form.kind in {"base", "past"}]
    return _Predicate(at, negated, has_be, forms[0] if forms else None)


def _behind_aside(scan: Scan, comma: int) -> int:
    """Return the comma that closes an aside: `shall, where appropriate, consult`."""
    closing = (at for at in range(comma + 1, comma + _ASIDE) if scan.low(at) == ",")
    return next(closing, len(scan.units))


def _level(scan: Scan, place: int, opened: Opening) -> str:
    if opened.kind in {"start", "act"}:
        return "main"
    parent = scan.last_main
    if opened.kind == "that" and parent is not None and scan.low(place) in _BINDING:
        tells = parent.verb.family in {"Assertion", "Appraisal"} and parent.type != "Emphasis"
        return "embedded" if tells else ""
    return "main" if opened.kind == "sub" and opened.word in CONTRASTS else ""


def _type(scan: Scan, place: int, predicate: _Predicate, subject: Span | None) -> str:
    """Return the class of a modal verb's act; empty for none."""
    low, form = scan.low(place), predicate.form
    agent = subject is None or scan.has_agent(subject)
    if low in _WEAK:
        return form.verb.type if form and agent and low != "may" else "Specification"
    if low == "should":
        return "Recommendation"
    if predicate.has_be:
        return _passive_type(scan, predicate)
    if low == "shall" and form is not None and form.verb.type == "Specification":
        return "Specification"
    if low == "would" and not agent:
        return ""
    asked = subject is not None and scan.has_agent(subject) and not _is_author(scan, subject)
    return "Request" if low == "must" or (low == "shall" and asked) else "Undertaking"


def _passive_type(scan: Scan, predicate: _Predicate) -> str:
    low = scan.low(predicate.at)
    leaves_open = predicate.form is not None and predicate.form.verb.type == "Specification"
    done = low.endswith("ed") or low in _PAST_PARTICIPLES
    return "Undertaking" if done and not leaves_open else "Specification"


def _is_author(scan: Scan, subject: Span) -> bool:
    """Whether the subject is a party to the text rather than an organ, office or other body."""
    for unit in scan.units[subject[0] : subject[1]]:
        if unit.found is not None:
            entity = scan.lexicon.names.get(unit.found.iri)
            kinds = {unit.found.type, *(entity.types if entity else ())}
            return not kinds.isdisjoint(_AUTHORS)
        if unit.speaker or unit.low in PRONOUNS:
            return unit.speaker in _AUTHORS or unit.low in PRONOUNS
    return False


def _modal_verb(scan: Scan) -> Verb:
    known = scan.lexicon.forms.get("will", ())
    return known[0][1].verb if known else Verb("will", "Undertaking", "Commissive")

"""Who is to do what, and by when: the commitments that acts make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from neagraph.reports.extraction.actions import Action, actions_of
from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.conditions import condition_of
from neagraph.reports.extraction.deadlines import Clause, due_in_aside, due_of
from neagraph.reports.extraction.lexicon import Lexicon, Verb
from neagraph.reports.extraction.phrases import is_agent, is_purpose
from neagraph.reports.extraction.roles import Memory, Role, roles_in
from neagraph.reports.extraction.units import Unit
from neagraph.reports.statements import Due

_AS_NEEDED: Final = "agreed-as-needed"
_THIRD_PERSONS: Final = frozenset({"it", "they", "he", "she"})
_STATES_ALONE: Final = frozenset({"national", "domestic"})
"""Adjectives of what only States can name or do."""


@dataclass(frozen=True, slots=True)
class Bond:
    """A commitment, places still counted in units.

    Args:
        kind: Class of commitment.
        party: Who is bound; None if unstated.
        strength: Local name of its strength.
        span: Units of the action.
        due: Its deadline.
        condition: The words of its condition.
        owed_to: Who is to get what is sent or given.
        repeats: How often it is made: twice for two things named `respectively`.
    """

    kind: str
    party: Role | None
    strength: str
    span: tuple[int, int]
    due: Due | None
    condition: str | None
    repeats: int = 1
    owed_to: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of an act when its commitments are read.

    Args:
        units: The sentence.
        text: The view of the paragraph.
        actor: Who acts; None if unstated.
        addressees: To whom it is addressed.
        own: The verb of the speaker's own noun, as in `expressed its readiness`; None for none.
        memory: What the words before have told.
    """

    units: Sequence[Unit]
    text: str
    actor: Role | None
    addressees: tuple[Role, ...]
    own: Verb | None
    memory: Memory

    @property
    def lexicon(self) -> Lexicon:
        """Words and names."""
        return self.memory.lexicon

    def clause(self, first: int, behind: int) -> Clause:
        """Return some units of the sentence as words that may state a deadline."""
        return Clause(self.units, (first, behind), self.text, self.lexicon, self.memory.today)


def bonds_of(act: Act, situation: Situation) -> list[Bond]:
    """Return the commitments of an act in the order of the text; none if it was not done."""
    kind, strength = _effect(act, situation.own)
    if not kind or act.negated or _is_told_by_next(act, situation) or _is_past(situation):
        return []
    condition = condition_of(situation.units, (act.at, act.end), situation.text)
    found: list[Bond] = []
    for action in actions_of(situation.units, act, situation.lexicon):
        if asked := _asked(action, act, kind, situation):
            found += asked
            continue
        shared = found[0].party if found and act.verb.family == "Decision" else None
        whole = shared is not None and shared.basis == "inferred" and action.party is None
        for party in (shared,) if whole else _parties(action, act, kind, situation):
            sort, degree = _kind(kind, strength, action, act, situation)
            found.append(
                Bond(
                    kind=sort,
                    party=party,
                    strength=degree,
                    span=action.span,
                    due=_due(action, act, situation),
                    condition=condition,
                    repeats=2 if _is_shared_out(situation.units, action.span) else 1,
                    owed_to=_receivers(action.span, situation),
                )
            )
    return found


def _asked(action: Action, act: Act, kind: str, situation: Situation) -> list[Bond]:
    """Return the tasks of `agreed to request X to …`: X is bound, not who agreed."""
    units, (first, behind) = situation.units, action.span
    if kind != "SelfCommitment" or act.verb.family != "Decision" or units[first].is_masked:
        return []
    asks = next((form.verb for form, _ in units[first].forms if form.kind == "base"), None)
    to = next((at for at in range(first + 2, behind - 1) if units[at].low == "to"), 0)
    named = is_agent(units, first + 1, situation.lexicon)
    if asks is None or asks.commitment != "Task" or not to or not named:
        return []
    span = (to + 1, behind)
    due = _due(Action(span, behind=action.behind), act, situation)
    condition = condition_of(units, (act.at, act.end), situation.text)
    parties = roles_in(units, (first + 1, to), situation.memory)
    owed_to = _receivers(span, situation)
    return [
        Bond("Task", party, asks.strength, span, due, condition, owed_to=owed_to)
        for party in parties
    ]


def _is_told_by_next(act: Act, situation: Situation) -> bool:
    """Whether a joined noun carries what is to be done: the second of `interest and offer`."""
    following = [unit.low for unit in situation.units[act.stop : act.stop + 2]]
    return (
        act.form == "noun"
        and following[:1] in (["and"], ["or"])
        and (following[-1] in situation.lexicon.nouns)
    )


def _is_past(situation: Situation) -> bool:
    """Whether the act was done at another meeting than the one that the report is of."""
    actor = situation.actor
    return bool(actor and actor.meeting and actor.meeting != situation.memory.meeting)


def _effect(act: Act, own: Verb | None) -> tuple[str, str]:
    """Return the class and strength of what an act makes; empty for nothing."""
    if act.form == "modal":
        return _modal_effect(act)
    if own is not None and own.commitment:
        asks = own.commitment == "Task"
        kept = act.verb.strength if act.verb.commitment and not asks else own.strength
        return own.commitment, kept
    if act.type in {"Proposal", "Specification"}:
        return "", ""
    return act.verb.commitment, act.verb.strength


def _modal_effect(act: Act) -> tuple[str, str]:
    if act.type == "Request":
        return "Task", "requested"
    if act.type == "Recommendation":
        return "Task", "recommended"
    if act.type == "Undertaking":
        return "SelfCommitment", "decided" if act.modality in {"shall", "must"} else "stated"
    return "", ""


def _kind(
    kind: str, strength: str, action: Action, act: Act, situation: Situation
) -> tuple[str, str]:
    """Return class and strength, those of a task where a decision binds someone else."""
    if act.verb.family != "Decision" or action.party is None:
        return kind, strength
    parties = roles_in(situation.units, action.party, situation.memory)
    if not parties or _is_self(parties[0], action, situation):
        return kind, strength
    return "Task", _AS_NEEDED


def _is_self(party: Role, action: Action, situation: Situation) -> bool:
    if situation.actor is not None and party.iri == situation.actor.iri:
        return True
    entity = situation.lexicon.names.get(party.iri)
    if situation.lexicon.is_a(entity, "PartyGroup") or situation.lexicon.is_a(entity, "State"):
        return not action.is_needed
    first, behind = action.party or (0, 0)
    group = any(unit.speaker == "PartyGroup" for unit in situation.units[first:behind])
    return group and not action.is_needed


def _parties(action: Action, act: Act, kind: str, situation: Situation) -> tuple[Role | None, ...]:
    """Return who is bound by an action; a single None if the report does not say."""
    if action.party is not None and (named := _named(action.party, situation)):
        return named
    if action.is_passive:
        return _agents_of_passive(action, act, situation)
    if kind == "Task":
        told = situation.addressees or _told_between(action, act, situation)
        return told or (_unaddressed(action, act, situation),)
    if kind == "Aspiration":
        return _aspirants(action, act, situation)
    if kind == "SelfCommitment" and act.verb.family == "Decision":
        return (_deciders(action, situation),)
    volunteer = _volunteer(act, situation) or _host_of(act, situation)
    return (situation.actor or _inferred(volunteer),)


def _named(party: tuple[int, int], situation: Situation) -> tuple[Role, ...]:
    """Return whom the words name; a pronoun means who acts."""
    units = situation.units
    pronoun = party[1] - party[0] == 1 and units[party[0]].low in _THIRD_PERSONS
    if pronoun and situation.addressees:
        return situation.addressees[:1]
    if pronoun and situation.actor is not None:
        return (situation.actor,)
    return roles_in(units, party, situation.memory)


def _agents_of_passive(action: Action, act: Act, situation: Situation) -> tuple[Role | None, ...]:
    units = situation.units
    for place in range(action.span[0], action.span[1] - 1):
        if units[place].low == "by" and not is_purpose(units, action.span[0], place - 1):
            named = roles_in(units, (place + 1, action.span[1]), situation.memory)
            if named:
                return named
    if act.verb.family == "Directive" and act.form != "modal":
        if act.form == "noun":
            return ()
        return situation.addressees or (None,)
    speaker = situation.actor if act.level == "main" else None
    return (_inferred(speaker or _volunteer(act, situation) or _host_of(act, situation)),)


def _host_of(act: Act, situation: Situation) -> Role | None:
    """Return who meets, of `The next session is planned for May`."""
    if act.subject is None:
        return None
    words = situation.units[slice(*act.subject)]
    meets = any(
        unit.speaker == "Body" or (unit.found and unit.found.type == "BodySession")
        for unit in words
    )
    return situation.memory.meets() if meets else None


def _told_between(action: Action, act: Act, situation: Situation) -> tuple[Role, ...]:
    """Return who is named between act and action: `its request to the Secretariat to …`."""
    units = situation.units
    for place in range(act.stop, action.span[0] - 1):
        opens = units[place - 1].low in {"to", "with"} or place == act.stop
        if opens and act.form != "noun" and is_agent(units, place, situation.lexicon):
            return roles_in(units, (place, action.span[0]), situation.memory)
    return ()


def _unaddressed(action: Action, act: Act, situation: Situation) -> Role | None:
    """Return whom a directive without an addressee means: the one spoken to just before."""
    if act.form == "noun":
        return None
    lows = {unit.low for unit in situation.units[slice(*action.span)]}
    return _inferred(situation.memory.addressee) if lows & {"their", "its"} else None


def _deciders(action: Action, situation: Situation) -> Role | None:
    """Return who is bound by a decision: States for what only they can do, an owner of the work."""
    units = situation.units[slice(*action.span)]
    lexicon = situation.lexicon
    if any(unit.low in _STATES_ALONE for unit in units):
        group = _members(situation)
        if group is not None:
            return _inferred(group)
    for unit, following in pairwise(units):
        if unit.found is not None and following.low in {"'s", "'"}:
            entity = lexicon.names.get(unit.found.iri)
            if lexicon.is_a(entity, "Mechanism"):
                return Role(unit.found.iri, "inferred")
    return situation.actor or _inferred(situation.memory.meets())


def _members(situation: Situation) -> Role | None:
    """Return the group of the member States of the mechanism whose body meets."""
    names = situation.lexicon.names
    body = names.get(situation.memory.body)
    owners = set(body.owners) if body else set()
    for pattern in names.patterns.get("member", ()):
        entity = names.get(pattern.iri)
        if situation.lexicon.is_a(entity, "PartyGroup") and pattern.is_short:
            owner = next((names.get(iri) for iri in owners), None)
            if owner is not None and entity and entity.label.startswith(owner.label):
                return Role(pattern.iri)
    return None


def _aspirants(action: Action, act: Act, situation: Situation) -> tuple[Role | None, ...]:
    """Return whose commitment is restated: `the commitment of …`, or the speaker's own."""
    units = situation.units
    for place in range(act.stop, action.span[0]):
        if units[place].low == "of":
            return roles_in(units, (place + 1, action.span[0]), situation.memory) or (None,)
    return (situation.actor,)


def _volunteer(act: Act, situation: Situation) -> Role | None:
    """Return who an undertaking without a subject is of, from what stands before it."""
    memory = situation.memory
    parent = act.parent
    if parent is not None and parent.type == "InformationSharing" and memory.speakers:
        return memory.speakers[0]
    return memory.volunteer or memory.mechanism


def _inferred(role: Role | None) -> Role | None:
    return Role(role.iri, "inferred", role.meeting) if role is not None else None


def _due(action: Action, act: Act, situation: Situation) -> Due | None:
    due = due_of(situation.clause(action.span[0], max(action.span[1], action.behind)))
    if due is not None or act.form == "noun":
        return due
    if act.form == "modal" and act.subject is not None and act.begin <= act.subject[0]:
        aside = due_of(situation.clause(act.at, act.stop))
        return aside or due_of(situation.clause(0, act.subject[0]))
    return due_in_aside(situation.clause(act.stop, action.span[0]))


def _receivers(span: tuple[int, int], situation: Situation) -> tuple[Role, ...]:
    """Return who is named behind `to` in an action: `submit the plan to the SOM`."""
    units = situation.units
    for place in range(span[0] + 1, span[1] - 1):
        verb = units[place + 1].low in situation.lexicon.actions
        named = not verb and is_agent(units, place + 1, situation.lexicon)
        if units[place].low == "to" and named:
            return roles_in(units, (place + 1, span[1]), situation.memory)
    return ()


def _is_shared_out(units: Sequence[Unit], span: tuple[int, int]) -> bool:
    return any(unit.low == "respectively" for unit in units[slice(*span)])

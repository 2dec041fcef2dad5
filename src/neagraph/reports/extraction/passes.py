"""The passes over a sentence, in their order; each adds to what those before it have found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.clauses import (
    bounded,
    nested,
    own_nouns,
    trimmed,
    without_contents,
)
from neagraph.reports.extraction.commitments import Situation, bonds_of
from neagraph.reports.extraction.drafts import Draft, SentenceReading
from neagraph.reports.extraction.function_words import BE, NOT
from neagraph.reports.extraction.gapping import gapped_acts
from neagraph.reports.extraction.lexicon import Verb
from neagraph.reports.extraction.nominal import is_base, nominal_acts
from neagraph.reports.extraction.parts import actors, addressees
from neagraph.reports.extraction.phrases import is_agent
from neagraph.reports.extraction.recurrence import recurrence_of
from neagraph.reports.extraction.roles import Memory, Role, roles_in
from neagraph.reports.extraction.sums import amounts_of
from neagraph.reports.extraction.topics import topic_of
from neagraph.reports.extraction.verbs import verb_acts

Pass = Callable[[SentenceReading, Memory], None]

_GRANT: Final = "grant"
"""The verb for leave and for money: `granted CHF 5,000` tells what was given."""
_FEW_WORDS: Final = 3
_SOME: Final = frozenset({"members", "delegates", "delegations", "participants", "speakers"})
"""Words without an article for some of those present."""
_COLLECTIVES: Final = frozenset({"Body", "SubsidiaryBody", "PartyGroup"})
_ANSWERED: Final = frozenset({"Directive", "Commissive", "Appraisal"})


def _verbs(reading: SentenceReading, memory: Memory) -> None:
    if _is_bare(reading, memory):
        return
    item = reading.sentence.is_bullet or bool(reading.paragraph.parent)
    reading.verbs = verb_acts(reading.units, memory.lexicon, is_item=item)
    for act in reading.verbs:
        gives = act.verb.name == _GRANT and not act.passive
        if gives and any(unit.money for unit in reading.units[act.stop : act.stop + _FEW_WORDS]):
            act.type = "Narration"


def _is_bare(reading: SentenceReading, memory: Memory) -> bool:
    """Whether an item goes on with the infinitive that the words before the list lead to."""
    if reading.lead is None or not reading.lead.leads_to_verbs or not reading.units:
        return False
    first = reading.units[0]
    known = first.low in memory.lexicon.actions or any(f.kind == "base" for f, _ in first.forms)
    return known or is_base(reading.units, 0)


def _nouns(reading: SentenceReading, memory: Memory) -> None:
    reading.nouns = nominal_acts(reading.units, memory.lexicon, reading.verbs)


def _clauses(reading: SentenceReading, memory: Memory) -> None:
    nouns, reading.own = own_nouns(
        reading.units, reading.verbs, reading.nouns, memory.lexicon.nouns
    )
    verbs = without_contents(reading.units, reading.verbs, nouns)
    nested(reading.units, nouns)
    reading.acts = bounded(reading.units, [*verbs, *nouns])


def _roles(reading: SentenceReading, memory: Memory) -> None:
    if not reading.acts:
        _lead_subject(reading, memory)
    for act in reading.acts:
        _notice(reading, act.at, memory)
        found = actors(reading.units, act, reading.actors, memory)
        reading.actors[id(act)] = found
        spoken = addressees(reading.units, act, memory)
        gapped = gapped_acts(reading.units, act, memory.lexicon)
        for actor in found or (None,):
            reading.drafts.append(Draft(act, actor, _spoken_to(act, actor, spoken, memory)))
        for again in gapped:
            givers = roles_in(reading.units, (again.begin, again.object_at), memory)
            reading.drafts += [Draft(again, giver) for giver in givers[:1]]
        _remember(act, found, spoken, memory)
        if found and act.subject and _is_collective(reading, act.subject):
            memory.collective = found[0]
    _notice(reading, len(reading.units), memory)


def _is_collective(reading: SentenceReading, subject: tuple[int, int]) -> bool:
    """Whether a subject is the body that meets or all who are present: `The Ministers`."""
    first, behind = subject
    words = reading.units[first:behind]
    whole = 0 < behind - first <= _FEW_WORDS and words[0].low in {"the", "we", words[-1].low}
    told = (
        whole and words[-1].speaker in _COLLECTIVES and all(u.text.islower() for u in words[1:-1])
    )
    several = words[-1].speaker != "PartyGroup" or words[-1].low.endswith("s")
    return told and several and (len(words) > 1 or words[-1].low not in _SOME)


def _lead_subject(reading: SentenceReading, memory: Memory) -> None:
    """Take the subject of a list from the words before it: `the Meeting:`."""
    units = reading.units
    if not units or units[-1].low not in {":", ",", "that"}:
        return
    for place in range(len(units) - 1):
        if is_agent(units, place, memory.lexicon):
            memory.speakers = roles_in(units, (place, len(units)), memory) or memory.speakers
            return


def _notice(reading: SentenceReading, behind: int, memory: Memory) -> None:
    """Keep in mind which State and which mechanism was named last."""
    end = reading.units[behind - 1].end if behind else 0
    for name in reading.names:
        entity = memory.lexicon.names.get(name.iri) if name.end <= end else None
        if entity is not None and memory.lexicon.is_a(entity, "State"):
            memory.state = entity.iri
        if entity is not None and memory.lexicon.is_a(entity, "Mechanism"):
            memory.mechanism = Role(entity.iri)


def _spoken_to(
    act: Act, actor: Role | None, spoken: tuple[Role, ...], memory: Memory
) -> tuple[Role, ...]:
    """Add the body that meets as the one to whom a proposal told by it was made.

    Only where the graph knows that body: of others nobody can tell to whom one spoke.
    """
    if memory.lexicon.names.get(memory.body) is None:
        return spoken
    proposes = act.type in {"Proposal", "Recommendation"} and act.level == "embedded"
    if not spoken and proposes and (actor is None or actor.iri != memory.body):
        return (Role(memory.body, "inferred"),)
    return spoken


def _remember(act: Act, found: tuple[Role, ...], spoken: tuple[Role, ...], memory: Memory) -> None:
    if act.level == "main" and found and not (act.passive and act.type != "InformationSharing"):
        memory.speakers = found
    if act.type == "Narration" and act.passive and act.level == "main" and found:
        memory.receiver = memory.receiver or found[0].iri
    if act.verb.family == "Commissive" and found:
        memory.volunteer = found[0]
    if act.verb.family == "Directive" and spoken and act.level == "main":
        memory.addressee = spoken[0]
    if found:
        memory.told[act.verb.name] = found[0]


def _commitments(reading: SentenceReading, memory: Memory) -> None:
    for draft in reading.drafts:
        situation = _situation(reading, draft, reading.own.get(id(draft.act)), memory)
        draft.bonds = [(reading, bond) for bond in bonds_of(draft.act, situation)]
        tasks = [bond.party for _, bond in draft.bonds if bond.kind == "Task" and bond.party]
        if tasks and not draft.addressees and draft.act.form != "noun":
            draft.addressees = tuple(dict.fromkeys(tasks))
        told = draft.act.form != "noun" and not draft.act.passive
        if draft.act.type == "Offer" and told and not draft.bonds:
            draft.act.type = "InformationSharing"
    _attach_to_lead(reading, memory)


def _situation(
    reading: SentenceReading, draft: Draft, own: Verb | None, memory: Memory
) -> Situation:
    return Situation(reading.units, reading.text, draft.actor, draft.addressees, own, memory)


def _attach_to_lead(reading: SentenceReading, memory: Memory) -> None:
    """Give an item such as `To prepare …` to the act before the list."""
    lead, units = reading.lead, reading.units
    if lead is None or any(draft.act.at <= 1 for draft in reading.drafts):
        return
    opens = units[:1] and (units[0].low == "to" or units[0].low in memory.lexicon.actions)
    if not (opens or _is_bare(reading, memory)) or any(unit.low in BE for unit in units[:2]):
        return
    act = Act(lead.act.verb, lead.act.type, 0, 0, end=trimmed(units, 0, len(units)))
    act.form = "modal" if lead.leads_to_verbs and lead.act.form == "modal" else act.form
    act.negated, act.modality = lead.act.negated or units[0].low in NOT, lead.act.modality
    situation = _situation(reading, lead, None, memory)
    lead.bonds += [(reading, bond) for bond in bonds_of(act, situation)]


def _answers(reading: SentenceReading, _memory: Memory) -> None:
    for draft in reading.drafts:
        told = [act for act in reading.acts if act.parent is draft.act and act.level == "embedded"]
        if draft.act.type not in {"Specification", "Narration"}:
            draft.answers = tuple(
                act for act in told if act.verb.family in _ANSWERED or act.type == "View"
            )


def _things(reading: SentenceReading, memory: Memory) -> None:
    names = memory.lexicon
    for draft in reading.drafts:
        inside = reading.units[draft.act.stop : draft.act.end]
        near = [unit.found.iri for unit in inside if unit.found]
        spoken = [role.iri for role in draft.addressees]
        who = {draft.actor.iri if draft.actor else "", *spoken[:1]}
        things = [iri for iri in dict.fromkeys(near) if iri not in who]
        agents = {iri for iri in things if names.is_a(names.names.get(iri), "State")} | {*spoken}
        draft.objects = tuple(iri for iri in things if iri not in agents)[:3]
        draft.mentions = tuple(iri for iri in things if iri not in draft.objects)


def _sums(reading: SentenceReading, memory: Memory) -> None:
    amounts_of(reading, memory)


def _topics(reading: SentenceReading, memory: Memory) -> None:
    for draft in reading.drafts:
        words = " ".join(u.text for u in reading.units[draft.act.begin : draft.act.end])
        draft.topic = topic_of(memory.lexicon, reading.paragraph, words)


def _recurrences(reading: SentenceReading, _memory: Memory) -> None:
    for draft in reading.drafts:
        last = [act for act in reading.acts if act.begin < draft.act.end]
        if last and last[-1] is draft.act:
            words = reading.units[draft.act.stop : draft.act.end]
            draft.recurrence = recurrence_of(" ".join(unit.text for unit in words))


PASSES: Final[tuple[tuple[str, Pass], ...]] = (
    ("finite verbs", _verbs),
    ("nominal acts", _nouns),
    ("clauses", _clauses),
    ("roles", _roles),
    ("commitments", _commitments),
    ("answers", _answers),
    ("things", _things),
    ("sums", _sums),
    ("recurrence", _recurrences),
    ("topics", _topics),
)
"""What is done with each sentence, in this order."""

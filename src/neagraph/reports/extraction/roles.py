"""Who acts and who is spoken to: subjects, owners and objects of acts as IRIs with their basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from neagraph.reports.extraction.entities import Finder, Found
from neagraph.reports.extraction.function_words import (
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
)
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.phrases import is_agent
from neagraph.reports.extraction.units import Unit
from neagraph.reports.spelling import level

_SPOKESPERSONS: Final = frozenset({"representative", "delegate", "delegation"})
"""Words, in the singular, for one who speaks for a State."""
_REACH: Final = 8
_TITLES: Final = frozenset({"mr", "mrs", "ms", "dr", "prof", "professor", "h.e"})


@dataclass(frozen=True, slots=True)
class Role:
    """Who fills a role.

    Args:
        iri: The agent.
        basis: `stated` or `inferred`.
        meeting: The session through which the agent is named, such as SOM-23 for the SOM.
    """

    iri: str
    basis: str = "stated"
    meeting: str | None = None


@dataclass(slots=True)
class Memory:
    """What a reader of the report has in mind at a place.

    Args:
        lexicon: Names.
        finder: Gives IRIs to those whom the graph does not know.
        meeting: The meeting that the report is of.
        body: The body that meets.
        cover: The words of title and cover, levelled.
        speakers: Actors of the last main act of the paragraph.
        addressee: Whom the last directive of the paragraph was addressed to.
        volunteer: Who last took something on in the paragraph.
        receiver: The State that the report says hosts or chairs the meeting.
        state: The State last named.
        mechanism: The mechanism last named in the paragraph.
        newcomers: Agents of the paragraph that neither the graph nor the finder of names knows.
        collective: The body or group that last acted, as `the Meeting` or `Ministers`.
        today: First day of the meeting, ISO 8601; None if it is not known.
        told: Acts of the paragraph by the noun's verb, to their actor.
    """

    lexicon: Lexicon
    finder: Finder
    meeting: str | None
    body: str
    cover: frozenset[str] = frozenset()
    speakers: tuple[Role, ...] = ()
    addressee: Role | None = None
    volunteer: Role | None = None
    receiver: str | None = None
    state: str | None = None
    mechanism: Role | None = None
    today: str | None = None
    collective: Role | None = None
    told: dict[str, Role | None] = field(default_factory=dict)
    newcomers: list[Found] = field(default_factory=list)

    def new_paragraph(self) -> None:
        """Forget what does not reach beyond a paragraph."""
        self.speakers, self.addressee, self.volunteer, self.mechanism = (), None, None, None
        self.told, self.newcomers = {}, []

    def meets(self) -> Role:
        """Return who decides where nobody is named: the body or group that acts elsewhere."""
        return self.collective or Role(self.body)

    def chair(self) -> str:
        """Return who chairs the meeting."""
        return self._known("chair of") or self.finder.provisional("chair")

    def group(self, words: str) -> str:
        """Return a group of the meeting that is named by a common noun, such as `delegations`."""
        return self._known(f"{words} at") or self.finder.provisional(words)

    def _known(self, words: str) -> str:
        meeting = self.lexicon.names.get(self.meeting)
        if meeting is None:
            return ""
        label = f"{words} {meeting.label}".casefold()
        holders = self.lexicon.names.entities.items()
        return next((iri for iri, holder in holders if holder.label.casefold() == label), "")

    def host(self) -> str | None:
        """Return the State that hosts or chairs the meeting, if the graph knows it."""
        for iri, entity in self.lexicon.names.entities.items():
            if self.meeting and self.meeting in entity.links.get("hosts", ()):
                return iri
        return None


def roles_in(units: Sequence[Unit], span: tuple[int, int], memory: Memory) -> tuple[Role, ...]:
    """Return the agents that a phrase names, those joined by `and` each on its own.

    Args:
        units: The sentence.
        span: The units of the phrase; what follows its agents is passed over.
        memory: What the words before have told.
    """
    found: list[Role] = []
    place, end = span
    while place < end:
        role, place = _head(units, place, end, memory)
        if role is None:
            break
        found.append(role)
        if units[place - 1].low == "we":
            break
        joint = place
        while joint < end and units[joint].low in {",", "and", "or", "nor", "&"}:
            joint += 1
        if joint == place or not is_agent(units, joint, memory.lexicon):
            break
        if units[joint - 1].low == "," and not _closes(units, joint, end):
            break
        if _is_office(units, span[0], joint):
            break
        place = joint
    return tuple(dict.fromkeys(found))


def _is_office(units: Sequence[Unit], first: int, joint: int) -> bool:
    """Whether a person's office goes on at a place: `Mr. Bold, Director of X and Y`."""
    titled = units[first].low.rstrip(".") in _TITLES
    described = units[joint - 1].low == "," and units[joint].low.rstrip(".") not in _TITLES
    return titled and described


def _closes(units: Sequence[Unit], place: int, end: int) -> bool:
    """Whether a list that goes on at a place ends with `and`, unlike words put beside a name."""
    return any(unit.low == "and" for unit in units[place:end])


def _head(units: Sequence[Unit], place: int, end: int, memory: Memory) -> tuple[Role | None, int]:
    """Return the agent at the head of a phrase and the place behind it."""
    for at in range(place, min(end, place + _REACH)):
        unit = units[at]
        if unit.found is not None:
            return _named(unit, memory), _behind_owner(units, at + 1, end)
        if unit.low in PRONOUNS or (unit.low in POSSESSIVES and at + 1 >= end):
            return _pronoun(unit.low, memory), at + 1
        if unit.speaker and is_agent(units, at, memory.lexicon, whole=True):
            return _speaker(units, at, (place, end), memory)
        if (
            unit.text[:1].isupper()
            and unit.low not in DETERMINERS
            and not _opens_speaker(units, at)
        ):
            if _leads_to_name(units, at, end):
                continue
            return _unknown(units, at, end, memory)
        if unit.low in PREPOSITIONS or not (unit.low[:1].isalnum() or unit.low == "/"):
            break
    return None, place


def _opens_speaker(units: Sequence[Unit], at: int) -> bool:
    """Whether a capitalised adjective leads to a word for a speaker: `Several delegations`."""
    return at == 0 and at + 1 < len(units) and bool(units[at + 1].speaker)


def _leads_to_name(units: Sequence[Unit], at: int, end: int) -> bool:
    """Whether only capitalised words stand between a place and a name: `the United Nations …`."""
    while at < end and units[at].found is None and units[at].text[:1].isupper():
        at += 1
    return at < end and units[at].found is not None


def _named(unit: Unit, memory: Memory) -> Role | None:
    found = unit.found
    if found is None:
        return None
    entity = memory.lexicon.names.get(found.iri)
    if found.iri in memory.finder.session_bodies:
        return Role(memory.finder.session_bodies[found.iri], "stated", found.iri)
    if memory.lexicon.is_a(entity, "BodySession") and entity is not None:
        body = entity.one("sessionOf")
        return Role(body or found.iri, "stated", found.iri)
    if memory.lexicon.is_a(entity, "Territory") and entity is not None:
        return Role(entity.one("territoryOf") or found.iri)
    return Role(found.iri)


def _behind_owner(units: Sequence[Unit], place: int, end: int) -> int:
    return place + 1 if place < end and units[place].low in {"'s", "'"} else place


def _pronoun(low: str, memory: Memory) -> Role | None:
    if low in {"we", "our", "i"}:
        return Role(memory.body)
    return memory.speakers[0] if memory.speakers else None


def _speaker(
    units: Sequence[Unit], at: int, span: tuple[int, int], memory: Memory
) -> tuple[Role | None, int]:
    """Resolve a word for a speaker, such as `the Meeting` or `the delegate of Japan`."""
    unit, behind = units[at], at + units[at].reach
    words = " ".join(u.text for u in units[at:behind])
    kind = unit.speaker
    owned = behind < span[1] and units[behind].low in {"of", "from", "for"}
    speaks = unit.low in _SPOKESPERSONS or (
        level(unit.text) in _SPOKESPERSONS and units[min(behind, span[1] - 1)].low == "of"
    )
    if owned and (kind == "State" or speaks):
        inner, place = _head(units, behind + 1, span[1], memory)
        if inner is not None:
            return inner, place
    if kind in {"Body", "SubsidiaryBody"}:
        return Role(_body(units, at, span, memory)), behind
    before = units[at - 1].low if at > span[0] else ""
    if before in POSSESSIVES and unit.low in {"country", "government", "delegation"}:
        return (memory.speakers[0] if memory.speakers else None), behind
    if kind == "OfficeHolder":
        return Role(memory.chair()), behind
    if kind == "State":
        return _state(units, (span[0], behind), words, memory), behind
    first = units[at - 1].low if at > span[0] and units[at - 1].low[:1].isalpha() else ""
    label = f"{first} {words}" if first in {"other", "several", "some"} else words
    return Role(memory.group(label)), _group_end(units, behind, span[1])


def _state(units: Sequence[Unit], span: tuple[int, int], words: str, memory: Memory) -> Role | None:
    """Return the State that `the Government` or `the host country` means."""
    if words.endswith("s"):
        return Role(memory.group(words))
    hosts = "host" in " ".join(unit.low for unit in units[slice(*span)]).split()
    iri = (memory.host() or memory.receiver) if hosts else memory.state
    if iri:
        return Role(iri, "inferred")
    return Role(memory.group(f"host {words.rpartition(' ')[2]}")) if hosts else None


def _group_end(units: Sequence[Unit], place: int, end: int) -> int:
    return end if place < end and units[place].low in {"of", "from"} else place


def _body(units: Sequence[Unit], at: int, span: tuple[int, int], memory: Memory) -> str:
    """Return the body that meets, or another that is named by its kind with capitals before it."""
    before = [u.text for u in units[span[0] : at] if u.text[:1].isupper()]
    own = [word for word in before if word.lower() not in DETERMINERS]
    words = [unit.text for unit in units[at : at + units[at].reach]]
    gathers = units[at].speaker == "Body" or set(map(level, words)) <= memory.cover
    if not own and gathers:
        return memory.body
    return memory.finder.provisional(" ".join([*own, *words]))


def _unknown(units: Sequence[Unit], at: int, end: int, memory: Memory) -> tuple[Role | None, int]:
    words: list[str] = []
    place = at
    joints = {"."} if units[at].low.rstrip(".") in _TITLES else {"of", "."}
    while place < end and (
        units[place].text[:1].isupper() or (words and units[place].low in joints)
    ):
        words.append(units[place].text)
        place += 1
    while words and words[-1] in {"of", "."}:
        words.pop()
        place -= 1
    if not words:
        return None, place
    label = " ".join(words).replace(" .", ".")
    iri = memory.finder.provisional(label)
    span = units[at].start, units[place - 1].end
    memory.newcomers.append(Found(*span, iri, is_name=True, label=label, type="Agent"))
    return Role(iri), place

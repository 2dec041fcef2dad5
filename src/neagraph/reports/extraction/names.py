"""The things of the graph with all the ways in which a report may name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from neagraph.reports.spelling import SKIPPED, Key, is_acronym, level, words_of
from neagraph.reports.words import words
from neagraph.vocab import ID, NEA, RDF_TYPE, RDFS_LABEL, SKOS

Facts = Mapping[str, Mapping[str, tuple[str, ...]]]

_LABELS: Final = (RDFS_LABEL, SKOS + "altLabel", NEA + "acronym", NEA + "expansion")
_NAMED: Final = words(
    """Agent Event EventSeries Document Plan Instrument Treaty GlobalFramework Project Activity
    Fund Place Species"""
)
"""Classes whose members reports name."""
_OWNERS: Final = (
    "governingBodyOf",
    "secretariatOf",
    "subsidiaryBodyOf",
    "bodyOf",
    "subMechanismOf",
    "fundOf",
    "projectOf",
    "within",
    "sessionOf",
)
_SMALL: Final = words("of the and for on in to a an at by with under from")
_OWN_WORDS: Final = 4
"""A name without its owner's name stands alone if it has so many words."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing of the graph.

    Args:
        iri: Its IRI.
        types: Names of its classes.
        label: What it is called first of all.
        links: Property name to the IRIs and values that it has.
    """

    iri: str
    types: tuple[str, ...]
    label: str
    links: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """Return the first value of a property; empty for none."""
        return next(iter(self.links.get(name, ())), "")

    @property
    def owners(self) -> tuple[str, ...]:
        """What it is a part or an organ of."""
        return tuple(iri for name in _OWNERS for iri in self.links.get(name, ()))


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of naming a thing.

    Args:
        key: Its words, levelled.
        words: Its words as the graph writes them.
        iri: The thing.
        is_short: Whether the name of its owner is left out, so that the context must tell it.
        is_name: Whether it is a proper name; otherwise a description with common nouns.
        any_case: Whether capitals make no difference.
        owner: The thing whose name is left out; empty for none.
    """

    key: Key
    words: tuple[str, ...]
    iri: str
    is_short: bool
    is_name: bool
    any_case: bool
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """All names, and what the graph says about the things.

    Args:
        entities: The things by IRI.
        patterns: First word of a name to the names that begin with it, longest first.
        sessions: Body and number to the session.
        territories: State to its territory.
        told_at: Thing to the meetings whose acts are about it.
        times: Event to its first and last day; empty text for an open end.
    """

    entities: Mapping[str, Entity]
    patterns: Mapping[str, tuple[Pattern, ...]]
    sessions: Mapping[tuple[str, int], str]
    territories: Mapping[str, str]
    told_at: Mapping[str, frozenset[str]]
    times: Mapping[str, tuple[str, str]]

    def get(self, iri: str | None) -> Entity | None:
        """Return a thing; None if the graph does not know it."""
        return self.entities.get(iri) if iri else None

    def context(self, meeting: str | None) -> frozenset[str]:
        """Return a meeting, its body, the mechanism of that and what is above and below it."""
        found: set[str] = set()
        waiting = [meeting] if meeting else []
        while waiting:
            iri = waiting.pop()
            entity = self.get(iri)
            if iri not in found and entity is not None:
                found.add(iri)
                waiting += entity.owners
        size = 0
        while size < len(found):
            size = len(found)
            found |= {iri for iri, entity in self.entities.items() if found & {*entity.owners}}
        return frozenset(found)


def names_of(facts: Facts, above: Mapping[str, frozenset[str]]) -> Names:
    """Return the names that the labels of a graph make up.

    Args:
        facts: Subject to predicate to objects.
        above: Class name to the names of all classes above it.
    """
    entities = {
        iri: entity
        for iri, values in facts.items()
        if iri.startswith(ID) and (entity := _entity(iri, values, above)) is not None
    }
    book = _Book(entities, above, facts)
    patterns: dict[str, list[Pattern]] = {}
    for pattern in book.patterns():
        patterns.setdefault(pattern.key[0], []).append(pattern)
    return Names(
        entities=entities,
        patterns={
            word: tuple(sorted(set(found), key=lambda p: (-len(p.key), p.is_short, p.iri, p.words)))
            for word, found in patterns.items()
        },
        sessions={
            (body, int(entity.one("sessionNumber"))): iri
            for iri, entity in sorted(entities.items())
            if entity.one("sessionNumber").isdecimal()
            for body in entity.links.get("sessionOf", ())
        },
        territories={
            state: iri
            for iri, entity in entities.items()
            for state in entity.links.get("territoryOf", ())
        },
        told_at=_told_at(facts),
        times=_times(facts, entities),
    )


def _entity(
    iri: str, values: Mapping[str, tuple[str, ...]], above: Mapping[str, frozenset[str]]
) -> Entity | None:
    kinds = tuple(k.removeprefix(NEA) for k in values.get(RDF_TYPE, ()) if k.startswith(NEA))
    labels = values.get(RDFS_LABEL, ())
    if not labels or not any(above.get(kind, frozenset()) & _NAMED for kind in kinds):
        return None
    links = {key.removeprefix(NEA): v for key, v in values.items() if key.startswith(NEA)}
    return Entity(iri, kinds, labels[0], links)


def _told_at(facts: Facts) -> dict[str, frozenset[str]]:
    told: dict[str, set[str]] = {}
    for values in facts.values():
        meetings = values.get(NEA + "actedAt", ())
        if not meetings:
            continue
        for thing in (thing for things in values.values() for thing in things):
            told.setdefault(thing, set()).update(meetings)
    return {thing: frozenset(meetings) for thing, meetings in told.items()}


def _times(facts: Facts, entities: Mapping[str, Entity]) -> dict[str, tuple[str, str]]:
    times: dict[str, tuple[str, str]] = {}
    for iri, entity in entities.items():
        for span in (*entity.links.get("heldTime", ()), *entity.links.get("plannedTime", ())):
            values = facts.get(span, {})
            first = next(iter(values.get(NEA + "notBefore", ())), "")
            last = next(iter(values.get(NEA + "notAfter", ())), "")
            if first or last:
                times.setdefault(iri, (first, last))
    return times


@dataclass(slots=True)
class _Book:
    """Collects the patterns of all things."""

    entities: Mapping[str, Entity]
    above: Mapping[str, frozenset[str]]
    facts: Facts
    acronyms: dict[Key, str] = field(default_factory=dict)

    def patterns(self) -> Iterator[Pattern]:
        for iri in sorted(self.entities):
            for label in self.labels(iri):
                words = words_of(label)
                if len(words) == 1 and is_acronym(words[0]):
                    self.acronyms[_key(words)] = iri
        for iri in sorted(self.entities):
            if not self.is_a(iri, "Territory"):
                for label in self.labels(iri):
                    yield from self.ways(iri, words_of(label))

    def labels(self, iri: str) -> list[str]:
        values = self.facts[iri]
        return [label for name in _LABELS for label in values.get(name, ())]

    def is_a(self, iri: str, *names: str) -> bool:
        kinds = self.entities[iri].types
        return any(name in self.above.get(kind, ()) for kind in kinds for name in names)

    def ways(self, iri: str, words: tuple[str, ...]) -> Iterator[Pattern]:
        """Give the name in full, with a component written out, and without its owner."""
        if not _key(words):
            return
        yield self.pattern(iri, words, is_short=False)
        for place, word in enumerate(words):
            owner = self.acronyms.get((level(word),), "")
            if not owner or owner == iri:
                continue
            for longer in self.labels(owner):
                inside = (*words[:place], *words_of(longer), *words[place + 1 :])
                yield self.pattern(iri, inside, is_short=False)
            if place == 0 and len(words) > 1 and not self.is_a(iri, "Event"):
                yield self.pattern(iri, words[1:], is_short=True, owner=owner)

    def pattern(
        self, iri: str, words: tuple[str, ...], *, is_short: bool, owner: str = ""
    ) -> Pattern:
        return Pattern(
            key=_key(words),
            words=tuple(word for word in words if level(word) not in SKIPPED),
            iri=iri,
            is_short=is_short and len(words) < _OWN_WORDS,
            is_name=all(_is_proper(word) for word in words if word not in _SMALL),
            any_case=self.is_a(iri, "PartyGroup", "OfficeHolder", "Secretariat", "Species"),
            owner=owner,
        )


def _key(words: tuple[str, ...]) -> Key:
    return tuple(word for word in map(level, words) if word not in SKIPPED)


def _is_proper(word: str) -> bool:
    return any(letter.isupper() or letter.isdecimal() for letter in word)

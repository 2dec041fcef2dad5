"""Which part of an extraction stands for which part of an annotation, and which names are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from neagraph.reports.measuring.gold import Gold, is_provisional, short
from neagraph.reports.statements import Extraction, Statement

_Gold = TypeVar("_Gold")
_Found = TypeVar("_Found")
_Part = TypeVar("_Part")

Weight = tuple[float, ...]
"""How well two parts match; the larger, the better."""


class Placed(Protocol):
    """Anything with a place in the text."""

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...


def shared(one: Placed, other: Placed) -> int:
    """Return how many characters two places share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def likeness(one: Placed, other: Placed) -> float:
    """Return the shared part of two places as a share of the longer of them."""
    longer = max(one.end - one.start, other.end - other.start)
    return shared(one, other) / longer if longer else 0.0


def match(
    gold: Sequence[_Gold],
    found: Sequence[_Found],
    weight: Callable[[_Gold, _Found], Weight | None],
) -> list[tuple[_Gold, _Found]]:
    """Return pairs one to one, the best first; ties go to what stands first.

    Args:
        gold: Parts of the annotation.
        found: Parts of the extraction.
        weight: How well two of them match; None if not at all.
    """
    weighed = [
        (value, i, k)
        for i, wanted in enumerate(gold)
        for k, candidate in enumerate(found)
        if (value := weight(wanted, candidate)) is not None
    ]
    weighed.sort(key=lambda row: (tuple(-part for part in row[0]), row[1], row[2]))
    used_gold: set[int] = set()
    used_found: set[int] = set()
    pairs = []
    for _, i, k in weighed:
        if i not in used_gold and k not in used_found:
            used_gold.add(i)
            used_found.add(k)
            pairs.append((gold[i], found[k]))
    return pairs


def left_over(parts: Sequence[_Part], used: Iterable[_Part]) -> list[_Part]:
    """Return the parts that are not among some others; equal ones are told apart."""
    known = {id(part) for part in used}
    return [part for part in parts if id(part) not in known]


class Trigger:
    """The place of the word that says what an act does.

    Args:
        act: The act.
    """

    def __init__(self, act: Statement) -> None:
        self.start, self.end = act.trigger_start, act.trigger_end


class Names:
    """Which names of an extraction mean which names of an annotation.

    A name of the graph means itself alone. A name under `provisional/` means one provisional name
    of the annotation: the one that its mentions share most characters with; if they share none,
    the one that it stands for most often as actor, addressee or party.

    Args:
        gold: The annotation.
        extraction: The extraction.
    """

    def __init__(self, gold: Gold, extraction: Extraction) -> None:
        by_place = _meanings(_places(gold, extraction))
        self._meaning = _meanings(_roles(gold, extraction)) | by_place

    def meaning(self, iri: str) -> str:
        """Return the annotation's name for an IRI of the extraction; if it has none, the IRI's."""
        name = short(iri)
        return self._meaning.get(name, name)

    def alike(self, wanted: str | None, found: str | None) -> bool:
        """Return whether an IRI of the extraction is the one that the annotation names.

        None is like None alone.
        """
        return wanted == (None if found is None else self.meaning(found))


Evidence = tuple[str, str | None, int]
"""A name of the annotation, one of the extraction, and how much speaks for their being one."""


def _meanings(evidence: Iterable[Evidence]) -> dict[str, str]:
    """Return for each provisional name the one that most speaks for; the first of equals."""
    totals: dict[str, dict[str, int]] = {}
    for wanted, iri, weight in evidence:
        name = short(iri or "")
        if weight and is_provisional(wanted) and is_provisional(name):
            row = totals.setdefault(name, {})
            row[wanted] = row.get(wanted, 0) + weight
    return {name: max(row, key=lambda wanted: row[wanted]) for name, row in totals.items()}


def _places(gold: Gold, extraction: Extraction) -> Iterator[Evidence]:
    for mention in extraction.entities:
        for entity in gold.entities:
            yield entity.entity, mention.iri, shared(entity, mention)


def _roles(gold: Gold, extraction: Extraction) -> Iterator[Evidence]:
    def near(one: Placed, other: Placed) -> Weight | None:
        return (likeness(one, other),) if shared(one, other) else None

    for act, found in match(
        gold.statements,
        extraction.statements,
        lambda one, other: near(Trigger(one), Trigger(other)),
    ):
        yield act.actor or "", found.actor, 1
        yield from ((one, found.addressee, 1) for one in gold.addressees.get(act.id, ()))
    for pledge, kept in match(
        [pledge for act in gold.statements for pledge in act.commitments],
        [pledge for act in extraction.statements for pledge in act.commitments],
        near,
    ):
        yield pledge.committed_party or "", kept.committed_party, 1

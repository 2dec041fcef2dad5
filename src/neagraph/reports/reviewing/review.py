"""A report under review: what was found and what was decided, brought together.

A decision is tied to the place of the trigger word in one file, so it holds for whatever the passes
make of that place later. Where it publishes, its own values count, not those of a later reading.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from string import ascii_lowercase
from typing import Final

from neagraph.reports.evidence import Evidence
from neagraph.reports.reviewing.decisions import Decision, Reading, Verdict
from neagraph.reports.reviewing.moving import renamed, unplaced
from neagraph.reports.statements import Extraction, Statement

CERTAIN: Final = 0.8
"""Confidence from which a statement is looked at only if it falls into the sample."""
SAMPLE: Final = 0.1
"""Part of the certain statements that is looked at."""
_NOT_COMPARED: Final = frozenset({"id", "confidence", "reasons", "passes"})
_NORMAL: Final = 1.96  # for an interval that holds in 95 of 100 cases


@dataclass(frozen=True, slots=True)
class Item:
    """A statement as it stands in review.

    Args:
        found: What the last reading found; None if it did not find it.
        statement: The statement with the values that count.
        evidence: The traces of its text.
        decision: The last decision on it; None if there is none.
        problems: What the shapes say against it as it was found.
        sampled: Whether it is certain and was drawn by lot to be looked at.
        fresh: The traces of the text of what the last reading found; None if it found nothing.
    """

    found: Statement | None
    statement: Statement
    evidence: Evidence
    decision: Decision | None = None
    problems: tuple[str, ...] = ()
    sampled: bool = False
    fresh: Evidence | None = None

    @property
    def verdict(self) -> Verdict:
        """What was decided; open if nothing was."""
        return Verdict.OPEN if self.decision is None else self.decision.verdict

    @property
    def differs(self) -> bool:
        """Whether the last reading is another one than what was decided on."""
        if self.decision is None or self.verdict is Verdict.MISSING:
            return False
        if self.found is None:
            return True
        return self.verdict is Verdict.ACCEPT and bool(changes(self.decision.statement, self.found))

    @property
    def certain(self) -> bool:
        """Whether the passes are sure of it and nothing speaks against it."""
        return self.statement.confidence >= CERTAIN and not self.problems

    @property
    def place(self) -> tuple[int, int]:
        """Where its trigger word was found."""
        if self.decision is not None:
            return self.decision.place
        return self.statement.trigger_start, self.statement.trigger_end


def items_of(reading: Reading, decisions: Iterable[Decision]) -> tuple[Item, ...]:
    """Return the statements of a report with what was decided on each, in the order of the text.

    Args:
        reading: The last reading.
        decisions: Decisions on the statements of the same file, earliest first.
    """
    statements = reading.extraction.statements
    shared = Counter(map(_span, statements))
    latest: dict[tuple[object, ...], Decision] = {}
    for decision in decisions:
        latest[_key(decision.place, decision.statement.id, shared)] = decision
    items = list[Item]()
    for statement in statements:
        key = _key(_span(statement), statement.id, shared)
        items.append(_item(reading, statement, latest.get(key)))
        latest.pop(key, None)
    lost = [d for d in latest.values() if d.verdict is not Verdict.OPEN]
    items += [Item(None, d.statement, d.evidence, d) for d in lost]
    return tuple(sorted(_told_apart(items), key=lambda item: _order(item.statement)))


def _told_apart(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items, each with an id of its own; what was accepted keeps the one that it has."""
    kept = {item.statement.id for item in items if item.verdict.publishes}
    taken = {item.statement.id for item in items}
    for item in items:
        name = item.statement.id
        if item.verdict.publishes or name not in kept:
            yield item
            continue
        stem = name[:-1]
        free = next((stem + c for c in ascii_lowercase if stem + c not in taken), name)
        taken.add(free)
        yield replace(item, statement=replace(item.statement, id=free))


def _item(reading: Reading, found: Statement, decision: Decision | None) -> Item:
    kept = decision is not None and decision.verdict.publishes
    return Item(
        found=found,
        statement=decision.statement if decision is not None and kept else found,
        evidence=decision.evidence if decision and kept else reading.evidence[found.id],
        decision=decision,
        problems=reading.problems.get(found.id, ()),
        sampled=found.confidence >= CERTAIN and is_sampled(reading.extraction.sha256, found),
        fresh=reading.evidence[found.id],
    )


def _span(statement: Statement) -> tuple[int, int]:
    return statement.trigger_start, statement.trigger_end


def _key(place: tuple[int, int], name: str, shared: Counter[tuple[int, int]]) -> tuple[object, ...]:
    """Return what tells statements apart: the place, and the id where several share a place."""
    return (place, name) if shared[place] > 1 else (place,)


def _order(statement: Statement) -> tuple[object, ...]:
    return statement.trigger_start, statement.trigger_end, statement.id


def is_sampled(sha256: str, statement: Statement) -> bool:
    """Return whether a statement is in the sample: by lot, and the same each time."""
    ticket = hashlib.sha256(f"{sha256} {statement.trigger_start} {statement.id}".encode()).digest()
    return int.from_bytes(ticket[:4]) < SAMPLE * (1 << 32)


def in_review_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return what is to be looked at first: the uncertain, then the sample, then the others.

    What is settled comes last in each group.
    """

    def rank(item: Item) -> tuple[object, ...]:
        group = 0 if not item.certain else 1 if item.sampled else 2
        sure = item.statement.confidence if group == 0 else 0.0
        return (group, item.verdict.settles, sure, *_order(item.statement))

    return tuple(sorted(items, key=rank))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a review has come.

    Args:
        total: Number of statements.
        settled: How many of them are decided.
        publishable: How many go into the report's graph.
        left: How many that are to be looked at one by one are not decided: uncertain or sampled.
        sample: Number of the certain ones that were drawn by lot and decided.
        right: How many of those were accepted as they were found.
    """

    total: int
    settled: int
    publishable: int
    left: int
    sample: int
    right: int

    @property
    def precision(self) -> tuple[float, float] | None:
        """Bounds of the part of the certain ones that is right, by the sample (Wilson, 95 %)."""
        if not self.sample:
            return None
        n, share, z = self.sample, self.right / self.sample, _NORMAL
        middle, spread = (
            share + z * z / (2 * n),
            z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)),
        )
        scale = 1 + z * z / n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def outcome_of(items: Sequence[Item]) -> Outcome:
    """Return how far a review has come."""
    looked_at = [item for item in items if not item.certain or item.sampled]
    sample = [item for item in items if item.certain and item.sampled and item.verdict.settles]
    return Outcome(
        total=len(items),
        settled=sum(item.verdict.settles for item in items),
        publishable=sum(item.verdict.publishes for item in items),
        left=sum(not item.verdict.settles for item in looked_at),
        sample=len(sample),
        right=sum(item.verdict is Verdict.ACCEPT for item in sample),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different between two readings of a report: ids, and for changes the fields."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def difference(before: Extraction, after: Extraction) -> Difference:
    """Return what is different between two readings, statement by statement.

    In another file the places of things and what names for the time being begin with say nothing.
    """
    old = {statement.id: statement for statement in before.statements}
    new = {statement.id: statement for statement in after.statements}
    both = [(old[name], new[name]) for name in new if name in old]
    if before.sha256 != after.sha256:
        both = [(unplaced(renamed(a, before, after)), unplaced(b)) for a, b in both]
    return Difference(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple((b.id, fields) for a, b in both if (fields := changes(a, b))),
    )


def changes(before: Statement, after: Statement) -> tuple[str, ...]:
    """Return the names of the fields that say something else; confidence does not count."""
    old, new = asdict(before), asdict(after)
    return tuple(name for name in new if name not in _NOT_COMPARED and old[name] != new[name])

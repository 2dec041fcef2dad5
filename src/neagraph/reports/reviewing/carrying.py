"""Decisions on one file of a report that hold for another: where the same words say the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from functools import partial
from typing import Final, TypeVar

from neagraph.reports.evidence import Evidence
from neagraph.reports.minting import PROVISIONAL
from neagraph.reports.reviewing.decisions import Decision, Reading, Verdict
from neagraph.reports.reviewing.restoring import statement_from
from neagraph.reports.reviewing.review import changes, items_of
from neagraph.reports.statements import Amount, Commitment, Statement

_KEY_LENGTH: Final = 12
_PLACED: Final = frozenset({"start", "end"})
_BELONGING: Final = frozenset({"paragraph", "parent", "responds_to"})
T = TypeVar("T", Amount, Commitment)
Words = tuple[str, int]
"""Digest of a clause, and how far into it the trigger word stands."""


def carry_over(
    reading: Reading, former: Reading, decisions: Iterable[Decision]
) -> Iterator[Decision]:
    """Yield the decisions on a former file that hold for a later one.

    A clause counts as the same if it has the same digest and stands once in each file. What was
    accepted holds only if it is still read in the same way; what was added by a person, or changed
    in its place, is not carried over.

    Args:
        reading: The later file as it was read.
        former: The file before.
        decisions: What was decided on the file before.
    """
    later = _by_words(reading)
    known = Counter(_words(s, former.evidence[s.id]) for s in former.extraction.statements)
    for item in items_of(former, decisions):
        if item.found is None or item.decision is None or item.verdict is Verdict.OPEN:
            continue
        words = _words(item.found, former.evidence[item.found.id])
        found = later.get(words)
        if found is None or known[words] > 1 or _PLACED.intersection(item.decision.edited):
            continue
        move = partial(_moved, shift=found.start - item.found.start, keys=_keys(former, reading))
        if item.verdict is Verdict.ACCEPT and _differ(move(item.found), found):
            continue
        yield _carried(item.decision, found, move(item.decision.statement), reading, former)


def _carried(
    decision: Decision, found: Statement, moved: Statement, reading: Reading, former: Reading
) -> Decision:
    told = f"carried over from the file {former.extraction.sha256[:12]}"
    changed = replace(
        moved,
        id=found.id,
        paragraph=found.paragraph,
        parent=found.parent,
        responds_to=found.responds_to,
    )
    return replace(
        decision,
        statement=changed if decision.verdict is Verdict.EDIT else found,
        evidence=reading.evidence[found.id],
        place=(found.trigger_start, found.trigger_end),
        rules=reading.extraction.rules,
        note=f"{decision.note} ({told})" if decision.note else told,
    )


def _by_words(reading: Reading) -> dict[Words, Statement]:
    """Return the statements whose words stand once in the file."""
    pairs = [(_words(s, reading.evidence[s.id]), s) for s in reading.extraction.statements]
    number = Counter(words for words, _ in pairs)
    return {words: statement for words, statement in pairs if number[words] == 1}


def _words(statement: Statement, evidence: Evidence) -> Words:
    return evidence.clause, statement.trigger_start - statement.start


def _differ(before: Statement, after: Statement) -> bool:
    return not _BELONGING.issuperset(changes(before, after))


def _keys(former: Reading, reading: Reading) -> tuple[str, str]:
    """Return what names for the time being begin with in each file."""
    key, other = (r.extraction.sha256[:_KEY_LENGTH] for r in (former, reading))
    return f"{PROVISIONAL}{key}/", f"{PROVISIONAL}{other}/"


def _moved(it: Statement, *, shift: int, keys: tuple[str, str]) -> Statement:
    """Return a statement as it would be in the later file: places shifted, names renewed."""
    it = statement_from(json.loads(json.dumps(asdict(it)).replace(*keys)))
    return replace(
        it,
        start=it.start + shift,
        end=it.end + shift,
        trigger_start=it.trigger_start + shift,
        trigger_end=it.trigger_end + shift,
        amounts=tuple(_part(amount, shift) for amount in it.amounts),
        commitments=tuple(_part(commitment, shift) for commitment in it.commitments),
    )


def _part(part: T, shift: int) -> T:
    return replace(part, start=part.start + shift, end=part.end + shift)

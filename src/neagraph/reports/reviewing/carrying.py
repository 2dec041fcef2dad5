"""Decisions on one file of a report that hold for another: where the same words say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from neagraph.reports.evidence import Evidence
from neagraph.reports.reviewing.decisions import Decision, Reading, Verdict
from neagraph.reports.reviewing.moving import moved, renamed
from neagraph.reports.reviewing.review import changes, items_of
from neagraph.reports.statements import Statement

_PLACED: Final = frozenset({"start", "end"})
_BELONGING: Final = frozenset({"paragraph", "parent", "responds_to"})
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
        extractions = (former.extraction, reading.extraction)
        shift = found.start - item.found.start
        before = _moved(renamed(item.found, *extractions), shift)
        if item.verdict is Verdict.ACCEPT and _differ(before, found):
            continue
        decided = _moved(renamed(item.decision.statement, *extractions), shift)
        yield _carried(item.decision, found, decided, reading, former)


def _carried(
    decision: Decision, found: Statement, decided: Statement, reading: Reading, former: Reading
) -> Decision:
    told = f"carried over from the file {former.extraction.sha256[:12]}"
    changed = replace(
        decided,
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


def _moved(it: Statement, shift: int) -> Statement:
    """Return a statement at another place."""
    return replace(
        it,
        start=it.start + shift,
        end=it.end + shift,
        trigger_start=it.trigger_start + shift,
        trigger_end=it.trigger_end + shift,
        amounts=tuple(moved(amount, shift) for amount in it.amounts),
        commitments=tuple(moved(commitment, shift) for commitment in it.commitments),
    )

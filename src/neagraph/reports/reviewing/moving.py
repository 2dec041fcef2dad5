"""A statement of one file of a report beside those of another one: names and places levelled."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Final, TypeVar

from neagraph.reports.minting import PROVISIONAL
from neagraph.reports.reviewing.restoring import statement_from
from neagraph.reports.statements import Amount, Commitment, Extraction, Statement

_KEY_LENGTH: Final = 12
T = TypeVar("T", Amount, Commitment)


def renamed(it: Statement, former: Extraction, later: Extraction) -> Statement:
    """Return a statement of a former file with the names for the time being of a later one."""
    return statement_from(json.loads(json.dumps(asdict(it)).replace(_key(former), _key(later))))


def unplaced(it: Statement) -> Statement:
    """Return a statement as if its clause and each part of it began the text."""
    return replace(
        it,
        start=0,
        end=it.end - it.start,
        trigger_start=it.trigger_start - it.start,
        trigger_end=it.trigger_end - it.start,
        amounts=tuple(moved(amount, -amount.start) for amount in it.amounts),
        commitments=tuple(moved(commitment, -commitment.start) for commitment in it.commitments),
    )


def moved(part: T, shift: int) -> T:
    """Return a part of a statement at another place."""
    return replace(part, start=part.start + shift, end=part.end + shift)


def _key(extraction: Extraction) -> str:
    """Return what names for the time being begin with in a file."""
    return f"{PROVISIONAL}{extraction.sha256[:_KEY_LENGTH]}/"

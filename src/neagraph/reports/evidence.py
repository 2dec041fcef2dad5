"""What of a report's text is kept beside positions: trigger words, digests, short wordings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from neagraph.reports.statements import Statement
from neagraph.reports.wording import wording


@dataclass(frozen=True, slots=True)
class Evidence:
    """The traces that a statement's text leaves.

    Args:
        trigger: The word, or the few words, that say what is done.
        clause: SHA-256 of the clause, in hexadecimal.
        commitments: The same of the words of each commitment.
        amounts: Each amount as it is written; empty where that is too long to be kept.
    """

    trigger: str
    clause: str
    commitments: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()


def evidence_of(statement: Statement, text: str) -> Evidence:
    """Return the traces of a statement.

    Args:
        statement: The statement.
        text: The whole raw text of its report.
    """
    return Evidence(
        trigger=text[statement.trigger_start : statement.trigger_end],
        clause=_digest(text[statement.start : statement.end]),
        commitments=tuple(_digest(text[c.start : c.end]) for c in statement.commitments),
        amounts=tuple(wording(text[a.start : a.end]) or "" for a in statement.amounts),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

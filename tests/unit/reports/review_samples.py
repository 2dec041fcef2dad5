"""Extractions to review and publish: one of a report of our own, one from the hand annotation."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from neagraph.reports.statements import (
    Amount,
    Commitment,
    Due,
    EntityMention,
    Extraction,
    ParagraphPlace,
    Statement,
)
from neagraph.vocab import thing

TEXT = """\
Report of a session that never was

1. The Meeting adopted the Reed Plan. It requested the Secretariat to count the cranes before
the end of 2031, if the weather permits.

2. The Meeting noted the offer by Japan to host a workshop on reeds in May 2031 and the
contribution of US$ 1,250 from Mongolia to the Core Fund.
"""
"""A report of our own, in words of our own."""
SOM = thing("body/neaspec-som")
SECRETARIAT = thing("body/neaspec-secretariat")
MEETING = thing("meeting/neaspec-som-25")
PROVISIONAL = thing("provisional/0123456789ab/reed-plan")


def span(words: str, within: str = TEXT) -> tuple[int, int]:
    """Where words stand, whatever space is between them."""
    found = re.search(r"\s+".join(map(re.escape, words.split())), within)
    assert found, words
    return found.span()


def act(name: str, clause: str, trigger: str, **fields: Any) -> Statement:
    start, end = span(clause)
    first, last = span(trigger, TEXT[start:end])
    return Statement(
        id=name,
        paragraph=name[1],
        level=fields.pop("level", "main"),
        type=fields.pop("type"),
        verb=fields.pop("verb"),
        start=start,
        end=end,
        trigger_start=start + first,
        trigger_end=start + last,
        acted_at=fields.pop("acted_at", MEETING),
        **fields,
    )


def commitment(words: str, **fields: Any) -> Commitment:
    start, end = span(words)
    return Commitment(start=start, end=end, **fields)


def amount(words: str, **fields: Any) -> Amount:
    start, end = span(words)
    return Amount(start=start, end=end, **fields)


def place(number: str, first: str, last: str) -> ParagraphPlace:
    return ParagraphPlace(number, span(first)[0], span(last)[1], "")


def sample() -> Extraction:
    """What could be found in the report of our own."""
    said = {"actor": SOM, "actor_basis": "stated"}
    statements = (
        act(
            "p1-s1-a", "The Meeting adopted the Reed Plan", "adopted", type="Adoption",
            verb="adopt", objects=(PROVISIONAL,), topic="wetlands", confidence=0.95, **said,
        ),
        act(
            "p1-s2-a", "It requested the Secretariat to count the cranes before the end of 2031",
            "requested", type="Request", verb="request", addressee=SECRETARIAT,
            addressee_basis="stated", topic="wetlands", confidence=0.6,
            reasons=("The deadline may belong to something else.",), actor=SOM,
            actor_basis="inferred",
            commitments=(
                commitment(
                    "count the cranes before the end of 2031", kind="Task",
                    committed_party=SECRETARIAT, party_basis="stated", owed_to=(SOM,),
                    strength="requested", condition="if the weather permits",
                    due=Due(None, "2031-12-31", "year", "before the end of 2031", "stated"),
                ),
            ),
        ),
        act(
            "p2-s1-a", "The Meeting noted the offer by Japan to host a workshop on reeds in May "
            "2031 and the contribution of US$ 1,250 from Mongolia to the Core Fund", "noted",
            type="Noting", verb="note", responds_to=("p2-s1-b",), confidence=0.9,
            mentions=(thing("fund/core-fund"),),
            amounts=(
                amount(
                    "US$ 1,250", value="1250", currency="USD", currency_basis="stated",
                    donor=thing("state/mongolia"), fund=thing("fund/core-fund"),
                ),
            ),
            **said,
        ),
        act(
            "p2-s1-b", "the offer by Japan to host a workshop on reeds in May 2031", "offer",
            type="Offer", verb="offer", level="embedded", parent="p2-s1-a",
            actor=thing("state/japan"), actor_basis="stated", confidence=0.85,
            commitments=(
                commitment(
                    "host a workshop on reeds in May 2031", kind="OfferedCommitment",
                    committed_party=thing("state/japan"), party_basis="stated", owed_to=(),
                    strength="offered",
                    due=Due("2031-05-01", "2031-05-31", "month", "in May 2031", "stated"),
                ),
            ),
        ),
    )  # fmt: skip
    start, end = span("Reed Plan")
    return Extraction(
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
        characters=len(TEXT),
        title="Report of a session that never was",
        meeting=MEETING,
        rules="1",
        paragraphs=(place("1", "1. The", "permits."), place("2", "2. The", "Core Fund.")),
        statements=statements,
        entities=(
            EntityMention(
                PROVISIONAL,
                provisional=True,
                start=start,
                end=end,
                paragraph="1",
                label="Reed Plan",
                type="Plan",
            ),
        ),
    )


def from_annotation(shared: Path) -> tuple[Extraction, str]:
    """What the hand annotation of the SOM-24 report says, and its text."""
    gold = yaml.safe_load((shared / "gold" / "som24_gold.yaml").read_text(encoding="utf-8"))
    data = (shared / "reports" / "neaspec-som-24.txt").read_bytes()
    extraction = Extraction(
        sha256=hashlib.sha256(data).hexdigest(),
        characters=len(data.decode()),
        title="Report of SOM-24",
        meeting=thing("meeting/neaspec-som-24"),
        rules="gold",
        paragraphs=tuple(
            ParagraphPlace(str(p["number"]), p["char_start"], p["char_end"], "")
            for p in gold["paragraphs"]
        ),
        statements=tuple(_act(entry, gold) for entry in gold["statements"]),
        entities=(),
    )
    return extraction, data.decode()


def _act(entry: dict[str, Any], gold: dict[str, Any]) -> Statement:
    addressees = _iris(entry.get("addressee"))
    bases = _listed(entry.get("addressee_basis"))
    topic = (entry.get("topic") or "").removeprefix("topic/")
    return Statement(
        id=entry["id"],
        paragraph=str(entry["paragraph"]),
        level=entry["level"],
        type=entry["type"],
        verb=entry["verb"],
        start=entry["char_start"],
        end=entry["char_end"],
        trigger_start=entry["trigger_start"],
        trigger_end=entry["trigger_end"],
        actor=next(iter(_iris(entry["actor"])), None),
        actor_basis=entry["actor_basis"],
        addressee=next(iter(addressees), None),
        addressee_basis=next(iter(bases), None),
        acted_at=next(iter(_iris(entry.get("made_at"))), None),
        parent=entry.get("parent"),
        responds_to=tuple(_listed(entry.get("responds_to"))),
        objects=_iris(entry.get("object")),
        mentions=_iris(entry.get("mentions")),
        topic=topic or None,
        modality=entry.get("modality"),
        amounts=_amounts(entry, gold),
        commitments=tuple(
            _commitment(c) for c in gold["commitments"] if c["statement"] == entry["id"]
        ),
    )


def _amounts(entry: dict[str, Any], gold: dict[str, Any]) -> tuple[Amount, ...]:
    return tuple(
        Amount(
            value=str(money["value"]),
            currency=money["currency"],
            currency_basis=money["currency_basis"],
            donor=thing(money["donor"]),
            fund=thing(money.get("fund") or money["project"]),
            start=m["char_start"],
            end=m["char_end"],
        )
        for money in gold["entities"]["money"]
        for m in money["mentions"]
        if entry["level"] == "main" and entry["char_start"] <= m["char_start"] < entry["char_end"]
    )


def _commitment(entry: dict[str, Any]) -> Commitment:
    due = entry.get("due")
    return Commitment(
        kind=entry["kind"],
        committed_party=next(iter(_iris(entry["committed_party"])), None),
        party_basis=entry["party_basis"],
        owed_to=_iris(entry.get("beneficiary")),
        strength=entry["strength"],
        start=entry["char_start"],
        end=entry["char_end"],
        due=due and Due(
            not_before=due["not_before"] and str(due["not_before"]),
            not_after=due["not_after"] and str(due["not_after"]),
            precision=due["precision"],
            as_written=due["as_written"],
            basis=due["basis"],
        ),
        condition=entry.get("condition"),
    )  # fmt: skip


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _iris(value: Any) -> tuple[str, ...]:
    return tuple(
        thing(f"voc/{v}" if v.startswith("topic/") else v)
        for v in _listed(value)
        if not v.startswith("?")
    )


def with_confidence(extraction: Extraction, confidence: float) -> Extraction:
    return replace(
        extraction,
        statements=tuple(replace(s, confidence=confidence) for s in extraction.statements),
    )

"""How right an extraction is: measured against an annotation of the same report.

`scores.MEASURES` says what counts as right; names are compared as `matching.Names` says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from neagraph.errors import UsageError
from neagraph.reports.measuring.gold import Gold, short
from neagraph.reports.measuring.matching import (
    Names,
    Placed,
    Trigger,
    Weight,
    left_over,
    likeness,
    match,
    shared,
)
from neagraph.reports.measuring.scores import BIN_STARTS, Bin, Evaluation, Miss, Score
from neagraph.reports.statements import (
    Amount,
    Commitment,
    Due,
    EntityMention,
    Extraction,
    ParagraphPlace,
    Statement,
)

SAME_PARAGRAPH: Final = 0.9
"""How alike the places of one paragraph must be at least."""
SAME_ACTION: Final = 0.5
"""How alike the places of one commitment's action must be at least."""
NOT_ASKED: Final = frozenset({"group", "role", "activity", "topic", "voc", "contribution"})
"""Kinds of things that annotations do not list by paragraph."""
CLASSES_NOT_ASKED: Final = frozenset({"PartyGroup", "OfficeHolder", "Activity"})
"""The same for things that the graph does not know."""

_Wanted = TypeVar("_Wanted")
_Found = TypeVar("_Found")

Acts = list[tuple[Statement, Statement]]
"""Acts of the annotation, each with the one that was found for it."""
Pledges = list[tuple[Commitment, Commitment]]
Measured = tuple[Score, list[Miss]]


@dataclass(frozen=True, slots=True)
class _Case:
    gold: Gold
    found: Extraction
    names: Names

    def miss(self, what: str, at: Placed, wanted: str = "", found: str = "") -> Miss:
        inside = (p.number for p in self.gold.paragraphs if p.start <= at.start < p.end)
        return Miss(next(inside, ""), at.start, at.end, what, wanted, found)


def evaluate(gold: Gold, extraction: Extraction) -> Evaluation:
    """Return how an extraction compares with the annotation of the same report.

    Args:
        gold: The annotation.
        extraction: The extraction.

    Raises:
        UsageError: The two are not of the same text.
    """
    if gold.characters and gold.characters != extraction.characters:
        raise UsageError(
            f"The annotation is of a text of {gold.characters} characters, "
            f"the report has {extraction.characters}.",
            hint="Positions count in the text that was annotated; evaluate that file.",
        )
    case = _Case(gold, extraction, Names(gold, extraction))
    main, embedded = _acts(case, "main"), _acts(case, "embedded")
    pledges = _pledges(case)
    measured: dict[str, Measured] = {
        "paragraphs": _paragraphs(case),
        "main acts": _level(case, "main", main),
        "embedded acts": _level(case, "embedded", embedded),
        "type": _types(case, main + embedded),
        "actor": _actors(case, main + embedded),
        "addressee": _addressees(case, main + embedded),
        "committed party": _parties(case, pledges),
        "deadlines": _deadlines(case, pledges),
        "amounts": _amounts(case),
        "commitments strict": (_kept(case, pledges, _same_due), []),
        "commitments lenient": (_kept(case, pledges, _any_due), _pledges_alone(case, pledges)),
        "entities": _entities(case, {"name", "description"}),
        "named entities": (_entities(case, {"name"})[0], []),
    }
    errors = sorted(
        (miss for _, misses in measured.values() for miss in misses),
        key=lambda miss: (miss.start, miss.end, miss.what),
    )
    return Evaluation(
        scores={name: score for name, (score, _) in measured.items()},
        confidence=_reliability(case, main + embedded),
        errors=tuple(errors),
    )


# ---- paragraphs and acts ---------------------------------------------------------------------


def _paragraphs(case: _Case) -> Measured:
    def weight(one: ParagraphPlace, other: ParagraphPlace) -> Weight | None:
        alike = likeness(one, other)
        return (alike,) if one.number == other.number and alike >= SAME_PARAGRAPH else None

    wanted, found = case.gold.paragraphs, case.found.paragraphs
    pairs = match(wanted, found, weight)
    alone = _alone(case, "paragraph", (wanted, found), pairs, _paragraph)
    return Score(len(pairs), len(found), len(wanted)), alone


def _paragraph(part: ParagraphPlace) -> tuple[Placed, str]:
    return part, part.number


def _acts(case: _Case, level: str) -> Acts:
    def weight(one: Statement, other: Statement) -> Weight | None:
        common = shared(Trigger(one), Trigger(other))
        same = case.names.alike(one.actor, other.actor)
        return (common, same, _kind(one) == _kind(other)) if common else None

    return match(*_of_level(case, level), weight)


def _level(case: _Case, level: str, pairs: Acts) -> Measured:
    wanted, found = _of_level(case, level)
    alone = _alone(case, f"{level} act", (wanted, found), pairs, _act)
    return Score(len(pairs), len(found), len(wanted)), alone


def _act(act: Statement) -> tuple[Placed, str]:
    return Trigger(act), f"{act.verb} ({_kind(act)})"


def _kind(act: Statement) -> str:
    """Return the class of an act; of one that was not done it is another one."""
    return f"no {act.type}" if act.negated else act.type


def _of_level(case: _Case, level: str) -> tuple[list[Statement], list[Statement]]:
    wanted = [act for act in case.gold.statements if act.level == level]
    return wanted, [act for act in case.found.statements if act.level == level]


# ---- what matched acts say -------------------------------------------------------------------


def _types(case: _Case, pairs: Acts) -> Measured:
    wrong = [
        case.miss("type", Trigger(one), _kind(one), _kind(other))
        for one, other in pairs
        if _kind(one) != _kind(other)
    ]
    return Score(len(pairs) - len(wrong), len(pairs), len(pairs)), wrong


def _actors(case: _Case, pairs: Acts) -> Measured:
    return _slot(
        case,
        "actor",
        [(Trigger(one), _listed(one.actor), other.actor) for one, other in pairs],
    )


def _addressees(case: _Case, pairs: Acts) -> Measured:
    return _slot(
        case,
        "addressee",
        [
            (Trigger(one), case.gold.addressees.get(one.id, ()), other.addressee)
            for one, other in pairs
        ],
    )


def _slot(
    case: _Case, what: str, rows: Sequence[tuple[Placed, tuple[str, ...], str | None]]
) -> Measured:
    """Compare a field that holds a name; counted are the sides that name something."""
    right, misses = 0, []
    for at, wanted, found in rows:
        same = any(case.names.alike(name, found) for name in wanted)
        right += same
        if not same and (wanted or found):
            misses.append(case.miss(what, at, " or ".join(wanted), short(found or "")))
    named = sum(found is not None for _, _, found in rows)
    return Score(right, named, sum(bool(wanted) for _, wanted, _ in rows)), misses


def _listed(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


# ---- commitments -----------------------------------------------------------------------------


def _pledges(case: _Case) -> Pledges:
    def weight(one: Commitment, other: Commitment) -> Weight | None:
        alike = likeness(one, other)
        same = case.names.alike(one.committed_party, other.committed_party)
        return (alike, same, _same_due(one, other)) if alike >= SAME_ACTION else None

    return match(_wanted_pledges(case), _found_pledges(case), weight)


def _wanted_pledges(case: _Case) -> list[Commitment]:
    return [pledge for act in case.gold.statements for pledge in act.commitments]


def _found_pledges(case: _Case) -> list[Commitment]:
    return [pledge for act in case.found.statements for pledge in act.commitments]


def _pledges_alone(case: _Case, pairs: Pledges) -> list[Miss]:
    both = _wanted_pledges(case), _found_pledges(case)
    return _alone(case, "commitment", both, pairs, _pledge)


def _pledge(pledge: Commitment) -> tuple[Placed, str]:
    return pledge, f"{pledge.kind} of {short(pledge.committed_party or 'nobody named')}"


def _kept(case: _Case, pairs: Pledges, due: Callable[[Commitment, Commitment], bool]) -> Score:
    right = sum(
        case.names.alike(one.committed_party, other.committed_party) and due(one, other)
        for one, other in pairs
    )
    return Score(right, len(_found_pledges(case)), len(_wanted_pledges(case)))


def _parties(case: _Case, pairs: Pledges) -> Measured:
    return _slot(
        case,
        "committed party",
        [(one, _listed(one.committed_party), other.committed_party) for one, other in pairs],
    )


def _deadlines(case: _Case, pairs: Pledges) -> Measured:
    wrong = [
        case.miss("deadline", one, _dates(one.due), _dates(other.due))
        for one, other in pairs
        if not _same_due(one, other)
    ]
    right = sum(one.due is not None and _same_due(one, other) for one, other in pairs)
    found = sum(pledge.due is not None for pledge in _found_pledges(case))
    wanted = sum(pledge.due is not None for pledge in _wanted_pledges(case))
    return Score(right, found, wanted), wrong


def _same_due(one: Commitment, other: Commitment) -> bool:
    return _bounds(one.due) == _bounds(other.due)


def _any_due(_one: Commitment, _other: Commitment) -> bool:
    return True


def _bounds(due: Due | None) -> tuple[str | None, str | None] | None:
    return (due.not_before, due.not_after) if due else None


def _dates(due: Due | None) -> str:
    return f"{due.not_before or ''}..{due.not_after or ''}" if due else ""


# ---- money and names -------------------------------------------------------------------------


def _amounts(case: _Case) -> Measured:
    """Compare sums of money; one that several statements have counts once."""
    sums = [amount for act in case.found.statements for amount in act.amounts]
    found = list({(amount.start, amount.end): amount for amount in sums}.values())

    def weight(one: Amount, other: Amount) -> Weight | None:
        return (shared(one, other),) if shared(one, other) else None

    def same(one: Amount, other: Amount) -> bool:
        return _money(one) == _money(other) and case.names.alike(one.donor, other.donor)

    pairs = match(case.gold.amounts, found, weight)
    misses = _alone(case, "amount", (case.gold.amounts, found), pairs, _given)
    misses += [
        case.miss("amount", one, _given(one)[1], _given(other)[1])
        for one, other in pairs
        if not same(one, other)
    ]
    right = sum(same(one, other) for one, other in pairs)
    return Score(right, len(found), len(case.gold.amounts)), misses


def _given(amount: Amount) -> tuple[Placed, str]:
    return amount, f"{_money(amount)} from {short(amount.donor or 'nobody named')}"


def _money(amount: Amount) -> str:
    value = f"{float(amount.value):.2f}"
    return f"{value} {amount.currency} ({amount.currency_basis})"


def _entities(case: _Case, asked: Collection[str]) -> Measured:
    """Compare the pairs of paragraph and entity; `asked` says which kinds of naming count."""
    rows = case.gold.entities
    wanted = {(row.paragraph, row.entity): row for row in rows if row.by in asked}
    left_out = {(row.paragraph, row.entity) for row in rows if row.by not in asked}
    found = {
        pair: mention for pair, mention in _named(case) if pair in wanted or pair not in left_out
    }
    misses = [
        Miss(pair[0], row.start, row.end, "missing entity", pair[1])
        for pair, row in wanted.items()
        if pair[0] and pair not in found
    ]
    misses += [
        Miss(pair[0], mention.start, mention.end, "extra entity", "", pair[1])
        for pair, mention in found.items()
        if pair not in wanted
    ]
    right = len(wanted.keys() & found.keys())
    return Score(right, len(found), sum(bool(paragraph) for paragraph, _ in wanted)), misses


def _named(case: _Case) -> Iterator[tuple[tuple[str, str], EntityMention]]:
    """Give what the extraction names inside paragraphs, under the annotation's names."""
    for mention in case.found.entities:
        name = case.names.meaning(mention.iri)
        inside = (p for p in case.gold.paragraphs if p.start <= mention.start < p.end)
        paragraph = next(inside, None)
        asked = name.split("/")[0] not in NOT_ASKED and mention.type not in CLASSES_NOT_ASKED
        if paragraph is not None and asked:
            yield (paragraph.number, name), mention


# ---- confidence, and what has no counterpart -------------------------------------------------


def _reliability(case: _Case, pairs: Acts) -> tuple[Bin, ...]:
    right = {
        other.id
        for one, other in pairs
        if _kind(one) == _kind(other) and case.names.alike(one.actor, other.actor)
    }
    parts: list[list[Statement]] = [[] for _ in BIN_STARTS]
    for act in case.found.statements:
        parts[bisect_right(BIN_STARTS, act.confidence) - 1].append(act)
    return tuple(
        Bin(
            low=low,
            count=len(acts),
            confidence=sum(act.confidence for act in acts),
            right=sum(act.id in right for act in acts),
        )
        for low, acts in zip(BIN_STARTS, parts, strict=True)
    )


def _alone(
    case: _Case,
    what: str,
    both: tuple[Sequence[_Wanted], Sequence[_Found]],
    pairs: Sequence[tuple[_Wanted, _Found]],
    row: Callable[[_Wanted | _Found], tuple[Placed, str]],
) -> list[Miss]:
    """Return what stands in one of two lists only; `row` gives a part's place and words."""
    wanted, found = both
    missing = map(row, left_over(wanted, [one for one, _ in pairs]))
    extra = map(row, left_over(found, [other for _, other in pairs]))
    return [
        *(case.miss(f"missing {what}", place, wanted=words) for place, words in missing),
        *(case.miss(f"extra {what}", place, found=words) for place, words in extra),
    ]

"""From a report under review to the parts of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from neagraph.reports.reviewing.cells import CELLS, Draft, show_due, show_thing
from neagraph.reports.reviewing.decisions import Verdict
from neagraph.reports.reviewing.review import CERTAIN, Item, Outcome, changes, in_review_order
from neagraph.reports.statements import Extraction, ParagraphPlace
from neagraph.reports.wording import Glossary, summary_of

_LOW: Final = 0.5
_LABELS: Final = {
    "start": "Clause begins", "end": "Clause ends", "type": "Kind", "actor": "Actor",
    "addressee": "Addressee", "action": "What is to be done", "deadline": "Deadline",
    "deadline_basis": "Basis of the deadline", "amount": "Amount", "currency": "Currency",
    "donor": "Donor", "negated": "Not done",
}  # fmt: skip
_GROUPS: Final = (
    ("uncertain", "Uncertain", "Look at each of these."),
    (
        "sample",
        "Sample of the certain ones",
        "Drawn by lot: it shows how many of the others are right.",
    ),
    ("certain", "Certain", "Accept them together, or one by one."),
)
_WORDS: Final = {
    Verdict.OPEN: "open",
    Verdict.ACCEPT: "accepted",
    Verdict.EDIT: "changed",
    Verdict.REJECT: "rejected",
    Verdict.UNSURE: "unsure",
    Verdict.MISSING: "added",
}


@dataclass(frozen=True, slots=True)
class VerbChoice:
    """A verb to choose: what is sent, and what people read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class CellView:
    """A part of a statement that may be changed: its name, label and text."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a statement as it is read: its label, and what it says."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """A statement on the page.

    Args:
        id: Its id, which is also the place on the page.
        anchor: Place of its paragraph on the page.
        summary: What it says, put together from its parts.
        trigger: The word that was found.
        lines: Its parts.
        confidence: `high`, `medium` or `low`.
        percent: The confidence as a number.
        reasons: Why not more, and what the shapes say against it.
        verdict: The decision as it is sent; empty for none.
        word: The decision in a word.
        by: Who decided when; empty for nobody.
        differs: Whether it reads otherwise now than when it was decided on.
        now: What differs, as it reads now; empty where it is found no more.
        note: The remark on it.
        cells: What may be changed.
        following: Id of the statement that comes next and is open; empty for none.
    """

    id: str
    anchor: str
    summary: str
    trigger: str
    lines: tuple[Line, ...]
    confidence: str
    percent: int
    reasons: tuple[str, ...]
    verdict: str
    word: str
    by: str
    differs: bool
    now: tuple[Line, ...]
    note: str
    cells: tuple[CellView, ...]
    following: str


@dataclass(frozen=True, slots=True)
class Group:
    """Statements that are looked at for one reason."""

    name: str
    heading: str
    about: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that the same statements speak of.

    Args:
        text: The text, as it is in the file.
        start: Where it begins in the file.
        of: Ids of the statements whose clause it is part of.
        trigger: Whether it is a trigger word.
    """

    text: str
    start: int
    of: tuple[str, ...]
    trigger: bool


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A paragraph of the report; it has no pieces where the text is not at hand.

    Args:
        number: Its number.
        anchor: Its place on the page.
        start: Where it begins in the file.
        end: Where it ends.
        pieces: Its text.
        items: Ids of its statements.
    """

    number: str
    anchor: str
    start: int
    end: int
    pieces: tuple[Piece, ...]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in the list: its name, and how far its review is."""

    slug: str
    label: str
    total: int
    settled: int
    left: int


def groups_of(items: Sequence[Item], glossary: Glossary) -> tuple[Group, ...]:
    """Return the statements in the order in which they are to be looked at."""
    ordered = in_review_order(items)
    following = _following(ordered)
    views = [_item(i, glossary, following=following[i.statement.id]) for i in ordered]
    pairs = list(zip(ordered, views, strict=True))
    found = (
        Group(name, heading, about, tuple(view for item, view in pairs if _group(item) == name))
        for name, heading, about in _GROUPS
    )
    return tuple(group for group in found if group.items)


def _following(ordered: Sequence[Item]) -> dict[str, str]:
    """Return the id of the open statement that comes after each, from the last on to the first."""
    open_ = [item.statement.id for item in ordered if not item.verdict.settles]
    following, later = dict[str, str](), open_[0] if open_ else ""
    for item in reversed(ordered):
        name = item.statement.id
        following[name] = "" if later == name else later
        later = later if item.verdict.settles else name
    return following


def _group(item: Item) -> str:
    if not item.certain:
        return "uncertain"
    return "sample" if item.sampled else "certain"


def _item(item: Item, glossary: Glossary, *, following: str) -> ItemView:
    it, decision = item.statement, item.decision
    draft = Draft(it, () if decision is None else decision.actions)
    return ItemView(
        id=it.id,
        anchor=_anchor(it.paragraph),
        summary=summary_of(it, glossary),
        trigger=item.evidence.trigger,
        lines=tuple(_lines(item, glossary)),
        confidence="high"
        if it.confidence >= CERTAIN
        else "medium"
        if it.confidence >= _LOW
        else "low",
        percent=round(100 * round(it.confidence, 2)),
        reasons=(*item.problems, *it.reasons),
        verdict=item.verdict.value,
        word=_WORDS[item.verdict],
        by="" if decision is None else f"{decision.who}, {decision.time[:10]}",
        differs=item.differs,
        now=tuple(_now(item)),
        note="" if decision is None else decision.note,
        cells=tuple(
            CellView(name, _LABELS[name], cell.show(draft)) for name, cell in CELLS.items()
        ),
        following=following,
    )


def _lines(item: Item, glossary: Glossary) -> Iterator[Line]:
    """Yield the parts of a statement that say something."""
    it = item.statement
    level = "told inside another act" if it.level == "embedded" else "the report's own voice"
    yield Line("Kind", f"{it.type}{', not done' if it.negated else ''}, {level}")
    yield Line("Actor", _who(it.actor, it.actor_basis, glossary))
    if it.addressee:
        yield Line("Addressee", _who(it.addressee, it.addressee_basis or "", glossary))
    for iri in it.objects:
        yield Line("About", f"{glossary.label(iri)} ({show_thing(iri)})")
    for commitment in it.commitments:
        party = _who(commitment.committed_party, commitment.party_basis, glossary)
        due = f"; due {show_due(commitment.due)}" if commitment.due else ""
        condition = "; on a condition" if commitment.condition else ""
        said = f"{commitment.kind}, {commitment.strength}: {party}{due}{condition}"
        yield Line("Commitment", said)
    for amount in it.amounts:
        donor = _who(amount.donor, "stated" if amount.donor else "unstated", glossary)
        basis = ", inferred" if amount.currency_basis == "inferred" else ""
        yield Line("Amount", f"{amount.value} {amount.currency}{basis}, from {donor}")


def _now(item: Item) -> Iterator[Line]:
    """Yield what the last reading has instead of what was decided."""
    if item.differs and item.found is not None:
        for name in changes(item.statement, item.found):
            cell = CELLS.get(name)
            value = cell.show(Draft(item.found)) if cell else str(getattr(item.found, name))
            yield Line(_LABELS.get(name, name.replace("_", " ")), value or "nothing")


def _who(iri: str | None, basis: str, glossary: Glossary) -> str:
    if iri is None:
        return "not named"
    return glossary.label(iri) + ("" if basis == "stated" else f" ({basis})")


def paragraphs_of(
    extraction: Extraction, items: Sequence[Item], text: str | None
) -> tuple[ParagraphView, ...]:
    """Return the paragraphs of a report, with the text where it is at hand."""
    return tuple(_paragraph(place, items, text) for place in extraction.paragraphs)


def _paragraph(place: ParagraphPlace, items: Sequence[Item], text: str | None) -> ParagraphView:
    mine = [item for item in items if item.statement.paragraph == place.number]
    pieces = () if text is None else tuple(_pieces(place, mine, text))
    names = tuple(item.statement.id for item in mine)
    return ParagraphView(place.number, _anchor(place.number), place.start, place.end, pieces, names)


def _anchor(number: str) -> str:
    return "in-" + "".join(sign if sign.isalnum() else "-" for sign in number)


def _pieces(place: ParagraphPlace, items: Sequence[Item], text: str) -> Iterator[Piece]:
    """Yield the text of a paragraph, cut wherever a clause or a trigger begins or ends.

    It is cut at carriage returns, too, and they are left out: a browser would make line ends of
    them, and the places of selected text would be wrong.
    """
    cuts = {place.start, place.end}
    for item in items:
        it = item.statement
        cuts |= {it.start, it.end, it.trigger_start, it.trigger_end}
    for at in range(place.start, place.end):
        if text[at] == "\r":
            cuts |= {at, at + 1}
    ordered = sorted(cut for cut in cuts if place.start <= cut <= place.end)
    for start, end in pairwise(ordered):
        part = text[start:end]
        if part != "\r":
            inside = [i.statement for i in items if i.statement.start <= start < i.statement.end]
            trigger = any(s.trigger_start <= start < s.trigger_end for s in inside)
            yield Piece(part, start, tuple(s.id for s in inside), trigger)


def progress_of(outcome: Outcome) -> str:
    """Return in one sentence how far a review is, and what the sample says."""
    said = f"{outcome.settled} of {outcome.total} statements are decided"
    said += f"; {outcome.left} that should be looked at are open." if outcome.left else "."
    bounds = outcome.precision
    if bounds is None:
        return said
    low, high = (round(100 * bound) for bound in bounds)
    return (
        f"{said} Of the sample {outcome.right} of {outcome.sample} were right: among the certain "
        f"ones it is likely between {low} and {high} in a hundred."
    )


def verbs_of(glossary: Glossary) -> tuple[VerbChoice, ...]:
    """Return the verbs that a missing statement may have."""
    found = (VerbChoice(name, verb.label) for name, verb in glossary.verbs.items() if verb.makes)
    return tuple(sorted(found, key=lambda choice: choice.label))

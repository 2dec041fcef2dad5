"""From what a reviewer says, in a sheet or on the page, to a decision that can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from neagraph.reports.evidence import Evidence, evidence_of
from neagraph.reports.reviewing.cells import CellError, Draft, change
from neagraph.reports.reviewing.decisions import Decision, Verdict
from neagraph.reports.reviewing.review import Item
from neagraph.reports.statements import Extraction
from neagraph.reports.wording import Glossary

_MOST_NOTE: Final = 2000
_PLACED: Final = frozenset({"start", "end"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a reviewer says of a statement.

    Args:
        id: Id of the statement; that of a missing one is made.
        verdict: What is said of it.
        texts: Name of a cell to its text; cells that are not there stay as they are.
        note: A remark; None to leave it as it is.
        extra: Columns of the reviewer's own; None to leave them as they are.
        quote: The clause of a missing statement, or words of it that hold the trigger word;
            brackets may stand around that word.
        paragraph: Number of the paragraph that it is in; empty if that is not said.
        verb: Its verb; empty to find it by the words.
    """

    id: str
    verdict: Verdict
    texts: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    extra: Mapping[str, str] | None = None
    quote: str = ""
    paragraph: str = ""
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reviewer works with.

    Args:
        extraction: The report as it was found.
        glossary: What the graph knows.
        text: The report's text; None where the user has not added it.
        who: Name of the reviewer.
        time: When, UTC, ISO 8601.
    """

    extraction: Extraction
    glossary: Glossary
    text: str | None
    who: str
    time: str


def decide(ruling: Ruling, item: Item, desk: Desk) -> Decision | None:
    """Return the decision on a statement; None if it says what was decided already.

    What was changed, or added by a person, stays that when it is accepted once more.

    Raises:
        CellError: If a text cannot be used, or does not fit the verdict.
    """
    former = item.decision or _nothing(item, desk)
    changed, edited = change(Draft(item.statement, former.actions), ruling.texts, desk.glossary)
    verdict = _verdict(ruling.verdict, former.verdict, edited)
    said = replace(
        former,
        verdict=verdict,
        note=former.note if ruling.note is None else note_of(ruling.note),
        extra=former.extra if ruling.extra is None else dict(ruling.extra),
    )
    if said == former and not edited:
        return None
    kept = former.edited if verdict is former.verdict else ()
    return replace(
        said,
        statement=changed.statement,
        evidence=_evidence(item, changed, edited, desk),
        who=desk.who,
        time=desk.time,
        rules=desk.extraction.rules if item.found else former.rules,
        actions=changed.actions,
        edited=tuple(sorted({*edited, *kept})),
    )


def renew(item: Item, desk: Desk) -> Decision | None:
    """Return the acceptance of what is found now, in the place of what was decided before.

    None is returned where nothing is found any more.
    """
    if item.found is None or item.fresh is None:
        return None
    bare = replace(_nothing(item, desk), verdict=Verdict.ACCEPT)
    found = replace(item.found, id=item.statement.id)
    return replace(bare, statement=found, evidence=item.fresh, place=item.place)


def _nothing(item: Item, desk: Desk) -> Decision:
    """Return the decision on a statement on which there is none yet."""
    return Decision(
        verdict=Verdict.OPEN,
        statement=item.statement,
        evidence=item.evidence,
        place=item.place,
        who=desk.who,
        time=desk.time,
        rules=desk.extraction.rules if item.found else "",
    )


def _verdict(said: Verdict, former: Verdict, edited: Sequence[str]) -> Verdict:
    own = former if former in {Verdict.EDIT, Verdict.MISSING} else None
    if edited and said not in {Verdict.EDIT, Verdict.MISSING}:
        raise CellError(edited[0], f'it was changed, and the decision is "{said}": write edit')
    if said is Verdict.EDIT and not edited and own is None:
        raise CellError("decision", "it says edit, and nothing was changed")
    return own if own and said in {Verdict.ACCEPT, Verdict.EDIT} else said


def _evidence(item: Item, draft: Draft, edited: Iterable[str], desk: Desk) -> Evidence:
    if not _PLACED.intersection(edited):
        return item.evidence
    if desk.text is None:
        raise CellError("start", "places can be changed only where the text is at hand")
    if draft.statement.end > len(desk.text):
        raise CellError("end", f"the text has {len(desk.text)} characters")
    return evidence_of(draft.statement, desk.text)


def note_of(text: str) -> str:
    """Return a remark.

    Raises:
        CellError: If it is too long.
    """
    if len(text) > _MOST_NOTE:
        raise CellError("note", f"a note has at most {_MOST_NOTE:,} characters")
    return text


def accept_rest(items: Iterable[Item], desk: Desk) -> list[Decision]:
    """Return the acceptance of each certain statement outside the sample that is not decided."""
    left = (i for i in items if i.certain and not i.sampled and i.verdict is Verdict.OPEN)
    rulings = ((item, Ruling(item.statement.id, Verdict.ACCEPT)) for item in left)
    note = "accepted with the sample"
    found = (decide(replace(ruling, note=note), item, desk) for item, ruling in rulings)
    return [decision for decision in found if decision is not None]

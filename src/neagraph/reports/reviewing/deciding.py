"""From what a reviewer says, in a sheet or on the page, to a decision that can be kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from neagraph.reports.evidence import Evidence, evidence_of
from neagraph.reports.reviewing.cells import CellError, Draft, change
from neagraph.reports.reviewing.decisions import Decision, Verdict
from neagraph.reports.reviewing.review import Item
from neagraph.reports.statements import Extraction, Statement
from neagraph.reports.wording import Glossary

_MOST_NOTE: Final = 2000
_ID: Final = re.compile(r"^p(?P<paragraph>.+)-s(?P<sentence>\d+)-(?P<letter>[a-z])$")
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
        quote: The trigger word of a missing statement, or text that holds it.
        verb: Its verb; empty to find it by the words.
    """

    id: str
    verdict: Verdict
    texts: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    extra: Mapping[str, str] | None = None
    quote: str = ""
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
        note=former.note if ruling.note is None else _note(ruling.note),
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


def _note(text: str) -> str:
    if len(text) > _MOST_NOTE:
        raise CellError("note", f"a note has at most {_MOST_NOTE:,} characters")
    return text


# ---- What was not found --------------------------------------------------------------------------


def add_missing(ruling: Ruling, items: Iterable[Item], desk: Desk) -> Decision | None:
    """Return the decision that the report says something that was not found; None for one told.

    Args:
        ruling: What is said of it: the texts `start` and `end` of its clause, and a verb or the
            trigger word.
        items: What is known of the report.
        desk: What the reviewer works with.

    Raises:
        CellError: If it cannot be placed, or no verb is to be found in it.
    """
    if desk.text is None:
        raise CellError("start", "what is missing can be told only where the text is at hand")
    start, end = _span(ruling.texts, len(desk.text))
    place = next((p for p in desk.extraction.paragraphs if p.start <= start and end <= p.end), None)
    if place is None:
        raise CellError("start", "the clause does not lie in one paragraph")
    verb, trigger = _trigger(desk, ruling, (start, end))
    known = [item for item in items if item.statement.paragraph == place.number]
    there = [item for item in known if item.place == trigger]
    if there and there[0].verdict is Verdict.MISSING:
        return None
    if there:
        raise CellError("start", f"{there[0].statement.id} was found with this trigger word")
    statement = Statement(
        id=_next_id(place.number, [item.statement for item in known], trigger[0]),
        paragraph=place.number,
        level="main",
        type=desk.glossary.verbs[verb].makes,
        verb=verb,
        start=start,
        end=end,
        trigger_start=trigger[0],
        trigger_end=trigger[1],
        acted_at=desk.extraction.meeting,
    )
    rest = {name: text for name, text in ruling.texts.items() if name not in _PLACED and text}
    draft, _ = change(Draft(statement), rest, desk.glossary)
    return Decision(
        verdict=Verdict.MISSING,
        statement=draft.statement,
        evidence=evidence_of(draft.statement, desk.text),
        place=trigger,
        who=desk.who,
        time=desk.time,
        rules="",
        actions=draft.actions,
        note=_note(ruling.note or ""),
        extra=dict(ruling.extra or {}),
    )


def _span(texts: Mapping[str, str], length: int) -> tuple[int, int]:
    found = dict[str, int]()
    for name in ("start", "end"):
        text = texts.get(name, "").strip()
        if not re.fullmatch(r"\d{1,12}", text):
            raise CellError(name, f'"{text}" is no position: write a whole number')
        found[name] = int(text)
    if not found["start"] < found["end"] <= length:
        raise CellError("end", f"it must lie behind the start and within {length} characters")
    return found["start"], found["end"]


def _trigger(desk: Desk, ruling: Ruling, span: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """Return the verb of a clause, and where the word stands that tells it."""
    clause = (desk.text or "")[span[0] : span[1]].lower()
    verbs = desk.glossary.verbs
    if ruling.verb and ruling.verb not in verbs:
        raise CellError("verb", f'there is no verb "{ruling.verb}"')
    found = list[tuple[int, int, str]]()
    for name in [ruling.verb] if ruling.verb else sorted(verbs):
        for form in verbs[name].forms if verbs[name].makes else ():
            if not ruling.quote or form in ruling.quote.lower():
                match = re.search(rf"\b{re.escape(form)}\b", clause)
                found += [(match.start(), -len(form), name)] if match else []
    if not found:
        raise CellError("quote", "no verb of the vocabulary stands in this clause")
    first, length, name = min(found)
    return name, (span[0] + first, span[0] + first - length)


def _next_id(paragraph: str, known: Iterable[Statement], at: int) -> str:
    """Return an id with the next letter in the sentence of the nearest statement before."""
    sentence, used = 1, dict[int, set[str]]()
    for statement in sorted(known, key=lambda s: s.trigger_start):
        parts = _ID.match(statement.id)
        if parts:
            used.setdefault(int(parts["sentence"]), set()).add(parts["letter"])
            sentence = int(parts["sentence"]) if statement.trigger_start <= at else sentence
    letters = "abcdefghijklmnopqrstuvwxyz"
    free = [letter for letter in letters if letter > max(used.get(sentence, {""}))]
    if not free:
        raise CellError("id", "there is no letter left for another statement of this sentence")
    return f"p{paragraph}-s{sentence}-{free[0]}"


def accept_rest(items: Iterable[Item], desk: Desk) -> list[Decision]:
    """Return the acceptance of each certain statement outside the sample that is not decided."""
    left = (i for i in items if i.certain and not i.sampled and i.verdict is Verdict.OPEN)
    rulings = ((item, Ruling(item.statement.id, Verdict.ACCEPT)) for item in left)
    note = "accepted with the sample"
    found = (decide(replace(ruling, note=note), item, desk) for item, ruling in rulings)
    return [decision for decision in found if decision is not None]

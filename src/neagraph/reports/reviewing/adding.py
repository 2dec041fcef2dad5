"""What a report says and the passes have not found: a reviewer tells it by its place or words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from neagraph.reports.evidence import evidence_of
from neagraph.reports.numbering import paragraph_keys
from neagraph.reports.reviewing.cells import CellError, Draft, change, raise_any, wrong_in
from neagraph.reports.reviewing.deciding import Desk, Ruling, note_of
from neagraph.reports.reviewing.decisions import Decision, Verdict
from neagraph.reports.reviewing.review import Item
from neagraph.reports.statements import Statement
from neagraph.reports.wording import MOST_WRITTEN

_ID: Final = re.compile(r"^p(?P<paragraph>.+)-s(?P<sentence>\d+)-(?P<letter>[a-z])$")
_PLACED: Final = frozenset({"start", "end"})
_MARKED: Final = re.compile(r"(.*)\[\s*([^\[\]\s][^\[\]]*)\](.*)", re.DOTALL)
_OPEN: Final = "\ue000"  # stand for brackets that mark, which no report has
_CLOSE: Final = "\ue001"
_NOWHERE: Final = Statement("", "", "main", "", "", 0, 0, 0, 0)
Span = tuple[int, int]


def add_missing(ruling: Ruling, items: Iterable[Item], desk: Desk) -> Decision | None:
    """Return the decision that the report says something that was not found; None for one told.

    Its clause is told by the texts `start` and `end` or, without both, by a quote that stands in
    the report once. The word that tells the act is a form of a verb of the vocabulary; where the
    verb is named, any words with brackets around them in the quote will do.

    Args:
        ruling: What is said of it.
        items: What is known of the report.
        desk: What the reviewer works with.

    Raises:
        CellError: If it cannot be placed, no verb is to be found in it, or a text cannot be used.
    """
    rest = {name: text for name, text in ruling.texts.items() if name not in _PLACED and text}
    raise_any(
        (
            *wrong_in(partial(_placed, ruling, desk)),
            *wrong_in(partial(change, Draft(_NOWHERE), rest, desk.glossary)),
        )
    )
    statement = _placed(ruling, desk)
    known = [item for item in items if item.statement.paragraph == statement.paragraph]
    trigger = (statement.trigger_start, statement.trigger_end)
    there = [item for item in known if item.place == trigger]
    if there and there[0].verdict is Verdict.MISSING:
        return None
    if there:
        cell = "start" if _told_by_place(ruling) else "quote"
        raise CellError(cell, f"{there[0].statement.id} was found with this trigger word")
    draft, _ = change(Draft(statement), rest, desk.glossary)
    name = _next_id(statement, [item.statement for item in known], desk)
    named = replace(draft.statement, id=name)
    return Decision(
        verdict=Verdict.MISSING,
        statement=named,
        evidence=evidence_of(named, desk.text or ""),
        place=trigger,
        who=desk.who,
        time=desk.time,
        rules="",
        actions=draft.actions,
        note=note_of(ruling.note or ""),
        extra=dict(ruling.extra or {}),
    )


def _placed(ruling: Ruling, desk: Desk) -> Statement:
    """Return a statement that has its place, its verb and what that makes, and no id."""
    if desk.text is None:
        raise CellError(
            "start",
            "what is missing can be told only where the text is at hand; "
            "add it with: neagraph source add FILE",
        )
    by_place = _told_by_place(ruling)
    start, end = _span(ruling.texts, len(desk.text)) if by_place else _quoted(ruling, desk)
    cell = "start" if by_place else "quote"
    place = next((p for p in desk.extraction.paragraphs if p.start <= start and end <= p.end), None)
    if place is None:
        raise CellError(cell, "the clause does not lie in one paragraph")
    verb, trigger = _trigger(desk, ruling, (start, end))
    return Statement(
        id="",
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


# ---- Its clause ----------------------------------------------------------------------------------


def _told_by_place(ruling: Ruling) -> bool:
    return any(ruling.texts.get(name, "").strip() for name in _PLACED) or not ruling.quote.strip()


def _span(texts: Mapping[str, str], length: int) -> Span:
    found = dict[str, int]()
    for name in ("start", "end"):
        text = texts.get(name, "").strip()
        if not re.fullmatch(r"\d{1,12}", text):
            raise CellError(
                name,
                f'"{text}" is no position: write a whole number, or leave start and end empty and '
                "write the words of the clause into quote",
            )
        found[name] = int(text)
    if not found["start"] < found["end"] <= length:
        raise CellError("end", f"it must lie behind the start and within {length} characters")
    return found["start"], found["end"]


def _quoted(ruling: Ruling, desk: Desk) -> Span:
    """Return where the quote stands, which must be at one place."""
    text = desk.text or ""
    where, within = "the report", [(0, len(text))]
    if ruling.paragraph:
        where, within = f"paragraph {ruling.paragraph}", _paragraphs(ruling, desk)
    pattern = _pattern(ruling.quote, text)
    found = [match.span() for span in within for match in pattern.finditer(text, *span)]
    if not found:
        raise CellError("quote", f"these words do not stand in {where}: copy them from its text")
    if len(found) > 1:
        more = "take more of them" if ruling.paragraph else "tell the paragraph, or take more"
        raise CellError("quote", f"these words stand {len(found)} times in {where}: {more}")
    return found[0]


def _paragraphs(ruling: Ruling, desk: Desk) -> list[Span]:
    """Return where a paragraph and its items stand: 6 with 6(a) and 6(b)."""
    items = f"{ruling.paragraph}("
    places = desk.extraction.paragraphs
    named = (p for p in places if p.number == ruling.paragraph or p.number.startswith(items))
    found = [(p.start, p.end) for p in named]
    if not found:
        raise CellError("paragraph", f'the report has no paragraph "{ruling.paragraph}"')
    return found


def _pattern(quote: str, text: str) -> re.Pattern[str]:
    """Return what finds a quote; its only group is what brackets mark that the text has not."""
    quote = quote.replace(_OPEN, "").replace(_CLOSE, "")
    plain = _found_by(quote)
    marked = _MARKED.fullmatch(quote)
    if marked is None or plain.search(text):
        return plain
    before, inside, after = marked.groups()
    return _found_by(f"{before}{_OPEN}{inside.strip()}{_CLOSE}{after}")


def _found_by(words: str) -> re.Pattern[str]:
    """Return what finds words, whatever space is between them and however quotes are drawn."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    for alike in ("'‘’", '"“”'):  # noqa: RUF001  the ones that word processors draw
        pattern = re.sub(f"[{alike}]", f"[{alike}]", pattern)
    pattern = pattern.replace(_OPEN, "(").replace(_CLOSE, ")")
    return re.compile(rf"(?<!\w){pattern}(?!\w)")


# ---- Its verb ------------------------------------------------------------------------------------


def _trigger(desk: Desk, ruling: Ruling, span: Span) -> tuple[str, Span]:
    """Return the verb of a clause, and where the word stands that tells it."""
    verbs = desk.glossary.verbs
    if ruling.verb and ruling.verb not in verbs:
        raise CellError("verb", f'there is no verb "{ruling.verb}"')
    text = desk.text or ""
    marked = _marked(ruling.quote, text, span)
    if marked and ruling.verb:
        return ruling.verb, marked
    first, last = marked or span
    quote = "" if marked else ruling.quote
    held = " ".join((quote or text[first:last]).lower().split())
    found = list[tuple[int, int, str]]()
    for name in [ruling.verb] if ruling.verb else sorted(verbs):
        for form in verbs[name].forms if verbs[name].makes else ():
            place = _place_of(form, text, (first, last)) if form in held else None
            found += [(place[0], -place[1], name)] if place else []
    if not found:
        raise CellError("quote", _no_verb(ruling))
    start, end, name = min(found)
    return name, (start, -end)


def _marked(quote: str, text: str, span: Span) -> Span | None:
    """Return where the words stand that brackets mark in a quote; None for no mark."""
    pattern = _pattern(quote, text)
    found = pattern.search(text, *span) if pattern.groups else None
    if found is None:
        return None
    if len(found[1]) > MOST_WRITTEN:
        raise CellError("quote", "the brackets hold too much: mark the word that tells the act")
    return found.span(1)


def _place_of(form: str, text: str, within: Span) -> Span | None:
    """Return where a form of a verb stands first."""
    words = r"\s+".join(map(re.escape, form.split()))
    found = re.compile(rf"\b{words}\b", re.IGNORECASE).search(text, *within)
    return found.span() if found else None


def _no_verb(ruling: Ruling) -> str:
    verb = f'form of "{ruling.verb}"' if ruling.verb else "verb of the vocabulary"
    return (
        f"no {verb} stands in this clause: name the verb and the word that stands for it; in a "
        'sheet, write the verb into a column "verb" and mark the word, "not to [change] it"'
    )


# ---- Its id --------------------------------------------------------------------------------------


def _next_id(it: Statement, known: Iterable[Statement], desk: Desk) -> str:
    """Return an id with the next letter in the sentence of the nearest statement before."""
    sentence, used = 1, dict[int, set[str]]()
    for statement in sorted(known, key=lambda s: s.trigger_start):
        parts = _ID.match(statement.id)
        if parts:
            used.setdefault(int(parts["sentence"]), set()).add(parts["letter"])
            sentence = (
                int(parts["sentence"]) if statement.trigger_start <= it.trigger_start else sentence
            )
    letters = "abcdefghijklmnopqrstuvwxyz"
    free = [letter for letter in letters if letter > max(used.get(sentence, {""}))]
    if not free:
        raise CellError("id", "there is no letter left for another statement of this sentence")
    places = desk.extraction.paragraphs
    keys = dict(zip((p.number for p in places), paragraph_keys(places), strict=True))
    return f"p{keys[it.paragraph]}-s{sentence}-{free[0]}"

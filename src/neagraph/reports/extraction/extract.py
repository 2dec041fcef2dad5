"""From a report to statements: the passes in order, and the values that they yield."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from neagraph.reports.document import Document, Paragraph, Segments, Sentence, Token
from neagraph.reports.extraction.confidence import confidence_of
from neagraph.reports.extraction.dates import DateFound, dates_in
from neagraph.reports.extraction.described import descriptions
from neagraph.reports.extraction.drafts import Draft, ParagraphReading, SentenceReading
from neagraph.reports.extraction.entities import PROVISIONAL, Finder, Found
from neagraph.reports.extraction.function_words import MODALS
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.money import money_in
from neagraph.reports.extraction.names import Entity
from neagraph.reports.extraction.passes import PASSES as SENTENCE_PASSES
from neagraph.reports.extraction.roles import Memory
from neagraph.reports.extraction.units import Masks, units_of
from neagraph.reports.extraction.yearless import yearless_dates
from neagraph.reports.segmentation.sentences import tokens_of
from neagraph.reports.spelling import key_of
from neagraph.reports.statements import (
    Commitment,
    EntityMention,
    Extraction,
    ParagraphPlace,
    Statement,
)

RULES: Final = "2"
"""Version of the passes; it changes whenever the same report may give other statements."""
_VERB_RULES: Final = ("participles", "participial clauses", "modal verbs", "unlisted verbs")
PASSES: Final = (
    "names",
    "dates",
    "money",
    SENTENCE_PASSES[0][0],
    *_VERB_RULES,
    *(name for name, _ in SENTENCE_PASSES[1:]),
    "confidence",
)
"""Names of the passes in their order; a statement lists those that had a part in it."""

_KEY_LENGTH: Final = 12
_PREAMBLE: Final = 4000
_OPENING: Final = 2
"""In so many first paragraphs a report tells when the meeting was held."""
_HELD: Final = re.compile(
    r"(?<!be )\b(?:held|met|took place|convened|gathered|assembled|opened)\b[^.;]{0,150}$"
)
"""Words before the date on which a meeting was held."""
_LEADS: Final = MODALS | {"to", "not"}
"""Words at the end of a lead behind which items begin with a bare infinitive."""
_LONGEST: Final = 300
"""So many words are read as one sentence at most."""

Progress = Callable[[int, int], None]


def extract(
    document: Document,
    segments: Segments,
    lexicon: Lexicon,
    *,
    meeting: str | None = None,
    progress: Progress | None = None,
) -> Extraction:
    """Return the statements, commitments and names of a report; the same input, the same output.

    Args:
        document: The report.
        segments: Its parts.
        lexicon: Words and names.
        meeting: IRI of the meeting that it is of; None to look for it in title and cover.
        progress: Called after each paragraph with the number done and the number of all.
    """
    finder = Finder(lexicon, meeting, document.sha256[:_KEY_LENGTH])
    memory = _memory(document, segments, finder, meeting)
    leads: dict[str, Draft] = {}
    readings: list[ParagraphReading] = []
    for done, paragraph in enumerate(segments.paragraphs, start=1):
        readings.append(_read(paragraph, memory, leads))
        if progress is not None:
            progress(done, len(segments.paragraphs))
    return Extraction(
        sha256=document.sha256,
        characters=len(document.text),
        title=document.title,
        meeting=memory.meeting,
        rules=RULES,
        paragraphs=tuple(
            ParagraphPlace(part.number, part.start, part.end, part.heading)
            for part in segments.paragraphs
        ),
        statements=tuple(s for reading in readings for s in _statements(reading, memory)),
        entities=tuple(mention for reading in readings for mention in _mentions(reading)),
    )


def _memory(document: Document, segments: Segments, finder: Finder, meeting: str | None) -> Memory:
    """Return what the cover tells: the meeting, its body, and the names around them."""
    names = finder.lexicon.names
    start, end = segments.preamble
    cover = f"{document.title}\n{document.text[start : min(end, start + _PREAMBLE)]}"
    found = [
        name
        for part in re.split(r"\n\s*\n", cover.replace("*", ""))
        for name in finder.find(tokens_of(part, 0, len(part)))
    ]
    if meeting is None:
        sessions = [
            item
            for item in found
            if finder.lexicon.is_a(names.get(item.iri), "BodySession") or item.type == "BodySession"
        ]
        meeting = sessions[0].iri if sessions else None
    entity = names.get(meeting)
    body = entity.one("sessionOf") if entity else finder.session_bodies.get(meeting or "", "")
    organs = (i.iri for i in found if _is_organ(finder.lexicon, names.get(i.iri)))
    body = body or next(organs, "")
    roots = [
        body,
        meeting,
        *(i.iri for i in found if finder.lexicon.is_a(names.get(i.iri), "Mechanism")),
    ]
    named = names.get(body)
    finder.meeting = meeting
    if entity is None:
        finder.body = body or finder.provisional("meeting")
        finder.number = finder.session_numbers.get(meeting or "", 0)
    finder.context = next((c for iri in roots if (c := names.context(iri))), frozenset())
    return Memory(
        lexicon=finder.lexicon,
        finder=finder,
        meeting=meeting,
        body=body or finder.provisional("meeting"),
        today=_day_of(segments, finder, cover),
        cover=frozenset(key_of(cover)) | frozenset(key_of(named.label if named else "")),
    )


def _is_organ(lexicon: Lexicon, entity: Entity | None) -> bool:
    return lexicon.is_a(entity, "Body") and not lexicon.is_a(entity, "Secretariat")


def _read(paragraph: Paragraph, memory: Memory, leads: dict[str, Draft]) -> ParagraphReading:
    text = paragraph.view.text
    tokens = tokens_of(text, 0, len(text))
    names = memory.finder.find(tokens)
    names = sorted([*names, *_described(tokens, names, memory)], key=lambda name: name.start)
    sums = money_in(text)
    names = [n for n in names if not any(m.start <= n.start and n.end <= m.end for m in sums)]
    masked = [name for name in names if name.masks]
    masks = Masks(
        tuple(names),
        tuple(d for d in _dates(text, memory.today) if not _inside(d.start, d.end, masked)),
        tuple(m for m in sums if not _inside(m.start, m.end, masked)),
    )
    reading = ParagraphReading(paragraph, masks)
    if not paragraph.parent:
        memory.new_paragraph()
    lead = leads.get(paragraph.parent)
    for sentence in _short(paragraph.sentences):
        units = units_of(sentence, text, masks, memory.lexicon)
        inside = [n for n in names if sentence.start <= n.start and n.end <= sentence.end]
        single = SentenceReading(paragraph, sentence, units, inside, lead)
        for _, step in SENTENCE_PASSES:
            step(single, memory)
        reading.sentences.append(single)
        lead = _lead(single, lead)
    if lead is not None:
        leads[paragraph.number] = lead
    reading.newcomers = tuple(dict.fromkeys(memory.newcomers))
    memory.newcomers.clear()
    return reading


def _short(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Give the sentences; one without end in parts, so that time grows with length alone."""
    for sentence in sentences:
        for first in range(0, max(len(sentence.tokens), 1), _LONGEST):
            tokens = sentence.tokens[first : first + _LONGEST]
            if len(tokens) == len(sentence.tokens):
                yield sentence
            else:
                yield replace(sentence, start=tokens[0].start, end=tokens[-1].end, tokens=tokens)


def _lead(reading: SentenceReading, lead: Draft | None) -> Draft | None:
    """Return the act that items behind a sentence belong to."""
    main = [draft for draft in reading.drafts if draft.act.level == "main"]
    last = [unit.low for unit in reading.units[-2:]]
    if main and last and last[-1] in {":", "to"}:
        main[-1].leads_to_verbs = not _LEADS.isdisjoint(last)
        return main[-1]
    return lead if reading.sentence.is_bullet else None


def _described(tokens: Sequence[Token], names: Sequence[Found], memory: Memory) -> Iterator[Found]:
    """Give the things that are described without a name, where no name stands."""
    for first, stop, label, kind in descriptions(memory.lexicon, tokens):
        start, end = tokens[first].start, tokens[stop - 1].end
        if not _inside(start, end, list(names)):
            iri = memory.finder.provisional(label)
            yield Found(start, end, iri, is_name=False, masks=False, label=label, type=kind)


def _dates(text: str, today: str | None) -> tuple[DateFound, ...]:
    return yearless_dates(text, date.fromisoformat(today) if today else None, dates_in(text))


def _day_of(segments: Segments, finder: Finder, cover: str) -> str | None:
    """Return the first day of the meeting: as the graph, the cover or the first words tell it."""
    known = finder.lexicon.names.times.get(finder.meeting or "", ("", ""))[0]
    told = [found.first for found in dates_in(cover) if found.precision != "year"]
    for paragraph in segments.paragraphs[:_OPENING]:
        text = paragraph.view.text
        told += [found.first for found in dates_in(text) if _HELD.search(text[: found.start])]
    return known or next(iter(told), None)


def _inside(start: int, end: int, names: list[Found]) -> bool:
    return any(name.start < end and start < name.end for name in names)


# ---- values --------------------------------------------------------------------------------------


def _mentions(reading: ParagraphReading) -> Iterator[EntityMention]:
    view = reading.paragraph.view
    names = (*reading.masks.names, *reading.newcomers)
    for found in sorted(names, key=lambda name: (name.start, -name.end)):
        start, end = view.raw_span(found.start, found.end)
        yield EntityMention(
            iri=found.iri,
            provisional=found.iri.startswith(PROVISIONAL),
            start=start,
            end=end,
            paragraph=reading.paragraph.number,
            label=found.label,
            type=found.type,
        )


def _statements(reading: ParagraphReading, memory: Memory) -> list[Statement]:
    counts: Counter[int] = Counter()
    for single in reading.sentences:
        number = single.sentence.number
        for draft in single.drafts:
            draft.id = f"p{reading.paragraph.number}-s{number}-{_letters(counts[number])}"
            counts[number] += 1
    return [
        _statement(single, draft, memory) for single in reading.sentences for draft in single.drafts
    ]


def _letters(count: int) -> str:
    """Return `a`, `b`, … `z`, `aa`, `ab`, …."""
    before, last = divmod(count, 26)
    return (_letters(before - 1) if before else "") + chr(ord("a") + last)


def _statement(reading: SentenceReading, draft: Draft, memory: Memory) -> Statement:
    act, actor = draft.act, draft.actor
    ids = {id(other.act): other.id for other in reversed(reading.drafts)}
    start, end = reading.raw(act.begin, act.end)
    trigger_start, trigger_end = reading.raw(act.at, act.stop)
    addressee = draft.addressees[0] if draft.addressees else None
    confidence, reasons = confidence_of(reading, draft)
    return Statement(
        id=draft.id,
        paragraph=reading.paragraph.number,
        level=act.level,
        type=act.type,
        verb=act.verb.name,
        start=min(start, trigger_start),
        end=max(end, trigger_end),
        trigger_start=trigger_start,
        trigger_end=trigger_end,
        actor=actor.iri if actor else None,
        actor_basis=actor.basis if actor else "unstated",
        addressee=addressee.iri if addressee else None,
        addressee_basis=_addressee_basis(draft),
        acted_at=actor.meeting if actor and actor.meeting else memory.meeting,
        parent=ids.get(id(act.parent)) if act.parent else None,
        responds_to=tuple(ids[id(other)] for other in draft.answers if id(other) in ids),
        objects=draft.objects,
        mentions=draft.mentions,
        topic=draft.topic,
        modality=act.modality,
        negated=act.negated,
        recurrence=draft.recurrence,
        amounts=draft.amounts,
        commitments=tuple(_commitments(draft)),
        confidence=confidence,
        reasons=reasons,
        passes=_passes(draft),
    )


def _addressee_basis(draft: Draft) -> str | None:
    if draft.addressees:
        return draft.addressees[0].basis
    return "unstated" if draft.act.verb.family == "Directive" else None


def _commitments(draft: Draft) -> Iterator[Commitment]:
    for place, bond in draft.bonds:
        start, end = place.raw(*bond.span)
        value = Commitment(
            kind=bond.kind,
            committed_party=bond.party.iri if bond.party else None,
            party_basis=bond.party.basis if bond.party else "unstated",
            owed_to=tuple(role.iri for role in bond.owed_to),
            strength=bond.strength,
            start=start,
            end=end,
            due=bond.due,
            condition=bond.condition,
        )
        yield from [value] * bond.repeats


def _passes(draft: Draft) -> tuple[str, ...]:
    fired = {"names", draft.act.rule, "clauses", "roles", "confidence"}
    fired |= {"commitments"} if draft.bonds else set()
    fired |= {"dates"} if any(bond.due for _, bond in draft.bonds) else set()
    fired |= {"money", "sums"} if draft.amounts else set()
    fired |= {"answers"} if draft.answers else set()
    fired |= {"recurrence"} if draft.recurrence else set()
    fired |= {"topics"} if draft.topic else set()
    return tuple(name for name in PASSES if name in fired)

"""Statements in the making: what the passes know of a sentence and of each act in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from neagraph.reports.document import Paragraph, Sentence
from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.commitments import Bond
from neagraph.reports.extraction.entities import Found
from neagraph.reports.extraction.lexicon import Verb
from neagraph.reports.extraction.roles import Role
from neagraph.reports.extraction.units import Masks, Unit
from neagraph.reports.statements import Amount


@dataclass(slots=True, eq=False)
class Draft:
    """An act of one actor on its way to a statement.

    Args:
        act: The act.
        actor: Who acts; None if unstated.
        addressees: To whom.
        bonds: What it commits to, each with the place of its sentence.
        amounts: The money in it.
        objects: What it is about.
        mentions: What else its clause names.
        answers: The acts that it answers.
        topic: Its topic.
        recurrence: How often.
        id: Its id, once the sentence is read.
        leads_to_verbs: Whether items behind it begin with a bare infinitive: `asked X to: …`.
    """

    act: Act
    actor: Role | None = None
    addressees: tuple[Role, ...] = ()
    bonds: list[tuple[SentenceReading, Bond]] = field(default_factory=list)
    amounts: tuple[Amount, ...] = ()
    objects: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    answers: tuple[Act, ...] = ()
    topic: str | None = None
    recurrence: str | None = None
    id: str = ""
    leads_to_verbs: bool = False


@dataclass(slots=True, eq=False)
class SentenceReading:
    """A sentence and what the passes have found in it.

    Args:
        paragraph: Its paragraph.
        sentence: The sentence.
        units: Its units.
        names: The names in it, those inside longer ones included.
        lead: The act that the words before the list tell, for an item of a list.
        verbs: Acts told by verbs.
        nouns: Acts told by nouns.
        own: Identity of an act to the verb of its speaker's own noun.
        acts: All acts, bounded, in order.
        actors: Identity of an act to who does it.
        drafts: The acts, one for each actor.
    """

    paragraph: Paragraph
    sentence: Sentence
    units: Sequence[Unit]
    names: Sequence[Found] = ()
    lead: Draft | None = None
    verbs: list[Act] = field(default_factory=list)
    nouns: list[Act] = field(default_factory=list)
    own: dict[int, Verb] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    actors: dict[int, tuple[Role, ...]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The view of the paragraph."""
        return self.paragraph.view.text

    def raw(self, first: int, behind: int) -> tuple[int, int]:
        """Return the raw span of some units."""
        behind = max(behind, first + 1)
        return self.paragraph.view.raw_span(self.units[first].start, self.units[behind - 1].end)


@dataclass(slots=True, eq=False)
class ParagraphReading:
    """A paragraph and what the passes have found in it.

    Args:
        paragraph: The paragraph.
        masks: Names, dates and sums in it.
        sentences: Its sentences.
        newcomers: Agents in it that only their part in an act shows.
    """

    paragraph: Paragraph
    masks: Masks
    sentences: list[SentenceReading] = field(default_factory=list)
    newcomers: tuple[Found, ...] = ()

"""A sentence while its verbs are read: the units, and the acts found so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from neagraph.reports.extraction.acts import Act, Span
from neagraph.reports.extraction.function_words import PREPOSITIONS
from neagraph.reports.extraction.lexicon import Form, Lexicon
from neagraph.reports.extraction.phrases import Group, is_agent
from neagraph.reports.extraction.units import Unit


class Candidate(NamedTuple):
    """A verb form that may be an act.

    Args:
        form: What it is a form of.
        at: Its first unit.
        stop: Behind it.
        group: Auxiliaries and adverbs before it.
        refuses: Whether its words turn something down: `declined`, `decided not to`.
        says_no: Whether it has a `no` in it: `took no decision`.
    """

    form: Form
    at: int
    stop: int
    group: Group
    says_no: bool = False
    refuses: bool = False

    def act(self) -> Act:
        """Return the act that this is, to be completed."""
        return Act(
            self.form.verb,
            self.form.verb.type,
            self.at,
            self.stop,
            form=self.form.kind,
            negated=self.group.is_negated or self.says_no or self.refuses,
            begin=min(self.group.first, self.at),
        )


@dataclass(slots=True)
class Scan:
    """A sentence that is read from left to right.

    Args:
        units: The sentence.
        lexicon: Words.
        is_item: Whether it is an item of a list, its subject being left out.
        acts: The acts found so far.
    """

    units: Sequence[Unit]
    lexicon: Lexicon
    is_item: bool = False
    acts: list[Act] = field(default_factory=list)

    def low(self, place: int) -> str:
        """Return the word at a place in lower case; empty outside the sentence."""
        return self.units[place].low if 0 <= place < len(self.units) else ""

    def is_agent(self, place: int, *, whole: bool = False) -> bool:
        """Return whether a phrase that begins at a place names someone who can act."""
        return is_agent(self.units, place, self.lexicon, whole=whole)

    def has_agent(self, subject: Span) -> bool:
        """Return whether a subject names someone who can act."""
        return self.is_agent(subject[0])

    def is_prepositional(self, place: int) -> bool:
        """Return whether a preposition other than `to` stands at a place."""
        return self.low(place) in PREPOSITIONS and self.low(place) != "to"

    @property
    def last(self) -> Act | None:
        """The last act found."""
        return self.acts[-1] if self.acts else None

    @property
    def last_main(self) -> Act | None:
        """The last main act found."""
        return next((act for act in reversed(self.acts) if act.level == "main"), None)

    @property
    def last_stop(self) -> int:
        """The place behind the last trigger."""
        return self.acts[-1].stop if self.acts else 0

    def main_like(self, kind: str) -> Act | None:
        """Return the last main act whose verb form can be joined with one of a kind."""
        fits = (
            act
            for act in reversed(self.acts)
            if act.level == "main" and (act.form == kind or {act.form, kind} == {"modal", "base"})
        )
        return next(fits, None)

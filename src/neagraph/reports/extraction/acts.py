"""An act as the grammar of its sentence tells it."""

from __future__ import annotations

from dataclasses import dataclass

from neagraph.reports.extraction.lexicon import Verb

Span = tuple[int, int]
"""Half-open places of units in a sentence."""


@dataclass(slots=True, eq=False)
class Act:
    """An act as the grammar of its sentence tells it; all places count units of the sentence.

    Args:
        verb: Its verb.
        type: Class of statement.
        at: First unit of the trigger.
        stop: Behind the trigger.
        level: `main` or `embedded`.
        rule: Name of the pass that found it.
        subject: Units of the subject; None if it is taken over or missing.
        like: The act whose subject it takes over.
        parent: The act that it is told in.
        form: Kind of verb form: `past`, `third`, `base`, `ing`, `adjective`, `noun`, `modal`.
        passive: Whether the subject is what is acted on.
        negated: Whether it was not done.
        modality: Its modal verb.
        begin: First unit of its clause.
        end: Behind its clause.
        object_at: Where its object begins if the verb is left out before it; 0 for right behind.
    """

    verb: Verb
    type: str
    at: int
    stop: int
    level: str = "main"
    rule: str = "finite verbs"
    subject: Span | None = None
    like: Act | None = None
    parent: Act | None = None
    form: str = "past"
    passive: bool = False
    negated: bool = False
    modality: str | None = None
    begin: int = 0
    end: int = 0
    object_at: int = 0

    def tell_in(self, parent: Act | None, rule: str = "") -> Act:
        """Make this an act that another one tells, found by a rule; return it."""
        self.level, self.parent = "embedded", parent
        self.rule = rule or self.rule
        return self

"""How sure a statement is: a product of stated factors, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from neagraph.reports.extraction.drafts import Draft, SentenceReading
from neagraph.reports.extraction.entities import PROVISIONAL

_RULES: Final = {
    "nominal acts": (0.9, "A noun tells the act."),
    "participles": (0.9, "A participle tells the act."),
    "participial clauses": (0.9, "A participle tells the act."),
    "modal verbs": (0.85, "A modal verb tells the act."),
    "unlisted verbs": (0.6, "The vocabulary does not have the verb."),
}
_LONG: Final = 60


def confidence_of(reading: SentenceReading, draft: Draft) -> tuple[float, tuple[str, ...]]:
    """Return how sure the passes are of a statement, from 0 to 1, and why not more.

    Args:
        reading: The sentence.
        draft: The statement in the making.
    """
    confidence = 1.0
    reasons: list[str] = []
    for factor, reason in _factors(reading, draft):
        confidence *= factor
        reasons.append(reason)
    return round(confidence, 3), tuple(reasons)


def _factors(reading: SentenceReading, draft: Draft) -> Iterator[tuple[float, str]]:
    if draft.act.rule in _RULES:
        yield _RULES[draft.act.rule]
    yield from _of_actor(draft)
    yield from _of_commitments(draft)
    if len(reading.units) > _LONG:
        yield 0.9, "The sentence is long."


def _of_actor(draft: Draft) -> Iterator[tuple[float, str]]:
    act, actor = draft.act, draft.actor
    if actor is None:
        yield 0.95, "Nobody is named who acts."
    elif actor.basis == "inferred":
        yield 0.7, "Who acts is inferred from the context."
    elif act.form != "noun" and act.subject is None and not act.passive:
        yield 0.95, "The subject is taken over from the words before."
    if actor is not None and actor.iri.startswith(PROVISIONAL):
        yield 0.9, "The graph does not know who acts."


def _of_commitments(draft: Draft) -> Iterator[tuple[float, str]]:
    for _, bond in draft.bonds[:1]:
        if bond.party is None:
            yield 0.8, "Nobody is named who is bound."
        elif bond.party.basis == "inferred":
            yield 0.8, "Who is bound is inferred from the context."
    if any(bond.due and bond.due.basis == "inferred" for _, bond in draft.bonds):
        yield 0.8, "The words of the deadline date something else."
    if any(bond.condition for _, bond in draft.bonds):
        yield 0.95, "What is to be done depends on a condition."

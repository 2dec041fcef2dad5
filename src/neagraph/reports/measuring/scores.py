"""Scores of an extraction, as values, as text and as JSON.

All figures are counts of right, found and wanted, so that those of several reports add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

BIN_STARTS: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Where the bins of confidence begin."""

MEASURES: Final = {
    "paragraphs": "same number, and the shared part is at least .9 of the longer one",
    "main acts": "level main in both, the triggers share a character; one to one",
    "embedded acts": "the same for level embedded",
    "type": "matched acts with the same class, both done or both negated",
    "actor": "matched acts whose actor is the same; found and wanted: those that name one",
    "addressee": "the same for the addressee; where the annotation has several, one of them",
    "committed party": "the same for the party of commitments whose actions match",
    "deadlines": "matched commitments with the same first and last day; found and wanted: those "
    "that have a deadline",
    "amounts": "places share a character; value, currency, its basis and donor are the same",
    "commitments strict": "lenient, and the same deadline or none in both",
    "commitments lenient": "the shared part of the actions is at least half of the longer one, "
    "one to one, and the party is the same or unstated in both",
    "entities": "pairs of paragraph and entity, by name or description; optional ones left out",
    "named entities": "the same by name alone; descriptions left out too",
}
"""What each measure counts as right."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one measure.

    Args:
        right: How many were found and are right.
        found: How many the extraction has.
        wanted: How many the annotation has.
    """

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """Return the share of right ones among those found; 1 if none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of found ones among those wanted; 1 if none was wanted."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall; 1 if none was found or wanted."""
        both = self.found + self.wanted
        return 2 * self.right / both if both else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.wanted + other.wanted)


@dataclass(frozen=True, slots=True)
class Miss:
    """A difference between extraction and annotation.

    Args:
        paragraph: Number of the paragraph; empty outside paragraphs.
        start: Where it begins.
        end: Where it ends.
        what: What is wrong, such as `missing main act` or `actor`.
        wanted: What the annotation has; empty for nothing.
        found: What the extraction has; empty for nothing.
    """

    paragraph: str
    start: int
    end: int
    what: str
    wanted: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements whose confidence is at least `low`, and below the next bin's.

    Args:
        low: Where the bin begins.
        count: How many statements are in it.
        confidence: The sum of their confidence.
        right: How many of them are right: matched to an act of the annotation, same type, same
            actor.
    """

    low: float
    count: int
    confidence: float
    right: int

    @property
    def mean_confidence(self) -> float:
        """Return the mean confidence; 0 for an empty bin."""
        return self.confidence / self.count if self.count else 0.0

    @property
    def share_right(self) -> float:
        """Return the share of right ones; 0 for an empty bin."""
        return self.right / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the comparison gave.

    Args:
        scores: Score of each measure; `MEASURES` says what they are.
        confidence: The bins of confidence, from low to high.
        errors: Every difference, in the order of the text.
    """

    scores: Mapping[str, Score]
    confidence: tuple[Bin, ...]
    errors: tuple[Miss, ...]


def merge(evaluations: Iterable[Evaluation]) -> Evaluation:
    """Return the sum of several evaluations; the errors stand one after the other."""
    scores = dict.fromkeys(MEASURES, Score(0, 0, 0))
    bins = [Bin(low, 0, 0.0, 0) for low in BIN_STARTS]
    errors: list[Miss] = []
    for evaluation in evaluations:
        scores = {name: score + evaluation.scores[name] for name, score in scores.items()}
        bins = [_sum(one, other) for one, other in zip(bins, evaluation.confidence, strict=True)]
        errors += evaluation.errors
    return Evaluation(scores, tuple(bins), tuple(errors))


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as plain values: `scores`, `confidence`, `errors`."""
    return {
        "scores": {
            name: {
                **asdict(score),
                "precision": round(score.precision, 4),
                "recall": round(score.recall, 4),
                "f1": round(score.f1, 4),
            }
            for name, score in evaluation.scores.items()
        },
        "confidence": [
            {
                "from": part.low,
                "count": part.count,
                "mean_confidence": round(part.mean_confidence, 4),
                "share_right": round(part.share_right, 4),
            }
            for part in evaluation.confidence
        ],
        "errors": [asdict(error) for error in evaluation.errors],
    }


def to_text(evaluation: Evaluation) -> str:
    """Return an evaluation as three tables: scores, reliability of confidence, errors."""
    lines = [f"{'':20}      P      R     F1  right  found  wanted"]
    lines += [
        f"{name:20} {score.precision:6.3f} {score.recall:6.3f} {score.f1:6.3f}"
        f" {score.right:6} {score.found:6} {score.wanted:7}"
        for name, score in evaluation.scores.items()
    ]
    lines += ["", "confidence from  statements   mean  share right"]
    lines += [
        f"{part.low:15.1f} {part.count:11} {part.mean_confidence:6.2f} {part.share_right:12.2f}"
        for part in evaluation.confidence
        if part.count
    ]
    number = len(evaluation.errors)
    lines += ["", f"{number} error{'' if number == 1 else 's'}"]
    lines += [
        f"  {'¶ ' + error.paragraph if error.paragraph else 'outside':8} {error.start}-{error.end}"
        f"  {error.what}: {error.wanted or '-'} → {error.found or '-'}"
        for error in evaluation.errors
    ]
    return "\n".join(lines) + "\n"


def _sum(one: Bin, other: Bin) -> Bin:
    return Bin(
        one.low,
        one.count + other.count,
        one.confidence + other.confidence,
        one.right + other.right,
    )

"""How far a validation has come, for those who wait for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from neagraph.rdf.terms import BlankNode
from neagraph.validation.checks import Check
from neagraph.validation.paths import show_path


class Step(NamedTuple):
    """What a validation is about to do.

    Args:
        done: How many checks are behind it.
        total: How many there are; 0 where that is not known yet.
        what: What it looks at now, for people.
    """

    done: int
    total: int
    what: str

    def __str__(self) -> str:
        share = f"{self.done} of {self.total} checks done, now " if self.total else ""
        return share + self.what


READING: Final = Step(0, 0, "reading the data")
REASONING: Final = Step(0, 0, "looking for contradictions with the axioms")
PLACING: Final = Step(0, 0, "looking for the places in the text")

Tell = Callable[[Step], object]
"""Takes each step when it begins."""


def untold(_: Step) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Steps:
    """Counts checks as they begin.

    Args:
        total: How many there will be.
        tell: Takes each step.
    """

    total: int
    tell: Tell
    _begun: int = 0

    def begin(self, what: str) -> None:
        """Tell of the next step."""
        self.tell(Step(self._begun, self.total, what))
        self._begun += 1

    def each(self, checks: Iterable[Check]) -> Iterator[Check]:
        """Yield checks, each told of before it is run."""
        for check in checks:
            self.begin(name_of(check))
            yield check


def name_of(check: Check) -> str:
    """Return what a check looks at: the shape, the property and the kind of constraint."""
    nameless = isinstance(check.shape.node, BlankNode)
    path = None if nameless else check.shape.path
    parts = (check.shape.name, "" if path is None else show_path(path), check.constraint.name)
    return " ".join(filter(None, parts))

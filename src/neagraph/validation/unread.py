"""Data that could not be read: reports tell of them besides what was found in the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from neagraph.errors import NeagraphError
from neagraph.rdf.positions import Place

UNREADABLE: Final = "unreadable"
"""What stands in the place of a rule."""
_PLACE: Final = re.compile(r":(\d+):(\d+)$")


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that could not be read, and so was not checked.

    Args:
        source: The path of its file, or `-`.
        message: What is wrong with it.
        hint: What to do next; empty where there is nothing to add.
        place: Where it is wrong; None where that is not known, as of a missing file.
    """

    source: str
    message: str
    hint: str
    place: Place | None = None

    @classmethod
    def because(cls, error: NeagraphError, source: str) -> Unread:
        """Return what an error says of a text."""
        found = _PLACE.search(error.where)
        place = None if found is None else Place(source, int(found[1]), int(found[2]))
        return cls(source, error.message, error.hint, place)

    def __str__(self) -> str:
        told = f"{self.place or self.source}: {self.message}"
        return f"{told}\n→ {self.hint}" if self.hint else told

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in one line."""
        return " ".join(f"{self.message} {self.hint}".split())

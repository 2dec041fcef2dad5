"""Which of several texts cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from neagraph.errors import LimitError, UnreadableError
from neagraph.rdf.text import RdfText
from neagraph.validation.loaded import LoadedData
from neagraph.validation.unread import Unread

UNREADABLE: Final = (UnreadableError, LimitError)
"""What is raised for a text that cannot be read."""


def unreadable(texts: Iterable[RdfText]) -> tuple[Unread, ...]:
    """Return those of the texts that cannot be read, or hold what cannot be checked."""
    found = list[Unread]()
    for text in texts:
        try:
            LoadedData(text.stream())
        except UNREADABLE as error:
            found.append(Unread.because(error, text.source))
    return tuple(found)

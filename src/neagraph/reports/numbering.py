"""The numbers of paragraphs as addresses have them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from neagraph.reports.statements import ParagraphPlace


def paragraph_keys(paragraphs: Sequence[ParagraphPlace]) -> list[int]:
    """Return the number of each paragraph in addresses, which hold plain numbers alone.

    A plain number is kept; `4(a)`, or a paragraph without one, gets the next number after them.
    """
    plain = [int(place.number) for place in paragraphs if place.number.isdecimal()]
    further = count(max(plain, default=0) + 1)
    return [int(p.number) if p.number.isdecimal() else next(further) for p in paragraphs]

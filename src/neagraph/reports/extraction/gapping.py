"""Acts whose verb is said once: `Japan pledged $200,000 and China $100,000`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.function_words import COORDINATES
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.phrases import is_agent
from neagraph.reports.extraction.units import Unit

_GIVES = frozenset({"Undertaking", "Offer", "Narration"})
_JOINTS = COORDINATES | {";", "while"}
_NAME = 4
"""So many units may name who gives."""


def gapped_acts(units: Sequence[Unit], act: Act, lexicon: Lexicon) -> list[Act]:
    """Return the same act of others, each with a sum; the act itself then ends before them.

    Args:
        units: The sentence.
        act: An act, its clause bounded.
        lexicon: Words and names.
    """
    gives = act.type in _GIVES and act.form not in {"noun", "modal"} and not act.passive
    if not gives or act.level != "main":
        return []
    pairs = list(_pairs(units, act, lexicon))
    if not pairs:
        return []
    ends = [*(start for start, _ in pairs[1:]), act.end]
    act.end = pairs[0][0] - (units[pairs[0][0] - 1].low == ",")
    return [
        replace(act, begin=start + 1, end=end, object_at=money, subject=(start + 1, money))
        for (start, money), end in zip(pairs, ends, strict=True)
    ]


def _pairs(units: Sequence[Unit], act: Act, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Give the joint before each further giver, and the place of the sum behind it."""
    sums = [at for at in range(act.stop, act.end) if units[at].money is not None]
    for before, money in pairwise(sums):
        for joint in range(max(before + 1, money - _NAME), money - 1):
            if units[joint].low in _JOINTS and is_agent(units, joint + 1, lexicon):
                yield joint, money
                break

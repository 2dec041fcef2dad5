"""Which numbers a report counts its paragraphs with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from neagraph.reports.segmentation.blocks import Block, is_heading_like, is_title, leads_in
from neagraph.reports.segmentation.numbering import Mark

ARTICLE = "article 1"
"""Style of numbers whose titles are their own."""

MOST_MISSING = 4
"""Numbers that may be missing between two paragraphs."""


def next_value(value: tuple[int, ...]) -> tuple[int, ...]:
    """Return the number after a number: 2.4 after 2.3."""
    return (*value[:-1], value[-1] + 1)


def is_deeper(mark: Mark, following: Block | None) -> bool:
    """Return whether the numbers of the next block go on below a number: 2.1 below 2."""
    size = len(mark.value)
    return following is not None and any(
        len(inner.value) == size + 1 and inner.value[:size] == mark.value
        for inner in following.marks
    )


def is_named(style: str) -> bool:
    """Return whether a style of numbers begins with a word, such as `article 1`."""
    return style.endswith(" 1")


def can_follow(last: tuple[int, ...], value: tuple[int, ...], missing: int) -> bool:
    """Return whether a number goes on after another: 2.4 or 3 or 3.1 after 2.3.

    Args:
        last: The number before.
        value: The number.
        missing: How many may be missing between them.
    """
    if not last < value or value[0] - last[0] > missing:
        return False
    return len(value) == 1 or value[:-1] == last[: len(value) - 1] or value[-1] == 1


@dataclass(frozen=True, slots=True)
class Count:
    """How a report counts its paragraphs.

    Args:
        style: Style of the numbers; None for none.
        is_titled: Whether most of the numbers stand before a title and not before text.
        sections: Style of numbers that count sections with several paragraphs each; None for none.
    """

    style: str | None = None
    is_titled: bool = False
    sections: str | None = None


def count_of(raw: str, blocks: Sequence[Block]) -> Count:
    """Return how a report counts its paragraphs.

    It is the first one that goes on through at least two blocks and counts prose; digits before
    letters and Roman numerals, which mostly stand for sections and items. Articles count even if
    they have only a title before their own parts, unless these are numbered 4.1, 4.2.
    """
    chains: dict[str, _Chain] = {}
    for at, block in enumerate(blocks):
        is_led = at > 0 and leads_in(raw[blocks[at - 1].text_start : blocks[at - 1].end])
        for mark in block.marks:
            chain = chains.setdefault(mark.style, _Chain(is_led=is_led))
            text = raw[mark.end : block.end].strip()
            chain.add(mark.value, text)
    counting = [(style, chain) for style, chain in chains.items() if chain.counts(style)]
    has_deeper = any(len(chain.last) > 1 for _, chain in counting)

    def order(pair: tuple[str, _Chain]) -> tuple[bool, bool]:
        style, chain = pair
        stands_above = is_named(style) and not has_deeper
        return "1" not in style, chain.prose == 0 and not stands_above

    if not counting:
        return Count()
    style, chain = min(counting, key=order)
    if chain.titles == chain.length > 1 and _has_long_sections(raw, blocks, style):
        return Count(sections=style)
    return Count(style, chain.titles > chain.prose)


def _has_long_sections(raw: str, blocks: Sequence[Block], style: str) -> bool:
    """Return whether several blocks without a number stand below one numbered title.

    These are paragraphs of their own, and the numbers are those of the sections.
    """
    below = 0
    for block in blocks:
        if any(mark.style == style for mark in block.marks):
            below = 0
        elif block.marks:
            return False
        elif block.bullet or not is_title(raw[block.text_start : block.end]):
            is_led = raw[block.end - 1] == ":"
            below = 0 if is_led else below + 1
        if below > 1:
            return True
    return False


@dataclass(slots=True)
class _Chain:
    """Numbers of one style that follow each other."""

    is_led: bool
    last: tuple[int, ...] = ()
    length: int = 0
    prose: int = 0
    titles: int = 0

    def add(self, value: tuple[int, ...], text: str) -> None:
        """Take a number and the text behind it, if it goes on with the others."""
        if not self.last or can_follow(self.last, value, MOST_MISSING):
            self.last = value
            self.length += 1
            self.prose += bool(text) and not is_title(text)
            self.titles += is_heading_like(text)

    def counts(self, style: str) -> bool:
        """Return whether these can be the numbers of paragraphs."""
        if "1" in style:
            return self.length > 1 or (self.last == (1,) and self.prose > 0)
        return self.length > 1 and self.prose * 2 > self.length and not self.is_led

"""A paragraph while its blocks are gathered."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Piece:
    """A block's share in a paragraph; raw offsets.

    Args:
        start: Where it begins, mark included.
        text_start: Where its text begins.
        end: Where it ends.
        level: Depth of the list that it is in, 0 for running text.
        opens: Whether a sentence must begin with it.
    """

    start: int
    text_start: int
    end: int
    level: int = 0
    opens: bool = False


@dataclass(slots=True)
class Draft:
    """A paragraph while its blocks are gathered; fields as in `Paragraph`."""

    number: str
    heading: str = ""
    heading_inherited: bool = False
    section: str = ""
    parent: str = ""
    depth: int = 0
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """An open item of a numbered list inside a paragraph."""

    style: str
    value: tuple[int, ...]
    number: str

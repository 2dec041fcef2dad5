"""Raw text for formats that have none: blocks with a blank line between them, and their marks."""

from __future__ import annotations

from dataclasses import dataclass, field

from neagraph.reports.document import Content

_BULLETS = "\u2022\u25e6\u25aa"
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(slots=True)
class Composer:
    """Collects the blocks of a report and where its headings, margins and pages are."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[tuple[int, int]] = field(default_factory=list)
    margins: list[tuple[int, int]] = field(default_factory=list)
    pages: list[int] = field(default_factory=lambda: [0])

    def add(self, text: str, *, before: str = "\n\n", is_margin: bool = False) -> int:
        """Add a block, set off from what is before it; return its offset."""
        self.put(before if self.length else "")
        start = self.length
        self.put(text)
        if is_margin:
            self.margins.append((start, self.length))
        return start

    def put(self, text: str) -> None:
        """Add text as it is."""
        self.parts.append(text)
        self.length += len(text)

    def content(self, title: str = "") -> Content:
        """Return what was collected."""
        return Content(
            text="".join(self.parts),
            title=title,
            pages=tuple(self.pages),
            headings=tuple(sorted(self.headings)),
            margins=tuple(self.margins),
        )


def bullet(depth: int) -> str:
    """Return the sign before an item of a list, with its indent; the outermost depth is 0."""
    return "  " * depth + _BULLETS[min(depth, len(_BULLETS) - 1)] + " "


def letters(number: int) -> str:
    """Return a number from 1 as a small letter: a, b ... z, aa, bb ..., as word processors do."""
    times, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (times + 1)


def roman(number: int) -> str:
    """Return a number from 1 as a Roman numeral in small letters."""
    said = ""
    for value, numeral in _ROMAN:
        times, number = divmod(number, value)
        said += numeral * times
    return said

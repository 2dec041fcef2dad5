"""The numbers and bullets of automatic lists in DOCX, computed as Word does.

ECMA-376 part 1, 17.9 (numbering).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from neagraph.reports.reading.composing import bullet, letters, roman

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_FORMATS: dict[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "decimalZero": "{:02}".format,
}

Element = Any
"""An element of lxml, which has no types."""


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list is numbered."""

    start: int
    form: str
    text: str


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has come.

    Args:
        lists: Number of a list → its abstract list and its levels.
        counts: Abstract list → how far each level has come; 0 before its first item.
    """

    lists: dict[str, tuple[str, dict[int, _Level]]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)

    def next_mark(self, list_id: str, level: int) -> str:
        """Return the number or bullet of the next item of a list, with the space after it."""
        if list_id not in self.lists or not 0 <= level < _LEVELS:
            return ""
        abstract, levels = self.lists[list_id]
        shown = levels.get(level)
        if shown is None or shown.form == "none":
            return ""
        if shown.form == "bullet":
            return bullet(level)
        counts = self.counts.setdefault(abstract, [0] * _LEVELS)
        counts[level] = counts[level] + 1 if counts[level] else shown.start
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        return _shown(shown, levels, counts) + " "


def _shown(shown: _Level, levels: Mapping[int, _Level], counts: list[int]) -> str:
    """Return a level's text with the numbers of the levels that it names."""

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        level = levels.get(place, shown)
        count = counts[place] or level.start
        return _FORMATS.get(level.form, str)(max(count, 1))

    return _PLACE.sub(number, shown.text)


def numbering_of(root: Element | None) -> Numbering:
    """Return the lists that a numbering part defines; None for a document without one."""
    if root is None:
        return Numbering()
    abstracts = {
        element.get(f"{W}abstractNumId", ""): _levels(element)
        for element in root.findall(f"{W}abstractNum")
    }
    numbers = root.findall(f"{W}num")
    return Numbering(
        {element.get(f"{W}numId", ""): _list(element, abstracts) for element in numbers}
    )


def _list(
    element: Element, abstracts: Mapping[str, dict[int, _Level]]
) -> tuple[str, dict[int, _Level]]:
    """Return the abstract list and the levels of a list; one that starts anew counts alone."""
    abstract = value_of(element, "abstractNumId")
    levels = dict(abstracts.get(abstract, {}))
    for change in element.findall(f"{W}lvlOverride"):
        levels.update(_levels(change))
        level = integer(change.get(f"{W}ilvl"), 0)
        start = value_of(change, "startOverride")
        if start and level in levels:
            levels[level] = replace(levels[level], start=integer(start, 1))
            abstract = f"{abstract}/{element.get(f'{W}numId')}"
    return abstract, levels


def _levels(element: Element) -> dict[int, _Level]:
    return {
        integer(level.get(f"{W}ilvl"), 0): _Level(
            start=integer(value_of(level, "start"), 1),
            form=value_of(level, "numFmt") or "decimal",
            text=value_of(level, "lvlText"),
        )
        for level in element.findall(f"{W}lvl")
    }


def value_of(element: Element, name: str) -> str:
    """Return the `val` of a child element; empty if it has none."""
    child = element.find(f"{W}{name}")
    return "" if child is None else str(child.get(f"{W}val", ""))


def integer(text: str | None, default: int) -> int:
    """Return a whole number written in digits; the default for anything else."""
    said = text or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else default  # noqa: PLR2004

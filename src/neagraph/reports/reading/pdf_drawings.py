"""What a PDF page shows besides its text: pictures, and the rules of tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from neagraph.reports.reading.pdf_frame import Box, PageFrame
from neagraph.reports.reading.pdf_layout import Rule

_DEEPEST = 5  # levels of objects inside others
_MOST_OBJECTS = 20_000
_PATH, _IMAGE = 2, 3  # FPDF_PAGEOBJ_PATH, FPDF_PAGEOBJ_IMAGE of PDFium
_THIN = 3.0  # points


def pictures_on(page: Any) -> float:  # noqa: ANN401 - untyped library
    """Return the share of a page that its pictures cover, from 0 to 1."""
    width, height = page.get_size()
    if not width * height:
        return 0.0
    covered: float = 0.0
    frame = PageFrame.of(page)
    for box in dict.fromkeys(_boxes(page, _IMAGE)):
        left, low, right, top = frame.shown(box)
        across = min(right, width) - max(left, 0.0)
        covered += max(across, 0.0) * max(min(top, height) - max(low, 0.0), 0.0)
    return float(min(covered / (width * height), 1.0))


def rules_on(page: Any) -> tuple[Rule, ...]:  # noqa: ANN401 - untyped library
    """Return the horizontal lines drawn on a page, the upper edges of boxes among them."""
    frame = PageFrame.of(page)
    boxes = [frame.shown(box) for box in dict.fromkeys(_boxes(page, _PATH))]
    wide = [(left, right, top) for left, _, right, top in boxes if right - left > _THIN]
    return tuple(Rule(*box) for box in wide)


def _boxes(page: Any, kind: int) -> Iterator[Box]:  # noqa: ANN401 - untyped library
    """Yield left, lower, right and upper edge of the objects of a kind, or what they are part of.

    An object inside another one knows its place in that one alone.
    """
    found = page.get_objects(filter=(kind,), max_depth=_DEEPEST)
    for _, item in zip(range(_MOST_OBJECTS), found, strict=False):
        while item.container is not None:
            item = item.container  # noqa: PLW2901 - up to the page
        yield item.get_bounds()

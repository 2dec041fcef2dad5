"""Where things stand on a PDF page as it is shown: cropped and turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge."""


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The part of a page that is shown, and how far it is turned.

    PDFium gives places as the file has them, whatever part of the page is shown and however it is
    turned. Source: ISO 32000-1, 7.7.3.3 and 14.11.2.

    Args:
        box: The part that is shown, in the coordinates of the file.
        turn: Degrees clockwise: 0, 90, 180 or 270.
    """

    box: Box
    turn: int

    @classmethod
    def of(cls, page: Any) -> Self:  # noqa: ANN401 - untyped library
        """Return the frame of a page."""
        return cls(page.get_bbox(), page.get_rotation())

    def point(self, across: float, up: float) -> tuple[float, float]:
        """Return a place of the file in points from the lower left corner of what is shown."""
        left, low, right, top = self.box
        shown = {
            0: (across - left, up - low),
            90: (up - low, right - across),
            180: (right - across, top - up),
            270: (top - up, across - left),
        }
        return shown[self.turn]

    def shown(self, box: Box) -> Box:
        """Return a box of the file as it is shown."""
        one, two = self.point(*box[:2]), self.point(*box[2:])
        return (
            min(one[0], two[0]),
            min(one[1], two[1]),
            max(one[0], two[0]),
            max(one[1], two[1]),
        )

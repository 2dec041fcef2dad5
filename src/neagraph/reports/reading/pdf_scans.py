"""Pages of a PDF that are pictures, as from a scanner: what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

from neagraph.errors import UnreadableError
from neagraph.reports.reading.pdf_layout import PdfPage, is_near_edge

_PICTURE = 0.2  # share of a page without text that pictures cover
_SCAN = 0.6  # the same where a stamp or a number stands at its edge


def check_text(pages: Sequence[PdfPage]) -> None:
    """Check that there is text on one of the pages, whose margins are marked.

    Raises:
        UnreadableError: If there is none; says what there is instead.
    """
    if any(_has_text(page) for page in pages):
        return
    is_scan = any(page.pictures >= _PICTURE for page in pages)
    what = "pictures, as from a scanner" if is_scan else "empty, or their letters are drawn"
    raise UnreadableError(
        f"This PDF has no text: its pages are {what}.",
        hint="Recognise its text first (OCR), or take another edition of the report.",
    )


def warnings_of(pages: Sequence[PdfPage]) -> tuple[str, ...]:
    """Return a warning that names the pages that are pictures; none if there are none."""
    scanned = [number for number, page in enumerate(pages, start=1) if _is_scanned(page)]
    if not scanned:
        return ()
    which = f"page{'s' * (len(scanned) > 1)} {_ranges(scanned)} of {len(pages)}"
    warning = (
        f"There is no text on {which}, only pictures, as from a scanner. Recognise their text "
        "(OCR) and read the report again to have all of it."
    )
    return (warning,)


def _has_text(page: PdfPage) -> bool:
    return not all(line.is_margin for line in page.lines)


def _is_scanned(page: PdfPage) -> bool:
    """Return whether a page is a picture, with nothing but a stamp or a number as text."""
    if not _has_text(page):
        return page.pictures >= _PICTURE
    return page.pictures >= _SCAN and all(is_near_edge(page, line) for line in page.lines)


def _ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as people write them: 2-4, 7 and 9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    *before, last = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return f"{', '.join(before)} and {last}" if before else last

"""The paragraphs of a report: numbers, headings and sentences, each with its place."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from neagraph.reports.document import Document, Paragraph, Segments, View
from neagraph.reports.segmentation.blocks import Block, blocks_of, is_title
from neagraph.reports.segmentation.counting import count_of
from neagraph.reports.segmentation.drafts import Draft, Piece
from neagraph.reports.segmentation.lines import lines_of
from neagraph.reports.segmentation.sentences import sentences_of
from neagraph.reports.segmentation.structure import Gathering
from neagraph.reports.segmentation.views import Hyphens, hyphens_of, view_of


def segment(document: Document) -> Segments:
    """Return the paragraphs of a report with headings and sentences, and what was left out.

    A paragraph begins with the next number of the report's main style; blocks without a number
    belong to the number above them, items of numbered lists are paragraphs of their own. Before
    the first number, below numbered titles of sections, and in a report without numbers each block
    is one. What a page break cuts is joined. Where a line ends
    with a hyphen, the text's other words tell whether the hyphen stays.
    """
    lines, aside = lines_of(document)
    blocks = blocks_of(document, lines)
    count = count_of(document.text, blocks)
    gathering = Gathering(document.text, count, document.title)
    for block, following in _with_next(_without_contents(document.text, blocks, count.style)):
        gathering.take(block, following)
    hyphens = hyphens_of(document.text)
    paragraphs = tuple(_paragraphs(document.text, gathering.drafts, hyphens))
    return Segments(
        paragraphs=paragraphs,
        preamble=(0, paragraphs[0].start if paragraphs else len(document.text)),
        left_out=tuple((line.start, line.end) for line in aside),
    )


def _with_next(blocks: Sequence[Block]) -> Iterator[tuple[Block, Block | None]]:
    return zip(blocks, [*blocks[1:], None], strict=False)


def _without_contents(raw: str, blocks: Sequence[Block], main: str | None) -> Sequence[Block]:
    """Return the blocks without a table of contents or an agenda before the numbers begin.

    Such a list counts titles in the style of the paragraphs, which then begin anew.
    """
    begins = [at for at, block in enumerate(blocks) if _is_first(block, main)]
    if len(begins) < 2:  # noqa: PLR2004 - begun once
        return blocks
    titles = blocks[begins[0] : begins[1]]
    if all(is_title(raw[block.text_start : block.end]) for block in titles):
        return blocks[begins[1] :]
    return blocks


def _is_first(block: Block, main: str | None) -> bool:
    return any(mark.style == main and mark.value == (1,) for mark in block.marks)


def _paragraphs(raw: str, drafts: Sequence[Draft], hyphens: Hyphens) -> Iterator[Paragraph]:
    used: Counter[str] = Counter()
    for draft in drafts:
        used[draft.number] += 1
        yield _paragraph(raw, draft, hyphens, used[draft.number])


def _paragraph(raw: str, draft: Draft, hyphens: Hyphens, time: int) -> Paragraph:
    view = view_of(raw, [(piece.start, piece.end) for piece in draft.pieces], hyphens)
    parts = list(_parts(view, draft.pieces))
    return Paragraph(
        number=draft.number if time == 1 else f"{draft.number}~{time}",
        start=draft.pieces[0].start,
        end=draft.pieces[-1].end,
        heading=draft.heading,
        heading_inherited=draft.heading_inherited,
        section=draft.section,
        body=_place(view, draft.pieces[0].text_start),
        view=view,
        sentences=sentences_of(view.text, parts),
        parent=draft.parent,
    )


def _parts(view: View, pieces: Sequence[Piece]) -> Iterator[tuple[int, int, int]]:
    """Yield the parts of a view that no sentence goes beyond, with their depth in lists."""
    openings = [at for at, piece in enumerate(pieces) if piece.opens]
    for first, after in zip(openings, [*openings[1:], len(pieces)], strict=True):
        start = _place(view, pieces[first].text_start)
        end = len(view.text) if after == len(pieces) else _place(view, pieces[after].start)
        yield start, end, pieces[first].level


def _place(view: View, offset: int) -> int:
    """Return the place in a view of the first character at or after a raw offset."""
    return bisect_left(view.offsets, offset, hi=len(view.text))

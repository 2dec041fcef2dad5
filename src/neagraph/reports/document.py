"""A report as text with places: positions are half-open character offsets into the raw text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A report that has been read.

    Args:
        text: The raw text, as decoded; all offsets point into it. Numbers and bullets that the
            format computes (automatic numbering of DOCX, lists of HTML) are part of it, as a
            reader sees them.
        sha256: Digest of the bytes of the file, in hexadecimal.
        title: Its title; empty if none was found.
        pages: Offset at which each page begins, ascending, the first 0; one page where the format
            has none.
        media_type: What kind of file it was.
        headings: Spans that the format itself marks as headings, ascending; those at the beginning
            of a block may be followed by its text.
        margins: Spans that the format itself places outside the running text: running heads,
            footers, page numbers; ascending.
        warnings: What could not be read of it, one sentence each.
    """

    text: str
    sha256: str
    title: str = ""
    pages: tuple[int, ...] = (0,)
    media_type: str = "text/plain"
    headings: tuple[tuple[int, int], ...] = ()
    margins: tuple[tuple[int, int], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader finds in a file; fields as in `Document`."""

    text: str
    title: str = ""
    pages: tuple[int, ...] = (0,)
    headings: tuple[tuple[int, int], ...] = ()
    margins: tuple[tuple[int, int], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A part of a text made readable: hyphens at line ends, escapes, typographic signs resolved.

    Args:
        text: The readable text.
        offsets: For each of its characters the raw offset of the character that it stands for, and
            at the end the offset after the last one; ascending.
    """

    text: str
    offsets: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span of a span of the view that is not empty."""
        return self.offsets[start], self.offsets[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign of a sentence; offsets into the view of its paragraph."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; offsets into the view of its paragraph.

    Args:
        number: Counts the sentences of the paragraph, from 1.
        start: Where it begins.
        end: Where it ends, the full stop included.
        tokens: Its words and signs.
        is_bullet: Whether an item of a list begins with it, whose subject may stand before the
            list: in the nearest sentence before it with a lower level, or, where the paragraph
            has none, at the end of the paragraph's parent.
        level: Depth of the list that it stands in, 0 for running text.
    """

    number: int
    start: int
    end: int
    tokens: tuple[Token, ...]
    is_bullet: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a report; `start` and `end` are raw offsets.

    Args:
        number: Its number as the report has it, such as `3`, `2.1` or `4(a)`; where a report has
            none, its position. A number that a report uses again gets a suffix: `3~2`. Prose
            before the first number is paragraph `0`.
        start: Where it begins, the number included.
        end: Where it ends, further blocks on later pages included.
        heading: The heading that it begins with or stands under; empty for none.
        heading_inherited: Whether the heading was taken over from an earlier paragraph.
        section: The title of the section around it; empty for none.
        body: Offset into the view at which the text begins, after number and own heading.
        view: Its text made readable, page breaks, footers and running heads left out.
        sentences: Its sentences, headings and numbers left out.
        parent: Number of the paragraph that it is an item of, `4` for `4(a)`; empty for none.
    """

    number: str
    start: int
    end: int
    heading: str
    heading_inherited: bool
    section: str
    body: int
    view: View
    sentences: tuple[Sentence, ...]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Segments:
    """The parts of a document.

    Args:
        paragraphs: The paragraphs in order.
        preamble: Raw span before the first of them: cover, title, date.
        left_out: Raw spans of footers, running heads and page numbers.
    """

    paragraphs: tuple[Paragraph, ...]
    preamble: tuple[int, int]
    left_out: tuple[tuple[int, int], ...]

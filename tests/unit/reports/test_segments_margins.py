"""Running heads, footers and page numbers are recorded and left out, and nothing else is."""

from __future__ import annotations

import pytest

from neagraph.reports.document import Document
from neagraph.reports.reading.read_text import pages_of
from neagraph.reports.segmentation.segments import segment

BODY = "1. The Meeting noted the{} report of the day.\n\n2. The Meeting closed."
HTML = "text/html"


def left_out(text: str, media_type: str = "text/plain") -> list[str]:
    parts = segment(Document(text, "0" * 64, pages=pages_of(text), media_type=media_type))
    return [text[slice(*span)] for span in parts.left_out]


def views(text: str) -> list[str]:
    parts = segment(Document(text, "0" * 64, pages=pages_of(text)))
    return [part.view.text for part in parts.paragraphs]


@pytest.mark.parametrize(
    "footer",
    [
        "3",
        "- 3 -",
        "\u2013 3 \u2013",
        "Page 3",
        "Page 3 of 10",
        "3/10",
        "p. 3",
        "iv",
        "3 | Page",
        "[3]",
    ],
)
def test_page_numbers_between_blank_lines_are_left_out(footer: str) -> None:
    text = BODY.format(f"\n\n{footer}\n\n")
    assert left_out(text) == [footer]
    assert views(text) == views(BODY.format(""))


@pytest.mark.parametrize("signs", [".", "* * *", "-----", "_____", "\u2022"])
def test_signs_alone_are_left_out(signs: str) -> None:
    assert left_out(f"{BODY.format('')}\n\n{signs}\n") == [signs]


@pytest.mark.parametrize("line", ["3.", "(a)", "2020 it", "ill will", "page three", "civil"])
def test_other_short_lines_stay(line: str) -> None:
    assert left_out(BODY.format(f"\n\n{line}\n\n")) == []


def test_a_number_inside_a_block_stays() -> None:
    assert left_out(BODY.format("\n3\n")) == []


def test_a_number_at_the_edge_of_a_page_is_left_out() -> None:
    text = BODY.format("\n3\n\f")
    assert left_out(text) == ["3"]
    assert views(text) == views(BODY.format(""))


def test_lines_that_come_back_at_page_edges_are_left_out() -> None:
    pages = [f"ESCAP/SOM{page}\n\n{page}. The Meeting met.\n\nSeoul, {page}" for page in (1, 2, 3)]
    text = "\n\f".join(pages)
    assert left_out(text) == [line for n in "123" for line in (f"ESCAP/SOM{n}", f"Seoul, {n}")]
    assert views(text) == [f"{page}. The Meeting met." for page in (1, 2, 3)]


def test_lines_that_lead_into_something_are_never_running_heads() -> None:
    pages = [f"The Meeting:\n\n- Noted plan {page}" for page in "abc"]
    assert left_out("\n\f".join(pages)) == []


def test_a_head_beside_a_page_number_is_left_out_where_pages_are_not_told() -> None:
    text = BODY.format("\n\nESCAP/SOM24\n\nPage 3\n\n") + "\n\nESCAP/SOM24\n\nPage 4"
    assert left_out(text) == ["ESCAP/SOM24", "Page 3", "ESCAP/SOM24", "Page 4"]


def test_a_head_in_one_block_with_a_page_number_is_left_out() -> None:
    text = BODY.format("\n\nESCAP/SOM24\n3\n\n") + "\n\nESCAP/SOM24\n4"
    assert left_out(text) == ["ESCAP/SOM24", "3", "ESCAP/SOM24", "4"]
    assert views(text) == views(BODY.format(""))


def test_headings_that_come_back_stay() -> None:
    text = "1. It met.\n\nDecision\n\n2. It agreed.\n\nDecision\n\n3. It closed."
    assert left_out(text) == []


def test_a_format_that_knows_its_margins_is_believed() -> None:
    assert left_out("1. It met.\n\n3\n\n2. It closed.", HTML) == []


def test_marked_margins_are_left_out_wherever_they_stand() -> None:
    text = "Home\n\n1. It met.\n\nImprint\nof it\n\n2. It closed."
    spans = ((0, 4), (text.index("Imprint"), text.index("of it") + 5))
    parts = segment(Document(text, "0" * 64, media_type=HTML, margins=spans))
    assert [text[slice(*span)] for span in parts.left_out] == ["Home", "Imprint", "of it"]
    assert [part.view.text for part in parts.paragraphs] == ["1. It met.", "2. It closed."]

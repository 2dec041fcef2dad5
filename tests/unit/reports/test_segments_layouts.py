"""The ways reports are laid out: numbers, titles and lists with and without blank lines."""

from __future__ import annotations

import pytest

from neagraph.reports.document import Document, Paragraph
from neagraph.reports.segmentation.segments import segment


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    return segment(Document(text, "0" * 64)).paragraphs


def numbers(text: str) -> list[str]:
    return [paragraph.number for paragraph in paragraphs(text)]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("A1.", "A2.", ["A1", "A2"]),
        ("A1)", "A2)", ["A1", "A2"]),
        ("OP1.", "OP2.", ["OP1", "OP2"]),
        ("A.1", "A.2", ["A.1", "A.2"]),
        ("Action 1:", "Action 2:", ["1", "2"]),
        ("1\t", "2\t", ["1", "2"]),
        ("1  ", "2  ", ["1", "2"]),
        ("1/", "2/", ["1", "2"]),
        ("1 -", "2 -", ["1", "2"]),
        ("1(a)", "1(b)", ["1(a)", "1(b)"]),
    ],
)
def test_numbers_of_actions_and_annotated_lists(
    first: str, second: str, expected: list[str]
) -> None:
    assert numbers(f"{first} Peru will share data.\n{second} Chile will draft terms.") == expected


def test_a_wrapped_text_begins_a_paragraph_where_a_line_ends_early() -> None:
    text = """The ministers met in Vienna on 4 May 2031 to review the work
of the Commission on the river and its many branches in the
three countries.
They agreed to open the new station in 2032 and to fund it in
full. The Chair spoke."""
    assert len(paragraphs(text)) == 2


def test_an_indented_first_line_begins_a_paragraph() -> None:
    text = """    The ministers met in Vienna on 4 May 2031 to review the work
of the Commission on the river and all of its many branches.
    They agreed to open the new station in 2032 and to fund it in
the way that was set out."""
    assert numbers(text) == ["1", "2"]


def test_lines_that_no_width_breaks_are_paragraphs() -> None:
    text = "The ministers met in Vienna to review the work.\nThey agreed to open a station.\n"
    assert numbers(text) == ["1", "2"]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_lead_in_needs_no_colon(gap: str) -> None:
    lead = "The Group met in Riga on 3 May 2031 and decided to"
    assert numbers(f"{lead}{gap}(a) share data;{gap}(b) draft terms.") == ["1", "1(a)", "1(b)"]
    assert numbers(f"{lead}{gap}- share data{gap}- draft terms\n\nIt thanked the good host.") == [
        *("1", "2"),
    ]


def test_items_inside_a_wrapped_sentence_are_no_list() -> None:
    text = """1. The Council, after a long exchange of views, agreed to share
data, (i) for lakes by June 2031, (ii) for rivers by July 2031,
(iii) for seas.

2. It closed."""
    assert numbers(text) == ["1", "2"]


def test_each_block_before_the_first_number_is_a_paragraph() -> None:
    text = """The Conference of the Parties,

Recalling its decision 4/7,

Concerned about the loss of trees,

1. Decides to meet."""
    assert numbers(text) == ["0-1", "0-2", "0-3", "1"]


def test_each_decision_counts_anew_below_its_heading() -> None:
    text = """DECISION 12/1
Budget of the next year

1. Adopts the budget;

2. Requests a report.

DECISION 12/2
Seagrass

The Conference of the Parties,

1. Welcomes the report."""
    assert numbers(text) == ["1", "2", "2-1", "1~2"]
    assert paragraphs(text)[-1].section == "DECISION 12/2 Seagrass"


def test_blocks_below_numbered_sections_are_paragraphs() -> None:
    text = """1. Opening

The Chair opened it.

The delegates adopted the agenda.

2. Next Meeting

The Board will meet in Lima."""
    assert [(part.number, part.heading) for part in paragraphs(text)] == [
        ("1", "Opening"),
        ("2", "Opening"),
        ("3", "Next Meeting"),
    ]


def test_items_below_numbered_sections_leave_the_numbers_as_they_are() -> None:
    text = "1. Opening\n\n(a) The Chair opened it.\n\n2. Agenda\n\n(a) It was adopted there."
    assert numbers(text)[0] == "1"


@pytest.mark.parametrize("head", ["1. Opening\n1.1.", "Opening\n1."])
def test_the_first_number_may_follow_its_title_without_a_blank_line(head: str) -> None:
    found = paragraphs(f"{head} The Chair opened the meeting.\n\nIt closed.")
    assert (found[0].heading, found[0].view.text[found[0].body :][:9]) == ("Opening", "The Chair")


def test_a_numbered_title_on_a_line_of_its_own_is_the_heading() -> None:
    text = "1. Welcome\nThe Chair welcomed all.\n2. Haze\nLaos spoke of fires.\n"
    assert [
        (part.number, part.heading, part.view.text[part.body :]) for part in paragraphs(text)
    ] == [("1", "Welcome", "The Chair welcomed all."), ("2", "Haze", "Laos spoke of fires.")]


def test_a_label_with_a_colon_above_text_is_a_heading() -> None:
    text = "Conclusions:\n\nThe group agreed on a plan.\n\nNext steps:\n\nThe group will meet."
    assert [part.heading for part in paragraphs(text)] == ["Conclusions", "Next steps"]


def test_a_title_above_text_after_the_last_number_is_a_heading() -> None:
    text = "1. It met.\n\n2. It closed.\n\nClosing\n\nThe Chair thanked everybody for the work."
    assert [(part.number, part.heading) for part in paragraphs(text)][2:] == [("2-1", "Closing")]


def test_a_signature_is_no_paragraph() -> None:
    text = "The ministers met in Vienna on 4 May.\n\nIt closed.\n\nFor Austria\n\nAnna Gruber"
    assert numbers(text) == ["1", "2"]

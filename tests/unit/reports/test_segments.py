"""Numbers in every style, headings and lists make the paragraphs that a reader would cite."""

from __future__ import annotations

import pytest

from neagraph.reports.document import Document, Paragraph, Segments
from neagraph.reports.segmentation.segments import segment


def parts_of(text: str, **fields: tuple[tuple[int, int], ...]) -> Segments:
    return segment(Document(text, "0" * 64, **fields))


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    return parts_of(text).paragraphs


def numbers(text: str) -> list[str]:
    return [paragraph.number for paragraph in paragraphs(text)]


def said(paragraph: Paragraph) -> list[str]:
    return [paragraph.view.text[part.start : part.end] for part in paragraph.sentences]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("1.", "2.", ["1", "2"]),
        ("1)", "2)", ["1", "2"]),
        ("(1)", "(2)", ["1", "2"]),
        ("[1]", "[2]", ["1", "2"]),
        (r"1\.", r"2\.", ["1", "2"]),
        (r"\[1\]", r"\[2\]", ["1", "2"]),
        ("**1.**", "**2.**", ["1", "2"]),
        ("1.\u00a0", "2.\t", ["1", "2"]),
        ("12.", "13.", ["12", "13"]),
        ("1.1", "1.2", ["1.1", "1.2"]),
        ("2.1.9.", "2.1.10.", ["2.1.9", "2.1.10"]),
        ("\u00a7 3", "\u00a7 4", ["3", "4"]),
        ("\u00a73.", "\u00a74.", ["3", "4"]),
        ("Article 5", "Article 6", ["5", "6"]),
        ("Art. 5.", "Art. 6.", ["5", "6"]),
        ("ARTICLE 5:", "ARTICLE 6:", ["5", "6"]),
        ("Para. 12", "Para. 13", ["12", "13"]),
        ("para 12.", "para 13.", ["12", "13"]),
        ("Paragraph 1.", "Paragraph 2.", ["1", "2"]),
        ("Decision 1:", "Decision 2:", ["1", "2"]),
        ("(a)", "(b)", ["a", "b"]),
        ("a)", "b)", ["a", "b"]),
        ("i.", "ii.", ["i", "ii"]),
        ("(iv)", "(v)", ["iv", "v"]),
        ("I.", "II.", ["I", "II"]),
        ("A.", "B.", ["A", "B"]),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_number_of_any_style_begins_a_paragraph(
    first: str, second: str, expected: list[str], gap: str
) -> None:
    text = f"{first} The Meeting noted the report.{gap}{second} The Meeting adopted the plan."
    found = paragraphs(text)
    assert [paragraph.number for paragraph in found] == expected
    assert [said(paragraph) for paragraph in found] == [
        ["The Meeting noted the report."],
        ["The Meeting adopted the plan."],
    ]


def test_a_paragraph_spans_its_number_and_its_last_sign() -> None:
    text = "Cover\n\n1. It met.\n\n2. It closed.\n"
    parts = parts_of(text)
    assert [text[part.start : part.end] for part in parts.paragraphs] == [
        "1. It met.",
        "2. It closed.",
    ]
    assert text[slice(*parts.preamble)] == "Cover\n\n"


def test_one_number_is_enough_if_it_is_the_first() -> None:
    assert numbers("1. The Meeting noted it.") == ["1"]
    assert numbers("The Meeting noted the report on the work of 3. May.") == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        "1. It met in May\n2020. It closed.\n\n2. It ended.",
        "1. It read paragraph\n7. It closed.\n\n2. It ended.",
        "1. It paid\n1.5 million dollars.\n\n2. It ended.",
        "1. It met.\n\n1. It met.\n\n2. It ended.",
    ],
)
def test_a_number_out_of_sequence_begins_no_paragraph(text: str) -> None:
    assert [number for number in numbers(text) if "(" not in number] == ["1", "2"]


def test_a_number_behind_a_line_that_breaks_off_or_ends_with_a_hyphen_begins_no_paragraph() -> None:
    assert numbers("1. It noted the SPC-\n2. It closed.\n\n2. It ended.") == ["1", "2"]
    assert numbers("1. It noted in part\n2. It closed.\n\n2. It ended.") == ["1", "2"]


def test_titles_in_a_row_are_paragraphs_line_by_line() -> None:
    assert numbers("It agreed on these points:\n\n1. Air\n2. Sea\n3. It closed.") == [
        *("0-1", "1", "2", "3"),
    ]


@pytest.mark.parametrize(
    "line", ["5] It met.", "5: It met.", "Xi. It met.", "(5 It met.", "5 It met."]
)
def test_other_beginnings_are_no_numbers(line: str) -> None:
    assert numbers(f"{line}\n\nIt closed after one long and good day.")[-1] == "1"


def test_numbers_may_be_missing() -> None:
    assert numbers("1. It met.\n\n4. It noted.\n\n19. It closed.") == ["1", "4", "19"]


def test_blocks_without_a_number_belong_to_the_one_above() -> None:
    text = "1. It met. It noted\n\nthe report.\n\nThe Chair closed.\n\n2. It ended."
    first, _ = paragraphs(text)
    assert said(first) == ["It met.", "It noted the report.", "The Chair closed."]
    assert [sentence.number for sentence in first.sentences] == [1, 2, 3]


def test_a_next_number_ends_a_sentence_without_a_full_stop() -> None:
    first, second = paragraphs("1. It met if the pandemic allows\n\n2. It closed.")
    assert (said(first), said(second)) == (["It met if the pandemic allows"], ["It closed."])


def test_items_are_paragraphs_of_their_own_with_a_parent() -> None:
    found = paragraphs("""1. The Meeting agreed:
(a) to meet;
(b) to ask:
   (i) China; and
   (ii) Japan;
(c) to end.

2. It closed.""")
    assert [(part.number, part.parent) for part in found] == [
        ("1", ""),
        ("1(a)", "1"),
        ("1(b)", "1"),
        ("1(b)(i)", "1(b)"),
        ("1(b)(ii)", "1(b)"),
        ("1(c)", "1"),
        ("2", ""),
    ]
    assert [part.sentences[0].level for part in found] == [0, 1, 1, 2, 2, 1, 0]
    assert [part.sentences[0].is_bullet for part in found] == [False, *[True] * 5, False]


def test_i_after_h_is_a_letter() -> None:
    items = "".join(f"({letter}) to meet {letter};\n" for letter in "abcdefghij")
    assert numbers(f"1. It agreed:\n{items}\n2. It closed.")[8:12] == ["1(h)", "1(i)", "1(j)", "2"]


def test_a_numbered_list_inside_a_paragraph_does_not_disturb_the_count() -> None:
    text = "1. It met.\n\n2. It agreed:\n\n1. to go;\n\n2. to come.\n\n3. It closed."
    assert numbers(text) == ["1", "2", "2(1)", "2(2)", "3"]


def test_what_stands_below_an_item_belongs_to_it() -> None:
    found = paragraphs("1. It agreed:\n\n(a) to meet with\n\nChina;\n\n(x) odd.\n\n2. It closed.")
    assert [part.number for part in found] == ["1", "1(a)", "2"]
    assert said(found[1]) == ["to meet with China; (x) odd."]


def test_a_report_that_counts_anew_gets_numbers_that_stay_apart() -> None:
    text = "1. It met.\n\n2. It closed.\n\nANNEX II\n\n1. The terms are these.\n\n2. They hold."
    assert numbers(text) == ["1", "2", "1~2", "2~2"]


def test_prose_that_a_numbered_report_does_not_number_keeps_its_place() -> None:
    prose = "The senior officials of six countries met for two days."
    text = f"{prose}\n\n1. It met.\n\nANNEX\n\nMr. Kim, Seoul\n\n{prose}\n\n{prose}"
    assert numbers(text) == ["0-1", "1", "1-1"]
    assert len(paragraphs(text)[2].sentences) == 2


def test_words_that_lead_into_the_numbers_are_their_parent() -> None:
    found = paragraphs("The Meeting:\n\n1. Noted it.\n\n2. Closed.\n\nNEXT STEPS\n\n3. It ends.")
    assert [(part.number, part.parent) for part in found] == [
        ("0-1", ""),
        ("1", "0-1"),
        ("2", "0-1"),
        ("3", ""),
    ]
    assert [part.sentences[0].is_bullet for part in found] == [False, True, True, False]


def test_an_agenda_before_the_report_is_no_paragraph() -> None:
    agenda = "AGENDA\n\n1. Opening\n2. Election of officers\n3. Closing\n\n"
    text = f"{agenda}REPORT\n\n1. It was opened at noon.\n\n2. It elected a Chair."
    assert numbers(text) == ["1", "2"]
    assert parts_of(text).preamble[1] == text.index("1. It")


# --- headings ---


@pytest.mark.parametrize(
    "block",
    ["**Air quality:** The", "**Air quality**: The", "**Air quality.** The", "Air quality: The"],
)
def test_a_paragraph_may_begin_with_its_heading(block: str) -> None:
    text = f"1. {block} Meeting met.\n\n2. It closed."
    first, second = paragraphs(text)
    assert (first.heading, first.heading_inherited) == ("Air quality", False)
    assert (second.heading, second.heading_inherited) == ("Air quality", True)
    assert first.view.text[first.body :] == "The Meeting met."
    assert said(first) == ["The Meeting met."]


def test_a_number_may_stand_inside_the_bold_words() -> None:
    first, _ = paragraphs("**1. Air:** The Meeting met.\n\n**2. Sea:** It closed.")
    assert (first.heading, said(first)) == ("Air", ["The Meeting met."])


@pytest.mark.parametrize(
    "block",
    [
        "**Noted** the report.",
        "The Meeting agreed on the following: The plan stays.",
        "Mr. Kim, who had opened the meeting early in the day and left: He spoke.",
    ],
)
def test_other_beginnings_are_no_headings(block: str) -> None:
    assert [part.heading for part in paragraphs(f"1. {block}\n\n2. It closed.")] == ["", ""]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("I. CONCLUSIONS AND OUTLOOK", "CONCLUSIONS AND OUTLOOK"),
        ("II. Conclusions and outlook", "Conclusions and outlook"),
        ("B. Work plan", "Work plan"),
        ("CONCLUSIONS", "CONCLUSIONS"),
        ("**CONCLUSIONS**", "CONCLUSIONS"),
        ("## III. Next steps", "Next steps"),
        ("Annex II", "Annex II"),
        ("Agenda item 3: Funds", "Agenda item 3: Funds"),
    ],
)
def test_sections_are_known_by_numerals_and_capitals(heading: str, section: str) -> None:
    text = f"1. **Air:** It met.\n\n{heading}\n\n2. It closed.\n\n3. It ended."
    found = paragraphs(text)
    assert [part.section for part in found] == ["", section, section]
    assert [part.heading for part in found] == ["Air", "", ""]
    assert [part.number for part in found] == ["1", "2", "3"]


@pytest.mark.parametrize("heading", ["Work plan", "**Work plan**", "### Work plan", "Work plan:"])
def test_headings_between_paragraphs_hold_for_what_follows(heading: str) -> None:
    gap = "\n\n" if not heading.endswith(":") else "\n\n**"
    text = (
        f"1. It met.{gap}{heading}{'**' if ':' in heading else ''}\n\n2. It closed.\n\n3. It ended."
    )
    found = paragraphs(text)
    assert [(part.heading, part.heading_inherited) for part in found] == [
        ("", False),
        ("Work plan", False),
        ("Work plan", True),
    ]
    assert text[found[0].start : found[0].end] == "1. It met."


def test_headings_of_markdown_need_no_blank_lines() -> None:
    found = paragraphs("## Air\n1. It met.\n## Sea\n2. It closed.")
    assert [(part.heading, said(part)) for part in found] == [
        ("Air", ["It met."]),
        ("Sea", ["It closed."]),
    ]


def test_bold_words_that_are_not_set_off_are_no_heading() -> None:
    first, _ = paragraphs("1. **The first of May.** It met.\n\n2. **It met, then it closed** now.")
    assert first.heading == "The first of May"
    assert paragraphs("1. **It met,** then.\n\n2. It closed.")[0].heading == ""


def test_a_dash_inside_a_sentence_is_no_bullet() -> None:
    (found, _) = paragraphs(
        "1. It noted the plan\n\u2013 a good one \u2013 and met.\n\n2. It closed."
    )
    assert len(found.sentences) == 1


def test_headings_that_the_format_marks_are_believed() -> None:
    text = "1. It met\n\nThe work of the next year\n\n2. It closed."
    start = text.index("The work")
    parts = parts_of(text, headings=((start, start + len("The work of the next year")),))
    assert [part.heading for part in parts.paragraphs] == ["", "The work of the next year"]


def test_a_block_cut_by_a_page_is_no_heading() -> None:
    found = paragraphs("1. It met with the 15th World\n\nForestry Congress\n\n2. It closed.")
    assert said(found[0]) == ["It met with the 15th World Forestry Congress"]


def test_a_numbered_title_is_the_heading_of_what_stands_below() -> None:
    text = "1. Opening\n\nThe Meeting was opened. It met.\n\n2. Agenda\n\nIt was adopted."
    assert [(part.number, part.heading, said(part)) for part in paragraphs(text)] == [
        ("1", "Opening", ["The Meeting was opened.", "It met."]),
        ("2", "Agenda", ["It was adopted."]),
    ]


def test_a_numbered_title_above_deeper_numbers_is_no_paragraph() -> None:
    text = "1. Opening\n\n1.1 It was opened.\n1.2 It met.\n\n2. Agenda\n\n2.1 It was adopted."
    assert [(part.number, part.heading) for part in paragraphs(text)] == [
        ("1.1", "Opening"),
        ("1.2", "Opening"),
        ("2.1", "Agenda"),
    ]


def test_articles_have_titles_of_their_own() -> None:
    text = "Article 1 - Aims\nThe Parties shall meet.\n\nArticle 2\nThey shall part."
    assert [(part.number, part.heading) for part in paragraphs(text)] == [("1", "Aims"), ("2", "")]


def test_articles_with_numbered_parts_are_their_headings() -> None:
    text = (
        "Article 4 - Aims\n\n4.1 It shall meet.\n\n4.2 It shall part.\n\nArticle 5\n\n5.1 It ends."
    )
    assert [(part.number, part.heading) for part in paragraphs(text)] == [
        ("4.1", "Article 4 - Aims"),
        ("4.2", "Article 4 - Aims"),
        ("5.1", "Article 5"),
    ]


def test_parts_of_an_article_are_its_items() -> None:
    text = "Article 1\n1. It shall meet.\n2. It shall part.\n\nArticle 2\n1. It shall end."
    assert numbers(text) == ["1", "1(1)", "1(2)", "2", "2(1)"]


def test_the_title_of_a_report_is_no_section() -> None:
    text = "REPORT OF THE FORUM\n\n1. It met.\n\n2. It closed."
    document = Document(text, "0" * 64, title="REPORT OF THE FORUM")
    assert [part.section for part in segment(document).paragraphs] == ["", ""]


# --- bullets ---


@pytest.mark.parametrize("sign", ["-", "*", "+", "\u2022", "\u2013", "\uf0b7", "o", "\u27a2"])
def test_bullets_are_sentences_of_the_paragraph_that_leads_in(sign: str) -> None:
    (found,) = paragraphs(f"The Meeting:\n\n{sign} Noted it\n{sign} Closed early")
    assert said(found) == ["The Meeting:", "Noted it", "Closed early"]
    assert [part.is_bullet for part in found.sentences] == [False, True, True]
    assert [part.level for part in found.sentences] == [0, 1, 1]


def test_bullets_nest_by_indent_and_by_sign() -> None:
    (by_indent,) = paragraphs("1. It:\n- Noted:\n   - a plan\n   - a sum\n- Closed")
    (by_sign,) = paragraphs("1. It:\n\u2022 Noted:\no A plan\no A sum\n\u2022 Closed")
    for found in (by_indent, by_sign):
        assert [part.level for part in found.sentences] == [0, 1, 2, 2, 1]


def test_only_the_first_sentence_of_an_item_is_a_bullet() -> None:
    (found,) = paragraphs("1. It:\n- Noted it. The plan stays.\n- Closed")
    assert [(part.is_bullet, part.level) for part in found.sentences] == [
        (False, 0),
        (True, 1),
        (False, 1),
        (True, 1),
    ]


def test_a_bullet_may_stand_on_a_line_of_its_own() -> None:
    (found,) = paragraphs("1. It:\n\u2022\nNoted it\n\u2022\nClosed")
    assert said(found) == ["It:", "Noted it", "Closed"]


def test_bullets_that_nothing_leads_into_are_paragraphs() -> None:
    found = paragraphs("Outcome of the Forum\n\n- Noted it:\n  o A plan\n- Closed\n")
    assert [(part.number, said(part)) for part in found] == [
        ("1", ["Noted it:", "A plan"]),
        ("2", ["Closed"]),
    ]


def test_text_after_a_list_is_no_item() -> None:
    (found,) = paragraphs("1. It:\n\n- Noted it\n\n- Closed\n\nThe Chair spoke.")
    assert [(part.is_bullet, part.level) for part in found.sentences] == [
        (False, 0),
        (True, 1),
        (True, 1),
        (False, 0),
    ]


def test_an_item_that_a_page_cuts_goes_on() -> None:
    (found,) = paragraphs("1. It:\n\n- Noted the\n\nplan\n\n- Closed")
    assert said(found) == ["It:", "Noted the plan", "Closed"]


# --- reports without numbers ---


def test_without_numbers_each_block_is_a_paragraph() -> None:
    blocks = ("UN", "12 May 2020", "The Meeting noted the report on the work.", "It closed.")
    text = "\n\n".join([*blocks, "Funds", "It paid."])
    found = paragraphs(text)
    assert [(part.number, part.heading) for part in found] == [("1", ""), ("2", ""), ("3", "Funds")]
    assert parts_of(text).preamble == (0, text.index("The Meeting"))


def test_without_numbers_a_block_that_breaks_off_goes_on() -> None:
    text = "The Meeting noted the report on the work of\n\nthe Forum.\n\nIt closed."
    assert [said(part) for part in paragraphs(text)] == [
        ["The Meeting noted the report on the work of the Forum."],
        ["It closed."],
    ]


def test_without_numbers_items_belong_to_their_block() -> None:
    text = "The Meeting noted the report and agreed on two points:\n\n(a) to go;\n\n(b) to come."
    assert numbers(text) == ["1", "1(a)", "1(b)"]


@pytest.mark.parametrize("text", ["", "UN", "CHINA\n\nJAPAN", "1", "Mr. Kim\n\nMs. Li\n\n3"])
def test_a_text_without_prose_has_no_paragraphs(text: str) -> None:
    parts = parts_of(text)
    assert parts.paragraphs == ()
    assert parts.preamble == (0, len(text))

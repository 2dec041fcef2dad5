"""PDF: the text layer with its paragraphs, headings and margins; a clear error without one."""

from __future__ import annotations

import sys

import pypdfium2
import pytest

from neagraph.errors import LimitError, UnreadableError, UsageError
from neagraph.reports.document import Document
from neagraph.reports.reading import read_pdf
from neagraph.reports.reading.readers import format_by_media_type, read_document
from neagraph.reports.segmentation.segments import segment

PDF = format_by_media_type("application/pdf")
TOP = 700
FONTS = "/Resources<</Font<</F1 3 0 R/F2 4 0 R>>"
Line = tuple[float, float, str]
"""Points from the left and from the bottom, and text: bold between stars, large after #."""


def shown(line: Line) -> str:
    """The operators that show a line; parts between stars are bold."""
    left, up, text = line
    size = 18 if text.startswith("#") else 11
    said = text.lstrip("#").replace("(", "\\(").replace(")", "\\)")
    parts = [
        f"/F{1 + at % 2} {size} Tf ({part}) Tj" for at, part in enumerate(said.split("*")) if part
    ]
    return f"BT {left} {up} Td {' '.join(parts)} ET"


SCAN = "q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"
"""A picture that fills a page."""


def pdf(*pages: list[Line], drawn: str = "", on: int | None = None, form: str = "") -> bytes:
    """A small PDF with these lines, in Helvetica and Helvetica-Bold.

    What is drawn stands on each page, or on one of them; `/Fm Do` draws the form.
    """
    inner = f"/XObject<</Fm {5 + 2 * len(pages)} 0 R>>>>"
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}/MediaBox[0 0 595 842]{FONTS}{inner}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]
    for at, lines in enumerate(pages):
        stream = "\n".join(shown(line) for line in lines)
        stream += f"\n{drawn}" if on in {None, at} else ""
        bodies += [
            f"<</Type/Page/Parent 2 0 R/Contents {6 + 2 * at} 0 R>>",
            f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream",
        ]
    head = f"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length {len(form)}>>"
    bodies.append(f"{head}\nstream\n{form}\nendstream")
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def lines(*texts: str, top: float = TOP, pitch: float = 14, left: float = 72) -> list[Line]:
    """Lines under each other; an empty one leaves half a line free."""
    found: list[Line] = []
    up = top
    for text in texts:
        if text:
            found.append((left, up, text))
        up -= pitch if text else pitch / 2
    return found


def read(*pages: list[Line]) -> Document:
    return read_document(pdf(*pages), PDF)


def test_lines_stay_and_space_between_them_makes_paragraphs() -> None:
    document = read(
        lines("The Meeting noted", "the report.", "", "The Chair closed", "it, gladly.")
    )
    assert document.text == "The Meeting noted\nthe report.\n\nThe Chair closed\nit, gladly."


def test_a_page_break_inside_a_sentence_is_a_line_end_and_pages_know_their_offsets() -> None:
    document = read(lines("The Meeting noted the mid-term"), lines("review in 2022."))
    assert document.text == "The Meeting noted the mid-term\nreview in 2022."
    assert document.pages == (0, 31)


@pytest.mark.parametrize(
    ("last", "first", "gap"),
    [
        ("It noted the report.", "It closed.", "\n\n"),
        ("It noted the report of", "Japan.", "\n"),
        ("It noted the report", "2. It closed.", "\n\n"),
        ("It noted the report:", "\u2022 on air", "\n\n"),
        ("*Reports*", "It closed.", "\n\n"),
        (f"{'It noted the report of the year. ' * 3}It was good.", "Afterwards", "\n"),
    ],
)
def test_a_page_break_parts_paragraphs_where_the_lines_show_it(
    last: str, first: str, gap: str
) -> None:
    above: Line = (
        72,
        750,
        "The Meeting noted the report of the Secretariat on the work of the year.",
    )
    document = read([above, (72, 600, last), (72, 28, "x 1")], [(72, TOP, first), (72, 28, "x 2")])
    said = last.strip("*")
    assert document.text.endswith(f"\n\n{said}\nx 1{gap}{first}\nx 2")
    assert [document.text[slice(*span)] for span in document.margins] == ["x 1", "x 2"]


def test_a_paragraph_goes_on_behind_the_margins_of_a_page() -> None:
    long = "The Meeting noted the report of the Secretariat on the work of the year and"
    document = read(
        [(72, 80, long), (72, 30, "7 May")],
        [(72, TOP, "adopted it. It closed."), (72, 30, "8 May")],
    )
    (part,) = segment(document).paragraphs
    assert part.view.text == f"{long} adopted it. It closed."


def test_what_stands_in_the_white_border_of_a_page_is_a_margin() -> None:
    document = read(
        [(72, 822, "11/22/26"), (72, TOP, "The Meeting met."), (72, 17, "page.html 1/1")]
    )
    assert [document.text[slice(*span)] for span in document.margins] == [
        "11/22/26",
        "page.html 1/1",
    ]


def test_a_number_at_the_start_of_a_line_begins_a_paragraph_after_a_full_stop() -> None:
    document = read(
        lines("1. The Meeting noted the", "report.", "2. The Meeting closed", "in 2022")
    )
    assert document.text.split("\n\n") == [
        "1. The Meeting noted the\nreport.",
        "2. The Meeting closed\nin 2022",
    ]


def test_a_line_that_ends_early_ends_its_paragraph() -> None:
    long = "The Meeting noted the report of the Secretariat on the work of the Centre in"
    document = read(lines(long, "that year.", "In the next " + long[:60], "it closed."))
    assert document.text.count("\n\n") == 1
    assert "year.\n\nIn" in document.text


def test_an_indent_begins_a_paragraph_after_a_full_stop() -> None:
    long = "The Meeting noted the report of the Secretariat and adopted the plan for it."
    text = read([(72, 700, long), (92, 686, long), (72, 672, long)]).text
    assert text == f"{long}\n\n{long}\n{long}"


def test_a_hanging_number_keeps_its_lines() -> None:
    long = "The Meeting noted the report of the Secretariat and adopted the plan for it."
    text = read(
        [
            (72, 700, "1. " + long),
            (92, 686, "The Chair noted that it was a good plan."),
        ]
    ).text
    assert "\n\n" not in text


def test_bold_first_words_and_bold_lines_are_headings() -> None:
    document = read(
        lines(
            "*CONCLUSIONS*",
            "1. *Air:* The Meeting met.",
            "",
            "2. *Care of*",
            "*wetlands:* It noted.",
        )
    )
    assert [document.text[slice(*span)] for span in document.headings] == [
        "CONCLUSIONS",
        "Air:",
        "Care of\nwetlands:",
    ]
    parts = segment(document).paragraphs
    assert [(part.heading, part.section) for part in parts] == [
        ("Air", "CONCLUSIONS"),
        ("Care of wetlands", "CONCLUSIONS"),
    ]


def test_running_heads_and_page_numbers_are_margins_wherever_the_file_has_them() -> None:
    pages = [
        [
            *lines(f"{page}. The Meeting noted the report", "of the day and", top=600),
            (72, 800, f"ESCAP/SOM24, {page} May"),
            (290, 30, str(page)),
        ]
        for page in (1, 2, 3)
    ]
    document = read(*pages)
    margins = [document.text[slice(*span)] for span in document.margins]
    assert margins == [
        "ESCAP/SOM24, 1 May",
        "1",
        "ESCAP/SOM24, 2 May",
        "2",
        "ESCAP/SOM24, 3 May",
        "3",
    ]
    parts = segment(document)
    assert [document.text[slice(*span)] for span in parts.left_out] == margins
    assert [part.view.text for part in parts.paragraphs] == [
        f"{page}. The Meeting noted the report of the day and" for page in (1, 2, 3)
    ]


def test_a_line_that_comes_back_in_the_body_is_no_running_head() -> None:
    pages = [lines(f"{page}. It met.", "Chair of the day", top=500) for page in (1, 2, 3)]
    assert read(*pages).margins == ()


def test_a_footer_glued_to_a_hyphen_is_parted_from_it() -> None:
    """PDFium gives one line for what stands before and after a hyphen, however far apart."""
    document = read([(72, 100, "The Meeting noted the SOM-"), (72, 20, "ESCAP")])
    assert document.text == "The Meeting noted the SOM\x02\nESCAP"


def test_what_goes_on_behind_a_superscript_is_the_same_line() -> None:
    document = read(
        [(72, 700, "The Meeting"), (140, 706, "1"), (150, 700, "noted"), (72, 650, "it.")]
    )
    assert document.text == "The Meeting 1 noted\n\nit."


def test_another_size_of_letters_begins_a_block() -> None:
    assert read([(72, 700, "#The Outcome"), (72, 686, "It met.")]).text == "The Outcome\n\nIt met."


def test_a_stop_inside_a_sentence_ends_no_paragraph() -> None:
    assert "\n\n" not in read(lines("The Meeting met at 9 a.m.", "on Friday.")).text


def test_columns_do_not_run_into_each_other() -> None:
    document = read([(72, 700, "The first."), (72, 686, "The end"), (320, 700, "The second.")])
    assert document.text.endswith("\n\nThe second.")


def test_parts_of_one_line_stay_together() -> None:
    document = read([(72, 700, "1."), (108, 700, "The Meeting met."), (72, 650, "2. It closed.")])
    assert [part.view.text for part in segment(document).paragraphs] == [
        "1. The Meeting met.",
        "2. It closed.",
    ]


def test_hyphens_at_line_ends_are_seen_through() -> None:
    document = read(lines("1. The Meeting noted the coopera-", "tion and the mid-", "term review."))
    assert "\x02" in document.text
    said = segment(document).paragraphs[0].view.text
    assert said == "1. The Meeting noted the cooperation and the mid-term review."


@pytest.mark.parametrize(
    ("turn", "matrix"), [(90, "0 1 -1 0"), (180, "-1 0 0 -1"), (270, "0 -1 1 0")]
)
def test_a_turned_page_is_read_as_it_is_shown(turn: int, matrix: str) -> None:
    across = {90: lambda x, y: (595 - y, x), 180: lambda x, y: (595 - x, 842 - y),
              270: lambda x, y: (y, 842 - x)}[turn]  # fmt: skip
    said = ["1. The Meeting noted the", "report.", "", "2. It closed."]
    drawn = "\n".join(
        f"BT /F1 11 Tf {matrix} {' '.join(map(str, across(left, up)))} Tm ({text}) Tj ET"
        for left, up, text in lines(*said, top=500)
    )
    data = pdf([], drawn=drawn).replace(b"/Type/Page/", b"/Rotate %d/Type/Page/" % turn)
    assert read_document(data, PDF).text == "1. The Meeting noted the\nreport.\n\n2. It closed."


def test_the_text_of_a_page_is_no_margin_where_the_page_does_not_begin_at_nought() -> None:
    data = pdf(lines("The Meeting met.", top=1000))
    moved = data.replace(b"/MediaBox[0 0 595 842]", b"/MediaBox[0 300 595 1142]")
    document = read_document(moved, PDF)
    assert (document.text, document.margins) == ("The Meeting met.", ())


@pytest.mark.parametrize(
    ("drawn", "said"), [(SCAN, "its pages are pictures"), ("0 0 99 99 re f", "letters are drawn")]
)
def test_a_scanned_pdf_says_that_it_has_no_text(drawn: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said) as caught:
        read_document(pdf([], [], drawn=drawn), PDF)
    assert "OCR" in caught.value.hint


def test_pages_that_are_pictures_are_named_and_the_others_are_read() -> None:
    page = lines("The Meeting noted the report.")
    stamped: list[Line] = [(72, 800, "The copy 1")]
    document = read_document(pdf(page, stamped, [], [], page, stamped, drawn=SCAN), PDF)
    assert document.text.count("The Meeting noted") == 2
    (warning,) = document.warnings
    assert warning == (
        "There is no text on pages 2-4 and 6 of 6, only pictures, as from a scanner. Recognise "
        "their text (OCR) and read the report again to have all of it."
    )


def test_a_single_page_that_is_a_picture_is_named() -> None:
    page = lines("The Meeting noted the report.")
    (warning,) = read_document(pdf(page, [], page, drawn=SCAN, on=1), PDF).warnings
    assert warning.startswith("There is no text on page 2 of 3, only pictures")


def test_a_picture_inside_another_object_is_a_picture() -> None:
    page = lines("The Meeting noted the report.")
    (warning,) = read_document(pdf(page, [], drawn="/Fm Do", on=1, form=SCAN), PDF).warnings
    assert "page 2 of 2" in warning


def test_empty_pages_and_small_pictures_are_no_scans() -> None:
    page = lines("The Meeting noted the report.")
    logo = SCAN.replace("595 0 0 842", "60 0 0 60")
    assert read_document(pdf(page, [], drawn=logo), PDF).warnings == ()


LEFT = (
    "The Meeting noted the report of the",
    "Secretariat on the work of the year and",
    "thanked Japan for its offer to host the",
    "next session in May 2022. It asked the",
    "Secretariat to send the plan to members",
    "in good time, and agreed that the costs",
)
RIGHT = (
    "of the plan be shared by all members.",
    "The Chair thanked the members for the",
    "work done and closed the meeting with",
    "the hope that the next one would meet in",
    "the city of Ulsan, where the members had",
    "met before in the year of the report.",
)
FULL = "The report of the third meeting of the Forum, which was held in the city of Ulsan, in May."


def side_by_side(*, row: int = 1, space: float = 0) -> list[Line]:
    """Two columns, painted so many rows at a time; space between these."""
    found: list[Line] = []
    for at in range(0, len(LEFT), row):
        for left, texts in ((72, LEFT), (320, RIGHT)):
            found += [
                (left, TOP - 14 * (at + step) - space * (at // row), text)
                for step, text in enumerate(texts[at : at + row])
            ]
    return found


@pytest.mark.parametrize("row", [1, 6])
def test_columns_are_read_one_after_the_other_however_they_are_painted(row: int) -> None:
    document = read([(72, 740, FULL), *side_by_side(row=row), (72, 560, FULL)])
    assert document.text.split("\n\n") == [FULL, "\n".join(LEFT + RIGHT), FULL]


def test_a_running_head_in_the_middle_of_columns_does_no_harm() -> None:
    page = side_by_side()
    page.insert(3, (72, 822, "The report"))
    document = read(page)
    assert document.text == "\n".join((*LEFT, *RIGHT, "The report"))


def test_a_paragraph_may_begin_with_the_second_column() -> None:
    page = side_by_side()
    page[-2] = (page[-2][0], page[-2][1], "in good time. It went on.")
    page[1] = (320, TOP, "The plan is to be shared by members.")
    assert "It went on.\n\nThe plan is" in read(page).text


def test_a_table_painted_row_by_row_is_not_taken_for_columns() -> None:
    rules = " ".join(f"60 {TOP - 14 * at + 11} m 540 {TOP - 14 * at + 11} l S" for at in range(7))
    boxed = read_document(pdf(side_by_side(), drawn=rules), PDF)
    assert boxed.text.startswith(f"{LEFT[0]} {RIGHT[0]}\n{LEFT[1]} {RIGHT[1]}\n")
    spaced = sorted(side_by_side(row=2, space=10), key=lambda line: (-line[1], line[0]))
    assert read(spaced).text.startswith(f"{LEFT[0]} {RIGHT[0]}\n{LEFT[1]} {RIGHT[1]}\n")


def test_a_table_painted_cell_by_cell_stays_as_it_is() -> None:
    text = read(side_by_side(row=2, space=10)).text
    order = [text.index(line) for line in (*LEFT[:2], *RIGHT[:2], *LEFT[2:4], *RIGHT[2:4])]
    assert order == sorted(order)


def test_names_side_by_side_are_not_taken_for_columns() -> None:
    names: list[Line] = [
        (left, TOP - 14 * at, "The Chair") for at in range(8) for left in (72, 320)
    ]
    assert read(names).text.startswith("The Chair The Chair\nThe Chair The Chair")


@pytest.mark.parametrize("cut", [20, 300, -30])
def test_a_pdf_cut_short_is_damaged(cut: int) -> None:
    with pytest.raises(UnreadableError, match=r"damaged|no text"):
        read_document(pdf(lines("The Meeting met."))[:cut], PDF)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Failed to load document (PDFium: Incorrect password error).", "password"),
        ("Failed to load document (PDFium: Data format error).", "damaged"),
    ],
)
def test_reasons_of_pdfium_become_ours(
    reason: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: bytes) -> None:
        raise pypdfium2.PdfiumError(reason)

    monkeypatch.setattr(pypdfium2, "PdfDocument", refuse)
    with pytest.raises(UnreadableError, match=told):
        read_document(pdf(lines("The")), PDF)


def encrypted() -> bytes:
    """A PDF that no password opens: its key is not the one of the empty password."""
    data = pdf(lines("The secret"))
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (
        b"ab" * 32,
        b"cd" * 32,
    )
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R" + lock)


def test_a_pdf_with_a_password_is_refused() -> None:
    with pytest.raises(UnreadableError, match="password"):
        read_document(encrypted(), PDF)


def test_a_damaged_page_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise pypdfium2.PdfiumError("Failed to load page.")

    monkeypatch.setattr(pypdfium2.PdfDocument, "get_page", refuse)
    with pytest.raises(UnreadableError, match="Page 1 of this PDF is damaged"):
        read_document(pdf(lines("The")), PDF)


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_pdf, "_MOST_PAGES", 2)
    with pytest.raises(LimitError, match="has 3 pages; 2 are the most"):
        read_document(pdf([], [], []), PDF)


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(UsageError, match="pypdfium2") as caught:
        read_document(pdf(lines("The")), PDF)
    assert "[reports]" in caught.value.hint

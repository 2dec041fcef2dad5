"""HTML is read as a reader sees it: text, lists with their numbers, headings; nothing hidden."""

from __future__ import annotations

import pytest

from neagraph.errors import UnreadableError
from neagraph.reports.document import Document
from neagraph.reports.reading.read_html import read_html
from neagraph.reports.reading.readers import format_by_media_type, read_document
from neagraph.reports.segmentation.segments import segment

HTML = format_by_media_type("text/html")


def read(page: str | bytes) -> Document:
    return read_document(page.encode() if isinstance(page, str) else page, HTML)


def headings(document: Document) -> list[str]:
    return [document.text[slice(*span)] for span in document.headings]


def test_blocks_are_parted_by_blank_lines_and_space_is_closed_up() -> None:
    document = read("<body><p>The\n  Meeting <i>noted</i>&nbsp;it.<p>It closed.<div>Bye</div>")
    assert document.text == "The Meeting noted\u00a0it.\n\nIt closed.\n\nBye"


def test_scripts_styles_and_hidden_parts_are_left_out() -> None:
    document = read("""<html><head><title>Tab</title><style>p {color: red}</style>
        <script>document.write("<p>evil</p>")</script></head><body onload="evil()">
        <p>The Meeting met.</p><script>var a = "</p>"; if (1 < 2) evil();</script>
        <noscript>Turn it on</noscript><template><p>later</p></template>
        <p hidden>secret</p><div style="display: none"><div>secret</div>secret</div>
        <svg><text>drawn</text></svg><iframe src="x">old</iframe><!-- note -->
        <p>It closed.</p></body></html>""")
    assert document.text == "The Meeting met.\n\nIt closed."


def test_navigation_and_footers_are_margins() -> None:
    document = read("<nav>Home</nav><p>1. The Meeting met.</p><footer>Imprint</footer>")
    assert [document.text[slice(*span)] for span in document.margins] == ["Home", "Imprint"]
    parts = segment(document)
    assert [document.text[slice(*span)] for span in parts.left_out] == ["Home", "Imprint"]
    assert [part.view.text for part in parts.paragraphs] == ["1. The Meeting met."]


@pytest.mark.parametrize(
    ("attributes", "marks"),
    [
        ("", ["1. ", "2. ", "3. "]),
        ('start="9"', ["9. ", "10. ", "11. "]),
        ('type="a" start="26"', ["z. ", "aa. ", "bb. "]),
        ('type="A"', ["A. ", "B. ", "C. "]),
        ('type="i" start="3"', ["iii. ", "iv. ", "v. "]),
        ('type="I" start="39"', ["XXXIX. ", "XL. ", "XLI. "]),
        ('start="none"', ["1. ", "2. ", "3. "]),
    ],
)
def test_numbers_of_lists_are_part_of_the_text(attributes: str, marks: list[str]) -> None:
    document = read(f"<ol {attributes}><li>The one<li>The two</li><li><p>The three</p></ol>")
    texts = ("The one", "The two", "The three")
    expected = [mark + text for mark, text in zip(marks, texts, strict=True)]
    assert document.text.split("\n\n") == expected


def test_items_may_have_numbers_of_their_own() -> None:
    assert read('<ol><li value="7">The one<li>The two</ol>').text == "7. The one\n\n8. The two"


def test_nested_bullets_are_indented() -> None:
    document = read("<ul><li>The one<ul><li>The two<ul><li>The three</ul></ul><li>The four</ul>")
    assert document.text.split("\n\n") == [
        "\u2022 The one",
        "  \u25e6 The two",
        "    \u25aa The three",
        "\u2022 The four",
    ]


def test_a_list_goes_on_after_an_inner_one() -> None:
    document = read("<ol><li>The one<ol type=a><li>The in</ol><li>The two</ol>")
    assert document.text.split("\n\n") == ["1. The one", "  a. The in", "2. The two"]


def test_an_item_outside_any_list_is_a_bullet() -> None:
    assert read("<li>The stray</li></ul>").text == "\u2022 The stray"


def test_headings_and_leading_bold_words_are_headings() -> None:
    document = read("<h2>II. Work</h2><p>1. <b>Air:</b> The <b>Meeting</b> met.<p><strong>So")
    assert headings(document) == ["II. Work", "Air:", "So"]
    assert segment(document).paragraphs[0].heading == "Air"


def test_the_first_main_heading_is_the_title() -> None:
    document = read("<title>Tab</title><h1>The\n <i>Outcome</i></h1><p>It met.<h1>Other</h1>")
    assert document.title == "The Outcome"


def test_rows_of_tables_are_blocks() -> None:
    page = "<table><tr><th>The State</th><td>Sum</td><tr><td>China</td><td>9</td></tr></table>The"
    assert read(page).text.split("\n\n") == ["The State\tSum", "China\t9", "The"]


def test_preformatted_text_keeps_its_lines() -> None:
    assert read("<pre>The one\n  two</pre><p>The\nthree").text == "The one\n  two\n\nThe three"


def test_line_breaks_stay() -> None:
    assert read("<p>The one<br>two<br/>three").text == "The one\ntwo\nthree"


def test_the_declared_encoding_is_used() -> None:
    page = '<meta charset="windows-1251"><p>The Meeting met in \u041c.'.encode("windows-1251")
    assert read(page).text == "The Meeting met in \u041c."


@pytest.mark.parametrize("charset", ["no-such", "ascii"])
def test_a_wrong_declaration_does_no_harm(charset: str) -> None:
    page = f"<meta charset='{charset}'><p>The caf\u00e9".encode()
    assert read(page).text == "The caf\u00e9"


def test_broken_tags_are_borne() -> None:
    page = "<p>The <b>Meeting</p></b></div><ol><li>met</ol></ol></nav><li <p>&#xFFFFFF; &bogus; the"
    assert "Meeting" in read(page).text


@pytest.mark.parametrize("page", ["<html></html>", "<script>the()</script>", "<p> </p>&nbsp;"])
def test_a_page_without_text_is_refused(page: str) -> None:
    with pytest.raises(UnreadableError, match="no text"):
        read(page)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>The <b title='a > b'>Meeting</b>", "The Meeting"),
        ('<p>The <b title="<p>x</p>">Meeting</b>', "The Meeting"),
        ("<p title=it's>The Meeting", "The Meeting"),
        ("<p>The 3 < 4 and 5 > 4 </3> &lt;p&gt;", "The 3 < 4 and 5 > 4 </3> <p>"),
        ("<?xml version='1.0'?><!DOCTYPE html><p>The<!-- <p>no</p> --> Meeting", "The Meeting"),
        ("<svg/><p>The <img src=x hidden>Meeting", "The Meeting"),
        ("<p>The Meeting</p><a href='never closed", "The Meeting"),
        ("<p>The Meeting</p><!-- never closed <p>x", "The Meeting"),
        ("<p>The Meeting</p><script>never closed <p>x", "The Meeting"),
        ("<p>The Meeting</p><SCRIPT>a</SCRIPT ><p>met", "The Meeting\n\nmet"),
    ],
)
def test_tags_are_told_from_text_as_browsers_do(page: str, text: str) -> None:
    assert read(page).text == text


@pytest.mark.parametrize(
    "part",
    ["<a ", "<!", "<!--", "&", "<", "</", "<?", "<b>x</b>", "<ul><li>x", "<![", '<a b="', "<b>1. "],
)
def test_pages_that_are_broken_on_purpose_take_no_longer(part: str, grows_at_most) -> None:
    def work(times: int) -> None:
        assert read_html(b"<p>It met.</p>" + part.encode() * times).text.startswith("It met.")

    grows_at_most(32, work, 5_000, 40_000)  # eightfold in linear time, 64-fold in quadratic time


def test_every_heading_and_margin_is_a_span_of_the_text() -> None:
    document = read("<nav> a </nav><p> <b> The bold </b> words</p><h3> The end </h3><aside>x")
    assert headings(document) == ["The bold ", "The end"]
    assert all(0 <= start < end <= len(document.text) for start, end in document.margins)

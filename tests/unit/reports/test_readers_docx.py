"""DOCX is read with the numbers that Word computes; bombs are refused before unpacking."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document as DocxFile
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from neagraph.errors import LimitError, UnreadableError, UsageError
from neagraph.reports.document import Document
from neagraph.reports.reading.docx_numbers import Numbering, numbering_of
from neagraph.reports.reading.readers import format_by_media_type, read_document
from neagraph.reports.segmentation.segments import segment

DOCX = format_by_media_type(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)


def saved(file: DocxFile) -> bytes:
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def read(file: DocxFile) -> Document:
    return read_document(saved(file), DOCX)


def blocks(file: DocxFile) -> list[str]:
    return read(file).text.split("\n\n")


def headings(document: Document) -> list[str]:
    return [document.text[slice(*span)] for span in document.headings]


def with_list(file: DocxFile, number: int, *levels: str, override: str = "") -> None:
    """Define a list: each level as `format|text|start`."""
    root = file.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text, start) in enumerate(level.split("|") for level in levels)
    )
    if levels:
        abstract = (
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{inner}</w:abstractNum>'
        )
        root.insert(0, parse_xml(abstract))
    named = number if levels else number - 1
    root.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{named}"/>'
            f"{override}</w:num>"
        )
    )


def item(file: DocxFile, text: str, number: int, level: int = 0) -> None:
    paragraph = file.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/>'
            f'<w:numId w:val="{number}"/></w:numPr>'
        )
    )


def test_paragraphs_are_blocks_and_empty_ones_none() -> None:
    file = docx.Document()
    for text in ("The one", "", "  ", "The two\tand\nthree"):
        file.add_paragraph(text)
    assert blocks(file) == ["The one", "The two\tand\nthree"]


def test_automatic_numbers_are_computed_level_by_level() -> None:
    file = docx.Document()
    with_list(file, 50, "decimal|%1.|3", "decimal|%1.%2|1", "lowerLetter|(%3)|1")
    for text, level in [("The a", 0), ("The b", 1), ("The c", 1), ("The d", 2), ("The e", 0)]:
        item(file, text, 50, level)
    item(file, "The f", 50, 1)
    assert blocks(file) == [
        "3. The a",
        "3.1 The b",
        "3.2 The c",
        "(a) The d",
        "4. The e",
        "4.1 The f",
    ]


@pytest.mark.parametrize(
    ("form", "mark"),
    [
        ("decimal", "4"),
        ("decimalZero", "04"),
        ("upperLetter", "D"),
        ("lowerRoman", "iv"),
        ("upperRoman", "IV"),
        ("chineseCounting", "4"),
    ],
)
def test_numbers_are_written_in_the_format_of_the_list(form: str, mark: str) -> None:
    file = docx.Document()
    with_list(file, 50, f"{form}|%1)|4")
    item(file, "The text", 50)
    assert read(file).text == f"{mark}) The text"


def test_an_empty_item_has_no_number() -> None:
    file = docx.Document()
    with_list(file, 50, "decimal|%1.|1")
    for text in ("The a", "", "The b"):
        item(file, text, 50)
    assert blocks(file) == ["1. The a", "2. The b"]


def test_a_list_that_starts_anew_counts_alone() -> None:
    file = docx.Document()
    with_list(file, 50, "decimal|%1.|1")
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    with_list(file, 51, override=override)
    for text, number in [("The a", 50), ("The b", 50), ("The c", 51), ("The d", 50)]:
        item(file, text, number)
    assert blocks(file) == ["1. The a", "2. The b", "1. The c", "3. The d"]


def test_a_list_may_change_the_levels_of_the_abstract_one() -> None:
    file = docx.Document()
    with_list(file, 50, "decimal|%1.|1")
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="2"/><w:numFmt w:val="upperLetter"/>'
        '<w:lvlText w:val="[%1]"/></w:lvl>'
    )
    with_list(file, 51, override=f'<w:lvlOverride w:ilvl="0">{level}</w:lvlOverride>')
    item(file, "The a", 51)
    assert read(file).text == "[B] The a"


def test_styles_number_and_bullet_their_paragraphs() -> None:
    file = docx.Document()
    for text, style in [
        ("The a", "List Number"),
        ("The b", "List Number"),
        ("The c", "List Bullet"),
        ("The d", "List Bullet 2"),
    ]:
        file.add_paragraph(text, style=style)
    assert blocks(file) == ["1. The a", "2. The b", "\u2022 The c", "\u2022 The d"]


def test_bullets_are_indented_by_their_level() -> None:
    file = docx.Document()
    with_list(file, 50, "bullet|\uf0b7|1", "bullet|o|1", "none||1")
    for level in (0, 1, 2):
        item(file, "The text", 50, level)
    assert blocks(file) == ["\u2022 The text", "  \u25e6 The text", "The text"]


@pytest.mark.parametrize(("number", "level"), [(99, 0), (0, 0), (50, 8), (50, 12)])
def test_a_list_or_level_that_is_not_defined_has_no_number(number: int, level: int) -> None:
    file = docx.Document()
    with_list(file, 50, "decimal|%1.|1")
    item(file, "The text", number, level)
    assert read(file).text == "The text"


def test_a_document_without_numbering_has_no_numbers() -> None:
    assert numbering_of(None) == Numbering()
    assert Numbering().next_mark("1", 0) == ""


def test_headings_are_known_by_style_and_bold_first_words() -> None:
    file = docx.Document()
    file.add_paragraph("The Outcome of\nthe Forum", style="Title")
    file.add_heading("Work plan", level=1)
    paragraph = file.add_paragraph("3. ")
    paragraph.add_run("Air ").bold = True
    paragraph.add_run("quality: ").bold = True
    paragraph.add_run("The Meeting ")
    paragraph.add_run("noted").bold = True
    document = read(file)
    assert document.title == "The Outcome of the Forum"
    assert headings(document) == ["The Outcome of\nthe Forum", "Work plan", "Air quality:"]


def test_a_bold_style_and_its_exceptions_are_seen() -> None:
    file = docx.Document()
    file.styles.add_style("Lead", 1).font.bold = True
    paragraph = file.add_paragraph("Air: ", style="Lead")
    paragraph.add_run("The Meeting met.").bold = False
    assert headings(read(file)) == ["Air:"]


def test_deleted_text_is_left_out_and_inserted_text_is_read() -> None:
    file = docx.Document()
    paragraph = file.add_paragraph("The Meeting ")
    for part in (
        "<w:del {0}><w:r><w:delText>refused</w:delText></w:r></w:del>",
        "<w:ins {0}><w:r><w:t>adopted</w:t></w:r></w:ins>",
        "<w:r {0}><w:noBreakHyphen/><w:t>it</w:t><w:softHyphen/></w:r>",
        "<w:hyperlink {0}><w:r><w:t>, see there</w:t></w:r></w:hyperlink>",
        "<w:r {0}><w:pict><w:t>watermark</w:t></w:pict></w:r>",
    ):
        paragraph._p.append(parse_xml(part.format(nsdecls("w"))))
    assert read(file).text == "The Meeting adopted-it\u00ad, see there"


def test_content_controls_are_read() -> None:
    file = docx.Document()
    control = (
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>The text</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    )
    file.element.body.insert(0, parse_xml(control))
    assert read(file).text == "The text"


def test_rows_of_short_cells_are_blocks_and_long_cells_are_read_one_by_one() -> None:
    file = docx.Document()
    table = file.add_table(2, 2)
    for at, text in enumerate(("The State", "Sum", "1. The Meeting met.", "\n")):
        table.cell(at // 2, at % 2).text = text
    table.cell(1, 0).add_paragraph("2. It closed.")
    file.add_table(1, 2)
    assert blocks(file) == ["The State\tSum", "1. The Meeting met.", "2. It closed."]


def test_running_heads_are_not_read() -> None:
    file = docx.Document()
    file.sections[0].header.paragraphs[0].text = "ESCAP/SOM24"
    file.add_paragraph("The text")
    assert read(file).text == "The text"


def test_automatic_numbers_make_paragraphs() -> None:
    file = docx.Document()
    with_list(file, 50, "decimal|%1.|1", "lowerLetter|(%2)|1")
    item(file, "The Meeting agreed:", 50)
    item(file, "to meet;", 50, 1)
    item(file, "to report.", 50, 1)
    item(file, "The Meeting closed.", 50)
    parts = segment(read(file)).paragraphs
    assert [part.number for part in parts] == ["1", "1(a)", "1(b)", "2"]


def repacked(data: bytes, change: Callable[[zipfile.ZipFile], None], *left_out: str) -> bytes:
    """The parts of a file but for some, with others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name not in left_out:
                new.writestr(name, old.read(name))
        change(new)
    return stream.getvalue()


def text_file() -> bytes:
    file = docx.Document()
    file.add_paragraph("The text")
    return saved(file)


def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("word/b.bin", bytes(30_000_000), zipfile.ZIP_DEFLATED)


def crowd(archive: zipfile.ZipFile) -> None:
    for number in range(5001):
        archive.writestr(f"word/{number}", "")


@pytest.mark.parametrize("change", [bomb, crowd])
def test_a_bomb_is_refused_before_any_part_is_unpacked(
    change: Callable[[zipfile.ZipFile], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = repacked(text_file(), change)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(LimitError, match="would unpack to"):
        read_document(data, DOCX)


def test_a_file_with_a_password_is_refused() -> None:
    data = bytearray(text_file())
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    with pytest.raises(UnreadableError, match="password"):
        read_document(bytes(data), DOCX)


@pytest.mark.parametrize(
    "left_out", ["word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/styles.xml"]
)
def test_a_file_without_its_main_parts_is_damaged_or_read_without_them(left_out: str) -> None:
    data = repacked(text_file(), lambda _: None, left_out)
    with pytest.raises(UnreadableError, match="damaged"):
        read_document(data, DOCX)


def test_broken_xml_is_damage() -> None:
    name = "word/document.xml"
    data = repacked(text_file(), lambda new: new.writestr(name, "<w:document"), name)
    with pytest.raises(UnreadableError, match="damaged"):
        read_document(data, DOCX)


def test_a_file_cut_short_is_damaged() -> None:
    with pytest.raises(UnreadableError, match="damaged"):
        read_document(text_file()[:-500], DOCX)


def test_a_part_with_a_wrong_check_sum_is_damaged() -> None:
    data = bytearray(text_file())
    place = data.index(b"word/document.xml") + 200
    data[place : place + 20] = bytes(20)
    with pytest.raises(UnreadableError, match="damaged"):
        read_document(bytes(data), DOCX)


def test_entities_are_not_resolved() -> None:
    name = "word/document.xml"
    bomb = (
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w:document {}><w:body><w:p>'
        "<w:r><w:t>The text &b;</w:t></w:r></w:p></w:body></w:document>"
    ).format(nsdecls("w"))
    data = repacked(text_file(), lambda new: new.writestr(name, bomb), name)
    assert "ha" not in read_document(data, DOCX).text


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    data = text_file()
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(UsageError, match="python-docx") as caught:
        read_document(data, DOCX)
    assert "neagraph[reports]" in caught.value.hint

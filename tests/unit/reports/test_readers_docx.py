"""DOCX is read with the numbers that Word computes; bombs are refused before unpacking."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document as DocxFile
from docx.opc.packuri import PackURI
from docx.opc.part import Part
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


def test_an_empty_item_is_counted_as_word_does() -> None:
    file = docx.Document()
    with_list(file, 50, "decimal|%1.|1")
    for text in ("The a", "", "The b"):
        item(file, text, 50)
    assert blocks(file) == ["1. The a", "3. The b"]


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


RUN = "<w:r><w:t>{}</w:t></w:r>"
SPACES = (
    f"{nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' "
    "xmlns:wps='http://schemas.microsoft.com/office/word/2010/wordprocessingShape' "
    "xmlns:v='urn:schemas-microsoft-com:vml'"
)


def element(xml: str) -> object:
    """An element; its first tag takes the namespaces."""
    return parse_xml(re.sub(r"^<[\w:]+", lambda match: f"{match.group()} {SPACES}", xml))


def box(*texts: str) -> str:
    """The runs of a text box as Word writes it: twice."""
    inner = "".join(f"<w:p>{RUN.format(text)}</w:p>" for text in texts)
    content = f"<w:txbxContent>{inner}</w:txbxContent>"
    return (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
        f"{content}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        f"{content}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def test_a_text_box_is_read_once_behind_its_paragraph() -> None:
    file = docx.Document()
    paragraph = file.add_paragraph("The Meeting ")
    paragraph._p.append(element(box("The first", "The second")))
    paragraph.add_run("met.")
    file.add_paragraph("It closed.")
    assert blocks(file) == ["The Meeting met.", "The first", "The second", "It closed."]


def test_a_text_box_of_an_older_program_is_read_and_one_in_a_cell_too() -> None:
    file = docx.Document()
    pict = (
        f"<w:r><w:pict><v:textbox><w:txbxContent><w:p>{RUN.format('The old')}</w:p></w:txbxContent>"
    )
    file.add_paragraph()._p.append(element(f"{pict}</v:textbox></w:pict></w:r>"))
    cell = file.add_table(1, 2).cell(0, 0)
    cell.paragraphs[0]._p.append(element(box("The new")))
    assert blocks(file) == ["The old", "The new"]


def test_bold_words_are_found_beside_moved_text_and_boxes() -> None:
    file = docx.Document()
    paragraph = file.add_paragraph()
    paragraph._p.append(element(f"<w:moveFrom>{RUN.format('The old ')}</w:moveFrom>"))
    paragraph._p.append(element(box("The box")))
    paragraph.add_run("Air:").bold = True
    paragraph.add_run(" The Meeting met.")
    document = read(file)
    assert document.text == "Air: The Meeting met.\n\nThe box"
    assert headings(document) == ["Air:"]


def test_moved_and_hidden_text_and_deleted_rows_are_told_from_what_shows() -> None:
    file = docx.Document()
    paragraph = file.add_paragraph("The ")
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
    for xml in (
        hidden,
        f"<w:moveFrom>{RUN.format('old')}</w:moveFrom>",
        f"<w:moveTo>{RUN.format('Meeting met.')}</w:moveTo>",
    ):
        paragraph._p.append(element(xml))
    table = file.add_table(2, 2)
    for row, text in zip(table.rows, ("The old", "The new"), strict=True):
        row.cells[0].text = text
    table.rows[0]._tr.get_or_add_trPr().append(element("<w:del/>"))
    assert blocks(file) == ["The Meeting met.", "The new"]


def test_a_paragraph_whose_end_is_deleted_goes_on_with_the_next_one() -> None:
    file = docx.Document()
    for text in ("The Meeting noted ", "the report.", "The rest"):
        file.add_paragraph(text)
    for at in (0, 2):
        properties = file.paragraphs[at]._p.get_or_add_pPr()
        properties.append(element("<w:rPr><w:del/></w:rPr>"))
    assert blocks(file) == ["The Meeting noted the report.", "The rest"]


def with_notes(file: DocxFile, kind: str, *texts: str) -> None:
    """Give a file footnotes or endnotes, from 1."""
    notes = "".join(
        f'<w:{kind} w:id="{at}"><w:p><w:r><w:{kind}Ref/></w:r>{RUN.format(text)}</w:p></w:{kind}>'
        for at, text in enumerate(texts, start=1)
    )
    separator = f'<w:{kind} w:id="-1" w:type="separator"><w:p>{RUN.format("line")}</w:p></w:{kind}>'
    data = f"<w:{kind}s {nsdecls('w')}>{separator}{notes}</w:{kind}s>".encode()
    part = Part(PackURI(f"/word/{kind}s.xml"), "application/xml", data, file.part.package)
    file.part.relate_to(part, f"http://schemas.openxmlformats.org/x/{kind}s")


def test_notes_are_read_behind_the_text_in_the_order_of_their_references() -> None:
    file = docx.Document()
    with_notes(file, "footnote", "The one.", "Nobody sees it.", "Japan stated that it differs.")
    with_notes(file, "endnote", "The end.")
    paragraph = file.add_paragraph("1. The Meeting")
    for xml in (
        '<w:r><w:footnoteReference w:id="3"/></w:r>',
        '<w:del><w:r><w:footnoteReference w:id="2"/></w:r></w:del>',
        '<w:r><w:endnoteReference w:id="1"/></w:r>',
        '<w:r><w:footnoteReference w:id="1"/></w:r>',
    ):
        paragraph._p.append(element(xml))
    paragraph.add_run(" met.")
    document = read(file)
    assert document.text.split("\n\n") == [
        "1. The Meeting met.",
        "Notes",
        "Japan stated that it differs.",
        "The one.",
        "The end.",
    ]
    assert headings(document) == ["Notes"]


def test_a_table_in_a_cell_is_read_once_and_numbers_of_cells_are_counted() -> None:
    file = docx.Document()
    with_list(file, 50, "decimal|%1.|1")
    table = file.add_table(2, 2)
    for row in table.rows:
        item_of = row.cells[0].paragraphs[0]._p.get_or_add_pPr()
        item_of.append(element('<w:numPr><w:numId w:val="50"/></w:numPr>'))
        row.cells[1].text = "The State"
    outer = file.add_table(1, 2)
    outer.cell(0, 0).add_table(1, 2).cell(0, 0).text = "The inner"
    assert blocks(file) == ["1.\tThe State", "2.\tThe State", "The inner"]


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
    assert "[reports]" in caught.value.hint

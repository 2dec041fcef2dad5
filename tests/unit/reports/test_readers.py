"""Any report file becomes a `Document` whose text, pages and title are known, or a clear error."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePath

import pytest

from neagraph.errors import FormatError, LimitError, NeagraphError, UnreadableError
from neagraph.reports.document import Document
from neagraph.reports.reading import readers
from neagraph.reports.reading.readers import (
    REPORT_FORMATS,
    ReportFormat,
    format_by_media_type,
    format_by_path,
    read_document,
    read_report,
)

PROSE = "1. The Meeting noted the report of the Secretariat on the work of the Centre."


def form(name: str) -> ReportFormat:
    return next(form for form in REPORT_FORMATS if form.name == name)


def read(text: str, name: str = "text") -> Document:
    return read_document(text.encode(), form(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "text"),
        ("a.MD", "markdown"),
        ("a.markdown", "markdown"),
        ("a.b.htm", "html"),
        ("a.docx", "docx"),
        ("a.pdf", "pdf"),
    ],
)
def test_the_suffix_tells_the_format(name: str, expected: str) -> None:
    assert format_by_path(PurePath(name)).name == expected


@pytest.mark.parametrize("name", ["a.odt", "report", "a.doc", ".txt"])
def test_another_suffix_is_refused_with_the_list_of_known_ones(name: str) -> None:
    with pytest.raises(FormatError) as caught:
        format_by_path(PurePath(name))
    assert PurePath(name).suffix in caught.value.message
    assert ".docx" in caught.value.hint


def test_the_media_type_tells_the_format_whatever_its_parameters() -> None:
    assert format_by_media_type("Text/HTML; charset=utf-8").name == "html"
    with pytest.raises(FormatError, match="application/zip"):
        format_by_media_type("application/zip")


def test_text_keeps_every_character_and_the_digest_is_that_of_the_file() -> None:
    data = ("\r\n\u00a0" + PROSE + "\r\n\u2019\t").encode()
    document = read_document(data, form("text"))
    assert document.text == data.decode()
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.media_type == "text/plain"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_in_other_encodings_is_read(encoding: str) -> None:
    text = "1. The Meeting noted the \u201ccaf\u00e9\u201d of the host, and thanked it."
    assert read_document(text.encode(encoding), form("text")).text == text


def test_utf_16_that_is_cut_short_is_no_text() -> None:
    with pytest.raises(UnreadableError, match="no text"):
        read_document("\ufeffThe".encode("utf-16-le")[:-1], form("text"))


def test_form_feeds_part_pages() -> None:
    assert read("The one\n\fThe two\fThe three").pages == (0, 9, 17)


@pytest.mark.parametrize("data", [b"", b" \n\t\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        read_document(data, form("text"))


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02" * 50, bytes(range(128, 256)) * 4 + bytes(range(1, 32)) * 4, b"\x8d" * 99],
)
def test_binary_junk_is_no_text(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="no text"):
        read_document(data, form("text"))


@pytest.mark.parametrize("name", ["docx", "pdf"])
def test_junk_under_the_suffix_of_a_binary_format_is_refused(name: str) -> None:
    with pytest.raises(UnreadableError, match="damaged"):
        read_document(os.urandom(2000).replace(b"PK", b"").replace(b"%P", b""), form(name))


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"%PDF-1.7 ...", "text", "PDF"),
        (b"PK\x03\x04....", "markdown", "DOCX"),
        (b"PK\x03\x04....", "pdf", "DOCX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "docx", "old Word file"),
    ],
)
def test_a_file_under_the_suffix_of_another_format_says_what_it_is(
    data: bytes, name: str, told: str
) -> None:
    with pytest.raises(UnreadableError, match=told):
        read_document(data, form(name))


def test_a_file_of_500_megabytes_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(500_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(LimitError, match=r"has 500 MB; .* may have 20 MB\.") as caught:
        read_report(path)
    assert caught.value.where == str(path)


def test_too_many_bytes_are_refused_whoever_read_them() -> None:
    with pytest.raises(LimitError, match="Plain text"):
        read_document(b" " * 20_000_001, form("text"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file") as caught:
        read_report(tmp_path / "gone.txt")
    assert "gone.txt" in caught.value.where


def test_errors_of_a_file_name_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"")
    with pytest.raises(UnreadableError) as caught:
        read_report(path)
    assert caught.value.where == str(path)


BAD = {
    "empty.txt": b"",
    "blank.md": b" \n\t ",
    "junk.txt": b"\x00\x01" * 50,
    "cut.pdf": b"%PDF-1.7 cut",
    "cut.docx": b"PK\x03\x04 cut",
    "cut.doc": b"",
    "old.docx": b"\xd0\xcf\x11\xe0",
    "mistaken.html": b"%PDF-1.7",
    "scripts.html": b"<script>x</script>",
    "russian.txt": "\u0421\u043e\u0432\u0435\u0449\u0430\u043d\u0438\u0435 ".encode() * 30,
    "no-suffix": PROSE.encode(),
    "large.txt": b" " * 20_000_001,
}


@pytest.mark.parametrize("name", [*BAD, "missing.txt", "folder.txt"])
def test_errors_say_in_sentences_what_is_wrong_where_and_what_to_do(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if name in BAD:
        path.write_bytes(BAD[name])
    elif name == "folder.txt":
        path.mkdir()
    with pytest.raises(NeagraphError) as caught:
        read_report(path)
    error = caught.value
    assert error.where == str(path)
    for said in (error.message, error.hint):
        assert said[:1].isupper()
        assert said.endswith(".")


def test_a_file_is_read_like_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(PROSE, encoding="utf-8")
    assert read_report(path) == read(PROSE)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Report of the **Forum**\n\n1. It met.", "Report of the Forum"),
        ("UN\n\n**REPORT OF\nTHE FORUM**\n\n1. It met.", "REPORT OF THE FORUM"),
        ("UN\n\nMinutes of the Forum\n\n1. It met.", "Minutes of the Forum"),
        ("UN\n\nMINUTES OF THE FORUM\n\n1. It met.", "MINUTES OF THE FORUM"),
        ("1. The report was noted\n\nReport of the Forum", ""),
        ("The summary was read.\n\n1. It met.", ""),
        ("The Forum met.", ""),
        ("UN\r\rMinutes of the Forum\r\r1. It met.", "Minutes of the Forum"),
        ("UN\r\n\r\nMinutes of the\r\nForum\r\n\r\n1. It met.", "Minutes of the Forum"),
        ("The Forum noted the report and " * 30, ""),
    ],
)
def test_the_title_is_found_on_the_cover(text: str, title: str) -> None:
    assert read(text).title == title


def test_underlined_lines_of_markdown_are_headings() -> None:
    document = read("Outcome\n=======\n\nThe Forum met.\n\nNext\n----\nIt closed.", "markdown")
    assert [document.text[slice(*span)] for span in document.headings] == ["Outcome", "Next"]


ELSEWHERE = {
    "French": """La réunion a pris note du rapport du secrétariat et a adopté le plan de travail
        pour les années suivantes, avec le soutien de tous les membres qui sont dans la région,
        et elle a remercié le gouvernement du pays hôte.""",
    "Spanish": """La reunión tomó nota del informe de la secretaría y aprobó el plan de trabajo
        para los años siguientes, con el apoyo de todos los miembros que están en la región, y
        dio las gracias al gobierno del país anfitrión por su hospitalidad.""",
    "German": """Die Tagung nahm den Bericht des Sekretariats zur Kenntnis und nahm den
        Arbeitsplan für die nächsten Jahre an, mit der Unterstützung aller Mitglieder, die in der
        Region sind, und dankte der Regierung des Landes für die Gastfreundschaft.""",
    "Russian": "Совещание приняло к сведению доклад секретариата и утвердило план работы.",
    "Chinese": "会议注意到秘书处的报告并通过了工作计划。",
    "Japanese": "会議は事務局の報告に留意し、作業計画を採択した。",
    "Korean": "회의는 사무국의 보고서를 주목하고 작업 계획을 채택하였다.",
}


@pytest.mark.parametrize("language", ELSEWHERE)
def test_a_report_in_another_language_is_refused_and_the_language_named(language: str) -> None:
    with pytest.raises(UnreadableError, match="not in English") as caught:
        read(ELSEWHERE[language])
    assert language in caught.value.message


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Tagung nahm den Bericht zur Kenntnis und dankte der Regierung.", "German"),
        ("La réunion a pris note du rapport et a adopté le plan.", "French"),
    ],
)
def test_a_sentence_in_another_language_is_enough(text: str, language: str) -> None:
    with pytest.raises(UnreadableError, match=language):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Zzyx qwrt plmk vbnh " * 20,
        "\u0d07\u0d24\u0d4d " * 40,
    ],
)
def test_a_language_that_cannot_be_told_is_refused_all_the_same(text: str) -> None:
    with pytest.raises(UnreadableError, match="not in English"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Noted.",
        "Adopted Work Plan 2021-2025. Elected Mr. Bataa Chair.",
        PROSE + " \u4e2d\u56fd and \ud55c\uad6d took part, with Мария.",
        "Elected Mr. de la Cruz of San Juan as Chair.",
        "No decision on El Niño and La Niña.",
        "The delegates of Côte d'Ivoire and São Tomé were welcomed by the Chair of the session.",
    ],
)
def test_english_with_foreign_names_and_short_texts_pass(text: str) -> None:
    assert read(text).text == text


def test_formats_are_told_apart_by_name_media_type_and_suffix() -> None:
    for part in ("name", "label", "media_type"):
        assert len({getattr(form, part) for form in readers.REPORT_FORMATS}) == 5
    suffixes = [suffix for form in REPORT_FORMATS for suffix in form.suffixes]
    assert len(suffixes) == len(set(suffixes))

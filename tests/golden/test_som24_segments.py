"""The SOM-24 report falls into the paragraphs that were marked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from neagraph.reports.document import Document, Segments
from neagraph.reports.reading.readers import read_report
from neagraph.reports.segmentation.segments import segment


@pytest.fixture(scope="module")
def document(shared: Path) -> Document:
    return read_report(shared / "reports" / "neaspec-som-24.txt")


@pytest.fixture(scope="module")
def segments(document: Document) -> Segments:
    return segment(document)


@pytest.fixture(scope="module")
def gold(shared: Path) -> dict:
    return yaml.safe_load((shared / "gold" / "som24_gold.yaml").read_text(encoding="utf-8"))


def test_every_paragraph_has_its_number_and_its_place(segments: Segments, gold: dict) -> None:
    wanted = [
        (str(entry["number"]), entry["char_start"], entry["char_end"])
        for entry in gold["paragraphs"]
    ]
    assert [(part.number, part.start, part.end) for part in segments.paragraphs] == wanted


def test_headings_are_those_of_the_report_and_inherited_ones_are_marked(
    segments: Segments, gold: dict
) -> None:
    for part, entry in zip(segments.paragraphs, gold["paragraphs"], strict=True):
        heading = entry["heading"] or ""
        if part.heading_inherited:
            above = heading.removeprefix("(under ").removesuffix(")")
            assert above != heading
            assert part.heading.startswith(above)
        else:
            assert part.heading == heading


def test_the_section_is_that_of_the_report(segments: Segments) -> None:
    assert [part.section for part in segments.paragraphs] == [
        "",
        *["CONCLUSIONS AND RECOMMENDATIONS"] * 14,
    ]


def test_every_statement_stands_in_the_sentence_that_the_annotation_counts(
    document: Document, segments: Segments, gold: dict
) -> None:
    by_number = {part.number: part for part in segments.paragraphs}
    for entry in gold["statements"]:
        part = by_number[str(entry["paragraph"])]
        sentence = part.sentences[entry["sentence"] - 1]
        start, end = part.view.raw_span(sentence.start, sentence.end)
        assert start <= entry["char_start"] < entry["char_end"] <= end, entry["id"]
        trigger = document.text[entry["trigger_start"] : entry["trigger_end"]]
        assert any(
            part.view.raw_span(token.start, token.end)[0] == entry["trigger_start"]
            and trigger.startswith(token.text)
            for token in sentence.tokens
        ), entry["id"]


def test_every_character_of_a_view_is_the_raw_one(document: Document, segments: Segments) -> None:
    for part in segments.paragraphs:
        for sign, offset in zip(part.view.text, part.view.offsets, strict=False):
            assert document.text[offset] == sign or (
                sign == " " and document.text[offset].isspace()
            )


def test_the_stray_footer_is_recorded_and_left_out(document: Document, segments: Segments) -> None:
    assert [document.text[slice(*span)] for span in segments.left_out] == ["."]


def test_the_title_is_that_on_the_cover(document: Document) -> None:
    assert document.title.startswith("REPORT OF THE TWENTY-FOURTH SENIOR OFFICIALS MEETING OF")

"""Extraction of the SOM-24 report reaches what was set for it, measured on its hand annotation."""

import pytest

from neagraph.reports.document import Document
from neagraph.reports.extraction.extract import extract
from neagraph.reports.extraction.lexicon import read_lexicon
from neagraph.reports.measuring.evaluation import evaluate
from neagraph.reports.measuring.gold import read_gold
from neagraph.reports.reading.readers import read_report
from neagraph.reports.segmentation.segments import segment
from neagraph.sources import read_sources

from .annotation import GOLD, ROOT, TEXT
from .conftest import missing

AT_LEAST = {
    "paragraphs": 1.0,
    "main acts": 0.98,
    "embedded acts": 0.85,
    "type": 0.97,
    "actor": 0.95,
    "addressee": 0.9,
    "committed party": 0.85,
    "deadlines": 0.85,
    "amounts": 1.0,
    "commitments strict": 0.85,
    "named entities": 0.95,
}


@pytest.fixture(scope="module")
def lexicon():
    return read_lexicon(read_sources(ROOT).triples())


@pytest.fixture(scope="module")
def document() -> Document:
    if not TEXT.is_file() or not GOLD.is_file():
        pytest.skip(missing(TEXT))
    return read_report(TEXT)


@pytest.fixture(scope="module")
def scores(document, lexicon):
    gold = read_gold(GOLD.read_text("utf-8"))
    found = extract(document, segment(document), lexicon, meeting=gold.meeting)
    return evaluate(gold, found).scores


@pytest.mark.parametrize("measure", AT_LEAST)
def test_measure_is_reached(measure, scores):
    assert scores[measure].f1 >= AT_LEAST[measure]


def test_main_acts_are_right_and_whole(scores):
    assert min(scores["main acts"].precision, scores["main acts"].recall) >= 0.98


def test_meeting_is_found_on_the_cover(document, lexicon):
    found = extract(document, segment(document), lexicon)
    assert found.meeting == "https://w3id.org/neagraph/id/meeting/neaspec-som-24"


def test_trigger_lies_in_its_clause_and_paragraph(document, lexicon):
    found = extract(document, segment(document), lexicon)
    places = {part.number: part for part in found.paragraphs}
    for statement in found.statements:
        part = places[statement.paragraph]
        assert part.start <= statement.start <= statement.trigger_start
        assert statement.trigger_end <= statement.end <= part.end

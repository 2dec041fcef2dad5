"""The whole of extraction: places, order, repeatability, odd input."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neagraph.reports.document import Document
from neagraph.reports.extraction.extract import PASSES, extract
from neagraph.reports.extraction.lexicon import read_lexicon
from neagraph.reports.segmentation.segments import segment
from neagraph.reports.statements import to_json

WORDS = st.sampled_from(
    [
        "The",
        "Meeting",
        "noted",
        "adopted",
        "requested",
        "to",
        ",",
        ".",
        ";",
        ":",
        "(",
        ")",
        "and",
        "that",
        "offer",
        "of",
        "Japan",
        "by",
        "from",
        "SOM-24",
        "2021\n",
        "",
        "",
        "",
        "in",
        "May",
        "US$",
        "44,985",
        "shall",
        "will",
        "be",
        "held",
        "not",
        "its",
        "their",
        "welcomed",
        "the",
        "proposal",
        "for",
        "hosting",
        "if",
        "subject\n",
        "",
        "",
        "",
        "as",
        "proposed",
        "Secretariat",
        "agreed",
        "on",
        "need",
        "(a)",
        "1.",
        "\n",
        "\n\n",
        "-",
        "$",
        "'",
        "There",
        "was",
        "expressed",
        "interest",
        "who\n",
        "",
        "",
        "",
        "which",
        "while",
        "recognizing",
        "SPC",
        "next",
        "fourth",
        "session",
        "before",
        "12",
        "March",
        "there",
        "is",
        "no",
        "consensus",
        "reached\n",
        "",
        "",
        "",
        '"',
        "Twenty-fourth",
        "million",
        "every",
        "two",
        "years",
        "respectively",
        "national",
        "'s",
        "&",
        "/",
    ]
)


@pytest.mark.parametrize("text", ["", " ", ".", "1.", "\n\n", "(", "The Meeting", "to", "will"])
def test_text_without_acts_gives_none(text, told):
    assert told(text).extraction.statements == ()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.lists(WORDS, max_size=60))
def test_any_words_in_any_order_are_read(words, told):
    read = told(" ".join(words))
    text, found = read.text, read.extraction
    for statement in found.statements:
        assert 0 <= statement.start <= statement.trigger_start < statement.trigger_end
        assert statement.trigger_end <= statement.end <= len(text)
        assert 0 < statement.confidence <= 1
        assert set(statement.passes) <= set(PASSES)
    assert len({statement.id for statement in found.statements}) == len(found.statements)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=200))
def test_any_characters_are_read(text, told):
    read = told(text)
    assert all(0 <= m.start < m.end <= len(read.text) for m in read.extraction.entities)


def test_same_text_gives_the_same_json(told):
    text = "1. China and Japan offered to host SOM-25 in May 2021.\n\n2. SOM noted it."
    first, second = (json.dumps(to_json(told(text).extraction)) for _ in range(2))
    assert first == second
    assert set(json.loads(first)) == {"document", "rules", "paragraphs", "statements", "entities"}


def test_progress_is_told_after_each_paragraph(lexicon):
    document = Document("1. SOM met.\n\n2. SOM noted it.", "0" * 64)
    seen = []
    extract(document, segment(document), lexicon, progress=lambda *step: seen.append(step))
    assert seen == [(1, 2), (2, 2)]


def test_ids_go_on_behind_z(told):
    text = "The Meeting " + ", ".join(["noted it"] * 30) + "."
    ids = [statement.id for statement in told(text).extraction.statements]
    assert ids[25:28] == ["p1-s1-z", "p1-s1-aa", "p1-s1-ab"]


def test_confidence_falls_with_reasons(told):
    sure = told("The Meeting adopted the plan.").extraction.statements[0]
    less = told("The plan was adopted, noting that talks will be held.").extraction.statements[-1]
    assert (sure.confidence, sure.reasons) == (1.0, ())
    assert less.confidence < 1
    assert less.reasons


def test_topic_is_that_of_the_heading(told):
    read = told("1. **Marine Protected Areas:** The Meeting noted climate change.")
    assert read.extraction.statements[0].topic == "marine-protected-areas"


def test_statement_names_the_passes_that_had_a_part_in_it(told):
    statement = told("Japan offered to host SOM-25 in 2021.").extraction.statements[0]
    assert statement.passes == (
        "names",
        "dates",
        "finite verbs",
        "clauses",
        "roles",
        "commitments",
        "confidence",
    )


def test_lexicon_of_an_empty_graph_finds_nothing():
    document = Document("1. The Meeting noted the offer of Japan and shall meet.", "0" * 64)
    found = extract(document, segment(document), read_lexicon([]))
    assert [statement.verb for statement in found.statements if statement.verb != "will"] == []


@pytest.mark.parametrize("words", ["and ", "The Meeting noted ", "offer of ", "(", "Japan and "])
def test_time_grows_with_length_alone(words, told, grows_at_most):
    told("1. " + words * 100)
    # eightfold in linear time, 64-fold in quadratic time
    grows_at_most(32, lambda count: told("1. " + words * count), 1000, 8000)

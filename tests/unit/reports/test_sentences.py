"""Sentences end where a reader ends them, and tokens are words with their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neagraph.reports.segmentation.sentences import sentence_spans, sentences_of, tokens_of


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, 0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        "It met.|It closed.",
        "Did it meet?|It did!|Well.",
        'It said "no."|It closed.',
        "(It met.)|It closed.",
        "It met in May 2020.|15 States came.",
        "It met in 2020.|In 2021 it closed.",
        "It noted Category II.|The Chair closed.",
        "It met with Mr. Kim and Ms. J. Li, cf. para. 12 of Art. 5.2.|It closed.",
        "See no. 5 and vol. II of the report.|The Chair said no.|The end.",
        "It met at 9 a.m. on Friday.|It closed at 5 p.m.|The Chair left.",
        "The Govt. of the R.O.K. hosted it.|The U.S. delegation came.",
        "It met in the R.O.K.|The Meeting closed.",
        "It paid for travel, food, etc.|The Chair closed.",
        "It paid for travel, etc. and food.",
        "Plans, e.g. the Work Plan, i.e. Plan A, were read.",
        "It met on 3 Sept. 2020.|It closed.",
        "It met in Sept.|It closed.",
        "It paid US$ 1.2 million.|It closed.",
        "It waited ...|It closed.",
        "It waited ... and closed.",
        "Vitamin C. Li said so.",
        "The plan of the U.N. Secretariat was read.",
        "It agreed to Annex A.|The Chair closed.",
        "(a) to meet; (b) to close.",
        "It met.\u201d\u2019) and closed",
        "Dr. Prof. St. Petersburg",
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str) -> None:
    assert split(text.replace("|", " ")) == text.split("|")


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_space_is_no_sentence(text: str) -> None:
    assert split(text) == []


def test_parts_are_never_run_together_and_bullets_are_marked() -> None:
    text = "The Meeting: noted it met. closed"
    found = sentences_of(text, [(0, 12, 0), (13, 26, 1), (27, 33, 2)])
    assert [text[part.start : part.end] for part in found] == [
        "The Meeting:",
        "noted it met.",
        "closed",
    ]
    assert [(part.number, part.is_bullet, part.level) for part in found] == [
        (1, False, 0),
        (2, True, 1),
        (3, True, 2),
    ]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The mid-term review", "The mid-term review"),
        ("NEASPEC's plan", "NEASPEC 's plan"),
        ("members' plan", "members ' plan"),
        ("US$ 44,985.", "US $ 44,985 ."),
        ("2021-2025, 15th", "2021-2025 , 15th"),
        ("SPC-2 and COVID-19", "SPC-2 and COVID-19"),
        ("host/chair (COP-15)", "host / chair ( COP-15 )"),
        ("9 a.m. in the R.O.K.", "9 a.m. in the R.O.K."),
        ("Non-range States; 2.5%", "Non-range States ; 2.5 %"),
        ("\u4e2d\u56fd \u20ac5", "\u4e2d\u56fd \u20ac 5"),
        ("PM2.5 and CO2", "PM2 . 5 and CO2"),
    ],
)
def test_tokens_are_words_and_signs(text: str, tokens: str) -> None:
    assert [token.text for token in tokens_of(text, 0, len(text))] == tokens.split()


@given(st.text(st.sampled_from("AbcMr.12 ,-'()!?\n\"$%\u4e2d"), max_size=80))
def test_nothing_is_lost_between_sentences_and_tokens(text: str) -> None:
    spans = list(sentence_spans(text, 0, len(text)))
    assert "".join(text[start:end] for start, end in spans).split() == text.split() or (
        "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())
    )
    for start, end in spans:
        tokens = tokens_of(text, start, end)
        assert "".join(token.text for token in tokens) == "".join(text[start:end].split())
        assert all(text[token.start : token.end] == token.text for token in tokens)

"""The readable view keeps the raw offset of every character and resolves what hides words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neagraph.reports.segmentation.views import Hyphens, hyphens_of, readable, view_of

SPECIAL = "\u2019\u201c\u2013\u2026\ufb01\ufb03\u00a0\u200b\u00ad\u0002\\*_$. \n\taBc1-"


def view(raw: str) -> str:
    return view_of(raw, [(0, len(raw))], hyphens_of(raw)).text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("the  report\n of\u00a0\t2020", "the report of 2020"),
        ("\u201cOne\u201d \u2018two\u2019 \u00abthree\u00bb", '"One" \'two\' "three"'),
        ("NEASPEC\u2019s 2021\u20132025", "NEASPEC's 2021-2025"),
        ("it \u2014 not", "it \u2014 not"),
        ("the o\ufb03ce \ufb01nds\u2026", "the office finds..."),
        (r"US\$ 44,985 \[1\] \\", "US$ 44,985 [1] \\"),
        (r"C:\plan", r"C:\plan"),
        ("**Bold:** and *thin* and _this_ or __that__", "Bold: and thin and this or that"),
        ("2 * 3 and a_b", "2 * 3 and a_b"),
        ("co\u00adoperation", "cooperation"),
        ("co\u00ad\noperation", "cooperation"),
        ("zero\u200bwidth\ufeff and \u200b so", "zerowidth and so"),
        ("left\u200eright", "leftright"),
    ],
)
def test_signs_become_plain(raw: str, text: str) -> None:
    assert view(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("cooperation, coopera-\ntion", "cooperation, cooperation"),
        ("co-operation, co-\noperation", "co-operation, co-operation"),
        ("the mid-\nterm plan", "the mid-term plan"),
        ("the mid\u0002term plan", "the mid-term plan"),
        ("SOM\u0002ESCAP/SOM24", "SOM-ESCAP/SOM24"),
        ("2021-\n2025 and SPC-\n2", "2021-2025 and SPC-2"),
        ("the imple-\nmentation", "the implementation"),
        ("the imple\u0002\nmentation", "the implementation"),
        ("peer and review; a peer-\nreview", "peer and review; a peer-review"),
        ("North-\nEast Asia", "North-East Asia"),
        ("the plan -\nand more", "the plan - and more"),
    ],
)
def test_hyphens_at_line_ends_go_where_the_word_has_none(raw: str, text: str) -> None:
    assert view(raw) == text


def test_a_text_that_never_cuts_words_keeps_its_hyphens() -> None:
    raw = "peer-level, pan-asian; of the peer-\nlevel and pan-\nasian, a non-grown home-\ngrown"
    assert hyphens_of(raw).joins is False
    assert view(raw + " grown").endswith("home-grown grown")


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("the imple-", "mentation", "the implementation"),
        ("the mid-", "term", "the mid-term"),
        ("the mid\u0002", "term", "the mid-term"),
        ("the plan", "term", "the plan term"),
        ("the -", "term", "the - term"),
        ("2021-", "(term)", "2021- (term)"),
    ],
)
def test_spans_are_joined_by_a_space_or_a_word_that_goes_on(
    first: str, second: str, text: str
) -> None:
    raw = f"{first}\n\n3\n\n{second}"
    spans = [(0, len(first)), (len(raw) - len(second), len(raw))]
    assert view_of(raw, spans, Hyphens()).text == text


def test_a_span_of_the_view_leads_back_to_the_raw_text() -> None:
    raw = "It noted the o\ufb03ce's \u201cUS\\$ 5\u201d for coopera-\ntion."
    found = view_of(raw, [(0, len(raw))], hyphens_of(raw))
    for said, there in (
        ("office", "o\ufb03ce"),
        ("US$ 5", "US\\$ 5"),
        ("cooperation", "coopera-\ntion"),
    ):
        start = found.text.index(said)
        begin, end = found.raw_span(start, start + len(said))
        assert raw[begin:end] == there


def test_headings_are_made_readable() -> None:
    assert readable("x **The\n plan** y", 2, 14) == "The plan"


@given(st.text(st.sampled_from(SPECIAL), max_size=60), st.integers(0, 60))
def test_every_character_has_its_raw_offset(raw: str, cut: int) -> None:
    spans = [(start, end) for start, end in ((0, cut), (cut + 1, len(raw))) if start < end]
    spans = [(start, min(end, len(raw))) for start, end in spans if start < len(raw)]
    found = view_of(raw, spans, hyphens_of(raw))
    assert len(found.offsets) == len(found.text) + 1
    assert list(found.offsets) == sorted(found.offsets)
    for sign, offset in zip(found.text, found.offsets, strict=False):
        assert sign == raw[offset] or sign in " -'\"." or raw[offset] in "\ufb01\ufb03", (
            sign,
            offset,
        )
        assert any(start <= offset < end for start, end in spans) or sign == " "

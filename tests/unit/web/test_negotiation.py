import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neagraph.errors import FormatError
from neagraph.web.negotiation import (
    DOCUMENTS,
    HTML,
    RESULTS,
    Offer,
    choose,
    choose_by_name,
    negotiate,
    parse_accept,
    split_suffix,
)

A = Offer("a", "A", "text/a", ("application/old-a",))
B = Offer("b", "B", "text/b")
C = Offer("c", "C", "application/c")
OFFERS = (A, B, C)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", A),
        ("   ", A),
        ("nonsense", A),
        ("*/*", A),
        ("*", A),
        ("text/b", B),
        ("TEXT/B", B),
        ("text/b;level=1", B),
        ('text/b;title="a,b;q=0"', B),
        ("application/*", C),
        ("text/a;q=0.5, text/b", B),
        ("text/a;q=0.5,text/b;q=0.6,*/*;q=0.1", B),
        ("text/*;q=0.9, application/c", C),
        ("*/*, application/c", C),
        ("text/a;q=0, */*", B),
        ("text/*;q=0, */*", C),
        ("*/*;q=0, text/b;q=0.1", B),
        ("text/b; Q=0.2 , text/a; q=.1", B),
        ("application/old-a", A),
        ("application/old-a;q=0, */*;q=0.1", B),
        ("text/a;q=0, application/old-a", None),
        ("text/a;q=0, text/a;q=1, text/b;q=0.1", B),
        ("text/a;q=high, text/b;q=0.1", B),
        ("text/a;q=2, text/b;q=0.1", B),
        ("*/c, text/b;q=0.1", B),
        ("image/png", None),
        ("*/*;q=0", None),
        ("text/html, image/gif, *; q=.2, */*; q=.2", A),
    ],
)
def test_negotiate_picks_what_the_client_likes_best(accept, expected):
    assert negotiate(accept, OFFERS) is expected


def test_negotiate_offers_nothing_where_there_is_nothing():
    assert negotiate("*/*", ()) is None


RANGES = st.sampled_from(["*/*", "text/*", "application/*", "text/a", "text/b", "application/c"])
QUALITIES = st.sampled_from(["0", "0.0", "0.1", "0.5", "0.75", "1"])
PARTS = st.lists(st.tuples(RANGES, QUALITIES), max_size=8)


def header(parts):
    return ", ".join(f"{media_range};q={quality}" for media_range, quality in parts)


@given(PARTS)
def test_negotiate_never_picks_an_offer_with_quality_zero(parts):
    chosen = negotiate(header(parts), OFFERS)
    refused = {media_range for media_range, quality in parts if float(quality) == 0}
    assert chosen is None or chosen.media_type not in refused


@given(PARTS, st.randoms())
def test_negotiate_does_not_depend_on_the_order_of_the_header(parts, rng: random.Random):
    shuffled = rng.sample(parts, len(parts))
    assert negotiate(header(parts), OFFERS) is negotiate(header(shuffled), OFFERS)


@given(PARTS)
def test_negotiate_picks_an_offer_of_the_highest_quality(parts):
    qualities = parse_accept(header(parts)) or {"*/*": 1.0}

    def quality(offer):
        whole_type = offer.media_type.split("/")[0] + "/*"
        keys = (offer.media_type, whole_type, "*/*")
        return next((qualities[key] for key in keys if key in qualities), 0.0)

    chosen = negotiate(header(parts), OFFERS)
    assert (quality(chosen) if chosen else 0.0) == max(map(quality, OFFERS))


@given(st.text())
def test_negotiate_survives_any_header(accept):
    assert negotiate(accept, OFFERS) in (*OFFERS, None)


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def test_choose_gives_browsers_a_page():
    assert choose(BROWSER).page


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/turtle, text/html;q=0.9"])
def test_choose_gives_programs_no_page(accept):
    assert not choose(accept).page


def test_choose_finds_a_format_for_each_kind_of_answer():
    choice = choose("application/rdf+xml, text/csv;q=0.3, application/sparql-results+xml;q=0.4")
    assert (choice.results, choice.graph) == ("xml", "rdfxml")


def test_choose_finds_nothing_where_nothing_is_accepted():
    choice = choose("image/png")
    assert (choice.page, choice.results, choice.graph) == (False, None, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("csv", ("csv", None)), ("turtle", (None, "turtle")), ("html", (None, None))],
)
def test_choose_by_name_finds_the_format(name, expected):
    choice = choose_by_name(name)
    assert (choice.results, choice.graph) == expected
    assert choice.page == (name == "html")


def test_choose_by_name_lists_the_known_formats():
    with pytest.raises(FormatError) as caught:
        choose_by_name("yaml")
    assert all(offer.name in caught.value.hint for offer in (*RESULTS, *DOCUMENTS))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("state/japan", ("state/japan", None)),
        ("state/japan.ttl", ("state/japan", "turtle")),
        ("state/japan.jsonld", ("state/japan", "jsonld")),
        ("state/japan.nt", ("state/japan", "ntriples")),
        ("state/japan.rdf", ("state/japan", "rdfxml")),
        ("state/japan.html", ("state/japan", "html")),
        ("state/japan.png", ("state/japan.png", None)),
        (".ttl", (".ttl", None)),
    ],
)
def test_split_suffix_takes_the_forced_format_off(path, expected):
    rest, offer = split_suffix(path)
    assert (rest, offer and offer.name) == expected


def test_documents_begin_with_the_page():
    assert DOCUMENTS[0] is HTML

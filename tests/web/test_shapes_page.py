"""What records need, as a page and as RDF."""

import pytest

from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import Triple
from neagraph.settings import project_root
from neagraph.sources import read_shapes
from neagraph.validation.reading import read_shapes as understood
from neagraph.vocab import NEA

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def ground(triples):
    """The triples without blank nodes, as text."""
    return {str(t) for t in triples if isinstance(t, Triple) and "_:" not in str(t)}


@pytest.fixture(scope="module")
def page(whole, markup):
    return markup(whole.get("/shapes", headers=BROWSER).text)


def test_the_page_tells_what_each_class_needs(page):
    headings = page.texts("h2")
    assert [heading.split()[0] for heading in headings[:4]] == [
        "Meeting", "Statement", "Commitment", "Contribution",
    ]  # fmt: skip
    assert any(text.startswith("If not Who gave it?") for text in page.texts("p"))
    assert any("Write nea:donor with one agent" in text for text in page.texts("p"))


def test_the_page_has_an_example_for_what_reports_hold(page):
    examples = page.texts("pre")
    assert len(examples) > 20
    assert "a nea:BodySession ;" in examples[0]
    for example in examples:
        assert parse(example.encode(), graph_format_by_name("turtle"), source="example")


def test_each_rule_has_one_anchor(page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {"19-meeting/label", "05-operative-verb", "29-topic"} <= set(ids)


def test_rules_lead_to_the_page(whole):
    for kind in ("doc", "id"):
        told = whole.get(f"/{kind}/shape/05-operative-verb/count", follow_redirects=False)
        assert told.status_code == 303
        assert told.headers["location"] == "/shapes#05-operative-verb/count"


@pytest.mark.parametrize("name", ["turtle", "jsonld", "ntriples", "rdfxml"])
def test_the_shapes_come_in_formats_of_rdf(whole, name):
    fmt = graph_format_by_name(name)
    told = whole.get("/shapes", headers={"Accept": fmt.media_type})
    assert told.headers["content-type"].startswith(fmt.media_type)
    found = triples_of(parse(told.content, fmt, source="shapes"))
    assert ground(found) == ground(read_shapes(project_root()))
    understood(found)
    by_suffix = whole.get(f"/shapes.{fmt.suffixes[0]}")
    assert by_suffix.content == told.content


def test_what_accept_asks_for_in_vain_is_refused(whole):
    assert whole.get("/shapes", headers={"Accept": "image/png"}).status_code == 406
    assert whole.get("/shapes.png").status_code == 406


def test_every_docs_link_of_the_shapes_leads_to_an_anchor(page):
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    docs = {
        t.object.value.partition("/doc/shape/")[2]
        for t in read_shapes(project_root())
        if t.predicate.value == NEA + "docs"
    }
    assert len(docs) == 33
    missing = sorted(name for name in docs if not any(i.partition("/")[0] == name for i in ids))
    assert missing == []

"""Things and the ontology as linked data."""

import re

import pytest

from neagraph.rdf.formats import GRAPH_FORMATS
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import Literal, NamedNode

JAPAN = "https://w3id.org/neagraph/id/state/japan"
FORMATS = [fmt for fmt in GRAPH_FORMATS if fmt.name not in {"trig", "nquads"}]
COMMENT = NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def read(answer, fmt):
    return set(triples_of(parse(answer.content, fmt, source=fmt.name)))


def test_a_name_sends_on_to_what_is_told_of_it(client):
    answer = client.get("/id/state/japan")
    assert (answer.status_code, answer.headers["location"]) == (303, "/doc/state/japan")
    assert "Accept" in answer.headers["vary"]


def test_the_chain_ends_in_the_format_that_the_client_takes(client):
    headers = {"Accept": "application/n-triples"}
    answer = client.get("/id/state/japan", headers=headers, follow_redirects=True)
    assert answer.headers["content-type"] == "application/n-triples"
    assert f"<{JAPAN}>" in answer.text


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_accept_and_suffix_give_the_same_graph(client, fmt):
    negotiated = client.get("/doc/state/japan", headers={"Accept": fmt.media_type})
    forced = client.get(f"/doc/state/japan.{fmt.suffixes[0]}", headers=BROWSER)
    for answer in (negotiated, forced):
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == fmt.media_type
    turtle = client.get("/doc/state/japan.ttl")
    assert read(negotiated, fmt) == read(forced, fmt) == read(turtle, FORMATS[0])
    assert NamedNode(JAPAN) in {triple.subject for triple in read(forced, fmt)}


@pytest.mark.parametrize("headers", [BROWSER, {"Accept": "*/*"}, {"Accept": "text/html"}])
def test_people_get_a_page(client, headers):
    answer = client.get("/doc/state/japan", headers=headers)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"]


def test_html_suffix_forces_the_page(client):
    answer = client.get("/doc/state/japan.html", headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_406_where_nothing_is_accepted(client):
    answer = client.get("/doc/state/japan", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["hint"]


def test_link_headers_tell_subject_other_forms_and_licence(client):
    link = client.get("/doc/state/japan.ttl").headers["link"]
    assert f'<{JAPAN}>; rel="describes"' in link
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in link
    alternates = dict(re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', link))
    assert alternates == {
        "/doc/state/japan.html": "text/html",
        "/doc/state/japan.jsonld": "application/ld+json",
        "/doc/state/japan.nt": "application/n-triples",
        "/doc/state/japan.rdf": "application/rdf+xml",
    }
    for address, media_type in alternates.items():
        answer = client.get(address)
        assert answer.headers["content-type"].split(";")[0] == media_type


def test_a_page_shows_what_is_said_and_by_whom(client, markup):
    page = markup(client.get("/doc/state/japan", headers=BROWSER).text)
    hrefs = page.attributes("a", "href")
    assert page.texts("h1") == ["Japan"]
    assert JAPAN in page.texts("code")
    assert {"/ontology#State", "/ontology#Agent", "/doc/meeting/small-1"} <= set(hrefs)
    assert {"/doc/state/japan.ttl", "/doc/state/japan.rdf"} <= set(hrefs)
    facts = {" ".join(text.split()) for text in page.texts("li")}
    assert "Japan reference/states, report/small" in facts
    assert "日本 ja reference/states" in facts


def test_a_page_marks_what_is_entailed(client, markup):
    page = markup(client.get("/doc/meeting/small-1", headers=BROWSER).text)
    facts = {" ".join(text.split()) for text in page.texts("li")}
    assert "Japan entailed" in facts
    assert "2020-10-12 report/small" in facts


def test_a_page_shows_what_points_at_its_thing(client, markup):
    page = markup(client.get("/doc/meeting/small-1", headers=BROWSER).text)
    assert "What points here" in page.texts("h2")
    assert "Japan report/small" in {" ".join(text.split()) for text in page.texts("li")}


def test_markup_in_labels_is_text(client, markup):
    answer = client.get("/doc/state/odd", headers=BROWSER)
    assert "<script" not in answer.text
    assert markup(answer.text).texts("h1") == ["<script>alert('label')</script> & \"more\""]


def test_unsafe_values_are_not_linked(client, markup):
    page = markup(client.get("/doc/meeting/small-1", headers=BROWSER).text)
    hrefs = page.attributes("a", "href")
    assert "https://example.org/report" in hrefs
    assert not [href for href in hrefs if href.startswith("javascript:")]


@pytest.mark.parametrize("path", ["/id/state/atlantis", "/doc/state/atlantis"])
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/problem+json"),
        ("*/*", "application/problem+json"),
    ],
)
def test_what_is_not_known_is_404_in_the_format_asked_for(client, path, accept, media_type):
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (404, media_type)
    assert "Accept" in answer.headers["vary"]
    assert "nothing of this address" in answer.text


def test_problems_are_told_to_clients_that_accept_nothing_of_the_kind(client):
    answer = client.get("/id/state/atlantis", headers={"Accept": "image/png"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_suffix_forces_the_format_of_problems_too(client):
    answer = client.get("/doc/state/atlantis.ttl", headers=BROWSER)
    (triple,) = read(answer, FORMATS[0])
    assert answer.status_code == 404
    assert triple.predicate == COMMENT
    assert isinstance(triple.object, Literal)


@pytest.mark.parametrize(
    "path",
    [
        "/id/state/a%20b",
        "/id/state/%E6%97%A5%E6%9C%AC",
        "/doc/state/%3Cscript%3E",
        "/doc/state/%22%7B%7D%7C%5E%60",
        "/doc/state/%FF%FE",
        "/doc/state/a%00b",
        "/doc/state/..%2F..%2Fetc",
        "/doc/state/a//b/",
        "/doc/a%20b/c.ttl",
        "/ontology/%3Cscript%3E",
        "/ontology/module/a%20b",
        "/%3Cscript%3E",
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/json"])
def test_odd_addresses_are_404(client, path, accept):
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert "<script" not in answer.text or accept == "application/json"


def test_the_ontology_is_told_as_a_page(client, markup):
    page = markup(client.get("/ontology", headers=BROWSER).text)
    anchors = [name for _, attrs in page.elements if (name := attrs.get("id"))]
    assert {"Agent", "State", "hosts", "classes", "object-properties"} <= set(anchors)
    assert anchors.count("Agent") == 1
    assert "/ontology#Agent" in page.attributes("a", "href")
    assert {"Example state/japan", "Example state/mongolia"} <= set(page.texts("p"))
    assert "Someone who can act." in page.texts("p")
    assert "1.2.3" in page.texts("code")


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_the_ontology_is_told_in_each_format(client, quads, fmt):
    graph = NamedNode("https://w3id.org/neagraph/id/graph/ontology")
    expected = {quad.triple for quad in quads if quad.graph_name == graph}
    negotiated = client.get("/ontology", headers={"Accept": fmt.media_type})
    assert read(negotiated, fmt) == expected
    for address in ("/ontology", "/ontology/1.2.3"):
        answer = client.get(f"{address}.{fmt.suffixes[0]}")
        assert answer.headers["content-type"].split(";")[0] == fmt.media_type
        assert read(answer, fmt) == expected


def test_the_current_version_of_the_ontology_has_an_address(client):
    answer = client.get("/ontology/1.2.3", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    assert '<https://w3id.org/neagraph/ontology>; rel="describes"' in answer.headers["link"]
    assert '</ontology/1.2.3.jsonld>; rel="alternate"' in answer.headers["link"]


@pytest.mark.parametrize("path", ["/ontology/0.0.1", "/ontology.csv", "/ontology/1.2.3.csv"])
def test_other_versions_and_suffixes_are_404(client, path):
    assert client.get(path).status_code == 404


def test_a_module_sends_on_to_the_ontology(client):
    answer = client.get("/ontology/module/core")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ontology")
    assert client.get("/ontology/module/none").status_code == 404


@pytest.mark.parametrize("path", ["/id/state/japan", "/doc/state/japan", "/ontology"])
def test_head_has_the_headers_of_get_and_no_body(client, path):
    head, get = client.head(path), client.get(path)
    drop = {"date", "x-query-id"}
    assert head.content == b""
    assert head.status_code == get.status_code
    assert {k: v for k, v in head.headers.items() if k not in drop} == {
        k: v for k, v in get.headers.items() if k not in drop
    }


def test_iris_in_rdf_are_never_those_of_this_host(client):
    text = client.get("/doc/state/japan.nt").text
    assert "127.0.0.1" not in text

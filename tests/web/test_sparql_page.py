"""What browsers see at /sparql."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from neagraph.web import sparql, views

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def page(client, query, **parameters):
    return client.get("/sparql", params={"query": query, **parameters}, headers=HTML)


def test_without_a_query_there_is_the_form(client, markup):
    answer = client.get("/sparql", headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"]
    assert '<textarea id="query" name="query"' in answer.text
    assert (
        len([href for href in markup(answer.text).attributes("a", "href") if "query=" in href]) > 4
    )


def test_a_table_links_things_to_their_local_pages(client, markup):
    answer = page(client, "SELECT ?state { ?state <https://w3id.org/neagraph/ontology#hosts> ?m }")
    assert answer.status_code == 200
    assert "/doc/state/japan" in markup(answer.text).attributes("a", "href")
    assert "state/japan" in markup(answer.text).texts("td")
    assert "1 row ·" in answer.text


def test_the_query_stays_in_the_form(client, markup):
    query = 'SELECT * { ?s ?p ?o FILTER(?o = "</textarea><b>" && 1 < 2) } LIMIT 1'
    answer = page(client, query, scope="asserted")
    assert markup(answer.text).texts("textarea") == [query]
    assert 'value="asserted" checked' in answer.text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT * { ?s ?p ?o }", {"json", "xml", "csv", "tsv"}),
        (
            "DESCRIBE <https://w3id.org/neagraph/id/state/japan>",
            {"turtle", "jsonld", "ntriples", "rdfxml", "trig", "nquads"},
        ),
    ],
)
def test_downloads_are_the_same_answer_in_every_format(client, query, names, markup):
    answer = page(client, query, scope="asserted", timeout="9")
    links = [href for href in markup(answer.text).attributes("a", "href") if "format=" in href]
    found = [parse_qs(urlsplit(link).query) for link in links]
    assert {parameters.pop("format")[0] for parameters in found} == names
    assert all(p == {"query": [query], "scope": ["asserted"], "timeout": ["9"]} for p in found)
    assert all(client.get(link).status_code == 200 for link in links)


def test_ask_is_answered_with_a_word(client):
    assert ">Yes.</pre>" in page(client, "ASK {}").text
    assert ">No.</pre>" in page(client, "ASK { FILTER(false) }").text


def test_a_graph_is_shown_in_turtle(client):
    answer = page(client, "DESCRIBE <https://w3id.org/neagraph/id/state/japan>")
    assert "@prefix nea:" in unescape(answer.text)


def test_an_empty_answer_says_so(client):
    assert "Nothing fits the question." in page(client, "SELECT * { ?s ?p 17 }").text


def test_a_long_table_is_cut_and_says_so(client, monkeypatch):
    monkeypatch.setattr(views, "MOST_ROWS", 3)
    answer = page(client, "SELECT * { ?s ?p ?o } LIMIT 7")
    assert "7 rows, the first 3 of them shown" in answer.text
    assert answer.text.count("<tr>") == 1 + 3


def test_an_answer_too_large_for_a_page_is_413_with_a_way_on(client, monkeypatch):
    monkeypatch.setattr(sparql, "MOST_PAGE_BYTES", 100)
    answer = page(client, "SELECT * { ?s ?p ?o }")
    assert answer.status_code == 413
    assert "download it" in answer.text


def test_a_problem_stands_beside_the_query(client, markup):
    answer = page(client, "SELECT ?s {")
    assert answer.status_code == 400
    assert markup(answer.text).texts("textarea") == ["SELECT ?s {"]
    assert "line 1, column 12" in answer.text


def test_markup_in_the_data_is_text(client, markup):
    query = "SELECT ?l { <https://w3id.org/neagraph/id/state/odd> ?p ?l }"
    answer = page(client, query)
    assert "<script" not in answer.text
    assert "<script>alert('label')</script> & \"more\"" in markup(answer.text).texts("td")


def test_unsafe_iris_are_not_linked(client, markup):
    answer = page(client, "SELECT ?o { ?s <http://www.w3.org/2000/01/rdf-schema#seeAlso> ?o }")
    hrefs = markup(answer.text).attributes("a", "href")
    assert "https://example.org/report" in hrefs
    assert not [href for href in hrefs if href.startswith("javascript:")]

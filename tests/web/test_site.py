"""The site as a whole: start page, state of health, dump, headers, and where pages lead."""

import gzip
from urllib.parse import urlsplit

import pytest

from neagraph import __version__
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import canonical, parse

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = (
    "/",
    "/sparql",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D",
    "/sparql?query=SELECT",
    "/ontology",
    "/doc/state/japan",
    "/doc/meeting/small-1",
    "/doc/state/atlantis",
    "/nothing",
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_fetch_nothing_from_other_hosts(client, markup, path):
    page = markup(client.get(path, headers=BROWSER).text)
    fetched = [
        attrs[name]
        for tag, attrs in page.elements
        for name in ("src", "href", "action", "srcset", "poster", "data")
        if name in attrs and tag != "a"
    ]
    assert fetched
    assert [urlsplit(address).netloc for address in fetched] == [""] * len(fetched)
    assert all(client.get(a).status_code == 200 for a in fetched if a.startswith("/static/"))
    assert not page.texts("style")
    assert not [attrs for _, attrs in page.elements if "style" in attrs or "onclick" in attrs]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_usable_without_sight(client, markup, path):
    page = markup(client.get(path, headers=BROWSER).text)
    assert page.attributes("html", "lang") == ["en"]
    assert len(page.texts("h1")) == 1
    assert page.texts("title")[0]
    assert page.attributes("a", "href")[0] == "#content"
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    labelled = {attrs["for"] for tag, attrs in page.elements if tag == "label" and "for" in attrs}
    assert all(attrs["id"] in labelled for tag, attrs in page.elements if tag == "textarea")


def test_the_style_sheet_refers_to_nothing_outside(client):
    css = client.get("/static/style.css").text
    assert "url(" not in css
    assert "@import" not in css


@pytest.mark.parametrize("path", [*PAGES, "/health", "/dump.nq.gz", "/static/style.css"])
def test_answers_carry_security_headers(client, path):
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]


def test_health_tells_what_is_served(client, quads):
    health = client.get("/health").json()
    assert health["status"] == "ok"
    counts = health["counts"]
    assert counts["triples"] == counts["asserted"] + counts["entailed"] == len(quads)
    assert counts["statements"] >= 0
    assert client.get("/dump.nq.gz").headers["etag"].startswith(f'"{health["digest"][:16]}-')
    assert health["versions"] == {"neagraph": "0.0.0"}


def test_the_dump_is_the_whole_dataset(client, quads):
    answer = client.get("/dump.nq.gz")
    assert answer.headers["content-type"] == "application/gzip"
    assert 'filename="neagraph.nq.gz"' in answer.headers["content-disposition"]
    assert "content-encoding" not in answer.headers
    text = gzip.decompress(answer.content)
    assert canonical(parse(text, graph_format_by_name("nquads"), source="dump")) == quads


def test_a_dump_that_is_gone_is_503(client, snapshot):
    file = snapshot / "dataset.nq.gz"
    data = file.read_bytes()
    file.unlink()
    try:
        not_kept = {"Accept": "application/gzip"}
        assert client.get("/dump.nq.gz", headers=not_kept).status_code == 503
    finally:
        file.write_bytes(data)


def test_openapi_describes_the_addresses_and_loads_no_page(client):
    api = client.get("/openapi.json").json()
    assert api["info"]["version"] == __version__
    assert {"/sparql", "/id/{kind}/{key}", "/doc/{kind}/{key}", "/ontology"} <= set(api["paths"])
    assert set(api["paths"]["/sparql"]) == {"get", "post"}
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def test_the_start_page_tells_the_numbers_of_the_manifest(client, markup, quads):
    page = markup(client.get("/").text)
    assert f"{len(quads) - 2:,}" in page.texts("dd")
    assert "not registered yet" in client.get("/").text


def test_each_example_of_the_start_page_has_an_answer(whole, markup):
    hrefs = markup(whole.get("/").text).attributes("a", "href")
    examples = [href for href in hrefs if href.startswith("/sparql?query=")]
    assert len(examples) >= 5
    for example in examples:
        answer = whole.get(example, headers=BROWSER)
        assert answer.status_code == 200, example
        assert "Nothing fits the question." not in answer.text, example
        assert whole.get(example).json()["results"]["bindings"]


def test_every_local_link_of_the_main_pages_leads_somewhere(whole, markup):
    paths = ("/", "/sparql", "/ontology", "/doc/meeting/neaspec-som-24", "/doc/state/japan")
    hrefs = {
        href.partition("#")[0]
        for path in paths
        for href in markup(whole.get(path, headers=BROWSER).text).attributes("a", "href")
        if href.startswith("/") and not href.startswith("/sparql?")
    }
    broken = [
        href
        for href in sorted(hrefs)
        if href and whole.head(href, headers=BROWSER).status_code >= 400
    ]
    assert not broken

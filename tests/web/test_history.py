"""What was committed, told as JSON, as an Atom feed and as patches; and how to read the past."""

from xml.etree import ElementTree as ET

import pytest

ATOM = {"a": "http://www.w3.org/2005/Atom"}
GRAPH = "http://example.org/history"
PROBLEM = "application/problem+json"
UPDATE = {"Content-Type": "application/sparql-update"}
ALL = f"SELECT ?o {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }} ORDER BY ?o"


def insert(client, value):
    """Commit one more triple and return the number of the version."""
    triple = f'<http://example.org/s> <http://example.org/p> "{value}"'
    text = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {triple} }} }}"
    answer = client.post("/update", content=text, headers=UPDATE)
    assert answer.status_code < 300, answer.text
    return client.get("/history?limit=1").json()["version"]


@pytest.fixture(scope="module")
def numbers(plain):
    """The numbers of three versions, each with one triple more than the one before."""
    return [insert(plain, value) for value in ("one", "two <&> 2", "three")]


def test_the_latest_commits_come_first(plain, numbers):
    told = plain.get("/history", params={"limit": 2}).json()
    assert [commit["version"] for commit in told["commits"]] == [numbers[2], numbers[1]]
    newest = told["commits"][0]
    assert (newest["added"], newest["removed"], newest["author"]) == (1, 0, "anonymous")
    assert newest["time"].endswith("Z")
    assert len(newest["digest"]) == 64
    assert newest["diff"] == f"/history/{numbers[2]}"


def test_commits_can_be_followed_page_by_page(plain, numbers):
    address, seen = f"/history?after={numbers[0] - 1}&limit=1", []
    while address:
        page = plain.get(address).json()
        seen += [commit["version"] for commit in page["commits"]]
        address = page.get("next")
    assert seen[:3] == numbers
    assert seen == sorted(seen)
    assert plain.get("/history", params={"after": seen[-1]}).json()["commits"] == []


@pytest.mark.parametrize(
    ("address", "headers"),
    [("/history.atom", {}), ("/history", {"Accept": "application/atom+xml"})],
)
def test_feed_readers_get_atom(plain, numbers, address, headers):
    answer = plain.get(address, headers=headers)
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(answer.content)  # noqa: S314  our own answer
    entries = feed.findall("a:entry", ATOM)
    newest = entries[0]
    assert newest.findtext("a:title", namespaces=ATOM).startswith(f"Version {numbers[2]}:")
    assert newest.findtext("a:author/a:name", namespaces=ATOM) == "anonymous"
    assert newest.findtext("a:summary", namespaces=ATOM) == "1 triples added, 0 removed."
    assert feed.findtext("a:updated", namespaces=ATOM) == newest.findtext(
        "a:updated", namespaces=ATOM
    )
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in entries]
    assert len(set(ids)) == len(ids)
    link = newest.find("a:link", ATOM).get("href")
    assert plain.get(link).json()["version"] == numbers[2]


def test_browsers_get_json(plain, numbers):
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert plain.get("/history", headers={"Accept": accept}).json()["version"] >= numbers[2]


def test_a_commit_tells_what_it_changed(plain, numbers):
    told = plain.get(f"/history/{numbers[1]}").json()
    line = f'<http://example.org/s> <http://example.org/p> "two <&> 2" <{GRAPH}> .'
    assert told["changes"] == {"added": [line], "removed": []}


def test_a_commit_can_be_had_as_a_patch(plain, numbers):
    answer = plain.get(f"/history/{numbers[1]}", headers={"Accept": "application/rdf-patch"})
    assert answer.headers["content-type"].startswith("application/rdf-patch")
    line = f'<http://example.org/s> <http://example.org/p> "two <&> 2" <{GRAPH}> .'
    assert answer.text == f"TX .\nA {line}\nTC .\n"


def test_a_difference_is_net_and_goes_both_ways(plain, numbers):
    first, _, last = numbers
    there = plain.get("/history/diff", params={"from": first, "to": last}).json()
    back = plain.get("/history/diff", params={"from": last, "to": first}).json()
    assert (len(there["changes"]["added"]), there["changes"]["removed"]) == (2, [])
    assert back["changes"]["removed"] == there["changes"]["added"]


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/history/99999", 404),
        ("/history/x", 400),
        ("/history/-1", 400),
        ("/history?after=x", 400),
        ("/history?limit=1&limit=2", 400),
        ("/history/diff", 400),
        ("/history/diff?from=0&to=99999", 404),
        ("/sparql?query=ASK%7B%7D&version=99999", 404),
        ("/sparql?query=ASK%7B%7D&version=x", 400),
        ("/sparql?query=ASK%7B%7D&version=1&version=2", 400),
        ("/graphs?default&version=99999", 404),
        ("/doc/state/japan?version=99999", 404),
    ],
)
def test_versions_that_are_not_there_are_told_with_the_range(plain, address, status):
    answer = plain.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["hint"]
    if status == 404:
        assert "0 to" in answer.json()["hint"]


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize("media_type", ["image/png"])
@pytest.mark.parametrize("address", ["/history", "/history/1", "/history/diff?from=0"])
def test_other_formats_are_406(plain, address, media_type):
    assert plain.get(address, headers={"Accept": media_type}).status_code == 406


def test_without_a_log_there_is_no_history(read_only):
    answer = read_only.get("/history")
    assert (answer.status_code, answer.json()["hint"] != "") == (404, True)


# ---- Earlier versions ----------------------------------------------------------------------------


def test_a_query_can_ask_an_earlier_version(plain, numbers):
    csv = {"query": ALL, "format": "csv"}
    rows = [plain.get("/sparql", params={**csv, "version": n}).text.split() for n in numbers[:1]]
    assert rows == [["o", "one"]]
    posted = plain.post("/sparql", data={**csv, "version": str(numbers[0])})
    assert posted.text.split() == ["o", "one"]
    assert plain.get("/sparql", params=csv).text.split()[:2] == ["o", "one"]


def test_an_earlier_version_can_be_kept_for_ever(plain, numbers):
    earlier = plain.get("/sparql", params={"query": ALL, "version": numbers[0]})
    assert earlier.headers["cache-control"] == "public, max-age=31536000, immutable"
    insert(plain, f"more than {numbers[2]}")
    known = {"If-None-Match": earlier.headers["etag"]}
    again = plain.get("/sparql", params={"query": ALL, "version": numbers[0]}, headers=known)
    assert again.status_code == 304


def test_a_graph_can_be_had_as_it_was(plain, numbers):
    accept = {"Accept": "application/n-triples"}
    asked = {"graph": GRAPH, "version": numbers[0]}
    earlier = plain.get("/graphs", params=asked, headers=accept)
    assert earlier.text == '<http://example.org/s> <http://example.org/p> "one" .\n'
    before = {"graph": GRAPH, "version": numbers[0] - 1}
    assert plain.get("/graphs", params=before, headers=accept).status_code == 404


def test_a_commit_changes_the_tag_and_the_time_of_answers(plain, numbers):
    before = plain.get("/sparql", params={"query": ALL})
    known = {"If-None-Match": before.headers["etag"]}
    assert plain.get("/sparql", params={"query": ALL}, headers=known).status_code == 304
    insert(plain, f"other than {numbers[2]}")
    after = plain.get("/sparql", params={"query": ALL}, headers=known)
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert after.headers["last-modified"].endswith("GMT")


@pytest.mark.usefixtures("numbers")
def test_the_tag_of_an_answer_guards_a_write(plain):
    tag = plain.get("/graphs", params={"graph": GRAPH}).headers["etag"]
    text = f'INSERT DATA {{ GRAPH <{GRAPH}> {{ <http://a> <http://b> "guarded" }} }}'
    answers = [
        plain.post("/update", content=text.replace("guarded", f"{n}"), headers={
            **UPDATE, "If-Match": tag}).status_code
        for n in range(2)
    ]  # fmt: skip
    assert answers[0] < 300
    assert answers[1] == 412

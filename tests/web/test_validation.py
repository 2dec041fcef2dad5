"""Data are checked over HTTP, and nothing of them stays."""

from __future__ import annotations

import csv
import gzip
import io
import json

import httpx
import pytest
from tests.samples import HEAD, MEETING, SHAPES, THEIRS, WRONG

from neagraph.model import Limits
from neagraph.queries import load_catalogue
from neagraph.rdf.formats import GRAPH_FORMATS, graph_format_by_name
from neagraph.rdf.io import parse, triples_of, write_graph
from neagraph.service import Service
from neagraph.settings import project_root
from neagraph.store.process import ProcessStore, StoreSource
from neagraph.vocab import SH

TURTLE = {"Content-Type": "text/turtle"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
RESULT = SH + "ValidationResult"


def form(**fields):
    """The files of a form: name to text, or to file name and text."""
    return [
        (name, (None, value) if isinstance(value, str) else value) for name, value in fields.items()
    ]


def problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()


# ---- Reports -------------------------------------------------------------------------------------


def test_data_that_conform_are_told_so(whole):
    told = whole.post("/validate", content=HEAD + MEETING, headers=TURTLE)
    assert told.status_code == 200
    assert (told.json()["conforms"], told.json()["total"]) == (True, 0)


def test_a_violation_is_told_with_its_place_and_what_was_meant(whole):
    told = whole.post("/validate", content=WRONG, headers=TURTLE).json()
    (result,) = told["results"]
    assert result["place"] == {"source": "data", "line": 5, "column": 3}
    assert result["suggestion"] == "you wrote rdfs:lable; did you mean rdfs:label?"
    assert result["fix"].startswith("Write rdfs:label")
    assert not told["accepted"]


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.name)
def test_data_come_in_every_format_of_rdf(whole, fmt):
    triples = triples_of(parse(WRONG.encode(), graph_format_by_name("turtle"), source="x"))
    body = write_graph(triples, fmt)
    told = whole.post("/validate", content=body, headers={"Content-Type": fmt.media_type})
    assert told.json()["total"] == 1


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.name)
def test_the_w3c_report_comes_in_every_format_of_rdf(whole, fmt):
    headers = {**TURTLE, "Accept": fmt.media_type}
    told = whole.post("/validate", content=WRONG, headers=headers)
    assert told.headers["content-type"].partition(";")[0] == fmt.media_type
    quads = parse(told.content, fmt, source="report")
    assert [q for q in quads if getattr(q.object, "value", "") == RESULT]


def test_sarif_is_told_to_those_who_take_it(whole):
    headers = {**TURTLE, "Accept": "application/sarif+json"}
    told = whole.post("/validate", content=WRONG, headers=headers)
    assert told.headers["content-type"] == "application/sarif+json"
    (result,) = told.json()["runs"][0]["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 5, "startColumn": 3}


def test_csv_and_text_are_told_to_those_who_take_them(whole):
    told = whole.post("/validate", content=WRONG, headers={**TURTLE, "Accept": "text/csv"})
    (row,) = csv.DictReader(io.StringIO(told.text))
    assert row["line"] == "5"
    told = whole.post("/validate", content=WRONG, headers={**TURTLE, "Accept": "text/plain"})
    assert told.text.startswith("meeting/example-1\n  violation: This meeting has no name.")


def test_what_accept_asks_for_in_vain_is_refused(whole):
    told = whole.post("/validate", content=WRONG, headers={**TURTLE, "Accept": "image/png"})
    assert "application/sarif+json" in problem(told, 406)["hint"]


def test_parameters_bound_what_is_told(whole):
    many = "".join(f"<meeting/x-{n}> a nea:ExpertMeeting .\n" for n in range(9))
    told = whole.post("/validate?max-results=2", content=HEAD + many, headers=TURTLE).json()
    assert (told["shown"], told["total"]) == (2, 27)
    headers = {**TURTLE, "Accept": "text/turtle"}
    told = whole.post("/validate?max-results=2", content=HEAD + many, headers=headers)
    assert told.headers["x-results"] == "2 of 27"
    warned = HEAD + '<mechanism/x> a nea:Mechanism ; rdfs:label "X"@en .'
    for query, shown in (("", 2), ("?severity=violation", 0)):
        told = whole.post(f"/validate{query}", content=warned, headers=TURTLE).json()
        assert (told["total"], told["shown"], told["accepted"]) == (2, shown, True)


def test_data_are_checked_against_all_or_one_graph_or_none(whole):
    second = HEAD + '<state/atlantis> a nea:State ; rdfs:label "A"@en ; nea:iso3 "MNG" .'
    for against, found in (("", True), ("reference/states", True), ("none", False)):
        address = f"/validate?against={against}"
        told = whole.post(address, content=second, headers=TURTLE).text
        assert ("Another record" in told) is found


def test_a_packed_body_is_unpacked(whole):
    headers = {**TURTLE, "Content-Encoding": "gzip"}
    told = whole.post("/validate", content=gzip.compress(WRONG.encode()), headers=headers)
    assert told.json()["total"] == 1


# ---- Forms ---------------------------------------------------------------------------------------


def test_a_form_brings_data_and_shapes(whole):
    told = whole.post(
        "/validate",
        files=form(data=("x.ttl", THEIRS), shapes=("s.ttl", SHAPES, "text/turtle")),
    ).json()
    (result,) = told["results"]
    assert result["problem"] == "Too long."
    assert result["place"] == {"source": "x.ttl", "line": 3, "column": 7}


def test_fields_that_are_no_files_have_the_format_that_is_told(whole):
    line = "<http://example.org/x> a <http://example.org/C> ."
    told = whole.post("/validate", files=form(data=line, type="turtle"))
    assert told.json()["conforms"]
    assert problem(whole.post("/validate", files=form(data=line, type="ntriples")), 400)


def test_a_simple_form_is_read(whole):
    told = whole.post("/validate", data={"data": WRONG, "severity": "violation"})
    assert told.json()["total"] == 1


def test_several_files_are_checked_together(whole):
    first, _, second = MEETING.rpartition("<timespan")
    files = [
        ("data", ("a.ttl", HEAD + first)),
        ("data", ("b.ttl", HEAD + "<timespan" + second)),
        ("data", ("", "")),
    ]
    assert whole.post("/validate", files=files).json()["conforms"]


def test_a_button_of_the_page_brings_a_file(whole):
    told = whole.post("/validate", files=form(data=WRONG, format="csv"), headers=BROWSER)
    assert told.headers["content-type"].startswith("text/csv")
    assert told.headers["content-disposition"] == 'attachment; filename="report.csv"'


# ---- What cannot be checked ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ("<x:a> <x:b> 1 .", "no shape"),
        ("<x:a> a <http://www.w3.org/ns/shacl#PropertyShape> .", ""),
        (f"<x:a> a <{SH}NodeShape> ; <{SH}property> <x:b> .\n<x:b> <{SH}path> 'x' .", ""),
        (f"<x:a> a <{SH}NodeShape> ; <{SH}targetClass> <x:C> ; <{SH}node> <x:a> .", ""),
    ],
)
def test_shapes_that_are_none_are_refused_with_the_reason(whole, shapes, said):
    told = problem(whole.post("/validate", files=form(data=THEIRS, shapes=shapes)), 422)
    assert told["type"].endswith("/problem/shapes")
    assert told["detail"]
    assert said in told["detail"]


@pytest.mark.parametrize(
    ("body", "headers", "status", "said"),
    [
        (b"<a> b", TURTLE, 400, "syntax"),
        (b"", TURTLE, 400, "no triple"),
        ("<x:a> <x:b> 'é' .".encode("latin-1"), TURTLE, 400, "not UTF-8"),
        (b"x", {}, 400, "no Content-Type"),
        (b"x", {"Content-Type": "application/pdf"}, 415, "application/pdf"),
        (b"x", {"Content-Type": "text/turtle; charset=latin-1"}, 415, "latin-1"),
        (b"x", {"Content-Type": "multipart/form-data"}, 400, "boundary"),
        (b"data=", {"Content-Type": "application/x-www-form-urlencoded"}, 400, "no data"),
        (b"data=%3Ca%3E&type=x", {"Content-Type": "application/x-www-form-urlencoded"}, 400, '"x"'),
    ],
)
def test_what_cannot_be_read_is_told(whole, body, headers, status, said):
    told = problem(whole.post("/validate", content=body, headers=headers), status)
    assert said in told["detail"]
    assert told["hint"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("max-results=many", 400),
        ("max-results=0", 400),
        ("severity=fatal", 400),
        ("against=reference/atlantis", 404),
        ("severity=info&severity=info", 400),
    ],
)
def test_parameters_that_cannot_be_used_are_told(whole, query, status):
    assert problem(whole.post(f"/validate?{query}", content=WRONG, headers=TURTLE), status)["hint"]


def test_a_text_that_is_nested_too_deeply_ends_its_own_process_alone(whole):
    deep = '{"http://example.org/p": ' * 5_000 + "1" + "}" * 5_000
    told = whole.post("/validate", content=deep, headers={"Content-Type": "application/ld+json"})
    assert told.status_code in {400, 413}
    assert whole.post("/validate", content=WRONG, headers=TURTLE).json()["total"] == 1


def test_links_and_imports_are_never_followed(whole):
    link = "http://127.0.0.1:9/imports"
    owl = "http://www.w3.org/2002/07/owl#"
    imports = f"<{link}/o> <{owl}imports> <{link}> ; <{SH}shapesGraph> <{link}> ."
    told = whole.post("/validate", files=form(data=f"{THEIRS}\n{imports}", shapes=SHAPES + imports))
    assert [r["problem"] for r in told.json()["results"]] == ["Too long."]


def test_nothing_is_stored(whole):
    before = whole.get("/health").json()
    whole.post("/validate", content=HEAD + MEETING, headers=TURTLE)
    ask = "ASK { <https://w3id.org/neagraph/id/meeting/example-1> ?p ?o }"
    told = whole.get("/sparql", params={"query": ask, "format": "json"})
    assert told.json()["boolean"] is False
    assert whole.get("/health").json()["version"] == before["version"]


def test_a_plain_server_checks_with_shapes_that_are_sent(plain):
    told = plain.post("/validate", files=form(data=THEIRS, shapes=SHAPES))
    assert [r["problem"] for r in told.json()["results"]] == ["Too long."]
    told = plain.post("/validate", content=THEIRS, headers=TURTLE)
    assert "no shapes here" in problem(told, 400)["detail"]


def test_what_was_written_is_part_of_what_data_are_checked_with(writable):
    graph = "/graphs/report/example-2"
    held = HEAD + MEETING.replace("example-1", "example-2")
    without = held.replace('  rdfs:label "Example"@en ;\n', "")
    assert writable.post("/validate", content=without, headers=TURTLE).json()["total"] == 1
    assert writable.put(graph, content=held, headers=TURTLE).status_code == 201
    assert writable.post("/validate", content=without, headers=TURTLE).json()["total"] == 0
    assert writable.delete(graph).status_code == 200
    assert writable.post("/validate", content=without, headers=TURTLE).json()["total"] == 1


# ---- Limits and progress -------------------------------------------------------------------------


ENDLESS = f"""@prefix sh: <{SH}> . @prefix e: <http://example.org/> .
e:S a sh:NodeShape ; sh:targetClass e:C ; sh:sparql [ sh:select \"\"\"SELECT $this WHERE {{
  {" . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(40))}
  FILTER (STRLEN(CONCAT({", ".join(f"STR(?o{n})" for n in range(40))})) > 100000) }}\"\"\" ] .
"""


@pytest.fixture(scope="module")
def hasty(built, serving):
    """A client of a service that gives a check two seconds."""
    service = Service(
        ProcessStore(StoreSource(built.snapshot), workers=2),
        catalogue=load_catalogue(project_root() / "queries"),
        limits=Limits(seconds=2.0, answer_bytes=1_000_000),
        snapshot=built.snapshot,
    )
    with serving(service) as client:
        yield client


def test_a_check_without_end_is_ended(hasty):
    told = problem(hasty.post("/validate", files=form(data=THEIRS, shapes=ENDLESS)), 503)
    assert "longer than 2 s" in told["detail"]
    assert "neagraph validate FILE" in told["hint"]
    assert hasty.post("/validate", content=WRONG, headers=TURTLE).json()["total"] == 1


def events(response):
    """The events of a stream: name and data."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


STREAM = {"Accept": "text/event-stream"}


def test_progress_is_told_while_a_check_runs(hasty):
    files = form(data=THEIRS, shapes=ENDLESS)
    with hasty.stream("POST", "/validate", files=files, headers=STREAM) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = list(events(response))
    seconds = [data["seconds"] for name, data in told if name == "progress"]
    assert len(seconds) > 2
    assert seconds == sorted(seconds)
    assert told[-1][0] == "problem"
    assert told[-1][1]["status"] == 503


def test_the_report_is_the_last_event(whole):
    headers = {**TURTLE, **STREAM}
    with whole.stream("POST", "/validate", content=WRONG, headers=headers) as response:
        told = list(events(response))
    assert (told[0][0], told[-1][0]) == ("progress", "report")
    assert told[-1][1]["total"] == 1


def test_problems_of_a_stream_are_events_too(whole):
    with whole.stream("POST", "/validate", content=b"<a", headers={**TURTLE, **STREAM}) as response:
        (*_, (name, data)) = events(response)
    assert (name, data["status"]) == ("problem", 400)


@pytest.fixture(scope="module")
def lone(built, serving):
    """A client of a service with one worker, that gives a check ten minutes."""
    service = Service(
        ProcessStore(StoreSource(built.snapshot), workers=1),
        catalogue=load_catalogue(project_root() / "queries"),
        limits=Limits(seconds=600.0),
        snapshot=built.snapshot,
    )
    with serving(service) as client:
        yield client


def is_free(client):
    """Whether the one worker of a service takes another check, long before its limit."""
    told = client.post("/validate", content=WRONG, headers=TURTLE, timeout=60)
    return told.json()["total"] == 1


def test_a_client_that_goes_away_has_its_check_ended(lone):
    with pytest.raises(httpx.ReadTimeout):
        lone.post("/validate", files=form(data=THEIRS, shapes=ENDLESS), timeout=0.3)
    assert is_free(lone)


def test_a_client_that_leaves_a_stream_has_its_check_ended(lone):
    files = form(data=THEIRS, shapes=ENDLESS)
    with lone.stream("POST", "/validate", files=files, headers=STREAM) as response:
        name, _ = next(events(response))
    assert name == "progress"
    assert is_free(lone)


def test_progress_tells_the_share_and_what_is_checked(lone):
    files = form(data=THEIRS, shapes=SHAPES + ENDLESS)
    with lone.stream("POST", "/validate", files=files, headers=STREAM) as response:
        told = next(data for _, data in events(response) if data.get("done"))
    assert (told["done"], told["total"]) == (1, 2)
    assert told["checking"] == "<http://example.org/S> sparql"


# ---- The page ------------------------------------------------------------------------------------


def test_the_page_has_a_form_that_needs_no_script(whole, markup):
    page = markup(whole.get("/validate", headers=BROWSER).text)
    assert page.texts("h1") == ["Validate"]
    (sent,) = [attrs for tag, attrs in page.elements if tag == "form"]
    assert (sent["method"], sent["enctype"]) == ("post", "multipart/form-data")
    assert {"data", "shapes", "type"} <= set(
        page.attributes("textarea", "name") + page.attributes("input", "name")
        + page.attributes("select", "name")
    )  # fmt: skip
    assert not page.texts("script")


def test_the_page_tells_line_column_hint_and_suggestion(whole, markup):
    told = whole.post("/validate", files=form(data=WRONG), headers=BROWSER)
    page = markup(told.text)
    assert told.status_code == 200
    assert "The data cannot be accepted yet." in page.texts("p")
    assert "data, line 5, column 3" in page.texts("p")
    assert "You wrote rdfs:lable; did you mean rdfs:label?" in page.texts("p")
    assert page.texts("pre") == ['rdfs:lable "Example"@en ;']
    assert page.texts("textarea")[0] == WRONG.strip()
    assert "/shapes#19-meeting" in page.attributes("a", "href")
    assert page.attributes("button", "value") == ["text", "csv", "json", "sarif", "turtle"]


def test_a_file_comes_back_in_the_form_to_be_mended(whole, markup):
    told = whole.post("/validate", files=form(data=("a.ttl", WRONG)), headers=BROWSER)
    page = markup(told.text)
    assert page.texts("textarea")[0] == WRONG.strip()
    assert "a.ttl, line 5, column 3" in page.texts("p")


def test_the_page_counts_what_it_does_not_show(whole, markup):
    many = "".join(f"<meeting/x-{n}> a nea:ExpertMeeting .\n" for n in range(9))
    fields = form(data=HEAD + many, **{"max-results": "2"})
    page = markup(whole.post("/validate", files=fields, headers=BROWSER).text)
    assert any(" 2 of 27 results are shown." in text for text in page.texts("p"))


@pytest.mark.parametrize("path", ["/validate", "/shapes"])
def test_the_pages_fetch_nothing_from_other_hosts(whole, markup, path):
    page = markup(whole.get(path, headers=BROWSER).text)
    fetched = [
        attrs[name]
        for tag, attrs in page.elements
        for name in ("src", "href", "action")
        if name in attrs and tag != "a"
    ]
    assert fetched
    assert all(address.startswith("/") for address in fetched)
    assert not page.texts("style")
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_a_form_of_reports_that_is_not_known_is_told(whole):
    told = whole.post("/validate?format=pdf", content=WRONG, headers=TURTLE)
    assert "sarif" in problem(told, 400)["hint"]


def test_the_page_says_so_when_nothing_is_wrong(whole, markup):
    told = whole.post("/validate", files=form(data=HEAD + MEETING), headers=BROWSER)
    assert "No problems: every record conforms to the shapes." in markup(told.text).texts("p")


def test_the_page_tells_problems_and_keeps_the_data(whole, markup):
    told = whole.post("/validate", files=form(data="<a> b", shapes=SHAPES), headers=BROWSER)
    page = markup(told.text)
    assert told.status_code == 400
    assert page.texts("textarea") == ["<a> b", SHAPES.strip()]
    assert any("data:1:" in text for text in page.texts("p"))


def test_the_page_escapes_what_the_data_say(whole, markup):
    evil = "@prefix e: <http://example.org/> . e:x a e:C ;\n e:p '<script>alert(1)</script>' ."
    told = whole.post("/validate", files=form(data=evil, shapes=SHAPES), headers=BROWSER)
    assert "Too long." in told.text
    assert not markup(told.text).texts("script")


def test_the_address_is_linked_from_every_page(whole, markup):
    links = markup(whole.get("/", headers=BROWSER).text).attributes("a", "href")
    assert {"/validate", "/shapes"} <= set(links)

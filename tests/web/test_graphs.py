"""The Graph Store Protocol: graphs by parameter and by address, read and written whole."""

import gzip
from urllib.parse import quote

import pytest

from neagraph.rdf.formats import GRAPH_FORMATS, TURTLE
from neagraph.rdf.io import parse, triples_of, write_graph

PROBLEM = "application/problem+json"
TURTLE_TYPE = {"Content-Type": "text/turtle"}
NTRIPLES = {"Accept": "application/n-triples"}
ONE = "<http://e/s> <http://e/p> 1 ."
TWO = "<http://e/s> <http://e/p> 2 ."
ONE_GRAPH = tuple(fmt for fmt in GRAPH_FORMATS if fmt.name not in {"trig", "nquads"})
SEVERAL_GRAPHS = tuple(fmt for fmt in GRAPH_FORMATS if fmt not in ONE_GRAPH)


@pytest.fixture
def server(plain):
    plain.post("/update", data={"update": "DROP ALL"}).raise_for_status()
    return plain


WAYS = [
    ("/graphs", {"graph": "http://e/g"}),
    ("/graphs", {"graph": "http://e/日本"}),
    ("/graphs/person/1", None),
    ("/graphs/a%20b/%C3%A9", None),
]


def put(client, path, params, text=ONE, **headers):
    headers = TURTLE_TYPE | headers
    return client.put(path, params=params, content=text.encode(), headers=headers)


def lines(client, path, params):
    answer = client.get(path, params=params, headers=NTRIPLES)
    assert answer.status_code == 200, answer.text
    return sorted(line.split()[2][1] for line in answer.text.splitlines())


@pytest.mark.parametrize(("path", "params"), WAYS)
def test_a_graph_is_made_read_changed_and_deleted(server, path, params):
    assert server.get(path, params=params).status_code == 404
    created = put(server, path, params)
    assert created.status_code == 201
    assert created.json()["version"] > 0
    assert lines(server, path, params) == ["1"]
    replaced = put(server, path, params, TWO)
    assert (replaced.status_code, "location" in replaced.headers) == (200, False)
    assert lines(server, path, params) == ["2"]
    merged = server.post(path, params=params, content=ONE, headers=TURTLE_TYPE)
    assert merged.status_code == 200
    assert lines(server, path, params) == ["1", "2"]
    assert server.delete(path, params=params).status_code == 200
    assert server.get(path, params=params).status_code == 404
    assert server.delete(path, params=params).status_code == 404


@pytest.mark.parametrize(("path", "params"), WAYS)
def test_location_leads_to_the_new_graph(server, path, params):
    location = put(server, path, params).headers["location"]
    assert lines(server, location, None) == ["1"]


def test_the_address_of_a_graph_is_its_name(server):
    put(server, "/graphs/person/1", None)
    name = str(server.base_url.join("/graphs/person/1"))
    assert lines(server, "/graphs", {"graph": name}) == ["1"]


def test_the_default_graph_is_always_there(server):
    assert lines(server, "/graphs", "default") == []
    assert put(server, "/graphs", "default").status_code == 200
    assert lines(server, "/graphs", "default") == ["1"]
    assert lines(server, "/graphs", {"default": ""}) == ["1"]
    assert server.delete("/graphs", params="default").status_code == 200
    assert lines(server, "/graphs", "default") == []


def test_a_graph_without_triples_is_there(server):
    assert put(server, "/graphs/empty", None, "# nothing\n").status_code == 201
    answer = server.get("/graphs/empty", headers=NTRIPLES)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_graph_without_a_name_gets_one(server):
    answer = server.post("/graphs", content=ONE, headers=TURTLE_TYPE)
    assert answer.status_code == 201
    location = answer.headers["location"]
    assert lines(server, location, None) == ["1"]
    assert lines(server, "/graphs", {"graph": answer.json()["graph"]}) == ["1"]
    again = server.post("/graphs", content=ONE, headers=TURTLE_TYPE)
    assert again.headers["location"] != location


@pytest.mark.parametrize("fmt", ONE_GRAPH, ids=lambda fmt: fmt.name)
def test_each_format_is_read_and_written(server, fmt):
    expected = parse(b"<http://e/s> <http://e/p> <http://e/o>, 1 .", TURTLE, source="test")
    body = write_graph(triples_of(expected), fmt)
    headers = {"Content-Type": f"{fmt.media_type}; charset=UTF-8"}
    assert server.put("/graphs/g", content=body, headers=headers).status_code == 201
    answer = server.get("/graphs/g", headers={"Accept": fmt.media_type})
    assert answer.headers["content-type"].split(";")[0] == fmt.media_type
    assert "Accept" in answer.headers["vary"]
    found = parse(answer.content, fmt, source="answer")
    assert set(triples_of(found)) == set(triples_of(expected))


def test_the_format_parameter_comes_before_the_header(server):
    put(server, "/graphs/g", None)
    answer = server.get("/graphs/g", params={"format": "rdfxml"}, headers=NTRIPLES)
    assert answer.headers["content-type"].split(";")[0] == "application/rdf+xml"
    assert server.get("/graphs/g", params={"format": "csv"}).status_code == 400
    assert server.get("/graphs/g", params={"format": "yaml"}).status_code == 400


def test_relative_iris_are_those_of_the_graph(server):
    put(server, "/graphs/a/b", None, "<> <#p> <c> .")
    base = str(server.base_url.join("/graphs/a/"))
    answer = server.get("/graphs/a/b", headers=NTRIPLES).text
    assert answer == f"<{base}b> <{base}b#p> <{base}c> .\n"


def test_head_has_the_headers_of_get_and_no_body(server):
    put(server, "/graphs/g", None)
    head, get = server.head("/graphs/g"), server.get("/graphs/g")
    assert head.content == b""
    for name in ("content-type", "content-length"):
        assert head.headers[name] == get.headers[name]
    assert server.head("/graphs/none").status_code == 404


@pytest.mark.parametrize("path", ["/graphs", "/graphs/a/b"])
def test_options_tells_the_methods(server, path):
    answer = server.options(path)
    assert answer.status_code == 204
    allowed = set(answer.headers["allow"].split(", "))
    assert allowed == {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"}


def test_other_methods_are_405(server):
    answer = server.request("QUERY", "/graphs")
    assert answer.status_code == 405
    assert "PATCH" in answer.headers["allow"]


# ---- Requests that cannot be used -----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/graphs", {}),
        ("/graphs", {"graph": "relative"}),
        ("/graphs", {"graph": ""}),
        ("/graphs", {"graph": "http://e/a b"}),
        ("/graphs", {"graph": "http://e/> { ?s ?p ?o } #"}),
        ("/graphs", {"graph": ["http://e/a", "http://e/b"]}),
        ("/graphs", {"graph": "http://e/a", "default": ""}),
        ("/graphs/a", {"graph": "http://e/a"}),
        ("/graphs/a", {"default": ""}),
        ("/graphs", {"graph": "http://e/a", "timeout": "soon"}),
        ("/graphs", "graph=%FF"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_names_that_cannot_be_used_are_400(server, method, path, params):
    answer = server.request(method, path, params=params, content=ONE, headers=TURTLE_TYPE)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["hint"]


@pytest.mark.parametrize("fmt", ONE_GRAPH, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_bad_body_is_400_and_changes_nothing(server, method, fmt):
    put(server, "/graphs/g", None)
    headers = {"Content-Type": fmt.media_type}
    body = b'<http://e/s> <http://e/p> "good" .\n<http://e/s> bad\n'
    answer = server.request(method, "/graphs/g", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/rdf-syntax")
    assert lines(server, "/graphs/g", None) == ["1"]


def test_a_syntax_error_has_its_place(server):
    answer = put(server, "/graphs/g", None, f"{ONE}\n  <http://e/s> <http://e/p> .\n")
    assert answer.status_code == 400
    assert ":2:" in answer.json()["where"]


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("", 400),
        ("text/plain", 415),
        ("text/html", 415),
        ("application/octet-stream", 415),
        ("text/turtle; charset=latin-1", 415),
        *((fmt.media_type, 415) for fmt in SEVERAL_GRAPHS),
        ("TEXT/Turtle ;charset=utf-8", 201),
    ],
)
def test_the_media_type_of_a_body_decides_whether_it_is_read(server, media_type, status):
    headers = {"Content-Type": media_type} if media_type else {}
    answer = server.put("/graphs/g", content=ONE.encode(), headers=headers)
    assert answer.status_code == status
    assert server.get("/graphs/g").status_code == (200 if status == 201 else 404)


def test_a_body_with_graphs_of_its_own_is_400(server):
    body = '{"@id": "http://e/g2", "@graph": [{"@id": "http://e/s", "http://e/p": 1}]}'
    headers = {"Content-Type": "application/ld+json"}
    assert server.put("/graphs/g", content=body, headers=headers).status_code == 400


def test_remote_contexts_are_not_fetched(server):
    body = '{"@context": "http://127.0.0.1:9/c", "@id": "http://e/s", "name": "x"}'
    headers = {"Content-Type": "application/ld+json"}
    answer = server.put("/graphs/g", content=body, headers=headers)
    assert answer.status_code == 400
    assert "never fetched" in answer.json()["hint"]


def test_406_where_no_accepted_format_fits(server):
    put(server, "/graphs/g", None)
    assert server.get("/graphs/g", headers={"Accept": "image/png"}).status_code == 406


def test_a_body_in_gzip_is_unpacked(server):
    headers = TURTLE_TYPE | {"Content-Encoding": "gzip"}
    body = gzip.compress(ONE.encode())
    assert server.put("/graphs/g", content=body, headers=headers).status_code == 201
    bomb = gzip.compress(b"#" * 100_000_000)
    assert server.put("/graphs/g", content=bomb, headers=headers).status_code == 413
    assert lines(server, "/graphs/g", None) == ["1"]


def test_a_write_on_an_older_state_is_412(server):
    old = put(server, "/graphs/g", None).json()["etag"]
    put(server, "/graphs/h", None)
    for method in ("PUT", "POST", "DELETE"):
        headers = TURTLE_TYPE | {"If-Match": old}
        answer = server.request(method, "/graphs/g", content=TWO, headers=headers)
        assert answer.status_code == 412
    assert lines(server, "/graphs/g", None) == ["1"]


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH"])
def test_only_if_new_and_only_if_there(server, method):
    form = TURTLE_TYPE if method != "PATCH" else {"Content-Type": "application/sparql-update"}
    body = ONE if method != "PATCH" else f"INSERT DATA {{ {ONE} }}"

    def status(headers):
        return server.request(method, "/graphs/n", content=body, headers=form | headers).status_code

    assert status({"If-Match": "*"}) == 412
    assert server.get("/graphs/n").status_code == 404
    assert status({"If-None-Match": "*"}) == 201
    assert status({"If-None-Match": "*"}) == 412
    tag = server.get("/graphs/n", headers={"Accept": "text/turtle"}).headers["etag"]
    assert status({"If-None-Match": tag}) == 412
    assert status({"If-Match": "*"}) == 200


# ---- Several documents in one body ----------------------------------------------------------


def form(*parts, boundary="b"):
    body = b"".join(
        b"--" + boundary.encode() + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    )
    content_type = f'multipart/form-data; boundary="{boundary}"'
    return {
        "content": body + f"--{boundary}--\r\n".encode(),
        "headers": {"Content-Type": content_type},
    }


AS_TURTLE = 'Content-Disposition: form-data; name="a"\r\nContent-Type: text/turtle; charset=utf-8'
AS_FILE = 'Content-Disposition: form-data; name="b"; filename="b.nt"'


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_the_parts_of_a_form_are_merged(server, method):
    ntriples = b'<http://e/s> <http://e/p> "2" .'
    parts = form((AS_TURTLE, b"@prefix e: <http://e/> .\ne:s e:p 1 ."), (AS_FILE, ntriples))
    answer = server.request(method, "/graphs/g", **parts)
    assert answer.status_code == 201, answer.text
    assert lines(server, "/graphs/g", None) == ["1", "2"]


def test_httpx_sends_a_form(server):
    files = {"x": ("x.ttl", ONE.encode(), "text/turtle")}
    assert server.post("/graphs/g", files=files).status_code == 201
    assert lines(server, "/graphs/g", None) == ["1"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (form((AS_TURTLE, ONE.encode()), (AS_TURTLE, b"<http://e/s> bad")), 400),
        (form(("Content-Type: image/png", b"x")), 415),
        (form(('Content-Disposition: form-data; name="a"', ONE.encode())), 415),
        (form(), 400),
        (form(*[(AS_TURTLE, b"")] * 1001), 400),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        ({"content": b"", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400),
    ],
)
def test_forms_that_cannot_be_used_change_nothing(server, sent, status):
    answer = server.post("/graphs/g", **sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert server.get("/graphs/g").status_code == 404


# ---- Updates of one graph -------------------------------------------------------------------

PATCH = {"Content-Type": "application/sparql-update"}


@pytest.mark.parametrize(
    ("update", "found"),
    [
        ("INSERT DATA { <http://e/s> <http://e/p> 2 }", ["1", "2"]),
        ("DELETE DATA { <http://e/s> <http://e/p> 1 }", []),
        ("DELETE WHERE { ?s ?p ?o }", []),
        ("DELETE { ?s ?p ?o } INSERT { ?s ?p 3 } WHERE { ?s ?p ?o }", ["3"]),
        (
            """PREFIX e: <http://e/> INSERT DATA { e:s e:p 2 } ; PREFIX f: <http://e/> # }
            INSERT { f:s f:p ?n } WHERE { ?s ?p ?o BIND(?o + 5 AS ?n) }""",
            ["1", "2", "6", "7"],
        ),
    ],
)
def test_patch_updates_the_graph_alone(server, update, found):
    put(server, "/graphs/g", None)
    put(server, "/graphs/other", None)
    answer = server.patch("/graphs/g", content=update, headers=PATCH)
    assert answer.status_code == 200, answer.text
    assert lines(server, "/graphs/g", None) == found
    assert lines(server, "/graphs/other", None) == ["1"]
    assert lines(server, "/graphs", "default") == []


def test_patch_of_the_default_graph(server):
    update = "INSERT DATA { <http://e/s> <http://e/p> 2 }"
    assert server.patch("/graphs", params="default", content=update, headers=PATCH).is_success
    assert lines(server, "/graphs", "default") == ["2"]


def test_patch_makes_a_graph(server):
    update = "INSERT DATA { <http://e/s> <http://e/p> 2 }"
    answer = server.patch("/graphs/new", content=update, headers=PATCH)
    assert (answer.status_code, "location" in answer.headers) == (201, True)


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ("", 400),
        ("INSERT DATA { <http://e/s> }", 400),
        ("DROP ALL", 400),
        ("CLEAR GRAPH <http://e/other>", 400),
        ("INSERT DATA { GRAPH <http://e/other> { <http://e/s> <http://e/p> 1 } }", 400),
        ("WITH <http://e/other> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", 400),
        ("DELETE { ?s ?p ?o } USING <http://e/other> WHERE { ?s ?p ?o }", 400),
        ("LOAD <http://127.0.0.1:9/>", 403),
    ],
)
def test_patches_that_cannot_be_used_change_nothing(server, update, status):
    put(server, "/graphs/g", None)
    answer = server.patch("/graphs/g", content=update, headers=PATCH)
    assert answer.status_code == status, answer.text
    assert lines(server, "/graphs/g", None) == ["1"]


def test_a_patch_of_another_media_type_is_415(server):
    answer = server.patch("/graphs/g", content=ONE, headers=TURTLE_TYPE)
    assert answer.status_code == 415


# ---- The service of the project -------------------------------------------------------------

GRAPH = "https://w3id.org/neagraph/id/graph/"


def test_short_addresses_are_graphs_of_the_project(writable):
    short = writable.get("/graphs/ontology", headers=NTRIPLES)
    long = writable.get("/graphs", params={"graph": GRAPH + "ontology"}, headers=NTRIPLES)
    assert short.status_code == long.status_code == 200
    assert short.content == long.content
    assert b"neagraph/ontology#" in short.content
    assert writable.get("/graphs/none").status_code == 404


def test_the_default_graph_is_the_union(writable):
    union = writable.get("/graphs", params="default", headers=NTRIPLES)
    part = writable.get("/graphs/ontology", headers=NTRIPLES)
    assert set(part.content.splitlines()) < set(union.content.splitlines())


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/graphs", "default"),
        ("/graphs/ontology", None),
        ("/graphs/vocab", None),
        ("/graphs/entailed", None),
        ("/graphs", {"graph": GRAPH + "ontology"}),
        ("/graphs", {"graph": "http://e/elsewhere"}),
    ],
)
def test_graphs_that_are_not_writable_answer_403(writable, method, path, params):
    before = writable.get(path, params=params, headers=NTRIPLES)
    answer = writable.request(method, path, params=params, content=ONE, headers=TURTLE_TYPE)
    assert answer.status_code == 403, answer.text
    after = writable.get(path, params=params, headers=NTRIPLES)
    assert (before.status_code, before.content) == (after.status_code, after.content)


def test_a_graph_without_a_name_goes_to_the_inbox(writable):
    answer = writable.post("/graphs", content=ONE, headers=TURTLE_TYPE)
    assert answer.status_code == 201, answer.text
    assert answer.json()["graph"].startswith(GRAPH + "inbox/")
    location = answer.headers["location"]
    assert lines(writable, location, None) == ["1"]
    assert writable.delete(location).status_code == 200
    assert writable.get(location).status_code == 404


def test_data_that_violate_the_shapes_are_422(writable):
    thing = "https://w3id.org/neagraph/id/statement/x/p1-s1"
    body = f"<{thing}> a <https://w3id.org/neagraph/ontology#Statement> ."
    answer = put(writable, "/graphs/report/x", None, body)
    assert answer.status_code == 422
    assert answer.json()["details"]
    assert writable.get("/graphs/report/x").status_code == 404


def test_nobody_writes_without_a_token(client):
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        headers = PATCH if method == "PATCH" else TURTLE_TYPE
        answer = client.request(method, "/graphs/inbox/x", content=ONE, headers=headers)
        assert answer.status_code == 403
    assert client.get("/graphs/inbox/x").status_code == 404


def test_graph_names_are_decoded_once(server):
    for name, text in (("http://e/%31", ONE), ("http://e/1", TWO)):
        put(server, f"/graphs?graph={quote(name, safe='')}", None, text)
    assert lines(server, "/graphs?graph=http%3A%2F%2Fe%2F%2531", None) == ["1"]
    assert lines(server, "/graphs?graph=http://e/%31", None) == ["2"]

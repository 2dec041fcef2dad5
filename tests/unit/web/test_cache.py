"""What an answer depends on, what may be kept, and how much of it."""

import pytest

from neagraph.model import Version
from neagraph.web.cache import ResultCache, entry_of
from neagraph.web.cache_keys import (
    body_pairs,
    headers_of,
    is_covered,
    is_volatile,
    key_of,
    parameters_of,
    takes_gzip,
)
from neagraph.web.etags import entity_tag, is_listed, version_part

VERSION = Version(7, "0123456789abcdef" * 4)


def key(query_string=b"", *, state="s", path="/sparql", **headers):
    names = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    scope = {"scheme": "http", "path": path, "query_string": query_string}
    return key_of(scope, names, state)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?n) {}",
        "SELECT (now ( ) AS ?n) {}",
        "SELECT (RAND() AS ?n) {}",
        "SELECT (UUID() AS ?n) {}",
        "SELECT (STRUUID() AS ?n) {}",
        "SELECT (BNODE() AS ?n) {}",
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "SELECT * { SERVICESILENT<http://example.org/>{} }",
        "SELECT * { ?s ?p ?o } ORDER BYRAND()",
        "ASK { FILTERRAND() }",
        "ASK { ?s ?p ?a , ?b FILTER(?a<NOW()&&?b>1) }",
        "SELECT (N\\u004FW() AS ?n) {}",
        "SELECT (NOW#comment\n() AS ?n) {}",
    ],
)
def test_a_query_with_another_answer_each_time_is_volatile(query):
    assert is_volatile(query)
    assert not parameters_of(b"", ("query", query)).kept


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT ?now ?rand { ?now ?rand ?o }",
        'SELECT * { ?s ?p "NOW()" }',
        "SELECT * { ?s ?p ?o } # SERVICE",
        "SELECT * { ?s <http://example.org/service/rand> ?o }",
        "PREFIX now: <http://example.org/> SELECT * { ?s now:uuid now:knows }",
    ],
)
def test_a_query_that_only_names_such_words_is_kept(query):
    assert not is_volatile(query)
    assert parameters_of(b"", ("query", query)).kept


def test_an_update_and_unreadable_parameters_are_not_kept():
    assert not parameters_of(b"update=CLEAR+ALL").kept
    assert not parameters_of(b"query=%FF").kept


def test_the_order_and_the_way_of_parameters_make_no_difference():
    assert key(b"query=ASK+%7B%7D&format=json") == key(b"format=json&query=ASK%20{}")
    assert parameters_of(b"format=json", ("query", "ASK {}")) == parameters_of(
        b"query=ASK+%7B%7D&format=json"
    )


def test_blanks_and_case_of_accept_make_no_difference():
    assert key(accept="text/csv, */*; q=0.1") == key(accept="TEXT/csv,*/*;q=0.1")


@pytest.mark.parametrize(
    "other",
    [
        key(b"query=ASK{}"),
        key(path="/doc/a"),
        key(state="t"),
        key(accept="text/csv"),
        key(accept_encoding="gzip"),
        key(host="example.org"),
        key(x_forwarded_host="example.org"),
    ],
)
def test_what_an_answer_depends_on_tells_keys_apart(other):
    assert other != key()
    assert other.state != key().state or entity_tag(VERSION, *other.parts()) != entity_tag(
        VERSION, *key().parts()
    )


def test_a_named_version_is_the_same_whatever_the_current_one_is():
    assert key(b"version=3", state="s") == key(b"version=3", state="t")


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        (b"gzip", True),
        (b"deflate, GZIP;q=0.5", True),
        (b"gzip;q=0, br", False),
        (b"gzip; q=0.0", False),
        (b"gzip;q=0.01", True),
        (b"br", False),
        (b"", False),
    ],
)
def test_gzip_is_taken_as_the_client_says(accepted, taken):
    assert takes_gzip(accepted) is taken


def test_repeated_headers_are_joined():
    scope = {"headers": [(b"accept", b"text/csv"), (b"host", b"a"), (b"accept", b"*/*")]}
    assert headers_of(scope) == {b"accept": b"text/csv, */*", b"host": b"a"}


@pytest.mark.parametrize(
    ("media_type", "pairs"),
    [
        (b"application/sparql-query", [("query", "query=ASK")]),
        (b"Application/Sparql-Query; charset=UTF-8", [("query", "query=ASK")]),
        (b"application/x-www-form-urlencoded", [("query", "ASK")]),
        (b"application/sparql-query; charset=latin1", None),
        (b"application/sparql-update", None),
        (b"", None),
    ],
)
def test_a_body_is_read_as_its_media_type_says(media_type, pairs):
    assert body_pairs({b"content-type": media_type}, b"query=ASK") == pairs


def test_only_what_hangs_on_the_dataset_is_covered():
    covered = {"/sparql", "/doc/a/b", "/ontology", "/ontology.ttl", "/graphs", "/dump.nq.gz"}
    other = {"/", "/update", "/health", "/metrics", "/history", "/static/a.css", "/admin/queries"}
    assert set(filter(is_covered, covered | other)) == covered


def test_a_tag_holds_the_tag_of_its_version():
    tag = entity_tag(VERSION, b"a", b"b")
    assert version_part(tag) == version_part(f"W/{tag}") == VERSION.etag
    assert version_part(f'"{VERSION.etag}"') == VERSION.etag
    assert tag != entity_tag(VERSION, b"ab", b"")


def test_tags_are_found_in_lists():
    assert is_listed('"b"', '"a", W/"b"')
    assert not is_listed('"b"', '"a", "bc"')


def kept(cache, name, size):
    cache.keep(key(name), entry_of(200, [(b"etag", b'"x"')], b"x" * size))


def test_what_was_not_asked_for_the_longest_goes_first():
    cache = ResultCache(most_bytes=10_000, largest_entry=5_000)
    kept(cache, b"a", 2_000)
    kept(cache, b"b", 2_000)
    assert cache.find(key(b"a"))
    kept(cache, b"c", 2_000)
    assert [bool(cache.find(key(name))) for name in (b"a", b"b", b"c")] == [True, False, True]
    assert cache.bytes <= 10_000


def test_what_is_too_large_is_not_kept():
    cache = ResultCache(most_bytes=10_000, largest_entry=5_000)
    kept(cache, b"a", 5_001)
    assert len(cache) == cache.bytes == 0


def test_the_same_key_is_counted_once():
    cache = ResultCache()
    kept(cache, b"a", 100)
    before = cache.bytes
    kept(cache, b"a", 100)
    assert cache.bytes == before


def test_a_new_version_takes_the_room_of_the_former_one():
    cache = ResultCache()
    entry = entry_of(200, [], b"x")
    for pinned in (key(b"version=1"), key(b"a", state="s"), key(b"b", state="s")):
        cache.keep(pinned, entry)
    cache.keep(key(b"a", state="t"), entry)
    assert len(cache) == 2
    assert cache.find(key(b"version=1"))

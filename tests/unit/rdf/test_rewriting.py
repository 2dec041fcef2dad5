"""What the protocol says beside an update goes into its text, and nowhere else."""

import pytest

from neagraph.errors import UsageError
from neagraph.rdf.rewriting import lower_booleans, on_graph, using_dataset
from neagraph.rdf.update_text import read_update

G, H = "http://e/g", "http://e/h"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT DATA { <a:b> <a:c> 1 }", "INSERT DATA { <a:b> <a:c> 1 }"),
        (
            "INSERT {?s ?p 1} WHERE {?s ?p ?o}",
            f"INSERT {{?s ?p 1}} USING <{G}> USING NAMED <{H}> WHERE {{?s ?p ?o}}",
        ),
        (
            "delete where {?s ?p ?o}",
            f"delete {{?s ?p ?o}} USING <{G}> USING NAMED <{H}> where {{?s ?p ?o}}",
        ),
        ("CLEAR ALL ;", "CLEAR ALL ;"),
    ],
)
def test_the_dataset_stands_before_where(text, expected):
    assert using_dataset(text, [G], [H]) == expected


def test_an_update_without_a_dataset_stays():
    text = "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"
    assert using_dataset(text, [], []) == text


TRAPS = """PREFIX where: <http://e/WHERE#> # WHERE { USING
INSERT { ?s where:where "WHERE }" , '''
} WHERE {''' , ?where }
WHERE # {
{ { SELECT * WHERE { ?s <http://e/USING{> ?where } } UNION { ?s ?with ?where } } ;
BASE <http://e/base> DELETE WHERE { ?s a where:x # }
};
DELETE { ?a ?b ?c } WHERE { ?a ?b ?c }""".replace("USING{", "USING")


def test_words_in_comments_strings_and_names_are_left_alone():
    text = using_dataset(TRAPS, [G], [])
    assert text.count(f"USING <{G}>") == 3
    assert len(read_update(text)) == len(read_update(TRAPS)) == 3


def test_an_update_of_one_graph_says_so_everywhere():
    text = on_graph(TRAPS, G)
    assert text.count(f"<{G}>") == 3
    assert len(read_update(text)) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT DATA {<a:b> a 1}", f"INSERT DATA {{ GRAPH <{G}> {{<a:b> a 1}} }}"),
        ("DELETE WHERE {?s ?p ?o}", f"DELETE WHERE {{ GRAPH <{G}> {{?s ?p ?o}} }}"),
        ("DELETE {?s ?p ?o} WHERE {}", f"WITH <{G}> DELETE {{?s ?p ?o}} WHERE {{}}"),
    ],
)
def test_each_operation_names_the_graph_in_its_way(text, expected):
    assert on_graph(text, G) == expected


@pytest.mark.parametrize(
    "text",
    [
        "CLEAR DEFAULT",
        "INSERT DATA {} ; DROP ALL",
        "INSERT DATA { GRAPH <a:g> { <a:b> a 1 } }",
        "WITH <a:g> DELETE {} WHERE {}",
        "DELETE {} USING <a:g> WHERE {}",
        "INSERTDATA { <a:b> a 1 }",
    ],
)
def test_what_is_said_of_other_graphs_is_no_update_of_one(text):
    with pytest.raises(UsageError):
        on_graph(text, G)


@pytest.mark.parametrize(
    "text",
    [
        "WITH <a:g> DELETE {} WHERE {}",
        "CLEAR ALL ; DELETE {} USING <a:g> WHERE {}",
        "DELETEWHERE { ?s ?p ?o }",
    ],
)
def test_two_datasets_are_a_conflict(text):
    with pytest.raises(UsageError):
        using_dataset(text, [G], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ASK { FILTER(TRUE) }", "ASK { FILTER(true) }"),
        ("ASK { FILTER(False||tRuE) }", "ASK { FILTER(false||true) }"),
        ('"TRUE" <a:TRUE> ?TRUE x:TRUE TRUE: @TRUE # TRUE', None),
        ("TRUEST UNTRUE", None),
    ],
)
def test_booleans_are_put_in_lower_case(text, expected):
    assert lower_booleans(text) == (expected or text)

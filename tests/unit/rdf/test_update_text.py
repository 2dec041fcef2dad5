"""Updates taken apart: operations, declarations between them, places of errors."""

from __future__ import annotations

import pytest

from neagraph.errors import QueryError
from neagraph.rdf.engine import Engine
from neagraph.rdf.update_text import data_of, quads_of_data, read_update, runs, written_graphs

DATA = "INSERT DATA { <a:s> <a:p> %s }"


def values(texts: list[str]) -> set[str]:
    engine = Engine()
    for text in texts:
        engine.update(text)
    return {str(quad.object) for quad in engine.quads()}


def test_operations_that_look_at_nothing_run_together() -> None:
    text = f"{DATA % '<a:1>'} ; {DATA % '<a:2>'} # {{ not ; this }}\n;{DATA % '<a:3>'};"
    texts = runs(read_update(text))
    assert len(texts) == 1
    assert values(texts) == {"<a:1>", "<a:2>", "<a:3>"}


def test_each_other_operation_runs_alone() -> None:
    text = f"{DATA % '<a:1>'} ; DELETE WHERE {{ ?s ?p <a:1> ; ?q ?o }} ; {DATA % '<a:2>'}"
    texts = runs(read_update(text))
    assert len(texts) == 3
    assert values(texts) == {"<a:2>"}


def test_declarations_hold_for_what_follows() -> None:
    text = (
        "PREFIX x: <a:> INSERT DATA { x:s x:p x:1 } ;\n"
        "PREFIX y: <b:>\nINSERT DATA { x:s x:p y:2 } ; BASE <c:/d/> INSERT DATA { x:s x:p <3> }"
    )
    assert values(runs(read_update(text))) == {"<a:1>", "<b:2>", "<c:/d/3>"}


@pytest.mark.parametrize(
    ("text", "words", "loads", "silent"),
    [
        ("LOAD <a:b>", ("LOAD", "<A:B>"), True, False),
        ("load silent <a:b> INTO GRAPH <a:g>", ("LOAD", "SILENT"), True, True),
        ("CLEAR SILENT ALL", ("CLEAR", "SILENT"), False, True),
        ("PREFIX load: <a:> DROP ALL", ("DROP", "ALL"), False, False),
        ("INSERT DATA { <a:LOAD> <a:p> 'LOAD SILENT' }", ("INSERT", "DATA"), False, False),
    ],
)
def test_the_first_words_tell_the_operation(
    *, text: str, words: tuple[str, ...], loads: bool, silent: bool
) -> None:
    (operation,) = read_update(text)
    assert (operation.words, operation.loads, operation.silent) == (words, loads, silent)


@pytest.mark.parametrize("text", ["", "  # nothing\n", "PREFIX x: <a:>"])
def test_an_update_may_be_empty(text: str) -> None:
    assert runs(read_update(text)) == []


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("INSERT DATA { <a:s> <a:p> }", 1, 27),
        ("INSERT DATA { <a:s> <a:p> 1 } ;\nCLEAR NONSENSE", 2, 14),
        ("INSERT DATA { <a:s> <a:p> 1 } ;\nPREFIX x: <a:>\nINSERT DATA { x:s x:p }", 3, 23),
        ("CLEAR ALL ;\n INSERT DATA { x:s <a:p> 1 }", 2, 16),
    ],
)
def test_a_malformed_update_is_told_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(QueryError) as caught:
        read_update(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_query_is_no_update() -> None:
    with pytest.raises(QueryError, match="SELECT is a query"):
        read_update("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("text", "graphs"),
    [
        ("INSERT DATA { GRAPH <g:1> { <a:s> <a:p> 1 } GRAPH <g:2> { <a:s> <a:p> 2 } }", {"1", "2"}),
        ("DELETE WHERE { GRAPH <g:1> { ?s ?p ?o } }", {"1"}),
        ("PREFIX g: <g:> INSERT { GRAPH g:1 { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }", {"1"}),
        ("BASE <g:/x> DELETE { GRAPH </1> { ?s ?p 1 } . } WHERE { ?s ?p ?o }", {"/1"}),
        ("WITH <g:1> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 . } WHERE { ?s ?p ?o }", {"1"}),
        ("WITH <g:1> INSERT { GRAPH <g:2> { ?s ?p 1 } } USING <g:3> WHERE { ?s ?p ?o }", {"2"}),
        ("INSERT { GRAPH <g:1> { ?s ?p 1 } } USING <g:3> WHERE { ?s ?p ?o { ?a ?b ?c } }", {"1"}),
        ("CLEAR SILENT GRAPH <g:1>", {"1"}),
        ("MOVE <g:1> TO <g:2>", {"1", "2"}),
        ("MOVE DEFAULT TO <g:2>", None),
        ("DROP ALL", None),
        ("INSERT DATA { <a:s> <a:p> 1 }", None),
        ("DELETE { GRAPH <g:1> { ?s ?p 1 } ?s ?p 2 } WHERE { ?s ?p ?o }", None),
        ("DELETE { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("INSERT { GRAPH <g:1> { ?s ?p 1 } } USING NAMED <g:1> WHERE { ?s ?p ?o }", None),
        ("DELETEWHERE { GRAPH <g:1> { ?s ?p ?o } }", None),
    ],
)
def test_graphs_that_an_operation_writes_to_are_told_where_it_names_them(text, graphs) -> None:
    (operation,) = read_update(text)
    expected = None if graphs is None else {f"g:{name}" for name in graphs}
    assert written_graphs(operation) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("INSERT DATA { <a:s> <a:p> 01, 1, [] }", 2),
        ("DELETE DATA { <a:s> <a:p> 1, 2 }", 2),
        ("# first\nINSERT DATA { <a:s> <a:p> 1 }", 1),
        ("# first\nDELETE DATA { <a:s> <a:p> 1 }", None),
        ("DELETE WHERE { <a:s> <a:p> ?o }", None),
    ],
)
def test_data_of_an_operation_are_as_the_engine_has_them(text, number) -> None:
    (operation,) = read_update(text)
    quads = data_of(operation)
    assert (None if quads is None else len(quads)) == number


SEVERAL = {
    "declared anew": (
        (
            "PREFIX x: <a:> INSERT DATA { x:s x:p x:1 } ;\n"
            "PREFIX x: <b:> INSERT DATA { x:s x:p x:2 }"
        ),
        {"<a:1>", "<b:2>"},
    ),
    "bases on bases": (
        (
            "BASE <b/> PREFIX x: <c#> INSERT DATA { <s> <p> <1> } ; "
            "BASE <../d/> BASE <e/> INSERT DATA { <s> <p> <2>, x:3 }"
        ),
        {"<http://a/b/1>", "<http://a/d/e/2>", "<http://a/b/c#3>"},
    ),
    "a long chain of bases": (
        "CLEAR ALL ; " + "BASE <b/> PREFIX x: <c#> INSERT DATA { x:s x:p <1>, x:2 } ; " * 100,
        {f"<http://a/{'b/' * n}{name}>" for n in range(1, 101) for name in ("1", "c#2")},
    ),
    "a prefix on a base": (
        "BASE <b/> CLEAR ALL ; PREFIX : <c/> INSERT DATA { :s :p :1 } ; DELETE WHERE { <s> <p> 1 }",
        {"<http://a/b/c/1>"},
    ),
    "no space before a prefix": (
        (
            "PREFIX x: <a:> INSERT DATA { GRAPHx:g { x:s x:p 7 } } ; PREFIX y: <b:>\n"
            "PREFIX t: <http://www.w3.org/2001/XMLSchema#> INSERT { x:s x:p y:1 }\n"
            "WHERE { GRAPHx:g { ?s ?p ?o FILTER(?o-t:integer(?o)=0) } }"
        ),
        {'"7"^^<http://www.w3.org/2001/XMLSchema#integer>', "<b:1>"},
    ),
    "a long word before a colon": (
        (
            "PREFIX x: <a:> CLEAR ALL ; PREFIX y: <b:>\n"
            f"INSERT DATA {{ x:s x:p '{'e' * 200}:', y:1 }}"
        ),
        {f'"{"e" * 200}:"', "<b:1>"},
    ),
    "a version": (
        "VERSION '1.2' PREFIX x: <a:> CLEAR ALL ; PREFIX x: <b:> INSERT DATA { x:s x:p x:1 }",
        {"<b:1>"},
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_an_operation_has_what_was_declared_last_before_it(name) -> None:
    text, expected = SEVERAL[name]
    texts = runs(read_update(text, base="http://a/"))
    engine = Engine()
    for one in texts:
        engine.update(one, base="http://a/")
    assert {str(quad.object) for quad in engine.quads()} == expected


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f"{DATA % 1} ;\nPREFIX x: 'no' {DATA % 1}", 2, 11),
        (f"PREFIX x: <a:> {DATA % 1} ;\nPREFIX y: <b:>\n{DATA % 'y:y, z:y'}", 3, 32),
        (f"{DATA % 'y:y'} ;\nPREFIX y: <b:> {DATA % 1}", 1, 27),
        (f"{DATA % 1} ;\nPREFIX x: <b:> {DATA % 1} ;\nPREFIX y: <b>", 3, 14),
    ],
)
def test_what_is_wrong_with_declarations_is_told_with_its_place(text, line, column) -> None:
    with pytest.raises(QueryError) as caught:
        read_update(text)
    assert (caught.value.line, caught.value.column) == (line, column)


UPDATES = {
    "declared at the beginning": (
        lambda n: "".join(f"PREFIX p{i}: <a:{i}#>\n" for i in range(n)),
        lambda i: f"INSERT DATA {{ p{i}:s p{i}:p {i} }}",
    ),
    "a prefix before each": (
        lambda _: "",
        lambda i: f"PREFIX p{i}: <a:{i}#> INSERT DATA {{ p{i}:s p{i}:p {i} }}",
    ),
    "a base before each": (
        lambda _: "BASE <http://a/> ",
        lambda i: f"BASE </{i}/> INSERT DATA {{ <s> <p> {i} }}",
    ),
    "in turn with others": (
        lambda _: "PREFIX : <a:>",
        lambda i: f"INSERT DATA {{ :s :p {i} }} ; DELETE WHERE {{ :s :q {i} }}",
    ),
}


@pytest.mark.parametrize(
    "text",
    [
        "BASE <http://a/> CLEAR ALL ; " + "BASE <b/> CLEAR ALL ; " * 3_000,
        "BASE <http://a/> " + "BASE <b/> " * 3_000 + "CLEAR ALL ; CLEAR DEFAULT",
        f"PREFIX x: <http://a/{'b' * 3_000}> CLEAR GRAPH x:1 ; CLEAR GRAPH x:2",
    ],
    ids=["before each", "before all", "at once"],
)
def test_declarations_do_not_grow_without_end(text: str) -> None:
    """An update would else be as long as the square of what was sent."""
    with pytest.raises(QueryError, match=r"an IRI of [23],0") as caught:
        runs(read_update(text))
    assert "short absolute IRIs" in (caught.value.hint or "")


@pytest.mark.slow
@pytest.mark.parametrize("name", UPDATES)
def test_ten_times_as_many_operations_take_ten_times_as_long(name, grows_at_most) -> None:
    declared, operation = UPDATES[name]

    def read(number: int) -> None:
        found = read_update(declared(number) + " ;\n".join(map(operation, range(number))))
        quads_of_data(found)
        runs(found)

    grows_at_most(30, read, 2_000, 20_000)

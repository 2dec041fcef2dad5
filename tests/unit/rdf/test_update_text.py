"""Updates taken apart: operations, declarations between them, places of errors."""

from __future__ import annotations

import pytest

from neagraph.errors import QueryError
from neagraph.rdf.engine import Engine
from neagraph.rdf.update_text import read_update, runs

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

"""The dataset behind a store: the union, the two scopes and the digest, change after change."""

from __future__ import annotations

import random

import pytest

from neagraph.errors import LimitError
from neagraph.model import Changeset, QueryRequest, Scope, Version
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import from_lines, to_lines
from neagraph.rdf.results import read_results
from neagraph.store.dataset import ScopedDataset
from neagraph.store.digest import changed, digest_of
from neagraph.vocab import GRAPH_ENTAILED, GRAPH_INBOX

ONE = "<a:s> <a:p> <a:o> <g:1> ."
SAME_IN_TWO = "<a:s> <a:p> <a:o> <g:2> ."
ENTAILED = f"<a:s> <a:p> <a:o> <{GRAPH_ENTAILED}> ."
IN_INBOX = f"<a:s> <a:p> <a:o> <{GRAPH_INBOX}x> ."
SEED = 7


def dataset(*lines: str, union: bool = True) -> ScopedDataset:
    return ScopedDataset(from_lines(lines), union=union)


def default_graph(found: ScopedDataset, scope: Scope = Scope.ALL) -> list[str]:
    return to_lines(found.engine(scope).matching())


def test_a_triple_stays_in_the_union_until_its_last_graph_has_lost_it() -> None:
    found = dataset(ONE, SAME_IN_TWO)
    found.apply(Changeset(removed=(ONE,)))
    assert default_graph(found) == ["<a:s> <a:p> <a:o> ."]
    found.apply(Changeset(removed=(SAME_IN_TWO,)))
    assert default_graph(found) == []


def test_a_triple_that_is_still_entailed_stays_in_the_union_of_all_alone() -> None:
    found = dataset(ONE, ENTAILED)
    found.prepare(Scope.ASSERTED)
    found.apply(Changeset(removed=(ONE,)))
    assert len(default_graph(found)) == 1
    assert default_graph(found, Scope.ASSERTED) == []


def test_the_inbox_is_a_graph_of_its_own_and_no_part_of_the_union() -> None:
    found = dataset(ONE, IN_INBOX)
    found.apply(Changeset(removed=(ONE,)))
    assert default_graph(found) == []
    assert list(found.lines()) == [IN_INBOX]


def test_the_scope_of_asserted_triples_is_made_when_first_asked() -> None:
    found = dataset(ONE, ENTAILED)
    assert [found.prepare(Scope.ASSERTED), found.prepare(Scope.ASSERTED)] == [True, False]
    assert not found.prepare(Scope.ALL)


def test_in_plain_mode_the_default_graph_is_data_of_its_own() -> None:
    found = dataset(ONE, union=False)
    found.apply(Changeset(("<a:s> <a:p> <a:alone> .",)))
    assert default_graph(found) == ["<a:s> <a:p> <a:alone> ."]
    assert sorted(found.lines()) == ["<a:s> <a:p> <a:alone> .", ONE]
    found.apply(Changeset(removed=("<a:s> <a:p> <a:alone> .",)))
    assert default_graph(found) == []


def test_a_graph_goes_with_its_last_triple() -> None:
    found = dataset(ONE)
    found.apply(Changeset(removed=(ONE,)))
    assert found.engine(Scope.ALL).graph_names() == []


def test_an_empty_graph_is_kept_where_a_changeset_says_so() -> None:
    found = dataset(ONE, union=False)
    version = found.apply(Changeset(("# <g:1>",), (ONE,)))
    assert list(found.lines()) == ["# <g:1>"]
    assert version.digest == digest_of(["# <g:1>"])
    found.apply(Changeset((ONE,), ("# <g:1>",)))
    assert list(found.lines()) == [ONE]
    found.apply(Changeset(("# <g:3>",)))
    found.apply(Changeset(removed=("# <g:3>",)))
    assert found.engine(Scope.ALL).graph_names() == ["g:1"]


def test_each_change_has_a_number_and_the_digest_of_what_is_there_then() -> None:
    found = dataset(ONE)
    assert found.version == Version(0, digest_of([ONE]))
    assert found.apply(Changeset((ENTAILED,))) == Version(1, digest_of([ENTAILED, ONE]))
    assert found.apply(Changeset()) == Version(2, digest_of([ENTAILED, ONE]))


def test_a_changeset_that_has_no_effect_makes_no_version() -> None:
    found = dataset(ONE)
    version = found.version
    assert found.apply(Changeset((ONE,), (SAME_IN_TWO,))) == version


def test_an_answer_with_something_undone_tells_the_version_before() -> None:
    found = dataset(ONE)
    version = found.apply(Changeset((SAME_IN_TWO,), (ONE,)))
    request = QueryRequest(
        "SELECT ?g { GRAPH ?g { ?s ?p ?o } }", undo=Changeset((SAME_IN_TWO,), (ONE,))
    )
    answer = found.answer(request)
    assert answer.version == version
    assert [str(row[0]) for row in read_results(answer.body).rows] == ["<g:1>"]


def test_the_digest_hangs_on_the_lines_and_not_on_their_order() -> None:
    assert digest_of([ONE, ENTAILED]) == digest_of([ENTAILED, ONE]) != digest_of([ONE])
    assert digest_of([]) == "0" * 64


@pytest.mark.parametrize("union", [True, False])
def test_two_hundred_random_changes_leave_what_a_new_dataset_would_hold(*, union: bool) -> None:
    random_ = random.Random(SEED)  # noqa: S311  seeded on purpose
    names = ["g:1", "g:2", GRAPH_ENTAILED, GRAPH_INBOX + "x"]
    lines = [f"<a:{s}> <a:p> <a:{o}> <{g}> ." for s in "abc" for o in "xyz" for g in names]
    lines += [] if union else [f"<a:{s}> <a:p> <a:x> ." for s in "abc"]
    found, there, digest = dataset(union=union), set[str](), digest_of([])
    found.prepare(Scope.ASSERTED)
    for _ in range(200):
        chosen = set(random_.sample(lines, 5))
        change = Changeset(tuple(sorted(chosen - there)), tuple(sorted(chosen & there)))
        there ^= chosen
        digest = changed(digest, change)
        found.apply(change)
    fresh = dataset(*there, union=union)
    assert sorted(found.lines()) == sorted(there)
    assert found.version == Version(200, fresh.version.digest) == Version(200, digest)
    for scope in Scope:
        assert default_graph(found, scope) == default_graph(fresh, scope)
        assert found.engine(scope).graph_names() == fresh.engine(scope).graph_names()
    assert len(found.engine(Scope.ALL)) == len(fresh.engine(Scope.ALL))


def test_a_table_that_grows_too_large_ends_the_evaluation() -> None:
    engine = Engine(from_lines(f"<a:{n}> <a:p> <a:o> ." for n in range(1000)))
    million = QueryRequest("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with pytest.raises(LimitError, match="more than 10,000 bytes"):
        engine.answer(million, most_bytes=10_000)

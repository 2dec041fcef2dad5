"""Every named query runs, and names nothing that the ontology and the data do not have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from neagraph.queries import Kind, load_catalogue, load_checks
from neagraph.rdf.query_text import tokens
from neagraph.rdf.terms import NamedNode
from neagraph.vocab import GRAPH_ONTOLOGY, ID, NEA, PREFIXES

FOLDER = Path(__file__).resolve().parents[2] / "queries"
FILES = sorted(FOLDER.glob("*/*.rq"))
ASKED = sorted(path.stem for path in FOLDER.glob("catalogue/*.rq"))
WITHOUT_ROWS = {"what-was-not-done"}  # the report of SOM-24 tells of nothing; see test_negation.py
PROLOGUE = re.compile(r"^(?:PREFIX +(\w+): +<([^>]+)>|BASE +<([^>]+)>) *$", re.MULTILINE)


def by_path(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def body(path: Path) -> str:
    """The query without its header and prologue."""
    return PROLOGUE.sub("", path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def known(dataset) -> set[str]:
    """Every IRI of the dataset, and the names of its graphs."""
    terms = {term for q in dataset for term in (q.subject, q.predicate, q.object, q.graph_name)}
    return {term.value for term in terms if isinstance(term, NamedNode)}


@pytest.fixture(scope="module")
def declared(dataset) -> set[str]:
    """What the ontology's own graph says anything of."""
    ontology = NamedNode(GRAPH_ONTOLOGY)
    return {q.subject.value for q in dataset if q.graph_name == ontology}


def test_titles_are_unique() -> None:
    queries = load_catalogue(FOLDER).values()
    titles = [item.title for item in (*queries, *load_checks(FOLDER))]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", ASKED)
def test_a_query_of_the_catalogue_answers_something(name, catalogue, built_engine, ask) -> None:
    assert (len(ask(built_engine, catalogue[name].text)) > 1) is (name not in WITHOUT_ROWS)


@pytest.mark.parametrize("name", sorted(WITHOUT_ROWS))
def test_a_query_without_rows_says_so(name, catalogue) -> None:
    assert "no rows" in catalogue[name].description


@pytest.mark.parametrize("name", ASKED)
def test_binding_the_defaults_changes_no_answer(name, catalogue, built_engine, ask) -> None:
    """What a user binds and what stands in the file are read alike."""
    query = catalogue[name]
    defaults = {parameter.name: parameter.default for parameter in query.parameters}
    bound = query.bind(defaults)
    assert ask(built_engine, bound) == ask(built_engine, query.text)


@pytest.mark.parametrize("name", ASKED)
def test_a_catalogue_query_needs_entailment_if_and_only_if_it_says_so(
    name, catalogue, built_engine, asserted_engine, ask
) -> None:
    query = catalogue[name]
    same = ask(asserted_engine, query.text) == ask(built_engine, query.text)
    assert same is ("entailment" not in query.needs)


@pytest.mark.parametrize("path", FILES, ids=by_path)
def test_a_query_names_only_things_that_are_in_the_dataset(path, known) -> None:
    named = {token.text[1:-1] for token in tokens(body(path)) if token.kind == "iri"}
    full = {iri if ":" in iri else ID + iri for iri in named}
    assert full - known == set()


@pytest.mark.parametrize("path", FILES, ids=by_path)
def test_a_query_uses_only_terms_that_the_ontology_declares(path, declared) -> None:
    names = {token.text for token in tokens(body(path)) if token.kind == "name"}
    ours = {NEA + name.removeprefix("nea:") for name in names if name.startswith("nea:")}
    assert ours - declared == set()


@pytest.mark.parametrize("path", FILES, ids=by_path)
def test_a_query_declares_the_prefixes_that_it_uses_and_no_others(path) -> None:
    text = path.read_text(encoding="utf-8")
    prefixes = {match[1]: match[2] for match in PROLOGUE.finditer(text) if match[1]}
    used = {t.text.split(":")[0] for t in tokens(body(path)) if t.kind == "name"}
    assert set(prefixes) == used
    assert {prefix: PREFIXES[prefix] for prefix in prefixes} == prefixes


@pytest.mark.parametrize("path", sorted(FOLDER.glob("competency/*.rq")), ids=by_path)
def test_a_competency_query_lists_no_answers(path, catalogue) -> None:
    """VALUES holds a parameter, or terms of the ontology that the question names."""
    blocks = set(re.findall(r"VALUES[^}]*}", path.read_text(encoding="utf-8")))
    parameters = {parameter.block for parameter in catalogue[path.stem].parameters}
    for block in blocks - parameters:
        assert re.fullmatch(r"VALUES \?\w+ { (?:nea:\w+ )+}", block)


def test_the_service_finds_its_own_queries(catalogue) -> None:
    assert {query.name for query in catalogue.of_kind(Kind.SERVICE)} >= {"describe", "outgoing"}

"""Why a triple holds: rule, axiom, premises and sources, as JSON and as text."""

from __future__ import annotations

import pytest

ENTAILED = {"s": "state/japan", "p": "rdf:type", "o": "nea:Agent"}
GRAPH = "https://w3id.org/neagraph/id/graph/"


def leaves(told):
    """The asserted triples that a derivation comes down to."""
    return [told] if "graphs" in told else [x for p in told["premises"] for x in leaves(p)]


def test_entailed_triple_is_told_with_rule_axiom_and_sources(read_only):
    answer = read_only.get("/why", params=ENTAILED)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert told["triple"][0] == "<https://w3id.org/neagraph/id/state/japan>"
    assert told["rule"]
    assert "nea:" in told["axiom"]
    assert told["axiomGraphs"] == [f"{GRAPH}ontology"]
    assert leaves(told)
    assert all(leaf["graphs"] for leaf in leaves(told))


def test_entailed_triple_is_told_in_words(read_only):
    answer = read_only.get("/why", params=ENTAILED, headers={"Accept": "text/plain"})
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert lines[0] == "state/japan rdf:type nea:Agent"
    assert lines[1].startswith("  by ")
    assert ": said in graph/" in lines[-1]


def test_asserted_triple_is_told_with_the_graphs_that_say_it(read_only):
    told = read_only.get("/why", params={**ENTAILED, "o": "nea:State"}).json()
    assert f"{GRAPH}reference/states" in told["graphs"]
    assert f"{GRAPH}entailed" not in told["graphs"]


def test_axiom_that_follows_from_axioms_is_told(read_only):
    terms = {"s": "nea:Narration", "p": "rdfs:subClassOf", "o": "nea:Statement"}
    told = read_only.get("/why", params=terms).json()
    assert told["rule"].startswith("scm-")
    assert {graph for leaf in leaves(told) for graph in leaf["graphs"]} == {f"{GRAPH}ontology"}


@pytest.mark.parametrize(
    ("terms", "status", "said"),
    [
        ({**ENTAILED, "o": "nea:Meeting"}, 404, "neither says nor entails"),
        ({"s": "state/japan", "p": "rdf:type"}, 400, "s, p and o"),
        ({**ENTAILED, "o": "no:such prefix"}, 400, "not one triple"),
        ({**ENTAILED, "s": "_:b1"}, 400, "blank node"),
        ([*ENTAILED.items(), ("s", "state/china")], 400, "2 times"),
    ],
)
def test_what_cannot_be_told_is_a_problem_that_says_why(read_only, terms, status, said):
    answer = read_only.get("/why", params=terms)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_only_what_can_be_written_is_sent(read_only):
    assert (
        read_only.get("/why", params=ENTAILED, headers={"Accept": "image/png"}).status_code == 406
    )

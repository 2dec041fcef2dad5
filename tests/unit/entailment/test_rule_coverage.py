"""The whole of the OWL 2 RL/RDF tables: each rule has a case; owlrl agrees where it is right."""

from __future__ import annotations

import logging

import pytest

from neagraph.entailment.closure import axioms_of, close_schema, entail
from neagraph.entailment.compiler import compile_tbox
from neagraph.entailment.matching import Index
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.rules import Identity
from neagraph.entailment.schema import Names
from neagraph.entailment.tables import TABLES, Treatment, rules, to_markdown
from neagraph.entailment.why import Origin, origins_of, reasons
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import Quad, Triple

from .reading import entailed, entailment, quads
from .test_rule_tables import CLASHES, ENTAILMENTS, INFERRED, TWO_NAMES
from .test_soundness import CONSISTENT, NOT_ENTAILED

LITERALS = ":p a owl:FunctionalProperty . :x :p 1 , 2 ."
EXPRESSIONS = {
    "scm-svf1": """[ owl:onProperty :p ; owl:someValuesFrom :C ] rdfs:subClassOf :E .
        [ owl:onProperty :p ; owl:someValuesFrom :D ] rdfs:subClassOf :F .
        :C rdfs:subClassOf :D .""",
    "scm-svf2": """[ owl:onProperty :p ; owl:someValuesFrom :C ] rdfs:subClassOf :E .
        [ owl:onProperty :q ; owl:someValuesFrom :C ] rdfs:subClassOf :F .
        :p rdfs:subPropertyOf :q .""",
    "scm-avf1": """:E rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :C ] .
        :F rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] .
        :C rdfs:subClassOf :D .""",
    "scm-avf2": """:E rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :C ] .
        :F rdfs:subClassOf [ owl:onProperty :q ; owl:allValuesFrom :C ] .
        :p rdfs:subPropertyOf :q .""",
}
"""What these rules say of classes without a name, which is not stored but leads to what is."""

OWLRL_DIFFERS = {
    "anonymous inverse": "tells of the property without a name",
    "anonymous inverse in a restriction": "the same",
    "cls-svf1 of any literal": "does not know that a literal is an rdfs:Literal",
    "scm-hv of one property": "needs p to be under itself, which it does not say of this p",
    "prp-key": "is not told of keys: it takes one property that agrees for the whole key",
}
OWLRL_MISSES = {
    "prp-adp": "passes over the last member of a list",
    "eq-diff2": "the same",
    "eq-diff3": "the same",
    "dt-not-type": "checks no datatype but that of an ill-formed literal",
}


def named(turtle: str) -> list[Triple]:
    names = Names()
    return [names.named(quad.triple) for quad in Engine(quads(turtle)).quads()]


def plain(triples) -> Engine:
    return Engine(Quad(t.subject, t.predicate, t.object) for t in triples)


def fired(turtle: str, identity: Identity = "check") -> set[str]:
    """Return the names of all rules that have a part in what follows."""
    data = named(turtle)
    whole = plain([*data, *entail(map(quad_of, data), identity=identity).triples])
    rule_set = compile_tbox(axioms_of(whole), identity=identity)
    schema = plain(axioms_of(plain(data)))
    of_schema = close_schema(schema, rule_set)
    found = names_of(schema, origins_of(rule_set.schema_rules), of_schema)
    new = {quad.triple for quad in whole.quads()} - set(data)
    return found | names_of(whole, origins_of(rule_set.instance_rules), new)


def quad_of(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object)


def names_of(facts: Engine, origins: Index[Origin], triples: set[Triple]) -> set[str]:
    return {r.rule.name for triple in triples for r in reasons(facts, origins, triple)}


def test_tables_are_whole():
    assert {number: len(table) for number, table in TABLES.items()} == {
        4: 9, 5: 20, 6: 19, 7: 5, 8: 5, 9: 20,
    }  # fmt: skip
    assert len({rule.name for rule in rules(*Treatment)}) == 78
    assert to_markdown().count("\n") == 80


def test_there_are_enough_cases():
    told = [ENTAILMENTS, EXPRESSIONS, INFERRED, CLASHES, TWO_NAMES, NOT_ENTAILED, CONSISTENT]
    assert sum(map(len, told)) >= 84


def test_each_rule_that_entails_does_so_in_a_case():
    seen = {name for _, given, _ in ENTAILMENTS for name in fired(given)}
    seen |= {name for given in EXPRESSIONS.values() for name in fired(given)}
    assert {rule.name for rule in rules(Treatment.ENTAILS)} <= seen


@pytest.mark.parametrize("rule", EXPRESSIONS)
def test_rule_about_expressions_without_a_name_fires_and_nothing_of_them_is_told(rule):
    given = EXPRESSIONS[rule]
    assert rule in fired(given)
    assert entailed(given) == set()


@pytest.mark.parametrize(
    ("name", "given"),
    [(name, given) for name, given, _ in ENTAILMENTS if name.split()[0] in {
        rule.name for rule in rules(Treatment.ENTAILS)
    }],
)  # fmt: skip
def test_case_is_one_of_the_rule_that_it_is_named_by(name, given):
    assert name.split()[0] in fired(given)


def test_each_rule_of_sameness_entails_in_a_case_when_names_are_inferred():
    seen = {name for _, given, _ in INFERRED for name in fired(given, "infer")}
    wanted = rules(Treatment.INFERS, Treatment.CHECKS)
    assert {rule.name for rule in wanted} <= seen


def test_each_rule_that_finds_a_contradiction_does_so_in_a_case():
    seen = {rule for rule, *_ in (*CLASHES, *TWO_NAMES)}
    if entailment(LITERALS, identity="infer").clashes:
        seen.add("dt-diff")
    assert {rule.name for rule in rules(Treatment.CLASHES, Treatment.CHECKS)} == seen


@pytest.mark.parametrize("given", [given for _, given, _ in ENTAILMENTS])
def test_no_case_has_a_clash(given):
    assert entailment(given).clashes == ()


@pytest.mark.parametrize(("name", "given"), [case[:2] for case in ENTAILMENTS])
def test_owlrl_entails_the_same(name, given):
    assert_agrees(name, given, "check")


@pytest.mark.parametrize(("name", "given"), [case[:2] for case in INFERRED])
def test_owlrl_entails_the_same_when_names_are_inferred(name, given):
    assert_agrees(name, given, "infer")


def assert_agrees(name: str, given: str, identity: Identity) -> None:
    data = [quad_of(triple) for triple in named(given)]
    ours, theirs = entail(data, identity=identity), entail_with_owlrl(data, identity=identity)
    assert (ours.triples == theirs.triples) is (name not in OWLRL_DIFFERS)


@pytest.mark.parametrize(("rule", "given"), [case[:2] for case in CLASHES])
def test_owlrl_finds_no_contradiction_that_is_not_found_here(rule, given, monkeypatch):
    monkeypatch.setattr(logging.getLogger("rdflib.term"), "disabled", True)
    theirs = entail_with_owlrl(quads(given), identity="infer").clashes
    ours = entailment(given, identity="infer").clashes
    assert ours
    assert theirs or rule in OWLRL_MISSES

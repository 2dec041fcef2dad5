"""What the compiler makes of axioms: names, sentences, patterns, queries and their order."""

from __future__ import annotations

import pytest

from neagraph.entailment.compiler import compile_tbox
from neagraph.entailment.rules import Rule, RuleSet, feeds
from neagraph.entailment.schema_rules import GENERAL
from neagraph.rdf.terms import NamedNode, Variable

from .reading import TBOX, project_quads, triples

EXAMPLE = "http://example.org/"


def compiled(turtle: str, *, identity: str = "check") -> RuleSet:
    return compile_tbox(triples(turtle), identity=identity)


def only_rule(turtle: str) -> Rule:
    (rule,) = compiled(turtle).instance_rules
    return rule


def test_rule_has_name_sentence_patterns_and_query():
    rule = only_rule("nea:r owl:propertyChainAxiom (nea:p nea:q) .")
    steps = tuple(Variable(f"step_{n}") for n in range(3))
    chain = tuple(NamedNode(f"https://w3id.org/neagraph/ontology#{n}") for n in "pqr")
    assert rule.name == "prp-spo2"
    assert rule.axiom == "nea:p then nea:q implies nea:r (owl:propertyChainAxiom)"
    assert rule.body == ((steps[0], chain[0], steps[1]), (steps[1], chain[1], steps[2]))
    assert rule.head == ((steps[0], chain[2], steps[2]),)
    assert rule.construct == (
        f"CONSTRUCT {{ ?step_0 {chain[2]} ?step_2 . }} WHERE {{ ?step_0 {chain[0]} ?step_1 . "
        f"?step_1 {chain[1]} ?step_2 . FILTER NOT EXISTS {{ ?step_0 {chain[2]} ?step_2 . }} }}"
    )


@pytest.mark.parametrize(
    ("turtle", "name"),
    [
        ("[ owl:intersectionOf (:C :D) ] rdfs:subClassOf :E .", "cls-int1"),
        ("[ owl:onProperty :p ; owl:someValuesFrom :C ] rdfs:subClassOf :E .", "cls-svf1"),
        ("[ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :E .", "cls-svf2"),
        ("[ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :E .", "cls-hv2"),
        ("[ owl:oneOf (:x) ] rdfs:subClassOf :E .", "cls-oo"),
        (":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .", "cls-hv1"),
        (":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] .", "cls-avf"),
        (":C rdfs:subClassOf :D .", "cax-sco"),
        (":p rdfs:domain :C .", "prp-dom"),
    ],
)
def test_rule_is_named_as_in_the_tables(turtle, name):
    assert only_rule(turtle).name == name


def test_union_on_the_left_becomes_one_rule_for_each_member():
    rules = compiled("[ owl:unionOf (:C :D :E) ] rdfs:subClassOf :F .").instance_rules
    assert [rule.name for rule in rules] == ["cls-uni"] * 3


def test_axioms_that_say_nothing_become_no_rule():
    turtle = (
        ":C rdfs:subClassOf :C , owl:Thing . :p rdfs:subPropertyOf :p . :p rdfs:range xsd:date ."
    )
    assert compiled(turtle).instance_rules == ()


def test_schema_rules_are_always_there_and_apart():
    rules = compiled(":C rdfs:subClassOf :D .")
    assert set(rules.schema_rules) == set(GENERAL)
    assert not set(rules.schema_rules) & set(rules.instance_rules)


def test_causes_stand_before_effects():
    rules = compiled(
        ":D rdfs:subClassOf :E . :C rdfs:subClassOf :D ."
        " :q rdfs:domain :C . :p rdfs:subPropertyOf :q ."
    ).instance_rules
    assert [rule.name for rule in rules] == ["prp-spo1", "prp-dom", "cax-sco", "cax-sco"]
    assert rules[-1].head[0].object == NamedNode(f"{EXAMPLE}E")


def test_rule_feeds_those_whose_patterns_it_may_match():
    rules = compiled(
        ":p rdfs:subPropertyOf :q . :q rdfs:domain :C . :C rdfs:subClassOf :D ."
        " :r a owl:TransitiveProperty . :s owl:propertyChainAxiom (:s :t) ."
    ).instance_rules
    fed = {
        rule.name: [rules[position].name for position in positions]
        for rule, positions in zip(rules, feeds(rules), strict=True)
    }
    assert fed == {
        "prp-spo1": ["prp-dom"],
        "prp-dom": ["cax-sco"],
        "cax-sco": [],
        "prp-trp": [],
        "prp-spo2": ["prp-spo2"],
    }


def test_transitive_rule_follows_its_property_any_number_of_steps_at_once():
    rule = only_rule("nea:within a owl:TransitiveProperty .")
    within = NamedNode("https://w3id.org/neagraph/ontology#within")
    assert len(rule.body) == 2
    assert f"WHERE {{ ?x {within}+ ?z . " in rule.construct


def test_identity_decides_on_the_rules_of_equality():
    turtle = ":p a owl:FunctionalProperty . :C owl:hasKey (:p) ."
    checked, inferred = compiled(turtle), compiled(turtle, identity="infer")
    assert not any("sameAs" in rule.construct for rule in checked.rules)
    assert {rule.name for rule in inferred.instance_rules} == {
        *("prp-fp", "prp-key", "eq-sym", "eq-trans", "eq-rep-s", "eq-rep-p", "eq-rep-o")
    }
    assert {"prp-fp", "prp-key"} <= {check.name for check in checked.clashes}
    assert "prp-key" not in {check.name for check in inferred.clashes}


def test_project_compiles_to_the_same_rules_in_the_same_order_each_time():
    tbox = [quad.triple for quad in project_quads(*TBOX)]
    first = compile_tbox(tbox, identity="check")
    second = compile_tbox(reversed(tbox), identity="check")
    assert [rule.construct for rule in first.instance_rules] == [
        rule.construct for rule in second.instance_rules
    ]
    assert not any("genid" in rule.construct for rule in first.instance_rules)

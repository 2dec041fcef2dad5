"""Why a triple is entailed: rule instances, and the asserted triples that it rests on."""

from __future__ import annotations

from neagraph.entailment.closure import entail
from neagraph.entailment.compiler import compile_tbox
from neagraph.entailment.matching import Index
from neagraph.entailment.why import Origin, Roots, origins_of, reasons
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import Quad, Triple

from .reading import quads, triples


def closed(turtle: str) -> tuple[Engine, Index[Origin], set[Triple]]:
    """Return the dataset with its closure, the rules, and what is entailed."""
    data = quads(turtle)
    entailed = set(entail(data).triples)
    engine = Engine([*data, *(Quad(t.subject, t.predicate, t.object) for t in entailed)])
    rules = compile_tbox([q.triple for q in data], identity="check").rules
    return engine, origins_of(rules), entailed


def one(turtle: str) -> Triple:
    (triple,) = triples(turtle)
    return triple


def test_reason_is_the_rule_with_its_premises():
    engine, rules, _ = closed(":r owl:propertyChainAxiom (:p :q) . :x :p :y . :y :q :z .")
    (reason,) = reasons(engine, rules, one(":x :r :z ."))
    assert reason.rule.name == "prp-spo2"
    assert set(reason.premises) == triples(":x :p :y . :y :q :z .")


def test_each_way_is_a_reason():
    engine, rules, _ = closed(":p rdfs:range :C . :x :p :y . :z :p :y .")
    found = {reason.premises for reason in reasons(engine, rules, one(":y a :C ."))}
    assert found == {(one(":x :p :y ."),), (one(":z :p :y ."),)}


def test_listed_individual_belongs_for_no_other_reason_than_the_axiom():
    engine, rules, _ = closed("[ owl:oneOf (:x :y) ] rdfs:subClassOf :C . :z a :D .")
    (reason,) = reasons(engine, rules, one(":x a :C ."))
    assert reason.premises == ()
    assert list(reasons(engine, rules, one(":z a :C ."))) == []


def test_roots_are_the_asserted_triples_below():
    engine, rules, entailed = closed(
        ":p owl:inverseOf :q . :q rdfs:domain :C . :C rdfs:subClassOf :D . :x :p :y ."
    )
    roots = Roots(engine, rules, entailed)
    assert roots.of(one(":y a :D .")) == (one(":x :p :y ."),)
    assert roots.of(one(":x :p :y .")) == (one(":x :p :y ."),)


def test_long_ways_down_are_given_up():
    links = " ".join(f":x{n} :p :x{n + 1} ." for n in range(300))
    data = quads(f":p a owl:TransitiveProperty , owl:IrreflexiveProperty . {links} :x300 :p :x0 .")
    clashes = entail(data).clashes
    assert len(clashes) == 301
    assert all("is related to itself" in clash.sentence for clash in clashes)


def test_triple_is_never_a_reason_for_itself():
    engine, rules, entailed = closed(
        ":p a owl:SymmetricProperty . :o rdfs:subPropertyOf :p . :x :o :y ."
    )
    roots = Roots(engine, rules, entailed)
    assert roots.of(one(":y :p :x .")) == (one(":x :o :y ."),)

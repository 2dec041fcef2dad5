"""The closure that follows changes: what it does at once, and when it works everything out anew."""

from __future__ import annotations

import pytest

from neagraph.entailment.closure import entail
from neagraph.entailment.compiler import compile_tbox
from neagraph.entailment.delta import obstacle
from neagraph.entailment.result import ClosureChange, require_consistent
from neagraph.entailment.schema import is_schema
from neagraph.entailment.upkeep import Closure
from neagraph.errors import InconsistencyError, UnsupportedAxiomError
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import in_graph
from neagraph.rdf.terms import BlankNode, NamedNode, Quad
from neagraph.vocab import GRAPH_ENTAILED, ID

from .reading import TBOX, project_quads, quads, triples
from .test_rule_tables import CLASHES, ENTAILMENTS, TWO_NAMES

AXIOMS, DATA, OTHER = (f"{ID}graph/{name}" for name in ("ontology", "report/a", "report/b"))


class Kept:
    """A dataset with its closure, changed through `put` and `take`."""

    def __init__(self, axioms: str, data: str = "") -> None:
        given = [*in_graph(quads(axioms), AXIOMS), *in_graph(quads(data), DATA)]
        follows = (Quad(t.subject, t.predicate, t.object) for t in entail(given).triples)
        self.engine = Engine.of_dataset([*given, *in_graph(follows, GRAPH_ENTAILED)])
        self.closure = Closure.of(self.engine)

    def put(self, turtle: str, graph: str = DATA) -> ClosureChange:
        new = in_graph(quads(turtle), graph)
        added = {q.triple for q in new if not self._asserted(q)}
        self.engine.add(new)
        return self._follow(added, set())

    def take(self, turtle: str, graph: str = DATA) -> ClosureChange:
        old = in_graph(quads(turtle), graph)
        self.engine.remove(old)
        return self._follow(set(), {q.triple for q in old if not self._asserted(q)})

    def _asserted(self, quad: Quad) -> bool:
        return any(name != GRAPH_ENTAILED for name in self.engine.graphs_of(quad.triple))

    def _follow(self, added, removed) -> ClosureChange:
        change = self.closure.maintain(
            self.engine, added=added, removed=removed, asserted=self.asserted
        )
        if not change.clashes:
            assert self.entailed() == set(entail(self.asserted()).triples)
        return change

    def asserted(self) -> list[Quad]:
        names = [name for name in self.engine.graph_names() if name != GRAPH_ENTAILED]
        return [quad for name in names for quad in self.engine.quads(name)]

    def entailed(self):
        return {quad.triple for quad in self.engine.quads(GRAPH_ENTAILED)}


FAMILY = """
:p rdfs:domain :C ; owl:inverseOf :q . :C rdfs:subClassOf :D . :near a owl:TransitiveProperty .
:D owl:disjointWith :E .
"""


def test_what_comes_brings_what_follows():
    change = Kept(FAMILY).put(":x :p :y .")
    assert change.added == triples(":x a :C , :D . :y :q :x .")
    assert (change.removed, change.clashes, change.is_complete) == (frozenset(), (), False)


def test_what_goes_takes_along_what_has_no_other_reason():
    kept = Kept(FAMILY, ":x :p :y , :z .")
    assert kept.take(":x :p :y .").removed == triples(":y :q :x .")
    assert kept.take(":x :p :z .").removed == triples(":z :q :x . :x a :C , :D .")


def test_entailed_triple_that_is_said_is_entailed_no_more_and_again_when_it_is_taken_back():
    kept = Kept(FAMILY, ":x :p :y .")
    assert kept.put(":x a :D .").removed == triples(":x a :D .")
    change = kept.take(":x a :D .")
    assert (change.added, change.removed) == (triples(":x a :D ."), frozenset())


def test_triple_that_another_graph_says_as_well_changes_nothing():
    kept = Kept(FAMILY, ":x :p :y .")
    assert kept.put(":x :p :y .", OTHER) == ClosureChange(frozenset(), frozenset())
    assert kept.take(":x :p :y .") == ClosureChange(frozenset(), frozenset())


def test_circle_of_reasons_falls_when_nothing_outside_holds_it():
    """Of two equivalent properties each triple is a reason for the other's."""
    kept = Kept(":p owl:equivalentProperty :q . :o rdfs:subPropertyOf :p .", ":x :o :y .")
    assert kept.take(":x :o :y .").removed == triples(":x :p :y ; :q :y .")


def test_link_of_a_transitive_property_is_joined_and_cut():
    kept = Kept(FAMILY, ":a :near :b . :c :near :d .")
    assert kept.put(":b :near :c .").added == triples(":a :near :c , :d . :b :near :d .")
    assert kept.take(":b :near :c .").removed == triples(":a :near :c , :d . :b :near :d .")


def test_contradiction_of_a_change_is_told_as_that_of_the_whole():
    kept = Kept(FAMILY, ":x a :E .")
    change = kept.put(":x :p :y .")
    with pytest.raises(InconsistencyError) as caught:
        require_consistent(change)
    assert change.clashes == entail(kept.asserted()).clashes
    assert "this comes from" in caught.value.details[0]


@pytest.mark.parametrize(
    "turtle",
    [":D rdfs:subClassOf :F .", ":x a [ owl:onProperty :q ; owl:hasValue :v ] ."],
)
def test_new_axioms_have_everything_worked_out_anew(turtle):
    kept = Kept(FAMILY, ":x :p :y .")
    change = kept.put(turtle)
    assert change.is_complete
    assert change.added


def test_axiom_outside_the_rules_is_refused():
    with pytest.raises(UnsupportedAxiomError):
        Kept(FAMILY).put(":p a owl:ReflexiveProperty .")


def test_what_touches_the_node_of_an_axiom_has_everything_worked_out_anew():
    kept = Kept(":p rdfs:domain [ owl:onProperty :q ; owl:hasValue :v ] .", ":x :p :y .")
    (node,) = kept.closure.structure
    quad = Quad(node, NamedNode("http://example.org/note"), node, NamedNode(DATA))
    kept.engine.add([quad])
    assert kept._follow({quad.triple}, set()).is_complete


@pytest.mark.parametrize(
    "axioms",
    [
        ":narrower rdfs:subPropertyOf rdfs:subClassOf .",
        ":p rdfs:domain rdfs:Class . rdfs:Class rdfs:subClassOf :K .",
        ":kind rdfs:subPropertyOf rdf:type .",
        "[] a owl:AllDisjointClasses ; owl:members (:C :E) ; :p :v . :p rdfs:domain :C .",
    ],
)
def test_changes_are_not_followed_where_rules_lead_by_way_of_what_is_not_stored(axioms):
    kept = Kept(axioms)
    assert kept.closure.rules is None
    assert kept.put(":x :p :y ; :narrower :z ; :kind :C .").is_complete


def test_change_with_too_many_consequences_has_everything_worked_out_anew():
    links = " ".join(f":n{n} :near :n{n + 1} ." for n in range(40))
    for way in (Kept.put, Kept.take):
        kept = Kept(FAMILY, links + (":n40 :near :n0 ." if way is Kept.take else ""))
        small = Closure(kept.closure.rule_set, frozenset(), kept.closure.rules, most=200)
        kept.closure = small
        before = kept.entailed()
        change = way(kept, ":n40 :near :n0 .")
        assert change.is_complete
        assert (before | change.added) - change.removed == kept.entailed()


def test_things_without_a_name_follow_as_they_are():
    kept = Kept(":C owl:hasKey (:k) . :p rdfs:range :C . [ owl:oneOf (_:b) ] rdfs:subClassOf :C .")
    (triple,) = kept.put("_:x :p _:y .").added
    assert isinstance(triple.subject, BlankNode)


def test_obstacle_is_the_axiom_that_entails_axioms():
    axioms = [q.triple for q in quads(":narrower rdfs:subPropertyOf rdfs:subClassOf .")]
    assert "rdfs:subPropertyOf" in obstacle(compile_tbox(axioms, identity="check"))
    plain = [q.triple for q in quads(FAMILY)]
    assert obstacle(compile_tbox(plain, identity="check")) == ""


@pytest.mark.parametrize("given", [case[1] for case in (*ENTAILMENTS, *CLASHES, *TWO_NAMES)])
def test_facts_that_come_one_by_one_lead_where_all_of_them_lead(given):
    data = in_graph(Engine(quads(given)).quads(), DATA)
    axioms = [quad for quad in data if is_schema(quad.triple)]
    facts = [quad for quad in data if not is_schema(quad.triple)]
    kept = Kept("")
    kept.engine = Engine.of_dataset([*axioms, *as_entailed(entail(axioms))])
    kept.closure = Closure.of(kept.engine)
    for fact in facts:
        kept.engine.add([fact])
        change = kept._follow({fact.triple}, set())
    anew = entail(data)
    if facts:
        assert change.clashes == anew.clashes
    assert shown(kept.entailed()) == shown(anew.triples)
    for fact in facts:
        kept.engine.remove([fact])
        kept._follow(set(), {fact.triple})


def as_entailed(entailment):
    follows = (Quad(t.subject, t.predicate, t.object) for t in entailment.triples)
    return in_graph(follows, GRAPH_ENTAILED)


def shown(found):
    return sorted(map(str, found))


def test_changes_of_the_project_s_data_are_followed():
    graph = [
        Quad(q.subject, q.predicate, q.object, NamedNode(AXIOMS)) for q in project_quads(*TBOX)
    ]
    assert Closure.of(Engine.of_dataset(graph)).rules is not None

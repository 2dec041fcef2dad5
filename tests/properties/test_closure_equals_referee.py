"""On random small ontologies and data, the compiled rules and owlrl entail the same triples."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from neagraph.entailment.closure import entail
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import Entailment

PREFIXES = """
@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
CLASSES = tuple(f":C{n}" for n in range(5))
PROPERTIES = tuple(f":p{n}" for n in range(4))
DATA_PROPERTIES = (":d0", ":d1")
INDIVIDUALS = tuple(f":i{n}" for n in range(8))
DECLARATIONS = " ".join(
    [
        *(f"{name} a owl:Class ." for name in CLASSES),
        *(f"{name} a owl:ObjectProperty ." for name in PROPERTIES),
        *(f"{name} a owl:DatatypeProperty ." for name in DATA_PROPERTIES),
    ]
)

klass = st.sampled_from(CLASSES)
prop = st.sampled_from(PROPERTIES)
data_prop = st.sampled_from(DATA_PROPERTIES)
individual = st.sampled_from(INDIVIDUALS)
literal = st.sampled_from(['"a"', '"b"', '"a"@en', "1", "2.5", "true"])


def written(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return the strategy that fills the template with what the parts draw."""
    return st.tuples(*parts).map(lambda drawn: template.format(*drawn))


def restriction(what: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return written(f"[ a owl:Restriction ; owl:onProperty {{0}} ; {what} ]", *parts)


def joined(how: str, part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return written(f"[ a owl:Class ; owl:{how} ( {{0}} {{1}} ) ]", part, part)


def wider(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that may stand on the left side."""
    return st.one_of(
        joined("intersectionOf", part),
        joined("unionOf", part),
        restriction("owl:someValuesFrom {1}", prop, part),
    )


def narrower(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that may stand on the right side."""
    return st.one_of(
        joined("intersectionOf", part),
        restriction("owl:allValuesFrom {1}", prop, part),
        written("[ a owl:Class ; owl:complementOf {0} ]", klass),
        restriction("owl:maxCardinality {1}", prop, st.sampled_from("01")),
        restriction(
            "owl:maxQualifiedCardinality {1} ; owl:onClass {2}",
            prop,
            st.sampled_from("01"),
            st.one_of(klass, st.just("owl:Thing")),
        ),
    )


with_value = st.one_of(
    restriction("owl:hasValue {1}", prop, individual),
    restriction("owl:hasValue {1}", data_prop, literal),
)
left = st.recursive(
    st.one_of(
        klass,
        with_value,
        restriction("owl:someValuesFrom owl:Thing", prop),
        written("[ a owl:Class ; owl:oneOf ( {0} {1} ) ]", individual, individual),
    ),
    wider,
    max_leaves=3,
)
right = st.recursive(st.one_of(klass, with_value), narrower, max_leaves=3)
both = st.one_of(klass, with_value, joined("intersectionOf", st.one_of(klass, with_value)))

axiom = st.one_of(
    written("{0} rdfs:subClassOf {1} .", left, right),
    written("{0} rdfs:subClassOf {1} .", klass, klass),
    written("{0} owl:equivalentClass {1} .", klass, both),
    written("{0} owl:disjointWith {1} .", klass, left),
    written("[] a owl:AllDisjointClasses ; owl:members ( {0} {1} {2} ) .", klass, klass, klass),
    written("{0} rdfs:subPropertyOf {1} .", prop, prop),
    written("{0} rdfs:subPropertyOf {1} .", data_prop, data_prop),
    written("{0} owl:equivalentProperty {1} .", prop, prop),
    written("{0} owl:inverseOf {1} .", prop, prop),
    written("{0} owl:propertyDisjointWith {1} .", prop, prop),
    written(
        "{0} a owl:{1}Property .",
        prop,
        st.sampled_from(("Symmetric", "Transitive", "Irreflexive", "Asymmetric")),
    ),
    written("{0} a owl:{1}Property .", prop, st.sampled_from(("Functional", "InverseFunctional"))),
    written("{0} owl:propertyChainAxiom ( {1} {2} ) .", prop, prop, prop),
    written("{0} owl:propertyChainAxiom ( {1} {2} {3} ) .", prop, prop, prop, prop),
    written("{0} rdfs:domain {1} .", st.one_of(prop, data_prop), right),
    written("{0} rdfs:range {1} .", prop, right),
    written("{0} a {1} .", individual, right),
)
fact = st.one_of(
    written("{0} a {1} .", individual, klass),
    written("{0} {1} {2} .", individual, prop, individual),
    written("{0} {1} {2} .", individual, data_prop, literal),
    written("{0} owl:differentFrom {1} .", individual, individual),
)
same = written("{0} owl:sameAs {1} .", individual, individual)

REPORTED_BY_CHECK_ALONE = {"prp-fp", "prp-ifp", "cls-maxc2", "cls-maxqc3", "cls-maxqc4"}
"""With identity="check" owlrl does not hear of these axioms (see the module `referee`)."""


def quads(turtle: str) -> list[pyoxigraph.Quad]:
    parsed = pyoxigraph.parse(turtle.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    return [pyoxigraph.Quad(q.subject, q.predicate, q.object) for q in parsed]


def shown(difference: set[pyoxigraph.Triple]) -> list[str]:
    return sorted(map(str, difference))


def assert_same(ours: Entailment, theirs: Entailment) -> None:
    left_over = set(ours.triples) - set(theirs.triples)
    missing = set(theirs.triples) - set(ours.triples)
    assert (shown(left_over), shown(missing)) == ([], [])


def examples(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the settings of every property here: the same examples in each run."""
    quick = settings(
        deadline=None,
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    return lambda test: seed(20201012)(quick(test))


@examples(40)
@given(st.lists(axiom, max_size=8), st.lists(fact, max_size=16))
def test_closure_equals_the_referee_when_names_are_checked(axioms, facts):
    data = quads(PREFIXES + DECLARATIONS + " ".join(axioms + facts))
    ours, theirs = entail(data), entail_with_owlrl(data)
    assert_same(ours, theirs)
    reported = [clash for clash in ours.clashes if clash.rule not in REPORTED_BY_CHECK_ALONE]
    assert bool(reported) == bool(theirs.clashes), (ours.clashes, theirs.clashes)


@examples(40)
@given(st.lists(axiom, max_size=8), st.lists(st.one_of(fact, same), max_size=12))
def test_closure_equals_the_referee_when_names_are_inferred(axioms, facts):
    data = quads(PREFIXES + DECLARATIONS + " ".join(axioms + facts))
    ours, theirs = entail(data, identity="infer"), entail_with_owlrl(data, identity="infer")
    assert_same(ours, theirs)
    assert bool(ours.clashes) == bool(theirs.clashes), (ours.clashes, theirs.clashes)

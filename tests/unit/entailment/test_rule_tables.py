"""One case for each rule of the OWL 2 RL/RDF tables: what is entailed, and what clashes."""

from __future__ import annotations

import pytest

from .reading import entailed, entailment, triples

ENTAILMENTS = [
    # table 5: properties
    ("prp-dom", ":p rdfs:domain :C . :x :p :y .", ":x a :C ."),
    ("prp-rng", ":p rdfs:range :C . :x :p :y .", ":y a :C ."),
    ("prp-symp", ":p a owl:SymmetricProperty . :x :p :y .", ":y :p :x ."),
    ("prp-trp", ":p a owl:TransitiveProperty . :x :p :y . :y :p :z .", ":x :p :z ."),
    ("prp-spo1", ":p rdfs:subPropertyOf :q . :x :p :y .", ":x :q :y ."),
    ("prp-spo2 of one", ":r owl:propertyChainAxiom (:p) . :x :p :y .", ":x :r :y ."),
    (
        "prp-spo2 of two",
        ":r owl:propertyChainAxiom (:p :q) . :x :p :y . :y :q :z .",
        ":x :r :z .",
    ),
    (
        "prp-spo2 of three",
        ":r owl:propertyChainAxiom (:p :p :q) . :x :p :y . :y :p :z . :z :q :w .",
        ":x :r :w .",
    ),
    (
        "prp-spo2 twice",
        ":r owl:propertyChainAxiom (:p :q) , (:q :p) . :x :p :y . :y :q :z . :z :p :w .",
        ":x :r :z . :y :r :w .",
    ),
    (
        "prp-eqp1",
        ":p owl:equivalentProperty :q . :x :p :y .",
        (
            ":x :q :y . :p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p ."
            " :q owl:equivalentProperty :p ."
        ),
    ),
    (
        "prp-eqp2",
        ":p owl:equivalentProperty :q . :x :q :y .",
        (
            ":x :p :y . :p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p ."
            " :q owl:equivalentProperty :p ."
        ),
    ),
    ("prp-inv1", ":p owl:inverseOf :q . :x :p :y .", ":y :q :x ."),
    ("prp-inv2", ":p owl:inverseOf :q . :x :q :y .", ":y :p :x ."),
    (
        "anonymous inverse",
        "[ owl:inverseOf :p ] rdfs:subPropertyOf :q . :x :p :y .",
        ":y :q :x .",
    ),
    (
        "anonymous inverse in a restriction",
        (
            "[ owl:onProperty [ owl:inverseOf :p ] ; owl:someValuesFrom :C ] rdfs:subClassOf :D ."
            " :x :p :y . :x a :C ."
        ),
        ":y a :D .",
    ),
    # table 6: class expressions
    (
        "cls-int1",
        "[ owl:intersectionOf (:C :D) ] rdfs:subClassOf :E . :x a :C , :D . :y a :C .",
        ":x a :E .",
    ),
    (
        "cls-int1 of restrictions",
        """[ owl:intersectionOf ([ owl:onProperty :p ; owl:someValuesFrom :C ]
              [ owl:onProperty :q ; owl:someValuesFrom :C ]) ] rdfs:subClassOf :E .
           :c a :C . :d a :C . :x :p :c ; :q :d . :y :p :c .""",
        ":x a :E .",
    ),
    (
        "cls-int2",
        ":C rdfs:subClassOf [ owl:intersectionOf (:D :E) ] . :x a :C .",
        ":x a :D , :E . :C rdfs:subClassOf :D , :E .",
    ),
    (
        "named intersection",
        ":C owl:intersectionOf (:D :E) . :x a :D , :E . :y a :C .",
        ":x a :C . :y a :D , :E . :C rdfs:subClassOf :D , :E .",
    ),
    (
        "cls-uni",
        "[ owl:unionOf (:C :D) ] rdfs:subClassOf :E . :x a :C . :y a :D .",
        ":x a :E . :y a :E . :C rdfs:subClassOf :E . :D rdfs:subClassOf :E .",
    ),
    (
        "union within an intersection",
        (
            "[ owl:intersectionOf (:C [ owl:unionOf (:D :E) ]) ] rdfs:subClassOf :F ."
            " :x a :C , :E . :y a :C ."
        ),
        ":x a :F .",
    ),
    (
        "cls-svf1",
        (
            "[ owl:onProperty :p ; owl:someValuesFrom :C ] rdfs:subClassOf :D ."
            " :x :p :y . :y a :C . :z :p :w ."
        ),
        ":x a :D .",
    ),
    (
        "cls-svf1 nested",
        """[ owl:onProperty :p ; owl:someValuesFrom
             [ owl:onProperty :q ; owl:someValuesFrom :C ] ] rdfs:subClassOf :D .
           :x :p :y . :y :q :z . :z a :C . :w :p :x .""",
        ":x a :D .",
    ),
    (
        "cls-svf1 of a datatype",
        (
            "[ owl:onProperty :p ; owl:someValuesFrom xsd:integer ] rdfs:subClassOf :D ."
            ' :x :p 3 . :y :p "3" .'
        ),
        ":x a :D .",
    ),
    (
        "cls-svf1 of any literal",
        (
            "[ owl:onProperty :p ; owl:someValuesFrom rdfs:Literal ] rdfs:subClassOf :D ."
            ' :x :p "3" . :y :p :z .'
        ),
        ":x a :D .",
    ),
    (
        "cls-svf2",
        "[ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :D . :x :p :y .",
        ":x a :D .",
    ),
    (
        "cls-avf",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] . :x a :C ; :p :y .",
        ":y a :D .",
    ),
    (
        "values that have a value",
        """:C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom
             [ owl:onProperty :q ; owl:hasValue :v ] ] . :x a :C ; :p :y .""",
        ":y :q :v .",
    ),
    (
        "cls-hv1",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] . :x a :C .",
        ":x :p :v .",
    ),
    (
        "cls-hv1 of a literal",
        ':C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue "v"@en ] . :x a :C .',
        ':x :p "v"@en .',
    ),
    (
        "cls-hv2",
        "[ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :C . :x :p :v . :y :p :w .",
        ":x a :C .",
    ),
    ("cls-oo", "[ owl:oneOf (:x :y) ] rdfs:subClassOf :C .", ":x a :C . :y a :C ."),
    (
        "membership in an expression",
        ":x a [ owl:intersectionOf (:C [ owl:onProperty :p ; owl:hasValue :v ]) ] .",
        ":x a :C ; :p :v .",
    ),
    (
        "membership of something without a name",
        ":y :q [ a [ owl:onProperty :p ; owl:allValuesFrom :C ] ; :p :z ] .",
        ":z a :C .",
    ),
    (
        "range with an expression",
        ":p rdfs:range [ owl:intersectionOf (:C :D) ] . :x :p :y .",
        ":y a :C , :D . :p rdfs:range :C , :D .",
    ),
    # table 7: class axioms
    ("cax-sco", ":C rdfs:subClassOf :D . :x a :C .", ":x a :D ."),
    (
        "cax-eqc1",
        ":C owl:equivalentClass :D . :x a :C .",
        ":x a :D . :C rdfs:subClassOf :D . :D rdfs:subClassOf :C . :D owl:equivalentClass :C .",
    ),
    (
        "cax-eqc2",
        ":C owl:equivalentClass :D . :x a :D .",
        ":x a :C . :C rdfs:subClassOf :D . :D rdfs:subClassOf :C . :D owl:equivalentClass :C .",
    ),
    (
        "cax-eqc with a restriction",
        ":C owl:equivalentClass [ owl:onProperty :p ; owl:hasValue :v ] . :x a :C . :y :p :v .",
        ":x :p :v . :y a :C .",
    ),
    # table 9: schema
    (
        "scm-sco",
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .",
        ":C rdfs:subClassOf :E .",
    ),
    (
        "scm-eqc2",
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .",
        ":C owl:equivalentClass :D . :D owl:equivalentClass :C .",
    ),
    (
        "scm-spo",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r .",
    ),
    (
        "scm-eqp2",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
        ":p owl:equivalentProperty :q . :q owl:equivalentProperty :p .",
    ),
    ("scm-dom1", ":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D ."),
    ("scm-dom2", ":q rdfs:domain :C . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :C ."),
    ("scm-rng1", ":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D ."),
    ("scm-rng2", ":q rdfs:range :C . :p rdfs:subPropertyOf :q .", ":p rdfs:range :C ."),
    (
        "scm-hv",
        """:C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .
           [ owl:onProperty :q ; owl:hasValue :v ] rdfs:subClassOf :D .
           :p rdfs:subPropertyOf :q .""",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-hv of one property",
        """:C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .
           [ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :D .""",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-int and scm-uni",
        """:C owl:equivalentClass [ owl:intersectionOf (:D :E) ] .
           [ owl:unionOf (:D :F) ] rdfs:subClassOf :G .""",
        ":C rdfs:subClassOf :D , :E , :G . :D rdfs:subClassOf :G . :F rdfs:subClassOf :G .",
    ),
    # the rules together
    (
        "axioms that data entail",
        ":narrower rdfs:subPropertyOf rdfs:subClassOf . :C :narrower :D . :x a :C .",
        ":C rdfs:subClassOf :D . :x a :D .",
    ),
]

INFERRED = [
    (
        "prp-fp",
        ":p a owl:FunctionalProperty . :x :p :y , :z .",
        ":y owl:sameAs :z . :z owl:sameAs :y .",
    ),
    (
        "prp-ifp",
        ":p a owl:InverseFunctionalProperty . :x :p :z . :y :p :z .",
        ":x owl:sameAs :y . :y owl:sameAs :x .",
    ),
    (
        "prp-key",
        ":C owl:hasKey (:p :q) . :x a :C ; :p 1 ; :q 2 . :y a :C ; :p 1 ; :q 2 .",
        ":x owl:sameAs :y . :y owl:sameAs :x .",
    ),
    (
        "cls-maxc2",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] . :x a :C ; :p :y , :z .",
        ":y owl:sameAs :z . :z owl:sameAs :y .",
    ),
    (
        "cls-maxqc3",
        (
            ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass"
            " :D ] . :x a :C ; :p :y , :z , :w . :y a :D . :z a :D ."
        ),
        ":y owl:sameAs :z . :z owl:sameAs :y .",
    ),
    (
        "cls-maxqc4",
        (
            ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ;"
            " owl:onClass owl:Thing ] . :x a :C ; :p :y , :z ."
        ),
        ":y owl:sameAs :z . :z owl:sameAs :y .",
    ),
    ("eq-sym", ":x owl:sameAs :y .", ":y owl:sameAs :x ."),
    (
        "eq-trans",
        ":x owl:sameAs :y . :y owl:sameAs :z .",
        ":y owl:sameAs :x . :z owl:sameAs :y . :x owl:sameAs :z . :z owl:sameAs :x .",
    ),
    ("eq-rep-s", ":x owl:sameAs :y . :x :p 1 .", ":y owl:sameAs :x . :y :p 1 ."),
    ("eq-rep-p", ":p owl:sameAs :q . :x :p 1 .", ":q owl:sameAs :p . :x :q 1 ."),
    ("eq-rep-o", ":x owl:sameAs :y . :z :p :x .", ":y owl:sameAs :x . :z :p :y ."),
    (
        "classes of two names",
        ":C owl:sameAs :D . :D rdfs:subClassOf :E . :x a :C .",
        ":D owl:sameAs :C . :x a :D , :E . :C rdfs:subClassOf :E .",
    ),
]

CLASHES = [
    ("prp-irp", ":p a owl:IrreflexiveProperty . :x :p :x .", ":x"),
    ("prp-asyp", ":p a owl:AsymmetricProperty . :x :p :y . :y :p :x .", ":x :y"),
    ("prp-asyp", ":p a owl:AsymmetricProperty . :x :p :x .", ":x"),
    ("prp-pdw", ":p owl:propertyDisjointWith :q . :x :p :y ; :q :y .", ":x :y"),
    (
        "prp-adp",
        "[] a owl:AllDisjointProperties ; owl:members (:p :q :r) . :x :p :y ; :r :y .",
        ":x :y",
    ),
    (
        "prp-npa1",
        (
            "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :x ; owl:assertionProperty"
            " :p ; owl:targetIndividual :y . :x :p :y ."
        ),
        ":x :y",
    ),
    (
        "prp-npa2",
        (
            "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :x ; owl:assertionProperty"
            " :p ; owl:targetValue 1 . :x :p 1 ."
        ),
        ":x 1",
    ),
    ("cls-nothing2", ":x a owl:Nothing .", ":x"),
    ("cls-nothing2", ":C rdfs:subClassOf owl:Nothing . :x a :C .", ":x"),
    ("cls-com", ":C rdfs:subClassOf [ owl:complementOf :D ] . :x a :C , :D .", ":x"),
    (
        "cls-maxc1",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 0 ] . :x a :C ; :p :y .",
        ":x :y",
    ),
    (
        "cls-maxqc1",
        (
            ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 0 ; owl:onClass"
            " :D ] . :x a :C ; :p :y . :y a :D ."
        ),
        ":x :y",
    ),
    (
        "cls-maxqc2",
        (
            ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 0 ;"
            " owl:onClass owl:Thing ] . :x a :C ; :p :y ."
        ),
        ":x :y",
    ),
    ("cax-dw", ":C owl:disjointWith :D . :x a :C , :D .", ":x"),
    (
        "cax-dw",
        ":C owl:disjointWith [ owl:onProperty :p ; owl:hasValue 1 ] . :x a :C ; :p 1 .",
        ":x",
    ),
    ("cax-adc", "[] a owl:AllDisjointClasses ; owl:members (:C :D :E) . :x a :C , :E .", ":x"),
    (
        "cax-adc",
        "[] a owl:AllDisjointClasses ; owl:members (:C [ owl:unionOf (:D :E) ]) . :x a :C , :E .",
        ":x",
    ),
    ("cax-adc", "[] a owl:AllDisjointClasses ; owl:members (:C :C) . :x a :C .", ":x"),
    ("eq-diff1", ":x owl:sameAs :y . :x owl:differentFrom :y .", ":x :y"),
    ("eq-diff1", ":x owl:sameAs :y . :y owl:differentFrom :x .", ":x :y"),
    ("eq-diff1", ":x owl:differentFrom :x .", ":x"),
    (
        "eq-diff2",
        "[] a owl:AllDifferent ; owl:members (:x :y :z) . :z owl:sameAs :x .",
        ":x :z",
    ),
    (
        "eq-diff3",
        "[] a owl:AllDifferent ; owl:distinctMembers (:x :y) . :x owl:sameAs :y .",
        ":x :y",
    ),
    ("eq-diff2", "[] a owl:AllDifferent ; owl:members (:x :y :x) .", ":x"),
    ("dt-not-type", ':p rdfs:range xsd:integer . :x :p "one" .', ':x "one"'),
    (
        "dt-not-type",
        ':p rdfs:range xsd:integer . :x :p "one"^^xsd:integer .',
        ':x "one"^^xsd:integer',
    ),
    ("dt-not-type", ":p rdfs:range xsd:integer . :x :p 1.5 .", ":x 1.5"),
    ("dt-not-type", ":p rdfs:range xsd:nonNegativeInteger . :x :p -1 .", ":x -1"),
    ("dt-not-type", ":p rdfs:range xsd:byte . :x :p 128 .", ":x 128"),
    ("dt-not-type", ':p rdfs:range xsd:string . :x :p "a"@en .', ':x "a"@en'),
    ("dt-not-type", ":p rdfs:range xsd:boolean . :x :p 1 .", ":x 1"),
    (
        "dt-not-type",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom xsd:date ] . :x a :C ; :p 1 .",
        ":x 1",
    ),
]

TWO_NAMES = [
    ("prp-fp", ":p a owl:FunctionalProperty . :x :p :y , :z .", ":x :y :z"),
    ("prp-fp", ":p a owl:FunctionalProperty . :x :p 1 , 2 .", ":x 1 2"),
    ("prp-ifp", ":p a owl:InverseFunctionalProperty . :x :p 1 . :y :p 1 .", ":x :y 1"),
    ("prp-key", ":C owl:hasKey (:p) . :x a :C ; :p 1 . :y a :C ; :p 1 .", ":x :y"),
    (
        "prp-key",
        ":C owl:hasKey (:p :q) . :x a :C ; :p 1 ; :q 2 . :y a :C ; :p 1 ; :q 2 .",
        ":x :y",
    ),
    (
        "cls-maxc2",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] . :x a :C ; :p :y , :z .",
        ":x :y :z",
    ),
    (
        "cls-maxqc3",
        (
            ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass"
            " :D ] . :x a :C ; :p :y , :z . :y a :D . :z a :D ."
        ),
        ":x :y :z",
    ),
    (
        "cls-maxqc4",
        (
            ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ;"
            " owl:onClass owl:Thing ] . :x a :C ; :p :y , :z ."
        ),
        ":x :y :z",
    ),
]


def cases(table, *, columns=slice(None)):
    """Return columns of the rows as parameters, each with the name of its rule in the id."""
    return [pytest.param(*row[columns], id=f"{row[0]} {n}") for n, row in enumerate(table)]


def individuals(turtle):
    """Return the terms of a Turtle object list such as `:x 1`."""
    listed = triples(f":s :p {', '.join(turtle.split())} .")
    return {triple.object for triple in listed}


@pytest.mark.parametrize(("given", "expected"), cases(ENTAILMENTS, columns=slice(1, None)))
def test_rule_entails_exactly_what_the_tables_say(given, expected):
    assert entailed(given) == triples(expected)


@pytest.mark.parametrize(
    ("given", "expected"), cases(ENTAILMENTS + INFERRED, columns=slice(1, None))
)
def test_rule_entails_exactly_what_the_tables_say_when_names_are_inferred(given, expected):
    assert entailed(given, identity="infer") == triples(expected)


@pytest.mark.parametrize(("rule", "given", "whom"), cases(CLASHES))
def test_contradiction_is_one_clash_with_rule_and_individuals(rule, given, whom):
    clashes = entailment(given).clashes
    assert [clash.rule for clash in clashes] == [rule]
    assert set(clashes[0].individuals) == individuals(whom)


@pytest.mark.parametrize(("rule", "given", "whom"), cases(CLASHES))
def test_contradiction_is_found_when_names_are_inferred(rule, given, whom):
    """Others of the same rule may follow: what differs from its other name differs from itself."""
    clashes = entailment(given, identity="infer").clashes
    assert {clash.rule for clash in clashes} == {rule}
    assert individuals(whom) in [set(clash.individuals) for clash in clashes]


@pytest.mark.parametrize(("rule", "given", "whom"), cases(TWO_NAMES))
def test_two_names_for_one_thing_are_reported_when_names_are_checked(rule, given, whom):
    result = entailment(given)
    assert [clash.rule for clash in result.clashes] == [rule]
    assert set(result.clashes[0].individuals) == individuals(whom)
    assert result.triples == ()


@pytest.mark.parametrize("given", cases(INFERRED[:6], columns=slice(1, 2)))
def test_two_names_for_one_thing_never_become_the_same_when_names_are_checked(given):
    assert entailed(given) == set()


def test_unequal_values_of_a_functional_data_property_clash_when_names_are_inferred():
    result = entailment(":p a owl:FunctionalProperty . :x :p 1 , 2 .", identity="infer")
    assert [clash.rule for clash in result.clashes] == ["prp-fp"]

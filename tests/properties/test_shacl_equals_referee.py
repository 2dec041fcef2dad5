"""Compiled shapes and pyshacl find the same, and a change is checked as the whole would be."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, triples_of
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple
from neagraph.validation.compiler import compile_shapes
from neagraph.validation.hierarchy import subclasses
from neagraph.validation.paths import show_path
from neagraph.validation.report import ValidationReport, ValidationResult
from neagraph.validation.validator import validate, validate_change, validate_dataset
from neagraph.vocab import RDF_TYPE, XSD

ROOT = Path(__file__).parents[2]
TYPE = NamedNode(RDF_TYPE)
Found = Counter[tuple[str, ...]]

# ---- random shapes and data ----------------------------------------------------------------------

PREFIXES = """
@prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:C1 rdfs:subClassOf :C0 . :C2 rdfs:subClassOf :C1 .
:names sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""
CLASSES = tuple(f":C{n}" for n in range(4))
PROPERTIES = tuple(f":p{n}" for n in range(4))
NODES = (*(f":i{n}" for n in range(6)), "_:b1", "_:b2")
LITERALS = (
    "1", "2", "3", "01", "2.50", '"a"', '"ab"', '"abc"', '"a"@en', '"b"@en', '"a"@de', '"a"@en-GB',
    '"2020-01-01"^^xsd:date', '"2021-01-01"^^xsd:date', '"2020-02-30"^^xsd:date', "true",
    '"x"^^xsd:integer', '"5"^^xsd:nonNegativeInteger', '"300"^^xsd:byte',
)  # fmt: skip

klass, prop, node = map(st.sampled_from, (CLASSES, PROPERTIES, NODES))
named_node = st.sampled_from(NODES[:6])
literal = st.sampled_from(LITERALS)
term = st.one_of(named_node, literal)
count = st.sampled_from("0123")


def written(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return the strategy that fills the template with what the parts draw."""
    return st.tuples(*parts).map(lambda drawn: template.format(*drawn))


path = st.recursive(
    prop,
    lambda part: st.one_of(
        written("[ sh:inversePath {0} ]", part),
        written("( {0} {1} )", part, part),
        written("[ sh:alternativePath ( {0} {1} ) ]", part, part),
        written("[ sh:zeroOrMorePath {0} ]", part),
        written("[ sh:oneOrMorePath {0} ]", part),
        written("[ sh:zeroOrOnePath {0} ]", part),
    ),
    max_leaves=3,
)
of_value = st.one_of(
    written("sh:class {0} ;", klass),
    written("sh:datatype {0} ;", st.sampled_from(
        ("xsd:integer", "xsd:string", "xsd:date", "xsd:decimal", "xsd:nonNegativeInteger",
         "xsd:byte")
    )),
    written("sh:nodeKind sh:{0} ;", st.sampled_from(
        ("IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
    )),
    written("sh:minLength {0} ;", st.sampled_from("123")),  # pyshacl passes 0 by, blank nodes too
    written("sh:maxLength {0} ;", count),
    written("sh:pattern {0} ;", st.sampled_from(('"^a"', '"i[0-3]$"', '"^0"'))),
    written("sh:pattern {0} ; sh:flags 'i' ;", st.sampled_from(('"^A"', '"B"'))),
    written("sh:languageIn ( {0} ) ;", st.sampled_from(('"en"', '"de" "en"'))),
    written("sh:in ( {0} {1} {2} ) ;", term, term, term),
    written("sh:hasValue {0} ;", term),
    written("sh:equals {0} ;", prop),
    written("sh:disjoint {0} ;", prop),
)  # fmt: skip
of_values = st.one_of(
    written("sh:minCount {0} ;", count),
    written("sh:maxCount {0} ;", count),
    st.just("sh:uniqueLang true ;"),
)
compared = st.one_of(
    written("sh:min{0} 2 ;", st.sampled_from(("Inclusive", "Exclusive"))),
    written("sh:max{0} 2 ;", st.sampled_from(("Inclusive", "Exclusive"))),
    written("sh:or ( [ sh:minInclusive {0} ] [ sh:maxExclusive {0} ] ) ;", count),
)
compared_with = written("sh:lessThan{0} {1} ;", st.sampled_from(("", "OrEquals")), prop)


def shape_of(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Constraints that hold other shapes."""
    return st.one_of(
        written("sh:not [ {0} ] ;", part),
        written("sh:node [ {0} ] ;", part),
        written("sh:and ( [ {0} ] [ {1} ] ) ;", part, part),
        written("sh:or ( [ {0} ] [ {1} ] ) ;", part, part),
        written("sh:xone ( [ {0} ] [ {1} ] ) ;", part, part),
        written("sh:property [ sh:path {0} ; {1} ] ;", path, part),
    )


def of_property(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The constraints of a property shape, its path first."""
    qualified = written(
        "sh:qualifiedValueShape [ {0} ] ; sh:qualified{1}Count {2} ;",
        part,
        st.sampled_from(("Min", "Max")),
        count,
    )
    return written("sh:path {0} ; {1}", path, st.one_of(of_values, qualified, part))


inner = st.recursive(of_value, shape_of, max_leaves=3)
constraint = st.one_of(inner, written("sh:property [ {0} ] ;", of_property(inner)))
queried = st.sampled_from(
    (
        "$this ?value { $this :p0 ?value . ?value :p1 ?x FILTER NOT EXISTS { ?x :p2 $this } }",
        "$this { $this :p1/:p2* ?x . ?x a :C3 OPTIONAL { ?x :p3 ?y } FILTER (!BOUND(?y)) }",
        "$this ?path ?value { $this ?path ?value . FILTER (isBlank(?value)) }",
        "$this { { $this :p0 ?x } UNION { ?x :p1 $this . FILTER (?x != $this) } }",
    )
).map(lambda rest: f'sh:sparql [ sh:prefixes :names ; sh:select "SELECT {rest}" ] ;')
closed = st.just("sh:closed true ; sh:ignoredProperties ( :p0 ) ; sh:property [ sh:path :p1 ] ;")
target = st.one_of(
    written("sh:targetClass {0} ;", klass),
    written("sh:targetSubjectsOf {0} ;", prop),
    written("sh:targetObjectsOf {0} ;", prop),
    written("sh:targetNode {0} ;", term),
)
shape = written(
    "[ a sh:NodeShape ; {0} {1} {2} ] .",
    target,
    st.one_of(target, st.just("")),
    st.one_of(constraint, closed, queried, written("sh:not [ {0} ] ;", queried)),
)
property_shape = written("[ a sh:PropertyShape ; {0} {1} ] .", target, of_property(inner))
comparing_shape = written(
    "[ a sh:PropertyShape ; sh:targetSubjectsOf {0} ; sh:path {1} ; {2} ] .",
    prop,
    path,
    compared | compared_with,
)
shapes_text = st.lists(st.one_of(shape, property_shape), min_size=1, max_size=3).map(" ".join)
fact = st.one_of(
    written("{0} a {1} .", node, klass),
    written("{0} {1} {2} .", node, prop, node),
    written("{0} {1} {2} .", node, prop, literal),
)
number = written("{0} {1} {2} .", named_node, prop, st.sampled_from(("1", "2", "03", "2.50")))
data_text = st.lists(fact, max_size=14).map(" ".join)


def read(text: str) -> list[Triple]:
    return triples_of(parse((PREFIXES + text).encode(), TURTLE, source="test"))


def examples(number: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the settings of every property here: the same examples in each run."""
    quick = settings(
        deadline=None,
        max_examples=number,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    return lambda test: seed(20201012)(quick(test))


# ---- comparing -----------------------------------------------------------------------------------


def key(result: ValidationResult) -> tuple[str, ...]:
    """Return all that makes a result, its words left out."""
    parts = (
        result.focus_node,
        None if result.path is None else show_path(result.path),
        result.value,
        result.source_shape,
        result.source_constraint,
        result.constraint_component,
        result.severity,
    )
    return tuple(map(str, parts))


def found(report: ValidationReport) -> Found:
    return Counter(map(key, report.results))


def by_pyshacl(
    data: list[Triple], shapes: list[Triple], background: Iterable[Triple] = ()
) -> ValidationReport:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdflib warns of each ill-formed boolean
        return validate(data, shapes=shapes, background=list(background), engine="pyshacl")


def shown(difference: Found) -> list[str]:
    return sorted(f"{number} x {' '.join(parts)}" for parts, number in difference.items())


def in_one_form(text: str) -> str:
    """Return the text with no number in two forms, which SPARQL cannot tell apart."""
    return text.replace(" 01 ", " 4 ")


@examples(300)
@given(data_text, shapes_text)
def test_random_shapes_find_what_the_referee_finds(data, text):
    if "sh:sparql" in text:
        data, text = in_one_form(data), in_one_form(text)
    triples, shapes = read(data), read(text)
    ours, theirs = found(validate(triples, shapes=shapes)), found(by_pyshacl(triples, shapes))
    assert (shown(ours - theirs), shown(theirs - ours)) == ([], [])


@examples(100)
@given(
    st.lists(number, max_size=10).map(" ".join),
    st.lists(comparing_shape, min_size=1).map(" ".join),
)
def test_numbers_are_compared_as_the_referee_compares_them(data, text):
    """Of values that cannot be compared the referee says that they conform, or it fails."""
    triples, shapes = read(data), read(text)
    ours, theirs = found(validate(triples, shapes=shapes)), found(by_pyshacl(triples, shapes))
    assert (shown(ours - theirs), shown(theirs - ours)) == ([], [])


# ---- changes -------------------------------------------------------------------------------------


def closed_over_types(triples: list[Triple]) -> list[Triple]:
    """Return the triples with those on membership in superclasses."""
    below = subclasses(triples)
    above = [(sub, sup) for sup, subs in below.items() for sub in subs if sub != sup]
    added = {
        Triple(t.subject, TYPE, sup): None
        for t in triples
        if t.predicate == TYPE
        for sub, sup in above
        if t.object == sub and isinstance(sup, NamedNode)
    }
    return list(dict.fromkeys([*triples, *added]))


def live(triples: list[Triple]) -> Engine:
    return Engine(Quad(t.subject, t.predicate, t.object) for t in closed_over_types(triples))


def content(engine: Engine) -> set[Triple]:
    return {Triple(q.subject, q.predicate, q.object) for q in engine.matching()}


def assert_change_is_checked(
    before: list[Triple], after: list[Triple], shapes: list[Triple]
) -> None:
    """Assert that the check of a change finds what is new, and nothing that is not there."""
    compiled = compile_shapes(shapes)
    old, new = live(before), live(after)
    added, removed = content(new) - content(old), content(old) - content(new)
    in_old, in_new = (found(validate_dataset(engine, compiled)) for engine in (old, new))
    ours = found(validate_change(new, compiled, added=added, removed=removed))
    assert (shown(in_new - in_old - ours), shown(ours - in_new)) == ([], [])
    assert content(new) == content(live(after))


@examples(200)
@given(
    st.lists(fact, max_size=14),
    st.lists(fact, max_size=4),
    st.lists(st.integers(0, 13), max_size=4),
    shapes_text,
)
def test_a_change_is_checked_as_the_whole_would_be(facts, more, fewer, text):
    kept = [one for number, one in enumerate(facts) if number not in fewer]
    named = [one.replace("_:", ":") for one in facts], [o.replace("_:", ":") for o in kept + more]
    before, after = (read(" ".join(one)) for one in named)
    assert_change_is_checked(without_declaration(before), without_declaration(after), read(text))


def without_declaration(triples: list[Triple]) -> list[Triple]:
    """Return the triples without those that have other blank nodes at each reading."""
    return [t for t in triples if not {type(t.subject), type(t.object)} & {BlankNode}]


# ---- mutated copies of the report of the 24th SOM ------------------------------------------------

ORDERED = frozenset(
    {"start", "end", "startOffset", "endOffset", "characterCount", "notBefore", "notAfter"}
)
"""Properties whose values are compared: the referee compares unlike ones in a way of its own."""
DATATYPES = ("integer", "date", "string", "decimal", "boolean", "nonNegativeInteger")


def read_files(*patterns: str) -> list[Triple]:
    paths = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    return triples_of(q for p in paths for q in parse(p.read_bytes(), TURTLE, source=p.name))


@cache
def project_parts() -> tuple[list[Triple], list[Triple], list[Triple]]:
    """Return the data, the shapes, and what else the shapes look at."""
    return (
        read_files("data/reference/*.ttl", "data/reports/neaspec-som-24.ttl"),
        read_files("ontology/shapes/*.ttl"),
        read_files("ontology/neagraph.ttl", "ontology/modules/*.ttl", "ontology/vocab/*.ttl"),
    )


@pytest.fixture(scope="module")
def som24() -> list[Triple]:
    return project_parts()[0]


@pytest.fixture(scope="module")
def shapes() -> list[Triple]:
    return project_parts()[1]


@pytest.fixture(scope="module")
def background() -> list[Triple]:
    return project_parts()[2]


class Mutator:
    """Spoils a graph in one of six ways at a time, the same ones for the same seed."""

    def __init__(self, triples: list[Triple], number: int) -> None:
        self.chance = random.Random(number)  # noqa: S311  seeded data need no secrets
        self.triples = list(triples)
        self.subjects = sorted({t.subject for t in triples}, key=str)
        self.predicates = sorted({t.predicate for t in triples}, key=str)
        self.types = sorted({t.object for t in triples if t.predicate == TYPE}, key=str)
        self.values: dict[bool | NamedNode, list[Term]] = {}
        for t in sorted(triples, key=str):
            self.values.setdefault(t.predicate, []).append(t.object)

    def value_for(self, predicate: NamedNode) -> Term:
        """Return a value of another triple, of the same property if such values are compared."""
        if is_ordered(predicate):
            return self.chance.choice(self.values[predicate])
        return self.chance.choice(self.values[self.chance.choice(self.predicates)])

    def spoil(self) -> None:
        place = self.chance.randrange(len(self.triples))
        t = self.triples[place]
        way = self.chance.randrange(6)
        if way == 0:
            del self.triples[place]
        elif way == 1:
            self.triples[place] = Triple(t.subject, t.predicate, self.value_for(t.predicate))
        elif way == 2:
            self.triples.append(Triple(t.subject, t.predicate, self.value_for(t.predicate)))
        elif way == 3:
            self.triples[place] = Triple(self.chance.choice(self.subjects), t.predicate, t.object)
        elif way == 4:
            self.triples.append(Triple(t.subject, TYPE, self.chance.choice(self.types)))
        elif isinstance(t.object, Literal) and not is_ordered(t.predicate):
            datatype = NamedNode(XSD + self.chance.choice(DATATYPES))
            value = Literal(t.object.value, datatype=datatype)
            self.triples[place] = Triple(t.subject, t.predicate, value)


def is_ordered(predicate: NamedNode) -> bool:
    return predicate.value.replace("#", "/").rpartition("/")[2] in ORDERED


def mutated(triples: list[Triple], number: int, *, times: int = 25) -> list[Triple]:
    mutator = Mutator(triples, number)
    for _ in range(times):
        mutator.spoil()
    return mutator.triples


def assert_same_as_referee(
    data: list[Triple], shapes: list[Triple], background: list[Triple]
) -> int:
    """Assert it of whole reports, messages included, and return the number of results."""
    ours = validate(data, shapes=shapes, background=background)
    theirs = by_pyshacl(data, shapes, background)
    difference = found(ours) - found(theirs), found(theirs) - found(ours)
    assert tuple(map(shown, difference)) == ([], [])
    told = [sorted((*key(r), r.message, r.fix_hint, r.docs) for r in report.results)
            for report in (ours, theirs)]  # fmt: skip
    assert told[0] == told[1]
    return len(ours.results)


def test_the_report_is_the_referees(som24, shapes, background):
    assert_same_as_referee(som24, shapes, background)


@pytest.mark.parametrize("number", range(4))
def test_mutated_data_find_what_the_referee_finds(number, som24, shapes, background):
    assert assert_same_as_referee(mutated(som24, number), shapes, background)


MORE = range(4, 200)


def compare_mutated(number: int) -> int:
    """Compare a mutated copy, in a process of its own: `comparisons` has begun that."""
    som24, shapes, background = project_parts()
    return assert_same_as_referee(mutated(som24, number), shapes, background)


@pytest.mark.slow
@pytest.mark.parametrize("number", MORE)
def test_more_mutated_data_find_what_the_referee_finds(number, comparisons):
    assert comparisons[number].get()


@pytest.mark.parametrize("number", range(12))
def test_a_change_of_the_report_is_checked_as_the_whole_would_be(number, som24, shapes, background):
    before = background + mutated(som24, number, times=5)
    after = background + mutated(mutated(som24, number, times=5), number + 1000, times=8)
    assert_change_is_checked(before, after, shapes)

"""Axioms about properties, each with the rules it compiles to.

Source: OWL 2 Profiles, table 5 (prp-*).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from neagraph.entailment import schema as s
from neagraph.entailment.consequences import Compiled, Given, clash, consequences, one_thing
from neagraph.entailment.expressions import conditions, link, listed
from neagraph.entailment.rules import Atom, ClashCheck, Condition, Guard, GuardKind, entailing
from neagraph.entailment.schema import Schema, is_anonymous, owl
from neagraph.entailment.wording import stated, tell
from neagraph.rdf.terms import NamedNode, Term, Variable, show

X: Final = Variable("x")
Y: Final = Variable("y")
Z: Final = Variable("z")


def _related(schema: Schema, prop: Term) -> Condition:
    return Condition((link(schema, prop, X, Y),))


def sub_property(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """prp-spo1."""
    axiom = stated(schema, subject, "implies", value, s.SUB_PROPERTY_OF)
    yield from _implied(schema, subject, value, name="prp-spo1", axiom=axiom)


def equivalent_property(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """prp-eqp1, prp-eqp2."""
    axiom = stated(schema, subject, "is the same as", value, s.EQUIVALENT_PROPERTY)
    yield from _implied(schema, subject, value, name="prp-eqp1", axiom=axiom)
    yield from _implied(schema, value, subject, name="prp-eqp2", axiom=axiom)


def _implied(
    schema: Schema, part: Term, whole: Term, *, name: str, axiom: str
) -> Iterator[Compiled]:
    yield from entailing(name, axiom, link(schema, whole, X, Y), _related(schema, part))


def inverse(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """prp-inv1, prp-inv2; nothing for the node of an inverse property expression."""
    if is_anonymous(subject):
        return
    axiom = stated(schema, subject, "is the inverse of", value, s.INVERSE_OF)
    for name, given, turned in (("prp-inv1", subject, value), ("prp-inv2", value, subject)):
        head = link(schema, turned, Y, X)
        yield from entailing(name, axiom, head, _related(schema, given))


def chain(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """prp-spo2, for chains of any length."""
    steps = schema.members(value)
    told = " then ".join(tell(schema, step) for step in steps)
    axiom = f"{told} implies {tell(schema, subject)} (owl:propertyChainAxiom)"
    stops = tuple(Variable(f"step_{number}") for number in range(len(steps) + 1))
    atoms = tuple(link(schema, step, stops[i], stops[i + 1]) for i, step in enumerate(steps))
    head = link(schema, subject, stops[0], stops[-1])
    yield from entailing("prp-spo2", axiom, head, Condition(atoms))


def domain(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """prp-dom."""
    axiom = f"what has {tell(schema, subject)} is {tell(schema, value)} (rdfs:domain)"
    yield from consequences(schema, value, Given("prp-dom", axiom, X, _related(schema, subject)))


def range_(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """prp-rng."""
    axiom = f"a value of {tell(schema, subject)} is {tell(schema, value)} (rdfs:range)"
    yield from consequences(schema, value, Given("prp-rng", axiom, Y, _related(schema, subject)))


def disjoint_properties(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """prp-pdw."""
    yield from _properties_apart(schema, "prp-pdw", (subject, value), s.owl("propertyDisjointWith"))


def all_disjoint_properties(schema: Schema, node: Term) -> Iterator[Compiled]:
    """prp-adp."""
    properties = listed(schema, node)
    yield from _properties_apart(schema, "prp-adp", properties, owl("AllDisjointProperties"))


def _properties_apart(
    schema: Schema, name: str, properties: tuple[Term, ...], axiom: NamedNode
) -> Iterator[Compiled]:
    for first, second in combinations(properties, 2):
        told = f"{tell(schema, first)} and {tell(schema, second)}"
        both = Condition((link(schema, first, X, Y), link(schema, second, X, Y)))
        given = Given(name, f"nothing is related by both {told} ({show(axiom)})", X, both)
        yield clash(name, given, f"{{0}} is related to {{1}} by both {told}", among=(Y,))


def symmetric(schema: Schema, node: Term) -> Iterator[Compiled]:
    """prp-symp."""
    axiom = f"{tell(schema, node)} is symmetric (owl:SymmetricProperty)"
    yield from entailing("prp-symp", axiom, link(schema, node, Y, X), _related(schema, node))


def transitive(schema: Schema, node: Term) -> Iterator[Compiled]:
    """prp-trp."""
    axiom = f"{tell(schema, node)} is transitive (owl:TransitiveProperty)"
    twice = Condition((link(schema, node, X, Y), link(schema, node, Y, Z)))
    head = link(schema, node, X, Z)
    yield from entailing("prp-trp", axiom, head, twice, is_transitive=True)


def functional(schema: Schema, node: Term) -> Iterator[Compiled]:
    """prp-fp."""
    axiom = f"{tell(schema, node)} has one value at most (owl:FunctionalProperty)"
    twice = Condition((link(schema, node, X, Y), link(schema, node, X, Z)))
    what = f"two values of {tell(schema, node)} for {{2}}"
    yield from one_thing(schema, "prp-fp", Given("prp-fp", axiom, X, twice), (Y, Z), what=what)


def inverse_functional(schema: Schema, node: Term) -> Iterator[Compiled]:
    """prp-ifp."""
    axiom = f"{tell(schema, node)} belongs to one thing at most (owl:InverseFunctionalProperty)"
    twice = Condition((link(schema, node, X, Z), link(schema, node, Y, Z)))
    what = f"two things with the {tell(schema, node)} {{2}}"
    yield from one_thing(schema, "prp-ifp", Given("prp-ifp", axiom, Z, twice), (X, Y), what=what)


def irreflexive(schema: Schema, node: Term) -> Iterator[Compiled]:
    """prp-irp."""
    axiom = f"nothing is related to itself by {tell(schema, node)} (owl:IrreflexiveProperty)"
    given = Given("prp-irp", axiom, X, Condition((link(schema, node, X, X),)))
    yield clash("prp-irp", given, f"{{0}} is related to itself by {tell(schema, node)}")


def asymmetric(schema: Schema, node: Term) -> Iterator[Compiled]:
    """prp-asyp."""
    axiom = f"{tell(schema, node)} never holds both ways (owl:AsymmetricProperty)"
    both = Condition((link(schema, node, X, Y), link(schema, node, Y, X)))
    sentence = f"{{0}} and {{1}} are related by {tell(schema, node)} both ways"
    yield clash("prp-asyp", Given("prp-asyp", axiom, X, both), sentence, among=(Y,))


def has_key(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """prp-key, all properties of the key agreeing."""
    keys = schema.members(value)
    named = " and ".join(tell(schema, key) for key in keys)
    axiom = f"{tell(schema, subject)} has the key {named} (owl:hasKey)"
    pair = (X, Y)
    values = tuple(Variable(f"key_{number}") for number, _ in enumerate(keys))
    agreeing = Condition(
        tuple(
            link(schema, key, individual, same)
            for individual in pair
            for key, same in zip(keys, values, strict=True)
        )
    )
    for first in conditions(schema, subject, X):
        for second in conditions(schema, subject, Y):
            both = first & second & agreeing
            yield from _same_key(schema, axiom, both, values, named)


def _same_key(
    schema: Schema, axiom: str, both: Condition, values: tuple[Variable, ...], named: str
) -> Iterator[Compiled]:
    apart = both & Condition(guards=(Guard(GuardKind.DIFFERENT, (X, Y)),))
    if schema.identity == "infer":
        yield from entailing("prp-key", axiom, Atom(X, s.SAME_AS, Y), apart)
        return
    places = ", ".join(f"{{{number}}}" for number, _ in enumerate(values, start=2))
    sentence = f"{{0}} and {{1}} have the same {named}: {places}"
    shown = (X, Y, *values)
    yield ClashCheck("prp-key", axiom, sentence, shown, apart, individuals=2, several=X, per=values)

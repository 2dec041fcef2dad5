"""Axioms about classes and individuals, each with the rules it compiles to.

Source: OWL 2 Profiles, tables 4 (equality), 6 (classes) and 7 (class axioms).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from neagraph.entailment import schema as s
from neagraph.entailment.consequences import (
    Compiled,
    Given,
    clash,
    consequences,
    defining_consequences,
)
from neagraph.entailment.expressions import (
    conditions,
    constant,
    defining_conditions,
    link,
    listed,
    recognised_by,
)
from neagraph.entailment.rules import (
    Atom,
    ClashCheck,
    Condition,
    Guard,
    GuardKind,
    entailing,
)
from neagraph.entailment.schema import Schema, is_anonymous, owl
from neagraph.entailment.wording import stated, tell, tell_expression
from neagraph.rdf.terms import Literal, NamedNode, Term, Variable, show

X: Final = Variable("x")
Y: Final = Variable("y")


def sub_class(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """cax-sco."""
    axiom = stated(schema, subject, "is a kind of", value, s.SUB_CLASS_OF)
    yield from _inclusion(schema, subject, value, name="cax-sco", axiom=axiom)


def equivalent_class(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """cax-eqc1, cax-eqc2."""
    axiom = stated(schema, subject, "is the same as", value, s.EQUIVALENT_CLASS)
    yield from _inclusion(schema, subject, value, name="cax-eqc1", axiom=axiom)
    yield from _inclusion(schema, value, subject, name="cax-eqc2", axiom=axiom)


def _inclusion(
    schema: Schema, part: Term, whole: Term, *, name: str, axiom: str
) -> Iterator[Compiled]:
    name = recognised_by(schema, part) if is_anonymous(part) else name
    for way in conditions(schema, part, X):
        yield from consequences(schema, whole, Given(name, axiom, X, way))


def disjoint_classes(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    """cax-dw."""
    axiom = f"nothing is both {tell(schema, subject)} and {tell(schema, value)} (owl:disjointWith)"
    yield from _apart(schema, "cax-dw", axiom, (subject, value))


def all_disjoint_classes(schema: Schema, node: Term) -> Iterator[Compiled]:
    """cax-adc."""
    classes = listed(schema, node)
    axiom = f"nothing belongs to two of {_told(schema, classes)} (owl:AllDisjointClasses)"
    if any(is_anonymous(c) for c in classes) or len(set(classes)) < len(classes):
        yield from _apart(schema, "cax-adc", axiom, classes)
        return
    pair = (Variable("c"), Variable("d"))
    atoms = tuple(Atom(X, s.TYPE, c) for c in pair)
    choices = tuple(
        Guard(GuardKind.ONE_OF, (c, *(constant(name) for name in classes))) for c in pair
    )
    guards = (*choices, Guard(GuardKind.DIFFERENT, pair))
    sentence = "{0} is both {1} and {2}"
    shown = (X, *pair)
    both = Condition(atoms, guards)
    yield ClashCheck(
        "cax-adc", axiom, sentence, shown, both, individuals=1, several=pair[0], per=(X,)
    )


def _told(schema: Schema, classes: tuple[Term, ...]) -> str:
    first = ", ".join(tell(schema, c) for c in classes[:_TOLD])
    more = len(classes) - _TOLD
    return f"{first} and {more} more" if more > 0 else first


_TOLD: Final = 4


def _apart(schema: Schema, name: str, axiom: str, classes: tuple[Term, ...]) -> Iterator[Compiled]:
    for first, second in combinations(classes, 2):
        sentence = f"{{0}} is both {tell(schema, first)} and {tell(schema, second)}"
        for way in conditions(schema, first, X):
            for other in conditions(schema, second, X):
                yield clash(name, Given(name, axiom, X, way & other), sentence)


def named_expression(schema: Schema, node: Term, _argument: Term) -> Iterator[Compiled]:
    """A named class that carries its definition itself: the same as equivalence with it (cls-*)."""
    constructor = schema.constructor(node)
    if is_anonymous(node) or constructor is None:
        return
    axiom = f"{show(node)} is the same as {tell_expression(schema, node, *constructor)}"
    member = Atom(X, s.TYPE, constant(node))
    for way in defining_conditions(schema, node, X):
        yield from entailing(recognised_by(schema, node), axiom, member, way)
    given = Given("cls", axiom, X, Condition((member,)))
    yield from defining_consequences(schema, node, given)


def all_different(schema: Schema, node: Term) -> Iterator[Compiled]:
    """eq-diff2, eq-diff3."""
    for name, predicate in (("eq-diff2", s.MEMBERS), ("eq-diff3", s.DISTINCT_MEMBERS)):
        for one in schema.values(node, predicate):
            members = tuple(constant(member) for member in schema.members(one))
            yield from _all_different(name, members)


def _all_different(name: str, members: tuple[NamedNode | Literal, ...]) -> Iterator[Compiled]:
    axiom = f"{', '.join(map(show, members))} are all different (owl:AllDifferent)"
    guards = tuple(Guard(GuardKind.ONE_OF, (slot, *members)) for slot in (X, Y))
    for first, second in ((X, Y), (Y, X)):
        same = Condition((Atom(first, s.SAME_AS, second),), guards)
        given = Given(name, axiom, first, same)
        yield clash(name, given, "{0} is said to be the same as {1}", among=(second,))
    twice = tuple(member for member, times in Counter(members).items() if times > 1)
    if twice:
        listed_twice = Condition(guards=(Guard(GuardKind.ONE_OF, (X, *twice)),))
        given = Given(name, axiom, X, listed_twice)
        yield clash(name, given, "{0} is listed twice among things that are different")


def denied(schema: Schema, node: Term, source: Term) -> Iterator[Compiled]:
    """prp-npa1, prp-npa2."""
    prop = schema.value(node, owl("assertionProperty"))
    for name, predicate in (("prp-npa1", "targetIndividual"), ("prp-npa2", "targetValue")):
        for target in schema.values(node, owl(predicate)):
            guards = (
                Guard(GuardKind.ONE_OF, (X, constant(source))),
                Guard(GuardKind.ONE_OF, (Y, constant(target))),
            )
            told = f"{show(source)} {tell(schema, prop)} {show(target)}"
            axiom = f"it is denied that {told} (owl:NegativePropertyAssertion)"
            given = Given(name, axiom, X, Condition((link(schema, prop, X, Y),), guards))
            yield clash(name, given, f"{{0}} has {tell(schema, prop)} {{1}}", among=(Y,))


def belongs(schema: Schema, individual: Term, node: Term) -> Iterator[Compiled]:
    """Membership of one individual in a class expression (cls-*)."""
    axiom = f"{show(individual)} is {tell(schema, node)} (rdf:type)"
    guard = Guard(GuardKind.ONE_OF, (X, constant(individual)))
    yield from consequences(schema, node, Given("cls", axiom, X, Condition(guards=(guard,))))

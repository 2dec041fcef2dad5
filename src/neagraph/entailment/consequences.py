"""What follows from membership in a class expression: rules, and checks for contradictions.

Source: OWL 2 Profiles, 4.2.3 (superclass expressions) and table 6 (cls-*).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from neagraph.entailment import schema as s
from neagraph.entailment.datatypes import ANY_LITERAL, DATATYPES
from neagraph.entailment.expressions import all_of, beside, conditions, constant, link
from neagraph.entailment.rules import (
    Atom,
    ClashCheck,
    Condition,
    Guard,
    GuardKind,
    Rule,
    entailing,
)
from neagraph.entailment.schema import Schema, is_anonymous
from neagraph.entailment.wording import RL_HINTS, tell, unsupported
from neagraph.rdf.terms import Literal, NamedNode, Term, Variable, show

Compiled = Rule | ClashCheck


@dataclass(frozen=True, slots=True)
class Given:
    """What is known when an expression on the right side is unfolded.

    Args:
        name: The rule that leads here.
        axiom: The axiom, one sentence.
        subject: What belongs to the expression.
        condition: Under what condition.
    """

    name: str
    axiom: str
    subject: Variable
    condition: Condition

    def so(self, name: str) -> Given:
        """Return the same under the name of another rule."""
        return replace(self, name=name)


def consequences(schema: Schema, node: Term, given: Given) -> Iterator[Compiled]:
    """Yield what follows from membership in a class expression.

    Raises:
        UnsupportedAxiomError: If the expression may not stand on the right in OWL 2 RL.
    """
    if node == s.NOTHING:
        yield clash("cls-nothing2", given, "{0} belongs to a class that can have no members")
    elif isinstance(node, NamedNode) and node.value in DATATYPES:
        yield from _outside_datatype(node, given)
    elif is_anonymous(node) and schema.constructor(node) is not None:
        yield from defining_consequences(schema, node, given)
    elif isinstance(node, NamedNode) and not is_anonymous(node):
        if not schema.is_datatype(node):
            head = Atom(given.subject, s.TYPE, node)
            yield from entailing(given.name, given.axiom, head, given.condition)
    else:
        raise unsupported(schema, "This class", about=node, told=tell(schema, node))


def defining_consequences(schema: Schema, node: Term, given: Given) -> Iterator[Compiled]:
    """Yield the same for the expression that a node carries, be the node named or not."""
    constructor, argument = schema.constructor(node) or (s.NOTHING, s.NOTHING)
    unfold = _RIGHT.get(constructor)
    if unfold is None:
        told = given.axiom
        hint = RL_HINTS.get(constructor, _HINT)
        what = f"{tell(schema, constructor)} on the right side"
        raise unsupported(schema, what, about=node, told=told, hint=hint)
    yield from unfold(schema, node, argument, given)


def clash(
    name: str,
    given: Given,
    sentence: str,
    *,
    among: tuple[Variable, ...] = (),
    guards: tuple[Guard, ...] = (),
) -> ClashCheck:
    """Return the check that reports the subject, and what is `among` its values, as a clash."""
    shown = (given.subject, *among)
    condition = given.condition & Condition(guards=guards)
    return ClashCheck(name, given.axiom, sentence, shown, condition, individuals=len(shown))


def _outside_datatype(datatype: NamedNode, given: Given) -> Iterator[Compiled]:
    """dt-not-type."""
    if datatype.value != ANY_LITERAL:
        guard = Guard(GuardKind.NOT_OF_DATATYPE, (given.subject, datatype))
        holders = [a.subject for a in given.condition.atoms if a.object == given.subject]
        holder = tuple(v for v in holders[:1] if isinstance(v, Variable))
        of = ", the value of {1}," if holder else ""
        sentence = f"{{0}}{of} is not of the datatype {show(datatype)}"
        yield clash("dt-not-type", given, sentence, among=holder, guards=(guard,))


def _each_member(schema: Schema, _node: Term, argument: Term, given: Given) -> Iterator[Compiled]:
    """cls-int2."""
    for member in schema.members(argument):
        yield from consequences(schema, member, given.so("cls-int2"))


def _complement(schema: Schema, _node: Term, argument: Term, given: Given) -> Iterator[Compiled]:
    """cls-com."""
    for way in conditions(schema, argument, given.subject):
        both = replace(given, condition=given.condition & way)
        yield clash("cls-com", both, f"{{0}} is {tell(schema, argument)}, and must not be")


def _all_values(schema: Schema, node: Term, argument: Term, given: Given) -> Iterator[Compiled]:
    """cls-avf."""
    value = beside(schema, node, given.subject)
    atom = link(schema, schema.value(node, s.ON_PROPERTY), given.subject, value)
    condition = given.condition & Condition((atom,))
    yield from consequences(schema, argument, Given("cls-avf", given.axiom, value, condition))


def _with_value(schema: Schema, node: Term, argument: Term, given: Given) -> Iterator[Compiled]:
    """cls-hv1."""
    prop = schema.value(node, s.ON_PROPERTY)
    head = link(schema, prop, given.subject, constant(argument))
    yield from entailing("cls-hv1", given.axiom, head, given.condition)


def _at_most(schema: Schema, node: Term, argument: Term, given: Given) -> Iterator[Compiled]:
    """cls-maxc1, cls-maxc2, cls-maxqc1 to cls-maxqc4."""
    filler = [c for c in schema.values(node, s.ON_CLASS) if c != s.THING]
    qualified = bool(schema.values(node, s.ON_CLASS))
    limit = argument.value.lstrip("+0") or "0" if isinstance(argument, Literal) else ""
    prop = schema.value(node, s.ON_PROPERTY)
    names = _AT_MOST.get((qualified, limit))
    if names is None or (schema.values(node, s.MAX_QUALIFIED_CARDINALITY) and not qualified):
        told = given.axiom
        raise unsupported(schema, "A maximum other than 0 or 1 individuals", about=node, told=told)
    name = names[0] if filler else names[1]
    last = range(1, int(limit) + 2)
    values = tuple(beside(schema, node, given.subject, last=number) for number in last)
    for ways in product(*(_ways(schema, filler, value) for value in values)):
        links = Condition(tuple(link(schema, prop, given.subject, value) for value in values))
        counted = replace(given, condition=given.condition & links & all_of(ways))
        if limit == "0":
            sentence = f"{{0}} has a value of {tell(schema, prop)}: {{1}}"
            yield clash(name, counted, sentence, among=values)
        else:
            what = f"two values of {tell(schema, prop)} for {{2}}"
            yield from one_thing(schema, name, counted, values, what=what)


def _ways(schema: Schema, filler: list[Term], value: Variable) -> tuple[Condition, ...]:
    return conditions(schema, filler[0], value) if filler else (Condition(),)


_AT_MOST: Final = {
    (False, "0"): ("cls-maxc1", "cls-maxc1"),
    (False, "1"): ("cls-maxc2", "cls-maxc2"),
    (True, "0"): ("cls-maxqc1", "cls-maxqc2"),
    (True, "1"): ("cls-maxqc3", "cls-maxqc4"),
}


def one_thing(
    schema: Schema, name: str, given: Given, pair: tuple[Variable, ...], *, what: str
) -> Iterator[Compiled]:
    """Yield what follows where two names must stand for one thing.

    With `identity="infer"` owl:sameAs, or a clash of two unequal literals (dt-diff); with
    `identity="check"` a clash of any two.
    """
    first, second = pair
    sentence = f"{{0}} and {{1}} are {what}, and only one is allowed"
    guards = [Guard(GuardKind.UNEQUAL, pair)]
    if schema.identity == "infer":
        different = Condition(guards=(Guard(GuardKind.DIFFERENT, pair),))
        head = Atom(first, s.SAME_AS, second)
        yield from entailing(name, given.axiom, head, given.condition & different)
        guards.append(Guard(GuardKind.LITERALS, pair))
    shown = (*pair, given.subject)
    condition = given.condition & Condition(guards=tuple(guards))
    yield ClashCheck(name, given.axiom, sentence, shown, condition, individuals=len(shown))


_RIGHT: Final[dict[NamedNode, Callable[[Schema, Term, Term, Given], Iterator[Compiled]]]] = {
    s.INTERSECTION_OF: _each_member,
    s.COMPLEMENT_OF: _complement,
    s.ALL_VALUES_FROM: _all_values,
    s.HAS_VALUE: _with_value,
    s.MAX_CARDINALITY: _at_most,
    s.MAX_QUALIFIED_CARDINALITY: _at_most,
}

_HINT: Final = "Put the expression on the left of rdfs:subClassOf, or check it in a shape."

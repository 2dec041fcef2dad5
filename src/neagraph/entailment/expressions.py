"""Class and property expressions, and how membership in one is recognised.

`conditions` is for expressions on the left of rdfs:subClassOf, `consequences.consequences` for
those on the right. Both compile an expression as nested patterns, so that no triple about an
anonymous class is ever entailed. Source: OWL 2 Profiles, 4.2.3 (which expression may stand where)
and table 6 (cls-*).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Final

from neagraph.entailment import schema as s
from neagraph.entailment.datatypes import DATATYPES
from neagraph.entailment.rules import Atom, Condition, Guard, GuardKind, Slot
from neagraph.entailment.schema import Schema, is_anonymous
from neagraph.entailment.wording import RL_HINTS, tell, tell_expression, unsupported
from neagraph.errors import UnsupportedAxiomError
from neagraph.rdf.terms import Literal, NamedNode, Term, Variable, show


def beside(schema: Schema, node: Term, subject: Variable, *, last: int = 1) -> Variable:
    """Return a variable for a value of the subject, one for each expression and number."""
    return Variable(f"{subject.value}_{schema.number(node)}_{last}")


def link(schema: Schema, prop: Term, subject: Slot, value: Slot) -> Atom:
    """Return the pattern of a property or of the inverse of one (ObjectInverseOf).

    Raises:
        UnsupportedAxiomError: If the node is no property.
    """
    inverse = schema.values(prop, s.INVERSE_OF) if is_anonymous(prop) else []
    if inverse:
        return link(schema, inverse[0], value, subject)
    if isinstance(prop, NamedNode) and not is_anonymous(prop):
        return Atom(subject, prop, value)
    raise unsupported(schema, "An unnamed property", about=prop, told=tell(schema, prop))


def conditions(schema: Schema, node: Term, subject: Variable) -> tuple[Condition, ...]:
    """Return the ways in which something is known to belong to a class expression.

    Args:
        schema: Where the expression is described.
        node: The class: a name or the node of an expression.
        subject: What belongs to it.

    Raises:
        UnsupportedAxiomError: If the expression may not stand on the left in OWL 2 RL.
    """
    if node == s.NOTHING:
        return ()
    if isinstance(node, NamedNode) and node.value in DATATYPES:
        return (Condition(guards=(Guard(GuardKind.OF_DATATYPE, (subject, node)),)),)
    if is_anonymous(node) and schema.constructor(node) is not None:
        return defining_conditions(schema, node, subject)
    if isinstance(node, NamedNode) and node != s.THING and not is_anonymous(node):
        return (Condition((Atom(subject, s.TYPE, node),)),)
    hint = "Name a class; everything is an owl:Thing, so an axiom about all of it says too much."
    raise unsupported(
        schema, "This class on the left side", about=node, told=tell(schema, node), hint=hint
    )


def defining_conditions(schema: Schema, node: Term, subject: Variable) -> tuple[Condition, ...]:
    """Return the same for the expression that a node carries, be the node named or not."""
    constructor, argument = schema.constructor(node) or (s.NOTHING, s.NOTHING)
    recognise = _LEFT.get(constructor)
    if recognise is None:
        told = tell_expression(schema, node, constructor, argument)
        hint = RL_HINTS.get(constructor, _HINT)
        what = f"{tell(schema, constructor)} on the left side"
        raise unsupported(schema, what, about=node, told=told, hint=hint)
    return recognise(schema, node, argument, subject)


def recognised_by(schema: Schema, node: Term) -> str:
    """Return the name of the rule that recognises members of an expression."""
    constructor, argument = schema.constructor(node) or (s.NOTHING, s.NOTHING)
    if constructor == s.SOME_VALUES_FROM:
        return "cls-svf2" if argument == s.THING else "cls-svf1"
    return _RECOGNISED_BY.get(constructor, "cls")


_RECOGNISED_BY: Final = {
    s.INTERSECTION_OF: "cls-int1",
    s.UNION_OF: "cls-uni",
    s.ONE_OF: "cls-oo",
    s.HAS_VALUE: "cls-hv2",
}


def listed(schema: Schema, node: Term) -> tuple[Term, ...]:
    """Return the members of an axiom that takes a list (owl:members, owl:distinctMembers)."""
    lists = [v for p in (s.MEMBERS, s.DISTINCT_MEMBERS) for v in schema.values(node, p)]
    return tuple(member for one in lists for member in schema.members(one))


def _intersection(
    schema: Schema, _node: Term, argument: Term, subject: Variable
) -> tuple[Condition, ...]:
    """cls-int1."""
    each = [conditions(schema, member, subject) for member in schema.members(argument)]
    return tuple(all_of(choice) for choice in product(*each))


def all_of(parts: tuple[Condition, ...]) -> Condition:
    """Return the conjunction of the conditions."""
    whole = Condition()
    for part in parts:
        whole &= part
    return whole


def _union(schema: Schema, _node: Term, argument: Term, subject: Variable) -> tuple[Condition, ...]:
    """cls-uni."""
    members = schema.members(argument)
    return tuple(way for member in members for way in conditions(schema, member, subject))


def _one_of(
    schema: Schema, _node: Term, argument: Term, subject: Variable
) -> tuple[Condition, ...]:
    """cls-oo."""
    members = tuple(m for m in schema.members(argument) if isinstance(m, NamedNode | Literal))
    return (Condition(guards=(Guard(GuardKind.ONE_OF, (subject, *members)),)),)


def _some(schema: Schema, node: Term, argument: Term, subject: Variable) -> tuple[Condition, ...]:
    """cls-svf1, cls-svf2."""
    value = beside(schema, node, subject)
    found = Condition((link(schema, schema.value(node, s.ON_PROPERTY), subject, value),))
    if argument == s.THING:
        return (found,)
    return tuple(found & way for way in conditions(schema, argument, value))


def _has_value(
    schema: Schema, node: Term, argument: Term, subject: Variable
) -> tuple[Condition, ...]:
    """cls-hv2."""
    atom = link(schema, schema.value(node, s.ON_PROPERTY), subject, constant(argument))
    return () if isinstance(atom.subject, Literal) else (Condition((atom,)),)


def constant(term: Term) -> NamedNode | Literal:
    """Return a term that may be written into a rule.

    Raises:
        UnsupportedAxiomError: For a triple term.
    """
    if isinstance(term, NamedNode | Literal):
        return term
    raise UnsupportedAxiomError(
        f"A triple term cannot be part of an axiom: {term}.",
        where=show(term),
        hint="Name the individual, class or property with an IRI.",
    )


_LEFT: Final[dict[NamedNode, Callable[[Schema, Term, Term, Variable], tuple[Condition, ...]]]] = {
    s.INTERSECTION_OF: _intersection,
    s.UNION_OF: _union,
    s.ONE_OF: _one_of,
    s.SOME_VALUES_FROM: _some,
    s.HAS_VALUE: _has_value,
}

_HINT: Final = "Put the expression on the right of rdfs:subClassOf, or check it in a shape."

"""What the schema entails about itself (scm-*), and the rules of equality (eq-*).

Source: OWL 2 Profiles, tables 9 and 4. The tables reach some conclusions through `C ⊑ C` and
`p ⊑ p`, which are never entailed here; the rules marked "same" stand for those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from neagraph.entailment import schema as s
from neagraph.entailment.expressions import constant
from neagraph.entailment.rules import Atom, ClashCheck, Condition, Guard, GuardKind, Rule
from neagraph.entailment.schema import Schema
from neagraph.entailment.wording import tell
from neagraph.rdf.terms import NamedNode, Variable, show

_A, _B, _C, _P, _Q = (Variable(name) for name in ("a", "b", "c", "p", "q"))
_X, _Y, _Z = (Variable(name) for name in ("x", "y", "z"))
_SUB, _EQ, _SUB_P, _EQ_P = (
    s.SUB_CLASS_OF,
    s.EQUIVALENT_CLASS,
    s.SUB_PROPERTY_OF,
    s.EQUIVALENT_PROPERTY,
)


def _apart(*pair: Variable) -> tuple[Guard, ...]:
    return (Guard(GuardKind.DIFFERENT, pair),) if pair else ()


def _rule(name: str, head: Atom, *body: Atom, apart: tuple[Variable, ...] = ()) -> Rule:
    told = " and ".join(f"{a.subject} {_told(a)} {a.object}" for a in body)
    axiom = f"{told} implies {head.subject} {_told(head)} {head.object}"
    return Rule(name, axiom, (head,), Condition(body, _apart(*apart)), is_schema=True)


def _told(atom: Atom) -> str:
    return show(atom.predicate) if isinstance(atom.predicate, NamedNode) else str(atom.predicate)


def _order(sub: NamedNode, same: NamedNode, names: tuple[str, str, str]) -> Iterator[Rule]:
    """Transitivity of an inclusion, and equivalence as inclusion both ways."""
    transitive, given, found = names
    steps = (Atom(_A, sub, _B), Atom(_B, sub, _C))
    twice = _rule(transitive, Atom(_A, sub, _C), *steps, apart=(_A, _C))
    yield replace(twice, is_transitive=True)
    yield _rule(given, Atom(_A, sub, _B), Atom(_A, same, _B), apart=(_A, _B))
    yield _rule(given, Atom(_B, sub, _A), Atom(_A, same, _B), apart=(_A, _B))
    yield _rule(found, Atom(_A, same, _B), Atom(_A, sub, _B), Atom(_B, sub, _A), apart=(_A, _B))


def _ends(end: NamedNode, names: tuple[str, str]) -> Iterator[Rule]:
    """A domain or range holds for wider classes and narrower properties."""
    wider, narrower = names
    yield _rule(wider, Atom(_P, end, _B), Atom(_P, end, _A), Atom(_A, _SUB, _B))
    yield _rule(narrower, Atom(_P, end, _A), Atom(_P, _SUB_P, _Q), Atom(_Q, end, _A))


def _restrictions(
    kind: NamedNode, names: tuple[str, str], *, turned: bool = False
) -> Iterator[Rule]:
    """Restrictions of one kind, narrower in the filler or in the property."""
    by_filler, by_property = names
    first = (Atom(_A, kind, _X), Atom(_A, s.ON_PROPERTY, _P))
    same_filler = (Atom(_B, kind, _X), Atom(_B, s.ON_PROPERTY, _Q))
    same_property = (Atom(_B, kind, _Y), Atom(_B, s.ON_PROPERTY, _P))
    same = (Atom(_B, kind, _X), Atom(_B, s.ON_PROPERTY, _P))
    head = Atom(_A, _SUB, _B)
    narrower = Atom(_X, _SUB, _Y)
    pair = (_A, _B)
    yield _rule(by_property, head, *first, *same, apart=pair)
    if kind != s.HAS_VALUE:
        yield _rule(by_filler, head, *first, *same_property, narrower, apart=pair)
    turned_head = Atom(_B, _SUB, _A) if turned else head
    sub_property = Atom(_P, _SUB_P, _Q)
    yield _rule(by_property, turned_head, *first, *same_filler, sub_property, apart=pair)


GENERAL: Final = (
    *_order(_SUB, _EQ, ("scm-sco", "scm-eqc1", "scm-eqc2")),
    *_order(_SUB_P, _EQ_P, ("scm-spo", "scm-eqp1", "scm-eqp2")),
    *_ends(s.DOMAIN, ("scm-dom1", "scm-dom2")),
    *_ends(s.RANGE, ("scm-rng1", "scm-rng2")),
    *_restrictions(s.HAS_VALUE, ("scm-hv", "scm-hv")),
    *_restrictions(s.SOME_VALUES_FROM, ("scm-svf1", "scm-svf2")),
    *_restrictions(s.ALL_VALUES_FROM, ("scm-avf1", "scm-avf2"), turned=True),
)
"""The rules of table 9 that are the same for every schema."""


def of_lists(schema: Schema) -> Iterator[Rule]:
    """Yield scm-int and scm-uni for the intersections and unions of a schema."""
    for triple in schema.triples:
        if triple.predicate not in {s.INTERSECTION_OF, s.UNION_OF}:
            continue
        is_union = triple.predicate == s.UNION_OF
        for member in schema.members(triple.object):
            part, whole = (member, triple.subject) if is_union else (triple.subject, member)
            told = f"{tell(schema, part)} is a kind of {tell(schema, whole)}"
            axiom = f"{told} ({show(triple.predicate)})"
            head = Atom(constant(part), _SUB, constant(whole))
            name = "scm-uni" if is_union else "scm-int"
            if isinstance(part, NamedNode):
                yield Rule(name, axiom, (head,), Condition(), is_schema=True)


def equality() -> Iterator[Rule]:
    """Yield the rules of table 4, without eq-ref: no thing is told to be the same as itself."""
    said = Atom(_A, _P, _B)
    not_literal = Guard(GuardKind.RESOURCE, (_Y,))
    rules = (
        ("eq-sym", Atom(_Y, s.SAME_AS, _X), (), (not_literal,)),
        ("eq-trans", Atom(_X, s.SAME_AS, _Z), (Atom(_Y, s.SAME_AS, _Z),), _apart(_X, _Z)),
        ("eq-rep-s", said._replace(subject=_Y), (said._replace(subject=_X),), (not_literal,)),
        (
            "eq-rep-p",
            said._replace(predicate=_Y),
            (said._replace(predicate=_X),),
            (Guard(GuardKind.IRI, (_Y,)),),
        ),
        ("eq-rep-o", said._replace(object=_Y), (said._replace(object=_X),), ()),
    )
    axiom = "what is said of a thing holds under all its names (owl:sameAs)"
    for name, head, more, guards in rules:
        yield Rule(name, axiom, (head,), Condition((Atom(_X, s.SAME_AS, _Y), *more), guards))


def general_checks() -> Iterator[ClashCheck]:
    """Yield eq-diff1 and cls-nothing2, which need no axiom to be checked."""
    axiom = "what is different is not the same (owl:differentFrom)"
    same, other = Atom(_X, s.SAME_AS, _Y), Atom(_X, s.DIFFERENT_FROM, _Y)
    turned = Atom(_Y, s.DIFFERENT_FROM, _X)
    sentence = "{0} and {1} are said to be the same and to be different"
    for atoms in ((same, other), (same, turned)):
        yield ClashCheck("eq-diff1", axiom, sentence, (_X, _Y), Condition(atoms), 2)
    itself = Condition((other._replace(object=_X),))
    yield ClashCheck("eq-diff1", axiom, "{0} is said to be different from itself", (_X,), itself, 1)
    empty = Condition((Atom(_X, s.TYPE, s.NOTHING),))
    axiom = "owl:Nothing has no members"
    yield ClashCheck("cls-nothing2", axiom, "{0} is said to be of owl:Nothing", (_X,), empty, 1)

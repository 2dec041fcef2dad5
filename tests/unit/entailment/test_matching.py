"""Conditions joined from one triple on: what they find, and how little they look at."""

from __future__ import annotations

import pytest

from neagraph.entailment.matching import NO_CONSTANTS, Index, Places, terms_of
from neagraph.entailment.rules import Atom, Condition, Guard, GuardKind
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Variable
from neagraph.vocab import RDFS, XSD

from .reading import quads, triples

X, Y, Z = (Variable(name) for name in "xyz")
P, Q, R = (NamedNode(f"http://example.org/{name}") for name in "pqr")


class Counting(Engine):
    """An engine that counts the triples that it has been asked for."""

    seen = 0

    def matching(self, *terms):
        for quad in super().matching(*terms):
            self.seen += 1
            yield quad


def found(turtle, first, condition, given, *, constants=NO_CONSTANTS):
    """Return what the variables stand for in all solutions that hold a triple."""
    places = Places((first, *condition.atoms), condition.guards, constants)
    engine = Counting(quads(turtle))
    (triple,) = triples(given)
    rows = places.join(first, condition).solutions(engine, terms_of(triple))
    return sorted([tuple(map(str, row)) for row in rows]), engine.seen


def test_rest_of_a_condition_is_joined():
    both = Condition((Atom(X, P, Y), Atom(Y, Q, Z)))
    rows, _ = found(":a :p :b . :b :q :c , :d .", Atom(X, P, Y), both, ":a :p :b .")
    assert [row[2][-2] for row in rows] == ["c", "d"]


@pytest.mark.parametrize(
    ("first", "given"),
    [(Atom(X, P, X), ":a :p :b ."), (Atom(X, P, R), ":a :p :b ."), (Atom(X, Q, Y), ":a :p :b .")],
)
def test_triple_that_the_first_pattern_does_not_match_has_no_solution(first, given):
    assert found(given, first, Condition((first,)), given)[0] == []


def test_variable_that_stands_twice_in_a_pattern_is_one():
    both = Condition((Atom(X, P, Y), Atom(Z, Q, Z)))
    rows, _ = found(":a :p :b ; :q :c . :d :q :d .", Atom(X, P, Y), both, ":a :p :b .")
    assert [row[2] for row in rows] == ["<http://example.org/d>"]


def test_literal_is_no_subject():
    chain = Condition((Atom(X, P, Y), Atom(Y, Q, Z)))
    assert found(':a :p "b" .', Atom(X, P, Y), chain, ':a :p "b" .')[0] == []


def test_patterns_with_one_open_variable_are_looked_up_side_by_side():
    """A thousand things with one value cost nothing where few have the other."""
    many = " ".join(f":n{number} :p :hub ." for number in range(1000))
    key = Condition(
        (Atom(X, P, Y), Atom(X, Q, Z), Atom(Variable("w"), P, Y), Atom(Variable("w"), Q, Z))
    )
    rows, seen = found(
        f"{many} :a :p :hub ; :q 1 . :b :p :hub ; :q 1 .", Atom(X, P, Y), key, ":a :p :hub ."
    )
    assert len(rows) == 2
    assert seen < 20


def test_constant_stands_for_what_the_dataset_has_in_its_place():
    (quad,) = quads("_:b :p :c .")
    first, condition = Atom(X, P, Y), Condition((Atom(X, P, Y), Atom(R, P, Y)))
    places = Places(condition.atoms, (), {R: quad.subject})
    engine = Engine([quad, Quad(Q, P, quad.object)])
    (row,) = places.join(first, condition).solutions(engine, (Q, P, quad.object))
    assert row == [Q, quad.object]


def literal(value, datatype="string"):
    return Literal(value, datatype=NamedNode(XSD + datatype))


GUARDS = [
    (GuardKind.ONE_OF, (P, P, Q), True),
    (GuardKind.ONE_OF, (R, P, Q), False),
    (GuardKind.DIFFERENT, (P, Q), True),
    (GuardKind.DIFFERENT, (literal("1", "integer"), literal("1.0", "decimal")), True),
    (GuardKind.UNEQUAL, (P, P), False),
    (GuardKind.UNEQUAL, (P, literal("p")), True),
    (GuardKind.UNEQUAL, (literal("1", "integer"), literal("1.0", "decimal")), False),
    (GuardKind.UNEQUAL, (literal("1", "integer"), literal("2", "integer")), True),
    (GuardKind.UNEQUAL, (literal("1", "integer"), literal("x", "date")), True),
    (GuardKind.LITERALS, (literal("a"), literal("b")), True),
    (GuardKind.LITERALS, (literal("a"), P), False),
    (GuardKind.RESOURCE, (BlankNode("b"),), True),
    (GuardKind.RESOURCE, (literal("a"),), False),
    (GuardKind.IRI, (P,), True),
    (GuardKind.IRI, (BlankNode("b"),), False),
    *(
        case
        for value, datatype, asked, inside in [
            ("1", "integer", "integer", True),
            ("1", "integer", "decimal", True),
            ("128", "integer", "byte", False),
            ("127", "integer", "byte", True),
            ("1.0", "decimal", "integer", True),
            ("1.5", "decimal", "integer", False),
            ("one", "integer", "integer", False),
            ("a", "string", "token", True),
            ("a", "string", "date", False),
            ("2020-10-12", "date", "date", True),
        ]
        for case in (
            (GuardKind.OF_DATATYPE, (literal(value, datatype), NamedNode(XSD + asked)), inside),
            (
                GuardKind.NOT_OF_DATATYPE,
                (literal(value, datatype), NamedNode(XSD + asked)),
                not inside,
            ),
        )
    ),
    (GuardKind.OF_DATATYPE, (P, NamedNode(XSD + "integer")), False),
    (GuardKind.NOT_OF_DATATYPE, (P, NamedNode(XSD + "integer")), False),
    (GuardKind.OF_DATATYPE, (literal("a"), NamedNode(RDFS + "Literal")), True),
]


@pytest.mark.parametrize(("kind", "terms", "expected"), GUARDS)
def test_guard_says_what_the_engine_says(kind, terms, expected):
    slots = (X, Y)[: len(terms)] if kind is not GuardKind.ONE_OF else (X, *terms[1:])
    given = terms if kind is not GuardKind.ONE_OF else terms[:1]
    if kind in {GuardKind.OF_DATATYPE, GuardKind.NOT_OF_DATATYPE}:
        slots, given = (X, terms[1]), terms[:1]
    guard, atoms = Guard(kind, slots), (Atom(P, P, X), Atom(P, Q, Y))
    condition = Condition(atoms[: len(given)], (guard,))
    engine = Engine(Quad(P, p, term) for p, term in zip((P, Q), given, strict=False))
    join = Places(condition.atoms, condition.guards, NO_CONSTANTS).join(atoms[0], condition)
    (start,) = (quad for quad in engine.matching(P, P))
    assert bool(list(join.solutions(engine, terms_of(start)))) is expected
    assert engine.ask(f"ASK {{ {condition} }}") is expected


def test_index_finds_what_may_match_in_its_own_order():
    type_ = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    index = Index([
        (Atom(X, type_, P), "members of p"),
        (Atom(X, Y, Z), "anything"),
        (Atom(X, type_, Y), "members"),
        (Atom(X, Q, Y), "q"),
    ])  # fmt: skip
    assert index.of((R, type_, P)) == ("members of p", "anything", "members")
    assert index.of((R, type_, Q)) == ("anything", "members")
    assert index.of((R, Q, P)) == ("anything", "q")
    assert index.of((R, P, P)) == ("anything",)

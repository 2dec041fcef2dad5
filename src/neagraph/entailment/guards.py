"""Guards decided in Python for terms that are known; comparing values is left to the engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from neagraph.entailment.datatypes import is_surely_of_datatype
from neagraph.entailment.rules import Guard, GuardKind
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import Literal, NamedNode, Term, Variable


def _unequal(terms: list[Term]) -> bool:
    first, second = terms
    if first == second:
        return False
    both = isinstance(first, Literal) and isinstance(second, Literal)
    return not both or _asked(GuardKind.UNEQUAL, first, second)


def _outside_datatype(terms: list[Term]) -> bool:
    literal, datatype = terms
    if not isinstance(literal, Literal) or _is_surely_of(literal, datatype):
        return False
    return _asked(GuardKind.NOT_OF_DATATYPE, literal, datatype)


def _of_datatype(terms: list[Term]) -> bool:
    literal, datatype = terms
    if not isinstance(literal, Literal):
        return False
    return _is_surely_of(literal, datatype) or _asked(GuardKind.OF_DATATYPE, literal, datatype)


def _is_surely_of(literal: Literal, datatype: Term) -> bool:
    iri = datatype.value if isinstance(datatype, NamedNode) else ""
    return is_surely_of_datatype(literal.value, literal.datatype.value, iri)


@lru_cache(maxsize=4096)
def _asked(kind: GuardKind, first: Term, second: Term) -> bool:
    """Return what the engine says: comparing values is its business."""
    value = Variable("value")
    guard = Guard(kind, (value, second)) if isinstance(second, NamedNode | Literal) else ""
    return Engine().ask(f"ASK {{ VALUES {value} {{ {first} }} {guard} }}")


def _is_literal(term: Term) -> bool:
    return isinstance(term, Literal)


TESTS: Final[dict[GuardKind, Callable[[list[Term]], bool]]] = {
    GuardKind.ONE_OF: lambda terms: terms[0] in terms[1:],
    GuardKind.DIFFERENT: lambda terms: terms[0] != terms[1],
    GuardKind.UNEQUAL: _unequal,
    GuardKind.LITERALS: lambda terms: all(map(_is_literal, terms)),
    GuardKind.RESOURCE: lambda terms: not _is_literal(terms[0]),
    GuardKind.IRI: lambda terms: isinstance(terms[0], NamedNode),
    GuardKind.OF_DATATYPE: _of_datatype,
    GuardKind.NOT_OF_DATATYPE: _outside_datatype,
}
"""Kind of a guard → whether it holds for the terms in its slots, as the engine has it."""

"""Tests of one value node that need no query, because its term shows it.

Source: W3C SHACL (2017), sections 4.1 to 4.4 and 4.8.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from operator import ge, gt, le, lt
from typing import Final

from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple
from neagraph.validation.shapes import Constraint
from neagraph.vocab import RDF, SH, XSD

Answer = bool | None
"""Whether something holds; None if that is left to the query."""

_CLASS: Final = r"\[(?:[A-Za-z0-9](?:-[A-Za-z0-9])?)+\]"
_PIECE: Final = rf"(?:[A-Za-z0-9]|{_CLASS})(?:[+*]|\{{[0-9]+\}})?"
_GROUP: Final = rf"\([-/](?:{_PIECE})+\)\*|\([a-z|]+\)"
# Python and the engine read these alike, and no text makes them slow: a group that repeats begins
# with a character that nothing else in it matches.
_ALIKE: Final = re.compile(rf"\^(?:[-/:#_]|\\\.|{_PIECE}|{_GROUP})*\$?")
_PLAIN_FORMS: Final = {
    XSD + "string": re.compile(""),
    RDF + "langString": re.compile(""),
    XSD + "boolean": re.compile(r"(?:true|false)\Z"),
    XSD + "integer": re.compile(r"-?[0-9]{1,15}\Z"),
    XSD + "decimal": re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?\Z"),
    XSD + "date": re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])\Z"),
}
"""Datatype → forms that are surely well-formed."""
_NUMBERS: Final = frozenset({XSD + "integer", XSD + "decimal"})
_COMPARISONS: Final = {
    "minExclusive": gt,
    "minInclusive": ge,
    "maxExclusive": lt,
    "maxInclusive": le,
}
_NODE_KINDS: Final[dict[str, tuple[type[Term], ...]]] = {
    "BlankNode": (BlankNode,),
    "IRI": (NamedNode,),
    "Literal": (Literal,),
    "BlankNodeOrIRI": (BlankNode, NamedNode),
    "BlankNodeOrLiteral": (BlankNode, Literal),
    "IRIOrLiteral": (NamedNode, Literal),
}


def _in(constraint: Constraint, value: Term) -> Answer:
    if value in constraint.values:
        return True
    return False if isinstance(value, NamedNode) else None


def _node_kind(constraint: Constraint, value: Term) -> Answer:
    assert isinstance(constraint.value, NamedNode)  # noqa: S101  so says the table of parameters
    kinds = _NODE_KINDS[constraint.value.value.removeprefix(SH)]
    return None if isinstance(value, Triple) else isinstance(value, kinds)


def _datatype(constraint: Constraint, value: Term) -> Answer:
    if not isinstance(value, Literal):
        return False
    return True if value.datatype == constraint.value and _is_plain(value) else None


def _is_plain(value: Literal) -> bool:
    form = _PLAIN_FORMS.get(value.datatype.value)
    return form is not None and form.match(value.value) is not None


def _comparison(constraint: Constraint, value: Term) -> Answer:
    limit, given = _number(constraint.value), _number(value)
    if limit is None or given is None:
        return None
    return bool(_COMPARISONS[constraint.name](given, limit))


def _number(term: Term | None) -> Decimal | None:
    if isinstance(term, Literal) and term.datatype.value in _NUMBERS and _is_plain(term):
        return Decimal(term.value)
    return None


def _pattern(constraint: Constraint, value: Term) -> Answer:
    if constraint.values or not isinstance(constraint.value, Literal):
        return None
    expression = _read_alike(constraint.value.value)
    if expression is None or not isinstance(value, NamedNode | Literal):
        return None
    return expression.match(value.value) is not None


@cache
def _read_alike(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern that Python and the engine read alike; None for others."""
    if not _ALIKE.fullmatch(pattern):
        return None
    ended = pattern.endswith("$")
    return re.compile(pattern[:-1] + r"\Z" if ended else pattern)


PLAIN_TESTS: Final[dict[str, Callable[[Constraint, Term], Answer]]] = {
    "in": _in,
    "nodeKind": _node_kind,
    "datatype": _datatype,
    "pattern": _pattern,
    **dict.fromkeys(_COMPARISONS, _comparison),
}
"""Name of a constraint → whether a value is right."""

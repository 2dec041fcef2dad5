"""Tests of one value node, as SPARQL expressions.

Each is true or false and never an error: a comparison that cannot be made is false.

Source: W3C SHACL (2017), sections 4.1 and 4.3 to 4.8.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from neagraph.rdf.terms import NamedNode
from neagraph.validation.shapes import Constraint
from neagraph.validation.violations import Context, exists, joined, number_of, value_of
from neagraph.vocab import SH

_COMPARISONS: Final = {
    "minExclusive": ">",
    "minInclusive": ">=",
    "maxExclusive": "<",
    "maxInclusive": "<=",
}
_NODE_KINDS: Final = {
    "BlankNode": "isBlank({0})",
    "IRI": "isIRI({0})",
    "Literal": "isLiteral({0})",
    "BlankNodeOrIRI": "!isLiteral({0})",
    "BlankNodeOrLiteral": "!isIRI({0})",
    "IRIOrLiteral": "!isBlank({0})",
}


def _class(context: Context, constraint: Constraint, value: str) -> str:
    return exists([context.dialect.instance_of(value, value_of(constraint), context.fresh())])


def _datatype(context: Context, constraint: Constraint, value: str) -> str:
    return context.dialect.of_datatype(value, _iri(constraint))


def _node_kind(_: Context, constraint: Constraint, value: str) -> str:
    return _NODE_KINDS[_iri(constraint).value.removeprefix(SH)].format(value)


def _iri(constraint: Constraint) -> NamedNode:
    assert isinstance(constraint.value, NamedNode)  # noqa: S101  so says the table of parameters
    return constraint.value


def _comparison(context: Context, constraint: Constraint, value: str) -> str:
    operator = _COMPARISONS[constraint.name]
    return f"COALESCE({context.dialect.value(value)} {operator} {constraint.value}, false)"


def _length(_: Context, constraint: Constraint, value: str) -> str:
    operator = ">=" if constraint.name == "minLength" else "<="
    return f"(!isBlank({value}) && STRLEN(STR({value})) {operator} {number_of(constraint)})"


def _pattern(_: Context, constraint: Constraint, value: str) -> str:
    arguments = ", ".join(map(str, (f"STR({value})", constraint.value, *constraint.values)))
    return f"(!isBlank({value}) && COALESCE(REGEX({arguments}), false))"


def _language_in(_: Context, constraint: Constraint, value: str) -> str:
    ranges = [f"LANGMATCHES(LANG({value}), {range_})" for range_ in constraint.values]
    return f"COALESCE({joined('||', ranges or ['false'])}, false)"


def _in(context: Context, constraint: Constraint, value: str) -> str:
    if all(isinstance(term, NamedNode) for term in constraint.values):
        return f"{value} IN ({context.dialect.terms(constraint.values)})"
    terms = [context.dialect.term(term) for term in constraint.values]
    return joined("||", [f"sameTerm({value}, {term})" for term in terms] or ["false"])


def _not(context: Context, constraint: Constraint, value: str) -> str:
    return f"!{context.conforms(value_of(constraint), value)}"


def _node(context: Context, constraint: Constraint, value: str) -> str:
    return context.conforms(value_of(constraint), value)


def _and(context: Context, constraint: Constraint, value: str) -> str:
    return joined("&&", _each(context, constraint, value))


def _or(context: Context, constraint: Constraint, value: str) -> str:
    return joined("||", _each(context, constraint, value))


def _xone(context: Context, constraint: Constraint, value: str) -> str:
    ones = [f"IF({test}, 1, 0)" for test in _each(context, constraint, value)]
    return f"({joined('+', ones)} = 1)"


def _each(context: Context, constraint: Constraint, value: str) -> list[str]:
    return [context.conforms(node, value) for node in constraint.values]


VALUE_TESTS: Final[dict[str, Callable[[Context, Constraint, str], str]]] = {
    "class": _class,
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "minExclusive": _comparison,
    "minInclusive": _comparison,
    "maxExclusive": _comparison,
    "maxInclusive": _comparison,
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "languageIn": _language_in,
    "in": _in,
    "not": _not,
    "node": _node,
    "and": _and,
    "or": _or,
    "xone": _xone,
}
"""Name of a constraint → the expression that a value fulfils if it is right."""

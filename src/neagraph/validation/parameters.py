"""The parameters of SHACL's own constraint components: what they are called and may hold.

Source: W3C SHACL (2017), section 4; the syntax rules are those of its shapes graph for shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term
from neagraph.vocab import RDF, SH, XSD

_INTEGERS: Final = frozenset(
    XSD + name
    for name in (
        "integer", "nonNegativeInteger", "positiveInteger", "int", "long", "short", "byte",
        "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_NODE_KINDS: Final = frozenset(
    SH + name
    for name in (
        "BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral",
    )
)  # fmt: skip
_BOOLEANS: Final = frozenset({"true", "1", "false", "0"})


def is_true(term: Term | None) -> bool:
    """Return whether a term is `true`; SHACL asks for this term, not for this value."""
    return isinstance(term, Literal) and _is_boolean(term) and term.value == "true"


def _is_iri(term: Term) -> bool:
    return isinstance(term, NamedNode)


def _is_literal(term: Term) -> bool:
    return isinstance(term, Literal)


def _is_string(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype.value == XSD + "string"


def _is_text(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype.value in {XSD + "string", RDF + "langString"}


def _is_boolean(term: Term) -> bool:
    datatype = XSD + "boolean"
    if not isinstance(term, Literal) or term.datatype.value != datatype:
        return False
    return term.value in _BOOLEANS


def _is_count(term: Term) -> bool:
    if not isinstance(term, Literal) or term.datatype.value not in _INTEGERS:
        return False
    digits = term.value.removeprefix("+")
    return digits.isascii() and digits.isdigit()


def _is_node_kind(term: Term) -> bool:
    return isinstance(term, NamedNode) and term.value in _NODE_KINDS


def _is_node(term: Term) -> bool:
    return isinstance(term, NamedNode | BlankNode)


def _is_anything(_: Term) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter may hold.

    Args:
        what: Its values in words.
        accepts: Whether a value is one of them.
        component: Local name of the component that it declares; empty if it only adds to one.
        single: Whether a shape has it once at most.
        needs_path: Whether only property shapes have it. Qualified value shapes are not among
            these: on node shapes they say nothing.
    """

    what: str
    accepts: Callable[[Term], bool]
    component: str = ""
    single: bool = True
    needs_path: bool = False


_LITERAL = ("a literal", _is_literal)
_COUNT = ("a whole number from 0 upwards, such as 1", _is_count)
_IRI = ("an IRI", _is_iri)
_SHAPE = ("a shape", _is_node)
_LIST = ("an RDF list", _is_node)
_BOOLEAN = ("true or false", _is_boolean)
_STRING = ("a plain string", _is_string)

PARAMETERS: Final[dict[str, Parameter]] = {
    "class": Parameter(*_IRI, "Class", single=False),
    "datatype": Parameter(*_IRI, "Datatype"),
    "nodeKind": Parameter("one of the six node kinds, such as sh:IRI", _is_node_kind, "NodeKind"),
    "minCount": Parameter(*_COUNT, "MinCount", needs_path=True),
    "maxCount": Parameter(*_COUNT, "MaxCount", needs_path=True),
    "minExclusive": Parameter(*_LITERAL, "MinExclusive"),
    "minInclusive": Parameter(*_LITERAL, "MinInclusive"),
    "maxExclusive": Parameter(*_LITERAL, "MaxExclusive"),
    "maxInclusive": Parameter(*_LITERAL, "MaxInclusive"),
    "minLength": Parameter(*_COUNT, "MinLength"),
    "maxLength": Parameter(*_COUNT, "MaxLength"),
    "pattern": Parameter(*_STRING, "Pattern", single=False),
    "flags": Parameter(*_STRING),
    "languageIn": Parameter(*_LIST, "LanguageIn"),
    "uniqueLang": Parameter(*_BOOLEAN, "UniqueLang", needs_path=True),
    "equals": Parameter(*_IRI, "Equals", single=False),
    "disjoint": Parameter(*_IRI, "Disjoint", single=False),
    "lessThan": Parameter(*_IRI, "LessThan", single=False, needs_path=True),
    "lessThanOrEquals": Parameter(*_IRI, "LessThanOrEquals", single=False, needs_path=True),
    "not": Parameter(*_SHAPE, "Not", single=False),
    "and": Parameter(*_LIST, "And", single=False),
    "or": Parameter(*_LIST, "Or", single=False),
    "xone": Parameter(*_LIST, "Xone", single=False),
    "node": Parameter(*_SHAPE, "Node", single=False),
    "property": Parameter(*_SHAPE, single=False),
    "qualifiedValueShape": Parameter(*_SHAPE, single=False),
    "qualifiedMinCount": Parameter(*_COUNT, "QualifiedMinCount"),
    "qualifiedMaxCount": Parameter(*_COUNT, "QualifiedMaxCount"),
    "qualifiedValueShapesDisjoint": Parameter(*_BOOLEAN),
    "closed": Parameter(*_BOOLEAN, "Closed"),
    "ignoredProperties": Parameter(*_LIST),
    "hasValue": Parameter("a term", _is_anything, "HasValue", single=False),
    "in": Parameter(*_LIST, "In"),
    "sparql": Parameter("a SPARQL constraint", _is_node, "SPARQL", single=False),
    "path": Parameter("a property path", _is_node),
    "severity": Parameter(*_IRI),
    "message": Parameter("a string", _is_text, single=False),
    "deactivated": Parameter(*_BOOLEAN),
    "targetClass": Parameter(*_IRI, single=False),
    "targetSubjectsOf": Parameter(*_IRI, single=False),
    "targetObjectsOf": Parameter(*_IRI, single=False),
    "targetNode": Parameter("an IRI or a literal", _is_anything, single=False),
}
"""Local name of a term of SHACL that stands on shapes → what it may hold."""

_FOR_READERS: Final = frozenset(
    ["name", "description", "order", "group", "defaultValue", "prefixes", "declare", "ask",
     "select", "entailment", "shapesGraph", "suggestedShapesGraph"]
)  # fmt: skip
_CHECKED_NOWHERE: Final = frozenset(
    ["target", "js", "expression", "rule", "filterShape", "values", "condition"]
)


def unknown_term(iri: str) -> str:
    """Return what to say of a term of SHACL that no shape can have; empty if shapes can."""
    name = iri.removeprefix(SH)
    if name in PARAMETERS or name in _FOR_READERS:
        return ""
    if name in _CHECKED_NOWHERE:
        return f"sh:{name} belongs to an extension of SHACL that is not known here"
    near = get_close_matches(name, PARAMETERS, n=1)
    meant = f"; perhaps sh:{near[0]} is meant" if near else ""
    return f"there is no sh:{name} for shapes{meant}"

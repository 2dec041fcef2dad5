"""Axioms and class expressions in words, for rules, clash sentences and error messages."""

from __future__ import annotations

from typing import Final

from neagraph.entailment import schema as s
from neagraph.entailment.schema import Schema, is_anonymous, owl
from neagraph.errors import UnsupportedAxiomError
from neagraph.rdf.terms import Literal, NamedNode, Term, show


def tell(schema: Schema, node: Term) -> str:
    """Return a class or property expression in the manner of the Manchester syntax."""
    if not is_anonymous(node):
        return show(node)
    inverse = schema.values(node, s.INVERSE_OF)
    if inverse:
        return f"inverse of {tell(schema, inverse[0])}"
    made = schema.constructor(node)
    return show(node) if made is None else tell_expression(schema, node, *made)


def tell_expression(schema: Schema, node: Term, constructor: NamedNode, argument: Term) -> str:
    """Return the class expression that a constructor and its argument make of a node."""
    if constructor in _JOINED:
        parts = (tell(schema, member) for member in schema.members(argument))
        return f"({_JOINED[constructor].join(parts)})"
    if constructor == s.COMPLEMENT_OF:
        return f"not {tell(schema, argument)}"
    properties = ", ".join(tell(schema, p) for p in schema.values(node, s.ON_PROPERTY))
    word = _WORDS.get(constructor, show(constructor))
    filler = argument.value if isinstance(argument, Literal) else tell(schema, argument)
    qualified = "".join(f" {tell(schema, c)}" for c in schema.values(node, s.ON_CLASS))
    told = f"{properties} {word} {filler}{qualified}"
    return f"({told.strip()})"


_JOINED: Final = {s.INTERSECTION_OF: " and ", s.UNION_OF: " or ", s.ONE_OF: ", "}
_WORDS: Final = {
    s.SOME_VALUES_FROM: "some",
    s.ALL_VALUES_FROM: "only",
    s.HAS_VALUE: "value",
    s.MAX_CARDINALITY: "max",
    s.MAX_QUALIFIED_CARDINALITY: "max",
    owl("minCardinality"): "min",
    owl("minQualifiedCardinality"): "min",
    owl("cardinality"): "exactly",
    owl("qualifiedCardinality"): "exactly",
}


def stated(schema: Schema, subject: Term, words: str, value: Term, axiom: NamedNode) -> str:
    """Return the sentence of an axiom that relates two expressions, its term in brackets."""
    return f"{tell(schema, subject)} {words} {tell(schema, value)} ({show(axiom)})"


def unsupported(
    schema: Schema, what: str, *, about: Term, told: str, hint: str = ""
) -> UnsupportedAxiomError:
    """Return the error for an axiom outside OWL 2 RL.

    Args:
        schema: Where the axiom stands.
        what: The construct and its place, such as `owl:unionOf on the right side`.
        about: The class or property that the axiom is about.
        told: The axiom or class expression in words.
        hint: What to do instead.
    """
    return UnsupportedAxiomError(
        f"{what} is outside the OWL 2 RL rules: {told}.",
        where=schema.place(about),
        hint=hint or "Remove the axiom; what data must have is said in a SHACL shape.",
    )


RL_HINTS: Final = {
    s.SOME_VALUES_FROM: "Only the left side may say that a value exists; to ask for one in the "
    "data, write a SHACL shape with sh:minCount.",
    s.UNION_OF: "Only the left side may hold a choice; to check one in the data, write a SHACL "
    "shape with sh:or.",
    s.ONE_OF: "Only the left side may list individuals; to allow no others, write a SHACL shape "
    "with sh:in.",
    **dict.fromkeys(
        (
            owl("minCardinality"),
            owl("cardinality"),
            owl("minQualifiedCardinality"),
            owl("qualifiedCardinality"),
        ),
        "Cardinalities are said in a SHACL shape with sh:minCount and sh:maxCount.",
    ),
    owl("hasSelf"): "Write the triples that are meant; to ask for them, write a SHACL shape.",
    **dict.fromkeys(
        (owl("onDatatype"), owl("datatypeComplementOf")),
        "Ranges of values are said in a SHACL shape, such as sh:minInclusive or sh:pattern.",
    ),
}
"""What to do instead of an expression on a side where OWL 2 RL has no rule for it."""

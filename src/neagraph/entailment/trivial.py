"""Triples that follow from any data or say nothing, and are never part of an entailment.

One function for each kind; the list at the end is complete. Both the compiled rules and the
referee leave out exactly these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from neagraph import vocab
from neagraph.entailment import schema as s
from neagraph.entailment.datatypes import DATATYPES
from neagraph.entailment.rules import Slot
from neagraph.entailment.schema import owl, rdfs
from neagraph.rdf.terms import NamedNode, Term, Triple, Variable


def is_reflexive(triple: Triple) -> bool:
    """`x P x` for owl:sameAs, subClassOf, subPropertyOf, equivalentClass, equivalentProperty."""
    return triple.predicate in _REFLEXIVE and triple.subject == triple.object


def may_be_reflexive(predicate: Slot) -> bool:
    """Return whether triples with this predicate can be of that kind; a variable stands for any."""
    return predicate in _REFLEXIVE or isinstance(predicate, Variable)


def is_membership_of_everything(triple: Triple) -> bool:
    """`x rdf:type owl:Thing` and `x rdf:type rdfs:Resource`."""
    return triple.predicate == s.TYPE and triple.object in _EVERYTHING


def is_under_everything(triple: Triple) -> bool:
    """`C rdfs:subClassOf owl:Thing`, and owl:Thing as rdfs:domain or rdfs:range."""
    return triple.object == s.THING and triple.predicate in _UNDER_EVERYTHING


def is_over_nothing(triple: Triple) -> bool:
    """`owl:Nothing rdfs:subClassOf C`."""
    return triple.subject == s.NOTHING and triple.predicate == s.SUB_CLASS_OF


def is_declaration(triple: Triple) -> bool:
    """`x rdf:type` a class of the RDF, RDFS or OWL vocabulary that declares what a term is."""
    return triple.predicate == s.TYPE and triple.object in _DECLARING


def is_datatype_membership(triple: Triple) -> bool:
    """`x rdf:type` a datatype, be x a resource or a literal."""
    value = triple.object
    return triple.predicate == s.TYPE and isinstance(value, NamedNode) and value.value in DATATYPES


def is_axiomatic(triple: Triple) -> bool:
    """A triple about terms of RDF, RDFS, OWL or XML Schema alone, with a predicate of these."""
    return all(
        isinstance(term, NamedNode) and term.value.startswith(_VOCABULARIES)
        for term in (triple.subject, triple.object)
    )


KINDS: Final[tuple[Callable[[Triple], bool], ...]] = (
    is_reflexive,
    is_membership_of_everything,
    is_under_everything,
    is_over_nothing,
    is_declaration,
    is_datatype_membership,
    is_axiomatic,
)
"""The kinds of trivial triples that can be told from the triple alone.

Another kind is told from the data: triples that mention the anonymous node of a class
expression, a list or an axiom (`worth_telling`). Triples with a literal as subject are not RDF
and cannot even be written down here; the referee drops its own where it reads them.
"""


def worth_telling(triples: Iterable[Triple], *, structure: frozenset[Term]) -> list[Triple]:
    """Return the triples that are of no trivial kind.

    Args:
        triples: What was entailed.
        structure: The anonymous nodes that only hold axioms together (`Schema.structure`).
    """
    return [
        triple
        for triple in triples
        if triple.subject not in structure
        and triple.object not in structure
        and not (
            may_be_trivial(triple.predicate, triple.object)
            and any(is_kind(triple) for is_kind in KINDS)
        )
    ]


def may_be_trivial(predicate: Slot, value: Slot | Term) -> bool:
    """Return whether the kinds need to be looked at: for most triples they need not."""
    if predicate == s.TYPE:
        return isinstance(value, NamedNode) and value.value.startswith(_VOCABULARIES)
    return predicate in _PREDICATES


_REFLEXIVE: Final = frozenset(
    {s.SAME_AS, s.SUB_CLASS_OF, s.SUB_PROPERTY_OF, s.EQUIVALENT_CLASS, s.EQUIVALENT_PROPERTY}
)
_EVERYTHING: Final = frozenset({s.THING, rdfs("Resource")})
_UNDER_EVERYTHING: Final = frozenset({s.SUB_CLASS_OF, s.DOMAIN, s.RANGE})
_DECLARING: Final = frozenset(
    {
        *(rdfs(name) for name in ("Class", "Datatype", "Literal")),
        NamedNode(vocab.RDF + "Property"),
        *(owl(name) for name in ("Class", "Restriction", "DataRange", "NamedIndividual")),
        *(owl(name) for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    }
)
_PREDICATES: Final = frozenset({*_REFLEXIVE, *_UNDER_EVERYTHING, owl("disjointWith")})
_VOCABULARIES: Final = (vocab.RDF, vocab.RDFS, vocab.OWL, vocab.XSD)

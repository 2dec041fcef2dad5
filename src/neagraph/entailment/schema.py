"""The schema part of a graph: what belongs to it, how it is read, and how it is told to people.

Blank nodes are handled as IRIs of the form that RDF 1.1 Concepts, 3.5 gives for this
(`…/.well-known/genid/…`), so that a rule can name them; `Names.restored` turns them back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from neagraph import vocab
from neagraph.entailment.rules import Identity
from neagraph.errors import UnsupportedAxiomError
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple, show

_GENID: Final = "/.well-known/genid/"


def owl(name: str) -> NamedNode:
    """Return the term of the OWL vocabulary."""
    return NamedNode(vocab.OWL + name)


def rdfs(name: str) -> NamedNode:
    """Return the term of the RDF Schema vocabulary."""
    return NamedNode(vocab.RDFS + name)


TYPE: Final = NamedNode(vocab.RDF_TYPE)
FIRST: Final = NamedNode(vocab.RDF + "first")
REST: Final = NamedNode(vocab.RDF + "rest")
NIL: Final = NamedNode(vocab.RDF + "nil")
THING: Final = owl("Thing")
NOTHING: Final = owl("Nothing")
SAME_AS: Final = owl("sameAs")
DIFFERENT_FROM: Final = owl("differentFrom")
SUB_CLASS_OF: Final = rdfs("subClassOf")
SUB_PROPERTY_OF: Final = rdfs("subPropertyOf")
DATATYPE: Final = rdfs("Datatype")
DOMAIN: Final = rdfs("domain")
RANGE: Final = rdfs("range")
EQUIVALENT_CLASS: Final = owl("equivalentClass")
EQUIVALENT_PROPERTY: Final = owl("equivalentProperty")
INVERSE_OF: Final = owl("inverseOf")
ON_PROPERTY: Final = owl("onProperty")
ON_CLASS: Final = owl("onClass")
INTERSECTION_OF: Final = owl("intersectionOf")
UNION_OF: Final = owl("unionOf")
COMPLEMENT_OF: Final = owl("complementOf")
ONE_OF: Final = owl("oneOf")
SOME_VALUES_FROM: Final = owl("someValuesFrom")
ALL_VALUES_FROM: Final = owl("allValuesFrom")
HAS_VALUE: Final = owl("hasValue")
MAX_CARDINALITY: Final = owl("maxCardinality")
MAX_QUALIFIED_CARDINALITY: Final = owl("maxQualifiedCardinality")
MEMBERS: Final = owl("members")
DISTINCT_MEMBERS: Final = owl("distinctMembers")

RDFS_AXIOMS: Final = (SUB_CLASS_OF, SUB_PROPERTY_OF, DOMAIN, RANGE)

CONSTRUCTORS: Final = (
    *(INTERSECTION_OF, UNION_OF, COMPLEMENT_OF, ONE_OF, SOME_VALUES_FROM, ALL_VALUES_FROM),
    *(HAS_VALUE, MAX_CARDINALITY, MAX_QUALIFIED_CARDINALITY),
    *(owl("hasSelf"), owl("minCardinality"), owl("cardinality"), owl("minQualifiedCardinality")),
    *(owl("qualifiedCardinality"), owl("onDatatype"), owl("datatypeComplementOf")),
)
"""Properties that make a class expression of their subject; the last rows are outside OWL 2 RL."""


def is_schema(triple: Triple) -> bool:
    """Return whether the triple can be part of an axiom.

    Lists are, and so is membership in a class expression; owl:sameAs and owl:differentFrom are
    not, being statements about individuals.
    """
    if triple.predicate == TYPE:
        return is_axiom_type(triple.object)
    return is_axiom_predicate(triple.predicate)


def is_axiom_predicate(predicate: Term | None) -> bool:
    """Return whether a triple with this predicate, other than rdf:type, can be part of an axiom."""
    if not isinstance(predicate, NamedNode) or predicate in _ABOUT_INDIVIDUALS:
        return False
    return predicate in _RDF_SCHEMA or predicate.value.startswith(vocab.OWL)


def is_axiom_type(value: Term | None) -> bool:
    """Return whether membership in this class can be part of an axiom."""
    if value is None or value in _TYPES_OF_INDIVIDUALS:
        return False
    vocabulary = isinstance(value, NamedNode) and value.value.startswith(vocab.OWL)
    return vocabulary or value == DATATYPE or is_anonymous(value)


_WIDER: Final = (SUB_CLASS_OF, SUB_PROPERTY_OF, EQUIVALENT_CLASS)
_RDF_SCHEMA: Final = frozenset({*RDFS_AXIOMS, FIRST, REST})
_ABOUT_INDIVIDUALS: Final = frozenset({SAME_AS, DIFFERENT_FROM})
_TYPES_OF_INDIVIDUALS: Final = frozenset({THING, NOTHING, owl("NamedIndividual")})


def is_anonymous(node: Term) -> bool:
    """Return whether the node is a blank node or an IRI that stands for one."""
    return isinstance(node, BlankNode) or (isinstance(node, NamedNode) and _GENID in node.value)


def in_order(term: Term) -> str:
    """Return what terms are sorted by: a blank node and its IRI stand in the same place."""
    told = str(term)
    return f"_:{told.partition(_GENID)[2][:-1]}" if _GENID in told else told


class Names:
    """Blank nodes and the IRIs that stand for them during entailment."""

    def __init__(self) -> None:
        self._blank: dict[NamedNode, BlankNode] = {}

    def named(self, triple: Triple) -> Triple:
        """Return the triple with IRIs in place of blank nodes."""
        subject, value = triple.subject, triple.object
        if not isinstance(subject, BlankNode) and not isinstance(value, BlankNode):
            return triple
        return Triple(
            self._iri(subject) if isinstance(subject, BlankNode) else subject,
            triple.predicate,
            self._iri(value) if isinstance(value, BlankNode) else value,
        )

    def restored(self, triple: Triple) -> Triple:
        """Return the triple with its blank nodes back."""
        subject, value = triple.subject, triple.object
        if subject not in self._blank and value not in self._blank:
            return triple
        return Triple(
            self._blank.get(subject, subject) if isinstance(subject, NamedNode) else subject,
            triple.predicate,
            self.node(value),
        )

    def node(self, term: Term) -> Term:
        """Return the blank node that an IRI stands for, or the term itself."""
        return self._blank.get(term, term) if isinstance(term, NamedNode) else term

    def blank_nodes(self) -> dict[Term, Term]:
        """Return the IRIs that have been given, each with the blank node that it stands for."""
        return {iri: node for iri, node in self._blank.items()}  # noqa: C416  a copy of a wider type

    def _iri(self, term: BlankNode) -> NamedNode:
        iri = NamedNode(f"{vocab.BASE.rstrip('/')}{_GENID}{term.value}")
        self._blank[iri] = term
        return iri


class Schema:
    """The axioms of a graph, by subject and by predicate.

    Args:
        triples: The schema; triples that are no schema are passed over.
        identity: What becomes of two names for one thing.
    """

    def __init__(self, triples: Iterable[Triple], *, identity: Identity) -> None:
        names = Names()
        named = {names.named(triple) for triple in triples if is_schema(triple)}
        self.triples = tuple(sorted(named, key=str))
        self.identity = identity
        self._objects: dict[tuple[Term, NamedNode], list[Term]] = defaultdict(list)
        self._datatypes = {t.subject for t in named if t.object == DATATYPE}
        subjects = dict.fromkeys(triple.subject for triple in self.triples)
        self._numbers: dict[Term, int] = {node: number for number, node in enumerate(subjects)}
        for triple in self.triples:
            self._objects[triple.subject, triple.predicate].append(triple.object)

    def number(self, node: Term) -> int:
        """Return a number that tells the subjects of the schema apart."""
        return self._numbers[node]

    def values(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return the objects of the subject's triples with this predicate, sorted."""
        return self._objects.get((subject, predicate), [])

    def value(self, subject: Term, predicate: NamedNode) -> Term:
        """Return the one object.

        Raises:
            UnsupportedAxiomError: If there is none or more than one.
        """
        found = self.values(subject, predicate)
        if len(found) != 1:
            raise UnsupportedAxiomError(
                f"One {show(predicate)} is needed, and there are {len(found)}.",
                where=self.place(subject),
                hint="Write each class expression and each list cell as a node of its own.",
            )
        return found[0]

    def members(self, node: Term) -> tuple[Term, ...]:
        """Return the members of an RDF list.

        Raises:
            UnsupportedAxiomError: If the list is broken or runs in a circle.
        """
        members: list[Term] = []
        seen: set[Term] = set()
        while node != NIL:
            if node in seen:
                raise UnsupportedAxiomError(
                    "An RDF list runs in a circle.",
                    where=self.place(node),
                    hint="End each list with rdf:nil; in Turtle, write lists in round brackets.",
                )
            seen.add(node)
            members.append(self.value(node, FIRST))
            node = self.value(node, REST)
        return tuple(members)

    def constructor(self, node: Term) -> tuple[NamedNode, Term] | None:
        """Return what makes the node a class expression, and its argument; None for a plain name.

        Raises:
            UnsupportedAxiomError: If the node is two class expressions at once.
        """
        found = [(p, value) for p in CONSTRUCTORS for value in self.values(node, p)]
        if len(found) > 1:
            raise UnsupportedAxiomError(
                f"One node is several class expressions: {', '.join(show(p) for p, _ in found)}.",
                where=self.place(node),
                hint="Give each class expression a node of its own.",
            )
        return found[0] if found else None

    def place(self, node: Term) -> str:
        """Return where an axiom stands in the schema: the name of what it is said of."""
        seen: set[Term] = set()
        while is_anonymous(node) and node not in seen:
            seen.add(node)
            wider = (v for p in _WIDER for v in self.values(node, p) if not is_anonymous(v))
            holders = (t.subject for t in self.triples if t.object == node)
            node = next(holders, next(wider, node))
        return "an unnamed class expression" if is_anonymous(node) else show(node)

    def structure(self) -> frozenset[Term]:
        """Return the anonymous nodes that only hold axioms together: expressions, lists, axioms."""
        return frozenset(
            t.subject
            for t in self.triples
            if is_anonymous(t.subject) and not (t.predicate == TYPE and is_anonymous(t.object))
        )

    def is_datatype(self, node: Term) -> bool:
        """Return whether the node is declared as a datatype."""
        return node in self._datatypes

"""TBox to rules: each OWL 2 RL axiom of a schema becomes SPARQL rules and clash checks.

Source: W3C "OWL 2 Web Ontology Language Profiles", 4.3 (tables 4 to 9). An axiom that the tables
do not cover is an error that names it: nothing is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from neagraph import vocab
from neagraph.entailment import class_axioms, property_axioms, schema_rules
from neagraph.entailment import schema as s
from neagraph.entailment.consequences import Compiled
from neagraph.entailment.rules import ClashCheck, Identity, Rule, RuleSet, in_firing_order
from neagraph.entailment.schema import CONSTRUCTORS, Schema, is_anonymous, owl
from neagraph.entailment.wording import tell, unsupported
from neagraph.rdf.terms import NamedNode, Term, Triple, show


def compile_tbox(triples: Iterable[Triple], *, identity: Identity) -> RuleSet:
    """Return the rules and clash checks of a schema.

    Blank nodes of the schema stand in the rules as IRIs (see `schema`); only individuals without
    a name and the schema's own rules ever mention one.

    Args:
        triples: The axioms; whatever is no axiom is passed over.
        identity: `check`: functional properties, maxima of 1 and keys become checks that report
            two names for one thing, and owl:sameAs is neither entailed nor followed.
            `infer`: they entail owl:sameAs, as the tables say.

    Raises:
        UnsupportedAxiomError: For an axiom outside OWL 2 RL.
    """
    schema = Schema(triples, identity=identity)
    compiled: list[Compiled] = [*_compiled(schema), *schema_rules.general_checks()]
    rules = [*schema_rules.GENERAL, *schema_rules.of_lists(schema)]
    rules += [part for part in compiled if isinstance(part, Rule)]
    rules += schema_rules.equality() if identity == "infer" else ()
    clashes = [part for part in compiled if isinstance(part, ClashCheck)]
    return RuleSet(in_firing_order(rules), tuple(dict.fromkeys(clashes)), schema.structure())


def _compiled(schema: Schema) -> Iterator[Compiled]:
    for triple in schema.triples:
        for part in _of_triple(schema, triple):
            yield replace(part, said=triple) if isinstance(part, Rule) else part


def _of_triple(schema: Schema, triple: Triple) -> Iterator[Compiled]:
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if predicate == s.TYPE:
        yield from _of_type(schema, subject, value)
    elif predicate in _BINARY:
        yield from _BINARY[predicate](schema, subject, value)
    elif predicate.value.startswith(vocab.OWL) and predicate not in _PASSED_OVER:
        told = f"{tell(schema, subject)} {show(predicate)} {_shown(value)}"
        raise unsupported(
            schema, show(predicate), about=subject, told=told, hint=_HINTS.get(predicate, "")
        )


def _of_type(schema: Schema, subject: Term, value: Term) -> Iterator[Compiled]:
    if value in _UNARY and isinstance(value, NamedNode):
        yield from _UNARY[value](schema, subject)
    elif is_anonymous(value):
        yield from class_axioms.belongs(schema, subject, value)
    elif value not in _DECLARATIONS:
        told = f"{tell(schema, subject)} is {show(value)}"
        hint = _HINTS.get(value, "") if isinstance(value, NamedNode) else ""
        raise unsupported(schema, show(value), about=subject, told=told, hint=hint)


def _shown(value: Term) -> str:
    return "…" if is_anonymous(value) else show(value)


_BINARY: Final[dict[NamedNode, Callable[[Schema, Term, Term], Iterator[Compiled]]]] = {
    s.SUB_CLASS_OF: class_axioms.sub_class,
    s.EQUIVALENT_CLASS: class_axioms.equivalent_class,
    owl("disjointWith"): class_axioms.disjoint_classes,
    owl("sourceIndividual"): class_axioms.denied,
    s.SUB_PROPERTY_OF: property_axioms.sub_property,
    s.EQUIVALENT_PROPERTY: property_axioms.equivalent_property,
    s.INVERSE_OF: property_axioms.inverse,
    owl("propertyChainAxiom"): property_axioms.chain,
    s.DOMAIN: property_axioms.domain,
    s.RANGE: property_axioms.range_,
    owl("propertyDisjointWith"): property_axioms.disjoint_properties,
    owl("hasKey"): property_axioms.has_key,
    **dict.fromkeys(CONSTRUCTORS, class_axioms.named_expression),
}
"""Axioms that relate their subject to something."""

_UNARY: Final[dict[NamedNode, Callable[[Schema, Term], Iterator[Compiled]]]] = {
    owl("SymmetricProperty"): property_axioms.symmetric,
    owl("TransitiveProperty"): property_axioms.transitive,
    owl("FunctionalProperty"): property_axioms.functional,
    owl("InverseFunctionalProperty"): property_axioms.inverse_functional,
    owl("IrreflexiveProperty"): property_axioms.irreflexive,
    owl("AsymmetricProperty"): property_axioms.asymmetric,
    owl("AllDisjointProperties"): property_axioms.all_disjoint_properties,
    owl("AllDisjointClasses"): class_axioms.all_disjoint_classes,
    owl("AllDifferent"): class_axioms.all_different,
}
"""Axioms that are a class of their subject."""

_DECLARATIONS: Final = frozenset(
    {
        NamedNode(vocab.RDFS + "Datatype"),
        *(owl(kind) for kind in ("Ontology", "Class", "Restriction", "DataRange", "Axiom")),
        *(owl(kind) for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
        *(owl(kind) for kind in ("OntologyProperty", "DeprecatedClass", "DeprecatedProperty")),
        *(owl(kind) for kind in ("NegativePropertyAssertion", "Annotation")),
    }
)
"""Classes that declare what a term is, or hold an axiom together; nothing follows from them."""

_PASSED_OVER: Final = frozenset(
    {
        *(owl(name) for name in ("imports", "versionIRI", "versionInfo", "priorVersion")),
        *(owl(name) for name in ("backwardCompatibleWith", "incompatibleWith", "deprecated")),
        *(owl(name) for name in ("annotatedSource", "annotatedProperty", "annotatedTarget")),
        *(owl(name) for name in ("onProperty", "onClass", "onDataRange", "withRestrictions")),
        *(owl(name) for name in ("members", "distinctMembers")),
        *(owl(name) for name in ("assertionProperty", "targetIndividual", "targetValue")),
    }
)
"""Annotations, and parts of axioms that are read together with their node."""

_HINTS: Final = {
    owl("disjointUnionOf"): "Write rdfs:subClassOf for each part and owl:AllDisjointClasses for "
    "all of them; that the parts are all there is, is said in a SHACL shape.",
    owl("ReflexiveProperty"): "Write the triples that are meant: OWL 2 RL entails none from this.",
    owl("onProperties"): "Write one restriction for each property.",
}

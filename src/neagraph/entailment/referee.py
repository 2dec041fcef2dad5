"""The referee: the same entailment by owlrl, an independent implementation of the rules.

owlrl is slow and tells much that says nothing; its answer is brought to the form of
`closure.entail`, so that the two can be compared and a user can choose either. What differs:

- `owl:hasKey` is taken away before: owlrl calls two things the same when one of several key
  properties agrees, and compares all pairs.
- With `identity="check"`, functional and inverse functional properties, maxima of 1 and
  owl:sameAs are taken away before, since owlrl can only follow them, not report them.
- It does not report: owl:AllDifferent and owl:AllDisjointProperties of two members (the last
  member of a list is passed over), two unequal values of a functional data property, a literal
  outside the range of its property.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import owlrl
import rdflib

from neagraph.entailment import schema as s
from neagraph.entailment.result import Clash, Entailment
from neagraph.entailment.rules import Identity
from neagraph.entailment.schema import Names, Schema, owl
from neagraph.entailment.trivial import worth_telling
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, NamedNode, Quad, Triple, from_rdflib, to_rdflib_graph


def entail_with_owlrl(quads: Iterable[Quad], *, identity: Identity = "check") -> Entailment:
    """Return what owlrl entails from the union of all graphs, without the trivial triples.

    Clashes have owlrl's own sentence, and neither rule, individuals nor axiom; `rounds` is 0,
    since owlrl does not tell. The input is not changed.

    Args:
        quads: The asserted triples with their axioms.
        identity: As for `closure.entail`.
    """
    names = Names()
    asserted = {names.named(triple) for triple in _as_stored(quads)}
    heard = [triple for triple in asserted if not _is_withheld(triple, identity)]
    graph = to_rdflib_graph(heard)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    errors = set(graph.subjects(rdflib.RDF.type, _ERROR_MESSAGE))
    entailed = set(_triples(node for node in graph if node[0] not in errors))
    structure = Schema(asserted, identity=identity).structure()
    told = worth_telling(entailed - asserted, structure=structure)
    return Entailment(
        triples=tuple(sorted((names.restored(triple) for triple in told), key=str)),
        clashes=tuple(Clash(text) for text in sorted(map(str, graph.objects(None, _ERROR)))),
        rounds=0,
    )


def _as_stored(quads: Iterable[Quad]) -> set[Triple]:
    """Return the triples with literals normalised as the engine does it."""
    stored = Engine(Quad(q.subject, q.predicate, q.object) for q in quads)
    return {quad.triple for quad in stored.quads()}


def _is_withheld(triple: Triple, identity: Identity) -> bool:
    if triple.predicate == _HAS_KEY:
        return True
    return identity == "check" and (
        triple.predicate == s.SAME_AS
        or (triple.predicate == s.TYPE and triple.object in _ONE_VALUE)
        or (triple.predicate in _MAXIMA and getattr(triple.object, "value", "") == "1")
    )


def _triples(nodes: Iterable[tuple[rdflib.term.Node, ...]]) -> Iterator[Triple]:
    """Yield the triples that are RDF: those with a literal as subject are dropped."""
    for subject, predicate, value in nodes:
        first, second = from_rdflib(subject), from_rdflib(predicate)
        if isinstance(first, NamedNode | BlankNode) and isinstance(second, NamedNode):
            yield Triple(first, second, from_rdflib(value))


_HAS_KEY: Final = owl("hasKey")
_ONE_VALUE: Final = frozenset({owl("FunctionalProperty"), owl("InverseFunctionalProperty")})
_MAXIMA: Final = frozenset({s.MAX_CARDINALITY, s.MAX_QUALIFIED_CARDINALITY})
_AGENT_ONTOLOGY: Final = rdflib.Namespace("http://www.daml.org/2002/03/agents/agent-ont#")
_ERROR_MESSAGE: Final = _AGENT_ONTOLOGY.ErrorMessage
_ERROR: Final = _AGENT_ONTOLOGY.error

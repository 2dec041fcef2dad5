"""The class hierarchy that data state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from neagraph.rdf.terms import NamedNode, Quad, Term, Triple
from neagraph.vocab import RDFS

SUBCLASS_OF = NamedNode(RDFS + "subClassOf")


def subclasses(triples: Iterable[Triple | Quad]) -> dict[Term, tuple[Term, ...]]:
    """Return the subclasses, at any distance, of each class that has one, itself included.

    A class that has a subclass without a name, a blank node, is there with nothing.
    """
    below: dict[Term, set[Term]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == SUBCLASS_OF:
            below[triple.object].add(triple.subject)
    return {class_: _named(class_, below) for class_ in list(below)}


def _named(class_: Term, below: dict[Term, set[Term]]) -> tuple[Term, ...]:
    found, pending = {class_}, [class_]
    while pending:
        new = below.get(pending.pop(), set()) - found
        found |= new
        pending += new
    if not all(isinstance(c, NamedNode) for c in found):
        return ()
    return tuple(sorted(found, key=str))

"""What the shapes look at: the asserted triples, and membership in superclasses.

The entailed triples are left out, as they are where the whole dataset is built from its files:
what a record must have is to be said in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from neagraph.gate.acceptance import is_apart, is_asserted
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, NamedNode, Quad, Term, Triple
from neagraph.vocab import GRAPH_ENTAILED, RDF_TYPE, RDFS

_TYPE = NamedNode(RDF_TYPE)
_SUB_CLASS_OF = NamedNode(RDFS + "subClassOf")
_ENTAILED = NamedNode(GRAPH_ENTAILED)


@dataclass(frozen=True, slots=True)
class Difference:
    """What has come to a set of triples, and what has gone from it."""

    added: set[Triple]
    removed: set[Triple]


def asserted_difference(
    engine: Engine, added: Iterable[Quad], removed: Iterable[Quad]
) -> Difference:
    """Return how a change of quads has changed the set of asserted triples.

    Args:
        engine: The dataset after the change.
        added: The quads that have come.
        removed: The quads that have gone.
    """
    came, went = _graphs(added), _graphs(removed)
    difference = Difference(set(), set())
    for triple in came.keys() | went.keys():
        now = {name for name in engine.graphs_of(triple) if is_asserted(name)}
        before = (now - came.get(triple, set())) | went.get(triple, set())
        if now and not before:
            difference.added.add(triple)
        elif before and not now:
            difference.removed.add(triple)
    return difference


def _graphs(quads: Iterable[Quad]) -> dict[Triple, set[str]]:
    """Return the asserted triples of quads, each with the graphs that they name."""
    graphs: dict[Triple, set[str]] = defaultdict(set)
    for quad in quads:
        if isinstance(quad.graph_name, NamedNode) and not is_apart(quad):
            graphs[quad.triple].add(quad.graph_name.value)
    return graphs


class ShapesView:
    """The triples that the shapes look at, kept up with the dataset.

    Args:
        dataset: The dataset, with its default graph as the union.
    """

    def __init__(self, dataset: Engine) -> None:
        graphs = [name for name in dataset.graph_names() if is_asserted(name)]
        self.engine = Engine(
            Quad(quad.subject, quad.predicate, quad.object)
            for name in graphs
            for quad in dataset.quads(name)
        )
        """The triples, in its default graph."""
        self._wider = _superclasses(self.engine)
        self.engine.add(
            Quad(quad.subject, _TYPE, class_)
            for quad in list(self.engine.matching(None, _TYPE))
            for class_ in self._wider.get(quad.object, ())
        )

    def follow(self, dataset: Engine, change: Difference) -> Difference:
        """Bring the view up to a change of the asserted triples, and return its own change.

        Args:
            dataset: The dataset after the change.
            change: How the asserted triples have changed; the class hierarchy has not.
        """
        self.engine.remove(map(_plain, change.removed))
        self.engine.add(map(_plain, change.added))
        added, removed = set(change.added), set(change.removed)
        typed = {t.subject for t in (*added, *removed) if t.predicate == _TYPE}
        for node in (n for n in typed if not isinstance(n, Triple)):
            wanted = set(self._types(dataset, node))
            present = {quad.triple for quad in self.engine.matching(node, _TYPE)}
            self.engine.remove(map(_plain, present - wanted))
            self.engine.add(map(_plain, wanted - present))
            added |= wanted - present
            removed |= present - wanted
        return Difference(added - removed, removed - added)

    def _types(self, dataset: Engine, node: NamedNode | BlankNode) -> Iterator[Triple]:
        for quad in dataset.matching(node, _TYPE):
            if Quad(node, _TYPE, quad.object, _ENTAILED) not in dataset:
                yield quad.triple
                for class_ in self._wider.get(quad.object, ()):
                    yield Triple(node, _TYPE, class_)


def is_hierarchy(triple: Triple) -> bool:
    """Return whether a triple belongs to the class hierarchy."""
    return triple.predicate == _SUB_CLASS_OF


def _superclasses(engine: Engine) -> dict[Term, Sequence[NamedNode | BlankNode]]:
    """Return the superclasses of each class that has one, at any distance, itself left out."""
    above: dict[Term, set[NamedNode | BlankNode]] = defaultdict(set)
    for quad in engine.matching(None, _SUB_CLASS_OF):
        if isinstance(quad.object, NamedNode | BlankNode):
            above[quad.subject].add(quad.object)
    found: dict[Term, Sequence[NamedNode | BlankNode]] = {}
    for class_ in list(above):
        reached, pending = set(above[class_]), list(above[class_])
        while pending:
            new = above.get(pending.pop(), set()) - reached
            reached |= new
            pending += new
        found[class_] = tuple(reached - {class_})
    return found


def _plain(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object)

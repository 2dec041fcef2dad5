"""Triples by subject and predicate, for walking a graph that was read as a list of triples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from neagraph.errors import ShapesError
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple
from neagraph.vocab import RDF

_FIRST = NamedNode(RDF + "first")
_REST = NamedNode(RDF + "rest")
_NIL = NamedNode(RDF + "nil")


class TripleIndex:
    """A read-only view of triples, by subject and predicate.

    Args:
        triples: The triples; the order of values is theirs.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._by_predicate: dict[str, list[Triple]] = defaultdict(list)
        for triple in triples:
            self._values[triple.subject, triple.predicate].append(triple.object)
            self._by_predicate[triple.predicate.value].append(triple)
        self._owners: dict[Term, Term] = {
            value: subject
            for (subject, _), values in self._values.items()
            for value in values
            if isinstance(value, BlankNode)
        }
        self._predicates: dict[Term, list[NamedNode]] = defaultdict(list)
        for subject, predicate in self._values:
            if isinstance(predicate, NamedNode):
                self._predicates[subject].append(predicate)

    def values(self, subject: Term, predicate: Term) -> list[Term]:
        """Return the objects of a subject and predicate; empty if there are none."""
        return self._values.get((subject, predicate), [])

    def value(self, subject: Term, predicate: Term) -> Term | None:
        """Return the first object of a subject and predicate; None if there is none."""
        return next(iter(self.values(subject, predicate)), None)

    def with_predicate(self, predicate: str) -> list[Triple]:
        """Return the triples with this predicate."""
        return self._by_predicate.get(predicate, [])

    def predicates(self, subject: Term) -> list[NamedNode]:
        """Return the predicates that a subject has."""
        return self._predicates.get(subject, [])

    def owners(self, node: Term) -> Iterator[Term]:
        """Yield what holds a node, what holds that, and so on as long as they are blank nodes."""
        seen = {node}
        while isinstance(node, BlankNode) and node in self._owners:
            node = self._owners[node]
            if node in seen:
                return
            seen.add(node)
            yield node

    def members(self, head: Term) -> list[Term]:
        """Return the members of an RDF list.

        Raises:
            ShapesError: If it is not a well-formed list, or runs in a circle.
        """
        members: list[Term] = []
        seen: set[Term] = set()
        while head != _NIL:
            first, rest = self.value(head, _FIRST), self.value(head, _REST)
            if first is None or rest is None or head in seen:
                raise ShapesError(f"This is not an RDF list: {head}.")
            seen.add(head)
            members.append(first)
            head = rest
        return members

"""Where what a text says stands in it: line and column of nodes and of triples.

Turtle, TriG, N-Triples and N-Quads give the place of each triple's subject, predicate and object.
JSON-LD and RDF/XML give the place of each node, since the parts of a triple may stand anywhere.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from neagraph.rdf.formats import GraphFormat
from neagraph.rdf.node_places import jsonld_places, rdfxml_places
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple
from neagraph.rdf.turtle_places import PlacedTriple, placed_triples

_ROUNDS: Final = 50
"""How far apart two blank nodes may begin to differ and yet be told from each other."""

Key = tuple[Term, NamedNode, Term]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text.

    Args:
        source: What the text is called, such as the path of its file.
        line: From 1; lines end as in the text.
        column: From 1, in characters.
    """

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


class Positions:
    """The places of one text.

    Args:
        text: The text.
        source: What it is called.
        nodes: Node to the offset where the text begins to describe it.
        triples: Triple to the offsets of its subject, predicate and object; empty for formats
            that have no place for triples.
    """

    def __init__(
        self,
        text: str,
        *,
        source: str,
        nodes: Mapping[Term, int],
        triples: Mapping[Key, tuple[int, int, int]] = MappingProxyType({}),
    ) -> None:
        self._source = source
        self._nodes = nodes
        self._triples = triples
        self._predicates: dict[tuple[Term, NamedNode], int] = {}
        for (subject, predicate, _), (_, at, _) in triples.items():
            self._predicates.setdefault((subject, predicate), at)
        self._starts = array("q", (0, *_line_starts(text)))

    def of_node(self, node: Term) -> Place | None:
        """Return where the text begins to describe a node; None if it does not."""
        return self._place(self._nodes.get(node))

    def of_property(self, subject: Term, predicate: NamedNode) -> Place | None:
        """Return where a property of a subject first stands."""
        return self._place(self._predicates.get((subject, predicate)))

    def of_value(self, subject: Term, predicate: NamedNode, value: Term) -> Place | None:
        """Return where a value stands as that of a subject and a property."""
        found = self._triples.get((subject, predicate, value))
        return None if found is None else self._place(found[2])

    def of_subject(self, subject: Term, predicate: NamedNode, value: Term) -> Place | None:
        """Return where a subject stands as the one that has a value."""
        found = self._triples.get((subject, predicate, value))
        return None if found is None else self._place(found[0])

    def _place(self, offset: int | None) -> Place | None:
        if offset is None:
            return None
        line = bisect_right(self._starts, offset)
        return Place(self._source, line, offset - self._starts[line - 1] + 1)


def _line_starts(text: str) -> Iterator[int]:
    at = text.find("\n")
    while at >= 0:
        yield at + 1
        at = text.find("\n", at + 1)


def positions(  # noqa: PLR0913  each is a choice of its own
    data: bytes,
    fmt: GraphFormat,
    triples: Sequence[Triple],
    *,
    source: str,
    base: str = "",
    wanted: Collection[Term] | None = None,
) -> Positions:
    """Return the places of a text that has been parsed.

    Args:
        data: The text, in UTF-8, found well-formed by `io.parse`.
        fmt: Its format.
        triples: What was parsed; blank nodes are told from each other by what is said of them.
            Those that hold a blank node suffice where nodes are wanted.
        source: What messages call the text.
        base: What relative IRIs were resolved against.
        wanted: The subjects whose places are asked for; None for all.
    """
    text = data.decode(errors="replace")
    if fmt.name in {"jsonld", "rdfxml"}:
        subjects = (t.subject for t in triples) if wanted is None else wanted
        named = {node for node in subjects if isinstance(node, NamedNode)}
        find = jsonld_places if fmt.name == "jsonld" else rdfxml_places
        return Positions(text, source=source, nodes=find(text, named, base=base))
    placed = list(_placed(text, wanted, base=base))
    known = _matched(placed, triples)
    nodes: dict[Term, int] = {}
    by_triple: dict[Key, tuple[int, int, int]] = {}
    for subject, predicate, value, *at in placed:
        key = known.get(subject, subject), predicate, known.get(value, value)
        nodes.setdefault(key[0], at[0])
        by_triple.setdefault(key, (at[0], at[1], at[2]))
    return Positions(text, source=source, nodes=nodes, triples=by_triple)


def _placed(text: str, wanted: Collection[Term] | None, *, base: str) -> Iterable[PlacedTriple]:
    """Return the triples of a text that are needed for the places of wanted subjects.

    Which blank node is which is told by all that is said of all of them.
    """
    if wanted is None:
        return placed_triples(text, base=base)
    named = {node.value for node in wanted if isinstance(node, NamedNode)}
    if not any(isinstance(node, BlankNode) for node in wanted):
        return placed_triples(text, base=base, subjects=named)
    return (
        placed
        for placed in placed_triples(text, base=base)
        if isinstance(placed.subject, BlankNode)
        or isinstance(placed.object, BlankNode)
        or placed.subject.value in named
    )


def _matched(placed: Iterable[PlacedTriple], triples: Iterable[Triple]) -> dict[Term, Term]:
    """Return our blank nodes to those of the parser.

    Nodes of which the same is said, as far as one looks, are taken in their order.
    """
    ours: list[Key] = [(t.subject, t.predicate, t.object) for t in placed]
    theirs: list[Key] = [(t.subject, t.predicate, t.object) for t in triples]
    names: dict[object, int] = {}
    ours_by_colour, theirs_by_colour = (_by_colour(side, names) for side in (ours, theirs))
    return {
        mine: other
        for colour, nodes in ours_by_colour.items()
        for mine, other in zip(nodes, theirs_by_colour.get(colour, ()), strict=False)
    }


def _by_colour(triples: Iterable[Key], names: dict[object, int]) -> dict[int, list[BlankNode]]:
    """Return the blank nodes by a number that stands for all that is said of them.

    Args:
        triples: The triples.
        names: Numbers given so far; what is said alike has the same number in both texts.
    """
    edges: dict[BlankNode, list[tuple[bool, NamedNode, Term]]] = defaultdict(list)
    for subject, predicate, value in triples:
        if isinstance(subject, BlankNode):
            edges[subject].append((True, predicate, value))
        if isinstance(value, BlankNode):
            edges[value].append((False, predicate, subject))
    colours: dict[Term, int] = dict.fromkeys(edges, 0)
    for _ in range(_ROUNDS):
        before = len(set(colours.values()))
        colours = {node: _colour(node, edges[node], colours, names) for node in edges}
        if len(set(colours.values())) == before:
            break
    grouped: dict[int, list[BlankNode]] = defaultdict(list)
    for node in edges:
        grouped[colours[node]].append(node)
    return grouped


def _colour(
    node: BlankNode,
    edges: Iterable[tuple[bool, NamedNode, Term]],
    colours: Mapping[Term, int],
    names: dict[object, int],
) -> int:
    said = frozenset((out, p, colours.get(other, other)) for out, p, other in edges)
    return names.setdefault((colours[node], said), len(names) + 1)

"""What stands in the graph of a report before something is published into it.

Statements that a person has entered by hand stay as they are, and things with them; what an earlier
publication has written is written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from neagraph.rdf.terms import Literal, NamedNode, Term, Triple
from neagraph.reports.publishing.report_graph import CommitmentNames
from neagraph.vocab import NEA, OA, PROV, path_of, thing

_PARTS: Final = frozenset({"anchor", "timespan", "condition", "recurrence", "amount"})
"""Kinds of address that belong to what refers to them."""
_APART: Final = frozenset({"statement", "paragraph", "graph", "edition", "extraction", "voc"})
"""Kinds of address that belong to no statement."""
_OWN: Final = frozenset({"graph", "edition", "reviewer"})
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a report's graph stays, and what it says of places in the text.

    Args:
        triples: What stays.
        by_hand: Where the trigger words of statements stand that were entered by hand.
        names_by_hand: The ids of those statements.
        commitments: The names of its commitments.
        published: Ids of the statements that an earlier publication has written.
        sha256: Digest of the text that positions point into; empty for none.
    """

    triples: tuple[Triple, ...] = ()
    by_hand: frozenset[Place] = frozenset()
    names_by_hand: frozenset[str] = frozenset()
    commitments: CommitmentNames = field(default_factory=dict)
    published: frozenset[str] = frozenset()
    sha256: str = ""

    def allows(self, name: str, place: Place) -> bool:
        """Return whether nobody has entered the statement of this id, or at this place, by hand."""
        return place not in self.by_hand and name not in self.names_by_hand

    def joined(self, triples: Iterable[Triple]) -> list[Triple]:
        """Return what stays and what is published; nobody's description of a thing is added to."""
        described = {_subject(triple) for triple in self.triples}
        return [*self.triples, *(t for t in triples if _subject(t) not in described)]


def standing_in(triples: Sequence[Triple], slug: str) -> Standing:
    """Return what stands in the graph of a report.

    Args:
        triples: All that the graph says.
        slug: The last part of the report's addresses.
    """
    graph = _Graph(triples)
    ours = _ours(graph, slug)
    statements = {s: i for s, p, i in graph.texts(NEA + "localId")}
    digests = [text for s, _, text in graph.texts(NEA + "sha256") if s.endswith(f"/{slug}/text")]
    return Standing(
        triples=tuple(t for t in triples if _subject(t) not in ours),
        by_hand=frozenset(graph.trigger(s) for s in statements if s not in ours),
        names_by_hand=frozenset(name for s, name in statements.items() if s not in ours),
        commitments=graph.commitments(statements),
        published=frozenset(name for s, name in statements.items() if s in ours),
        sha256=digests[0] if digests else "",
    )


def _ours(graph: _Graph, slug: str) -> set[str]:
    """Return what a publication has written: what its extractions made, and what belongs to it."""
    makers = {thing(f"extraction/{slug}/review")}
    prefix = thing(f"extraction/{slug}/rules-")
    made = graph.subjects(PROV + "wasGeneratedBy")
    found = {s for s, maker in made if maker in makers or maker.startswith(prefix)}
    makers |= {maker for _, maker in made if maker.startswith(prefix)}
    found |= {s for s, statement in graph.subjects(NEA + "evidencedBy") if statement in found}
    while True:
        parts = {o for s in found for o in graph.links(s) if _kind(o) in _PARTS} - found
        if not parts:
            break
        found |= parts
    by_hand = any(s not in found for s, _, _ in graph.texts(NEA + "localId"))
    return found | makers | (set() if by_hand else graph.frame(slug))


def owners_of(triples: Sequence[Triple]) -> dict[str, set[str]]:
    """Return the ids of the statements that each thing belongs to or is told of by."""
    graph = _Graph(triples)
    owners: dict[str, set[str]] = {}
    evidence = [(statement, s) for s, statement in graph.subjects(NEA + "evidencedBy")]
    for statement, _, name in graph.texts(NEA + "localId"):
        reached = {statement, *(s for made_by, s in evidence if made_by == statement)}
        while True:
            found = {o for s in reached for o in graph.links(s) if _kind(o) not in _APART}
            if found <= reached:
                break
            reached |= found
        for thing_ in reached:
            owners.setdefault(thing_, set()).add(name)
    return owners


class _Graph:
    """Triples by subject."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._by_subject: dict[str, list[tuple[str, Term]]] = {}
        for triple in triples:
            about = self._by_subject.setdefault(_subject(triple), [])
            about.append((triple.predicate.value, triple.object))

    def texts(self, predicate: str) -> list[tuple[str, str, str]]:
        return [
            (s, p, value.value)
            for s, about in self._by_subject.items()
            for p, value in about
            if p == predicate and isinstance(value, Literal)
        ]

    def subjects(self, predicate: str) -> list[tuple[str, str]]:
        return [
            (s, value.value)
            for s, about in self._by_subject.items()
            for p, value in about
            if p == predicate and isinstance(value, NamedNode)
        ]

    def links(self, subject: str) -> list[str]:
        about = self._by_subject.get(subject, [])
        return [value.value for _, value in about if isinstance(value, NamedNode)]

    def frame(self, slug: str) -> set[str]:
        """Return what each publication writes: graph, report, edition, paragraphs, reviewers."""
        own = {s for s in self._by_subject if _kind(s) in _OWN or _is_paragraph(s, slug)}
        return own | {thing(f"document/{slug}-report")}

    def trigger(self, statement: str) -> Place:
        anchor = self._one(statement, NEA + "anchor")
        return self._span(f"{anchor}/trigger")

    def commitments(self, statements: dict[str, str]) -> CommitmentNames:
        names: dict[tuple[str, int, int], list[str]] = {}
        for predicate in ("creates", "restates"):
            for statement, commitment in self.subjects(NEA + predicate):
                anchor = self._one(commitment, NEA + "anchor")
                place = (statements.get(statement, ""), *self._span(f"{anchor}/clause"))
                names.setdefault(place, []).append(commitment.rpartition("/")[2])
        return {place: tuple(sorted(found)) for place, found in names.items()}

    def _span(self, selector: str) -> Place:
        about = self._by_subject.get(selector, [])
        numbers = {p: v.value for p, v in about if isinstance(v, Literal)}
        return int(numbers.get(OA + "start", "-1")), int(numbers.get(OA + "end", "-1"))

    def _one(self, subject: str, predicate: str) -> str:
        found = self._by_subject.get(subject, [])
        return next((v.value for p, v in found if p == predicate and isinstance(v, NamedNode)), "")


def _subject(triple: Triple) -> str:
    node = triple.subject
    return node.value if isinstance(node, NamedNode) else str(node)


def _kind(iri: str) -> str:
    return (path_of(iri) or "").partition("/")[0]


def _is_paragraph(iri: str, slug: str) -> bool:
    return iri.startswith(thing(f"paragraph/{slug}/"))

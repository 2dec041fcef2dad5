"""From statements to the graph of a report, in the form of the ontology.

Of the source text nothing is written but positions, digests, trigger words and short wordings of
dates and amounts. What a report does not say is marked as unstated, never filled in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from neagraph.rdf.terms import Literal, NamedNode, Triple
from neagraph.reports.numbering import paragraph_keys
from neagraph.reports.publishing.described import describe
from neagraph.reports.publishing.facts import about, integer, node, voc, words
from neagraph.reports.publishing.report_graph import CommitmentNames, Entry, ReportGraph
from neagraph.reports.statements import ParagraphPlace, Statement
from neagraph.vocab import DCTERMS, NEA, PROV, RDFS_LABEL, VOID

LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"


def to_graph(
    report: ReportGraph, paragraphs: Sequence[ParagraphPlace], entries: Sequence[Entry]
) -> list[Triple]:
    """Return the triples of a report's graph.

    Args:
        report: What they share.
        paragraphs: The paragraphs of the report; those without a statement are left out.
        entries: The statements.
    """
    names = commitment_names(entries, report.commitments)
    used = {entry.statement.paragraph for entry in entries}
    triples = list(_source(report, sorted({entry.rules for entry in entries})))
    for place, key in zip(paragraphs, paragraph_keys(paragraphs), strict=True):
        if place.number in used:
            members = [e.statement for e in entries if e.statement.paragraph == place.number]
            triples += _paragraph(report, place, key, members)
    for entry in entries:
        triples += describe(report, entry, names)
    by = report.extraction(min((entry.rules for entry in entries), default=""))
    for minted in report.minted.values():
        triples += minted.triples(report.slug, made_by=by)
    return triples


def commitment_names(entries: Iterable[Entry], taken: CommitmentNames) -> CommitmentNames:
    """Return the names of the commitments at each place: those they have, else the next numbers."""
    last = max((int(name[1:]) for names in taken.values() for name in names), default=0)
    further = count(last + 1)
    names = dict(taken)
    for entry in entries:
        it = entry.statement
        for place, number in Counter((it.id, c.start, c.end) for c in it.commitments).items():
            known = names.get(place, ())
            new = (f"c{next(further):02}" for _ in range(number - len(known)))
            names[place] = (*known, *new)
    return names


def _source(report: ReportGraph, rules: Sequence[str]) -> Iterator[Triple]:
    title = f"What the report of {report.label} says"
    yield from about(
        report.graph, VOID + "Dataset",
        (DCTERMS + "title", words(title)),
        (DCTERMS + "description", words(
            "Statements and what goes with them, each with its place in the text.")),
        (DCTERMS + "source", NamedNode(report.document)),
        (DCTERMS + "license", NamedNode(LICENSE)),
    )  # fmt: skip
    yield from about(
        report.document, NEA + "MeetingReport",
        (RDFS_LABEL, words(f"Report of {report.label}")),
        (NEA + "reportOf", node(report.meeting and report.resolved(report.meeting))),
    )  # fmt: skip
    yield from about(
        report.edition, NEA + "TextEdition",
        (RDFS_LABEL, words(f"Text edition of the {report.label} report")),
        (NEA + "editionOf", NamedNode(report.document)),
        (NEA + "characterCount", integer(report.characters)),
        (NEA + "sha256", Literal(report.sha256)),
    )  # fmt: skip
    for version in rules:
        by_whom = f"Extraction with rules {version}" if version else "Statements added in review"
        by_whom += f": {report.label} report"
        yield from about(
            report.extraction(version), NEA + "Extraction",
            (RDFS_LABEL, words(by_whom)),
            (PROV + "used", NamedNode(report.edition)),
            (NEA + "method", voc("method", "extracted" if version else "curated")),
        )  # fmt: skip


def _paragraph(
    report: ReportGraph, place: ParagraphPlace, key: int, statements: Sequence[Statement]
) -> Iterator[Triple]:
    topics = {statement.topic for statement in statements}
    number = int(place.number) if place.number.isdecimal() else None
    yield from about(
        report.at("paragraph", f"p{key}"), NEA + "Paragraph",
        (RDFS_LABEL, words(f"Paragraph {place.number} of the {report.label} report")),
        (NEA + "paragraphOf", NamedNode(report.document)),
        (NEA + "paragraphNumber", Literal(place.number) if number is None else integer(number)),
        (NEA + "topic", voc("topic", next(iter(topics))) if len(topics) == 1 else None),
        (NEA + "startOffset", integer(place.start)),
        (NEA + "endOffset", integer(place.end)),
    )  # fmt: skip


def addressable(
    statements: Sequence[Statement], paragraphs: Sequence[ParagraphPlace]
) -> tuple[Statement, ...]:
    """Return the statements with ids that addresses can hold, wherever one is named."""
    keys = dict(zip((p.number for p in paragraphs), paragraph_keys(paragraphs), strict=True))
    ids = {s.id: f"p{keys[s.paragraph]}{s.id[s.id.index('-s') :]}" for s in statements}
    return tuple(
        replace(
            statement,
            id=ids[statement.id],
            parent=ids.get(statement.parent or ""),
            responds_to=tuple(ids[i] for i in statement.responds_to if i in ids),
        )
        for statement in statements
    )

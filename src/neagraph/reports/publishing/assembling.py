"""The graph of some statements of a report, with what stands there already taken into account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from neagraph.rdf.terms import Triple
from neagraph.reports.evidence import evidence_of
from neagraph.reports.minting import mint, own_meeting, without_provisional
from neagraph.reports.publishing.publication import addressable, to_graph
from neagraph.reports.publishing.report_graph import Entry, ReportGraph
from neagraph.reports.publishing.standing import Standing
from neagraph.reports.reviewing.decisions import Reading, Verdict
from neagraph.reports.reviewing.review import Item
from neagraph.reports.statements import Extraction, Statement
from neagraph.reports.wording import Glossary


def reading_of(extraction: Extraction, text: str, *, slug: str, time: str) -> Reading:
    """Return a reading, with ids that addresses can hold and the traces of the text.

    Args:
        extraction: What was found.
        text: The whole raw text of the report.
        slug: What the report is called in addresses.
        time: When, UTC, ISO 8601.
    """
    statements = addressable(extraction.statements, extraction.paragraphs)
    evidence = {statement.id: evidence_of(statement, text) for statement in statements}
    return Reading(slug, replace(extraction, statements=statements), evidence, {}, time)


def waits(item: Item, standing: Standing) -> bool:
    """Return whether a statement belongs into the inbox."""
    return (
        standing.allows(item.statement.id, item.place)
        and item.verdict is not Verdict.REJECT
        and not (item.verdict.publishes and item.statement.id in standing.published)
    )


def entry_of(item: Item, reading: Reading) -> Entry:
    """Return a statement under review as it would be written now."""
    decision = item.decision
    if decision is None or not decision.verdict.publishes:
        return Entry(item.statement, item.evidence, rules=reading.extraction.rules)
    return Entry(
        item.statement,
        item.evidence,
        actions=decision.actions,
        reviewer=decision.who,
        rules=decision.rules,
    )


def assemble(
    reading: Reading,
    entries: Sequence[Entry],
    standing: Standing,
    glossary: Glossary,
    *,
    graph: str,
) -> list[Triple]:
    """Return the graph of some statements; it is empty without any.

    Args:
        reading: The report that they are of.
        entries: The statements.
        standing: What its published graph holds; links lead there, and to these, alone.
        glossary: What the graph calls its things.
        graph: IRI of the graph that is written.
    """
    if not entries:
        return []
    there = {entry.statement.id for entry in entries} | standing.names_by_hand
    linked = [replace(entry, statement=_linked(entry.statement, there)) for entry in entries]
    extraction = reading.extraction
    statements = [entry.statement for entry in linked]
    minted = mint(extraction.entities, statements, glossary, report=reading.slug)
    meeting = extraction.meeting
    if meeting is not None and not glossary.knows(meeting):
        minted[meeting] = own_meeting(meeting, extraction.entities, report=reading.slug)
    linked = [
        replace(entry, statement=without_provisional(entry.statement, minted)) for entry in linked
    ]
    labels = {iri: made.label for iri, made in minted.items()}
    report = ReportGraph(
        slug=reading.slug,
        graph=graph,
        sha256=extraction.sha256,
        characters=extraction.characters,
        meeting=meeting,
        glossary=glossary.adding({**labels, **{m.iri: m.label for m in minted.values()}}),
        minted=minted,
        commitments=standing.commitments,
    )
    return to_graph(report, extraction.paragraphs, linked)


def _linked(statement: Statement, there: set[str]) -> Statement:
    parent = statement.parent if statement.parent in there else None
    answered = tuple(name for name in statement.responds_to if name in there)
    return replace(statement, parent=parent, responds_to=answered)

"""What a report says, before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from neagraph.curating.project import Project
from neagraph.errors import UsageError
from neagraph.rdf.terms import Triple
from neagraph.reports.document import Document
from neagraph.reports.extraction.extract import extract
from neagraph.reports.extraction.lexicon import Lexicon, read_lexicon
from neagraph.reports.minting import is_provisional
from neagraph.reports.publishing.assembling import assemble, entry_of, reading_of
from neagraph.reports.publishing.standing import Standing
from neagraph.reports.reviewing.decisions import Reading
from neagraph.reports.reviewing.review import items_of
from neagraph.reports.segmentation.segments import segment
from neagraph.reports.spelling import slug as slug_of
from neagraph.reports.statements import Extraction
from neagraph.vocab import GRAPH_INBOX, path_of, thing

Progress = Callable[[int, int], None]
"""Told after each paragraph how many of how many are done."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in reports: words and names, and the meeting that they are of."""

    lexicon: Lexicon
    meeting: str | None


def search_for(project: Project, *, meeting: str | None = None) -> Search:
    """Return what is looked for in reports.

    Args:
        project: Whose vocabularies and names are looked for.
        meeting: IRI or short name of the meeting that they are of; None if that is not known.

    Raises:
        UsageError: If the meeting is none.
    """
    lexicon = read_lexicon(project.sources.triples())
    return Search(lexicon, None if meeting is None else _meeting(meeting, project, lexicon))


def find(document: Document, search: Search, *, progress: Progress | None = None) -> Extraction:
    """Return what a document says; nothing is stored.

    Args:
        document: The report.
        search: What is looked for.
        progress: Told after each paragraph.
    """
    segments = segment(document)
    return extract(document, segments, search.lexicon, meeting=search.meeting, progress=progress)


def _meeting(name: str, project: Project, lexicon: Lexicon) -> str:
    iri = name if ":" in name else thing(name)
    kinds = project.glossary.classes.get(iri, frozenset())
    known = any("Event" in lexicon.above.get(kind, ()) for kind in kinds)
    if not known and not re.fullmatch(r"meeting/[a-z0-9]+(-[a-z0-9]+)+", path_of(iri) or ""):
        raise UsageError(
            f'"{name}" is no meeting.',
            hint="Write its address, such as meeting/neaspec-som-24, or leave --meeting out.",
        )
    return iri


def slug_for(report: Path, meeting: str | None) -> str:
    """Return what a report is called in addresses: as its meeting, else as its file.

    A meeting that has a name for the time being alone says too little: `som-41` of what?
    """
    path = path_of(meeting) if meeting and not is_provisional(meeting) else None
    return path.rpartition("/")[2] if path else slug_of(report.stem)


def unreviewed(extraction: Extraction, text: str, *, slug: str) -> Reading:
    """Return what was found in a report that is not taken in."""
    return reading_of(extraction, text, slug=slug, time="")


def graph_of(reading: Reading, project: Project) -> list[Triple]:
    """Return all that was found in a report as the graph that the inbox would hold."""
    items = items_of(reading, ())
    entries = [entry_of(item, reading) for item in items]
    name = GRAPH_INBOX + reading.slug
    return assemble(reading, entries, Standing(), project.glossary, graph=name)

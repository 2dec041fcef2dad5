"""What reviewers have before them, and what they decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from neagraph.curating.project import Project, timestamp
from neagraph.errors import NotFoundError, UsageError
from neagraph.rdf.terms import Literal
from neagraph.reports.document import Document
from neagraph.reports.reading import source_texts
from neagraph.reports.reading.readers import read_report
from neagraph.reports.reviewing.deciding import Desk
from neagraph.reports.reviewing.decisions import Decision, Reading
from neagraph.reports.reviewing.review import Item, items_of
from neagraph.reports.reviewing.sheet import read_sheet
from neagraph.reports.reviewing.sheet_import import decisions_in, report_of
from neagraph.reports.statements import Extraction
from neagraph.store.history import Clock, now
from neagraph.vocab import NEA


@dataclass(frozen=True, slots=True)
class Review:
    """A report under review: its last reading, and its statements with what was decided."""

    reading: Reading
    items: tuple[Item, ...]


def review_of(slug: str, project: Project) -> Review:
    """Return a report under review.

    Raises:
        NotFoundError: If no report of this name has been taken in.
    """
    with project.reviews() as reviews:
        reading = reviews.reading(slug)
        return Review(reading, items_of(reading, reviews.decisions(reading.extraction.sha256)))


def keep(review: Review, decisions: Sequence[Decision], project: Project) -> None:
    """Keep decisions on the statements of a report: all of them or none."""
    with project.reviews() as reviews:
        reviews.add_decisions(review.reading.extraction.sha256, decisions)


def take_sheet(
    data: bytes, project: Project, *, where: str, who: str, slug: str = ""
) -> tuple[str, int]:
    """Keep what a review sheet decides; return the report and how many decisions are new.

    Args:
        data: The sheet.
        project: Where.
        where: What to call the sheet in messages.
        who: Name of the reviewer.
        slug: The report; empty for the one that the sheet names.

    Raises:
        UsageError: If the reviewer has no name.
        UnreadableError: If it is no sheet, or a cell cannot be used; nothing was kept.
        NotFoundError: If its report has not been taken in.
    """
    if not who.strip():
        raise UsageError("Who has reviewed it?", hint="Tell it with --by NAME.")
    rows = read_sheet(data, where=where)
    review = review_of(slug or report_of(rows, where=where), project)
    text = text_of(review.reading.extraction.sha256, project)
    desk = desk_of(review, project, text=text, who=who)
    decisions = decisions_in(rows, review.items, desk, where=where)
    keep(review, decisions, project)
    return review.reading.slug, len(decisions)


def keep_text(file: Path, project: Project) -> Document:
    """Keep the text of a report that the graph or the inbox knows by its digest.

    Raises:
        NotFoundError: If neither knows this very file.
        UnreadableError: If it cannot be read.
    """
    document = read_report(file)
    editions = {
        quad.object.value
        for quad in project.sources.quads()
        if quad.predicate.value == NEA + "sha256" and isinstance(quad.object, Literal)
    }
    with project.reviews() as reviews:
        taken = {reviews.reading(slug).extraction.sha256 for slug in reviews.slugs()}
    try:
        source_texts.check_known(document, editions | taken)
    except NotFoundError as error:
        error.where = str(file)
        raise
    source_texts.keep(project.state, file.read_bytes(), document)
    return document


def text_of(sha256: str, project: Project) -> str | None:
    """Return the text of a report's file, where the user has added it; else None."""
    document = source_texts.find(project.state, sha256)
    return None if document is None else document.text


def desk_of(
    review: Review, project: Project, *, text: str | None, who: str, clock: Clock = now
) -> Desk:
    """Return what a reviewer of a report works with: its names for the time being are known."""
    extraction = review.reading.extraction
    glossary = project.glossary.adding(names_in(extraction))
    return Desk(extraction, glossary, text, who, timestamp(clock))


def names_in(extraction: Extraction) -> dict[str, str]:
    """Return what a report calls the things that the graph does not know: IRI to label."""
    return {mention.iri: mention.label for mention in extraction.entities if mention.label}

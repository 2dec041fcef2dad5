"""What was accepted of a report becomes a file of the project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from neagraph.curating.desk import review_of
from neagraph.curating.inbox import put_inbox
from neagraph.curating.project import Project, standing_for
from neagraph.errors import UsageError
from neagraph.gate import check, is_in_inbox
from neagraph.rdf.io import in_graph
from neagraph.rdf.terms import Quad, Triple
from neagraph.reports.publishing import report_file
from neagraph.reports.publishing.assembling import assemble, entry_of, waits
from neagraph.reports.publishing.turtle import write_report
from neagraph.reports.reviewing.decisions import Reading
from neagraph.store.history import Clock, now
from neagraph.vocab import graph_of_data


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing a report: the file, how many statements, and whether it changed."""

    file: Path
    statements: int
    waiting: int
    rewritten: bool


def publish(slug: str, project: Project, *, clock: Clock = now) -> Published:
    """Write what was accepted of a report into its file, and take it out of the inbox.

    The same decisions give the same bytes.

    Raises:
        NotFoundError: If no report of this name has been taken in.
        UsageError: If nothing was accepted, or there is no checkout to write to.
        InconsistencyError: If the data would contradict the axioms.
        NotConformingError: If they would violate the shapes; nothing was written.
    """
    _require_checkout(project.root)
    review = review_of(slug, project)
    reading = review.reading
    standing = standing_for(slug, reading.extraction, project)
    accepted = [
        item
        for item in review.items
        if item.verdict.publishes and standing.allows(item.statement.id, item.place)
    ]
    if not accepted and not standing.published:
        raise UsageError(
            f"Nothing of {slug} has been accepted yet.",
            hint=f"Review it at /review/{slug}, or with: neagraph review export {slug}",
        )
    name = graph_of_data("report", slug)
    entries = [entry_of(item, reading) for item in accepted]
    graph = assemble(reading, entries, standing, project.glossary, graph=name)
    triples = standing.joined(graph)
    _require_good(triples, name, project)
    file = project.file_of(slug)
    title = report_file.title_of(file) or f"{_label(reading, project)}: what its report says."
    rewritten = report_file.write(file, write_report(triples, title=title))
    left = [i for i in review.items if not i.verdict.settles and waits(i, standing)]
    put_inbox(reading, left, project, author="publish", clock=clock)
    return Published(file, len(accepted), len(left), rewritten)


def _require_checkout(root: Path) -> None:
    if not (root / "pyproject.toml").is_file():
        raise UsageError(
            "Reports are published into the files of a checkout, and this is an installed package.",
            where=str(root),
            hint="In a checkout, install it so that it runs from there: pip install -e .",
        )


def _require_good(triples: Sequence[Triple], name: str, project: Project) -> None:
    """Raise what a build would raise if the report's graph were these triples."""
    mine = in_graph((Quad(t.subject, t.predicate, t.object) for t in triples), name)
    others = [q for f in project.sources.files if f.graph != name for q in f.quads]
    asserted = [quad for quad in [*others, *mine] if not is_in_inbox(quad)]
    check(asserted, shapes=project.sources.shapes_triples(), as_written=mine)


def _label(reading: Reading, project: Project) -> str:
    meeting = reading.extraction.meeting
    return reading.slug if meeting is None else project.glossary.label(meeting)

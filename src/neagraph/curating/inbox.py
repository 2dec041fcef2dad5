"""Statements that wait for a reviewer: a graph outside the union, written as a commit."""

from __future__ import annotations

from collections.abc import Iterable

from neagraph.curating.project import Project
from neagraph.model import Changeset
from neagraph.rdf.io import in_graph
from neagraph.rdf.terms import Quad
from neagraph.reports.publishing.assembling import assemble, entry_of
from neagraph.reports.reviewing.decisions import Reading
from neagraph.reports.reviewing.review import Item
from neagraph.store.digest import changed
from neagraph.store.history import Clock
from neagraph.store.snapshot import locked
from neagraph.store.state import open_history, present_lines, stored_lines
from neagraph.vocab import GRAPH_INBOX


def put_inbox(
    reading: Reading, items: Iterable[Item], project: Project, *, author: str, clock: Clock
) -> None:
    """Make the inbox of a report hold some statements, as a commit; no change makes none.

    Args:
        reading: The report.
        items: What is to wait; nothing to take the graph away.
        project: Where.
        author: Who the log says has done it.
        clock: Tells the time of the commit.

    Raises:
        UsageError: If another process holds the state folder.
        HistoryError: If the log cannot be read or written.
    """
    name = GRAPH_INBOX + reading.slug
    standing = project.standing(reading.slug)
    entries = [entry_of(item, reading) for item in items]
    triples = assemble(reading, entries, standing, project.glossary, graph=name)
    quads = in_graph((Quad(t.subject, t.predicate, t.object) for t in triples), name)
    with locked(project.state), open_history(project.state) as log:
        head = log.head()
        lines = present_lines(project.state, log)
        before, after = (
            {line for line in lines if line.endswith(f" <{name}> .")},
            stored_lines(quads),
        )
        change = Changeset(tuple(sorted({*after} - before)), tuple(sorted(before - {*after})))
        if change:
            log.append(
                change,
                author=author,
                message=f"{len(entries)} statements of {reading.slug} wait in the inbox",
                digest=changed(head.digest, change),
                time=clock(),
                after=head.number,
            )

"""A report is taken in: kept, checked against the shapes, put into the inbox."""

from __future__ import annotations

from dataclasses import dataclass, replace

from neagraph.curating.inbox import put_inbox
from neagraph.curating.project import Project, standing_for, timestamp
from neagraph.rdf.terms import NamedNode
from neagraph.reports.publishing.assembling import assemble, reading_of, waits
from neagraph.reports.publishing.report_graph import Entry
from neagraph.reports.publishing.standing import Standing, owners_of
from neagraph.reports.reviewing.carrying import carry_over
from neagraph.reports.reviewing.decisions import Decision, Reading, ReviewFile
from neagraph.reports.reviewing.review import Difference, difference, items_of
from neagraph.reports.statements import Extraction, Statement
from neagraph.store.history import Clock, now
from neagraph.validation.validator import validate
from neagraph.vocab import graph_of_data


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of taking a report in.

    Args:
        reading: What was found.
        waiting: Number of statements that wait in the inbox.
        by_hand: Number of statements that stand in the graph already, entered by hand.
        former: What is different from the reading before; None for a first one.
        same_file: Whether the reading before was of the same file.
        carried: How many decisions on the file before hold for this one.
    """

    reading: Reading
    waiting: int
    by_hand: int
    former: Difference | None
    same_file: bool
    carried: int


def take_in(
    extraction: Extraction, text: str, project: Project, *, slug: str, clock: Clock = now
) -> TakenIn:
    """Keep what was found in a report, and put what is not decided into the inbox.

    Taking in the same again changes nothing; decisions are never touched.

    Args:
        extraction: What was found.
        text: The whole raw text; only trigger words and digests of it are kept.
        project: Where.
        slug: What the report is called in addresses.
        clock: Tells the time.

    Raises:
        UsageError: If the slug cannot be used, or its graph is of another text.
        ReviewError: If it cannot be kept.
        HistoryError: If the inbox cannot be written.
    """
    standing = standing_for(slug, extraction, project)
    reading = reading_of(extraction, text, slug=slug, time=timestamp(clock))
    reading = replace(reading, problems=_problems(reading, standing, project))
    with project.reviews() as reviews:
        former = reviews.reading(slug) if slug in reviews.slugs() else None
        carried = _carried(reading, former, reviews)
        reviews.add_reading(reading)
        reviews.add_decisions(extraction.sha256, carried)
        items = items_of(reading, reviews.decisions(extraction.sha256))
    waiting = [item for item in items if waits(item, standing)]
    put_inbox(reading, waiting, project, author="ingest", clock=clock)
    return TakenIn(
        reading,
        waiting=len(waiting),
        by_hand=sum(not standing.allows(i.statement.id, i.place) for i in items),
        former=None if former is None else difference(former.extraction, reading.extraction),
        carried=len(carried),
        same_file=former is not None and former.extraction.sha256 == extraction.sha256,
    )


def _carried(reading: Reading, former: Reading | None, reviews: ReviewFile) -> list[Decision]:
    """Return the decisions on the file before that hold for this one, and are not there yet."""
    sha256 = reading.extraction.sha256
    if former is None or former.extraction.sha256 == sha256:
        return []
    known = {decision.place for decision in reviews.decisions(sha256)}
    before = reviews.decisions(former.extraction.sha256)
    return [d for d in carry_over(reading, former, before) if d.place not in known]


def _problems(reading: Reading, standing: Standing, project: Project) -> dict[str, tuple[str, ...]]:
    """Return what the shapes say against each statement, by its id."""
    wanted = [s for s in reading.extraction.statements if standing.allows(s.id, _place(s))]
    entries = [Entry(s, reading.evidence[s.id], rules=reading.extraction.rules) for s in wanted]
    if not entries:
        return {}
    name = graph_of_data("report", reading.slug)
    graph = assemble(reading, entries, standing, project.glossary, graph=name)
    triples = standing.joined(graph)
    background = project.sources.triples(without=frozenset({name}))
    report = validate(triples, shapes=project.sources.shapes_triples(), background=background)
    owners = owners_of(triples)
    problems: dict[str, list[str]] = {}
    for result in report.violations:
        node = result.focus_node
        for statement in owners.get(node.value if isinstance(node, NamedNode) else "", ()):
            problems.setdefault(statement, []).append(result.message)
    return {name: tuple(dict.fromkeys(said)) for name, said in problems.items()}


def _place(statement: Statement) -> tuple[int, int]:
    return statement.trigger_start, statement.trigger_end

"""Commands for people who add reports: find, review, publish, measure."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress

from neagraph.curating.desk import keep_text, review_of, take_sheet, text_of
from neagraph.curating.finding import extract_document, graph_of, slug_for, unreviewed
from neagraph.curating.intake import TakenIn, take_in
from neagraph.curating.project import Project
from neagraph.curating.publishing import Published, publish
from neagraph.errors import UsageError
from neagraph.rdf.io import read_file
from neagraph.reports.document import Document
from neagraph.reports.measuring.evaluation import evaluate
from neagraph.reports.measuring.gold import read_gold
from neagraph.reports.measuring.scores import to_json as scores_to_json
from neagraph.reports.measuring.scores import to_text as scores_to_text
from neagraph.reports.publishing.turtle import write_report
from neagraph.reports.reading.batch import run_batch
from neagraph.reports.reading.readers import REPORT_FORMATS, read_report
from neagraph.reports.reviewing.review import CERTAIN, Difference, items_of
from neagraph.reports.reviewing.sheet import MOST_BYTES, write_sheet
from neagraph.reports.statements import Extraction, Statement, to_json
from neagraph.settings import TABLE, load_settings, project_root

app = typer.Typer(no_args_is_help=True, add_completion=False)
review_app = typer.Typer(
    name="review",
    help="Take what was found in a report to a spreadsheet and back.",
    no_args_is_help=True,
    add_completion=False,
)
source_app = typer.Typer(
    name="source",
    help="Keep texts of reports on this machine, to see them beside what they say.",
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(review_app)
app.add_typer(source_app)

_HELP: Final = {setting.name: setting.help for setting in TABLE}
_SECONDS: Final = 120.0
State = Annotated[str | None, typer.Option("--state", metavar="DIR", help=_HELP["state"])]
Meeting = Annotated[
    str | None,
    typer.Option("--meeting", metavar="IRI", help="The meeting, such as meeting/neaspec-som-24."),
]
Slug = Annotated[
    str | None, typer.Option("--slug", help="What the report is called; by its meeting or file.")
]
Report = Annotated[Path, typer.Argument(help="A report: text, Markdown, HTML, DOCX or PDF.")]


class ExtractFormat(StrEnum):
    """How what was found is printed."""

    JSON = "json"
    TURTLE = "turtle"
    CSV = "csv"
    TEXT = "text"


class ScoreFormat(StrEnum):
    """How scores are printed."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found in a file, and its text."""

    extraction: Extraction
    document: Document


@app.command("extract")
def extract_command(
    reports: Annotated[list[Path], typer.Argument(help="Reports, or folders of reports.")],
    *,
    meeting: Meeting = None,
    output: Annotated[
        ExtractFormat, typer.Option("--format", help="json, turtle, csv or text.")
    ] = ExtractFormat.JSON,
    seconds: Annotated[
        float, typer.Option("--timeout", min=1, help="Seconds that one of several may take.")
    ] = _SECONDS,
) -> None:
    """Print what reports say: statements, commitments, dates, money; nothing is stored."""
    files = list(_files(reports))
    if len(files) == 1:
        project = Project(project_root(), Path())
        with _paragraphs() as progress:
            found = _found(files[0], project, meeting, progress)
        _print(_shown(files[0], found, project, output))
        return
    if output in {ExtractFormat.TURTLE, ExtractFormat.CSV}:
        raise UsageError(
            f"{output.value} is printed of one report at a time.",
            hint="Use --format json, which prints one line for each report.",
        )
    if not _extract_many(files, meeting, output, seconds):
        raise typer.Exit(1)


def _extract_many(
    files: Sequence[Path], meeting: str | None, output: ExtractFormat, seconds: float
) -> bool:
    """Print what each file says as it is done; return whether all could be read."""
    good, project = True, Project(project_root(), Path())
    function = partial(_found_apart, meeting=meeting)
    outcomes = run_batch(function, files, workers=os.cpu_count() or 1, seconds=seconds)
    for outcome in outcomes:
        if outcome.result is None:
            good = False
            error = outcome.error
            where = "" if error is None or error.where else f"{outcome.path}: "
            sys.stderr.write(f"neagraph: {where}{error}\n")
        elif output is ExtractFormat.JSON:
            said = {"file": str(outcome.path), **to_json(outcome.result.extraction)}
            _print(json.dumps(said, ensure_ascii=False) + "\n")
        else:
            _print(_shown(outcome.path, outcome.result, project, output))
    return good


def _found_apart(path: Path, *, meeting: str | None) -> _Found:
    """Return what is found in a file; a process of its own runs this."""
    return _found(path, Project(project_root(), Path()), meeting, None)


def _found(
    path: Path, project: Project, meeting: str | None, progress: Callable[[int, int], None] | None
) -> _Found:
    document = read_report(path)
    return _Found(extract_document(document, project, meeting=meeting, progress=progress), document)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    suffixes = {f".{suffix}" for form in REPORT_FORMATS for suffix in form.suffixes}
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = [
            p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix.lower() in suffixes
        ]
        if not inside:
            known = ", ".join(sorted(suffixes))
            raise UsageError(
                "There is no report in this folder.", where=str(path), hint=f"{known}."
            )
        yield from inside


def _shown(path: Path, found: _Found, project: Project, output: ExtractFormat) -> str:
    extraction = found.extraction
    if output is ExtractFormat.JSON:
        return json.dumps(to_json(extraction), indent=2, ensure_ascii=False) + "\n"
    if output is ExtractFormat.TEXT:
        return _listing(path, found)
    slug = slug_for(path, extraction.meeting)
    reading = unreviewed(extraction, found.document.text, slug=slug)
    if output is ExtractFormat.CSV:
        text = found.document.text
        return write_sheet(items_of(reading, ()), report=slug, text=text).decode()
    triples = graph_of(reading, project)
    return write_report(triples, title=f"{slug}: what was found in its report.").decode()


@app.command("ingest")
def ingest_command(
    report: Report, *, slug: Slug = None, meeting: Meeting = None, state: State = None
) -> None:
    """Take a report in: extract, check against the shapes, put into the inbox for review."""
    project = _project(state)
    with _paragraphs() as progress:
        found = _found(report, project, meeting, progress)
    name = slug or slug_for(report, found.extraction.meeting)
    taken = take_in(found.extraction, found.document.text, project, slug=name)
    _print(_told(taken))


@app.command("publish")
def publish_command(
    slug: Annotated[str, typer.Argument(help="What the report is called, as ingest has told it.")],
    state: State = None,
) -> None:
    """Write what was accepted of a report into data/reports/, and take it out of the inbox."""
    project = _project(state)
    published = publish(slug, project)
    _print(_published(published, project.root))


@review_app.command("export")
def export_command(
    report: Annotated[str, typer.Argument(help="A report that was taken in, or a file.")],
    state: State = None,
) -> None:
    """Print the review sheet of a report as CSV: one row for each statement."""
    project = _project(state)
    path = Path(report)
    if path.is_file():
        found = _found(path, project, None, None)
        text: str | None = found.document.text
        slug = slug_for(path, found.extraction.meeting)
        items = items_of(unreviewed(found.extraction, found.document.text, slug=slug), ())
    else:
        review = review_of(report, project)
        text = text_of(review.reading.extraction.sha256, project)
        slug, items = review.reading.slug, review.items
    sys.stdout.buffer.write(write_sheet(items, report=slug, text=text))
    sys.stdout.buffer.flush()


@review_app.command("import")
def import_command(
    sheet: Annotated[Path, typer.Argument(help="A sheet that review export has written.")],
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who has reviewed it.")],
    report: Annotated[
        str, typer.Option("--report", help="The report, where the sheet does not name it.")
    ] = "",
    state: State = None,
) -> None:
    """Keep what a review sheet decides: all of it or, if a cell is wrong, nothing."""
    data = read_file(sheet, max_bytes=MOST_BYTES)
    slug, number = take_sheet(data, _project(state), where=str(sheet), who=by, slug=report)
    _print(f"{number} new decision{'s' * (number != 1)} on {slug}.\n")


@source_app.command("add")
def source_command(file: Report, state: State = None) -> None:
    """Keep the text of a report on this machine, if the graph or the inbox knows its digest."""
    document = keep_text(file, _project(state))
    _print(f"The text of {file} is kept: {len(document.text):,} characters.\n")


@app.command("evaluate")
def evaluate_command(
    gold: Annotated[Path, typer.Argument(help="The annotation, in YAML.")],
    report: Report,
    *,
    output: Annotated[ScoreFormat, typer.Option("--format", help="text or json.")] = (
        ScoreFormat.TEXT
    ),
) -> None:
    """Print how well a report is read, measured against an annotation by hand."""
    wanted = read_gold(_utf8(gold))
    found = _found(report, Project(project_root(), Path()), wanted.meeting, None)
    evaluation = evaluate(wanted, found.extraction)
    if output is ScoreFormat.JSON:
        _print(json.dumps(scores_to_json(evaluation), indent=2, ensure_ascii=False) + "\n")
    else:
        _print(scores_to_text(evaluation).rstrip("\n") + "\n")


# ---- What is printed -----------------------------------------------------------------------------


def _listing(path: Path, found: _Found) -> str:
    """Return what was found as people read it, with its words."""
    lines = [f"{path}: {len(found.extraction.statements)} statements"]
    text, number = found.document.text, ""
    for it in found.extraction.statements:
        if it.paragraph != number:
            number = it.paragraph
            lines += ["", f"Paragraph {number}"]
        lines += _statement(it, text)
    return "\n".join(lines) + "\n"


def _statement(it: Statement, text: str) -> list[str]:
    depth = "    " if it.level == "embedded" else "  "
    actor = (it.actor or "unstated").rpartition("/")[2]
    lines = [
        f"{depth}{it.id}  {it.type} by {actor}, {it.confidence:.2f}",
        f"{depth}    {' '.join(text[it.start : it.end].split())}",
    ]
    for commitment in it.commitments:
        party = (commitment.committed_party or "unstated").rpartition("/")[2]
        due = f", due {commitment.due.as_written}" if commitment.due else ""
        lines.append(f"{depth}    → {commitment.kind} of {party}{due}")
    return lines


def _told(taken: TakenIn) -> str:
    """Return what came of taking a report in."""
    reading, extraction = taken.reading, taken.reading.extraction
    number = len(extraction.statements)
    uncertain = sum(s.confidence < CERTAIN for s in extraction.statements)
    where = f"{number} statements in {len(extraction.paragraphs)} paragraphs"
    state = f"{uncertain} of them uncertain; {taken.waiting} wait in the inbox"
    lines = [f"{reading.slug}: {where}, {state}."]
    if taken.by_hand:
        lines.append(f"{taken.by_hand} stand in the graph already, entered by hand.")
    for name, problems in reading.problems.items():
        lines += [f"{name} cannot be published as it is: {problem}" for problem in problems]
    lines += _differences(taken.former, same_file=taken.same_file)
    if taken.carried:
        lines.append(f"{taken.carried} decisions hold on: the words are the same.")
    if taken.waiting:
        name = reading.slug
        lines.append(f"Review it at /review/{name}, or: neagraph review export {name}")
    return "\n".join(lines) + "\n"


def _differences(former: Difference | None, *, same_file: bool) -> list[str]:
    if former is None:
        return []
    if not former:
        return ["Nothing is different from the last time."]
    head = "With these rules" if same_file else "In this file"
    return [
        f"{head}, against the last time:",
        *(f"  + {name}" for name in former.added),
        *(f"  - {name}" for name in former.removed),
        *(f"  ~ {name}: {', '.join(fields)}" for name, fields in former.changed),
    ]


def _published(published: Published, root: Path) -> str:
    file = published.file.relative_to(root)
    done = "written" if published.rewritten else "as it was"
    left = f"; {published.waiting} wait in the inbox" if published.waiting else ""
    return (
        f"{file} is {done}: {published.statements} statements{left}.\n"
        "The next build has it: neagraph build\n"
    )


# ---- Edges ---------------------------------------------------------------------------------------


def _project(state: str | None) -> Project:
    return Project(project_root(), load_settings(state=state).state)


def _utf8(path: Path) -> str:
    try:
        return read_file(path).decode()
    except UnicodeDecodeError as error:
        raise UsageError("The annotation is not UTF-8 text.", where=str(path)) from error


@contextmanager
def _paragraphs() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how many paragraphs are read."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("paragraphs", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()

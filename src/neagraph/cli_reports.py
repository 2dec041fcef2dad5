"""Commands for people who add reports: find, review, publish, measure."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress

from neagraph.curating.desk import keep_text, review_of, take_sheet, text_of
from neagraph.curating.finding import Search, find, graph_of, search_for, slug_for, unreviewed
from neagraph.curating.folder import Files, extract_each, reports_in
from neagraph.curating.intake import TakenIn, take_in
from neagraph.curating.listing import Found, fields_of, listing_of
from neagraph.curating.project import Project
from neagraph.curating.publishing import Published, publish
from neagraph.errors import NeagraphError, UsageError
from neagraph.rdf.io import read_file
from neagraph.reports.measuring.evaluation import evaluate
from neagraph.reports.measuring.gold import read_gold
from neagraph.reports.measuring.scores import to_json as scores_to_json
from neagraph.reports.measuring.scores import to_text as scores_to_text
from neagraph.reports.publishing.turtle import write_report
from neagraph.reports.reading.batch import Outcome
from neagraph.reports.reading.readers import read_report
from neagraph.reports.reviewing.review import CERTAIN, Difference, items_of
from neagraph.reports.reviewing.sheet import MOST_BYTES, write_sheet
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
    files = reports_in(reports)
    project = Project(project_root(), Path())
    if len(files.reports) == 1:
        with _paragraphs() as progress:
            found = _found(files.reports[0], project, meeting, progress)
        _warn(found, unless=output in {ExtractFormat.JSON, ExtractFormat.TEXT})
        _print(_shown(files.reports[0], found, project, output))
        return
    if output in {ExtractFormat.TURTLE, ExtractFormat.CSV}:
        raise UsageError(
            f"The format {output.value} is printed of one report at a time.",
            hint="Use --format json, which prints one line for each report.",
        )
    search = search_for(project, meeting=meeting)
    failed = _extract_many(files.reports, search, output, seconds)
    sys.stderr.write(_summary(files, failed))
    if failed:
        raise typer.Exit(1 if len(failed) < len(files.reports) else 2)


def _extract_many(
    files: Sequence[Path], search: Search, output: ExtractFormat, seconds: float
) -> list[Path]:
    """Print what each file says; return those that could not be read."""
    failed = []
    with _files(len(files)) as progress:
        outcomes = extract_each(
            files,
            search,
            as_json=output is ExtractFormat.JSON,
            seconds=seconds,
            progress=progress,
        )
        for outcome in outcomes:
            if outcome.result is None:
                failed.append(outcome.path)
                sys.stderr.write(f"neagraph: {outcome.error}\n")
            else:
                _print(outcome.result)
    return failed


def _summary(files: Files, failed: Sequence[Path]) -> str:
    """Return what became of several reports, in a sentence or two."""
    number = len(files.reports)
    lines = [f"{number - len(failed):,} of {number:,} reports were read."]
    if failed:
        lines.append(f"Not read, for the reasons above: {', '.join(map(str, failed))}.")
    if files.passed_over:
        lines.append(f"{files.passed_over:,} other files are none, by their names.")
    return "neagraph: " + "\n          ".join(lines) + "\n"


def _found(
    path: Path, project: Project, meeting: str | None, progress: Callable[[int, int], None] | None
) -> Found:
    document = read_report(path)
    search = search_for(project, meeting=meeting)
    return Found(find(document, search, progress=progress), document)


def _warn(found: Found, *, unless: bool = False) -> None:
    """Tell on standard error what could not be read of a report, unless the output says it."""
    for warning in () if unless else found.document.warnings:
        sys.stderr.write(f"neagraph: warning: {warning}\n")


def _shown(path: Path, found: Found, project: Project, output: ExtractFormat) -> str:
    extraction = found.extraction
    if output is ExtractFormat.JSON:
        return json.dumps(fields_of(found), indent=2, ensure_ascii=False) + "\n"
    if output is ExtractFormat.TEXT:
        return listing_of(path, found)
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
    _warn(found)
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
    with _placed(gold):
        wanted = read_gold(_utf8(gold))
    found = _found(report, Project(project_root(), Path()), wanted.meeting, None)
    _warn(found)
    with _placed(gold):
        evaluation = evaluate(wanted, found.extraction)
    if output is ScoreFormat.JSON:
        _print(json.dumps(scores_to_json(evaluation), indent=2, ensure_ascii=False) + "\n")
    else:
        _print(scores_to_text(evaluation).rstrip("\n") + "\n")


# ---- What is printed -----------------------------------------------------------------------------


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
        raise UsageError(
            "The annotation is not UTF-8 text.",
            hint="The first argument is the annotation (YAML), the second the report.",
        ) from error


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    """Let errors that name no place name a file."""
    try:
        yield
    except NeagraphError as error:
        error.where = error.where or str(path)
        raise


@contextmanager
def _files(number: int) -> Iterator[Callable[[Outcome[str]], None]]:
    """Show on a terminal how many reports are done, and how many of them could not be read."""
    console = Console(stderr=True)
    shown = Progress(console=console, transient=True, disable=not console.is_terminal)
    with shown as bar:
        task = bar.add_task("reports", total=number)
        failed = 0

        def tell(outcome: Outcome[str]) -> None:
            nonlocal failed
            failed += outcome.result is None
            said = f"reports, {failed:,} not read" if failed else "reports"
            bar.update(task, advance=1, description=said)

        yield tell


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

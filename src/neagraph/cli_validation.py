"""Commands for validators: check data against shapes, and say what the shapes ask for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Timer
from typing import Annotated, Final
from urllib.parse import urlencode, urlsplit

import typer
from rich.console import Console
from rich.status import Status
from rich.text import Text

from neagraph.checking import NONE, check, reference_of
from neagraph.errors import FormatError, LimitError, RemoteError
from neagraph.fetching import FederationPolicy, fetch
from neagraph.rdf.formats import GRAPH_FORMATS, GraphFormat, graph_format_by_name
from neagraph.rdf.formats import graph_format_by_path as format_of
from neagraph.rdf.io import MAX_FILE_BYTES, parse, read_file, triples_of
from neagraph.rdf.terms import Quad, Triple
from neagraph.rdf.text import RdfText
from neagraph.settings import project_root
from neagraph.sources import read_sources
from neagraph.validation.formats import report_format_by_name, summary
from neagraph.validation.report import (
    WARNING,
    ValidationReport,
    at_least,
    severity_of,
    to_text,
)
from neagraph.validation.shape_docs import class_docs, find_class, list_text
from neagraph.validation.shape_docs import to_text as docs_text

app = typer.Typer(no_args_is_help=True, add_completion=False)

MOST_RESULTS: Final = 1000
_PAGE: Final = "html"
_EVERYTHING: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_MOST_SECONDS: Final = 60.0
_PROGRESS_AFTER: Final = 1.0  # seconds
_STYLES: Final = (
    (r"(?m)^\S.*$", "bold"),
    (r"(?m)^  violation:", "bold red"),
    (r"(?m)^  warning:", "bold yellow"),
    (r"(?m)^  info:", "bold cyan"),
    (r"(?m)^    (at|path|value|rule|why) .*$", "dim"),
    (r"(?m)^    try .*$", "green"),
)


class Severity(StrEnum):
    """How grave a result is."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class _Rules:
    """What data are checked against: shapes, and what these may look at besides the data."""

    shapes: list[Triple]
    reference: list[Quad]


@app.command("validate")
def validate_command(  # noqa: PLR0913  one argument for each option
    files: Annotated[list[str], typer.Argument(help="RDF files, or - for standard input.")],
    *,
    shapes: Annotated[
        list[Path] | None,
        typer.Option("--shapes", help="Shapes to check with, in ours' place, the data alone."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="NAME|URL|none", help="What to read the data together with."),
    ] = None,
    output: Annotated[
        str, typer.Option("--format", help="text, lines, json, sarif, csv, html, turtle, …")
    ] = "text",
    severity: Annotated[Severity, typer.Option(help="Leave out what is milder.")] = Severity.INFO,
    max_results: Annotated[
        int, typer.Option(min=0, help="How many results are told; 0 for all.")
    ] = MOST_RESULTS,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail, too.")] = False,
    input_format: Annotated[
        str | None, typer.Option(help="RDF format of the input, where its suffix does not tell.")
    ] = None,
) -> None:
    """Check data against the shapes, together with the project's own data."""
    if output != _PAGE:
        report_format_by_name(output)
    texts = [_text_of(file, input_format) for file in files]
    with progress("checking against the shapes"):
        rules = _rules(shapes or [], against)
        most = max_results or None
        report = check(texts, shapes=rules.shapes, reference=rules.reference, most=most)
    _print(at_least(report, severity_of(severity)), texts, output)
    if not report.accepted or (strict and report.count(WARNING)):
        raise typer.Exit(1)


@app.command("shapes")
def shapes_command(
    name: Annotated[
        str | None, typer.Argument(metavar="CLASS", help="A class, such as Meeting.")
    ] = None,
) -> None:
    """Say what a record of each class needs, with an example and the commonest mistakes."""
    sources = read_sources(project_root())
    docs = class_docs(sources.shapes_triples(), sources.triples())
    sys.stdout.write(list_text(docs) if name is None else docs_text(find_class(docs, name)))


def _text_of(file: str, input_format: str | None) -> RdfText:
    named = None if input_format is None else graph_format_by_name(input_format)
    if file == "-":
        data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise LimitError(
                f"There are more than {MAX_FILE_BYTES:,} bytes; no more are read.",
                where="standard input",
                hint="Split them into smaller files.",
            )
        return RdfText(data, named or graph_format_by_name("turtle"), file)
    path = Path(file)
    return RdfText(read_file(path), named or _format_of(path), file)


def _format_of(path: Path) -> GraphFormat:
    try:
        return format_of(path)
    except FormatError as error:
        error.hint = error.hint.replace("--format", "--input-format")
        raise


def _rules(shapes: list[Path], against: str | None) -> _Rules:
    """Return the shapes and the reference; other people's shapes see the data alone."""
    if shapes:
        texts = [RdfText(read_file(path), _format_of(path), str(path)) for path in shapes]
        found = triples_of(quad for text in texts for quad in text.quads())
        return _Rules(found, [] if against is None else _reference(against))
    sources = read_sources(project_root())
    return _Rules(sources.shapes_triples(), _reference(against or ""))


def _reference(against: str) -> list[Quad]:
    if urlsplit(against).scheme in {"http", "https"} and not _is_graph(against):
        return fetched(against)
    return [] if against == NONE else reference_of(read_sources(project_root()).quads(), against)


def _is_graph(iri: str) -> bool:
    return any(file.graph == iri for file in read_sources(project_root()).files)


def fetched(address: str) -> list[Quad]:
    """Return the RDF at an address that the user has named; of a SPARQL endpoint all it holds.

    Raises:
        RefusedError, LimitError, RemoteError: As `fetching.fetch`.
        UnreadableError: If it is no RDF.
    """
    parts = urlsplit(address)
    policy = FederationPolicy(
        (f"{parts.scheme}://{parts.netloc}",),
        max_bytes=MAX_FILE_BYTES,
        max_seconds=_MOST_SECONDS,
        allow_private=True,  # the user has typed the address, perhaps that of a service at hand
    )
    query = urlencode({"query": _EVERYTHING, "scope": "asserted"}).encode()
    form = query if parts.path.endswith("/sparql") else None
    accept = ", ".join(fmt.media_type for fmt in GRAPH_FORMATS)
    answer = fetch(address, policy, accept=accept, form=form)
    for fmt in GRAPH_FORMATS:
        if answer.media_type in {fmt.media_type, *fmt.aliases}:
            return parse(answer.body, fmt, source=address, base=answer.address)
    raise RemoteError(
        f"<{address}> sent {answer.media_type or 'something without a type'}, which is no RDF.",
        hint="Name the address of an RDF document, or of a SPARQL endpoint: …/sparql",
    )


def _print(report: ValidationReport, texts: list[RdfText], output: str) -> None:
    if output == _PAGE:
        # Templates take a tenth of a second, which no other form needs.
        from neagraph.web.checked import report_page  # noqa: PLC0415

        body = report_page(summary(report), {t.source: t.data.decode() for t in texts})
    elif output == "text" and sys.stdout.isatty():
        _print_coloured(to_text(report))
        return
    else:
        body = report_format_by_name(output).write(report)
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def _print_coloured(text: str) -> None:
    coloured = Text(text)
    for pattern, style in _STYLES:
        coloured.highlight_regex(pattern, style)
    Console(soft_wrap=True).print(coloured, end="", highlight=False)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done on a terminal, once it takes longer than a second."""
    status = Status(f"{what} …", console=Console(stderr=True))
    timer = Timer(_PROGRESS_AFTER, status.start)
    timer.start()
    try:
        yield lambda step: status.update(f"{step} …")
    finally:
        timer.cancel()
        timer.join()
        status.stop()

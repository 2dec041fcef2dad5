"""Commands for validators: check data against shapes, and say what the shapes ask for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePath
from threading import Timer
from typing import Annotated, Final
from urllib.parse import urlencode, urlsplit

import typer
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.text import Text

from neagraph.checking import NONE, check, reference_of
from neagraph.checking.unread import UNREADABLE, unreadable
from neagraph.errors import FormatError, LimitError, RemoteError, UsageError
from neagraph.fetching import FederationPolicy, fetch
from neagraph.rdf.formats import (
    GRAPH_FORMATS,
    TURTLE,
    GraphFormat,
    graph_format_by_media_type,
    graph_format_by_name,
    graph_format_by_path,
)
from neagraph.rdf.io import MAX_FILE_BYTES, parse, read_file, triples_of
from neagraph.rdf.terms import Quad, Triple
from neagraph.rdf.text import RdfText
from neagraph.settings import load_settings, project_root
from neagraph.sources import read_sources
from neagraph.store.watched import go_on_watched
from neagraph.validation.formats import PAGE, TELLING_UNREAD, report_format_by_name, summary
from neagraph.validation.progress import Tell
from neagraph.validation.report import (
    ValidationReport,
    at_least,
    severity_of,
    to_text,
)
from neagraph.validation.shape_docs import class_docs, find_class, list_text
from neagraph.validation.shape_docs import to_text as docs_text
from neagraph.validation.unread import Unread

app = typer.Typer(no_args_is_help=True, add_completion=False)

MOST_RESULTS: Final = 1000
_STDIN: Final = "-"
_WHAT: Final = "checking against the shapes"
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
    """What data are checked against.

    Args:
        shapes: The shapes.
        reference: What these may look at besides the data.
        ours: Whether the shapes are ours, with which our axioms go.
    """

    shapes: list[Triple]
    reference: list[Quad]
    ours: bool


@dataclass(frozen=True, slots=True)
class _Input:
    """Texts that can be read, as far as that is known, and what is known of others."""

    texts: list[RdfText]
    unread: tuple[Unread, ...] = ()

    def without(self, unread: Sequence[Unread]) -> _Input:
        """Return it when some of its texts have turned out to be unreadable."""
        names = {text.source for text in unread}
        texts = [text for text in self.texts if text.source not in names]
        return _Input(texts, (*self.unread, *unread))


@app.command("validate")
def validate_command(  # noqa: PLR0913  one argument for each option
    files: Annotated[list[str], typer.Argument(help="RDF files, or - for standard input.")],
    *,
    shapes: Annotated[
        list[str] | None,
        typer.Option("--shapes", help="Shapes (or -) in the place of ours, the data alone."),
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
        str | None,
        typer.Option(help="RDF format of the input, by name or media type, whatever its suffix."),
    ] = None,
    timeout: Annotated[
        str | None,
        typer.Option(
            metavar="SECONDS",
            envvar="NEAGRAPH_TIMEOUT",
            help="How long it may take; else no limit.",
        ),
    ] = None,
) -> None:
    """Check data against the shapes, together with the project's own data."""
    if output != PAGE:
        report_format_by_name(output)
    named = None if input_format is None else _format_named(input_format)
    if [*files, *(shapes or [])].count(_STDIN) > 1:
        raise UsageError(
            "Standard input can be read once.", hint=f"Write {_STDIN} for one of the files alone."
        )
    seconds = None if timeout is None else load_settings(timeout=timeout).timeout
    go_on_watched(
        seconds,
        what="The check",
        hint="Check less at once, or give it more time with --timeout.",
    )
    with progress(_WHAT) as tell:
        data = _read(files, partial(_format_of, named=named))
        own = _read(shapes or [], partial(_format_of_shapes, named=named))
        report = _report(
            data,
            own,
            against,
            most=max_results or None,
            tell=lambda step: tell(f"{_WHAT}: {step}"),
        )
    report = at_least(report, severity_of(severity))
    _print(report, data.texts, output)
    for unread in report.unread:
        typer.echo(f"neagraph: {unread}", err=True)
    failed = not report.accepted or (strict and not report.is_flawless)
    raise typer.Exit(2 if report.unread else int(failed))


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


def _format_named(name: str) -> GraphFormat:
    return graph_format_by_media_type(name) if "/" in name else graph_format_by_name(name)


def _format_of(file: str, *, named: GraphFormat | None) -> GraphFormat:
    if named is not None or file == _STDIN:
        return named or TURTLE
    try:
        return graph_format_by_path(PurePath(file))
    except FormatError as error:
        error.hint = error.hint.replace("--format", "--input-format")
        raise


def _format_of_shapes(file: str, *, named: GraphFormat | None) -> GraphFormat:
    """Return what the suffix tells: shapes may be in another format than the data."""
    try:
        return graph_format_by_path(PurePath(file))
    except FormatError:
        return _format_of(file, named=named)


def _read(files: list[str], format_of: Callable[[str], GraphFormat]) -> _Input:
    texts, unread = list[RdfText](), list[Unread]()
    for file in files:
        try:
            fmt = format_of(file)
            texts.append(RdfText(_bytes_of(file), fmt, file))
        except (*UNREADABLE, FormatError) as error:
            unread.append(Unread.because(error, file))
    return _Input(texts, tuple(unread))


def _bytes_of(file: str) -> bytes:
    if file != _STDIN:
        return read_file(Path(file))
    data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise LimitError(
            f"There are more than {MAX_FILE_BYTES:,} bytes; no more are read.",
            hint="Split them into smaller files.",
        )
    return data


def _report(
    data: _Input, shapes: _Input, against: str | None, *, most: int | None, tell: Tell
) -> ValidationReport:
    """Return what is found in the data that can be read, with those that cannot."""
    unread = (*shapes.unread, *unreadable(shapes.texts))
    if unread or not data.texts:
        unread = (*unread, *data.unread, *unreadable(data.texts))
        return ValidationReport((), looked=False, unread=unread)
    rules = _rules(shapes.texts, against)
    try:
        report = check(
            data.texts,
            shapes=rules.shapes,
            reference=rules.reference,
            consistency=rules.ours,
            most=most,
            tell=tell,
        )
    except UNREADABLE:
        unread = unreadable(data.texts)
        if not unread:
            raise
        return _report(data.without(unread), shapes, against, most=most, tell=tell)
    return replace(report, unread=data.unread)


def _rules(shapes: list[RdfText], against: str | None) -> _Rules:
    """Return the shapes and the reference; other people's shapes see the data alone."""
    if shapes:
        found = triples_of(quad for text in shapes for quad in text.quads())
        reference = [] if against in {None, NONE} else _reference(against or "")
        return _Rules(found, reference, ours=False)
    sources = read_sources(project_root())
    return _Rules(sources.shapes_triples(), _reference(against or ""), ours=True)


def _reference(against: str) -> list[Quad]:
    if urlsplit(against).scheme in {"http", "https"} and not _is_graph(against):
        return fetched(against)
    return reference_of(read_sources(project_root()).quads(), against)


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
    if output == PAGE:
        # Templates take a tenth of a second, which no other form needs.
        from neagraph.web.checked import report_page  # noqa: PLC0415

        lines = {text.source: text.data.decode(errors="replace") for text in texts}
        body = report_page(summary(report), lines)
    elif report.unread and not report.looked and output not in TELLING_UNREAD:
        return
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
        yield lambda step: status.update(escape(f"{step} …"))
    finally:
        timer.cancel()
        timer.join()
        status.stop()

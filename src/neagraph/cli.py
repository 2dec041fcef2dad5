"""The command line: parse arguments, make one call, print.

Exit codes: 0 fine, 1 the data do not conform or are inconsistent, 2 unreadable input or bad usage.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from neagraph import cli_history, cli_reports, cli_tokens, cli_validation
from neagraph.build import BuildReport, build, is_current, software
from neagraph.checking import entail_quads
from neagraph.cli_validation import progress
from neagraph.entailment.asking import read_statement
from neagraph.entailment.derivation import derive
from neagraph.entailment.derivation import to_text as derivation_to_text
from neagraph.entailment.result import require_consistent
from neagraph.errors import (
    LimitError,
    NeagraphError,
    NotFoundError,
    QueryError,
    TokensError,
    UsageError,
)
from neagraph.model import QueryRequest, Scope
from neagraph.opening import open_in_process, open_plain_service, open_service
from neagraph.queries import Catalogue, Kind, load_catalogue
from neagraph.rdf.formats import (
    GRAPH_FORMATS,
    RESULTS_FORMATS,
    GraphFormat,
    graph_format_by_name,
    graph_format_by_path,
)
from neagraph.rdf.io import in_graph, parse, read_file, write_ntriples
from neagraph.rdf.results import as_text, read_results
from neagraph.rdf.terms import Quad
from neagraph.settings import TABLE, Settings, load_settings, project_root
from neagraph.sources import read_sources
from neagraph.store.state import present_quads
from neagraph.tokens import TokenStore
from neagraph.validation.report import to_text

app = typer.Typer(
    name="neagraph",
    help="An open knowledge graph of environmental cooperation in North-East Asia: "
    "build, check, serve and ask it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(cli_tokens.app)
app.add_typer(cli_history.app, name=None)
app.add_typer(cli_validation.app, name=None)
app.add_typer(cli_reports.app, name=None)

_MOST_INPUT = 1024 * 1024
_HELP = {setting.name: setting.help for setting in TABLE}

State = Annotated[str | None, typer.Option("--state", metavar="DIR", help=_HELP["state"])]
Reasoner = Annotated[
    str | None, typer.Option("--reasoner", metavar="rules|owlrl", help=_HELP["reasoner"])
]
Timeout = Annotated[str | None, typer.Option("--timeout", metavar="SECONDS", help=_HELP["timeout"])]
Format = Annotated[
    str | None,
    typer.Option("--format", help="RDF format of the input, where the suffix does not tell it."),
]


@app.command("build")
def build_command(state: State = None, reasoner: Reasoner = None) -> None:
    """Build a snapshot: read the sources, reason, check by shapes and rules, write."""
    settings = load_settings(state=state, reasoner=reasoner)
    _tell(_build(settings))


@app.command("serve")
def serve_command(  # noqa: PLR0913  one argument for each option
    *,
    host: Annotated[str | None, typer.Option("--host", help=_HELP["host"])] = None,
    port: Annotated[str | None, typer.Option("--port", help=_HELP["port"])] = None,
    timeout: Timeout = None,
    state: State = None,
    reasoner: Reasoner = None,
    empty: Annotated[
        bool,
        typer.Option("--empty", help="A plain SPARQL server: empty, no reasoning, no shapes."),
    ] = False,
    open_writes: Annotated[
        bool,
        typer.Option("--open-writes", help="With --empty: who is on this machine may write."),
    ] = False,
) -> None:
    """Serve the graph over HTTP; builds a snapshot first if there is none of these files."""
    settings = load_settings(state=state, host=host, port=port, timeout=timeout, reasoner=reasoner)
    if empty:
        kept = None if state is None else settings.state
        service = open_plain_service(settings, state=kept, open_writes=open_writes)
    elif open_writes:
        raise UsageError(
            "--open-writes goes with --empty.", hint="Make tokens instead: neagraph token add NAME"
        )
    else:
        _ensure_snapshot(settings)
        service = open_service(settings)
    # Imported while the store loads, and by no other command: it takes half a second.
    from neagraph.web.app import create_app  # noqa: PLC0415
    from neagraph.web.server import run_server  # noqa: PLC0415

    service.store.wait()
    hint = _who_may(service.tokens)
    run_server(
        create_app(service, settings=settings),
        settings=settings,
        on_ready=lambda address: _print(f"neagraph answers at {address}{hint}".encode()),
    )


@app.command("query")
def query_command(  # noqa: PLR0913  one argument for each option
    *,
    query: Annotated[
        str | None, typer.Argument(help="A file, the name of a query of the catalogue, or -.")
    ] = None,
    output: Annotated[
        str,
        typer.Option(
            "--format", help="table; json, xml, csv, tsv; or turtle, jsonld, … of graphs."
        ),
    ] = "table",
    parameter: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A parameter of a catalogue query."),
    ] = None,
    scope: Annotated[Scope, typer.Option(help="asserted leaves entailed triples out.")] = Scope.ALL,
    timeout: Timeout = None,
    state: State = None,
) -> None:
    """Ask the graph a SPARQL query and print the answer; without QUERY, list the catalogue."""
    if query is None:
        _print(_list_of_queries(_catalogue()).encode())
        return
    settings = load_settings(state=state, timeout=timeout)
    request = _with_format(QueryRequest(_query_text(query, parameter or []), scope=scope), output)
    _ensure_snapshot(settings)
    try:
        answer = open_in_process(settings).query(request)
    except QueryError as error:
        error.where = f"{query}:{error.where}" if error.where else query
        raise
    as_table = output == "table" and answer.media_type == RESULTS_FORMATS[0].media_type
    _print(as_text(read_results(answer.body)).encode() if as_table else answer.body)


@app.command("entail")
def entail_command(  # noqa: PLR0913  one argument for each option
    files: Annotated[
        list[str] | None, typer.Argument(help="RDF files, or - for standard input.")
    ] = None,
    input_format: Format = None,
    *,
    ontology: Annotated[
        bool, typer.Option("--ontology", help="Reason with our ontology as well.")
    ] = False,
    why: Annotated[
        str | None,
        typer.Option(
            metavar="'S P O'",
            help="Tell the rules and sources behind this triple; without FILES, of the graph.",
        ),
    ] = None,
    reasoner: Reasoner = None,
    state: State = None,
) -> None:
    """Print what follows from the files by OWL 2 RL, as sorted N-Triples, without what they say."""
    settings = load_settings(reasoner=reasoner, state=state)
    ours = read_sources(project_root()).ontology() if ontology else []
    if why is not None:
        triple = read_statement(why)
        with progress("reasoning"):
            quads = _named(files, input_format) if files else _built(settings)
            derivation = derive([*quads, *ours], triple)
        _print(derivation_to_text(derivation).encode())
        return
    if not files:
        raise UsageError(
            "There is no file to reason with.",
            hint="Name one, or ask about the graph: neagraph entail --why 'S P O'",
        )
    quads = _read_all(files, input_format)
    with progress("reasoning"):
        entailment = entail_quads(quads, ontology=ours, reasoner=settings.reasoner)
    require_consistent(entailment)
    _print(write_ntriples(entailment.triples))


@app.command("version")
def version_command() -> None:
    """Print the versions of the program and of the libraries under it."""
    _print("".join(f"{name} {number}\n" for name, number in software().items()).encode())


def _tell_version(asked: bool) -> None:  # noqa: FBT001  typer calls it with the value
    if asked:
        version_command()
        raise typer.Exit


@app.callback()
def _before_any_command(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="As `version`."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app()
    except NeagraphError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _build(settings: Settings) -> BuildReport:
    with progress("building") as step:
        return build(project_root(), settings.state, reasoner=settings.reasoner, on_step=step)


def _ensure_snapshot(settings: Settings) -> None:
    if not is_current(project_root(), settings.state, reasoner=settings.reasoner):
        _tell(_build(settings), stream=sys.stderr)


def _tell(report: BuildReport, *, stream: Any = None) -> None:  # noqa: ANN401  a text stream
    counts = report.manifest.counts
    if report.validation.results:
        print(to_text(report.validation), file=stream or sys.stdout, end="")
    for finding in report.findings:
        told = f"{finding.check.severity}: {finding.check.title}: {finding}"
        print(told, file=stream or sys.stdout)
    print(
        f"{counts['statements']} statements, {counts['commitments']} commitments; "
        f"{counts['asserted']:,} triples asserted, {counts['entailed']:,} entailed; "
        f"{report.manifest.warnings} warnings, {report.manifest.infos} remarks.\n"
        f"Snapshot {report.manifest.digest[:12]} in {report.snapshot}",
        file=stream or sys.stdout,
    )


def _catalogue() -> Catalogue:
    return load_catalogue(project_root() / "queries")


def _list_of_queries(catalogue: Catalogue) -> str:
    kinds = (Kind.CATALOGUE, Kind.COMPETENCY)
    queries = [query for kind in kinds for query in catalogue.of_kind(kind)]
    width = max(len(query.name) for query in queries)
    return "".join(f"{query.name:{width}}  {query.question or query.title}\n" for query in queries)


def _query_text(query: str, pairs: list[str]) -> str:
    if query == "-" or Path(query).is_file():
        if pairs:
            raise UsageError(
                "--param goes with a query of the catalogue.",
                hint="Write the values into the file.",
            )
        data = _standard_input() if query == "-" else read_file(Path(query), max_bytes=_MOST_INPUT)
        return _decode(data, query)
    try:
        return _catalogue().find(query).bind(dict(_pair(pair) for pair in pairs))
    except NotFoundError as error:
        error.message = f'"{query}" is neither a file nor a query of the catalogue.'
        error.hint = f"{error.hint} The list of queries: neagraph query"
        raise


def _standard_input() -> bytes:
    data = sys.stdin.buffer.read(_MOST_INPUT + 1)
    if len(data) > _MOST_INPUT:
        raise LimitError(f"The query is longer than {_MOST_INPUT:,} bytes.", where="standard input")
    return data


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f'"{text}" is no parameter.', hint="Write it as --param NAME=VALUE.")
    return name, value


def _decode(data: bytes, where: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            "The query is not UTF-8 text.", where=where, hint="Save it as UTF-8."
        ) from error


def _with_format(request: QueryRequest, name: str) -> QueryRequest:
    """Return the request for a named format alone; for `table`, as it is."""
    results, graphs = ([fmt.name for fmt in table] for table in (RESULTS_FORMATS, GRAPH_FORMATS))
    if name == "table":
        return request
    if name in results:
        return replace(request, results_format=name, graph_format=None)
    if name in graphs:
        return replace(request, results_format=None, graph_format=name)
    known = ", ".join(("table", *results, *graphs))
    raise UsageError(f'There is no format "{name}".', hint=f"Use one of {known}.")


def _read_all(files: list[str], input_format: str | None) -> list[Quad]:
    fmt = None if input_format is None else graph_format_by_name(input_format)
    return [quad for file in files for quad in _read(file, fmt)]


def _named(files: list[str], input_format: str | None) -> list[Quad]:
    """Return the quads of files, each in a graph that is named like its file."""
    fmt = None if input_format is None else graph_format_by_name(input_format)
    return [quad for file in files for quad in in_graph(_read(file, fmt), f"file:{quote(file)}")]


def _built(settings: Settings) -> list[Quad]:
    _ensure_snapshot(settings)
    return present_quads(settings.state)


def _read(file: str, fmt: GraphFormat | None) -> list[Quad]:
    if file == "-":
        fmt = fmt or graph_format_by_name("turtle")
        return parse(sys.stdin.buffer.read(), fmt, source="standard input")
    path = Path(file)
    data = read_file(path)
    return parse(data, fmt or graph_format_by_path(path), source=file)


def _who_may(tokens: TokenStore | None) -> str:
    """Return a line for a service where somebody may write as soon as there is a token."""
    if tokens is None:
        return ""
    try:
        known = tokens.tokens()
    except TokensError as error:
        return f"\n{error}"
    return "" if known else "\nNobody may write or review yet: neagraph token add NAME"


def _print(body: bytes) -> None:
    sys.stdout.buffer.write(body if body.endswith(b"\n") or not body else body + b"\n")
    sys.stdout.buffer.flush()


def _complain(error: NeagraphError) -> None:
    print(f"neagraph: {error}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()

"""Commands about versions: what was committed, backups, and the way back into the files."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from neagraph.errors import NotFoundError
from neagraph.model import Changeset, Commit
from neagraph.opening import TOKENS_FILE
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import from_lines, write_graph
from neagraph.rdf.terms import NamedNode, Quad, show
from neagraph.reports.reviewing.decisions import FILE as REVIEWS_FILE
from neagraph.settings import TABLE, load_settings
from neagraph.store.backup import back_up, restore
from neagraph.store.history import CommitLog
from neagraph.store.state import by_graph, history_path, present_quads
from neagraph.vocab import GRAPH_ENTAILED, ID, shorten

app = typer.Typer(no_args_is_help=True, add_completion=False)

_HELP = {setting.name: setting.help for setting in TABLE}
_NO_LOG = "There are no commits yet: the log begins when the service first runs.\n"
State = Annotated[str | None, typer.Option("--state", metavar="DIR", help=_HELP["state"])]
Number = Annotated[int, typer.Argument(min=0, metavar="VERSION", help="Number of a version.")]


class HistoryFormat(StrEnum):
    """How commits are printed."""

    TEXT = "text"
    JSON = "json"


class DiffFormat(StrEnum):
    """How a difference is printed."""

    TEXT = "text"
    PATCH = "nquads-patch"


@app.command("history")
def history_command(
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many commits at most.")] = 20,
    output: Annotated[HistoryFormat, typer.Option("--format", help="text or json.")] = (
        HistoryFormat.TEXT
    ),
    state: State = None,
) -> None:
    """Print the last commits, the latest first."""
    path = history_path(load_settings(state=state).state)
    commits: tuple[Commit, ...] = ()
    if path.exists():
        with CommitLog(path) as log:
            commits = log.latest(limit)
    if output is HistoryFormat.JSON:
        _print(json.dumps([describe(commit) for commit in commits], indent=2) + "\n")
    else:
        _print("".join(_line(commit) for commit in commits) or _NO_LOG)


@app.command("diff")
def diff_command(
    start: Number,
    end: Number,
    *,
    output: Annotated[
        DiffFormat, typer.Option("--format", help="text, or nquads-patch for exact lines.")
    ] = DiffFormat.TEXT,
    state: State = None,
) -> None:
    """Print what is different between two versions: - was taken away, + came in addition."""
    with CommitLog(history_path(load_settings(state=state).state)) as log:
        change = log.net(start, end)
    _print(_patch(change) if output is DiffFormat.PATCH else _readable(change))


@app.command("backup")
def backup_command(
    file: Annotated[Path, typer.Argument(help="The archive to write, such as backup.tar.gz.")],
    state: State = None,
) -> None:
    """Write snapshot, commit log and tokens into one archive; the service may be running."""
    back_up(load_settings(state=state).state, file, extras=(TOKENS_FILE, REVIEWS_FILE))


@app.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="An archive that neagraph backup has written.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    state: State = None,
) -> None:
    """Put a backup into the state folder, after checking all of it; stop the service before."""
    restore(load_settings(state=state).state, file, force=force)


@app.command("export")
def export_command(
    graph: Annotated[
        str, typer.Argument(help="Its name, such as report/neaspec-som-24, or its whole IRI.")
    ],
    *,
    output: Annotated[str, typer.Option("--format", help="turtle, ntriples, …")] = "turtle",
    state: State = None,
) -> None:
    """Print a graph as it is now: the way from what came over HTTP back into the files."""
    fmt = graph_format_by_name(output)
    graphs = by_graph(present_quads(load_settings(state=state).state))
    iri = graph if ":" in graph else f"{ID}graph/{graph.removeprefix('graph/')}"
    if iri not in graphs:
        known = ", ".join(shorten(name).removeprefix("graph/") for name in sorted(graphs))
        raise NotFoundError(f"There is no graph <{iri}>.", hint=f"There are {known}.")
    sys.stdout.buffer.write(write_graph((quad.triple for quad in graphs[iri]), fmt))


def describe(commit: Commit) -> dict[str, str | int]:
    """Return a commit as plain values, its changeset as numbers of lines."""
    return {
        "version": commit.version.number,
        "digest": commit.version.digest,
        "time": commit.time,
        "author": commit.author,
        "message": commit.message,
        "added": len(commit.changeset.added),
        "removed": len(commit.changeset.removed),
    }


def _line(commit: Commit) -> str:
    size = f"+{len(commit.changeset.added)} -{len(commit.changeset.removed)}"
    number = commit.version.number
    return (
        f"{number:>6}  {commit.time}  {commit.author:12}  {size:>12}  {commit.message}".rstrip()
        + "\n"
    )


def _patch(change: Changeset) -> str:
    signed = [*((line, "-") for line in change.removed), *((line, "+") for line in change.added)]
    return "".join(f"{sign} {line}\n" for line, sign in sorted(signed))


def _readable(change: Changeset) -> str:
    """Return the difference graph by graph in short forms, entailed triples last."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for sign, lines in (("-", change.removed), ("+", change.added)):
        for quad in from_lines(lines):
            parts.setdefault(_graph(quad), []).append((_short(quad), sign))
    entailed = shorten(GRAPH_ENTAILED)
    blocks = [
        "\n".join([name, *(f"  {sign} {text}" for text, sign in sorted(parts[name]))])
        for name in sorted(parts, key=lambda name: (name == entailed, name))
    ]
    return "\n\n".join(blocks) + "\n" if blocks else "Nothing is different.\n"


def _graph(quad: Quad) -> str:
    name = quad.graph_name
    return shorten(name.value) if isinstance(name, NamedNode) else "default graph"


def _short(quad: Quad) -> str:
    return " ".join(show(term) for term in (quad.subject, quad.predicate, quad.object))


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()

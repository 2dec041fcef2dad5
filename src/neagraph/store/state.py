"""The state folder: a snapshot, and the commits after it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from neagraph.errors import HistoryError, SnapshotError
from neagraph.model import Version
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import canonical, from_lines, to_lines
from neagraph.rdf.terms import NamedNode, Quad
from neagraph.store.digest import digest_of
from neagraph.store.history import FILE, Base, CommitLog
from neagraph.store.history_file import HINT_DAMAGED
from neagraph.store.snapshot import SNAPSHOTS, current_snapshot, load_dataset
from neagraph.vocab import GRAPH_ENTAILED


def history_path(state: Path) -> Path:
    """Return where the commit log of a state folder is, or would be."""
    return state / FILE


def open_history(state: Path) -> CommitLog:
    """Return the commit log of a state folder; a new one begins with its current snapshot.

    Without a snapshot, a new one begins with the empty dataset.

    Raises:
        HistoryError: If the log is damaged or cannot be written.
        SnapshotError: If the snapshot that a new one is to begin with is damaged.
    """
    path = history_path(state)
    if path.exists():
        return CommitLog(path)
    folder = current_snapshot(state)
    quads = [] if folder is None else load_dataset(folder)
    digest = digest_of(stored_lines(quads))
    state.mkdir(parents=True, exist_ok=True)
    base = Base("" if folder is None else folder.name, Version(0, digest))
    return CommitLog.create(path, base, graphs=graph_digests(quads))


def starting_point(state: Path, log: CommitLog) -> tuple[Path | None, Base]:
    """Return the folder of the latest snapshot that the log knows, None for the empty dataset.

    Raises:
        HistoryError: If none of them is there.
    """
    for base in log.bases():
        folder = state / SNAPSHOTS / base.snapshot
        if not base.snapshot or folder.is_dir():
            return (folder if base.snapshot else None), base
    raise HistoryError(
        "No snapshot is there that the commit log could be replayed on.",
        where=str(log.path),
        hint=HINT_DAMAGED,
    )


def present_lines(state: Path, log: CommitLog) -> set[str]:
    """Return the N-Quads lines of the present state, as the engine prints them.

    Raises:
        HistoryError: If they are not what the log says that they are.
        SnapshotError: If the snapshot is damaged.
    """
    folder, base = starting_point(state, log)
    change = log.replay(base)
    lines = set(stored_lines([] if folder is None else load_dataset(folder)))
    lines = (lines - set(change.removed)) | set(change.added)
    if digest_of(lines) != log.head().digest:
        raise HistoryError(
            "The commit log does not fit the snapshot.",
            where=str(log.path),
            hint=HINT_DAMAGED,
        )
    return lines


def stored_lines(quads: Iterable[Quad]) -> list[str]:
    """Return the sorted N-Quads lines of quads as the engine prints them once it holds them."""
    return to_lines(Engine(quads).quads())


def graph_digests(quads: Iterable[Quad]) -> dict[str, str]:
    """Return name and digest of each asserted graph; labels of blank nodes do not matter."""
    graphs = by_graph(quads)
    graphs.pop(GRAPH_ENTAILED, None)
    return {name: graph_digest(members) for name, members in graphs.items()}


def graph_digest(quads: Iterable[Quad]) -> str:
    """Return the digest of one graph; labels of blank nodes do not matter."""
    return digest_of(to_lines(canonical(list(Engine(quads).quads()))))


def by_graph(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    """Return the quads of each named graph, by its name."""
    graphs: dict[str, list[Quad]] = {}
    for quad in quads:
        if isinstance(quad.graph_name, NamedNode):
            graphs.setdefault(quad.graph_name.value, []).append(quad)
    return graphs


def present_quads(state: Path) -> list[Quad]:
    """Return the quads of the present state, whether or not it has a commit log.

    Raises:
        SnapshotError: If there is neither a snapshot nor a log, or the snapshot is damaged.
        HistoryError: If the log is damaged or does not fit.
    """
    if history_path(state).exists():
        with CommitLog(history_path(state)) as log:
            return from_lines(present_lines(state, log))
    folder = current_snapshot(state)
    if folder is None:
        raise SnapshotError(
            "There is no snapshot yet.", where=str(state), hint="Make one with: neagraph build"
        )
    return load_dataset(folder)

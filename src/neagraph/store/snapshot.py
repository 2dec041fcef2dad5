"""Snapshots: a whole version of the dataset on disk, with a manifest that vouches for it.

A state folder holds `snapshots/<digest>/{dataset.nq.gz,manifest.json}` and the file `current`
that names the one in force. A snapshot is written beside the others and named last, so whatever
goes wrong, the last good one stays. The same dataset gives the same bytes: no times are stored.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from neagraph.errors import NeagraphError, SnapshotError, UsageError
from neagraph.model import Source
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import parse, write_nquads
from neagraph.rdf.terms import Quad

FORMAT = 1
DATASET = "dataset.nq.gz"
MANIFEST = "manifest.json"
CURRENT = "current"
SNAPSHOTS = "snapshots"
_KEY_LENGTH = 16
_HINT = (
    "Put the last backup in its place with: neagraph restore FILE --force. "
    "Where nothing was written over HTTP, move the state folder away and run: neagraph build"
)


@dataclass(frozen=True, slots=True)
class GraphEntry:
    """A named graph of the snapshot: its IRI, its size, and the files it was read from."""

    name: str
    triples: int
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds and how it was made.

    Args:
        digest: SHA-256 of the sorted, canonical N-Quads of the dataset, in hexadecimal.
        software: Name and version of what made it.
        reasoner: Which reasoner worked out the entailed triples.
        graphs: The named graphs, by name.
        shapes: The files of the shapes that the data conform to.
        counts: Numbers worth telling: statements, commitments, entailed triples, …
        warnings: How many warnings the shapes gave.
        infos: How many remarks the shapes gave.
        format: Version of this layout.
    """

    digest: str
    software: dict[str, str]
    reasoner: str
    graphs: tuple[GraphEntry, ...]
    shapes: tuple[Source, ...]
    counts: dict[str, int]
    warnings: int
    infos: int
    format: int = FORMAT

    def sources(self) -> dict[str, str]:
        """Return path and digest of every file that the snapshot was made from."""
        graphs = [source for graph in self.graphs for source in graph.sources]
        return {source.path: source.sha256 for source in (*graphs, *self.shapes)}


def dataset_digest(quads: Sequence[Quad]) -> str:
    """Return the SHA-256, in hexadecimal, of the sorted N-Quads of canonical quads."""
    return hashlib.sha256(write_nquads(quads)).hexdigest()


def write_snapshot(
    state: Path,
    quads: Sequence[Quad],
    manifest: Manifest,
    *,
    on_stored: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write a snapshot, make it the current one, and return its folder.

    Args:
        state: The state folder; made if it is not there.
        quads: The canonical quads of the dataset.
        manifest: Its manifest; its digest names the folder.
        on_stored: Told the name of the folder once it is there and not yet the current one; if it
            raises, the former one stays in force.
    """
    key = hashlib.sha256(_manifest_text(manifest)).hexdigest()[:_KEY_LENGTH]
    snapshots = state / SNAPSHOTS
    folder = snapshots / key
    snapshots.mkdir(parents=True, exist_ok=True)
    former = _current_key(state)
    staging = Path(tempfile.mkdtemp(dir=snapshots, prefix=".staging-"))
    try:
        (staging / DATASET).write_bytes(gzip.compress(write_nquads(quads), mtime=0))
        (staging / MANIFEST).write_bytes(_manifest_text(manifest))
        if not _is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            _make_durable(*staging.iterdir(), staging)
            staging.rename(folder)
            _make_durable(snapshots)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    on_stored(key)
    _point_to(state, key)
    _prune(snapshots, keep={key, former})
    return folder


def _is_whole(folder: Path) -> bool:
    """Return whether a snapshot is there and undamaged; then nothing need replace it."""
    try:
        text = gzip.decompress((folder / DATASET).read_bytes())
        return hashlib.sha256(text).hexdigest() == read_manifest(folder).digest
    except (OSError, EOFError, ValueError, SnapshotError):
        return False


def _make_durable(*paths: Path) -> None:
    """Have the disk hold what was written to files and folders, whatever happens next."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def current_snapshot(state: Path) -> Path | None:
    """Return the folder of the current snapshot; None where there is none yet."""
    key = _current_key(state)
    folder = None if key is None else state / SNAPSHOTS / key
    return folder if folder is not None and folder.is_dir() else None


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot.

    Raises:
        SnapshotError: If it is missing, unreadable or of another layout.
    """
    path = folder / MANIFEST
    try:
        fields = json.loads(path.read_bytes())
        if fields["format"] != FORMAT:
            raise SnapshotError(
                f"The snapshot has layout {fields['format']}; this version reads {FORMAT}.",
                where=str(path),
                hint=_HINT,
            )
        return _manifest_from(fields)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(
            "The manifest of the snapshot cannot be read.", where=str(path), hint=_HINT
        ) from error


def read_dataset(folder: Path) -> bytes:
    """Return the file of a snapshot's dataset as it stands: gzipped, sorted N-Quads.

    Raises:
        SnapshotError: If it cannot be read.
    """
    path = folder / DATASET
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> SnapshotError:
    return SnapshotError("The dataset of the snapshot cannot be read.", where=str(path), hint=_HINT)


def load_dataset(folder: Path) -> list[Quad]:
    """Return the quads of a snapshot after checking them against its manifest.

    Raises:
        SnapshotError: If a file is missing or damaged, or the digest does not match.
    """
    manifest = read_manifest(folder)
    path = folder / DATASET
    try:
        text = gzip.decompress(read_dataset(folder))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise _unreadable(path) from error
    found = hashlib.sha256(text).hexdigest()
    if found != manifest.digest:
        raise SnapshotError(
            f"The snapshot is damaged: its manifest says {manifest.digest[:12]}…, "
            f"its data are {found[:12]}….",
            where=str(path),
            hint=_HINT,
        )
    try:
        # Blank nodes keep their canonical labels: the commit log speaks of them.
        fmt = graph_format_by_name("nquads")
        return parse(text, fmt, source=str(path), rename_blank_nodes=False)
    except NeagraphError as error:
        raise SnapshotError(error.message, where=error.where, hint=_HINT) from error


def locked(state: Path) -> contextlib.AbstractContextManager[None]:
    """Hold the lock of a state folder, so that one process at a time writes snapshots into it.

    Raises:
        UsageError: If the folder cannot be written, or another process holds the lock.
    """
    busy = UsageError(
        "Another process is writing to this state folder.",
        where=str(state),
        hint="Wait until it is done, or name another folder with --state.",
    )
    return _lock(state, "lock", busy)


def served(state: Path) -> contextlib.AbstractContextManager[None]:
    """Be the one service of a state folder; builds and backups may go on beside it.

    Raises:
        UsageError: If the folder cannot be written, or a service is running on it.
    """
    busy = UsageError(
        "A service is running on this state folder.",
        where=str(state),
        hint="Stop it, or name another folder with --state.",
    )
    return _lock(state, "service.lock", busy)


@contextlib.contextmanager
def _lock(state: Path, name: str, busy: UsageError) -> Iterator[None]:
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / name).open("w")
    except OSError as error:
        raise UsageError(
            f"The state folder cannot be written: {(error.strerror or str(error)).lower()}.",
            where=str(state),
            hint="Name another one with --state or NEAGRAPH_STATE.",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise busy from error
        yield


def _manifest_text(manifest: Manifest) -> bytes:
    return json.dumps(asdict(manifest), indent=2, sort_keys=True).encode() + b"\n"


def _manifest_from(fields: dict[str, object]) -> Manifest:
    graphs = [
        GraphEntry(g["name"], g["triples"], _sources(g["sources"]))
        for g in fields["graphs"]  # type: ignore[attr-defined]  # checked by use
    ]
    return Manifest(**{**fields, "graphs": tuple(graphs), "shapes": _sources(fields["shapes"])})  # type: ignore[arg-type]


def _sources(entries: object) -> tuple[Source, ...]:
    return tuple(Source(**entry) for entry in entries)  # type: ignore[attr-defined]  # checked by use


def _current_key(state: Path) -> str | None:
    try:
        return (state / CURRENT).read_text(errors="replace").strip() or None
    except OSError:
        return None


def _point_to(state: Path, key: str) -> None:
    fresh = state / f"{CURRENT}.new"
    fresh.write_text(key + "\n")
    _make_durable(fresh)
    os.replace(fresh, state / CURRENT)  # noqa: PTH105  the atomic one


def _prune(snapshots: Path, *, keep: set[str | None]) -> None:
    for folder in snapshots.iterdir():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)

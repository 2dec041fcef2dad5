"""Backups of a state folder: one archive with a snapshot, the commit log, tokens and reviews.

A backup is taken while the service runs: the log is copied in one transaction, and a snapshot that
it can be replayed on never changes. It is written, and restored, only after it has been read as a
whole: a damaged state folder gives an error, and no backup that would be of no use.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from neagraph.errors import HistoryError, SnapshotError, UnreadableError, UsageError
from neagraph.store.history import FILE, CommitLog
from neagraph.store.snapshot import (
    CURRENT,
    SNAPSHOTS,
    current_snapshot,
    load_dataset,
    locked,
    served,
)
from neagraph.store.state import history_path, present_lines, starting_point

_TRIES: Final = 5
_DATABASE: Final = b"SQLite format 3\0"
_HINT: Final = "Use a file that neagraph backup has written."


def back_up(state: Path, target: Path, *, extras: tuple[str, ...] = ()) -> None:
    """Write a backup of a state folder, which may be in use; it appears whole or not at all.

    Args:
        state: The state folder.
        target: The archive to write, a gzipped tar.
        extras: Names of further files of the state folder, taken where they are there.

    Raises:
        UsageError: If the target is there already or cannot be written.
        SnapshotError: If there is nothing to back up, or the snapshot is damaged.
        HistoryError: If the log is damaged, or does not fit the snapshot.
    """
    if target.exists():
        raise UsageError("This file is there already.", where=str(target), hint="Name a new one.")
    try:
        with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".backup-") as name:
            content = Path(name) / "content"
            content.mkdir()
            with _told_of(state):
                _collect(state, content, extras)
                _verify(content)
            archive = Path(name) / "archive"
            _pack(content, archive)
            archive.replace(target)
    except OSError as error:
        raise UsageError(
            f"The backup cannot be written: {error.strerror or error}.",
            where=str(target),
            hint="Name a file in another folder.",
        ) from error


def restore(state: Path, source: Path, *, force: bool = False) -> None:
    """Put a backup in the place of a state folder, after reading the whole of it.

    Args:
        state: The state folder; no service may be using it.
        source: The archive.
        force: Whether what is there may be replaced.

    Raises:
        UsageError: If a service is using the folder, or it holds data and `force` is not given.
        UnreadableError: If the archive cannot be read or is no backup.
        SnapshotError: If the snapshot in it is damaged.
        HistoryError: If the log in it is damaged, or does not fit the snapshot.
    """
    with locked(state), served(state):
        if not force and (history_path(state).exists() or (state / CURRENT).exists()):
            raise UsageError(
                "The state folder holds data.",
                where=str(state),
                hint="Name another one with --state, or replace it with --force.",
            )
        with _unpacked(source, beside=state) as content:
            with _told_of(source, hint=_HINT):
                _verify(content)
            _replace(state, content)


@contextmanager
def _told_of(place: Path, *, hint: str = "") -> Iterator[None]:
    """Have errors name what the user has named, and not a copy of it that is gone by then."""
    try:
        yield
    except (HistoryError, SnapshotError, UnreadableError) as error:
        kind = type(error)
        raise kind(error.message, where=str(place), hint=hint or error.hint) from error


def _collect(state: Path, content: Path, extras: tuple[str, ...]) -> None:
    for attempt in range(_TRIES):
        try:
            _collect_data(state, content)
            break
        except FileNotFoundError:  # a build has put the snapshot away meanwhile
            if attempt == _TRIES - 1:
                raise
            shutil.rmtree(content)
            content.mkdir()
    for name in extras:
        with suppress(FileNotFoundError):
            _copy(state / name, content / name)


def _copy(source: Path, target: Path) -> None:
    """Copy a file; of a database what one transaction sees, since it may be written meanwhile."""
    with source.open("rb") as file:
        is_database = file.read(len(_DATABASE)) == _DATABASE
    if not is_database:
        shutil.copy2(source, target)
        return
    with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(target)) as copied:
        database.backup(copied)


def _collect_data(state: Path, content: Path) -> None:
    folder = current_snapshot(state)
    if history_path(state).exists():
        with CommitLog(history_path(state)) as log:
            log.copy_to(content / FILE)
        with CommitLog(content / FILE) as copied:
            folder, _ = starting_point(state, copied)
    elif folder is None:
        raise SnapshotError(
            "There is nothing to back up.", where=str(state), hint="Build first: neagraph build"
        )
    if folder is not None:
        shutil.copytree(folder, content / SNAPSHOTS / folder.name)
        (content / CURRENT).write_text(f"{folder.name}\n")


def _pack(content: Path, archive: Path) -> None:
    with archive.open("xb") as file:
        archive.chmod(0o600)
        with tarfile.open(fileobj=file, mode="w:gz") as tar:
            for member in sorted(content.iterdir()):
                tar.add(member, member.name)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _unpacked(source: Path, *, beside: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as name:
        try:
            with tarfile.open(source, "r:gz") as tar:
                tar.extractall(name, filter="data")
        except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            raise UnreadableError(
                f"The backup cannot be read: {reason[:1].lower()}{reason[1:].rstrip('.')}.",
                where=str(source),
                hint=_HINT,
            ) from error
        yield Path(name)


def _verify(content: Path) -> None:
    """Raise an error unless the whole content leads to the state that its log tells."""
    folder = current_snapshot(content)
    if history_path(content).exists():
        with CommitLog(history_path(content)) as log:
            present_lines(content, log)
    elif folder is not None:
        load_dataset(folder)
    else:
        raise UnreadableError("There is no dataset in this archive.")


def _replace(state: Path, content: Path) -> None:
    """Move verified content into its place: snapshots first, then the log that names them."""
    (state / SNAPSHOTS).mkdir(exist_ok=True)
    for folder in (content / SNAPSHOTS).glob("*"):
        shutil.rmtree(state / SNAPSHOTS / folder.name, ignore_errors=True)
        folder.rename(state / SNAPSHOTS / folder.name)
    _close_in_order(history_path(state))
    if not history_path(content).exists():
        history_path(state).unlink(missing_ok=True)
    for file in sorted(path for path in content.iterdir() if path.is_file()):
        for end in ("-wal", "-shm", "-journal"):  # they belong to what is replaced
            (state / (file.name + end)).unlink(missing_ok=True)
        file.replace(state / file.name)


def _close_in_order(log: Path) -> None:
    """Leave a log that is to be replaced without the files beside it, which are not the new one's.

    A damaged one cannot be opened; what is beside it is of no use then.
    """
    if log.exists():
        with suppress(HistoryError), CommitLog(log):
            pass
    for end in ("-wal", "-shm"):
        log.with_name(log.name + end).unlink(missing_ok=True)

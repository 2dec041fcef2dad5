"""The program of the store process: load the dataset, say so, serve until standard input closes.

`store.process.ProcessStore` starts it; it is of no use by itself.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import resource
import signal
import socket
import sys
from pathlib import Path

from neagraph.checking import checker
from neagraph.errors import HistoryError, NeagraphError
from neagraph.gate import Gate, trial
from neagraph.model import Answer, Version
from neagraph.settings import project_root
from neagraph.store.dataset import ScopedDataset
from neagraph.store.digest import digest_of
from neagraph.store.history import CommitLog
from neagraph.store.history_file import HINT_DAMAGED
from neagraph.store.messages import write_outcome
from neagraph.store.process import MODULE, READY
from neagraph.store.server import StoreServer
from neagraph.store.snapshot import load_dataset
from neagraph.store.work import Check, Trial, Works

_DESCRIPTORS = 65_536
_REFEREE = "neagraph.validation.referee"


def load(snapshot: Path | None, log: Path | None, *, union: bool) -> ScopedDataset:
    """Return the dataset of a snapshot, brought up to the last commit of a log.

    Args:
        snapshot: Folder of the snapshot; None for the empty dataset.
        log: The commit log; None for none, and then the version has the number 0.
        union: As `ScopedDataset` has it.

    Raises:
        SnapshotError: If the snapshot cannot be loaded.
        HistoryError: If the log cannot be read, or does not lead from this snapshot to its head.
    """
    quads = [] if snapshot is None else load_dataset(snapshot)
    if log is None:
        return ScopedDataset(quads, union=union)
    with CommitLog(log) as commits:
        base = _base(commits, name="" if snapshot is None else snapshot.name)
        dataset = ScopedDataset(quads, union=union, version=base)
        if digest_of(dataset.lines()) != base.digest:
            raise _misfit(log, "its first commit was made on another dataset")
        for commit in commits.commits(after=base.number):
            try:
                dataset.apply(commit.changeset)
            except NeagraphError as error:
                number = commit.version.number
                raise _misfit(log, f"version {number} is no change of quads") from error
        if dataset.version != commits.head():
            raise _misfit(log, "its commits do not lead to the state that it tells")
    return dataset


def _base(log: CommitLog, *, name: str) -> Version:
    for base in log.bases():
        if base.snapshot == name:
            return base.version
    raise _misfit(log.path, "it does not know this snapshot")


def _misfit(log: Path, reason: str) -> HistoryError:
    return HistoryError(
        f"The commit log does not fit the snapshot: {reason}.",
        where=str(log),
        hint=HINT_DAMAGED,
    )


def serve(
    dataset: ScopedDataset, options: argparse.Namespace, *, attempt: Trial, check: Check
) -> None:
    """Say that the dataset is loaded, and answer until standard input closes."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, _DESCRIPTORS), most))
    gc.collect()
    gc.freeze()  # what is here stays, so children need not touch its pages
    try:
        sys.stdout.buffer.write(READY)
        write_outcome(sys.stdout.buffer, Answer(b"", "", dataset.version))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever wanted it has ended meanwhile
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    with socket.socket(fileno=options.listener) as listener:
        StoreServer(
            Works(dataset, attempt, check),
            listener,
            lifeline=sys.stdin.fileno(),
            workers=options.workers,
            queue=options.queue,
        ).serve()


def main(arguments: list[str] | None = None) -> int:
    """Run the store process and return its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides when to end
        signal.signal(number, signal.SIG_IGN)
    options = _parser().parse_args(arguments)
    importlib.import_module(_REFEREE)  # children can open no file, not even a module's
    output = sys.stdout.buffer
    try:
        dataset = load(options.snapshot, options.log, union=not options.plain)
        root = None if options.plain else project_root()
        attempt = trial(root)
        check = checker(root, attempt.prepared_for if isinstance(attempt, Gate) else None)
    except NeagraphError as error:
        output.write(b"failed\n")
        write_outcome(output, error)
        output.flush()
        return error.exit_code
    serve(dataset, options, attempt=attempt, check=check)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    add = parser.add_argument
    add("--listener", type=int, required=True, help="descriptor of a listening Unix socket")
    begin = parser.add_mutually_exclusive_group(required=True)
    begin.add_argument("--snapshot", type=Path, metavar="DIR", help="begin with a snapshot")
    begin.add_argument("--empty", action="store_true", help="begin with an empty dataset")
    add("--log", type=Path, metavar="FILE", help="replay a commit log on it")
    add("--workers", type=int, required=True, help="how many queries may run at once")
    add("--queue", type=int, required=True, help="how many more may wait")
    add("--plain", action="store_true", help="be a plain SPARQL server")
    return parser


if __name__ == "__main__":
    sys.exit(main())

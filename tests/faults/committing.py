"""Commits to a state folder until it is killed, and says so of each commit that is acknowledged.

Started by the tests of durability: `python committing.py STATE alone|whole`. With `alone`, a child
that holds the dataset itself commits, and a new one for each line on standard input; with `whole`,
the program commits, and has a store process as the service does. What commit number N does follows
from N, so whoever reads the state folder afterwards knows what must be there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from neagraph.model import Changeset, Limits, Version, Write, WriteKind
from neagraph.rdf.io import from_lines
from neagraph.store.dataset import ScopedDataset
from neagraph.store.history import CommitLog
from neagraph.store.process import Mode, ProcessStore, StoreSource
from neagraph.store.state import open_history, present_lines, starting_point
from neagraph.writing import Writer


def lines(number: int) -> tuple[str, ...]:
    """Return what the state of this number holds beside what was there at first."""
    size = number * 37 % 500 + 1 if number else 0
    return tuple(sorted(f"<a:s{n}> <a:p> <a:o{number}> <a:g{n % 3}> ." for n in range(size)))


def changeset(number: int) -> Changeset:
    """Return what the commit of this number does."""
    return Changeset(lines(number), lines(number - 1))


class OwnStore(ScopedDataset):
    """A store in this process, which tries whatever comes next."""

    def trial(self, write: Write, limits: Limits, *, id: str = "") -> Changeset:  # noqa: A002, ARG002
        return changeset(self.version.number + 1)


def update(number: int) -> str:
    """Return the update of a commit."""
    change = changeset(number)
    parts = [("DELETE", change.removed), ("INSERT", change.added)]
    return " ; ".join(f"{word} DATA {{ {' '.join(map(_graph, told))} }}" for word, told in parts)


def _graph(line: str) -> str:
    subject, predicate, value, graph, _ = line.split()
    return f"GRAPH {graph} {{ {subject} {predicate} {value} }}"


def own_store(state: Path, log: CommitLog) -> OwnStore:
    """Return the present state, loaded into this process."""
    return OwnStore(from_lines(present_lines(state, log)), union=False, version=log.head())


def process_store(state: Path, log: CommitLog) -> ProcessStore:
    """Return the present state in a plain store process."""
    snapshot, _ = starting_point(state, log)
    return ProcessStore(StoreSource(snapshot, log.path), workers=1, mode=Mode.PLAIN)


def commit_on(state: Path, how: str) -> None:
    """Commit without end."""
    log = open_history(state)
    store = own_store(state, log) if how == "alone" else process_store(state, log)
    writer = Writer(store, log)  # type: ignore[arg-type]  # whatever the writer calls is there
    version: Version = store.version
    tell(f"ready {store.pid if isinstance(store, ProcessStore) else os.getpid()}")
    while True:
        text = update(version.number + 1) if how == "whole" else ""
        version = writer.commit(Write(WriteKind.UPDATE, text), author="me").version
        tell(f"{version.number} {version.digest}")


def raise_children(state: Path) -> None:
    """Have one child after the other commit, each until it is killed."""
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            commit_on(state, "alone")
        os.waitpid(pid, 0)
        tell("\nended")


def tell(text: str) -> None:
    """Write a line that whoever started this reads even if this is killed right after."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    if kind == "alone":
        raise_children(folder)
    commit_on(folder, kind)

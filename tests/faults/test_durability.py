"""No acknowledged commit is lost and no half commit is left, whichever process is killed when."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.faults.committing import changeset, lines, own_store, process_store

from neagraph.rdf.io import canonical, from_lines
from neagraph.store import snapshot
from neagraph.store.digest import digest_of
from neagraph.store.history import CommitLog
from neagraph.store.state import history_path, open_history, present_lines

PROGRAM = Path(__file__).with_name("committing.py")
FIRST = tuple(sorted(f"<a:first{n}> <a:p> <a:o> <a:g> ." for n in range(1000)))


class Outcome(NamedTuple):
    """What a killed program had acknowledged: number and digest of its last commit."""

    number: int
    digest: str


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with a snapshot of a thousand triples and a log without commits."""
    quads = canonical(from_lines(FIRST))
    manifest = snapshot.Manifest(snapshot.dataset_digest(quads), {}, "rules", (), (), {}, 0, 0)
    snapshot.write_snapshot(tmp_path, quads, manifest)
    open_history(tmp_path).close()
    return tmp_path


@contextlib.contextmanager
def running(state: Path, how: str) -> Iterator[subprocess.Popen[str]]:
    """The program that commits; killed in the end."""
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(state), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        try:
            yield program
        finally:
            program.kill()


def acknowledged(told: Iterable[str]) -> Outcome | None:
    """Return the last commit that was told in a whole line; None if none was."""
    parts = [line.split() for line in told if line.endswith("\n")]
    whole = [Outcome(int(part[0]), part[1]) for part in parts if len(part) == 2]
    return whole[-1] if whole else None


def kill_child(program: subprocess.Popen[str], seconds: float) -> Outcome | None:
    """Have a child commit for a while, kill it, and return what it had acknowledged."""
    program.stdin.write("go on\n")
    program.stdin.flush()
    pid = int(program.stdout.readline().split()[1])
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    told = list(iter(program.stdout.readline, "ended\n"))
    return acknowledged(line for line in told[:-1] if line != "\n")


def kill_service(state: Path, seconds: float, *, whom: str) -> Outcome | None:
    """Have a program with a store process commit for a while, and kill one of the two, or both."""
    with running(state, "whole") as program:
        store = int(program.stdout.readline().split()[1])
        time.sleep(seconds)
        if whom == "store":
            os.kill(store, signal.SIGKILL)
            time.sleep(0.2)
        program.kill()
        return acknowledged(program.stdout)


def require_whole(state: Path, seen: Outcome | None, *, before: int) -> int:
    """Assert that the state is that of a commit, and not before the last acknowledged one."""
    with CommitLog(history_path(state)) as log:
        head = log.head()
        last = before if seen is None else seen.number
        assert head.number in (last, last + 1)
        if seen is not None:
            assert log.version(seen.number).digest == seen.digest
        for commit in log.commits(before):
            assert commit.changeset == changeset(commit.version.number)
        expected = {*FIRST, *lines(head.number)}
        assert present_lines(state, log) == expected
        assert head.digest == digest_of(expected)
        assert own_store(state, log).version == head
    return head.number


@pytest.mark.slow
def test_a_writer_killed_a_hundred_times_loses_nothing(state: Path) -> None:
    chance = random.Random(20260101)  # noqa: S311  moments to be killed at
    number = 0
    with running(state, "alone") as program:
        for _ in range(100):
            seen = kill_child(program, chance.uniform(0, 0.1))
            number = require_whole(state, seen, before=number)
    assert number > 100


@pytest.mark.slow
def test_whichever_process_is_killed_the_store_comes_back_with_every_commit(state: Path) -> None:
    chance = random.Random(20260102)  # noqa: S311  as above
    number = 0
    for turn in range(8):
        seen = kill_service(state, chance.uniform(0, 0.3), whom=("writer", "store")[turn % 2])
        number = require_whole(state, seen, before=number)
    with CommitLog(history_path(state)) as log:
        store = process_store(state, log)
        try:
            assert store.wait() == log.head()
        finally:
            store.close()
    assert number > 8

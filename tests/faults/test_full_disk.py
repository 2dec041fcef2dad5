"""A disk that is full: what was acknowledged stays, and writing goes on once there is room."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from neagraph.errors import HistoryError
from neagraph.model import Changeset, Version
from neagraph.store.digest import changed, digest_of
from neagraph.store.history import Base, CommitLog, now

MEGABYTES = 2


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes; only the system's administrator can make one."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(tmp_path)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no small disk can be made here: {made.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)  # noqa: S607


def changeset(number: int) -> Changeset:
    lines = (f'<a:s{n}> <a:p{number}> "{number:0100}" <a:g> .' for n in range(200))
    return Changeset(tuple(sorted(lines)))


def commit(log: CommitLog) -> Version:
    head = log.head()
    change = changeset(head.number + 1)
    digest = changed(head.digest, change)
    return log.append(
        change, author="me", message="", digest=digest, time=now(), after=head.number
    ).version


def fill(log: CommitLog) -> Version:
    """Commit until the disk is full, and return the last version that was acknowledged."""
    acknowledged = [log.head()]
    with pytest.raises(HistoryError, match="full"):
        acknowledged.extend(commit(log) for _ in range(10_000))
    return acknowledged[-1]


def test_a_full_disk_loses_nothing_and_writing_goes_on_with_room(disk: Path) -> None:
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(MEGABYTES * 2**18))
    path = disk / "history.sqlite"
    with CommitLog.create(path, Base("", Version(0, digest_of([])))) as log:
        last = fill(log)
        assert log.head() == last
        assert last.number > 3
        ballast.unlink()
        assert commit(log).number == last.number + 1
    with CommitLog(path) as log:
        numbers = [c.version.number for c in log.commits(0)]
        assert numbers == list(range(1, last.number + 2))
        assert all(c.changeset == changeset(c.version.number) for c in log.commits(0))

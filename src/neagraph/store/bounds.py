"""What bounds a child while it works: memory, processor time, descriptors."""

from __future__ import annotations

import contextlib
import math
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from neagraph.model import Limits

_STATM = Path("/proc/self/statm")
_SPARE_SECONDS = 2  # processor time beyond the deadline, should nobody be left to kill the child
_DESCRIPTORS = 64  # a child's own, between two jobs


class Memory:
    """The address space of this process."""

    def __init__(self) -> None:
        self._statm = os.open(_STATM, os.O_RDONLY) if _STATM.exists() else None
        self._first = self.size()

    def size(self) -> int:
        """Return its size in bytes; 0 where the system does not tell."""
        if self._statm is None:
            return 0
        pages = os.pread(self._statm, 32, 0).split()[0]
        return int(pages) * resource.getpagesize()

    def growth(self) -> int:
        """Return by how many bytes it has grown."""
        return self.size() - self._first


@contextlib.contextmanager
def restricted(limits: Limits, memory: Memory) -> Iterator[None]:
    """Bound memory and processor time, and let no further file or connection be opened."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = usage.ru_utime + usage.ru_stime
    if memory.size():
        _limit(resource.RLIMIT_AS, memory.size() + limits.memory_bytes)
    _limit(resource.RLIMIT_CPU, math.ceil(spent + limits.seconds) + _SPARE_SECONDS)
    _limit(resource.RLIMIT_NOFILE, 0)
    yield
    _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    _limit(resource.RLIMIT_AS, resource.RLIM_INFINITY)


class Bounds:
    """The bounds of a process that does many jobs and opens nothing; set only where they change.

    Args:
        memory: The memory of this process.
    """

    def __init__(self, memory: Memory) -> None:
        self._first = memory.size()
        self._present = (0, 0)
        _limit(resource.RLIMIT_NOFILE, 0)

    def put(self, limits: Limits) -> None:
        """Bound processor time from now on, and memory beyond what there was at first."""
        seconds = math.ceil(time.process_time() + limits.seconds) + _SPARE_SECONDS
        size = self._first + limits.memory_bytes if self._first else resource.RLIM_INFINITY
        if (seconds, size) != self._present:
            _limit(resource.RLIMIT_CPU, seconds)
            _limit(resource.RLIMIT_AS, size)
            self._present = seconds, size

    def lift(self) -> None:
        """Let memory grow, to tell that it could not."""
        _limit(resource.RLIMIT_AS, resource.RLIM_INFINITY)
        self._present = (0, 0)


def _limit(what: int, value: int) -> None:
    _, most = resource.getrlimit(what)
    unbounded = most == resource.RLIM_INFINITY
    if value == resource.RLIM_INFINITY:
        value = most
    resource.setrlimit(what, (value if unbounded else min(value, most), most))

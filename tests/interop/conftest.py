"""Two running services, as anybody would start them: one over the project's data, one empty."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """The address of `neagraph serve` with these options, without a slash at its end."""
    command = [sys.executable, "-m", "neagraph.cli", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            assert "http://" in said, "the service does not start"
            yield said.split()[-1].rstrip("/")
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def address(state: Path) -> Iterator[str]:
    """The address of a service over the project's own data."""
    with serving("--state", str(state)) as address:
        yield address


@pytest.fixture
def plain() -> Iterator[str]:
    """The address of an empty plain server that takes writes."""
    with serving("--empty", "--open-writes") as address:
        yield address

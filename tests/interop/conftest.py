"""Two running services, as anybody would start them, and programs of others from npm."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="session")
def installed(tmp_path_factory) -> Callable[[dict], Path]:
    """What installs the packages that a package.json names, and returns node_modules."""

    def install(package: dict) -> Path:
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            pytest.skip("there is no Node.js with npm")
        folder = tmp_path_factory.mktemp("npm")
        (folder / "package.json").write_text(json.dumps({"private": True, **package}))
        quiet = ("--no-audit", "--no-fund", "--silent", "--prefix", str(folder))
        try:
            done = subprocess.run([npm, "install", *quiet], check=False, timeout=240)
        except subprocess.TimeoutExpired:
            pytest.skip("the registry of npm takes too long")
        if done.returncode:
            pytest.skip("the registry of npm does not answer")
        return folder / "node_modules"

    return install

"""What all tests share: where things are, and one built snapshot for the whole run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from neagraph.build import BuildReport, build
from neagraph.settings import project_root

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the project with the report text and the hand annotation."""
    folder = Path(os.environ.get("NEAGRAPH_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"{folder} is missing; name the folder with NEAGRAPH_SHARED")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """The snapshot of the project's own files, built once."""
    return build(project_root(), tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def state(built: BuildReport) -> Path:
    """The state folder with that snapshot; read it, do not write to it."""
    return built.snapshot.parents[1]

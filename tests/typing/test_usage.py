"""Type checkers understand the Python face, its mistakes included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_the_examples_of_use_are_well_typed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(HERE / "usage.py")],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

"""A small crowd: nobody's read fails, and every answer is from one version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("load.py")
SMALL = ("--readers=6", "--commits=15", "--dropped=30", "--slow=20", "--seconds=2")


@pytest.mark.slow
def test_a_small_crowd_is_served_whole_and_in_order() -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, *SMALL], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failures 0" in done.stdout

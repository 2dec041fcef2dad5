"""The file that holds the published graph of a report."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from neagraph.errors import UsageError


def title_of(file: Path) -> str:
    """Return what the first line of a file calls it; empty where it does not say."""
    first = file.read_text(encoding="utf-8").partition("\n")[0] if file.is_file() else ""
    return first.removeprefix("# ") if first.startswith("# ") else ""


def write(file: Path, content: bytes) -> bool:
    """Put content into a file, all of it at once; return whether that changes it.

    Raises:
        UsageError: If it cannot be written.
    """
    if file.is_file() and file.read_bytes() == content:
        return False
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as fresh:
            fresh.write(content)
            fresh.flush()
            os.fsync(fresh.fileno())
        Path(fresh.name).chmod(0o644)
        Path(fresh.name).replace(file)
    except OSError as error:
        raise UsageError(
            f"The file cannot be written: {(error.strerror or str(error)).lower()}.",
            where=str(file),
            hint="Check the folder and its permissions.",
        ) from error
    return True

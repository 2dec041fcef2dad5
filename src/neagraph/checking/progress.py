"""How far a check in another process has come: a note that the one writes and the other reads."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from neagraph.validation.progress import Step

_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class ProgressNote:
    """A note of the last step; one that cannot be written or read is passed over.

    It is the target of a symbolic link: a process that checks data may open no file.

    Args:
        path: Where the link comes to stand, in a folder that is there.
    """

    path: Path

    def tell(self, step: Step) -> None:
        """Write a step in the place of the last one."""
        fresh = self.path.with_suffix(".new")
        with suppress(OSError):
            fresh.symlink_to(json.dumps((step.done, step.total, step.what[:_LONGEST])))
            fresh.replace(self.path)

    def last(self) -> Step | None:
        """Return the last step; None if there is none yet."""
        with suppress(OSError):
            # Path.readlink would take the slashes in it for those of a path
            return Step(*json.loads(os.readlink(self.path)))  # noqa: PTH115
        return None

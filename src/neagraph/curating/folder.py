"""Many reports at once: which files of folders are reports, and what each of them says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from neagraph.curating.finding import Search, find
from neagraph.curating.listing import Found, fields_of, listing_of
from neagraph.errors import UsageError
from neagraph.reports.reading.batch import Outcome, run_batch
from neagraph.reports.reading.readers import REPORT_FORMATS, read_report


@dataclass(frozen=True, slots=True)
class Files:
    """The reports among some files and folders, each once; how many files are none."""

    reports: tuple[Path, ...]
    passed_over: int = 0


def reports_in(paths: Sequence[Path]) -> Files:
    """Return the reports among some files and in some folders, known by their suffixes there.

    Files whose names begin with `~$`, as word processors make them, are none, and hidden files
    and folders are not looked at.

    Raises:
        UsageError: If a folder holds no report.
    """
    suffixes = {f".{suffix}" for form in REPORT_FORMATS for suffix in form.suffixes}
    reports: list[Path] = []
    passed_over = 0
    for path in paths:
        if not path.is_dir():
            reports.append(path)
            continue
        files = sorted(_files_in(path))
        inside = [file for file in files if _is_report(file, suffixes)]
        if not inside:
            raise UsageError(
                "There is no report in this folder.",
                where=str(path),
                hint=f"Reports have one of these suffixes: {', '.join(sorted(suffixes))}.",
            )
        reports += inside
        passed_over += len(files) - len(inside)
    return Files(tuple(dict.fromkeys(reports)), passed_over)


def _files_in(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name) for name in files if not name.startswith("."))


def _is_report(file: Path, suffixes: set[str]) -> bool:
    return file.suffix.lower() in suffixes and not file.name.startswith("~$")


def extract_each(
    files: Sequence[Path],
    search: Search,
    *,
    as_json: bool,
    seconds: float,
    progress: Callable[[Outcome[str]], None],
) -> Iterator[Outcome[str]]:
    """Yield what each report says, as a text or as a line of JSON, in the order of the files.

    The reports are read in processes of their own, one on each processor.

    Args:
        files: The reports, each once.
        search: What is looked for.
        as_json: Whether JSON is wanted.
        seconds: How long each may take.
        progress: Told of each report as soon as it is done.
    """
    function = partial(_said_in, search=search, as_json=as_json)
    workers = len(os.sched_getaffinity(0))
    done: dict[Path, Outcome[str]] = {}
    waiting = iter(files)
    following = next(waiting, None)
    for outcome in run_batch(function, files, workers=workers, seconds=seconds):
        progress(outcome)
        done[outcome.path] = outcome
        while following in done:
            yield done.pop(following)
            following = next(waiting, None)


def _said_in(path: Path, *, search: Search, as_json: bool) -> str:
    """Return what a report says; a process of its own runs this."""
    document = read_report(path)
    found = Found(find(document, search), document)
    if not as_json:
        return listing_of(path, found)
    return json.dumps({"file": str(path), **fields_of(found)}, ensure_ascii=False) + "\n"

"""A folder of reports goes on whatever one of them does."""

from __future__ import annotations

import multiprocessing
import os
import runpy
from functools import partial
from operator import methodcaller
from pathlib import Path

import pytest

from neagraph.errors import LimitError, NeagraphError, UnreadableError, WorkerError
from neagraph.reports.reading.batch import run_batch, work
from neagraph.reports.reading.readers import read_report


def text_file(folder: Path, name: str, text: str = "The Meeting noted the report.") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_each_report_has_a_result_or_an_error(tmp_path: Path) -> None:
    paths = [text_file(tmp_path, f"{number}.txt", f"The report {number}.") for number in range(5)]
    paths += [text_file(tmp_path, "empty.txt", ""), tmp_path / "gone.pdf"]
    outcomes = list(run_batch(read_report, paths, workers=3, seconds=60))
    assert {outcome.path for outcome in outcomes} == set(paths)
    texts = {outcome.result.text for outcome in outcomes if outcome.result is not None}
    assert texts == {f"The report {number}." for number in range(5)}
    errors = {outcome.path.name: outcome.error for outcome in outcomes if outcome.error}
    assert set(errors) == {"empty.txt", "gone.pdf"}
    assert isinstance(errors["empty.txt"], UnreadableError)
    assert errors["empty.txt"].where.endswith("empty.txt")


def test_a_stuck_report_is_killed_and_the_rest_goes_on(tmp_path: Path) -> None:
    stuck = tmp_path / "stuck.txt"
    os.mkfifo(stuck)
    fine = text_file(tmp_path, "fine.txt")
    outcomes = {
        outcome.path: outcome
        for outcome in run_batch(Path.read_bytes, [stuck, fine], workers=1, seconds=2)
    }
    assert outcomes[fine].result == fine.read_bytes()
    error = outcomes[stuck].error
    assert isinstance(error, LimitError)
    assert "2 s" in error.message
    assert error.where == str(stuck)
    assert outcomes[stuck].seconds >= 2


def test_a_crash_is_told_with_its_exit_code(tmp_path: Path) -> None:
    path = text_file(tmp_path, "crash.py", "import os\nos._exit(7)\n")
    (outcome,) = run_batch(runpy.run_path, [path], workers=1, seconds=60)
    assert isinstance(outcome.error, WorkerError)
    assert "exit code 7" in outcome.error.message


def test_a_fault_of_the_program_is_told_as_such(tmp_path: Path) -> None:
    (outcome,) = run_batch(methodcaller("no_such"), [tmp_path], workers=0, seconds=60)
    assert isinstance(outcome.error, WorkerError)
    assert "AttributeError" in outcome.error.message


def test_memory_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(900_000_000)
    (outcome,) = run_batch(Path.read_bytes, [path], workers=1, seconds=60, megabytes=700)
    assert isinstance(outcome.error, LimitError)
    assert "memory" in outcome.error.message


def test_processes_end_when_nobody_wants_more(tmp_path: Path) -> None:
    stuck = tmp_path / "stuck.txt"
    os.mkfifo(stuck)
    fine = text_file(tmp_path, "fine.txt")
    others = set(multiprocessing.active_children())
    outcomes = run_batch(Path.read_bytes, [stuck, fine], workers=2, seconds=60)
    assert next(outcomes).path == fine
    assert set(multiprocessing.active_children()) > others
    outcomes.close()
    assert set(multiprocessing.active_children()) <= others


def test_no_files_are_no_outcomes() -> None:
    assert list(run_batch(read_report, [], workers=2, seconds=1)) == []


def refuse(error: BaseException, _: Path) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UnreadableError("no", hint="try"), UnreadableError),
        (MemoryError(), LimitError),
        (TypeError("bad"), WorkerError),
    ],
)
def test_errors_are_sent_as_values(error: BaseException, expected: type[NeagraphError]) -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    work(sender, partial(refuse, error), Path("a.txt"))
    assert type(receiver.recv()) is expected


def test_results_are_sent_as_they_are() -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    work(sender, str, Path("a.txt"))
    assert receiver.recv() == "a.txt"

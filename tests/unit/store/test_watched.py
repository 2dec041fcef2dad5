"""A program that can always be ended, whatever the engine is doing."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys

import pytest

from neagraph.errors import WorkerError
from neagraph.store.watched import go_on_watched

# `sum` does not return to Python, as the engine does not.
PROGRAM = """
import os, signal, sys
from neagraph.store.watched import go_on_watched
go_on_watched({seconds}, what="The sum", hint="Take fewer.")
print("begun", os.getpid(), flush=True)
{work}
"""
ENDLESS = "sum(range(10 ** 15))"


def start(work, *, seconds="None"):
    """Start a program; it, and the number of the process that does the work."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(work=work, seconds=seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    begun, pid = program.stdout.readline().split()
    assert (begun, int(pid) != program.pid) == ("begun", True)
    return program, int(pid)


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_an_interrupt_ends_it():
    program, worker = start(ENDLESS)
    os.kill(program.pid, signal.SIGINT)
    _, said = program.communicate(timeout=30)
    assert "KeyboardInterrupt" in said
    assert is_gone(worker)


def test_what_takes_too_long_is_ended():
    program, worker = start(ENDLESS, seconds="0.2")
    _, said = program.communicate(timeout=30)
    assert "QueryTimeoutError: The sum took longer than 0.2 s and was ended.\n→ Take f" in said
    assert is_gone(worker)


@pytest.mark.parametrize(
    ("end", "error", "said"),
    [
        ("exit 0", SystemExit, "0"),
        ("exit 7", SystemExit, "7"),
        ("kill -SEGV $$", WorkerError, "The process that did the work was ended by signal 11."),
        ("kill -INT $$", KeyboardInterrupt, ""),
    ],
)
def test_it_ends_as_the_work_does(monkeypatch, end, error, said):
    work = subprocess.Popen(["/bin/sh", "-c", f"ulimit -c 0; {end}"])
    monkeypatch.setattr(os, "fork", lambda: work.pid)
    with pytest.raises(error) as caught:
        go_on_watched(None, what="", hint="")
    work.returncode = 0  # it has been waited for
    assert str(caught.value).startswith(said)


class Terminal(io.StringIO):
    """What stands in a terminal's place."""

    def isatty(self):
        return True


def test_a_terminal_gets_its_cursor_back(monkeypatch):
    work = subprocess.Popen(["/bin/sh", "-c", "kill -KILL $$"])
    monkeypatch.setattr(os, "fork", lambda: work.pid)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(WorkerError):
        go_on_watched(None, what="", hint="")
    work.returncode = 0
    assert sys.stderr.getvalue().endswith("\x1b[?25h")

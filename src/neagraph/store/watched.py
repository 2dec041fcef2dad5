"""A program whose rest runs in a child, so that it can always be ended.

The engine does not return to Python while it works, so neither Ctrl-C nor a timer of Python's ends
a query that does not end by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

from neagraph.errors import QueryTimeoutError, WorkerError
from neagraph.store.child import end_with_parent

_TIDY = "\r\x1b[K\x1b[?25h"  # what shows progress has left a line, and hidden the cursor


def go_on_watched(seconds: float | None, *, what: str, hint: str) -> None:
    """Return in a child, which signals end at once; the parent waits here, and exits as that does.

    Call it in a program with one thread, before anything is written.

    Args:
        seconds: How long the child may live; None for as long as it likes.
        what: What it does, for the error that says that it lived longer.
        hint: What to do then.

    Raises:
        QueryTimeoutError: In the parent, if the child lived longer.
        KeyboardInterrupt: In the parent, if the user has ended it.
        WorkerError: In the parent, if the child ended in another way than by itself.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    ends = end_with_parent(os.getpid())
    pid = os.fork()
    if pid == 0:
        ends()
        for number in (signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds or 0.0)
        return
    code = _end_of(pid)
    if code >= 0:
        sys.exit(code)
    _tidy_terminal()
    if code == -signal.SIGALRM:
        raise QueryTimeoutError(f"{what} took longer than {seconds:g} s and was ended.", hint=hint)
    raise _error_of(-code)


def _end_of(pid: int) -> int:
    """Return the exit code of a child, or the negative number of the signal that has ended it."""
    try:
        _, status = os.waitpid(pid, 0)
    except KeyboardInterrupt:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):  # it may have ended, too
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        _tidy_terminal()
        raise
    return os.waitstatus_to_exitcode(status)


def _tidy_terminal() -> None:
    if sys.stderr.isatty():
        sys.stderr.write(_TIDY)
        sys.stderr.flush()


def _error_of(number: int) -> BaseException:
    if number == signal.SIGINT:
        return KeyboardInterrupt()
    return WorkerError(
        f"The process that did the work was ended by signal {number}.",
        hint="Perhaps there was not enough memory: try with less data at once.",
    )

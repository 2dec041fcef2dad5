"""The server under test in plain mode, and a line for each suite at the end of the run."""

from __future__ import annotations

from collections import Counter

import pytest

from .cases import SUITES_OF_TESTS
from .loading import Server


@pytest.fixture(scope="session")
def server(plain) -> Server:
    """A plain server over HTTP that anybody may write to."""
    return Server(plain)


def pytest_collection_modifyitems(items):
    for item in items:
        if "conformance" in item.path.parts:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter):
    counts = Counter()
    for outcome in ("passed", "failed", "xfailed", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            name = report.nodeid.partition("::")[2].partition("[")[0]
            if name in SUITES_OF_TESTS:
                counts[SUITES_OF_TESTS[name], outcome] += 1
    suites = sorted({name for name, _ in counts})
    if suites:
        terminalreporter.section("W3C suites over HTTP")
    for name in suites:
        total = sum(counts[name, outcome] for outcome in ("passed", "failed", "xfailed", "error"))
        terminalreporter.write_line(f"{name}: {counts[name, 'passed']}/{total}")

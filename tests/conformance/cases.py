"""Parameters of the tests: one for each entry of a manifest, known deviations marked."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from .deviations import DEVIATIONS
from .manifests import SUITES, Entry, entries


def cases(*manifests: str, kinds: Collection[str] = ()) -> pytest.MarkDecorator:
    """The parametrisation of a test by entries of manifests, named by their IRIs.

    Args:
        manifests: Paths inside the suites.
        kinds: Classes of the entries that are wanted; none for all.
    """
    found = [entry for name in manifests for entry in entries(name)]
    wanted = [entry for entry in found if not kinds or entry.kind in kinds]
    missing = pytest.param(
        None,
        id="missing",
        marks=pytest.mark.skip(f"{SUITES} is missing; name its parent with NEAGRAPH_SHARED"),
    )
    return pytest.mark.parametrize("entry", [_case(entry) for entry in wanted] or [missing])


def _case(entry: Entry) -> object:
    reason = DEVIATIONS.get(entry.id)
    marks = () if reason is None else pytest.mark.xfail(reason=reason, strict=True)
    return pytest.param(entry, id=entry.id, marks=marks)


def suite(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Name the suite of a test, for the summary at the end of the run."""

    def named(function: Callable[..., None]) -> Callable[..., None]:
        SUITES_OF_TESTS[function.__name__] = name
        return function

    return named


SUITES_OF_TESTS: dict[str, str] = {}
"""Name of a test function to the name of its suite."""

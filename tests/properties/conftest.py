"""What takes long begins at once, beside all other tests."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.pool import AsyncResult, Pool

import pytest

LAST = 19
"""Niceness of processes that take what time the tests leave."""
Comparisons = dict[int, AsyncResult[int]]
_POOL = pytest.StashKey[Pool]()
_COMPARISONS = pytest.StashKey[Comparisons]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Compare many mutated copies with the referee, if that is among what is to be tested."""
    wanted = [item for item in session.items if "comparisons" in getattr(item, "fixturenames", ())]
    if not wanted or session.config.option.collectonly:
        return
    compare = wanted[0].module.compare_mutated
    pool = multiprocessing.get_context("fork").Pool(os.cpu_count(), initializer=_stand_back)
    numbers = [item.callspec.params["number"] for item in wanted]
    session.config.stash[_POOL] = pool
    session.config.stash[_COMPARISONS] = {n: pool.apply_async(compare, (n,)) for n in numbers}
    pool.close()  # its processes end when they are done


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what nobody waits for any more."""
    if _POOL in config.stash:
        config.stash[_POOL].terminate()
        config.stash[_POOL].join()


@pytest.fixture(scope="session")
def comparisons(pytestconfig: pytest.Config) -> Comparisons:
    """The comparisons that were begun, by the number of the mutated copy."""
    return pytestconfig.stash[_COMPARISONS]


def _stand_back() -> None:
    os.nice(LAST)
    sys.settrace(None)  # measuring coverage, by a function for tracing, would slow them down

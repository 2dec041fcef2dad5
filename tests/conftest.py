"""What all tests share: where things are, and one built snapshot for the whole run."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Thread

import httpx
import pytest
import uvicorn
from hypothesis import HealthCheck, settings

from neagraph.build import BuildReport, build
from neagraph.model import Limits, Version
from neagraph.queries import load_catalogue
from neagraph.service import Service
from neagraph.settings import Settings, load_settings, project_root
from neagraph.store.digest import digest_of
from neagraph.store.history import Base, CommitLog
from neagraph.store.process import Mode, ProcessStore, StoreSource
from neagraph.store.snapshot import load_dataset
from neagraph.store.state import stored_lines
from neagraph.web.app import create_app
from neagraph.web.server import config_of
from neagraph.writing import Writer

ROOT = Path(__file__).resolve().parents[1]
LEAST_SECONDS = 0.005  # what takes less is taken for this long: the clock is too coarse

# A run draws the same examples each time, however slow the machine is; new ones are looked for
# with --hypothesis-profile=search.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("search"), database=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the project with the report text and the hand annotation."""
    folder = Path(os.environ.get("NEAGRAPH_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"{folder} is missing; name the folder with NEAGRAPH_SHARED")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """The snapshot of the project's own files, built once."""
    return build(project_root(), tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def state(built: BuildReport) -> Path:
    """The state folder with that snapshot; read it, do not write to it."""
    return built.snapshot.parents[1]


def _grows_at_most(times: float, work: Callable[[int], object], small: int, large: int) -> None:
    """Fail unless `work(large)` takes at most so many times the processor time of `work(small)`.

    Both are timed in turn up to five times, and the shortest of each counts: what else the
    machine does makes single runs longer, never shorter, and its speed cancels out.
    """

    def seconds(size: int) -> float:
        start = time.process_time()
        work(size)
        return time.process_time() - start

    shorter = longer = float("inf")
    for _ in range(5):
        shorter, longer = min(shorter, seconds(small)), min(longer, seconds(large))
        if longer <= times * max(shorter, LEAST_SECONDS):
            return
    pytest.fail(f"{large} takes {longer:.3f} s, {small} takes {shorter:.3f} s: over {times} times")


@pytest.fixture(scope="session")
def grows_at_most() -> Callable[[float, Callable[[int], object], int, int], None]:
    """What compares the time that work of two sizes takes: `(times, work, small, large)`."""
    return _grows_at_most


@contextmanager
def _serving(service: Service, *, settings: Settings | None = None) -> Iterator[httpx.Client]:
    """A client of a service, over a socket and a server as in production."""
    settings = settings or load_settings({})
    server = uvicorn.Server(config_of(create_app(service, settings=settings), settings))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(base_url=address, timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def serving() -> Callable[..., AbstractContextManager[httpx.Client]]:
    """What serves a service for the length of a block."""
    return _serving


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a plain SPARQL server, empty at first, that anybody may write to."""
    path = tmp_path_factory.mktemp("plain") / "history.sqlite"
    with CommitLog.create(path, Base("", Version(0, digest_of([])))) as log:
        store = ProcessStore(StoreSource(log=path), workers=2, mode=Mode.PLAIN)
        service = Service(
            store,
            catalogue=load_catalogue(project_root() / "queries"),
            limits=Limits(seconds=20.0),
            log=log,
            writer=Writer(store, log),
            open_writes=True,
            plain=True,
        )
        with _serving(service) as client:
            yield client


@pytest.fixture(scope="session")
def read_only(built: BuildReport) -> Iterator[httpx.Client]:
    """A client of a service over the project's own files that nobody may write to."""
    service = Service(
        ProcessStore(StoreSource(built.snapshot), workers=2),
        catalogue=load_catalogue(project_root() / "queries"),
        limits=Limits(seconds=20.0),
        snapshot=built.snapshot,
    )
    with _serving(service) as client:
        yield client


@pytest.fixture(scope="session")
def writable(
    built: BuildReport, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of a service over the project's own files that anybody may write to."""
    path = tmp_path_factory.mktemp("writable") / "history.sqlite"
    digest = digest_of(stored_lines(load_dataset(built.snapshot)))
    with CommitLog.create(path, Base(built.snapshot.name, Version(0, digest))) as log:
        store = ProcessStore(StoreSource(built.snapshot, path), workers=2)
        service = Service(
            store,
            catalogue=load_catalogue(project_root() / "queries"),
            limits=Limits(seconds=20.0),
            snapshot=built.snapshot,
            log=log,
            writer=Writer(store, log),
            open_writes=True,
        )
        with _serving(service) as client:
            yield client

"""Puts the parts of a service together: store, commit log, tokens, limits."""

from __future__ import annotations

import ipaddress
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from neagraph.errors import UsageError
from neagraph.fetching import FederationPolicy, require_public
from neagraph.queries import Catalogue, Kind, load_catalogue
from neagraph.service import Service, open_snapshot
from neagraph.settings import MEGA, Settings, project_root
from neagraph.store.forking import ForkingStore
from neagraph.store.history import CommitLog
from neagraph.store.process import Mode, ProcessStore, StoreSource
from neagraph.store.snapshot import served
from neagraph.store.state import history_path, open_history, starting_point
from neagraph.storekeeper import load
from neagraph.tokens import TokenStore
from neagraph.writing import Writer, followed

TOKENS_FILE: Final = "tokens.json"
"""Name of the file of tokens inside the state folder."""


def open_service(settings: Settings) -> Service:
    """Return a service over the state folder, which holds a snapshot.

    Its store loads meanwhile; `service.store.wait()` returns when it answers.

    Raises:
        SnapshotError: If the snapshot is damaged.
        HistoryError: If the commit log is damaged, does not fit, or cannot be written.
        UsageError: If another service is running on the folder.
    """
    closing = ExitStack()
    closing.enter_context(served(settings.state))
    log = closing.enter_context(open_history(settings.state))
    snapshot, _ = starting_point(settings.state, log)
    tokens = TokenStore(settings.state / TOKENS_FILE)
    return _service(settings, log, closing, snapshot=snapshot, tokens=tokens)


def open_in_process(settings: Settings) -> Service:
    """Return a service for a program with one thread, such as a command: it forks by itself.

    It answers from the present state, commits after the snapshot included, and writes nothing.

    Raises:
        SnapshotError: If there is no snapshot, or a damaged one.
        HistoryError: If the commit log is damaged or does not fit.
    """
    source = source_of(settings.state)
    return Service(
        ForkingStore(load(source.snapshot, source.log, union=True)),
        catalogue=load_catalogue(project_root() / "queries"),
        limits=settings.limits(),
        snapshot=source.snapshot,
    )


def source_of(state: Path) -> StoreSource:
    """Return the snapshot and the log of a state folder; the log is read, never made.

    Raises:
        SnapshotError: If there is no snapshot.
        HistoryError: If the commit log is damaged.
    """
    path = history_path(state)
    if not path.is_file():
        return StoreSource(open_snapshot(state))
    with CommitLog(path) as log:
        return StoreSource(starting_point(state, log)[0], path)


def latest(state: Path, log: CommitLog) -> StoreSource:
    """Return where a store begins now that builds may have gone on beside the service.

    Raises:
        HistoryError: If none of the snapshots is there that the log knows.
    """
    return StoreSource(starting_point(state, log)[0], log.path)


def open_plain_service(
    settings: Settings, *, state: Path | None = None, open_writes: bool = False
) -> Service:
    """Return a plain SPARQL server: no closure, no shapes, a default graph of its own.

    Args:
        settings: Limits and address.
        state: Where it is kept; None for nowhere: it begins empty and is gone when it ends.
        open_writes: Whether everybody on this machine may write without a token.

    Raises:
        UsageError: If writes are to be open on an address that others can reach, or another
            service is running on the folder.
        HistoryError: If the commit log is damaged or cannot be written.
    """
    if open_writes and not _is_loopback(settings.host):
        raise UsageError(
            f"Writes cannot be open to everybody who reaches {settings.host}.",
            hint="Listen on 127.0.0.1, or leave --open-writes out and make tokens.",
        )
    closing = ExitStack()
    folder = state or Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="neagraph-")))
    closing.enter_context(served(folder))
    log = closing.enter_context(open_history(folder))
    tokens = None if state is None else TokenStore(folder / TOKENS_FILE)
    return _service(settings, log, closing, tokens=tokens, plain=True, open_writes=open_writes)


def _service(  # noqa: PLR0913  one for each part
    settings: Settings,
    log: CommitLog,
    closing: ExitStack,
    *,
    snapshot: Path | None = None,
    tokens: TokenStore | None,
    plain: bool = False,
    open_writes: bool = False,
) -> Service:
    policy = _policy(settings)
    store = ProcessStore(
        StoreSource(snapshot, log.path),
        workers=settings.workers,
        queue=settings.queue,
        mode=Mode.PLAIN if plain else Mode.NORMAL,
        anew=None if snapshot is None else partial(latest, settings.state, log),
    )
    writer = Writer(store, log)
    service = Service(
        store,
        catalogue=_catalogue(plain=plain),
        limits=settings.limits(),
        snapshot=snapshot,
        log=log,
        writer=writer,
        tokens=tokens,
        open_writes=open_writes,
        plain=plain,
        remote=policy,
        closing=closing,
    )
    closing.enter_context(followed(writer))  # ends before what it needs is closed
    return service


def _policy(settings: Settings) -> FederationPolicy:
    """Return which servers may be asked; UsageError for what is no public server."""
    try:
        policy = FederationPolicy(
            settings.remote,
            max_bytes=settings.remote_answer * MEGA,
            max_seconds=settings.remote_timeout,
        )
        require_public(policy)
    except UsageError as error:
        hint = f"{error.hint.rstrip('.')}. What may be asked stands in NEAGRAPH_REMOTE."
        raise UsageError(error.message, where=error.where, hint=hint) from error
    return policy


def _catalogue(*, plain: bool) -> Catalogue:
    """Return the named queries; in plain mode those alone that the service asks itself."""
    found = load_catalogue(project_root() / "queries")
    return Catalogue(found.of_kind(Kind.SERVICE)) if plain else found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

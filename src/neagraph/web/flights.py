"""Requests in flight: who asks the same meanwhile waits for the one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.types import Scope

from neagraph.model import Version
from neagraph.web.cache import Entry
from neagraph.web.cache_keys import Headers, Key, Parameters
from neagraph.web.trace import Trace
from neagraph.web.validators import Validators

FLYING: Final = "neagraph.flying"
"""Where a scope has the `Asked` and the `Flight` of a request that has been begun already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose answer may be kept."""

    scope: Scope
    headers: Headers
    key: Key
    parameters: Parameters
    body: bytes
    version: Version
    validators: Validators


@dataclass(slots=True)
class Flight:
    """A request that is worked on for everyone who asks the same.

    Args:
        trace: Notes on the request that was first.
        end: Ends the work, where it does not wait for `deserted`.
        left: Whether the client that was first has gone away.
        wanted: How many clients want the answer; the work is ended when nobody does.
        deserted: Set then.
        others: What those wait for who have come later; None stands for a client that has left.
    """

    trace: Trace
    end: Callable[[], object] | None = None
    left: bool = False
    wanted: int = 1
    deserted: asyncio.Event = field(default_factory=asyncio.Event)
    others: set[asyncio.Future[Entry | None]] = field(default_factory=set)

    def desert(self) -> None:
        """End the work, since nobody waits for it any more."""
        self.deserted.set()
        if self.end is not None:
            self.end()

    def land(self, entry: Entry) -> None:
        """Give everyone the answer."""
        for other in self.others:
            if not other.done():
                other.set_result(entry)

    def fail(self, error: BaseException) -> None:
        """Give everyone the error."""
        for other in self.others:
            if isinstance(error, asyncio.CancelledError):
                other.cancel()
            elif not other.done():
                other.set_exception(error)

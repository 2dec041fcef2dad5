"""The current version, and earlier ones on request (`?version=N`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Final, Protocol, Self, TypeVar

from anyio import to_thread
from starlette.requests import Request

from neagraph.errors import HistoryError, NotFoundError, UsageError
from neagraph.model import Commit, Version
from neagraph.web.threads import StoreThreads
from neagraph.web.trace import trace_of

_MOST_DIGITS: Final = 15


class Log(Protocol):
    """What is asked here of a commit log."""

    def commit(self, number: int) -> Commit:
        """Return a commit; NotFoundError if there is none."""
        ...

    def version(self, number: int) -> Version:
        """Return the state of a number; NotFoundError if the log does not reach it."""
        ...


class Versioned(Protocol):
    """A service that can be asked about earlier versions."""

    @property
    def version(self) -> Version:
        """The state that answers."""
        ...

    def at(self, number: int) -> Self:
        """Return the same service at a version; NotFoundError if there is no such one."""
        ...


S = TypeVar("S", bound=Versioned)


async def service_at(
    request: Request,
    service: S,
    threads: StoreThreads,
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> S:
    """Return the service at the version that a request asks for; itself where it asks for none.

    The notes on the request are told the version, which is what lets the cache keep the answer.

    Args:
        request: The request.
        service: The service at the current version.
        threads: Where to wait for the log.
        pairs: The parameters of the request; those of its address where it is None.

    Raises:
        NotFoundError: If there is no such version; the hint tells which there are.
        UsageError: If the parameter `version` is no number, or stands several times.
    """
    pairs = request.query_params.multi_items() if pairs is None else pairs
    texts = [value for name, value in pairs if name == "version"]
    if len(texts) > 1:
        raise UsageError(
            f'The parameter "version" stands {len(texts)} times.', hint="Send it once."
        )
    if not texts:
        return service
    earlier = await threads.ask(service.at, number_of(texts[0], "version"))
    trace_of(request).version = earlier.version
    return earlier


def number_of(text: str, name: str) -> int:
    """Return the number of a version.

    Args:
        text: What was sent.
        name: The parameter that it was sent as.

    Raises:
        UsageError: If it is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise UsageError(
            f'"{text}" is no number of a version.',
            where=name,
            hint="Give a whole number from 0; /history lists them.",
        )
    return int(text)


def http_date(time: str) -> str:
    """Return a time of the commit log as HTTP writes it (RFC 9110, section 5.6.7)."""
    return format_datetime(datetime.fromisoformat(time), usegmt=True)


class VersionFinder:
    """Tells of versions what the headers of answers need.

    Args:
        service: Its `version` is the current one; its `log` holds the others, or is None.
    """

    def __init__(self, service: Current) -> None:
        self._service = service
        self._last: tuple[Version, str] | None = None

    def at_hand(self) -> tuple[Version, str] | None:
        """Return what is known of the current version without looking into the log."""
        last = self._last
        return last if last is not None and last[0] == self._service.version else None

    async def __call__(self, number: str | None) -> tuple[Version, str] | None:
        """Return a version and the time of its commit as an HTTP date, empty where not known.

        Args:
            number: The version as a client writes it; None for the current one.
        """
        if number is None and (last := self.at_hand()) is not None:
            return last
        current = self._service.version
        try:
            wanted = current.number if number is None else number_of(number, "version")
            found = await to_thread.run_sync(self._find, wanted, current)
        except (NotFoundError, UsageError, HistoryError):
            return None if number is not None else (current, "")
        if number is None:
            self._last = found
        return found

    def _find(self, number: int, current: Version) -> tuple[Version, str]:
        log = self._service.log
        if log is None:
            if number != current.number:
                raise NotFoundError(f"There is no version {number}.")
            return current, ""
        version = current if number == current.number else log.version(number)
        try:
            return version, http_date(log.commit(number).time)
        except NotFoundError:  # the state before the first commit
            return version, ""


class Current(Protocol):
    """What is asked here of a service."""

    @property
    def version(self) -> Version:
        """The current version, at once."""
        ...

    @property
    def log(self) -> Log | None:
        """The commits, where they are kept."""
        ...

"""A stand-in for the store process: a forked copy that answers while that one is busy.

Whoever comes meanwhile is answered from the state that there was. What only the store process can
do is passed on to it, connection and all. When it is done, the stand-in takes nobody new, says so,
and ends once those whom it serves have left.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import Final

from neagraph.errors import NeagraphError
from neagraph.model import Answer
from neagraph.store.child import fork_linked, let_go, outcome_file
from neagraph.store.clients import Client, Clients
from neagraph.store.messages import Message, write_message

LOG: Final = logging.getLogger(__name__)
_PASSED: Final = b"m"  # what comes is a connection, and the file of what was received from it
_HANDED_OVER: Final = 2
_CLOSED: Final = b"."  # the stand-in takes nobody new
_PATIENCE: Final = 5.0  # seconds that it may take to say so
_COURTESY: Final = 1.0  # seconds that long work waits for those who were there before it


@dataclass(frozen=True, slots=True)
class Passed:
    """A client whom a stand-in has passed on, and the bytes of the message."""

    connection: socket.socket
    received: bytes


@dataclass(slots=True, eq=False)
class StandIn:
    """A stand-in, as the store process sees it.

    Args:
        pid: Its process number.
        link: Readable when it has something to say.
        is_gone: Whether it has ended, and is to be buried.
    """

    pid: int
    link: socket.socket
    is_gone: bool = False

    def relieve(self) -> list[Passed]:
        """Have it take nobody new, and return those whom it has passed on by then."""
        found = list[Passed]()
        try:
            self.link.settimeout(_PATIENCE)
            self.link.shutdown(socket.SHUT_WR)
            while (passed := self.hear()) is not None:
                found.append(passed)
        except OSError:
            self.kill()
        return found

    def hear(self) -> Passed | None:
        """Return whom it passes on; None if it says something else, or has ended."""
        try:
            said, descriptors, _, _ = socket.recv_fds(self.link, 1, 2)
        except ConnectionError:
            said, descriptors = b"", []
        self.is_gone = not said
        if said != _PASSED or len(descriptors) != _HANDED_OVER:
            for descriptor in descriptors:  # there was none left for the other one
                os.close(descriptor)
            return None
        with os.fdopen(descriptors[1], "rb") as file:
            return Passed(socket.socket(fileno=descriptors[0]), file.read())

    def kill(self) -> None:
        """End it at once, and its children with it; it remains to be buried."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def bury(self) -> None:
        """Reap it when it has ended, or is about to."""
        self.link.close()
        os.waitpid(self.pid, 0)


class StandIns:
    """The stand-ins of the store process; some may still serve when there is a new one.

    Args:
        selector: Calls what is registered with it when there is something to read.
        start: Forks one.
        clients: Those of the store process.
    """

    def __init__(
        self, selector: selectors.BaseSelector, *, start: Callable[[], StandIn], clients: Clients
    ) -> None:
        self._selector = selector
        self._start = start
        self._clients = clients
        self._present: StandIn | None = None
        self._former: set[StandIn] = set()

    def begin(self) -> None:
        """Have one take whoever comes, if the system has a process for it."""
        try:
            self._present = self._start()
        except OSError as error:
            LOG.warning("There is no process for a stand-in: %s", error)
        self._clients.close_door()

    def relieve(self) -> None:
        """Take whoever comes here again, and whom the stand-in has passed on."""
        stand_in, self._present = self._present, None
        self._clients.open_door()
        if stand_in is None:
            return
        passed = stand_in.relieve()
        self._former.add(stand_in)
        hear = partial(self._hear, stand_in)
        self._selector.register(stand_in.link, selectors.EVENT_READ, hear)
        for client in passed:
            self._clients.adopt(client.connection, client.received)

    def end(self) -> None:
        """End all of them."""
        for stand_in in (*self._former, *([self._present] if self._present else [])):
            stand_in.kill()
            stand_in.bury()

    def _hear(self, stand_in: StandIn) -> None:
        passed = stand_in.hear()
        if passed is not None:
            self._clients.adopt(passed.connection, passed.received)
        elif stand_in.is_gone:
            self._selector.unregister(stand_in.link)
            self._former.remove(stand_in)
            stand_in.bury()


class LongWork:
    """What takes the store process long, and is done while a stand-in answers.

    Args:
        stand_ins: The stand-ins.
        clients: Those of the store process.
    """

    def __init__(self, stand_ins: StandIns, clients: Clients) -> None:
        self._stand_ins = stand_ins
        self._clients = clients
        self._pending: list[tuple[Message, Client | None]] = []
        self.at_latest = 0.0
        """When it is begun at the latest, on the clock of `time.monotonic`."""
        self.last: Message | None = None
        """What was made ready for last; None if it was something else that was done."""

    @property
    def is_pending(self) -> bool:
        """Whether there is something to do."""
        return bool(self._pending)

    def undertake(self, message: Message, client: Client | None = None) -> None:
        """Do soon what a message asks for, or needs before a child can do it."""
        if not self._pending:
            self._stand_ins.begin()
            self.at_latest = time.monotonic() + _COURTESY
        self._pending.append((message, client))

    def is_due(self, present: AbstractSet[Client]) -> bool:
        """Return whether it is to be done now, since nobody present waits for anything else."""
        others = present - {client for _, client in self._pending if client is not None}
        return self.is_pending and (not others or time.monotonic() >= self.at_latest)

    def do(self, work: Callable[[Message], Answer | None]) -> list[Client]:
        """Do it, and return those who are still here and have no outcome of it.

        Nobody has an outcome before the stand-in takes nobody new: who has one may rely on it.
        """
        done = [(client, _outcome(work, message)) for message, client in self._pending]
        self.last = self._pending[-1][0] if done[-1][1] is None else None
        self._pending.clear()
        self._stand_ins.relieve()
        for client, outcome in done:
            if client is not None and outcome is not None:
                self._clients.reply(client, outcome)
        present = self._clients.all()
        return [client for client, outcome in done if client in present and outcome is None]

    def end(self) -> None:
        """End all stand-ins."""
        self._stand_ins.end()


def _outcome(
    work: Callable[[Message], Answer | None], message: Message
) -> Answer | NeagraphError | None:
    try:
        return work(message)
    except NeagraphError as error:
        return error


def start(serve: Callable[[socket.socket], None], *, listener: socket.socket) -> StandIn:
    """Fork a stand-in.

    Args:
        serve: What it does, until nobody is left whom it serves. It is handed its end of the link,
            which reaches its end when the store process is done.
        listener: Where clients come from.

    Raises:
        OSError: If the system has no process or no descriptor left for it.
    """

    def live(link: socket.socket) -> None:
        let_go(keep=(listener.fileno(), link.fileno()))
        serve(link)
        os._exit(0)

    return StandIn(*fork_linked(live))


def pass_on(link: socket.socket, connection: socket.socket, message: Message) -> None:
    """Pass a client and its message on to the store process.

    Raises:
        OSError: If that cannot be done.
    """
    with outcome_file() as file:
        file.write(write_message(message))
        file.flush()
        file.seek(0)
        socket.send_fds(link, [_PASSED], [connection.fileno(), file.fileno()])


def say_closed(link: socket.socket) -> None:
    """Tell the store process that nobody new is taken."""
    with contextlib.suppress(OSError):  # it has ended
        link.send(_CLOSED)

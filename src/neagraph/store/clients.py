"""The connections to the store process: whoever connects sends one message and waits."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Final

from neagraph.errors import NeagraphError
from neagraph.model import Answer
from neagraph.store.child import Child, outcome_file
from neagraph.store.messages import Message, message_size, read_message, write_outcome

_CHUNK: Final = 1 << 20
_OUT_OF_DESCRIPTORS: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
_PAUSE: Final = 0.01  # seconds until it is tried again whether the system has what it had not


@dataclass(slots=True, eq=False)
class Client:
    """A connection: what it has sent, how much that is to be, and the child that works for it."""

    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)
    size: int | None = None
    message: Message | None = None
    child: Child | None = None


class Clients:
    """Those who are connected.

    Args:
        listener: A listening Unix socket.
        selector: Calls what is registered with it when there is something to read.
        on_message: Told of the message of a client; an error from it is the reply.
        on_leaving: Told of a client that has its reply or has gone away, which is to be forgotten.
    """

    def __init__(
        self,
        listener: socket.socket,
        selector: selectors.BaseSelector,
        *,
        on_message: Callable[[Client, Message], None],
        on_leaving: Callable[[Client], None],
    ) -> None:
        self._clients: set[Client] = set()
        self._selector = selector
        self._on_message = on_message
        self._on_leaving = on_leaving
        self._listener = listener
        self._listener.setblocking(False)  # noqa: FBT003  the name says it
        self.open_door()

    def all(self) -> set[Client]:
        """Return those who are connected now."""
        return set(self._clients)

    def reply(self, client: Client, outcome: Answer | NeagraphError) -> None:
        """Send an outcome to a client, who leaves with it."""
        with outcome_file() as file:
            write_outcome(file, outcome)
            file.seek(0)
            self.send(client, file)

    def send(self, client: Client, outcome: IO[bytes]) -> None:
        """Send the file of an outcome to a client, who leaves with it."""
        with contextlib.suppress(OSError):
            socket.send_fds(client.connection, [b"."], [outcome.fileno()])
        if client in self._clients:  # and has not gone away already
            self._on_leaving(client)

    def forget(self, client: Client) -> None:
        """Close the connection of a client."""
        self._clients.discard(client)
        self._selector.unregister(client.connection)
        client.connection.close()

    def adopt(self, connection: socket.socket, received: bytes) -> None:
        """Take a client over from another process, with what that has received."""
        self._read(self._meet(connection), received)

    def close_door(self) -> None:
        """Take nobody new."""
        self._selector.unregister(self._listener)

    def open_door(self) -> None:
        """Take whoever comes, again."""
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno not in _OUT_OF_DESCRIPTORS:
                raise
            time.sleep(_PAUSE)
            return
        self._meet(connection)

    def _meet(self, connection: socket.socket) -> Client:
        connection.setblocking(False)  # noqa: FBT003  the name says it
        client = Client(connection)
        self._clients.add(client)
        self._selector.register(connection, selectors.EVENT_READ, partial(self._receive, client))
        return client

    def _receive(self, client: Client) -> None:
        if client not in self._clients:  # left earlier in this round
            return
        try:
            data = client.connection.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data or client.message is not None:
            self._on_leaving(client)
            return
        self._read(client, data)

    def _read(self, client: Client, data: bytes) -> None:
        client.received += data
        try:
            client.size = client.size or message_size(client.received)
            if client.size is not None and len(client.received) >= client.size:
                client.message = read_message(client.received)
                client.received.clear()
                self._on_message(client, client.message)
        except NeagraphError as error:
            self.reply(client, error)

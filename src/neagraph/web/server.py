"""The server: it listens, serves, and stops in order.

When it is told to stop it accepts nothing new, lets what runs finish for a while, then ends the
store, so that whoever still waits gets an answer that says so, and closes.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Final

import uvicorn
from fastapi import FastAPI

from neagraph.errors import UsageError
from neagraph.settings import Settings
from neagraph.web.front import FrontProtocol, front_protocol
from neagraph.web.logs import configure_logging

_TICKS_BETWEEN: Final = 10  # of a tenth of a second each
_SECONDS_TO_CLOSE: Final = 5
"""How long connections may take to take their last answers."""


def run_server(
    app: FastAPI,
    *,
    settings: Settings,
    on_ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the application until the process is told to stop; set up its logs.

    Args:
        app: What is served; its state holds `close`, which ends the store, `fast_lane` and
            `express`.
        settings: Host and port, where port 0 takes a free one, the form of the log, and how long
            requests may go on when it is to stop.
        on_ready: Told the address once connections are accepted.

    Raises:
        UsageError: If the address cannot be listened on.
    """
    listener = _listen(settings.host, settings.port)
    configure_logging(form=settings.log)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    on_ready(f"http://{host}:{listener.getsockname()[1]}/")
    config = config_of(app, settings)
    gc.collect()
    gc.freeze()  # what is there now stays to the end; collections need not look at it again
    with listener:
        stop = app.state.close
        GracefulServer(config, end_store=stop, seconds=settings.finish).run(sockets=[listener])


def config_of(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return how a service is served: over a protocol of its own, for queries go a short way."""
    return uvicorn.Config(
        app,
        http=front_protocol(app.state.fast_lane, app, express=app.state.express),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=round(settings.finish) + _SECONDS_TO_CLOSE,
    )


class GracefulServer(uvicorn.Server):
    """A server that ends the store when requests go on for too long after the call to stop.

    Args:
        config: As of uvicorn; its own limit on stopping comes after ours.
        end_store: Ends the store; whoever waits for it is answered with an error.
        seconds: How long requests may go on.
    """

    def __init__(
        self, config: uvicorn.Config, *, end_store: Callable[[], Awaitable[None]], seconds: float
    ) -> None:
        super().__init__(config)
        self._end_store = end_store
        self._seconds = seconds

    async def on_tick(self, counter: int) -> bool:
        """Close connections whose clients take too long to ask; False to go on."""
        if counter % _TICKS_BETWEEN == 0:
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                if isinstance(connection, FrontProtocol) and connection.is_stalled(now):
                    connection.transport.close()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, wait for what runs, end the store, close."""
        overtime = asyncio.create_task(self._end_store_later())
        try:
            await super().shutdown(sockets)
        finally:
            overtime.cancel()

    async def _end_store_later(self) -> None:
        await asyncio.sleep(self._seconds)
        await self._end_store()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"The address {host}:{port} cannot be listened on: {reason}.",
            hint="Name another one with --host and --port; port 0 takes a free one.",
        ) from error

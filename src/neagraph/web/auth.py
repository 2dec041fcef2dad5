"""Who may: bearer tokens and roles, and a brake on whoever tries tokens out.

Source: RFC 6750. Secrets are 256 random bits, so what is braked is the load and the log of those
who try; a token that is right is never kept waiting, whatever others try from the same address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.requests import Request

from neagraph.errors import RefusedError, TooManyTokensError, UnauthorizedError
from neagraph.tokens import Role, Token, TokenStore
from neagraph.web.trace import trace_of

LOG: Final = logging.getLogger(__name__)

ANONYMOUS: Final = "anonymous"
"""The author of what is written without a token, where that is possible."""
_CREDENTIALS: Final = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
_REALM: Final = 'Bearer realm="neagraph"'
_HINT: Final = "Send a token that its keeper has given you: Authorization: Bearer nea_…"
_LOCALHOST: Final = "localhost"


class Guarded(Protocol):
    """What is told here of a service.

    `tokens` is None where nobody may write; `open_writes` lets everybody on this machine write.
    """

    @property
    def tokens(self) -> TokenStore | None:
        """The tokens that are known."""
        ...

    @property
    def open_writes(self) -> bool:
        """Whether no token is asked for."""
        ...


class TokenNeededError(UnauthorizedError):
    """A request without a token, or with one that is not known.

    Args:
        message: What is wrong, one sentence.
        headers: The challenge that the answer carries.
    """

    def __init__(self, message: str, *, headers: Mapping[str, str]) -> None:
        super().__init__(message, hint=_HINT)
        self.headers = dict(headers)


class RoleError(RefusedError):
    """A request whose token does not permit it; arguments as `TokenNeededError`."""

    def __init__(self, message: str, *, hint: str, headers: Mapping[str, str]) -> None:
        super().__init__(message, hint=hint)
        self.headers = dict(headers)


class BrakedError(TooManyTokensError):
    """One of too many wrong tokens from one address; arguments as `TokenNeededError`."""

    def __init__(self, *, headers: Mapping[str, str]) -> None:
        super().__init__("Too many wrong tokens came from your address.", hint="Wait a minute.")
        self.headers = dict(headers)


class FailedAttempts:
    """Counts wrong tokens by address, in bounded memory.

    Args:
        most: How many are heard in one period.
        seconds: Length of a period.
        delay: Seconds that the answer to a wrong token is held back.
        most_addresses: How many addresses are remembered; the oldest is forgotten first.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        *,
        most: int = 10,
        seconds: float = 60.0,
        delay: float = 0.2,
        most_addresses: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._most_addresses = most_addresses
        self._clock = clock
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self.delay = delay

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, address: str) -> bool:
        """Count one more; return whether the address has been heard often enough."""
        now = self._clock()
        began, count = self._counts.get(address, (now, 0))
        if now - began >= self._seconds:
            self._counts.pop(address, None)
            began, count = now, 0
        self._counts[address] = began, count + 1
        if len(self._counts) > self._most_addresses:
            self._counts.popitem(last=False)
        return count >= self._most


async def require(request: Request, *, role: str, service: Guarded) -> str:
    """Return the name of the author of a request that may do what a role may.

    Args:
        request: The request; the notes on it are told the author.
        role: The role that is needed: `reader`, `editor` or `admin`.
        service: Tells which tokens are known.

    Raises:
        RefusedError: If nobody may, or the token's role is too low.
        UnauthorizedError: If there is no token, or one that is not known.
        TokensError: If the file of tokens is damaged.
    """
    if service.open_writes:
        _require_no_other_site(request)
        author = ANONYMOUS
    else:
        author = (await _token_of(request, Role(role), service.tokens)).name
    trace_of(request).author = author
    return author


async def _token_of(request: Request, role: Role, tokens: TokenStore | None) -> Token:
    if tokens is None or not await to_thread.run_sync(tokens.tokens):
        raise _read_only()
    secret = _secret_of(request)
    token = await to_thread.run_sync(tokens.check, secret)
    if token is None:
        raise await _wrong_token(request)
    if not token.role.includes(role):
        LOG.warning("%s is %s, and asked for what takes %s", token.name, token.role, role)
        raise RoleError(
            f'This takes the role "{role}"; the token of {token.name} has "{token.role}".',
            hint="Ask its keeper for another token.",
            headers={"WWW-Authenticate": f'{_REALM}, error="insufficient_scope", scope="{role}"'},
        )
    return token


def _secret_of(request: Request) -> str:
    sent = request.headers.getlist("authorization")
    found = _CREDENTIALS.fullmatch(sent[0]) if len(sent) == 1 else None
    if found is None:
        raise TokenNeededError(
            "This takes a token." if not sent else "The Authorization header holds no token.",
            headers={"WWW-Authenticate": _REALM},
        )
    return found[1]


async def _wrong_token(request: Request) -> UnauthorizedError:
    """Return the error for a wrong token, after a while; the secret is told nowhere."""
    attempts = _attempts_of(request)
    address = _address_of(request)
    if attempts.add(address):
        return BrakedError(headers={"Retry-After": "60"})
    LOG.warning("wrong token from %s: %s %r", address, request.method, request.url.path)
    await asyncio.sleep(attempts.delay)
    return TokenNeededError(
        "The token is not known.",
        headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
    )


def _attempts_of(request: Request) -> FailedAttempts:
    state = request.app.state
    if not hasattr(state, "failed_attempts"):
        state.failed_attempts = FailedAttempts()
    attempts: FailedAttempts = state.failed_attempts
    return attempts


def _address_of(request: Request) -> str:
    """Return what stands for a client: its address, or of IPv6 the network that it has."""
    text = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text[:64]
    if address.version == 4:  # noqa: PLR2004  the number of the protocol
        return str(address)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def _require_no_other_site(request: Request) -> None:
    """Let no page of another site write through the browser of somebody on this machine."""
    for origin in request.headers.getlist("origin"):
        if not _is_local(origin):
            raise RefusedError(
                f"Pages of {origin!r} may not write here.",
                hint="Write from a page of this machine, or from a program.",
            )


def _is_local(origin: str) -> bool:
    try:
        host = urlsplit(origin).hostname or ""
        return host == _LOCALHOST or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_only() -> RefusedError:
    return RefusedError(
        "This service is read-only: nobody has a token.",
        hint="Its keeper lets somebody write with: neagraph token add NAME --role editor",
    )

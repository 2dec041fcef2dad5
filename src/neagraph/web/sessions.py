"""Reviewers in a browser: a login by token, and a cookie that no script and no other site can use.

The cookie holds a random name of a session, never the token; sessions are forgotten when the
service stops. Every form carries a second secret, so that a page of another site cannot send one in
a reviewer's name even where a browser does not know SameSite. Sources: RFC 6265; the OWASP cheat
sheet on cross-site request forgery (synchroniser token).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from neagraph.errors import RefusedError
from neagraph.service import Service
from neagraph.tokens import Role, Token
from neagraph.web.auth import require
from neagraph.web.trace import trace_of

COOKIE: Final = "neagraph_review"
PATH: Final = "/review"
_SECONDS: Final = 12 * 3600
_MOST: Final = 1000
_ROLE: Final = Role.EDITOR


@dataclass(frozen=True, slots=True)
class Session:
    """A reviewer who has logged in.

    Args:
        name: Name of the token.
        created: Day on which the token was made: another one of the same name is another one.
        secret: What every form of this session carries; empty where no cookie was needed.
        until: When it ends.
    """

    name: str
    created: str
    secret: str
    until: float


class Sessions:
    """The reviewers who have logged in since the service began.

    Args:
        service: Tells which tokens are known.
        secure: Whether browsers reach the service by HTTPS alone.
        clock: Tells the time in seconds.
    """

    def __init__(
        self, service: Service, *, secure: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._service = service
        self._secure = secure
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    async def anybody(self) -> bool:
        """Return whether there is anybody who could log in."""
        if self._service.open_writes:
            return True
        return await to_thread.run_sync(lambda: any(t.role.includes(_ROLE) for t in self._tokens()))

    async def reviewer(self, request: Request) -> Session | None:
        """Return who sends a request; None for somebody who has to log in first.

        Programs send the token itself, as everywhere.

        Raises:
            RefusedError: If nobody may, or the role of the token is too low.
            UnauthorizedError: If the token that is sent is not known.
        """
        if self._service.open_writes or "authorization" in request.headers:
            name = await require(request, role=_ROLE, service=self._service)
            return Session(name, "", "", 0.0)
        session = self._sessions.get(_digest(request.cookies.get(COOKIE, "")))
        if session is None or session.until <= self._clock():
            return None
        if not await to_thread.run_sync(self._stands, session):
            return None
        trace_of(request).author = session.name
        return session

    async def log_in(self, request: Request, secret: str) -> Callable[[Response], None]:
        """Return what sets the cookie of a new session for the holder of a token.

        Raises:
            UnauthorizedError: If the token is not known; too many tries are braked.
            RefusedError: If nobody may, or its role is too low.
        """
        sent = [(k, v) for k, v in request.scope["headers"] if k != b"authorization"]
        header = (b"authorization", f"Bearer {secret}".encode("latin-1", "replace"))
        bearer = Request({**request.scope, "headers": [*sent, header]})
        name = await require(bearer, role=_ROLE, service=self._service)
        created = await to_thread.run_sync(self._created, name)
        key = secrets.token_urlsafe(32)
        until = self._clock() + _SECONDS
        self._sessions[_digest(key)] = Session(name, created, secrets.token_urlsafe(32), until)
        if len(self._sessions) > _MOST:
            self._sessions.popitem(last=False)

        def set_cookie(response: Response) -> None:
            response.set_cookie(
                COOKIE,
                key,
                max_age=_SECONDS,
                path=PATH,
                secure=self._secure or request.url.scheme == "https",
                httponly=True,
                samesite="strict",
            )

        return set_cookie

    def log_out(self, request: Request, response: Response) -> None:
        """End the session of a request."""
        self._sessions.pop(_digest(request.cookies.get(COOKIE, "")), None)
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")

    def _stands(self, session: Session) -> bool:
        """Return whether the token of a session still permits it."""
        return self._created(session.name) == session.created

    def _created(self, name: str) -> str:
        found = (t.created for t in self._tokens() if t.name == name and t.role.includes(_ROLE))
        return next(found, "")

    def _tokens(self) -> Sequence[Token]:
        return () if self._service.tokens is None else self._service.tokens.tokens()


def require_own_form(session: Session, sent: str) -> None:
    """Raise RefusedError for a form that did not come from a page of this session."""
    if session.secret and not hmac.compare_digest(session.secret.encode(), sent.encode()):
        raise RefusedError(
            "This form does not come from a page of your session.",
            hint="Open the page again and send it from there.",
        )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

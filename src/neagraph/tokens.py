"""Bearer tokens: who may do what, in one small file that its owner alone can read.

The file holds, for each token, a name, a role, a date, a salt and the SHA-256 of salt and secret.
A slow hash protects secrets that people think up, which can be guessed; these are 256 random bits,
which nobody can try through, so a fast hash gives nothing away and a wrong token costs no time.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from neagraph.errors import NotFoundError, TokensError, UsageError

PREFIX: Final = "nea_"
"""What every secret begins with, so that scanners find one that has got lost."""
_SECRET_BYTES: Final = 32
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TAKEN: Final = frozenset({"anonymous", "build"})  # authors of commits that need no token
_WRITABLE_BY_OTHERS: Final = 0o022
_HINT: Final = "Move the file away and add the tokens again with: neagraph token add NAME"


class Role(StrEnum):
    """What the holder of a token may do; each role includes those before it."""

    READER = "reader"
    """Reads, which everybody may."""
    EDITOR = "editor"
    """Writes to the graphs that are writable."""
    ADMIN = "admin"
    """Sees and cancels what others ask."""

    def includes(self, other: Role) -> bool:
        """Return whether whoever has this role may do what the other one may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret.

    Args:
        name: What commits and logs call its holder.
        role: What its holder may do.
        created: Day on which it was made, UTC, ISO 8601.
    """

    name: str
    role: Role
    created: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A token as the file holds it; salt and digest in hexadecimal."""

    name: str
    role: str
    created: str
    salt: str
    sha256: str

    @property
    def token(self) -> Token:
        return Token(self.name, Role(self.role), self.created)

    def fits(self, secret: str) -> bool:
        """Return whether this is the token of a secret, in a time that does not tell how far."""
        return hmac.compare_digest(self.sha256, _digest(self.salt, secret))


_Signature = tuple[int, int, int] | None
"""Number, time of change (ns) and size of a file; None where there is none."""


class TokenStore:
    """The tokens of one state folder; safe to share between threads and processes.

    Args:
        path: The file; it is made with the first token.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[_Signature, tuple[_Entry, ...]] = (None, ())

    def add(self, name: str, role: Role) -> str:
        """Add a token and return its secret, which is told here and never again.

        Raises:
            UsageError: If the name cannot be used or is in use.
            TokensError: If the file is damaged or cannot be written.
        """
        _require_usable(name)
        secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        salt = secrets.token_hex(16)
        today = datetime.now(UTC).date().isoformat()
        entry = _Entry(name, role.value, today, salt, _digest(salt, secret))
        with self._locked():
            entries = self._entries()
            if any(other.name == name for other in entries):
                raise UsageError(
                    f'There is a token named "{name}" already.',
                    hint=f"Choose another name, or first: neagraph token revoke {name}",
                )
            self._write((*entries, entry))
        return secret

    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens, oldest first.

        Raises:
            TokensError: If the file is damaged.
        """
        return tuple(entry.token for entry in self._entries())

    def revoke(self, name: str) -> None:
        """Take a token away; services that run refuse it from the next request on.

        Raises:
            NotFoundError: If there is no such token.
            TokensError: If the file is damaged or cannot be written.
        """
        with self._locked():
            entries = self._entries()
            kept = tuple(entry for entry in entries if entry.name != name)
            if len(kept) == len(entries):
                raise NotFoundError(
                    f'There is no token named "{name}".', hint="See: neagraph token list"
                )
            self._write(kept)

    def check(self, secret: str) -> Token | None:
        """Return the token of a secret; None if there is none.

        Every token is compared, each in constant time.

        Raises:
            TokensError: If the file is damaged.
        """
        fitting = [entry.token for entry in self._entries() if entry.fits(secret)]
        return fitting[0] if fitting else None

    def _entries(self) -> tuple[_Entry, ...]:
        """Return what the file holds, which is read again when it has changed."""
        signature = self._signature()
        known, entries = self._read
        if signature != known:
            entries = self._parse() if signature else ()
            self._read = signature, entries
        return entries

    def _signature(self) -> _Signature:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(f"The file of tokens cannot be read: {error.strerror}") from error
        if os.name == "posix" and found.st_mode & _WRITABLE_BY_OTHERS:
            raise self._unusable(
                "Others may change the file of tokens", hint=f"chmod 600 {self._path.name}"
            )
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _parse(self) -> tuple[_Entry, ...]:
        try:
            held = json.loads(self._path.read_bytes())
            return tuple(_entry(**values) for values in held["tokens"])
        except OSError as error:
            raise self._unusable(f"The file of tokens cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise self._unusable("The file of tokens is damaged") from error

    def _write(self, entries: tuple[_Entry, ...]) -> None:
        body = json.dumps({"tokens": [asdict(entry) for entry in entries]}, indent=2)
        try:
            with tempfile.NamedTemporaryFile(dir=self._path.parent, delete=False) as fresh:
                fresh.write(body.encode() + b"\n")  # made with mode 0600
                fresh.flush()
                os.fsync(fresh.fileno())
            Path(fresh.name).replace(self._path)
        except OSError as error:
            reason = error.strerror
            raise self._unusable(f"The file of tokens cannot be written: {reason}") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time change the file."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            reason = error.strerror
            raise self._unusable(f"The file of tokens cannot be written: {reason}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _unusable(self, message: str, *, hint: str = _HINT) -> TokensError:
        return TokensError(f"{message}.", where=str(self._path), hint=hint)


def _entry(**values: Any) -> _Entry:  # noqa: ANN401  whatever the file holds
    """Return an entry of the file; raises ValueError or TypeError for what is none."""
    entry = _Entry(**values)
    if not all(isinstance(value, str) for value in values.values()):
        raise TypeError("not text")
    Role(entry.role)
    bytes.fromhex(entry.salt + entry.sha256)
    return entry


def _digest(salt: str, secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()


def _require_usable(name: str) -> None:
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise UsageError(
            f'"{name}" cannot be the name of a token.',
            hint="Use letters, digits, dot, dash and underscore, at most 64; "
            "anonymous and build are taken.",
        )

"""The headers by which clients find out whether what they have is still good (RFC 9111)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from starlette.datastructures import MutableHeaders

from neagraph.web.cache import Header

_REVALIDATE: Final = "public, no-cache"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_VARY: Final = ("Accept", "Accept-Encoding")


@dataclass(frozen=True, slots=True)
class Validators:
    """The headers by which clients find out whether what they have is still good."""

    tag: str
    shared: Shared

    def put(self, headers: MutableHeaders) -> None:
        """Put the validators among the headers of an answer."""
        headers["ETag"] = self.tag
        self.shared.put(headers)


@dataclass(frozen=True, slots=True)
class Shared:
    """Those that many answers share.

    Args:
        modified: When the version was committed, as an HTTP date; empty where not known.
        pinned: Whether the request names the version.
    """

    modified: str
    pinned: bool

    def put(self, headers: MutableHeaders) -> None:
        """Put them among the headers of an answer."""
        headers["Cache-Control"] = _FOR_EVER if self.pinned else _REVALIDATE
        del headers["Last-Modified"]
        if self.modified:
            headers["Last-Modified"] = self.modified
        said = {name.strip().lower(): name.strip() for name in headers.get("Vary", "").split(",")}
        names = said | {name.lower(): name for name in _VARY}
        headers["Vary"] = ", ".join(name for name in names.values() if name)


@lru_cache(maxsize=256)
def with_validators(headers: tuple[Header, ...], shared: Shared | None) -> tuple[Header, ...]:
    """Return headers with those validators that many answers share; None forbids storing."""
    changed = MutableHeaders(raw=list(headers))
    (forbid_storing if shared is None else shared.put)(changed)
    return tuple(changed.raw)


def forbid_storing(headers: MutableHeaders) -> None:
    """Say that an answer is to be kept nowhere, unless it says otherwise itself."""
    headers.setdefault("Cache-Control", "no-store")

"""Entity tags: the state of the dataset, and which representation of it (RFC 9110, section 8.8.3).

A tag is `"VERSION~REPRESENTATION"`. The first part is the tag of the version, which decides
whether a write is based on the present state; the second is a digest of everything that an answer
depends on besides, so it is known before anything is evaluated.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from neagraph.model import Version

_BETWEEN: Final = "~"


def entity_tag(version: Version, *parts: bytes) -> str:
    """Return the quoted tag of what a request gets from a version.

    Args:
        version: The state of the dataset.
        parts: All that the representation depends on besides.
    """
    digest = blake2b(digest_size=8)
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return f'"{version.etag}{_BETWEEN}{digest.hexdigest()}"'


def version_part(tag: str) -> str:
    """Return the tag of the version, unquoted, from the tag of anything that hangs on it."""
    return tag.strip().removeprefix("W/").strip('"').split(_BETWEEN)[0]


def is_listed(tag: str, header: str) -> bool:
    """Whether a tag stands in an If-None-Match header; weak and strong ones are alike there."""
    return tag in (part.strip().removeprefix("W/") for part in header.split(","))

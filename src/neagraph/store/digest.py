"""The digest of a dataset: the same quads have the same one anywhere, and a commit changes it.

It is the sum, modulo 2^256, of the SHA-256 of each N-Quads line, so that a changeset is reckoned
with at the cost of its own lines. Lines are as the engine prints what it has stored; their order
does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from neagraph.model import Changeset

_MODULUS = 1 << 256


def digest_of(lines: Iterable[str]) -> str:
    """Return the digest of N-Quads lines without repetition: 64 hexadecimal digits."""
    return _hexadecimal(_sum(lines))


def changed(digest: str, changeset: Changeset) -> str:
    """Return the digest after a changeset of which every line takes effect."""
    return _hexadecimal(int(digest, 16) + _sum(changeset.added) - _sum(changeset.removed))


def _sum(lines: Iterable[str]) -> int:
    return sum(int.from_bytes(hashlib.sha256(line.encode()).digest()) for line in lines)


def _hexadecimal(number: int) -> str:
    return f"{number % _MODULUS:064x}"

"""Sets of words, as long lists read best: in plain lines."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text that are parted by space."""
    return frozenset(text.split())

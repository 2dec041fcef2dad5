"""Where the operations of a query or update begin."""

from __future__ import annotations

from typing import Final

from neagraph.rdf.query_text import tokens

_DECLARATIONS: Final = {"PREFIX": 2, "BASE": 1, "VERSION": 1}
"""Words that declare something, and how many tokens follow each."""


def end_of_prologue(text: str) -> int:
    """Return the offset behind the declarations that a query or update begins with."""
    end, following = 0, 0
    for token in tokens(text):
        if following:
            end, following = token.end, following - 1
        elif token.text.upper() in _DECLARATIONS:
            following = _DECLARATIONS[token.text.upper()]
        else:
            break
    return end

"""Entities of RDF/XML: short names of namespaces are fine, whatever unpacks to more is refused.

External entities are refused by the engine's parser, which opens no file and no connection.
"""

from __future__ import annotations

import re
from typing import Final

from neagraph.errors import LimitError

_DECLARATION: Final = re.compile(rb"<!ENTITY\s+([^\s\"]+)\s+\"([^\"]*)\"")
_MOST_UNPACKED: Final = 16 * 1024 * 1024
_HINT: Final = "Write the text out, or send it in Turtle."


def check_entities(data: bytes, *, source: str) -> None:
    """Raise LimitError for RDF/XML whose entities unpack to far more than what was sent.

    Args:
        data: The text, which need not be well-formed.
        source: What to call it in messages.
    """
    declared = _DECLARATION.findall(data) if b"<!ENTITY" in data else []
    for name, value in declared:
        if b"&" in value:
            raise LimitError(
                f"The entity {name.decode(errors='replace')} is made of other entities.",
                where=source,
                hint=_HINT,
            )
    longest = max((len(value) for _, value in declared), default=0)
    if longest * data.count(b"&") > _MOST_UNPACKED:
        raise LimitError(
            f"The entities may unpack to more than {_MOST_UNPACKED:,} bytes.",
            where=source,
            hint=_HINT,
        )

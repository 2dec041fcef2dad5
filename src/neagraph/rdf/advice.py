"""What to do about text that a parser refuses, in the words of its format."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from neagraph.vocab import PREFIXES

OTHER_FORMAT: Final = "Check that the content is in the format that its suffix or media type tells."
"""What is said where nothing better is known."""

_PREFIX: Final = re.compile(r"[Tt]he prefix (\S*?):? has not been declared|Unknown prefix (\S+?):")
_ILL_FORMED: Final = re.compile(r"ill-formed|syntax error|Unknown prefix")
_DECLARE_BASE: Final = {
    "turtle": ", or declare a base at the top: @base <…> .",
    "trig": ", or declare a base at the top: @base <…> .",
    "rdfxml": ', or declare a base in the first element: xml:base="…"',
    "jsonld": ', or declare a base: "@context": {"@base": "…"}',
}


def advice(reason: str, format_name: str) -> str:
    """Return what to do next.

    Args:
        reason: What the parser says.
        format_name: Short name of the format.
    """
    prefix = _PREFIX.search(reason)
    if prefix:
        return _declare(prefix[1] or prefix[2] or "", format_name)
    if "No scheme found" in reason:
        return f"Write the IRI in full{_DECLARE_BASE.get(format_name, '.')}"
    if "UTF-8" in reason:
        return "Save the file as UTF-8 text; if it is text at all, its encoding is another one."
    if "remote context" in reason:
        return "Write the context into the file; contexts are never fetched from the network."
    return OTHER_FORMAT


def _declare(prefix: str, format_name: str) -> str:
    namespace = PREFIXES.get(prefix, "…")
    if format_name == "rdfxml":
        return f'Declare it in the first element: xmlns:{prefix}="{namespace}"'
    return f"Declare it at the top: @prefix {prefix}: <{namespace}> ."


def xml_place(data: bytes, reason: str) -> tuple[int, int] | None:
    """Return line and column, from 1, where XML is not well-formed; None if that is not known.

    The engine's parser of RDF/XML tells no places.

    Args:
        data: The text.
        reason: What the engine's parser says; what it says of IRIs has its place elsewhere.
    """
    if not _ILL_FORMED.match(reason):
        return None
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(data, True)  # noqa: FBT003  it is the whole text
    except expat.ExpatError as error:
        return error.lineno, error.offset + 1
    return None

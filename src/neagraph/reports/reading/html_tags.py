"""The tags and the text of an HTML page, in one pass.

The parser of the standard library needs time that grows with the square of the size for pages
that are broken on purpose; this one never looks at a character more than a few times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    r"(?P<rest>(?:[^>\"'=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']*+)|[\"'])*+)>"
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s=>\"'/]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++)))?"
)
_RAW = frozenset({"script", "style", "textarea", "title", "iframe", "xmp", "noembed", "noframes"})
_SPECIAL = (("<!--", "-->"), ("<!", ">"), ("<?", ">"))
"""What is passed over, from its beginning to its end; the longest beginning first."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag.

    Args:
        name: Its name in small letters.
        is_end: Whether it closes an element.
        rest: What stands behind the name, as written.
    """

    name: str
    is_end: bool
    rest: str = ""

    def attributes(self) -> dict[str, str]:
        """Return its attributes, names in small letters; empty values for those without one."""
        return {
            match["name"].lower(): unescape(match[2] or match[3] or match[4] or "")
            for match in _ATTRIBUTE.finditer(self.rest)
        }


def tags_and_text(page: str) -> Iterator[Tag | str]:
    """Yield the tags and the texts of a page in order, with character references resolved.

    Comments, declarations and the content of scripts, styles and the like are passed over; so is
    everything behind a tag or a comment that is never closed, as browsers do.
    """
    place = 0
    while place < len(page):
        start = page.find("<", place)
        if start != place:
            yield unescape(page[place : start if start >= 0 else len(page)])
        if start < 0:
            return
        tag = _TAG.match(page, start)
        if tag is not None:
            yield Tag(tag["name"].lower(), bool(tag["close"]), tag["rest"])
            place = _behind(page, tag)
        elif _is_open(page, start):
            return
        else:
            place = _passed(page, start)
            if place == start + 1:
                yield "<"


def _behind(page: str, tag: re.Match[str]) -> int:
    """Return where to go on behind a tag: for a script, at its end."""
    name = tag["name"].lower()
    if name not in _RAW or tag["close"]:
        return tag.end()
    end = re.compile(f"</{name}", re.IGNORECASE).search(page, tag.end())
    return end.start() if end else len(page)


def _is_open(page: str, start: int) -> bool:
    """Return whether a tag begins at `start`."""
    return page[start + 1 : start + 3].lstrip("/")[:1].isalpha()


def _passed(page: str, start: int) -> int:
    """Return where a comment or a declaration ends; `start` + 1 for a sign that begins nothing."""
    for opening, closing in _SPECIAL:
        if page.startswith(opening, start):
            end = page.find(closing, start + len(opening))
            return end + len(closing) if end >= 0 else len(page)
    return start + 1

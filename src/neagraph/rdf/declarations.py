"""The declarations of an update: which of them an operation needs, and what they stand for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from neagraph.errors import QueryError
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse
from neagraph.rdf.query_text import tokens
from neagraph.rdf.terms import NamedNode

_BEFORE_COLON: Final = re.compile(r"([^\x00-,/:;<=>?@\[\\\]^`{|}~]*+)(:?)")
"""What a prefix may be the end of: the engine asks for no space before a prefixed name."""
_LONGEST: Final = 128  # characters of such a run whose every end is looked at
_LONGEST_IRI: Final = 2_048  # characters; a chain of relative bases would grow without end
_AT_ONCE: Final = 64  # declarations that are resolved before their length is looked at


class _Absolute(NamedTuple):
    """What declarations stand for: with each, how many declarations were made before it."""

    bases: list[tuple[int, str]]
    prefixes: dict[str, list[tuple[int, str]]]


class Declarations:
    """The declarations of an update, in order; `len` tells how many there are.

    SPARQL 1.1 permits them before each operation, and they hold for all that follows. To repeat
    all of them for each operation would take time that grows with the square of their number.

    Args:
        text: The whole update.
        base: What relative IRIs are resolved against at first; empty allows only absolute ones.
    """

    def __init__(self, text: str, *, base: str) -> None:
        self._text = text
        self._base = base
        self._places: list[tuple[int, int]] = []
        self._made: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self._made)

    def take(self, start: int, end: int) -> None:
        """Take the declarations that lie between two places of the update."""
        if end > start:
            self._places.append((start, end))
        found = [token.text for token in tokens(self._text[start:end])]
        for (word, value), following in pairwise([*pairwise(found), ("", "")]):
            if word.upper() == "BASE":
                self._made.append(("", value))
            elif word.upper() == "PREFIX":
                self._made.append((value, following[1]))

    def needed_by(self, text: str, number: int) -> str:
        """Return declarations that have the same effect on a text as the first `number` have.

        They are absolute. The declarations have to be well-formed.

        Raises:
            QueryError: If one of all declarations stands for an IRI that is too long.
        """
        bases, prefixes = self._absolute
        wanted = {name: _before(prefixes.get(name, []), number) for name in _names(text, prefixes)}
        base = _before(bases, number)
        declared = [f"PREFIX {name}: <{iri}>\n" for name, iri in wanted.items() if iri is not None]
        return "".join([*sorted(declared), *([] if base is None else [f"BASE <{base}>\n"])])

    def in_place(self, part: tuple[int, int] | None = None) -> str:
        """Return a part of the update and what is declared before it; all declarations for None.

        Everything else is blank, so a place in the result is the place in the update.
        """
        part = part or (len(self._text), len(self._text))
        pieces, last = list[str](), 0
        for begin, stop in [*(place for place in self._places if place < part), part]:
            pieces += [re.sub(r"[^\n]", " ", self._text[last:begin]), self._text[begin:stop]]
            last = stop
        return "".join(pieces)

    @cached_property
    def _absolute(self) -> _Absolute:
        """All declarations, resolved in one go."""
        found = _Absolute([], {})
        for number, ((name, _), iri) in enumerate(zip(self._made, self._resolved(), strict=True)):
            kept = found.prefixes.setdefault(name.removesuffix(":"), []) if name else found.bases
            kept.append((number, iri))
        return found

    def _resolved(self) -> Iterator[str]:
        """Yield the IRI of each declaration."""
        base = self._base
        for first in range(0, len(self._made), _AT_ONCE):
            made = self._made[first : first + _AT_ONCE]
            for (name, said), iri in zip(made, _resolved(made, base), strict=True):
                _require_short(max(said, iri, key=len))
                yield iri
                base = base if name else iri


def _resolved(made: list[tuple[str, str]], base: str) -> Iterator[str]:
    """Yield the IRIs of some declarations; Turtle resolves them as SPARQL does."""
    lines = (f"{iri} <x:is> 0 ." if name else f"@base {iri} . <> <x:is> 0 ." for name, iri in made)
    text = "\n".join(lines).encode()
    for quad in parse(text, TURTLE, source="update", base=base or None, may_be_empty=True):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject.value


def _require_short(iri: str) -> None:
    if len(iri) > _LONGEST_IRI:
        raise QueryError(
            f"A declaration stands for an IRI of {len(iri):,} characters; at most "
            f"{_LONGEST_IRI:,} are taken: {iri[:60]}…",
            hint="Write BASE and PREFIX with short absolute IRIs; each relative BASE is resolved "
            "against the one before it.",
        )


def _before(declared: list[tuple[int, str]], number: int) -> str | None:
    """Return what holds after so many declarations."""
    place = bisect_left(declared, (number, ""))
    return declared[place - 1][1] if place else None


def _names(text: str, declared: dict[str, list[tuple[int, str]]]) -> set[str]:
    """Return the declared prefixes that a text may use, some that it does not use among them."""
    runs = {match[1] for match in _BEFORE_COLON.finditer(text) if match[2]}
    if any(len(run) > _LONGEST for run in runs):
        return set(declared)
    return {run[i:] for run in runs for i in range(len(run) + 1) if run[i:] in declared}

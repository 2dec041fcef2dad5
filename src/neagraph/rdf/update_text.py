"""What can be told of a SPARQL update from its text: whether it is one, and its operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final

from pyoxigraph import Store

from neagraph.errors import QueryError
from neagraph.rdf.query_text import syntax_error, tokens
from neagraph.rdf.syntax import end_of_prologue
from neagraph.rdf.terms import Quad

_STOP: Final = " DROP GRAPH <urn:x-neagraph:nothing> ; "
"""An operation that fails on an empty store: the engine parses everything, then stops here."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of an update.

    Args:
        prologue: All declarations before it.
        declared: Where they begin and end in the whole update.
        text: The operation itself.
        start: Where it begins there, in characters.
        words: Its first two tokens in capitals, such as `INSERT` and `DATA`.
    """

    prologue: str
    declared: tuple[tuple[int, int], ...]
    text: str
    start: int
    words: tuple[str, ...]

    @property
    def loads(self) -> bool:
        """Whether it is LOAD."""
        return self.words[0].startswith("LOAD")

    @property
    def silent(self) -> bool:
        """Whether its failure is to be passed over in silence."""
        return "SILENT" in self.words or self.words[0] == "LOADSILENT"

    @property
    def is_data(self) -> bool:
        """Whether it is INSERT DATA or DELETE DATA, which look at nothing that is there."""
        return self.words[1:] == ("DATA",)


def read_update(text: str, *, base: str = "") -> list[Operation]:
    """Return the operations of an update, in order, after parsing all of it in this process.

    Call it in a child: a text that is nested very deeply ends the process.

    Args:
        text: The update.
        base: What relative IRIs are resolved against; empty allows only absolute ones.

    Raises:
        QueryError: If it cannot be parsed, with line and column where they are known.
    """
    found = list(_operations(text))
    if not _is_wellformed(text, base):
        # The engine knows declarations at the beginning only, SPARQL 1.1 after each semicolon.
        several = len({operation.prologue for operation in found}) > 1
        for operation in found if several else ():
            _require_wellformed(_alone(operation, text), base)
        if not several:
            _require_wellformed(text, base)
    return found


def runs(operations: list[Operation]) -> list[str]:
    """Return texts that run the operations in order, those that look at nothing joined.

    Whoever keeps up the union that WHERE sees has to do so between these texts.
    """
    texts = list[str]()
    for (prologue, is_data), group in groupby(operations, lambda o: (o.prologue, o.is_data)):
        bodies = [operation.text for operation in group]
        texts += [prologue + "\n;\n".join(bodies)] if is_data else [prologue + b for b in bodies]
    return texts


def quads_of_data(operations: list[Operation], *, base: str = "") -> set[Quad] | None:
    """Return every quad that the operations name, whether to insert or to delete it.

    None if one of them is neither INSERT DATA nor DELETE DATA, or names a blank node.
    """
    if not all(operation.is_data for operation in operations):
        return None
    scratch = Store()
    for operation in operations:
        as_insert, replaced = re.subn(r"\A\s*[A-Za-z]+", "INSERT", operation.text)
        if not replaced:  # a comment comes first
            return None
        scratch.update(operation.prologue + as_insert, base_iri=base or None)
    quads = set(scratch)
    return None if any("_:" in str(quad) for quad in quads) else quads


def _operations(text: str) -> Iterator[Operation]:
    prologue, declared = "", list[tuple[int, int]]()
    for start, end in _parts(text):
        begin = start + end_of_prologue(text[start:end])
        if begin > start:
            prologue += text[start:begin] + "\n"
            declared.append((start, begin))
        words = tuple(t.text.upper() for t in islice(tokens(text[begin:end]), 2))
        if words:
            yield Operation(prologue, tuple(declared), text[begin:end], begin, words)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the text between semicolons outside of all braces begins and ends."""
    start, depth = 0, 0
    for token in tokens(text):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text == ";" and depth == 0:
            yield start, token.start
            start = token.end
    yield start, len(text)


def _is_wellformed(text: str, base: str) -> bool:
    start = end_of_prologue(text)
    try:
        Store().update(text[:start] + _STOP + text[start:], base_iri=base or None)
    except SyntaxError:
        return False
    except (OSError, ValueError, RuntimeError):
        return True  # it has been parsed
    return True


def _require_wellformed(text: str, base: str) -> None:
    if _is_wellformed(text, base):
        return
    try:
        Store().update(text, base_iri=base or None)
    except SyntaxError as error:
        raise syntax_error(text, str(error), what="update") from error
    raise QueryError("The update cannot be parsed.")


def _alone(operation: Operation, text: str) -> str:
    """Return an operation with its declarations, everything in its place of the whole update."""
    kept = [*operation.declared, (operation.start, operation.start + len(operation.text))]
    alone, end = "", 0
    for start, stop in kept:
        alone += re.sub(r"[^\n]", " ", text[end:start]) + text[start:stop]
        end = stop
    return alone

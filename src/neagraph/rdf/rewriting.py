"""Rewriting of SPARQL text: what the protocol says beside an update is put into it.

Only keywords at brace depth 0, outside comments, strings and IRIs, are looked at. Places in what
comes of it are not those of the original, so check an update before it is rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from neagraph.errors import UsageError
from neagraph.rdf.query_text import Token, replaced, tokens

_PROLOGUE: Final = {"PREFIX": 3, "BASE": 2, "VERSION": 2}
_DATASET_WORDS: Final = frozenset({"USING", "WITH"})
_OPERATIONS: Final = frozenset(
    ["INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"]
)
_ON_ONE_GRAPH: Final = frozenset({"INSERT", "DELETE"})

_BOOLEANS: Final = ("true", "false")

Insertion = tuple[int, str]
"""An offset in a text, and what is to stand there."""


class _Operation(NamedTuple):
    """One operation of an update without its prologue: its tokens, and those at brace depth 0."""

    tokens: tuple[Token, ...]
    outer: tuple[Token, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Its words at brace depth 0, in capitals."""
        return tuple(token.text.upper() for token in self.outer if token.kind == "word")

    @property
    def braces(self) -> tuple[Token, ...]:
        """Its outermost braces, an opening and a closing one in turn."""
        return tuple(token for token in self.outer if token.text in {"{", "}"})

    @property
    def is_one_group(self) -> bool:
        """Whether it is INSERT DATA, DELETE DATA or DELETE WHERE, and so has one pair of braces."""
        return [token.text.upper() for token in self.outer[1:2]] in (["DATA"], ["WHERE"])


def using_dataset(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """Return the update with the dataset of `using-graph-uri` and `using-named-graph-uri`.

    Args:
        text: A well-formed update.
        default: IRIs of graphs whose merge is what WHERE sees.
        named: IRIs of graphs that GRAPH sees in WHERE.

    Raises:
        UsageError: If the update names a dataset itself (SPARQL 1.1 Protocol, section 2.2.3).
    """
    if not default and not named:
        return text
    clause = "".join(f"USING <{iri}> " for iri in default)
    clause += "".join(f"USING NAMED <{iri}> " for iri in named)
    insertions: list[Insertion] = []
    for operation in _operations(text):
        _require_known(operation)
        _require_no_dataset(operation)
        insertions += _using(text, operation, clause)
    return _with_insertions(text, insertions)


def on_graph(text: str, graph: str) -> str:
    """Return the update of one graph: what it says without naming a graph is said of that one.

    Args:
        text: A well-formed update of INSERT and DELETE, with DATA or WHERE.
        graph: IRI of the graph.

    Raises:
        UsageError: If it names another graph, or has another operation.
    """
    insertions: list[Insertion] = []
    for operation in _operations(text):
        _require_known(operation)
        _require_one_graph(operation)
        if operation.is_one_group:
            opening, closing = operation.braces
            insertions += [(opening.end, f" GRAPH <{graph}> {{"), (closing.start, "} ")]
        else:
            insertions.append((operation.tokens[0].start, f"WITH <{graph}> "))
    return _with_insertions(text, insertions)


def lower_booleans(text: str) -> str:
    """Return a query or update with TRUE and FALSE, in whatever case, in lower case.

    The engine knows them in lower case alone; the grammar takes both (SPARQL 1.1, section 19.8).
    """
    lower = text.lower()
    if all(lower.count(word) == text.count(word) for word in _BOOLEANS):
        return text
    words = (token for token in tokens(text) if token.kind == "word")
    booleans = (token for token in words if token.text.lower() in _BOOLEANS)
    return replaced(text, {token: token.text.lower() for token in booleans})


def _operations(text: str) -> Iterator[_Operation]:
    every, outer, depth = list[Token](), list[Token](), 0
    for token in tokens(text):
        depth -= token.text == "}"
        if depth == 0 and token.text == ";":
            yield from _operation(every, outer)
            every, outer = [], []
            continue
        every.append(token)
        if depth == 0:
            outer.append(token)
        depth += token.text == "{"
    yield from _operation(every, outer)


def _operation(every: list[Token], outer: list[Token]) -> Iterator[_Operation]:
    start = 0
    while start < len(every) and every[start].text.upper() in _PROLOGUE:
        start += _PROLOGUE[every[start].text.upper()]
    if every[start:]:
        yield _Operation(tuple(every[start:]), tuple(outer[start:]))


def _using(text: str, operation: _Operation, clause: str) -> Iterator[Insertion]:
    template = ""
    if operation.is_one_group and operation.words[1] == "WHERE":
        opening, closing = operation.braces
        template = text[opening.start : closing.end] + " "
    for token in operation.outer:
        if token.kind == "word" and token.text.upper() == "WHERE":
            yield token.start, template + clause


def _require_known(operation: _Operation) -> None:
    """Raise UsageError for keywords without a space between them, which the engine lets pass."""
    first = operation.tokens[0].text
    if first.upper() not in _OPERATIONS:
        raise UsageError(
            f'The update has "{first}", which is no operation.',
            hint="Put spaces between keywords.",
        )


def _require_no_dataset(operation: _Operation) -> None:
    for word in operation.words:
        if word in _DATASET_WORDS:
            raise UsageError(
                f"The update has {word}, and the request has using-graph-uri or "
                "using-named-graph-uri.",
                hint="Name the dataset in one of the two places.",
            )


def _require_one_graph(operation: _Operation) -> None:
    first = operation.tokens[0].text.upper()
    if first not in _ON_ONE_GRAPH:
        raise UsageError(
            f"{first} is no change of one graph.",
            hint="Use INSERT DATA, DELETE DATA, DELETE WHERE or DELETE … INSERT … WHERE; "
            "send other updates to /update.",
        )
    words = {token.text.upper() for token in operation.tokens if token.kind == "word"}
    named = words & (_DATASET_WORDS | {"GRAPH"})
    if named:
        raise UsageError(
            f"{min(named)} names a graph, and this address is that of one graph.",
            hint="Leave the names of graphs out, or send the update to /update.",
        )


def _with_insertions(text: str, insertions: Sequence[Insertion]) -> str:
    pieces, end = [], 0
    for offset, inserted in sorted(insertions):
        pieces += [text[end:offset], inserted]
        end = offset
    return "".join([*pieces, text[end:]])

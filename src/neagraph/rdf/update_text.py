"""What can be told of a SPARQL update from its text: whether it is one, and its operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final

from pyoxigraph import Store

from neagraph.errors import QueryError
from neagraph.rdf.declarations import Declarations
from neagraph.rdf.query_text import Token, syntax_error, tokens
from neagraph.rdf.syntax import end_of_prologue
from neagraph.rdf.terms import NamedNode, Quad

_STOP: Final = " DROP GRAPH <urn:x-neagraph:nothing> ; "
"""An operation that fails on an empty store: the engine parses everything, then stops here."""


_OF_GRAPHS: Final = frozenset({"CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
_STEPS: Final = {"WITH": 2, "USING": 2, "INSERT": 1, "DELETE": 1, "WHERE": 1}
"""How many tokens lie between the beginning of a part of an operation and what follows it."""
_IRI: Final = frozenset({"iri", "name"})


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of an update.

    Args:
        declarations: All declarations of the update.
        declared: How many of them come before it.
        text: The operation itself.
        start: Where it begins in the whole update, in characters.
        words: Its first two tokens in capitals, such as `INSERT` and `DATA`.
    """

    declarations: Declarations
    declared: int
    text: str
    start: int
    words: tuple[str, ...]

    def with_declarations(self, text: str) -> str:
        """Return a text after what it needs of the declarations before the operation."""
        return self.declarations.needed_by(text, self.declared) + text

    @property
    def loads(self) -> bool:
        """Whether it is LOAD."""
        return self.words[0].startswith("LOAD")

    @property
    def silent(self) -> bool:
        """Whether its failure is to be passed over in silence."""
        return "SILENT" in self.words or self.words[0] == "LOADSILENT"

    @property
    def inserts(self) -> bool:
        """Whether it begins with INSERT."""
        return self.words[0] == "INSERT"

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
    found = list(_operations(text, base))
    if not _is_wellformed(text, base):
        # The engine knows declarations at the beginning only, SPARQL 1.1 after each semicolon.
        if len({operation.declared for operation in found}) < 2:  # noqa: PLR2004  before some only
            _require_wellformed(text, base)
        else:
            _require_all_wellformed(found, base)
    return found


def runs(operations: list[Operation]) -> list[str]:
    """Return texts that run the operations in order, those that look at nothing joined.

    Whoever keeps up the union that WHERE sees has to do so between these texts.
    """
    texts = list[str]()
    for (_, is_data), group in groupby(operations, lambda o: (o.declared, o.is_data)):
        members = list(group)
        bodies = [operation.text for operation in members]
        bodies = ["\n;\n".join(bodies)] if is_data else bodies
        texts += map(members[0].with_declarations, bodies)
    return texts


def quads_of_data(operations: list[Operation], *, base: str = "") -> set[Quad] | None:
    """Return every quad that the operations name, whether to insert or to delete it.

    None if one of them is neither INSERT DATA nor DELETE DATA, or names a blank node.
    """
    quads = set[Quad]()
    for operation in operations:
        named = data_of(operation, base=base)
        if named is None:
            return None
        quads |= named
    return None if any("_:" in str(quad) for quad in quads) else quads


def data_of(operation: Operation, *, base: str = "") -> set[Quad] | None:
    """Return the quads that an operation names as the engine has them, blank nodes new ones.

    None if it is neither INSERT DATA nor DELETE DATA, or cannot be told apart from its comments.
    """
    text, replaced = operation.text, 1
    if operation.is_data and not operation.inserts:
        text, replaced = re.subn(r"\A\s*[A-Za-z]+", "INSERT", text)
    if not operation.is_data or not replaced:
        return None
    scratch = Store()
    scratch.update(operation.with_declarations(text), base_iri=base or None)
    return set(scratch)


def written_graphs(operation: Operation, *, base: str = "") -> set[str] | None:
    """Return the IRIs of the graphs that an operation may write to, where it names each of them.

    None if it may write to the default graph or to graphs that it finds, or if that cannot be told.
    """
    told = list(tokens(operation.text))
    if operation.words[0] in _OF_GRAPHS:
        found = _named_terms(told)
    else:
        try:
            found = _of_templates(told)
        except IndexError:  # keywords that are not told apart, as the engine permits
            found = None
    return None if found is None else {_resolved(operation, term, base) for term in found}


def _named_terms(told: list[Token]) -> set[str] | None:
    """Return the terms of CLEAR, COPY and their like; None if one stands for several graphs."""
    if any(token.text.upper() in {"DEFAULT", "NAMED", "ALL"} for token in told):
        return None
    return {token.text for token in told if token.kind in _IRI}


def _of_templates(told: list[Token]) -> set[str] | None:
    """Return the terms of the graphs of all templates; None if one of them has none."""
    found, default, place = set[str](), "", 0
    while place < len(told):
        word = told[place].text.upper()
        step = _STEPS.get(word)
        if step is None or (word == "USING" and told[place + 1].kind not in _IRI):
            return None
        if word == "WITH":
            default = told[place + 1].text
        place += step
        if word in {"INSERT", "DELETE"}:
            place += told[place].text.upper() in {"DATA", "WHERE"}
            named = _of_template(told[place + 1 : _end(told, place)], default)
            if named is None:
                return None
            found |= named
        if word not in {"WITH", "USING"}:
            place = _end(told, place) + 1
    return found


def _of_template(told: list[Token], default: str) -> set[str] | None:
    """Return the terms of the graphs of a template; `default` is that of WITH."""
    found, place = set[str](), 0
    while place < len(told):
        if told[place].text.upper() == "GRAPH":
            if told[place + 1].kind not in _IRI:
                return None
            found.add(told[place + 1].text)
            place = _end(told, place + 2) + 1
        elif told[place].text == ".":
            place += 1
        elif default:
            found.add(default)
            place += 1
        else:
            return None
    return found


def _end(told: list[Token], place: int) -> int:
    """Return where the group ends that begins at a place; IndexError if none does."""
    if told[place].text != "{":
        raise IndexError(place)
    depth = 0
    while True:
        depth += {"{": 1, "}": -1}.get(told[place].text, 0)
        if depth == 0:
            return place
        place += 1


def _resolved(operation: Operation, term: str, base: str) -> str:
    scratch = Store()
    text = f"INSERT DATA {{ GRAPH {term} {{ {term} {term} {term} }} }}"
    scratch.update(operation.with_declarations(text), base_iri=base or None)
    return next(quad.subject.value for quad in scratch if isinstance(quad.subject, NamedNode))


def _operations(text: str, base: str) -> Iterator[Operation]:
    declarations = Declarations(text, base=base)
    for start, end in _parts(text):
        begin = start + end_of_prologue(text[start:end])
        declarations.take(start, begin)
        words = tuple(t.text.upper() for t in islice(tokens(text[begin:end]), 2))
        if words:
            yield Operation(declarations, len(declarations), text[begin:end], begin, words)


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


def _require_all_wellformed(operations: list[Operation], base: str) -> None:
    """Look at the declarations, then at each operation with what it needs of them."""
    declarations = operations[0].declarations
    _require_wellformed(declarations.in_place(), base)
    for operation in operations:
        if not _is_wellformed(operation.with_declarations(operation.text), base):
            end = operation.start + len(operation.text)
            _require_wellformed(declarations.in_place((operation.start, end)), base)

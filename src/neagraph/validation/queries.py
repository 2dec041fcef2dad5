"""SPARQL texts of a shapes graph: read, checked for what is not permitted, and taken apart.

Source: W3C SHACL (2017), sections 5.2, 5.3 and appendix A (pre-binding of variables).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from neagraph.errors import QueryError, ShapesError
from neagraph.rdf.engine import Engine
from neagraph.rdf.query_text import Token, replaced, tokens
from neagraph.rdf.rewriting import lower_booleans
from neagraph.rdf.terms import Literal, NamedNode, Term, show
from neagraph.validation.index import TripleIndex
from neagraph.validation.parameters import is_true
from neagraph.validation.paths import Path, to_sparql
from neagraph.validation.shapes import Query
from neagraph.vocab import OWL, RDF, RDFS, SH

PRE_BOUND: Final = frozenset({"this", "value", "shapesGraph", "currentShape"})
SHAPES_GRAPH: Final = "urn:x-neagraph:shapes"
"""Name of the graph that `$shapesGraph` stands for."""

_OPTIONAL_IN_SUBQUERIES: Final = frozenset({"shapesGraph", "currentShape", "value"})
_FORBIDDEN: Final = frozenset({"MINUS", "SERVICE", "VALUES", "FROM", "LOAD"})
_ESCAPE: Final = re.compile(r"\\(?=.)")
_BRACKETS: Final = {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}
_DEEPEST: Final = 50
_USUAL: Final = {"rdf": RDF, "rdfs": RDFS, "owl": OWL}


def read_query(
    index: TripleIndex, node: Term, *, shape: Term, path: Path | None, names: Iterable[str] = ()
) -> Query | None:
    """Return the SPARQL text that a node holds; None if it is deactivated.

    Args:
        index: The shapes graph.
        node: A constraint or validator.
        shape: The shape that it belongs to, which errors name.
        path: Its path, which stands for `$PATH`.
        names: Further variables that are bound beforehand: the parameters of a component.

    Raises:
        ShapesError: If there is no such text, or one that is ill-formed or not permitted.
    """
    if any(is_true(value) for value in index.values(node, NamedNode(SH + "deactivated"))):
        return None
    selects = index.values(node, NamedNode(SH + "select"))
    asks = index.values(node, NamedNode(SH + "ask"))
    texts = [*selects, *asks]
    text = texts[0] if texts else None
    if len(texts) > 1 or not isinstance(text, Literal):
        raise _unusable(shape, "it needs one SPARQL text, sh:select or sh:ask")
    is_ask = not selects
    prefixes = _prefixes(index, node)
    prologue = "".join(f"PREFIX {p}: <{n}> " for p, n in prefixes.items())
    whole = lower_booleans(_with_path(text.value, path, shape))
    _require_permitted(whole, shape, PRE_BOUND | set(names))
    _require_well_formed(prologue + whole, shape, is_ask=is_ask)
    messages = tuple(index.values(node, NamedNode(SH + "message")))
    return Query(_written_out(whole, prefixes), messages, node, is_ask)


def _prefixes(index: TripleIndex, node: Term) -> dict[str, str]:
    """Return the prefixes that a node declares by `sh:prefixes`, imports followed (SHACL 5.2.1)."""
    found, seen = dict(_USUAL), set[Term]()
    pending = list(index.values(node, NamedNode(SH + "prefixes")))
    while pending:
        ontology = pending.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        pending += index.values(ontology, NamedNode(OWL + "imports"))
        for declaration in index.values(ontology, NamedNode(SH + "declare")):
            prefix = index.value(declaration, NamedNode(SH + "prefix"))
            namespace = index.value(declaration, NamedNode(SH + "namespace"))
            if isinstance(prefix, Literal) and isinstance(namespace, Literal):
                found[prefix.value] = namespace.value
    return found


def _written_out(text: str, prefixes: dict[str, str]) -> str:
    """Return a well-formed query without prologue, with IRIs in place of prefixed names."""
    found = list(tokens(text))
    first = next(i for i, t in enumerate(found) if t.text.upper() in {"SELECT", "ASK"})
    for word, name, iri in zip(found[:first], found[1:first], found[2:first], strict=False):
        if word.text.upper() == "PREFIX":
            prefixes = {**prefixes, name.text.removesuffix(":"): iri.text[1:-1]}
    instead: dict[Token, str] = {}
    for token in found[first:]:
        if token.kind == "name" and not token.text.startswith("_:"):
            prefix, _, local = token.text.rstrip(".").partition(":")
            dots = token.text[len(token.text.rstrip(".")) :]
            instead[token] = f"<{prefixes[prefix]}{_ESCAPE.sub('', local)}>{dots}"
    return replaced(text, instead)[found[first].start :]


def _with_path(text: str, path: Path | None, shape: Term) -> str:
    places = [t for t in tokens(text) if t.kind == "variable" and t.text[1:] == "PATH"]
    if not places:
        return text
    if path is None:
        raise _unusable(shape, "its SPARQL text has $PATH, and the shape has no sh:path")
    return replaced(text, dict.fromkeys(places, to_sparql(path)))


def _require_permitted(text: str, shape: Term, bound: frozenset[str]) -> None:
    """Raise ShapesError for what SHACL, or this project, keeps out of constraints."""
    found = list(tokens(text))
    if _nesting(found) > _DEEPEST:
        raise _unusable(shape, f"its SPARQL text is nested more than {_DEEPEST} deep")
    words = [token.text.upper() if token.kind == "word" else "" for token in found]
    for word in words:
        if word in _FORBIDDEN:
            raise _unusable(shape, f"its SPARQL text holds {word}, which is not permitted")
    for word, token in zip(words, found[1:], strict=False):
        if word == "AS" and token.kind == "variable" and token.text[1:] in bound:
            raise _unusable(shape, f"its SPARQL text gives {token.text} a value of its own")
    for position in [i for i, word in enumerate(words) if word == "SELECT"][1:]:
        clause = _until_group(found[position + 1 :])
        if "this" not in {t.text[1:] for t in clause if t.kind == "variable"}:
            raise _unusable(shape, "an inner SELECT of its SPARQL text leaves out $this")


def _nesting(found: list[Token]) -> int:
    steps = (_BRACKETS.get(token.text, 0) for token in found)
    return max(accumulate(steps), default=0)


def _until_group(found: list[Token]) -> list[Token]:
    end = next((i for i, token in enumerate(found) if token.text == "{"), len(found))
    return found[:end]


def _require_well_formed(text: str, shape: Term, *, is_ask: bool) -> None:
    engine = Engine()
    try:
        if is_ask:
            engine.ask(text)
        else:
            next(iter(engine.select(text)), None)
    except QueryError as error:
        kind = "ASK" if is_ask else "SELECT"
        raise ShapesError(
            f"The shape {show(shape)} cannot be used: its SPARQL text cannot be parsed as a {kind} "
            f"query: {error.message}",
            hint=f"The query is: {text.strip()}",
        ) from error


def _unusable(shape: Term, problem: str) -> ShapesError:
    return ShapesError(
        f"The shape {show(shape)} cannot be used: {problem}.",
        hint="The rules are at https://www.w3.org/TR/shacl/#sparql-constraints",
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """A query taken apart.

    Args:
        columns: The variables of the SELECT clause in order, and what stands there for each.
        body: What stands between the braces of WHERE.
        rest: All from the first of these braces on.
        is_flat: Whether `$this` may be bound by a pattern in front of the body: it is not looked
            at in an inner group or query that would not see that, and nothing follows the body.
    """

    columns: tuple[tuple[str, str], ...]
    body: str
    rest: str
    is_flat: bool


def parts_of(text: str) -> Parts:
    """Return the parts of a well-formed SELECT or ASK query without a prologue."""
    found = list(tokens(text))
    opening = next(i for i, token in enumerate(found) if token.text == "{")
    closing = _closing(found, opening)
    inner = found[opening + 1 : closing]
    columns = tuple(_columns(text, found[1:opening]))
    if not columns:  # SELECT *
        columns = tuple((name, f"?{name}") for name in sorted(variables_of(text)))
    return Parts(
        columns=columns,
        body=text[found[opening].end : found[closing].start],
        rest=text[found[opening].start :],
        is_flat=not found[closing + 1 :] and _is_flat(inner),
    )


def _closing(found: list[Token], opening: int) -> int:
    depths = accumulate({"{": 1, "}": -1}.get(token.text, 0) for token in found[opening:])
    return opening + next(position for position, depth in enumerate(depths) if depth == 0)


def _columns(text: str, clause: list[Token]) -> Iterator[tuple[str, str]]:
    start, depth = None, 0
    for position, token in enumerate(clause):
        if token.text == "(":
            start, depth = (token.start if depth == 0 else start), depth + 1
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                yield clause[position - 1].text[1:], text[start : token.end]
        elif depth == 0 and token.kind == "variable":
            yield token.text[1:], token.text


def _is_flat(inner: list[Token]) -> bool:
    """Return whether no inner group looks at `$this` in a way that a pattern before it misses."""
    groups: list[set[str]] = []
    before = ""
    for token in inner:
        word = token.text.upper()
        if word in {"SELECT", "GRAPH"} and token.kind == "word":
            return False
        if word == "{":
            exists = before == "EXISTS" or bool(groups and "EXISTS" in groups[-1])
            groups.append({"EXISTS"} if exists else {before} & {"OPTIONAL"})
        elif word == "}":
            if _misses(groups.pop()):
                return False
        elif groups:
            is_this = token.kind == "variable" and token.text[1:] == "this"
            groups[-1].add("this" if is_this else word)
        before = word
    return True


def _misses(group: set[str]) -> bool:
    if "EXISTS" in group or "this" not in group:
        return False
    return "BIND" in group or ("FILTER" in group and "OPTIONAL" not in group)


def renamed(text: str, names: Mapping[str, str]) -> str:
    """Return a text with other words in the place of variables; `bound` of a constant is true.

    Args:
        text: SPARQL text.
        names: Names of variables → what stands there instead, a variable or a constant.
    """
    found = list(tokens(text))
    instead: dict[Token, str] = {}
    for position, token in enumerate(found):
        if token.kind != "variable" or token.text[1:] not in names:
            continue
        instead[token] = names[token.text[1:]]
        if instead[token][0] not in "?$" and _is_tested(found, position):
            instead[found[position - 2]], instead[token] = "", "true"
    return replaced(text, instead)


def _is_tested(found: list[Token], position: int) -> bool:
    """Return whether a variable stands in `bound(…)`."""
    return position > 1 and found[position - 2].text.upper() == "BOUND"


def variables_of(text: str) -> frozenset[str]:
    """Return the names of the variables in a text."""
    return frozenset(token.text[1:] for token in tokens(text) if token.kind == "variable")


def for_one_node(text: str, node: str) -> str:
    """Return a query in which `$this` is a constant, as pre-binding asks (SHACL, appendix A).

    Args:
        text: A SELECT query without a prologue; `$this` is left out of its columns.
        node: An IRI or literal in SPARQL notation.
    """
    found, clause, count = list(tokens(text)), False, 0
    instead: dict[Token, str] = {}
    for position, token in enumerate(found):
        word = token.text.upper()
        clause = (clause or word in {"SELECT", "GROUP"}) and word not in {"{", "HAVING", "ORDER"}
        if token.kind != "variable" or token.text[1:] != "this":
            continue
        count += 1
        instead[token] = f"({node} AS ?this{count})" if clause else node
        if not clause and _is_tested(found, position):
            instead[found[position - 2]], instead[token] = "", "true"
    return replaced(text, instead)

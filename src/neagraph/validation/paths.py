"""SHACL property paths as values: read from a graph, written to one, shown to people.

Source: W3C SHACL (2017), section 2.3.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from neagraph.errors import ShapesError
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple, show
from neagraph.validation.index import TripleIndex
from neagraph.vocab import RDF, SH

SEQUENCE: Final = "sequence"
ALTERNATIVE: Final = "alternativePath"

_UNARY: Final = {
    "inversePath": "^{}",
    "zeroOrMorePath": "{}*",
    "oneOrMorePath": "{}+",
    "zeroOrOnePath": "{}?",
}
"""Local name of the SHACL property → SPARQL notation."""
_FIRST = NamedNode(RDF + "first")
_REST = NamedNode(RDF + "rest")
_NIL = NamedNode(RDF + "nil")


@dataclass(frozen=True, slots=True)
class CompoundPath:
    """A property path that is more than one property.

    Args:
        operator: `SEQUENCE`, or the local name of the SHACL property, such as `inversePath`.
        parts: Its parts in order; exactly one unless it is a sequence or an alternative.
    """

    operator: str
    parts: tuple[Path, ...]


Path = NamedNode | CompoundPath
"""A property, or a compound of properties."""


def read_path(index: TripleIndex, node: Term) -> Path:
    """Return the path that a node of a shapes or report graph stands for.

    Raises:
        ShapesError: If it is no well-formed path.
    """
    if isinstance(node, NamedNode):
        return node
    if index.value(node, _FIRST) is not None:
        return CompoundPath(SEQUENCE, _read_list(index, node))
    alternatives = index.value(node, NamedNode(SH + ALTERNATIVE))
    if alternatives is not None:
        return CompoundPath(ALTERNATIVE, _read_list(index, alternatives))
    for operator in _UNARY:
        part = index.value(node, NamedNode(SH + operator))
        if part is not None:
            return CompoundPath(operator, (read_path(index, part),))
    raise ShapesError(
        f"This is not a property path: {show(node)}.",
        hint="Write a property, a list of paths, or a node with sh:inversePath and the like.",
    )


def _read_list(index: TripleIndex, head: Term) -> tuple[Path, ...]:
    return tuple(read_path(index, member) for member in index.members(head))


def write_path(
    path: Path, fresh: Iterator[BlankNode]
) -> tuple[NamedNode | BlankNode, list[Triple]]:
    """Return the node that stands for a path, and the triples that describe it.

    Args:
        path: The path.
        fresh: Blank nodes that are not used elsewhere; as many are taken as the path needs.
    """
    if isinstance(path, NamedNode):
        return path, []
    if path.operator == SEQUENCE:
        return _write_list(path.parts, fresh)
    node = next(fresh)
    is_list = path.operator == ALTERNATIVE
    value, triples = _write_list(path.parts, fresh) if is_list else write_path(path.parts[0], fresh)
    return node, [Triple(node, NamedNode(SH + path.operator), value), *triples]


def _write_list(
    parts: tuple[Path, ...], fresh: Iterator[BlankNode]
) -> tuple[BlankNode, list[Triple]]:
    cells = [next(fresh) for _ in parts]
    rests: list[BlankNode | NamedNode] = [*cells[1:], _NIL]
    triples: list[Triple] = []
    for cell, rest, part in zip(cells, rests, parts, strict=True):
        value, described = write_path(part, fresh)
        triples += [Triple(cell, _FIRST, value), Triple(cell, _REST, rest), *described]
    return cells[0], triples


def show_path(path: Path) -> str:
    """Return the path in SPARQL notation, with the short names that people read."""
    if isinstance(path, NamedNode):
        return show(path)
    parts = [_bracketed(part) for part in path.parts]
    if path.operator == SEQUENCE:
        return "/".join(parts)
    if path.operator == ALTERNATIVE:
        return "|".join(parts)
    return _UNARY[path.operator].format(parts[0])


def _bracketed(path: Path) -> str:
    shown = show_path(path)
    simple = isinstance(path, NamedNode) or path.operator in _UNARY
    return shown if simple else f"({shown})"


def to_sparql(path: Path) -> str:
    """Return the path as SPARQL, with whole IRIs."""
    if isinstance(path, NamedNode):
        return str(path)
    parts = [to_sparql(part) for part in path.parts]
    if path.operator == SEQUENCE:
        return f"({'/'.join(parts)})"
    if path.operator == ALTERNATIVE:
        return f"({'|'.join(parts)})"
    return f"({_UNARY[path.operator].format(parts[0])})"


def turned(path: Path) -> Path:
    """Return the path from its end to its start."""
    return CompoundPath("inversePath", (path,))


def hops(path: Path, *, backwards: bool = False) -> tuple[Path, ...]:
    """Return the paths that a path consists of, one after the other; one if it is no sequence.

    Args:
        path: The path.
        backwards: Whether it is followed from its end to its start.
    """
    if isinstance(path, CompoundPath) and path.operator == SEQUENCE:
        parts = path.parts[::-1] if backwards else path.parts
        return tuple(hop for part in parts for hop in hops(part, backwards=backwards))
    if isinstance(path, CompoundPath) and path.operator == "inversePath":
        return hops(path.parts[0], backwards=not backwards)
    return (turned(path) if backwards else path,)


def may_be_empty(path: Path) -> bool:
    """Return whether a path, or a part of it, leads from a node to itself without any triple."""
    if isinstance(path, NamedNode):
        return False
    return path.operator in {"zeroOrMorePath", "zeroOrOnePath"} or any(
        may_be_empty(part) for part in path.parts
    )


def depth(path: Path) -> int:
    """Return how many paths a path has inside each other, itself included."""
    if isinstance(path, NamedNode):
        return 1
    return 1 + max((depth(part) for part in path.parts), default=0)

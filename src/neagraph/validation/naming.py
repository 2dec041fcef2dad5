"""How terms and shapes are told to people who have to find and to change them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from neagraph.errors import ShapesError
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term, show
from neagraph.validation.index import TripleIndex
from neagraph.validation.paths import read_path, show_path
from neagraph.vocab import SH, XSD

_BARE: Final = {XSD + "integer": r"[+-]?\d+", XSD + "decimal": r"[+-]?\d*\.\d+",
                XSD + "boolean": "true|false"}  # fmt: skip
_LABEL: Final = re.compile(r"_:\w+")
_PATH: Final = NamedNode(SH + "path")


def spelled(term: Term) -> str:
    """Return a term as one writes it: numbers bare, other literals with their datatype."""
    if not isinstance(term, Literal) or term.language or term.datatype.value == XSD + "string":
        return show(term)
    bare = _BARE.get(term.datatype.value)
    if bare is not None and re.fullmatch(bare, term.value, re.ASCII):
        return term.value
    return f'"{term.value}"^^{show(term.datatype)}'


def shape_name(shapes: TripleIndex, node: Term) -> str:
    """Return what a shape without a name is called, after the nearest shape around it.

    It is empty for a shape with a name.
    """
    if not isinstance(node, BlankNode):
        return ""
    around = (owner for owner in shapes.owners(node) if not isinstance(owner, BlankNode))
    owner, path = next(around, None), _path_of(shapes, node)
    about = f" (path {path})" if path else " (a shape inside)"
    return ("a shape without a name" if owner is None else show(owner)) + about


def _path_of(shapes: TripleIndex, node: Term) -> str:
    for holder in (node, *shapes.owners(node)):
        path = shapes.value(holder, _PATH)
        if path is not None:
            with suppress(ShapesError, RecursionError):
                return show_path(read_path(shapes, path))
    return ""


def with_names(shapes: TripleIndex, text: str) -> str:
    """Return a text with the names of shapes in the place of the labels of blank nodes."""
    return _LABEL.sub(lambda match: shape_name(shapes, BlankNode(match[0][2:])), text)

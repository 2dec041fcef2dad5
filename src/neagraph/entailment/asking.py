"""Triples as people write them when they ask why one holds."""

from __future__ import annotations

import re
from typing import Final

from neagraph.errors import NeagraphError, UsageError
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse
from neagraph.rdf.terms import BlankNode, Triple
from neagraph.vocab import ID, PREFIXES

_TERM: Final = re.compile(r'"(?:[^"\\]|\\.)*"[^\s]*|<[^>\s]*>|[^\s]+')
_PREFIXES: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
_HINT: Final = (
    "Write subject, predicate and object, such as: state/japan rdf:type nea:Agent. "
    "IRIs may stand in <>, literals stand in quotes."
)


def read_statement(text: str) -> Triple:
    """Return the triple of a text such as `state/japan rdf:type nea:Agent`.

    Raises:
        UsageError: If it is not three terms.
    """
    terms = _TERM.findall(text.strip().removesuffix(" ."))
    if len(terms) != 3:  # noqa: PLR2004  a triple
        raise UsageError(f"This is not one triple: {text}", hint=_HINT)
    return read_triple(*terms)


def read_triple(subject: str, predicate: str, value: str) -> Triple:
    """Return the triple of three terms as Turtle has them, or as pages show them.

    Args:
        subject: An IRI, in angle brackets or not; a name with one of our prefixes; or the path of
            a thing, such as `state/japan`.
        predicate: The same, or `a`.
        value: The same, or a literal.

    Raises:
        UsageError: If one of them cannot be read.
    """
    written = " ".join(map(_in_turtle, (subject, predicate, value)))
    try:
        text = f"{_PREFIXES}{written} .".encode()
        (quad,) = parse(text, TURTLE, source="the triple", base=ID)
    except (NeagraphError, ValueError) as error:
        raise UsageError(f"This is not one triple: {written}", hint=_HINT) from error
    if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
        raise UsageError(f"A blank node has no name to ask by: {written}", hint=_HINT)
    return quad.triple


def _in_turtle(term: str) -> str:
    """Return a term in Turtle; addresses and paths of things get their angle brackets."""
    name, colon, rest = term.partition(":")
    is_address = rest.startswith("//") or name in {"urn", "mailto"}
    is_path = not colon and "/" in term
    plain = not term.startswith(("<", '"', "'"))
    return f"<{term}>" if plain and (is_address or is_path) else term

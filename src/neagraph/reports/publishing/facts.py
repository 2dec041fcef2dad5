"""Triples about one thing, and the values that they have."""

from __future__ import annotations

from collections.abc import Iterator

from neagraph.rdf.terms import Literal, NamedNode, Triple
from neagraph.vocab import ID, RDF_TYPE, XSD

Fact = tuple[str, NamedNode | Literal | None]
"""A property, as its IRI, and a value; None for nothing."""


def about(name: str, kind: str, *facts: Fact) -> Iterator[Triple]:
    """Yield the triples of a thing: its class, and each fact that has a value."""
    subject = NamedNode(name)
    yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(kind))
    for predicate, value in facts:
        if value is not None:
            yield Triple(subject, NamedNode(predicate), value)


def node(iri: str | None) -> NamedNode | None:
    """Return an IRI as a node; None for none."""
    return NamedNode(iri) if iri else None


def voc(scheme: str, term: str | None) -> NamedNode | None:
    """Return a term of one of our vocabularies; None for none."""
    return NamedNode(f"{ID}voc/{scheme}/{term}") if term else None


def words(text: str) -> Literal:
    """Return English text."""
    return Literal(text, language="en")


def integer(number: int) -> Literal:
    """Return a whole number."""
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))


def decimal(value: float | str) -> Literal:
    """Return a decimal number, with a point in any case."""
    text = str(value)
    return Literal(text if "." in text else f"{text}.0", datatype=NamedNode(XSD + "decimal"))


def boolean(value: bool) -> Literal:  # noqa: FBT001  the value itself
    """Return a truth value."""
    return Literal("true" if value else "false", datatype=NamedNode(XSD + "boolean"))


def date(day: str | None) -> Literal | None:
    """Return a day, ISO 8601; None for none."""
    return None if day is None else Literal(day, datatype=NamedNode(XSD + "date"))

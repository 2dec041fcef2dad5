"""Parameters of named queries: a user's text becomes an RDF term, never a part of a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from neagraph.errors import UsageError
from neagraph.rdf.terms import Literal, NamedNode
from neagraph.vocab import XSD, thing

UNDEF: Final = "UNDEF"
"""The value of an IRI parameter that leaves the question open, as in SPARQL's VALUES."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the asker of a query chooses.

    Args:
        name: The variable that it is bound to, without `?`.
        datatype: `iri`, `xsd:date` or `xsd:integer`.
        default: The value where none is given, written as a user would.
        description: What it means, one sentence.
    """

    name: str
    datatype: str
    default: str
    description: str

    def term(self, value: str) -> str:
        """Return the RDF term that a user's text stands for, in N-Triples form, or UNDEF.

        Args:
            value: An ISO date, an integer, or an IRI in full or from `…/id/` on; UNDEF for an
                IRI leaves the question open.

        Raises:
            UsageError: If the text is no value of the parameter's datatype.
        """
        try:
            return DATATYPES[self.datatype].to_term(value)
        except ValueError as error:
            raise UsageError(
                f'"{value}" cannot be used for the parameter {self.name}: {error}.',
                hint=f"{self.description}. The default is {self.default}.",
            ) from error

    @property
    def opening(self) -> str:
        """The words in the query before the default."""
        return f"VALUES ?{self.name} {{"

    @property
    def block(self) -> str:
        """The words in the query that hold the default."""
        return self.values_of(DATATYPES[self.datatype].in_file(self.default))

    def values_of(self, written: str) -> str:
        """Return the VALUES block with a term in SPARQL form."""
        return f"{self.opening} {written} }}"


@dataclass(frozen=True, slots=True)
class _Datatype:
    """How values of one datatype are read.

    Args:
        to_term: A user's text to a term in N-Triples form; raises ValueError with the reason.
        in_file: A default of the header to the words that stand for it in the query.
    """

    to_term: Callable[[str], str]
    in_file: Callable[[str], str]


def _iri_term(value: str) -> str:
    if value == UNDEF:
        return UNDEF
    if not value:
        raise ValueError("it is empty")
    try:
        return str(NamedNode(value if ":" in value else thing(value)))
    except ValueError as error:
        raise ValueError("it is not an IRI") from error


def _date_term(value: str) -> str:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        raise ValueError("it must be a date such as 2020-10-31")
    date.fromisoformat(value)
    return str(Literal(value, datatype=NamedNode(XSD + "date")))


def _integer_term(value: str) -> str:
    if re.fullmatch(r"[+-]?[0-9]{1,18}", value) is None:
        raise ValueError("it must be a whole number")
    return str(Literal(int(value)))


DATATYPES: Final[Mapping[str, _Datatype]] = {
    "iri": _Datatype(_iri_term, lambda value: value if value == UNDEF else f"<{value}>"),
    "xsd:date": _Datatype(_date_term, lambda value: f'"{value}"^^xsd:date'),
    "xsd:integer": _Datatype(_integer_term, lambda value: value),
}
"""The datatypes of parameters, by the name that a header gives."""

"""How queries speak of terms, depending on the dataset that they run on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from neagraph.errors import ShapesError
from neagraph.rdf.terms import BlankNode, NamedNode, Term, Triple, show
from neagraph.validation.lexical import WRITTEN, kept_form, range_of
from neagraph.vocab import RDF_TYPE, RDFS, XSD

_CAST: Final = frozenset(
    XSD + name
    for name in (
        "integer", "decimal", "double", "float", "boolean", "date", "dateTime", "time", "duration",
        "dayTimeDuration", "yearMonthDuration",
    )
)  # fmt: skip
"""Datatypes that the engine casts to; a literal that is none of them is of no such form."""
_INSTANCE: Final = f"<{RDF_TYPE}>/<{RDFS}subClassOf>*"


class NotCompilableError(ShapesError):
    """A construct that SPARQL cannot say in this form; the shape goes to the referee."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the queries of one dataset can rely on.

    Args:
        is_protected: Whether its literals are those of `lexical.protected`.
        is_stored: Whether some of its literals are the engine's, all the same: those of derived
            integer types are whole numbers then.
        subclasses: For each class that has any, its subclasses and itself; nothing for a class with
            subclasses that have no name. Empty where the data state membership in superclasses.
    """

    is_protected: bool = False
    is_stored: bool = False
    subclasses: Mapping[Term, tuple[Term, ...]] = field(default_factory=dict)

    def term(self, term: Term) -> str:
        """Return an IRI or literal in SPARQL notation.

        Raises:
            NotCompilableError: For a blank node, which SPARQL cannot name.
        """
        if isinstance(term, BlankNode | Triple):
            raise NotCompilableError(
                f"A blank node stands where a value is asked for: {show(term)}"
            )
        return str(kept_form(term) if self.is_protected else term)

    def terms(self, terms: tuple[Term, ...]) -> str:
        """Return terms in SPARQL notation, with commas between."""
        return ", ".join(self.term(term) for term in terms)

    def value(self, variable: str) -> str:
        """Return the expression of a variable's value, for comparison and calculation."""
        if not self.is_protected:
            return variable
        datatype = f"STR(DATATYPE({variable}))"
        plain = f'STRDT(STR({variable}), IRI(STRAFTER({datatype}, "{WRITTEN}")))'
        return f'COALESCE(IF(STRSTARTS({datatype}, "{WRITTEN}"), {plain}, {variable}), {variable})'

    def instance_of(self, variable: str, class_: Term, fresh: str) -> str:
        """Return the pattern that a node of a class matches, as a test of one node.

        Args:
            variable: The node.
            class_: The class.
            fresh: A variable that stands nowhere else.
        """
        classes = self.subclasses.get(class_)
        if classes is None:
            return f"{variable} <{RDF_TYPE}> {self.term(class_)}"
        if not classes:
            return f"{variable} {_INSTANCE} {self.term(class_)}"
        named = ", ".join(str(c) for c in classes)
        return f"{variable} <{RDF_TYPE}> {fresh} . FILTER({fresh} IN ({named}))"

    def instances(self, variable: str, class_: Term, fresh: str) -> str:
        """Return the pattern that yields all nodes of a class, perhaps more than once."""
        classes = self.subclasses.get(class_)
        if classes is None:
            return f"{variable} <{RDF_TYPE}> {self.term(class_)} ."
        if not classes:
            return f"{variable} {_INSTANCE} {self.term(class_)} ."
        named = " ".join(str(c) for c in classes)
        return f"VALUES {fresh} {{ {named} }} {variable} <{RDF_TYPE}> {fresh} ."

    def of_datatype(self, variable: str, datatype: NamedNode) -> str:
        """Return the expression that a well-formed literal of a datatype fulfils."""
        given, iri = f"DATATYPE({variable})", datatype.value
        if self.is_protected:
            kept = f"COALESCE({given} IN ({datatype}, <{WRITTEN}{iri}>), false)"
            stored = replace(self, is_protected=False).of_datatype(variable, datatype)
            return f"({kept} || {stored})" if self.is_stored and range_of(iri) else kept
        bounds = range_of(iri)
        if bounds is not None:
            return self._of_integer_type(variable, given, bounds)
        if iri in _CAST:
            cast = f"DATATYPE({datatype}(STR({variable})))"
            return f"COALESCE({given} = {datatype} && {cast} = {datatype}, false)"
        return f"COALESCE({given} = {datatype}, false)"

    @staticmethod
    def _of_integer_type(variable: str, given: str, bounds: tuple[int | None, int | None]) -> str:
        """Return the same for a type that the engine stores as `xsd:integer`."""
        lowest, highest = bounds
        tests = [f"{given} = <{XSD}integer>"]
        tests += [] if lowest is None else [f"{variable} >= {lowest}"]
        tests += [] if highest is None else [f"{variable} <= {highest}"]
        return f"COALESCE({' && '.join(tests)}, false)"

"""Value spaces of the datatypes, as SPARQL conditions on a literal.

Source: OWL 2 Profiles, table 8 (dt-type2, dt-not-type); XML Schema Datatypes for the bounds.
A literal is told to lie outside a datatype only where that is certain: the engine keeps derived
integers as xsd:integer, a plain string may be a token, and an unknown datatype may share values.
"""

from __future__ import annotations

import re
from typing import Final

from neagraph.vocab import OWL, RDF, RDFS, XSD

_INT64: Final = 2**63
_INT32: Final = 2**31
_INT16: Final = 2**15
_INT8: Final = 2**7

INTEGER_BOUNDS: Final[dict[str, tuple[int | None, int | None]]] = {
    XSD + "integer": (None, None),
    XSD + "nonNegativeInteger": (0, None),
    XSD + "positiveInteger": (1, None),
    XSD + "nonPositiveInteger": (None, 0),
    XSD + "negativeInteger": (None, -1),
    XSD + "long": (-_INT64, _INT64 - 1),
    XSD + "int": (-_INT32, _INT32 - 1),
    XSD + "short": (-_INT16, _INT16 - 1),
    XSD + "byte": (-_INT8, _INT8 - 1),
    XSD + "unsignedLong": (0, 2 * _INT64 - 1),
    XSD + "unsignedInt": (0, 2 * _INT32 - 1),
    XSD + "unsignedShort": (0, 2 * _INT16 - 1),
    XSD + "unsignedByte": (0, 2 * _INT8 - 1),
}
"""Integer datatypes with their least and greatest value; None where there is none."""

_DECIMALS: Final = (XSD + "decimal", *INTEGER_BOUNDS)
_STRINGS: Final = tuple(
    XSD + name
    for name in ("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN")
)
_TEXTS: Final = (RDF + "langString", *_STRINGS)
_INSTANTS: Final = (XSD + "dateTime", XSD + "dateTimeStamp")
_SINGLE: Final = (
    *(XSD + name for name in ("float", "double", "boolean", "anyURI", "base64Binary")),
    *(XSD + name for name in ("hexBinary", "date", "time", "gYear", "gYearMonth", "duration")),
    RDF + "XMLLiteral",
)

_FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(_DECIMALS, _DECIMALS),
    OWL + "real": _DECIMALS,
    OWL + "rational": _DECIMALS,
    **dict.fromkeys(_STRINGS, _STRINGS),
    RDF + "langString": (RDF + "langString",),
    RDF + "PlainLiteral": _TEXTS,
    **dict.fromkeys(_INSTANTS, _INSTANTS),
    **{name: (name,) for name in _SINGLE},
}
"""Datatype to the datatypes whose literals may lie in its value space."""

_BOUNDLESS: Final = (None, None)
_KNOWN: Final = tuple(dict.fromkeys(name for family in _FAMILIES.values() for name in family))

_NUMBER: Final = "^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)$"
_WHOLE: Final = "^[+-]?[0-9]+([.]0*)?$"

ANY_LITERAL: Final = RDFS + "Literal"
DATATYPES: Final = frozenset({*_FAMILIES, ANY_LITERAL})
"""The datatypes whose value space is known here; rdfs:Literal is all of them."""


def of_datatype(variable: str, datatype: str) -> str:
    """Return the condition that the literal lies in the value space of the datatype.

    Args:
        variable: The variable, with its question mark.
        datatype: The datatype, in angle brackets; one of `DATATYPES`.
    """
    iri = datatype[1:-1]
    if iri == ANY_LITERAL:
        return f"ISLITERAL({variable})"
    return f"ISLITERAL({variable}) && COALESCE({_member(variable, iri)}, false)"


def not_of_datatype(variable: str, datatype: str) -> str:
    """Return the condition that the literal certainly lies outside; arguments as above."""
    member = _member(variable, datatype[1:-1])
    known = f"DATATYPE({variable}) IN ({_listed(_KNOWN)})"
    return f"ISLITERAL({variable}) && {known} && !COALESCE({member}, true)"


def is_surely_of_datatype(lexical: str, datatype: str, iri: str) -> bool:
    """Return whether a literal lies in the value space, as far as no values need be compared.

    Args:
        lexical: Its lexical form.
        datatype: Its own datatype.
        iri: The datatype asked for; one of `DATATYPES`.
    """
    if iri == ANY_LITERAL:
        return True
    if datatype not in _FAMILIES[iri] or INTEGER_BOUNDS.get(iri, _BOUNDLESS) != _BOUNDLESS:
        return False
    form = _WHOLE if iri in INTEGER_BOUNDS else _NUMBER
    return _FAMILIES[iri] != _DECIMALS or re.fullmatch(form[1:-1], lexical) is not None


def _member(variable: str, iri: str) -> str:
    parts = [f"DATATYPE({variable}) IN ({_listed(_FAMILIES[iri])})"]
    if _FAMILIES[iri] == _DECIMALS:
        form = _WHOLE if iri in INTEGER_BOUNDS else _NUMBER
        parts.append(f'REGEX(STR({variable}), "{form}")')
        least, greatest = INTEGER_BOUNDS.get(iri, (None, None))
        parts += [] if least is None else [f"{variable} >= {least}.0"]
        parts += [] if greatest is None else [f"{variable} <= {greatest}.0"]
    return " && ".join(parts)


def _listed(iris: tuple[str, ...]) -> str:
    return ", ".join(f"<{iri}>" for iri in iris)

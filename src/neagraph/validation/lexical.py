"""Which lexical forms the datatypes of XML Schema have, and how literals keep theirs in a store.

The engine stores `"01"^^xsd:integer` as `1`, and a derived integer type as `xsd:integer`. A literal
that it would change gets a datatype of its own on the way in, which queries look through. So does
one that is ill-formed.

Source: W3C XML Schema 1.1 Part 2: Datatypes, section 3.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import Literal, NamedNode, Quad, Term, Triple
from neagraph.vocab import XSD

WRITTEN: Final = "urn:x-neagraph:written:"
"""Begins the datatype of a well-formed literal that the engine would change."""
ILL_FORMED: Final = "urn:x-neagraph:ill-formed:"
"""Begins the datatype of a literal that is none of its datatype."""

_NUMBERED: Final = "urn:x-neagraph:"
_VALUE: Final = NamedNode(_NUMBERED + "value")

_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
"""Integer types and their bounds, both of which belong to them."""

_ZONE: Final = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR: Final = r"-?(?:[1-9]\d{3,8}|0\d{3})"
_DATE: Final = rf"({_YEAR})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME: Final = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_NUMBER: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_DAYS: Final = r"(?:\d+D)"
_CLOCK: Final = r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)"

_FORMS: Final[dict[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "decimal": _NUMBER,
        "double": rf"{_NUMBER}(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
        "float": rf"{_NUMBER}(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
        "boolean": "true|false|0|1",
        "date": _DATE + _ZONE,
        "dateTime": f"{_DATE}T{_TIME}{_ZONE}",
        "dateTimeStamp": f"{_DATE}T{_TIME}(?!$){_ZONE}",
        "time": _TIME + _ZONE,
        "gYear": _YEAR + _ZONE,
        "gYearMonth": f"{_YEAR}-(?:0[1-9]|1[0-2]){_ZONE}",
        "gMonth": f"--(?:0[1-9]|1[0-2]){_ZONE}",
        "gDay": f"---(?:0[1-9]|[12][0-9]|3[01]){_ZONE}",
        "gMonthDay": f"--(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]){_ZONE}",
        "duration": rf"-?P(?=.)(?:\d+Y)?(?:\d+M)?{_DAYS}?{_CLOCK}?",
        "dayTimeDuration": rf"-?P(?=.){_DAYS}?{_CLOCK}?",
        "yearMonthDuration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?",
        "hexBinary": "(?:[0-9a-fA-F]{2})*",
        "base64Binary": "[A-Za-z0-9+/ ]*(?:= ?=?)? *",
        "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
        "normalizedString": r"[^\t\n\r]*",
        "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
        "NMTOKEN": r"[^\s<>&\"'/]+",
        "NCName": r"[^\W\d][^\s:<>&\"'/]*",
        "Name": r"[^\W\d][^\s<>&\"'/]*|:[^\s<>&\"'/]*",
    }.items()
}
"""Other types and what their literals look like; types that are not here take any text."""

_INTEGER: Final = re.compile(r"[+-]?\d+", re.ASCII)
_KEPT: Final[dict[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "integer": r"0|-?[1-9]\d{0,17}",
        "decimal": r"0|-?[1-9]\d{0,15}|-?(?:0|[1-9]\d{0,8})\.\d{0,8}[1-9]",
        "boolean": "true|false",
        "date": _DATE + "Z?",
        "dateTime": f"{_DATE}T(?!24)[0-9:]+Z?",
        "time": "(?!24)[0-9:]+Z?",
        "gYear": _YEAR + "Z?",
        "gYearMonth": f"{_YEAR}-[0-9]+Z?",
        "gMonth": "--[0-9]+Z?",
        "gDay": "---[0-9]+Z?",
        "gMonthDay": "--[0-9]+-[0-9]+Z?",
    }.items()
}
"""Types that the engine knows and the forms that it keeps as they are, not all of them."""
_KNOWN_TO_ENGINE: Final = frozenset(
    [*_RANGES, *_KEPT, "double", "float", "duration", "dayTimeDuration", "yearMonthDuration",
     "dateTimeStamp"]
)  # fmt: skip


def is_well_formed(text: str, datatype: str) -> bool:
    """Return whether a text is a lexical form of a datatype; true of types that are not known.

    Args:
        text: The lexical form.
        datatype: IRI of the datatype.
    """
    if not datatype.startswith(XSD):
        return True
    name = datatype.removeprefix(XSD)
    if name in _RANGES:
        return _is_in_range(text, _RANGES[name])
    form = _FORMS.get(name)
    match = None if form is None else form.fullmatch(text)
    if form is None or match is None:
        return form is None
    return not match.groups() or _is_day(*map(int, match.groups()))


def _is_in_range(text: str, bounds: tuple[int | None, int | None]) -> bool:
    if not _INTEGER.fullmatch(text):
        return False
    lowest, highest = bounds
    if lowest is None and highest is None:
        return True
    sign, digits = text[:1] == "-", text.lstrip("+-").lstrip("0") or "0"
    # Python refuses to read very long numbers; all bounds have fewer digits than this.
    number = int(digits[:40]) * (-1 if sign else 1)
    return (lowest is None or number >= lowest) and (highest is None or number <= highest)


def _is_day(year: int, month: int, day: int) -> bool:
    # The calendar repeats every 400 years, before the year 1 as well.
    return day <= monthrange(year % 400 + 400, month)[1]


@lru_cache(maxsize=4096)
def _prefix(text: str, datatype: str) -> str:
    """Return what to put in front of the datatype; nothing if the engine keeps the literal."""
    if not is_well_formed(text, datatype):
        return ILL_FORMED
    name = datatype.removeprefix(XSD)
    if name not in _KNOWN_TO_ENGINE:
        return ""
    kept = _KEPT.get(name)
    return "" if kept is not None and kept.fullmatch(text) else WRITTEN


def protected(literal: Literal) -> Literal:
    """Return the literal in a form that the engine stores without changing it."""
    datatype = literal.datatype.value
    if not datatype.startswith(XSD) or datatype.endswith("#string"):
        return literal
    prefix = _prefix(literal.value, datatype)
    if not prefix:
        return literal
    return Literal(literal.value, datatype=NamedNode(prefix + datatype))


def kept_form(term: Term) -> Term:
    """Return a term, or the protected form of a literal."""
    return protected(term) if isinstance(term, Literal) else term


def read_back(term: Term) -> Term:
    """Return the term of which `protected` made this one."""
    if not isinstance(term, Literal):
        return term
    datatype = term.datatype.value
    for prefix in (WRITTEN, ILL_FORMED):
        if datatype.startswith(prefix):
            return Literal(term.value, datatype=NamedNode(datatype.removeprefix(prefix)))
    return term


def read_triple(quad: Quad) -> Triple:
    """Return the triple of a quad, its object as it was written."""
    return Triple(quad.subject, quad.predicate, read_back(quad.object))


def single_forms(literals: Iterable[Term]) -> dict[Term, Term]:
    """Return literals by what the engine makes of them, where it makes that of one alone."""
    forms: dict[Term, list[Term]] = defaultdict(list)
    numbered = {NamedNode(f"{_NUMBERED}{number}"): text for number, text in enumerate(literals)}
    given = (Quad(node, _VALUE, text) for node, text in numbered.items())
    for quad in Engine(given).quads():
        if isinstance(quad.subject, NamedNode):
            forms[quad.object].append(numbered[quad.subject])
    return {stored: texts[0] for stored, texts in forms.items() if len(texts) == 1}


def kept_forms(triples: Iterable[Triple]) -> dict[Quad, Quad]:
    """Return, for triples that the engine stores changed, the stored form → the protected form.

    Whole numbers are protected whatever their form: the stored ones are of no certain type.
    """
    forms: dict[Quad, Quad] = {}
    for triple in triples:
        value = triple.object
        if not isinstance(value, Literal):
            continue
        kept = protected(value)
        if kept is value and value.datatype.value == XSD + "integer":
            kept = Literal(value.value, datatype=NamedNode(WRITTEN + value.datatype.value))
        if kept is not value:
            stored = Quad(triple.subject, triple.predicate, value)
            forms[stored] = Quad(triple.subject, triple.predicate, kept)
    return forms


def range_of(datatype: str) -> tuple[int | None, int | None] | None:
    """Return the bounds of an integer type that the engine stores as `xsd:integer`."""
    name = datatype.removeprefix(XSD)
    return None if name == "integer" or not datatype.startswith(XSD) else _RANGES.get(name)

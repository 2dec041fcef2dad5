"""What a result says to people: the shape's own words, or plain ones of ours.

Source: W3C SHACL (2017), sections 2.1.5 and 5.2.1 (variables in messages).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from neagraph.rdf.terms import BlankNode, Literal, Term, Triple, show
from neagraph.validation.naming import spelled
from neagraph.validation.shapes import Constraint, Shape

_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
_PLAIN: Final[dict[str, str]] = {
    "class": "It is not recorded as {value}.",
    "datatype": "It is no well-formed literal of the type {value}.",
    "nodeKind": "It is not of the kind {value}.",
    "minCount": "There are fewer values than {value}.",
    "maxCount": "There are more values than {value}.",
    "minExclusive": "It is not above {value}.",
    "minInclusive": "It is below {value}, or cannot be compared with it.",
    "maxExclusive": "It is not below {value}.",
    "maxInclusive": "It is above {value}, or cannot be compared with it.",
    "minLength": "It has fewer characters than {value}.",
    "maxLength": "It has more characters than {value}.",
    "pattern": "It does not match the pattern {value}.",
    "languageIn": "Its language is none of {values}.",
    "uniqueLang": "There is more than one value in one language.",
    "equals": "The values are not those of {value}.",
    "disjoint": "It is a value of {value}, too.",
    "lessThan": "It is not less than each value of {value}.",
    "lessThanOrEquals": "It is greater than a value of {value}, or cannot be compared with it.",
    "not": "It conforms to {value}, and must not.",
    "and": "It does not conform to all of {values}.",
    "or": "It conforms to none of {values}.",
    "xone": "It does not conform to exactly one of {values}.",
    "node": "It does not conform to {value}.",
    "qualifiedMinCount": "There are fewer values than {value} that conform to {values}.",
    "qualifiedMaxCount": "There are more values than {value} that conform to {values}.",
    "closed": "It has a property that is not among those that are allowed: {values}.",
    "hasValue": "The value {value} is missing.",
    "in": "It is none of {values}.",
    "sparql": "A rule of this shape is not kept.",
    "custom": "It does not keep {component}.",
}
"""Name of a constraint → what is wrong, in words."""
_SHOWN: Final = 6


def text_of(values: Iterable[Term]) -> str:
    """Return the English text among the values, else the first in order; empty if there is none."""
    texts = [value for value in values if isinstance(value, Literal)]
    texts.sort(key=lambda text: (text.language not in ("en", None), text.value))
    return texts[0].value if texts else ""


def message_of(shape: Shape, constraint: Constraint) -> str:
    """Return what results of a constraint say; variables in it stand in braces."""
    queried = constraint.query.messages if constraint.query is not None else ()
    said = text_of(queried) or text_of(shape.messages)
    if said:
        return filled(said, dict(constraint.parameters))
    shown = [_name(value) for value in constraint.values[:_SHOWN]]
    more = [] if len(constraint.values) <= _SHOWN else ["…"]
    return _PLAIN[constraint.name].format(
        value="" if constraint.value is None else _name(constraint.value),
        values=", ".join([*shown, *more]) or "none",
        component=show(constraint.component),
    )


def _name(term: Term) -> str:
    return "another shape" if isinstance(term, BlankNode) else spelled(term)


def filled(message: str, values: Mapping[str, Term | None]) -> str:
    """Return a message with values in the place of the variables that have one."""
    if "{" not in message:
        return message

    def value_of(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return match[0] if value is None else _text(value)

    return _VARIABLE.sub(value_of, message)


def _text(term: Term) -> str:
    return str(term) if isinstance(term, Triple) else term.value

"""Constraints on all values of a focus node together.

Source: W3C SHACL (2017), sections 4.2, 4.4.5, 4.5, 4.7.3 and 4.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from neagraph.rdf.terms import Term
from neagraph.validation.paths import SEQUENCE, CompoundPath, hops, to_sparql
from neagraph.validation.shapes import Constraint, Shape
from neagraph.validation.violations import Context, Violation, exists, number_of, value_of

_PAIRWISE: Final = 3
"""Up to this number of values are told apart by a test of each pair; more are counted."""
_COMPARISONS: Final = {"lessThan": "<", "lessThanOrEquals": "<="}

_NO_PATH: Final = CompoundPath(SEQUENCE, ())

Condition = Callable[[str], str]
"""Returns the expression that a value fulfils if it counts."""


def _at_least(
    context: Context, least: int, shape: Shape, focus: str, condition: Condition | None = None
) -> str:
    """Return the expression that so many different values fulfil."""
    if least == 0:
        return "true"
    if least > _PAIRWISE:
        return _counted(context, least, shape, focus, condition)
    if least == 2 and not condition and len(hops(shape.path or _NO_PATH)) > 1:  # noqa: PLR2004
        return _two(context, shape, focus)
    values = [context.fresh() for _ in range(least)]
    expression = ""
    for position in reversed(range(least)):
        value = values[position]
        tests = [f"!sameTerm({other}, {value})" for other in values[:position]]
        tests += [condition(value)] if condition else []
        tests += [expression] if expression else []
        expression = exists(context.steps(focus, shape, value), " && ".join(tests))
    return expression


def _two(context: Context, shape: Shape, focus: str) -> str:
    """Return the expression that two different values at the end of a sequence fulfil.

    Many ways may lead to one value, and pairs of ways are many more. A path that may be empty
    leads to each value once, and to the focus node, whether that is a value or not.
    """
    one, other = context.fresh(), context.fresh()
    path = f"({to_sparql(shape.path or _NO_PATH)})?"
    differs = f"!sameTerm({focus}, {other}) && !sameTerm({one}, {other})"
    second = exists([f"{focus} {path} {other} ."], differs)
    itself = exists(context.steps(focus, shape, focus))
    return exists(
        [f"{focus} {path} {one} ."], f"!sameTerm({focus}, {one}) && ({second} || {itself})"
    )


def _counted(
    context: Context, least: int, shape: Shape, focus: str, condition: Condition | None
) -> str:
    value = context.fresh()
    tests = f"FILTER({condition(value)})" if condition else ""
    pattern = f"{' '.join(context.steps(focus, shape, value))} {tests}"
    many = f"HAVING(COUNT(DISTINCT {value}) >= {least})"
    return f"EXISTS {{ SELECT {focus} WHERE {{ {pattern} }} GROUP BY {focus} {many} }}"


def _min_count(
    context: Context, shape: Shape, constraint: Constraint, focus: str
) -> Iterator[Violation]:
    least = number_of(constraint)
    if least:
        yield Violation(test=f"!{_at_least(context, least, shape, focus)}")


def _max_count(
    context: Context, shape: Shape, constraint: Constraint, focus: str
) -> Iterator[Violation]:
    yield Violation(test=_at_least(context, number_of(constraint) + 1, shape, focus))


def qualified(
    context: Context,
    shape: Shape,
    constraint: Constraint,
    focus: str,
    siblings: tuple[Term, ...],
) -> Violation:
    """Return what matches where too few or too many values conform to a shape.

    Args:
        context: What the writing needs.
        shape: The shape that the constraint belongs to.
        constraint: `qualifiedMinCount` or `qualifiedMaxCount`.
        focus: The variable of the focus node.
        siblings: The shapes that values that count must not conform to.
    """
    (node,) = constraint.values

    def counts(value: str) -> str:
        others = [f"!{context.conforms(other, value)}" for other in siblings]
        return " && ".join([context.conforms(node, value), *others])

    count = number_of(constraint)
    if constraint.name == "qualifiedMinCount":
        return Violation(test=f"!{_at_least(context, count, shape, focus, counts)}")
    return Violation(test=_at_least(context, count + 1, shape, focus, counts))


def _has_value(
    context: Context, shape: Shape, constraint: Constraint, focus: str
) -> Iterator[Violation]:
    wanted = context.dialect.term(value_of(constraint))
    if shape.path is None:
        yield Violation(test=f"!sameTerm({focus}, {wanted})")
    else:
        yield Violation(test=f"!{exists(context.steps(focus, shape, wanted))}")


def _unique_lang(context: Context, shape: Shape, _: Constraint, focus: str) -> Iterator[Violation]:
    one, other, language = context.fresh(), context.fresh(), context.fresh()
    patterns = context.steps(focus, shape, one) + context.steps(focus, shape, other)
    test = f'!sameTerm({one}, {other}) && LANG({one}) != "" && LANG({other}) = LANG({one})'
    yield Violation(patterns, test, columns=((language[1:], f"(LANG({one}) AS {language})"),))


def _equals(
    context: Context, shape: Shape, constraint: Constraint, focus: str
) -> Iterator[Violation]:
    value = context.fresh() if shape.path else focus
    steps = context.steps(focus, shape, value)
    yield Violation(steps, f"!{exists([f'{focus} {constraint.value} {value} .'])}", value)
    value = context.fresh()
    differs = f"!sameTerm({value}, {focus})"
    if shape.path:
        differs = f"!{exists(context.steps(focus, shape, value))}"
    yield Violation((f"{focus} {constraint.value} {value} .",), differs, value)


def _disjoint(
    context: Context, shape: Shape, constraint: Constraint, focus: str
) -> Iterator[Violation]:
    value = context.fresh() if shape.path else focus
    steps = context.steps(focus, shape, value)
    yield Violation((*steps, f"{focus} {constraint.value} {value} ."), "", value)


def _less_than(
    context: Context, shape: Shape, constraint: Constraint, focus: str
) -> Iterator[Violation]:
    value, other = context.fresh(), context.fresh()
    steps = context.steps(focus, shape, value)
    left, right = context.dialect.value(value), context.dialect.value(other)
    test = f"!COALESCE({left} {_COMPARISONS[constraint.name]} {right}, false)"
    patterns = (*steps, f"{focus} {constraint.value} {other} .")
    yield Violation(patterns, test, value, columns=((other[1:], other),))


def _closed(
    context: Context, shape: Shape, constraint: Constraint, focus: str
) -> Iterator[Violation]:
    node = context.fresh() if shape.path else focus
    steps = context.steps(focus, shape, node)
    path, value = context.fresh(), context.fresh()
    test = f"{path} NOT IN ({context.dialect.terms(constraint.values)})"
    yield Violation((*steps, f"{node} {path} {value} ."), test, value, path)


VALUE_SETS: Final[dict[str, Callable[[Context, Shape, Constraint, str], Iterator[Violation]]]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "hasValue": _has_value,
    "uniqueLang": _unique_lang,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _less_than,
    "lessThanOrEquals": _less_than,
    "closed": _closed,
}
"""Name of a constraint → what matches where it is violated; any one is enough."""

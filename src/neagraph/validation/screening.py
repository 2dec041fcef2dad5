"""Single nodes that need no query, because a look at their triples shows that nothing is wrong.

Most of the time of a query about one node goes into reading its text. What is told here is told of
the terms as they stand; what would need the values of literals is left to the query.

Source: W3C SHACL (2017), section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, NamedNode, Term
from neagraph.validation.affected import TooManyNodesError, Walk
from neagraph.validation.checks import Check
from neagraph.validation.paths import Path, may_be_empty
from neagraph.validation.plain_tests import PLAIN_TESTS, Answer
from neagraph.validation.shapes import Constraint, Shape, Shapes
from neagraph.validation.value_tests import VALUE_TESTS
from neagraph.validation.violations import number_of
from neagraph.vocab import RDF_TYPE

_MOST_VALUES: Final = 100
"""Beyond this number of values a query is faster."""
_TYPE: Final = NamedNode(RDF_TYPE)


class NotToldError(Exception):
    """The values that a path leads to are left to the query."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Looks at single nodes of one state of a dataset.

    Args:
        engine: The dataset; it states membership in superclasses, and its literals are its own.
        shapes: The shapes.
    """

    engine: Engine
    shapes: Shapes
    _values: dict[tuple[Term, Path], frozenset[Term]] = field(default_factory=dict)

    def left(self, check: Check, nodes: Iterable[Term]) -> list[Term]:
        """Return those nodes of a check's target that it might find something in."""
        return [node for node in nodes if not self._is_clear(check, node)]

    def _is_clear(self, check: Check, node: Term) -> bool:
        try:
            found = {node}
            for shape in check.chain:
                found = {value for one in found for value in self._values_of(shape, one)}
            return all(self._holds(check.shape, check.constraint, one) for one in found)
        except NotToldError:
            return False

    def _values_of(self, shape: Shape, focus: Term) -> frozenset[Term]:
        if shape.path is None:
            return frozenset((focus,))
        return self._at_end(shape.path, focus)

    def _at_end(self, path: Path, focus: Term) -> frozenset[Term]:
        key = (focus, path)
        if key not in self._values:
            self._values[key] = self._walked(path, focus)
        return self._values[key]

    def _walked(self, path: Path, focus: Term) -> frozenset[Term]:
        if may_be_empty(path):
            raise NotToldError
        try:
            return frozenset(Walk(self.engine, _MOST_VALUES).step(path, {focus}, backwards=False))
        except TooManyNodesError as error:
            raise NotToldError from error

    def _conforms(self, node: Term, value: Term) -> Answer:
        """Return whether a node conforms to a shape; None if that is left to the query."""
        shape = self.shapes[node]
        if shape.deactivated:
            return True
        answers = [self._holds(shape, constraint, value) for constraint in shape.constraints]
        for inner in shape.properties:
            answers += [self._conforms(inner, one) for one in self._values_of(shape, value)]
        return _all(answers)

    def _holds(self, shape: Shape, constraint: Constraint, focus: Term) -> Answer:
        """Return whether a constraint holds at a focus node; None if that is not told here."""
        if constraint.query is not None:
            return None
        values, name = self._values_of(shape, focus), constraint.name
        if not values and name in VALUE_TESTS:
            return True
        if name in PLAIN_TESTS:
            return _all([PLAIN_TESTS[name](constraint, value) for value in values])
        if name in _OF_VALUES:
            return _OF_VALUES[name](self, constraint, values)
        if name == "disjoint" and isinstance(constraint.value, NamedNode):
            return values.isdisjoint(self._at_end(constraint.value, focus))
        return self._counted(shape, constraint, values) if name in _QUALIFIED else None

    def _counted(self, shape: Shape, constraint: Constraint, values: frozenset[Term]) -> Answer:
        if self.shapes.siblings.get(shape.node):
            return None
        (inner,) = constraint.values
        answers = [self._conforms(inner, value) for value in values]
        if None in answers:
            return None
        return _QUALIFIED[constraint.name](answers.count(True), number_of(constraint))

    def _of_class(self, constraint: Constraint, values: frozenset[Term]) -> Answer:
        return all(
            isinstance(value, NamedNode | BlankNode)
            and constraint.value in self._at_end(_TYPE, value)
            for value in values
        )

    def _of_shape(self, constraint: Constraint, values: frozenset[Term]) -> Answer:
        (inner,) = constraint.references
        return _all([self._conforms(inner, value) for value in values])

    def _of_no_shape(self, constraint: Constraint, values: frozenset[Term]) -> Answer:
        (inner,) = constraint.references
        return _all([_not(self._conforms(inner, value)) for value in values])

    def _of_all(self, constraint: Constraint, values: frozenset[Term]) -> Answer:
        return _all([self._conforms(n, value) for value in values for n in constraint.values])

    def _of_any(self, constraint: Constraint, values: frozenset[Term]) -> Answer:
        return _all([_any(self._each(constraint, value)) for value in values])

    def _of_one(self, constraint: Constraint, values: frozenset[Term]) -> Answer:
        found = [self._each(constraint, value) for value in values]
        return _all([None if None in each else each.count(True) == 1 for each in found])

    def _each(self, constraint: Constraint, value: Term) -> list[Answer]:
        return [self._conforms(node, value) for node in constraint.values]


def _all(answers: list[Answer]) -> Answer:
    if False in answers:
        return False
    return None if None in answers else True


def _any(answers: list[Answer]) -> Answer:
    return _not(_all([_not(answer) for answer in answers]))


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _has_value(_: Screen, constraint: Constraint, values: frozenset[Term]) -> Answer:
    if constraint.value in values:
        return True
    return False if isinstance(constraint.value, NamedNode) else None


def _min_count(_: Screen, constraint: Constraint, values: frozenset[Term]) -> Answer:
    return len(values) >= number_of(constraint)


def _max_count(_: Screen, constraint: Constraint, values: frozenset[Term]) -> Answer:
    return len(values) <= number_of(constraint)


_QUALIFIED: Final[dict[str, Callable[[int, int], bool]]] = {
    "qualifiedMinCount": int.__ge__,
    "qualifiedMaxCount": int.__le__,
}
_OF_VALUES: Final[dict[str, Callable[[Screen, Constraint, frozenset[Term]], Answer]]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "hasValue": _has_value,
    "class": Screen._of_class,  # noqa: SLF001
    "node": Screen._of_shape,  # noqa: SLF001
    "not": Screen._of_no_shape,  # noqa: SLF001
    "and": Screen._of_all,  # noqa: SLF001
    "or": Screen._of_any,  # noqa: SLF001
    "xone": Screen._of_one,  # noqa: SLF001
}
"""Name of a constraint → what all values of a focus node together say of it."""

"""Constraints written as SPARQL: tests of one node, and patterns that match what violates.

Source: W3C SHACL (2017), sections 4 to 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from neagraph.rdf.terms import Term
from neagraph.validation.dialect import Dialect, NotCompilableError
from neagraph.validation.queries import (
    SHAPES_GRAPH,
    Parts,
    parts_of,
    renamed,
    variables_of,
)
from neagraph.validation.shapes import QUALIFIED, Constraint, Query, Shape, Shapes
from neagraph.validation.value_sets import VALUE_SETS, qualified
from neagraph.validation.value_tests import VALUE_TESTS
from neagraph.validation.violations import Context, Violation, exists, joined

_LONGEST: Final = 5_000_000
"""Characters of an expression; nested counts multiply what they hold."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the constraints of some shapes for one dialect.

    Args:
        shapes: The shapes that constraints refer to.
        dialect: How the dataset is spoken of.
    """

    shapes: Shapes
    dialect: Dialect
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def context(self) -> Context:
        """What the writing of a single constraint needs."""
        return Context(self.dialect, self.fresh, self.conforms)

    def fresh(self) -> str:
        """Return a variable that stands nowhere else."""
        return f"?_{next(self._numbers)}"

    def conforms(self, node: Term, variable: str) -> str:
        """Return the expression that a node fulfils if it conforms to a shape.

        Raises:
            NotCompilableError: If SPARQL cannot say it.
        """
        shape = self.shapes[node]
        if shape.deactivated:
            return "true"
        tests = []
        for constraint in shape.constraints:
            if shape.path is None and _is_test(constraint):
                tests.append(self._test(constraint, variable))
            else:
                found = self.violations(shape, constraint, variable, nested=True)
                tests += [violation.absent for violation in found]
        tests += [self._property_test(shape, p, variable) for p in shape.properties]
        expression = joined("&&", tests) if tests else "true"
        if len(expression) > _LONGEST:
            raise NotCompilableError(f"The query for {shape.name} would be too long.")
        return expression

    def _property_test(self, shape: Shape, node: Term, variable: str) -> str:
        if shape.path is None:
            return self.conforms(node, variable)
        value = self.fresh()
        fails = f"!{self.conforms(node, value)}"
        return f"!{exists(self.context.steps(variable, shape, value), fails)}"

    def violations(
        self, shape: Shape, constraint: Constraint, focus: str, *, nested: bool = False
    ) -> list[Violation]:
        """Return what matches where a focus node violates a constraint; any one is enough.

        Args:
            shape: The shape that the constraint belongs to.
            constraint: The constraint.
            focus: The variable of the focus node.
            nested: Whether the pattern will stand inside another one, so that the variables of a
                SPARQL constraint need names of their own.

        Raises:
            NotCompilableError: If SPARQL cannot say it.
        """
        if constraint.name in VALUE_SETS:
            return list(VALUE_SETS[constraint.name](self.context, shape, constraint, focus))
        if constraint.name in QUALIFIED:
            siblings = self.shapes.siblings.get(shape.node, ())
            return [qualified(self.context, shape, constraint, focus, siblings)]
        if not _is_test(constraint):
            return [self._queried(constraint, focus, nested=nested)]
        value = self.fresh() if shape.path else focus
        steps = self.context.steps(focus, shape, value)
        return [Violation(steps, f"!({self._test(constraint, value)})", value)]

    def _test(self, constraint: Constraint, value: str) -> str:
        if constraint.query is not None:
            return self._asked(constraint, value)
        return VALUE_TESTS[constraint.name](self.context, constraint, value)

    def _asked(self, constraint: Constraint, value: str) -> str:
        parts = parts_of(_query(constraint).text)
        return exists([self._body(parts, constraint, value, all_new=True)])

    def _queried(self, constraint: Constraint, focus: str, *, nested: bool) -> Violation:
        parts = parts_of(_query(constraint).text)
        if not parts.is_flat:
            raise NotCompilableError("A SPARQL constraint looks at $this inside an inner group.")
        names = {"this": focus, **self._constants(constraint)}
        columns = tuple(
            (name, renamed(text, names)) for name, text in parts.columns if name not in names
        )
        body = self._body(parts, constraint, focus, all_new=nested)
        return Violation((body,), columns=columns)

    def template(self, constraint: Constraint) -> str:
        """Return the query of a SPARQL constraint that is to run for one focus node at a time."""
        parts, constants = parts_of(_query(constraint).text), self._constants(constraint)
        columns = [text for name, text in parts.columns if name not in constants]
        return f"SELECT {' '.join(columns)} WHERE {renamed(parts.rest, constants)}"

    def _body(
        self, parts: Parts, constraint: Constraint, focus: str, *, all_new: bool = False
    ) -> str:
        names = {"this": focus, **self._constants(constraint)}
        if _query(constraint).is_ask:
            names["value"] = focus
        if all_new:
            free = sorted(variables_of(parts.body) - names.keys())
            names |= {name: self.fresh() for name in free}
        return renamed(parts.body, names)

    def _constants(self, constraint: Constraint) -> dict[str, str]:
        """Return the variables that are bound beforehand, `$this` and `$value` left out."""
        given = {name: value for name, value in constraint.parameters if value is not None}
        used = variables_of(_query(constraint).text)
        constants = {name: self.dialect.term(value) for name, value in given.items()}
        constants["shapesGraph"] = f"<{SHAPES_GRAPH}>"
        return {name: text for name, text in constants.items() if name in used}


def _is_test(constraint: Constraint) -> bool:
    """Return whether each value is tested on its own."""
    asked = constraint.query is not None and constraint.query.is_ask
    return asked or constraint.name in VALUE_TESTS


def _query(constraint: Constraint) -> Query:
    assert constraint.query is not None  # noqa: S101  the caller has looked
    return constraint.query

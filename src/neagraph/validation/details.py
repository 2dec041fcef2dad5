"""Why a value does not conform to a shape: what the constraints of that shape find.

Source: W3C SHACL (2017), section 3.6.2.3 (`sh:detail`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import Term
from neagraph.validation.checks import Check, asks_sparql, compile_checks
from neagraph.validation.dialect import Dialect
from neagraph.validation.report import ValidationResult, in_order
from neagraph.validation.running import run_on
from neagraph.validation.shapes import LISTS_OF_SHAPES, Constraint, Shapes

_TOLD: Final = LISTS_OF_SHAPES | {"node"}
_DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class Details:
    """Asks shapes inside shapes about single values.

    Args:
        engine: The dataset.
        shapes: The shapes.
        dialect: How the dataset is spoken of.
    """

    engine: Engine
    shapes: Shapes
    dialect: Dialect
    _checks: dict[Term, tuple[Check, ...]] = field(default_factory=dict)

    def added_to(self, result: ValidationResult, *, depth: int = _DEEPEST) -> ValidationResult:
        """Return a result with what was found of its value; as it is where there is nothing."""
        node = result.focus_node if result.value is None else result.value
        found = [
            self.added_to(inner, depth=depth - 1) if depth else inner
            for constraint in self.constraints_of(result)
            for inner in self._found(constraint, node)
        ]
        return replace(result, detail=in_order(found)) if found else result

    def asks_sparql(self, result: ValidationResult) -> bool:
        """Return whether the shapes that a result is about hold SPARQL."""
        shape = self.shapes.by_node.get(result.source_shape)
        constraints = self.constraints_of(result)
        return shape is not None and any(asks_sparql(shape, c, self.shapes) for c in constraints)

    def constraints_of(self, result: ValidationResult) -> list[Constraint]:
        """Return the constraints that a result may be of, if they ask for shapes inside."""
        shape = self.shapes.by_node.get(result.source_shape)
        return [
            constraint
            for constraint in (() if shape is None or result.detail else shape.constraints)
            if constraint.name in _TOLD and constraint.component == result.constraint_component
        ]

    def _found(self, constraint: Constraint, node: Term) -> Iterator[ValidationResult]:
        found = [
            list(dict.fromkeys(self._of_shape(inner, node))) for inner in constraint.references
        ]
        if constraint.name == "xone" and not all(found):  # more than one is kept: none is amiss
            return
        for results in found:
            yield from results

    def _of_shape(self, shape: Term, node: Term) -> Iterator[ValidationResult]:
        if shape not in self._checks:
            roots = [self.shapes[shape]]
            compiled = compile_checks(
                self.shapes, self.dialect, roots=roots, has_shapes_graph=False
            )
            self._checks[shape] = compiled.checks
        for check in self._checks[shape]:
            yield from run_on(self.engine, check, [node], self.dialect)

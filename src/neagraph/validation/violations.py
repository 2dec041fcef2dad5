"""What matches where a constraint is violated, and what the writing of constraints needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from neagraph.rdf.terms import Literal, Term
from neagraph.validation.dialect import Dialect
from neagraph.validation.paths import hops, to_sparql
from neagraph.validation.shapes import Constraint, Shape

_WIDEST: Final = 8


@dataclass(frozen=True, slots=True)
class Violation:
    """What matches where a constraint is violated.

    Args:
        patterns: Graph patterns that lead from the focus node on; none if the test says it all.
        test: An expression that is true where it is violated.
        value: The variable of the value that is wrong; empty if there is none.
        path: The variable of the property that it was found by, if it is not the shape's path.
        columns: Further columns, which tell results apart or stand in messages: name → text.
    """

    patterns: tuple[str, ...] = ()
    test: str = ""
    value: str = ""
    path: str = ""
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The patterns with the test after them."""
        return " ".join([*self.patterns, *([f"FILTER({self.test})"] if self.test else [])])

    @property
    def absent(self) -> str:
        """The expression that is true where it is not violated."""
        return f"!{exists(self.patterns, self.test)}"


def exists(patterns: Sequence[str], test: str = "") -> str:
    """Return the expression that is true where patterns match one after the other.

    Each stands inside the one before it: patterns side by side would be joined with all of the
    data, for each node anew.
    """
    expression = f"({test})" if test else ""
    for pattern in reversed(patterns):
        inner = f" FILTER({expression})" if expression else ""
        expression = f"EXISTS {{ {pattern}{inner} }}"
    return expression


def joined(operator: str, tests: Sequence[str]) -> str:
    """Return tests joined by an operator, as a tree: a long chain is too deep for the engine."""
    if len(tests) <= _WIDEST:
        return f"({f' {operator} '.join(tests)})"
    middle = len(tests) // 2
    halves = (joined(operator, tests[:middle]), joined(operator, tests[middle:]))
    return f"({f' {operator} '.join(halves)})"


@dataclass(frozen=True, slots=True)
class Context:
    """What the writing of a constraint needs.

    Args:
        dialect: How the dataset is spoken of.
        fresh: Returns a variable that stands nowhere else.
        conforms: Returns the expression that the node of a variable fulfils if it conforms to a
            shape.
    """

    dialect: Dialect
    fresh: Callable[[], str]
    conforms: Callable[[Term, str], str]

    def steps(self, focus: str, shape: Shape, value: str) -> tuple[str, ...]:
        """Return the patterns from a focus node to a value node; none for a node shape."""
        if shape.path is None:
            return ()
        paths = hops(shape.path)
        nodes = [focus, *(self.fresh() for _ in paths[1:]), value]
        return tuple(
            f"{near} {to_sparql(path)} {far} ."
            for near, path, far in zip(nodes, paths, nodes[1:], strict=False)
        )


def value_of(constraint: Constraint) -> Term:
    """Return the value of the parameter of a constraint that has one."""
    assert constraint.value is not None  # noqa: S101  so says the table of parameters
    return constraint.value


def number_of(constraint: Constraint) -> int:
    """Return the value of a constraint that counts."""
    assert isinstance(constraint.value, Literal)  # noqa: S101  so says the table of parameters
    return int(constraint.value.value)

"""Compiled checks run on a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Final

from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, NamedNode, Quad, Term
from neagraph.validation.checks import ROOT, Check, blank_targets, focus_of, of_target
from neagraph.validation.dialect import Dialect
from neagraph.validation.queries import parts_of
from neagraph.validation.report import ValidationResult

_MARK: Final = NamedNode("urn:x-neagraph:target")
_ROOT_NAME: Final = ROOT[1:]
_BOUND: Final = f"{{ {ROOT} ?_p ?_o }} UNION {{ ?_s ?_p {ROOT} }}"
"""A pattern that a node of the data matches: expressions see only variables of a pattern."""


@contextmanager
def present(engine: Engine, wanted: Iterable[Term]) -> Iterator[None]:
    """Have the dataset hold some nodes for a while: the targets of shapes with empty paths.

    For the engine a path that may be empty leads nowhere from a node that is in no triple; by
    SPARQL 1.1, section 18.4, it leads to that node.
    """
    nodes = [node for node in wanted if not _is_there(engine, node)]
    marks = [Quad(_MARK, _MARK, node) for node in nodes]
    engine.add(marks)
    try:
        yield
    finally:
        engine.remove(marks)


def _is_there(engine: Engine, node: Term) -> bool:
    found = engine.matching(None, None, node)
    if isinstance(node, NamedNode | BlankNode):
        found = chain(found, engine.matching(node))
    return next(found, None) is not None


def run_everywhere(
    engine: Engine,
    checks: Iterable[Check],
    dialect: Dialect,
    *,
    skip: frozenset[Term] = frozenset(),
) -> Iterator[ValidationResult]:
    """Yield what checks find in all nodes that their targets select.

    Args:
        engine: The dataset; its default graph is looked at.
        checks: The checks, written in the dialect.
        dialect: The dialect of the dataset.
        skip: Nodes that the targets shall not select.
    """
    for check in checks:
        for pattern, once in of_target(check.root.targets, dialect):
            yield from _rows(engine, check, pattern, roots_differ=once, skip=skip)
        for node in blank_targets(check.root):
            yield from _rows_of_blank(engine, check, node, skip=skip)


def run_on(
    engine: Engine, check: Check, nodes: Sequence[Term], dialect: Dialect
) -> Iterator[ValidationResult]:
    """Yield what a check finds in given nodes, which are in its target."""
    named = " ".join(dialect.term(node) for node in nodes if not isinstance(node, BlankNode))
    if named:
        yield from _rows(engine, check, f"VALUES {ROOT} {{ {named} }}", roots_differ=True)
    for node in nodes:
        if isinstance(node, BlankNode):
            yield from _rows_of_blank(engine, check, node)


def _rows(
    engine: Engine,
    check: Check,
    pattern: str,
    *,
    roots_differ: bool,
    skip: frozenset[Term] = frozenset(),
) -> Iterator[ValidationResult]:
    solutions = engine.select_for(check.text(pattern, roots_differ=roots_differ))
    yield from _results(engine, check, solutions, skip)


def _rows_of_blank(
    engine: Engine, check: Check, node: BlankNode, *, skip: frozenset[Term] = frozenset()
) -> Iterator[ValidationResult]:
    text = check.text(_BOUND, roots_differ=False)
    yield from _results(engine, check, engine.select_for(text, {_ROOT_NAME: node}), skip)


def _results(
    engine: Engine,
    check: Check,
    solutions: Iterable[tuple[Term | None, ...]],
    skip: frozenset[Term],
) -> Iterator[ValidationResult]:
    names = [name for name, _ in check.columns]
    for solution in solutions:
        if solution[0] in skip:
            continue
        values = dict(zip(names, solution, strict=True))
        if check.template:
            yield from _one_by_one(engine, check, values)
        else:
            yield check.result(values)


def _one_by_one(
    engine: Engine, check: Check, values: dict[str, Term | None]
) -> Iterator[ValidationResult]:
    """Yield what a query that cannot be joined with its focus nodes says of one of them."""
    focus = focus_of(values)
    text = check.text_for_one(focus)
    if isinstance(focus, BlankNode):
        solutions = engine.select_for(text, {"this": focus})
    else:
        solutions = engine.select_for(text)
    names = [name for name, _ in parts_of(check.template).columns]
    for solution in dict.fromkeys(solutions):
        yield check.result({**dict(zip(names, solution, strict=True)), "_focus": focus})

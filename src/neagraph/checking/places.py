"""Results with the place where what is wrong stands, and with what was perhaps meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from neagraph.rdf.positions import Place, Positions
from neagraph.rdf.terms import BlankNode, NamedNode, Term
from neagraph.validation.paths import ALTERNATIVE, Path
from neagraph.validation.report import ValidationReport, ValidationResult, in_order
from neagraph.validation.suggestions import Suggester

_INVERSE: Final = "inversePath"


def with_places(
    report: ValidationReport, texts: Sequence[Positions], suggester: Suggester
) -> ValidationReport:
    """Return a report whose results tell where they stand and what was perhaps meant.

    Args:
        report: The report.
        texts: The places of the texts that were checked.
        suggester: Knows what is allowed, and what there is.
    """
    results = (_told(result, texts, suggester) for result in report.results)
    return replace(report, results=in_order(results))


def subjects_of(report: ValidationReport) -> set[Term]:
    """Return the nodes whose places in a text tell where its results stand."""
    found = {node for r in report.results for node in (r.focus_node, r.value)}
    return {node for node in found if isinstance(node, NamedNode | BlankNode)}


def _told(
    result: ValidationResult, places: Sequence[Positions], suggester: Suggester
) -> ValidationResult:
    suggestion = suggester.of(result)
    path = result.path
    if suggestion is not None and suggestion.written is not None:
        path = suggestion.written
    return replace(
        result,
        place=_place(places, result.focus_node, path, result.value),
        suggestion="" if suggestion is None else suggestion.text,
    )


def _place(
    texts: Sequence[Positions], node: Term, path: Path | None, value: Term | None
) -> Place | None:
    """Return where texts have what is wrong: the value, else the property, else the record."""
    steps = _steps(path)
    found = [
        *(_place_of_step(text, node, step, value) for text in texts for step in steps),
        *(
            text.of_property(node, predicate)
            for text in texts
            for forward, predicate in steps
            if forward
        ),
        *(text.of_node(node) for text in texts),
        *(text.of_node(value) for text in texts if value is not None),
    ]
    return next((place for place in found if place is not None), None)


def _place_of_step(
    text: Positions, node: Term, step: tuple[bool, NamedNode], value: Term | None
) -> Place | None:
    forward, predicate = step
    if value is None:
        return None
    if forward:
        return text.of_value(node, predicate, value)
    return text.of_subject(value, predicate, node)


def _steps(path: Path | None) -> list[tuple[bool, NamedNode]]:
    """Return the properties that a path may begin with, and whether it follows them forward."""
    if path is None:
        return []
    if isinstance(path, NamedNode):
        return [(True, path)]
    if path.operator == _INVERSE:
        return [(not forward, predicate) for forward, predicate in _steps(path.parts[0])]
    parts = path.parts if path.operator == ALTERNATIVE else path.parts[:1]
    return [step for part in parts for step in _steps(part)]

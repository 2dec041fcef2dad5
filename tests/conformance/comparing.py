"""Comparing answers with expected results: tables with blank nodes, graphs and datasets.

Two literals are the same if they are equal as terms, or have one datatype and one value as number
or boolean: the engine writes the decimal `1.0` as `1`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    QueryBoolean,
    QueryResultsFormat,
    parse_query_results,
)

from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term

from .manifests import RDF, Graph, read

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
FORMATS = {
    ".srx": QueryResultsFormat.XML,
    ".srj": QueryResultsFormat.JSON,
    ".tsv": QueryResultsFormat.TSV,
}

Row = tuple[Term | None, ...]


class Table:
    """Solutions by the names of their variables, in sorted order; `ordered` if places count."""

    def __init__(
        self, variables: Sequence[str], rows: Iterable[Row], *, ordered: bool = False
    ) -> None:
        places = sorted(range(len(variables)), key=lambda place: variables[place])
        self.variables = [variables[place] for place in places]
        self.rows = [tuple(_plain(row[place]) for place in places) for row in rows]
        self.ordered = ordered

    def __repr__(self) -> str:
        return f"{self.variables} {sorted(map(str, self.rows))}"


def results_of(body: bytes, fmt: QueryResultsFormat) -> Table | bool:
    """The table or boolean of serialised results."""
    results = parse_query_results(body, fmt)
    if isinstance(results, QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    return Table(names, [tuple(row[i] for i in range(len(names))) for row in results])


def expected_results(path: Path) -> Table | bool | list[Quad]:
    """What a result file expects: a table, a boolean, or the triples of a graph."""
    if path.suffix in FORMATS:
        return results_of(path.read_bytes(), FORMATS[path.suffix])
    quads = read(path)
    graph = Graph(quads)
    sets = [s for s in graph.subjects if NamedNode(RS + "ResultSet") in graph.all(s, RDF + "type")]
    return _result_set(graph, sets[0]) if sets else quads


def _result_set(graph: Graph, node: Term) -> Table | bool:
    boolean = graph.text(node, RS + "boolean")
    if boolean:
        return boolean == "true"
    names = [v.value for v in graph.all(node, RS + "resultVariable") if isinstance(v, Literal)]
    solutions = graph.all(node, RS + "solution")
    indices = [graph.text(solution, RS + "index") for solution in solutions]
    if all(indices):
        solutions = sorted(solutions, key=lambda s: int(graph.text(s, RS + "index")))
    rows = []
    for solution in solutions:
        bindings = graph.all(solution, RS + "binding")
        values = {graph.text(b, RS + "variable"): graph.one(b, RS + "value") for b in bindings}
        rows.append(tuple(values.get(name) for name in names))
    return Table(names, rows, ordered=bool(indices) and all(indices))


def same_table(found: Table, expected: Table, *, lax: bool = False) -> bool:
    """Whether two tables have the same solutions up to the names of blank nodes.

    Args:
        found: The answer.
        expected: The expected table; if it is ordered, the order counts.
        lax: Whether repeated solutions may stand fewer times (REDUCED).
    """
    if found.variables != expected.variables:
        return False
    if lax:
        return _unify(list(dict.fromkeys(found.rows)), list(dict.fromkeys(expected.rows)), {})
    if len(found.rows) != len(expected.rows):
        return False
    if expected.ordered:
        return _in_order(found.rows, expected.rows)
    return _unify(found.rows, expected.rows, {})


def _in_order(found: Sequence[Row], expected: Sequence[Row]) -> bool:
    names: dict[Term, Term] = {}
    for row, other in zip(found, expected, strict=True):
        matched = _match(row, other, names)
        if matched is None:
            return False
        names = matched
    return True


def _unify(found: list[Row], expected: list[Row], names: dict[Term, Term]) -> bool:
    """Whether rows can be paired, trying what has no blank node first."""
    ground = Counter(row for row in found if not _blank(row))
    if ground != Counter(row for row in expected if not _blank(row)):
        return False
    return _pair(
        [row for row in found if _blank(row)], [row for row in expected if _blank(row)], names
    )


def _pair(found: list[Row], expected: list[Row], names: dict[Term, Term]) -> bool:
    if not found or not expected:
        return not found and not expected
    row, *rest = found
    for place, other in enumerate(expected):
        matched = _match(row, other, names)
        if matched is not None and _pair(rest, expected[:place] + expected[place + 1 :], matched):
            return True
    return False


def _match(row: Row, other: Row, names: dict[Term, Term]) -> dict[Term, Term] | None:
    names = dict(names)
    for term, value in zip(row, other, strict=True):
        if isinstance(term, BlankNode) and isinstance(value, BlankNode):
            if names.setdefault(term, value) != value:
                return None
        elif term != value:
            return None
    return names if len(set(names.values())) == len(names) else None


def _blank(row: Row) -> bool:
    return any(isinstance(term, BlankNode) for term in row)


def same_dataset(found: Iterable[Quad], expected: Iterable[Quad]) -> bool:
    """Whether two datasets are isomorphic."""
    return _canonical(found) == _canonical(expected)


def _canonical(quads: Iterable[Quad]) -> set[str]:
    dataset = Dataset(
        Quad(quad.subject, quad.predicate, _plain(quad.object), quad.graph_name) for quad in quads
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def same_csv(found: str, expected: str) -> bool:
    """Whether two CSV tables are the same; blank nodes may have other names, rows other places."""
    return same_table(_csv_table(found), _csv_table(expected))


def _csv_table(text: str) -> Table:
    names, *rows = csv.reader(io.StringIO(text, newline=""))
    return Table(names, [tuple(map(_csv_term, row)) for row in rows])


def _csv_term(cell: str) -> Term:
    """What a cell stands for as far as CSV tells: a blank node, a number or a text."""
    if cell.startswith("_:"):
        return BlankNode(cell.removeprefix("_:"))
    try:
        return Literal(_float(cell), datatype=NamedNode(XSD + "double"))
    except ValueError:
        return Literal(cell)


@cache
def _plain(term: Term | None) -> Term | None:
    """The term, a number or truth value in one form for each of its values."""
    if not isinstance(term, Literal) or term.datatype.value not in PLAIN:
        return term
    try:
        return Literal(PLAIN[term.datatype.value](term.value), datatype=term.datatype)
    except (ArithmeticError, ValueError):
        return term


def _decimal(text: str) -> str:
    return format(Decimal(text).normalize(), "f")


def _float(text: str) -> str:
    return repr(float(text))


def _boolean(text: str) -> str:
    return {"1": "true", "0": "false"}.get(text, text)


PLAIN = {
    XSD + "integer": _decimal,
    XSD + "decimal": _decimal,
    XSD + "double": _float,
    XSD + "float": _float,
    XSD + "boolean": _boolean,
}

"""Reading serialised SPARQL results back, for pages and terminals."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import QueryBoolean, QueryResultsFormat, parse_query_results

from neagraph.rdf.terms import Literal, Term, show


@dataclass(frozen=True, slots=True)
class Table:
    """The solutions of a SELECT query.

    Args:
        variables: Their names, without `?`, in the order of the query.
        rows: One tuple per solution in that order; None where a variable is unbound.
    """

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


def read_results(body: bytes) -> Table | bool:
    """Return the table, or for ASK the boolean, of results in JSON."""
    results = parse_query_results(body, QueryResultsFormat.JSON)
    if isinstance(results, QueryBoolean):
        return bool(results)
    variables = tuple(variable.value for variable in results.variables)
    rows = tuple(tuple(row[i] for i in range(len(variables))) for row in results)
    return Table(variables, rows)


def as_text(results: Table | bool) -> str:  # noqa: FBT001  the boolean is the value itself
    """Return results as aligned columns with short IRIs, and a line that counts the rows."""
    if isinstance(results, bool):
        return "yes\n" if results else "no\n"
    cells = [[_cell(term) for term in row] for row in results.rows]
    lines = [list(results.variables), *cells]
    widths = [max(len(line[i]) for line in lines) for i in range(len(results.variables))]
    ruled = [lines[0], ["─" * width for width in widths], *lines[1:]]
    text = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in ruled]
    count = len(cells)
    return "\n".join([*text, f"({count} row{'' if count == 1 else 's'})"]) + "\n"


def _cell(term: Term | None) -> str:
    if isinstance(term, Literal):
        return " ".join(term.value.split())
    return "" if term is None else show(term)

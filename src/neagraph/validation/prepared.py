"""An rdflib graph that prepares each SPARQL query once and walks outward from what is bound.

pyshacl evaluates a SPARQL constraint anew for each focus node: rdflib would parse the text each
time (some 10 ms), and it orders triple patterns without knowing that the focus node is given, which
makes the work grow with the square of the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import rdflib
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.processor import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Identifier, Node

from neagraph.errors import ShapesError

Pattern = tuple[Node, Node, Node]


class PreparedGraph(rdflib.Graph):
    """A graph in memory whose `query` prepares each text once; it never reads from the network."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self._prepared: dict[str, Query] = {}

    def query(  # noqa: PLR0913, PLR0917  rdflib's own signature
        self,
        query_object: str | Query,
        processor: Any = "sparql",  # noqa: ANN401  rdflib's own signature
        result: Any = "sparql",  # noqa: ANN401  rdflib's own signature
        initNs: Mapping[str, Any] | None = None,  # noqa: N803  rdflib's own signature
        initBindings: Mapping[str, Identifier] | None = None,  # noqa: N803  rdflib's own signature
        use_store_provided: bool = True,  # noqa: FBT001, FBT002  rdflib's own signature
        **kwargs: Any,  # noqa: ANN401  rdflib's own signature
    ) -> Result:
        """Return the answer of a query; arguments as in `rdflib.Graph.query`.

        Raises:
            ShapesError: If the query cannot be parsed, or names graphs or services elsewhere.
        """
        if isinstance(query_object, str):
            query_object = self._prepare(query_object, initBindings or {})
        return super().query(
            query_object, processor, result, initNs, initBindings, use_store_provided, **kwargs
        )

    def _prepare(self, text: str, bindings: Mapping[str, Identifier]) -> Query:
        if text not in self._prepared:
            self._prepared[text] = prepare(text, bound=bindings)
        return self._prepared[text]


def prepare(text: str, *, bound: Iterable[str]) -> Query:
    """Return the query, its triple patterns ordered for variables that are bound beforehand.

    Args:
        text: A SPARQL query.
        bound: Names of the variables that will have a value when it is evaluated.

    Raises:
        ShapesError: If it cannot be parsed, or names graphs or services elsewhere.
    """
    try:
        query = prepareQuery(text)
    except Exception as error:  # rdflib raises a bare Exception for an unknown prefix
        raise ShapesError(
            f"A SPARQL constraint cannot be parsed: {error}.", hint=f"The query is: {text.strip()}"
        ) from error
    if query.algebra.datasetClause:
        raise _elsewhere("FROM")
    known = {rdflib.Variable(name) for name in bound}
    traverse(query.algebra, visitPre=lambda node: _visit(node, known))
    return query


def _visit(node: Any, known: set[rdflib.Variable]) -> None:  # noqa: ANN401  whatever the tree holds
    if not isinstance(node, CompValue):
        return
    if node.name == "ServiceGraphPattern":
        raise _elsewhere("SERVICE")
    if node.name == "BGP":
        node["triples"] = _outward(node.triples, known)


def _elsewhere(keyword: str) -> ShapesError:
    return ShapesError(
        f"A SPARQL constraint holds {keyword}.",
        hint="Shapes look at the data that are validated, never at other places.",
    )


def _outward(patterns: Iterable[Pattern], known: Iterable[Node]) -> list[Pattern]:
    """Return the patterns in an order that begins at what is known and takes the tightest next."""
    known, rest, ordered = set(known), list(patterns), list[Pattern]()
    while rest:
        tightest = min(rest, key=lambda pattern: _looseness(pattern, known))
        rest.remove(tightest)
        ordered.append(tightest)
        known.update(tightest)
    return ordered


def _looseness(pattern: Pattern, known: set[Node]) -> tuple[int, bool]:
    free = [isinstance(x, rdflib.Variable | rdflib.BNode) and x not in known for x in pattern]
    return sum(free), free[0]

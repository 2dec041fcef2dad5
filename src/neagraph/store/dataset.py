"""The dataset behind a store: one engine for each scope, the second one made when first asked."""

from __future__ import annotations

from collections.abc import Iterable

from neagraph.model import Answer, QueryRequest, Scope
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import NamedNode, Quad
from neagraph.vocab import GRAPH_ENTAILED


class ScopedDataset:
    """A dataset that answers in either scope.

    Args:
        quads: All named graphs, the entailed triples in `graph/entailed`.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._engines = {Scope.ALL: Engine.of_dataset(quads)}

    def answer(self, request: QueryRequest) -> Answer:
        """Return the answer in the scope that the request names; errors as `Engine.answer`."""
        return self.engine(request.scope).answer(request)

    def engine(self, scope: Scope) -> Engine:
        """Return the engine of a scope."""
        if scope not in self._engines:
            self._engines[scope] = Engine.of_dataset(self._asserted())
        return self._engines[scope]

    def _asserted(self) -> Iterable[Quad]:
        entailed = NamedNode(GRAPH_ENTAILED)
        for name in self._engines[Scope.ALL].graph_names():
            if name != entailed.value:
                yield from self._engines[Scope.ALL].quads(name)

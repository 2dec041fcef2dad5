"""What a write says, read and looked at before anything is applied."""

from __future__ import annotations

from neagraph.errors import FormatError, NotFoundError, RefusedError, UsageError
from neagraph.model import Write, WriteKind
from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import in_graph, parse
from neagraph.rdf.query_text import without_service
from neagraph.rdf.terms import DefaultGraph, Quad
from neagraph.rdf.update_text import Operation, read_update
from neagraph.vocab import GRAPHS_WRITABLE, is_writable, names_one_thing

_HINT_WRITABLE = (
    "Write to a graph below graph/report/, graph/reference/ or graph/inbox/; "
    "the rest is made from the project's files."
)


def content_of(engine: Engine, write: Write, *, may_be_empty: bool = False) -> list[Quad]:
    """Return what a graph is to hold, or to be given; nothing where it is to be deleted."""
    if write.kind is WriteKind.DELETE:
        _require_there(engine, write.graph)
        return []
    quads = list[Quad]()
    for body, name in write.bodies:
        fmt, base = graph_format_by_name(name), write.base or None
        quads += parse(body, fmt, source="request body", base=base, may_be_empty=may_be_empty)
    if any(quad.graph_name != DefaultGraph() for quad in quads):
        raise FormatError(
            "The body names graphs of its own, and the address names the one that is written.",
            hint="Send the triples alone, as Turtle or N-Triples.",
        )
    return quads if write.graph is None else in_graph(quads, write.graph)


def permitted(write: Write) -> list[Operation]:
    """Return the operations of an update that are to run, after a look at the whole of it.

    LOAD SILENT fails in silence (SPARQL 1.1 Update, 3.1.4): it does nothing.

    Raises:
        QueryError: If it cannot be parsed.
        RefusedError: If it holds LOAD or SERVICE.
    """
    found = read_update(write.text, base=write.base)
    if any(operation.loads and not operation.silent for operation in found):
        raise RefusedError(
            "LOAD is not permitted here: no document is fetched.",
            hint="Fetch it on your side and send its triples.",
        )
    if without_service(write.text) is not None:
        raise RefusedError(
            "SERVICE is not permitted here: this endpoint queries its own graphs only.",
            hint="Ask the other endpoint from your side and send the triples.",
        )
    return [operation for operation in found if not operation.loads]


def require_writable(graph: str | None) -> None:
    """Return if a graph may be written; None is the default graph.

    Raises:
        UsageError: If its name stands for another one, as `…/graph/report/../ontology` does.
        RefusedError: If it may not.
    """
    if graph is None:
        raise RefusedError(
            "The default graph is the union of the named graphs and is not written to.",
            hint=_HINT_WRITABLE,
        )
    below = graph.startswith(GRAPHS_WRITABLE) and graph not in GRAPHS_WRITABLE
    if below and not names_one_thing(graph):
        raise UsageError(
            f"The name of the graph <{graph}> has a segment that is empty or made of dots.",
            hint="Give a name without //, /./ and /../ and without a slash at its end.",
        )
    if not is_writable(graph):
        raise RefusedError(f"The graph <{graph}> is not writable.", hint=_HINT_WRITABLE)


def _require_there(engine: Engine, graph: str | None) -> None:
    if graph is not None and graph not in engine.graph_names():
        raise NotFoundError(
            "There is no such graph.", where=graph, hint="Make it with PUT or POST."
        )

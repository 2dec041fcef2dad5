"""What a dataset must be like to be accepted: consistent, and as the shapes have it."""

from __future__ import annotations

from collections.abc import Sequence

from neagraph.entailment.closure import entail
from neagraph.entailment.result import Entailment, require_consistent
from neagraph.errors import NotConformingError
from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import in_graph, triples_of, write_graph
from neagraph.rdf.terms import NamedNode, Quad, Triple
from neagraph.validation.report import ValidationReport, to_text
from neagraph.validation.report_graph import to_graph
from neagraph.validation.validator import validate
from neagraph.vocab import GRAPH_ENTAILED, GRAPH_INBOX


def require_accepted(report: ValidationReport) -> None:
    """Raise NotConformingError with both forms of the report if there is a violation in it."""
    if not report.accepted:
        number = len(report.violations)
        raise NotConformingError(
            f"The data do not conform: {number} violation{'' if number == 1 else 's'}.",
            hint="Mend the records listed above; nothing was written.",
            details=tuple(to_text(report).splitlines()),
            report=write_graph(to_graph(report), graph_format_by_name("turtle")).decode(),
        )


def check(
    asserted: Sequence[Quad], *, shapes: Sequence[Triple], as_written: Sequence[Quad] = ()
) -> list[Quad]:
    """Return what asserted quads entail, in its graph, if they are consistent and conform.

    Args:
        asserted: The quads in the engine's form.
        shapes: The shapes.
        as_written: Those of them that were just parsed: `sh:datatype` and `sh:pattern` look at
            what was written, not at what the engine makes of it.
    """
    entailment = entail(asserted, identity="check")
    require_consistent(entailment)
    require_conforming(asserted, shapes=shapes, as_written=as_written)
    return entailed_quads(entailment)


def require_conforming(
    asserted: Sequence[Quad], *, shapes: Sequence[Triple], as_written: Sequence[Quad] = ()
) -> None:
    """Raise NotConformingError if asserted quads violate the shapes; arguments as of `check`."""
    stored = set(Engine(as_written).quads())
    others = (quad for quad in asserted if quad not in stored)
    require_accepted(validate(triples_of([*others, *as_written]), shapes=shapes))


def entailed_quads(entailment: Entailment) -> list[Quad]:
    """Return the entailed triples in the graph that is theirs."""
    quads = (Quad(t.subject, t.predicate, t.object) for t in entailment.triples)
    return in_graph(quads, GRAPH_ENTAILED)


def is_in_inbox(quad: Quad) -> bool:
    """Return whether a quad is in a graph that waits to be looked at, unchecked."""
    name = quad.graph_name
    return isinstance(name, NamedNode) and name.value.startswith(GRAPH_INBOX)


def is_apart(quad: Quad) -> bool:
    """Return whether a quad is no asserted one that is checked: entailed, or in the inbox."""
    name = quad.graph_name
    return isinstance(name, NamedNode) and not is_asserted(name.value)


def is_asserted(graph: str) -> bool:
    """Return whether a named graph holds asserted triples that are checked."""
    return graph != GRAPH_ENTAILED and not graph.startswith(GRAPH_INBOX)

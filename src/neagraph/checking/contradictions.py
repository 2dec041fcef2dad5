"""Contradictions between data and axioms, told as results beside those of the shapes.

What a write would be refused for is told to who only asks, too.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Final

from neagraph.entailment.closure import entail
from neagraph.entailment.result import Clash
from neagraph.errors import UnsupportedAxiomError
from neagraph.rdf.terms import NamedNode, Quad, Term
from neagraph.validation.report import INFO, VIOLATION, ValidationResult
from neagraph.vocab import GRAPH_ONTOLOGY

_PROFILE: Final = NamedNode("http://www.w3.org/ns/owl-profile/RL")
_RULES: Final = NamedNode(
    "https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
)
_ONTOLOGY: Final = NamedNode(GRAPH_ONTOLOGY)
_HINT: Final = "Take back one of the statements that cannot both be true."
_BEYOND: Final = "Say it within OWL 2 RL; contradictions with the other axioms were not looked for."


def contradictions(quads: Iterable[Quad], *, own: Container[Term]) -> Iterator[ValidationResult]:
    """Yield the contradictions of data, those with the axioms among them, as `results_of`.

    An axiom outside OWL 2 RL is told as a remark, for then nothing can be looked for.

    Args:
        quads: The data and all that they are read together with.
        own: The nodes that the data describe.
    """
    try:
        clashes = entail(quads).clashes
    except UnsupportedAxiomError as error:
        yield _result(_ONTOLOGY, INFO, str(error), _BEYOND)
        return
    yield from results_of(clashes, own=own)


def results_of(clashes: Iterable[Clash], *, own: Container[Term]) -> Iterator[ValidationResult]:
    """Yield clashes as results about the first individual that is one's own, or else the first."""
    for clash in clashes:
        concerned = (*(node for node in clash.individuals if node in own), *clash.individuals)
        yield _result(next(iter(concerned), _ONTOLOGY), VIOLATION, clash.sentence, _HINT)


def _result(node: Term, severity: NamedNode, message: str, hint: str) -> ValidationResult:
    return ValidationResult(
        focus_node=node,
        path=None,
        value=None,
        source_shape=_RULES,
        source_constraint=None,
        constraint_component=_PROFILE,
        severity=severity,
        message=f"{message[:1].upper()}{message[1:]}{'' if message.endswith('.') else '.'}",
        fix_hint=hint,
        docs=_RULES.value,
    )

"""What entailment yields: triples and clashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from neagraph.errors import InconsistencyError
from neagraph.rdf.terms import Term, Triple

OnRound = Callable[[int, int], None]
"""Told of progress: number of the round, from 1, and how many triples it has entailed."""

SHOWN_CLASHES: Final = 20
"""How many clashes an error shows."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A contradiction between data and an axiom.

    Args:
        sentence: What is wrong, with the individuals and the axiom.
        rule: The rule of the OWL 2 RL/RDF tables that shows it, such as `cax-dw`; empty where the
            reasoner does not tell.
        individuals: Whom it concerns; empty where the reasoner does not tell.
        axiom: The axiom, one sentence; empty where the reasoner does not tell.
        because: Asserted triples from which entailed parts of the contradiction come.
    """

    sentence: str
    rule: str = ""
    individuals: tuple[Term, ...] = ()
    axiom: str = ""
    because: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class Entailment:
    """What follows from a dataset.

    Args:
        triples: The entailed triples that are not asserted, sorted, without the trivial ones.
        clashes: The contradictions, sorted by sentence.
        rounds: How often the rules were gone through until nothing new followed.
    """

    triples: tuple[Triple, ...]
    clashes: tuple[Clash, ...]
    rounds: int


@dataclass(frozen=True, slots=True)
class ClosureChange:
    """How a change of asserted triples changes what is entailed.

    Args:
        added: What is entailed now and was not before.
        removed: What is not entailed any more, or asserted now.
        clashes: The contradictions that the change brings, sorted by sentence.
        is_complete: Whether everything was worked out anew.
    """

    added: frozenset[Triple]
    removed: frozenset[Triple]
    clashes: tuple[Clash, ...] = ()
    is_complete: bool = False


def require_consistent(entailment: Entailment | ClosureChange) -> None:
    """Do nothing if there is no clash.

    Raises:
        InconsistencyError: With the sentences of the first clashes, and how many there are.
    """
    total = len(entailment.clashes)
    if not total:
        return
    shown = tuple(clash.sentence for clash in entailment.clashes[:SHOWN_CLASHES])
    rest = (f"… and {total - len(shown)} more",) if total > len(shown) else ()
    noun = "contradiction" if total == 1 else "contradictions"
    raise InconsistencyError(
        f"The data contradict the axioms: {total} {noun}.",
        hint="Mend the data, or the axiom that each line ends with.",
        details=shown + rest,
    )

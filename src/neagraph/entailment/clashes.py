"""Clashes in words: names with labels, and the asserted triples that they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from neagraph import vocab
from neagraph.entailment.matching import Facts
from neagraph.entailment.result import Clash
from neagraph.entailment.rules import ClashCheck
from neagraph.entailment.schema import Names, in_order
from neagraph.entailment.why import Roots, instance
from neagraph.rdf.terms import Literal, NamedNode, Term, Triple, Variable, show

EXPLAINED: Final = 50
"""For how many clashes the asserted triples that they come from are looked up."""

Row = tuple[Term, ...]
"""What the variables that a check shows stand for."""


class ClashTeller:
    """Words clashes.

    Args:
        facts: The dataset, with its closure.
        roots: Finds what entailed triples rest on.
        names: The blank nodes that IRIs stand for in the dataset.
    """

    def __init__(self, facts: Facts, roots: Roots, names: Names) -> None:
        self._facts = facts
        self._roots = roots
        self._names = names

    def tell(self, found: Iterable[tuple[ClashCheck, Iterable[Row]]]) -> tuple[Clash, ...]:
        """Return the contradictions, each once, sorted by sentence; the first ones explained.

        Args:
            found: Each check, in the order of the rule set, with the rows that it has found.
        """
        rows = {
            (check.axiom, frozenset(terms)): (check, terms)  # their order makes no other clash
            for check, its_rows in found
            for terms in sorted(its_rows, key=lambda row: list(map(in_order, row)), reverse=True)
        }
        told = [
            (_filled(check.sentence, tuple(map(self._told, terms))), check, terms)
            for check, terms in rows.values()
        ]
        told.sort(key=lambda clash: (clash[0], clash[1].axiom))
        return tuple(
            self._clash(*clash, explained=number < EXPLAINED) for number, clash in enumerate(told)
        )

    def _clash(self, told: str, check: ClashCheck, terms: Row, *, explained: bool) -> Clash:
        bindings = dict(zip(check.shown, terms, strict=True))
        roots = self._because(check, bindings) if explained else ()
        because = tuple(map(self._names.restored, roots))
        since = f"; this comes from {', '.join(map(_statement, because))}" if because else ""
        return Clash(
            sentence=f"{told}: {check.axiom}{since}",
            rule=check.name,
            individuals=tuple(map(self._names.node, terms[: check.individuals])),
            axiom=check.axiom,
            because=because,
        )

    def _because(self, check: ClashCheck, terms: dict[Variable, Term]) -> tuple[Triple, ...]:
        """Return what the entailed ones among the patterns of the clash rest on."""
        instances = [instance(atom, terms) for atom in check.condition.atoms]
        known = {triple for triple in instances if triple is not None}
        roots = dict.fromkeys(root for t in instances if t for root in self._roots.of(t))
        return tuple(root for root in roots if root not in known)

    def _told(self, term: Term) -> str:
        """Return the short form of a term, with its first label where it has one."""
        if not isinstance(term, NamedNode):
            return show(term)
        for predicate in (vocab.RDFS_LABEL, vocab.SKOS_PREF_LABEL):
            objects = (quad.object for quad in self._facts.matching(term, NamedNode(predicate)))
            labels = sorted(label.value for label in objects if isinstance(label, Literal))
            if labels:
                return f"“{labels[0]}” ({show(self._names.node(term))})"
        return show(self._names.node(term))


def _statement(triple: Triple) -> str:
    return " ".join(map(show, (triple.subject, triple.predicate, triple.object)))


def _filled(sentence: str, names: tuple[str, ...]) -> str:
    """Return the sentence with names in its numbered places; other braces stay as they are."""

    def name(place: re.Match[str]) -> str:
        number = int(place[1])
        return names[number] if number < len(names) else place[0]

    return re.sub(r"\{(\d+)\}", name, sentence)

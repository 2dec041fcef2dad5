"""A statement as triples, with its commitments, its money and its place in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from neagraph.rdf.terms import Literal, NamedNode, Triple
from neagraph.reports.publishing.facts import (
    Fact,
    about,
    boolean,
    date,
    decimal,
    integer,
    node,
    voc,
    words,
)
from neagraph.reports.publishing.report_graph import CommitmentNames, Entry, ReportGraph
from neagraph.reports.spelling import slug
from neagraph.reports.statements import Amount, Commitment, Due, Statement
from neagraph.reports.wording import NEGATED_ACT, action_of, summary_of, wording
from neagraph.vocab import NEA, OA, PROV, RDFS_LABEL, path_of, thing

CURRENCIES: Final = "http://publications.europa.eu/resource/authority/currency/"
_OBJECTS: Final[Mapping[str, str]] = {
    "Adoption": "adopts",
    "Approval": "approves",
    "Acceptance": "accepts",
    "ReviewAct": "reviews",
    "Recommendation": "recommends",
    "Proposal": "proposesThing",
}
"""Classes of statement with a property of their own for what they are about; only if done."""
_NOT_CHECKABLE: Final = frozenset({"guided", "recommended", "reaffirmed"})
"""Strengths of commitments without a test of whether they were kept."""
_UNSTATED: Final = "unstated"


def describe(report: ReportGraph, entry: Entry, names: CommitmentNames) -> Iterator[Triple]:
    """Yield what is said of a statement, and of what belongs to it.

    Args:
        report: What all statements of the report share.
        entry: The statement.
        names: The names of all commitments.
    """
    it, resolved = entry.statement, report.resolved
    name = report.at("statement", it.id)
    kind, about_what = (
        (NEGATED_ACT, "hasObject") if it.negated else (it.type, _OBJECTS.get(it.type, "hasObject"))
    )
    restates = NEA + ("restates" if it.type == "Reaffirmation" else "creates")
    created = _names(it, names)
    yield from about(
        name, NEA + kind,
        (NEA + "localId", Literal(it.id)),
        (NEA + "summary", words(summary_of(it, report.glossary))),
        *_roles(it, report),
        (NEA + "operativeVerb", voc("verb", it.verb)),
        (NEA + "modality", None if it.modality is None else words(it.modality)),
        (NEA + "negates", NamedNode(NEA + it.type) if it.negated else None),
        *((NEA + about_what, NamedNode(resolved(o))) for o in it.objects),
        *((NEA + "mentions", NamedNode(resolved(o))) for o in it.mentions),
        (NEA + "topic", voc("topic", it.topic)),
        (NEA + "toldIn", None if it.parent is None else NamedNode(_beside(report, it.parent))),
        *((NEA + "respondsTo", NamedNode(_beside(report, i))) for i in it.responds_to),
        *((restates, NamedNode(report.at("commitment", c))) for c in created),
        (NEA + "recurrence", node(it.recurrence and report.at("recurrence", it.id))),
        (NEA + "confidence", decimal(it.confidence) if entry.rules else None),
        (NEA + "inParagraph", NamedNode(report.at("paragraph", it.id.partition("-")[0]))),
        (NEA + "anchor", NamedNode(report.at("anchor", it.id))),
        (PROV + "wasGeneratedBy", NamedNode(report.extraction(entry.rules))),
        (NEA + "reviewedBy", node(entry.reviewer and _reviewer(entry.reviewer))),
    )  # fmt: skip
    yield from _anchor(report, it.id, (it.start, it.end), entry.evidence.clause)
    yield from _trigger(report, it, entry.evidence.trigger)
    yield from _recurrence(report, it)
    yield from _reviewed_by(entry.reviewer)
    for index, commitment in enumerate(it.commitments):
        yield from _Commitment(report, entry, index, created[index]).triples(commitment)
    for index, amount in enumerate(it.amounts):
        yield from _amount(report, entry, amount, index)


def _names(it: Statement, names: CommitmentNames) -> list[str]:
    """Return the name of each commitment; of those in the same words, in their order."""
    left = {place: list(found) for place, found in names.items() if place[0] == it.id}
    return [left[it.id, c.start, c.end].pop(0) for c in it.commitments]


def _roles(it: Statement, report: ReportGraph) -> list[Fact]:
    """Return who did it, to whom and where, each with how that is known."""
    told = it.level == "embedded" or it.acted_at is None
    at = "inferred" if it.acted_at == report.meeting else "stated"
    actor = None if it.actor is None else NamedNode(report.resolved(it.actor))
    addressee = None if it.addressee is None else NamedNode(report.resolved(it.addressee))
    return [
        (NEA + "actor", actor),
        (NEA + "actorBasis", voc("basis", _UNSTATED if it.actor is None else it.actor_basis)),
        (NEA + "addressee", addressee),
        (NEA + "addresseeBasis", voc("basis", it.addressee_basis)),
        (NEA + "actedAt", None if it.acted_at is None else NamedNode(report.resolved(it.acted_at))),
        (
            NEA + "actedAtBasis",
            voc("basis", _UNSTATED if it.acted_at is None else at) if told else None,
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Commitment:
    """A commitment of a statement, and the name that it has."""

    report: ReportGraph
    entry: Entry
    index: int
    name: str

    def triples(self, it: Commitment) -> Iterator[Triple]:
        """Return what is said of it."""
        report, entry, at = self.report, self.entry, self.report.at
        statement = entry.statement
        told = dict(enumerate(entry.actions)).get(self.index) or action_of(
            statement, report.glossary
        )
        party = (
            None if it.committed_party is None else NamedNode(report.resolved(it.committed_party))
        )
        things = statement.objects if len(statement.commitments) == 1 else ()
        condition = f"{statement.id}-{self.index + 1}"
        yield from about(
            at("commitment", self.name), NEA + it.kind,
            (NEA + "committedParty", party),
            (NEA + "partyBasis", voc("basis", _UNSTATED if party is None else it.party_basis)),
            (NEA + "action", words(told)),
            *((NEA + "onThing", NamedNode(report.resolved(iri))) for iri in things),
            *((NEA + "owedTo", NamedNode(report.resolved(iri))) for iri in it.owed_to),
            (NEA + "owedToBasis", voc("basis", "stated" if it.owed_to else _UNSTATED)),
            (NEA + "strength", self._strength(it)),
            (NEA + "hasCondition", node(it.condition and at("condition", condition))),
            (NEA + "due", None if it.due is None else NamedNode(at("timespan", self.name))),
            (NEA + "dueBasis", None if it.due is None else voc("basis", it.due.basis)),
            (NEA + "checkable", boolean(
                it.kind != "Aspiration" and it.strength not in _NOT_CHECKABLE)),
            (NEA + "anchor", NamedNode(at("anchor", self.name))),
            (PROV + "wasGeneratedBy", NamedNode(report.extraction(entry.rules))),
        )  # fmt: skip
        digest = entry.evidence.commitments[self.index]
        yield from _anchor(report, self.name, (it.start, it.end), digest, trigger=False)
        yield from () if it.due is None else _time_span(at("timespan", self.name), it.due)
        if it.condition:
            label = words(f"a condition that {statement.id} of the {report.label} report names")
            yield from about(at("condition", condition), NEA + "Condition", (RDFS_LABEL, label))

    def _strength(self, it: Commitment) -> NamedNode | None:
        scheme = "strength-directive" if it.kind == "Task" else "strength-commissive"
        node = NamedNode(thing(f"voc/{scheme}/{it.strength}"))
        return node if self.report.glossary.knows(node.value) else None


def _time_span(name: str, due: Due) -> Iterator[Triple]:
    written = wording(due.as_written)
    kind = "TimeSpan" if due.not_after is None else "BoundedTimeSpan"
    yield from about(
        name, NEA + kind,
        (NEA + "notBefore", date(due.not_before)),
        (NEA + "notAfter", date(due.not_after)),
        (NEA + "precision", voc("precision", due.precision)),
        (NEA + "asWritten", None if written is None else Literal(written)),
    )  # fmt: skip


def _amount(report: ReportGraph, entry: Entry, it: Amount, index: int) -> Iterator[Triple]:
    """Return a contribution; a bare sum where the report names no donor, or nothing it went to.

    What was not given is a bare sum as well.
    """
    statement = report.at("statement", entry.statement.id)
    given = not entry.statement.negated
    known = given and it.donor is not None and it.fund is not None
    fund = report.resolved(it.fund) if it.fund else ""
    donor = report.resolved(it.donor) if it.donor else ""
    place = f"{entry.statement.id}-{index + 1}"
    name = thing(f"contribution/{report.slug}-{place}") if known else report.at("amount", place)
    to = "toFund" if (path_of(fund) or "").startswith("fund/") else "toProject"
    written = entry.evidence.amounts[index] or f"{it.currency} {it.value}"
    contributed: list[Fact] = [
        (RDFS_LABEL, words(f"{report.glossary.label(donor)} to {report.glossary.label(fund)}")),
        (NEA + "donor", node(donor)),
        (NEA + to, node(fund)),
        (NEA + "flowType", voc("flow-type", "incoming-funds")),
        (NEA + "evidencedBy", NamedNode(statement)),
    ]
    yield from about(
        name, NEA + ("Contribution" if known else "MonetaryAmount"),
        (NEA + "amount", decimal(it.value)),
        (NEA + "currency", NamedNode(CURRENCIES + it.currency)),
        (NEA + "currencyBasis", voc("basis", it.currency_basis)),
        (NEA + "asWritten", Literal(written)),
        *(contributed if known else []),
    )  # fmt: skip
    if not known:
        yield Triple(NamedNode(statement), NamedNode(NEA + "mentions"), NamedNode(name))


def _recurrence(report: ReportGraph, it: Statement) -> Iterator[Triple]:
    if it.recurrence:
        label = {"P1Y": "each year", "P6M": "twice a year", "P2Y": "every two years"}
        said = label.get(it.recurrence) or wording(it.recurrence) or "again and again"
        name = report.at("recurrence", it.id)
        yield from about(name, NEA + "Recurrence", (RDFS_LABEL, words(said)))


def _anchor(
    report: ReportGraph, name: str, span: tuple[int, int], digest: str, *, trigger: bool = True
) -> Iterator[Triple]:
    anchor = report.at("anchor", name)
    yield from about(
        anchor, NEA + "TextAnchor",
        (OA + "hasSource", NamedNode(report.edition)),
        (OA + "hasSelector", NamedNode(f"{anchor}/clause")),
        (OA + "hasSelector", NamedNode(f"{anchor}/trigger") if trigger else None),
        (NEA + "clauseSha256", Literal(digest)),
    )  # fmt: skip
    yield from _selector(f"{anchor}/clause", span)


def _trigger(report: ReportGraph, it: Statement, word: str) -> Iterator[Triple]:
    name = report.at("anchor", it.id) + "/trigger"
    yield from _selector(name, (it.trigger_start, it.trigger_end))
    yield from about(name, OA + "TextQuoteSelector", (OA + "exact", Literal(word)))


def _selector(name: str, span: tuple[int, int]) -> Iterator[Triple]:
    yield from about(
        name, OA + "TextPositionSelector",
        (OA + "start", integer(span[0])),
        (OA + "end", integer(span[1])),
    )  # fmt: skip


def _reviewed_by(name: str) -> Iterator[Triple]:
    if name:
        yield from about(_reviewer(name), PROV + "Person", (RDFS_LABEL, Literal(name)))


def _reviewer(name: str) -> str:
    return thing(f"reviewer/{slug(name)}")


def _beside(report: ReportGraph, statement: str) -> str:
    return report.at("statement", statement)

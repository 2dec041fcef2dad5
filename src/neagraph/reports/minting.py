"""Addresses and descriptions of things that a report names and the graph does not know yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from neagraph.rdf.terms import Literal, NamedNode, Triple
from neagraph.reports.statements import EntityMention, Statement
from neagraph.reports.wording import Glossary
from neagraph.vocab import ID, NEA, RDF_TYPE, RDFS_LABEL, SKOS, path_of, thing

_FOLDERS: Final[Mapping[str, str]] = {
    "Agent": "group", "PartyGroup": "group", "OfficeHolder": "role",
    "InternationalOrganization": "body", "Body": "body", "GoverningBody": "body",
    "SubsidiaryBody": "body", "Secretariat": "body", "Office": "body",
    "Mechanism": "mechanism", "Programme": "mechanism", "Partnership": "mechanism",
    "Network": "mechanism", "Meeting": "meeting", "BodySession": "meeting",
    "ExpertMeeting": "meeting", "FocalPointMeeting": "meeting", "ConferenceOfParties": "meeting",
    "Event": "event", "Review": "event", "Consultation": "event", "Congress": "event",
    "EventSeries": "series", "Document": "document", "MeetingReport": "document",
    "Study": "document", "Plan": "plan", "WorkPlan": "document", "StrategicPlan": "document",
    "ImplementationPlan": "document", "Evaluation": "document", "FinancialReport": "document",
    "Budget": "document", "ProjectDocument": "document", "RecommendationDocument": "document",
    "Instrument": "framework", "Treaty": "framework", "GlobalFramework": "framework",
    "Project": "project", "Activity": "activity", "Fund": "fund", "Place": "place",
    "Territory": "place", "Region": "place", "Site": "site", "Species": "species",
}  # fmt: skip
"""Where the things of each class have their addresses."""
_INSTEAD: Final = {
    "": "PartyGroup",
    "Agent": "PartyGroup",
    "State": "PartyGroup",
    "Event": "Consultation",
    "Place": "Region",
}
"""Classes too general to be given: what is written in their place."""
PROVISIONAL: Final = ID + "provisional/"
"""What the names of things begin with that the graph does not know."""
_TIMED: Final = frozenset({"meeting", "event"})
_NOTE: Final = (
    "Found in a report and not known to the graph before; look for a record to merge it with."
)


@dataclass(frozen=True, slots=True)
class Minted:
    """A thing that the graph did not know.

    Args:
        iri: Its IRI.
        label: What it is called.
        type: Its class name.
        held: Whether it is a meeting that has been held.
    """

    iri: str
    label: str
    type: str
    held: bool = False

    def triples(self, report: str, *, made_by: str) -> list[Triple]:
        """Return its description, with what the shapes ask for marked as not known.

        Args:
            report: Slug of the report that names it.
            made_by: IRI of the extraction that found it.
        """
        kind = (path_of(self.iri) or "").partition("/")[0]
        triples = [
            _triple(self.iri, RDF_TYPE, NamedNode(NEA + self.type)),
            _triple(self.iri, RDFS_LABEL, Literal(self.label, language="en")),
            _triple(self.iri, SKOS + "editorialNote", Literal(_NOTE, language="en")),
            _triple(self.iri, "http://www.w3.org/ns/prov#wasGeneratedBy", NamedNode(made_by)),
        ]
        return triples + (self._timed(report, kind) if kind in _TIMED else [])

    def _timed(self, report: str, kind: str) -> list[Triple]:
        name = (path_of(self.iri) or "").replace("/", "-")
        term = "held" if self.held else "planned"
        span = thing(f"timespan/{report}/{name}-{term}")
        unstated = NamedNode(thing("voc/basis/unstated"))
        convened = [_triple(self.iri, NEA + "conveningBasis", unstated)]
        return [
            *(convened if kind == "meeting" else []),
            _triple(self.iri, NEA + f"{term}Time", NamedNode(span)),
            _triple(span, RDF_TYPE, NamedNode(NEA + "TimeSpan")),
            _triple(span, NEA + "precision", NamedNode(thing("voc/precision/open"))),
        ]


def mint(
    mentions: Sequence[EntityMention],
    statements: Sequence[Statement],
    glossary: Glossary,
    *,
    report: str,
) -> dict[str, Minted]:
    """Return what each provisional name that statements use becomes.

    A thing of a class without addresses of its own is left out: it is for a reviewer to name.

    Args:
        mentions: The names found in a report.
        statements: Those that are to be written.
        glossary: What the graph knows.
        report: Slug of the report.
    """
    used = {iri for statement in statements for iri in referred(statement)}
    named = {mention.iri for mention in mentions}
    speaking = {iri for statement in statements for iri in _agents(statement)} - named
    speakers = (_speaker(iri, glossary, report) for iri in sorted(speaking))
    minted: dict[str, Minted] = {}
    for mention in (*mentions, *speakers):
        if mention.iri not in used or mention.iri in minted or not mention.provisional:
            continue
        kind = _INSTEAD.get(mention.type, mention.type)
        if kind in _FOLDERS:
            label = mention.label or glossary.label(mention.iri)
            address = f"{_FOLDERS[kind]}/{report}-{mention.iri.rpartition('/')[2]}"
            minted[mention.iri] = Minted(thing(address), label, kind)
    return minted


def _speaker(iri: str, glossary: Glossary, report: str) -> EntityMention:
    """Return who speaks by a common noun alone, such as the meeting, as a thing of the report."""
    word = iri.rpartition("/")[2]
    kind = glossary.speakers.get(word, "")
    label = f"{word.replace('-', ' ')} ({report})"
    return EntityMention(iri, is_provisional(iri), 0, 0, label=label, type=kind)


def _agents(statement: Statement) -> set[str]:
    """Return the IRIs of those who act in a statement."""
    parties = (iri for c in statement.commitments for iri in (c.committed_party, *c.owed_to))
    donors = (amount.donor for amount in statement.amounts)
    found = (statement.actor, statement.addressee, *parties, *donors)
    return {iri for iri in found if iri is not None}


def is_provisional(iri: str) -> bool:
    """Return whether an IRI is a name for the time being, of a thing not in the graph."""
    return iri.startswith(PROVISIONAL)


def without_provisional(statement: Statement, known: Collection[str]) -> Statement:
    """Return a statement without names for the time being that have become nothing."""

    def there(iri: str | None) -> bool:
        return iri is not None and (iri in known or not is_provisional(iri))

    amounts = (replace(a, fund=a.fund if there(a.fund) else None) for a in statement.amounts)
    return replace(
        statement,
        acted_at=statement.acted_at if there(statement.acted_at) else None,
        objects=tuple(filter(there, statement.objects)),
        mentions=tuple(filter(there, statement.mentions)),
        amounts=tuple(amounts),
    )


def referred(statement: Statement) -> set[str]:
    """Return the IRIs of the things that a statement refers to."""
    found = [
        statement.actor, statement.addressee, statement.acted_at,
        *statement.objects, *statement.mentions,
        *(c.committed_party for c in statement.commitments),
        *(iri for c in statement.commitments for iri in c.owed_to),
        *(iri for a in statement.amounts for iri in (a.donor, a.fund)),
    ]  # fmt: skip
    return {iri for iri in found if iri is not None}


def own_meeting(iri: str, mentions: Iterable[EntityMention], *, report: str) -> Minted:
    """Return the meeting that a report is of, where the graph does not know it.

    Args:
        iri: Its IRI, provisional or one that was given.
        mentions: The names found in the report.
        report: Slug of the report.
    """
    found = next((m for m in mentions if m.iri == iri and m.label), None)
    path = path_of(iri) or ""
    address = iri if path.startswith("meeting/") else thing(f"meeting/session-{report}")
    label = found.label if found else address.rpartition("/")[2].replace("-", " ")
    return Minted(address, label, "Meeting", held=True)


def _triple(subject: str, predicate: str, value: NamedNode | Literal) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), value)

"""What extraction yields, as values and as JSON; all positions are raw offsets, all names IRIs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline.

    Args:
        not_before: First day, ISO 8601, inclusive; None for no bound.
        not_after: Last day, inclusive; None for no bound.
        precision: `day`, `month`, `year`, `event` (bounded by an event) or `open` (words only).
        as_written: The words.
        basis: `stated`; `inferred` if the words date something else.
    """

    not_before: str | None
    not_after: str | None
    precision: str
    as_written: str
    basis: str


@dataclass(frozen=True, slots=True)
class Amount:
    """Money: decimal value as text, ISO 4217 code, and who gave it.

    Args:
        value: Such as `44985`.
        currency: Such as `USD`.
        currency_basis: `stated`, or `inferred` for a bare sign such as `$`.
        donor: IRI; None if the report does not say.
        fund: IRI of the fund or project that it is for; None if the report does not say.
        start: Where it is written.
        end: Where that ends.
    """

    value: str
    currency: str
    currency_basis: str
    donor: str | None
    fund: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a party is bound to, asked, or has offered to do later.

    Args:
        kind: The ontology's class name: SelfCommitment, Task, OfferedCommitment or Aspiration.
        committed_party: IRI; None if unstated.
        party_basis: `stated`, `inferred` or `unstated`.
        owed_to: IRIs of who gains.
        strength: Local name in the vocabulary of strengths, such as `requested`.
        start: Where the action begins.
        end: Where it ends.
        due: Its deadline; None for none.
        condition: The words of its condition; None for none.
    """

    kind: str
    committed_party: str | None
    party_basis: str
    owed_to: tuple[str, ...]
    strength: str
    start: int
    end: int
    due: Due | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """An act that a report tells of.

    Args:
        id: `p<paragraph>-s<sentence>-<letter>`, letters by place in the sentence.
        paragraph: Number of its paragraph.
        level: `main` for acts of the meeting, its chair or the report; `embedded` for acts of
            others that are told inside one.
        type: The ontology's class name, such as Recommendation.
        verb: Local name in the vocabulary of verbs.
        start: Where its clause begins.
        end: Where it ends.
        trigger_start: Where the word begins that says what is done.
        trigger_end: Where it ends.
        actor: IRI; None if unstated.
        actor_basis: `stated`, `inferred` or `unstated`.
        addressee: IRI; None for none.
        addressee_basis: The same for the addressee; None if there is none to be expected.
        acted_at: IRI of the meeting where it was done; None if unknown.
        parent: Id of the statement that an embedded one stands in.
        responds_to: Ids of the statements that it answers.
        objects: IRIs of what it is about.
        mentions: IRIs of what else its clause names.
        topic: Local name in the vocabulary of topics; None for none.
        modality: The modal verb, such as `may`; None for none.
        negated: Whether it says that something was not done.
        recurrence: ISO 8601 duration or words, such as `P1Y`; None for none.
        amounts: The money in it.
        commitments: The commitments that it makes.
        confidence: From 0 to 1.
        reasons: Why not more, one sentence each.
        passes: Names of the passes that had a part in it.
    """

    id: str
    paragraph: str
    level: str
    type: str
    verb: str
    start: int
    end: int
    trigger_start: int
    trigger_end: int
    actor: str | None = None
    actor_basis: str = "unstated"
    addressee: str | None = None
    addressee_basis: str | None = None
    acted_at: str | None = None
    parent: str | None = None
    responds_to: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    topic: str | None = None
    modality: str | None = None
    negated: bool = False
    recurrence: str | None = None
    amounts: tuple[Amount, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    confidence: float = 1.0
    reasons: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityMention:
    """A place where a report names a thing.

    Args:
        iri: The thing; one under `provisional/` if the graph does not know it.
        provisional: Whether the graph does not know it.
        start: Where the name begins.
        end: Where it ends.
        paragraph: Number of the paragraph; empty outside paragraphs.
        label: What a provisional thing is to be called, in our form; empty for known ones.
        type: Class name of a provisional thing; empty for known ones.
    """

    iri: str
    provisional: bool
    start: int
    end: int
    paragraph: str = ""
    label: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class ParagraphPlace:
    """Where a paragraph stands; the heading is empty if it has none."""

    number: str
    start: int
    end: int
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found in one report.

    Args:
        sha256: Digest of the file.
        characters: Length of its text.
        title: Its title.
        meeting: IRI of the meeting that it is of; None if not known.
        rules: Version of the passes.
        paragraphs: Its paragraphs.
        statements: Its statements, in the order of the text.
        entities: What it names, in the order of the text.
    """

    sha256: str
    characters: int
    title: str
    meeting: str | None
    rules: str
    paragraphs: tuple[ParagraphPlace, ...]
    statements: tuple[Statement, ...]
    entities: tuple[EntityMention, ...]


def to_json(extraction: Extraction) -> dict[str, Any]:
    """Return the extraction as plain values, in the form that `neagraph extract` documents."""
    fields = asdict(extraction)
    document = {name: fields.pop(name) for name in ("sha256", "characters", "title", "meeting")}
    return {"document": document, **fields}

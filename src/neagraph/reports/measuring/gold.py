"""A report annotated by hand, read from YAML; the codebook of the test sentences is its guide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from neagraph import vocab
from neagraph.errors import UnreadableError, UsageError
from neagraph.reports.statements import Amount, Commitment, Due, ParagraphPlace

Entry = Mapping[str, Any]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class GoldStatement:
    """An act, as annotated; fields as in `Statement`.

    Args:
        id: `p<paragraph>-s<sentence>-<letter>`.
        paragraph: Number of its paragraph.
        level: `main` or `embedded`.
        type: The ontology's class name.
        verb: Local name in the vocabulary of verbs.
        start: Where its clause begins.
        end: Where it ends.
        trigger_start: Where its trigger word begins.
        trigger_end: Where that ends.
        actor: Short name such as `state/japan`; None if unstated.
        addressees: Short names, any number.
        commitments: What it commits to, in the order of the annotation.
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
    actor: str | None
    addressees: tuple[str, ...]
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """A place where a paragraph names a thing.

    Args:
        paragraph: Number of the paragraph; empty outside paragraphs.
        entity: Short name such as `state/japan`; under `provisional/` if the graph does not know
            it.
        by: `name`, `description`, or `optional` for what is neither asked for nor an error.
        start: Where it begins.
        end: Where it ends.
    """

    paragraph: str
    entity: str
    by: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Gold:
    """A whole annotation; all places are offsets into the raw text, all names short.

    Args:
        file: Name of the report's file.
        meeting: IRI of the meeting that it is of; None if the graph does not know it.
        characters: Length of the report's text.
        paragraphs: Its paragraphs.
        statements: Its acts.
        amounts: Its sums of money, each once.
        entities: What it names; the same pair of paragraph and entity may stand several times.
    """

    file: str
    meeting: str | None
    characters: int
    paragraphs: tuple[ParagraphPlace, ...]
    statements: tuple[GoldStatement, ...]
    amounts: tuple[Amount, ...]
    entities: tuple[GoldEntity, ...]


def read_gold(text: str) -> Gold:
    """Return the annotation that a YAML text holds.

    Args:
        text: YAML with the keys `source`, `paragraphs`, `statements`, `commitments`, `entities`
            (of which `money` is read), `entity_paragraphs`, `entity_paragraphs_optional`; of
            these all but the first three may be missing. Other keys are left alone.

    Raises:
        UnreadableError: The text is no YAML, or an entry lacks a field or has a bad one.
        UsageError: PyYAML is not installed.
    """
    document = _parsed(text)
    source = _one(document, "source", dict)
    meeting = str(source.get("meeting") or "")
    return Gold(
        file=str(source.get("file", "")),
        meeting=None if not meeting or is_provisional(meeting) else vocab.thing(meeting),
        characters=int(source.get("characters", 0)),
        paragraphs=_each(document["paragraphs"], "paragraph", _paragraph),
        statements=_statements(document),
        amounts=_amounts(document),
        entities=_entities(document),
    )


def short(iri: str) -> str:
    """Return the path of a thing's IRI, such as `state/japan`; anything else as it is."""
    return vocab.path_of(iri) or iri


def is_provisional(name: str) -> bool:
    """Return whether a short name is one of a thing that the graph does not know."""
    return name.startswith("provisional/")


def _parsed(text: str) -> dict[str, Any]:
    try:
        import yaml  # noqa: PLC0415 - of an extra; the rest of the room works without it
    except ImportError as error:
        raise UsageError(
            "Annotations are YAML, and PyYAML is not installed.",
            hint="Install it with: pip install 'neagraph[reports]'",
        ) from error
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UnreadableError(
            "The annotation is no YAML.", details=tuple(str(error).splitlines())
        ) from error
    missing = {"source", "paragraphs", "statements"} - (
        document.keys() if isinstance(document, dict) else set()
    )
    if missing:
        raise UnreadableError(
            f"The annotation has no {', no '.join(sorted(missing))}.",
            hint="The first argument is the annotation (YAML), the second the report.",
        )
    return dict(document)


def _one(document: Entry, key: str, kind: type[_Value]) -> _Value:
    value = document[key]
    if not isinstance(value, kind):
        raise UnreadableError(f"{key} of the annotation is not what it should be: {value!r}.")
    return value


def _each(
    entries: Iterable[Entry] | None, what: str, read: Callable[[Entry], _Value]
) -> tuple[_Value, ...]:
    """Read every entry; an error says which one could not be read."""
    values = []
    for number, entry in enumerate(entries or (), start=1):
        try:
            values.append(read(entry))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            name = entry.get("id", number) if isinstance(entry, Mapping) else number
            raise UnreadableError(
                f"Entry {name} of the annotation's {what} list lacks a field, or has a bad one: "
                f"{error}.",
                hint="The codebook lists the fields.",
            ) from error
    return tuple(values)


def _paragraph(entry: Entry) -> ParagraphPlace:
    return ParagraphPlace(
        number=str(entry["number"]),
        start=int(entry["char_start"]),
        end=int(entry["char_end"]),
        heading=entry.get("heading") or "",
    )


def _statements(document: Entry) -> tuple[GoldStatement, ...]:
    pairs = _each(
        document.get("commitments"), "commitment", lambda e: (str(e["statement"]), _commitment(e))
    )

    def read(entry: Entry) -> GoldStatement:
        return GoldStatement(
            id=str(entry["id"]),
            paragraph=str(entry["paragraph"]),
            level=entry["level"],
            type=entry["type"],
            verb=entry["verb"],
            start=int(entry["char_start"]),
            end=int(entry["char_end"]),
            trigger_start=int(entry["trigger_start"]),
            trigger_end=int(entry["trigger_end"]),
            actor=entry["actor"],
            addressees=_listed(entry.get("addressee")),
            commitments=tuple(value for made_by, value in pairs if made_by == entry["id"]),
        )

    return _each(document["statements"], "statement", read)


def _commitment(entry: Entry) -> Commitment:
    due = entry.get("due")
    return Commitment(
        kind=entry["kind"],
        committed_party=entry["committed_party"],
        party_basis=entry["party_basis"],
        owed_to=_listed(entry.get("beneficiary")),
        strength=entry["strength"],
        start=int(entry["char_start"]),
        end=int(entry["char_end"]),
        due=_due(due) if due else None,
        condition=entry.get("condition"),
    )


def _due(entry: Entry) -> Due:
    return Due(
        not_before=entry["not_before"] and str(entry["not_before"]),
        not_after=entry["not_after"] and str(entry["not_after"]),
        precision=entry["precision"],
        as_written=entry["as_written"],
        basis=entry["basis"],
    )


def _amounts(document: Entry) -> tuple[Amount, ...]:
    def read(entry: Entry) -> tuple[Amount, ...]:
        return tuple(
            Amount(
                value=str(entry["value"]),
                currency=entry["currency"],
                currency_basis=entry["currency_basis"],
                donor=entry["donor"],
                fund=entry.get("fund") or entry.get("project"),
                start=int(mention["char_start"]),
                end=int(mention["char_end"]),
            )
            for mention in entry["mentions"]
        )

    entries = (document.get("entities") or {}).get("money")
    return tuple(amount for group in _each(entries, "money", read) for amount in group)


def _entities(document: Entry) -> tuple[GoldEntity, ...]:
    def read(entry: Entry, by: str = "") -> GoldEntity:
        return GoldEntity(
            paragraph=str(entry["paragraph"]),
            entity=entry["entity"],
            by=by or entry["by"],
            start=int(entry.get("char_start", 0)),
            end=int(entry.get("char_end", 0)),
        )

    return (
        *_each(document.get("entity_paragraphs"), "entity", read),
        *_each(
            document.get("entity_paragraphs_optional"),
            "optional entity",
            lambda entry: read(entry, by="optional"),
        ),
    )


def _listed(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)

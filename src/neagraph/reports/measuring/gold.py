"""A report annotated by hand, read from YAML; the codebook of the test sentences is its guide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

from neagraph import vocab
from neagraph.errors import UnreadableError, UsageError
from neagraph.reports.statements import Amount, Commitment, Due, ParagraphPlace, Statement

Entry = Mapping[str, Any]
_Value = TypeVar("_Value")

_CALLED: Final = {"start": "char_start", "end": "char_end"}
"""What annotations call a field, where that is not its own name."""
_READ: Final[Mapping[str, Callable[[Any], object]]] = {
    "str": lambda value: "" if value is None else str(value),
    "str | None": lambda value: None if value is None else str(value),
    "int": int,
    "bool": bool,
}
"""Types of the fields that an annotation gives as plain values, and how they are read."""


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
        statements: Its acts, each with its commitments in the order of the annotation.
        amounts: Its sums of money, each once.
        entities: What it names; the same pair of paragraph and entity may stand several times.
        addressees: Id of a statement to all its addressees, if it has any: each of them is right.
    """

    file: str
    meeting: str | None
    characters: int
    paragraphs: tuple[ParagraphPlace, ...]
    statements: tuple[Statement, ...]
    amounts: tuple[Amount, ...]
    entities: tuple[GoldEntity, ...]
    addressees: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
        paragraphs=_each(document["paragraphs"], "paragraph", lambda e: _plain(ParagraphPlace, e)),
        statements=_statements(document),
        amounts=_amounts(document),
        entities=_entities(document),
        addressees=_addressees(document),
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
            hint="Install it in the checkout with: pip install -e '.[reports]'",
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


def _plain(kind: type[_Value], entry: Entry, **others: object) -> _Value:
    """Return a value of a dataclass, its plain fields read from an entry.

    Args:
        kind: The dataclass; a field without default must be in the entry.
        entry: The entry.
        others: Values of the other fields.
    """
    values: dict[str, Any] = dict(others)
    for one in fields(kind):  # type: ignore[arg-type]  # a dataclass, as the callers say
        key = _CALLED.get(one.name, one.name)
        if one.name not in others and key in entry and one.type in _READ:
            values[one.name] = _READ[str(one.type)](entry[key])
    return kind(**values)


def _statements(document: Entry) -> tuple[Statement, ...]:
    pairs = _each(
        document.get("commitments"), "commitment", lambda e: (str(e["statement"]), _commitment(e))
    )

    def read(entry: Entry) -> Statement:
        return _plain(
            Statement,
            entry,
            actor=entry["actor"],
            addressee=next(iter(_listed(entry.get("addressee"))), None),
            commitments=tuple(value for made_by, value in pairs if made_by == entry["id"]),
        )

    return _each(document["statements"], "statement", read)


def _addressees(document: Entry) -> dict[str, tuple[str, ...]]:
    named = ((str(e["id"]), _listed(e.get("addressee"))) for e in document["statements"])
    return {name: addressees for name, addressees in named if addressees}


def _commitment(entry: Entry) -> Commitment:
    due = entry.get("due")
    return _plain(
        Commitment,
        entry,
        owed_to=_listed(entry.get("beneficiary")),
        due=_plain(Due, due) if due else None,
    )


def _amounts(document: Entry) -> tuple[Amount, ...]:
    def read(entry: Entry) -> tuple[Amount, ...]:
        fund = entry.get("fund") or entry.get("project")
        return tuple(_plain(Amount, {**entry, **place}, fund=fund) for place in entry["mentions"])

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

"""Values again from the plain ones that `dataclasses.asdict` and JSON have made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neagraph.reports.evidence import Evidence
from neagraph.reports.statements import (
    Amount,
    Commitment,
    Due,
    EntityMention,
    Extraction,
    ParagraphPlace,
    Statement,
)


def evidence_from(fields: Mapping[str, Any]) -> Evidence:
    """Return the evidence that `dataclasses.asdict` has made plain values of."""
    return Evidence(**_with_tuples(fields))


def extraction_from(fields: Mapping[str, Any]) -> Extraction:
    """Return the extraction that `dataclasses.asdict` has made plain values of."""
    return Extraction(
        **{
            **fields,
            "paragraphs": tuple(ParagraphPlace(**place) for place in fields["paragraphs"]),
            "statements": tuple(statement_from(entry) for entry in fields["statements"]),
            "entities": tuple(EntityMention(**entry) for entry in fields["entities"]),
        }
    )


def statement_from(fields: Mapping[str, Any]) -> Statement:
    """Return the statement that `dataclasses.asdict` has made plain values of."""
    amounts = tuple(Amount(**entry) for entry in fields["amounts"])
    commitments = tuple(_commitment(entry) for entry in fields["commitments"])
    return Statement(**{**_with_tuples(fields), "amounts": amounts, "commitments": commitments})


def _commitment(fields: Mapping[str, Any]) -> Commitment:
    due = None if fields["due"] is None else Due(**fields["due"])
    return Commitment(**{**fields, "owed_to": tuple(fields["owed_to"]), "due": due})


def _with_tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}

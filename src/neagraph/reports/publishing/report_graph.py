"""What the graph of a report is made of: its addresses, and the statements to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from neagraph.reports.evidence import Evidence
from neagraph.reports.minting import Minted
from neagraph.reports.spelling import slug
from neagraph.reports.statements import Statement
from neagraph.reports.wording import Glossary
from neagraph.vocab import thing

REVIEW: Final = "review"
"""Name of the extraction that a reviewer is, for what software has not found."""

CommitmentNames = Mapping[tuple[str, int, int], tuple[str, ...]]
"""Id of a statement, start and end of what it commits to, with the names `c01`, … in order: most
often one, for two meetings that are offered in the same words two."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement that is to be written, with what was kept of its text and of its review.

    Args:
        statement: The statement, its id in the form of an address.
        evidence: The traces of its text.
        actions: What each commitment is about in a reviewer's words; empty for generated ones.
        reviewer: Name of who accepted it; empty before that.
        rules: Version of the passes that found it; empty if a person did.
    """

    statement: Statement
    evidence: Evidence
    actions: tuple[str, ...] = ()
    reviewer: str = ""
    rules: str = ""


@dataclass(frozen=True, slots=True)
class ReportGraph:
    """What all triples of one report share.

    Args:
        slug: The last part of its addresses, such as `neaspec-som-24`.
        graph: IRI of the graph that they are written to.
        sha256: Digest of the file.
        characters: Length of its text.
        meeting: IRI of its meeting; None if not known.
        glossary: What the graph calls its things.
        minted: What provisional names have become.
        commitments: The names of those commitments that have one already.
    """

    slug: str
    graph: str
    sha256: str
    characters: int
    meeting: str | None
    glossary: Glossary
    minted: Mapping[str, Minted] = field(default_factory=dict)
    commitments: CommitmentNames = field(default_factory=dict)

    def at(self, kind: str, name: str) -> str:
        """Return the address of a part of the report."""
        return thing(f"{kind}/{self.slug}/{name}")

    @property
    def document(self) -> str:
        """The report itself."""
        return thing(f"document/{self.slug}-report")

    @property
    def edition(self) -> str:
        """The text that positions point into."""
        return self.at("edition", "text")

    @property
    def label(self) -> str:
        """What people call the report: by its meeting, else by its slug."""
        return self.slug if self.meeting is None else self.glossary.label(self.meeting)

    def extraction(self, rules: str) -> str:
        """Return the IRI of the work that found a statement."""
        return self.at("extraction", f"rules-{slug(rules)}" if rules else REVIEW)

    def resolved(self, iri: str) -> str:
        """Return the address of a thing, a minted one for a provisional name."""
        minted = self.minted.get(iri)
        return iri if minted is None else minted.iri

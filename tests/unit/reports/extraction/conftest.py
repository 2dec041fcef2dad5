"""The lexicon of the project, and a short way from a text to what is read in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from neagraph.reports.document import Document
from neagraph.reports.extraction.extract import extract
from neagraph.reports.extraction.lexicon import Lexicon, read_lexicon
from neagraph.reports.segmentation.segments import segment
from neagraph.reports.statements import Extraction
from neagraph.sources import read_sources

ROOT = Path(__file__).parents[4]
SOM_24 = "https://w3id.org/neagraph/id/meeting/neaspec-som-24"


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The words and names of the project's own graph."""
    return read_lexicon(read_sources(ROOT).triples())


class Told:
    """What is read in a text, in short forms."""

    def __init__(self, text: str, extraction: Extraction) -> None:
        self.text = text
        self.extraction = extraction

    def acts(self) -> list[tuple[str, str, str]]:
        """Return trigger, class and level of each statement."""
        return [
            (self.text[s.trigger_start : s.trigger_end], s.type, s.level)
            for s in self.extraction.statements
        ]

    def types(self) -> list[str]:
        return [statement.type for statement in self.extraction.statements]

    def actors(self) -> list[str]:
        return [short(statement.actor) for statement in self.extraction.statements]

    def addressees(self) -> list[str]:
        return [short(statement.addressee) for statement in self.extraction.statements]

    def bonds(self) -> list[tuple[str, str, str]]:
        """Return kind, party and action of each commitment."""
        return [
            (c.kind, short(c.committed_party), self.text[c.start : c.end])
            for s in self.extraction.statements
            for c in s.commitments
        ]

    def dues(self) -> list[tuple[str | None, str | None, str, str]]:
        """Return first day, last day, precision and basis of each deadline."""
        return [
            (c.due.not_before, c.due.not_after, c.due.precision, c.due.basis)
            for s in self.extraction.statements
            for c in s.commitments
            if c.due is not None
        ]

    def conditions(self) -> list[str | None]:
        return [c.condition for s in self.extraction.statements for c in s.commitments]

    def names(self) -> list[tuple[str, str]]:
        """Return what is named, and the words."""
        return [
            (short(mention.iri), self.text[mention.start : mention.end])
            for mention in self.extraction.entities
        ]


def short(iri: str | None) -> str:
    """Return `state/japan` for a known thing, its words for a provisional one, `-` for none."""
    path = (iri or "-").removeprefix("https://w3id.org/neagraph/id/")
    return path.rsplit("/", 1)[-1] if path.startswith("provisional/") else path


@pytest.fixture
def told(lexicon: Lexicon) -> Callable[..., Told]:
    """Read a text of the SOM-24, unless said otherwise; a single sentence gets a number."""

    def read(text: str, meeting: str | None = SOM_24) -> Told:
        if text[:1].isalpha() and "\n" not in text:
            text = f"1. {text}"
        document = Document(text, "0" * 64)
        found = extract(document, segment(document), lexicon, meeting=meeting)
        return Told(text, found)

    return read

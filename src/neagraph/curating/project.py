"""The project's files and the state folder, as one command or page uses them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from pathlib import Path
from typing import Final

from neagraph.errors import UsageError
from neagraph.rdf.io import triples_of
from neagraph.reports.publishing.standing import Standing, standing_in
from neagraph.reports.reviewing.decisions import FILE, ReviewFile
from neagraph.reports.statements import Extraction
from neagraph.reports.wording import Glossary, read_glossary
from neagraph.sources import ProjectSources, read_sources
from neagraph.store.history import Clock
from neagraph.vocab import graph_of_data

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Project:
    """Where things are; each is read when first asked for.

    Args:
        root: The folder that holds `ontology/` and `data/`.
        state: The state folder.
    """

    root: Path
    state: Path

    @cached_property
    def sources(self) -> ProjectSources:
        """The files, read when first asked for."""
        return read_sources(self.root)

    @cached_property
    def glossary(self) -> Glossary:
        """What the graph calls its things."""
        return read_glossary(self.sources.triples())

    def reviews(self) -> ReviewFile:
        """Return the readings and decisions; close it."""
        return ReviewFile(self.state / FILE)

    def file_of(self, slug: str) -> Path:
        """Return where the published graph of a report is, or would be."""
        return self.root / "data" / "reports" / f"{slug}.ttl"

    def standing(self, slug: str) -> Standing:
        """Return what stands in the published graph of a report."""
        name = graph_of_data("report", slug)
        triples = triples_of(q for f in self.sources.files if f.graph == name for q in f.quads)
        return standing_in(triples, slug)


def standing_for(slug: str, extraction: Extraction, project: Project) -> Standing:
    """Return what stands in the published graph of a report that is to be taken in or published.

    Raises:
        UsageError: If the slug cannot be used, or the graph is of another text.
    """
    if not _SLUG.fullmatch(slug):
        raise UsageError(
            f'"{slug}" cannot be the name of a report.',
            hint="Use lower-case letters, digits and hyphens, such as neaspec-som-24.",
        )
    standing = project.standing(slug)
    if standing.by_hand and standing.sha256 not in ("", extraction.sha256):
        raise UsageError(
            f"The graph of {slug} was entered by hand from another text of this report.",
            where=str(project.file_of(slug)),
            hint="Name another one with --slug, or take in the very file that it is of.",
        )
    return standing


def timestamp(clock: Clock) -> str:
    """Return the present time, UTC, ISO 8601 to the second."""
    return clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

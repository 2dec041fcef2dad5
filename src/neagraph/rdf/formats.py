"""The formats of graphs and of query results: one table each, nothing decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from pyoxigraph import QueryResultsFormat, RdfFormat

from neagraph.errors import FormatError


@dataclass(frozen=True, slots=True)
class GraphFormat:
    """A format of RDF graphs or datasets.

    Args:
        name: Short name, used in options and as the suffix of `/doc/…` addresses.
        label: Name for people.
        media_type: The registered media type, without parameters.
        suffixes: File suffixes without the dot.
        native: The engine's constant.
        holds_named_graphs: Whether the format can tell graphs apart.
        aliases: Further media types that clients use for it.
    """

    name: str
    label: str
    media_type: str
    suffixes: tuple[str, ...]
    native: RdfFormat
    holds_named_graphs: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultsFormat:
    """A format of SPARQL SELECT and ASK results; fields as in `GraphFormat`."""

    name: str
    label: str
    media_type: str
    native: QueryResultsFormat
    aliases: tuple[str, ...] = ()


TURTLE = GraphFormat("turtle", "Turtle", "text/turtle", ("ttl",), RdfFormat.TURTLE,
                     aliases=("application/x-turtle",))  # fmt: skip
GRAPH_FORMATS: tuple[GraphFormat, ...] = (
    TURTLE,
    GraphFormat("jsonld", "JSON-LD", "application/ld+json", ("jsonld",), RdfFormat.JSON_LD,
                holds_named_graphs=True, aliases=("application/json",)),
    GraphFormat("ntriples", "N-Triples", "application/n-triples", ("nt",), RdfFormat.N_TRIPLES,
                aliases=("text/plain",)),
    GraphFormat("rdfxml", "RDF/XML", "application/rdf+xml", ("rdf", "owl", "xml"),
                RdfFormat.RDF_XML, aliases=("application/xml", "text/xml")),
    GraphFormat("trig", "TriG", "application/trig", ("trig",), RdfFormat.TRIG,
                holds_named_graphs=True),
    GraphFormat("nquads", "N-Quads", "application/n-quads", ("nq",), RdfFormat.N_QUADS,
                holds_named_graphs=True),
)  # fmt: skip
"""In order of preference where a client accepts several alike."""

RESULTS_FORMATS: tuple[ResultsFormat, ...] = (
    ResultsFormat("json", "JSON", "application/sparql-results+json", QueryResultsFormat.JSON,
                  ("application/json",)),
    ResultsFormat("xml", "XML", "application/sparql-results+xml", QueryResultsFormat.XML,
                  ("application/xml", "text/xml")),
    ResultsFormat("csv", "CSV", "text/csv", QueryResultsFormat.CSV),
    ResultsFormat("tsv", "TSV", "text/tab-separated-values", QueryResultsFormat.TSV),
)  # fmt: skip
"""In order of preference where a client accepts several alike."""


def graph_format_by_name(name: str) -> GraphFormat:
    """Return the graph format of a short name or suffix.

    Raises:
        FormatError: If there is none; the hint lists what there is.
    """
    for fmt in GRAPH_FORMATS:
        if name in (fmt.name, *fmt.suffixes):
            return fmt
    raise FormatError(f'There is no RDF format "{name}".', hint=_known(GRAPH_FORMATS))


def graph_format_by_media_type(media_type: str) -> GraphFormat:
    """Return the graph format of a media type, which may have parameters.

    Raises:
        FormatError: If there is none; the hint lists what there is.
    """
    wanted = media_type.partition(";")[0].strip().lower()
    for fmt in GRAPH_FORMATS:
        if wanted in (fmt.media_type, *fmt.aliases):
            return fmt
    known = ", ".join(fmt.media_type for fmt in GRAPH_FORMATS)
    raise FormatError(f'The media type "{media_type}" names no RDF format.', hint=f"Use {known}.")


def graph_format_by_path(path: PurePath) -> GraphFormat:
    """Return the graph format that a file's suffix tells.

    Raises:
        FormatError: If the suffix is missing or not known.
    """
    suffix = path.suffix.removeprefix(".").lower()
    for fmt in GRAPH_FORMATS:
        if suffix in fmt.suffixes:
            return fmt
    said = f'ends in ".{suffix}"' if suffix else "has no suffix"
    raise FormatError(
        f"The file {said}, which names no RDF format.",
        where=str(path),
        hint="Rename it, or name the format with --format; the suffixes are "
        + ", ".join(f".{s}" for fmt in GRAPH_FORMATS for s in fmt.suffixes)
        + ".",
    )


def results_format_by_name(name: str) -> ResultsFormat:
    """Return the results format of a short name.

    Raises:
        FormatError: If there is none; the hint lists what there is.
    """
    for fmt in RESULTS_FORMATS:
        if name == fmt.name:
            return fmt
    raise FormatError(f'There is no results format "{name}".', hint=_known(RESULTS_FORMATS))


def _known(formats: Sequence[GraphFormat | ResultsFormat]) -> str:
    return "Use one of " + ", ".join(fmt.name for fmt in formats) + "."

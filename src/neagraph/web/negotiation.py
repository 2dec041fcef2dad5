"""Which representation a client wants: Accept headers and suffixes against what can be offered.

Source: RFC 9110, section 12.5.1. Everything here is pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from neagraph.errors import FormatError
from neagraph.rdf.formats import GRAPH_FORMATS, RESULTS_FORMATS, GraphFormat, ResultsFormat


@dataclass(frozen=True, slots=True)
class Offer:
    """A representation that can be sent.

    Args:
        name: Its short name.
        label: Its name for people.
        media_type: What it is sent as, without parameters.
        aliases: Further media types that clients ask for it by; wildcards never match these.
        suffix: What forces it at the end of an address, with the dot; empty for none.
    """

    name: str
    label: str
    media_type: str
    aliases: tuple[str, ...] = ()
    suffix: str = ""


def _offer(fmt: GraphFormat | ResultsFormat) -> Offer:
    suffix = "." + fmt.suffixes[0] if isinstance(fmt, GraphFormat) else ""
    return Offer(fmt.name, fmt.label, fmt.media_type, fmt.aliases, suffix)


HTML: Final = Offer("html", "HTML", "text/html", ("application/xhtml+xml",), ".html")
RESULTS: Final = tuple(_offer(fmt) for fmt in RESULTS_FORMATS)
GRAPHS: Final = tuple(_offer(fmt) for fmt in GRAPH_FORMATS)
DOCUMENTS: Final = (
    HTML,
    *(_offer(fmt) for fmt in GRAPH_FORMATS if fmt.name not in {"trig", "nquads"}),
)
"""What a thing is told in; one thing is one graph, so formats of datasets have no part in it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a SPARQL client takes.

    Args:
        page: Whether it is best served with a page.
        results: Name of the best results format; None if it takes none.
        graph: Name of the best graph format; None if it takes none.
    """

    page: bool
    results: str | None
    graph: str | None


_PART: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_PARAMETER: Final = re.compile(r';((?:[^;"]|"(?:[^"\\]|\\.)*")*)')
_RANGE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+|[\w!#$&^.+-]+/\*|\*/\*")
_QUALITY: Final = re.compile(r"\s*q\s*=\s*(?P<value>[01](?:\.\d*)?|\.\d+)\s*", re.IGNORECASE)
_MOST_REMEMBERED: Final = 1024  # characters of an Accept header
_ANY: Final = "*/*"
_NAMED, _TYPE, _ALL = 2, 1, 0  # how exactly a range speaks of an offer


def parse_accept(accept: str) -> dict[str, float]:
    """Return media range, lower-cased and without parameters, to quality from 0 to 1.

    A part that cannot be read is skipped. Where a range stands several times the highest quality
    counts, unless one of them is 0.
    """
    qualities: dict[str, float] = {}
    for part in _PART.findall(accept):
        for media_range, quality in _read_part(part):
            former = qualities.get(media_range, quality)
            qualities[media_range] = 0.0 if 0.0 in (former, quality) else max(former, quality)
    return qualities


def _read_part(part: str) -> Iterator[tuple[str, float]]:
    media_range = part.split(";", 1)[0].strip().lower()
    media_range = _ANY if media_range == "*" else media_range  # sent by old Java clients
    quality = 1.0
    for parameter in _PARAMETER.findall(part):
        if parameter.split("=")[0].strip().lower() == "q":
            match = _QUALITY.fullmatch(parameter)
            quality = -1.0 if match is None else float(match["value"])
    if _RANGE.fullmatch(media_range) and 0 <= quality <= 1:
        yield media_range, quality


def negotiate(accept: str, offers: Sequence[Offer]) -> Offer | None:
    """Return the offer that the client likes best; None if it takes none of them.

    Among offers of equal quality the one that is named more exactly wins, then the earlier one.

    Args:
        accept: The value of the Accept header; one without a readable part accepts everything.
        offers: What can be sent, in order of the server's preference.
    """
    qualities = parse_accept(accept) or {_ANY: 1.0}
    ranked = [(*_rank(offer, qualities), -place) for place, offer in enumerate(offers)]
    best = max(ranked, default=(0.0, _ALL, 0))
    return offers[-best[2]] if best[0] > 0 else None


def _rank(offer: Offer, qualities: Mapping[str, float]) -> tuple[float, int]:
    """Return the quality of an offer, and how exactly the client spoke of it."""
    named = [qualities[t] for t in (offer.media_type, *offer.aliases) if t in qualities]
    if named:
        return (0.0 if qualities.get(offer.media_type) == 0 else max(named)), _NAMED
    whole_type = offer.media_type.split("/")[0] + "/*"
    if whole_type in qualities:
        return qualities[whole_type], _TYPE
    return qualities.get(_ANY, 0.0), _ALL


def choose(accept: str) -> Choice:
    """Return what a SPARQL client takes, from its Accept header."""
    return _remembered(accept) if len(accept) <= _MOST_REMEMBERED else _choose(accept)


def _choose(accept: str) -> Choice:
    results, graph = negotiate(accept, RESULTS), negotiate(accept, GRAPHS)
    return Choice(
        page=negotiate(accept, (*RESULTS, *GRAPHS, HTML)) is HTML,
        results=results.name if results else None,
        graph=graph.name if graph else None,
    )


_remembered = lru_cache(maxsize=256)(_choose)


def choose_by_name(name: str) -> Choice:
    """Return what the short name of a format stands for.

    Raises:
        FormatError: If there is no such format; the hint lists what there is.
    """
    if name == HTML.name:
        return Choice(page=True, results=None, graph=None)
    results = {offer.name for offer in RESULTS} & {name}
    graph = {offer.name for offer in GRAPHS} & {name}
    if not results and not graph:
        known = ", ".join(offer.name for offer in (*RESULTS, *GRAPHS, HTML))
        raise FormatError(f'There is no format "{name}".', hint=f"Use one of {known}.")
    return Choice(page=False, results=name if results else None, graph=name if graph else None)


def choose_by_names(names: Sequence[str], accept: str) -> Choice:
    """Return what a SPARQL client takes that names formats beside its Accept header.

    The first name that is known decides; a list of media types counts as a name, since
    SPARQLWrapper sends one besides a name of its own. What the format named cannot hold, such as
    a graph in one of results, comes in a format that Accept names by its media type, if any.

    Raises:
        FormatError: If no name is known.
    """
    known = (choice for name in names if (choice := _choice_of(name)) is not None)
    choice = next(known, None) or choose_by_name(names[0])
    exact = ",".join(part for part in accept.split(",") if "*" not in part)
    if choice.page or not exact.strip():
        return choice
    said = choose(exact)
    return Choice(False, choice.results or said.results, choice.graph or said.graph)  # noqa: FBT003  no page


def _choice_of(name: str) -> Choice | None:
    if "/" not in name:
        known = {offer.name for offer in (*RESULTS, *GRAPHS, HTML)}
        return choose_by_name(name) if name in known else None
    choice = choose(name)
    return choice if choice.page or choice.results or choice.graph else None


def split_suffix(path: str) -> tuple[str, Offer | None]:
    """Return the path without the suffix that forces a format, and the format; None for none."""
    for offer in DOCUMENTS:
        if path.endswith(offer.suffix) and len(path) > len(offer.suffix):
            return path.removesuffix(offer.suffix), offer
    return path, None

"""The hand annotation and the Turtle files as plain values that tests compare.

A fact is written short: things by their address below `https://w3id.org/neagraph/id/`, terms with
their prefix, texts as `words@en`, other literals bare.
"""

import calendar
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph
import yaml

Facts = Mapping[str, Mapping[str, frozenset[str]]]
Entry = dict[str, Any]
Expected = dict[str, frozenset[str]]

ROOT = Path(__file__).parents[2]
SHARED = ROOT / os.environ.get("NEAGRAPH_SHARED", "../shared")
GOLD = SHARED / "gold" / "som24_gold.yaml"
TEXT = SHARED / "reports" / "neaspec-som-24.txt"

R = "neaspec-som-24"
REPORT = f"document/{R}-report"
EDITION = f"edition/{R}/text"
CURATION = f"extraction/{R}/curation"

ID = "https://w3id.org/neagraph/id/"
PREFIXES = {
    ID: "",
    "https://w3id.org/neagraph/ontology#": "nea:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
    "http://www.w3.org/ns/oa#": "oa:",
    "http://www.w3.org/ns/org#": "org:",
    "http://www.w3.org/ns/prov#": "prov:",
    "http://rdfs.org/ns/void#": "void:",
}
ENTITY_GROUPS = (
    "states",
    "bodies_and_groups",
    "mechanisms",
    "meetings",
    "documents_and_plans",
    "projects_and_activities",
    "species",
    "places",
    "funds",
    "frameworks",
)


def shown(term: Any) -> str:
    """A term written short."""
    if isinstance(term, pyoxigraph.Literal):
        return f"{term.value}@{term.language}" if term.language else term.value
    for namespace, prefix in PREFIXES.items():
        if term.value.startswith(namespace):
            return prefix + term.value.removeprefix(namespace)
    return term.value


def triples(paths: Iterable[Path]) -> list[pyoxigraph.Quad]:
    """Every triple of some Turtle files."""
    return [quad for path in sorted(paths) for quad in pyoxigraph.parse(path=str(path))]


def table(quads: Iterable[pyoxigraph.Quad]) -> Facts:
    """Triples as subject, predicate, values."""
    rows: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        rows[shown(quad.subject)][shown(quad.predicate)].add(shown(quad.object))
    return {s: {p: frozenset(values) for p, values in about.items()} for s, about in rows.items()}


def single(facts: Facts, thing: str, term: str) -> str:
    """The one value that a thing has for a term."""
    (value,) = facts[thing][term]
    return value


def of_kind(facts: Facts, *kinds: str) -> set[str]:
    """The described things whose address starts with one of some kinds."""
    return {thing for thing in facts if thing.split("/")[0] in kinds}


@cache
def annotation() -> Entry | None:
    """The hand annotation, or None where the shared folder is missing."""
    return yaml.safe_load(GOLD.read_text(encoding="utf-8")) if GOLD.is_file() else None


def entries(gold: Entry, name: str) -> list[tuple[str, Any]]:
    """The annotation's entries of one kind, each with the id that names it in test results."""
    if name == "gold_paragraph":
        return [(f"p{entry['number']}", entry) for entry in gold["paragraphs"]]
    if name == "gold_entity":
        grouped = [(group, entry) for group in ENTITY_GROUPS for entry in gold["entities"][group]]
        return [(entry["id"], (group, entry)) for group, entry in grouped]
    if name == "gold_contribution":
        return [(entry["id"], entry) for entry in gold["entities"]["money"]]
    return [(entry["id"], entry) for entry in gold[name.removeprefix("gold_") + "s"]]


def listed(value: Any) -> list[Any]:
    """A field's values as a list: none, one or several."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def refs(values: Any, *, under: str = "") -> frozenset[str]:
    """Addresses of the things a field names; the annotation's `topic/x` is `voc/topic/x`."""
    found = (under + value for value in listed(values))
    return frozenset(f"voc/{ref}" if ref.startswith("topic/") else ref for ref in found)


def text(value: str | None) -> frozenset[str]:
    """A text in our own words: English."""
    return frozenset() if value is None else frozenset({f"{value}@en"})


def told(expected: Mapping[str, Iterable[str]]) -> Expected:
    """An expectation without the terms that have no values."""
    return {term: frozenset(values) for term, values in expected.items() if values}


def differing(key: str, expected: Mapping[str, frozenset[str]], tables: Entry) -> Expected:
    """An expectation with the deliberate differences of one entry worked in."""
    result = dict(expected)
    for group in tables["differences"]:
        term = group["term"]
        if key in group.get("says", {}):
            result[term] = frozenset(group["says"][key])
        if key in group.get("adds", {}):
            result[term] = result.get(term, frozenset()) | set(group["adds"][key])
    return told(result)


def bounds(start: Any, end: Any) -> tuple[str, str, str]:
    """First day, last day and precision of a date written as year, month or day."""
    written = str(start)
    if len(written) == len("2020"):
        return f"{written}-01-01", f"{written}-12-31", "year"
    if len(written) == len("2020-05"):
        year, month = map(int, written.split("-"))
        return f"{written}-01", f"{written}-{calendar.monthrange(year, month)[1]}", "month"
    return written, str(end or start), "day"


def span(
    first: str | None, last: str | None, precision: str, *, written: str | None = None
) -> Expected:
    """The facts of a time span; one with an outer date is a bounded one."""
    return told(
        {
            "rdf:type": {"nea:BoundedTimeSpan" if last else "nea:TimeSpan"},
            "nea:notBefore": {first} if first else (),
            "nea:notAfter": {last} if last else (),
            "nea:precision": {f"voc/precision/{precision}"},
            "nea:asWritten": {written} if written else (),
        }
    )

"""From the graph to the parts of pages.

Addresses lead to the host that serves them: `https://w3id.org/neagraph/id/state/japan` is linked
as `/doc/state/japan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from neagraph.queries import CatalogueQuery
from neagraph.rdf.results import Table
from neagraph.rdf.terms import Literal, NamedNode, Term, show
from neagraph.service import Link, OntologyTerm, PropertyValues
from neagraph.vocab import (
    BASE,
    DCTERMS,
    NEA,
    OA,
    ONTOLOGY,
    OWL,
    PROV,
    RDFS_LABEL,
    SKOS,
    SKOS_PREF_LABEL,
    XSD,
    path_of,
    shorten,
)
from neagraph.web.pages import (
    Download,
    Example,
    Fact,
    Outcome,
    PropertyRow,
    TermGroup,
    TermView,
    Value,
)

MOST_ROWS: Final = 1000
"""How many solutions a page shows; the downloads have all."""
MOST_CHARACTERS: Final = 200_000
"""How much of an RDF answer a page shows."""
_VALUES_AT_ONCE: Final = 8
_KINDS: Final = {
    **{XSD + name: "number" for name in ("integer", "decimal", "double", "float")},
    **{XSD + name: "date" for name in ("date", "dateTime", "gYear", "gYearMonth")},
}
_FIRST: Final = (
    RDFS_LABEL,
    SKOS_PREF_LABEL,
    DCTERMS + "title",
    SKOS + "altLabel",
    SKOS + "definition",
    NEA + "summary",
    NEA + "action",
)
_LAST: Final = (PROV, OA)


def address_of(iri: str) -> str | None:
    """Return where an IRI leads: on this host for our own, outside for the web's, else None."""
    path = path_of(iri)
    if path is not None:
        return "/doc/" + quote(path)
    if iri == ONTOLOGY or iri.startswith((ONTOLOGY + "#", ONTOLOGY + "/")):
        return "/" + quote(iri.removeprefix(BASE), safe="/#")
    return iri if iri.startswith(("https://", "http://")) else None


def name_of(iri: str) -> str:
    """Return the short form of an IRI, or the whole of it, without angle brackets."""
    return shorten(iri).removeprefix("<").removesuffix(">")


def value_of(term: Term, label: str = "") -> Value:
    """Return a term as pages show it, an IRI by its label where one is given."""
    if isinstance(term, NamedNode):
        href = address_of(term.value)
        text = label or name_of(term.value)
        return Value(text, href, href == term.value, term.value)
    if isinstance(term, Literal):
        datatype = term.datatype.value
        plain = term.language is not None or datatype.startswith(XSD)
        return Value(
            term.value,
            language="" if term.language in {None, "en"} else str(term.language),
            datatype="" if plain else name_of(datatype),
            kind=_KINDS.get(datatype, ""),
        )
    return Value(str(term))


def fact_of(link: Link) -> Fact:
    """Return a value of a thing as its page shows it."""
    label = "" if link.label == show(link.term) else link.label
    graphs = tuple(shorten(graph).removeprefix("graph/") for graph in link.graphs)
    return Fact(value_of(link.term, label), graphs, link.entailed)


def rows_of(properties: Iterable[PropertyValues]) -> tuple[PropertyRow, ...]:
    """Return properties with values: names and summaries first, provenance last."""
    return tuple(_row(entry) for entry in sorted(properties, key=_place))


def _place(entry: PropertyValues) -> tuple[int, bool]:
    iri = entry.property.value
    return (_FIRST.index(iri) if iri in _FIRST else len(_FIRST)), iri.startswith(_LAST)


def _row(entry: PropertyValues) -> PropertyRow:
    facts = sorted(map(fact_of, entry.values), key=lambda f: (f.entailed, f.value.text.lower()))
    return PropertyRow(
        value_of(entry.property, _words(entry)),
        tuple(facts[:_VALUES_AT_ONCE]),
        tuple(facts[_VALUES_AT_ONCE:]),
    )


def _words(entry: PropertyValues) -> str:
    """Return the label of a property, or the words of its name: `prov:wasGeneratedBy`."""
    if entry.label != shorten(entry.property.value):
        return entry.label
    local = re.split(r"[#/:]", entry.property.value)[-1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).lower()


def examples_of(queries: Iterable[CatalogueQuery]) -> tuple[Example, ...]:
    """Return queries of the catalogue as links that run them."""
    return tuple(
        Example(query.title, query.question, "/sparql?" + urlencode({"query": text_of(query)}))
        for query in queries
    )


def text_of(query: CatalogueQuery) -> str:
    """Return a query of the catalogue with its question in the place of its header."""
    lines = [line for line in query.text.splitlines() if not line.startswith("#+")]
    return f"# {query.question}\n\n" + "\n".join(lines).strip() + "\n"


def outcome_of_results(
    results: Table | bool,  # noqa: FBT001  the answer of ASK is a boolean
    *,
    milliseconds: int,
    downloads: tuple[Download, ...],
) -> Outcome:
    """Return the answer of a SELECT or ASK query as its page shows it."""
    if isinstance(results, bool):
        word = "Yes." if results else "No."
        return Outcome("One truth value", milliseconds, (), (), word, downloads)
    rows = tuple(
        tuple(None if term is None else value_of(term) for term in row)
        for row in results.rows[:MOST_ROWS]
    )
    summary = _counted(len(results.rows), len(rows), "row")
    return Outcome(summary, milliseconds, results.variables, rows, "", downloads)


def outcome_of_graph(body: bytes, *, milliseconds: int, downloads: tuple[Download, ...]) -> Outcome:
    """Return the answer of a CONSTRUCT or DESCRIBE query, in Turtle, as its page shows it."""
    text = body.decode()
    shown = text[:MOST_CHARACTERS]
    summary = _counted(len(text), len(shown), "character")
    return Outcome("RDF graph in Turtle, " + summary, milliseconds, (), (), shown, downloads)


def _counted(total: int, shown: int, what: str) -> str:
    text = f"{total:,} {what}{'' if total == 1 else 's'}"
    return text if shown == total else f"{text}, the first {shown:,} of them shown"


_GROUPS: Final = (
    ("classes", "Classes", "Class"),
    ("object-properties", "Object properties", "ObjectProperty"),
    ("datatype-properties", "Datatype properties", "DatatypeProperty"),
    ("annotation-properties", "Annotation properties", "AnnotationProperty"),
)


def groups_of(terms: Sequence[OntologyTerm]) -> tuple[TermGroup, ...]:
    """Return the terms of the ontology by kind, each once with all its examples."""
    return tuple(
        TermGroup(anchor, heading, _views([term for term in terms if term.kind == OWL + kind]))
        for anchor, heading, kind in _GROUPS
    )


def _views(terms: Iterable[OntologyTerm]) -> tuple[TermView, ...]:
    views: dict[str, TermView] = {}
    for term in terms:
        former = views.get(term.iri)
        examples = (*(former.examples if former else ()), *filter(None, [term.example]))
        parents = tuple(value_of(NamedNode(parent)) for parent in term.parents)
        anchor = term.iri.removeprefix(NEA)
        views[term.iri] = TermView(anchor, term.label, term.definition, examples, parents)
    return tuple(views.values())

"""HTML pages: one frozen dataclass per template, whose fields are the template's whole context.

Addresses in pages lead to the host that serves them: `https://w3id.org/neagraph/id/state/japan`
is linked as `/doc/state/japan`. Nothing on a page is fetched from another host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from neagraph.errors import NeagraphError
from neagraph.model import Scope
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

FOLDER: Final = Path(__file__).parent
MOST_ROWS: Final = 1000
"""How many solutions a page shows; the downloads have all."""
MOST_CHARACTERS: Final = 200_000
"""How much of an RDF answer a page shows."""
_VALUES_AT_ONCE: Final = 8
_NUMBERS: Final = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))
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


# ---- Parts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """A term as a page shows it.

    Args:
        text: What people read.
        href: Where it leads; None for what leads nowhere.
        external: Whether that is another host.
        iri: The IRI in full; empty for literals and blank nodes.
        note: Language or datatype, where it is worth telling.
        numeric: Whether it is a number.
    """

    text: str
    href: str | None = None
    external: bool = False
    iri: str = ""
    note: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with the short names of the graphs that say so; entailed where no source does."""

    value: Value
    graphs: tuple[str, ...]
    entailed: bool


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property with its values: those shown at once, and those that unfold."""

    property: Value
    facts: tuple[Fact, ...]
    more: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Download:
    """Another representation of what a page shows."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the manifest and what it counts."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Example:
    """A question of the catalogue and the address that answers it."""

    title: str
    question: str
    href: str


@dataclass(frozen=True, slots=True)
class ProblemView:
    """What a page tells of an error; `place` is empty where there is none."""

    message: str
    hint: str
    place: str
    details: tuple[str, ...]

    @classmethod
    def of(cls, error: NeagraphError) -> ProblemView:
        """Return what a page tells of an error."""
        return cls(error.message, error.hint, error.where, error.details)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a query.

    Args:
        summary: How many solutions or triples it has, and how many of them are shown.
        milliseconds: How long it took.
        columns: Variables of a table; empty for other answers.
        rows: Its solutions.
        text: A truth value as a word, or RDF as text; empty for a table.
        downloads: The same answer in every format.
    """

    summary: str
    milliseconds: int
    columns: tuple[str, ...]
    rows: tuple[tuple[Value | None, ...], ...]
    text: str
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class TermView:
    """A class or property on the reference page."""

    anchor: str
    label: str
    definition: str
    examples: tuple[str, ...]
    parents: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class TermGroup:
    """All terms of one kind, with the anchor of their heading."""

    anchor: str
    heading: str
    terms: tuple[TermView, ...]


# ---- Pages ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page has: a title, and the part of the site that it belongs to."""

    template: ClassVar[str]
    title: str
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingPage(Page):
    """The start page."""

    template: ClassVar[str] = "landing.html"
    section: str = "home"
    counts: tuple[Count, ...]
    examples: tuple[Example, ...]
    query: str
    base: str = BASE
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPage(Page):
    """The query form, with what came of the query."""

    template: ClassVar[str] = "query.html"
    section: str = "query"
    query: str
    scope: Scope
    seconds: float
    examples: tuple[Example, ...]
    problem: ProblemView | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePage(Page):
    """All that is said of one thing, and by what else it is meant."""

    template: ClassVar[str] = "resource.html"
    iri: str
    types: tuple[Fact, ...]
    properties: tuple[PropertyRow, ...]
    incoming: tuple[PropertyRow, ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OntologyPage(Page):
    """The reference of classes and properties."""

    template: ClassVar[str] = "ontology.html"
    section: str = "ontology"
    iri: str = ONTOLOGY
    version: str
    abstract: str
    groups: tuple[TermGroup, ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage(Page):
    """What went wrong, and what to do next."""

    template: ClassVar[str] = "problem.html"
    status: int
    problem: ProblemView


PAGES: Final[tuple[type[Page], ...]] = (
    LandingPage,
    QueryPage,
    ResourcePage,
    OntologyPage,
    ProblemPage,
)


class Renderer:
    """Fills templates in; everything that they show is escaped."""

    def __init__(self) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, page: Page) -> bytes:
        """Return the page as UTF-8 HTML."""
        context = {field.name: getattr(page, field.name) for field in fields(page)}
        return self.environment.get_template(page.template).render(context).encode()


# ---- From the graph to the page ------------------------------------------------------------------


def address_of(iri: str) -> str | None:
    """Return where an IRI leads: on this host for our own, outside for the web's, else None."""
    path = path_of(iri)
    if path is not None:
        return "/doc/" + quote(path)
    if iri == ONTOLOGY or iri.startswith((ONTOLOGY + "#", ONTOLOGY + "/")):
        return "/" + quote(iri.removeprefix(BASE), safe="/#")
    return iri if iri.startswith(("https://", "http://")) else None


def value_of(term: Term, label: str = "") -> Value:
    """Return a term as pages show it, an IRI by its label where one is given."""
    if isinstance(term, NamedNode):
        href = address_of(term.value)
        text = label or show(term).strip("<>")
        return Value(text, href, href == term.value, term.value)
    if isinstance(term, Literal):
        datatype = term.datatype.value
        note = (term.language or "").removeprefix("en")
        if not term.language and not datatype.startswith(XSD):
            note = shorten(datatype).strip("<>")
        return Value(term.value, note=note, numeric=datatype in _NUMBERS)
    return Value(str(term))


def fact_of(link: Link) -> Fact:
    """Return a value of a thing as its page shows it."""
    label = link.label if isinstance(link.term, NamedNode) else ""
    graphs = tuple(shorten(graph).removeprefix("graph/") for graph in link.graphs)
    return Fact(value_of(link.term, label.strip("<>")), graphs, link.entailed)


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


def outcome_of_table(
    results: Table | bool, *, milliseconds: int, downloads: tuple[Download, ...]
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


def outcome_of_graph(
    body: bytes, *, milliseconds: int, downloads: tuple[Download, ...]
) -> Outcome:
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

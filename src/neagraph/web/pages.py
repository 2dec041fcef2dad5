"""HTML pages: one frozen dataclass per template, whose fields are the template's whole context.

Nothing on a page is fetched from another host.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from neagraph.errors import NeagraphError
from neagraph.model import Scope
from neagraph.vocab import BASE, ONTOLOGY
from neagraph.web.review_views import Group, ParagraphView, ReportLine, VerbChoice
from neagraph.web.validation_parts import Choice, FormView, ReportView, RuleView, ShapeView

FOLDER: Final = Path(__file__).parent


# ---- Parts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """A term as a page shows it.

    Args:
        text: What people read.
        href: Where it leads; None for what leads nowhere.
        external: Whether that is another host.
        iri: The IRI in full; empty for literals and blank nodes.
        language: Its language tag, where it is not English.
        datatype: Its datatype, where that is not one of XML Schema.
        kind: `number` or `date` for literals that tables set differently.
    """

    text: str
    href: str | None = None
    external: bool = False
    iri: str = ""
    language: str = ""
    datatype: str = ""
    kind: str = ""


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
class PlainPage(Page):
    """The start page of a plain SPARQL server."""

    template: ClassVar[str] = "plain.html"
    section: str = "home"
    query: str = "SELECT * { ?s ?p ?o } LIMIT 100"


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
class ValidationPage(Page):
    """The form for data, with what came of checking them."""

    template: ClassVar[str] = "validate.html"
    section: str = "validate"
    form: FormView
    types: tuple[Choice, ...]
    forms: tuple[Choice, ...]
    limit: str
    problem: ProblemView | None
    report: ReportView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage(Page):
    """A validation report as a file of its own."""

    template: ClassVar[str] = "report.html"
    section: str = "report"
    style: str
    report: ReportView


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapesPage(Page):
    """What records need, class by class."""

    template: ClassVar[str] = "shapes.html"
    section: str = "shapes"
    classes: tuple[ShapeView, ...]
    anywhere: tuple[RuleView, ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPage(Page):
    """The form that takes the token of a reviewer."""

    template: ClassVar[str] = "login.html"
    section: str = "review"
    problem: ProblemView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsPage(Page):
    """The reports under review."""

    template: ClassVar[str] = "reports.html"
    section: str = "review"
    reports: tuple[ReportLine, ...]
    secret: str
    reviewer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage(Page):
    """A report beside what was found in it."""

    template: ClassVar[str] = "review.html"
    section: str = "review"
    slug: str
    secret: str
    progress: str
    problem: ProblemView | None
    has_text: bool
    paragraphs: tuple[ParagraphView, ...]
    groups: tuple[Group, ...]
    kinds: tuple[str, ...]
    verbs: tuple[VerbChoice, ...]
    rest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage(Page):
    """What went wrong, and what to do next."""

    template: ClassVar[str] = "problem.html"
    status: int
    problem: ProblemView


PAGES: Final[tuple[type[Page], ...]] = (
    LandingPage,
    PlainPage,
    QueryPage,
    ResourcePage,
    OntologyPage,
    ValidationPage,
    ReportPage,
    ShapesPage,
    LoginPage,
    ReportsPage,
    ReviewPage,
    ProblemPage,
)


class Renderer:
    """Fills templates in; everything that they show is escaped.

    Args:
        plain: Whether the pages are those of a plain SPARQL server.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals["plain"] = plain

    def render(self, page: Page) -> bytes:
        """Return the page as UTF-8 HTML."""
        context = {field.name: getattr(page, field.name) for field in fields(page)}
        return self.environment.get_template(page.template).render(context).encode()

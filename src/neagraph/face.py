"""The Python face: open the graph, ask it, get values.

    import neagraph

    with neagraph.open() as graph:
        for row in graph.query("commitment-status", asOf="2023-01-01"):
            print(row.action, row.status)

The names are those of the command line. Queries run in processes of their own and end at their
deadline; a graph may be asked from any thread.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from keyword import iskeyword
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast, overload
from unicodedata import normalize

from neagraph.build import build, is_current
from neagraph.checking import check, reference_of
from neagraph.errors import UsageError
from neagraph.model import Answer, Commit, QueryRequest, Scope, Version
from neagraph.opening import source_of
from neagraph.queries import load_catalogue
from neagraph.rdf.formats import RESULTS_FORMATS, graph_format_by_name, graph_format_by_path
from neagraph.rdf.io import parse, read_file, triples_of, write_graph
from neagraph.rdf.results import Table, read_results
from neagraph.rdf.terms import Literal, NamedNode, Term, Triple, to_rdflib_graph
from neagraph.rdf.text import RdfText
from neagraph.service import Service
from neagraph.settings import Settings, load_settings, project_root
from neagraph.sources import read_sources
from neagraph.store.history import CommitLog
from neagraph.store.process import ProcessStore
from neagraph.store.protocol import Store
from neagraph.validation.report import ValidationReport
from neagraph.vocab import XSD, thing

if TYPE_CHECKING:
    import pandas as pd
    import rdflib

__all__ = ["Graph", "KnowledgeGraph", "Row", "Rows", "open"]

_MOST_SECONDS: Final = 3600.0
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What may be the name of a query: no SPARQL query is a single lower-case word."""

Parameter = str | int | date | NamedNode
"""A value for a parameter of a named query."""


class Row(tuple[Term | None, ...]):
    """A solution: a named tuple with one field for each variable; None where it is unbound.

    A variable that is no Python name has a field that is one: `v` comes before a digit or an
    underscore at the beginning (`?2x` is `v2x`), an underscore after a keyword (`?class` is
    `class_`).
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Term | None: ...


class Rows(Sequence[Row]):
    """The solutions of a SELECT query, in its order.

    Args:
        table: Their variables and terms.
    """

    def __init__(self, table: Table) -> None:
        self.variables: tuple[str, ...] = table.variables
        """The variables of the query, without `?`, in its order."""
        make = _row_class(table.variables)
        self._rows = tuple(make(row) for row in table.rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {', '.join(self.variables)}>"

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with one column for each variable, under the variable's own name.

        Integers become `int`, other numbers `float`, booleans `bool`, xsd:date and xsd:dateTime
        `date` and `datetime`; all else, and a literal that is not of its datatype, is its text.
        Unbound is None.

        Raises:
            UsageError: If pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415  an extra
        except ImportError as error:
            raise UsageError(
                "A data frame needs pandas, which is not installed.",
                hint="Install it in the checkout with: pip install -e '.[pandas]'",
            ) from error
        values = [[_python(term) for term in row] for row in self]
        return pd.DataFrame(values, columns=list(self.variables))


class Graph(AbstractSet[Triple]):
    """The triples of a CONSTRUCT or DESCRIBE query, each once.

    Args:
        triples: What it holds.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._triples = frozenset(triples)

    def __contains__(self, triple: object) -> bool:
        return triple in self._triples

    def __iter__(self) -> Iterator[Triple]:
        return iter(sorted(self._triples, key=str))

    def __len__(self) -> int:
        return len(self._triples)

    def __repr__(self) -> str:
        return f"<{len(self)} triples>"

    def to_text(self, name: str = "turtle") -> str:
        """Return the triples in a format by its short name, such as turtle or jsonld.

        Raises:
            FormatError: For a format that is not known.
        """
        return write_graph(self, graph_format_by_name(name)).decode()

    def to_rdflib(self) -> rdflib.Graph:
        """Return a new rdflib graph of the triples."""
        return to_rdflib_graph(list(self))


class KnowledgeGraph:
    """An opened graph; a context manager that closes it.

    It stays at the version that it was opened at, whatever is built or written meanwhile.

    Args:
        service: What answers.
        store: Its store.
        log: The commit log of the state folder; None where nothing was written.
    """

    def __init__(self, service: Service, *, store: Store, log: Path | None) -> None:
        self._service = service
        self._store = store
        self._log = log

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def version(self) -> Version:
        """The state of the dataset that answers."""
        return self._store.version

    def query(
        self,
        text_or_name: str,
        *,
        scope: str = Scope.ALL,
        timeout: float = 30.0,
        **parameters: Parameter,
    ) -> Rows | Graph | bool:
        """Return what a query answers.

        That is rows for SELECT, a bool for ASK, and triples for CONSTRUCT and DESCRIBE.

        Args:
            text_or_name: SPARQL, or the name of a query of the catalogue such as `cq34`.
            scope: `all`, or `asserted` to leave entailed triples out.
            timeout: Seconds after which it is ended; an hour at most.
            parameters: Values for the parameters of a named query.

        Raises:
            NotFoundError: If there is no query of that name.
            UsageError: For an option or parameter that cannot be used.
            QueryError: If the query cannot be parsed or evaluated.
            QueryTimeoutError: If it took longer than its limit.
            LimitError: If its answer, or the memory it needs, is beyond the limits.
        """
        if not 0 < timeout < float("inf"):
            raise UsageError(f"{timeout} is no timeout.", hint="Give seconds above 0, such as 10.")
        request = QueryRequest(
            self._text(text_or_name, parameters),
            graph_format="ntriples",
            scope=_scope(scope),
        )
        return _value(self._service.query(request, seconds=timeout))

    def describe(self, iri_or_path: str) -> Graph:
        """Return all triples about a thing, with the labels of what they point to.

        Args:
            iri_or_path: Its IRI in full, or from `…/id/` on, such as `state/mongolia`.

        Raises:
            NotFoundError: If the graph says nothing of it.
        """
        iri = iri_or_path if ":" in iri_or_path else thing(iri_or_path)
        return _graph(self._service.describe(iri, graph_format="ntriples"))

    def validate(self, path: str | Path) -> ValidationReport:
        """Return what shapes and axioms say of an RDF file, read together with our own data.

        Each result tells where it stands in the file, and what was perhaps meant.

        Raises:
            UnreadableError: If the file cannot be read or parsed.
            FormatError: If its suffix is not known.
        """
        path = Path(path)
        text = RdfText(read_file(path), graph_format_by_path(path), str(path))
        sources = read_sources(project_root())
        reference = reference_of(sources.quads())
        shapes = sources.shapes_triples()
        return check([text], shapes=shapes, reference=reference, consistency=True)

    def history(self) -> tuple[Commit, ...]:
        """Return the commits that led to this version, oldest first; none without a log.

        Raises:
            HistoryError: If the log cannot be read.
        """
        if self._log is None:
            return ()
        with CommitLog(self._log) as log:
            commits = log.commits()
        return tuple(c for c in commits if c.version.number <= self.version.number)

    def close(self) -> None:
        """End the processes behind the graph; it cannot be asked any more."""
        self._service.close()

    def _text(self, text_or_name: str, parameters: dict[str, Parameter]) -> str:
        if _NAME.fullmatch(text_or_name):
            values = {name: _written(value) for name, value in parameters.items()}
            return self._service.catalogue.find(text_or_name).bind(values)
        if parameters:
            raise UsageError(
                f"{', '.join(parameters)}: only queries of the catalogue have parameters.",
                hint="Write the values into the query.",
            )
        return text_or_name


def open(state: Path | None = None) -> KnowledgeGraph:  # noqa: A001  read as neagraph.open
    """Return the graph of a state folder, ready to be asked.

    Args:
        state: A state folder, opened as it is. None for the default one (see `neagraph build`),
            which is built first where it holds no snapshot of the project's present files.

    Raises:
        SnapshotError: If the folder holds no snapshot, or a damaged one.
        UsageError: If a setting of the environment cannot be used, or the default folder has to
            be built and cannot be written.
    """
    settings = load_settings(state=None if state is None else str(state))
    if state is None and not is_current(project_root(), settings.state, reasoner=settings.reasoner):
        build(project_root(), settings.state, reasoner=settings.reasoner)
    return _opened(settings)


def _opened(settings: Settings) -> KnowledgeGraph:
    source = source_of(settings.state)
    store = ProcessStore(source, workers=settings.workers, queue=settings.queue)
    store.wait()
    service = Service(
        store,
        snapshot=source.snapshot,
        catalogue=load_catalogue(project_root() / "queries"),
        limits=replace(settings.limits(), seconds=_MOST_SECONDS),
    )
    return KnowledgeGraph(service, store=store, log=source.log)


def _scope(name: str) -> Scope:
    try:
        return Scope(name)
    except ValueError as error:
        raise UsageError(
            f'There is no scope "{name}".', hint=f"Use {' or '.join(Scope)}."
        ) from error


def _written(value: Parameter) -> str:
    return value.value if isinstance(value, NamedNode) else str(value)


def _value(answer: Answer) -> Rows | Graph | bool:
    if answer.media_type != RESULTS_FORMATS[0].media_type:
        return _graph(answer)
    results = read_results(answer.body)
    return Rows(results) if isinstance(results, Table) else results


def _graph(answer: Answer) -> Graph:
    fmt = graph_format_by_name("ntriples")
    return Graph(triples_of(parse(answer.body, fmt, source="answer", may_be_empty=True)))


def _row_class(variables: Sequence[str]) -> Callable[[Iterable[Term | None]], Row]:
    fields: list[str] = []
    for variable in variables:
        field = _field(variable)
        while field in fields:
            field += "_"
        fields.append(field)
    named: Any = namedtuple("Row", fields)  # type: ignore[misc]  # noqa: PYI024  known at run time
    row: Any = type("Row", (named, Row), {"__slots__": ()})
    return cast("Callable[[Iterable[Term | None]], Row]", row._make)


def _field(variable: str) -> str:
    name = normalize("NFKC", variable)
    if not name.isidentifier() or name.startswith("_"):
        name = f"v{name}"
    return f"{name}_" if iskeyword(name) else name


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text]


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    **dict.fromkeys((XSD + "decimal", XSD + "double", XSD + "float"), float),
    XSD + "integer": int,
    XSD + "boolean": _boolean,
    XSD + "date": date.fromisoformat,
    XSD + "dateTime": datetime.fromisoformat,
}


def _python(term: Term | None) -> object:
    if term is None or isinstance(term, Triple):
        return None if term is None else str(term)
    if not isinstance(term, Literal) or term.datatype.value not in _READERS:
        return term.value
    try:
        return _READERS[term.datatype.value](term.value)
    except (KeyError, ValueError):
        return term.value

"""The catalogue: query files with headers, found by name, with parameters bound as values.

A query file begins with header lines, `#+ key: value`; a line that begins with `#+` and two spaces
or more continues the value above it. Which keys a file has, and which it must have, depends on its
folder: see `_KEYS`. A parameter, `#+ parameter: asOf xsd:date 2020-10-31 What it means`, belongs to
one `VALUES ?asOf { … }` of the query, which holds its default, so that the file runs as it stands
on any SPARQL engine. A bound value takes the place of the default as an RDF term in N-Triples
form: no text of a user becomes part of a query.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from neagraph.errors import CatalogueError, NotFoundError, UnreadableError, UsageError
from neagraph.parameters import DATATYPES, Parameter
from neagraph.rdf.io import read_file

_MOST_BYTES: Final = 100_000
_NEAREST: Final = 3


class Kind(StrEnum):
    """What a query is for; also the name of its folder under `queries/`."""

    CATALOGUE = "catalogue"
    """A question that readers ask, on its own page."""
    COMPETENCY = "competency"
    """A question that the ontology was made to answer, with expected rows beside it."""
    SERVICE = "service"
    """A question that the service asks for its own pages."""
    CHECK = "checks"
    """A rule that the dataset keeps: the query returns what breaks it."""


class Severity(StrEnum):
    """How grave it is to break the rule of a check; the words are those of SHACL."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """A named query.

    Args:
        name: Its file name without suffix, such as `34-what-reaches-mongolia`.
        kind: What it is for.
        title: A few words.
        question: The question that it answers, as a sentence; empty for the service's own.
        description: How it answers, and what to mind.
        number: Number of the competency question; None for the other kinds.
        needs: What it takes beyond the asserted triples of the reports: `reference` data,
            `entailment`.
        parameters: What the asker chooses, in the order of the header.
        text: The file, header included; it runs as it stands, with the defaults.
        path: The file.
    """

    name: str
    kind: Kind
    title: str
    question: str
    description: str
    number: int | None
    needs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    path: Path

    def bind(self, values: Mapping[str, str]) -> str:
        """Return the query with these values in place of the defaults.

        Args:
            values: Parameter name to the user's text; see `Parameter.term`.

        Raises:
            UsageError: For a name that is no parameter of this query, or a text that is no value
                of its datatype.
        """
        by_name = {parameter.name: parameter for parameter in self.parameters}
        text = self.text
        for name, value in values.items():
            if name not in by_name:
                raise self._unknown(name)
            parameter = by_name[name]
            bound = parameter.values_of(parameter.term(value))
            text = text.replace(parameter.block, bound)
        return text

    def _unknown(self, name: str) -> UsageError:
        known = [parameter.name for parameter in self.parameters]
        return UsageError(
            f'The query {self.name} has no parameter "{name}".',
            hint=f"It has {', '.join(known)}." if known else "It has no parameters.",
        )


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that the dataset keeps, as a query that returns what breaks it.

    Args:
        name: Its file name without suffix.
        title: What is wrong with a record that is returned, in a few words.
        rule: The rule, one sentence.
        severity: How grave it is.
        text: The file; it selects `?record` and `?message`.
        path: The file.
    """

    name: str
    title: str
    rule: str
    severity: Severity
    text: str
    path: Path


class Catalogue(Mapping[str, CatalogueQuery]):
    """The named queries, by name; a competency query also by its number, as `cq34`.

    Args:
        queries: All queries, with names of their own.
    """

    def __init__(self, queries: Iterable[CatalogueQuery]) -> None:
        self._queries = {query.name: query for query in queries}
        numbered = (query for query in self._queries.values() if query.number is not None)
        self._aliases = {f"cq{query.number}": query for query in numbered}

    def __getitem__(self, name: str) -> CatalogueQuery:
        return self._queries[name] if name in self._queries else self._aliases[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def of_kind(self, kind: Kind) -> tuple[CatalogueQuery, ...]:
        """Return the queries of a kind, in the order of their names."""
        return tuple(query for query in self._queries.values() if query.kind is kind)

    def find(self, name: str) -> CatalogueQuery:
        """Return the query of that name.

        Raises:
            NotFoundError: With the nearest names as hint.
        """
        if name in self:
            return self[name]
        near = difflib.get_close_matches(name, [*self, *self._aliases], n=_NEAREST, cutoff=0.5)
        raise NotFoundError(
            f'There is no query named "{name}".',
            hint=f"Did you mean {' or '.join(near)}?" if near else "See the list of queries.",
        )


def load_catalogue(folder: Path) -> Catalogue:
    """Return the named queries of a folder that holds one folder for each kind.

    Raises:
        CatalogueError: For a header or a text that breaks the rules, with file and line, for two
            queries with one name or number, and for a folder without queries.
        UnreadableError: For a file that cannot be read.
    """
    kinds = (Kind.CATALOGUE, Kind.COMPETENCY, Kind.SERVICE)
    queries = [_query(header) for kind in kinds for header in _headers(folder / kind, kind)]
    if not queries:
        raise CatalogueError("There are no queries.", where=str(folder))
    _require_unique(queries, "name", [query.name for query in queries])
    numbered = [query for query in queries if query.number is not None]
    _require_unique(numbered, "number", [str(query.number) for query in numbered])
    return Catalogue(queries)


def load_checks(folder: Path) -> tuple[Check, ...]:
    """Return the checks of the same folder, in the order of their names; errors as above."""
    return tuple(_check(header) for header in _headers(folder / Kind.CHECK, Kind.CHECK))


# ---- Headers -------------------------------------------------------------------------------------

_KEYS: Final[Mapping[Kind, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    Kind.CATALOGUE: (("title", "question", "description"), ("needs", "parameter")),
    Kind.COMPETENCY: (
        ("title", "question", "description", "number"),
        ("needs", "parameter", "correction"),
    ),
    Kind.SERVICE: (("title", "description"), ()),
    Kind.CHECK: (("title", "rule", "severity"), ()),
}
"""The keys that a header of each kind must have, and those that it may have."""

_SEVERAL: Final = frozenset({"parameter", "correction"})
_NEEDS: Final = ("reference", "entailment")
_ENTRY: Final = re.compile(r"#\+ (?P<key>[a-z]+): +(?P<value>\S.*)")
_CONTINUATION: Final = re.compile(r"#\+ {2,}(?P<value>\S.*)")
_PARAMETER: Final = re.compile(r"(?P<name>\w+) (?P<datatype>\S+) (?P<default>\S+) (?P<what>\S.*)")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A header line: its key, its value with continuations, its line from 1."""

    key: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class _Header:
    """What a query file says of itself."""

    path: Path
    kind: Kind
    text: str
    entries: tuple[_Entry, ...]

    def all(self, key: str) -> tuple[_Entry, ...]:
        """Return the entries of a key, in order."""
        return tuple(entry for entry in self.entries if entry.key == key)

    def value(self, key: str) -> str:
        """Return the value of a key that stands once; empty where it does not stand."""
        return next((entry.value for entry in self.all(key)), "")

    def error(self, message: str, line: int, *, hint: str = "") -> CatalogueError:
        """Return an error with the place."""
        return CatalogueError(message, where=f"{self.path}:{line}", hint=hint)


def _headers(folder: Path, kind: Kind) -> list[_Header]:
    return [_header(path, kind) for path in sorted(folder.glob("*.rq"))]


def _header(path: Path, kind: Kind) -> _Header:
    text = _text(path)
    header = _Header(path, kind, text, tuple(_entries(path, text)))
    required, optional = _KEYS[kind]
    for entry in header.entries:
        if entry.key not in (*required, *optional):
            raise header.error(
                f'A query in {kind}/ has no header "{entry.key}".',
                entry.line,
                hint=f"Known are {', '.join((*required, *optional))}.",
            )
        if entry.key not in _SEVERAL and entry is not header.all(entry.key)[0]:
            raise header.error(f'The header "{entry.key}" stands twice.', entry.line)
    for key in required:
        if not header.value(key):
            raise header.error(
                f'The header "{key}" is missing.', 1, hint=f"Add a line: #+ {key}: …"
            )
    return header


def _text(path: Path) -> str:
    try:
        return read_file(path, max_bytes=_MOST_BYTES).decode()
    except UnicodeDecodeError as error:
        raise UnreadableError("This is not UTF-8 text.", where=str(path)) from error


def _entries(path: Path, text: str) -> list[_Entry]:
    entries: list[_Entry] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+"):
            break
        if (match := _ENTRY.fullmatch(line)) is not None:
            entries.append(_Entry(match["key"], match["value"].rstrip(), number))
        elif entries and (match := _CONTINUATION.fullmatch(line)) is not None:
            last = entries.pop()
            entries.append(_Entry(last.key, f"{last.value} {match['value'].rstrip()}", last.line))
        else:
            raise CatalogueError(
                "This is no header line.",
                where=f"{path}:{number}",
                hint="Write `#+ key: value`, or `#+` and two spaces to go on with the line above.",
            )
    return entries


def _query(header: _Header) -> CatalogueQuery:
    return CatalogueQuery(
        name=header.path.stem,
        kind=header.kind,
        title=header.value("title"),
        question=header.value("question"),
        description=header.value("description"),
        number=_number(header),
        needs=_needs(header),
        parameters=tuple(_parameter(header, entry) for entry in header.all("parameter")),
        text=header.text,
        path=header.path,
    )


def _check(header: _Header) -> Check:
    (entry,) = header.all("severity")
    if entry.value not in set(Severity):
        known = ", ".join(Severity)
        raise header.error(f'"{entry.value}" is no severity.', entry.line, hint=f"Use {known}.")
    return Check(
        name=header.path.stem,
        title=header.value("title"),
        rule=header.value("rule"),
        severity=Severity(entry.value),
        text=header.text,
        path=header.path,
    )


def _number(header: _Header) -> int | None:
    for entry in header.all("number"):
        if not header.path.name.startswith(f"{entry.value.zfill(2)}-") or entry.value == "0":
            raise header.error(
                f'The number "{entry.value}" is not the one that the file name begins with.',
                entry.line,
            )
        return int(entry.value)
    return None


def _needs(header: _Header) -> tuple[str, ...]:
    for entry in header.all("needs"):
        needs = tuple(word.strip() for word in entry.value.split(","))
        for word in needs:
            if word not in _NEEDS:
                raise header.error(
                    f'"{word}" is nothing that a query can need.',
                    entry.line,
                    hint=f"Known are {', '.join(_NEEDS)}.",
                )
        return needs
    return ()


def _parameter(header: _Header, entry: _Entry) -> Parameter:
    match = _PARAMETER.fullmatch(entry.value)
    if match is None or match["datatype"] not in DATATYPES:
        raise header.error(
            f'The parameter "{entry.value}" cannot be read.',
            entry.line,
            hint=f"Write: name datatype default description; with {', '.join(DATATYPES)}.",
        )
    parameter = Parameter(match["name"], match["datatype"], match["default"], match["what"])
    try:
        parameter.term(parameter.default)
    except UsageError as error:
        raise header.error(error.message, entry.line) from error
    if [header.text.count(words) for words in (parameter.block, parameter.opening)] != [1, 1]:
        raise header.error(
            f"The parameter {parameter.name} is not bound once in the query.",
            entry.line,
            hint=f"Write, in one place: {parameter.block}",
        )
    return parameter


def _require_unique(queries: list[CatalogueQuery], what: str, values: list[str]) -> None:
    seen: dict[str, CatalogueQuery] = {}
    for query, value in zip(queries, values, strict=True):
        if value in seen:
            raise CatalogueError(
                f'Two queries have the {what} "{value}".',
                where=str(query.path),
                hint=f"The other one is {seen[value].path}.",
            )
        seen[value] = query

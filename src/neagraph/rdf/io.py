"""Reading and writing RDF: bytes to quads and back, in stable order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat

from neagraph.errors import LimitError, RdfSyntaxError, UnreadableError
from neagraph.rdf.advice import OTHER_FORMAT, advice, xml_place
from neagraph.rdf.entities import check_entities
from neagraph.rdf.formats import GraphFormat, graph_format_by_name
from neagraph.rdf.terms import DefaultGraph, Literal, NamedNode, Quad, Term, Triple
from neagraph.vocab import PREFIXES, XSD

MAX_FILE_BYTES = 64 * 1024 * 1024
"""Largest RDF file or body that is read."""
MAX_LITERAL_CHARACTERS = 1_000_000
"""Longest literal that is accepted."""

_ENGINE_PLACE = re.compile(
    r"^Parser error (?:at line \d+ (?:between columns .*?|column \d+)|between line .*?): "
)


def read_file(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return the bytes of a file.

    Raises:
        UnreadableError: If there is no such file or it cannot be read.
        LimitError: If it is larger than `max_bytes`; it is not read then.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise LimitError(
                f"The file has {size:,} bytes; at most {max_bytes:,} are read.",
                where=str(path),
                hint="Split it into smaller files.",
            )
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnreadableError(
            f"The file cannot be read: {reason}.",
            where=str(path),
            hint="Check the path and that it is a readable file.",
        ) from error


def parse(  # noqa: PLR0913  each is a choice of its own
    data: bytes,
    fmt: GraphFormat,
    *,
    source: str,
    base: str | None = None,
    rename_blank_nodes: bool = True,
    may_be_empty: bool = False,
) -> list[Quad]:
    """Return the quads of RDF text, lexical forms untouched.

    Args:
        data: UTF-8 text in the format.
        fmt: The format.
        source: What to call the text in messages: a path, `-` or `request body`.
        base: IRI that relative IRIs are resolved against; None allows only absolute ones.
        rename_blank_nodes: Whether blank nodes get fresh labels, so that texts do not share any.
        may_be_empty: Whether text without a triple is fine.

    Raises:
        RdfSyntaxError: With line and column (from 1) where the parser gives them.
        LimitError: If a literal is longer than `MAX_LITERAL_CHARACTERS`, or entities of RDF/XML
            unpack to far more than what was sent.
        UnreadableError: If there is not a single triple in it, unless it may be empty.
    """
    return list(
        parsed(
            data,
            fmt,
            source=source,
            base=base,
            rename_blank_nodes=rename_blank_nodes,
            may_be_empty=may_be_empty,
        )
    )


def parsed(  # noqa: PLR0913  each is a choice of its own
    data: bytes,
    fmt: GraphFormat,
    *,
    source: str,
    base: str | None = None,
    rename_blank_nodes: bool = True,
    may_be_empty: bool = False,
) -> Iterator[Quad]:
    """Yield the quads of RDF text one by one; arguments and errors as `parse`.

    An error comes when its place in the text is reached.
    """
    if fmt.native == RdfFormat.RDF_XML:
        check_entities(data, source=source)
    is_empty = True
    try:
        for quad in pyoxigraph.parse(
            data, format=fmt.native, base_iri=base, rename_blank_nodes=rename_blank_nodes
        ):
            is_empty = False
            _check_literal(quad, source=source)
            yield quad
    except SyntaxError as error:
        raise _syntax_error(error, data, fmt, source=source) from error
    except ValueError as error:
        raise RdfSyntaxError(
            f"This is not readable as {fmt.label}: {error}.", where=source, hint=OTHER_FORMAT
        ) from error
    if is_empty and not may_be_empty:
        raise UnreadableError(
            f"There is no triple in this {fmt.label}.",
            where=source,
            hint="An empty file says nothing; check that it is the right one.",
        )


def _syntax_error(
    error: SyntaxError, data: bytes, fmt: GraphFormat, *, source: str
) -> RdfSyntaxError:
    line, column = error.lineno, error.offset
    if line is None and fmt.native == RdfFormat.RDF_XML:
        line, column = xml_place(data, error.msg or "") or (None, None)
    where = source if line is None else f"{source}:{line}:{column}"
    reason = _ENGINE_PLACE.sub("", error.msg or "unreadable").rstrip(".")
    hint = advice(reason, fmt.name)
    return RdfSyntaxError(f"{fmt.label} syntax: {reason}.", where=where, hint=hint)


def _check_literal(quad: Quad, *, source: str) -> None:
    value = quad.object
    if isinstance(value, Literal) and len(value.value) > MAX_LITERAL_CHARACTERS:
        raise LimitError(
            f"A literal of {quad.subject} {quad.predicate} has {len(value.value):,} "
            f"characters; at most {MAX_LITERAL_CHARACTERS:,} are accepted.",
            where=source,
            hint="Keep long texts in files of their own and link to them.",
        )


def parse_term(text: str) -> Term:
    """Return the term that N-Triples text stands for, such as `<http://…>` or `"2020"^^<…>`.

    Raises:
        RdfSyntaxError: If it is not one term.
    """
    line = f"<term:s> <term:p> {text} .".encode()
    (quad,) = parse(line, graph_format_by_name("ntriples"), source="term")
    return quad.object


def triples_of(quads: Iterable[Quad]) -> list[Triple]:
    """Return the triples of the quads without repetition, in order of first appearance."""
    return list(dict.fromkeys(quad.triple for quad in quads))


def in_graph(quads: Iterable[Quad], name: str) -> list[Quad]:
    """Return the same triples, all in the named graph."""
    graph = NamedNode(name)
    return [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads]


def canonical(quads: Sequence[Quad]) -> list[Quad]:
    """Return the quads with canonical blank nodes, sorted by their N-Quads text.

    Source: W3C "RDF Dataset Canonicalization" (RDFC-1.0). Its worst case is exponential in the
    number of blank nodes that look alike.
    """
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(dataset, key=str)


def write_graph(triples: Iterable[Triple], fmt: GraphFormat) -> bytes:
    """Return the triples without repetition, sorted, with the project's prefixes."""
    ordered = sorted(set(triples), key=str)
    return _serialize(
        [Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in ordered], fmt
    )


def write_nquads(quads: Iterable[Quad]) -> bytes:
    """Return the quads as sorted N-Quads."""
    return _sorted_lines(_serialize(quads, None))


def to_lines(quads: Iterable[Quad]) -> list[str]:
    """Return the quads as sorted N-Quads lines without line ends, blank nodes by their labels."""
    return sorted(f"{quad} ." for quad in quads)


def from_lines(lines: Iterable[str], *, source: str = "N-Quads") -> list[Quad]:
    """Return the quads of N-Quads lines, blank nodes and lexical forms as they are.

    Comments are passed over; no line at all is fine.

    Raises:
        RdfSyntaxError: For a line that is none, with its number.
    """
    data, fmt = "\n".join(lines).encode(), graph_format_by_name("nquads")
    try:
        return list(pyoxigraph.parse(data, format=fmt.native))
    except SyntaxError as error:
        raise _syntax_error(error, data, fmt, source=source) from error


def write_ntriples(triples: Iterable[Triple]) -> bytes:
    """Return the triples as sorted N-Triples."""
    return write_nquads(Quad(t.subject, t.predicate, t.object) for t in triples)


def _serialize(quads: Iterable[Quad], fmt: GraphFormat | None) -> bytes:
    native = RdfFormat.N_QUADS if fmt is None else fmt.native
    quads = list(quads)
    body = pyoxigraph.serialize(quads, format=native, prefixes=_prefixes_used(quads))
    return _sort_prefixes(body if body is not None else b"")


def _prefixes_used(quads: list[Quad]) -> dict[str, str]:
    terms = {
        t.value
        for q in quads
        for t in (q.subject, q.predicate, q.object, q.graph_name)
        if isinstance(t, NamedNode)
    }
    datatypes = {q.object.datatype.value for q in quads if isinstance(q.object, Literal)}
    terms |= datatypes - {XSD + "string"}
    return {p: ns for p, ns in PREFIXES.items() if any(term.startswith(ns) for term in terms)}


def _sort_prefixes(text: bytes) -> bytes:
    """Turtle's prefixes come from the engine in any order; a graph is to have one form."""
    lines = text.splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if not line.startswith(b"@prefix")), len(lines))
    return b"".join([*sorted(lines[:count]), *lines[count:]])


def _sorted_lines(text: bytes) -> bytes:
    return b"".join(sorted(text.splitlines(keepends=True)))

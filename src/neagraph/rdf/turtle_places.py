"""Where each triple of a Turtle, TriG, N-Triples or N-Quads text stands.

The text has been parsed by the engine and found well-formed, so this reads it without checking it
again. Sources: W3C "RDF 1.1 Turtle", section 6.5, "TriG", section 4.5. The syntax of RDF 1.2 for
triples about triples is not followed: what comes after its first use has no place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import urljoin

from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term
from neagraph.vocab import RDF, RDF_TYPE, XSD


class PlacedTriple(NamedTuple):
    """A triple, and the offsets in characters at which its three terms begin.

    Blank nodes have labels of their own, which are not those of the engine's parser.
    """

    subject: NamedNode | BlankNode
    predicate: NamedNode
    object: Term
    subject_at: int
    predicate_at: int
    object_at: int


_CHARS = (
    r"A-Za-z0-9_\-\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f"
    r"\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_INNER_DOTS = rf"\.+(?=[{_CHARS}:%\\])"
_IRI = r"<[^<>\"{}|^`\x00-\x20]*>"
_NAME = rf"(?:[{_CHARS}]|\.+(?=[{_CHARS}.]*:))*:(?:[{_CHARS}:%]|\\.|{_INNER_DOTS})*"
_LONG = r'"""(?:[^"\\]|\\.|"(?!""))*"""' + "|" + r"'''(?:[^'\\]|\\.|'(?!''))*'''"
_SHORT = r'"(?:[^"\\\n\r]|\\.)*"' + "|" + r"'(?:[^'\\\n\r]|\\.)*'"
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>[ \t\r\n]+|\#[^\n\r]*)
    | (?P<iri>{_IRI})
    | (?P<blank>_:(?:[{_CHARS}]|\.+(?=[{_CHARS}]))+)
    | (?P<name>{_NAME})
    | (?P<text>{_LONG}|{_SHORT})(?:\s*@(?P<language>[A-Za-z]+(?:-[A-Za-z0-9]+)*)
        |\s*\^\^\s*(?P<datatype>{_IRI}|{_NAME}))?
    | (?P<double>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+)
    | (?P<decimal>[+-]?[0-9]*\.[0-9]+)
    | (?P<integer>[+-]?[0-9]+)
    | (?P<word>@?[A-Za-z]+)
    | (?P<mark>[\[\](),;.{{}}](?!\|))
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LETTERS: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_FIRST: Final = NamedNode(RDF + "first")
_REST: Final = NamedNode(RDF + "rest")
_NIL: Final = NamedNode(RDF + "nil")
_DATATYPES: Final = {kind: NamedNode(XSD + kind) for kind in ("double", "decimal", "integer")}
_BOOLEAN: Final = NamedNode(XSD + "boolean")
_OPEN_LONG: Final = ('"""', "'''")


class _Need(Enum):
    SUBJECT = 0
    PREDICATE = 1
    OBJECT = 2
    NOTHING = 3
    ITEM = 4


@dataclass(slots=True)
class _Frame:
    """A statement, a `[ … ]` or a `( … )` that is being read, and the terms it has so far."""

    need: _Need
    at: int = 0
    subject: NamedNode | BlankNode = _NIL
    subject_at: int = 0
    predicate: NamedNode = _NIL
    predicate_at: int = 0
    head: NamedNode | BlankNode = _NIL
    tail: BlankNode | None = None


@dataclass(slots=True)
class _Reader:
    """What has been read up to a point of a text: declarations, and what is open."""

    base: str
    prefixes: dict[str, str] = field(default_factory=dict)
    terms: dict[str, NamedNode] = field(default_factory=dict)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame(_Need.SUBJECT)])
    declared: str = ""
    """What is being declared: `base`, `prefix`, or the prefix whose namespace is to follow."""
    blank_nodes: int = 0

    @property
    def is_between_statements(self) -> bool:
        """Whether what comes next begins a statement."""
        return self.frames[-1].need is _Need.SUBJECT and not self.declared

    def read(self, match: re.Match[str]) -> Iterator[PlacedTriple]:
        """Take one token and yield the triples that it completes."""
        kind, text = match.lastgroup or "", match[0]
        if kind in {"language", "datatype"}:
            kind = "text"
        if kind == "mark":
            yield from self._on_mark(text, match.start())
        elif kind == "word":
            yield from self._on_word(text, match.start())
        elif self.declared:
            self._declare(kind, text)
        else:
            yield from self._deliver(self._term(kind, match), match.start())

    def _on_mark(self, mark: str, at: int) -> Iterator[PlacedTriple]:
        frame = self.frames[-1]
        if mark == ";":
            frame.need = _Need.PREDICATE
        elif mark == ",":
            frame.need = _Need.OBJECT
        elif mark == "[":
            self.frames.append(_Frame(_Need.PREDICATE, at, self._blank_node(), at))
        elif mark == "(":
            self.frames.append(_Frame(_Need.ITEM, at))
        elif mark in {"]", ")"}:
            yield from self._close(self.frames.pop())
        else:  # the end of a statement, or a brace of TriG, whose graph's name is of no interest
            frame.need = _Need.SUBJECT

    def _close(self, frame: _Frame) -> Iterator[PlacedTriple]:
        if frame.need is not _Need.ITEM:
            yield from self._deliver(frame.subject, frame.at)
            return
        if frame.tail is not None:
            yield PlacedTriple(frame.tail, _REST, _NIL, frame.at, frame.at, frame.at)
        yield from self._deliver(frame.head, frame.at)

    def _on_word(self, word: str, at: int) -> Iterator[PlacedTriple]:
        lowered = word.lower().removeprefix("@")
        if lowered in {"prefix", "base"}:
            self.declared = lowered
        elif word == "a":
            yield from self._deliver(NamedNode(RDF_TYPE), at)
        elif word in {"true", "false"}:
            yield from self._deliver(Literal(word, datatype=_BOOLEAN), at)

    def _declare(self, kind: str, text: str) -> None:
        if kind == "name":
            self.declared = text
            return
        iri = self.resolved(text)
        if self.declared == "base":
            self.base = iri
        else:
            self.prefixes[self.declared[:-1]] = iri
        self.declared = ""
        self.terms.clear()

    def _deliver(self, term: Term, at: int) -> Iterator[PlacedTriple]:
        """Put a term where the innermost frame needs one; a triple is yielded if it is whole."""
        frame = self.frames[-1]
        if frame.need is _Need.OBJECT:
            frame.need = _Need.NOTHING
            yield PlacedTriple(
                frame.subject, frame.predicate, term, frame.subject_at, frame.predicate_at, at
            )
        elif frame.need is _Need.PREDICATE and isinstance(term, NamedNode):
            frame.predicate, frame.predicate_at, frame.need = term, at, _Need.OBJECT
        elif frame.need is _Need.SUBJECT and not isinstance(term, Literal):
            frame.subject, frame.subject_at, frame.need = _node(term), at, _Need.PREDICATE
        elif frame.need is _Need.ITEM:
            yield from self._add(frame, term, at)

    def _add(self, frame: _Frame, term: Term, at: int) -> Iterator[PlacedTriple]:
        """Add an item to a collection."""
        cell = self._blank_node()
        if frame.tail is None:
            frame.head = cell
        else:
            yield PlacedTriple(frame.tail, _REST, cell, frame.at, frame.at, at)
        frame.tail = cell
        yield PlacedTriple(cell, _FIRST, term, frame.at, frame.at, at)

    def _blank_node(self) -> BlankNode:
        self.blank_nodes += 1
        return BlankNode(f"anonymous{self.blank_nodes}")

    def _term(self, kind: str, match: re.Match[str]) -> Term:
        text = match[0]
        if kind in {"iri", "name"}:
            return self._named(text)
        if kind == "blank":
            return BlankNode("label" + text[2:])
        if kind == "text":
            return self._literal(match)
        return Literal(text, datatype=_DATATYPES[kind])

    def _named(self, text: str) -> NamedNode:
        known = self.terms.get(text)
        if known is None:
            known = self.terms[text] = NamedNode(self.resolved(text))
        return known

    def resolved(self, text: str) -> str:
        """Return the IRI that an IRI or a name with a prefix stands for."""
        if text[0] != "<":
            prefix, _, local = text.partition(":")
            return self.prefixes.get(prefix, "") + _unescaped(local)
        iri = _unescaped(text[1:-1])
        return iri if _SCHEME.match(iri) else urljoin(self.base, iri)

    def _literal(self, match: re.Match[str]) -> Literal:
        quoted, language, datatype = match.group("text", "language", "datatype")
        width = 3 if quoted.startswith(_OPEN_LONG) else 1
        value = _unescaped(quoted[width:-width])
        if language is not None:
            return Literal(value, language=language.lower())
        return Literal(value, datatype=None if datatype is None else self._named(datatype))


def _node(term: Term) -> NamedNode | BlankNode:
    return term if isinstance(term, NamedNode | BlankNode) else _NIL


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    return _LETTERS.get(letter, letter) if letter else chr(int(short or long, 16))


def placed_triples(
    text: str, *, base: str = "", subjects: Collection[str] | None = None
) -> Iterator[PlacedTriple]:
    """Yield the triples of a text, in order, graphs of TriG and N-Quads left aside.

    Args:
        text: Well-formed Turtle, TriG, N-Triples or N-Quads.
        base: What relative IRIs are resolved against.
        subjects: IRIs; statements about others may be passed over. None for all statements.
    """
    reader, at = _Reader(base), 0
    while match := _TOKEN.match(text, at):
        if subjects is not None and reader.is_between_statements:
            end = _end_of_others(reader, text, at, subjects)
            if end > at:
                at = end
                continue
        at = match.end()
        if match.lastgroup != "space":
            yield from reader.read(match)


@cache
def _statement() -> re.Pattern[str]:
    """Return what matches a statement without brackets, from its subject, an IRI, to its end.

    It takes a while to compile, and is needed only where something is wrong with a text.
    """
    return re.compile(
        rf"""(?P<subject>{_IRI}|{_NAME})
        (?: [ \t\r\n]++ | \#[^\n\r]*+ | (?>{_IRI} | _:(?:[{_CHARS}]|\.+(?=[{_CHARS}]))+ | {_NAME})
          | (?>{_LONG}|{_SHORT}) | @?[A-Za-z]++(?:-[A-Za-z0-9]++)*+ | \^\^ | [,;]
          | [+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)[eE][+-]?[0-9]++ | [+-]?[0-9]*+\.[0-9]++
          | [+-]?[0-9]++
        )*+
        \.""",
        re.VERBOSE | re.DOTALL,
    )


def _end_of_others(reader: _Reader, text: str, at: int, subjects: Collection[str]) -> int:
    """Return where a plain statement about none of the subjects ends; else where it begins."""
    match = _statement().match(text, at)
    if match is None or reader.resolved(match["subject"]) in subjects:
        return at
    return match.end()

"""The triple patterns of a SPARQL text, and which of them every solution matches.

Only what constraints usually hold is understood; the rest is `UnknownPatternError`, for which the
caller has an answer that is slower and right.

Source: W3C SPARQL 1.1 Query, section 19.8 (grammar).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from neagraph.rdf.query_text import Token, tokens
from neagraph.rdf.terms import NamedNode
from neagraph.validation.paths import ALTERNATIVE, SEQUENCE, CompoundPath, Path
from neagraph.vocab import RDF_TYPE

_MODIFIERS: Final = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
_NOT_READ: Final = frozenset({"SELECT", "GRAPH", "MINUS", "SERVICE", "VALUES"})
_END: Final = Token("end", "", 0, 0)


class UnknownPatternError(Exception):
    """A text holds something that is not understood here."""


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """A triple pattern.

    Args:
        subject: A variable, as in `?x`, or another term in SPARQL notation.
        path: Its property or path; None if it is a variable that a filter beside it does not
            restrict to some properties.
        value: Its object, like the subject.
        groups: The numbers of the inner groups around it, from the outermost one; none if every
            solution of the text matches it.
        text: The pattern in SPARQL notation.
        verb: The variable that is its property; empty if there is none.
    """

    subject: str
    path: Path | None
    value: str
    groups: tuple[int, ...]
    text: str
    verb: str = ""

    @property
    def is_required(self) -> bool:
        """Whether every solution of the text matches it."""
        return not self.groups


def triple_patterns(body: str) -> list[TriplePattern]:
    """Return the triple patterns of a graph pattern without prefixed names.

    Raises:
        UnknownPatternError: If there is something in it that is not understood here.
    """
    parser = _Parser(body)
    return [parser.restricted(pattern) for pattern in list(parser.group(()))]


class _Parser:
    """Reads the inside of one pair of braces, and what is nested in it."""

    def __init__(self, body: str) -> None:
        self._tokens = list(tokens(body))
        self._at = 0
        self._numbers = count(1)
        self._choices: dict[tuple[tuple[int, ...], str], Path] = {}

    def restricted(self, pattern: TriplePattern) -> TriplePattern:
        """Return a pattern with the properties that a filter in its group leaves to its verb."""
        chosen = self._choices.get((pattern.groups, pattern.verb))
        return pattern if chosen is None else replace(pattern, path=chosen)

    def group(self, groups: tuple[int, ...]) -> Iterator[TriplePattern]:
        """Yield the patterns up to the closing brace, or the end."""
        while self._next.text not in {"}", ""}:
            word = self._next.text.upper()
            if self._next.kind == "word" and word in _NOT_READ:
                raise UnknownPatternError(word)
            if word in {"FILTER", "BIND"}:
                self._take()
                self._note_choice(groups)
                yield from self._expression(groups)
            elif word in {"OPTIONAL", "UNION", "{"}:
                yield from self._inner(groups)
            elif word in {".", ";"}:
                self._take()
            else:
                yield from self._triples(groups)

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _inner(self, groups: tuple[int, ...]) -> Iterator[TriplePattern]:
        """Yield the patterns of a group that some solutions may do without."""
        while self._next.text != "{":
            self._take()
        self._take()
        yield from self.group((*groups, next(self._numbers)))
        self._take()

    def _note_choice(self, groups: tuple[int, ...]) -> None:
        """Note `(?x IN (<a>, <b>))`, if that is the expression which begins here."""
        found = self._tokens[self._at :]
        words = [token.text.upper() for token in found[:4]]
        if words[:1] + words[2:] != ["(", "IN", "("] or found[1].kind != "variable":
            return
        end = next((i for i, token in enumerate(found) if token.text == ")"), len(found))
        properties, commas = found[4:end:2], found[5:end:2]
        closed = [token.text for token in found[end : end + 2]] == [")", ")"]
        plain = all(t.kind == "iri" for t in properties) and all(t.text == "," for t in commas)
        if closed and plain and properties:
            parts = tuple(NamedNode(token.text[1:-1]) for token in properties)
            self._choices[groups, _variable(found[1])] = CompoundPath(ALTERNATIVE, parts)

    def _expression(self, groups: tuple[int, ...]) -> Iterator[TriplePattern]:
        """Pass over an expression; yield the patterns of the groups in it."""
        depth = 0
        while self._next is not _END:
            if self._next.text == "{":
                yield from self._inner(groups)
            else:
                depth += {"(": 1, ")": -1}.get(self._take().text, 0)
            if depth == 0 and self._tokens[self._at - 1].text in {")", "}"}:
                return

    def _triples(self, groups: tuple[int, ...]) -> Iterator[TriplePattern]:
        """Yield the patterns of one subject."""
        subject = self._term()
        while True:
            start, first = self._next.start, self._next
            path = self._verb()
            variable = _variable(first) if path is None else ""
            verb = self._text_from(start)
            while True:
                value = self._term()
                text = f"{subject} {verb} {value} ."
                yield TriplePattern(subject, path, value, groups, text, variable)
                if self._next.text != ",":
                    break
                self._take()
            while self._next.text == ";":
                self._take()
            is_keyword = self._next.kind == "word" and self._next.text != "a"
            if is_keyword or self._next.text in {".", "{", "}", ""}:
                return

    def _text_from(self, start: int) -> str:
        found = [token for token in self._tokens[: self._at] if token.start >= start]
        return "".join(_variable(t) if t.kind == "variable" else t.text for t in found)

    def _term(self) -> str:
        token = self._take()
        if token.kind == "variable":
            return _variable(token)
        if token.kind == "iri":
            return token.text
        if token.kind == "string":
            return token.text + self._annotation()
        number = token.text.isdecimal() and self._next.start != token.end
        if token.kind == "word" and (number or token.text in {"true", "false"}):
            return token.text
        raise UnknownPatternError(token.text)

    def _annotation(self) -> str:
        """Return the language or datatype of a literal."""
        if self._next.kind == "language":
            return self._take().text
        if self._next.text == "^":
            self._take()
            self._take()
            return f"^^{self._take().text}"
        return ""

    def _verb(self) -> Path | None:
        if self._next.kind == "variable":
            self._take()
            return None
        return self._alternative()

    def _alternative(self) -> Path:
        return self._joined("|", ALTERNATIVE, self._sequence)

    def _sequence(self) -> Path:
        return self._joined("/", SEQUENCE, self._element)

    def _joined(self, sign: str, operator: str, part: Callable[[], Path]) -> Path:
        parts = [part()]
        while self._next.text == sign:
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else CompoundPath(operator, tuple(parts))

    def _element(self) -> Path:
        token = self._take()
        if token.text == "^":
            return CompoundPath("inversePath", (self._element(),))
        if token.text == "(":
            path = self._alternative()
            self._take()
        elif token.text == "a":
            path = NamedNode(RDF_TYPE)
        elif token.kind == "iri":
            path = NamedNode(token.text[1:-1])
        else:
            raise UnknownPatternError(token.text)
        if self._next.text in _MODIFIERS:
            return CompoundPath(_MODIFIERS[self._take().text], (path,))
        return path


def _variable(token: Token) -> str:
    return f"?{token.text[1:]}"

"""What was perhaps meant, where one value or property is nearly right.

Among what the shape allows the name that is written most alike is taken; a literal is written anew
in the form that the shape asks for. Nothing is suggested that the shape would refuse.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple, show
from neagraph.validation.index import TripleIndex
from neagraph.validation.naming import spelled
from neagraph.validation.report import ValidationResult
from neagraph.vocab import RDF_TYPE, RDFS, RDFS_LABEL, SH, SKOS, SKOS_PREF_LABEL, XSD

_LIKENESS: Final = 0.74
"""How much alike two names must be, from 0 to 1."""
_MOST_CANDIDATES: Final = 5_000
_LONGEST: Final = 200
_DEPTH: Final = 5
_SHAPES_INSIDE: Final = tuple(
    NamedNode(SH + n) for n in ("node", "property", "qualifiedValueShape")
)
_LISTS_OF_SHAPES: Final = tuple(NamedNode(SH + name) for name in ("or", "and", "xone"))
_IN, _CLASS, _PATH, _HAS_VALUE, _DATATYPE, _PATTERN = (
    NamedNode(SH + name) for name in ("in", "class", "path", "hasValue", "datatype", "pattern")
)
_MIN_COUNTS: Final = {
    SH + f"{kind}ConstraintComponent" for kind in ("MinCount", "QualifiedMinCount")
}
_SUBCLASS: Final = NamedNode(RDFS + "subClassOf")
_TYPE: Final = NamedNode(RDF_TYPE)
_IN_SCHEME: Final = NamedNode(SKOS + "inScheme")
_LABELS: Final = tuple(NamedNode(p) for p in (RDFS_LABEL, SKOS_PREF_LABEL, SKOS + "altLabel"))
_SEPARATORS: Final = re.compile(r"(?<=\d)[,' ](?=\d{3}(?!\d))")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DATE: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


class Suggestion(NamedTuple):
    """What was perhaps meant.

    Args:
        text: In one sentence, for people.
        written: The property that stands in the place of the one meant; None for a value.
    """

    text: str
    written: NamedNode | None = None


@dataclass(slots=True)
class Suggester:
    """Knows what shapes allow, and what there is.

    Args:
        shapes: The shapes graph.
        known: The data that are checked, with all that the shapes may look at, as default graph.
    """

    shapes: Sequence[Triple]
    known: Engine
    _shapes: TripleIndex = field(init=False)
    _names: dict[Term, dict[str, Term]] = field(init=False, default_factory=dict)
    _paths: set[NamedNode] = field(init=False)

    def __post_init__(self) -> None:
        self._shapes = TripleIndex(self.shapes)
        self._paths = {
            t.object
            for t in self.shapes
            if t.predicate == _PATH and isinstance(t.object, NamedNode)
        }

    def of(self, result: ValidationResult) -> Suggestion | None:
        """Return what was perhaps meant; None where nothing is near."""
        if result.value is None:
            return self._property(result)
        value, shape = result.value, result.source_shape
        meant = self._rewritten(value, shape) or self._nearest(value, shape)
        if meant is None or meant == value:
            return None
        return Suggestion(f"did you mean {spelled(meant)}?")

    def _property(self, result: ValidationResult) -> Suggestion | None:
        """Look for the missing property among those of the record that nobody knows."""
        path, component = result.path, result.constraint_component
        if not isinstance(path, NamedNode) or str(component).strip("<>") not in _MIN_COUNTS:
            return None
        wanted = _local_name(path.value)
        for written in self._properties(result.focus_node):
            if written not in self._paths and not self._is_described(written):
                near = difflib.get_close_matches(_local_name(written.value), [wanted], 1, _LIKENESS)
                if near or _local_name(written.value).lower() == wanted.lower():
                    text = f"you wrote {show(written)}; did you mean {show(path)}?"
                    return Suggestion(text, written)
        return None

    def _nearest(self, value: Term, shape: Term) -> Term | None:
        if shape not in self._names:
            self._names[shape] = self._named(self._allowed(shape, _DEPTH))
        text = _text_of(value)
        if not text or self._is_described(value):  # a thing of its own is no slip of the keyboard
            return None
        names = self._names[shape]
        if any(map(str.isdecimal, text)):  # an id: another letter in it means another thing
            found = [name for name in names if _bare(name) == _bare(text)]
        else:
            found = difflib.get_close_matches(text, names, n=1, cutoff=_LIKENESS)
        return names[found[0]] if found else None

    def _named(self, terms: Iterable[Term]) -> dict[str, Term]:
        """Return terms by their names: the ends of their addresses, and their labels."""
        names: dict[str, Term] = {}
        for term, _ in zip(terms, range(_MOST_CANDIDATES), strict=False):
            names.setdefault(_text_of(term), term)
            for label in self._labels(term):
                names.setdefault(_text_of(label), term)
        return names

    def _allowed(self, shape: Term, depth: int) -> Iterator[Term]:
        """Yield the values that a shape names, and the members of the classes and schemes named."""
        for head in self._shapes.values(shape, _IN):
            yield from self._shapes.members(head)
        for class_ in self._shapes.values(shape, _CLASS):
            yield from self._instances(class_)
        for scheme in self._shapes.values(shape, _HAS_VALUE):
            if self._shapes.value(shape, _PATH) == _IN_SCHEME:
                yield from self._subjects(_IN_SCHEME, scheme)
            else:
                yield scheme
        for inner in self._inner(shape) if depth else ():
            yield from self._allowed(inner, depth - 1)

    def _inner(self, shape: Term) -> Iterator[Term]:
        for predicate in _SHAPES_INSIDE:
            yield from self._shapes.values(shape, predicate)
        for predicate in _LISTS_OF_SHAPES:
            for head in self._shapes.values(shape, predicate):
                yield from self._shapes.members(head)

    def _instances(self, class_: Term) -> Iterator[Term]:
        classes, seen = [class_], {class_}
        while classes:
            known = classes.pop()
            yield from self._subjects(_TYPE, known)
            below = [c for c in self._subjects(_SUBCLASS, known) if c not in seen]
            seen.update(below)
            classes += below

    def _subjects(self, predicate: NamedNode, value: Term) -> list[Term]:
        return [quad.subject for quad in self.known.matching(None, predicate, value)]

    def _properties(self, node: Term) -> list[NamedNode]:
        if not isinstance(node, NamedNode | BlankNode):
            return []
        return sorted({quad.predicate for quad in self.known.matching(node)}, key=str)

    def _is_described(self, node: Term) -> bool:
        return bool(self._properties(node))

    def _labels(self, node: Term) -> Iterator[Term]:
        if isinstance(node, NamedNode | BlankNode):
            for predicate in _LABELS:
                yield from (quad.object for quad in self.known.matching(node, predicate))

    def _rewritten(self, value: Term, shape: Term) -> Term | None:
        """Return a value in the form that the shape asks for, if that is all that it lacks."""
        text = "" if not isinstance(value, Literal | NamedNode) else value.value
        if not text or len(text) > _LONGEST:
            return None
        if isinstance(value, Literal):
            datatypes = list(self._constraints(shape, _DATATYPE, _DEPTH))
            forms = (
                [_in_form(text, d) for d in datatypes] if value.datatype not in datatypes else []
            )
            if any(forms):
                return next(filter(None, forms))
        for pattern in self._constraints(shape, _PATTERN, 0):
            for form in _SPELLINGS:
                if form(text) != text and _fits(pattern.value, form(text)):
                    return Literal(form(text)) if isinstance(value, Literal) else _iri(form(text))
        return None

    def _constraints(
        self, shape: Term, parameter: NamedNode, depth: int
    ) -> Iterator[NamedNode | Literal]:
        """Yield the values of a parameter of a shape, and of those inside it, outermost first."""
        for value in self._shapes.values(shape, parameter):
            if isinstance(value, NamedNode | Literal):
                yield value
        for inner in self._inner(shape) if depth else ():
            yield from self._constraints(inner, parameter, depth - 1)


def _in_form(text: str, datatype: NamedNode | Literal) -> Literal | None:
    """Return the literal of a datatype that a text stands for; None if there is none."""
    form = _FORMS.get(datatype.value.removeprefix(XSD))
    written = None if form is None else form(text)
    if written is None or not isinstance(datatype, NamedNode):
        return None
    return Literal(written, datatype=datatype)


def _number(text: str) -> str | None:
    """Return the one number in a text, without separators and what stands around it."""
    found = _NUMBER.findall(_SEPARATORS.sub("", text))
    return found[0] if len(found) == 1 else None


def _decimal(text: str) -> str | None:
    number = _number(text)
    return number if number is None or "." in number else number + ".0"


def _integer(text: str) -> str | None:
    number = _number(text)
    return None if number is None or "." in number else number


def _date(text: str) -> str | None:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    return f"{year:04}-{month:02}-{day:02}" if month in range(1, 13) and 0 < day < 32 else None  # noqa: PLR2004  days of a month


_FORMS: Final[dict[str, Callable[[str], str | None]]] = {
    "date": _date,
    "decimal": _decimal,
    "integer": _integer,
    "nonNegativeInteger": _integer,
}
"""Local name of a datatype to what writes a text in its form, or returns None."""

_SPELLINGS: Final[tuple[Callable[[str], str], ...]] = (
    str.strip,
    str.upper,
    str.lower,
    lambda text: re.sub(r"[_ ]+", "-", text.strip()).lower(),
    lambda text: re.sub(r"[_ ]+", "-", text.strip()),
)


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def _iri(text: str) -> NamedNode | None:
    try:
        return NamedNode(text)
    except ValueError:
        return None


def _text_of(term: Term) -> str:
    if isinstance(term, NamedNode):
        return _local_name(term.value).lower()
    return term.value.lower()[:_LONGEST] if isinstance(term, Literal) else ""


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _local_name(iri: str) -> str:
    return re.split(r"[/#:]", iri.rstrip("/#"))[-1]

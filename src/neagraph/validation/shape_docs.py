"""What a record of each class needs, told by the shapes themselves, with a record as an example."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from neagraph.errors import NotFoundError
from neagraph.rdf.terms import Literal, NamedNode, Term, Triple, show
from neagraph.validation.index import TripleIndex
from neagraph.validation.paths import read_path, show_path
from neagraph.vocab import ID, NEA, PREFIXES, RDF_TYPE, RDFS, RDFS_LABEL, SH, SKOS, XSD

FIRST: Final = tuple(NEA + name for name in ("Meeting", "Statement", "Commitment", "Contribution"))
"""The classes that reports fill, which come before the others."""
_TYPE: Final = NamedNode(RDF_TYPE)
_SUBCLASS: Final = NamedNode(RDFS + "subClassOf")
_TARGET, _PATH, _NAME, _MESSAGE, _SEVERITY = (
    NamedNode(SH + name) for name in ("targetClass", "path", "name", "message", "severity")
)
_TARGETS: Final = tuple(NamedNode(SH + f"target{end}Of") for end in ("Subjects", "Objects"))
_MIN_COUNT, _QUALIFIED = NamedNode(SH + "minCount"), NamedNode(SH + "qualifiedMinCount")
_FIX_HINT, _DOCS = NamedNode(NEA + "fixHint"), NamedNode(NEA + "docs")
_LABEL, _DEFINITION = NamedNode(RDFS_LABEL), NamedNode(SKOS + "definition")
_BARE: Final = {XSD + name for name in ("integer", "decimal", "boolean")}
_GRAVITY: Final = {SH + "Violation": 0, SH + "Warning": 1, SH + "Info": 2}
_PLACEHOLDER: Final = re.compile(r"\{[?$]\w+\}")
_MOST_OF_EXAMPLE: Final = 24


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a shape asks for.

    Args:
        iri: The shape.
        name: What it is about, in some words.
        path: The property or path that it looks at; empty if it looks at the record as a whole.
        severity: `violation`, `warning` or `info`.
        needed: Whether a record without a value is found wanting.
        mistake: What is said of a record that does not keep it.
        fix: What to write.
        inherited: The class above that it is asked of; empty where it is asked of this class.
    """

    iri: str
    name: str
    path: str
    severity: str
    needed: bool
    mistake: str
    fix: str
    inherited: str = ""

    @property
    def anchor(self) -> str:
        """Its address on a page, such as `05-operative-verb/count`."""
        return self.iri.removeprefix(ID + "shape/")


@dataclass(frozen=True, slots=True)
class ClassDocs:
    """What a record of a class needs.

    Args:
        iri: The class.
        name: Its local name, such as `Meeting`.
        label: Its label.
        definition: Its definition; empty where it has none.
        rules: Graver ones first, then in order of their numbers.
        example: A record that conforms, in Turtle; empty where there is none.
    """

    iri: str
    name: str
    label: str
    definition: str
    rules: tuple[Rule, ...]
    example: str


def class_docs(shapes: Sequence[Triple], data: Sequence[Triple]) -> tuple[ClassDocs, ...]:
    """Return what each class with a shape needs, the classes that reports fill first.

    Args:
        shapes: The shapes graph.
        data: Ontology, vocabularies and records that conform, for labels and examples.
    """
    known = _Known(shapes, data)
    classes = {t.object for t in shapes if t.predicate == _TARGET} - {None}
    named = sorted((c.value for c in classes if isinstance(c, NamedNode)), key=_place)
    return tuple(_docs_of(NamedNode(iri), known) for iri in named)


def general_rules(shapes: Sequence[Triple]) -> tuple[Rule, ...]:
    """Return the rules for whatever has a property, of whatever class."""
    index = TripleIndex(shapes)
    found = {t.subject for t in shapes if t.predicate in _TARGETS}
    return _in_order(_rule(index, shape) for shape in found if isinstance(shape, NamedNode))


class _Known:
    """Shapes and data, by what is looked for in them."""

    def __init__(self, shapes: Sequence[Triple], data: Sequence[Triple]) -> None:
        self.shapes, self.data = TripleIndex(shapes), TripleIndex(data)
        self.by_class: dict[Term, list[NamedNode]] = defaultdict(list)
        self.instances: dict[Term, list[Term]] = defaultdict(list)
        self.about: dict[Term, list[Triple]] = defaultdict(list)
        for triple in shapes:
            if triple.predicate == _TARGET and isinstance(triple.subject, NamedNode):
                self.by_class[triple.object].append(triple.subject)
        for triple in data:
            self.about[triple.subject].append(triple)
            if triple.predicate == _TYPE:
                self.instances[triple.object].append(triple.subject)
        below: dict[Term, list[Term]] = defaultdict(list)
        for triple in data:
            if triple.predicate == _SUBCLASS:
                below[triple.object].append(triple.subject)
        self.below = below

    def ancestors(self, class_: Term) -> list[Term]:
        """Return a class and those above it, nearest first."""
        found = [class_]
        for known in found:
            found += [c for c in self.data.values(known, _SUBCLASS) if c not in found]
        return found

    def members(self, class_: Term) -> list[Term]:
        """Return the instances of a class and of those below it."""
        classes = [class_]
        for known in classes:
            classes += [c for c in self.below.get(known, ()) if c not in classes]
        return [node for known in classes for node in self.instances.get(known, ())]


def _place(iri: str) -> tuple[int, str]:
    return (FIRST.index(iri) if iri in FIRST else len(FIRST)), show(NamedNode(iri)).lower()


def _docs_of(class_: NamedNode, known: _Known) -> ClassDocs:
    rules = [
        _rule(known.shapes, shape, inherited="" if above == class_ else show(above))
        for above in known.ancestors(class_)
        for shape in known.by_class.get(above, ())
    ]
    return ClassDocs(
        iri=class_.value,
        name=re.split(r"[#/]", class_.value)[-1],
        label=_text(known.data.values(class_, _LABEL)) or show(class_),
        definition=_text(known.data.values(class_, _DEFINITION)),
        rules=_in_order(rules),
        example=_example(class_, known),
    )


def _rule(shapes: TripleIndex, shape: NamedNode, *, inherited: str = "") -> Rule:
    path = shapes.value(shape, _PATH)
    severity = shapes.value(shape, _SEVERITY)
    graver = severity.value if isinstance(severity, NamedNode) else SH + "Violation"
    counts = (*shapes.values(shape, _MIN_COUNT), *shapes.values(shape, _QUALIFIED))
    return Rule(
        iri=shape.value,
        name=_text(shapes.values(shape, _NAME)) or show(shape),
        path="" if path is None else show_path(read_path(shapes, path)),
        severity=graver.removeprefix(SH).lower(),
        needed=any(isinstance(count, Literal) and count.value != "0" for count in counts),
        mistake=_PLACEHOLDER.sub("…", _text(shapes.values(shape, _MESSAGE))),
        fix=_text(shapes.values(shape, _FIX_HINT)),
        inherited=inherited,
    )


def _in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules, what a record needs first, then graver ones, then by number."""

    def key(rule: Rule) -> tuple[bool, int, str]:
        return not rule.needed, _GRAVITY.get(SH + rule.severity.capitalize(), 3), rule.iri

    return tuple(sorted(dict.fromkeys(rules), key=key))


def _text(values: Iterable[Term]) -> str:
    texts = [value for value in values if isinstance(value, Literal)]
    texts.sort(key=lambda text: (text.language not in {"en", None}, text.value))
    return texts[0].value if texts else ""


def _example(class_: NamedNode, known: _Known) -> str:
    """Return the record of the class that uses the most of its properties, in few lines."""
    nodes = {node for node in known.members(class_) if isinstance(node, NamedNode)}
    told = {node: known.about[node] for node in nodes}
    fitting = {node: triples for node, triples in told.items() if len(triples) <= _MOST_OF_EXAMPLE}
    if not fitting:
        return ""

    def richness(node: NamedNode) -> tuple[int, str]:
        return -len({t.predicate for t in fitting[node]}), node.value

    best = min(fitting, key=richness)
    return to_turtle(best, fitting[best])


def to_turtle(node: NamedNode, triples: Sequence[Triple]) -> str:
    """Return one record as people write it in Turtle, with the prefixes that it needs."""
    ordered = sorted(
        triples, key=lambda t: (t.predicate != _TYPE, show(t.predicate), str(t.object))
    )
    lines = [f"{_name(t.predicate)} {_name(t.object)}" for t in ordered]
    body = f"{_name(node)}\n  " + " ;\n  ".join(lines) + " .\n"
    used = {p: ns for p, ns in PREFIXES.items() if re.search(rf"(?<![\w<:/]){p}:[\w-]", body)}
    head = [f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in used.items()]
    return "".join([f"@base <{ID}> .\n", *head, "\n", body])


def _name(term: Term) -> str:
    """Return a term in Turtle, under our base and prefixes."""
    if isinstance(term, NamedNode):
        if term == _TYPE:
            return "a"
        short = show(term)
        return short if short.startswith("<") or ":" in short else f"<{short}>"
    if isinstance(term, Literal) and term.datatype.value in _BARE:
        return term.value
    text = str(term)
    if isinstance(term, Literal) and term.language is None and "^^" in text:
        return text.partition("^^<")[0] + "^^" + _name(NamedNode(term.datatype.value))
    return text


def find_class(docs: Iterable[ClassDocs], name: str) -> ClassDocs:
    """Return the docs of the class of a name: `Meeting`, `nea:Meeting`, `meeting` or its IRI.

    Raises:
        NotFoundError: If no shape is about it; the hint lists the classes.
    """
    docs = tuple(docs)
    wanted = name.lower()
    for entry in docs:
        ways = (entry.name, entry.iri, show(NamedNode(entry.iri)), entry.label)
        if wanted in {way.lower() for way in ways}:
            return entry
    names = [entry.name for entry in docs]
    near = difflib.get_close_matches(name.capitalize(), names, n=3, cutoff=0.5)
    raise NotFoundError(
        f'There is no class "{name}" with a shape.',
        hint=f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(names)}.",
    )


def list_text(docs: Sequence[ClassDocs]) -> str:
    """Return the classes with shapes for a terminal, one line each."""
    width = max((len(entry.name) for entry in docs), default=0)
    lines = [f"{entry.name:{width}}  {entry.definition or entry.label}" for entry in docs]
    return "\n".join([*lines, "", "What a record needs: neagraph shapes CLASS"]) + "\n"


def to_text(docs: ClassDocs) -> str:
    """Return the docs of one class for a terminal."""
    lines = [f"{docs.label} ({show(NamedNode(docs.iri))})", docs.definition, ""]
    for rule in docs.rules:
        mark = "needed" if rule.needed else rule.severity
        about = f" [{rule.path}]" if rule.path else ""
        source = f" (as every {rule.inherited})" if rule.inherited else ""
        lines += [f"  {mark:9} {rule.name}{about}{source}", f"            if not: {rule.mistake}"]
        lines += [f"            fix:    {rule.fix}"] if rule.fix else []
    if docs.example:
        lines += ["", "Example", "", *(f"  {line}".rstrip() for line in docs.example.splitlines())]
    return "\n".join(lines) + "\n"

"""A report's graph as Turtle that people read: one order, one layout, the same bytes each time.

Things come first, by who, when, what and where; then paragraph by paragraph what is said, what it
commits to, and where that stands in the text. Nothing here depends on the order of the triples.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from neagraph.rdf.terms import Literal, NamedNode, Term, Triple
from neagraph.vocab import ID, OA, PREFIXES, RDF_TYPE, XSD, path_of

_WIDTH: Final = 120
_RULE: Final = "# " + "=" * 98
_HEAD: Final = """\
# Positions are 0-based, half-open character offsets into the text edition; of the source text
# only trigger words and short dated wordings are stored. Summaries are in our own words.
"""
_THINGS: Final = (
    ("Graph and source", ("graph", "report", "edition", "extraction")),
    ("Who: States, bodies, groups, mechanisms", ("state", "body", "group", "role", "mechanism")),
    ("Who reviewed", ("reviewer",)),
    ("When: meetings, other events, a series", ("meeting", "event", "series")),
    ("What: documents, plans, global frameworks", ("document", "plan", "framework")),
    ("What: projects, activities, funds", ("project", "activity", "fund")),
    ("Where: places and species", ("place", "site", "species")),
)
"""Sections of things that the report names, and the kinds of address in each."""
_PARTS: Final = (
    ("", ("paragraph",)),
    ("Statements", ("statement", "reading")),
    ("Commitments", ("commitment",)),
    ("Contributions", ("contribution", "amount")),
    ("Conditions and recurrences", ("condition", "recurrence")),
    ("Where it stands in the text", ("anchor",)),
)
"""Parts of the section of a paragraph, and the kinds of address in each."""
_FOLLOWERS: Final = ("timespan",)
"""Kinds of address that stand right after what refers to them."""
_PREDICATES: Final = (
    "rdfs:label", "skos:altLabel", "nea:localId", "nea:summary", "dcterms:title",
    "dcterms:description", "dcterms:source", "dcterms:license", "nea:reportOf", "nea:acronym",
    "nea:expansion", "nea:editionOf", "nea:characterCount", "nea:sha256", "prov:used",
    "nea:method", "nea:governingBodyOf", "nea:secretariatOf",
    "nea:subsidiaryBodyOf", "nea:bodyOf", "nea:servesAs", "nea:hosts", "nea:chairs",
    "nea:organizes", "nea:participatesIn", "nea:sessionOf", "nea:sessionNumber",
    "nea:precedesSession", "nea:conveningBasis", "nea:offeredHost", "nea:heldTime",
    "nea:plannedTime", "nea:startDate", "nea:endDate", "nea:format", "nea:documentStatus",
    "nea:periodCovered", "nea:paragraphOf", "nea:paragraphNumber", "nea:heading",
    "nea:actor", "nea:actorBasis", "nea:addressee", "nea:addresseeBasis",
    "nea:hasRoleReading", "nea:filler", "nea:basis", "nea:actedAt", "nea:actedAtBasis",
    "nea:operativeVerb", "nea:overrideReason", "nea:negates", "nea:modality", "nea:adopts",
    "nea:approves", "nea:accepts", "nea:reviews", "nea:recommends", "nea:proposesThing",
    "nea:hasObject", "nea:mentions", "nea:avoidsDuplicationWith", "nea:topic",
    "nea:headingInherited", "nea:startOffset", "nea:endOffset",
    "nea:manner", "nea:purpose", "nea:statesCondition", "nea:recurrence", "nea:toldIn",
    "nea:respondsTo", "nea:directlyFollowsUp", "nea:creates", "nea:restates", "nea:committedParty",
    "nea:partyBasis", "nea:action", "nea:onThing", "nea:owedTo", "nea:owedToBasis", "nea:strength",
    "nea:hasCondition", "nea:due", "nea:dueBasis", "nea:dueBefore", "nea:dueAt", "nea:dependsOn",
    "nea:constraint", "nea:checkable", "nea:ambiguityNote", "nea:notBefore", "nea:notAfter",
    "nea:precision", "nea:donor", "nea:amount", "nea:currency", "nea:currencyBasis",
    "nea:minCount", "nea:per", "nea:relation", "nea:asWritten", "nea:toFund", "nea:toProject",
    "nea:forYear", "nea:flowType", "nea:evidencedBy", "nea:inParagraph", "oa:hasSource",
    "oa:hasSelector", "nea:clauseSha256", "oa:start", "oa:end", "oa:exact", "skos:closeMatch",
    "skos:editorialNote", "nea:anchor", "prov:wasGeneratedBy", "nea:confidence",
    "nea:reviewedBy", "rdfs:seeAlso",
)  # fmt: skip
"""The order of what is said of a thing; what is not listed comes last, by name."""
_BARE: Final = {
    XSD + "integer": re.compile(r"[+-]?\d+"),
    XSD + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    XSD + "boolean": re.compile(r"true|false"),
}
"""Datatypes whose literals Turtle writes without quotes."""
_LOCAL: Final = re.compile(r"[A-Za-z_][\w-]*")
_SAFE_PATH: Final = re.compile(r"[\w./~-]+", re.ASCII)
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}

About = Mapping[str, Sequence[Term]]
"""What is said of one thing: predicates in short form, each with its values in order."""


def write_report(triples: Iterable[Triple], *, title: str) -> bytes:
    """Return the Turtle text of a report's graph.

    Args:
        triples: What it says, without blank nodes.
        title: What the first line calls it.
    """
    body = "\n".join(_layout(_by_subject(triples)).lines())
    head = f"# {title}\n#\n{_HEAD}\n@base <{ID}> .\n\n{_prefixes(body)}\n"
    return (head + body).encode()


@dataclass(frozen=True, slots=True)
class _Layout:
    """A graph with the place of each of its subjects.

    Args:
        subjects: What is said of each.
        followers: Those that stand right after another one, by that one.
        paragraphs: Those that belong to a paragraph, by its number.
        things: The others, by kind.
    """

    subjects: Mapping[str, About]
    followers: Mapping[str, Sequence[str]]
    paragraphs: Mapping[int, Sequence[str]]
    things: Mapping[str, Sequence[str]]

    def lines(self) -> Iterator[str]:
        """Yield the text piece by piece."""
        for heading, kinds in _THINGS:
            found = [s for kind in kinds for s in sorted(self.things.get(kind, ()), key=_natural)]
            yield from self._section(heading, found)
        for number in sorted(self.paragraphs):
            yield from (_RULE, f"# Paragraph {number}", _RULE, "")
            yield from self._parts(self.paragraphs[number])
        known = {kind for _, kinds in _THINGS for kind in kinds}
        other = [s for kind, found in self.things.items() if kind not in known for s in found]
        yield from self._section("Other", sorted(other, key=_natural))

    def _section(self, heading: str, subjects: Sequence[str]) -> Iterator[str]:
        if subjects:
            yield from (_RULE, f"# {heading}", _RULE, "")
            yield from self._blocks(subjects)

    def _parts(self, members: Sequence[str]) -> Iterator[str]:
        for heading, kinds in _PARTS:
            found = [s for s in members if _kind(s) in kinds]
            if found and heading:
                yield from (f"# {heading}", "")
            yield from self._blocks(sorted(found, key=lambda s: _place(s, kinds)))

    def _blocks(self, subjects: Iterable[str]) -> Iterator[str]:
        for subject in subjects:
            yield _block(subject, self.subjects[subject])
            for follower in sorted(self.followers.get(subject, ()), key=_natural):
                yield from () if _kind(subject) == "anchor" else ("",)
                yield _block(follower, self.subjects[follower])
            yield ""


def _layout(subjects: Mapping[str, About]) -> _Layout:
    """Return the layout of a graph."""
    leaders, numbers = _leaders(subjects), _numbers(subjects)
    sources = {iri for about in subjects.values() for iri in _iris_of(about, "dcterms:source")}
    followers: dict[str, list[str]] = {}
    paragraphs: dict[int, list[str]] = {}
    things: dict[str, list[str]] = {}
    for subject in subjects:
        if subject in leaders:
            followers.setdefault(leaders[subject], []).append(subject)
        elif subject in numbers:
            paragraphs.setdefault(numbers[subject], []).append(subject)
        else:
            # The report itself stands with its graph.
            kind = "report" if subject in sources else _kind(subject)
            things.setdefault(kind, []).append(subject)
    return _Layout(subjects, followers, paragraphs, things)


def _leaders(subjects: Mapping[str, About]) -> dict[str, str]:
    """Return time spans and selectors, each with the first subject that refers to it."""
    leaders: dict[str, str] = {}
    for subject in sorted(subjects, key=_natural):
        for value in _iris(subjects[subject]):
            follows = _kind(value) in _FOLLOWERS or value.startswith(subject + "/")
            if follows and value in subjects:
                leaders.setdefault(value, subject)
    return leaders


def _numbers(subjects: Mapping[str, About]) -> dict[str, int]:
    """Return the number of the paragraph that each subject belongs to, if it does."""
    found = {s: _number(s) for s in subjects if _kind(s) in {"paragraph", "statement"}}
    kinds = {kind for _, kinds in _PARTS for kind in kinds} - {"paragraph", "statement"}
    last = list(found)
    while last:  # statement → commitment → condition
        new = dict[str, int]()
        for subject in last:
            for link in _iris(subjects[subject]):
                if _kind(link) in kinds and link in subjects and link not in found:
                    new.setdefault(link, found[subject])
        found |= new
        last = list(new)
    for subject, about in subjects.items():
        for statement in _iris_of(about, "nea:evidencedBy"):
            if statement in found:
                found.setdefault(subject, found[statement])
    return found


def _by_subject(triples: Iterable[Triple]) -> dict[str, dict[str, list[Term]]]:
    subjects: dict[str, dict[str, list[Term]]] = {}
    for triple in sorted(set(triples), key=lambda t: _natural(str(t))):
        subject = triple.subject
        name = subject.value if isinstance(subject, NamedNode) else str(subject)
        predicate = "a" if triple.predicate.value == RDF_TYPE else _show(triple.predicate)
        subjects.setdefault(name, {}).setdefault(predicate, []).append(triple.object)
    return subjects


def _iris(about: About) -> Iterator[str]:
    for predicate in about:
        yield from _iris_of(about, predicate)


def _iris_of(about: About, predicate: str) -> Iterator[str]:
    values = about.get(predicate, ())
    return (value.value for value in values if isinstance(value, NamedNode))


def _kind(iri: str) -> str:
    return (path_of(iri) or "").partition("/")[0]


def _number(iri: str) -> int:
    found = re.search(r"/p(\d+)(?:-s\d+-[a-z])?$", iri)
    return int(found[1]) if found else 0


def _index(kind: str, kinds: Sequence[str]) -> int:
    return kinds.index(kind) if kind in kinds else len(kinds)


def _place(iri: str, kinds: Sequence[str]) -> tuple[object, ...]:
    first = _index(_kind(iri), kinds)
    commitment = re.search(r"/c\d+$", iri) is not None  # its anchor comes after the statements'
    return (first, commitment, *_natural(iri))


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that compares the numbers in a text by size."""
    parts = re.split(r"(\d+)", text)
    return tuple((1, int(p), p) if p.isdecimal() else (0, 0, p) for p in parts if p)


def _block(subject: str, about: About) -> str:
    """Return what is said of one thing, predicates in one column."""
    kinds = ", ".join(_show(value) for value in about.get("a", ()))
    name, rest = _show(NamedNode(subject)), [p for p in about if p != "a"]
    rest.sort(key=lambda p: (_ORDER.get(p, len(_ORDER)), p))
    if _is_selector(about):
        facts = [f"{p} {_show(v)}" for p in rest for v in about[p]]
        return " ; ".join([f"{name} a {kinds}", *facts]) + " ."
    width = max((len(p) for p in rest), default=0)
    lines = [_line(p, about[p], width) for p in rest]
    first = f"{name} a {kinds}" if kinds else name
    separator = " ;\n" if kinds else "\n"
    return first + (separator if lines else "") + " ;\n".join(lines) + " ."


def _is_selector(about: About) -> bool:
    return any(kind in about.get("a", ()) for kind in _SELECTORS)


def _line(predicate: str, values: Sequence[Term], width: int) -> str:
    """Return a predicate with its values, broken where the line would be too long."""
    line, lines = f"    {predicate:{width}} ", list[str]()
    for index, value in enumerate(values):
        text = _show(value) + ("," if index < len(values) - 1 else "")
        if index and len(line) + len(text) + 2 > _WIDTH:
            lines.append(line.rstrip())
            line = " " * (width + 5)
        line += text + " "
    return "\n".join([*lines, line.rstrip()])


def _show(term: Term) -> str:
    if isinstance(term, NamedNode):
        return _show_iri(term.value)
    if not isinstance(term, Literal):
        return str(term)
    datatype = term.datatype.value
    if datatype in _BARE and _BARE[datatype].fullmatch(term.value):
        return term.value
    quoted = '"' + "".join(_ESCAPES.get(sign, sign) for sign in term.value) + '"'
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if datatype == XSD + "string" else f"{quoted}^^{_show_iri(datatype)}"


def _show_iri(iri: str) -> str:
    path = path_of(iri)
    if path is not None and _SAFE_PATH.fullmatch(path) and ":" not in path.partition("/")[0]:
        return f"<{path}>"
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri.removeprefix(namespace)):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"<{iri}>"


def _prefixes(body: str) -> str:
    """Return the declarations of the prefixes that a text uses."""
    used = sorted(p for p in PREFIXES if re.search(rf"(?<![\w<\"]){p}:\w", body))
    width = max((len(prefix) for prefix in used), default=0) + 1
    return "".join(f"@prefix {prefix + ':':{width}} <{PREFIXES[prefix]}> .\n" for prefix in used)


_ORDER: Final = {predicate: place for place, predicate in enumerate(_PREDICATES)}
_SELECTORS: Final = tuple(
    NamedNode(OA + name) for name in ("TextPositionSelector", "TextQuoteSelector")
)

"""Labels and summaries in our own words, put together from what was read; never a copy of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from neagraph.rdf.terms import Literal, NamedNode, Quad, Term, Triple
from neagraph.reports.spelling import slug
from neagraph.reports.statements import Statement
from neagraph.vocab import NEA, RDF_TYPE, RDFS, RDFS_LABEL, SKOS, SKOS_PREF_LABEL, path_of, thing

NEGATED_ACT: Final = "NegatedAct"
"""Class of a statement that says that an act was not done; which act, is told apart from it."""
MOST_WRITTEN: Final = 60
"""How many characters of the source one wording may have: of a date, an amount, a frequency."""
_MOST_NAMED: Final = 4
_STEM: Final = 3
"""So many letters alike, and the kind of act tells the verb already."""
_ENGLISH: Final = frozenset({"en", None})
_LABELS: Final = (RDFS_LABEL, SKOS_PREF_LABEL)
_SUBCLASS: Final = RDFS + "subClassOf"
_READ: Final = frozenset(
    {*_LABELS, RDF_TYPE, _SUBCLASS, SKOS + "altLabel", SKOS + "hiddenLabel", NEA + "actNoun",
     NEA + "defaultClass", NEA + "standsFor"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verb:
    """An operative verb.

    Args:
        label: Its plain form.
        forms: All forms and nouns that tell it in a text, lower-cased.
        makes: Name of the class of statement that it usually makes; empty if it does not say.
    """

    label: str
    forms: frozenset[str]
    makes: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """What the graph calls its things.

    Args:
        labels: IRI to its English label.
        classes: IRI of a thing to the names of its asserted classes in our ontology.
        verbs: Local name of a verb to how it is written and what it makes.
        kinds: Names of the classes of act that a statement may have, done or not.
    """

    labels: Mapping[str, str]
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    speakers: Mapping[str, str] = field(default_factory=dict)

    def label(self, iri: str) -> str:
        """Return the label of a thing, or the words of its address."""
        return self.labels.get(iri) or (path_of(iri) or iri).rpartition("/")[2].replace("-", " ")

    def adding(self, labels: Mapping[str, str]) -> Glossary:
        """Return the same names and further labels."""
        return replace(self, labels={**labels, **self.labels})

    def knows(self, iri: str) -> bool:
        """Return whether the graph describes a thing."""
        return iri in self.labels or iri in self.classes


def read_glossary(triples: Iterable[Triple | Quad]) -> Glossary:
    """Return the names in a graph, of its ontology and vocabularies as well."""
    table: dict[str, dict[str, list[str]]] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if isinstance(subject, NamedNode) and triple.predicate.value in _READ:
            english = isinstance(value, Literal) and value.language in _ENGLISH
            if english or isinstance(value, NamedNode):
                about = table.setdefault(subject.value, {})
                about.setdefault(triple.predicate.value, []).append(_text(value))
    verbs = thing("voc/verb/")
    labelled = {iri: [v for p in _LABELS for v in about.get(p, ())] for iri, about in table.items()}
    return Glossary(
        {iri: found[0] for iri, found in labelled.items() if found},
        {iri: _ours(about.get(RDF_TYPE, ())) for iri, about in table.items() if RDF_TYPE in about},
        {iri.removeprefix(verbs): _verb(a) for iri, a in table.items() if iri.startswith(verbs)},
        frozenset(_kinds(table)),
        {slug(word): kind for word, kind in _speakers(table)},
    )


def _text(value: Term) -> str:
    return value.value if isinstance(value, (NamedNode, Literal)) else ""


def _ours(classes: Iterable[str]) -> frozenset[str]:
    return frozenset(iri.removeprefix(NEA) for iri in classes if iri.startswith(NEA))


def _verb(about: Mapping[str, Sequence[str]]) -> Verb:
    label = next(iter(about.get(SKOS_PREF_LABEL, ())), "")
    hidden = about.get(SKOS + "hiddenLabel", ())
    written = (label, *hidden, *about.get(SKOS + "altLabel", ()), *about.get(NEA + "actNoun", ()))
    makes = next(iter(about.get(NEA + "defaultClass", ())), "")
    forms = frozenset(form.lower() for form in written if form)
    return Verb(label, forms, makes.removeprefix(NEA))


def _speakers(table: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[tuple[str, str]]:
    for about in table.values():
        for kind in about.get(NEA + "standsFor", ()):
            yield from ((w, kind.removeprefix(NEA)) for w in about.get(SKOS + "hiddenLabel", ()))


def _kinds(table: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[str]:
    """Yield the classes two steps below Statement: those of the five families."""
    for iri, about in table.items():
        for family in about.get(_SUBCLASS, ()):
            statement = NEA + "Statement" in table.get(family, {}).get(_SUBCLASS, ())
            if statement and iri != NEA + NEGATED_ACT:
                yield iri.removeprefix(NEA)


def summary_of(statement: Statement, glossary: Glossary) -> str:
    """Return what a statement says: kind of act, verb, actor, addressee and objects.

    Of an act that was not done, this is the first thing that is said.
    """
    kind = _kind(statement, glossary)
    verb = glossary.verbs[statement.verb].label if statement.verb in glossary.verbs else ""
    told = any(word[:_STEM] == verb[:_STEM] for word in kind.split())
    said = f"Negated: {kind}" if statement.negated else _first_up(kind)
    said += f" ({verb})" if verb and not told else ""
    said += f" by {glossary.label(statement.actor)}" if statement.actor else ", no actor named"
    said += f" to {glossary.label(statement.addressee)}" if statement.addressee else ""
    said += f', "{statement.modality}"' if statement.modality else ""
    matter = _matter(statement, glossary)
    return f"{said}: {matter}." if matter else f"{said}."


def action_of(statement: Statement, glossary: Glossary) -> str:
    """Return what is to be done, as far as the parts tell; a reviewer's own words are better."""
    said = f"carry out what the {_kind(statement, glossary)} says"
    matter = _matter(statement, glossary)
    return f"{said}: {matter}" if matter else f"{said} ({statement.id})"


def _kind(statement: Statement, glossary: Glossary) -> str:
    return glossary.labels.get(NEA + statement.type, statement.type)


def _matter(statement: Statement, glossary: Glossary) -> str:
    """Return what a statement is about: its objects, else what it mentions, else its topic."""
    things = statement.objects or statement.mentions
    if things or not statement.topic:
        return listed(glossary.label(iri) for iri in things)
    return glossary.label(thing(f"voc/topic/{statement.topic}"))


def listed(labels: Iterable[str]) -> str:
    """Return labels as a list; of many, the first ones and how many more there are."""
    found = list(labels)
    more = len(found) - _MOST_NAMED
    return "; ".join(found[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def wording(text: str) -> str | None:
    """Return a short wording of the source in one line; None if it is too long to be kept."""
    plain = " ".join(text.replace("\\", "").split())
    return plain if 0 < len(plain) <= MOST_WRITTEN else None


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]

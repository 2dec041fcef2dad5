"""What the graph knows about words: verbs of reports, speakers, topics, kinds of things, names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from neagraph.rdf.terms import Literal, NamedNode, Quad, Triple
from neagraph.reports.extraction.inflection import form_kind
from neagraph.reports.extraction.names import Entity, Names, names_of
from neagraph.reports.spelling import Key, key_of
from neagraph.vocab import ID, NEA, RDF_TYPE, RDFS, RDFS_LABEL, SKOS, SKOS_PREF_LABEL

_VERBS: Final = ID + "voc/verb/"
_SPEAKERS: Final = ID + "voc/speaker/"
_TOPICS: Final = ID + "voc/topic/"
_ACTIONS: Final = ID + "voc/action/"
_KINDS: Final = ID + "voc/kind/"
_LABELS: Final = (SKOS_PREF_LABEL, SKOS + "altLabel", SKOS + "hiddenLabel")

Facts = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Subject to predicate to objects, IRIs and English or untagged texts alike."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of the vocabulary.

    Args:
        name: Its local name.
        type: Class of statement that it usually makes.
        family: The family that this class belongs to, such as `Directive`.
        commitment: Class of commitment that it usually makes; empty for none.
        strength: Local name of the strength that this has; empty for none.
    """

    name: str
    type: str
    family: str
    commitment: str = ""
    strength: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A word or phrase that a verb can be told by.

    Args:
        verb: The verb.
        kind: `base`, `third`, `past`, `ing` or `noun`.
        length: How many words it has.
        participle_only: Whether the phrase is whole only as a participle (`agreed upon`).
    """

    verb: Verb
    kind: str
    length: int = 1
    participle_only: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and names, read from vocabularies and labels.

    Args:
        forms: First word of a verb's forms to the phrases that begin with it, longest first.
        nouns: Nouns that tell an act, to their verb.
        actions: First words of verbs for what parties do, in the base form.
        speakers: Words for speakers, to the class of agent that they stand for.
        topics: Labels of topics, to their local name.
        classes: Labels of classes of things, to the class name.
        above: Class name to the names of all classes above it, itself included.
        names: The things of the graph and what they are called.
        speaker_starts: First words for speakers, to the length of the longest that begins so.
        topic_starts: The same for topics.
        state_starts: The same for States.
        text_heads: Last words of what texts and plans are called.
    """

    forms: Mapping[str, tuple[tuple[Key, Form], ...]]
    nouns: Mapping[str, Verb]
    actions: frozenset[str]
    speakers: Mapping[Key, str]
    topics: Mapping[Key, str]
    classes: Mapping[Key, str]
    above: Mapping[str, frozenset[str]]
    names: Names
    speaker_starts: Mapping[str, int] = field(default_factory=dict)
    topic_starts: Mapping[str, int] = field(default_factory=dict)
    state_starts: Mapping[str, int] = field(default_factory=dict)
    text_heads: frozenset[str] = frozenset()

    def is_a(self, entity: Entity | None, name: str) -> bool:
        """Return whether a thing is known to be of a class."""
        return entity is not None and any(
            name in self.above.get(kind, frozenset((kind,))) for kind in entity.types
        )


def read_lexicon(triples: Iterable[Triple | Quad]) -> Lexicon:
    """Return the lexicon that the vocabularies, classes and labels of a graph make up.

    Args:
        triples: The graph: ontology modules, vocabularies, reference data, data of reports.
    """
    facts = _facts(triples)
    above = _above(facts)
    verbs = {
        iri: _verb(iri.removeprefix(_VERBS), values, above)
        for iri, values in facts.items()
        if iri.startswith(_VERBS)
    }
    speakers = {
        key: _local(values[_STANDS_FOR][0])
        for iri, values in facts.items()
        if iri.startswith(_SPEAKERS) and _STANDS_FOR in values
        for key in _keys(values)
    }
    topics = {
        key: iri.removeprefix(_TOPICS)
        for iri, values in facts.items()
        if iri.startswith(_TOPICS)
        for key in _keys(values)
    }
    classes = _classes(facts, above)
    return Lexicon(
        forms=_forms(facts, verbs),
        nouns={noun: verb for iri, verb in verbs.items() for noun in facts[iri].get(_ACT_NOUN, ())},
        actions=frozenset(
            label.split()[0]
            for iri, values in facts.items()
            if iri.startswith((_ACTIONS, _VERBS))
            for predicate in (_LABELS if iri.startswith(_ACTIONS) else _LABELS[:1])
            for label in values.get(predicate, ())
        ),
        speakers=speakers,
        topics=topics,
        classes=classes,
        above=above,
        names=names_of(facts, above),
        speaker_starts=_starts(speakers),
        topic_starts=_starts(topics),
        state_starts=_starts(key for key, kind in classes.items() if kind == "State"),
        text_heads=frozenset(
            key[-1]
            for key, kind in classes.items()
            if key and above.get(kind, frozenset()) & _TEXTS
        ),
    )


def _starts(keys: Iterable[Key]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for key in keys:
        if key:
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return longest


_TEXTS: Final = frozenset({"Document", "Plan"})
_ACT_NOUN: Final = NEA + "actNoun"
_STANDS_FOR: Final = NEA + "standsFor"


def _facts(triples: Iterable[Triple | Quad]) -> Facts:
    """Index the triples; texts in other languages than English are left out."""
    facts: dict[str, dict[str, tuple[str, ...]]] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        foreign = isinstance(value, Literal) and value.language not in {None, "en"}
        if isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
            values = facts.setdefault(subject.value, {})
            if not foreign:
                known = values.get(triple.predicate.value, ())
                if value.value not in known:
                    values[triple.predicate.value] = (*known, value.value)
    return facts


def _classes(facts: Facts, above: Mapping[str, frozenset[str]]) -> dict[Key, str]:
    """Return the words for kinds of things: those of the vocabulary, and the labels of classes."""
    kinds = {
        key: _local(values[_STANDS_FOR][0])
        for iri, values in facts.items()
        if iri.startswith(_KINDS) and _STANDS_FOR in values
        for key in _keys(values)
    }
    labels = {
        key_of(label): _local(iri)
        for iri, values in facts.items()
        if iri.startswith(NEA) and _local(iri) in above
        for label in values.get(RDFS_LABEL, ())
    }
    return kinds | labels


def _above(facts: Facts) -> dict[str, frozenset[str]]:
    direct = {
        _local(iri): tuple(_local(o) for o in values.get(RDFS + "subClassOf", ()))
        for iri, values in facts.items()
        if iri.startswith(NEA) and any(kind.endswith("#Class") for kind in values.get(RDF_TYPE, ()))
    }

    def climb(name: str, seen: frozenset[str]) -> frozenset[str]:
        if name in seen:
            return seen
        for parent in direct.get(name, ()):
            seen = climb(parent, seen | {name})
        return seen | {name}

    return {name: climb(name, frozenset()) for name in direct}


def _verb(
    name: str, values: Mapping[str, tuple[str, ...]], above: Mapping[str, frozenset[str]]
) -> Verb:
    kind = _local(values.get(NEA + "defaultClass", (NEA + "Statement",))[0])
    families = sorted(above.get(kind, frozenset()) & _FAMILIES)
    return Verb(
        name=name,
        type=kind,
        family=families[0] if families else "Assertion",
        commitment=_local(values.get(NEA + "defaultCommitment", ("",))[0]),
        strength=values.get(NEA + "defaultStrength", ("",))[0].rpartition("/")[2],
    )


_FAMILIES: Final = frozenset({"Assertion", "Appraisal", "Directive", "Commissive", "Decision"})


def _forms(facts: Facts, verbs: Mapping[str, Verb]) -> dict[str, tuple[tuple[Key, Form], ...]]:
    forms: dict[str, list[tuple[Key, Form]]] = {}
    for iri, verb in sorted(verbs.items()):
        values = facts[iri]
        labels = _labelled(values)
        single = {words[0] for words, _ in labels if len(words) == 1}
        is_verb = any(kind in {"third", "ing"} for _, kind in labels)
        for words, kind in labels:
            longer = len(words) > 1 and words[0] in single
            if kind == "past" and not is_verb:
                kind = "adjective"  # noqa: PLW2901  `concerned`, `willing`: no verb beside them
            form = Form(verb, kind, len(words), participle_only=longer and words[-1] in _LOOSE)
            forms.setdefault(words[0], []).append((words, form))
    return {
        word: tuple(sorted(found, key=lambda pair: (-pair[1].length, pair[1].verb.name)))
        for word, found in forms.items()
    }


_LOOSE: Final = frozenset({"on", "upon"})
"""Second words that belong to the verb only in a participle: `agreed upon by`."""


def _labelled(values: Mapping[str, tuple[str, ...]]) -> list[tuple[Key, str]]:
    """Return the labels of a verb as words, each with the kind of form that it is."""
    split = {
        predicate: [words for label in values.get(predicate, ()) if (words := _lower(label))]
        for predicate in _LABELS
    }
    base = next((words[0] for words in split[SKOS_PREF_LABEL]), "")
    firsts = frozenset(words[0] for labels in split.values() for words in labels)
    nouns = frozenset(values.get(_ACT_NOUN, ()))
    kinds = {SKOS_PREF_LABEL: "base", SKOS + "altLabel": "noun"}
    return [
        (words, kinds.get(predicate) or form_kind(words, base, firsts, nouns))
        for predicate, labels in split.items()
        for words in labels
    ]


def _lower(label: str) -> Key:
    return tuple(label.lower().split())


def _keys(values: Mapping[str, tuple[str, ...]]) -> list[Key]:
    return [key_of(label) for predicate in _LABELS for label in values.get(predicate, ())]


def _local(iri: str) -> str:
    return iri.rpartition("#")[2]

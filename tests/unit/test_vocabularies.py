"""The vocabularies and alignments are whole, and fit the classes of the ontology."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection

ONTOLOGY = Path(__file__).parents[2] / "ontology"
NEA = Namespace("https://w3id.org/neagraph/ontology#")
VOC = Namespace("https://w3id.org/neagraph/id/voc/")

TOPICS = (
    "bilateral-multilateral-cooperation biodiversity capacity-building cities-mongolia-russia "
    "climate-change covid-19 desertification-land-degradation eco-tourism evaluation finance "
    "low-carbon-cities marine-protected-areas meeting-arrangements mpa-effective-management "
    "mpa-socio-economic-management nature-based-solutions nature-conservation "
    "neacap-category-ii-priority-areas online-tools outreach procedural programme-governance "
    "spc-timeframe strategic-planning transboundary-air-pollution wetlands"
)


def read(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


def named(graph: Graph, kind: URIRef) -> set[URIRef]:
    return {term for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef)}


def inferred_classes(graph: Graph) -> set[URIRef]:
    """Return the classes that a class expression is a subclass of."""
    return {c for s, c in graph.subject_objects(RDFS.subClassOf) if isinstance(s, BNode)}


def leaves(graph: Graph, root: URIRef) -> set[URIRef]:
    below = set(graph.transitive_subjects(RDFS.subClassOf, root)) - {root}
    named_below = {c for c in below if isinstance(c, URIRef)} - inferred_classes(graph)
    return {c for c in named_below if not named_below & set(graph.subjects(RDFS.subClassOf, c))}


def reaches(graph: Graph, start: URIRef, predicate: URIRef) -> set[URIRef]:
    """Return what the start leads to in one step or more."""
    steps = graph.objects(start, predicate)
    return {node for step in steps for node in graph.transitive_objects(step, predicate)}


def loops(graph: Graph, predicate: URIRef) -> list[URIRef]:
    return [s for s in set(graph.subjects(predicate)) if s in reaches(graph, s, predicate)]


def expand_curie(curie: str, prefixes: dict[str, str]) -> URIRef:
    prefix, _, local = curie.partition(":")
    return URIRef(prefixes[prefix] + local)


@pytest.fixture(scope="module")
def tbox() -> Graph:
    return read(*(ONTOLOGY / "modules").glob("*.ttl"))


@pytest.fixture(scope="module")
def vocabularies() -> Graph:
    return read(*sorted((ONTOLOGY / "vocab").glob("*.ttl")))


@pytest.fixture(scope="module")
def alignments() -> Graph:
    return read(ONTOLOGY / "alignments" / "alignments.ttl")


# ------------------------------------------------------------------------------ vocabularies


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("basis", "stated inferred unstated"),
        ("precision", "day month year event open"),
        ("format", "in-person virtual hybrid open"),
        ("extent", "full part"),
        ("method", "curated extracted imported"),
        ("family", "assertive expressive directive commissive declarative"),
    ],
)
def test_short_scheme_holds_exactly_its_concepts(scheme, expected, vocabularies):
    concepts = set(vocabularies.subjects(SKOS.inScheme, VOC[scheme]))
    assert concepts == {VOC[f"{scheme}/{name}"] for name in expected.split()}


def test_topics_are_those_of_the_hand_annotation(vocabularies):
    topics = set(vocabularies.subjects(SKOS.inScheme, VOC.topic))
    assert topics == {VOC[f"topic/{name}"] for name in TOPICS.split()}


def test_concept_is_in_its_scheme_with_label_and_definition(vocabularies):
    for concept in named(vocabularies, SKOS.Concept):
        scheme = URIRef(concept.rsplit("/", 1)[0])
        labels = list(vocabularies.objects(concept, SKOS.prefLabel))
        definitions = list(vocabularies.objects(concept, SKOS.definition))
        assert list(vocabularies.objects(concept, SKOS.inScheme)) == [scheme]
        assert (scheme, RDF.type, SKOS.ConceptScheme) in vocabularies
        assert [text.language for text in labels + definitions] == ["en", "en"]


def test_labels_are_unique_within_a_scheme(vocabularies):
    labels = Counter(
        (vocabularies.value(c, SKOS.inScheme), vocabularies.value(c, SKOS.prefLabel))
        for c in named(vocabularies, SKOS.Concept)
    )
    assert [label for label, count in labels.items() if count > 1] == []


def test_concept_is_at_the_top_or_below_another_of_its_scheme(vocabularies):
    for concept in named(vocabularies, SKOS.Concept):
        scheme = vocabularies.value(concept, SKOS.inScheme)
        broader = set(vocabularies.objects(concept, SKOS.broader))
        assert all((b, SKOS.inScheme, scheme) in vocabularies for b in broader)
        assert ((concept, SKOS.topConceptOf, scheme) in vocabularies) == (not broader)


def test_broader_has_no_loops(vocabularies):
    assert loops(vocabularies, SKOS.broader) == []


def test_planted_broader_loop_is_found(vocabularies):
    looped = vocabularies + Graph()
    looped.add((VOC["topic/biodiversity"], SKOS.broader, VOC["topic/wetlands"]))
    assert VOC["topic/wetlands"] in loops(looped, SKOS.broader)


# ------------------------------------------------------------------------------ SKOS integrity


def broken_rules_of_skos(graph: Graph) -> set[tuple[str, URIRef]]:
    """Return number and subject of each breach of the integrity conditions of SKOS, 3.3 to 10.3."""
    found = {("S9", c) for c in named(graph, SKOS.Concept) & named(graph, SKOS.ConceptScheme)}
    found |= {("S37", c) for c in named(graph, SKOS.Concept) & named(graph, SKOS.Collection)}
    for subject in set(graph.subjects()):
        labels = [set(graph.objects(subject, SKOS[f"{kind}Label"])) for kind in LABEL_KINDS]
        if len(set.union(*labels)) < sum(map(len, labels)):
            found.add(("S13", subject))
        languages = Counter(label.language for label in labels[0])
        if any(count > 1 for count in languages.values()):
            found.add(("S14", subject))
        above = reaches(graph, subject, SKOS.broader)
        related = {*graph.objects(subject, SKOS.related), *graph.subjects(SKOS.related, subject)}
        if above & related:
            found.add(("S27", subject))
        exact = {
            *graph.objects(subject, SKOS.exactMatch),
            *graph.subjects(SKOS.exactMatch, subject),
        }
        unlike = {o for p in UNLIKE for o in graph.objects(subject, p)}
        if exact & unlike:
            found.add(("S46", subject))
    return found


LABEL_KINDS = ("pref", "alt", "hidden")
UNLIKE = (SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
SPOILED = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<ex:S9> a skos:Concept , skos:ConceptScheme .
<ex:S13> skos:prefLabel "one"@en ; skos:hiddenLabel "one"@en .
<ex:S14> skos:prefLabel "one"@en , "uno"@en .
<ex:S27> skos:broader <ex:middle> . <ex:middle> skos:broader <ex:top> .
<ex:top> skos:related <ex:S27> .
<ex:S37> a skos:Concept , skos:OrderedCollection , skos:Collection .
<ex:S46> skos:exactMatch <ex:other> ; skos:broadMatch <ex:other> .
"""


def test_vocabularies_alignments_and_data_keep_the_rules_of_skos(vocabularies, alignments):
    data = read(*ONTOLOGY.parent.glob("data/*/*.ttl"))
    assert broken_rules_of_skos(vocabularies + alignments + data) == set()


def test_planted_breaches_of_skos_are_found():
    spoiled = Graph().parse(data=SPOILED, format="turtle")
    numbers = ("S9", "S13", "S14", "S27", "S37", "S46")
    assert broken_rules_of_skos(spoiled) == {(n, URIRef(f"ex:{n}")) for n in numbers}


def test_related_concepts_are_in_one_scheme(vocabularies):
    pairs = vocabularies.subject_objects(SKOS.related)
    scheme = {c: vocabularies.value(c, SKOS.inScheme) for pair in pairs for c in pair}
    assert all(scheme[a] == scheme[b] for a, b in vocabularies.subject_objects(SKOS.related))


def test_marine_protected_areas_are_under_biodiversity(vocabularies):
    above = reaches(vocabularies, VOC["topic/mpa-effective-management"], SKOS.broader)
    assert VOC["topic/biodiversity"] in above


def test_verb_makes_a_leaf_class_of_statement(vocabularies, tbox):
    verbs = set(vocabularies.subjects(SKOS.inScheme, VOC.verb))
    made = {(v, c) for v in verbs for c in vocabularies.objects(v, NEA.defaultClass)}
    assert len(made) == len(verbs) > 100
    assert {c for _, c in made} == leaves(tbox, NEA.Statement) - {NEA.NegatedAct}


def test_families_are_the_disjoint_roots_of_the_statements(vocabularies, tbox):
    families = vocabularies.subjects(SKOS.inScheme, VOC.family)
    roots = {vocabularies.value(family, NEA.defaultClass) for family in families}
    direct = set(tbox.subjects(RDFS.subClassOf, NEA.Statement)) - inferred_classes(tbox)
    assert roots == direct
    assert len(roots) == 5


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("strength-directive", "requested agreed-as-needed guided recommended proposed"),
        (
            "strength-commissive",
            "decided agreed planned stated offered indicated interest reaffirmed",
        ),
    ],
)
def test_strengths_are_ranked_without_gaps_in_the_order_of_their_scale(
    scheme, expected, vocabularies
):
    order = [VOC[f"{scheme}/{name}"] for name in expected.split()]
    members = vocabularies.value(VOC[f"{scheme}/scale"], SKOS.memberList)
    ranks = [int(vocabularies.value(c, NEA["rank"])) for c in order]
    assert list(Collection(vocabularies, members)) == order
    assert ranks == list(range(1, len(order) + 1))
    assert set(vocabularies.subjects(SKOS.inScheme, VOC[scheme])) == set(order)


def test_flow_types_carry_the_codes_of_iati(vocabularies):
    flows = vocabularies.subjects(SKOS.inScheme, VOC["flow-type"])
    codes = {f.rsplit("/", 1)[1]: str(vocabularies.value(f, SKOS.notation)) for f in flows}
    assert codes == {
        "incoming-funds": "1",
        "outgoing-commitment": "2",
        "disbursement": "3",
        "incoming-commitment": "11",
    }


# ------------------------------------------------------------------------------ alignments


def test_alignment_table_says_the_same_as_the_graph(alignments):
    lines = (ONTOLOGY / "alignments" / "neagraph.sssom.tsv").read_text("utf-8").splitlines()
    header = [line for line in lines if line.startswith("#  ")]
    prefixes = dict(line.removeprefix("#  ").split(": ", 1) for line in header)
    rows = list(csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t"))
    columns = ("subject_id", "predicate_id", "object_id")
    table = {tuple(expand_curie(row[c], prefixes) for c in columns) for row in rows}
    assert table == {t for t in alignments if t[1] in SKOS}
    assert {row["mapping_justification"] for row in rows} == {"semapv:ManualMappingCuration"}
    assert all(0 < float(row["confidence"]) <= 1 and row["comment"] for row in rows)


def test_alignment_starts_from_our_own_terms_and_concepts(alignments, tbox, vocabularies):
    ours = set(tbox.subjects(RDFS.isDefinedBy)) | named(vocabularies, SKOS.Concept)
    mapped = {t for t in alignments if t[1] in SKOS}
    assert {s for s, _, _ in mapped} - ours == set()
    assert not any("w3id.org/neagraph" in o for _, _, o in mapped)


def test_nothing_is_declared_the_same_as_anything():
    everything = read(*ONTOLOGY.rglob("*.ttl"))
    identities = (OWL.sameAs, OWL.equivalentClass, OWL.equivalentProperty)
    assert [t for t in everything if t[1] in identities] == []

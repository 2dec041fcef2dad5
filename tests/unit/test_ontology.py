"""The ontology's files, headers and terms are whole, and its axioms stay in OWL 2 DL and RL."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS

ONTOLOGY = Path(__file__).parents[2] / "ontology"
IRI = URIRef("https://w3id.org/neagraph/ontology")
NEA = Namespace(f"{IRI}#")
TEXTS = (RDFS.label, SKOS.definition, SKOS.example, SKOS.scopeNote)

KINDS = {
    "class": OWL.Class,
    "object": OWL.ObjectProperty,
    "data": OWL.DatatypeProperty,
    "annotation": OWL.AnnotationProperty,
}
PREFIX = f"@prefix nea: <{NEA}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . "
PROPERTY_KINDS = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}

REFUSED = {"status", "hasStatus", "currentStatus", "commitmentStatus"}
"""Names that only a shape knows, to refuse them: a status is worked out, never stored."""

TERMS = {
    "core": {
        "class": "TimeSpan BoundedTimeSpan RoleReading",
        "object": "precision basis filler hasRoleReading within alternativeReadingOf",
        "data": "notBefore notAfter asWritten ambiguityNote summary periodCovered",
        "annotation": "fixHint docs",
    },
    "agents": {
        "class": "Agent State InternationalOrganization Body GoverningBody SubsidiaryBody "
        "Secretariat Office Mechanism Programme Partnership Network PartyGroup OfficeHolder",
        "object": "subMechanismOf bodyOf governingBodyOf secretariatOf subsidiaryBodyOf servesAs "
        "servedBy servesMechanism hasMember memberOf hasGroupMember groupMemberOf",
        "data": "iso2 iso3 m49 acronym expansion outsideNote",
    },
    "meetings": {
        "class": "Event Meeting BodySession ExpertMeeting FocalPointMeeting ConferenceOfParties "
        "Review Consultation Congress EventSeries",
        "object": "sessionOf hosts hostedBy chairs chairedBy participatesIn hasParticipant "
        "organizes organizedBy offeredHost offersToHost inSeries precedesSession heldTime "
        "plannedTime format takesPlaceIn inTerritoryOf conveningBasis",
        "data": "sessionNumber startDate endDate",
    },
    "documents": {
        "class": "InformationObject Document MeetingReport Study Plan WorkPlan StrategicPlan "
        "ImplementationPlan Evaluation FinancialReport Budget ProjectDocument "
        "RecommendationDocument Instrument Treaty GlobalFramework DocumentPart Section Paragraph "
        "TextEdition TextAnchor Extraction",
        "object": "reportOf paragraphOf editionOf anchor inParagraph recordedIn method reviewedBy",
        "data": "paragraphNumber heading headingInherited startOffset endOffset sha256 "
        "characterCount clauseSha256 documentStatus confidence",
    },
    "statements": {
        "class": "Statement Assertion Narration Noting Emphasis View Specification "
        "InformationSharing ReviewAct NegatedAct Appraisal Commendation Appreciation Welcome "
        "Endorsement Expectation Directive Request Guidance Recommendation Proposal "
        "Commissive Offer Undertaking Reaffirmation ExpressionOfInterest Decision Adoption "
        "Approval Acceptance Agreement ResolveToAct WelcomedOffer",
        "object": "negates actor addressee actorBasis addresseeBasis actedAt actedAtBasis "
        "operativeVerb mentions avoidsDuplicationWith statesCondition hasObject objectOf "
        "adopts adoptedIn approves approvedIn accepts acceptedIn reviews reviewedIn "
        "recommends recommendedIn proposesThing proposedIn adoptedAt toldIn tells respondsTo "
        "hasResponse directlyFollowsUp followsUp followedUpBy topic underTopic",
        "data": "modality manner purpose overrideReason localId rank",
        "annotation": "defaultClass actNoun defaultCommitment defaultStrength standsFor",
    },
    "commitments": {
        "class": "Commitment SelfCommitment Task OfferedCommitment Aspiration DatedCommitment "
        "ConditionalCommitment CollectiveCommitment StateCommitment Fulfilment Discontinuation "
        "Condition Recurrence",
        "object": "creates createdBy restates restatedBy arisesAt evidencedIn committedParty "
        "hasCommitment partyBasis owedTo isOwed owedToBasis onThing due dueBasis dueBefore dueAt "
        "recurrence per hasCondition strength dependsOn fulfils hasFulfilment extent evidencedBy "
        "doneBy ends endedBy replacedByCommitment reachesMember reportedDoneBy",
        "data": "action minCount relation constraint checkable",
    },
    "finance": {
        "class": "Project Activity Contribution Fund MonetaryAmount",
        "object": "donor gave toFund toProject currency currencyBasis flowType funds projectOf "
        "fundOf",
        "data": "amount forYear",
    },
    "places": {
        "class": "Place Territory Region Site Species",
        "object": "territoryOf locatedIn occursAt concernsSpecies concernsSite contributesToSDG",
        "data": "scientificName",
    },
}

INVERSES = (
    "servesAs/servedBy hasMember/memberOf hasGroupMember/groupMemberOf hosts/hostedBy "
    "chairs/chairedBy participatesIn/hasParticipant organizes/organizedBy "
    "offeredHost/offersToHost hasObject/objectOf adopts/adoptedIn approves/approvedIn "
    "accepts/acceptedIn reviews/reviewedIn recommends/recommendedIn proposesThing/proposedIn "
    "toldIn/tells respondsTo/hasResponse followsUp/followedUpBy creates/createdBy "
    "restates/restatedBy committedParty/hasCommitment owedTo/isOwed fulfils/hasFulfilment "
    "ends/endedBy donor/gave"
)

SUB_PROPERTIES = {
    "within": "subMechanismOf bodyOf sessionOf projectOf fundOf",
    "bodyOf": "governingBodyOf secretariatOf subsidiaryBodyOf",
    "hasMember": "hasGroupMember",
    "memberOf": "groupMemberOf",
    "participatesIn": "hosts chairs",
    "hasParticipant": "hostedBy chairedBy",
    "hasObject": "adopts approves accepts reviews recommends proposesThing",
    "objectOf": "adoptedIn approvedIn acceptedIn reviewedIn recommendedIn proposedIn",
    "followsUp": "directlyFollowsUp",
    "underTopic": "topic",
}

# Property: domain -> range, where "-" is none. Everything else is left open on purpose.
RESTRICTED = {
    "hasGroupMember": "PartyGroup -> -",
    "sessionOf": "Meeting -> Body",
    "participatesIn": "Agent -> Event",
    "offeredHost": "Event -> Agent",
    "takesPlaceIn": "- -> Place",
    "negates": "NegatedAct -> -",
    "actor": "Statement -> Agent",
    "addressee": "Statement -> Agent",
    "actedAt": "Statement -> Event",
    "creates": "Statement -> Commitment",
    "restates": "Statement -> Commitment",
    "committedParty": "Commitment -> Agent",
    "owedTo": "- -> Agent",
    "donor": "- -> Agent",
    "territoryOf": "Place -> State",
}

MODULES = tuple(TERMS)

# OWL 2 Profiles, 4.2: what the modules use of OWL 2 RL, and nothing else.
ALLOWED_OWL = {
    *(OWL.Ontology, OWL.versionIRI, OWL.versionInfo, OWL.imports),
    *(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty),
    *(OWL.TransitiveProperty, OWL.FunctionalProperty, OWL.AsymmetricProperty),
    *(OWL.inverseOf, OWL.propertyChainAxiom),
    *(OWL.hasKey, OWL.AllDisjointClasses, OWL.members),
    *(OWL.Restriction, OWL.onProperty, OWL.someValuesFrom, OWL.intersectionOf),
}


def read(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


def named(graph: Graph, kind: URIRef) -> set[URIRef]:
    return {term for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef)}


def own_terms(graph: Graph) -> set[URIRef]:
    return {term for term in graph.subjects() if term in NEA}


def chains(graph: Graph) -> list[tuple[URIRef, list[URIRef]]]:
    axioms = graph.subject_objects(OWL.propertyChainAxiom)
    return [(head, list(Collection(graph, members))) for head, members in axioms]


def inferred_classes(graph: Graph) -> set[URIRef]:
    """Return the classes that a class expression is a subclass of."""
    return {c for s, c in graph.subject_objects(RDFS.subClassOf) if isinstance(s, BNode)}


def reaches(graph: Graph, start: URIRef, predicate: URIRef) -> set[URIRef]:
    """Return what the start leads to in one step or more."""
    steps = graph.objects(start, predicate)
    return {node for step in steps for node in graph.transitive_objects(step, predicate)}


def loops(graph: Graph, predicate: URIRef) -> list[URIRef]:
    return [s for s in set(graph.subjects(predicate)) if s in reaches(graph, s, predicate)]


def beneath(graph: Graph, prop: URIRef) -> set[URIRef]:
    """Return the properties that can give rise to the property, the property itself included."""
    bodies: dict[URIRef, set[URIRef]] = {}
    for head, members in chains(graph):
        bodies.setdefault(head, set()).update(members)
    found, waiting = set(), [prop]
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found.add(current)
        waiting += [*graph.subjects(RDFS.subPropertyOf, current), *bodies.get(current, ())]
        waiting += [*graph.objects(current, OWL.inverseOf), *graph.subjects(OWL.inverseOf, current)]
    return found


def outside_rl(graph: Graph) -> set[str]:
    """Return what the graph uses of OWL beyond the listed constructs and their places in RL."""
    used = {t for triple in graph for t in triple if isinstance(t, URIRef) and t in OWL}
    supers = (RDFS.subClassOf, RDFS.domain, RDFS.range)
    right = {o for p in supers for o in graph.objects(None, p) if isinstance(o, BNode)}
    return {*map(str, used - ALLOWED_OWL), *(f"expression on the right: {o}" for o in right)}


@pytest.fixture(scope="module")
def tbox() -> Graph:
    return read(*(ONTOLOGY / "modules" / f"{name}.ttl" for name in MODULES))


# ------------------------------------------------------------------------------ files and headers


@pytest.mark.parametrize(
    "path", sorted(ONTOLOGY.rglob("*.ttl")), ids=lambda path: path.relative_to(ONTOLOGY).as_posix()
)
def test_file_parses_and_is_not_empty(path):
    assert len(read(path)) > 0


def test_module_files_are_the_listed_ones():
    assert {path.stem for path in (ONTOLOGY / "modules").glob("*.ttl")} == set(MODULES)


def test_ontology_header_is_complete_and_imports_every_module():
    header = read(ONTOLOGY / "neagraph.ttl")
    assert set(header.objects(IRI, OWL.imports)) == {URIRef(f"{IRI}/module/{m}") for m in MODULES}
    assert header.value(IRI, OWL.versionIRI) == URIRef(
        f"{IRI}/{header.value(IRI, OWL.versionInfo)}"
    )
    assert all(header.value(IRI, DCTERMS[p]) for p in ("title", "abstract", "creator", "license"))


@pytest.mark.parametrize("name", MODULES)
def test_module_header_is_complete(name, tbox):
    module = URIRef(f"{IRI}/module/{name}")
    version = tbox.value(module, OWL.versionInfo)
    assert (module, RDF.type, OWL.Ontology) in tbox
    assert tbox.value(module, OWL.versionIRI) == URIRef(f"{module}/{version}")
    assert all(tbox.value(module, DCTERMS[p]) for p in ("title", "description", "license"))


# ------------------------------------------------------------------------------ terms


@pytest.mark.parametrize("name", MODULES)
def test_module_declares_its_terms_with_the_right_kind(name):
    module = read(ONTOLOGY / "modules" / f"{name}.ttl")
    listed = {(NEA[t], KINDS[k]) for k, terms in TERMS[name].items() for t in terms.split()}
    declared = {(t, k) for k in KINDS.values() for t in named(module, k) if t in NEA}
    assert declared == listed


def test_term_is_fully_described(tbox):
    lacking = {
        term
        for term in own_terms(tbox)
        if [len(list(tbox.objects(term, p))) for p in TEXTS[:3]] != [1, 1, 1]
        or set(tbox.objects(term, RDFS.isDefinedBy)) != {IRI}
    }
    assert lacking == set()


def test_text_about_a_term_is_clean_english(tbox):
    texts = [o for term in own_terms(tbox) for p in TEXTS for o in tbox.objects(term, p)]
    assert [text for text in texts if text.language != "en"] == []
    assert [text for text in texts if str(text) != " ".join(text.split()) or not text.split()] == []


def test_labels_are_unique(tbox):
    labels = Counter(str(tbox.value(t, RDFS.label)).casefold() for t in own_terms(tbox))
    assert [label for label, count in labels.items() if count > 1] == []


def test_every_own_term_in_use_is_declared(tbox):
    """Queries inside shapes count as well, so the files are read as text."""
    declared = {term for kind in KINDS.values() for term in named(tbox, kind)}
    files = [path for path in ONTOLOGY.rglob("*") if path.suffix in {".ttl", ".tsv"}]
    used = {name for path in files for name in re.findall(r"\bnea:(\w+)", path.read_text("utf-8"))}
    assert {NEA[name] for name in used - REFUSED} - declared == set()


def test_every_outside_term_in_an_axiom_is_declared(tbox):
    declared = {term for kind in KINDS.values() for term in named(tbox, kind)}
    members = {m for _, chain in chains(tbox) for m in chain}
    joined = {o for lst in tbox.objects(None, OWL.members) for o in Collection(tbox, lst)}
    axioms = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.inverseOf)
    used = {t for p in axioms for pair in tbox.subject_objects(p) for t in pair}
    predicates = {p for p in tbox.predicates() if not any(p in n for n in (RDF, RDFS, OWL))}
    terms = {t for t in members | joined | used | predicates if isinstance(t, URIRef)}
    assert terms - declared == set()


# ------------------------------------------------------------------------------ OWL 2 DL and RL


def test_no_construct_lies_outside_owl_2_rl(tbox):
    assert outside_rl(tbox) == set()


@pytest.mark.parametrize(
    "axiom",
    [
        "[ owl:onProperty nea:due ; owl:cardinality 1 ] rdfs:subClassOf nea:Task",
        "nea:Task rdfs:subClassOf [ owl:onProperty nea:due ; owl:someValuesFrom nea:TimeSpan ]",
        "nea:due rdfs:range [ a owl:Class ; owl:intersectionOf ( nea:Event nea:Meeting ) ]",
        "nea:Task owl:unionOf ( nea:Offer nea:Welcome )",
    ],
)
def test_planted_axiom_outside_owl_2_rl_is_found(axiom):
    assert outside_rl(Graph().parse(data=f"{PREFIX}{axiom} .", format="turtle")) != set()


def test_each_term_has_exactly_one_kind(tbox):
    kinds = Counter(term for kind in KINDS.values() for term in named(tbox, kind))
    assert {term for term, count in kinds.items() if count != 1} == set()


def test_linked_properties_are_of_one_kind(tbox):
    def kind(prop):
        return PROPERTY_KINDS & set(tbox.objects(prop, RDF.type))

    pairs = [*tbox.subject_objects(RDFS.subPropertyOf), *tbox.subject_objects(OWL.inverseOf)]
    pairs += [(head, member) for head, members in chains(tbox) for member in members]
    assert [pair for pair in pairs if kind(pair[0]) != kind(pair[1])] == []


def test_no_property_has_more_than_one_domain_or_range(tbox):
    counts = Counter((s, p) for p in (RDFS.domain, RDFS.range) for s in tbox.subjects(p))
    assert [pair for pair, count in counts.items() if count > 1] == []


def test_domains_and_ranges_are_the_agreed_few(tbox):
    def told(prop, predicate):
        return (tbox.value(prop, predicate) or "-").removeprefix(NEA)

    restricted = {*tbox.subjects(RDFS.domain), *tbox.subjects(RDFS.range)}
    assert {
        prop.removeprefix(NEA): f"{told(prop, RDFS.domain)} -> {told(prop, RDFS.range)}"
        for prop in restricted
    } == RESTRICTED


def test_sub_properties_are_the_agreed_ones(tbox):
    expected = {(NEA[s], NEA[p]) for p, names in SUB_PROPERTIES.items() for s in names.split()}
    expected.add((SKOS.broader, SKOS.broaderTransitive))
    assert set(tbox.subject_objects(RDFS.subPropertyOf)) == expected


def test_functional_properties_are_simple_and_the_agreed_two(tbox):
    functional = named(tbox, OWL.FunctionalProperty)
    composite = named(tbox, OWL.TransitiveProperty) | {head for head, _ in chains(tbox)}
    assert functional == {NEA.actedAt, NEA.donor}
    assert {prop for prop in functional if beneath(tbox, prop) & composite} == set()


def test_transitive_properties_are_the_agreed_four(tbox):
    expected = {NEA.within, NEA.locatedIn, NEA.followsUp, SKOS.broaderTransitive}
    assert named(tbox, OWL.TransitiveProperty) == expected


def test_keys_are_those_of_state_and_statement(tbox):
    keys = {c: list(Collection(tbox, lst)) for c, lst in tbox.subject_objects(OWL.hasKey)}
    assert keys == {NEA.State: [NEA.iso3], NEA.Statement: [NEA.recordedIn, NEA.localId]}


def test_every_inverse_pair_is_named(tbox):
    expected = {tuple(NEA[name] for name in pair.split("/")) for pair in INVERSES.split()}
    assert set(tbox.subject_objects(OWL.inverseOf)) == expected


def test_no_chain_leads_back_to_its_head(tbox):
    found = [head for head, members in chains(tbox) for m in members if head in beneath(tbox, m)]
    assert found == []


def test_chain_that_leads_back_to_its_head_is_found(tbox):
    axiom = "nea:sessionOf owl:propertyChainAxiom ( nea:inSeries nea:within )"
    graph = Graph().parse(data=f"{PREFIX}{axiom} .", format="turtle") + tbox
    heads = [head for head, members in chains(graph) for m in members if head in beneath(graph, m)]
    assert set(heads) == {NEA.sessionOf}


@pytest.mark.parametrize("predicate", [RDFS.subClassOf, RDFS.subPropertyOf], ids=["class", "prop"])
def test_hierarchy_has_no_loops(predicate, tbox):
    assert loops(tbox, predicate) == []


def test_no_inferred_class_is_in_a_disjointness(tbox):
    disjoint = [set(Collection(tbox, lst)) for lst in tbox.objects(None, OWL.members)]
    assert sorted(map(len, disjoint)) == [4, 5, 6, 18]
    assert len(inferred_classes(tbox)) == 5
    assert inferred_classes(tbox) & set.union(*disjoint) == set()

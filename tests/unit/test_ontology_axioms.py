"""What the axioms of the ontology entail, what they do not, and which wrong uses clash."""

from __future__ import annotations

from pathlib import Path

import owlrl
import pytest
from rdflib import OWL, RDFS, Graph, Literal
from rdflib.namespace import DCTERMS

ONTOLOGY = Path(__file__).parents[2] / "ontology"

ABOX = """
@prefix nea: <https://w3id.org/neagraph/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
FACTS = """
<offer> a nea:Offer ; nea:inParagraph <p> ; nea:actedAt <m> ; nea:creates <c> .
<welcome> a nea:Welcome ; nea:respondsTo <offer> .
<proposal> a nea:Proposal . <note> a nea:Noting ; nea:respondsTo <proposal> .
<p> nea:paragraphOf <report> . <m> nea:sessionOf <spc> ; nea:takesPlaceIn <land> .
<spc> nea:subsidiaryBodyOf <neacap> . <neacap> nea:subMechanismOf <neaspec> .
<russia> nea:hosts <m> . <japan> nea:chairs <m> . <next> nea:offeredHost <mongolia> .
<office> nea:servesAs <secretariat> . <secretariat> nea:secretariatOf <neaspec> .
<adoption> nea:adopts <plan> ; nea:actedAt <m> .
<c> nea:committedParty <members> ; nea:hasCondition <if> ; nea:due <bounded> .
<members> a nea:PartyGroup ; nea:hasGroupMember <mongolia> .
<if> a nea:Condition . <bounded> a nea:BoundedTimeSpan .
<c2> a nea:Task ; nea:committedParty <state> ; nea:due <open> . <state> a nea:State .
<open> a nea:TimeSpan .
<s3> nea:directlyFollowsUp <s2> . <s2> nea:directlyFollowsUp <s1> .
<s1> nea:topic <mpa> . <mpa> skos:broader <nature> . <nature> skos:broader <life> .
<g1> nea:donor <china> ; nea:toFund <fund> . <fund> nea:fundOf <neaspec> .
<g2> nea:donor <korea> ; nea:toProject <cats> . <cats> nea:projectOf <neaspec> .
<land> nea:territoryOf <china> .
<done> nea:fulfils <c> ; nea:evidencedBy <later> .
<refused> a nea:NegatedAct ; nea:negates nea:Adoption ; nea:hasObject <draft> ; nea:actedAt <m> .
<cold> a nea:NegatedAct ; nea:negates nea:Welcome ; nea:respondsTo <other-offer> .
<other-offer> a nea:Offer .
"""
ENTAILED = (
    "<offer> nea:recordedIn <report>",
    "<m> nea:within <neaspec>",
    "<russia> nea:participatesIn <m>",
    "<m> nea:hasParticipant <japan>",
    "<office> nea:servesMechanism <neaspec>",
    "<plan> nea:adoptedAt <m>",
    "<adoption> nea:hasObject <plan>",
    "<c> nea:arisesAt <m>",
    "<c> nea:evidencedIn <report>",
    "<c> nea:reachesMember <mongolia>",
    "<mongolia> nea:memberOf <members>",
    "<offer> a nea:WelcomedOffer",
    "<c> a nea:ConditionalCommitment",
    "<c> a nea:DatedCommitment",
    "<c> a nea:CollectiveCommitment",
    "<c2> a nea:StateCommitment",
    "<s3> nea:followsUp <s1>",
    "<s1> nea:underTopic <mpa>",
    "<s1> nea:underTopic <life>",
    "<china> nea:funds <neaspec>",
    "<korea> nea:funds <neaspec>",
    "<m> nea:inTerritoryOf <china>",
    "<c> nea:reportedDoneBy <later>",
    "<refused> a nea:Assertion",
)
NOT_ENTAILED = (
    "<c2> a nea:DatedCommitment",
    "<c2> a nea:CollectiveCommitment",
    "<proposal> a nea:WelcomedOffer",
    "<next> nea:hostedBy <mongolia>",
    "<mongolia> nea:participatesIn <next>",
    "<s3> nea:directlyFollowsUp <s1>",
    "<s1> nea:topic <life>",
    "<refused> a nea:Adoption",
    "<refused> a nea:Decision",
    "<draft> nea:adoptedAt <m>",
    "<other-offer> a nea:WelcomedOffer",
)
CLASHES = {
    "meeting-as-actor": "<s> nea:actor <meeting-as-actor> . <meeting-as-actor> a nea:Meeting .",
    "place-as-host": "<place-as-host> a nea:Place ; nea:hosts <m> .",
    "task-and-offer": "<task-and-offer> a nea:Task , nea:OfferedCommitment .",
    "act-and-commitment": "<act-and-commitment> a nea:Statement ; nea:committedParty <spc> .",
    "body-as-event": "<s> nea:actedAt <body-as-event> . <body-as-event> a nea:Body .",
    "state-as-venue": "<m> nea:takesPlaceIn <state-as-venue> . <state-as-venue> a nea:State .",
    "group-and-mechanism": "<group-and-mechanism> a nea:Network ; nea:hasGroupMember <state> .",
    "adoption-that-negates": "<adoption-that-negates> a nea:Adoption ; nea:negates nea:Adoption .",
    "before-itself": "<before-itself> nea:precedesSession <before-itself> .",
    "told-both-ways": "<told-both-ways> nea:toldIn <other> . <other> nea:toldIn <told-both-ways> .",
    "noting-and-adoption": "<noting-and-adoption> a nea:Noting , nea:Adoption .",
}


@pytest.fixture(scope="module")
def closure() -> Graph:
    """Return what owlrl makes of the axioms, the facts and the clashes; its keys are unsound."""
    tbox, graph = Graph(), Graph()
    for path in (ONTOLOGY / "modules").glob("*.ttl"):
        tbox.parse(path, format="turtle")
    left_out = {OWL.hasKey, OWL.versionIRI, RDFS.isDefinedBy}
    for s, p, o in tbox:
        if not isinstance(o, Literal) and p not in left_out and p not in DCTERMS:
            graph.add((s, p, o))
    graph.parse(data=ABOX + FACTS + "".join(CLASHES.values()), format="turtle", publicID="ex:/")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def holds(graph: Graph, fact: str) -> bool:
    (triple,) = Graph().parse(data=f"{ABOX}{fact} .", format="turtle", publicID="ex:/")
    return triple in graph


@pytest.mark.parametrize("fact", ENTAILED)
def test_axioms_entail(fact, closure):
    assert holds(closure, fact)


@pytest.mark.parametrize("fact", NOT_ENTAILED)
def test_axioms_do_not_entail(fact, closure):
    assert not holds(closure, fact)


@pytest.mark.parametrize("name", CLASHES)
def test_wrong_use_clashes(name, closure):
    errors = [str(o) for _, p, o in closure if str(p).endswith("agent-ont#error")]
    assert any(f"ex:/{name}" in error for error in errors)


def test_right_use_does_not_clash(closure):
    errors = [str(o) for _, p, o in closure if str(p).endswith("agent-ont#error")]
    assert [e for e in errors if not any(f"ex:/{name}" in e for name in CLASHES)] == []

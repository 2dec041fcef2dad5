"""Statements as the graph of a report: what is written, what is not, and in which form."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse, read_file, triples_of
from neagraph.rdf.terms import Literal, NamedNode
from neagraph.reports.publishing.assembling import assemble, entry_of, reading_of
from neagraph.reports.publishing.publication import addressable, paragraph_keys
from neagraph.reports.publishing.report_graph import Entry
from neagraph.reports.publishing.standing import Standing, owners_of, standing_in
from neagraph.reports.publishing.turtle import write_report
from neagraph.reports.reviewing.review import items_of
from neagraph.reports.statements import ParagraphPlace
from neagraph.reports.wording import read_glossary, summary_of, wording
from neagraph.settings import project_root
from neagraph.sources import read_sources
from neagraph.validation.validator import validate
from neagraph.vocab import ID, NEA, OA, graph_of_data, thing

from .review_samples import TEXT, from_annotation, sample

SLUG = "reed-council-3"
GRAPH = graph_of_data("report", SLUG)
SOM_24 = project_root() / "data" / "reports" / "neaspec-som-24.ttl"


@pytest.fixture(scope="module")
def sources():
    return read_sources(project_root())


@pytest.fixture(scope="module")
def glossary(sources):
    return read_glossary(sources.triples())


def graph(extraction, glossary, *, text=TEXT, slug=SLUG, standing=None, reviewer=""):
    reading = reading_of(extraction, text, slug=slug, time="")
    entries = [replace(entry_of(i, reading), reviewer=reviewer) for i in items_of(reading, ())]
    name = graph_of_data("report", slug)
    return assemble(reading, entries, standing or Standing(), glossary, graph=name)


def facts(triples, path):
    """What is said of a thing, with short names."""
    said: dict[str, set[str]] = {}
    for triple in triples:
        if triple.subject == NamedNode(thing(path)):
            value = triple.object.value.removeprefix(ID).removeprefix(NEA)
            said.setdefault(re.split(r"[#/]", triple.predicate.value)[-1], set()).add(value)
    return said


def test_the_hand_written_file_comes_back_in_the_same_layout():
    """Comments of its own apart, and the order of things where people have chosen one."""
    written = read_file(SOM_24)
    triples = triples_of(parse(written, TURTLE, source=str(SOM_24)))
    text = write_report(triples, title="SOM-24")
    again = triples_of(parse(text, TURTLE, source="again"))
    assert {str(triple) for triple in again} == {str(triple) for triple in triples}
    lines = [line for line in written.decode().splitlines() if line and line[0] != "#"]
    ours = {line for line in text.decode().splitlines() if line and line[0] != "#"}
    same = sum(line in ours for line in lines)
    assert same / len(lines) > 0.98


def test_the_order_of_the_triples_does_not_matter(glossary):
    triples = graph(sample(), glossary)
    shuffled = random.Random(1).sample(triples, len(triples))  # noqa: S311  no secret
    assert write_report(shuffled, title="t") == write_report(triples, title="t")


def test_what_is_written_conforms_to_the_shapes(sources, glossary):
    triples = graph(sample(), glossary, reviewer="Ann")
    report = validate(triples, shapes=sources.shapes_triples(), background=sources.triples())
    assert report.violations == ()


def test_the_hand_annotation_is_written_as_the_hand_written_file_has_it(shared, sources, glossary):
    """All statements and commitments of SOM-24: same kinds, roles, dates and places."""
    extraction, text = from_annotation(shared)
    triples = graph(extraction, glossary, text=text, slug="neaspec-som-24")
    report = validate(
        triples,
        shapes=sources.shapes_triples(),
        background=sources.triples(without=frozenset({graph_of_data("report", "neaspec-som-24")})),
    )
    assert {r.message for r in report.violations} <= {
        # without the file itself nobody describes who acts there
        "The actor is not recorded as someone or something that can act.",
    }
    theirs = triples_of(parse(read_file(SOM_24), TURTLE, source=str(SOM_24)))
    terms = ("type", "actorBasis", "operativeVerb", "topic", "toldIn", "inParagraph", "actedAt",
             "actedAtBasis", "creates", "restates", "modality", "anchor", "hasSelector",
             "clauseSha256", "start", "end", "exact", "committedParty", "partyBasis", "strength",
             "due", "notBefore", "notAfter", "precision", "asWritten", "checkable")  # fmt: skip
    differing = []
    for kind in ("statement", "commitment", "anchor", "timespan"):
        prefix = f"{ID}{kind}/neaspec-som-24/"
        subjects = {t.subject.value.removeprefix(ID) for t in triples if prefix in t.subject.value}
        for path in sorted(subjects):
            ours, expected = facts(triples, path), facts(theirs, path)
            differing += [
                (path, term, ours.get(term), expected.get(term))
                for term in terms
                if ours.get(term) != expected.get(term)
            ]
    assert differing == []


def test_what_was_not_done_is_written_as_a_negated_act_without_effect(sources, glossary):
    """A plan that was not adopted, and a sum that was not paid."""
    adoption, _, noting, _ = sample().statements
    unpaid = replace(noting, responds_to=(), negated=True)
    refused = (replace(adoption, negated=True), unpaid)
    triples = graph(replace(sample(), statements=refused), glossary, reviewer="Ann")
    said = facts(triples, f"statement/{SLUG}/p1-s1-a")
    assert (said["type"], said["negates"]) == ({"NegatedAct"}, {"Adoption"})
    assert said["hasObject"] == {f"plan/{SLUG}-reed-plan"}
    assert said.keys().isdisjoint({"adopts", "creates", "manner"})
    assert said["summary"].pop().startswith("Negated: adoption by ")
    amount = facts(triples, f"amount/{SLUG}/p2-s1-a-1")
    assert amount["type"] == {"MonetaryAmount"}
    assert not any("contribution/" in t.subject.value for t in triples)
    report = validate(triples, shapes=sources.shapes_triples(), background=sources.triples())
    assert report.violations == ()


def test_no_run_of_the_text_is_written(glossary):
    triples = graph(sample(), glossary)
    words = TEXT.split()
    runs = {" ".join(words[i : i + 5]) for i in range(len(words) - 4)}
    short = {t for t in triples if t.predicate.value in {NEA + "asWritten", OA + "exact"}}
    for triple in triples:
        if isinstance(triple.object, Literal) and triple not in short:
            assert not any(run in triple.object.value for run in runs), triple
    assert all(len(triple.object.value) <= 60 for triple in short)


def test_what_the_report_does_not_say_is_marked(glossary):
    extraction = sample()
    bare = replace(extraction.statements[3], actor=None, actor_basis="inferred", acted_at=None)
    offered = replace(bare.commitments[0], committed_party=None)
    triples = graph(
        replace(extraction, statements=(replace(bare, commitments=(offered,), parent=None),)),
        glossary,
    )
    said = facts(triples, f"statement/{SLUG}/p2-s1-b")
    assert "actor" not in said
    assert said["actorBasis"] == said["actedAtBasis"] == {"voc/basis/unstated"}
    commitment = facts(triples, f"commitment/{SLUG}/c01")
    assert commitment["partyBasis"] == commitment["owedToBasis"] == {"voc/basis/unstated"}


def test_a_sum_without_a_donor_is_no_contribution(sources, glossary):
    extraction = sample()
    noting = extraction.statements[2]
    lone = replace(noting, amounts=(replace(noting.amounts[0], donor=None),), responds_to=())
    triples = graph(replace(extraction, statements=(lone,)), glossary)
    assert facts(triples, f"amount/{SLUG}/p2-s1-a-1")["type"] == {"MonetaryAmount"}
    assert f"amount/{SLUG}/p2-s1-a-1" in facts(triples, f"statement/{SLUG}/p2-s1-a")["mentions"]
    report = validate(triples, shapes=sources.shapes_triples(), background=sources.triples())
    assert report.violations == ()


def test_a_strength_of_the_other_scale_is_left_out(glossary):
    extraction = sample()
    request = extraction.statements[1]
    odd = replace(request, commitments=(replace(request.commitments[0], strength="offered"),))
    triples = graph(replace(extraction, statements=(odd,)), glossary)
    assert "strength" not in facts(triples, f"commitment/{SLUG}/c01")


def test_links_lead_to_statements_that_are_there(glossary):
    extraction = sample()
    told = extraction.statements[3]
    triples = graph(replace(extraction, statements=(told,)), glossary)
    assert "toldIn" not in facts(triples, f"statement/{SLUG}/p2-s1-b")


def test_new_names_become_things_with_an_address(glossary):
    said = facts(graph(sample(), glossary), f"plan/{SLUG}-reed-plan")
    assert said["type"] == {"Plan"}
    assert said["label"] == {"Reed Plan"}
    assert said["wasGeneratedBy"] == {f"extraction/{SLUG}/rules-1"}


def test_new_names_of_meetings_are_marked_as_not_dated(sources, glossary):
    extraction = sample()
    entities = (replace(extraction.entities[0], type="Meeting", label="Reed Workshop"),)
    first = replace(extraction.statements[0], type="Endorsement", verb="support")
    triples = graph(replace(extraction, entities=entities, statements=(first,)), glossary)
    report = validate(triples, shapes=sources.shapes_triples(), background=sources.triples())
    assert report.violations == ()
    assert facts(triples, f"meeting/{SLUG}-reed-plan")["conveningBasis"]


def test_who_speaks_by_a_common_noun_alone_becomes_an_agent_of_the_report(sources, glossary):
    extraction = sample()
    meeting, friends = (thing(f"provisional/0123456789ab/{w}") for w in ("meeting", "friends"))
    request = replace(extraction.statements[1], actor=meeting, addressee=friends)
    triples = graph(replace(extraction, statements=(request,)), glossary)
    report = validate(triples, shapes=sources.shapes_triples(), background=sources.triples())
    assert report.violations == ()
    said = facts(triples, f"statement/{SLUG}/p1-s2-a")
    assert said["actor"] == {f"body/{SLUG}-meeting"}
    assert facts(triples, f"body/{SLUG}-meeting")["type"] == {"Body"}
    assert facts(triples, f"group/{SLUG}-friends")["type"] == {"PartyGroup"}


def test_a_name_that_becomes_no_thing_is_left_out(glossary):
    extraction = sample()
    vague = replace(extraction.entities[0], type="Idea")
    first = replace(extraction.statements[0], acted_at=thing("provisional/0123456789ab/then"))
    triples = graph(replace(extraction, entities=(vague,), statements=(first,)), glossary)
    said = facts(triples, f"statement/{SLUG}/p1-s1-a")
    assert "adopts" not in said
    assert said["actedAtBasis"] == {"voc/basis/unstated"}


@pytest.mark.parametrize("known", [True, False])
def test_a_meeting_that_the_graph_does_not_know_is_described(sources, glossary, known):
    extraction = sample()
    iri = thing("meeting/reed-council-3") if known else thing("provisional/0123456789ab/third")
    acts = tuple(replace(s, acted_at=iri) for s in extraction.statements)
    triples = graph(replace(extraction, meeting=iri, statements=acts), glossary)
    report = validate(triples, shapes=sources.shapes_triples(), background=sources.triples())
    assert report.violations == ()
    address = "meeting/reed-council-3" if known else f"meeting/session-{SLUG}"
    assert facts(triples, f"document/{SLUG}-report")["reportOf"] == {address}
    assert facts(triples, address)["heldTime"]


def test_paragraphs_without_a_plain_number_come_after_the_others():
    places = [ParagraphPlace(n, 0, 1, "") for n in ("1", "4(a)", "4(b)", "7", "3~2")]
    assert paragraph_keys(places) == [1, 8, 9, 7, 10]


def test_ids_hold_plain_numbers_wherever_a_statement_is_named():
    extraction = sample()
    places = (extraction.paragraphs[0], replace(extraction.paragraphs[1], number="4(a)"))
    first, second, noting, told = extraction.statements
    noting = replace(noting, id="p4(a)-s1-a", paragraph="4(a)", responds_to=("p4(a)-s1-b",))
    told = replace(told, id="p4(a)-s1-b", paragraph="4(a)", parent="p4(a)-s1-a")
    *_, noting, told = addressable((first, second, noting, told), places)
    assert (noting.id, noting.responds_to) == ("p2-s1-a", ("p2-s1-b",))
    assert (told.id, told.parent) == ("p2-s1-b", "p2-s1-a")


def test_a_publication_is_told_from_what_was_entered_by_hand(glossary):
    triples = triples_of(parse(read_file(SOM_24), TURTLE, source=str(SOM_24)))
    by_hand = standing_in(triples, "neaspec-som-24")
    assert len(by_hand.by_hand) >= 74
    assert len(by_hand.triples) == len(triples)
    assert not by_hand.published
    names = {k[0]: v for k, v in by_hand.commitments.items()}
    assert names["p14-s2-b"] == ("c24", "c25")
    assert len({name for found in by_hand.commitments.values() for name in found}) == 25
    ours = standing_in(graph(sample(), glossary, reviewer="Ann"), SLUG)
    assert ours.published == {"p1-s1-a", "p1-s2-a", "p2-s1-a", "p2-s1-b"}
    assert ours.triples == ()


def test_what_is_added_by_hand_to_a_publication_stays(glossary):
    triples = graph(sample(), glossary)
    taken_over = [
        t
        for t in triples
        if not (t.subject.value.endswith("reed-plan") and "wasGenerated" in t.predicate.value)
    ]
    standing = standing_in(taken_over, SLUG)
    assert {t.subject.value for t in standing.triples} == {thing(f"plan/{SLUG}-reed-plan")}
    assert len(standing.joined(triples)) == len(taken_over)


def test_commitments_keep_their_names(glossary):
    extraction = sample()
    late = replace(extraction, statements=extraction.statements[2:])
    first = standing_in(graph(late, glossary), SLUG)
    assert list(first.commitments.values()) == [("c01",)]
    both = standing_in(graph(extraction, glossary, standing=first), SLUG)
    assert {key[0]: name for key, name in both.commitments.items()} == {
        "p2-s1-b": ("c01",),
        "p1-s2-a": ("c02",),
    }


def test_everything_is_traced_to_its_statement(glossary):
    owners = owners_of(graph(sample(), glossary))
    assert owners[thing(f"timespan/{SLUG}/c01")] == {"p1-s2-a"}
    assert owners[thing(f"anchor/{SLUG}/c02/clause")] == {"p2-s1-b"}
    assert owners[thing(f"contribution/{SLUG}-p2-s1-a-1")] == {"p2-s1-a"}


def test_summaries_are_put_together_from_parts(glossary):
    first, request, *_ = sample().statements
    assert summary_of(request, glossary) == (
        "Request by Senior Officials Meeting of NEASPEC to NEASPEC Secretariat: wetlands."
    )
    odd = replace(first, actor=None, modality="may", negated=True, objects=(), topic=None)
    assert summary_of(odd, glossary) == 'Negated: adoption, no actor named, "may".'
    many = replace(first, objects=tuple(thing(f"state/s-{n}") for n in range(6)))
    assert summary_of(many, glossary).endswith("s 0; s 1; s 2; s 3; and 2 more.")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("US\\$\n 44,985", "US$ 44,985"), ("", None), ("x" * 60, "x" * 60), ("x" * 61, None)],
)
def test_short_wordings_alone_are_kept(text, kept):
    assert wording(text) == kept


def test_a_statement_added_by_a_person_is_curated(glossary):
    reading = reading_of(sample(), TEXT, slug=SLUG, time="")
    statement = reading.extraction.statements[0]
    entry = Entry(statement, reading.evidence[statement.id], reviewer="Ann")
    triples = assemble(reading, [entry], Standing(), glossary, graph=GRAPH)
    said = facts(triples, f"statement/{SLUG}/p1-s1-a")
    assert said["wasGeneratedBy"] == {f"extraction/{SLUG}/review"}
    assert said["reviewedBy"] == {"reviewer/ann"}
    assert "confidence" not in said
    assert facts(triples, f"extraction/{SLUG}/review")["method"] == {"voc/method/curated"}

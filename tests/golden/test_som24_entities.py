"""The SOM-24 graph says what the hand annotation says: States, bodies, events, things, money.

Built like `test_som24.py`: the full table of facts for each entry, compared both ways. Relations
between entities that the report states are in `som24_tables.yaml`.
"""

from collections.abc import Iterable

from .annotation import (
    CURATION,
    EDITION,
    ENTITY_GROUPS,
    REPORT,
    Entry,
    Expected,
    R,
    bounds,
    differing,
    of_kind,
    refs,
    single,
    span,
    text,
    told,
)


def expected_entity(group: str, entry: Entry, tables: Entry) -> Expected:
    """All facts that the graph has of an entity, read from its entry and the table of relations."""
    kind = entry["id"].split("/")[0]
    classes = tables["classes"]
    facts = {
        "rdf:type": {f"nea:{entry.get('kind') or classes.get(entry['id']) or classes[kind]}"},
        "rdfs:label": text(entry["label"]),
        "skos:altLabel": {f"{alias}@en" for alias in entry.get("alias", [])},
        "nea:acronym": {entry["label"]} if group == "mechanisms" else (),
        "nea:expansion": text(entry.get("expansion") if entry.get("expansion_in_report") else None),
        "nea:outsideNote": text(entry.get("relation")),
        "nea:documentStatus": text(entry.get("status") if group == "documents_and_plans" else None),
        "nea:summary": text(entry.get("status") if group != "documents_and_plans" else None),
        "nea:periodCovered": {entry["period"]} if "period" in entry else (),
        "nea:offeredHost": refs(entry.get("host_offered")),
        "nea:takesPlaceIn": refs(entry.get("place")),
        "nea:format": refs(entry.get("format"), under="voc/format/"),
        "skos:editorialNote": text(entry.get("note")),
        **(event_times(entry) if group == "meetings" else {}),
        **tables["relations"].get(entry["id"], {}),
    }
    return told(facts)


def event_times(entry: Entry) -> dict[str, Iterable[str]]:
    """Time of an event: held or planned, with first and last day where they are known."""
    if entry["time"] == "recurring":
        return {}
    way = "planned" if entry["time"] == "future" else "held"
    known = entry.get("start") and bounds(entry["start"], entry.get("end"))
    days = known[:2] if known and known[2] == "day" else None
    return {
        f"nea:{way}Time": {f"timespan/{R}/{entry['id'].replace('/', '-')}-{way}"},
        "nea:startDate": {days[0]} if days else (),
        "nea:endDate": {days[1]} if days else (),
    }


def test_entity_has_the_facts_of_its_entry(gold_entity, report, tables):
    group, entry = gold_entity
    expected = differing(entry["id"], expected_entity(group, entry, tables), tables)
    assert report[entry["id"]] == expected


def test_entity_time_is_a_span(gold_entity, report):
    group, entry = gold_entity
    times = event_times(entry) if group == "meetings" else {}
    for name in {*times.get("nea:heldTime", ()), *times.get("nea:plannedTime", ())}:
        known = (
            bounds(entry["start"], entry.get("end")) if entry.get("start") else (None, None, "open")
        )
        assert report[name] == span(*known)


def test_entity_host_chair_and_organizer_are_relations(gold_entity, report):
    _, entry = gold_entity
    for field, term in {
        "host": "nea:hosts",
        "chair": "nea:chairs",
        "organizer": "nea:organizes",
    }.items():
        found = {s for s, about in report.items() if entry["id"] in about.get(term, ())}
        assert found == refs(entry.get(field))


def test_entity_is_conditional_through_its_commitment(gold_entity, report):
    _, entry = gold_entity
    on_it = [about for about in report.values() if entry["id"] in about.get("nea:onThing", ())]
    assert any("nea:hasCondition" in about for about in on_it) == entry.get("conditional", False)


def test_entity_has_no_field_that_nobody_compares(gold_entity):
    """`role` is read from statements and contributions; `venue` and `date_status` are notes."""
    _, entry = gold_entity
    compared = {
        *(
            "id",
            "label",
            "mentions",
            "alias",
            "kind",
            "note",
            "expansion",
            "expansion_in_report",
            "relation",
            "time",
        ),
        *(
            "date",
            "start",
            "end",
            "format",
            "host",
            "chair",
            "organizer",
            "host_offered",
            "place",
            "conditional",
        ),
        *("status", "period", "role", "venue", "date_status"),
    }
    assert entry.keys() <= compared


def test_contribution_has_the_facts_of_its_entry(gold_contribution, report):
    paragraph = gold_contribution["mentions"][0]["paragraph"]
    about = dict(report[gold_contribution["id"]])
    (evidence,) = about.pop("nea:evidencedBy")
    assert evidence.startswith(f"statement/{R}/p{paragraph}-")
    assert about == told(
        {
            "rdf:type": {"nea:Contribution"},
            "rdfs:label": text(gold_contribution["label"]),
            "nea:donor": {gold_contribution["donor"]},
            "nea:amount": {f"{gold_contribution['value']}.0"},
            "nea:currency": {
                f"http://publications.europa.eu/resource/authority/currency/{gold_contribution['currency']}"
            },
            "nea:currencyBasis": {f"voc/basis/{gold_contribution['currency_basis']}"},
            "nea:asWritten": {gold_contribution["as_written"].replace("\\", "")},
            "nea:toFund": refs(gold_contribution["fund"]),
            "nea:toProject": refs(gold_contribution.get("project")),
            "nea:forYear": {str(gold_contribution["year"])} if gold_contribution["year"] else (),
            "nea:flowType": {"voc/flow-type/incoming-funds"},
        }
    )


def test_graph_has_no_entity_without_entry(gold, report):
    groups = (*ENTITY_GROUPS, "money")
    expected = {entry["id"] for group in groups for entry in gold["entities"][group]}
    kinds = {name.split("/")[0] for name in expected}
    assert of_kind(report, *kinds) == expected


def test_topic_of_the_annotation_is_in_the_vocabulary(gold, terms):
    topics = {f"voc/{entry['id']}" for entry in gold["entities"]["topics"]}
    assert topics <= terms.keys()


def test_named_thing_is_linked_to_its_paragraph(gold, report):
    """Every thing that a paragraph names is reached from a statement in that paragraph."""
    reached = {
        (single(report, thing, "nea:inParagraph"), value)
        for thing in of_kind(report, "statement")
        for values in report[thing].values()
        for value in values
    }
    named = {(f"paragraph/{R}/p{e['paragraph']}", e["entity"]) for e in gold["entity_paragraphs"]}
    assert named <= reached


def test_source_extraction_and_graph_are_described(report):
    assert report[CURATION] == {
        "rdf:type": {"nea:Extraction"},
        "rdfs:label": {"Hand annotation of the SOM-24 report@en"},
        "prov:used": {EDITION},
        "nea:method": {"voc/method/curated"},
        "nea:confidence": {"1.0"},
    }
    graph = report[f"graph/report/{R}"]
    assert graph["rdf:type"] == {"void:Dataset"}
    assert graph["dcterms:source"] == {REPORT}
    assert graph["dcterms:license"] == {"https://creativecommons.org/licenses/by/4.0/"}
    assert graph.keys() >= {"dcterms:title", "dcterms:description"}


def test_conditions_are_described_in_words(report):
    assert {thing: report[thing]["rdfs:label"] for thing in of_kind(report, "condition")} == {
        f"condition/{R}/covid-19-situation-permits": {"the COVID-19 situation permits it@en"},
        f"condition/{R}/covid-19-pandemic-state": {"state of the COVID-19 pandemic@en"},
    }


def test_differences_are_still_differences(gold, tables):
    """A group of differences names only entries that exist, and gives a reason."""
    known = {entry["id"] for entry in [*gold["statements"], *gold["commitments"]]}
    known |= {entry["id"] for group in ENTITY_GROUPS for entry in gold["entities"][group]}
    for group in tables["differences"]:
        assert group["why"]
        assert {*group.get("adds", {}), *group.get("says", {})} <= known
    assert tables["relations"].keys() <= known


def test_every_time_span_is_the_time_of_something(report):
    timed = ("nea:due", "nea:heldTime", "nea:plannedTime")
    used = {span for about in report.values() for term in timed for span in about.get(term, ())}
    assert of_kind(report, "timespan") == used

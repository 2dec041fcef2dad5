"""The SOM-24 graph says what the hand annotation says: paragraphs, statements, commitments.

Each test builds the full table of facts that an entry asks for and compares it with the facts of
the graph: a missing fact fails, and so does one too many. What differs on purpose stands in
`som24_tables.yaml`, each group with its reason.
"""

from .annotation import (
    CURATION,
    REPORT,
    Entry,
    Expected,
    Facts,
    R,
    bounds,
    differing,
    listed,
    of_kind,
    refs,
    single,
    span,
    text,
    told,
)

OBJECT_TERM = {
    "Adoption": "nea:adopts",
    "Approval": "nea:approves",
    "Acceptance": "nea:accepts",
    "ReviewAct": "nea:reviews",
    "Recommendation": "nea:recommends",
    "Proposal": "nea:proposesThing",
}
FORCE_OF_FAMILY = {
    "nea:Assertion": "assertive",
    "nea:Appraisal": "expressive",
    "nea:Directive": "directive",
    "nea:Commissive": "commissive",
    "nea:Decision": "declarative",
}
PARTY_TERM = {
    "commitment_kind": "rdf:type",
    "committed_party": "nea:committedParty",
    "party_basis": "nea:partyBasis",
    "beneficiary": "nea:owedTo",
    "beneficiary_basis": "nea:owedToBasis",
    "strength": "nea:strength",
}
CONDITIONS = {
    "the COVID-19 situation permits it": f"condition/{R}/covid-19-situation-permits",
    "state of the COVID-19 pandemic": f"condition/{R}/covid-19-pandemic-state",
}
# Fields that stand in the one table of a statement's facts; the others have tests of their own.
IN_TABLE = {
    *("id", "paragraph", "parent", "verb", "type", "actor", "actor_basis", "addressee", "object"),
    *("addressee_basis", "mentions", "avoids_duplication_with", "topic", "manner", "purpose"),
    *("constraint", "modality", "condition", "commitments", "restates", "responds_to", "summary"),
    *("ambiguity", "note", "made_at", "made_at_basis"),
}
OF_THEIR_OWN = {
    *("sentence", "level", "force", "decides", "is_commitment", "date", "format", "amount"),
    *("frequency", "commitment_kind", "committed_party", "party_basis", "beneficiary"),
    *("beneficiary_basis", "strength"),
    *("char_start", "char_end", "trigger", "trigger_start", "trigger_end"),
}


def expected_paragraph(entry: Entry, tables: Entry) -> Expected:
    """All facts that the graph has of a paragraph; of a heading, its topic only."""
    number, heading = entry["number"], entry["heading"] or ""
    return told(
        {
            "rdf:type": {"nea:Paragraph"},
            "rdfs:label": text(f"Paragraph {number} of the SOM-24 report"),
            "nea:paragraphOf": {REPORT},
            "nea:paragraphNumber": {str(number)},
            "nea:topic": refs(tables["heading_topics"].get(number), under="voc/topic/"),
            "nea:heading": text(tables["own_headings"].get(number)),
            "nea:headingInherited": {"true"} if heading.startswith("(under") else (),
            "nea:startOffset": {str(entry["char_start"])},
            "nea:endOffset": {str(entry["char_end"])},
        }
    )


def test_paragraph_has_the_facts_of_its_entry(gold_paragraph, report, tables):
    expected = expected_paragraph(gold_paragraph, tables)
    assert report[f"paragraph/{R}/p{gold_paragraph['number']}"] == expected


def test_paragraph_heading_is_said_when_there_is_one(gold_paragraph, report):
    about = report[f"paragraph/{R}/p{gold_paragraph['number']}"]
    said = about.keys() & {"nea:topic", "nea:heading"}
    assert bool(said) == (gold_paragraph["heading"] is not None)


def test_graph_has_no_paragraph_statement_or_commitment_without_entry(gold, report):
    expected = {f"paragraph/{R}/p{entry['number']}" for entry in gold["paragraphs"]}
    expected |= {f"statement/{R}/{entry['id']}" for entry in gold["statements"]}
    expected |= {f"commitment/{R}/{entry['id']}" for entry in gold["commitments"]}
    assert of_kind(report, "paragraph", "statement", "commitment") == expected


def expected_statement(entry: Entry) -> Expected:
    """All facts that the graph has of a statement, read from its entry."""
    condition = entry.get("condition")
    bases = refs(sorted(set(listed(entry.get("addressee_basis")))), under="voc/basis/")
    readings = range(1, len(entry["addressee"]) + 1) if len(bases) > 1 else ()
    return told(
        {
            "rdf:type": {f"nea:{entry['type']}"},
            "nea:localId": {entry["id"]},
            "nea:summary": text(entry["summary"]),
            "nea:actor": refs(entry["actor"]),
            "nea:actorBasis": refs(entry["actor_basis"], under="voc/basis/"),
            "nea:addressee": refs(entry["addressee"]),
            "nea:addresseeBasis": bases,
            "nea:hasRoleReading": {f"reading/{R}/{entry['id']}/addressee-{n}" for n in readings},
            "nea:actedAt": refs(entry["made_at"]),
            "nea:actedAtBasis": refs(entry.get("made_at_basis"), under="voc/basis/"),
            "nea:operativeVerb": refs(entry["verb"], under="voc/verb/"),
            "nea:modality": text(entry.get("modality")),
            OBJECT_TERM.get(entry["type"], "nea:hasObject"): refs(entry["object"]),
            "nea:mentions": refs(entry.get("mentions")),
            "nea:avoidsDuplicationWith": refs(entry.get("avoids_duplication_with")),
            "nea:topic": refs(entry["topic"], under="voc/topic/"),
            "nea:manner": text(entry.get("manner")),
            "nea:purpose": text(entry.get("purpose")),
            "nea:constraint": text(entry.get("constraint")),
            "nea:statesCondition": {CONDITIONS[condition]} if condition else (),
            "nea:recurrence": {f"recurrence/{R}/{entry['id']}"} if "frequency" in entry else (),
            "nea:toldIn": refs(entry.get("parent"), under=f"statement/{R}/"),
            "nea:respondsTo": refs(entry.get("responds_to"), under=f"statement/{R}/"),
            "nea:creates": refs(entry.get("commitments"), under=f"commitment/{R}/"),
            "nea:restates": refs(entry.get("restates"), under=f"commitment/{R}/"),
            "nea:ambiguityNote": text(entry.get("ambiguity")),
            "skos:editorialNote": text(entry.get("note")),
            "nea:inParagraph": {f"paragraph/{R}/p{entry['paragraph']}"},
            "nea:anchor": {f"anchor/{R}/{entry['id']}"},
            "prov:wasGeneratedBy": {CURATION},
        }
    )


def test_statement_has_the_facts_of_its_entry(gold_statement, report, tables):
    expected = differing(gold_statement["id"], expected_statement(gold_statement), tables)
    assert report[f"statement/{R}/{gold_statement['id']}"] == expected


def test_statement_id_names_paragraph_and_sentence(gold_statement):
    paragraph, sentence, _ = gold_statement["id"].split("-")
    assert (paragraph, sentence) == (
        f"p{gold_statement['paragraph']}",
        f"s{gold_statement['sentence']}",
    )


def test_statement_is_told_in_another_when_embedded(gold_statement, report):
    about = report[f"statement/{R}/{gold_statement['id']}"]
    assert ("nea:toldIn" in about) == (gold_statement["level"] == "embedded")


def test_statement_class_belongs_to_the_family_of_its_force(gold_statement, terms):
    (family,) = terms[f"nea:{gold_statement['type']}"]["rdfs:subClassOf"] & FORCE_OF_FAMILY.keys()
    assert FORCE_OF_FAMILY[family] == gold_statement["force"]


def test_statement_decides_when_it_is_a_decision_of_the_meeting(gold_statement):
    decision = (
        gold_statement["force"] == "declarative" and gold_statement["actor"] == "body/neaspec-som"
    )
    assert gold_statement.get("decides", False) == decision


def test_statement_has_no_field_that_nobody_compares(gold_statement):
    assert gold_statement.keys() <= IN_TABLE | OF_THEIR_OWN


def test_statement_arises_in_commitments_when_the_entry_says_so(gold_statement, report):
    assert bool(arising(gold_statement, report)) == gold_statement["is_commitment"]


def test_statement_shares_parties_with_its_commitments(gold_statement, report, tables):
    """Where a statement's commitments differ in a field, it stands on them only."""
    slips = tables["slips"].get(gold_statement["id"], ())
    fields = {
        field: values
        for field, values in expected_parties(gold_statement).items()
        if field not in slips
    }
    for commitment in arising(gold_statement, report):
        about = report[commitment]
        assert {field: about.get(PARTY_TERM[field], frozenset()) for field in fields} == fields


def arising(entry: Entry, facts: Facts) -> frozenset[str]:
    """The commitments that a statement creates or restates."""
    about = facts[f"statement/{R}/{entry['id']}"]
    return about.get("nea:creates", frozenset()) | about.get("nea:restates", frozenset())


def expected_parties(entry: Entry) -> Expected:
    """What a statement's entry says of the commitments that arise from it, by field."""
    scale = "directive" if entry.get("commitment_kind") == "Task" else "commissive"
    under = {
        "commitment_kind": "nea:",
        "committed_party": "",
        "party_basis": "voc/basis/",
        "beneficiary": "",
        "beneficiary_basis": "voc/basis/",
        "strength": f"voc/strength-{scale}/",
    }
    return {field: refs(entry[field], under=under[field]) for field in under if field in entry}


def test_statement_date_is_that_of_the_event_or_contribution(gold_statement, report):
    for date in listed(gold_statement.get("date")):
        things = listed(date.get("applies_to", gold_statement["object"]))
        found = {time for thing in things for time in times_of(report, thing)}
        assert found == {bounds(date["start"], date.get("end"))[:2]}


def times_of(report: Facts, thing: str) -> set[tuple[str, str]]:
    """First and last day of an event's times, or of the year that a contribution is for."""
    about = report[thing]
    if "nea:forYear" in about:
        return {bounds(year, None)[:2] for year in about["nea:forYear"]}
    spans = about.get("nea:heldTime", frozenset()) | about.get("nea:plannedTime", frozenset())
    return {(single(report, s, "nea:notBefore"), single(report, s, "nea:notAfter")) for s in spans}


def test_statement_format_is_that_of_its_object(gold_statement, report):
    if "format" in gold_statement:
        formats = [report[thing]["nea:format"] for thing in gold_statement["object"]]
        assert formats == [{f"voc/format/{gold_statement['format']}"}]


def test_statement_amounts_are_those_of_contributions_it_evidences(gold_statement, report):
    name = f"statement/{R}/{gold_statement['id']}"
    evidenced = {s for s, about in report.items() if name in about.get("nea:evidencedBy", ())}
    amounts = gold_statement.get("amount", [])
    assert evidenced == {amount["contribution"] for amount in amounts}
    for amount in amounts:
        about = report[amount["contribution"]]
        assert about["nea:amount"] == {f"{amount['value']}.0"}
        assert about["nea:donor"] == {amount["donor"]}
        assert about["nea:currencyBasis"] == {f"voc/basis/{amount['currency_basis']}"}


def test_statement_recurrence_is_a_node(gold_statement, report):
    name = f"recurrence/{R}/{gold_statement['id']}"
    frequency = gold_statement.get("frequency")
    assert (name in report) == (frequency is not None)
    if frequency:
        assert frequency["per"] == "SOM session"
        assert report[name] == {
            "rdf:type": {"nea:Recurrence"},
            "nea:minCount": {str(frequency["min_count"])},
            "nea:per": {"body/neaspec-som"},
            "nea:relation": {frequency["relation"]},
            "nea:asWritten": {frequency["text"]},
        }


def test_statement_with_several_bases_has_a_reading_for_each_filler(gold_statement, report):
    names = report[f"statement/{R}/{gold_statement['id']}"].get("nea:hasRoleReading", frozenset())
    found = {
        (single(report, name, "nea:filler"), single(report, name, "nea:basis")) for name in names
    }
    bases = listed(gold_statement.get("addressee_basis"))
    if len(set(bases)) > 1:
        fillers = zip(gold_statement["addressee"], bases, strict=True)
        assert found == {(filler, f"voc/basis/{basis}") for filler, basis in fillers}
    else:
        assert not found


def expected_commitment(entry: Entry) -> Expected:
    """All facts that the graph has of a commitment, read from its entry."""
    due = entry["due"]
    scale = "strength-directive" if entry["kind"] == "Task" else "strength-commissive"
    return told(
        {
            "rdf:type": {f"nea:{entry['kind']}"},
            "nea:committedParty": refs(entry["committed_party"]),
            "nea:partyBasis": refs(entry["party_basis"], under="voc/basis/"),
            "nea:owedTo": refs(entry["beneficiary"]),
            "nea:owedToBasis": refs(entry["beneficiary_basis"], under="voc/basis/"),
            "nea:action": text(entry["action"]),
            "nea:onThing": refs(entry.get("on_thing")),
            "nea:strength": {f"voc/{scale}/{entry['strength']}"},
            "nea:due": {f"timespan/{R}/{entry['id']}"} if due else (),
            "nea:dueBasis": {f"voc/basis/{due['basis']}"} if due else (),
            "nea:dueBefore": refs(entry.get("due_before")),
            "nea:dueAt": refs(entry.get("due_at")),
            "nea:dependsOn": refs(entry.get("depends_on"), under=f"commitment/{R}/"),
            "nea:hasCondition": {CONDITIONS[entry["condition"]]} if entry["condition"] else (),
            "nea:constraint": text(entry.get("constraint")),
            "nea:directlyFollowsUp": refs(entry.get("follows_up"), under=f"statement/{R}/"),
            "nea:checkable": {str(entry["checkable"]).lower()},
            "nea:ambiguityNote": text(entry.get("ambiguity")),
            "skos:editorialNote": text(entry.get("note")),
            "nea:anchor": {f"anchor/{R}/{entry['id']}"},
            "prov:wasGeneratedBy": {CURATION},
        }
    )


def test_commitment_has_the_facts_of_its_entry(gold_commitment, report, tables):
    expected = differing(gold_commitment["id"], expected_commitment(gold_commitment), tables)
    assert report[f"commitment/{R}/{gold_commitment['id']}"] == expected


def test_commitment_is_created_or_restated_by_its_statement(gold_commitment, report):
    name = f"commitment/{R}/{gold_commitment['id']}"
    term = "nea:restates" if "restated_in" in gold_commitment else "nea:creates"
    arising = {
        (s, t)
        for s, about in report.items()
        for t in ("nea:creates", "nea:restates")
        if name in about.get(t, ())
    }
    assert arising == {(f"statement/{R}/{gold_commitment['statement']}", term)}
    assert (
        gold_commitment.get("restated_in", gold_commitment["statement"])
        == gold_commitment["statement"]
    )


def test_commitment_due_time_is_a_span_with_its_wording(gold_commitment, report):
    name, due = f"timespan/{R}/{gold_commitment['id']}", gold_commitment["due"]
    assert (name in report) == bool(due)
    if due:
        written = span(
            due["not_before"], due["not_after"], due["precision"], written=due["as_written"]
        )
        assert report[name] == written


def test_commitment_things_are_objects_of_its_statement(gold_commitment, report):
    """A linked thing is one the statement is about, or the project that the annotation gives."""
    things = report[f"commitment/{R}/{gold_commitment['id']}"].get("nea:onThing", frozenset())
    about = report[f"statement/{R}/{gold_commitment['statement']}"]
    objects = [about.get(term, frozenset()) for term in ("nea:hasObject", *OBJECT_TERM.values())]
    assert things <= frozenset().union(*objects) | refs(gold_commitment.get("on_thing"))

"""Ordinary sentences of minutes: by-phrases, titles, lists, negations, quotations, sums."""

import pytest

from neagraph.reports.extraction.cardinals import cardinal
from neagraph.reports.extraction.money import money_in

from .conftest import short

LIST = """1. The Meeting requested the Secretariat to:
(a) prepare a work plan by the end of 2022;
(b) Invite member States to nominate focal points; and
(c) submit the plan by June 2022."""


@pytest.mark.parametrize(
    ("sentence", "actor"),
    [
        ("The Secretariat was requested to prepare a list for use by the SPC.", "-"),
        ("The plan was adopted after review by the SPC.", "-"),
        ("The plan was approved for consideration by the SPC.", "-"),
        ("The list was approved as amended by China.", "-"),
        ("The plan was endorsed with the text prepared jointly by Japan.", "-"),
        ("The budget was approved once it had been reviewed by the SPC.", "-"),
        ("The budget was approved, of which a part was contributed by China.", "-"),
        ("The plan was adopted in its entirety by the Meeting.", "body/neaspec-som"),
        ("The plan was endorsed, with minor amendments, by the SPC.", "body/neacap-spc"),
        ("The Secretariat was requested by the SPC to act.", "body/neacap-spc"),
    ],
)
def test_who_follows_by_acts_only_in_the_act_of_the_verb(sentence, actor, told):
    assert told(sentence).actors()[0] == actor


def test_what_a_body_is_to_review_is_not_its_task(told):
    read = told("The Meeting requested that it be submitted for review by the SPC.")
    assert read.addressees() == ["-"]
    assert [party for _, party, _ in read.bonds()] == ["-"]


@pytest.mark.parametrize(
    ("sentence", "actors"),
    [
        ("The Meeting was opened by Mr. Bat Bold, Director of Air.", ["mr-bat-bold"]),
        ("The Meeting was opened by Ms. Dorj, Vice-Minister.", ["ms-dorj"]),
        ("The Meeting was opened by H.E. Mr. Kim Min-su.", ["h-e-mr-kim-min-su"]),
        ("It was opened by Dr. Kim, Director of Parks and Rivers, and others.", ["dr-kim"]),
        ("Prof. Sato and Ms. Lee thanked Mongolia.", ["prof-sato", "ms-lee"]),
        ("Neither Japan nor China supported it.", ["state/japan", "state/china"]),
        ('"We will host it in 2023", said the delegate of Mongolia.', ["state/mongolia"]),
    ],
)
def test_persons_and_speakers_are_read_whole(sentence, actors, told):
    assert told(sentence).actors() == actors


def test_quotation_ends_with_its_mark(told):
    read = told('"We will host it in 2023", said the delegate of Mongolia.')
    assert read.bonds() == [("SelfCommitment", "state/mongolia", "host it in 2023")]


def test_items_behind_to_are_what_is_asked(told):
    read = told(LIST)
    assert read.types() == ["Request"]
    assert read.bonds() == [
        ("Task", "body/neaspec-secretariat", "prepare a work plan by the end of 2022"),
        ("Task", "body/neaspec-secretariat", "Invite member States to nominate focal points"),
        ("Task", "body/neaspec-secretariat", "submit the plan by June 2022"),
    ]
    assert not any(c.owed_to for s in read.extraction.statements for c in s.commitments)


def test_list_behind_a_passive_to_asks_nothing_before_its_items(told):
    read = told("1. The member States are encouraged to:\n- share data;\n- act together.")
    assert [action for _, _, action in read.bonds()] == ["share data", "act together"]


@pytest.mark.parametrize(
    "text",
    [
        "1. The Meeting agreed to request member States to act before the next session of the SPC.",
        "1. The Meeting agreed:\n(a) to request member States to act before the next session.",
    ],
)
def test_who_is_to_be_asked_is_bound_and_not_who_agreed(text, told):
    read = told(text)
    assert [bond[:2] for bond in read.bonds()] == [("Task", "group/neaspec-member-states")]
    assert read.bonds()[0][2].startswith("act before")


@pytest.mark.parametrize("opening", ["No agreement", "No final agreement"])
def test_clause_includes_its_no(opening, told):
    read = told(f"{opening} was reached on the date.")
    statement = read.extraction.statements[0]
    assert statement.negated
    assert read.text[statement.start : statement.end] == f"{opening} was reached on the date"


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        ("Following an invitation by Japan, the Meeting agreed to meet.", "invitation by Japan"),
        ("The Meeting, at the request of Japan, postponed the talks.", "request of Japan"),
    ],
)
def test_act_of_a_noun_before_the_verb_ends_before_the_clause(sentence, clause, told):
    read = told(sentence)
    first = read.extraction.statements[0]
    assert read.text[first.start : first.end] == clause


def test_who_is_asked_is_found_behind_an_aside(told):
    read = told("The Meeting encouraged, as appropriate, Parties that had not done so to act.")
    assert read.addressees() == ["parties"]
    assert read.bonds() == [("Task", "parties", "act")]


@pytest.mark.parametrize(
    ("sentence", "value", "donor"),
    [
        ("Japan pledged one million dollars to the Core Fund.", "1000000", "state/japan"),
        ("China told the Meeting of its contribution of USD 500.", "500", "state/china"),
        ("The work was funded by Japan with USD 500.", "500", "state/japan"),
        ("USD 500 was contributed by China.", "500", "state/china"),
        ("The Meeting approved a budget of USD 500 for review by the SPC.", "500", "-"),
        ("The Secretariat shall prepare a budget of USD 500.", "500", "-"),
        ("The Meeting approved USD 500 for use by the SPC.", "500", "-"),
    ],
)
def test_donor_is_who_gives_and_a_budget_is_no_gift(sentence, value, donor, told):
    amounts = [a for s in told(sentence).extraction.statements for a in s.amounts]
    assert [(a.value, short(a.donor)) for a in amounts] == [(value, donor)]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("one million", 1000000),
        ("two hundred and fifty thousand", 250000),
        ("a hundred", 100),
        ("twenty-five", 25),
        ("one billion two hundred million", 1200000000),
        ("nineteen thousand and four", 19004),
    ],
)
def test_number_in_words_counts_money(words, value):
    assert cardinal(words) == value
    assert [found.value for found in money_in(f"It paid {words} dollars.")] == [str(value)]


@pytest.mark.parametrize("words", ["several million dollars", "five won the prize", "a dollar"])
def test_words_without_a_number_are_no_sum(words):
    assert money_in(f"Of these {words}.") == ()


def test_what_nobody_is_to_do_binds_nobody(told):
    assert told("The Parties agreed that no fee of USD 100 would be charged.").bonds() == []


def test_who_is_thanked_in_a_passive_is_the_addressee(told):
    read = told("The Government of Mongolia was thanked by the Meeting for its help.")
    assert (read.actors(), read.addressees()) == (["body/neaspec-som"], ["state/mongolia"])


def test_clause_ends_before_who(told):
    read = told("The plan was adopted by Japan, who thanked the Secretariat.")
    first = read.extraction.statements[0]
    assert read.text[first.start : first.end] == "The plan was adopted by Japan"


def test_all_who_are_thanked_are_mentioned(told):
    statement = told("The Chair thanked ESCAP and UNEP for their support.").extraction.statements[0]
    assert short(statement.addressee) == "body/escap"
    assert [short(iri) for iri in statement.mentions] == ["unep"]


@pytest.mark.parametrize(
    ("lead", "bonds"),
    [
        ("The Secretariat will:", [("SelfCommitment", "body/neaspec-secretariat", "send it")]),
        ("The Secretariat should:", [("Task", "body/neaspec-secretariat", "send it")]),
        ("The Parties shall not:", []),
        ("The Meeting agreed not to:", []),
    ],
)
def test_items_behind_a_modal_verb_are_not_done_yet(lead, bonds, told):
    read = told(f"1. {lead}\n(a) send it;\n(b) not inform the SPC.")
    assert len(read.types()) == 1
    assert read.bonds() == bonds


def test_planned_date_in_the_opening_is_not_that_of_the_meeting(told):
    text = "1. Ministers decided to meet in autumn 2025.\n\n2. Japan will report by May 2022."
    assert told(text, None).dues()[1][1] == "2022-05-31"


def test_date_on_which_the_meeting_was_held_is_its_date(told):
    text = "1. The Meeting was held in Seoul on 5 May 2023.\n\n2. Japan will report by May 2022."
    assert told(text, None).dues() == []

"""Who is bound to do what, by when, and on which condition."""

import pytest

JAPAN = "state/japan"


@pytest.mark.parametrize(
    ("sentence", "bonds"),
    [
        (
            "The Meeting requested the SPC to start the work and to send a report to SOM.",
            [
                ("Task", "body/neacap-spc", "start the work"),
                ("Task", "body/neacap-spc", "send a report to SOM"),
            ],
        ),
        (
            "The Meeting agreed to develop a plan and organize workshops.",
            [
                ("SelfCommitment", "body/neaspec-som", "develop a plan"),
                ("SelfCommitment", "body/neaspec-som", "organize workshops"),
            ],
        ),
        (
            "The Meeting agreed on the need for the SPC to discuss the matter.",
            [("Task", "body/neacap-spc", "discuss the matter")],
        ),
        (
            "It was agreed that the Secretariat would circulate a note.",
            [("Task", "body/neaspec-secretariat", "circulate a note")],
        ),
        (
            "Ministers agreed that each country will plant trees.",
            [("SelfCommitment", "country", "plant trees")],
        ),
        ("Japan offered to host SOM-25.", [("OfferedCommitment", JAPAN, "host SOM-25")]),
        ("Japan pledged USD 5,000.", [("SelfCommitment", JAPAN, "USD 5,000")]),
        ("Japan will host SOM-25.", [("SelfCommitment", JAPAN, "host SOM-25")]),
        (
            "The Meeting reaffirmed the commitment of Japan to saving water.",
            [("Aspiration", JAPAN, "saving water")],
        ),
        (
            "The Meeting agreed to nominate national experts.",
            [("SelfCommitment", "group/neaspec-member-states", "nominate national experts")],
        ),
        (
            "The Meeting entrusted the Secretariat with the preparation of a note.",
            [("Task", "body/neaspec-secretariat", "the preparation of a note")],
        ),
        (
            "The Meeting noted the statement of Japan that it will open its data.",
            [("OfferedCommitment", JAPAN, "open its data")],
        ),
        ("The Meeting noted the report and commended the work.", []),
        (
            "The Meeting agreed on a list, to be used from 2030.",
            [("SelfCommitment", "body/neaspec-som", "used from 2030")],
        ),
        (
            "SOM recommended that the plan be revised by the Secretariat.",
            [("Task", "body/neaspec-secretariat", "the plan be revised by the Secretariat")],
        ),
        (
            "SOM recommends to the SPC that it adopt the guidelines.",
            [("Task", "body/neacap-spc", "adopt the guidelines")],
        ),
        (
            "SOM agreed that the plan would be revised by the SPC.",
            [("SelfCommitment", "body/neacap-spc", "revised by the SPC")],
        ),
        (
            "SOM agreed that China should host a course in order to train staff.",
            [("Task", "state/china", "host a course")],
        ),
        ("SOM agreed that the SPC would not meet.", []),
        ("SOM agreed that the plan is good.", []),
        (
            "Parties shall endeavour to save water and to reduce waste.",
            [
                ("SelfCommitment", "parties", "save water"),
                ("SelfCommitment", "parties", "reduce waste"),
            ],
        ),
        (
            "Japan announced a contribution of JPY 5 million.",
            [("SelfCommitment", JAPAN, "contribution of JPY 5 million")],
        ),
        (
            "SOM urged Parties that have not done so to join the network, as proposed by Japan.",
            [("Task", "parties", "join the network")],
        ),
        ("Mongolia reserved its right, while Japan agreed.", []),
        ("SOM noted the request of Kiribati that its debt be waived.", []),
        (
            "SOM agreed on refocusing NEASPEC's work on dust and on helping States.",
            [
                (
                    "SelfCommitment",
                    "mechanism/neaspec",
                    "refocusing NEASPEC's work on dust and on helping States",
                )
            ],
        ),
        ("Japan proposed to convene a workshop.", []),
        ("The Parties may invite observers.", []),
        ("The Meeting decided not to open a second area.", []),
        (
            "It was decided to repeat the census.",
            [("SelfCommitment", "body/neaspec-som", "repeat the census")],
        ),
        (
            "The next session is planned for May 2031.",
            [("SelfCommitment", "body/neaspec-som", "planned for May 2031")],
        ),
        (
            "Mongolia informed SOM of its plan to set up a park.",
            [("SelfCommitment", "state/mongolia", "set up a park")],
        ),
        (
            "The Meeting reiterated its request to the SPC to send a note.",
            [("Task", "body/neacap-spc", "send a note")],
        ),
        (
            "The Meeting thanked Japan and encouraged it to continue the work.",
            [("Task", JAPAN, "continue the work")],
        ),
        ("Mongolia asked for more time to study the text.", []),
        (
            "Japan pledged USD 5,000, Mongolia USD 300 and China USD 7,000.",
            [
                ("SelfCommitment", JAPAN, "USD 5,000"),
                ("SelfCommitment", "state/mongolia", "USD 300"),
                ("SelfCommitment", "state/china", "USD 7,000"),
            ],
        ),
        (
            "Follow-up: Japan to share the template; China to provide comments.",
            [("Task", JAPAN, "share the template"), ("Task", "state/china", "provide comments")],
        ),
    ],
)
def test_party_and_action_are_read(sentence, bonds, told):
    assert told(sentence).bonds() == bonds


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("by 31 March 2026", (None, "2026-03-31", "day", "stated")),
        ("by March 2026", (None, "2026-03-31", "month", "stated")),
        ("before June 2034", (None, "2034-05-31", "month", "stated")),
        ("before the end of 2031", (None, "2031-12-31", "year", "stated")),
        ("no later than 1 July 2034", (None, "2034-07-01", "day", "stated")),
        ("in 2022", ("2022-01-01", "2022-12-31", "year", "stated")),
        ("in the second half of 2032", ("2032-07-01", "2032-12-31", "month", "stated")),
        ("from 1 January 2030", ("2030-01-01", None, "day", "stated")),
        ("by 5 p.m. on 20 April 2027", (None, "2027-04-20", "day", "stated")),
        ("before the mid-term review in 2022", (None, "2022-12-31", "event", "stated")),
        ("before SOM-25", (None, None, "event", "stated")),
        ("at the next SOM", (None, None, "event", "stated")),
        ("in due course", (None, None, "open", "stated")),
        ("within two weeks", (None, None, "open", "stated")),
        ("for further consultations in 2021", (None, "2021-12-31", "year", "inferred")),
        ("between April 2031 and March 2033", ("2031-04-01", "2033-03-31", "month", "stated")),
        ("from May 2031 to June 2032", ("2031-05-01", "2032-06-30", "month", "stated")),
        ("in the course of 2032", ("2032-01-01", "2032-12-31", "year", "stated")),
        ("as of 1 May 2029", ("2029-05-01", None, "day", "stated")),
        ("from 2029 onwards", ("2029-01-01", None, "year", "stated")),
        ("after 30 June 2029", ("2029-07-01", None, "day", "stated")),
        ("by mid-2026", (None, "2026-06-30", "year", "stated")),
        ("in 2029 at the latest", (None, "2029-12-31", "year", "stated")),
        ("in Q1 2026", ("2026-01-01", "2026-03-31", "month", "stated")),
        ("in the biennium 2026/27", ("2026-01-01", "2027-12-31", "year", "stated")),
        ("during the week of 10 March 2025", ("2025-03-10", "2025-03-16", "day", "stated")),
        ("in 2025 and 2026", ("2025-01-01", "2026-12-31", "year", "stated")),
        ("by 30 September", (None, "2021-09-30", "day", "stated")),
        ("in early December", ("2020-12-01", "2020-12-31", "month", "stated")),
        ("by mid-August", (None, "2021-08-31", "month", "stated")),
        ("by the end of the month", (None, "2020-10-31", "month", "stated")),
        ("before the end of the year", (None, "2020-12-31", "year", "stated")),
        ("in the course of next year", ("2021-01-01", "2021-12-31", "year", "stated")),
        ("by 30 April of each year, beginning in 2027", ("2027-01-01", None, "year", "stated")),
        ("before the winter of 2033", (None, None, "open", "stated")),
        ("in time for COP 30", (None, None, "event", "stated")),
        ("in conjunction with the next SOM", (None, None, "event", "stated")),
        ("ahead of its next session", (None, None, "event", "stated")),
        ("no later than the date of entry into force of it", (None, None, "event", "stated")),
        ("two weeks before the next session", (None, None, "event", "stated")),
        ("over the next three years", (None, None, "open", "stated")),
        ("by Friday", (None, None, "open", "stated")),
        ("at the earliest opportunity", (None, None, "open", "stated")),
    ],
)
def test_deadline_has_bounds_precision_and_basis(words, due, told):
    assert told(f"The Meeting requested the SPC to send a note {words}.").dues() == [due]


@pytest.mark.parametrize(
    "sentence",
    [
        "The Meeting requested the SPC to publish the data for 2025-2030.",
        "The Meeting requested the SPC to follow the NEACAP Work Plan 2021-2025.",
        "The Meeting requested the SPC to act on the advice of SOM-23.",
        "The Meeting requested the SPC to carry out the plan adopted in 2029.",
        "The Meeting requested the SPC to repeat the survey of 2019.",
    ],
)
def test_dates_of_other_things_are_no_deadlines(sentence, told):
    assert told(sentence).dues() == []


def test_deadline_between_a_request_and_its_action_counts(told):
    read = told("The Meeting requested the SPC, by 31 March 2026, to send a note.")
    assert read.dues() == [(None, "2026-03-31", "day", "stated")]


def test_date_without_a_year_says_nothing_where_the_meeting_has_no_date(told):
    read = told("The Meeting requested the SPC to send a note by 30 September.", None)
    assert read.dues() == []


def test_date_that_is_still_open_is_no_part_of_what_is_to_be_done(told):
    read = told("Japan offered to host SOM-25 in 2033, the exact dates to be announced.")
    assert read.bonds() == [("OfferedCommitment", JAPAN, "host SOM-25 in 2033")]
    assert read.dues() == [("2033-01-01", "2033-12-31", "year", "stated")]


def test_deadline_before_a_modal_verb_counts(told):
    read = told("Not later than 31 December 2028, the Parties shall prepare a plan.")
    assert read.dues() == [(None, "2028-12-31", "day", "stated")]


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("Japan offered to host it, subject to funds.", "subject to funds"),
        ("Japan offered to host it if its budget is approved.", "if its budget is approved"),
        ("Japan offers to lead, provided that funds are found.", "provided that funds are found"),
        ("The Parties should, where appropriate, consult.", "where appropriate"),
        ("Japan offered to host it.", None),
        ("Japan offered to host it, if possible within the year.", "if possible"),
        ("Japan offered to follow the guidance provided.", None),
    ],
)
def test_condition_is_kept_in_its_words(sentence, condition, told):
    assert told(sentence).conditions() == [condition]


def test_respectively_makes_two_commitments(told):
    read = told(
        "SOM noted the indication of Mongolia for hosting meetings on A and B, respectively."
    )
    assert len(read.bonds()) == 2
    assert len(set(read.bonds())) == 1


def test_who_gets_what_is_sent_is_owed_it(told):
    read = told("The Meeting requested the SPC to send a report to the Secretariat.")
    commitment = read.extraction.statements[0].commitments[0]
    assert commitment.owed_to == ("https://w3id.org/neagraph/id/body/neaspec-secretariat",)


@pytest.mark.parametrize(
    ("words", "recurrence"),
    [
        ("every two years", "P2Y"),
        ("every year", "P1Y"),
        ("annually", "P1Y"),
        ("twice a year", "twice a year"),
        ("before each session", "before each session"),
        ("soon", None),
    ],
)
def test_recurrence_is_a_duration_or_words(words, recurrence, told):
    statement = told(f"The Meeting agreed to hold a course {words}.").extraction.statements[0]
    assert statement.recurrence == recurrence


@pytest.mark.parametrize(
    ("sentence", "value", "currency", "basis", "donor"),
    [
        ("SOM noted US$ 44,985 from China.", "44985", "USD", "stated", "state/china"),
        ("SOM thanked Japan for the gift of $5,000.", "5000", "USD", "inferred", JAPAN),
        ("Japan pledged JPY 5 million.", "5000000", "JPY", "stated", JAPAN),
        ("SOM approved a budget of 1.2 million euros.", "1200000", "EUR", "stated", "-"),
        ("Japan said that it would give S$ 5.50.", "5.5", "SGD", "stated", JAPAN),
        ("SOM noted the contribution of Japan, RMB 10.", "10", "CNY", "stated", JAPAN),
        ("SOM noted that Japan had decided to give USD 7.", "7", "USD", "stated", JAPAN),
    ],
)
def test_money_has_value_currency_basis_and_donor(sentence, value, currency, basis, donor, told):
    amounts = [a for s in told(sentence).extraction.statements for a in s.amounts]
    found = [(a.value, a.currency, a.currency_basis, (a.donor or "/id/-")) for a in amounts]
    assert [(v, c, b, d.split("/id/")[-1]) for v, c, b, d in found] == [
        (value, currency, basis, donor)
    ]


def test_fund_behind_a_sum_is_what_it_is_for(told):
    read = told("The Meeting noted US$ 10 from China to the Core Fund.")
    amount = read.extraction.statements[0].amounts[0]
    assert amount.fund == "https://w3id.org/neagraph/id/fund/core-fund"

"""Who acts, and who is spoken to."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "actor"),
    [
        ("The Meeting adopted the plan.", "body/neaspec-som"),
        ("SOM adopted the plan.", "body/neaspec-som"),
        ("The Chair closed the Meeting.", "role/som-24-chair"),
        ("The Secretariat presented the draft.", "body/neaspec-secretariat"),
        ("The secretariat presented the draft.", "body/neaspec-secretariat"),
        ("The Government of Japan offered to host SOM-25.", "state/japan"),
        ("The delegate of Mongolia suggested a workshop.", "state/mongolia"),
        ("The plan was adopted.", "-"),
        ("The plan was presented by the SPC.", "body/neacap-spc"),
        ("Palau offers to lead the work.", "palau"),
        ("Several speakers pointed out the delay.", "several-speakers"),
        ("Mr. Tanaka (Japan) presented the draft.", "mr-tanaka"),
        ("The treasurer reported that the fund was empty.", "treasurer"),
    ],
)
def test_actor_is_the_agent_that_the_subject_names(sentence, actor, told):
    assert told(sentence).actors()[0] == actor


def test_joined_states_act_each_in_a_statement_of_its_own(told):
    read = told("China, Japan and the ROK proposed a workshop.")
    assert read.actors() == ["state/china", "state/japan", "state/republic-of-korea"]
    assert [s.id for s in read.extraction.statements] == ["p1-s1-a", "p1-s1-b", "p1-s1-c"]


def test_pronoun_means_who_spoke_last(told):
    assert told("Japan welcomed the plan. It offered to host SOM-25.").actors() == [
        "state/japan",
        "state/japan",
    ]


def test_government_without_a_name_is_that_of_the_state_named_last(told):
    statement = told("Japan spoke. The Government wishes to host it.").extraction.statements[-1]
    assert (statement.actor_basis, statement.actor) == (
        "inferred",
        "https://w3id.org/neagraph/id/state/japan",
    )


@pytest.mark.parametrize(
    ("sentence", "addressee"),
    [
        ("The Meeting requested the SPC to act.", "body/neacap-spc"),
        ("The Meeting called on the international community to act.", "international-community"),
        ("The Meeting encouraged donors to give more.", "donors"),
        ("The DPRK was encouraged to act.", "state/democratic-peoples-republic-of-korea"),
        ("The Meeting expressed its gratitude to China.", "state/china"),
        ("The Meeting appreciated the contribution of Japan.", "state/japan"),
        ("The Secretariat informed the Meeting that it was late.", "body/neaspec-som"),
        ("The Meeting recommended that member States act.", "group/neaspec-member-states"),
        ("The Parties should act.", "parties"),
        ("The Meeting noted the report.", "-"),
    ],
)
def test_addressee_is_who_is_asked_thanked_or_told(sentence, addressee, told):
    assert told(sentence).addressees()[0] == addressee


def test_act_of_another_session_is_dated_there_and_binds_nobody_here(told):
    read = told("The Meeting noted the recommendation of SOM-23 to expand the work.")
    inner = read.extraction.statements[1]
    assert inner.acted_at == "https://w3id.org/neagraph/id/meeting/neaspec-som-23"
    assert inner.commitments == ()


def test_meeting_is_read_from_the_cover_when_it_is_not_given(told):
    read = told("Twenty-fourth Senior Officials Meeting (SOM) of NEASPEC\n\n1. SOM met.", None)
    assert read.extraction.meeting == "https://w3id.org/neagraph/id/meeting/neaspec-som-24"


def test_body_of_an_unknown_session_is_known_all_the_same(told):
    text = "Forty-first Senior Officials Meeting of NEASPEC\n\n1. The Meeting adopted the plan."
    read = told(text, None)
    assert read.actors() == ["body/neaspec-som"]
    assert "provisional" in str(read.extraction.meeting)


@pytest.mark.parametrize(
    ("sentence", "actors"),
    [
        ("The delegations of Mongolia and China offered help.", 2),
        ("SOM-40 had requested the study.", 1),
        ("The Joint Commission decided to meet.", 1),
        ("The Bureau thanked the host Government for its help.", 1),
        ("Japan said that its Government would pay.", 2),
    ],
)
def test_each_act_has_an_actor_of_its_own(sentence, actors, told):
    assert len([name for name in told(sentence).actors() if name != "-"]) >= actors


def test_session_speaks_for_its_body(told):
    assert told("SOM-40 had requested the study.").actors() == ["body/neaspec-som"]


def test_host_government_is_that_of_the_host(told):
    read = told("The Chair thanked the host Government for its hospitality.")
    assert read.addressees() == ["state/russian-federation"]

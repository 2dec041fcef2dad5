"""Which words of a sentence tell acts, of what class, and inside which other act."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "acts"),
    [
        ("The Meeting noted the draft, and adopted the plan.", ["noted", "adopted"]),
        ("The Meeting was hosted by Japan and chaired by China.", ["hosted", "chaired"]),
        ("The minutes were approved and the agenda was adopted.", ["approved", "adopted"]),
        ("Reviewed the draft; agreed on a list of sites.", ["Reviewed", "agreed"]),
        ("It was agreed that more data were needed.", ["agreed"]),
        ("There was general agreement that more data were needed.", ["agreement"]),
        ("While recognizing the delay, the Meeting noted progress.", ["recognizing", "noted"]),
        ("The Meeting noted progress, stressing the need for speed.", ["noted", "stressing"]),
        ("The Parties shall, where appropriate, consult each other.", None),
        ("In this regard, delegates urged the Secretariat to act.", ["urged"]),
        ("The course may cover zoning.", ["cover"]),
        ("After some discussion, no consensus was reached.", ["consensus was reached"]),
        ("The Meeting took due note of the progress.", ["took due note"]),
        ("We reaffirm our commitment and stress the need for funds.", ["reaffirm", "stress"]),
        ("Mongolia thanked Japan and China expressed its support.", ["thanked", "expressed"]),
    ],
)
def test_verbs_that_tell_main_acts_are_found(sentence, acts, told):
    found = [trigger for trigger, _, level in told(sentence).acts() if level == "main"]
    expected = acts or ["shall, where appropriate, consult"]
    assert found == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The next session to be held in Ulaanbaatar will be short of time.",
        "Members States and the requested data.",
        "If the plan is adopted, work begins.",
        "The strengthening of cooperation including capacity building.",
        "Contributions of member States to the Core Fund.",
        "A plan and a request without any verb.",
    ],
)
def test_words_that_only_look_like_acts_tell_none(sentence, told):
    assert [t for t, kind, _ in told(sentence).acts() if kind != "Undertaking"] in (
        [],
        ["will be short"],
    )


@pytest.mark.parametrize(
    ("sentence", "trigger", "kind"),
    [
        ("The Meeting welcomed the offer by Japan to host SOM-25.", "offer", "Offer"),
        ("The Meeting noted Japan's willingness to host SOM-25.", "willingness", None),
        ("The Meeting welcomed the proposal for holding a workshop.", "proposal", "Proposal"),
        ("The Meeting noted the view of the EANET Secretariat on data.", "view", "View"),
        ("The Meeting adopted the plan as recommended by the SPC.", "recommended", None),
        ("The Meeting noted the report of the workshop held in May 2020.", "held", "Narration"),
        ("The Meeting supported the proposed activities.", "proposed", "Proposal"),
        ("The Chair reported that funds had been received.", "received", "Narration"),
        ("Japan informed the Meeting that it would host SOM-25.", "would host", "Undertaking"),
        ("The Meeting thanked China, which had contributed US$ 5,000.", "contributed", None),
        ("The Meeting noted the pledge of Japan of USD 5,000.", "pledge", "Undertaking"),
        ("Malaysia supported the suggestion.", "suggestion", "Proposal"),
    ],
)
def test_act_told_inside_another_is_embedded(sentence, trigger, kind, told):
    read = told(sentence)
    embedded = [(t, k) for t, k, level in read.acts() if level == "embedded"]
    assert [t for t, _ in embedded] == [trigger]
    assert kind is None or embedded[0][1] == kind
    inner = next(s for s in read.extraction.statements if s.level == "embedded")
    assert inner.parent == read.extraction.statements[0].id


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("The Meeting expressed its gratitude to Japan.", "Appreciation"),
        ("The Meeting expressed concern about the delay.", "View"),
        ("China expressed interest in hosting SOM-25.", "ExpressionOfInterest"),
        ("Ministers expressed the hope that the talks succeed.", "Expectation"),
        ("The view was expressed that more data were needed.", "View"),
        ("The Meeting considered the draft.", "ReviewAct"),
        ("Others considered that the draft was weak.", "View"),
        ("The Secretariat shall prepare a draft.", "Request"),
        ("The Parties shall prepare a draft.", "Undertaking"),
        ("The Parties should prepare a draft.", "Recommendation"),
        ("Its decisions shall not be binding.", "Specification"),
        ("The format will be further considered.", "Specification"),
        ("Japan stated that the study was useful.", "InformationSharing"),
    ],
)
def test_class_follows_from_more_than_the_verb(sentence, kind, told):
    assert told(sentence).types()[0] == kind


@pytest.mark.parametrize(
    "sentence",
    [
        "The Meeting did not reach agreement on the scale.",
        "The Group could not agree on the budget.",
        "No decision was taken on the venue.",
        "The Meeting decided not to open a second area, and did not endorse the draft.",
    ],
)
def test_what_was_not_done_is_negated_and_binds_nobody(sentence, told):
    read = told(sentence)
    assert read.extraction.statements[-1].negated
    assert read.bonds() == []


def test_modal_verb_is_kept(told):
    statement = told("The focus may include eco-tourism.").extraction.statements[0]
    assert (statement.modality, statement.type, statement.actor_basis) == (
        "may",
        "Specification",
        "inferred",
    )


def test_bullets_take_the_subject_of_the_words_before_them(told):
    read = told(
        "1. Under item 2, the SPC:\n- Welcomed the plan;\n- Urged China to join.\n\n2. SOM met."
    )
    assert read.actors()[:2] == ["body/neacap-spc", "body/neacap-spc"]


def test_items_of_an_infinitive_belong_to_the_act_before_the_list(told):
    text = (
        "1. Requests the Secretariat:\n\n(a) To prepare a draft by March 2028;\n\n(b) To send it."
    )
    read = told(text)
    assert read.acts() == [("Requests", "Request", "main")]
    assert [action for _, _, action in read.bonds()] == ["prepare a draft by March 2028", "send it"]


def test_welcome_answers_the_offer_that_it_is_about(told):
    welcome, offer = told("SOM welcomed the offer of Japan to host SOM-25.").extraction.statements
    assert welcome.responds_to == (offer.id,)
    assert (welcome.commitments, len(offer.commitments)) == ((), 1)


@pytest.mark.parametrize(
    ("sentence", "acts"),
    [
        ("Having considered the draft, SOM adopted it.", [("considered", "ReviewAct")]),
        ("The Secretariat is to report on the results.", [("is to report", "Request")]),
        ("Action: Secretariat to circulate the rules.", [("circulate", "Request")]),
        ("The EANET experts measured the deposition.", [("measured", "Narration")]),
        ("The pilot phase has been rehearsed.", [("rehearsed", "Narration")]),
        ("Mongolia and China, stressing the cost, intend to leave.", [("stressing", "Emphasis")]),
        ("SOM was pleased to learn that Japan joined.", [("pleased to learn", "Noting")]),
        ("Japan reserved its position.", [("reserved its position", "View")]),
        ("SOM was not able to approve the budget.", [("approve", "Approval")]),
        ("Japan was not in a position to support it.", [("support", "Endorsement")]),
        ("SOM failed to reach consensus.", [("reach consensus", "Agreement")]),
        ("Japan, which chairs the SPC, announced a plan.", [("announced", "Undertaking")]),
        ("Parties in a position to do so are invited to help.", [("invited", "Request")]),
        ("Left open the question of languages.", [("Left open", "ResolveToAct")]),
        ("The date remains to be fixed.", [("remains", "Specification")]),
        ("At the last session of the year the Chair resigned.", [("resigned", "Narration")]),
        ("States are encouraged to act.", [("encouraged", "Recommendation")]),
        ("Regarding item 5, to save time, the Chair closed it.", [("closed", "Narration")]),
        ("Finland will act before May, and Sweden agreed.", [("will act", "Undertaking")]),
        ("China confirmed its readiness to help.", [("confirmed", "Reaffirmation")]),
        ("The Committee must meet yearly.", [("must meet", "Request")]),
        ("SOM opened the hall, who thanked Japan.", [("opened", "Narration")]),
    ],
)
def test_less_usual_ways_of_telling_an_act_are_read(sentence, acts, told):
    assert [act[:2] for act in told(sentence).acts()][:1] == acts


@pytest.mark.parametrize(
    ("sentence", "acts"),
    [
        (
            "SOM neither endorsed nor rejected the text.",
            [("endorsed", "Endorsement"), ("rejected", "Approval")],
        ),
        (
            "SOM, having considered the report, decides to act.",
            [("considered", "ReviewAct"), ("decides", "ResolveToAct")],
        ),
        (
            "The Chair was thanked and encouraged to go on.",
            [("thanked", "Appreciation"), ("encouraged", "Recommendation")],
        ),
        (
            "SOM noted that no agreement was reached.",
            [("noted", "Noting"), ("agreement was reached", "Agreement")],
        ),
    ],
)
def test_acts_that_share_words_are_told_apart(sentence, acts, told):
    assert [act[:2] for act in told(sentence).acts()] == acts


@pytest.mark.parametrize(
    ("sentence", "negated"),
    [
        ("SOM neither endorsed nor rejected the text.", [True, True]),
        ("SOM took no decision.", [True]),
        ("SOM declined the offer.", [True]),
        ("SOM decided not to meet.", [True]),
        ("SOM was unable to approve it.", [True]),
        ("SOM approved it.", [False]),
    ],
)
def test_what_was_not_done_is_negated(sentence, negated, told):
    acts = told(sentence).extraction.statements
    assert [act.negated for act in acts if act.level == "main"] == negated


@pytest.mark.parametrize(
    "sentence",
    [
        "Action: to circulate rules.",
        "Japan able to join the talks in May.",
        "Works on dust in which the Committee shall meet.",
        "The plan as amended.",
        "There is hope.",
    ],
)
def test_fragments_tell_no_act_of_anyone(sentence, told):
    assert [s for s in told(sentence).extraction.statements if s.actor] == []


def test_offer_taken_back_binds_nobody(told):
    read = told("Japan withdrew its offer to second a diver.")
    assert read.acts() == [("withdrew", "Narration", "main"), ("offer", "Offer", "embedded")]


def test_noun_in_the_subject_of_a_passive_is_told_by_it(told):
    read = told("Japan's proposal to host the workshop was accepted.")
    assert read.acts() == [
        ("proposal", "Proposal", "embedded"),
        ("accepted", "Acceptance", "main"),
    ]


def test_proposal_on_which_a_decision_rests_is_told_by_it(told):
    read = told("On the proposal of the ROK, the Meeting decided to create a group.")
    assert read.acts()[0] == ("proposal", "Proposal", "embedded")
    assert read.actors() == ["state/republic-of-korea", "body/neaspec-som"]


def test_second_verb_behind_a_modal_shares_it(told):
    read = told("Each Signatory shall, within its means, nominate an officer and notify others.")
    assert [kind for _, kind, _ in read.acts()] == ["Undertaking", "Undertaking"]

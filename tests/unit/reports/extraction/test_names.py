"""Which things a text names."""

import pytest


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SPC-2 met.", [("meeting/neacap-spc-2", "SPC-2")]),
        ("The SPC met.", [("body/neacap-spc", "SPC")]),
        ("The EANET Secretariat met.", [("body/eanet-secretariat", "EANET Secretariat")]),
        ("The DPRK met.", [("state/democratic-peoples-republic-of-korea", "DPRK")]),
        (
            "The Democratic People's Republic of Korea met.",
            [
                (
                    "state/democratic-peoples-republic-of-korea",
                    "Democratic People's Republic of Korea",
                )
            ],
        ),
        ("The SOM met in Japan.", [("body/neaspec-som", "SOM"), ("place/japan", "Japan")]),
        ("It met in May 2021, China.", [("place/china", "China")]),
        (
            "Cities in Mongolia and the Russian Federation met.",
            [("place/mongolia", "Mongolia"), ("place/russian-federation", "Russian Federation")],
        ),
        ("The member states met.", [("group/neaspec-member-states", "member states")]),
        ("The Northeast Asia Clean Air Partnership met.", None),
        ("The next SOM met.", [("meeting/neaspec-som-25", "next SOM")]),
        ("The 23rd Senior Officials Meeting of NEASPEC met.", None),
        ("The ESCAP procedure applies.", None),
        ("The plan is good.", []),
        ("They met on 2 May 2021 for USD 5,000.", []),
        ("It met in Vladivostok.", [("vladivostok", "Vladivostok")]),
        ("The Korea Forest Service met.", [("korea-forest-service", "Korea Forest Service")]),
        ("The Gobi Dust Centre met.", [("gobi-dust-centre", "Gobi Dust Centre")]),
        ("The NOWPAP met.", [("nowpap", "NOWPAP")]),
        ("The plans of Malaysia and the work of Category II.", [("malaysia", "Malaysia")]),
        ("Due by Friday from the Chair.", []),
        ("The NATIONAL FOCAL POINTS act.", None),
        ("SOM-7 acts.", [("som-7", "SOM-7")]),
        (
            "The third Council of Ministers acts.",
            [("council-of-ministers", "Council of Ministers")],
        ),
        ("On MPAs and COVID-19.", []),
        ("In an Expert Group Meeting on a National Action Plan.", []),
        ("THE WORK OF NEW BODIES", []),
        ("Its fourth meeting met.", []),
        ("The fourth meeting met.", [("som-4", "fourth meeting")]),
    ],
)
def test_names_are_found_whole(text, names, told):
    special = {
        "The Northeast Asia Clean Air Partnership met.": [
            ("mechanism/neacap", "Northeast Asia Clean Air Partnership")
        ],
        "The 23rd Senior Officials Meeting of NEASPEC met.": [
            ("meeting/neaspec-som-23", "23rd Senior Officials Meeting of NEASPEC")
        ],
        "The ESCAP procedure applies.": [("body/escap", "ESCAP")],
        "The NATIONAL FOCAL POINTS act.": [
            ("body/neaspec-national-focal-points", "NATIONAL FOCAL POINTS")
        ],
    }
    found = [name for name in told(text).names() if not name[0].startswith("document/")]
    assert found == (special[text] if names is None else names)


def test_acronym_in_brackets_stands_for_the_name_before_it(told):
    read = told("1. The Pearl Reef Convention (PRC2) met.\n\n2. PRC2 met.")
    assert [name for name, _ in read.names()] == ["pearl-reef-convention"] * 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1. Zambia thanked Viet Nam and New Zealand.", ["zambia", "viet-nam", "new-zealand"]),
        ("1. The Board approved it.\n- Congratulates Finland.", ["finland"]),
        ("1. The Meeting praised the Jordan River Trust.", ["jordan-river-trust"]),
        ("1. The Meeting approved 30 United States dollars.", []),
        ("1. The Meeting asked for a concept note and a roadmap.", ["concept-note", "roadmap"]),
    ],
)
def test_states_and_texts_that_the_graph_does_not_know_are_named(text, names, told):
    assert [name for name, _ in told(text, None).names()] == names


def test_new_thing_has_label_and_class(told):
    mention = told("The Pearl Reef Convention met.").extraction.entities[0]
    assert (mention.provisional, mention.label, mention.type) == (
        True,
        "Pearl Reef Convention",
        "Treaty",
    )
    assert mention.iri.startswith("https://w3id.org/neagraph/id/provisional/000000000000/")


def test_description_of_another_meeting_is_not_taken_for_a_name(told):
    read = told("1. The Meeting accepted the financial report.", None)
    assert [mention.provisional for mention in read.extraction.entities] == [True]


def test_secretariat_of_an_unknown_body_is_a_thing_of_the_report(told):
    mention = told("1. The Secretariat met.", None).extraction.entities[0]
    assert (mention.provisional, mention.type) == (True, "Secretariat")


def test_body_named_on_the_cover_is_the_one_that_meets(told):
    text = "SPECIAL MEETING OF THE NATIONAL FOCAL POINTS OF NEASPEC\n\n1. The Meeting noted it."
    assert told(text, None).actors() == ["body/neaspec-national-focal-points"]

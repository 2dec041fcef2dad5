"""Scores: a perfect extraction has 1.0 everywhere; every kind of error lowers its own figure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neagraph import vocab
from neagraph.errors import UsageError
from neagraph.reports.measuring.evaluation import evaluate
from neagraph.reports.measuring.gold import Gold, GoldEntity
from neagraph.reports.measuring.scores import MEASURES, Evaluation, Score, merge, to_json, to_text
from neagraph.reports.statements import (
    Amount,
    Commitment,
    Due,
    EntityMention,
    Extraction,
    ParagraphPlace,
    Statement,
)

JAPAN = "state/japan"
BODY = "provisional/reed-committee"
SECRETARIAT = "provisional/reed-secretariat"
DUE = Due("2031-01-01", "2031-12-31", "year", "in 2031", "stated")
OFFER = Commitment("OfferedCommitment", JAPAN, "stated", (), "offered", 40, 80, DUE)
TASK = Commitment("Task", SECRETARIAT, "stated", (), "requested", 130, 160)
MONEY = Amount("5000", "USD", "inferred", JAPAN, None, 170, 176)
PARAGRAPHS = (ParagraphPlace("1", 0, 100, ""), ParagraphPlace("2", 102, 200, ""))


def act(name: str, kind: str, trigger: tuple[int, int], **more: object) -> Statement:
    """An annotated act; the level is `main` unless told."""
    fields = {
        "paragraph": name[1],
        "level": "main",
        "verb": kind.lower(),
        "start": trigger[0],
        "end": trigger[1] + 20,
        "actor": BODY,
    }
    fields.update(more)
    return Statement(id=name, type=kind, trigger_start=trigger[0], trigger_end=trigger[1], **fields)


GOLD = Gold(
    file="x.txt",
    meeting=None,
    characters=200,
    paragraphs=PARAGRAPHS,
    statements=(
        act("p1-s1-a", "Welcome", (10, 18)),
        act("p1-s1-b", "Offer", (23, 28), level="embedded", actor=JAPAN, commitments=(OFFER,)),
        act("p2-s1-a", "Request", (110, 119), addressee=SECRETARIAT, commitments=(TASK,)),
        act("p2-s2-a", "Approval", (165, 169), actor=None),
    ),
    amounts=(MONEY,),
    entities=(
        GoldEntity("1", BODY, "optional", 4, 9),
        GoldEntity("1", JAPAN, "name", 30, 35),
        GoldEntity("2", SECRETARIAT, "name", 120, 129),
        GoldEntity("2", "provisional/reed-plan", "description", 140, 150),
    ),
    addressees={"p2-s1-a": (SECRETARIAT,)},
)


def mention(name: str, start: int, end: int, **more: str) -> EntityMention:
    """A mention of a thing by its short name or IRI."""
    return EntityMention(name, provisional="provisional/" in name, start=start, end=end, **more)


def perfect(gold: Gold) -> Extraction:
    """The extraction that finds what the annotation has, and nothing else."""
    statements = tuple(
        replace(
            one,
            actor=one.actor and vocab.thing(one.actor),
            addressee=one.addressee and vocab.thing(one.addressee),
            amounts=gold.amounts if one.type == "Approval" else (),
            confidence=0.95,
        )
        for one in gold.statements
    )
    mentions = tuple(
        mention(vocab.thing(one.entity), one.start, one.end)
        for one in gold.entities
        if one.by != "optional"
    )
    return Extraction("0", gold.characters, "", None, "1", gold.paragraphs, statements, mentions)


FOUND = perfect(GOLD)


def with_act(number: int, **changes: object) -> Extraction:
    """The perfect extraction with one statement changed."""
    statements = list(FOUND.statements)
    statements[number] = replace(statements[number], **changes)
    return replace(FOUND, statements=tuple(statements))


def with_mentions(*mentions: EntityMention) -> Extraction:
    """The perfect extraction with other mentions."""
    return replace(FOUND, entities=mentions)


def lowered(evaluation: Evaluation) -> set[str]:
    """The measures that are not perfect."""
    return {name for name, score in evaluation.scores.items() if score.f1 < 1}


def test_a_perfect_extraction_has_every_score_1_and_no_error():
    evaluation = evaluate(GOLD, FOUND)
    assert lowered(evaluation) == set()
    assert evaluation.errors == ()
    assert evaluation.scores.keys() == MEASURES.keys()
    assert list(evaluation.scores) == list(MEASURES)


@pytest.mark.parametrize(
    ("found", "measures", "what"),
    [
        (
            replace(FOUND, paragraphs=(PARAGRAPHS[0], replace(PARAGRAPHS[1], number="3"))),
            {"paragraphs"},
            {"missing paragraph", "extra paragraph"},
        ),
        (
            replace(FOUND, paragraphs=(PARAGRAPHS[0], replace(PARAGRAPHS[1], end=180))),
            {"paragraphs"},
            {"missing paragraph", "extra paragraph"},
        ),
        (
            replace(FOUND, statements=FOUND.statements[1:]),
            {"main acts"},
            {"missing main act"},
        ),
        (
            with_act(0, trigger_start=18, trigger_end=20),
            {"main acts"},
            {"missing main act", "extra main act"},
        ),
        (
            with_act(1, level="main"),
            {"main acts", "embedded acts"},
            {"extra main act", "missing embedded act"},
        ),
        (with_act(0, type="Noting"), {"type"}, {"type"}),
        (with_act(1, actor=vocab.thing("state/china")), {"actor"}, {"actor"}),
        (with_act(1, actor=None), {"actor"}, {"actor"}),
        (with_act(3, actor=vocab.thing(JAPAN)), {"actor"}, {"actor"}),
        (with_act(2, addressee=None), {"addressee"}, {"addressee"}),
        (with_act(0, addressee=vocab.thing(JAPAN)), {"addressee"}, {"addressee"}),
        (
            with_act(1, commitments=(replace(OFFER, committed_party="state/china"),)),
            {"committed party", "commitments strict", "commitments lenient"},
            {"committed party"},
        ),
        (
            with_act(1, commitments=(replace(OFFER, due=replace(DUE, not_before=None)),)),
            {"deadlines", "commitments strict"},
            {"deadline"},
        ),
        (
            with_act(1, commitments=(replace(OFFER, due=None),)),
            {"deadlines", "commitments strict"},
            {"deadline"},
        ),
        (
            with_act(2, commitments=(replace(TASK, due=DUE),)),
            {"deadlines", "commitments strict"},
            {"deadline"},
        ),
        (
            with_act(1, commitments=(replace(OFFER, end=59),)),
            {"deadlines", "commitments strict", "commitments lenient"},
            {"missing commitment", "extra commitment"},
        ),
        (
            with_act(2, commitments=(TASK, replace(TASK, start=161, end=164))),
            {"commitments strict", "commitments lenient"},
            {"extra commitment"},
        ),
        (with_act(3, amounts=()), {"amounts"}, {"missing amount"}),
        (with_act(3, amounts=(replace(MONEY, value="50"),)), {"amounts"}, {"amount"}),
        (with_act(3, amounts=(replace(MONEY, currency="KRW"),)), {"amounts"}, {"amount"}),
        (
            with_act(3, amounts=(replace(MONEY, currency_basis="stated"),)),
            {"amounts"},
            {"amount"},
        ),
        (with_act(3, amounts=(replace(MONEY, donor=None),)), {"amounts"}, {"amount"}),
        (
            with_act(3, amounts=(MONEY, replace(MONEY, start=180, end=184))),
            {"amounts"},
            {"extra amount"},
        ),
        (
            with_mentions(*FOUND.entities[1:]),
            {"entities", "named entities"},
            {"missing entity"},
        ),
        (with_mentions(*FOUND.entities[:2]), {"entities"}, {"missing entity"}),
        (
            with_mentions(*FOUND.entities, mention("state/china", 50, 55)),
            {"entities", "named entities"},
            {"extra entity"},
        ),
    ],
)
def test_an_error_lowers_its_own_figures_and_is_listed(found, measures, what):
    evaluation = evaluate(GOLD, found)
    assert lowered(evaluation) == measures
    assert {error.what for error in evaluation.errors} == what


def test_precision_falls_with_what_is_extra_and_recall_with_what_is_missing():
    extra = evaluate(GOLD, replace(FOUND, statements=(*FOUND.statements, FOUND.statements[0])))
    missing = evaluate(GOLD, replace(FOUND, statements=FOUND.statements[1:]))
    assert extra.scores["main acts"] == Score(3, 4, 3)
    assert extra.scores["main acts"].precision == 0.75
    assert extra.scores["main acts"].recall == 1.0
    assert missing.scores["main acts"].precision == 1.0
    assert missing.scores["main acts"].recall == pytest.approx(2 / 3)
    assert missing.scores["main acts"].f1 == pytest.approx(0.8)


def test_an_error_has_paragraph_place_and_both_sides():
    (error,) = evaluate(GOLD, with_act(2, type="Proposal")).errors
    assert (error.paragraph, error.start, error.end) == ("2", 110, 119)
    assert (error.what, error.wanted, error.found) == ("type", "Request", "Proposal")


def test_errors_stand_in_the_order_of_the_text():
    found = replace(FOUND, statements=(), entities=())
    places = [error.start for error in evaluate(GOLD, found).errors]
    assert places == sorted(places)


def test_one_of_several_addressees_is_enough():
    gold = replace(GOLD, addressees={"p2-s1-a": (JAPAN, SECRETARIAT)})
    assert evaluate(gold, FOUND).scores["addressee"] == Score(1, 1, 1)


def test_of_two_acts_with_one_trigger_each_meets_the_one_with_its_actor():
    china = act("p1-s1-b", "Offer", (23, 28), level="embedded", actor="state/china")
    japan = replace(china, id="p1-s1-c", actor=JAPAN)
    gold = replace(GOLD, statements=(china, japan))
    found = perfect(gold)
    swapped = replace(found, statements=found.statements[::-1])
    assert evaluate(gold, swapped).scores["actor"] == Score(2, 2, 2)


def test_an_unknown_name_is_met_by_any_new_name_at_the_same_place():
    new = mention(vocab.thing("provisional/the-secretariat"), 116, 129)
    found = with_mentions(FOUND.entities[0], new, FOUND.entities[2])
    found = replace(
        found,
        statements=tuple(
            replace(one, addressee=new.iri) if one.addressee else one for one in found.statements
        ),
    )
    assert lowered(evaluate(GOLD, found)) == set()


def test_an_unknown_name_is_not_met_by_a_new_name_elsewhere():
    elsewhere = mention(vocab.thing("provisional/plan"), 140, 150)
    found = replace(with_act(2, addressee=elsewhere.iri), entities=(*FOUND.entities[:2], elsewhere))
    assert lowered(evaluate(GOLD, found)) == {"addressee"}


def test_a_new_name_that_is_mentioned_nowhere_means_what_it_stands_for_most_often():
    meeting = vocab.thing("provisional/meeting")
    once = with_act(0, actor=meeting)
    both = replace(
        once, statements=(*once.statements[:2], with_act(2, actor=meeting).statements[2])
    )
    thrice = replace(
        both, statements=(*both.statements[:2], replace(both.statements[2], addressee=meeting))
    )
    assert "actor" not in lowered(evaluate(GOLD, once))
    assert "actor" not in lowered(evaluate(GOLD, both))
    assert evaluate(GOLD, thrice).scores["actor"] == Score(3, 3, 3)
    assert evaluate(GOLD, thrice).scores["addressee"] == Score(0, 1, 1)


def test_a_known_name_is_met_by_itself_alone():
    new = vocab.thing("provisional/japan")
    found = replace(
        with_act(1, actor=new),
        entities=(mention(new, 30, 35), *FOUND.entities[1:]),
    )
    assert lowered(evaluate(GOLD, found)) == {"actor", "entities", "named entities"}


def test_mentions_outside_paragraphs_of_groups_and_optional_ones_do_not_count():
    more = (
        mention("state/china", 100, 101),
        mention("group/parties", 60, 67),
        mention("provisional/parties", 70, 77, type="PartyGroup"),
        mention("provisional/committee", 4, 9),
    )
    assert lowered(evaluate(GOLD, with_mentions(*FOUND.entities, *more))) == set()


def test_a_description_is_no_error_among_named_entities():
    assert evaluate(GOLD, FOUND).scores["entities"] == Score(3, 3, 3)
    assert evaluate(GOLD, FOUND).scores["named entities"] == Score(2, 2, 2)


def test_money_that_two_statements_have_counts_once():
    assert evaluate(GOLD, with_act(2, amounts=(MONEY,))).scores["amounts"] == Score(1, 1, 1)


def test_the_same_value_written_otherwise_is_the_same_money():
    found = with_act(3, amounts=(replace(MONEY, value="5000.00"),))
    assert lowered(evaluate(GOLD, found)) == set()


def test_reliability_compares_mean_confidence_with_the_share_of_right_statements():
    wrong = with_act(0, confidence=0.55, type="Noting")
    bins = {part.low: part for part in evaluate(GOLD, wrong).confidence}
    assert (bins[0.5].count, bins[0.5].share_right) == (1, 0.0)
    assert bins[0.5].mean_confidence == pytest.approx(0.55)
    assert (bins[0.9].count, bins[0.9].share_right) == (3, 1.0)
    assert bins[0.9].mean_confidence == pytest.approx(0.95)
    assert (bins[0.0].count, bins[0.0].mean_confidence, bins[0.0].share_right) == (0, 0.0, 0.0)


def test_full_confidence_is_in_the_last_bin_and_none_in_the_first():
    found = replace(
        FOUND,
        statements=(
            replace(FOUND.statements[0], confidence=1.0),
            replace(FOUND.statements[1], confidence=0.0),
        ),
    )
    assert [part.count for part in evaluate(GOLD, found).confidence] == [1, 0, 0, 0, 0, 1]


def test_scores_of_nothing_are_1_and_of_nothing_found_are_0():
    assert (Score(0, 0, 0).precision, Score(0, 0, 0).recall, Score(0, 0, 0).f1) == (1, 1, 1)
    assert Score(0, 0, 4).f1 == 0


def test_merging_adds_counts_bins_and_errors():
    one, other = evaluate(GOLD, FOUND), evaluate(GOLD, with_act(0, type="Noting"))
    both = merge([one, other])
    assert both.scores["type"] == Score(7, 8, 8)
    assert both.confidence[-1].count == 8
    assert both.errors == other.errors


def test_an_extraction_of_another_text_is_refused():
    with pytest.raises(UsageError, match=r"200 characters.*201") as caught:
        evaluate(GOLD, replace(FOUND, characters=201))
    assert "annotated" in caught.value.hint


def test_text_has_a_line_for_each_measure_and_each_error():
    text = to_text(evaluate(GOLD, with_act(2, type="Proposal")))
    assert "type                  0.750  0.750  0.750      3      4       4" in text
    assert "  ¶ 2      110-119  type: Request → Proposal\n" in text
    assert all(f"\n{name} " in text for name in MEASURES)
    assert "1 error\n" in text


def test_json_has_figures_bins_and_errors():
    values = to_json(evaluate(GOLD, with_act(2, type="Proposal")))
    assert values["scores"]["type"] == {
        "right": 3,
        "found": 4,
        "wanted": 4,
        "precision": 0.75,
        "recall": 0.75,
        "f1": 0.75,
    }
    assert values["confidence"][-1] == {
        "from": 0.9,
        "count": 4,
        "mean_confidence": 0.95,
        "share_right": 0.75,
    }
    assert values["errors"] == [
        {
            "paragraph": "2",
            "start": 110,
            "end": 119,
            "what": "type",
            "wanted": "Request",
            "found": "Proposal",
        }
    ]

"""A report under review: what was found beside what was decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neagraph.reports.publishing.assembling import reading_of, waits
from neagraph.reports.publishing.standing import Standing
from neagraph.reports.reviewing.adding import add_missing
from neagraph.reports.reviewing.cells import CellError
from neagraph.reports.reviewing.deciding import Desk, Ruling, accept_rest, decide, renew
from neagraph.reports.reviewing.decisions import Verdict
from neagraph.reports.reviewing.review import (
    SAMPLE,
    changes,
    difference,
    in_review_order,
    is_sampled,
    items_of,
    outcome_of,
)
from neagraph.reports.reviewing.sheet import by_id
from neagraph.reports.wording import read_glossary
from neagraph.settings import project_root
from neagraph.sources import read_sources
from neagraph.vocab import thing

from .review_samples import TEXT, act, sample, span, with_confidence


@pytest.fixture(scope="module")
def glossary():
    return read_glossary(read_sources(project_root()).triples())


@pytest.fixture
def desk(glossary):
    return Desk(sample(), glossary, TEXT, "Ann", "2026-01-01T00:00:00Z")


def read(extraction=None):
    return reading_of(extraction or sample(), TEXT, slug="reed", time="")


def without(name):
    extraction = sample()
    left = tuple(s for s in extraction.statements if s.id != name)
    return replace(extraction, statements=left)


def ruled(desk, name, verdict=Verdict.ACCEPT, texts=None, extraction=None, decisions=()):
    items = items_of(read(extraction), decisions)
    decision = decide(Ruling(name, verdict, texts or {}), by_id(items)[name], desk)
    assert decision is not None
    return decision


def test_without_decisions_everything_is_as_it_was_found():
    items = items_of(read(), ())
    assert [item.statement for item in items] == list(sample().statements)
    assert {item.verdict for item in items} == {Verdict.OPEN}


def test_a_decision_stays_when_the_rules_read_otherwise(desk):
    accepted = ruled(desk, "p2-s1-b")
    first, request, noting, offer = sample().statements
    otherwise = replace(offer, actor=thing("state/china"), confidence=0.1)
    after = replace(sample(), rules="2", statements=(first, request, noting, otherwise))
    item = by_id(items_of(read(after), [accepted]))["p2-s1-b"]
    assert item.verdict is Verdict.ACCEPT
    assert item.statement.actor == thing("state/japan")
    assert item.differs
    assert decide(Ruling("p2-s1-b", Verdict.ACCEPT), item, desk) is None
    again = renew(item, desk)
    assert again is not None
    renewed = by_id(items_of(read(after), [accepted, again]))["p2-s1-b"]
    assert renewed.statement.actor == thing("state/china")
    assert not renewed.differs


def test_a_lower_confidence_alone_is_no_other_reading(desk):
    accepted = ruled(desk, "p2-s1-b")
    item = by_id(items_of(read(with_confidence(sample(), 0.2)), [accepted]))["p2-s1-b"]
    assert not item.differs


def test_a_decision_is_known_by_its_place_whatever_the_id(desk):
    accepted = ruled(desk, "p2-s1-b")
    first, request, noting, offer = sample().statements
    renamed = replace(sample(), statements=(first, request, noting, replace(offer, id="p2-s1-c")))
    item = items_of(read(renamed), [accepted])[-1]
    assert (item.statement.id, item.verdict) == ("p2-s1-b", Verdict.ACCEPT)


@pytest.mark.parametrize("verdict", [Verdict.ACCEPT, Verdict.REJECT, Verdict.UNSURE])
def test_a_decision_on_what_is_found_no_more_stays(desk, verdict):
    said = ruled(desk, "p2-s1-b", verdict)
    items = items_of(read(without("p2-s1-b")), [said])
    assert items[-1].found is None
    assert items[-1].verdict is verdict
    assert items[-1].differs
    assert renew(items[-1], desk) is None


def test_a_note_on_what_is_found_no_more_is_no_statement(desk):
    items = items_of(read(), ())
    note = decide(Ruling("p2-s1-b", Verdict.OPEN, note="?"), by_id(items)["p2-s1-b"], desk)
    assert note is not None
    assert len(items_of(read(without("p2-s1-b")), [note])) == 3


def test_what_was_accepted_keeps_its_id_and_a_newcomer_gets_the_next(desk):
    accepted = ruled(desk, "p2-s1-b")
    newcomer = act(
        "p2-s1-b", "the contribution of US$ 1,250 from Mongolia to the Core Fund",
        "contribution", type="Noting", verb="note",
    )  # fmt: skip
    extraction = without("p2-s1-b")
    after = replace(extraction, statements=(*extraction.statements, newcomer))
    names = {i.statement.trigger_start: i.statement.id for i in items_of(read(after), [accepted])}
    assert names[accepted.place[0]] == "p2-s1-b"
    assert names[newcomer.trigger_start] == "p2-s1-c"


def test_statements_that_share_a_trigger_are_told_apart_by_id(desk):
    first, request, noting, offer = sample().statements
    both = replace(
        sample(), statements=(first, request, noting, offer, replace(offer, id="p2-s1-c"))
    )
    said = ruled(desk, "p2-s1-c", Verdict.REJECT, extraction=both)
    verdicts = {i.statement.id: i.verdict for i in items_of(read(both), [said])}
    assert verdicts["p2-s1-b"] is Verdict.OPEN
    assert verdicts["p2-s1-c"] is Verdict.REJECT


def test_the_last_decision_counts(desk):
    no = ruled(desk, "p1-s1-a", Verdict.REJECT)
    yes = ruled(desk, "p1-s1-a", decisions=[no])
    assert by_id(items_of(read(), [no, yes]))["p1-s1-a"].verdict is Verdict.ACCEPT


def test_what_is_uncertain_comes_first_then_the_sample():
    items = items_of(replace(read(), problems={"p2-s1-a": ("A problem.",)}), ())
    order = [item.statement.id for item in in_review_order(items)]
    assert order[:2] == ["p1-s2-a", "p2-s1-a"]
    sampled = [replace(items[0], sampled=True), items[3]]
    assert in_review_order(sampled[::-1])[0] is sampled[0]


def test_the_sample_is_drawn_by_lot_and_stays_the_same():
    statement = sample().statements[0]
    many = [is_sampled(f"{n:064x}", statement) for n in range(2000)]
    assert SAMPLE / 2 < sum(many) / 2000 < SAMPLE * 2
    assert many == [is_sampled(f"{n:064x}", statement) for n in range(2000)]


def test_the_outcome_tells_how_right_the_certain_ones_are(desk):
    items = [replace(item, sampled=True) for item in items_of(read(), ())]
    assert outcome_of(items).precision is None
    accepted = ruled(desk, "p1-s1-a")
    items[0] = replace(items[0], decision=accepted)
    outcome = outcome_of(items)
    assert (outcome.total, outcome.settled, outcome.publishable, outcome.left) == (4, 1, 1, 3)
    assert (outcome.sample, outcome.right) == (1, 1)
    low, high = outcome.precision
    assert 0.2 < low < 0.3
    assert high == pytest.approx(1.0)


def test_what_waits_for_a_reviewer(desk):
    rejected, accepted = ruled(desk, "p1-s1-a", Verdict.REJECT), ruled(desk, "p1-s2-a")
    items = items_of(read(), [rejected, accepted])
    waiting = {i.statement.id for i in items if waits(i, Standing())}
    assert waiting == {"p1-s2-a", "p2-s1-a", "p2-s1-b"}
    published = Standing(published=frozenset({"p1-s2-a"}))
    assert {i.statement.id for i in items if waits(i, published)} == {"p2-s1-a", "p2-s1-b"}
    by_hand = Standing(by_hand=frozenset({items[2].place}), names_by_hand=frozenset({"p2-s1-b"}))
    assert {i.statement.id for i in items if waits(i, by_hand)} == {"p1-s2-a"}


def test_the_difference_between_two_readings_is_told_by_id():
    first, request, noting, offer = sample().statements
    after = replace(
        sample(),
        statements=(
            replace(first, actor=None, confidence=0.1),
            noting,
            replace(offer, id="p2-s1-c"),
            replace(request, id="p1-s2-a"),
        ),
    )
    found = difference(sample(), after)
    assert found.added == ("p2-s1-c",)
    assert found.removed == ("p2-s1-b",)
    assert found.changed == (("p1-s1-a", ("actor",)),)
    assert found
    assert not difference(sample(), sample())
    assert changes(first, replace(first, passes=("names",), reasons=("?",))) == ()


def test_names_for_the_time_being_and_places_are_no_difference_between_files():
    first, request, noting, offer = sample().statements
    shift = replace(
        offer,
        start=offer.start + 9,
        end=offer.end + 9,
        trigger_start=offer.trigger_start + 9,
        trigger_end=offer.trigger_end + 9,
    )
    renamed = replace(first, objects=(thing("provisional/000000000000/reed-plan"),))
    now = (renamed, request, noting, shift)
    later = replace(sample(), sha256="0" * 64, statements=now)
    earlier = replace(sample(), sha256="0123456789ab" + "c" * 52)
    assert not difference(earlier, later)
    other = replace(first, objects=(thing("provisional/000000000000/fen-plan"),))
    found = difference(earlier, replace(later, statements=(other, *now[1:])))
    assert found.changed == (("p1-s1-a", ("objects",)),)


# ---- Deciding ------------------------------------------------------------------------------------


def test_a_decision_tells_who_when_and_by_which_rules(desk):
    said = ruled(desk, "p2-s1-b", Verdict.EDIT, {"actor": "state/china"})
    assert (said.who, said.time, said.rules) == ("Ann", "2026-01-01T00:00:00Z", "1")
    assert said.statement.actor == thing("state/china")
    assert said.edited == ("actor",)


def test_the_same_decision_again_is_none(desk):
    accepted = ruled(desk, "p1-s1-a")
    item = by_id(items_of(read(), [accepted]))["p1-s1-a"]
    assert decide(Ruling("p1-s1-a", Verdict.ACCEPT), item, desk) is None
    noted = decide(Ruling("p1-s1-a", Verdict.ACCEPT, note="sure"), item, desk)
    assert noted is not None
    assert noted.note == "sure"


def test_changes_add_up(desk):
    first = ruled(desk, "p2-s1-b", Verdict.EDIT, {"actor": "state/china"})
    item = by_id(items_of(read(), [first]))["p2-s1-b"]
    second = decide(Ruling("p2-s1-b", Verdict.EDIT, {"action": "host it"}), item, desk)
    assert second is not None
    assert second.edited == ("action", "actor")
    assert (second.statement.actor, second.actions) == (thing("state/china"), ("host it",))


@pytest.mark.parametrize("verdict", [Verdict.ACCEPT, Verdict.REJECT, Verdict.UNSURE, Verdict.OPEN])
def test_a_change_needs_the_word_edit(desk, verdict):
    with pytest.raises(CellError, match="write edit") as error:
        ruled(desk, "p2-s1-b", verdict, {"actor": "state/china"})
    assert error.value.cell == "actor"


def test_an_edit_needs_a_change(desk):
    with pytest.raises(CellError, match="nothing was changed"):
        ruled(desk, "p2-s1-b", Verdict.EDIT)


def test_a_new_place_gets_new_evidence(desk):
    start, _ = span("Japan to host")
    item = by_id(items_of(read(), ()))["p2-s1-b"]
    moved = decide(
        Ruling("p2-s1-b", Verdict.EDIT, {"start": str(item.statement.trigger_start)}), item, desk
    )
    assert moved is not None
    assert moved.evidence.clause != item.evidence.clause
    assert moved.place == item.place
    with pytest.raises(CellError, match="text is at hand"):
        decide(
            Ruling("p2-s1-b", Verdict.EDIT, {"end": str(start + 9)}), item, replace(desk, text=None)
        )
    with pytest.raises(CellError, match="318 characters"):
        decide(Ruling("p2-s1-b", Verdict.EDIT, {"end": "999"}), item, desk)


def test_what_was_changed_stays_that_when_it_is_accepted_once_more(desk):
    first = ruled(desk, "p2-s1-b", Verdict.EDIT, {"actor": "state/china"})
    item = by_id(items_of(read(), [first]))["p2-s1-b"]
    assert decide(Ruling("p2-s1-b", Verdict.ACCEPT), item, desk) is None
    no = decide(Ruling("p2-s1-b", Verdict.REJECT), item, desk)
    assert no is not None
    assert no.edited == ()


def test_a_note_has_an_end(desk):
    item = items_of(read(), ())[0]
    with pytest.raises(CellError, match="note"):
        decide(Ruling("p1-s1-a", Verdict.ACCEPT, note="x" * 2001), item, desk)


def place_of(words):
    start, end = span(words)
    return {"start": str(start), "end": str(end)}


def missing(desk, words, items=None, **fields):
    ruling = Ruling("", Verdict.MISSING, {**place_of(words), **fields.pop("texts", {})}, **fields)
    return add_missing(ruling, items_of(read(), ()) if items is None else items, desk)


def test_what_is_missing_is_added_with_a_verb_of_its_words(desk):
    items = items_of(read(without("p1-s2-a")), ())
    said = missing(desk, "It requested the Secretariat to count the cranes", items)
    assert said.verdict is Verdict.MISSING
    assert (said.statement.id, said.statement.paragraph) == ("p1-s1-b", "1")
    assert (said.statement.type, said.statement.verb) == ("Request", "request")
    assert said.evidence.trigger == "requested"
    assert said.rules == ""
    later = items_of(read(without("p1-s2-a")), [said])
    assert len(later) == 4
    assert missing(desk, "It requested the Secretariat to count the cranes", later) is None


def test_what_is_missing_may_name_its_verb_and_its_actor(desk):
    items = items_of(read(without("p2-s1-b")), ())
    words = "the offer by Japan to host a workshop on reeds in May 2031"
    said = missing(desk, words, items, verb="offer", texts={"actor": "state/japan"})
    assert (said.statement.id, said.statement.type) == ("p2-s1-b", "Offer")
    assert said.statement.actor == thing("state/japan")


@pytest.mark.parametrize(
    ("texts", "cell", "reason"),
    [
        ({"start": "", "end": "5"}, "start", "no position"),
        ({"start": "5", "end": "5"}, "end", "behind the start"),
        ({"start": "5", "end": "99999"}, "end", "318 characters"),
        ({"start": "0", "end": "30"}, "start", "one paragraph"),
    ],
)
def test_what_is_missing_has_a_place_in_one_paragraph(desk, texts, cell, reason):
    with pytest.raises(CellError, match=reason) as error:
        add_missing(Ruling("", Verdict.MISSING, texts), (), desk)
    assert error.value.cell == cell


def test_what_is_missing_needs_a_verb_in_its_words(desk):
    with pytest.raises(CellError, match="no verb"):
        missing(desk, "the weather permits")
    with pytest.raises(CellError, match='no verb "fly"'):
        missing(desk, "The Meeting adopted", verb="fly")


def quoted(desk, quote, **fields):
    items = items_of(read(replace(sample(), statements=())), ())
    return add_missing(Ruling("", Verdict.MISSING, quote=quote, **fields), items, desk)


@pytest.mark.parametrize("paragraph", ["", "1"])
def test_what_is_missing_is_found_by_its_words(desk, paragraph):
    words = "It requested the Secretariat to count the cranes before the end of 2031"
    said = quoted(desk, words, paragraph=paragraph)
    assert (said.statement.start, said.statement.end) == span(words)
    assert (said.statement.paragraph, said.statement.verb) == ("1", "request")


@pytest.mark.parametrize(
    ("quote", "paragraph", "cell", "reason"),
    [
        ("The Meeting", "", "quote", "stand 2 times in the report: tell the paragraph"),
        ("the", "1", "quote", "stand 5 times in paragraph 1: take more of them"),
        ("It requested", "2", "quote", "do not stand in paragraph 2"),
        ("It requested", "9", "paragraph", 'no paragraph "9"'),
        ("weather permits. 2. The Meeting", "", "quote", "not lie in one paragraph"),
        ("weather [ ] permits", "", "quote", "do not stand in the report"),
        ("weather \ue000 (permits", "", "quote", "do not stand in the report"),
    ],
)
def test_words_that_stand_at_no_one_place_are_refused(desk, quote, paragraph, cell, reason):
    with pytest.raises(CellError, match=reason) as error:
        quoted(desk, quote, paragraph=paragraph)
    assert error.value.cell == cell


def test_a_paragraph_has_its_items(desk):
    first, second = sample().paragraphs
    item = replace(desk.extraction, paragraphs=(first, replace(second, number="1(a)")))
    said = quoted(replace(desk, extraction=item), "the offer by Japan", paragraph="1")
    assert (said.statement.paragraph, said.statement.id) == ("1(a)", "p2-s1-a")


def test_words_are_found_however_quotation_marks_are_drawn(desk):
    text = TEXT.replace("Reed Plan", "\u201cReed\u201d Plan")
    said = quoted(replace(desk, text=text), 'adopted the "Reed" Plan')
    assert text[said.statement.start : said.statement.end] == "adopted the \u201cReed\u201d Plan"


def test_a_word_that_is_no_form_of_a_verb_is_marked_and_its_verb_named(desk):
    with pytest.raises(CellError, match=r'a column "verb"'):
        quoted(desk, "if the weather permits")
    with pytest.raises(CellError, match=r'no form of "decide"'):
        quoted(desk, "if the weather permits", verb="decide")
    said = quoted(desk, "if the weather [permits]", verb="decide")
    assert (said.statement.verb, said.evidence.trigger) == ("decide", "permits")
    assert said.statement.type == desk.glossary.verbs["decide"].makes
    start, end = span("if the weather permits")
    assert (said.statement.start, said.statement.end) == (start, end)


def test_a_marked_word_tells_which_of_several_acts_is_meant(desk):
    words = "The Meeting noted the [offer] by Japan"
    assert quoted(desk, words).statement.verb == "offer"
    assert quoted(desk, words.replace("[offer]", "offer")).statement.verb == "note"


def test_brackets_of_the_report_mark_nothing(desk):
    text = TEXT.replace("Reed Plan", "[Reed] Plan")
    said = quoted(replace(desk, text=text), "The Meeting adopted the [Reed] Plan")
    assert said.evidence.trigger == "adopted"


def test_what_is_marked_is_a_word_or_a_few(desk):
    words = "[the contribution of US$ 1,250 from Mongolia to the Core Fund for what it is worth]"
    text = TEXT.replace("Core Fund", "Core Fund for what it is worth")
    paragraphs = (sample().paragraphs[0], replace(sample().paragraphs[1], end=len(text)))
    extraction = replace(sample(), paragraphs=paragraphs)
    with pytest.raises(CellError, match="hold too much"):
        quoted(replace(desk, text=text, extraction=extraction), words, verb="note")


def test_all_that_is_wrong_with_a_missing_one_is_told_at_once(desk):
    with pytest.raises(CellError) as error:
        quoted(desk, "no such words", texts={"actor": "state/atlantis", "type": "Song"})
    assert {one.cell for one in error.value.each} == {"quote", "actor", "type"}


def test_what_was_found_is_not_missing(desk):
    with pytest.raises(CellError, match="p1-s1-a was found"):
        missing(desk, "The Meeting adopted the Reed Plan")


def test_what_is_missing_takes_the_text(desk):
    with pytest.raises(CellError, match="text is at hand"):
        missing(replace(desk, text=None), "The Meeting adopted the Reed Plan")


def test_the_rest_is_accepted_where_nobody_has_said_anything(desk):
    items = items_of(read(with_confidence(sample(), 0.9)), [ruled(desk, "p1-s1-a", Verdict.UNSURE)])
    items = [replace(item, sampled=item.statement.id == "p2-s1-a") for item in items]
    accepted = accept_rest(items, desk)
    assert {d.statement.id for d in accepted} == {"p1-s2-a", "p2-s1-b"}
    assert {d.verdict for d in accepted} == {Verdict.ACCEPT}
    assert {d.note for d in accepted} == {"accepted with the sample"}

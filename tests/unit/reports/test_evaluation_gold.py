"""Reading annotations: what they hold, and what is said about those that cannot be read."""

from __future__ import annotations

import sys

import pytest

from neagraph.errors import UnreadableError, UsageError
from neagraph.reports.measuring.gold import read_gold, short
from neagraph.reports.statements import Due

TEXT = """
source: {file: x.txt, characters: 90, meeting: meeting/neaspec-som-24}
paragraphs:
- {number: 4(a), char_start: 0, char_end: 80, heading: null}
statements:
- {id: p4a-s1-a, paragraph: 4(a), level: main, verb: request, type: Request, char_start: 4,
   char_end: 70, trigger_start: 12, trigger_end: 21, actor: body/neaspec-som,
   addressee: [state/japan, state/china]}
commitments:
- {id: c01, statement: p4a-s1-a, kind: Task, committed_party: state/japan, party_basis: stated,
   strength: requested, beneficiary: state/china, char_start: 40, char_end: 70, condition: if so,
   due: {not_before: 2031-01-01, not_after: null, precision: day, as_written: x, basis: stated}}
entities:
  money:
  - {id: m01, donor: null, value: 12.5, currency: EUR, currency_basis: stated, project: project/x,
     mentions: [{paragraph: 4(a), char_start: 1, char_end: 5}]}
entity_paragraphs:
- {paragraph: 4(a), entity: state/japan, by: name, char_start: 22, char_end: 27}
entity_paragraphs_optional:
- {paragraph: 4(a), entity: mechanism/neaspec, why: inside a longer name}
"""


def test_an_annotation_is_read_as_values():
    gold = read_gold(TEXT)
    (statement,) = gold.statements
    (commitment,) = statement.commitments
    (amount,) = gold.amounts
    assert (gold.file, gold.characters) == ("x.txt", 90)
    assert gold.meeting == "https://w3id.org/neagraph/id/meeting/neaspec-som-24"
    assert gold.paragraphs[0].number == statement.paragraph == "4(a)"
    assert statement.addressee == "state/japan"
    assert gold.addressees == {statement.id: ("state/japan", "state/china")}
    assert (statement.type, statement.trigger_end, statement.negated) == ("Request", 21, False)
    assert commitment.due == Due("2031-01-01", None, "day", "x", "stated")
    assert (commitment.owed_to, commitment.condition) == (("state/china",), "if so")
    assert (amount.value, amount.fund, amount.start) == ("12.5", "project/x", 1)
    assert [(row.entity, row.by) for row in gold.entities] == [
        ("state/japan", "name"),
        ("mechanism/neaspec", "optional"),
    ]


def test_a_meeting_that_the_graph_does_not_know_is_none():
    assert read_gold(TEXT.replace("meeting/neaspec-som-24", "provisional/x")).meeting is None


def test_an_addressee_may_be_null_or_one_name():
    nobody = read_gold(TEXT.replace("[state/japan, state/china]", "null"))
    japan = read_gold(TEXT.replace("[state/japan, state/china]", "state/japan"))
    assert (nobody.statements[0].addressee, nobody.addressees) == (None, {})
    assert (japan.statements[0].addressee, *japan.addressees.values()) == (
        "state/japan",
        ("state/japan",),
    )


def test_negation_is_read():
    gold = read_gold(TEXT.replace("type: Request", "type: Request, negated: true"))
    assert gold.statements[0].negated


def test_lists_may_be_missing():
    gold = read_gold(TEXT[: TEXT.index("commitments:")])
    assert (gold.statements[0].commitments, gold.amounts, gold.entities) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "no YAML"),
        ("just words", "no paragraphs, no source, no statements"),
        ("source: 3\nparagraphs: []\nstatements: []", "source of the annotation"),
        (TEXT.replace("actor: body/neaspec-som,", ""), "p4a-s1-a of the annotation's statement"),
        (TEXT.replace("trigger_end: 21", "trigger_end: far"), "p4a-s1-a"),
        (TEXT.replace("- {number: 4(a)", "- 4\n- {number: 4(a)"), "Entry 1 .* paragraph"),
    ],
)
def test_what_cannot_be_read_is_told(text, words):
    with pytest.raises(UnreadableError, match=words):
        read_gold(text)


def test_without_the_yaml_reader_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(UsageError) as caught:
        read_gold(TEXT)
    assert "[reports]" in caught.value.hint


def test_short_names():
    assert short("https://w3id.org/neagraph/id/state/japan") == "state/japan"
    assert short("state/japan") == "state/japan"

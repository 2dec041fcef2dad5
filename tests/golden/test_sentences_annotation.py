"""The annotated test reports are consistent: places, ids, names and terms, as the codebook says."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from neagraph.reports.measuring.gold import read_gold

from .annotation import ROOT, of_kind, table, triples

FOLDER = Path(__file__).with_name("sentences")
REPORTS = [
    path.relative_to(FOLDER).as_posix()
    for path in sorted(
        [p for part in ("dev", "held-out", "second") for p in FOLDER.glob(f"{part}/*.yaml")]
    )
]

GENRES = {"prose", "outcome list", "treaty text", "ministers", "minutes"}
FAMILIES = ("Assertion", "Appraisal", "Directive", "Commissive", "Decision")
KINDS = {
    "SelfCommitment": "commissive",
    "OfferedCommitment": "commissive",
    "Aspiration": "commissive",
    "Task": "directive",
}
NEW_VERBS = {
    *("acknowledge", "adjourn", "affirm", "announce", "appeal", "appoint", "ask", "assess"),
    *("assure", "attend", "authorize", "be", "brief", "call-for", "call-to-order", "caution"),
    *("check", "circulate", "clarify", "close", "commit", "complete", "compose", "concern"),
    *("conclude", "concur", "confirm", "congratulate", "contribute", "convene", "convey"),
    *(
        "cover",
        "create",
        "declare",
        "defer",
        "deplore",
        "describe",
        "direct",
        "disburse",
        "discuss",
    ),
    *("double", "draw-attention", "elect", "endeavour", "entrust", "establish", "examine"),
    *("exchange", "gather", "give", "grant", "grateful", "hear", "hope", "inform", "issue"),
    *(
        "instruct",
        "intend",
        "join",
        "learn",
        "leave-open",
        "look-forward",
        "make-available",
        "meet",
        "monitor",
    ),
    *("nominate", "notify", "open", "pay", "pay-tribute", "pledge", "point-out", "postpone"),
    *("praise", "prefer", "prepare", "present", "preside", "promise", "question", "raise"),
    *("recall", "receive", "regret", "reiterate", "reject", "remain", "remind", "renew"),
    *("reply", "report", "require", "reserve", "resolve", "respond", "secure", "seek"),
    *("start", "stress", "submit", "suggest", "summarize", "suspend", "table", "take-chair"),
    *("take-place", "underscore", "undertake", "withdraw"),
}
TWO_SENSES = {"grant"}  # leave to do something, and money


@cache
def annotated(report):
    """An annotation, as read."""
    return yaml.safe_load((FOLDER / report).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def things():
    """What the graph knows."""
    return table(triples([*ROOT.glob("data/*/*.ttl")])).keys()


@pytest.fixture(params=REPORTS)
def entry(request):
    """One annotation, as read."""
    return annotated(request.param)


@pytest.fixture
def words(entry):
    """The text that the annotation is of."""
    (path,) = FOLDER.glob(f"*/{entry['source']['file']}")
    return path.read_text(encoding="utf-8")


def sliced(words, row, start="char_start", end="char_end"):
    """What stands at a place, line ends read as blanks."""
    return words[row[start] : row[end]].replace("\n", " ")


def listed(value):
    """A field's values as a list."""
    return value if isinstance(value, list) else [value] if value else []


def paragraph_of(entry, number):
    """The entry of a paragraph."""
    (found,) = [row for row in entry["paragraphs"] if row["number"] == number]
    return found


def test_a_text_says_that_it_is_invented(entry, words):
    assert words.startswith("INVENTED TEXT FOR TESTS\n")
    assert entry["source"]["characters"] == len(words)


def test_paragraphs_follow_each_other_and_hold_whole_lines(entry, words):
    rows = entry["paragraphs"]
    ends = [0, *(row["char_end"] for row in rows)]
    numbers = [row["number"] for row in rows]
    assert len(set(numbers)) == len(numbers)
    for row, end in zip(rows, ends, strict=False):
        assert end <= row["char_start"] < row["char_end"]
        assert words[row["char_start"] - 1] == words[row["char_end"]] == "\n"


def test_a_trigger_stands_where_it_is_said_to(entry, words):
    for row in entry["statements"]:
        assert sliced(words, row, "trigger_start", "trigger_end") == row["trigger"], row["id"]
        assert row["char_start"] <= row["trigger_start"] < row["trigger_end"] <= row["char_end"]


def test_a_statement_lies_in_its_paragraph(entry):
    for row in entry["statements"]:
        around = paragraph_of(entry, row["paragraph"])
        assert around["char_start"] <= row["char_start"], row["id"]
        assert row["char_end"] <= around["char_end"], row["id"]


def test_ids_say_paragraph_and_sentence_and_letters_follow_the_text(entry):
    ids = [row["id"] for row in entry["statements"]]
    assert len(set(ids)) == len(ids)
    for row in entry["statements"]:
        number = re.sub(r"[()]", "", str(row["paragraph"]))
        assert re.fullmatch(rf"p{re.escape(number)}-s{row['sentence']}-[a-z]", row["id"])
    for one, other in zip(entry["statements"], entry["statements"][1:], strict=False):
        if one["id"][:-1] == other["id"][:-1]:
            assert ord(other["id"][-1]) == ord(one["id"][-1]) + 1
            assert one["trigger_start"] <= other["trigger_start"], other["id"]


def test_embedded_acts_alone_have_a_parent_in_their_sentence(entry):
    ids = {row["id"] for row in entry["statements"]}
    for row in entry["statements"]:
        assert row["level"] in {"main", "embedded"}
        assert ("parent" in row) == (row["level"] == "embedded"), row["id"]
        related = {row.get("parent"), row.get("responds_to")} - {None}
        assert related <= ids
        assert {name[:-1] for name in related} <= {row["id"][:-1]}


def test_statements_and_commitments_name_each_other(entry):
    made = [(row["id"], name) for row in entry["statements"] for name in row.get("commitments", ())]
    kept = [(row["statement"], row["id"]) for row in entry["commitments"]]
    assert sorted(made) == sorted(kept)
    assert len({name for _, name in kept}) == len(kept)


def test_negated_acts_commit_nobody(entry):
    assert not any(row.get("negated") and row.get("commitments") for row in entry["statements"])


def test_a_missing_name_is_unstated_and_a_given_one_is_not(entry):
    for row in entry["statements"]:
        assert (row["actor"] is None) == (row["actor_basis"] == "unstated"), row["id"]
        assert (row["addressee"] is None) == ("addressee_basis" not in row), row["id"]
    for row in entry["commitments"]:
        assert (row["committed_party"] is None) == (row["party_basis"] == "unstated"), row["id"]


def test_deadlines_and_conditions_quote_the_text(entry, words):
    plain = words.replace("\n", " ")
    for row in entry["commitments"]:
        due = row["due"]
        assert row["condition"] is None or row["condition"] in plain
        if due:
            assert due["as_written"] in plain
            assert due["precision"] in {"day", "month", "year", "event", "open"}
            dated = due["not_before"] or due["not_after"]
            assert bool(dated) == (due["precision"] not in {"event", "open"}), row["id"]
            assert (due["not_before"] or "0000") <= (due["not_after"] or "9999")


def test_actions_lie_in_a_paragraph(entry):
    for row in entry["commitments"]:
        assert any(
            part["char_start"] <= row["char_start"] < row["char_end"] <= part["char_end"]
            for part in entry["paragraphs"]
        ), row["id"]


def test_money_quotes_the_text(entry, words):
    for row in entry["entities"]["money"]:
        assert [sliced(words, place) for place in row["mentions"]] == [row["as_written"]]
        assert re.fullmatch("[A-Z]{3}", row["currency"])


def test_entities_lie_in_their_paragraph(entry):
    for row in [*entry["entity_paragraphs"], *entry["entity_paragraphs_optional"]]:
        assert row["char_start"] < row["char_end"]
        if row["paragraph"] != "":
            around = paragraph_of(entry, row["paragraph"])
            assert around["char_start"] <= row["char_start"] < row["char_end"] <= around["char_end"]


def test_names_are_of_the_graph_or_have_a_place(entry, things):
    rows = [*entry["entity_paragraphs"], *entry["entity_paragraphs_optional"]]
    placed = {row["entity"] for row in rows}
    roles = {
        name
        for row in [*entry["statements"], *entry["commitments"], *entry["entities"]["money"]]
        for field in ("actor", "addressee", "committed_party", "donor", "fund")
        for name in listed(row.get(field))
    }
    for name in placed | roles:
        assert name in (placed if name.startswith("provisional/") else things), name


def test_types_kinds_and_strengths_are_terms(entry, terms):
    families = {f"nea:{name}" for name in FAMILIES}
    classes = {s for s, about in terms.items() if about.get("rdfs:subClassOf", set()) & families}
    for row in entry["statements"]:
        assert f"nea:{row['type']}" in classes, row["id"]
    for row in entry["commitments"]:
        assert f"voc/strength-{KINDS[row['kind']]}/{row['strength']}" in terms, row["id"]


def test_verbs_are_of_the_vocabulary_or_known_to_be_new(entry, terms):
    known = {name.removeprefix("voc/verb/") for name in of_kind(terms, "voc")} | NEW_VERBS
    assert {row["verb"] for row in entry["statements"]} <= known


def test_a_new_verb_has_one_type_wherever_no_modal_changes_it():
    types = {}
    for report in REPORTS:
        for row in annotated(report)["statements"]:
            if row["verb"] in NEW_VERBS - TWO_SENSES and "modality" not in row:
                types.setdefault(row["verb"], set()).add(row["type"])
    assert {verb: found for verb, found in types.items() if len(found) > 1} == {}


def test_the_reports_cover_every_genre_and_are_not_few():
    sentences = {}
    for report in REPORTS:
        entry = annotated(report)
        part, genre = report.split("/")[0], entry["source"]["genre"]
        places = {(row["paragraph"], row["sentence"]) for row in entry["statements"]}
        sentences[part, genre] = sentences.get((part, genre), 0) + len(places)
    assert {genre for part, genre in sentences if part == "dev"} == GENRES
    assert {genre for _, genre in sentences} == GENRES
    assert sum(sentences.values()) >= 130


def test_the_reader_of_annotations_reads_them(entry):
    gold = read_gold(yaml.safe_dump(entry))
    assert len(gold.statements) == len(entry["statements"])
    assert sum(len(one.commitments) for one in gold.statements) == len(entry["commitments"])


def test_the_example_of_the_codebook_can_be_read():
    codebook = (FOLDER / "CODEBOOK.md").read_text(encoding="utf-8")
    gold = read_gold(re.search("```yaml\n(.*?)```", codebook, re.DOTALL)[1])
    assert [pledge.kind for one in gold.statements for pledge in one.commitments] == [
        "SelfCommitment"
    ]
    assert [amount.value for amount in gold.amounts] == ["120000"]
    assert [row.by for row in gold.entities] == ["name", "optional"]


def test_the_codebook_names_only_terms_of_the_ontology(terms):
    codebook = (FOLDER / "CODEBOOK.md").read_text(encoding="utf-8")
    named = re.findall(r"^ *\| [^|]+ \| (\w+) \|$", codebook, re.MULTILINE)
    assert len(named) > 10
    assert {f"nea:{name}" for name in named} - {"nea:class"} <= terms.keys()

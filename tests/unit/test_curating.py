"""A report from its file to the graph: taken in, reviewed, published."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from neagraph.build import build
from neagraph.curating.desk import desk_of, keep, keep_text, review_of, take_sheet, text_of
from neagraph.curating.finding import find, graph_of, search_for, slug_for, unreviewed
from neagraph.curating.intake import take_in
from neagraph.curating.project import Project
from neagraph.curating.publishing import publish
from neagraph.errors import (
    HistoryError,
    NotConformingError,
    NotFoundError,
    UnreadableError,
    UsageError,
)
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import parse
from neagraph.reports.document import Document
from neagraph.reports.reading.readers import read_report
from neagraph.reports.reviewing.deciding import Ruling, decide
from neagraph.reports.reviewing.decisions import FILE, Verdict
from neagraph.reports.reviewing.sheet import by_id, write_sheet
from neagraph.settings import project_root
from neagraph.store.history import CommitLog
from neagraph.store.snapshot import load_dataset, locked
from neagraph.store.state import by_graph, history_path, present_quads
from neagraph.vocab import ID, NEA, thing

from .reports.review_samples import MEETING, PROVISIONAL, TEXT, from_annotation, sample

INBOX = ID + "graph/inbox/reed"
REPORT = ID + "graph/report/reed"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout of the project's own data."""
    for name in ("ontology", "data", "queries"):
        shutil.copytree(project_root() / name, tmp_path / "project" / name)
    (tmp_path / "project" / "pyproject.toml").touch()
    return tmp_path / "project"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def project(root: Path, state: Path) -> Project:
    return Project(root, state)


def taken(project: Project, extraction=None, slug="reed"):
    return take_in(extraction or sample(), TEXT, project, slug=slug, clock=lambda: NOON)


def ruled(project: Project, **verdicts: Verdict | dict[str, str]) -> None:
    """Decide on statements of the report: `p1_s1_a=Verdict.ACCEPT`, or texts for a change."""
    review = review_of("reed", project)
    desk = desk_of(review, project, text=TEXT, who="Ann", clock=lambda: NOON)
    items = by_id(review.items)
    decisions = []
    for key, said in verdicts.items():
        name = key.replace("_", "-")
        verdict, texts = (Verdict.EDIT, said) if isinstance(said, dict) else (said, {})
        decisions.append(decide(Ruling(name, verdict, texts), items[name], desk))
    keep(review, [d for d in decisions if d], project)


def waiting(state: Path) -> set[str]:
    """The ids of the statements in the inbox."""
    quads = by_graph(present_quads(state)).get(INBOX, [])
    return {q.object.value for q in quads if q.predicate.value.endswith("localId")}


def published(root: Path) -> str:
    return (root / "data" / "reports" / "reed.ttl").read_text()


def test_what_is_taken_in_waits_in_the_inbox(project, state):
    found = taken(project)
    assert (found.waiting, found.by_hand, found.former) == (4, 0, None)
    assert waiting(state) == {"p1-s1-a", "p1-s2-a", "p2-s1-a", "p2-s1-b"}
    with CommitLog(history_path(state)) as log:
        (commit,) = log.commits()
    assert (commit.author, commit.time) == ("ingest", "2026-01-01T12:00:00Z")


def test_taking_in_the_same_again_changes_nothing(project, state):
    taken(project)
    again = taken(project)
    assert again.former is not None
    assert not again.former
    with CommitLog(history_path(state)) as log:
        assert log.head().number == 1


def test_the_inbox_stays_outside_what_a_build_reasons_on(root, state, project):
    build(root, state)
    taken(project)
    report = build(root, state)
    assert waiting(state)
    assert report.manifest.counts["statements"] == 75


def test_other_rules_show_what_is_different_and_leave_decisions_alone(project):
    taken(project)
    ruled(project, p1_s1_a=Verdict.ACCEPT, p2_s1_a=Verdict.REJECT)
    first, request, _, offer = sample().statements
    other = replace(sample(), rules="2", statements=(replace(first, actor=None), request, offer))
    found = taken(project, other)
    assert found.same_file
    assert found.former.removed == ("p2-s1-a",)
    assert found.former.changed == (("p1-s1-a", ("actor",)), ("p2-s1-b", ("parent",)))
    items = by_id(review_of("reed", project).items)
    assert items["p1-s1-a"].verdict is Verdict.ACCEPT
    assert items["p1-s1-a"].statement.actor is not None
    assert items["p1-s1-a"].differs
    assert items["p2-s1-a"].verdict is Verdict.REJECT


def test_a_name_for_the_time_being_of_the_report_may_be_written_into_a_cell(project):
    taken(project)
    ruled(project, p2_s1_b={"actor": PROVISIONAL})
    assert by_id(review_of("reed", project).items)["p2-s1-b"].statement.actor == PROVISIONAL


def moved(extraction, shift: int):
    """The same report with something put in front of it."""

    def part(it, *names):
        return replace(it, **{name: getattr(it, name) + shift for name in names})

    def act(it):
        places = part(it, "start", "end", "trigger_start", "trigger_end")
        return replace(
            places,
            amounts=tuple(part(a, "start", "end") for a in it.amounts),
            commitments=tuple(part(c, "start", "end") for c in it.commitments),
        )

    return replace(
        extraction,
        sha256="0" * 64,
        paragraphs=tuple(part(p, "start", "end") for p in extraction.paragraphs),
        statements=tuple(map(act, extraction.statements)),
    )


def test_decisions_hold_for_the_same_words_in_a_changed_file(project):
    taken(project)
    ruled(
        project,
        p1_s1_a=Verdict.ACCEPT,
        p1_s2_a={"deadline": "2033"},
        p2_s1_a=Verdict.REJECT,
        p2_s1_b=Verdict.ACCEPT,
    )
    after = moved(sample(), 4)
    *others, offer = after.statements
    otherwise = replace(after, statements=(*others, replace(offer, actor=None)))
    found = take_in(otherwise, "New " + TEXT, project, slug="reed", clock=lambda: NOON)
    assert not found.same_file
    assert found.carried == 3
    items = by_id(review_of("reed", project).items)
    assert items["p1-s1-a"].verdict is Verdict.ACCEPT
    assert items["p1-s2-a"].statement.commitments[0].due.not_after == "2033-12-31"
    assert (
        items["p1-s2-a"].statement.commitments[0].start
        == sample().statements[1].commitments[0].start + 4
    )
    assert items["p2-s1-a"].verdict is Verdict.REJECT
    assert "carried over" in items["p2-s1-a"].decision.note
    assert items["p2-s1-b"].verdict is Verdict.OPEN  # it is read otherwise now
    again = take_in(otherwise, "New " + TEXT, project, slug="reed", clock=lambda: NOON)
    assert again.carried == 0


def test_words_that_stand_twice_carry_nothing_over(project):
    first, request, noting, offer = sample().statements
    twice = replace(first, id="p1-s1-b", start=first.start, end=first.end)
    extraction = replace(sample(), statements=(first, twice, request, noting, offer))
    taken(project, extraction)
    ruled(project, p1_s1_a=Verdict.ACCEPT)
    found = take_in(moved(extraction, 4), "New " + TEXT, project, slug="reed", clock=lambda: NOON)
    assert found.carried == 0


def test_what_was_accepted_is_published_and_leaves_the_inbox(root, project, state):
    taken(project)
    ruled(
        project,
        p1_s1_a=Verdict.ACCEPT,
        p1_s2_a={"action": "count the cranes", "deadline": "2032: by 2032"},
        p2_s1_a=Verdict.REJECT,
        p2_s1_b=Verdict.UNSURE,
    )
    done = publish("reed", project)
    assert (done.statements, done.waiting, done.rewritten) == (2, 1, True)
    text = published(root)
    assert '"count the cranes"@en' in text
    assert '"2032-12-31"^^xsd:date' in text
    assert "<reviewer/ann>" in text
    assert "p2-s1" not in text
    assert waiting(state) == {"p2-s1-b"}
    report = build(root, state)
    assert report.manifest.counts["statements"] == 77
    assert waiting(state) == {"p2-s1-b"}


def test_publishing_twice_gives_the_same_bytes(root, state):
    taken(Project(root, state))
    ruled(Project(root, state), p1_s2_a=Verdict.ACCEPT, p2_s1_b=Verdict.ACCEPT)
    publish("reed", Project(root, state))
    first = published(root)
    again = publish("reed", Project(root, state))
    assert not again.rewritten
    assert published(root) == first
    with CommitLog(history_path(state)) as log:
        assert log.head().number == 2


def test_what_is_published_later_leaves_names_as_they_are(root, state):
    taken(Project(root, state))
    ruled(Project(root, state), p2_s1_b=Verdict.ACCEPT)
    publish("reed", Project(root, state))
    assert "<commitment/reed/c01> a nea:OfferedCommitment" in published(root)
    ruled(Project(root, state), p1_s2_a=Verdict.ACCEPT)
    publish("reed", Project(root, state))
    assert "<commitment/reed/c01> a nea:OfferedCommitment" in published(root)
    assert "<commitment/reed/c02> a nea:Task" in published(root)
    assert taken(Project(root, state)).waiting == 2


def test_what_is_rejected_after_it_was_published_is_taken_back(root, state):
    taken(Project(root, state))
    ruled(Project(root, state), p1_s1_a=Verdict.ACCEPT, p2_s1_b=Verdict.ACCEPT)
    publish("reed", Project(root, state))
    ruled(Project(root, state), p1_s1_a=Verdict.REJECT)
    publish("reed", Project(root, state))
    assert "p1-s1-a" not in published(root)
    assert "p2-s1-b" in published(root)


def test_what_people_add_to_the_file_stays(root, state):
    taken(Project(root, state))
    ruled(Project(root, state), p1_s1_a=Verdict.ACCEPT)
    publish("reed", Project(root, state))
    file = root / "data" / "reports" / "reed.ttl"
    lines = file.read_text().replace("# SOM-25: what", "# Reeds: what")
    file.write_text(lines + '<species/reed> a nea:Species ; rdfs:label "Reed"@en .\n')
    publish("reed", Project(root, state))
    assert published(root).startswith("# Reeds: what")
    assert "<species/reed> a nea:Species" in published(root)


def test_statements_entered_by_hand_stay_as_they_are(shared, project):
    extraction, text = from_annotation(shared)
    found = take_in(extraction, text, project, slug="neaspec-som-24", clock=lambda: NOON)
    assert (found.waiting, found.by_hand) == (0, 75)
    before = project.file_of("neaspec-som-24").read_bytes()
    with pytest.raises(UsageError, match="Nothing of neaspec-som-24"):
        publish("neaspec-som-24", project)
    assert project.file_of("neaspec-som-24").read_bytes() == before


def test_a_graph_entered_by_hand_from_another_text_is_refused(project, state):
    with pytest.raises(UsageError, match="another text"):
        taken(project, slug="neaspec-som-24")
    assert not (state / FILE).exists()


def test_what_the_shapes_say_is_told_by_statement_and_stops_a_publication(project):
    first, request, noting, offer = sample().statements
    binding = replace(noting, commitments=request.commitments)
    bad = replace(sample(), statements=(first, request, binding, offer))
    found = taken(project, bad)
    assert list(found.reading.problems) == ["p2-s1-a"]
    assert "binds nobody" in found.reading.problems["p2-s1-a"][0]
    item = by_id(review_of("reed", project).items)["p2-s1-a"]
    assert not item.certain
    ruled(project, p2_s1_a=Verdict.ACCEPT)
    with pytest.raises(NotConformingError):
        publish("reed", project)
    assert not project.file_of("reed").exists()


@pytest.mark.parametrize("slug", ["Reed", "../reed", "reed/1", "", "reed_1"])
def test_a_name_that_makes_no_address_is_refused(project, state, slug):
    with pytest.raises(UsageError, match="cannot be the name"):
        taken(project, slug=slug)
    assert not state.exists()


def test_nothing_is_published_that_nobody_has_accepted(project):
    taken(project)
    with pytest.raises(UsageError, match="Nothing of reed"):
        publish("reed", project)
    with pytest.raises(NotFoundError):
        publish("nothing", project)


def test_an_installed_package_is_not_written_to(root, project):
    (root / "pyproject.toml").unlink()
    with pytest.raises(UsageError, match="installed package"):
        publish("reed", project)


def test_a_file_that_cannot_be_written_is_told(root, project):
    taken(project)
    ruled(project, p1_s1_a=Verdict.ACCEPT)
    shutil.rmtree(root / "data" / "reports")
    (root / "data" / "reports").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        publish("reed", project)


def test_a_state_folder_in_use_is_told_and_taking_in_goes_on_later(project, state):
    state.mkdir()
    with locked(state), pytest.raises(UsageError, match="Another process"):
        taken(project)
    assert taken(project).waiting == 4
    assert len(waiting(state)) == 4


def test_a_log_that_went_on_meanwhile_is_told(project, state, monkeypatch):
    taken(project)
    ruled(project, p1_s1_a=Verdict.REJECT)
    append = CommitLog.append

    def late(log, *args, **options):
        options["after"] -= 1
        return append(log, *args, **options)

    monkeypatch.setattr(CommitLog, "append", late)
    with pytest.raises(HistoryError, match="gone on"):
        taken(project)
    assert len(waiting(state)) == 4


def test_the_text_is_kept_where_its_digest_is_known(project, tmp_path):
    file = tmp_path / "reed.txt"
    file.write_text(TEXT)
    with pytest.raises(NotFoundError):
        keep_text(file, project)
    assert text_of(sample().sha256, project) is None
    taken(project)
    assert keep_text(file, project).text == TEXT
    assert text_of(sample().sha256, project) == TEXT


def test_a_sheet_is_taken_whole_or_not_at_all(project):
    taken(project)
    sheet = write_sheet(review_of("reed", project).items, report="reed", text=None)
    good = sheet.replace(b"p1-s1-a,,", b"p1-s1-a,accept,")
    with pytest.raises(UnreadableError):
        take_sheet(good.replace(b"p2-s1-a,,", b"p2-s1-a,maybe,"), project, where="s", who="Ann")
    assert by_id(review_of("reed", project).items)["p1-s1-a"].verdict is Verdict.OPEN
    assert take_sheet(good, project, where="s", who="Ann") == ("reed", 1)
    assert take_sheet(good, project, where="s", who="Ann", slug="reed") == ("reed", 0)
    decision = by_id(review_of("reed", project).items)["p1-s1-a"].decision
    assert decision is not None
    assert (decision.who, decision.rules) == ("Ann", "1")


def test_a_report_is_called_by_its_meeting_else_by_its_file():
    assert slug_for(Path("Report of 2031.PDF"), None) == "report-of-2031"
    assert slug_for(Path("x.txt"), MEETING) == "neaspec-som-25"
    assert slug_for(Path("x.txt"), thing("provisional/0123456789ab/som-41")) == "x"


def test_what_is_found_can_be_looked_at_without_storing_it(project, state):
    reading = unreviewed(sample(), TEXT, slug="reed")
    assert graph_of(reading, project)
    assert not state.exists()


def test_a_document_is_read_with_the_names_of_the_graph(project):
    document = Document(text=TEXT, sha256=sample().sha256)
    seen: list[tuple[int, int]] = []
    search = search_for(project, meeting="meeting/neaspec-som-25")
    found = find(document, search, progress=lambda *step: seen.append(step))
    assert found.meeting == MEETING
    assert {s.type for s in found.statements} >= {"Adoption", "Request", "Noting", "Offer"}
    assert seen == [(1, 2), (2, 2)]
    new = find(document, search_for(project, meeting="meeting/reed-council-3"))
    assert new.meeting == thing("meeting/reed-council-3")
    with pytest.raises(UsageError, match="no meeting"):
        find(document, search_for(project, meeting="state/japan"))


def test_what_was_not_done_goes_the_whole_way(project, root, state):
    text = "1. The Meeting adopted the budget.\n\n2. The Meeting did not adopt the Reed Plan.\n"
    document = Document(text, hashlib.sha256(text.encode()).hexdigest())
    found = find(document, search_for(project, meeting="meeting/neaspec-som-24"))
    assert [(s.type, s.negated) for s in found.statements] == [
        ("Adoption", False),
        ("Adoption", True),
    ]
    take_in(found, text, project, slug="reed", clock=lambda: NOON)
    assert waiting(state) == {"p1-s1-a", "p2-s1-a"}
    ruled(project, p2_s1_a=Verdict.ACCEPT)
    publish("reed", project)
    assert "<statement/reed/p2-s1-a> a nea:NegatedAct ;" in published(root)
    assert "nea:Adoption" in published(root)
    assert "nea:adopts" not in published(root)
    quads = load_dataset(build(root, state).snapshot)
    assert not any(q.predicate.value == NEA + "adoptedAt" and "reed" in str(q) for q in quads)


def test_a_real_report_goes_the_whole_way(shared, project, root, state):
    """SOM-24 under another name: extracted, accepted, published, built."""
    document = read_report(shared / "reports" / "neaspec-som-24.txt")
    extraction = find(document, search_for(project))
    found = take_in(extraction, document.text, project, slug="reed", clock=lambda: NOON)
    assert found.reading.problems == {}
    names = [s.id.replace("-", "_") for s in found.reading.extraction.statements]
    ruled(project, **dict.fromkeys(names, Verdict.ACCEPT))
    publish("reed", project)
    text = published(root).encode()
    assert parse(text, TURTLE, source="reed.ttl")
    words = document.text.split()
    runs = {" ".join(words[i : i + 12]) for i in range(len(words) - 11)}  # no name is so long
    assert not any(run in " ".join(text.decode().split()) for run in runs)
    assert build(root, state).manifest.counts["statements"] == 75 + len(names)

"""What reviewers decide is kept for good, all of it or nothing."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, replace

import pytest

from neagraph.errors import NotFoundError
from neagraph.reports.publishing.assembling import reading_of
from neagraph.reports.reviewing.decisions import Decision, ReviewError, ReviewFile, Verdict
from neagraph.reports.reviewing.restoring import extraction_from

from .review_samples import TEXT, sample


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "review.sqlite"


def reading(**changes):
    return replace(reading_of(sample(), TEXT, slug="reed", time="2026-01-01T00:00:00Z"), **changes)


def decision(index=0, verdict=Verdict.ACCEPT, **changes):
    it = reading()
    statement = it.extraction.statements[index]
    kept = Decision(
        verdict=verdict,
        statement=statement,
        evidence=it.evidence[statement.id],
        place=(statement.trigger_start, statement.trigger_end),
        who="Ann",
        time="2026-01-02T00:00:00Z",
        rules="1",
        actions=("count them",),
        edited=("actor",),
        note="=seen\n",
        extra={"colour": "green"},
    )
    return replace(kept, **changes)


def test_what_is_kept_comes_back_as_it_was(path):
    kept = reading(problems={"p1-s1-a": ("No.",)})
    said = [decision(), decision(1, Verdict.EDIT), decision(2, Verdict.OPEN)]
    with ReviewFile(path) as reviews:
        reviews.add_reading(kept)
        reviews.add_decisions(kept.extraction.sha256, said)
    with ReviewFile(path) as reviews:
        assert reviews.slugs() == ("reed",)
        assert reviews.reading("reed") == kept
        assert list(reviews.decisions(kept.extraction.sha256)) == said
        assert reviews.decisions("0" * 64) == ()


def test_an_unchanged_reading_is_kept_once(path):
    later = reading(time="2027-01-01T00:00:00Z")
    with ReviewFile(path) as reviews:
        reviews.add_reading(reading())
        reviews.add_reading(later)
        assert reviews.reading("reed").time == "2026-01-01T00:00:00Z"
        reviews.add_reading(replace(later, extraction=replace(later.extraction, rules="2")))
        assert reviews.reading("reed").extraction.rules == "2"


def test_an_unknown_report_is_told_with_those_that_are_known(path):
    with ReviewFile(path) as reviews:
        with pytest.raises(NotFoundError) as error:
            reviews.reading("reed")
        assert "ingest" in error.value.hint
        reviews.add_reading(reading())
        with pytest.raises(NotFoundError) as error:
            reviews.reading("other")
        assert "reed" in error.value.hint


def test_several_decisions_are_kept_together_or_not_at_all(path):
    broken = decision(1)
    object.__setattr__(broken, "note", object())  # what no JSON holds
    with ReviewFile(path) as reviews:
        with pytest.raises(TypeError):
            reviews.add_decisions("a", [decision(), broken])
        assert reviews.decisions("a") == ()


def test_a_full_disk_is_told_and_nothing_is_kept(path):
    with ReviewFile(path) as reviews:
        reviews.add_decisions("b", [decision()])
        (pages,) = reviews._connection.execute("PRAGMA page_count").fetchone()
        reviews._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(ReviewError, match="full"):
            reviews.add_decisions("a", [decision(note="x" * 50_000)])
        assert reviews.decisions("a") == ()


def test_looking_makes_no_file(path):
    with ReviewFile(path) as reviews:
        assert reviews.slugs() == ()
    assert not path.parent.exists()


def test_another_file_is_left_alone(path):
    path.parent.mkdir()
    path.write_bytes(b"not a database, but long enough to be looked at as one" * 40)
    with pytest.raises(ReviewError) as error:
        ReviewFile(path)
    assert error.value.where == str(path)
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE cats (name TEXT)")
    with pytest.raises(ReviewError, match="no file of reviews"):
        ReviewFile(path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "state").write_text("a file")
    with ReviewFile(tmp_path / "state" / "review.sqlite") as reviews, pytest.raises(ReviewError):
        reviews.add_reading(reading())


def test_an_extraction_comes_back_from_plain_values():
    assert extraction_from(asdict(sample())) == sample()


@pytest.mark.parametrize(
    ("verdict", "publishes", "settles"),
    [
        (Verdict.OPEN, False, False),
        (Verdict.ACCEPT, True, True),
        (Verdict.EDIT, True, True),
        (Verdict.MISSING, True, True),
        (Verdict.REJECT, False, True),
        (Verdict.UNSURE, False, False),
    ],
)
def test_what_a_verdict_means(verdict, publishes, settles):
    assert (verdict.publishes, verdict.settles) == (publishes, settles)

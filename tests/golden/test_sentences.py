"""How right the extraction is: on the SOM-24 report, and on reports that were made up for it.

The rules were written with SOM-24 and with `sentences/dev` at hand, so their figures are ceilings;
those of `sentences/held-out` are what to expect of a report that nobody has seen.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from neagraph.reports.extraction.extract import extract
from neagraph.reports.extraction.lexicon import read_lexicon
from neagraph.reports.measuring.evaluation import evaluate
from neagraph.reports.measuring.gold import read_gold
from neagraph.reports.measuring.scores import MEASURES, merge
from neagraph.reports.reading.readers import read_report
from neagraph.reports.segmentation.segments import segment
from neagraph.reports.statements import EntityMention, Extraction
from neagraph.sources import read_sources

from .annotation import GOLD, ROOT, TEXT
from .conftest import missing

FOLDER = Path(__file__).with_name("sentences")
PARTS = tuple(part for part in ("dev", "held-out") if any((FOLDER / part).glob("*.yaml")))
LOSS = 0.02

SOM24_AT_LEAST = [
    ("paragraphs", "f1", 1.0),
    ("main acts", "precision", 0.98),
    ("main acts", "recall", 0.98),
    ("embedded acts", "f1", 0.85),
    ("type", "precision", 0.97),
    ("committed party", "f1", 0.85),
    ("deadlines", "f1", 0.85),
    ("amounts", "f1", 1.0),
    ("named entities", "f1", 0.95),
]


@pytest.fixture(scope="module")
def lexicon():
    """Verbs and names of the project's own files."""
    return read_lexicon(read_sources(ROOT).triples())


@pytest.fixture(scope="module")
def compared(lexicon):
    """What compares the extraction of a report with its annotation."""

    def compare(annotation, report):
        gold = read_gold(annotation.read_text(encoding="utf-8"))
        document = read_report(report)
        found = extract(document, segment(document), lexicon, meeting=gold.meeting)
        return evaluate(gold, found)

    return compare


@pytest.fixture(scope="module")
def som24(compared):
    """The evaluation of the SOM-24 report."""
    for path in (GOLD, TEXT):
        if not path.is_file():
            pytest.skip(missing(path))
    return compared(GOLD, TEXT)


@pytest.fixture(scope="module")
def measured(compared):
    """The evaluation of each part, all its reports together."""
    return {
        part: merge(
            compared(path, path.with_suffix(".txt"))
            for path in sorted((FOLDER / part).glob("*.yaml"))
        )
        for part in PARTS
    }


@pytest.fixture(scope="module")
def last():
    """The figures of the last measurement."""
    return yaml.safe_load((FOLDER / "scores.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("measure", "figure", "least"), SOM24_AT_LEAST)
def test_som24_is_read_as_well_as_promised(som24, measure, figure, least):
    assert getattr(som24.scores[measure], figure) >= least, som24.errors


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("measure", MEASURES)
def test_no_figure_falls(measured, last, part, measure):
    assert measured[part].scores[measure].f1 >= last[part][measure] - LOSS


def test_two_annotators_agree_as_far_as_is_told(last):
    pairs = [
        (path, path.parents[1] / "held-out" / path.name)
        for path in sorted((FOLDER / "second").glob("*.yaml"))
    ]
    both = merge(
        evaluate(read_gold(first.read_text()), _as_found(read_gold(second.read_text())))
        for second, first in pairs
    )
    agreed = {name: round(both.scores[name].f1, 3) for name in MEASURES}
    assert (len(pairs), agreed) == (12, last["second"])


def _as_found(gold):
    """An annotation as if a program had found what it says."""
    first, *others = gold.statements
    return Extraction(
        sha256="",
        characters=gold.characters,
        title="",
        meeting=gold.meeting,
        rules="",
        paragraphs=gold.paragraphs,
        statements=(replace(first, amounts=gold.amounts), *others),
        entities=tuple(
            EntityMention(one.entity, one.entity.startswith("provisional/"), one.start, one.end)
            for one in gold.entities
        ),
    )


def test_what_is_said_with_confidence_is_right_as_often_as_it_says(measured):
    sure = [one for one in measured["dev"].confidence if one.low >= 0.8 and one.count]
    count = sum(one.count for one in sure)
    assert sum(one.right for one in sure) / count >= sum(o.confidence for o in sure) / count - LOSS


def test_what_is_said_with_more_confidence_is_right_more_often(measured):
    def right(some):
        return sum(one.right for one in some) / sum(one.count for one in some)

    bins = measured["held-out"].confidence
    assert right([b for b in bins if b.low >= 0.8]) > right([b for b in bins if b.low < 0.8])


README_ROWS = re.findall(
    r"^\| ([a-z ]+) \| (.+?) \| (.+?) \| \*\*(.+?)\*\* \| (.+?) \|$",
    (ROOT / "README.md").read_text().partition("<!-- extraction -->")[2],
    flags=re.MULTILINE,
)


def test_the_readme_shows_what_was_measured():
    scores = yaml.safe_load((FOLDER / "scores.yaml").read_text())
    shown = {name: figures for name, _, *figures in README_ROWS}
    assert shown == {
        name: [f"{scores[part][name]:.2f}" for part in (*PARTS, "second")] for name in MEASURES
    }


def test_the_readme_shows_the_figures_of_som24(som24):
    for name, shown, *_ in README_ROWS:
        assert abs(som24.scores[name].f1 - float(shown)) <= LOSS, name

"""The review page in a real browser: keys, hovering, and what is told by selecting text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from neagraph.curating.desk import review_of
from neagraph.curating.intake import take_in
from neagraph.curating.project import Project
from neagraph.model import Limits
from neagraph.queries import load_catalogue
from neagraph.reports.document import Document
from neagraph.reports.reading import source_texts
from neagraph.reports.reviewing.decisions import Verdict
from neagraph.reports.reviewing.sheet import by_id
from neagraph.service import Service
from neagraph.settings import load_settings, project_root
from neagraph.store.process import ProcessStore, StoreSource
from neagraph.tokens import Role, TokenStore

from ..unit.reports.review_samples import TEXT, sample, span  # noqa: TID252  no package
from .devtools import browser

PROGRAM = shutil.which("chromium")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="chromium is missing; install Debian's package"),
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(project_root(), tmp_path / "state")
    take_in(sample(), TEXT, project, slug="reed")
    # A sign outside the basic plane in the place of a letter: places stay what they are.
    shown = TEXT.replace("1. The Meeting", "1. \N{GRINNING FACE}he Meeting")
    kept = Document(text=shown, sha256=sample().sha256)
    folder = source_texts.keep(project.state, TEXT.encode(), kept)
    assert folder.is_file()
    return project


@pytest.fixture
def page(project, snapshot, serving, tmp_path):
    tokens = TokenStore(project.state / "tokens.json")
    secret = tokens.add("Ann", Role.EDITOR)
    service = Service(
        ProcessStore(StoreSource(snapshot), workers=1),
        snapshot=snapshot,
        catalogue=load_catalogue(project_root() / "queries"),
        limits=Limits(),
        tokens=tokens,
    )
    service.store.wait()
    settings = load_settings({}, state=str(project.state))
    with (
        serving(service, settings=settings) as client,
        browser(str(PROGRAM), tmp_path / "profile") as page,
    ):
        page.open(str(client.base_url.join("/review/reed")))
        page.until("location.pathname === '/review/login'")
        page.run(f"document.getElementById('token').value = '{secret}'")
        page.run("document.querySelector('form').submit()")
        page.until("location.pathname === '/review'")
        page.open(str(client.base_url.join("/review/reed")))
        page.address = str(client.base_url)
        yield page


def current(page) -> str:
    return page.run("document.activeElement.dataset.id || ''")


def verdict(project, name):
    return by_id(review_of("reed", project).items)[name].verdict


def test_a_report_is_reviewed_by_keys_alone(page, project):
    page.press("n")
    assert current(page) == "p1-s2-a"
    page.press("a")
    page.until("document.querySelector('[data-id=\"p1-s2-a\"]').classList.contains('accept')")
    assert verdict(project, "p1-s2-a") is Verdict.ACCEPT
    page.until("document.activeElement.dataset.id")
    second = current(page)
    assert second != "p1-s2-a"
    page.press("r")
    page.until(f"document.querySelector('[data-id=\"{second}\"]').classList.contains('reject')")
    assert verdict(project, second) is Verdict.REJECT
    page.press("k")
    page.press("j")
    page.press("e")
    assert page.run("document.activeElement.closest('details').open")
    page.press("a")  # typed into the field
    assert "a" in page.run("document.activeElement.value")


def test_the_page_keeps_its_policy_and_asks_nobody_else(page):
    assert page.complaints() == []
    assert {url for url in page.asked() if not url.startswith(page.address)} == set()


def test_hovering_shows_what_belongs_together(page):
    hover = "new MouseEvent('mouseover', {bubbles: true})"
    page.run(f"document.querySelector('#p2-s1-b').dispatchEvent({hover})")
    lit = page.run("[...document.querySelectorAll('.text .lit')].map(e => e.textContent).join('')")
    start, end = span("the offer by Japan to host a workshop on reeds in May 2031")
    assert lit == TEXT[start:end]
    page.run(f"document.querySelector('.text [data-of=\"p1-s1-a\"]').dispatchEvent({hover})")
    assert page.run("document.querySelector('#p1-s1-a').classList.contains('lit')")
    assert not page.run("document.querySelector('#p2-s1-b').classList.contains('lit')")


def test_selected_text_tells_its_place_in_the_file(page):
    page.run(
        """
        (() => {
          const spans = [...document.querySelectorAll('.text span')];
          const from = spans.find(s => s.textContent.includes('he Meeting')).firstChild;
          const to = spans.find(s => s.textContent === 'adopted').firstChild;
          const range = document.createRange();
          range.setStart(from, 2);  // behind the sign of two units
          range.setEnd(to, 7);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        })()
        """
    )
    page.until("document.getElementById('missing-start').value")
    start = int(page.run("document.getElementById('missing-start').value"))
    end = int(page.run("document.getElementById('missing-end').value"))
    first, last = span("The Meeting adopted")
    assert (start, end) == (first + 1, last)
    page.press("m")
    assert page.run("document.activeElement.id") == "missing-verb"

"""The review of reports over HTTP: who may, what is shown, what a form does."""

from __future__ import annotations

import hashlib
import re
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import httpx
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

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FORM = re.compile(r'name="secret" value="([^"]+)"')


@pytest.fixture(scope="module")
def store(snapshot):
    store = ProcessStore(StoreSource(snapshot), workers=1)
    store.wait()
    yield store
    store.close()


@pytest.fixture
def project(tmp_path):
    project = Project(project_root(), tmp_path)
    take_in(sample(), TEXT, project, slug="reed")
    return project


@pytest.fixture
def tokens(tmp_path):
    return TokenStore(tmp_path / "tokens.json")


class Kept(Service):
    """A service whose store outlives it."""

    def close(self) -> None:
        """Leave the store to the next test."""


@pytest.fixture
def site(tokens, store, snapshot, serving, tmp_path):
    """A client of a service that knows the tokens, as a browser that follows no redirects."""

    @contextmanager
    def opened(**options):
        catalogue = load_catalogue(project_root() / "queries")
        service = Kept(
            store,
            snapshot=snapshot,
            catalogue=catalogue,
            limits=Limits(),
            **{"tokens": tokens, **options},
        )
        settings = load_settings({}, state=str(tmp_path))
        with serving(service, settings=settings) as client:
            client.headers.update(BROWSER)
            yield client

    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(opened(**options))


@pytest.fixture
def ann(site, tokens, project):  # noqa: ARG001  the report is there
    """A browser in which Ann has logged in, where one report was taken in."""
    client = site()
    answer = client.post("/review/login", data={"token": tokens.add("Ann", Role.EDITOR)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    return client


def secret_of(client: httpx.Client) -> str:
    return FORM.search(client.get("/review").text)[1]


def send(client, path, **fields):
    return client.post(f"/review/reed/{path}", data={"secret": secret_of(client), **fields})


def verdicts(project):
    return {i.statement.id: i.verdict for i in review_of("reed", project).items}


def test_the_cookie_is_for_the_server_alone(site, tokens):
    secret = tokens.add("Ann", Role.EDITOR)
    answer = site().post("/review/login", data={"token": f" {secret} "})
    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/review", "max-age=43200"):
        assert part in cookie
    assert secret.lower() not in cookie
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/review", "/review/reed", "/review/nothing"])
def test_without_a_session_a_browser_is_asked_to_log_in(site, tokens, path):
    tokens.add("Ann", Role.EDITOR)
    answer = site().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/review/login")
    assert site().get("/review/login").status_code == 200


def test_without_a_session_a_program_is_asked_for_a_token(site, tokens, project):
    secret = tokens.add("Ann", Role.EDITOR)
    client = site()
    asked = client.get("/review/reed", headers={"Accept": "application/json"})
    assert asked.status_code == 401
    bearer = {"Authorization": f"Bearer {secret}"}
    assert client.get("/review/reed", headers=bearer).status_code == 200
    fields = {"id": "p1-s1-a", "decision": "accept"}
    assert client.post("/review/reed/decisions", data=fields, headers=bearer).status_code == 303
    assert verdicts(project)["p1-s1-a"] is Verdict.ACCEPT


def test_a_wrong_token_is_told_on_the_form(site, tokens):
    tokens.add("Ann", Role.EDITOR)
    answer = site().post("/review/login", data={"token": "nea_wrong"})
    assert answer.status_code == 401
    assert "The token is not known." in answer.text
    assert "set-cookie" not in answer.headers


def test_a_reader_s_token_is_not_enough(site, tokens):
    answer = site().post("/review/login", data={"token": tokens.add("Bob", Role.READER)})
    assert answer.status_code == 403
    tokens.add("Ann", Role.EDITOR)
    answer = site().post("/review/login", data={"token": tokens.add("Eve", Role.READER)})
    assert answer.status_code == 403
    assert "the token of Eve has" in answer.text
    assert "<form" in answer.text


def test_where_nobody_has_a_token_nobody_may(site):
    answer = site().get("/review", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert "neagraph token add" in answer.json()["hint"]
    answer = site().post("/review/login", data={"token": "x"})
    assert answer.status_code == 403
    assert "Nobody has a token yet" in answer.text
    assert "neagraph token add NAME" in answer.text


def test_the_form_says_that_nobody_has_a_token_until_somebody_has(site, tokens):
    tokens.add("Bob", Role.READER)
    client = site()
    assert "Nobody has a token yet" in client.get("/review/login").text
    tokens.add("Ann", Role.EDITOR)
    assert "Nobody has a token yet" not in client.get("/review/login").text


def test_a_session_ends_with_its_token(ann, tokens):
    assert ann.get("/review").status_code == 200
    tokens.revoke("Ann")
    assert ann.get("/review").status_code in {303, 403}


def test_a_session_ends_on_request(ann):
    cookie = dict(ann.cookies)
    assert ann.post("/review/logout", data={"secret": "forged"}).status_code == 403
    assert ann.post("/review/logout", data={"secret": secret_of(ann)}).status_code == 303
    ann.cookies.update(cookie)
    assert ann.get("/review").headers["location"] == "/review/login"


def test_a_session_ends_by_itself(site, tokens, monkeypatch):
    monkeypatch.setattr("neagraph.web.sessions._SECONDS", 0)
    client = site()
    client.post("/review/login", data={"token": tokens.add("Ann", Role.EDITOR)})
    client.cookies.clear()
    assert client.get("/review").status_code == 303


def test_sessions_do_not_pile_up(site, tokens, monkeypatch):
    monkeypatch.setattr("neagraph.web.sessions._MOST", 1)
    client, secret = site(), tokens.add("Ann", Role.EDITOR)
    client.post("/review/login", data={"token": secret})
    first = dict(client.cookies)
    client.post("/review/login", data={"token": secret})
    assert client.get("/review").status_code == 200
    client.cookies.clear()
    client.cookies.update(first)
    assert client.get("/review").status_code == 303


@pytest.mark.parametrize("path", ["decisions", "missing", "rest"])
@pytest.mark.parametrize("secret", ["", "forged"])
def test_a_form_of_another_site_does_nothing(ann, project, path, secret):
    fields = {"secret": secret, "id": "p1-s1-a", "decision": "accept"}
    answer = ann.post(f"/review/reed/{path}", data=fields)
    assert answer.status_code == 403
    assert set(verdicts(project).values()) == {Verdict.OPEN}


@pytest.mark.parametrize("path", ["decisions", "missing", "rest"])
def test_a_form_without_a_session_does_nothing(site, tokens, project, path):
    tokens.add("Ann", Role.EDITOR)
    answer = site().post(f"/review/reed/{path}", data={"id": "p1-s1-a", "decision": "accept"})
    assert answer.headers["location"] == "/review/login"
    assert set(verdicts(project).values()) == {Verdict.OPEN}


def test_a_plain_server_has_no_review(site):
    assert site(plain=True).get("/review").status_code == 404
    assert site(plain=True).get("/review/login").status_code == 404


def test_the_list_tells_how_far_each_report_is(ann, markup):
    page = markup(ann.get("/review").text)
    assert page.texts("td")[1:] == ["4", "0", "1"]
    assert "/review/reed" in page.attributes("a", "href")


def test_an_empty_list_tells_how_to_begin(site, tokens, project):
    (project.state / "review.sqlite").unlink()
    client = site()
    client.post("/review/login", data={"token": tokens.add("Ann", Role.EDITOR)})
    assert "neagraph ingest" in client.get("/review").text


def test_an_unknown_report_is_told(ann):
    assert ann.get("/review/nothing").status_code == 404


def test_uncertain_statements_come_first(ann, markup):
    page = markup(ann.get("/review/reed").text)
    cards = [attrs["data-id"] for tag, attrs in page.elements if tag == "article"]
    assert cards[0] == "p1-s2-a"
    assert set(cards) == {"p1-s1-a", "p1-s2-a", "p2-s1-a", "p2-s1-b"}
    assert "The deadline may belong to something else." in page.texts("li")


def test_the_text_is_shown_only_where_the_user_has_added_it(ann, project, markup):
    bare = ann.get("/review/reed").text
    assert "Reed Plan" in bare  # the name of a thing
    assert "count the cranes" not in bare
    assert "neagraph source add" in bare
    document = Document(text=TEXT, sha256=sample().sha256)
    source_texts.keep(project.state, TEXT.encode(), document)
    page = markup(ann.get("/review/reed").text)
    assert "count the cranes" in "".join(page.texts("p"))
    pieces = [a for tag, a in page.elements if tag == "span" and "data-start" in a]
    assert all(TEXT[int(a["data-start"])] for a in pieces)
    trigger = next(a for a in pieces if a.get("class") == "trigger")
    assert (trigger["data-start"], trigger["data-of"]) == (str(span("adopted")[0]), "p1-s1-a")


def test_the_page_is_usable_without_sight_and_asks_nobody_else(ann, project, markup):
    source_texts.keep(project.state, TEXT.encode(), Document(text=TEXT, sha256=sample().sha256))
    for path in ("/review", "/review/reed", "/review/login"):
        page = markup(ann.get(path).text)
        assert len(page.texts("h1")) == 1
        ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
        assert len(ids) == len(set(ids))
        labelled = {a["for"] for tag, a in page.elements if tag == "label"}
        asked = [a for tag, a in page.elements if tag in {"input", "select"}]
        assert all(a["id"] in labelled for a in asked if a.get("type") != "hidden")
        assert not page.texts("style")
        assert not [a for _, a in page.elements if "style" in a or any(k[:2] == "on" for k in a)]
        fetched = page.attributes("link", "href") + page.attributes("script", "src")
        assert all(ann.get(address).status_code == 200 for address in fetched)
        assert all(address.startswith("/static/") for address in fetched)


def test_what_reports_say_is_shown_as_text(ann, project):
    request = replace(sample().statements[1], reasons=("<script>alert(1)</script>",))
    extraction = replace(sample(), statements=(request,))
    take_in(extraction, TEXT, project, slug="reed")
    page = ann.get("/review/reed").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("word", ["accept", "reject", "unsure"])
def test_a_decision_is_kept_and_the_next_statement_is_shown(ann, project, word):
    answer = send(ann, "decisions", id="p1-s2-a", decision=word, following="p1-s1-a")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review/reed#p1-s1-a")
    item = by_id(review_of("reed", project).items)["p1-s2-a"]
    assert item.verdict.value == word
    assert item.decision.who == "Ann"
    assert item.decision.rules == "1"


def test_a_change_is_kept(ann, project):
    cells = {"actor": "state/china", "action": "count them", "note": "as p. 3 says"}
    send(ann, "decisions", id="p1-s2-a", decision="edit", **cells)
    item = by_id(review_of("reed", project).items)["p1-s2-a"]
    assert item.verdict is Verdict.EDIT
    assert item.decision.edited == ("action", "actor")
    assert item.decision.note == "as p. 3 says"
    page = ann.get("/review/reed").text
    assert 'value="count them"' in page
    assert "changed" in page


def test_what_was_not_done_is_told_and_shown(ann, project):
    send(ann, "decisions", id="p1-s1-a", decision="edit", negated="yes")
    assert by_id(review_of("reed", project).items)["p1-s1-a"].statement.negated
    page = ann.get("/review/reed").text
    assert "Negated: adoption by" in page
    assert "Adoption, not done" in page


def test_what_reads_otherwise_now_is_shown_and_can_be_taken(ann, project):
    send(ann, "decisions", id="p2-s1-b", decision="accept")
    first, request, noting, offer = sample().statements
    otherwise = replace(offer, actor=None, actor_basis="unstated")
    after = replace(sample(), rules="2", statements=(first, request, noting, otherwise))
    take_in(after, TEXT, project, slug="reed")
    assert "It reads otherwise now" in ann.get("/review/reed").text
    send(ann, "decisions", id="p2-s1-b", decision="renew")
    item = by_id(review_of("reed", project).items)["p2-s1-b"]
    assert item.statement.actor is None
    assert "It reads otherwise now" not in ann.get("/review/reed").text
    take_in(replace(after, statements=(first,)), TEXT, project, slug="reed")
    assert "It is not found any more" in ann.get("/review/reed").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": "p1-s2-a", "decision": "edit", "actor": "state/atlantis"}, "state/atlantis"),
        ({"id": "p1-s2-a", "decision": "maybe"}, "no decision"),
        ({"id": "p9-s9-z", "decision": "accept"}, "p9-s9-z"),
        ({"id": "p1-s2-a", "decision": "edit"}, "nothing was changed"),
    ],
)
def test_what_cannot_be_decided_is_told_on_the_page(ann, project, fields, said):
    answer = send(ann, "decisions", **fields)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert said in answer.text
    assert set(verdicts(project).values()) == {Verdict.OPEN}


def test_what_is_missing_is_added(ann, project):
    source_texts.keep(project.state, TEXT.encode(), Document(text=TEXT, sha256=sample().sha256))
    first, request, noting, _ = sample().statements
    less = replace(sample(), statements=(first, request, replace(noting, responds_to=())))
    take_in(less, TEXT, project, slug="reed")
    start, end = span("the offer by Japan to host a workshop on reeds in May 2031")
    fields = {"start": str(start), "end": str(end), "verb": "offer", "actor": "state/japan"}
    answer = send(ann, "missing", **fields)
    assert answer.headers["location"] == "/review/reed#p2-s1-b"
    assert verdicts(project)["p2-s1-b"] is Verdict.MISSING
    assert send(ann, "missing", **fields).headers["location"] == "/review/reed#missing"
    assert "no position" in send(ann, "missing", start="", end="").text


def test_what_is_missing_may_be_told_by_a_word_that_is_no_form_of_its_verb(ann, project):
    source_texts.keep(project.state, TEXT.encode(), Document(text=TEXT, sha256=sample().sha256))
    start, end = span("if the weather permits")
    fields = {"start": str(start), "end": str(end), "verb": "decide"}
    assert "no form of" in send(ann, "missing", **fields).text
    send(ann, "missing", **fields, word="permits")
    (added,) = [i for i in review_of("reed", project).items if i.verdict is Verdict.MISSING]
    assert (added.evidence.trigger, added.statement.verb) == ("permits", "decide")


def test_all_fields_that_are_wrong_are_told_at_once(ann):
    wrong = {"actor": "state/japn", "deadline": "soon"}
    page = send(ann, "decisions", id="p2-s1-b", decision="edit", **wrong).text
    assert "did you mean state/japan?" in page
    assert "is no deadline" in page


def test_the_rest_is_accepted_together(ann, project):
    items = review_of("reed", project).items
    certain = {i.statement.id for i in items if i.certain and not i.sampled}
    assert f"Accept all {len(certain)} that are open" in ann.get("/review/reed").text
    assert send(ann, "rest").headers["location"] == "/review/reed#certain"
    accepted = {name for name, v in verdicts(project).items() if v is Verdict.ACCEPT}
    assert accepted == certain


def test_the_sample_tells_how_right_the_certain_ones_are(ann, project, monkeypatch):
    monkeypatch.setattr("neagraph.reports.reviewing.review.SAMPLE", 1.0)
    bare = replace(sample().statements[3], actor=None, actor_basis="unstated", parent=None)
    take_in(replace(sample(), statements=(bare,)), TEXT, project, slug="reed")
    page = ann.get("/review/reed").text
    assert "Sample of the certain ones" in page
    assert "not named" in page
    send(ann, "decisions", id="p2-s1-b", decision="accept")
    assert "Of the sample 1 of 1 were right" in ann.get("/review/reed").text


def test_carriage_returns_leave_the_places_right(ann, project):
    text = TEXT.replace("\n", "\r\n")
    moved = {at: at + TEXT[:at].count("\n") for at in range(len(TEXT) + 1)}

    def shifted(it):
        names = ("start", "end", "trigger_start", "trigger_end")
        return replace(
            it,
            amounts=(),
            commitments=(),
            **{name: moved[getattr(it, name)] for name in names},
        )

    extraction = replace(
        sample(),
        sha256="0" * 64,
        statements=tuple(map(shifted, sample().statements)),
        paragraphs=tuple(
            replace(p, start=moved[p.start], end=moved[p.end]) for p in sample().paragraphs
        ),
    )
    take_in(extraction, text, project, slug="reed")
    folder = project.state / "texts"
    folder.mkdir(mode=0o700)
    source_texts.keep(
        project.state,
        text.encode(),
        Document(text=text, sha256=hashlib.sha256(text.encode()).hexdigest()),
    ).rename(folder / f"{'0' * 64}.json")
    page = ann.get("/review/reed").text
    for start, shown in re.findall(r'data-start="(\d+)"[^>]*>([^<]*)</span>', page):
        assert text[int(start) :].startswith(shown)
        assert "\r" not in shown

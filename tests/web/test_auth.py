"""Who may: tokens and roles over HTTP, on an application of two addresses."""

import asyncio
import logging
import time
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from neagraph.errors import NeagraphError
from neagraph.tokens import Role, TokenStore
from neagraph.web.auth import FailedAttempts, require
from neagraph.web.pages import Renderer
from neagraph.web.problems import Problems
from neagraph.web.trace import trace_of


class Site:
    """An application whose addresses are named by the role that they take."""

    def __init__(self, tokens=None, *, open_writes=False, **attempts):
        self.service = SimpleNamespace(tokens=tokens, open_writes=open_writes)

        async def answer(request):
            author = await require(request, role=request.path_params["role"], service=self.service)
            assert trace_of(request) is not None
            return PlainTextResponse(author)

        self.app = Starlette(
            routes=[
                Route("/{role}", answer, methods=["POST"]),
                Route("/{role}/{rest:path}", answer, methods=["POST"]),
            ],
            exception_handlers={NeagraphError: Problems(Renderer()).on_error},
        )
        self.app.state.failed_attempts = FailedAttempts(**{"delay": 0.0, **attempts})

    def ask(self, role, *headers, client="192.0.2.1"):
        async def send():
            transport = httpx.ASGITransport(self.app, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as session:
                return await session.post(f"/{role}", headers=list(headers))

        return asyncio.run(send())


@pytest.fixture
def tokens(tmp_path):
    return TokenStore(tmp_path / "tokens.json")


def bearer(secret):
    return ("Authorization", f"Bearer {secret}")


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.READER, ["reader"]),
        (Role.EDITOR, ["reader", "editor"]),
        (Role.ADMIN, ["reader", "editor", "admin"]),
    ],
)
def test_a_token_may_what_its_role_includes(tokens, role, may):
    site = Site(tokens)
    secret = tokens.add("alice", role)
    answers = {asked: site.ask(asked, bearer(secret)) for asked in ("reader", "editor", "admin")}
    assert [asked for asked, answer in answers.items() if answer.status_code == 200] == may
    assert answers["reader"].text == "alice"
    for answer in answers.values():
        if answer.status_code != 200:
            assert answer.status_code == 403
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
            assert answer.json()["type"].endswith("/refused")


def test_without_a_token_the_answer_asks_for_one(tokens):
    tokens.add("alice", Role.EDITOR)
    answer = Site(tokens).ask("editor")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="neagraph"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/unauthorized")
    assert "Authorization: Bearer" in answer.json()["hint"]


@pytest.mark.parametrize("secret", ["nea_wrong", "x", "A" * 5000])
def test_a_token_that_is_not_known_is_invalid(tokens, secret):
    tokens.add("alice", Role.EDITOR)
    answer = Site(tokens).ask("editor", bearer(secret))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer a b", "Bearer é", "Basic YTpi", "Bearer\tx", "nea_x",
     "Bearer a,b"],
)  # fmt: skip
def test_a_header_that_holds_no_token_is_told(tokens, header):
    tokens.add("alice", Role.EDITOR)
    answer = Site(tokens).ask("editor", ("Authorization", header.encode("latin-1")))
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The Authorization header holds no token."


def test_two_headers_are_no_token(tokens):
    secret = tokens.add("alice", Role.EDITOR)
    assert Site(tokens).ask("editor", bearer(secret), bearer(secret)).status_code == 401


def test_the_scheme_is_read_in_any_case(tokens):
    secret = tokens.add("alice", Role.EDITOR)
    assert Site(tokens).ask("editor", ("authorization", f"bEARER  {secret} ")).text == "alice"


@pytest.mark.parametrize("known", [False, True])
def test_where_nobody_has_a_token_everything_is_read_only(tokens, known):
    answer = Site(tokens if known else None).ask("editor", bearer("x"))
    assert answer.status_code == 403
    assert "read-only" in answer.json()["detail"]
    assert "neagraph token add" in answer.json()["hint"]


def test_tokens_are_added_and_revoked_while_the_service_runs(tokens):
    site = Site(tokens)
    assert site.ask("editor").status_code == 403
    tokens.add("other", Role.READER)
    secret = TokenStore(tokens._path).add("alice", Role.EDITOR)
    assert site.ask("editor", bearer(secret)).status_code == 200
    TokenStore(tokens._path).revoke("alice")
    assert site.ask("editor", bearer(secret)).status_code == 401


def test_a_damaged_file_of_tokens_lets_nobody_in(tokens, tmp_path):
    secret = tokens.add("alice", Role.EDITOR)
    (tmp_path / "tokens.json").write_text("{")
    answer = Site(tokens).ask("editor", bearer(secret))
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/tokens")


def test_a_wrong_token_is_logged_without_its_secret(tokens, caplog):
    tokens.add("alice", Role.EDITOR)
    with caplog.at_level(logging.INFO):
        answer = Site(tokens).ask("editor", bearer("nea_secret-of-somebody"))
    assert "wrong token from 192.0.2.1: POST '/editor'" in caplog.text
    assert "nea_secret" not in caplog.text
    assert "nea_secret" not in answer.text


def test_a_path_cannot_write_lines_into_the_log(tokens, caplog):
    tokens.add("alice", Role.EDITOR)
    with caplog.at_level(logging.INFO):
        Site(tokens).ask("editor/%0aroot logged in", bearer("x"))
    assert "\nroot" not in caplog.text.replace("\\n", "")


def test_who_sends_too_many_wrong_tokens_is_told_to_wait(tokens):
    secret = tokens.add("alice", Role.EDITOR)
    clock = iter(range(1000)).__next__
    site = Site(tokens, most=3, seconds=5, clock=clock)
    statuses = [site.ask("editor", bearer("x")).status_code for _ in range(6)]
    assert statuses == [401, 401, 401, 429, 429, 401]  # the period is over
    assert site.ask("editor", bearer(secret)).text == "alice"  # never kept waiting
    site = Site(tokens, most=0)
    answer = site.ask("editor", bearer("x"))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert site.ask("editor").status_code == 401


def test_a_wrong_token_is_answered_slowly(tokens):
    tokens.add("alice", Role.EDITOR)
    site = Site(tokens, delay=0.2)
    began = time.monotonic()
    site.ask("editor", bearer("x"))
    assert time.monotonic() - began >= 0.2


def test_addresses_are_counted_apart_and_ipv6_by_network(tokens):
    tokens.add("alice", Role.EDITOR)
    site = Site(tokens, most=1)

    def status(client):
        return site.ask("editor", bearer("x"), client=client).status_code

    assert [status("192.0.2.1"), status("192.0.2.2"), status("192.0.2.1")] == [401, 401, 429]
    assert [status("2001:db8::1"), status("2001:db8::2"), status("2001:db8:0:1::")] == [
        401,
        429,
        401,
    ]


def test_failed_attempts_are_kept_in_bounded_memory():
    attempts = FailedAttempts(most_addresses=100)
    for number in range(10_000):
        attempts.add(str(number))
    assert len(attempts) == 100


def test_with_open_writes_nobody_needs_a_token():
    assert Site(open_writes=True).ask("admin").text == "anonymous"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8000", 200),
        ("http://127.0.0.1:3000", 200),
        ("http://[::1]", 200),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("http://[", 403),
        ("", 403),
    ],
)
def test_with_open_writes_pages_of_other_sites_may_not_write(origin, status):
    assert Site(open_writes=True).ask("editor", ("Origin", origin)).status_code == status

"""Tokens: one file, secrets shown once, revoked at once."""

from __future__ import annotations

import hmac
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from neagraph import cli_tokens, tokens
from neagraph.errors import NotFoundError, TokensError, UsageError
from neagraph.tokens import Role, TokenStore


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "tokens.json"


@pytest.fixture
def store(path):
    return TokenStore(path)


def test_a_secret_has_256_bits_and_stands_nowhere_in_the_file(store, path):
    secret = store.add("editor-1", Role.EDITOR)
    assert secret.startswith("nea_")
    assert len(secret) == len("nea_") + 43  # 32 bytes in base 64
    assert secret not in path.read_text()
    assert secret.removeprefix("nea_") not in path.read_text()


def test_a_secret_is_known_again_and_another_one_is_not(store):
    secret = store.add("one", Role.EDITOR)
    store.add("two", Role.ADMIN)
    found = store.check(secret)
    assert (found.name, found.role) == ("one", Role.EDITOR)
    assert store.check(secret[:-1]) is None
    assert store.check("") is None
    assert store.check("nea_é") is None


def test_the_same_secret_would_have_another_digest_for_each_token(store, path):
    for name in ("one", "two"):
        store.add(name, Role.READER)
    entries = json.loads(path.read_text())["tokens"]
    assert len({entry["salt"] for entry in entries}) == 2
    assert {len(entry["sha256"]) for entry in entries} == {64}


def test_every_token_is_compared_in_constant_time(store, monkeypatch):
    secrets = [store.add(name, Role.READER) for name in ("one", "two", "three")]
    compared = []

    def compare(ours, theirs):
        compared.append(ours)
        return hmac.compare_digest(ours, theirs)

    monkeypatch.setattr(tokens, "hmac", type("Watched", (), {"compare_digest": compare}))
    assert store.check(secrets[0]).name == "one"
    assert len(compared) == 3


def test_the_file_is_for_its_owner_alone(store, path):
    store.add("one", Role.READER)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_revoked_token_is_refused_by_stores_that_have_read_the_file(store, path):
    secret = store.add("one", Role.EDITOR)
    other = TokenStore(path)
    assert other.check(secret) is not None
    store.revoke("one")
    assert other.check(secret) is None
    assert store.tokens() == ()


def test_a_removed_file_means_no_tokens(store, path):
    secret = store.add("one", Role.EDITOR)
    path.unlink()
    assert store.check(secret) is None


def test_revoking_what_is_not_there_is_told(store):
    with pytest.raises(NotFoundError, match="no token named"):
        store.revoke("nobody")


def test_names_are_unique(store):
    store.add("one", Role.EDITOR)
    with pytest.raises(UsageError, match="already"):
        store.add("one", Role.ADMIN)


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a\nb", "../x", "-x", "x" * 65, "anonymous", "build", "日本"]
)
def test_a_name_that_a_log_could_not_carry_is_refused(store, name):
    with pytest.raises(UsageError, match="cannot be the name"):
        store.add(name, Role.READER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"tokens": {}}x',
        '{"tokens": [{"name": "x"}]}',
        '{"tokens": [1]}',
        '{"tokens": [{"name":"x","role":"king","created":"","salt":"","sha256":""}]}',
        '{"tokens": [{"name":"x","role":"reader","created":"","salt":"zz","sha256":""}]}',
        '{"tokens": [{"name":1,"role":"reader","created":"","salt":"","sha256":""}]}',
        '{"tokens": ' + "[" * 100_000,
        "\xff",
    ],
)
def test_a_damaged_file_is_an_error_and_never_a_pass(store, path, text):
    path.parent.mkdir()
    path.write_bytes(text.encode("latin-1"))
    path.chmod(0o600)
    for call in (lambda: store.check("x"), store.tokens, lambda: store.add("a", Role.READER)):
        with pytest.raises(TokensError, match="damaged") as caught:
            call()
        assert caught.value.where == str(path)


def test_a_file_that_others_may_change_is_not_trusted(store, path):
    secret = store.add("one", Role.EDITOR)
    path.chmod(0o620)
    with pytest.raises(TokensError, match="Others may change") as caught:
        store.check(secret)
    assert caught.value.hint == "chmod 600 tokens.json"


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TokensError, match="cannot be"):
        TokenStore(tmp_path / "file" / "tokens.json").add("one", Role.READER)


def test_tokens_that_are_added_at_the_same_time_are_all_there(path):
    names = [f"token-{number}" for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: TokenStore(path).add(name, Role.READER), names))
    assert sorted(token.name for token in TokenStore(path).tokens()) == sorted(names)
    assert {file.name for file in path.parent.iterdir()} == {"tokens.json", "tokens.lock"}


def test_a_role_includes_those_below_it():
    assert [Role.ADMIN.includes(role) for role in Role] == [True, True, True]
    assert [Role.EDITOR.includes(role) for role in Role] == [True, True, False]
    assert [Role.READER.includes(role) for role in Role] == [True, False, False]


def command(path, *arguments):
    return CliRunner().invoke(cli_tokens.app, [*arguments, "--state", str(path.parent)])


def test_the_command_line_adds_lists_and_revokes(path):
    added = command(path, "add", "alice", "--role", "admin")
    secret = added.stdout.strip()
    assert TokenStore(path).check(secret).name == "alice"
    assert "not shown again" in added.stderr
    command(path, "add", "bob")
    lines = command(path, "list").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["alice", "admin"], ["bob", "editor"]]
    assert secret not in "".join(lines)
    assert command(path, "revoke", "alice").exit_code == 0
    assert TokenStore(path).check(secret) is None


def test_the_command_line_tells_what_is_wrong(path):
    assert isinstance(command(path, "revoke", "nobody").exception, NotFoundError)
    assert command(path, "add", "x", "--role", "king").exit_code == 2

"""Settings: one table, one loader."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from neagraph.cli import app
from neagraph.errors import UsageError
from neagraph.settings import TABLE, load_settings, project_root

OPTIONS = {setting.name for setting in TABLE if setting.option}


def test_options_win_over_the_environment_and_that_over_the_defaults() -> None:
    environment = {"NEAGRAPH_PORT": "8001", "NEAGRAPH_TIMEOUT": "5"}
    settings = load_settings(environment, port="8002", timeout=None)
    assert (settings.port, settings.timeout, settings.host) == (8002, 5.0, "127.0.0.1")


def test_the_state_folder_is_the_platform_s_by_default() -> None:
    assert load_settings({}).state.name == "neagraph"
    assert load_settings({"NEAGRAPH_STATE": "x/y"}).state == Path("x/y")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("port", "eighty", "a whole number"),
        ("port", "-1", "0 to 65535"),
        ("port", "9" * 5000, "0 to 65535"),
        ("memory", "x", "a whole number above 0"),
        ("slow", "x", "a number above 0"),
        ("public_url", "nope", "address of a site"),
        ("public_url", "ftp://graph.example.org", "address of a site"),
        ("public_url", "https://graph.example.org/x", "without a path"),
        ("public_url", "https://graph.example.org/?x", "without a path"),
        ("public_url", "https://[", "address of a site"),
        ("port", "65536", "0 to 65535"),
        ("timeout", "0", "above 0"),
        ("timeout", "inf", "above 0"),
        ("timeout", "nan", "above 0"),
        ("reasoner", "hermit", "rules or owlrl"),
        ("remote_timeout", "0", "above 0"),
        ("remote_answer", "1.5", "1.5"),
        ("finish", "soon", "soon"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_its_setting(name, value, said) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings({}, **{name: value})
    assert said in caught.value.message
    variable = f"NEAGRAPH_{name.upper()}"
    origin = f"--{name} or {variable}" if name in OPTIONS else f"from {variable}."
    assert origin in caught.value.hint
    assert "invalid literal" not in caught.value.message


def test_the_public_address_is_that_of_a_site() -> None:
    for given in ("", "https://graph.example.org", "http://127.0.0.1:8000", "http://[::1]:80"):
        assert load_settings({}, public_url=given).public_url == given
    assert load_settings({}, public_url="https://x.example/").public_url == "https://x.example"


def test_options_are_those_of_the_commands() -> None:
    """Of the commands together; none has all of them."""
    commands = typer.main.get_command(app).commands.values()
    names = {text for c in commands for p in c.params for text in p.opts}
    assert {s.name for s in TABLE if f"--{s.name}" in names} == OPTIONS


def test_a_misspelt_variable_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="NEAGRAPH_TIMEOUTS is no setting") as caught:
        load_settings({"NEAGRAPH_TIMEOUTS": "5"})
    assert caught.value.hint == "Did you mean NEAGRAPH_TIMEOUT?"


def test_every_setting_has_a_field_and_a_default_that_parses() -> None:
    settings = load_settings({})
    assert [setting.name for setting in TABLE] == list(type(settings).__dataclass_fields__)


def test_the_project_s_files_are_found() -> None:
    assert (project_root() / "ontology" / "neagraph.ttl").is_file()

"""Settings: one table, one loader."""

from __future__ import annotations

from pathlib import Path

import pytest

from neagraph.errors import UsageError
from neagraph.settings import TABLE, load_settings, project_root


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
        ("port", "eighty", "eighty"),
        ("port", "65536", "0 to 65535"),
        ("timeout", "0", "above 0"),
        ("timeout", "inf", "above 0"),
        ("timeout", "nan", "above 0"),
        ("reasoner", "hermit", "rules or owlrl"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_its_setting(name, value, said) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings({}, **{name: value})
    assert said in caught.value.message
    assert f"--{name}" in caught.value.hint


def test_a_misspelt_variable_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="NEAGRAPH_TIMEOUTS is no setting") as caught:
        load_settings({"NEAGRAPH_TIMEOUTS": "5"})
    assert caught.value.hint == "Did you mean NEAGRAPH_TIMEOUT?"


def test_every_setting_has_a_field_and_a_default_that_parses() -> None:
    settings = load_settings({})
    assert [setting.name for setting in TABLE] == list(type(settings).__dataclass_fields__)


def test_the_project_s_files_are_found() -> None:
    assert (project_root() / "ontology" / "neagraph.ttl").is_file()

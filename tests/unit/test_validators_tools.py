"""neagraph in other people's tools: hooks, pipelines, editors."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from neagraph import cli
from neagraph.rdf.formats import GRAPH_FORMATS
from neagraph.validation.formats import report_format_by_name, to_lines
from neagraph.validation.report import gather

from .validation.test_report_forms import MILD, PLACED, UNPLACED

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def blocks(language):
    """The fenced blocks of the README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands(text):
    """The calls of the program in a text, as words."""
    lines = re.findall(r"neagraph (?:validate|shapes) [^\n|;&]*", text)
    return [shlex.split(line)[1:] for line in lines]


def require_known(words):
    """The command is one of the program, its options are known, and its form is one of ours."""
    name, *rest = words
    options = {o for p in get_command(cli.app).commands[name].params for o in p.opts}
    given = [word.partition("=")[0] for word in rest if word.startswith("--")]
    assert set(given) <= options
    for option, value in itertools.pairwise(rest):
        if option == "--format" and value != "html":
            report_format_by_name(value)


def test_the_hook_runs_the_program_on_rdf_files():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {"id", "name", "entry", "language", "files"} <= set(hook)
    require_known(shlex.split(hook["entry"])[1:])
    suffixes = {suffix for fmt in GRAPH_FORMATS for suffix in fmt.suffixes} - {"xml"}
    assert all(re.search(hook["files"], f"data/x.{suffix}") for suffix in suffixes)
    assert not re.search(hook["files"], "README.md")


def pipelines():
    return [block for block in blocks("yaml") if "neagraph validate" in block]


def test_the_readme_has_a_pipeline_for_github_and_one_for_gitlab_and_the_hook():
    text = "\n".join(blocks("yaml"))
    assert len(pipelines()) == 2
    assert "github/codeql-action/upload-sarif" in text
    assert "artifacts:" in text
    assert "id: neagraph-validate" in text


@pytest.mark.parametrize("block", blocks("yaml"))
def test_what_the_readme_gives_as_yaml_is_yaml(block):
    assert isinstance(yaml.safe_load(block), dict | list)


@pytest.mark.parametrize("block", pipelines())
def test_the_pipelines_call_what_there_is(block):
    called = commands(block)
    assert called
    for words in called:
        require_known(words)


def test_the_problem_matcher_of_the_readme_reads_our_lines():
    (task,) = [json.loads(block) for block in blocks("json") if "problemMatcher" in block]
    (entry,) = task["tasks"]
    require_known(shlex.split(entry["command"])[1:])
    pattern = entry["problemMatcher"]["pattern"]
    for line in to_lines(gather([PLACED, UNPLACED, MILD])).decode().splitlines():
        match = re.match(pattern["regexp"], line)
        assert match is not None
        assert match[pattern["line"]].isdecimal()
        assert match[pattern["column"]].isdecimal()
        assert match[pattern["severity"]] in {"error", "warning", "info"}

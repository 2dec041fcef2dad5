"""The README says what is so, and its commands run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from neagraph import __version__, cli
from neagraph.entailment.tables import to_markdown
from neagraph.settings import TABLE

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^```sh\n(.+)\n```$", README, flags=re.MULTILINE)
TOUR = re.findall(
    r"^\$ neagraph (.+)\n((?:.+\n)+?)```$",
    README.partition("<!-- tour -->")[2].partition("<!-- /tour -->")[0],
    flags=re.MULTILINE,
)


def test_there_is_one_command_to_serve_and_one_to_test() -> None:
    assert [command.split()[-1] for command in COMMANDS] == ["serve", "pytest"]


@pytest.mark.parametrize(("command", "answer"), TOUR, ids=[command for command, _ in TOUR])
def test_the_tour_shows_what_the_program_prints(state: Path, command: str, answer: str) -> None:
    assert command.startswith("query ")
    run = CliRunner().invoke(cli.app, [*shlex.split(command), "--state", str(state)])
    assert run.stdout == answer


def test_the_tour_has_five_questions() -> None:
    assert len(TOUR) == 5


def test_every_console_line_names_a_command_that_exists() -> None:
    commands = set(get_command(cli.app).commands)
    used = set(re.findall(r"^\$ neagraph (\w+)", README, flags=re.MULTILINE))
    assert used <= commands
    assert {"query", "validate", "entail"} <= used


def test_the_table_of_settings_is_the_program_s() -> None:
    rows = re.findall(
        r"^\| `(NEAGRAPH_\w+)` \| (?:`--(\w+)`|no) \| (.+?) \| (.+) \|$", README, re.MULTILINE
    )
    expected = [(s.variable, s.help) for s in TABLE]
    assert [(variable, text) for variable, _, _, text in rows] == expected
    for setting, (_, option, default, _) in zip(TABLE, rows, strict=True):
        assert option in {"", setting.name}
        assert setting.default in default or setting.name == "workers"


def test_the_change_log_begins_with_this_version() -> None:
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert versions[0] == __version__


def test_the_table_of_rules_is_the_reasoner_s() -> None:
    assert to_markdown() in README


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_the_unit_is_one_that_systemd_accepts(tmp_path: Path) -> None:
    shown = re.search(r"^```ini\n(.+?)^```$", README, flags=re.MULTILINE | re.DOTALL)[1]
    unit = tmp_path / "neagraph.service"
    unit.write_text(shown.replace("/opt/neagraph/bin/neagraph serve", "/bin/true"))
    command = ["systemd-analyze", "verify", str(unit)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def test_the_dependencies_are_pinned_from_below_only() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in project["dependencies"]:
        assert re.fullmatch(r"[\w.-]+(\[\w+\])?>=[\d.]+(; \S+ != '\w+')?", requirement)


@pytest.mark.slow
def test_the_serve_command_works_from_a_fresh_clone(tmp_path: Path) -> None:
    """To the letter, install included; only the port and the state folder are the test's own."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)  # noqa: S607
    environment = {**os.environ, "NEAGRAPH_PORT": "0", "NEAGRAPH_STATE": str(tmp_path / "state")}
    environment.pop("VIRTUAL_ENV", None)
    start = time.monotonic()
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(
            ["bash", "-c", COMMANDS[0]],  # noqa: S607
            cwd=clone,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
        try:
            address = _address(process, tmp_path / "log")
            with urllib.request.urlopen(address + "health", timeout=10) as answer:  # noqa: S310
                health = json.load(answer)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=20)
    print(f"answering {time.monotonic() - start:.1f} s after the start of the command")  # noqa: T201
    assert health["status"] == "ok"
    _require_whole_package(clone, tmp_path / "packages", environment)


def _require_whole_package(clone: Path, packages: Path, environment: dict[str, str]) -> None:
    """Install as the Containerfile does, and build from what is in the package alone."""
    python = str(clone / ".venv/bin/python")
    into = ["--quiet", "--no-deps", "--target", str(packages)]
    subprocess.run([python, "-m", "pip", "install", *into, str(clone)], check=True)
    shutil.rmtree(clone / "ontology")
    command = [python, "-m", "neagraph.cli", "build", "--state", str(packages / "state")]
    environment = {**environment, "PYTHONPATH": str(packages)}
    done = subprocess.run(command, env=environment, cwd=packages, capture_output=True, check=False)
    assert (done.returncode, b"75 statements" in done.stdout) == (0, True), done.stderr


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address that the service says it answers at."""
    while process.poll() is None:
        found = re.search(r"neagraph answers at (\S+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.05)
    message = log.read_text()
    if "No matching distribution" in message or "ensurepip" in message:
        pytest.skip("packages cannot be installed here: " + message.strip().splitlines()[0])
    pytest.fail(message)

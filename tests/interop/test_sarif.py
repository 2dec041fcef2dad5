"""Reports in SARIF are what its JSON schema and its own checker accept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

pytestmark = pytest.mark.slow

PACKAGE = {"dependencies": {"@microsoft/sarif-multitool-linux": "^5.7.0"}}
BAD = sorted((Path(__file__).parents[1] / "shapes").glob("*-bad.ttl"))


@pytest.fixture(scope="module")
def tool(installed) -> Path:
    """The folder of the checker, which holds the JSON schema of SARIF 2.1.0."""
    folder = installed(PACKAGE) / "@microsoft" / "sarif-multitool-linux"
    if not (folder / "sarif-2.1.0.json").is_file():
        pytest.skip("the checker of SARIF is not made for this system")
    return folder


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    """The report on every bad example, and on what cannot be read."""
    broken = tmp_path_factory.mktemp("broken") / "broken file.ttl"
    broken.write_text("<http://example.org/a>")
    files = [*(str(path) for path in BAD), str(broken), "absent.ttl"]
    command = [sys.executable, "-m", "neagraph.cli", "validate", *files, "--format", "sarif"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 2, done.stderr.decode()
    path = tmp_path_factory.mktemp("sarif") / "report.sarif"
    path.write_bytes(done.stdout)
    return path


def test_the_schema_of_sarif_accepts_reports(tool: Path, log: Path) -> None:
    schema = jsonschema_rs.validator_for(json.loads((tool / "sarif-2.1.0.json").read_text()))
    report = json.loads(log.read_text())
    rules = [result["ruleId"] for result in report["runs"][0]["results"]]
    assert (len(rules) > 50, rules.count("unreadable")) == (True, 2)
    assert [error.message for error in schema.iter_errors(report)] == []
    del report["runs"][0]["tool"]["driver"]["name"]
    assert not schema.is_valid(report)


def test_the_checker_of_sarif_finds_no_error(tool: Path, log: Path) -> None:
    command = [str(tool / "Sarif.Multitool"), "validate", str(log)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, ": error " in done.stdout) == (0, False), done.stdout

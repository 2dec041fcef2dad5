"""The rules of the house: style, types, floors, and what never stands in a file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--no-cache", "--check", "."),
        ("mypy",),
        ("lint-imports",),
    ],
    ids=" ".join,
)
def test_the_tools_agree(command: tuple[str, ...]) -> None:
    program = BIN / command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this is no git checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


FORBIDDEN = {
    "a registry's host name": r"p[y]pi\.org|python[h]osted|npm[j]s\.|cr[a]tes\.io|deb\.de[b]ian",
    "an absolute path of a machine": r"(?<![\w.:/-])/(wor[k]|hom[e]/\w|roo[t])/",
    "an unfinished place": r"\b(TO[D]O|FI[X]ME)\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.is_file() and path.suffix not in {".svg", ".png"}
        for match in pattern.finditer(path.read_text(errors="replace"))
    ]
    assert found == []


def test_the_top_level_is_the_agreed_one() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    agreed = {"ontology", "data", "src", "queries", "tests", "pyproject.toml", "README.md"}
    extra = {name for name in names - agreed if not name.startswith(".")}
    assert extra == {"LICENSE", "CHANGELOG.md"}


def test_no_module_has_grown_into_two() -> None:
    sizes = {p.relative_to(ROOT): len(p.read_text().splitlines()) for p in ROOT.glob("src/**/*.py")}
    assert {str(path): size for path, size in sizes.items() if size > 400} == {}

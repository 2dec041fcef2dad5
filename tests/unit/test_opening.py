"""How a service is put together: what is refused before anything is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from neagraph.errors import UsageError
from neagraph.opening import open_plain_service
from neagraph.settings import load_settings
from neagraph.store.process import MODULE


@pytest.mark.parametrize(
    ("remote", "said"),
    [
        ("foo", "no origin of a server"),
        ("http://127.0.0.1:8001", "never asked"),
        ("https://example.org http://[::ffff:10.0.0.1]", "never asked"),
        ("http://localhost", "never asked"),
    ],
)
def test_servers_that_could_never_be_asked_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: str, said: str
) -> None:
    monkeypatch.setattr("neagraph.opening.ProcessStore", None)  # nothing is started before
    with pytest.raises(UsageError, match=said) as caught:
        open_plain_service(load_settings({"NEAGRAPH_REMOTE": remote}), state=tmp_path)
    assert "NEAGRAPH_REMOTE" in caught.value.hint


def test_a_store_process_whose_parent_has_ended_ends_without_a_word() -> None:
    program = [sys.executable, "-m", MODULE, "--listener", "0", "--empty", "--plain"]
    with subprocess.Popen(
        [*program, "--workers", "1", "--queue", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0

"""Source texts stay with the user, whole and unchanged."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from neagraph.errors import NotFoundError, UnreadableError
from neagraph.reports.reading.readers import format_by_media_type, read_document
from neagraph.reports.reading.source_texts import FOLDER, check_known, find, keep

DATA = "<h1>The Outcome</h1><p>1. <b>Air:</b> It \u201cmet\u201d.<footer>UN</footer>".encode()
DOCUMENT = read_document(DATA, format_by_media_type("text/html"))


def test_what_is_kept_is_found_as_it_was(tmp_path: Path) -> None:
    path = keep(tmp_path / "state", DATA, DOCUMENT)
    assert find(tmp_path / "state", DOCUMENT.sha256) == DOCUMENT
    assert path.parent == tmp_path / "state" / FOLDER


def test_keeping_twice_changes_nothing(tmp_path: Path) -> None:
    first = keep(tmp_path, DATA, DOCUMENT).read_bytes()
    assert keep(tmp_path, DATA, DOCUMENT).read_bytes() == first
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    path = keep(tmp_path, DATA, DOCUMENT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_what_was_never_kept_is_not_found(tmp_path: Path, digest: str) -> None:
    keep(tmp_path, DATA, DOCUMENT)
    assert find(tmp_path, digest) is None


def test_a_text_of_other_bytes_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="has changed"):
        keep(tmp_path, DATA + b" ", DOCUMENT)
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"text": "a"}', b"\xff"])
def test_a_damaged_copy_says_what_to_do(tmp_path: Path, damage: bytes) -> None:
    keep(tmp_path, DATA, DOCUMENT).write_bytes(damage)
    with pytest.raises(UnreadableError, match="damaged") as caught:
        find(tmp_path, DOCUMENT.sha256)
    assert "source add" in caught.value.hint


def test_a_file_must_be_one_that_the_graph_describes() -> None:
    check_known(DOCUMENT, {DOCUMENT.sha256})
    with pytest.raises(NotFoundError, match=DOCUMENT.sha256[:16]) as caught:
        check_known(DOCUMENT, {"0" * 64})
    assert "ingest" in caught.value.hint

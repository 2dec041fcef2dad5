"""The pages for validators in a real browser."""

from __future__ import annotations

import shutil
import subprocess

import pytest

BROWSER = shutil.which("chromium")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="chromium is missing; install Debian's package"),
]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/validate", "Check with your own shapes instead"),
        ("/shapes", "Who gave it? A contribution has one donor."),
    ],
)
def test_the_browser_shows_the_page_with_its_style(whole, tmp_path, path, shown):
    done = subprocess.run(
        [
            str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            f"--user-data-dir={tmp_path / 'profile'}", "--window-size=390,800",
            f"--screenshot={tmp_path / 'page.png'}", "--dump-dom",
            str(whole.base_url.join(path)),
        ],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert shown in done.stdout
    assert (tmp_path / "page.png").stat().st_size > 10_000

"""The pages in a real browser: what it shows, and whom it asks for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

BROWSER = shutil.which("chromium")
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="chromium is missing; install Debian's package"),
]


@pytest.fixture
def browse(whole, tmp_path: Path):
    """Open a path of the service; the page as the browser holds it, and the addresses asked."""

    def opened(path: str) -> tuple[str, set[str]]:
        log = tmp_path / "net.json"
        done = subprocess.run(
            [
                str(BROWSER),
                *OPTIONS,
                f"--user-data-dir={tmp_path / 'profile'}",
                f"--log-net-log={log}",
                "--dump-dom",
                str(whole.base_url.join(path)),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        events = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
        # What the browser asks on its own behalf has no page as its initiator.
        own = [e for e in events if str(e.get("initiator", "")).startswith("http://127.0.0.1:")]
        return done.stdout, {event["url"] for event in own if "url" in event}

    return opened


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "Questions it answers"),
        ("/doc/commitment/neaspec-som-24/c05", "hold the mid-term review"),
        ("/ontology", "Something a party is expected to do"),
        ("/sparql?query=" + quote("SELECT ?n { VALUES ?n { 290712 } }"), "290712"),
    ],
)
def test_the_browser_shows_the_page_and_asks_nobody_else(browse, whole, path, shown) -> None:
    page, asked = browse(path)
    assert shown in page
    assert str(whole.base_url.join("/static/style.css")) in asked
    assert {url for url in asked if not url.startswith(str(whole.base_url))} == set()

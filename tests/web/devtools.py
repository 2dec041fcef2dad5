"""A browser that is driven over a pipe: pages, keys, the mouse and pictures.

Source: the Chrome DevTools Protocol; messages are JSON with a zero byte after each.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
    "--window-size=1280,900",
]
SECONDS = 20.0


class Browser:
    """One page of a browser."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._number, self._session, self._buffer = 0, "", b""
        self.messages: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.messages.append(answer)

    def open(self, address: str) -> None:
        self.messages.clear()
        self.call("Page.navigate", url=address)
        self.loaded()

    def loaded(self) -> None:
        """Wait until the page and its scripts are there."""
        self.until("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until a condition holds, over a change of the page as well."""
        end = time.monotonic() + SECONDS
        tried = f"(() => {{ try {{ return Boolean({condition}) }} catch {{ return false }} }})()"
        while not self.run(tried):
            assert time.monotonic() < end, condition
            time.sleep(0.05)

    def press(self, key: str) -> None:
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def picture(self, path: Path) -> None:
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def asked(self) -> set[str]:
        """The addresses that pages have asked for since the last one was opened."""
        sent = (m for m in self.messages if m.get("method") == "Network.requestWillBeSent")
        return {message["params"]["request"]["url"] for message in sent}

    def complaints(self) -> list[str]:
        """What the browser says against the page, such as of its security policy."""
        logged = (m for m in self.messages if m.get("method") == "Log.entryAdded")
        return [m["params"]["entry"]["text"] for m in logged]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._read, 65536)
            assert chunk, "the browser has gone"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)


@contextmanager
def browser(program: str, profile: Path) -> Iterator[Browser]:
    """A page of a browser for the length of a block."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()

    def hand_over() -> None:  # the browser reads from 3 and writes to 4
        high_in, high_out = os.dup(theirs_in), os.dup(theirs_out)
        os.dup2(high_in, 3)
        os.dup2(high_out, 4)

    process = subprocess.Popen(
        [program, *OPTIONS, f"--user-data-dir={profile}"],
        preexec_fn=hand_over,  # noqa: PLW1509  before any thread of ours needs a lock
        close_fds=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    guard = threading.Timer(120, process.kill)
    guard.start()
    try:
        yield Browser(ours_in, ours_out)
    finally:
        guard.cancel()
        process.kill()
        process.wait()
        os.close(ours_in)
        os.close(ours_out)

"""One Chromium for many pages, told over a pipe what to open, measure and print."""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM += ["--disable-component-update", "--disable-sync", "--disable-quic", "--remote-debugging-pipe"]
SECONDS = 120  # for one answer of a busy machine
PHONE = (390, 844)


class Browser:
    """A headless Chromium with one tab."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = os.pipe(), os.pipe()  # what Chromium reads as file 3, and what it writes as file 4
        line = 'exec "$@" 3<&"$READ" 4>&"$WRITE"'
        surroundings = os.environ | {"READ": str(ours[0]), "WRITE": str(theirs[1])}
        self.process = subprocess.Popen(
            ["bash", "-c", line, "bash", *CHROMIUM, f"--user-data-dir={folder / 'profile'}"],
            pass_fds=(ours[0], theirs[1]),
            env=surroundings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(ours[0])
        os.close(theirs[1])
        self.to, self.back = ours[1], theirs[0]
        self.read, self.asked, self.session = b"", 0, ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait(SECONDS)
        os.close(self.to)
        os.close(self.back)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What Chromium answers to a command of its protocol."""
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": parameters}
        text = json.dumps(message | ({"sessionId": self.session} if self.session else {})).encode() + b"\0"
        while text:
            text = text[os.write(self.to, text) :]
        return self.until(lambda answer: answer.get("id") == self.asked)

    def until(self, is_meant: Any) -> dict[str, Any]:
        end = time.monotonic() + SECONDS
        while True:
            while b"\0" in self.read:
                line, _, self.read = self.read.partition(b"\0")
                answer = json.loads(line)
                if is_meant(answer):
                    assert "error" not in answer, answer["error"]
                    return dict(answer.get("result", answer.get("params", {})))
            ready, _, _ = select.select([self.back], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            piece = os.read(self.back, 1 << 20)
            assert piece, "the browser has ended"
            self.read += piece

    def open(self, path: Path) -> None:
        self.ask("Page.navigate", url=f"file://{path.resolve()}")
        self.until(lambda answer: answer.get("method") == "Page.loadEventFired")

    def measure(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def screen(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """A screen of this size in CSS pixels; a narrow one is a phone's."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width <= PHONE[0])
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", media="", features=scheme)

    def picture(self, *, whole: bool = False) -> bytes:
        """A PNG of the screen, or of the whole page."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"])

    def pdf(self) -> bytes:
        """The printed page, on the paper that its style sheet names."""
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])

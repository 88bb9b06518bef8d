"""Runs the command on a pseudo-terminal, as a person sees it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.sheet_facts import ROOT

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SECONDS = 120


class Shown(NamedTuple):
    code: int
    out: str  # without colours
    raw: str  # with them, and with what was drawn over
    err: str


def on_a_terminal(
    words: list[str], folder: Path, *, width: int = 80, interrupt: Callable[[str], bool] | None = None, err_too: bool = False,
    **environment: str,
) -> Shown:  # fmt: skip
    """What is printed on a terminal of this width; Ctrl-C is typed as soon as ``interrupt`` is true of what is there.

    ``err_too``: the error stream is the terminal and standard output a pipe, which separates what is drawn from what is printed.
    """
    import pty

    main, side = pty.openpty()
    env = os.environ | {"COLUMNS": str(width), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)} | environment
    line = [sys.executable, "-m", "worksheet.cli", *words]
    streams = {"stdout": subprocess.PIPE, "stderr": side} if err_too else {"stdout": side, "stderr": subprocess.PIPE}
    run = subprocess.Popen(line, stdin=side, cwd=folder, env=env, start_new_session=True, **streams)
    os.close(side)
    seen, end = b"", time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            piece = os.read(main, 1 << 16)
        except OSError:  # the other side is closed
            break
        seen += piece
        if not piece:
            break
        if interrupt and interrupt(seen.decode(errors="replace")):
            os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all processes
            interrupt = None
    os.close(main)
    other = (run.stdout if err_too else run.stderr).read().decode()  # type: ignore[union-attr]
    text = seen.decode().replace("\r\n", "\n")
    out, err = (other, text) if err_too else (ESCAPES.sub("", text), other)
    return Shown(run.wait(SECONDS), out, text, err)

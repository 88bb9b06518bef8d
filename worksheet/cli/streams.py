"""The command's streams: closed ones, full ones, and those that cannot print every sign."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from pathlib import Path
from typing import Any

# What is printed for a sign that the encoding of a terminal or pipe does not have; a question mark for any other.
PLAIN = {
    "×": "x", "−": "-", "–": "-", "—": "-", "→": "->", "←": "<-", "≈": "~", "≤": "<=", "≥": ">=", "…": "...", "⌊": "floor(",
    "⌋": ")", "⌈": "ceil(", "⌉": ")", "·": "*", "²": "^2", "³": "^3", "√": "root ", "✓": "+", "✗": "x", "▾": "v", "▸": ">",
    "─": "-", "━": "-", "│": "|", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "“": '"', "”": '"', "’": "'", "‘": "'",
}  # fmt: skip
HANDLER = "worksheet-plain"


class ClosedStream(io.RawIOBase):
    """Stands for a stream that the shell has closed: whatever is written fails as it does on a closed file."""

    def writable(self) -> bool:
        return True

    def write(self, _: Any) -> int:
        raise OSError(errno.EBADF, "it is closed")


def prepare() -> None:
    """Make the output streams print what they can. Without any, the first write fails."""
    codecs.register_error(HANDLER, _plain)
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(ClosedStream()), "utf-8", write_through=True)
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors=HANDLER)


def finish() -> None:
    """Write out what is left. Raises OSError where standard output cannot take it."""
    sys.stdout.flush()


def abandon() -> None:
    """Forget what standard output could not take, so that Python does not try again at its end."""
    sys.stdout = _nowhere()


def _nowhere() -> io.TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")


def _plain(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    return "".join(PLAIN.get(sign, "?") for sign in fault.object[fault.start : fault.end]), fault.end

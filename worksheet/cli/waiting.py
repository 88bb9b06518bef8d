"""A sign of life on a terminal's error stream for whatever takes longer than a moment; nothing where that stream is piped."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE, BEAT = 0.4, 0.1  # seconds until the first sign, and between two
DOTS, SIGNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"  # of a terminal that shows Unicode, and of any other
INTERRUPTED = 130  # the exit code after Ctrl-C
CLEAR = "\r\x1b[K"


@dataclass
class Task:
    """What is being done, and how much of it."""

    what: str
    total: int | None = None
    done: int = 0
    since: float = field(default_factory=time.monotonic)

    def advance(self) -> None:
        """One more is done."""
        self.done += 1

    def __str__(self) -> str:
        seconds = time.monotonic() - self.since
        parts = [f"{self.done} of {self.total}"] if self.total else []
        parts.append(f"{seconds:.0f} s")
        if self.total and 0 < self.done < self.total:
            parts.append(f"about {seconds / self.done * (self.total - self.done):.0f} s left")
        return f"{self.what}: {', '.join(parts)}"


_tasks: list[Task] = []  # those under way; the innermost is shown


@contextmanager
def waiting(what: str, total: int | None = None) -> Iterator[Task]:
    """Show what is being done until it is done. Nothing may be printed on the terminal meanwhile."""
    task = Task(what, total)
    if not _is_terminal():
        yield task
        return
    _tasks.append(task)
    over = threading.Event()
    line = threading.Thread(target=_show, args=(over,), daemon=True) if len(_tasks) == 1 else None
    try:
        if line:
            line.start()
        yield task
    finally:
        over.set()
        if line:
            line.join()
        _tasks.remove(task)


def watched(what: str) -> Callable[..., Iterable[Any]]:
    """Gives things one by one, and shows how many of them are done; their number where they have no length."""

    def one_by_one(things: Iterable[T], total: int | None = None) -> Iterator[T]:
        if total is None and isinstance(things, Sized):
            total = len(things)
        with waiting(what, total) as task:
            for thing in things:
                yield thing
                task.advance()

    return one_by_one


@contextmanager
def terminating() -> Iterator[None]:
    """SIGTERM ends the command as Ctrl-C does, together with the processes that it started."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, usual)


def interrupted(says: str) -> int:
    """Say on the error stream what an interrupted command leaves; its exit code, as shells count it."""
    sys.stderr.write(f"stopped: {says}\n")
    return INTERRUPTED


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _show(over: threading.Event) -> None:
    """Draw the line until all is over, and remove it."""
    is_unicode = (sys.stderr.encoding or "").lower().startswith("utf")
    signs = DOTS if is_unicode else SIGNS
    beat, wait = 0, PATIENCE
    while not over.wait(wait):
        text = f"{signs[beat % len(signs)]} {_tasks[-1]}"[: shutil.get_terminal_size().columns - 1]
        sys.stderr.write(CLEAR + text)
        sys.stderr.flush()
        beat, wait = beat + 1, BEAT
    if beat:
        sys.stderr.write(CLEAR)
        sys.stderr.flush()

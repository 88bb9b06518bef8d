"""``worksheet demo``: a homework from the file to the report on the class, of a class that does not exist."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import worksheet as ws
from worksheet.cli.options import Command, option
from worksheet.cli.panels import CONTENT, OUTPUT, START
from worksheet.cli.saying import say
from worksheet.cli.waiting import waiting
from worksheet.errors import OutputError, Where
from worksheet.files import make_folder, writing
from worksheet.starting import starting

FOLDER = Path("worksheet-demo")
NETWORK, HOMEWORK, ROSTER, ANSWERS, SHEETS, MARKS = (
    "network.sheet", "homework.yaml", "class.csv", "answers.csv", "out", "marks"
)  # fmt: skip
BUILT_IN = "network: zoo:lenet-5 "  # of the homework to start from; the demo's is the network to start from

Folder = Annotated[
    Path, option("-o", "--output", panel=OUTPUT, default=True, help="The folder to write, which may not exist yet.")
]
Open = Annotated[
    bool, option("--open/--no-open", panel=CONTENT, default=True, help="Open the report on the class in a browser, on a desktop.")
]


def demo(output: Folder = FOLDER, open: Open = True) -> None:
    """Make a homework, hand in answers with mistakes, mark them.

    Writes a network, a homework, a class and its answers, generates the sheets, marks the answers and opens the report on the
    class. The class does not exist; its mistakes are known ones, made from the right answers.
    """
    with new_folder(output) as folder:
        with waiting("writing the homework"):
            students = write_homework(folder)
        with waiting("generating the sheets"):
            ws.generate(folder / HOMEWORK, folder / SHEETS, roster=folder / ROSTER, forms=["csv"])
        with waiting("marking the answers"):
            marked = ws.mark(folder / HOMEWORK, folder / ANSWERS, roster=folder / ROSTER)
            marked.write(folder / MARKS, feedback=["html"], report=["html"])
    report = output / MARKS / "class.html"
    for line in explained(output, students, report):
        say(line)
    if open and is_desktop():
        webbrowser.open(report.resolve().as_uri())


@contextmanager
def new_folder(output: Path) -> Iterator[Path]:
    """A folder to fill, which is put in place when it is full, or not at all. Raises OutputError where there is one."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise OutputError("is there already", Where(str(output)), "name another folder with -o, or remove it")
    parent = make_folder(output.resolve().parent)
    with writing(output), TemporaryDirectory(prefix=".", dir=parent) as part:
        yield make_folder(Path(part) / output.name)
        if output.exists():
            output.rmdir()  # empty
        (Path(part) / output.name).rename(output)


def write_homework(folder: Path) -> int:
    """Write the network, the assignment, the roster and the answers; how many students there are."""
    from worksheet.homework import demo as invented

    texts = {NETWORK: _start("network"), HOMEWORK: _start("homework").replace(BUILT_IN, f"network: {NETWORK} ")}
    for name, text in texts.items():
        _write(folder / name, text)
    _write(folder / ROSTER, invented.roster())
    _write(folder / ANSWERS, invented.answers(ws.assignment(folder / HOMEWORK)))
    return len(invented.CLASS)


def explained(folder: Path, students: int, report: Path) -> list[str]:
    """What was done, and what to try next."""
    return [
        f"{folder / NETWORK}, {HOMEWORK}, {ROSTER}: a network, a homework, and a class of {students} that does not exist",
        f"{folder / SHEETS}: a question sheet, an answer form and a worked key for each of them, every network different",
        f"{folder / ANSWERS}: what they handed in, with known mistakes: missing biases, additions counted too, digits swapped",
        f"{folder / MARKS}: points, feedback, and the report on the class: {report}",
        "",
        f"next, in {folder}:",
        f"  worksheet solve {NETWORK} -o network.pdf",
        f"  worksheet check {HOMEWORK} --student S02 --row 1 --params 432 --hint",
        f"  worksheet mark {HOMEWORK} {ANSWERS} --roster {ROSTER} -o again/ --feedback pdf",
        "  worksheet new homework -o mine.yaml",
    ]


def is_desktop() -> bool:
    """Whether a person is there, with a browser."""
    shows = sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return sys.stdout.isatty() and shows


def _start(kind: str) -> str:
    return starting()[kind].read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    with writing(path):
        path.write_text(text, encoding="utf-8")


COMMAND = Command(demo, "worksheet demo -o worksheet-demo", 1, panel=START)

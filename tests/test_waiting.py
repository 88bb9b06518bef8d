"""Whatever takes longer than a moment shows a sign of life on a terminal, and nothing in a pipe; Ctrl-C ends it cleanly."""

import io
import re
import sys
import time
from pathlib import Path

import pytest

from tests.sheet_facts import EXAMPLES
from worksheet.cli import waiting as signs
from worksheet.cli.waiting import CLEAR, waiting, watched

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")


class Screen(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def test_a_line_says_what_is_done_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(signs, "PATIENCE", 0.01)
    monkeypatch.setattr(signs, "BEAT", 0.01)
    with waiting("marking", 3) as task:
        task.advance()
        with waiting("reading"):
            time.sleep(0.2)
        time.sleep(0.2)
    drawn = screen.getvalue()
    assert "⠋ reading: 0 s" in drawn
    assert re.search(r"marking: 1 of 3, 0 s, about \d s left", drawn)
    assert drawn.endswith(CLEAR)


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    assert list(watched("counting")(iter([1, 2]), 2)) == [1, 2]
    assert screen.getvalue() == ""
    assert signs.PATIENCE + signs.BEAT < 1


def test_nothing_in_a_pipe(command) -> None:
    shown = command("generate", EXAMPLES / "homework.yaml", "-o", "out", "-f", "md", "--forms", "none", "--no-combined")
    assert shown.code == 0
    assert "\x1b" not in shown.err + shown.out
    assert "\r" not in shown.err + shown.out


def half_written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix == ".part"]


def class_of(folder: Path, students: int) -> None:
    (folder / "class.csv").write_text("id\n" + "".join(f"s{i:03}\n" for i in range(students)))
    for name in ("homework.yaml", "ai61002.sheet"):
        (folder / name).write_text((EXAMPLES / name).read_text())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_while_generating(jobs: str, tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    class_of(tmp_path, 60)
    line = ["generate", "homework.yaml", "--roster", "class.csv", "-o", "out", "--jobs", jobs]
    shown = on_a_terminal(line, tmp_path, interrupt=lambda seen: "students: " in seen, err_too=True)
    assert shown.code == 130
    assert re.search(r"stopped: the files of \d+ of 60 students are done and kept\nthe same command continues", shown.err)
    assert "Traceback" not in shown.err
    assert half_written(tmp_path) == []


def test_ctrl_c_while_marking(tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    class_of(tmp_path, 300)
    (tmp_path / "answers.csv").write_text("student,row,column,answer\n" + "".join(f"s{i:03},1,params,7\n" for i in range(300)))
    line = ["mark", "homework.yaml", "answers.csv", "--roster", "class.csv", "-o", "marks", "--jobs", "1"]
    shown = on_a_terminal(line, tmp_path, interrupt=lambda seen: "marking: " in seen, err_too=True)
    assert shown.code == 130
    assert "stopped: nothing is half-written" in shown.err
    assert "Traceback" not in shown.err
    assert half_written(tmp_path) == []
    assert not (tmp_path / "marks" / "marks.csv").exists()


def test_ctrl_c_while_the_zoo_is_counted(tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    line = ["zoo", "--table", "-c", "operations", "-o", "zoo.pdf"]
    shown = on_a_terminal(line, tmp_path, interrupt=lambda seen: "⠋ " in seen, err_too=True)
    assert shown.code == 130
    assert "Traceback" not in shown.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.torch
def test_a_module_of_pytorch_shows_a_sign_while_it_is_read(tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    text = "import time\ntime.sleep(1.5)\nfrom torch import nn\ndef net():\n    return nn.Linear(3, 2)\n"
    (tmp_path / "slow.py").write_text(text)
    line = ["solve", "slow:net", "--input", "3", "-f", "json"]
    shown = on_a_terminal(line, tmp_path, err_too=True)
    assert shown.code == 0
    assert "⠋ reading slow:net: " in shown.err
    assert shown.err.rstrip("\n").endswith(CLEAR.strip("\r"))
    assert shown.out.startswith("{")
    stopped = on_a_terminal(line, tmp_path, err_too=True, interrupt=lambda seen: "reading" in seen)
    assert stopped.code == 130
    assert "Traceback" not in stopped.err

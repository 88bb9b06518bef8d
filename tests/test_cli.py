"""The command, run as its user runs it."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.sheet_facts import EXAMPLES, SHEET


def test_version_and_help(command) -> None:
    import worksheet

    assert command("--version").out == f"worksheet {worksheet.__version__}\n"
    for words in (["--help"], ["solve", "--help"], ["formulas", "-h"]):
        shown = command(*words)
        assert shown.code == 0
        assert "Example" in shown.out
    assert command().code == 2


def test_on_the_terminal(command) -> None:
    result = command("solve", SHEET)
    assert result.code == 0
    for text in ("7,30,56,256", "79,34,00,040", "S. No. 20:", "M = N = 227, c = 3", "= ((3 × 11 × 11) + 1) × 64 = 23,296"):
        assert text in result.out
    assert "\x1b" not in result.out


def test_format_from_the_suffix_and_to_standard_output(command, tmp_path: Path) -> None:
    for suffix in ("md", "tex", "html", "txt", "json", "typ", "pdf"):
        assert command("solve", SHEET, "-o", f"x.{suffix}").code == 0
        written = (tmp_path / f"x.{suffix}").read_bytes()
        assert command("solve", SHEET, "-f", suffix).bytes == written
    assert command("solve", SHEET, "-o", "x.out", "-f", "md").code == 0
    assert (tmp_path / "x.out").read_bytes() == (tmp_path / "x.md").read_bytes()


def test_options(command, tmp_path: Path) -> None:
    assert "79,34,00,040" not in command("solve", SHEET, "--digits", "en_US", "-f", "md").out
    data = json.loads(command("solve", EXAMPLES / "alexnet-224.sheet", "--input", "3x227x227", "-f", "json").out)
    assert data["input"] == [3, 227, 227]
    lenet = json.loads(command("solve", EXAMPLES / "lenet5.sheet", "-c", "ai61002", "-f", "json").out)
    assert lenet["convention"] == "ai61002"
    letter, a4 = (command("solve", SHEET, "-f", "tex", "--paper", paper).out for paper in ("letter", "a4"))
    assert letter.startswith(r"\documentclass[10pt,fleqn,letterpaper]{article}")
    assert a4 == letter.replace("letterpaper", "a4paper")
    assert "us-letter" in command("solve", SHEET, "-f", "typ", "--paper", "letter").out
    assert "23,296" not in command("solve", SHEET, "--blank", "-f", "txt").out
    assert "____" in command("solve", SHEET, "--blank").out


def test_formulas(command) -> None:
    shown = command("formulas").out
    for text in (
        "2D convolution layer (Conv2d)",
        "W = ⌊(M − d_w(w − 1) − 1 + 2p_w + q_w)/s_w⌋ + 1",
        "b    Bias (1 with bias, 0 without bias)",
    ):
        assert text in shown
    assert "Conv2d" not in command("formulas", "Linear", "-f", "md").out
    data = json.loads(command("formulas", "Linear", "-f", "json").out)
    assert data["formulas"][0]["symbols"]["n"] == "Number of input elements"
    assert command("formulas", "-f", "pdf").bytes.startswith(b"%PDF")
    fault = command("formulas", "Conv2D")
    assert (fault.code, "did you mean Conv2d?" in fault.err) == (2, True)


BAD = [
    (["solve", SHEET, "-o", "x.docx"], "no format for files that end in .docx"),
    (["solve", SHEET, "-o", "x"], "no format for files that end in nothing"),
    (["solve", SHEET, "-f", "mdd"], "unknown format 'mdd'"),
    (["solve", SHEET, "-o", "none/x.md"], "the folder 'none' does not exist"),
    (["solve", SHEET, "-o", ".", "-f", "md"], "is a folder"),
    (["solve", SHEET, "-c", "ai6102"], "unknown convention 'ai6102'"),
    (["solve", SHEET, "--digits", "xx"], "unknown digit grouping 'xx'"),
    (["solve", SHEET, "--input", "3x"], "'3x' is not an input shape"),
    (["solve", SHEET, "--input", "3x224x224"], "Linear states 9216 inputs, but receives 256 x 5 x 5 = 6400"),
    (["solve", SHEET, "--engine", "word"], "unknown engine 'word'"),
    (["solve", SHEET, "--paper", "a3"], "unknown paper 'a3'"),
    (["solve", SHEET, "-f", "md", "--template", "none"], "the template folder does not exist"),
    (["solve"], "Missing argument"),
    (["solve", SHEET, "--colour"], "No such option"),
]


@pytest.mark.parametrize(("words", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_options(command, words: list[object], message: str) -> None:
    result = command(*words)
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err


def test_nothing_is_half_written(command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.md").write_text("old")
    (tmp_path / "folder").mkdir()
    assert command("solve", "nothing.sheet", "-o", "old.md").code == 2
    assert (tmp_path / "old.md").read_text() == "old"
    import worksheet as ws
    from worksheet.errors import WorksheetError

    def full(self: Path, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WorksheetError, match="cannot be written: No space left on device"):
        ws.write(ws.derive(ws.read(SHEET)), tmp_path / "old.md")
    assert (tmp_path / "old.md").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "old.md"]


@pytest.mark.skipif(os.name == "nt", reason="file modes are a matter of POSIX")
def test_a_closed_folder_or_file(command, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "x.md").write_text("old")
    (closed / "x.md").chmod(0o444)
    closed.chmod(0o555)
    try:
        if os.access(closed, os.W_OK):  # root writes everywhere; a path below a file is closed to it too
            result = command("solve", SHEET, "-o", "closed/x.md/y.md")
            assert (result.code, "does not exist" in result.err) == (2, True)
        else:
            for name in ("x.md", "new.md"):
                result = command("solve", SHEET, "-o", f"closed/{name}")
                assert (result.code, "permission denied" in result.err) == (2, True)
        assert (closed / "x.md").read_text() == "old"
    finally:
        closed.chmod(0o755)


def test_a_device_is_written_to_as_it_is(command) -> None:
    assert command("solve", SHEET, "-o", "/dev/null", "-f", "md").code == 0
    assert Path("/dev/null").is_char_device()


def test_a_link_is_followed(command, tmp_path: Path) -> None:
    (tmp_path / "link.md").symlink_to(tmp_path / "real.md")
    assert command("solve", SHEET, "-o", "link.md").code == 0
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text().startswith("# (Solved)")


def test_the_reader_of_a_pipe_may_leave(tmp_path: Path) -> None:
    import subprocess
    import sys

    line = f"{sys.executable} -m worksheet.cli solve {SHEET} -f html | head -c 10"
    run = subprocess.run(["bash", "-c", line], capture_output=True, cwd=tmp_path, check=False)
    assert run.stdout == b"<!DOCTYPE "
    assert b"Traceback" not in run.stderr
    assert b"Exception" not in run.stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("worksheet s", ["solve"]),
        ("worksheet solve -f h", ["html"]),
        ("worksheet solve -c ai", ["ai61002"]),
        ("worksheet solve x.sheet --engine ", ["latex", "typst"]),
        ("worksheet formulas MaxPool2", ["MaxPool2d"]),
        ("worksheet solve zoo:bvlc-a", ["zoo:bvlc-alexnet"]),
    ],
)
def test_completion(typed: str, offered: list[str]) -> None:
    import subprocess
    import sys

    words = typed.split(" ")
    env = os.environ | {"COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1), "_WORKSHEET_COMPLETE": "complete_bash"}
    program = "import sys; sys.argv[0] = 'worksheet'; from worksheet.cli import main; main()"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, check=False)
    assert sorted(run.stdout.split()) == offered


COMMANDS = sorted((Path(__file__).parent.parent / "worksheet" / "cli").glob("*.py"))
SHARED = {"__init__", "__main__", "commands", "delivery", "options", "panels", "saying", "waiting"}


def test_an_option_is_defined_once() -> None:
    """What two commands need is in options.py, and a command imports nothing from another."""
    import ast
    from collections import Counter

    trees = {path.stem: ast.parse(path.read_text()) for path in COMMANDS}
    names = Counter(
        target.id
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)
        for target in node.targets
        if isinstance(target, ast.Name)
    )
    assert [name for name, times in names.items() if times > 1 and name != "Folder"] == []
    for name, tree in trees.items():
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        siblings = {module.rpartition(".")[2] for module in modules if module.startswith("worksheet.cli.")}
        assert siblings <= SHARED, f"{name} imports from the command {siblings - SHARED}: move the option to options.py"


def test_formats_engines_and_papers_in_the_help_are_those_there_are(command) -> None:
    from worksheet.writers import ENGINES, PAPERS, writers

    shown = command("solve", "--help").out
    for name in (*writers(), *ENGINES, *PAPERS):
        assert re.search(rf"\b{name}\b", shown), name


def test_closed_forms_with_a_picture(command) -> None:
    line = ("solve", EXAMPLES / "resnet18.sheet", "--symbolic", "M", "--summary", "-f", "html")
    assert "<svg" in command(*line, "--picture").out
    assert "<svg" not in command(*line).out


def test_a_report_in_a_pipe_is_the_text_format(command) -> None:
    line = ("conventions", "ai61002")
    assert command(*line).bytes == command(*line, "-f", "txt").bytes

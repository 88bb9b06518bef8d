"""``worksheet demo`` and ``worksheet new``: what a newcomer gets works as it is, and nothing is overwritten."""

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import worksheet as ws
from tests.complete import complete
from tests.limits import within
from worksheet.homework.demo import CLASS, answers, planted, roster
from worksheet.homework.mark.grader import Grader
from worksheet.starting import starting

RUNS = {  # what the comments of each file say to try, and something that must be printed
    "network": (("solve {file} -f txt", "A small network"), ("solve {file} -o network.pdf", "")),
    "homework": (("generate {file} --roster class.csv -o out -f txt --forms csv", "2 of 2 done"),),
    "convention": (
        ("solve zoo:alexnet -c {file} -f txt", "Our course"),
        ("conventions {file}", "max-pooling one for each comparison"),
    ),
    "processor": (("time zoo:alexnet --on {file} -f txt", "A small board"),),
    "template": (
        ("solve zoo:alexnet --template {file} -f html", "our department"),
        ("solve zoo:alexnet --template {file} -f typ", "Our department"),
        ("solve zoo:alexnet --template {file} -o alexnet.pdf", ""),
        ("solve zoo:alexnet --blank --template {file} -f html", "our department"),
    ),
}


def test_every_kind_is_tested() -> None:
    complete(RUNS, starting(), add="RUNS: say what runs with")


@pytest.mark.parametrize("kind", RUNS)
def test_a_new_file_works_as_it_is(kind: str, command, tmp_path: Path) -> None:
    made = command("new", kind)
    assert (made.code, made.err) == (0, "")
    [path] = tmp_path.iterdir()
    (tmp_path / "class.csv").write_text("id,name\nS01,Student A\nS02,Student B\n")
    assert made.out.startswith(f"{path.name}: ")
    for line, printed in RUNS[kind]:
        shown = command(*shlex.split(line.format(file=path.name)))
        assert (shown.code, shown.err) == (0, "")
        assert printed in shown.out


@pytest.mark.parametrize("kind", RUNS)
def test_a_new_file_says_what_to_try(kind: str) -> None:
    path = starting()[kind]
    files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
    for each in files:
        text = each.read_text(encoding="utf-8")
        assert "Try:  worksheet " in text or "Try:\n#     worksheet " in text
        assert "docs/" in text or len(files) > 1


def test_nothing_is_overwritten(command, tmp_path: Path) -> None:
    (tmp_path / "homework.yaml").write_text("mine")
    (tmp_path / "templates").mkdir()
    for kind in ("homework", "template"):
        shown = command("new", kind)
        assert (shown.code, "is there already" in shown.err) == (2, True)
    assert (tmp_path / "homework.yaml").read_text() == "mine"
    assert list((tmp_path / "templates").iterdir()) == []
    assert command("new", "homework", "-o", "other.yaml").code == 0
    (tmp_path / "worksheet-demo").mkdir()
    (tmp_path / "worksheet-demo" / "mine.txt").write_text("mine")
    shown = command("demo")
    assert (shown.code, "is there already" in shown.err) == (2, True)
    assert [path.name for path in (tmp_path / "worksheet-demo").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["new", "homwork"], "did you mean homework?"),
        (["new"], "Missing argument"),
        (["new", "network", "-o", "no/folder.sheet"], "the folder 'no' does not exist"),
        (["demo", "-o", "/dev/null/demo"], "cannot be created"),
    ],
)
def test_bad_options(words: list[str], message: str, command) -> None:
    shown = command(*words)
    assert (shown.code, message in shown.err) == (2, True)


@pytest.fixture(scope="module")
def class_of_the_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import subprocess

    folder = tmp_path_factory.mktemp("demo")
    with within(15):
        run = subprocess.run([sys.executable, "-m", "worksheet.cli", "demo"], cwd=folder, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    (folder / "printed").write_text(run.stdout)
    return folder


def test_the_demo_goes_from_the_file_to_the_report(class_of_the_demo: Path) -> None:
    folder = class_of_the_demo / "worksheet-demo"
    for name in ("network.sheet", "homework.yaml", "class.csv", "answers.csv", "marks/marks.csv", "marks/class.html"):
        assert (folder / name).stat().st_size
    for student in CLASS:
        assert (folder / "out" / "sheets" / f"{student.id}.pdf").read_bytes().startswith(b"%PDF")
        assert (folder / "marks" / "feedback" / f"{student.id}.html").exists() == (student.share > 0)
    assert len(list(class_of_the_demo.iterdir())) == 2  # nothing but the folder, and what was printed


def test_every_planted_mistake_is_found(class_of_the_demo: Path) -> None:
    """A mistake that is planted is among those that explain an answer, unless the convention of a tool explains it."""
    data = json.loads((class_of_the_demo / "worksheet-demo" / "marks" / "marks.json").read_text())
    papers = {paper["id"]: paper for paper in data["students"]}
    assert list(papers) == [student.id for student in CLASS]
    for student in CLASS:
        cells = papers[student.id]["cells"]
        labels = {label for cell in cells for label in cell.get("labels", ())}
        found = set(student.mistakes) & labels
        assert found or not student.mistakes or not student.share
        assert {cell["verdict"] for cell in cells} <= {"right", "carried", "mistake", "convention", "blank"}
    assert papers["S01"]["points"] == papers["S01"]["max"]
    assert papers["S10"]["absent"]


def test_what_the_demo_says_to_try_next_works(class_of_the_demo: Path) -> None:
    import subprocess

    printed = (class_of_the_demo / "printed").read_text()
    lines = [line.strip() for line in printed.splitlines() if line.startswith("  worksheet ")]
    assert len(lines) == 4
    for line in lines:
        words = [sys.executable, "-m", "worksheet.cli", *shlex.split(line)[1:]]
        run = subprocess.run(words, cwd=class_of_the_demo / "worksheet-demo", capture_output=True, text=True)
        assert run.returncode in ((0, 1) if " check " in line else (0,)), run.stderr


def test_the_same_class_every_time(tmp_path: Path) -> None:
    assignment = ws.assignment(starting()["homework"])
    assert answers(assignment) == answers(assignment)
    assert roster().splitlines()[:2] == ["id,name", "S01,Student A"]
    assert 8 <= len(CLASS) <= 12


def test_a_planted_mistake_by_hand() -> None:
    """16 kernels of 3 x 3 x 3 have 432 weights, and 16 biases; the sizes are not touched."""
    assignment = ws.assignment(starting()["homework"])
    plain = replace(assignment, network=ws.read(starting()["network"]), variants=None)
    paper = Grader(plain).paper("")
    right, wrong = planted(paper, ()), planted(paper, ["par-no-bias"])
    assert (right[1, "params"], wrong[1, "params"]) == ((448,), (432,))
    assert wrong[1, "output"] == right[1, "output"] == (16, 32, 32)
    assert wrong["total", "params"][0] == right["total", "params"][0] - 16 - 32
    steps = planted(paper, ["out-no-plus1"])
    assert steps[1, "output"] == (16, 31, 31)
    assert steps[2, "output"] == (16, 31, 31)  # carried on


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="a desktop is a display here")
def test_the_report_opens_on_a_desktop_alone(tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n')
    browser.chmod(0o755)
    place = {"BROWSER": f"{browser} %s", "WAYLAND_DISPLAY": ""}
    assert on_a_terminal(["demo", "-o", "a"], tmp_path, DISPLAY="", **place).code == 0
    assert on_a_terminal(["demo", "-o", "b", "--no-open"], tmp_path, DISPLAY=":0", **place).code == 0
    assert not (tmp_path / "opened").exists()
    assert on_a_terminal(["demo", "-o", "c"], tmp_path, DISPLAY=":0", **place).code == 0
    assert (tmp_path / "opened").read_text() == f"{(tmp_path / 'c' / 'marks' / 'class.html').as_uri()}\n"


def test_ctrl_c_leaves_no_part_of_the_demo(tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    shown = on_a_terminal(["demo"], tmp_path, interrupt=lambda seen: "⠋ " in seen, err_too=True)
    assert shown.code == 130
    assert list(tmp_path.iterdir()) == []

"""A class's answers become marks: the whole way from files to marks, by the command and in Python."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import worksheet as ws
from tests.sheet_facts import EXAMPLES
from worksheet.cli import app, main
from worksheet.errors import WorksheetError
from worksheet.grading.mark import MarkedPaper, Verdict
from worksheet.grading.paper.cells import Key
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.mark import grader as grading
from worksheet.homework.mark.grader import Answered, Grader
from worksheet.homework.mark.papers import mark_papers
from worksheet.homework.variants.variants import variant

COMMON = """\
title: Worksheet 2
network: ai61002.sheet
convention: ai61002
ask: [output, params, flops]
total: [params, flops]
marks: {output: 1, params: 2, flops: 2, total: 2}
zeros: ask
"""
PERSONAL = COMMON + "variants: {seed: 7}\n"
HOSTILE = [r"\input{/etc/passwd}", "#include", "<script>alert(1)</script>", '=HYPERLINK("http://x")', "$(rm)", "../../x"]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "ai61002.sheet").write_text((EXAMPLES / "ai61002.sheet").read_text())
    (tmp_path / "homework.yaml").write_text(COMMON)
    (tmp_path / "personal.yaml").write_text(PERSONAL)
    return tmp_path


def solved(network: ws.Network) -> dict[Key, str]:
    """The right answers, from the worked solution."""
    solution = ws.derive(network, "ai61002", fold=False)
    answers: dict[Key, str] = {}
    for row in solution.rows:
        answers[row.no, "output"] = "x".join(map(str, row.output or ()))
        answers |= {(row.no, step.name): str(step.value) for step in row.columns}
    return answers | {("total", name): str(value) for name, value in solution.totals.items()}


def written(path: Path, answers: dict[str, dict[Key, str]]) -> Path:
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["student", "row", "column", "answer"])
        lines.writerows([student, *key, text] for student, texts in answers.items() for key, text in texts.items())
    return path


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_from_answers_to_marks(desk: Path) -> None:
    """Row 4 has 192 x (64 x 25 + 1) = 307,392 parameters; without the biases 307,200."""
    right = solved(ws.read(EXAMPLES / "ai61002.sheet"))
    answers = written(
        desk / "answers.csv", {"a": right, "b": {**right, (4, "params"): "3,07,200", ("total", "params"): "61100648"}}
    )
    (desk / "class.csv").write_text("id,name\na,Ann\nb,Bo\nc,Cy\n")
    code, out, err = run("mark", desk / "homework.yaml", answers, "--roster", desk / "class.csv", "-o", desk / "marks")
    assert (code, err) == (0, "")
    assert "2 of 3 handed in; the mean is 103 of 104 points (99 %); in " in out
    data = json.loads((desk / "marks" / "marks.json").read_text())
    assert [(s["id"], s["points"], s["max"]) for s in data["students"]] == [("a", 104, 104), ("b", 102, 104), ("c", None, None)]
    cells = {(c["row"], c["column"]): c for c in data["students"][1]["cells"]}
    assert cells[4, "params"]["verdict"] == "mistake"
    assert cells[4, "params"]["labels"] == ["par-no-bias"]
    assert cells["total", "params"]["verdict"] == "carried"
    assert cells["total", "params"]["carried_from"] == [[4, "params"]]
    assert data["students"][2] == {"id": "c", "name": "Cy", "points": None, "max": None, "absent": True, "cells": []}
    names = {path.name for path in (desk / "marks").rglob("*") if path.is_file()}
    assert {name for name in names if name.startswith("gradebook")} == {"gradebook-moodle.csv", "gradebook-canvas.csv"}
    assert {name for name in names if not name.startswith("gradebook")} == {
        "marks.csv",
        "marks.xlsx",
        "marks.json",
        "class.html",
        "class.pdf",
        "a.md",
        "b.md",
    }
    assert "You forgot the biases" in (desk / "marks" / "feedback" / "b.md").read_text()


def test_gradebooks(desk: Path) -> None:
    """By the rules of the importers: an empty cell changes nothing, a number has a point and no grouping."""
    answers = written(desk / "answers.csv", {"a": {(1, "params"): "23296"}, "=b": {(1, "params"): "1"}})
    (desk / "class.csv").write_text("id,name\na,Ann\n=b,Bo\nc,Cy\n")
    run("mark", desk / "homework.yaml", answers, "--roster", desk / "class.csv", "-o", desk / "m", "--feedback", "none", "--report", "none")  # fmt: skip # noqa: E501
    tables = {}
    for name in ("moodle", "canvas"):
        with (desk / "m" / f"gradebook-{name}.csv").open(newline="") as file:
            tables[name] = list(csv.reader(file))
    assert tables["moodle"] == [["idnumber", "Worksheet 2"], ["a", "2"], ["'=b", "0"], ["c", ""]]
    assert tables["canvas"] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Worksheet 2"],
        ["Points Possible", "", "", "", "", "104"],
        ["Ann", "", "a", "", "", "2"],
        ["Bo", "", "'=b", "", "", "0"],
        ["Cy", "", "c", "", "", ""],
    ]


def test_json_goes_to_standard_output(desk: Path) -> None:
    answers = written(desk / "answers.csv", {"a": {(1, "params"): "23296"}, "b": {(99, "params"): "1"}})
    code, out, err = run("mark", desk / "homework.yaml", answers, "-f", "json")
    assert code == 0
    data = json.loads(out)
    assert data["students"][0]["points"] == 2
    assert [(line["line"], line["row"]) for line in data["unplaced"]] == [(3, "99")]
    assert "answers.csv:3" in err
    assert "unknown row" in err


def test_the_alias_is_the_same_command(desk: Path) -> None:
    answers = written(desk / "answers.csv", {"a": {(1, "params"): "23296"}})
    words = (desk / "homework.yaml", answers, "-f", "json")
    assert run("verify", *words) == run("mark", *words)


def test_everybodys_own_network(desk: Path) -> None:
    """A right answer to one's own sheet is right; the same answers to another's are not."""
    assignment = read_assignment(desk / "personal.yaml")
    texts = {name: solved(variant(assignment, name)) for name in ("a", "b")}
    found = list(mark_papers(assignment, [Answered(name, "", texts[name]) for name in texts] + [Answered("c", "", texts["a"])]))
    assert [each.points for each in found] == [104, 104, found[2].points]
    assert found[2].points < 104


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_ids_and_answers(desk: Path, text: str) -> None:
    answers = written(desk / "answers.csv", {text: {(1, "params"): text, (1, "flops"): "73056256"}})
    before = {path for path in desk.parent.rglob("*") if path.parent == desk.parent}
    code, _, _ = run(
        "mark", desk / "homework.yaml", answers, "-o", desk / "marks", "--feedback", "md,html,tex", "--report", "html"
    )
    assert code == 0
    assert {path for path in desk.parent.rglob("*") if path.parent == desk.parent} == before
    student = json.loads((desk / "marks" / "marks.json").read_text())["students"][0]
    assert student["id"] == text
    assert [cell["verdict"] for cell in student["cells"][1:3]] == ["unreadable", "right"]
    assert "<script>alert" not in next((desk / "marks" / "feedback").glob("*.html")).read_text()
    assert r"\input{/etc" not in next((desk / "marks" / "feedback").glob("*.tex")).read_text()
    with (desk / "marks" / "marks.csv").open(encoding="utf-8-sig") as file:
        assert not list(csv.reader(file))[1][0].startswith(("=", "+", "-", "@"))


def test_a_regrade_says_what_changed(desk: Path) -> None:
    answers = written(desk / "answers.csv", {"a": {(1, "params"): "23296", (2, "flops"): "200704"}})
    run("mark", desk / "homework.yaml", answers, "-o", desk / "old")
    (desk / "homework.yaml").write_text(COMMON + "conventions: {worth: 50 %}\n")
    code, out, _ = run("mark", desk / "homework.yaml", answers, "--against", desk / "old" / "marks.csv")
    assert code == 0
    assert "2 flops" in out or "row 2" in out
    run("mark", desk / "homework.yaml", answers, "--against", desk / "old" / "marks.csv", "-o", desk / "new")
    assert (desk / "new" / "changes.html").exists()


def many(desk: Path, number: int) -> tuple[Path, Iterator[Answered]]:
    assignment = read_assignment(desk / "personal.yaml")
    right = {f"s{i}": solved(variant(assignment, f"s{i}")) for i in range(number)}
    for i, texts in enumerate(right.values()):
        texts[i % 20 + 1, "params"] = "17"
        texts[4, "output"] = "x".join(str(int(size) + i % 3) for size in texts[4, "output"].split("x"))
        del texts[i % 7 + 2, "output"]
    return desk / "personal.yaml", (Answered(name, "", texts) for name, texts in right.items())


def test_the_marks_are_the_same_whoever_works(desk: Path) -> None:
    path, answered = many(desk, 12)
    students = list(answered)
    assignment = read_assignment(path)
    alone = list(mark_papers(assignment, students, jobs=1))
    assert list(mark_papers(assignment, students, jobs=2)) == alone
    assert len({mark.verdict for each in alone for mark in each.marks}) > 2


def test_a_cluster(desk: Path) -> None:
    distributed = pytest.importorskip("distributed")
    path, answered = many(desk, 6)
    students = list(answered)
    assignment = read_assignment(path)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        found = list(mark_papers(assignment, students, backend="dask", scheduler=cluster.scheduler_address))
    assert found == list(mark_papers(assignment, students))


def test_a_student_whose_work_fails_spoils_no_other(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Grader.mark

    def marked(self: Grader, answered: Answered) -> MarkedPaper:
        if answered.student == "b":
            raise RuntimeError("out of luck")
        return whole(self, answered)

    monkeypatch.setattr(grading.Grader, "mark", marked)
    assignment = read_assignment(desk / "homework.yaml")
    found = list(mark_papers(assignment, [Answered(name, "", {(1, "params"): "23296"}) for name in "abc"]))
    assert [bool(each.failed) for each in found] == [False, True, False]
    assert "out of luck" in found[1].failed
    assert found[2].marks[1].verdict is Verdict.RIGHT


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-f", "csv"), "not as 'csv'"),
        (("--feedback", "md,docx"), "unknown format 'docx'"),
        (("--backend", "moon"), "unknown backend"),
        (("--backend", "dask"), "scheduler"),
        (("--roster", "nowhere.csv"), "no such file"),
        (("--against", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_faults(
    desk: Path, words: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = written(desk / "answers.csv", {"a": {(1, "params"): "1"}})
    monkeypatch.setattr("sys.argv", ["worksheet", "mark", str(desk / "homework.yaml"), str(answers), *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert says in capsys.readouterr().err.lower()
    assert sorted(path.name for path in desk.iterdir()) == ["ai61002.sheet", "answers.csv", "homework.yaml", "personal.yaml"]


# One answer


def test_check(desk: Path) -> None:
    def check(*words: str) -> tuple[int, str]:
        code, out, _ = run("check", desk / "homework.yaml", *words)
        return code, out

    whose = "The sheet begins with Conv2d: 64c 11w 4s 2p; its input is 3 × 227 × 227.\n"
    assert check("--row", "4", "--flops", "24,09,95,328") == (0, f"{whose}S. No. 4, # Flops\n\nRight.\n")
    code, out = check("--row", "conv2d_1", "--params=23232", "--output", "64x56x56")
    assert code == 1
    assert "You forgot the biases" in out
    assert "23,296" not in out
    assert "S. No. 1, Output\n\nRight." in out
    assert "(cwh + 1)k" in check("--row", "1", "--params", "1", "--hint")[1]
    assert "= 23,296" in check("--row", "1", "--params", "1", "--show")[1]
    assert "6,11,00,840" in check("--row", "total", "--params", "1", "--show")[1]
    assert "Right under another convention" in check("--row", "2", "--flops", "200704")[1]
    assert "cannot be read" in check("--row", "2", "--flops", "7,3056,256")[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--row", "77", "--params", "1"], "there is no row '77'"),
        (["--row", "conv2d_9", "--params", "1"], "did you mean conv2d"),
        (["--row", "1", "--macs", "1"], "row 1 has no 'macs'"),
        (["--row", "1"], "no answer is given"),
        (["--row", "1", "params", "1"], "cannot read 'params'"),
    ],
)
def test_faults_of_check(
    desk: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["worksheet", "check", str(desk / "homework.yaml"), *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert says in capsys.readouterr().err


def test_check_of_a_variant_needs_the_student(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["worksheet", "check", str(desk / "personal.yaml"), "--row", "1", "--params", "1"])
    with pytest.raises(SystemExit):
        main()
    assert "--student" in capsys.readouterr().err
    own = solved(variant(read_assignment(desk / "personal.yaml"), "Zoë"))
    assert run("check", desk / "personal.yaml", "--student", "Zoë", "--row", "1", "--params", own[1, "params"])[0] == 0


def test_of_several_attempts_the_last_the_best_or_the_first_counts(desk: Path) -> None:
    """The second of three attempts has both answers right (23,296 parameters, 64 maps of 56 x 56): 1 + 2 points."""
    lines = ["Timestamp,id,1 output,1 params"]
    lines += [
        f"2026/12/01 {hour}:00:00,S1,{texts}" for hour, texts in ((9, "1x1x1,5"), (10, "64x56x56,23296"), (11, "64x56x56,7"))
    ]
    (desk / "form.csv").write_text("\n".join(lines))

    def points(homework: str, *words: str) -> int:
        code, out, err = run("mark", desk / homework, desk / "form.csv", "-f", "json", *words)
        assert code == 0
        assert err.count("S1 has 3 attempts") == 1
        return json.loads(out)["students"][0]["points"]

    (desk / "best.yaml").write_text(COMMON + "attempts: best\n")
    assert points("homework.yaml") == 1
    assert points("best.yaml") == 3
    assert points("best.yaml", "--attempts", "first") == 0
    assert points("homework.yaml", "--attempts", "best") == 3
    marked = ws.mark(desk / "homework.yaml", desk / "form.csv", attempts="best")
    assert sum(mark.points for mark in marked.papers[0].marks) == 3
    with pytest.raises(WorksheetError, match="unknown attempts 'worst'"):
        run("mark", desk / "homework.yaml", desk / "form.csv", "--attempts", "worst")


def test_columns_prints_a_map_and_map_reads_it(desk: Path) -> None:
    (desk / "form.csv").write_text("Time,Roll No.,How many parameters does layer 1 have?\n9:00,S1,23296\n")
    with pytest.raises(WorksheetError, match="no table of answers") as fault:
        run("mark", desk / "homework.yaml", desk / "form.csv", "-f", "json")
    assert '"Roll No.": student' in str(fault.value.hint)
    code, out, _err = run("mark", desk / "homework.yaml", desk / "form.csv", "--columns")
    assert code == 0
    assert '"How many parameters does layer 1 have?": 1 params' in out
    for encoding in ("utf-8", "utf-16"):  # the latter is what some shells write
        (desk / "map.yaml").write_bytes(out.encode(encoding))
        code, out_json, err = run("mark", desk / "homework.yaml", desk / "form.csv", "--map", desk / "map.yaml", "-f", "json")
        assert (code, err) == (0, "")
        assert json.loads(out_json)["students"][0]["points"] == 2
    assert ws.mark(desk / "homework.yaml", desk / "form.csv", column_map=desk / "map.yaml").papers[0].id == "S1"
    assert {path.name for path in desk.iterdir()} == {"ai61002.sheet", "homework.yaml", "personal.yaml", "form.csv", "map.yaml"}

"""A teacher's decisions: their file, what they do to marks, and where they are printed. Points are counted by hand."""

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest

import worksheet as ws
from tests.homework.test_mark_command import COMMON, run, written
from tests.sheet_facts import EXAMPLES
from worksheet.errors import WorksheetError

HEAD = "student,row,column,points,reason\n"
ROSTER = "id,name,section\na,Ann,A\nb,Bo,B\nc,Cy,B\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """104 points can be earned. Ann has 2 (the right parameters of row 1), Bo none, and Cy handed in nothing."""
    (tmp_path / "ai61002.sheet").write_text((EXAMPLES / "ai61002.sheet").read_text())
    (tmp_path / "homework.yaml").write_text(COMMON)
    (tmp_path / "class.csv").write_text(ROSTER)
    written(tmp_path / "answers.csv", {"a": {(1, "params"): "23296"}, "b": {(1, "params"): "17", (4, "flops"): "5"}})
    return tmp_path


def points(desk: Path, *lines: str) -> dict[str, float | None]:
    (desk / "decisions.csv").write_text(HEAD + "\n".join(lines) + "\n")
    marked = ws.mark(desk / "homework.yaml", desk / "answers.csv", roster=desk / "class.csv", decisions=desk / "decisions.csv")
    return {paper.id: None if paper.absent else float(paper.points) for paper in marked.papers}


@pytest.mark.parametrize(
    ("lines", "a", "b"),
    [
        ([], 2, 0),
        (["b,4,flops,0.5,the idea is right"], 2, 0.5),
        (['b,4,flops,"0,5",the idea is right'], 2, 0.5),
        (["b,4,# Flops,50 %,the idea is right"], 2, 1),
        (["b,4,flops,right,by word of mouth"], 2, 2),
        (["a,1,params,wrong,copied"], 0, 0),
        (["a,1,params,-0.5,two answers"], 1.5, 0),
        (["*,7,params,full,a misprint"], 4, 2),
        (["*,1,params,full,a misprint", "b,1,params,1,but not this"], 2, 1),
        (["section=B,1,params,full,another sheet"], 2, 2),
        (["b,paper,,+2,extra credit", "b,paper,points,+1,more of it"], 2, 3),
        (["b,paper,,50,oral examination"], 2, 50),
        (["*,paper,points,+100,a gift", "*,paper,most,90 %,a cap"], 93.6, 93.6),
        (["a,paper,most,1,repeated"], 1, 0),
        (["a,paper,points,-5,never below nothing"], 0, 0),
        (["*,paper,due,2026-12-01,", "*,paper,late,0.5,a day", "a,paper,handed in,2026-12-04,"], 0.5, 0),
        (["*,paper,due,2026-12-01,", "*,paper,late,1 %,a day", "a,paper,handed in,2026-12-02,"], 0.96, 0),
        (
            ["*,paper,due,2026-12-01,", "a,paper,due,2026-12-09,ill", "*,paper,late,1,a day", "a,paper,handed in,2026-12-04,"],
            2,
            0,
        ),
    ],
)
def test_points(desk: Path, lines: list[str], a: float, b: float) -> None:
    assert points(desk, *lines) == {"a": a, "b": b, "c": None}


FAULTS = {
    "x,1,params,1,r": (1, "unknown student"),
    "section=C,1,params,1,r": (1, "unknown student"),
    "a,99,params,1,r": (3, "unknown row"),
    "a,1,colour,1,r": (5, "unknown column"),
    "a,paper,colour,1,r": (9, "not decided for a paper"),
    "a,1,params,rigt,r": (12, "expected points or a verdict, read 'rigt'"),
    "a,1,params,1,": (14, "there is no reason"),
    "a,paper,due,2026-02-30,r": (13, "is not a date"),
    "a,1,params,1,r,s": (1, "6 cells below 5 headings"),
}


def test_faults_are_told_all_at_once_each_at_its_place(desk: Path) -> None:
    with pytest.raises(WorksheetError) as caught:
        points(desk, *FAULTS)
    assert [(fault.where.line, fault.where.column) for fault in caught.value.faults] == [
        (line, place) for line, (place, _) in enumerate(FAULTS.values(), 2)
    ]
    for fault, (_, says) in zip(caught.value.faults, FAULTS.values(), strict=True):
        assert says in fault.message


@pytest.mark.parametrize(
    ("lines", "says"),
    [(["a,1,params,1,r", "a,1,params,2,r"], "decided already in line 2"), (["*,paper,late,1,r"], "there is no due date")],
)
def test_lines_that_contradict(desk: Path, lines: list[str], says: str) -> None:
    with pytest.raises(WorksheetError, match=says):
        points(desk, *lines)


def test_the_file_is_not_there_or_has_other_headings(desk: Path) -> None:
    with pytest.raises(WorksheetError, match="no such file"):
        ws.mark(desk / "homework.yaml", desk / "answers.csv", decisions=desk / "none.csv")
    (desk / "other.csv").write_text("student,points\n")
    with pytest.raises(WorksheetError, match="there is no column row, column, reason"):
        ws.mark(desk / "homework.yaml", desk / "answers.csv", decisions=desk / "other.csv")


def test_decisions_are_printed_wherever_marks_are(desk: Path) -> None:
    """The assignment names the file; the reasons are in the feedback, the tables, the JSON and the changes."""
    run("mark", desk / "homework.yaml", desk / "answers.csv", "-o", desk / "old", "--report", "none")
    (desk / "homework.yaml").write_text(COMMON + "decisions: decisions.csv\n")
    lines = ["b,4,flops,1,half an idea", "a,paper,,+1.5,found the misprint", "c,1,params,1,oral"]
    (desk / "decisions.csv").write_text(HEAD + "\n".join(lines))
    code, _, err = run(
        "mark", desk / "homework.yaml", desk / "answers.csv", "--roster", desk / "class.csv", "-o", desk / "new", "--against",
        desk / "old" / "marks.csv", "--report", "md",
    )  # fmt: skip
    assert code == 0
    assert "c has no paper" in err
    students = {each["id"]: each for each in json.loads((desk / "new" / "marks.json").read_text())["students"]}
    assert students["a"]["points"] == 3.5
    assert students["a"]["decisions"] == [{"points": 1.5, "reason": "found the misprint"}]
    assert [cell["decided"] for cell in students["b"]["cells"] if "decided" in cell] == ["half an idea"]
    assert "found the misprint" in (desk / "new" / "feedback" / "a.md").read_text()
    assert "half an idea" in (desk / "new" / "feedback" / "b.md").read_text()
    changes = (desk / "new" / "changes.md").read_text()
    assert "decided, +1.5: found the misprint" in changes
    assert "4 flops: decided: half an idea" in changes
    with (desk / "new" / "marks.csv").open(encoding="utf-8-sig") as file:
        remarks = [line[-1] for line in csv.reader(file)]
    assert remarks[1:] == ["decided, +1.5: found the misprint", "decided: 4 flops", "not handed in"]


def test_points_for_a_cell_that_the_grader_failed_at() -> None:
    from worksheet.grading.mark import Mark, MarkedPaper, Verdict
    from worksheet.grading.results.decisions import DecidedAmount, Decision, Decisions

    failed = Mark((1, "params"), "", "7", None, Verdict.UNMARKED, Fraction(0), Fraction(2))
    decided = Decisions((Decision("*", (1, "params"), DecidedAmount(Fraction(2)), "by hand"),))
    (mark,) = decided.apply(MarkedPaper("a", "", (failed,))).marks
    assert (mark.points, mark.verdict, mark.decided) == (2, Verdict.RIGHT, "by hand")

"""Comparing new marks with old ones, from both files that hold them."""

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import worksheet as ws
from tests.grading.made_up import HOSTILE, hostile, students
from worksheet.grading.mark import MarkedPaper, Verdict
from worksheet.grading.results.old_marks import read_old_marks
from worksheet.grading.results.regrade import Regrade
from worksheet.grading.results.stable_json import JsonMarks
from worksheet.grading.results.streams import Writers
from worksheet.grading.results.tables import CsvMarks

MENDED = (4, "flops")


def files(folder: Path, class_: list[MarkedPaper]) -> list[Path]:
    paths = [folder / "old.csv", folder / "old.json"]
    with Writers([CsvMarks(paths[0]), JsonMarks(paths[1])]) as writers:
        for marked in class_:
            writers.add(marked)
    return paths


def compared(path: Path, class_: list[MarkedPaper]) -> Regrade:
    regrade = Regrade(read_old_marks(path))
    with Writers([regrade]) as writers:
        for marked in class_:
            writers.add(marked)
    return regrade


def mended(marked: MarkedPaper) -> MarkedPaper:
    """The same paper with one cell right for everybody."""
    marks = tuple(
        replace(mark, verdict=Verdict.RIGHT, points=mark.max, labels=(), carried_from=(), flags=())
        if mark.key == MENDED
        else mark
        for mark in marked.marks
    )
    return replace(marked, marks=marks)


@pytest.mark.parametrize("kind", [0, 1])
def test_the_same_marks_are_the_same(tmp_path: Path, kind: int) -> None:
    class_ = [*students(12), MarkedPaper("z", "Z", (), "failed"), *(hostile(text) for text in HOSTILE[:-1])]
    regrade = compared(files(tmp_path, class_)[kind], class_)
    assert (regrade.same, regrade.changed, regrade.new, regrade.missing) == (len(class_), [], [], [])


@pytest.mark.parametrize("kind", [0, 1])
def test_a_mended_key(tmp_path: Path, kind: int) -> None:
    class_ = students(40)
    path = files(tmp_path, class_)[kind]
    now = [mended(marked) for marked in class_[:-2]] + [replace(class_[0], id="new")]
    regrade = compared(path, now)
    wrong = {
        marked.id: mark for marked in class_[:-2] for mark in marked.marks
        if mark.key == MENDED and mark.verdict is not Verdict.RIGHT
    }  # fmt: skip
    assert {student.id for student in regrade.changed} == wrong.keys()
    for student in regrade.changed:
        (change,) = student.changes
        assert change.key == MENDED
        assert change.gain == wrong[student.id].max - wrong[student.id].points == student.gain
        assert change.before and change.before.verdict is wrong[student.id].verdict
        assert "right now" in change.why
    assert regrade.new == ["new"]
    assert regrade.missing == [marked.id for marked in class_[-2:]]
    data = regrade.data()
    assert data["compared"] == 38
    assert sum(entry["cells"] for entry in data["transitions"]) == len(wrong)
    gained = sum((mark.max - mark.points for mark in wrong.values()), Fraction(0))
    assert sum(entry["after"] - entry["before"] for entry in data["students"]) == pytest.approx(float(gained))
    text = ws.render(regrade.report("Worksheet 2"), "txt").decode()
    assert "Students who are missing now" in text
    assert "new" in text


def test_reasons(tmp_path: Path) -> None:
    one = students(1, right=1.0)[0]
    path = files(tmp_path, [one])[1]
    other = replace(one.marks[0], points=Fraction(1))
    retyped = replace(one.marks[1], answer="9", verdict=Verdict.WRONG, points=Fraction(0))
    regrade = compared(path, [replace(one, marks=(other, retyped, *one.marks[3:]))])
    whys = {change.key: change.why for change in regrade.changed[0].changes}
    assert whys[other.key] == "the same verdict, worth other points"
    assert whys[retyped.key] == "another answer"
    assert whys[one.marks[2].key] == "asked no more"


def test_a_table_that_a_spreadsheet_saved_again(tmp_path: Path) -> None:
    class_ = students(6)
    path = files(tmp_path, class_)[0]
    lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    text = "\n".join(
        ";".join(field.replace(".", ",") if field[:1].isdigit() and i else field for field in line)
        for i, line in enumerate(lines)
    )
    path.write_text(text, "utf-8")
    assert compared(path, class_).same == 6


FAULTS = {
    "a.csv": ("id;points\n", "there is no column name"),
    "b.csv": ("id,name,points,1 flops,1 flops verdict\na,b,1,2\n", "4 fields"),
    "c.csv": ("id,name,points,1 flops,1 flops verdict\na,b,1,x,right\n", "expected points, read 'x'"),
    "d.csv": ("id,name,points,1 flops,1 flops verdict\na,b,1,2,rihgt\n", "unknown verdict 'rihgt'"),
    "e.csv": ("id,name,points\na,b,1\na,b,1\n", "a second time"),
    "f.csv": ("", "there is no column"),
    "g.csv": ("id,name,points\na,b," + "9" * 50 + "\n", "expected points"),
    "a.json": ("{", "is not JSON"),
    "b.json": ("{}", "has no list of students"),
    "c.json": ('{"students": [1]}', "student number 1 has no id"),
    "d.json": ('{"students": [{"id": "a", "points": 1e999999999, "cells": []}]}', "expected points"),
    "e.json": ('{"students": [{"id": "a", "points": NaN, "cells": []}]}', "expected points"),
    "f.json": ('{"students": ' + "[" * 100_000, "does not hold marks"),
    "g.json": ('{"students": [{"id": "a", "points": ' + "1" * 5000 + ', "cells": []}]}', "does not hold marks"),
    "h.json": ('{"students": [{"id": "a", "cells": [{"column": "a", "verdict": "right", "row": -1}]}]}', "not a valid cell"),
    "i.json": ('{"students": [{"id": "a", "cells": [7]}]}', "has a cell without"),
    "j.json": ('{"students": [{"id": "a"}, {"id": "a"}]}', "a second time"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_old_marks(tmp_path: Path, name: str) -> None:
    text, says = FAULTS[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(ws.WorksheetError) as fault:
        read_old_marks(tmp_path / name)
    assert says in str(fault.value)
    assert name in str(fault.value)


def test_all_faults_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name,points,1 flops,1 flops verdict\na,b,1,x,right\nb,b,y,1,right\nc,d\n")
    with pytest.raises(ws.WorksheetError) as fault:
        read_old_marks(tmp_path / "a.csv")
    assert [each.where.line for each in fault.value.faults] == [2, 3, 4]


def test_what_is_no_file_of_marks(tmp_path: Path) -> None:
    with pytest.raises(ws.WorksheetError, match="no such file"):
        read_old_marks(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ws.WorksheetError, match="UTF-8"):
        read_old_marks(tmp_path / "a.csv")


def test_data_is_json(tmp_path: Path) -> None:
    class_ = students(5)
    regrade = compared(files(tmp_path, class_)[0], [mended(marked) for marked in class_])
    assert json.loads(ws.render(regrade.report(), "json")) == regrade.data()

"""The files of marks: exact, stable, safe in a spreadsheet, whole or not there at all."""

import csv
import io
import json
import re
import tracemalloc
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.grading import made_up
from tests.grading.made_up import HOSTILE, hostile, paper, students
from tests.sheet_facts import ROOT
from worksheet.errors import OutputError
from worksheet.grading.answers.submissions import Unplaced
from worksheet.grading.mark import FLAGS, MarkedPaper, Verdict
from worksheet.grading.results import tables
from worksheet.grading.results.amounts import decimal, sums
from worksheet.grading.results.stable_json import JsonMarks, JsonStream
from worksheet.grading.results.streams import Writers
from worksheet.grading.results.tables import CsvMarks, Workbook
from worksheet.spreadsheet import guarded, unguarded

FAILED = MarkedPaper("20CS99999", "Nobody", (), "its variant cannot be made")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(folder: Path, class_: list[MarkedPaper], unplaced=()) -> tuple[Path, Path]:
    paths = folder / "marks.csv", folder / "marks.json"
    with Writers([CsvMarks(paths[0]), JsonMarks(paths[1])]) as writers:
        for marked in class_:
            writers.add(marked)
        writers.unplaced = unplaced
    return paths


def test_json_says_what_was_marked(tmp_path: Path) -> None:
    class_ = students(5)
    lost = Unplaced("a.csv", 3, None, "no such student", "x", "4", "flops", "7").as_data()
    data = json.loads(written(tmp_path, class_, (lost,))[1].read_text("utf-8"))
    assert list(data) == ["students", "unplaced"]
    assert data["unplaced"] == [
        {
            "file": "a.csv", "line": 3, "cell": None, "says": "no such student",
            "student": "x", "row": "4", "column": "flops", "answer": "7",
        }
    ]  # fmt: skip
    for told, marked in zip(data["students"], class_, strict=True):
        assert (told["id"], told["name"]) == (marked.id, marked.name)
        assert told["points"] == float(sum(mark.points for mark in marked.marks))
        assert told["max"] == 2 * len(paper().shown)
        for cell, mark in zip(told["cells"], marked.marks, strict=True):
            assert (cell["row"], cell["column"]) == mark.key
            assert (cell["layer"], cell["answer"], cell["verdict"]) == (mark.layer, mark.answer, mark.verdict.value)
            assert cell["points"] == float(mark.points)
            assert cell["max"] == 2
            assert cell["flags"] == list(mark.flags)
            assert cell["carried_from"] == [list(key) for key in mark.carried_from]
            assert cell.get("conventions", []) == list(mark.conventions)


def test_json_tells_mistakes_by_their_ids_and_pairs_beside() -> None:
    told = JsonStream().data(MarkedPaper("a", "", (made_up.mark(paper().shown[1], Verdict.MISTAKE),)))["cells"][0]
    assert told["labels"] == ["par-no-bias", "par-no-channels", "slip-x10"]
    assert told["pairs"] == [["par-no-channels", "slip-x10"]]


def test_json_has_whole_points_as_whole_numbers() -> None:
    class_ = [replace(students(1, right=1.0)[0], id="a"), students(1, right=0.0)[0]]
    file = io.StringIO()
    stream = JsonStream(file)
    for marked in class_:
        stream.add(marked, sums(marked))
    stream.close(())
    data = json.loads(file.getvalue())
    for told in data["students"]:
        for figure in (told["points"], told["max"], *(cell["points"] for cell in told["cells"])):
            assert isinstance(figure, int) or not figure.is_integer()


def test_what_was_not_marked_is_no_zero(tmp_path: Path) -> None:
    cells = paper().shown
    broken = MarkedPaper(
        "b", "B", tuple(made_up.mark(cell, Verdict.UNMARKED if i == 3 else Verdict.RIGHT) for i, cell in enumerate(cells))
    )
    files = written(tmp_path, [FAILED, broken])
    failed, told = json.loads(files[1].read_text("utf-8"))["students"]
    assert failed["points"] is None
    assert failed["failed"] == FAILED.failed
    assert told["cells"][3]["points"] is None
    with files[0].open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["points"], first["percent"], first["remark"]) == ("", "", f"not marked: {FAILED.failed}")
    assert (second["points"], second["percent"], second["remark"]) == (str(2 * len(cells) - 2), "", "1 cell not marked")
    column = f"{cells[3].row} {cells[3].column}"
    assert (second[column], second[f"{column} verdict"]) == ("", "unmarked")


def test_csv_has_a_line_for_each_student(tmp_path: Path) -> None:
    class_ = students(7)
    path = written(tmp_path, class_)[0]
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,name,points,max,percent,1 output,1 output verdict,")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["id"] for line in lines] == [marked.id for marked in class_]
    for line, marked in zip(lines, class_, strict=True):
        points = sum(mark.points for mark in marked.marks)
        assert Fraction(line["points"]) == points
        assert abs(float(line["percent"]) - float(100 * points / marked.max)) < 0.0051
        for mark in marked.marks:
            name = f"{mark.key[0]} {mark.key[1]}"
            assert Fraction(line[name]) == mark.points
            assert line[f"{name} verdict"] == mark.verdict


@pytest.mark.parametrize("text", [*HOSTILE, "=1", "+1", "-1", "@a", "\r=1", "\n=1", ' "=1', "'=1", "''-1", "＝1", "\u00a0=1"])
def test_no_cell_of_a_table_is_a_formula(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, [hostile(text)])[0]
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.reader(file):
            assert not [field for field in line if field.lstrip(' "`\u00a0').startswith(DANGEROUS)]
        file.seek(0)
        assert unguarded(next(csv.DictReader(file))["id"].removeprefix("\ufeff")) == text


@pytest.mark.parametrize("text", ["x;=1+1", "x|=1+1", "x\t=1+1", 'x; "=1+1', "=1;=2", "x;@SUM(1)", "a;-1|+2"])
def test_what_follows_another_separator_is_guarded(text: str) -> None:
    """A spreadsheet whose list separator is a semicolon would begin a cell there."""
    cells = re.split(r"[;|\t]", guarded(text))
    assert not [cell for cell in cells if cell.lstrip(" \"'").startswith(("=", "+", "-", "@")) and not cell.startswith("'")]
    assert unguarded(guarded(text)) == text


def test_numbers_and_plain_texts_are_not_guarded() -> None:
    for text in ("20CS30001", "Ana-María", "a=b", "3 + 4", "", "O'Neill", "'quoted'"):
        assert guarded(text) == text == unguarded(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_a_workbook_are_texts(tmp_path: Path, text: str) -> None:
    import openpyxl

    path = tmp_path / "marks.xlsx"
    with Writers([Workbook(path)]) as writers:
        writers.add(hostile(text))
        writers.add(students(1)[0])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Marks", "Cells"]
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"inlineStr", "s", "n"}
    visible = "".join(sign for sign in text if sign.isprintable() or sign in "\t\n")
    assert "".join(sign for sign in book["Marks"]["A2"].value if sign != "\ufffd") == "".join(
        sign for sign in text if sign in visible or sign == "\u202e"
    )
    assert book["Marks"]["A3"].value == "20CS00000"
    assert book["Cells"].max_row == 1 + 2 * len(paper().shown)


def test_a_large_class_has_no_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_LINES", 2 * len(paper().shown))
    book = Workbook(tmp_path / "marks.xlsx")
    with Writers([book]) as writers:
        for marked in students(3):
            writers.add(marked)
    assert "marks.csv" in book.left_out
    assert list(tmp_path.iterdir()) == []


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text("old")
    with (
        pytest.raises(KeyError),
        Writers([CsvMarks(path), JsonMarks(tmp_path / "marks.json"), Workbook(tmp_path / "m.xlsx")]) as writers,
    ):
        writers.add(students(1)[0])
        assert path.read_text() == "old"
        raise KeyError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OutputError, match="cannot be written"):
        CsvMarks(tmp_path / "no" / "marks.csv")


def test_an_empty_class_has_files_too(tmp_path: Path) -> None:
    files = written(tmp_path, [])
    assert json.loads(files[1].read_text()) == {"students": [], "unplaced": []}
    assert files[0].read_bytes() == b"\xef\xbb\xbfid,name,points,max,percent,remark\r\n"


def test_half_a_sign_breaks_no_file(tmp_path: Path) -> None:
    files = written(tmp_path, [hostile("a\ud800b")])
    assert json.loads(files[1].read_text("utf-8"))["students"][0]["id"] == "a?b"


def test_memory_does_not_grow_with_the_class(tmp_path: Path) -> None:
    def most(many: int) -> int:
        class_ = students(20)
        tracemalloc.start()
        with Writers([CsvMarks(tmp_path / "m.csv"), JsonMarks(tmp_path / "m.json")]) as writers:
            for i in range(many):
                writers.add(class_[i % 20])
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    small, large = most(100), most(600)
    assert large < 1.1 * small


@pytest.mark.parametrize(("value", "text"), [("1/3", "0.333333"), ("2", "2"), ("-1/2", "-0.5"), ("1999999/2000000", "1")])
def test_points_are_printed_with_six_decimals(value: str, text: str) -> None:
    assert decimal(Fraction(value)) == text


def test_sums_are_exact() -> None:
    for marked in students(20):
        assert sums(marked)[:2] == (marked.points, marked.max)


def test_the_manual_tells_every_verdict_flag_and_key() -> None:
    page = (ROOT / "docs" / "marks.md").read_text("utf-8")
    keys = {"id", "name", "points", "max", "failed", "cells", "unplaced", "row", "layer", "column", "answer", "verdict", "flags"}
    keys |= {"labels", "pairs", "carried_from", "conventions", "own", "says", "absent", "decided", "decisions"}
    for word in (*Verdict, *FLAGS, *keys):
        assert f"`{word}`" in page, word
    written = [JsonStream().data(marked) for marked in (*students(20), FAILED)]
    assert {key for told in written for cell in told["cells"] for key in cell} | set(written[0]) | set(written[-1]) <= keys

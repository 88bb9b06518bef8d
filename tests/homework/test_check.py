"""One answer checked against a student's own sheet: whom it is taken for, and who is not in the class."""

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import worksheet as ws
from tests.sheet_facts import SHEET
from worksheet.cli import app
from worksheet.errors import WorksheetError
from worksheet.homework.roster import Student, read_roster

SIZE = "64x56x56"  # of row 1, without variants


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    (tmp_path / "net.sheet").write_text(SHEET.read_text())
    (tmp_path / "class.csv").write_text("id,name\n20CS30001,Anna\n20CS30002,Boris\n")
    path = tmp_path / "homework.yaml"
    path.write_text("title: Worksheet 2\nnetwork: net.sheet\nconvention: ai61002\nask: [output, params]\n")
    return path


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", *words])
    return result.exit_code, result.output


def test_it_says_whose_sheet_it_is(homework: Path) -> None:
    answer = ws.check(homework, 1, "output", SIZE, student="20CS30001")
    assert answer.taken_for() == "The sheet of 20CS30001 begins with Conv2d: 64c 11w 4s 2p; its input is 3 × 227 × 227."
    nobody = ws.check(homework, 1, "output", SIZE)
    assert nobody.taken_for() == "The sheet begins with Conv2d: 64c 11w 4s 2p; its input is 3 × 227 × 227."


def test_the_command_says_how_many_answers_it_understood(homework: Path) -> None:
    code, text = run(str(homework), "--student", "x", "--row", "1", "--output", SIZE, "--params", "23 thousand")
    assert code == 1
    assert text.startswith("The sheet of x begins with")
    assert "1 of 2 answers understood" in text


@pytest.mark.parametrize("roster", ["class.csv", "out/manifest.json"])
def test_an_id_is_looked_up_in_the_class(homework: Path, tmp_path: Path, roster: str) -> None:
    ws.generate(homework, tmp_path / "out", roster=tmp_path / "class.csv", formats="txt", forms="csv", combined=False)
    path = tmp_path / roster
    assert ws.check(homework, 1, "output", SIZE, student="20cs30001", roster=path).student == "20CS30001"
    with pytest.raises(WorksheetError, match="there is no student '20CS3001'") as fault:
        ws.check(homework, 1, "output", SIZE, student="20CS3001", roster=path)
    assert "did you mean 20CS30001" in str(fault.value)
    code, _ = run(str(homework), "--student", "nobody", "--roster", str(path), "--row", "1", "--output", SIZE)
    assert code != 0


def test_a_roster_as_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (["ID", "Name"], ["20CS30001", "Anna"], [7, "हिन्दी"]):
        book.active.append(line)
    book.save(tmp_path / "class.xlsx")
    assert read_roster(tmp_path / "class.xlsx") == (Student("20CS30001", "Anna"), Student("7", "हिन्दी"))


def test_what_is_no_workbook_or_manifest(tmp_path: Path) -> None:
    (tmp_path / "class.xlsx").write_text("id,name\n")
    (tmp_path / "manifest.json").write_text("[1]")
    with pytest.raises(WorksheetError, match="workbook"):
        read_roster(tmp_path / "class.xlsx")
    with pytest.raises(WorksheetError, match="is not a manifest of homework"):
        read_roster(tmp_path / "manifest.json")


def test_one_column_needs_no_brackets_and_a_network_of_the_zoo_no_prefix(tmp_path: Path) -> None:
    path = tmp_path / "homework.yaml"
    path.write_text("title: A\nnetwork: alexnet\nask: params\ntotal: params\nvariants: {seed: 1, vary: input}\n")
    read = ws.assignment(path)
    assert read.network.nodes == ws.read("zoo:alexnet").nodes
    assert read.ask.columns == {"*": ("params",)}
    assert read.ask.totals == ("params",)
    assert read.variants.vary == ("input",)


def test_a_name_that_is_nearly_in_the_zoo(tmp_path: Path) -> None:
    path = tmp_path / "homework.yaml"
    path.write_text("title: A\nnetwork: alexnett\nask: params\n")
    with pytest.raises(WorksheetError, match="cannot read 'alexnett' as a network") as fault:
        ws.assignment(path)
    assert "did you mean alexnet" in str(fault.value)


def test_without_a_class_the_sheet_is_described_and_a_manifest_is_found(tmp_path: Path) -> None:
    """A mistyped id gives a sheet that nobody has: it is not called the student's."""
    homework = tmp_path / "homework.yaml"
    homework.write_text("title: One\nnetwork: zoo:alexnet\nvariants: {seed: 7}\n")
    unknown = ws.check(homework, 1, "params", "1", student="s1").taken_for()
    assert "no list of the class to look s1 up in" in unknown
    assert "If yours begins otherwise, the id is mistyped." in unknown
    (tmp_path / "class.csv").write_text("id\nS1\n")
    ws.generate(homework, tmp_path / "out", roster=tmp_path / "class.csv", formats=["md"], forms=[])
    known = ws.check(homework, 1, "params", "1", student="s1")
    assert known.student == "S1"
    assert known.taken_for().startswith("The sheet of S1 begins with ")
    with pytest.raises(WorksheetError, match="there is no student 's2'"):
        ws.check(homework, 1, "params", "1", student="s2")

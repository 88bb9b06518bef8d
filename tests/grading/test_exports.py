"""Files as learning platforms and forms export them: whose the answers are, and which cells the columns hold."""

import zipfile
from pathlib import Path

import pytest

from tests.grading.test_answers import LAYOUT, lined, texts_of, workbook, written
from worksheet.grading.answers import Answers, read
from worksheet.homework.roster import read_roster, students_of

ROSTER = """\
id,name,email
S003,Ana María López,ana@uni.example
S004,Björn Müller,B.Mueller@uni.example
S007,Student Seven,s7@uni.example
"""
SEVEN = {(1, "output"): "64x56x56", (1, "params"): "23,296"}


def read_with_roster(tmp_path: Path, *paths: Path) -> Answers:
    return read(list(paths), LAYOUT, students_of(read_roster(written(tmp_path / "roster.csv", ROSTER))))


def read_table(tmp_path: Path, rows: list[list[str]]) -> Answers:
    return read_with_roster(tmp_path, written(tmp_path / "answers.csv", lined(rows)))


# Whose answers


@pytest.mark.parametrize(
    "heading",
    ["ID number", "ID-Nummer", "Numéro d'identification", "Número de ID", "sis_id", "SIS User ID", "SID", "uid", "Matric", "?"],
)  # fmt: skip
def test_the_column_that_holds_the_ids_is_the_id_whatever_it_is_called(tmp_path: Path, heading: str) -> None:
    answers = read_table(tmp_path, [["Surname", heading, "1 output", "1 params"], ["Seven", "s007", *SEVEN.values()]])
    assert texts_of(answers) == {"S007": SEVEN}
    assert not answers.unplaced


@pytest.mark.parametrize("heading", ["Email address", "E-Mail-Adresse", "Adresse de courriel", "Dirección de correo", "Username"])
def test_an_address_names_a_student_without_case(tmp_path: Path, heading: str) -> None:
    answers = read_table(tmp_path, [[heading, "1 output", "1 params"], ["b.mueller@UNI.example", *SEVEN.values()]])
    assert texts_of(answers) == {"S004": SEVEN}
    assert not answers.unplaced


@pytest.mark.parametrize(
    "headings", [("Surname", "First name"), ("Nachname", "Vorname"), ("Nom de famille", "Prénom"), ("Apellido(s)", "Nombre")]
)
def test_a_name_in_two_columns_names_a_student(tmp_path: Path, headings: tuple[str, str]) -> None:
    rows = [[*headings, "1 output", "1 params"], ["López", "Ana María", *SEVEN.values()], ["Nobody", "Else", "1x1x1", "2"]]
    answers = read_table(tmp_path, rows)
    assert texts_of(answers) == {"S003": SEVEN}
    assert [(line.says, line.student) for line in answers.unplaced] == [("unknown student", "Else Nobody")] * 2


def test_the_own_number_of_a_form_is_not_the_id(tmp_path: Path) -> None:
    roster = written(tmp_path / "numbers.csv", "id\n1\n2\n3\n")
    rows = [["ID", "Start time", "Completion time", "Email", "Name", "Roll number", "1 params"]]
    rows += [["1", "46357.4", "46357.5", "anonymous", "", "3", "23296"], ["2", "46357.4", "46357.5", "anonymous", "", "1", "7"]]
    for path in (written(tmp_path / "form.csv", lined(rows)), written(tmp_path / "form.xlsx", workbook(rows))):
        answers = read([path], LAYOUT, students_of(read_roster(roster)))
        assert texts_of(answers) == {"3": {(1, "params"): "23296"}, "1": {(1, "params"): "7"}}
        assert texts_of(read([path], LAYOUT)) == texts_of(answers)


def test_a_long_table_is_named_by_whatever_column_holds_the_ids(tmp_path: Path) -> None:
    rows = [["id", "login", "row", "column", "answer"], ["991", "S007", "1", "params", "23,296"]]
    assert texts_of(read_table(tmp_path, rows)) == {"S007": {(1, "params"): "23,296"}}


def test_a_mistyped_id_falls_back_on_the_address(tmp_path: Path) -> None:
    rows = [["Roll no.", "Email", "1 params"], ["S07", "s7@uni.example", "1"], ["S003", "", "2"], ["S9", "x@y.example", "3"]]
    answers = read_table(tmp_path, rows)
    assert texts_of(answers) == {"S007": {(1, "params"): "1"}, "S003": {(1, "params"): "2"}}
    assert [line.student for line in answers.unplaced] == ["S9"]


# Names of files and folders

FORM = 'row,column,answer\n1,output,64x56x56\n1,params,"23,296"\n'


@pytest.mark.parametrize(
    "name",
    [
        "Student Seven_12345_assignsubmission_file_/answers.csv",  # Moodle, a folder for each student
        "Student Seven_12345_assignsubmission_file_answers.csv",  # Moodle, all files in one folder
        "sevenstudent_991_12345_answers.csv",  # Canvas
        "sevenstudent_LATE_991_12345_answers-1.csv",
        "Homework 2_S007_attempt_2026-12-01-09-40-00_answers.csv",  # Blackboard
        "submission_88/s7@uni.example/answers.csv",
        "S007/hw2/answers.csv",  # nbgrader
    ],
)
def test_a_folder_or_file_names_its_student_through_the_roster(tmp_path: Path, name: str) -> None:
    written(tmp_path / "handed" / name, FORM)
    answers = read_with_roster(tmp_path, tmp_path / "handed")
    assert texts_of(answers) == {"S007": SEVEN}
    with zipfile.ZipFile(tmp_path / "handed.zip", "w") as pack:
        pack.writestr(name, FORM)
    assert texts_of(read_with_roster(tmp_path, tmp_path / "handed.zip")) == {"S007": SEVEN}


def test_folders_above_what_was_handed_in_name_nobody(tmp_path: Path) -> None:
    written(tmp_path / "S003" / "handed" / "answers.csv", FORM)
    assert texts_of(read_with_roster(tmp_path, tmp_path / "S003" / "handed")) == {}


def test_without_a_roster_a_moodle_folder_is_named_by_its_student(tmp_path: Path) -> None:
    for name in ("Ana López_1_assignsubmission_file_", "Björn Müller_2_assignsubmission_file_"):
        written(tmp_path / "handed" / name / "answers.csv", FORM)
    assert set(texts_of(read([tmp_path / "handed"], LAYOUT))) == {"Ana López", "Björn Müller"}


def test_a_name_of_two_students_names_nobody(tmp_path: Path) -> None:
    roster = written(tmp_path / "two.csv", "id,name\nS1,Anna Bell\nS2,Bell Anna\n")
    rows = [["Name", "1 params"], ["Anna Bell", "1"]]
    answers = read([written(tmp_path / "a.csv", lined(rows))], LAYOUT, students_of(read_roster(roster)))
    assert texts_of(answers) == {}
    assert "unknown student" in answers.unplaced[0].says


# Headings


@pytest.mark.parametrize(
    "heading", ["1234567: Row 1, params", "17: [1 params] How many parameters?", "How many? [v0007 1 params]", "[1 # Params]"]
)
def test_a_heading_may_carry_a_number_and_a_code(tmp_path: Path, heading: str) -> None:
    answers = read_table(tmp_path, [["sis_id", heading, "1.0"], ["S007", "23,296", "1.0"]])
    assert texts_of(answers) == {"S007": {(1, "params"): "23,296"}}
    assert not answers.unplaced


@pytest.mark.parametrize(
    "heading", ["Points - [1 params]", "Feedback - [1 params]", "[1 params] [Score]", "Punkte – [1 params]", "3.0"]
)
def test_columns_of_points_and_feedback_are_passed_over(tmp_path: Path, heading: str) -> None:
    answers = read_table(tmp_path, [["id", "[1 params]", heading], ["S007", "23,296", "1.0"]])
    assert texts_of(answers) == {"S007": {(1, "params"): "23,296"}}
    assert not answers.unplaced

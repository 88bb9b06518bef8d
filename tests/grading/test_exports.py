"""Files as learning platforms and forms export them: whose the answers are, and which cells the columns hold."""

import zipfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.grading.test_answers import COLUMNS, LAYOUT, NAMES, lined, texts_of, workbook, written
from worksheet.errors import WorksheetError
from worksheet.grading.answers import Answers, Layout, column_map, read, read_columns
from worksheet.grading.answers.students import Students
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


# Moodle, Blackboard, PrairieLearn

ORDER = [f"{row} {column}" for row, column in LAYOUT.order]
ALL = {key: str(1000 + number) for number, key in enumerate(LAYOUT.order)}
WHO = ["Nachname", "Vorname", "ID-Nummer", "Status", "Begonnen", "Beendet", "Bewertung/12,00"]
SEVEN_MOODLE = ["Seven", "Student", "S007", "Beendet", "1. Dezember 2026", "1. Dezember 2026", "-"]


@pytest.mark.parametrize("word", ["Response", "Antwort", "Réponse", "Respuesta"])
def test_as_many_responses_as_cells_are_in_the_order_of_the_sheet(tmp_path: Path, word: str) -> None:
    heads = [f"{word} {number + 1}" for number in range(len(ALL))]
    answers = read_table(tmp_path, [[*WHO, *heads], [*SEVEN_MOODLE, "-", *list(ALL.values())[1:]]])
    assert texts_of(answers) == {"S007": dict(list(ALL.items())[1:])}
    assert not answers.unplaced


def test_fewer_responses_than_cells_are_not_guessed_but_a_map_is_proposed(tmp_path: Path) -> None:
    with pytest.raises(WorksheetError) as fault:
        read_table(tmp_path, [[*WHO, "Antwort 1", "Antwort 2"], [*SEVEN_MOODLE, "64x56x56", "23296"]])
    for line in ('"ID-Nummer": student', '"Antwort 1": 1 output', '"Antwort 2": 1 params', "--columns"):
        assert line in str(fault.value.hint)


@pytest.mark.parametrize("word", ["part", "Teil", "partie", "parte"])
def test_a_response_in_parts_is_divided(tmp_path: Path, word: str) -> None:
    texts = [*list(ALL.values())[:-2], "", "3; 4"]
    parts = "; ".join(f"{word} {number}: {text}" for number, text in enumerate(texts, 1))
    answers = read_table(tmp_path, [[*WHO, "Response 1"], [*SEVEN_MOODLE, parts]])
    assert texts_of(answers) == {"S007": {key: text for key, text in zip(ALL, texts, strict=True) if text}}


def test_canvas_joins_the_blanks_of_a_question(tmp_path: Path) -> None:
    rows = [["name", "id", "sis_id", "77: Fill in [1 output] and [1 params]", "2.0", "78: [3 flops]?", "1.0", "score"]]
    rows += [["Seven", "991", "S007", r"64x56x56,23\,296", "2.0", "1,000", "1.0", "3.0"]]
    rows += [["Ana", "992", "S003", "64x56x56,23,296", "0.0", "", "0.0", "0.0"]]
    answers = read_table(tmp_path, rows)
    assert texts_of(answers) == {"S007": SEVEN | {(3, "flops"): "1,000"}, "S003": {}}
    assert [(line.student, line.answer) for line in answers.unplaced] == [("S003", "64x56x56,23,296")]


def test_the_codes_of_a_question_say_which_cells_a_response_holds(tmp_path: Path) -> None:
    rows = [["ID number", "Question 1", "Response 1", "Right answer 1"]]
    rows += [["S007", "[v0007 1 params] How many? [v0007 3 flops] And here?", "part 1: 23296; part 2: 7", "part 1: 1; part 2: 2"]]
    rows += [["S003", "[v0003 total params] Sum?", "61", "62"], ["S004", "no code", "9", "9"]]
    answers = read_table(tmp_path, rows)
    assert texts_of(answers) == {
        "S007": {(1, "params"): "23296", (3, "flops"): "7"},
        "S003": {("total", "params"): "61"},
        "S004": {},
    }
    assert [(line.student, line.line, line.answer) for line in answers.unplaced] == [("S004", 4, "9")]


def test_blackboard_downloads_questions_and_answers_side_by_side(tmp_path: Path) -> None:
    heads = [
        "Username",
        "Last Name",
        "First Name",
        "Question ID 1",
        "Question 1",
        "Answer 1",
        "Possible Points 1",
        "Auto Score 1",
    ]
    rows = [
        [*heads, "Manual Score 1"],
        ["s007", "Seven", "Student", "Question ID 1", "<p>[1 params] How many?</p>", "23,296", "4", "4", ""],
    ]
    text = lined(rows, "\t").encode("utf-16-le")
    for data in (text, b"\xff\xfe" + text):
        answers = read_with_roster(tmp_path, written(tmp_path / "gc.csv", data))
        assert texts_of(answers) == {"S007": {(1, "params"): "23,296"}}
        assert not answers.unplaced


def test_prairielearn_writes_a_json_object_and_staff_is_left_out(tmp_path: Path) -> None:
    heads = [
        "UID",
        "UIN",
        "Username",
        "Name",
        "Role",
        "Question",
        "Params",
        "submission_id",
        "Submission date",
        "Submitted answer",
    ]
    line = ["s7@uni.example", "S007", "s7", "Student Seven", "Student"]
    rows = [heads, [*line, "q1", "{}", "1", "2026-12-01T09:00:00", '{"r1_params": "1", "1_output": "64x56x56"}']]
    rows += [[*line, "q2", "{}", "2", "2026-12-01T09:05:00", '{"total_params": "7"}']]
    rows += [[*line, "q1", "{}", "3", "2026-12-01T09:10:00", '{"r1_params": "23,296", "1_output": "64x56x56", "_x": "1"}']]
    rows += [["ana@uni.example", "S003", "ana", "Ana", "Staff", "q1", "{}", "4", "2026-12-01T09:10:00", '{"r1_params": "0"}']]
    answers = read_table(tmp_path, rows)
    assert texts_of(answers) == {"S007": SEVEN | {("total", "params"): "7"}}
    assert len(answers.notes) == 1


# A map of columns

SENTENCES = [
    ["Timestamp", "Matric", "What is the output size of layer 1?", "How many parameters does layer 1 have?"],
    ["2026/12/01 9:40:00", "S007", "64x56x56", "23,296"],
]


def test_sentences_are_read_through_a_map(tmp_path: Path) -> None:
    path = written(tmp_path / "answers.csv", lined(SENTENCES))
    columns = read_columns([path], LAYOUT, Students(None))
    text = column_map.written(columns[0].roles)
    assert not columns[0].is_understood
    assert text.splitlines()[2:] == [f'"{SENTENCES[0][2]}": 1 output', f'"{SENTENCES[0][3]}": 1 params']
    layout = Layout(LAYOUT.order, NAMES, COLUMNS)
    layout.mapped = column_map.read_map(written(tmp_path / "map.yaml", text), layout)
    layout.mapped = column_map.read_map(
        written(tmp_path / "map.yaml", text.replace('Matric": ignored', 'Matric": student')), layout
    )
    answers = read([path], layout)
    assert texts_of(answers) == {"S007": SEVEN}
    assert not answers.unplaced


def test_a_map_may_divide_responses_and_ignore_columns(tmp_path: Path) -> None:
    layout = Layout(LAYOUT.order, NAMES, COLUMNS)
    text = "Response 1: [1 output, 1 params]\nResponse 2: total params\nResponse 3: ignored\nWho: student\n"
    layout.mapped = column_map.read_map(written(tmp_path / "map.yaml", text), layout)
    rows = [["Who", "Response 1", "Response 2", "Response 3"], ["S1", "part 1: 64x56x56; part 2: 23,296", "5", "6"]]
    answers = read([written(tmp_path / "a.csv", lined(rows))], layout)
    assert texts_of(answers) == {"S1": SEVEN | {("total", "params"): "5"}}
    assert not answers.unplaced


def test_every_fault_of_a_map_is_named_at_its_line(tmp_path: Path) -> None:
    path = written(tmp_path / "map.yaml", "A: student\nB: 4 flops\nC: [1 params, 1 parms]\n")
    with pytest.raises(WorksheetError) as fault:
        column_map.read_map(path, LAYOUT)
    assert [each.where.line for each in fault.value.faults] == [2, 3]


# Several attempts


@pytest.mark.parametrize(("attempts", "text"), [("last", "23296"), ("first", "23232")])
def test_the_last_attempt_counts_unless_told(tmp_path: Path, attempts: str, text: str) -> None:
    rows = [["Timestamp", "id", "1 output", "1 params"]]
    rows += [["2026/12/01 9:00:00", "S007", "1x1x1", "23232"], ["2026/12/01 9:10:00", "S003", "", "5"]]
    rows += [["2026/12/01 10:00:00", "S007", "1x1x1", "23296"]]
    for lines in (rows, [rows[0], *reversed(rows[1:])]):  # whatever the order of the lines
        answers = read([written(tmp_path / "a.csv", lined(lines))], LAYOUT, attempts=attempts)
        assert texts_of(answers)["S007"] == {(1, "output"): "1x1x1", (1, "params"): text}
        assert texts_of(answers)["S003"] == {(1, "params"): "5"}
        assert [note.partition(": ")[2] for note in answers.notes] == [f"S007 has 2 attempts: the {attempts} counts"]
        assert not answers.unplaced


def test_an_attempt_that_was_not_finished_gives_way(tmp_path: Path) -> None:
    rows = [["ID number", "State", "1 params"], ["S007", "Finished", "1"], ["S007", "In progress", "2"]]
    assert texts_of(read_table(tmp_path, rows)) == {"S007": {(1, "params"): "1"}}


def test_lines_of_one_student_with_different_cells_are_one_paper(tmp_path: Path) -> None:
    rows = [["id", "1 output", "1 params"], ["S007", "64x56x56", ""], ["S007", "", "23,296"]]
    answers = read_table(tmp_path, rows)
    assert texts_of(answers) == {"S007": SEVEN}
    assert not answers.notes


def test_a_line_that_names_two_students_has_no_place(tmp_path: Path) -> None:
    rows = [["Roll no.", "Email", "1 params"], ["S007", "s7@uni.example", "1"], ["S003", "s7@uni.example", "2"]]
    answers = read_table(tmp_path, rows)
    assert texts_of(answers) == {"S007": {(1, "params"): "1"}}
    assert [(line.line, line.student, line.says) for line in answers.unplaced] == [
        (3, "S003 and S007", "its columns name different students")
    ]


def test_time_stamps_are_no_answers_taken_for_dates(tmp_path: Path) -> None:
    moment = datetime(2026, 12, 1, 9, 40)  # noqa: DTZ001  # workbooks know no time zones
    rows: list[list] = [["Timestamp", "id", "1 params", "1 flops"], [moment, "S007", "23296", "1"]]
    assert not read([written(tmp_path / "a.xlsx", workbook(rows))], LAYOUT).notes
    rows[1][2] = moment
    assert "holds dates" in read([written(tmp_path / "a.xlsx", workbook(rows))], LAYOUT).notes[0]


# Hostile tables

WORDS = st.sampled_from([
    "Response 1", "Response 2", "Question 1", "Submitted answer", "id", "ID number", "Email", "1 params", "[1 flops]", "1.0",
    "part 1: ; part 2: 5", "[1 params] [3 flops]", '{"1_params": {"a": []}}', '{"a":', "S007", "", "Student", "x" * 500, "7: [",
    "Role", "\0",
])  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(WORDS, max_size=8), max_size=5))
def test_no_table_makes_the_reader_fail(tmp_path: Path, rows: list[list[str]]) -> None:
    path = written(tmp_path / "a.csv", lined(rows).replace("\0", ""))
    for students in (None, ["S007"]):
        with suppress(WorksheetError):
            read([path], LAYOUT, students)
        with suppress(WorksheetError):
            column_map.written(read_columns([path], LAYOUT, Students(students))[0].roles)

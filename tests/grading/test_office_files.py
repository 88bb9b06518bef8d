"""Answers in the files of office programs and notebooks: spreadsheets, forms, one-cell lines, literals that are never run."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.grading.test_answers import LAYOUT, lined, texts_of, written
from worksheet.errors import WorksheetError
from worksheet.grading.answers import read
from worksheet.grading.answers.notebook import literal
from worksheet.grading.answers.students import Students
from worksheet.homework.roster import read_roster

SEVEN = {(1, "output"): "64x56x56", (1, "params"): "23,296"}
ODF = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
SPREADSHEET = (
    f'<office:document-content xmlns:office="{ODF.format("office")}" xmlns:table="{ODF.format("table")}" '
    f'xmlns:text="{ODF.format("text")}"><office:body><office:spreadsheet>{{}}</office:spreadsheet></office:body>'
    "</office:document-content>"
)
BLANK = '<table:table-cell table:number-columns-repeated="16000"/>'
BLANK_ROWS = f'<table:table-row table:number-rows-repeated="1048000">{BLANK}</table:table-row>'


def zipped(part: str, text: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(part, text)
    return data.getvalue()


def ods(*rows: str) -> bytes:
    return zipped(
        "content.xml", SPREADSHEET.format(f'<table:table table:name="Sheet1">{"".join(rows)}{BLANK_ROWS}</table:table>')
    )


def cells(*texts: str | float) -> str:
    """A row as LibreOffice writes it."""
    each = (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        if isinstance(text, str)
        else f'<table:table-cell office:value-type="float" office:value="{text}"><text:p>shown</text:p></table:table-cell>'
        for text in texts
    )
    return f"<table:table-row>{''.join(each)}{BLANK}</table:table-row>"


# Spreadsheets of LibreOffice


def test_an_ods_is_read_with_its_values(tmp_path: Path) -> None:
    skipped = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    last = cells("x").replace("<table:table-row>", f"<table:table-row>{gap}")
    rows = [cells("student", "1 output", "1 params", "3 flops"), skipped, cells("S1", "64x56x56", 23296, 1.5), last]
    answers = read([written(tmp_path / "a.ods", ods(*rows))], LAYOUT)
    assert texts_of(answers) == {"S1": {(1, "output"): "64x56x56", (1, "params"): "23296", (3, "flops"): "1.5"}}
    submission = next(iter(answers))
    assert submission.places[1, "params"].line == 5
    assert [line.line for line in answers.unplaced] == [6]


def test_spaces_and_breaks_of_an_ods_are_characters(tmp_path: Path) -> None:
    text = '64<text:s text:c="2"/>x<text:s/>56<text:span>x</text:span>56'
    answers = read([written(tmp_path / "a.ods", ods(cells("student", "1 output"), cells("S1", text)))], LAYOUT)
    assert texts_of(answers) == {"S1": {(1, "output"): "64  x 56x56"}}


def test_a_roster_may_be_an_ods(tmp_path: Path) -> None:
    students = read_roster(written(tmp_path / "class.ods", ods(cells("id", "name"), cells(7, "Anna"))))
    assert [(each.id, each.name) for each in students] == [("7", "Anna")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 no zip", "cannot be read"),
        (zipped("other.xml", "<a/>"), "has no part content.xml"),
        (zipped("content.xml", "<a><b>"), "damaged"),
        (zipped("content.xml", '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'), "document type or entities"),
        (zipped("content.xml", "<a>" * 60 + "</a>" * 60), "nests more than"),
        (zipped("content.xml", "<a>" + "<b/>" * 1_000_001 + "</a>"), "times its size|more than 1,000,000 elements"),
        (
            ods('<table:table-row table:number-rows-repeated="1000000">' + cells("a", "b")[17:]),
            "more than 3,000,000 cells|no table",
        ),
        (
            ods(
                cells("a", "b"), '<table:table-row><table:table-cell table:number-columns-repeated="99999999"/></table:table-row>'
            ),
            "no table",
        ),
    ],
    ids=["no zip", "no part", "damaged", "entities", "deep", "large", "repeated rows", "repeated cells"],
)
def test_a_hostile_ods_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(WorksheetError, match=says):
        read([written(tmp_path / "a.ods", data)], LAYOUT)


# Forms in a word processor

WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text[:2]}</w:t></w:r><w:r><w:t>{text[2:]}</w:t></w:r></w:p>"


def word_table(*rows: list[str]) -> str:
    lines = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def test_a_form_of_a_word_processor_is_read(tmp_path: Path) -> None:
    form = word_table(["row", "layer", "output", "params"], ["1", "conv1", "64x56x56", "23,296"], ["2", "relu1", "", ""])
    body = word_table(["a", "b"]) + paragraph("Student: S007") + f"<w:sdt><w:sdtContent>{form}</w:sdtContent></w:sdt>"
    answers = read([written(tmp_path / "a.docx", zipped("word/document.xml", WORD.format(body)))], LAYOUT)
    assert texts_of(answers) == {"S007": SEVEN}
    assert not answers.unplaced


def test_what_was_deleted_with_changes_tracked_is_no_answer(tmp_path: Path) -> None:
    cell = "<w:tc><w:p><w:del><w:r><w:delText>5</w:delText></w:r></w:del><w:ins><w:r><w:t>7</w:t></w:r></w:ins></w:p></w:tc>"
    row = f"<w:tr><w:tc>{paragraph('1')}</w:tc>{cell}</w:tr>"
    table = word_table(["row", "params"]).replace("</w:tbl>", f"{row}</w:tbl>")
    answers = read([written(tmp_path / "S1.docx", zipped("word/document.xml", WORD.format(table)))], LAYOUT)
    assert texts_of(answers) == {"S1": {(1, "params"): "7"}}


# A comma file in one column


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_comma_file_in_one_column_takes_what_was_typed_beside_it(tmp_path: Path, separator: str) -> None:
    inner = ["student,row,layer,column,answer", "S1,1,conv1,output,", "S1,1,conv1,params,", 'S1,2,"relu1",params,']
    rows = [[text, *typed] for text, typed in zip(inner, ([], ["64x56x56"], ["23,296"], []), strict=True)]
    quoted = "\n".join(separator.join('"' + each.replace('"', '""') + '"' for each in row) for row in rows)
    for text in (lined(rows, separator), quoted):
        answers = read([written(tmp_path / "a.csv", text)], LAYOUT)
        assert texts_of(answers) == {"S1": SEVEN}
        assert not answers.unplaced
        assert "one cell" in answers.notes[0]


def test_answers_beside_several_blank_cells_are_taken_only_if_their_places_are_certain(tmp_path: Path) -> None:
    rows = [["row,layer,output,params,flops"], ["1,conv1,,,", "64x56x56", "23,296", "7"], ["2,relu1,,,", "1"]]
    answers = read([written(tmp_path / "S1.csv", lined(rows, ";"))], LAYOUT)
    assert texts_of(answers) == {"S1": SEVEN | {(1, "flops"): "7"}}
    assert [(line.line, "3 blank cells" in line.says) for line in answers.unplaced] == [(3, True)]


def test_a_semicolon_file_is_not_taken_for_one_column(tmp_path: Path) -> None:
    answers = read([written(tmp_path / "a.csv", 'student;"1 output";1 params\nS1;64x56x56;23,296\n')], LAYOUT)
    assert texts_of(answers) == {"S1": SEVEN}
    assert not answers.notes


# Notebooks


def notebook(*sources: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]})


def test_a_notebook_is_read_and_never_run(tmp_path: Path) -> None:
    lines = [
        "# mine",
        "answers = {",
        '"1 output": (64, 56, 56),  # so',
        '(1, "params"): "23,296",',
        '"3": {"flops": 7},',
        "}",
        "1 / 0",
    ]
    source = "\n".join(lines)
    path = written(tmp_path / "submitted" / "S007" / "hw" / "a.ipynb", notebook("import os", source))
    answers = read([tmp_path / "submitted"], LAYOUT)
    assert texts_of(answers) == {"S007": SEVEN | {(3, "flops"): "7"}}
    assert texts_of(read([path.parent.parent.parent], LAYOUT, Students(["S007"]))) == texts_of(answers)


@pytest.mark.parametrize(
    "source",
    [
        "answers = {'a': __import__('os').system('x')}", "answers = dict(a=1)", "answers = {'a': [x for x in 'a']}",
        "answers = {",
        "answers = " + "{'a':" * 50 + "1" + "}" * 50, "answers = [" * 3, "answers = {'a': f'{1}'}", "answers = {[]: 1}",
        "answers",
        "answers = {'a': 9" + "9" * 5000 + "}", "answers = {'a': '''", "answers = {'a': --1}", "answers = {1+1: 1}",
        "answers = {'a': " + "-" * 50_000 + "1}",
    ],
)  # fmt: skip
def test_what_is_no_literal_is_not_read(source: str) -> None:
    assert literal(source) is None


# Gradescope

METADATA = """\
---
submission_101:
  :submitters:
  - :name: Student Seven
    :sid: 's007'
    :email: s7@uni.example
  :created_at: &1 !ruby/object:ActiveSupport::TimeWithZone
    zone: x
  :history:
  - :name: Somebody Else
submission_102:
  :submitters:
  - :name: Ana
    :sid:
    :email: ana@uni.example
  - :name: Björn
    :sid: S004
    :email:
"""


def test_the_list_of_gradescope_names_students_and_groups(tmp_path: Path) -> None:
    students = Students(["S003", "S004", "S007"], {}, {"S003": "Ana@uni.example"})
    files = {f"submission_{number}/answers.csv": f"row,column,answer\n1,params,{number}\n" for number in (101, 102)}
    files["submission_metadata.yml"] = METADATA
    expected = {id: {(1, "params"): text} for id, text in (("S007", "101"), ("S003", "102"), ("S004", "102"))}
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as pack:
        for name, text in files.items():
            written(tmp_path / "assignment_9_export" / name, text)
            pack.writestr(f"assignment_9_export/{name}", text)
    for path in (tmp_path / "assignment_9_export", tmp_path / "export.zip"):
        answers = read([path], LAYOUT, students)
        assert texts_of(answers) == expected
        assert not answers.unplaced


# Zips


def test_many_small_files_are_bounded_together(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w", zipfile.ZIP_DEFLATED) as pack:
        for number in range(20):
            pack.writestr(f"S{number}.csv", "row,column,answer\n" + "\n" * 900_000)
    with pytest.raises(WorksheetError, match="unpacks to more than 200 times its size"):
        read([tmp_path / "many.zip"], LAYOUT)

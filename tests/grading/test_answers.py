"""Answers are read from every layout, format and encoding to the same cells; what has no place is listed and loses nothing."""

import csv
import io
import json
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worksheet.conventions import convention
from worksheet.errors import WorksheetError
from worksheet.grading.answers import Answers, Layout, read
from worksheet.grading.answers.folder import manifest
from worksheet.grading.answers.sheet_layout import fold
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.issue.form_layout import LAYOUTS, lay_out
from worksheet.homework.issue.forms import FORMS
from worksheet.homework.issue.sheets import PaperSetter
from worksheet.homework.roster import Student
from worksheet.readers import read as read_network

NAMES = {"conv1": 1, "relu1": 2, "Fc.Out": 3}
COLUMNS = {"output": ["Output size"], "params": ["# Params"], "flops": ["# Flops"], "flops.formula": []}
CELLS = [(row, column) for row in (1, 2, 3) for column in ("output", "params", "flops")]
LAYOUT = Layout([*CELLS, (1, "flops.formula"), ("total", "params"), ("total", "flops")], NAMES, COLUMNS)

ANNA = {(1, "output"): "64x56x56", (1, "params"): "23,296", (3, "flops"): "7 30 56 256", ("total", "params"): "64*(3*11*11+1)"}
BORIS = {(1, "output"): "64×55×55", (2, "params"): "0"}
CLASS = {"20CS30001": ANNA, "20CS30002": BORIS}


def written(path: Path, data: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def lined(rows: list[list[str]], separator: str = ",", end: str = "\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    return text.getvalue()


def long_rows() -> list[list[str]]:
    rows = [["student", "row", "column", "answer"]]
    return rows + [[id, str(row), column, text] for id, texts in CLASS.items() for (row, column), text in texts.items()]


def wide_rows() -> list[list[str]]:
    cells = sorted({key for texts in CLASS.values() for key in texts}, key=str)
    rows = [["student", "name", *(f"{row} {column}" for row, column in cells)]]
    return rows + [[id, "x", *(texts.get(key, "") for key in cells)] for id, texts in CLASS.items()]


def form_rows(texts: dict) -> list[list[str]]:
    columns = ["output", "params", "flops"]
    names = {1: "conv1", 2: "relu1", 3: "Fc.Out", "total": ""}
    lines = [[str(row), name, "Conv2d", *(texts.get((row, column), "") for column in columns)] for row, name in names.items()]
    return [["row", "layer", "kind", *columns], *lines]


def texts_of(answers: Answers) -> dict[str, dict]:
    return {each.student: dict(each.texts) for each in answers}


def check(*paths: Path, **options) -> Answers:
    answers = read(list(paths), LAYOUT, **options)
    assert texts_of(answers) == CLASS
    assert not answers.unplaced
    return answers


# Layouts, encodings and separators


@pytest.mark.parametrize("rows", [long_rows, wide_rows])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_as_spreadsheets_write_it(tmp_path: Path, rows, separator: str, encoding: str) -> None:
    answers = check(written(tmp_path / "a.csv", lined(rows(), separator, "\r\n").encode(encoding)))
    assert bool(answers.notes) == (encoding == "cp1252")  # the times sign is no UTF-8 there


@pytest.mark.parametrize("first", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n'])
def test_a_line_names_the_separator(tmp_path: Path, first: str) -> None:
    check(written(tmp_path / "a.csv", first + lined(long_rows(), ";")))


def test_old_line_ends_quotes_everywhere_and_blank_lines(tmp_path: Path) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r").writerows(long_rows())
    check(written(tmp_path / "a.csv", text.getvalue().replace("\r", "\r\r")))


def test_headings_may_be_missing_or_stand_again(tmp_path: Path) -> None:
    check(written(tmp_path / "a.csv", lined(long_rows()[1:])))
    head, *rows = long_rows()
    check(written(tmp_path / "b.csv", lined([head, *rows[:3], head, *rows[3:]])))


@pytest.mark.parametrize("headings", [("Roll No.", "S.No.", "Question", "Value"), ("ID", "#", "column", "Answer")])
def test_headings_in_other_words_and_columns_in_any_order(tmp_path: Path, headings: tuple[str, ...]) -> None:
    rows = [[f"{answer}", "remark", column, row, student] for student, row, column, answer in long_rows()[1:]]
    student, row, column, answer = headings
    check(written(tmp_path / "a.csv", lined([[answer, "when", column, row, student], *rows])))


@pytest.mark.parametrize(
    ("row", "column", "key"),
    [
        ("1", "Flops", (1, "flops")),
        ("1.", "# FLOPS", (1, "flops")),
        ("1.0", "flops ", (1, "flops")),
        ("row 3", "Output size", (3, "output")),
        ("CONV1", "params", (1, "params")),
        ("fc.out", "output", (3, "output")),
        ("Total", "# Params", ("total", "params")),
        ("conv1", "formula of flops", (1, "flops.formula")),
        ("01", "flops.formula", (1, "flops.formula")),
    ],
)
def test_words_for_rows_and_columns(tmp_path: Path, row: str, column: str, key: tuple) -> None:
    answers = read(
        [written(tmp_path / "a.csv", lined([["student", "row", "column", "answer"], ["s", row, column, "7"]]))], LAYOUT
    )
    assert texts_of(answers) == {"s": {key: "7"}}


@pytest.mark.parametrize("word", ["3 flops", "fc.out.flops", "3:flops", "Fc.Out / # Flops", "row 3 flops", "3_flops"])
def test_words_above_a_wide_table(tmp_path: Path, word: str) -> None:
    answers = read([written(tmp_path / "a.csv", lined([["id", word], ["s", "7"]]))], LAYOUT)
    assert texts_of(answers) == {"s": {(3, "flops"): "7"}}


def test_a_number_that_is_a_name_too_is_told_by_the_heading() -> None:
    layout = Layout([(1, "flops"), (2, "flops")], {"0": 1, "1": 2}, {"flops": []})
    assert (layout.row("1"), layout.layer("1"), layout.row("0")) == (1, 2, 1)


@given(st.text(max_size=30))
def test_folding_is_idempotent(word: str) -> None:
    assert fold(fold(word)) == fold(word)


# The form of one student


def with_forms(tmp_path: Path, suffix: str, render) -> None:
    for id, texts in CLASS.items():
        written(tmp_path / f"{id}{suffix}", render(id, texts))


def as_markdown(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(cell.replace("*", "\\*") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"


def workbook(*sheets: list[list]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


OFFICE = "http://schemas.openxmlformats.org"
MAIN = f'xmlns="{OFFICE}/spreadsheetml/2006/main"'
PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{OFFICE}/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="rId1"
 Type="{OFFICE}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{OFFICE}/package/2006/relationships">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{OFFICE}/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>""",
    "xl/workbook.xml": f"""<workbook {MAIN} xmlns:r="{OFFICE}/officeDocument/2006/relationships">
<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>""",
}


def shared_strings(rows: list[list[str]]) -> dict[str, bytes]:
    """The parts of a workbook as spreadsheet programs write it: texts in a table of their own, blank cells left out."""
    from xml.sax.saxutils import escape

    texts = list(dict.fromkeys(cell for row in rows for cell in row))
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    lines = ""
    for number, row in enumerate(rows, 1):
        cells = [f'<c r="{chr(65 + i)}{number}" t="s"><v>{texts.index(cell)}</v></c>' for i, cell in enumerate(row) if cell]
        lines += f'<row r="{number}">{"".join(cells)}</row>' if cells else ""
    sheet = f'<worksheet {MAIN}><dimension ref="A1:D9"/><sheetData>{lines}</sheetData></worksheet>'
    parts = {**PARTS, "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": f"<sst {MAIN}>{items}</sst>"}
    return {name: f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode() for name, text in parts.items()}


def packed(parts: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in parts.items():
            pack.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return raw.getvalue()


FORMS_OF_ONE = {
    "file name": (".csv", lambda _, texts: lined(form_rows(texts))),
    "a line": (".csv", lambda who, texts: lined([["Student", who], [], *form_rows(texts)])),
    "a sentence": (".csv", lambda who, texts: f"Student: {who}\n\n" + lined(form_rows(texts))),
    "a column": (".csv", lambda who, texts: lined([[["student", who][i > 0], *row] for i, row in enumerate(form_rows(texts))])),
    "markdown": (".md", lambda who, texts: f"# Sheet\n\n**Student:** {who}\n\n" + as_markdown(form_rows(texts))),
    "markdown file": (".md", lambda _, texts: as_markdown(form_rows(texts))),
    "workbook": (".xlsx", lambda _, texts: workbook(form_rows(texts))),
    "shared": (".xlsx", lambda who, texts: packed(shared_strings([["Student:", who], [], *form_rows(texts)]))),
    "json": (
        ".json",
        lambda who, texts: json.dumps(
            {"student": who, "answers": [{"row": r, "column": c, "answer": t} for (r, c), t in texts.items()]}
        ),
    ),
}


@pytest.mark.parametrize("form", FORMS_OF_ONE)
@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_or_zip_of_one_file_per_student(tmp_path: Path, form: str, packed: bool) -> None:
    folder = tmp_path / "forms"
    suffix, render = FORMS_OF_ONE[form]
    with_forms(folder, suffix, render)
    written(folder / ".DS_Store", b"\0")
    if packed:
        with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as zip:
            for path in sorted(folder.iterdir()):
                zip.write(path, f"inside/{path.name}")
        folder = tmp_path / "all.zip"
    check(folder, students=["20CS30001", "20cs30002", "20CS30002", "other"])


def test_a_manifest_tells_whose_file_it_is(tmp_path: Path) -> None:
    for number, texts in enumerate(CLASS.values(), 1):
        written(tmp_path / "forms" / f"file-{number}.csv", lined(form_rows(texts)))
    students = {id: {"file": f"file-{number}", "name": ""} for number, id in enumerate(CLASS, 1)}
    written(tmp_path / "manifest.json", json.dumps({"students": students}))
    check(tmp_path / "forms")
    assert manifest('{"a": "sheets/x.pdf", "b": [1]}') == {"x": "a"}
    assert manifest("[" * 100_000) == manifest("nonsense") == {}


def test_a_second_download_and_a_learning_platforms_name(tmp_path: Path) -> None:
    written(tmp_path / "20CS30001 (1).csv", lined(form_rows(ANNA)))
    written(tmp_path / "Doe_20CS30002_assignsubmission_file.csv", lined(form_rows(BORIS)))
    check(tmp_path, students=list(CLASS))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_forms_that_are_handed_out_come_back(layout: str, tmp_path: Path) -> None:
    ids = ["20CS30001", "=HYPERLINK(1)", "a*b|c_d", "\\input{/etc/passwd}", "<script>", "$(rm)", "007"]
    written(
        tmp_path / "hw.yaml",
        "title: A\nnetwork: zoo:alexnet\nconvention: ai61002\nask: [output, params, flops]\ntotal: [params, flops]\n",
    )
    setter = PaperSetter(read_assignment(tmp_path / "hw.yaml"))
    for number, id in enumerate(ids):
        papers = setter.papers(Student(id))
        for suffix, render in FORMS.items():
            written(tmp_path / suffix / f"{number}.{suffix}", render(lay_out(papers, layout)))
    for suffix in FORMS:
        answers = read([tmp_path / suffix], Layout.of(papers.paper))
        assert list(answers.students) == ids, suffix
        assert not answers.unplaced


def test_all_names_and_headings_of_a_paper_call_its_cells() -> None:
    paper = PaperMaker(convention("ai61002"), Ask({"*": ("output", "params", "flops")}, ("params",))).paper(
        read_network("zoo:resnet50-caffe")
    )
    layout = Layout.of(paper)
    headings = {column.name: column.heading for column in paper.counting.convention.columns} | {"output": "Output size"}
    for cell in paper.shown:
        row, column = cell.key
        assert layout.cell(str(row), headings[column]) == layout.heading(f"{row} {headings[column]}") == cell.key
        if cell.layer:
            assert layout.cell(cell.layer, column) == layout.heading(f"{cell.layer}.{column}") == cell.key


# JSON and workbooks


NESTED = [
    {"student": id, "answers": {str(row): {c: t for (r, c), t in texts.items() if r == row} for row, _ in texts}}
    for id, texts in CLASS.items()
]
JSONS = {
    "list": NESTED,
    "students": {"title": "Sheet", "students": NESTED},
    "flat": [{"id": id, "answers": {f"{r} {c}": t for (r, c), t in texts.items()}} for id, texts in CLASS.items()],
    "long": [{"student": id, "row": r, "column": c, "answer": t} for id, texts in CLASS.items() for (r, c), t in texts.items()],
}


@pytest.mark.parametrize("form", JSONS)
def test_json(tmp_path: Path, form: str) -> None:
    check(written(tmp_path / "a.json", json.dumps(JSONS[form])))


def test_numbers_in_json_are_texts_and_sizes_lists(tmp_path: Path) -> None:
    digits = "9" * 390
    row = f'{{"output": [64, 56, 56], "params": {digits}, "flops": 1.50}}'
    text = f'{{"student": "s", "answers": {{"1": {row}, "2": {{"params": null}}}}}}'
    answers = read([written(tmp_path / "a.json", text)], LAYOUT)
    assert texts_of(answers) == {"s": {(1, "output"): "64x56x56", (1, "params"): digits, (1, "flops"): "1.50"}}


def test_names_that_stand_twice_in_json_are_seen(tmp_path: Path) -> None:
    answers = read([written(tmp_path / "a.json", '{"student": "s", "answers": {"1": {"params": 1, "params": 2}}}')], LAYOUT)
    assert texts_of(answers) == {"s": {(1, "params"): "1"}}
    assert [each.answer for each in answers.unplaced] == ["2"]


def test_workbooks(tmp_path: Path) -> None:
    check(written(tmp_path / "long.xlsx", workbook([["a note"]], [[], ["Answers"], *long_rows()])))
    check(written(tmp_path / "wide.xlsx", workbook(wide_rows())))
    for rows in (long_rows(), wide_rows()):
        check(written(tmp_path / "shared.xlsx", packed(shared_strings([[], ["a note"], [], *rows]))))
    rows = [
        ["student", "row", "column", "answer"],
        [20230001, 1.0, "params", 23296],
        [20230001, 3, "flops", 73056256.0],
        [20230001, 1, "output", 54.25],
        [20230001, 2, "output", True],
        [20230001, 2, "flops", 10**22],
    ]
    answers = read([written(tmp_path / "numbers.xlsx", workbook(rows))], LAYOUT)
    expected = {
        (1, "params"): "23296",
        (3, "flops"): "73056256",
        (1, "output"): "54.25",
        (2, "output"): "true",
        (2, "flops"): "1e+22",
    }
    assert texts_of(answers) == {"20230001": expected}


def test_a_formula_counts_with_its_stored_value_or_is_listed(tmp_path: Path) -> None:
    data = workbook([["student", "row", "column", "answer"], ["s", 1, "params", "=64*364"], ["s", 2, "params", "=1+1"]])
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            raw = old.read(name).replace(b"<f>64*364</f><v></v>", b"<f>64*364</f><v>23296</v>")
            new.writestr(name, raw.replace(b"<f>64*364</f><v />", b"<f>64*364</f><v>23296</v>"))
    answers = read([written(tmp_path / "a.xlsx", changed.getvalue())], LAYOUT)
    assert texts_of(answers) == {"s": {(1, "params"): "23296"}}
    assert [each.column.split()[-1] for each in answers.unplaced] == ["D3"]
    assert "formulas" in answers.notes[0]


def test_markdown_of_many_students_with_other_tables(tmp_path: Path) -> None:
    text = "| M | N |\n|---|---|\n| 1 | 2 |\n"
    for id, texts in CLASS.items():
        text += f"\nRoll No: `{id}`\n\ntext\n\n" + as_markdown(form_rows(texts))
    check(written(tmp_path / "a.md", text))


def test_markdown_keeps_what_is_latex(tmp_path: Path) -> None:
    rows = [["row", "column", "answer"], ["1", "params", "$\\{x\\}\\times 2$"], ["2", "params", "3 \\| 4"]]
    path = written(tmp_path / "s.md", "\n".join("|" + "|".join(row) + "|" for row in rows))
    assert texts_of(read([path], LAYOUT)) == {"s": {(1, "params"): "$\\{x\\}\\times 2$", (2, "params"): "3 | 4"}}


# What has no place


def test_what_has_no_place_is_listed_with_its_place(tmp_path: Path) -> None:
    rows = long_rows()
    bad = [
        (["20CS30009", "1", "params", "5"], "unknown student (did you mean 20CS3000"),
        (["20CS30001", "9", "params", "5"], "unknown row"),
        (["20CS30001", "con1", "params", "5"], "unknown row (did you mean conv1?)"),
        (["20CS30001", "1", "colour", "5"], "unknown column"),
        (["20CS30001", "total", "output", "5"], "nothing is asked there"),
        (["20CS30001", "1", "params", "5"], "the same cell twice: the first answer counts"),
        (["20CS30001", "CONV1", "# Params", "23,296"], "the same cell twice, with the same answer"),
        (["", "1", "params", "5"], "no student is named"),
        (["20CS30001", "2", "params", "9" * 401], "unreadable: more than 400 characters"),
        (["20CS30001", "2", "params", "73", "056"], "5 cells where 4 are expected"),
        (["20CS\x0730001", "2", "params", "73"], "holds signs that do not print"),
    ]
    path = written(tmp_path / "a.csv", lined(rows + [line for line, _ in bad]))
    answers = read([path], LAYOUT, students=list(CLASS))
    assert texts_of(answers) == CLASS
    assert len(answers.unplaced) == len(bad)
    for number, (each, (line, why)) in enumerate(zip(answers.unplaced, bad, strict=True), len(rows) + 1):
        assert (each.file, each.line) == (str(path), number)
        assert why in each.says
        assert each.answer[:2] in " ".join(line)


def test_a_number_with_commas_that_is_not_quoted_is_not_cut(tmp_path: Path) -> None:
    answers = read([written(tmp_path / "a.csv", "student,row,column,answer\ns,1,params,23,296\ns,1,output,7\n")], LAYOUT)
    assert texts_of(answers) == {"s": {(1, "output"): "7"}}
    assert answers.unplaced[0].answer == "s,1,params,23,296"


@pytest.mark.parametrize("at", [1, 3, len(long_rows()) - 1])
def test_a_quote_that_is_not_closed_costs_its_own_line(tmp_path: Path, at: int) -> None:
    rows = lined(long_rows()).splitlines(keepends=True)
    rows += [f"s{i},1,params,5\n" for i in range(100)]
    rows.insert(at, '20CS30001,2,flops,"64\n')
    answers = read([written(tmp_path / "a.csv", "".join(rows))], LAYOUT)
    assert {id: texts for id, texts in texts_of(answers).items() if id in CLASS} == CLASS
    assert len(answers) == 102
    assert [(each.line, each.answer) for each in answers.unplaced] == [(at + 1, '20CS30001,2,flops,"64')]


def test_an_answer_over_several_lines_keeps_the_count_of_lines(tmp_path: Path) -> None:
    text = 'student,row,column,answer\ns,1,params,"4\n+\n5"\ns,1,flops,7\ns,77,flops,7\n'
    answers = read([written(tmp_path / "a.csv", text)], LAYOUT)
    assert texts_of(answers) == {"s": {(1, "params"): "4\n+\n5", (1, "flops"): "7"}}
    assert answers.unplaced[0].line == 6


def test_places(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", lined(long_rows()))
    anna, _ = read([path], LAYOUT)
    assert [(place.line, place.column) for place in anna.places.values()] == [(2, 4), (3, 4), (4, 4), (5, 4)]
    path = written(tmp_path / "s.csv", lined([["Student", "s"], *form_rows(ANNA)]))
    (one,) = read([path], LAYOUT)
    assert {key: (place.line, place.column) for key, place in one.places.items()} == {
        (1, "output"): (3, 4),
        (1, "params"): (3, 5),
        (3, "flops"): (5, 6),
        ("total", "params"): (6, 5),
    }


def test_scattered_lines_and_several_files_give_the_same(tmp_path: Path) -> None:
    head, *rows = [*long_rows(), *([f"s{i}", str(r), "params", str(i * r)] for i in range(50) for r in (1, 2, 3))]
    together = texts_of(read([written(tmp_path / "a.csv", lined([head, *rows]))], LAYOUT))
    mixed = rows.copy()
    random.Random(1).shuffle(mixed)
    answers = read([written(tmp_path / "b.csv", lined([head, *mixed]))], LAYOUT)
    assert texts_of(answers) == together
    assert list(answers.students) == list(dict.fromkeys(row[0] for row in mixed))
    assert all(mixed[place.line - 2][3] == each.texts[key] for each in answers for key, place in each.places.items())
    parts = [written(tmp_path / f"{i}.csv", lined([head, *mixed[i::3]])) for i in range(3)]
    assert texts_of(read(parts, LAYOUT)) == together


def test_the_same_cell_in_two_files_is_listed(tmp_path: Path) -> None:
    head = ["student", "row", "column", "answer"]
    first = written(tmp_path / "a.csv", lined([head, ["s", "1", "params", "1"], ["t", "1", "params", "1"]]))
    second = written(tmp_path / "b.csv", lined([head, ["s", "1", "params", "2"], ["s", "2", "params", "3"]]))
    answers = read([first, second], LAYOUT)
    assert texts_of(answers) == {"s": {(1, "params"): "1", (2, "params"): "3"}, "t": {(1, "params"): "1"}}
    assert [(each.file, each.line, each.answer) for each in answers.unplaced] == [(str(second), 2, "2")]
    assert next(iter(answers)).places[2, "params"].line == 3


def test_a_form_whose_line_was_renamed_is_not_guessed(tmp_path: Path) -> None:
    rows = [
        ["row", "layer", "params"],
        ["1", "relu1", "5"],
        ["", "conv1", "6"],
        ["2", "anything", "7"],
        ["8", "", "8"],
        ["8", "", "-"],
    ]
    answers = read([written(tmp_path / "s.csv", lined(rows))], LAYOUT)
    assert texts_of(answers) == {"s": {(1, "params"): "6", (2, "params"): "7"}}
    assert [(each.line, each.says) for each in answers.unplaced] == [(2, "row 1 is not called so"), (5, "unknown row")]


def test_a_strange_heading_is_listed_once(tmp_path: Path) -> None:
    answers = read([written(tmp_path / "a.csv", lined([["id", "1 flops", "8 flops"], ["s", "1", "2"], ["t", "3", "4"]]))], LAYOUT)
    assert [(each.line, each.cell, each.column) for each in answers.unplaced] == [(1, 3, "8 flops")]


def test_ids_are_the_rosters(tmp_path: Path) -> None:
    rows = [["student", "1 flops"], ["20cs30001", "1"], ['="007"', "2"], ["Zoe\u0308", "3"]]
    answers = read([written(tmp_path / "a.csv", lined(rows))], LAYOUT, students=["20CS30001", "007", "Zoë"])
    assert list(answers.students) == ["20CS30001", "007", "Zoë"]


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", lined(long_rows()))
    written(tmp_path / "b.pdf", b"%PDF")
    written(tmp_path / "c.xlsx", b"no zip")
    written(tmp_path / "d.csv", b"PK\0\0")
    written(tmp_path / "e.csv", b"")
    answers = read([tmp_path], LAYOUT)
    assert texts_of(answers) == CLASS
    assert [Path(each.file).name for each in answers.unplaced] == ["b.pdf", "c.xlsx", "d.csv", "e.csv"]
    (tmp_path / "a.csv").unlink()
    with pytest.raises(WorksheetError) as fault:
        read([tmp_path], LAYOUT)
    assert len(fault.value.faults) == 4


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorksheetError, match="no such file"):
        read([written(tmp_path / "a.csv", lined(long_rows())), tmp_path / "b.csv"], LAYOUT)


PAGE = Path(__file__).parents[2] / "docs" / "answers.md"


def test_the_examples_of_the_manual(tmp_path: Path) -> None:
    import re

    cells = [(row, column) for row in (1, 4) for column in ("output", "params", "flops")]
    layout = Layout([*cells, ("total", "params"), ("total", "flops")], {"conv2d_1": 1, "conv2d_2": 4}, COLUMNS)
    blocks = re.findall(r"```(json)?\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    answered = []
    for json_, text in [block for block in blocks if not block[1].startswith("id,")]:
        answers = read([written(tmp_path / f"a.{json_ or 'csv'}", text)], layout)
        assert not answers.unplaced
        answered.append({each.student: len(each.texts) for each in answers})
    one = {"20CS30001": 4}, {"20CS30001": 3}, {"20CS30001": 5}
    assert answered == [*one, {"20CS30001": 3, "20CS30002": 1, "20CS30003": 1, "20CS30004": 1}]


def test_the_bounds_of_the_manual() -> None:
    from worksheet.grading.answers import bounds

    page = PAGE.read_text("utf-8")
    for bound in (bounds.MAX_CELLS, bounds.MAX_UNPLACED, bounds.PACK_FILES, bounds.MAX_STUDENTS):
        assert f"{bound:,}" in page
    for size in (
        bounds.CSV_BYTES,
        bounds.TEXT_BYTES,
        bounds.XLSX_BYTES,
        bounds.XLSX_UNPACKED,
        bounds.ZIP_BYTES,
        bounds.PACKED_BYTES,
    ):
        assert f"{size // bounds.MEGABYTE} MB" in page

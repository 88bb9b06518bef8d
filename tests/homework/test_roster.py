"""Rosters in whatever encoding spreadsheets write, all faults at once; file names that are safe whatever an id contains."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worksheet.errors import WorksheetError
from worksheet.homework.roster import LONGEST_NAME, Student, read_roster, safe_name

CLASS = "id,name,section\n20CS30001,Zoë Müller,A\n20CS30002,Ravi,B\n"
STUDENTS = (Student("20CS30001", "Zoë Müller", {"section": "A"}), Student("20CS30002", "Ravi", {"section": "B"}))


def roster(tmp_path: Path, data: str | bytes) -> Path:
    path = tmp_path / "class.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_roster_as_spreadsheets_write_it(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    text = CLASS.replace(",", separator).replace("\n", end)
    assert read_roster(roster(tmp_path, text.encode(encoding))) == STUDENTS


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nid;name;section\n20CS30001;Zoë Müller;A\n20CS30002;Ravi;B\n",
        "\n\n" + CLASS + "\n,,\n",
        "section,Roll No.,Student name\nA,20CS30001,Zoë Müller\nB,20CS30002,Ravi\n",
        '"id","name","section"\n"20CS30001","Zoë Müller","A"\n20CS30002,Ravi,B',
    ],
)
def test_other_ways_to_write_it(tmp_path: Path, text: str) -> None:
    assert [(each.id, each.name) for each in read_roster(roster(tmp_path, text))] == [(each.id, each.name) for each in STUDENTS]


def test_ids_alone_are_enough_and_short_lines_are_filled(tmp_path: Path) -> None:
    assert read_roster(roster(tmp_path, 'id\n1\n="007"\n  c  d \n')) == (Student("1"), Student("007"), Student("c d"))
    assert read_roster(roster(tmp_path, "id,name,room\n1\n")) == (Student("1", "", {"room": ""}),)
    assert read_roster(roster(tmp_path, "id,mail\n1,a@b.example\n")) == (Student("1", "", {}, "a@b.example"),)


def test_all_faults_at_once_with_their_lines(tmp_path: Path) -> None:
    text = f'id,name\n1,a\n,b\n1,c\n{"x" * 201},d\ne\x07,f\n2,g,h\n3,{"y" * 401}\n4,"open\n5,k\n'
    with pytest.raises(WorksheetError) as fault:
        read_roster(roster(tmp_path, text))
    assert [(each.where.line, each.message.split(":")[0][:34]) for each in fault.value.faults] == [
        (3, "no student is named"),
        (4, "the id '1' is already in line 2"),
        (5, "an id of more than 200 characters"),
        (6, "the id 'e\\x07' holds signs that do"),
        (7, "3 cells below 2 headings"),
        (8, "a cell of more than 400 characters"),
        (9, "a quote is opened and not closed"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the roster is empty"),
        ("\n\n", "the roster is empty"),
        ("name\na\n", "no column is called id"),
        ("id,name\n", "names no students"),
        ("id\n\0", "holds a NUL"),
        ("id\n" + "x" * 200_000, "a line of more than"),
        ("id," + "a," * 300 + "\n1\n", "more than 200 columns"),
    ],
)
def test_what_is_no_roster(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(WorksheetError, match=says):
        read_roster(roster(tmp_path, text))


def test_a_roster_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worksheet.homework.roster.MAX_STUDENTS", 10)
    path = roster(tmp_path, "id\n" + "".join(f"{i}\n" for i in range(1000)))
    with pytest.raises(WorksheetError, match="more than 10 students") as fault:
        read_roster(path)
    assert len(fault.value.faults) == 1
    with pytest.raises(WorksheetError, match="no such file"):
        read_roster(tmp_path / "none.csv")


@pytest.mark.parametrize("id", ["20CS30001", "a", "A_b-c.d", "x" * 64])
def test_a_plain_id_is_its_own_name(id: str) -> None:
    assert safe_name(id) == id


HARD = [
    "../../x",
    "..",
    ".",
    ".hidden",
    "-rf",
    "CON",
    "con.txt",
    "LPT1",
    "a/b",
    "a\\b",
    "a:b",
    "x.",
    "x ",
    " x",
    "x" * 300,
    "Zoë",
    "学生",
    "",
    "a~b",
    "\\input{/etc/passwd}",
    "#include",
    "<script>",
    "=HYPERLINK(1)",
    "$(rm)",
    "\ud800",
    "e\u0301",
    "é",
]


@given(st.text(max_size=400) | st.sampled_from(HARD))
def test_every_name_is_safe(id: str) -> None:
    name = safe_name(id)
    assert 0 < len(name) <= LONGEST_NAME
    assert name.isascii()
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-~")
    assert name[0] not in ".-"
    assert name[-1] != "."
    assert name.split(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}


def test_names_differ_where_ids_do() -> None:
    rng = random.Random(1)
    ids = {*HARD, *("".join(rng.choices("aB./~é ", k=5)) for _ in range(20_000))}
    assert len({safe_name(id) for id in ids}) == len(ids)

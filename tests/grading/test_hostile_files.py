"""Hostile files: nothing hangs, fills the memory, leaves its folder, or fails with something else than a WorksheetError."""

import io
import json
import os
import random
import struct
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.grading.test_answers import LAYOUT, lined, long_rows, packed, shared_strings, texts_of, workbook, written
from tests.limits import within
from worksheet.errors import WorksheetError
from worksheet.grading.answers import Answers, bounds, read
from worksheet.grading.answers.format import formats, read_file
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.text import AnswerSource

SECONDS, MEGABYTES = 60, 700  # generous: these machines are slow, and what hostile files want is minutes and gigabytes
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Every test of this file ends soon and stays small."""
    resource = pytest.importorskip("resource", reason="memory is measured by the system")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with within(SECONDS):
        yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1000


def refused(path: Path, says: str) -> WorksheetError:
    with pytest.raises(WorksheetError, match=says) as fault:
        read([path], LAYOUT)
    str(fault.value).encode()
    return fault.value


def taken(data: bytes, name: str) -> Answers:
    """What is read from a file in memory; a WorksheetError is fine, anything else is not."""
    gatherer = Gatherer(LAYOUT)
    try:
        read_file(AnswerSource(name, data=data), gatherer)
    except WorksheetError as fault:
        str(fault).encode()
        gatherer.leave_file(fault)
    for each in gatherer.answers:
        assert set(each.texts) <= LAYOUT.cells
        assert all(len(text) <= bounds.MAX_CELL for text in each.texts.values())
        assert each.student.isprintable()
        assert 0 < len(each.student) <= bounds.MAX_ID
        assert len(each.places) == len(each.texts)
    json.dumps([each.as_data() for each in gatherer.answers.unplaced]).encode()
    str(gatherer.answers).encode("utf-8")
    return gatherer.answers


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as zip:
        for name, data in members.items():
            zip.writestr(zipfile.ZipInfo(name), data, method)
    return raw.getvalue()


def with_part(part: str, change) -> bytes:
    """A good workbook of which one part is replaced."""
    members = shared_strings(long_rows())
    return zipped({**members, part: change(members[part])})


# Text


def test_a_line_of_ten_megabytes(tmp_path: Path) -> None:
    error = refused(written(tmp_path / "a.csv", lined(long_rows()).encode() + b"x" * 10**7), "a line of more than 65,536 bytes")
    assert error.where.line == len(long_rows()) + 1


def test_a_hundred_thousand_columns(tmp_path: Path) -> None:
    refused(written(tmp_path / "a.csv", "student," + "1 flops," * 10_000 + "\n"), "a line of|cells in one line")
    refused(written(tmp_path / "b.csv", "," * 100_000), "a line of more than")
    refused(written(tmp_path / "c.csv", "," * 50_000 + "\n"), "50,001 cells in one line; 16,384 are the most")
    refused(written(tmp_path / "d.csv", '"",' + "," * 50_000 + "\n"), "50,002 cells in one line; 16,384 are the most")
    refused(written(tmp_path / "e.md", "|" * 50_000 + "\n"), "no table of answers")


@pytest.mark.parametrize(
    "data", [b"student,row\0,column,answer\n", b"\0", b"a" * 70_000 + b"\n\0", "student\0,a".encode("utf-16")]
)
def test_nuls(tmp_path: Path, data: bytes) -> None:
    refused(written(tmp_path / "a.csv", data), "is not a text file: it holds a NUL|a line of more than")


@pytest.mark.parametrize("data", [b"\xff\xfe\0\xd8", b"\xff\xfea", b"\xff\xfe\0\0a\0\0\0", b"\xef\xbb\xbf\xff\xff"])
def test_broken_encodings(tmp_path: Path, data: bytes) -> None:
    refused(written(tmp_path / "a.csv", data), "is not UTF|is in UTF-32|no table of answers")


def test_a_cut_off_letter_is_windows(tmp_path: Path) -> None:
    answers = read([written(tmp_path / "a.csv", lined(long_rows()).encode() + b"20CS30002,3,output,\xc3")], LAYOUT)
    assert texts_of(answers)["20CS30002"][3, "output"] == "Ã"
    assert "Windows-1252" in answers.notes[0]


@pytest.mark.parametrize("line", ['"', 's,1,params,"x', '"a"b,"', '"' * 999 + ","])
def test_quotes_without_end(tmp_path: Path, line: str) -> None:
    data = lined(long_rows()) + (line + "\n") * 20_000 + "z,1,params,7\n"
    answers = read([written(tmp_path / "a.csv", data)], LAYOUT)
    assert texts_of(answers)["z"] == {(1, "params"): "7"}
    assert len(answers) <= 3


def test_so_many_lines_without_place_are_counted(tmp_path: Path) -> None:
    answers = read([written(tmp_path / "a.csv", "student,row,column,answer\n" + "s,99,params,7\n" * 30_000)], LAYOUT)
    assert (len(answers.unplaced), answers.more) == (bounds.MAX_UNPLACED, 20_000)


def test_too_many_students(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worksheet.grading.answers.gathering.MAX_STUDENTS", 100)
    data = "student,row,column,answer\n" + "".join(f"s{i},1,params,7\n" for i in range(101))
    refused(written(tmp_path / "a.csv", data), "more than 100 students")


def test_too_many_lines_and_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worksheet.grading.answers.records.MAX_LINES", 100)
    for quote in ("", '"'):
        data = "student,row,column,answer\n" + "".join(f"s{i},1,params,{quote}7{quote}\n" for i in range(101))
        refused(written(tmp_path / f"{len(quote)}.csv", data), "more than 100 lines")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(bounds.CSV_BYTES + 1)
    refused(tmp_path / "large.csv", "is larger than 400 MB")


def test_ids_are_no_paths(tmp_path: Path) -> None:
    rows = [["student", "row", "column", "answer"], ["../../etc/passwd", "1", "params", "5"], ["CON", "1", "params", "5"]]
    before = sorted(tmp_path.parent.rglob("*"))
    path = written(tmp_path / "a.csv", lined(rows))
    assert list(read([path], LAYOUT).students) == ["../../etc/passwd", "CON"]
    assert sorted(tmp_path.parent.rglob("*")) == sorted([*before, path])


# Files that are none


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with a name")
def test_pipes_devices_and_links(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    refused(tmp_path / "pipe.csv", "is not a regular file")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    refused(tmp_path / "zero.csv", "is not a regular file")
    folder = tmp_path / "folder"
    written(folder / "a.csv", lined(long_rows()))
    written(tmp_path / "secret.csv", lined([long_rows()[0], ["other", "1", "params", "7"]]))
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.csv")
    answers = read([folder], LAYOUT)
    assert len(answers) == 2
    assert len(answers.unplaced) == 3


def test_folders_in_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path.joinpath("a", *"b" * 12)
    written(deep / "a.csv", lined(long_rows()))
    refused(tmp_path / "a", "more than 8 folders")
    monkeypatch.setattr("worksheet.grading.answers.folder.PACK_FILES", 3)
    for i in range(5):
        written(tmp_path / "many" / f"{i}.csv", lined(long_rows()))
    refused(tmp_path / "many", "more than 3 files")


# Zips


def test_zip_bombs(tmp_path: Path) -> None:
    refused(written(tmp_path / "a.zip", zipped({"a.csv": b"0" * 10**8})), "unpacks to more than 200 times its size")
    refused(written(tmp_path / "b.zip", zipped({f"{i}.csv": b"" for i in range(20_001)})), "holds more than 20,000 files")
    good = zipped({"a.csv": lined(long_rows()).encode(), "b.csv": b"1,2" * 10})
    end = good.rfind(b"PK\x05\x06")
    entry = good.find(b"PK\x01\x02")
    sizes = good[: entry + 24] + struct.pack("<L", 2**31) + good[entry + 28 :]
    refused(written(tmp_path / "c.zip", sizes), "unpacks to more than")
    claims = good[: end + 12] + struct.pack("<L", 2**30) + good[end + 16 :]
    refused(written(tmp_path / "d.zip", claims), "holds more than 20,000 files")
    sixty_four = good[:end] + b"PK\x06\x07" + b"\0" * 16 + good[end:]
    refused(written(tmp_path / "e.zip", sixty_four), "4 GB")


def test_a_zip_that_lies_about_a_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    data = zipped({"s.csv": b"row,params\n" + b"1,5\n" * 100_000})
    entry = data.find(b"PK\x01\x02")
    data = data[: entry + 24] + struct.pack("<L", 100) + data[entry + 28 :]
    refused(written(tmp_path / "a.zip", data), "cannot be unpacked|no files of answers")


def test_overlapping_members_count_each(tmp_path: Path) -> None:
    data = zipped({"a.csv": b"0" * 10**6})
    entry, end = data.find(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    many = 2_000
    directory = data[entry:end] * many
    tail = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, many, many, len(directory), entry, 0)
    refused(
        written(tmp_path / "a.zip", data[:entry] + directory + tail), "unpacks to more than 1,000 MB|no table|cannot be unpacked"
    )


def test_members_that_are_not_opened(tmp_path: Path) -> None:
    good = lined(long_rows()).encode()
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as pack:
        names = ["../../outside.csv", "/absolute.csv", "C:\\windows.csv", "a\\..\\..\\b.csv", "deep/" * 12 + "a.csv"]
        for name in names:
            pack.writestr(zipfile.ZipInfo(name), good)
        pack.writestr(link, "/etc/passwd")
        pack.writestr("inner.zip", zipped({"a.csv": good}))
        pack.writestr("lzma.csv", good, zipfile.ZIP_LZMA)
        pack.writestr("good.csv", good)
    data = raw.getvalue()
    before = sorted(tmp_path.parent.rglob("*"))
    path = written(tmp_path / "a.zip", data)
    answers = read([path], LAYOUT)
    assert sorted(tmp_path.parent.rglob("*")) == sorted([*before, path])
    assert answers.files == 1
    assert len(answers) == 2
    says = [each.says for each in answers.unplaced]
    expected = ["leads out", "absolute", "absolute", "leads out", "8 folders", "a link", "a zip in a zip", "unknown way"]
    assert len(says) == len(expected)
    assert all(word in each for word, each in zip(expected, says, strict=True))


def test_a_member_without_a_name(tmp_path: Path) -> None:
    data = zipped({"": b"x", "s.csv": lined(long_rows()).encode()})
    answers = read([written(tmp_path / "a.zip", data)], LAYOUT)
    assert (len(answers), [each.says[:8] for each in answers.unplaced]) == (2, ["has no n"])


def test_an_encrypted_member(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": b"x"}, zipfile.ZIP_STORED))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    refused(written(tmp_path / "a.zip", bytes(data)), "is encrypted")


def test_what_all_folders_and_zips_may_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worksheet.grading.answers.gathering.PACK_BYTES", 300)
    for i in range(4):
        written(tmp_path / "f" / f"s{i}.csv", "row,params\n1,5\n" + "\n" * 80)
    answers = read([tmp_path / "f"], LAYOUT)
    assert len(answers) == 3
    assert "in folders and zips" in answers.unplaced[0].says


# Workbooks


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "%s">%s]><worksheet>&z;</worksheet>'
LAUGHS = ENTITIES % (
    b"ha" * 10,
    b"".join(b'<!ENTITY %c "%s">' % (i, b"&%c;" % (i - 1) * 10) for i in range(ord("b"), ord("z") + 1)),
)


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp037"])
def test_billion_laughs(tmp_path: Path, part: str, encoding: str) -> None:
    text = LAUGHS.decode().replace('"1.0"', f'"1.0" encoding="{encoding}"')
    path = written(tmp_path / "a.xlsx", with_part(part, lambda _: text.encode(encoding)))
    refused(path, "declares a document type|cannot be read as a workbook")


def test_entities_from_outside(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret.txt", "7")
    text = f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "{secret.as_uri()}"><worksheet/>'
    refused(written(tmp_path / "a.xlsx", with_part(SHEET, lambda _: text.encode())), "declares a document type")


def test_workbook_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = with_part("xl/sharedStrings.xml", lambda xml: xml.replace(b"</sst>", b"<si><t>0</t></si>" * 3_000_000))
    refused(written(tmp_path / "a.xlsx", large), "unpacks to more than 200 times")
    noise = random.Random(1)
    rows = "".join(f"<c><v>{noise.random()}</v></c>" for _ in range(1000))
    monkeypatch.setattr("worksheet.grading.answers.safe_xml.XLSX_ELEMENTS", 100_000)
    many = with_part(SHEET, lambda _: f"<worksheet>{rows * 60}</worksheet>".encode())
    refused(written(tmp_path / "b.xlsx", many), "more than 100,000 elements")
    deep = with_part(SHEET, lambda _: b"<a>" * 100_000)
    refused(written(tmp_path / "c.xlsx", deep), "nests more than 50")
    attribute = with_part(SHEET, lambda xml: xml.replace(b"<sheetData>", b'<sheetData a="' + b"x" * 70_000 + b'">'))
    refused(written(tmp_path / "d.xlsx", attribute), "tag or comment of more")
    comment = with_part(SHEET, lambda xml: xml.replace(b"<sheetData>", b"<!--" + b"x" * 70_000 + b"--><sheetData>"))
    refused(written(tmp_path / "e.xlsx", comment), "tag or comment of more")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="2"', b'<row r="99999999999999"'),
        (b'<row r="2"', b'<row r="-5"'),
        (b'<row r="2"', b'<row r="x"'),
        (b'r="A2"', b'r="ZZZZZZ9"'),
        (b'r="A2"', b'r="XFD2"'),
        (b'r="A2"', b'r=""'),
        (b"<v>0</v>", b"<v>99999999999</v>"),
        (b"<v>0</v>", b"<v>-1</v>"),
        (b"<v>0</v>", b"<v>1e999</v>"),
        (b't="s"', b't="d"'),
        (b't="s"', b't="zz"'),
        (b't="s"', b't="n"'),
        (b'"A1:D9"', b'"x"'),
        (b'ref="A1:D9"', b'ref="A1:XFD1048576"'),
        (b't="s"', b't="s" s="9999"'),
        (b"<sheetData>", b"<sheetData><sheetData>"),
    ],
)
def test_workbooks_that_lie(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = written(tmp_path / "a.xlsx", with_part(SHEET, lambda xml: xml.replace(old, new)))
    taken(path.read_bytes(), "a.xlsx")


def test_a_workbook_of_empty_rows_that_reach_far_to_the_right(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{i}"><c r="XFD{i}"><v>1</v></c></row>' for i in range(10, 2_000)).encode()
    data = with_part(SHEET, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))
    path = written(tmp_path / "a.xlsx", data)
    refused(path, "holds more than 3,000,000 cells")


# JSON


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 900 + "]" * 900, '{"answers":' * 500 + "1" + "}" * 500])
def test_deep_json(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "a.json", text)
    assert not texts_of(taken(path.read_bytes(), "a.json")).get("a")


def test_json_in_a_thread_with_a_small_stack(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", "[" * 100_000)
    thread = threading.Thread(target=refused, args=(path, "is nested too deep"))
    thread.start()
    thread.join()


def test_large_numbers_and_odd_letters_in_json(tmp_path: Path) -> None:
    digits = "9" * 100_000
    text = (
        '{"student": "s\\ud800\\u0000", "answers": {"1": {"params": %s, "flops": "\\ud800\\u0000", "output": [%s, 1e999, NaN]}}}'
    )
    answers = taken((text % (digits, "[" * 50 + "]" * 50)).encode(), "a.json")
    (student,) = answers
    assert student.texts[1, "flops"] == "\ufffd\ufffd"
    assert [each.says for each in answers.unplaced if "400" in each.says]


def test_json_of_very_many_values(tmp_path: Path) -> None:
    refused(written(tmp_path / "a.json", "[" + "[]," * 1_100_000 + "[]]"), "holds more than")
    refused(written(tmp_path / "b.json", "[" + "1," * 4_100_000 + "1]"), "holds more than")
    refused(written(tmp_path / "c.json", '{"a": 1,}'), "is not JSON")


# Anything


SIGNS = st.sampled_from(
    [
        "student",
        "row",
        "column",
        "answer",
        "1",
        "params",
        "total",
        "flops",
        "conv1",
        ",",
        ";",
        "\t",
        "|",
        '"',
        "\n",
        "\r",
        "sep=;",
        "{",
        "}",
        "[",
        "]",
        ":",
        '"1"',
        "---",
        "\\",
        "\ufeff",
        "é",
        "𝟙",
        "\u202e",
        "\0",
        "=1+1",
        "Student: ",
        "7,30,56,256",
    ]
)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    st.lists(SIGNS | st.text(max_size=5), max_size=60).map("".join),
    st.sampled_from(["a.csv", "a.json", "a.md"]),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_any_text(text: str, name: str, encoding: str) -> None:
    taken(text.encode(encoding, "replace"), name)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300), st.sampled_from(sorted(formats())))
def test_any_bytes(data: bytes, suffix: str) -> None:
    taken(data, f"a{suffix}")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["student", "answers", "row", "column", "answer", "1", "params"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(VALUES)
def test_any_json(value: object) -> None:
    taken(json.dumps(value).encode(), "a.json")


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_damaged_workbook_or_zip(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(DAMAGED)))
    raw = bytearray(DAMAGED[name])
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    taken(bytes(raw[: data.draw(st.integers(len(raw) // 2, len(raw)))]) if data.draw(st.booleans()) else bytes(raw), name)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_workbook_with_a_damaged_part(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(sorted(shared_strings(long_rows()))))
    at, cut, new = (
        data.draw(st.integers(0, 2000)),
        data.draw(st.integers(0, 40)),
        data.draw(st.sampled_from([b"", b"<", b'"', b"999999999", b"/>", b"&a;", b"\xff"])),
    )
    taken(with_part(part, lambda xml: xml[: at % len(xml)] + new + xml[at % len(xml) + cut :]), "a.xlsx")


DAMAGED = {
    "a.xlsx": packed(shared_strings(long_rows())),
    "b.xlsx": workbook(long_rows()),
    "a.zip": zipped({"a.csv": lined(long_rows()).encode(), "b.json": b"{}"}),
}

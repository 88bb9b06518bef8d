"""Bad input: message, place, hint and exit code 2; all faults of a file at once."""

import sys
from pathlib import Path

import pytest

import worksheet as ws
from tests.limits import within
from worksheet.cli import main
from worksheet.errors import WorksheetError

FRONT = "---\ntitle: T\ninput: 3 x 32 x 32\n---\n"


def check_exit(monkeypatch, capsys, path: Path, fault: WorksheetError) -> None:
    """The command reports the same message at the same position, writes nothing and ends with exit code 2."""
    monkeypatch.setattr(sys, "argv", ["worksheet", "solve", str(path), "-o", str(path.parent / "out.pdf")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert f"error: {fault.where}: {fault.message}\n" in shown.err
    assert shown.out == ""
    assert not (path.parent / "out.pdf").exists()


BAD = [  # layers after the front matter (they begin in line 5), line, column, part of the message, part of the hint
    ("Conv2D: 8c 3w", 5, 1, "unknown layer 'Conv2D'", "did you mean Conv2d?"),
    ("Relu", 5, 1, "unknown layer 'Relu'", "did you mean ReLU?"),
    ("Convolution: 3w", 5, 1, "unknown layer 'Convolution'", "did you mean Conv2d, such as "),
    ("  Drop: 3", 5, 3, "unknown layer 'Drop'", "did you mean Crop or Dropout?"),
    ("Conv2d 8c 3w", 5, 1, "a colon is missing after Conv2d", "Conv2d: 8c 3w"),
    ("Conv2d: 8c 3v", 5, 12, "Conv2d has no 'v'", "known: c"),
    ("Conv2d: 8c 1lw", 5, 12, "Conv2d has no 'lw'", "did you mean w?"),
    ("Conv2d: 256 3w 1s 1p", 5, 9, "the number '256' has no letter after it", "256c?"),
    ("Conv2d: 8c w 1s", 5, 12, "w has no number", "an example: Conv2d: 64c"),
    ("Conv2d: 8c", 5, 1, "Conv2d needs the kernel width", "an example: Conv2d: 64c"),
    ("Conv2d: 3w", 5, 1, "Conv2d needs the number of kernels", "an example: Conv2d: 64c"),
    ("Conv2d:", 5, 1, "Conv2d needs the", "an example: Conv2d: 64c"),
    ("Conv2d: 8c 3w 0s", 5, 15, "stride along the width is 0; it must be at least 1", None),
    ("Conv2d: 8c 3w -1p", 5, 15, "padding on each side of the width is -1; it must be at least 0", None),
    ("Conv2d: 0c 3w", 5, 9, "is 0; it must be at least 1", None),
    ("Conv2d: 8c -3w", 5, 12, "kernel width is -3; it must be at least 1", None),
    ("Conv2d: 8c 2000000000w", 5, 12, "it must be from 1 to 1,000,000,000", None),
    ("Conv2d: 8c 99999999999999999999w", 5, 12, "cannot read", None),
    ("Conv2d: 8c 3w 3w", 5, 15, "w is given twice", "first as 3"),
    ("Conv2d: 8c 2.5w", 5, 12, "cannot read '2.5w'", None),
    ("Conv2d: 8c 3w nobais", 5, 15, "cannot read 'nobais'", "did you mean nobias?"),
    ("Conv2d: 8c 33w", 5, 1, "the kernel is wider (33) than the padded input (32 + 2 x 0)", None),
    ("Conv2d: 8c 3w 2g", 5, 1, "3 input channels cannot be split into 2 groups", None),
    ("Conv2d: 8c 3w 3g", 5, 1, "8 kernels cannot be split into 3 groups", None),
    ("Conv2d: 8c 3w -> 4", 5, 12, "Conv2d has no arrow", "an example"),
    ("MaxPool2d: 2w 2p", 5, 1, "the padding (2) must be smaller than the kernel's width (2)", None),
    ("MaxPool2d: 2w 2s 3c", 5, 18, "MaxPool2d has no 'c'", None),
    ("ReLU: 3c", 5, 7, "ReLU has no 'c'", "ReLU takes no numbers"),
    ("conv1: Conv2d 8c 3w", 5, 1, "unknown layer 'conv1'", "write conv1 = Conv2d: 8c 3w"),
    ("== Stage", 5, 1, "unknown layer '== Stage'", "a stage has signs on both sides: == Stage =="),
    ("Dropout: 0.5", 5, 10, "cannot read '0.5'", "Dropout takes no numbers"),
    ("Conv2d: 8c 3w pad=1", 5, 15, "cannot read 'pad=1'", "write 1p"),
    ("Conv2d: 8c 3w stride=2", 5, 15, "cannot read 'stride=2'", "write 2s"),
    ("Conv2d: 8c 3k", 5, 12, "Conv2d has no 'k'", "its letter on a sheet is c, such as 2c"),
    ("Conv2d:8c3w", 5, 8, "cannot read '8c3w'", "spaces separate the words: 8c 3w"),
    ("Conv2d: 8c 3w bias", 5, 15, "cannot read 'bias'", "leave it out: only its absence is written, nobias"),
    ("Linear: 10q", 5, 9, "Linear has no 'q'", "its numbers are k, n; in a sheet: Linear: 9216->4096"),
    ("Linear: 100->10", 5, 1, "Linear states 100 inputs, but receives 3 x 32 x 32 = 3072", "write 3072"),
    ("Linear: 10", 5, 9, "the number '10' has no letter after it", None),
    ("Linear: 3072->", 5, 9, "a number is missing after the arrow", "an example: Linear: 9216->4096"),
    ("Linear: 3072->ten", 5, 9, "'ten' is not a whole number", None),
    ("Linear: a->10", 5, 9, "'a' is not a whole number", None),
    ("Linear:", 5, 1, "Linear needs the number of output nodes", "an example"),
    ("Linear: ->0", 5, 9, "number of output nodes is 0; it must be at least 1", None),
    ("Linear: ->9\nConv2d: 8c 3w", 6, 1, "Conv2d takes c x N x M, but receives 9", None),
    ("# nothing but a comment", 6, None, "there is no layer", "a layer a line"),
    ("ReLU\n" + "x" * 600, 6, 1, "a line of 600 characters", None),
    ("\u202eReLU", 5, 1, "unknown layer", None),
]


@pytest.mark.parametrize(("layers", "line", "column", "message", "hint"), BAD, ids=[layers[:24] for layers, *_ in BAD])
def test_bad_layers(
    sheet, monkeypatch, capsys, layers: str, line: int, column: int | None, message: str, hint: str | None
) -> None:
    path = sheet(FRONT + layers + "\n")
    with pytest.raises(WorksheetError) as caught:
        ws.read(path)
    fault = caught.value.faults[0]
    assert message in fault.message
    assert (fault.where.file, fault.where.line, fault.where.column) == (str(path), line, column)
    assert hint is None or hint in (fault.hint or "")
    check_exit(monkeypatch, capsys, path, fault)
    if column is not None:
        source, caret = fault.where.caret().splitlines()
        assert source.split(" | ", 1)[1] == (FRONT + layers).splitlines()[line - 1][:160].replace("\u202e", "\ufffd")
        assert caret.index("^") - caret.index("|") - 2 == column - 1


BAD_FRONT = [  # whole file, line, column, message, hint
    ("---\ntitle: T\n---\nReLU\n", 1, 1, "the key 'input' is missing", "input: channels x height x width"),
    ("---\ninputt: 3x4x4\ninput: 3x4x4\n---\nReLU\n", 2, 1, "unknown key 'inputt'", "did you mean input"),
    ("---\ninput: 3x4x4\nconvention: ai61003\n---\nReLU\n", 3, 13, "unknown convention 'ai61003'", "did you mean ai61002?"),
    ("---\ninput: 3 by 4\n---\nReLU\n", 2, 8, "'3 by 4' is not an input shape", "channels x height x width"),
    ("---\ninput: 0 x 4 x 4\n---\nReLU\n", 2, 8, "sizes of an input are from 1 to", None),
    ("---\ninput: -3 x 4 x 4\n---\nReLU\n", 2, 8, "is not an input shape", None),
    ("---\ninput: [3, 4]\n---\nReLU\n", 2, 8, "expected one value here", None),
    ("---\ninput: 3x4x4\ninput: 3x5x5\n---\nReLU\n", 3, 1, "the key 'input' is given twice", None),
    ("---\ninput: 3x4x4\ntitle: a: b\n---\nReLU\n", 3, 9, "not readable as YAML", None),
    ("---\ninput: 3x4x4\ndigits: xx_YY\n---\nReLU\n", 3, 9, "unknown digit grouping", "en_IN"),
    ("---\ninput: 3x4x4\nbrackets: sometimes\n---\nReLU\n", 3, 11, "cannot read 'sometimes'", "known: always, exact"),
    ("---\ninput: &a 3x4x4\ntitle: *a\n---\nReLU\n", 2, 8, "anchors and aliases are not read", None),
    ("---\ninput: 3x4x4\nReLU\n", 1, 1, "the front matter is not closed", None),
    ("ReLU\n", 1, 1, "there is no front matter, so the input is not known", "input: 3 x 227 x 227"),
    ("", None, None, "is empty", "front matter"),
    ("  \n\n", None, None, "is empty", "front matter"),
    (f"---\ninput: 3x4x4\ntitle: {'x' * 20_000}\n---\nReLU\n", 3, 8, "a text of 20,000 characters; at most 10,000", None),
    ("---\n- a\n---\nReLU\n", 2, 1, "expected 'key: value' lines", None),
]


@pytest.mark.parametrize(("text", "line", "column", "message", "hint"), BAD_FRONT, ids=[m for *_, m, _ in BAD_FRONT])
def test_bad_front_matter(
    sheet, monkeypatch, capsys, text: str, line: int | None, column: int | None, message: str, hint: str | None
) -> None:
    path = sheet(text)
    with pytest.raises(WorksheetError) as caught:
        ws.read(path)
    matching = [f for f in caught.value.faults if message in f.message]
    assert matching, caught.value
    assert (matching[0].where.line, matching[0].where.column) == (line, column)
    assert hint is None or hint in (matching[0].hint or "")
    check_exit(monkeypatch, capsys, path, matching[0])


def test_all_faults_of_a_file_at_once(command, sheet) -> None:
    path = sheet(
        "---\ninputt: 3 x 32 x 32\ninput: 3 x 32 x 32\nconvention: nope\n---\n"
        "Conv2D: 8c 3w\nConv2d: 8c 3w 0s -1p\nLinear: ->10\nLinear: 11->5  # not 11\nReLU: 3c\n"
    )
    result = command("solve", path, "-o", "out.md")
    assert result.code == 2
    assert result.out == ""
    heads = [line for line in result.err.splitlines() if line.startswith("error: ")]
    places = [head.removeprefix(f"error: {path}:").split(": ")[0] for head in heads]
    assert places == ["2:1", "4:13", "6:1", "7:15", "7:18", "9:1", "10:7"]
    assert "  9 | Linear: 11->5  # not 11\n    | ^^^^^^^^^^^^^\n" in result.err
    assert not (path.parent / "out.md").exists()


def test_sizes_behind_a_fault_are_not_blamed(sheet) -> None:
    with pytest.raises(WorksheetError) as caught:
        ws.read(sheet(FRONT + "Conv2d: 8c 3\nMaxPool2d: 99w\nLinear: 7->5\nLinear: 6->5\n"))
    assert [f.where.line for f in caught.value.faults] == [5, 8]


@pytest.mark.parametrize(("data", "line", "column", "byte"), [(b"---\ntitle: \xff\n---\n", 2, 8, "0xff")])
def test_not_utf8(command, sheet, data: bytes, line: int, column: int, byte: str) -> None:
    path = sheet(data)
    result = command("solve", path)
    assert result.code == 2
    assert result.err.splitlines()[0] == f"error: {path}:{line}:{column}: is not UTF-8 text: byte {byte}"


def test_a_file_of_50_mb_is_refused_at_once(command, tmp_path: Path) -> None:
    path = tmp_path / "big.sheet"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    result = command("solve", path)
    assert result.code == 2
    assert result.err == f"error: {path}: is larger than 1,024 KiB; this cannot be a worksheet file\n"


@pytest.mark.parametrize(
    ("name", "message"), [("none.sheet", "no such file"), ("net.docx", "no such file"), (".", "is a folder, not a network")]
)
def test_files_that_are_not_there_or_not_sheets(command, name: str, message: str) -> None:
    result = command("solve", name)
    assert result.code == 2
    assert message in result.err


def test_a_folder_is_not_a_sheet(command, tmp_path: Path) -> None:
    (tmp_path / "folder.sheet").mkdir()
    assert "is a folder" in command("solve", "folder.sheet").err


def test_line_ends_of_other_systems_and_a_byte_order_mark(sheet) -> None:
    text = "\ufeff" + FRONT + "Conv2d: 8c 3w # comment\n\n  ReLU  \n"
    for ends in ("\n", "\r\n", "\r"):
        assert [n.kind.name for n in ws.read(sheet(text.replace("\n", ends))).nodes] == ["Conv2d", "ReLU"]


def test_hostile_sheets_end_fast(sheet) -> None:
    for text in (
        FRONT + "Conv2d: " + "9c " * 150,
        FRONT + "ReLU\n" * 100_000,
        FRONT + "Conv2d: 99999999c 1w\n" * 50,
        "---\n" + "a: &a [*a, *a]\n" + "---\nReLU\n",
        "---\n" + "[" * 100_000 + "\n---\nReLU\n",
        FRONT + "->" * 200 + "\n",
        FRONT + "x:" + " " * 400 + "y\n",
    ):
        with within(5), pytest.raises(WorksheetError):
            ws.derive(ws.read(sheet(text))) and ws.read(sheet(FRONT + "nothing"))


def test_a_hostile_line_does_not_steer_the_terminal(command, sheet) -> None:
    path = sheet(FRONT + "Con\x1b[2Jv2d: 8c \x07 3w\x9b31m\n")
    shown = command("solve", path).err
    assert "unknown layer" in shown
    assert not set(shown) & set("\x1b\x07\x9b")

"""Mistakes that people make, and what is said: the fault at its place, and a hint that helps. Each was typed by somebody."""

from pathlib import Path

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES
from worksheet.errors import WorksheetError

FRONT = "---\ninput: 3x32x32\n---\n"

# A line of a sheet below its front matter; its column, what is wrong with it, and the hint.
LINES = [
    ("Linear: 10", 9, "the number '10' has no letter after it", "write ->10"),
    ("Linear: 3072 10", 9, "the numbers have no letters after them", "write Linear: 3072->10"),
    ("Linear: 3072=>10", 9, "cannot read '3072=>10'", "write 3072->10"),
    ("Conv2d: 64 11 4 2", 9, "the numbers have no letters after them", "write Conv2d: 64c 11w 4s 2p"),
    ("FC: 10", 1, "unknown layer 'FC'", "did you mean Linear, such as Linear: 9216->4096?"),
    ("Dense: 10", 1, "unknown layer 'Dense'", "did you mean Linear, such as Linear: 9216->4096?"),
    ("Conv: 64c 3w", 1, "unknown layer 'Conv'", "did you mean Conv2d, such as Conv2d: 64c 11w 4s 2p?"),
    ("BN", 1, "unknown layer 'BN'", "did you mean BatchNorm, such as BatchNorm?"),
    ("Swish", 1, "unknown layer 'Swish'", "did you mean SiLU, such as SiLU?"),
    ("Eltwise <- input, input", 1, "unknown layer 'Eltwise'", "did you mean Add, such as Add?"),
    ("MaxPool: 2w", 1, "unknown layer 'MaxPool'", "did you mean MaxPool2d, such as MaxPool2d: 2w 2s 0p?"),
    ("AveragePooling2D: 2w", 1, "unknown layer 'AveragePooling2D'", "did you mean AvgPool2d, such as AvgPool2d: 2w 2s 0p?"),
    ("relu", 1, "unknown layer 'relu'", "did you mean ReLU?"),
    ("Whatever: 3w", 1, "unknown layer 'Whatever'", "worksheet formulas lists the layers"),
    ("- ReLU", 1, "unknown layer '- ReLU'", "a layer a line, without a dash before it"),
    ("Conv2d(3, 64, kernel_size=3)", 1, "this is how a program writes a layer", "write Conv2d: 64c 3w"),
    ("self.c = nn.Conv2d(3, 64, (3, 3), 2, 1, bias=False)", 10, "this is how a program", "write Conv2d: 64c 3w 2s 1p nobias"),
    ("nn.Linear(3072, 10)", 1, "this is how a program writes a layer, not a sheet", "write Linear: ->10"),
    ("(bn1): BatchNorm2d(64, eps=1e-05)", 1, "this is how a program writes a layer, not a sheet", "write BatchNorm"),
    ("ReLU(inplace=True)", 1, "this is how a program writes a layer, not a sheet", "write ReLU"),
    ("MaxPooling2D((2, 2))", 1, "this is how a program writes a layer, not a sheet", "write MaxPool2d: 2w"),
    (
        "Dense(10, activation='relu')",
        1,
        "this is how a program writes a layer",
        "did you mean Linear, such as Linear: 9216->4096?",
    ),
    ("Conv2d: 64c, 3w", 9, "cannot read '64c,'", "spaces separate the words, not commas: 64c"),
    ("Conv2d: c64 3w", 9, "cannot read 'c64'", "write 64c"),
    ("Conv2d: k=64 3w", 9, "cannot read 'k=64'", "write 64c"),
    ("Conv2d: 64c 3x3", 13, "cannot read '3x3'", "write 3w"),
    ("Conv2d: 64c 3.5w", 13, "cannot read '3.5w'", "sizes are whole numbers"),
    ("Conv2d: 64c 3w stride", 16, "cannot read 'stride'", "a number with s after it, such as 2s"),
    ("Conv2d 64c 3w", 1, "a colon is missing after Conv2d", "Conv2d: 64c 3w"),
    ("flat(3)", 1, "there is no block 'flat'", "did you mean Flatten?"),
]


@pytest.mark.parametrize(("line", "column", "message", "hint"), LINES, ids=[line for line, *_ in LINES])
def test_a_line_of_a_sheet(line: str, column: int, message: str, hint: str, sheet) -> None:
    path = sheet(FRONT + line + "\n")
    with pytest.raises(WorksheetError) as caught:
        ws.read(path)
    first = caught.value.faults[0]
    assert (first.where.file, first.where.line, first.where.column) == (str(path), 4, column)
    assert first.message.startswith(message)
    assert first.hint == hint


# An input in front matter, and the hint.
INPUTS = [
    ("(3, 32, 32)", "write 3 x 32 x 32: channels x height x width"),
    ("'[3, 32, 32]'", "write 3 x 32 x 32: channels x height x width"),
    ("3*32*32", "write 3 x 32 x 32: channels x height x width"),
    ("3,32,32", "write 3 x 32 x 32: channels x height x width"),
    ("-3x32x32", "channels x height x width, such as 3 x 227 x 227"),
    ("a picture", "channels x height x width, such as 3 x 227 x 227"),
]


@pytest.mark.parametrize(("text", "hint"), INPUTS)
def test_an_input(text: str, hint: str, sheet) -> None:
    with pytest.raises(WorksheetError, match="is not an input shape") as caught:
        ws.read(sheet(f"---\ninput: {text}\n---\nReLU\n"))
    assert caught.value.faults[0].hint.startswith(hint)


# Words of a command line in a folder with examples, what is wrong, and the hint.
COMMANDS = [
    ("solve resnet-50", "resnet-50: no such file", "did you mean zoo:resnet50?"),
    ("solve alexnet", "alexnet: no such file", "did you mean zoo:alexnet?"),
    ("solve mobilenetv2", "mobilenetv2: no such file", "did you mean zoo:mobilenet-v2?"),
    ("solve ai61002.shet", "ai61002.shet: no such file", "did you mean ai61002.sheet?"),
    ("solve ai6102.sheet", "ai6102.sheet: no such file", "did you mean ai61002.sheet?"),
    ("solve json.decoder.JSONDecoder", "no such file", "a PyTorch factory is named json.decoder:JSONDecoder"),
    (
        "solve mynet.py",
        "mynet.py: does not say which network",
        "name one of its classes or functions: mynet.py:Net or mynet.py:make",
    ),
    ("solve .", ".: is a folder, not a network", "give a file in it, such as ai61002.sheet"),
    ("solve weights.pth", "no reader for files that end in .pth", "weights do not say what the layers are"),
    ("solve net.caffemodel", "no reader for files that end in .caffemodel", "give the .prototxt file beside it"),
    ("solve homework.yaml", "no reader for files that end in .yaml", "a homework is for worksheet generate"),
    ("solve ai61002.sheet --input 224", "receives 224", "a feature map is channels x height x width, such as 3x224x224"),
    ("solve ai61002.sheet --input 3,224,224", "receives 3", "a feature map is channels x height x width, such as 3x224x224"),
    ("solve ai61002.sheet --input 224x224x3", "the kernel is wider (11)", "channels come first: is the input 3 x 224 x 224?"),
    ("solve ai61002.sheet --input 3x227x227,5", "2 inputs are given, and", "the axes of one input by x"),
    ("solve ai61002.sheet --symbolic M,M", "'M' is asked for twice", "name it once: M"),
    ("solve ai61002.sheet --symbolic=", "has no '' that could vary", "known: B, M"),
    ("explain ai61002.sheet --total 4,11G", "cannot read the figure '4,11G'", "a number with a point before its decimals"),
    ("mark answers.csv homework.yaml", "answers.csv: is not an assignment", "the assignment comes first"),
    ("generate colon.yaml -o out", "colon.yaml:1:16: not readable as YAML", 'quoted: title: "Homework: part 1"'),
    ("generate tab.yaml -o out", "not readable as YAML", "indent with spaces, not with tabs"),
    ("generate percent.yaml -o out", "not readable as YAML", 'a text that begins with % is quoted: title: "%1"'),
    ("generate forms.yaml -o out", "forms.yaml:4:11: expected 'key: value' lines here", "such as variants: {seed: 7"),
    ("generate forms.yaml -o out", "forms.yaml:5:8: expected 'key: value' lines here", "such as marks: {output: 1, params: 2"),
    ("generate forms.yaml -o out", "forms.yaml:6:12: expected 'key: value' lines here", "such as tolerance: {params: exact}"),
]
FILES = {
    "mynet.py": "class Net: ...\ndef make(): ...\ndef _own(): ...\n",
    "weights.pth": "",
    "net.caffemodel": "",
    "colon.yaml": "title: Homework: part 1\nnetwork: ai61002.sheet\n",
    "tab.yaml": "title: Homework\nvariants:\n\tseed: 7\n",
    "percent.yaml": "title: %1\nnetwork: ai61002.sheet\n",
    "forms.yaml": "title: Homework\nnetwork: ai61002.sheet\nask: [params]\nvariants: true\nmarks: 2\ntolerance: 1%\n",
}


@pytest.mark.parametrize(("line", "message", "hint"), COMMANDS, ids=[f"{line} {message[:20]}" for line, message, _ in COMMANDS])
def test_a_command(line: str, message: str, hint: str, command, tmp_path: Path) -> None:
    for name in ("ai61002.sheet", "homework.yaml", "answers.csv"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    told = command(*line.split())
    assert (told.code, told.out) == (2, "")
    assert message in told.err
    assert hint in told.err
    assert "Traceback" not in told.err


def test_a_layer_that_needs_a_map_says_what_the_input_is(sheet) -> None:
    """The layer is not the first one: then the advice is about layers, not about the input."""
    with pytest.raises(WorksheetError) as caught:
        ws.read(sheet(f"{FRONT}Flatten\nConv2d: 8c 3w\n"))
    assert caught.value.hint == "it usually follows a layer that flattens"

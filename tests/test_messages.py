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
    assert caught.value.hint == "a layer above flattens its input: should this one come before it?"


# A key of an assignment, where the value begins, what is wrong, and the hint.
ASSIGNMENTS = [
    ("network: ai61002.shet", 10, "cannot read 'ai61002.shet' as a network", "did you mean ai61002.sheet?"),
    ("network: nowhere/net.sheet", 10, "'nowhere/net.sheet': no such file", "there is no folder nowhere"),
    ("network: [ai61002.sheet]", 10, "expected one value here, not a list or a table", "such as network: ai61002.sheet"),
    ("ask: parameters", 6, "the convention has no column 'parameters'", "did you mean params?"),
    ("ask: [macs]", 7, "the convention has no column 'macs'", "known: flops, output, params"),
    ("find: conv2d_1.p", 7, "expected a list here", "such as find: [{unknown: conv2d_1.p"),
    ("mistakes: all", 11, "expected 'key: value' lines here", "such as mistakes: {worth: 0.25}"),
    ("tolerance: {params: 5}", 21, "'5' is not between 0 and 1/2", "a percentage has its sign: 1 %"),
    ("variants: {seed: seven}", 18, "'seven' is not a whole number", "such as {seed: 7}"),
    ("labels: {Foo: bar}", 10, "no document says 'Foo'", "its words in English, such as Total"),
    ("language: german", 11, "there are no words in the language 'german'", "did you mean de?"),
    ("convention: ai6102", 13, "unknown convention 'ai6102'", "did you mean ai61002?"),
]


@pytest.mark.parametrize(("line", "column", "message", "hint"), ASSIGNMENTS, ids=[line for line, *_ in ASSIGNMENTS])
def test_an_assignment(line: str, column: int, message: str, hint: str, command, tmp_path: Path) -> None:
    (tmp_path / "ai61002.sheet").write_bytes((EXAMPLES / "ai61002.sheet").read_bytes())
    given = {"title": "title: A", "network": "network: ai61002.sheet", "ask": "ask: [params]"}
    given[line.partition(":")[0]] = line
    lines = list(given.values())
    (tmp_path / "homework.yaml").write_text("\n".join(lines) + "\n")
    told = command("generate", "homework.yaml", "-o", "out")
    assert (told.code, told.out) == (2, "")
    assert f"homework.yaml:{lines.index(line) + 1}:{column}: {message}" in told.err
    assert f"hint: {hint}" in told.err
    assert not (tmp_path / "out").exists()


# A file, its text, the command that reads it, what is wrong where, and the hint.
TEXTS = [
    ("h.yaml", "title: A\nask: [params\n", "generate h.yaml -o out", "h.yaml:3:1: not readable", "a bracket that is opened"),
    ("h.yaml", "title: A\nask params\nb: c\n", "generate h.yaml -o out", "h.yaml:3:1: not readable", "a line before this one"),
    (
        "h.yaml",
        "title: A\ntitle: B\nfoo: 3\n",
        "generate h.yaml -o out",
        "h.yaml:2:1: the key 'title' is given twice",
        "known: ask,",
    ),
    (
        "class.csv",
        "Name,Nr\nAnna,1\n",
        "generate homework.yaml --roster class.csv -o out",
        "class.csv:1:1: no column is called id",
        "id,name",
    ),
    (
        "class.csv",
        "id,id\nA,B\n",
        "generate homework.yaml --roster class.csv -o out",
        "class.csv:1:1: two columns are called 'id'",
        "each",
    ),
    (
        "class.csv",
        "id,name\nA,B,C\n",
        "generate homework.yaml --roster class.csv -o out",
        "class.csv:2:1: 3 cells below 2",
        "in quotes",
    ),
    (
        "class.csv",
        "id\nA\n",
        "generate homework.yaml --roster class1.csv -o out",
        "class1.csv: no such file",
        "did you mean class.csv?",
    ),
    (
        "answers.csv",
        "student\n",
        "mark homework.yaml answer.csv -o out",
        "answer.csv: no such file or folder",
        "did you mean answers.csv?",
    ),
    (
        "answers.csv",
        "student,row,column\nA,1,params\n",
        "mark homework.yaml answers.csv -o out",
        "no table of answers",
        "student,row,column,answer",
    ),
    ("a.pdf", "%PDF-1.4", "mark homework.yaml a.pdf -o out", "a.pdf: is in no format of answers", "known: .csv"),
    (
        "own.yaml",
        "title: A\ncolumns:\n",
        "solve ai61002.sheet -c own.yaml",
        "own.yaml:2:9: expected 'key: value'",
        "such as columns: {params",
    ),
    (
        "own.yaml",
        "title: A\ncolums: {}\n",
        "solve ai61002.sheet -c own.yaml",
        "own.yaml:2:1: unknown key",
        "did you mean columns?",
    ),
    (
        "own.yaml",
        "title: A\ncolumns: {params: {Conv2d: 2kcwh}}\n",
        "solve ai61002.sheet -c own.yaml",
        "own.yaml:2:29: expected an operation",
        "multiplication needs a *",
    ),
    ("own.yaml", "title: A\n", "solve ai61002.sheet -c own.yml", "own.yml: no such file", "did you mean own.yaml?"),
    (
        "chip.yaml",
        "title: A\nclock: 1.5 Ghz\n",
        "time ai61002.sheet --on chip.yaml",
        "chip.yaml:2:8: cannot read '1.5 Ghz' as a clock",
        "write 1.5 GHz",
    ),
    (
        "chip.yaml",
        "title: A\nbandwidth: 12,8 GB/s\n",
        "time ai61002.sheet --on chip.yaml",
        "chip.yaml:2:12: cannot read '12,8 GB/s'",
        "write 12.8 GB/s",
    ),
    (
        "chip.yaml",
        "title: A\nbandwidth: 12 GB\n",
        "time ai61002.sheet --on chip.yaml",
        "chip.yaml:2:12: cannot read '12 GB'",
        "such as 1555 GB/s",
    ),
    (
        "chip.yaml",
        "title: A\nmemory_bandwidth: 1 GB/s\n",
        "time ai61002.sheet --on chip.yaml",
        "chip.yaml:2:1: unknown key",
        "did you mean bandwidth?",
    ),
    (
        "n.prototxt",
        'net: "train_val.prototxt"\n',
        "solve n.prototxt",
        "n.prototxt: there is no layer",
        "the network is in 'train_val.prototxt'",
    ),
    (
        "n.prototxt",
        'layer { name: "c" type: "ReLU" bottom: "x" top: "y"\n',
        "solve n.prototxt",
        "n.prototxt:1:1: layer is not closed",
        "",
    ),
    ("n.prototxt", 'layer { name "c" }\n', "solve n.prototxt", "n.prototxt:1:14: did not expect", "expected '{'"),
]


@pytest.mark.parametrize(
    ("name", "text", "line", "message", "hint"), TEXTS, ids=[f"{line} {message}" for *_, line, message, _ in TEXTS]
)
def test_a_file(name: str, text: str, line: str, message: str, hint: str, command, tmp_path: Path) -> None:
    for example in ("ai61002.sheet", "homework.yaml"):
        (tmp_path / example).write_bytes((EXAMPLES / example).read_bytes())
    (tmp_path / name).write_text(text)
    told = command(*line.split())
    assert (told.code, told.out) == (2, "")
    assert message in told.err
    assert hint in told.err
    assert "Traceback" not in told.err
    assert not (tmp_path / "out").exists()


# Options and arguments, what is wrong, and the hint.
OPTIONS = [
    (["solve", "ai61002.sheet", "-c", "fvcore,thop"], "unknown convention 'fvcore,thop'", "one name at a time"),
    (["solve", "ai61002.sheet", "--batch", "many"], "'many' is not a whole number.", ""),
    (["solve", "ai61002.sheet", "--batch", "0"], "0 is less than 1.", ""),
    (
        ["solve", "ai61002.sheet", "b.sheet"],
        "There is one argument too many: b.sheet",
        "several networks are for worksheet table",
    ),
    (
        ["explain", "ai61002.sheet", "--total", "1.8", "GFLOPs"],
        "one argument too many: GFLOPs",
        "a value with spaces needs quotes",
    ),
    (["solve", "ai61002.sheet", "-f", "PDF"], "unknown format 'PDF'", "did you mean pdf?"),
    (["solve", "ai61002.sheet", "-o", "a.docx"], "a.docx: no format for files that end in .docx", "a name that ends in"),
    (["solve", "ai61002.sheet", "-o", "no/where.md"], "the folder 'no' does not exist", ""),
    (["grow", "ai61002.sheet", "--side", "512..224"], "the range '512..224' of side goes backwards", "write 224..512"),
    (["slove", "ai61002.sheet"], "No such command 'slove'", "solve"),
]


@pytest.mark.parametrize(("words", "message", "hint"), OPTIONS, ids=[" ".join(words) for words, *_ in OPTIONS])
def test_an_option(words: list[str], message: str, hint: str, command, tmp_path: Path) -> None:
    (tmp_path / "ai61002.sheet").write_bytes((EXAMPLES / "ai61002.sheet").read_bytes())
    told = command(*words)
    assert (told.code, told.out) == (2, "")
    assert message in told.err
    assert hint in told.err
    assert {path.name for path in tmp_path.iterdir()} == {"ai61002.sheet"}


NET = ws.network("tiny", (3, 8, 8), ws.layer("Conv2d", k=4, w=3), ws.layer("ReLU"))

# What is called in Python, what is wrong, and the hint.
CALLS = [
    (lambda: ws.read(None), "no reader for NoneType", "give a file, zoo:NAME, or a torch.nn.Module"),
    (lambda: ws.derive(3), "no reader for int", "give a file, zoo:NAME, or a torch.nn.Module"),
    (lambda: ws.write({}, "a.md"), "no reader for dict", "give a file, zoo:NAME, or a torch.nn.Module"),
    (lambda: ws.write(NET, None), "NoneType is not the name of a file", "alexnet.pdf"),
    (lambda: ws.derive(NET, 3), "int is not a convention", "a name, the path of a YAML file or a Convention"),
    (lambda: ws.timing(NET, 3), "int is not hardware", "a processor's name"),
    (lambda: ws.grow(NET, 3), "int does not say what varies", 'such as {"side": "112..672"}'),
    (lambda: ws.assignment(3), "int is not an assignment", "the name of its file"),
    (lambda: ws.explain(NET, 3.5e300), "cannot read the figure '3.5e+300'", "a number with a point"),
    (
        lambda: ws.read(EXAMPLES / "ai61002.sheet", input=(3, 227.0, 227)),
        "'3 x 227.0 x 227' is not an input",
        "channels x height",
    ),
    (lambda: ws.read(EXAMPLES / "ai61002.sheet", input=(3, -227, 227)), "'3 x -227 x 227' is not an input", "channels x height"),
]


@pytest.mark.parametrize(("call", "message", "hint"), CALLS, ids=[message for _, message, _ in CALLS])
def test_a_call(call, message: str, hint: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        call()
    assert caught.value.message.startswith(message)
    assert hint in (caught.value.hint or "")


def test_a_text_is_one_name_where_several_may_be_given() -> None:
    assert ws.tabulate(NET, "params").data == ws.tabulate(NET, ["params"]).data
    assert ws.table(NET, "macs").data == ws.table([NET], ["macs"]).data
    assert ws.compare(NET, "fvcore").data == ws.compare(NET, ["fvcore"]).data


def test_the_keys_that_are_known_are_listed_once(command, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("title: A\nqqq: 1\nzzz: 2\ncolumns: {params: {Conv2d: weights}}\n")
    (tmp_path / "ai61002.sheet").write_bytes((EXAMPLES / "ai61002.sheet").read_bytes())
    told = command("solve", "ai61002.sheet", "-c", "own.yaml")
    assert told.code == 2
    assert told.err.count("unknown key") == 2
    assert told.err.count("known: again") == 1

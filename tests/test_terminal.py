"""What is printed on a terminal is as wide as the terminal, and no word is split."""

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.sheet_facts import EXAMPLES
from worksheet.writers.fitted_tables import FittedColumn, plain_lines, shared_out, stacked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")

LINES = """\
solve ai61002.sheet
solve alexnet-224.sheet --blank
solve zoo:resnet50-caffe --summary
solve zoo:resnet50-caffe --training adam --batch 32 --rows 1-4
solve zoo:resnet18 --symbolic M --summary
solve ai61002.sheet -c memory
formulas
formulas LSTM MultiheadAttention
zoo resnet
zoo --table resnet
compare zoo:resnet50 -c torchinfo -c fvcore
explain zoo:resnet50 --total 4.11G
conventions
conventions fvcore
burden zoo:resnet50-caffe
time
time --on a100
time zoo:resnet50-caffe --on a100 --rows 1
grow zoo:vgg-f --side 224..448
find ai61002.sheet --unknown conv2d_1.p --so-that "conv2d_1.output = 56"
transformer
transformer zoo:gpt2
check homework-short.yaml --row 1 --params 23,232 --hint --show
generate homework-short.yaml -o out -f md --forms csv
""".splitlines()


@pytest.mark.parametrize("line", LINES)
def test_no_line_is_longer_than_the_terminal_and_no_word_split(line: str, tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    folder = shutil.copytree(EXAMPLES, tmp_path / "examples")
    words = []
    for width in (60, 80, 120):
        shutil.rmtree(folder / "out", ignore_errors=True)
        shown = on_a_terminal(shlex.split(line), folder, width=width)
        assert "Traceback" not in shown.err
        assert not [text for text in shown.out.splitlines() if len(text) > width]
        assert "…" not in shown.out
        words.append(set(re.findall(r"[A-Za-z_][\w.]{6,}", shown.out)))
    assert not (words[0] | words[1]) - words[2], "a word that is whole at 120 columns is split at 60 or 80"


def test_a_summary_keeps_the_names_of_layers_whole(tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    shown = on_a_terminal(["solve", "zoo:resnet50", "--summary"], tmp_path, width=80).out
    assert re.search(r"^ *\d+ +layer4\.2\.conv2 ", shown, re.MULTILINE)
    assert "2048 × 7 × 7" in shown


def test_the_zoo_keeps_its_words_whole(tmp_path: Path) -> None:
    from tests.terminals import on_a_terminal

    for width in (40, 60, 80):
        shown = on_a_terminal(["zoo", "resnet-50"], tmp_path, width=width).out
        for word in ("recognition", "definitions", "25,557,096", "3,857,973,248"):
            assert word in shown
        assert max(map(len, shown.splitlines())) <= width


NAMES = FittedColumn("Name", ("conv1", "a layer of many words"), "Total", words=True)
FIGURES = FittedColumn("# Params", ("9,472", "118,013,952"), "118,023,424")


def test_widths_of_columns() -> None:
    """Figures never break; the narrowest column of words grows first, and none beyond its need."""
    assert (NAMES.natural, NAMES.least, FIGURES.least) == (21, 14, 11)
    assert shared_out((NAMES, FIGURES), 100) == [21, 11]
    assert shared_out((NAMES, FIGURES), 28) == [17, 11]
    assert shared_out((NAMES, NAMES, FIGURES), 43) == [16, 16, 11]


def test_columns_of_words_are_stacked() -> None:
    other = FittedColumn("Layer", ("Conv2d", "ReLU"), words=True)
    [merged, figures] = stacked((NAMES, other, FIGURES))
    assert merged.cells == ("conv1\nConv2d", "a layer of many words\nReLU")
    assert (merged.heading, merged.foot, figures) == ("Name\nLayer", "Total", FIGURES)
    assert stacked((NAMES, other)) == stacked((FIGURES,)) == []


def test_a_table_in_a_pipe_is_not_wider_than_it_can_be_read(command) -> None:
    """Plain text does not know the terminal: a table of more than 120 characters becomes a list."""
    shown = command("conventions")
    assert max(map(len, shown.out.splitlines())) <= 120
    assert "ai61002\n  Title: AI61002, Spring 2020\n  Columns: params, flops\n" in shown.out
    assert shown.bytes == command("conventions", "-f", "txt", COLUMNS="60").bytes


def test_a_table_as_plain_text() -> None:
    columns = (NAMES, FIGURES)
    assert plain_lines(columns, 60) == [
        "Name                       # Params",
        "-----------------------------------",
        "conv1                         9,472",
        "a layer of many words   118,013,952",
        "-----------------------------------",
        "Total                   118,023,424",
    ]
    assert plain_lines(columns, 28)[2:5] == ["conv1                  9,472", "", "a layer of       118,013,952"]
    assert plain_lines(columns, 20)[:3] == ["conv1", "  # Params: 9,472", ""]

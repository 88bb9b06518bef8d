"""Makes docs/mistakes.md: every mistake that is known by name."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from tests.grading.catalogue import Entry, catalogue
from tools.generated import CannotBeMade
from worksheet.grading.mistakes import known_mistakes

PAGE = Path("docs/mistakes.md")
HEAD = """\
# Known mistakes

A wrong answer is compared with the result of each of these mistakes, on the true sizes and on the student's own,
one mistake alone and two together.
Where several mistakes fit, all are named; where none fits, none is named.
An answer that is right under another convention is not called a mistake.

The program applies a mistake to the formulas of whatever convention is used,
along all axes of a layer, in one, two or three dimensions.
This page shows them for the width of a two-dimensional layer with a bias, in the letters of the [layers](layers/README.md):

| letter | meaning |
| --- | --- |
| `M`, `N` | width and height of the input |
| `W`, `H` | width and height of the output |
| `c`, `k` | input and output channels; of a recurrent layer `k` is its number of units |
| `w`, `h` | width and height of the kernel |
| `p`, `q` | padding on each side; output padding of a transposed convolution |
| `s`, `d`, `g` | stride, dilation, groups |
| `n`, `k` | inputs and outputs of a linear layer; `n` is also the width of a row |
| `B` | batch size: mistakes with a batch use a common one, from 2 to 256 |
| `params`, `beta` | number of parameters; bytes of a number |
| `total`, `row` | a total, and one of its rows |

Where parameters are asked for in bytes, mistakes in their number show there too.
A linear layer that reads a feature map shows the mistakes in the vector's length.
"""
RENAMED = {  # the catalogue's letters in those of the layers, by the first word of the target
    "": {"O": "W", "P": "H"},
    "linear": {"m": "k"},
    "mem": {"W": "params", "b": "beta", "O": "W", "P": "H"},
    "lstm": {"x": "n", "u": "k"},
    "gru": {"x": "n", "u": "k"},
    "rnn": {"x": "n", "u": "k"},
    "mha": {"e": "n"},
    "ln": {"e": "n"},
    "total": {"T": "total", "r": "row"},
    "any": {"T": "total"},
}
TARGETS = {
    "conv.out": "Output size of a convolution",
    "pool.out": "Output size of pooling",
    "convT.out": "Output size of a transposed convolution",
    "conv.params": "Parameters of a convolution",
    "pool.params": "Parameters of pooling",
    "relu.params": "Parameters of ReLU and similar layers",
    "bn.params": "Parameters of a batch normalisation",
    "linear.params": "Parameters of a linear layer",
    "flatten.out": "Length of a flattened feature map",
    "conv.ops": "Operations of a convolution",
    "linear.ops": "Operations of a linear layer",
    "relu.ops": "Operations of ReLU and similar layers",
    "pool.ops": "Operations of pooling",
    "dropout.ops": "Operations of dropout",
    "mem.params": "Bytes of the parameters and of layer outputs",
    "mem.unit": "Units",
    "mem.act": "Bytes of layer outputs",
    "lstm.params": "Parameters of an LSTM",
    "gru.params": "Parameters of a GRU",
    "rnn.params": "Parameters of a recurrent layer",
    "mha.params": "Parameters of a multi-head attention",
    "ln.params": "Parameters of a layer normalisation",
    "total": "The row of totals",
    "any": "Any number",
}


def pages() -> dict[Path, str]:
    """The page, by its path. Raises CannotBeMade for a mistake that only one of program and catalogue knows."""
    if unknown := {entry.id for entry in catalogue()} ^ set(known_mistakes()):
        where = "both in worksheet/grading/mistakes and in tests/facts/misconceptions.csv"
        raise CannotBeMade(f"describe these mistakes {where}: {', '.join(sorted(unknown))}")
    parts = [HEAD]
    for target, entries in groupby(catalogue(), key=lambda entry: entry.target):
        if target not in TARGETS:
            raise CannotBeMade(f"name in tools/mistakes.py what is asked for: {target}")
        parts += [
            f"\n## {TARGETS[target]}\n",
            "| mistake | right | wrong | what the student reads | known from |",
            "| --- | --- | --- | --- | --- |",
        ]
        parts += [_line(entry) for entry in entries]
    return {PAGE: "\n".join(parts) + "\n"}


def _line(entry: Entry) -> str:
    mistake = known_mistakes()[entry.id]
    source = mistake.source if mistake.documented else f"{mistake.source} (derived)"
    formulas = [f"`{renamed(text, entry.target)}`" for text in (entry.correct, entry.wrong)]
    return f"| `{entry.id}` | {' | '.join(formulas)} | {mistake.says} | {source.replace('*', chr(92) + '*')} |"


def renamed(formula: str, target: str) -> str:
    """A formula of the catalogue in the letters of the layers.

    >>> renamed("k*O*P", "conv.ops"), renamed("W*b/2**20", "mem.unit")
    ('k*W*H', 'params*beta/2**20')
    """
    letters = RENAMED.get(target.partition(".")[0], RENAMED[""])
    return re.sub(r"[A-Za-z]+", lambda match: letters.get(match[0], match[0]), formula)

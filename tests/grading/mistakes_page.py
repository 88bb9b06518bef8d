"""Writes docs/mistakes.md: every mistake that is known by name.

python -m tests.grading.mistakes_page > docs/mistakes.md
"""

import sys
from itertools import groupby

from tests.grading.catalogue import Entry, catalogue
from worksheet.grading.slips import slips

HEAD = """\
# The mistakes that are known by name

Made by `python -m tests.grading.mistakes_page`; a test fails where this page is not what the program has.

A wrong answer is compared with what each of these mistakes gives, on the true sizes and on the student's own, alone and
two at once. Where several fit, all are named; where none fits, none is. What is right under another way of counting is not
called a mistake.

The formulas are the catalogue's, for layers with a bias. M, N are the input's width and height, c and k the input and output
channels, w, h the kernel, p, s, d, g the padding on one side, stride, dilation and groups, q the further padding of an
output, O, P the output's width and height, n, m the inputs and outputs of a linear layer, B a batch, W a number of
parameters, b the bytes of a number, u, x, e the widths of units, input and rows, T a total and r one of its rows.

The program changes whatever formula the way of counting has, along all axes of a layer, in one, two or three dimensions. A
batch is one of those that people use, from 2 to 256. Where parameters are asked for in bytes, mistakes in their number show
there too. A linear layer that reads a map shows the mistakes in the vector's length.
"""
TARGETS = {
    "conv.out": "Output size of a convolution",
    "pool.out": "Output size of pooling",
    "convT.out": "Output size of a transposed convolution",
    "conv.params": "Parameters of a convolution",
    "pool.params": "Parameters of pooling",
    "relu.params": "Parameters of ReLU and its like",
    "bn.params": "Parameters of a batch normalisation",
    "linear.params": "Parameters of a linear layer",
    "flatten.out": "Length of a flattened map",
    "conv.ops": "Operations of a convolution",
    "linear.ops": "Operations of a linear layer",
    "relu.ops": "Operations of ReLU and its like",
    "pool.ops": "Operations of pooling",
    "dropout.ops": "Operations of dropout",
    "mem.params": "Bytes of the parameters, and of what layers give",
    "mem.unit": "Units",
    "mem.act": "Bytes of what layers give",
    "lstm.params": "Parameters of an LSTM",
    "gru.params": "Parameters of a GRU",
    "rnn.params": "Parameters of a recurrent layer",
    "mha.params": "Parameters of a multi-head attention",
    "ln.params": "Parameters of a layer normalisation",
    "total": "The row of totals",
    "any": "Any number",
}


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for target, entries in groupby(catalogue(), key=lambda entry: entry.target):
        parts += [
            f"\n## {TARGETS[target]}\n",
            "| mistake | right | wrong | what the student reads | known from |",
            "| --- | --- | --- | --- | --- |",
        ]
        parts += [_line(entry) for entry in entries]
    return "\n".join(parts) + "\n"


def _line(entry: Entry) -> str:
    slip = slips()[entry.id]
    source = slip.source if slip.documented else f"{slip.source} (derived)"
    return f"| `{entry.id}` | `{entry.correct}` | `{entry.wrong}` | {slip.says} | {source.replace('*', chr(92) + '*')} |"


if __name__ == "__main__":
    sys.stdout.write(page())

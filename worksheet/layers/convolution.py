"""Convolution: every output channel is a kernel laid over every place of the input."""

from worksheet.layers.kind import Check, Form, Kind, Spelling, Symbol, Word
from worksheet.layers.shapes import MAP
from worksheet.layers.windows import DILATION, FITS, KERNEL_HEIGHT, KERNEL_WIDTH, PADDING, SIZES, WORDS, stride

KERNELS = Symbol("k", "Number of kernels (output channels)")
GROUPS = Symbol("g", "Number of groups", default="1", neutral=1)
BIAS = Symbol("b", "Bias", least=0, default="1", words={1: "with bias", 0: "without bias"})

KINDS = (
    Kind(
        name="Conv2d",
        title="2D convolution layer",
        source="the definition of a grouped, dilated convolution as in torch.nn.Conv2d; AI61002 worksheet",
        forms={3: Form(MAP, ("k", "H", "W"), X="c*M*N", Y="k*W*H")},
        hyperparameters=(KERNEL_WIDTH, KERNEL_HEIGHT, KERNELS, *PADDING, *stride("1", "1"), *DILATION, GROUPS, BIAS),
        sizes=SIZES,
        counts={
            "weights": "k*(c/g)*w*h",
            "biases": "b*k",
            "multiplications": "k*(c/g*w*h)*W*H",
            "additions": "k*(c/g*w*h - 1 + b)*W*H",
            "macs": "k*(c/g*w*h)*W*H",
        },
        checks=(
            *FITS,
            Check("c/g", "{c} input channels cannot be split into {g} groups", whole=True),
            Check("k/g", "{k} kernels cannot be split into {g} groups", whole=True),
        ),
        spelling=Spelling(
            words=(Word("c", ("k",)), *WORDS, Word("g", ("g",), quiet=True)),
            flags={"nobias": ("b", 0)},
            example="Conv2d: 64c 11w 4s 2p",
        ),
    ),
)

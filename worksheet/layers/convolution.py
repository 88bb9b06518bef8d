"""Convolution: each output channel is a kernel applied at every place of the input."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

from worksheet.language import N_
from worksheet.layers.kind import Check, Form, Kind, Shape, Spelling, Symbol, Word
from worksheet.layers.quantities import Training, dot_products
from worksheet.layers.traits import Drawing, Window
from worksheet.layers.windows import SAME, SAME_FLAG, WINDOW_CALL, WindowCase, Windows

KERNELS = Symbol("k", "Number of kernels (output channels)")
GROUPS = Symbol("g", "Number of groups", default="1", neutral=1)
KERNELS_WORD = Word("c", ("k",), says=N_("{n} kernels (k in the formulas)"))
GROUPS_WORD = Word("g", ("g",), quiet=True, says=N_("{n} groups"))
BIAS = Symbol("b", "Bias", least=0, default="1", words={1: "with bias", 0: "without bias"})
GROUPED = (
    Check("c/g", "{c} input channels cannot be split into {g} groups", whole=True),
    Check("k/g", "{k} kernels cannot be split into {g} groups", whole=True),
)
EXAMPLES: dict[int, tuple[str, tuple[str, ...]]] = {
    1: ("Conv1d: 64c 11w 4s 2p", ("3x64",)),
    2: ("Conv2d: 64c 11w 4s 2p", ()),
    3: ("Conv3d: 64c 3w 2s 1p", ("3x16x64x64",)),
}


@cache
def convolution(dimensions: int, case: WindowCase) -> Kind:
    """The kind in one, two or three dimensions, for layers of one window case."""
    windows = Windows(dimensions)
    example, beside = EXAMPLES[dimensions]
    each = f"c/g*{windows.kernel}"  # products for an output element
    outputs = windows.on_output
    backward = f"B*k*({each})*{outputs}"  # as many products for the input as for the weights
    kind = Kind(
        name=f"Conv{dimensions}d",
        title=f"{dimensions}D convolution layer",
        source=f"the definition of a grouped, dilated convolution as in torch.nn.Conv{dimensions}d; AI61002 worksheet",
        forms=(Form((windows.input,), ("k", *windows.output), X=f"c*{windows.on_input}", Y=f"k*{outputs}"),),
        hyperparameters=(
            *(*windows.kernels, KERNELS, *windows.paddings),
            *(*windows.strides("1"), *windows.dilations, GROUPS, BIAS, SAME),
        ),
        sizes=windows.sizes(case),
        counts={
            "weights": f"k*(c/g)*{windows.kernel}",
            "biases": "b*k",
            **dot_products(f"k*({each})*{outputs}", f"k*({each} - 1 + b)*{outputs}"),
        },
        training=Training(
            input=dot_products(backward, backward),  # every product is added to the gradient of its input element
            weights=dot_products(backward, f"k*({each} + b)*(B*{outputs} - 1)"),
            saves=frozenset({"input"}),
        ),
        checks=(*windows.checks(case), *GROUPED),
        width=KERNELS.name,
        window=Window.SLIDING,
        drawing=Drawing.WINDOW if dimensions == 2 else None,
        spelling=Spelling(
            words=(KERNELS_WORD, *windows.words, GROUPS_WORD),
            flags={"nobias": ("b", 0)} | SAME_FLAG,
            example=example,
            beside=beside,
            also=("Conv", "Convolution", f"Convolution{windows.dimensions}D"),
            call={"in_channels": "", "out_channels": "{}c", **WINDOW_CALL, "dilation": "{}d", "groups": "{}g", "bias": "nobias"},
        ),
    )
    return windows.fitted(kind, case)


def _specialise(dimensions: int, shapes: tuple[Shape, ...], values: Mapping[str, int], _: str) -> Kind:
    return convolution(dimensions, Windows(dimensions).case_of(shapes, values))


KINDS = tuple(replace(convolution(n, Windows(n).usual), specialise=partial(_specialise, n)) for n in EXAMPLES)

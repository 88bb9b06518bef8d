"""Transposed convolution: each input element adds a weighted copy of the kernel to the output."""

from worksheet.layers.convolution import BIAS, GROUPED, GROUPS, GROUPS_WORD, KERNELS, KERNELS_WORD
from worksheet.layers.kind import Check, Form, Kind, Size, Spelling
from worksheet.layers.quantities import Training, dot_products
from worksheet.layers.traits import Window
from worksheet.layers.windows import WINDOW_CALL, WindowAxis, Windows

EXAMPLES: dict[int, tuple[str, tuple[str, ...]]] = {
    1: ("ConvTranspose1d: 8c 4w 2s 1p", ("3x64",)),
    2: ("ConvTranspose2d: 8c 4w 2s 1p", ()),
    3: ("ConvTranspose3d: 8c 4w 2s 1p", ("3x8x8x8",)),
}


def _size(axis: WindowAxis) -> Size:
    x, size = axis.letter, axis.input.name
    text = f"({size} - 1)*s_{x} - 2*p_{x} + d_{x}*({x} - 1) + 1 + o_{x}"
    return Size(axis.output, f"{axis.side.capitalize()} of output tensor", text)


def _checks(axis: WindowAxis) -> tuple[Check, ...]:
    x = axis.letter
    smaller = f"the further {axis.side} ({{o_{x}}}) must be smaller than the stride ({{s_{x}}}) or the dilation ({{d_{x}}})"
    left = f"the padding ({{p_{x}}}) leaves nothing of the output's {axis.side}"
    return Check(f"max(s_{x}, d_{x}) - 1 - o_{x}", smaller), Check(f"{_size(axis).formula} - 1", left)


def _training(windows: Windows) -> Training:
    """The input's gradient is a convolution of the output's, whose cropped border is zero."""
    each = f"k/g*{windows.kernel}"  # products for an input element
    products = f"B*c*({each})*{windows.on_input}"
    biases = f"b*k*(B*{windows.on_output} - 1)"
    return Training(
        input=dot_products(products, f"B*c*({each} - 1)*{windows.on_input}"),
        weights=dot_products(products, f"c*({each})*(B*{windows.on_input} - 1) + {biases}"),
        saves=frozenset({"input"}),
    )


CALL = {"in_channels": "", "out_channels": "{}c", **WINDOW_CALL, "output_padding": "{}o", "groups": "{}g"}


def _kind(dimensions: int) -> Kind:
    windows = Windows(dimensions)
    example, beside = EXAMPLES[dimensions]
    paddings = windows.paddings[:dimensions]  # the even ones
    products = f"c*(k/g)*{windows.kernel}*{windows.on_input}"
    further = windows.symbols("o", "Further {} of the output", "further output", "0")
    width, strides, padding, *_ = windows.words
    return Kind(
        name=f"ConvTranspose{dimensions}d",
        title=f"{dimensions}D transposed convolution layer",
        source=(
            f"the definition of torch.nn.ConvTranspose{dimensions}d, run from the input: each input element times each weight "
            "of its kernels is added to a place of an output that begins with zeros; the padding is cropped off at the end, "
            "so products that fall there are counted too; then the bias is added"
        ),
        forms=(Form((windows.input,), ("k", *windows.output), X=f"c*{windows.on_input}", Y=f"k*{windows.on_output}"),),
        hyperparameters=(
            *(*windows.kernels, KERNELS, *paddings, *windows.strides("1")),
            *(*windows.dilations, *further, GROUPS, BIAS),
        ),
        sizes=tuple(map(_size, windows.axes)),
        counts={
            "weights": f"c*(k/g)*{windows.kernel}",
            "biases": "b*k",
            **dot_products(products, f"{products} + b*k*{windows.on_output}"),
        },
        training=_training(windows),
        width=KERNELS.name,
        window=Window.TRANSPOSED,
        checks=(*GROUPED, *(check for axis in windows.axes for check in _checks(axis))),
        spelling=Spelling(
            words=(
                *(KERNELS_WORD, width, strides, padding, windows.word("o", quiet=True)),
                *(windows.word("d", quiet=True), GROUPS_WORD),
            ),
            flags={"nobias": ("b", 0)},
            example=example,
            beside=beside,
            also=("ConvTranspose", "Deconv", "Deconvolution", f"Conv{windows.dimensions}DTranspose"),
            call=CALL,
        ),
    )


KINDS = tuple(map(_kind, EXAMPLES))

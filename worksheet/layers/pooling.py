"""Pooling: one number for each window of each channel: its maximum, mean or norm."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial

from worksheet.layers.kind import Form, Kind, Shape, Spelling, Symbol, Word
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import MAP, SIGNAL, VOLUME
from worksheet.layers.traits import Pooling, Window
from worksheet.layers.windows import ROUNDING, ROUNDING_FLAGS, SAME, SAME_FLAG, WINDOW_CALL, WindowCase, Windows

ALSO = {
    "MaxPool": ("MaxPool", "MaxPooling{}D", "Pool", "Pooling"),
    "AvgPool": ("AvgPool", "AveragePool", "AveragePooling{}D", "MeanPool"),
}
INPUTS: dict[int, tuple[str, ...]] = {1: ("3x64",), 2: (), 3: ("3x16x64x64",)}  # beside the examples
PADDED_IN_MEAN = Symbol(
    "i",
    "Divisor of the mean",
    least=0,
    default="1",
    words={1: "the window with its padding", 0: "the window without its padding"},
)
EXPONENT = Symbol("n_p", "Exponent of the norm", default="2")
FIRST, SQUARE, HIGHER = 1, 2, 3  # exponents by what they cost
# Each gradient is added at the place of its maximum, since windows may overlap: the gradient of the input starts as zeros.
ROUTED = Training(
    input={"additions": "B*Y"},
    saves=frozenset({"input"}),
    extra="B*Y",
    source="the forward pass keeps the place of each maximum; to find it costs the comparisons that the maximum does",
)


def _pooling(windows: Windows, case: WindowCase, name: str, title: str) -> Kind:
    """What the kinds of pooling share."""
    dimensions, outputs = windows.dimensions, f"c*{windows.on_output}"
    kind = Kind(
        name=f"{name}{dimensions}d",
        title=f"{dimensions}D {title} layer",
        source="",
        forms=(Form((windows.input,), ("c", *windows.output), X=f"c*{windows.on_input}", Y=outputs),),
        hyperparameters=(
            *(*windows.kernels, *windows.paddings, *windows.strides()),
            *(*windows.dilations, ROUNDING, *((SAME,) if windows.padded else ())),
        ),
        sizes=windows.sizes(case),
        checks=(*windows.checks(case), *windows.filled),
        window=Window.SLIDING,
        spelling=Spelling(
            words=windows.words,
            flags=ROUNDING_FLAGS | (SAME_FLAG if windows.padded else {}),
            example=f"{name}{dimensions}d: 2w 2s" + (" 0p" if windows.padded else ""),
            beside=INPUTS[dimensions],
            also=tuple(name.format(dimensions) for name in ALSO.get(name, ())),
            call=WINDOW_CALL,
        ),
    )
    return windows.fitted(kind, case)


@cache
def maximum(windows: Windows, case: WindowCase) -> Kind:
    """Max-pooling for layers of one window case."""
    return replace(
        _pooling(windows, case, "MaxPool", "max-pooling"),
        source=(
            "a running maximum over each window, padding (minus infinity) included, "
            f"as in torch.nn.MaxPool{windows.dimensions}d; AI61002 worksheet"
        ),
        counts={"comparisons": f"c*({windows.kernel} - 1)*{windows.on_output}"},
        training=ROUTED,
        pooling=Pooling.MAXIMUM,
    )


@cache
def average(windows: Windows, case: WindowCase) -> Kind:
    """Average-pooling for layers of one window case."""
    kind = _pooling(windows, case, "AvgPool", "average-pooling")
    return replace(
        kind,
        source=(
            "the sum of each window, padding (zeros) included, divided by its size, "
            f"as in torch.nn.AvgPool{windows.dimensions}d; whether the padding counts in the size changes the divisor alone"
        ),
        hyperparameters=(*kind.hyperparameters, PADDED_IN_MEAN),
        counts={"additions": f"c*({windows.kernel} - 1)*{windows.on_output}", "divisions": f"c*{windows.on_output}"},
        training=Training(
            input={"additions": f"B*c*{windows.kernel}*{windows.on_output}", "divisions": f"B*c*{windows.on_output}"},
            saves=frozenset({"input"}),
            source="the input is kept because torch keeps it; its elements are not needed",
        ),
        pooling=Pooling.MEAN,
        spelling=replace(kind.spelling, flags={**kind.spelling.flags, "nopad": ("i", 0)}),
    )


@cache
def norm(windows: Windows, case: WindowCase, exponent: int = SQUARE) -> Kind:
    """Pooling by a norm whose exponent costs what FIRST, SQUARE or HIGHER does."""
    kind = _pooling(windows, case, "LPPool", "power-average-pooling")
    elements, outputs = f"c*{windows.kernel}*{windows.on_output}", f"c*{windows.on_output}"
    powers: dict[int, dict[str, str]] = {
        FIRST: {},
        SQUARE: {"multiplications": elements, "roots": outputs},
        HIGHER: {"exponentials": f"c*({windows.kernel} + 1)*{windows.on_output}"},
    }
    added = {"additions": f"B*{elements}"}
    scaled = {"multiplications": f"B*{elements}", "divisions": f"B*{outputs}"} | added
    backward = {
        FIRST: added,
        SQUARE: scaled,
        HIGHER: {"exponentials": f"B*c*({windows.kernel} + 1)*{windows.on_output}"} | scaled,
    }
    return replace(
        kind,
        source=(
            f"the root of the sum of powers over each window as in torch.nn.LPPool{windows.dimensions}d; a square is a product "
            "and its root a square root, a higher power or root counts as an exponential, and the sum of first powers is a sum; "
            "where the size is rounded up, a window that ends beyond the input is filled with zeros"
        ),
        hyperparameters=(*kind.hyperparameters, EXPONENT),
        counts={"additions": f"c*({windows.kernel} - 1)*{windows.on_output}"} | powers[exponent],
        training=Training(
            input=backward[exponent],
            saves=frozenset() if exponent == FIRST else frozenset({"input", "output"}),
            source=(
                "the gradient of an output divided by the output to the power n - 1, times each element of the window to that "
                "power; from an exponent of 3 on these powers count as exponentials too"
            ),
        ),
        pooling=Pooling.NORM,
        spelling=replace(
            kind.spelling, words=(*kind.spelling.words, Word("n", ("n_p",))), example=f"LPPool{windows.dimensions}d: 2w 2s 2n"
        ),
    )


def _specialise(
    make: Callable[..., Kind], windows: Windows, shapes: tuple[Shape, ...], values: Mapping[str, int], _: str
) -> Kind:
    exponent = (min(values[EXPONENT.name], HIGHER),) if EXPONENT.name in values else ()
    return make(windows, windows.case_of(shapes, values), *exponent)


SLIDING = (
    *((maximum, Windows(n)) for n in (1, 2, 3)),
    *((average, Windows(n, dilated=False)) for n in (1, 2, 3)),
    *((norm, Windows(n, dilated=False, padded=False)) for n in (1, 2)),
)
GLOBAL_FORMS = (
    Form((MAP,), ("c", "1", "1"), X="c*M*N", Y="c", on="a map"),
    Form((SIGNAL,), ("c", "1"), X="c*M", Y="c", on="a signal"),
    Form((VOLUME,), ("c", "1", "1", "1"), X="c*M*N*D", Y="c", on="a volume"),
)
GLOBAL = (
    Kind(
        name="GlobalAvgPool",
        title="Global average-pooling layer",
        source="the mean of each channel, as torch.nn.AdaptiveAvgPool2d(1) gives it",
        forms=GLOBAL_FORMS,
        counts={"additions": "X - Y", "divisions": "Y"},
        training=Training(input={"divisions": "B*Y"}),  # each quotient is copied to its whole channel
        window=Window.ADAPTIVE,
        pooling=Pooling.MEAN,
        spelling=Spelling(example="GlobalAvgPool", also=("GAP", "GlobalAveragePool", "GlobalAveragePooling2D", "GlobalPooling")),
    ),
    Kind(
        name="GlobalMaxPool",
        title="Global max-pooling layer",
        source="a running maximum over each channel, as torch.nn.AdaptiveMaxPool2d(1) gives it",
        forms=GLOBAL_FORMS,
        counts={"comparisons": "X - Y"},
        training=ROUTED,
        window=Window.ADAPTIVE,
        pooling=Pooling.MAXIMUM,
        spelling=Spelling(example="GlobalMaxPool", also=("GMP", "GlobalMaxPooling2D")),
    ),
)
KINDS = (*(replace(make(w, w.usual), specialise=partial(_specialise, make, w)) for make, w in SLIDING), *GLOBAL)

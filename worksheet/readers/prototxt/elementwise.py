"""Caffe's layers that work element by element, on one blob or on several of equal shape."""

import math
from functools import partial

from worksheet.errors import SheetError
from worksheet.readers.prototxt.fields import MessageFields
from worksheet.readers.prototxt.layer import Blob, CaffeLayer, LayerRule
from worksheet.readers.symbols import join_sizes

MAX_BLOBS = 10**6
NATURAL = (-1, math.e)  # Caffe writes e as -1
MAX_POWER = 1000


def plain(kind: str, layer: CaffeLayer, **values: int) -> Blob:
    """A layer whose settings in the file do not matter."""
    return layer.emit(kind, layer.bottom, values=values)


def relu(layer: CaffeLayer) -> Blob:
    slope = layer.param("relu_param").decimal("negative_slope", 0)
    return layer.emit("LeakyReLU" if slope else "ReLU", layer.bottom)


def prelu(layer: CaffeLayer) -> Blob:
    axes = layer.axes(layer.bottom)
    shared = layer.param("prelu_param").flag("channel_shared") or len(axes) < 2
    return layer.emit("PReLU", layer.bottom, values={"a": 1 if shared else axes[1], "i": 0 if shared else layer.channels_axis})


def swish(layer: CaffeLayer) -> Blob:
    """x / (1 + exp(-beta x))."""
    if layer.param("swish_param").decimal("beta", 1) == 1:
        return layer.emit("SiLU", layer.bottom)
    scaled = layer.emit("MulScalar", layer.bottom, part="beta")
    gate = layer.emit("Sigmoid", scaled, part="gate")
    return layer.emit("Mul", layer.bottom, gate)


Step = tuple[str, str, dict[str, int]]  # kind, part of the layer's name, values
SCALE: Step = ("MulScalar", "scale", {})
NEGATIVE: Step = ("Negative", "scale", {})
SHIFT: Step = ("AddScalar", "shift", {})


def chain(layer: CaffeLayer, steps: list[Step]) -> Blob:
    """The kinds one after the other; the last has the layer's name. No steps are an identity."""
    blob = layer.bottom
    for kind, part, values in steps[:-1]:
        blob = layer.emit(kind, blob, part=part, values=values)
    kind, _, values = steps[-1] if steps else ("Identity", "", {})
    return layer.emit(kind, blob, values=values)


def affine_steps(fields: MessageFields) -> list[Step]:
    """What happens to x before the function is applied."""
    factor = fields.decimal("scale", 1)
    scale = NEGATIVE if factor == -1 else SCALE
    return [*([scale] if factor != 1 else []), *([SHIFT] if fields.decimal("shift", 0) else [])]


SPECIAL: dict[float, Step] = {0.5: ("Sqrt", "power", {}), -1.0: ("DivScalar", "power", {})}


def power(layer: CaffeLayer) -> Blob:
    """(shift + scale x) ** power; an integer power is a product."""
    fields = layer.param("power_param")
    exponent = fields.decimal("power", 1)
    steps = affine_steps(fields)
    if exponent != 1:
        whole = int(exponent) if 1 < exponent <= MAX_POWER and exponent.is_integer() else 0
        steps.append(SPECIAL.get(exponent, ("Power", "power", {"e": whole})))
    return chain(layer, steps)


def exponential(layer: CaffeLayer) -> Blob:
    """base ** (shift + scale x): Caffe folds the base and the shift into one factor on either side."""
    fields = layer.param("exp_param")
    inner = fields.decimal("scale", 1) != 1 or fields.decimal("base", -1) not in NATURAL
    outer = fields.decimal("shift", 0) != 0
    return chain(layer, [*([SCALE] if inner else []), ("Exp", "power", {}), *([SCALE] if outer else [])])


def logarithm(layer: CaffeLayer) -> Blob:
    """The logarithm of shift + scale x to a base."""
    fields = layer.param("log_param")
    is_natural = fields.decimal("base", -1) in NATURAL
    return chain(layer, [*affine_steps(fields), ("Log", "log", {}), *([] if is_natural else [SCALE])])


OPERATIONS = {"PROD": "Mul", "SUM": "Add", "MAX": "Maximum"}


def eltwise(layer: CaffeLayer) -> Blob:
    """The product, weighted sum or maximum of blobs of one shape."""
    blobs = layer.read(2, MAX_BLOBS)
    fields = layer.param("eltwise_param")
    operation = fields.choice("operation", OPERATIONS, "SUM")
    factors = fields.decimals("coeff")
    shapes = {blob.shape for blob in blobs}
    if len(shapes) > 1:
        texts = " and ".join(map(join_sizes, sorted(shapes)[:4]))
        raise SheetError(f"{layer.name} (Eltwise) takes blobs of one shape, but receives {texts}", layer.where)
    if factors and (operation != "SUM" or len(factors) != len(blobs)):
        message = f"{len(factors)} coefficients for {len(blobs)} blobs" if operation == "SUM" else "only a SUM has coefficients"
        raise SheetError(message, fields.place("coeff"))
    if factors == [1, -1]:
        return layer.emit("Sub", *blobs)
    factors = factors or [1.0] * len(blobs)
    terms = [_times(layer, blob, i, factor) for i, (blob, factor) in enumerate(zip(blobs, factors, strict=True), 1)]
    return layer.emit(OPERATIONS[operation], *terms)


def _times(layer: CaffeLayer, blob: Blob, position: int, factor: float) -> Blob:
    if factor == 1:
        return blob
    return layer.emit("Negative" if factor == -1 else "MulScalar", blob, part=f"coeff_{position}")


def axpy(layer: CaffeLayer) -> Blob:
    """a x + y with one number a per channel, as in SENet."""
    scale, x, y = layer.read(3)
    if len(scale.shape) != 1 and scale.shape[1:] != (1,) * (len(scale.shape) - 1) and not scale.leading:
        raise SheetError(f"{layer.name} (Axpy) takes one number per channel first", layer.where, "bottoms: scale, x, y")
    return layer.emit("Axpy", scale, x, y)


SAME_NAME = ("Dropout", "ELU", "Mish", "ReLU6", "Sigmoid", "Threshold")  # as the kind
RULES: dict[str, LayerRule] = {
    **{kind: partial(plain, kind) for kind in SAME_NAME},
    "AbsVal": partial(plain, "Abs"),
    "Axpy": axpy,
    "BNLL": partial(plain, "Softplus"),  # log(1 + exp(x))
    "Clip": partial(plain, "Clip", b=2),
    "Eltwise": eltwise,
    "Exp": exponential,
    "HSigmoid": partial(plain, "Hardsigmoid"),
    "HSwish": partial(plain, "Hardswish"),
    "Log": logarithm,
    "PReLU": prelu,
    "Power": power,
    "ReLU": relu,
    "SpatialDropout": partial(plain, "Dropout"),
    "Swish": swish,
    "TanH": partial(plain, "Tanh"),
}

"""The catalogue's mistakes for chains of layers, typed from its table as plain Python, and where each can be made.

``v`` holds the letters of the catalogue: M, N input width and height, O, P those of the output, and the layer's own. The bias
is written b where the table has 1, so that a layer without bias gives what its student would write.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, prod
from random import Random
from typing import Any

from tests.grading.chains import RIGHT, Around, Chain, Key, Layer, Number, Value, output, symbols

Wrong = Callable[[Any], Number]


def _reach(v: Any) -> Number:
    return v.d * (v.w - 1) + 1


CONV_OUT: dict[str, Wrong] = {
    "out-one-pad": lambda v: floor(Fraction(v.M + v.p - _reach(v), v.s)) + 1,
    "out-no-pad": lambda v: floor(Fraction(v.M - _reach(v), v.s)) + 1,
    "out-4p": lambda v: floor(Fraction(v.M + 4 * v.p - _reach(v), v.s)) + 1,
    "out-no-plus1": lambda v: floor(Fraction(v.M + 2 * v.p - _reach(v), v.s)),
    "out-ceil": lambda v: ceil(Fraction(v.M + 2 * v.p - _reach(v), v.s)) + 1,
    "out-nofloor": lambda v: Fraction(v.M + 2 * v.p - _reach(v), v.s) + 1,
    "out-plus1-inside": lambda v: floor(Fraction(v.M + 2 * v.p - _reach(v) + 1, v.s)),
    "out-no-stride": lambda v: v.M + 2 * v.p - _reach(v) + 1,
    "out-no-kernel": lambda v: floor(Fraction(v.M + 2 * v.p, v.s)) + 1,
    "out-no-dilation": lambda v: floor(Fraction(v.M + 2 * v.p - v.w, v.s)) + 1,
    "out-dil-dw": lambda v: floor(Fraction(v.M + 2 * v.p - v.d * v.w, v.s)) + 1,
    "out-same-tf": lambda v: ceil(Fraction(v.M, v.s)),
    "out-swap-wh": lambda v: floor(Fraction(v.M + 2 * v.p - v.d * (v.h - 1) - 1, v.s)) + 1,
}
POOL_OUT: dict[str, Wrong] = {
    "pool-ceil": lambda v: ceil(Fraction(v.M - v.w + 2 * v.p, v.s)) + 1,
    "pool-stride1": lambda v: v.M - v.w + 2 * v.p + 1,
    "pool-div": lambda v: floor(Fraction(v.M, v.s)),
    "pool-divw": lambda v: floor(Fraction(v.M, v.w)),
}
COUNTS: dict[tuple[str, str], dict[str, Wrong]] = {
    ("Conv2d", "params"): {
        "par-no-bias": lambda v: Fraction(v.k * v.c * v.w * v.h, v.g),
        "par-one-bias": lambda v: Fraction(v.k * v.c * v.w * v.h, v.g) + v.b,
        "par-no-channels": lambda v: v.k * (v.w * v.h + v.b),
        "par-no-kernels": lambda v: Fraction(v.c * v.w * v.h, v.g) + v.b,
        "par-bias-per-channel": lambda v: v.k * v.c * (v.w * v.h + v.b),
        "par-bias-in": lambda v: Fraction(v.k * v.c * v.w * v.h, v.g) + v.c * v.b,
        "par-out-for-in": lambda v: v.k * (v.k * v.w * v.h + v.b),
        "par-1d-kernel": lambda v: v.k * (v.c * v.w + v.b),
        "par-times-positions": lambda v: RIGHT["Conv2d", "params"](v) * v.O * v.P,
        "par-fc": lambda v: v.k * (v.M * v.N * v.c + v.b),
        "par-no-groups": lambda v: v.k * (v.c * v.w * v.h + v.b),
        "par-groups-twice": lambda v: v.k * (Fraction(v.c * v.w * v.h, v.g**2) + v.b),
        "par-groups-bias": lambda v: Fraction(v.k * (v.c * v.w * v.h + v.b), v.g),
    },
    ("MaxPool2d", "params"): {"pool-has-params": lambda v: v.w * v.h * v.c},
    ("ReLU", "params"): {"relu-has-params": lambda v: v.c},
    ("Linear", "params"): {
        "lin-no-bias": lambda v: v.n * v.m,
        "lin-bias-in": lambda v: v.n * (v.m + v.b),
        "lin-one-bias": lambda v: v.n * v.m + v.b,
    },
    ("Conv2d", "flops"): {
        "ops-2mac": lambda v: 2 * Fraction(v.k * v.c * v.w * v.h, v.g) * v.O * v.P,
        "ops-2mac-bias": lambda v: 2 * RIGHT["Conv2d", "flops"](v),
        "ops-mul-add": lambda v: v.k * (2 * Fraction(v.c * v.w * v.h, v.g) - 1) * v.O * v.P,
        "ops-no-bias": lambda v: Fraction(v.k * v.c * v.w * v.h, v.g) * v.O * v.P,
        "ops-input-size": lambda v: RIGHT["Conv2d", "params"](v) * v.M * v.N,
        "ops-one-side": lambda v: RIGHT["Conv2d", "params"](v) * v.O,
        "ops-no-kernels": lambda v: (Fraction(v.c * v.w * v.h, v.g) + v.b) * v.O * v.P,
        "ops-no-channels": lambda v: v.k * (v.w * v.h + v.b) * v.O * v.P,
        "ops-params": RIGHT["Conv2d", "params"],
        "ops-no-groups": lambda v: v.k * (v.c * v.w * v.h + v.b) * v.O * v.P,
        "ops-batch": lambda v: v.B * RIGHT["Conv2d", "flops"](v),
    },
    ("Linear", "flops"): {"lin-ops-2x": lambda v: 2 * v.n * v.m, "lin-ops-no-bias": lambda v: v.n * v.m},
    ("ReLU", "flops"): {
        "relu-once": lambda v: v.c * v.M * v.N,
        "relu-zero": lambda _: 0,
        "relu-no-channels": lambda v: 2 * v.M * v.N,
    },
    ("MaxPool2d", "flops"): {
        "pool-wh": lambda v: v.c * v.w * v.h * v.O * v.P,
        "pool-input-size": lambda v: v.c * (v.w * v.h - 1) * v.M * v.N,
        "pool-no-channels": lambda v: (v.w * v.h - 1) * v.O * v.P,
        "pool-zero": lambda _: 0,
    },
    ("Dropout", "flops"): {"drop-train": lambda v: v.n},
}
FLATTEN_OUT: dict[str, Wrong] = {
    "flat-channels": lambda v: v.c,
    "flat-one-side": lambda v: v.c * v.M,
    "flat-input": lambda v: prod(v.before) if v.before else v.n,
    "flat-batch": lambda v: v.B * v.n,
}
TOTALS = ("tot-miss-row", "tot-double-row")
ANY = ("slip-x10", "slip-digit-swap")


@dataclass(frozen=True)
class Slot:
    """A mistake at a cell. ``detail`` picks the row of a mistaken total, the axis or digit of a mistake of the pen."""

    key: Key
    mistake: str
    detail: int = 0


def offered(chain: Chain, key: Key) -> Iterator[str]:
    """The ids of the mistakes that can be made at a cell."""
    row, column = key
    if isinstance(row, str):
        yield from (*TOTALS, *ANY)
        return
    kind = chain.layers[row - 1].kind
    windows = {"Conv2d": CONV_OUT, "MaxPool2d": POOL_OUT, "Flatten": FLATTEN_OUT}
    found = windows.get(kind, {}) if column == "output" else COUNTS.get((kind, column), {})
    above = chain.input if row == 1 else chain.truth[row - 1, "output"]
    beside = {"relu-no-channels"} if len(above) == 1 else set[str]()
    if any(layer.kind == "Conv2d" for layer in chain.layers[chain.pool_above(row) : row - 1]):
        beside.add("flat-input")  # the size before the pooling is no longer what is flattened
    yield from (name for name in found if name not in beside)
    yield from ANY


def wrong_output(layer: Layer, mistake: str, around: Around) -> Value | None:
    """The output by a mistake, made on both axes of a window alike."""
    v = symbols(layer, around)
    if v is None:
        return None
    if layer.kind == "Flatten":
        return (whole(FLATTEN_OUT[mistake](v)),)
    rule = (CONV_OUT if layer.kind == "Conv2d" else POOL_OUT)[mistake]
    across = rule(v)
    v.M, v.w, v.h = v.N, v.h, v.w
    _, v.s, v.p, v.d = layer.along[0]
    first = layer.k if layer.kind == "Conv2d" else around.above[0]
    return (first, whole(rule(v)), whole(across))


def whole(number: Number) -> Number:
    return int(number) if Fraction(number).denominator == 1 else Fraction(number)


def penned(mistake: str, value: Value, detail: int) -> Value | None:
    """A mistake of the pen in one number of a value; None where it cannot be made."""
    place = detail % len(value)
    digits = str(value[place])
    if not digits.isdigit() or digits == "0":
        return None
    if mistake == "slip-digit-swap":
        swaps = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1] and (i or digits[1] != "0")]
        if not swaps:
            return None
        i = swaps[detail // len(value) % len(swaps)]
        digits = digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
    else:
        digits += "0"
    return (*value[:place], int(digits), *value[place + 1 :])


def mistaken(chain: Chain, slot: Slot, around: Around, honest: Value, column: list[Number]) -> Value | None:
    """What a mistake gives at a cell; ``honest`` is what the student would have written, ``column`` what stands above a total."""
    row = slot.key[0]
    if slot.mistake in ANY:
        return penned(slot.mistake, honest, slot.detail)
    if isinstance(row, str):
        counted = [number for number in column if number]
        if not counted:
            return None
        missed = counted[slot.detail % len(counted)]
        return (honest[0] + (missed if slot.mistake == "tot-double-row" else -missed),)
    layer = chain.layers[row - 1]
    if slot.key[1] == "output":
        return wrong_output(layer, slot.mistake, around)
    v = symbols(layer, around)
    return None if v is None else (whole(COUNTS[layer.kind, slot.key[1]][slot.mistake](v)),)


def around_truth(chain: Chain, row: int) -> Around:
    """What a row stands between where all answers are right."""
    above = chain.input if row == 1 else chain.truth[row - 1, "output"]
    pool = chain.pool_above(row)
    before: Value = () if not pool else chain.input if pool == 1 else chain.truth[pool - 1, "output"]
    own = output(chain.layers[row - 1], above)
    assert own is not None
    return Around(above, own, before)


def shown(chain: Chain) -> dict[Key, dict[str, Value]]:
    """What each mistake of the catalogue (but those of the pen and of totals) gives at each cell where it changes the value."""
    found: dict[Key, dict[str, Value]] = {}
    for key, right in chain.truth.items():
        if isinstance(key[0], str):
            continue
        around = around_truth(chain, key[0])
        for name in offered(chain, key):
            if name in ANY:
                continue
            value = mistaken(chain, Slot(key, name), around, right, [])
            if value is not None and value != right:
                found.setdefault(key, {})[name] = value
    return found


def clarity(chain: Chain) -> float:
    """The share of mistakes that change the value of a cell and differ from the others there."""
    possible = sum(1 for key in chain.truth if key[0] != "total" for name in offered(chain, key) if name not in ANY)
    distinct = 0
    for values in shown(chain).values():
        given = list(values.values())
        distinct += sum(1 for value in given if given.count(value) == 1)
    return distinct / possible


def clear_chain(rng: Random, make: Callable[[Random], Chain], tries: int = 25) -> Chain:
    """Of some random chains the one that shows most mistakes apart."""
    return max((make(rng) for _ in range(tries)), key=clarity)

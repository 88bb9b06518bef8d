"""How the table of convnet-burden counts, written down independently of the worksheet's own formulas.

Flops are fused multiply-adds; memory is counted in numbers of four bytes. A rule is a function of a sized layer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from worksheet.network import Network
from worksheet.sizes import Sized, sized

BYTES = 4  # of a number
Count = Callable[[Sized], int]


@dataclass(frozen=True)
class Facts:
    """What the table's own file of a network does and its definition does not say."""

    dropout: bool = False  # it survived the import, and counts as a mask and an output
    apart: frozenset[str] = frozenset()  # ReLUs that keep an output of their own
    unshared: bool = False  # shared weights are counted at every layer that uses them
    absent: frozenset[str] = frozenset()  # reshapes that Caffe does without


@dataclass(frozen=True)
class Burden:
    """What the table has of a network."""

    params: int
    features: int  # bytes
    flops: int


def _nothing(_: Sized) -> int:
    return 0


def _out(row: Sized) -> int:
    return prod(row.output)


def _in(row: Sized) -> int:
    return prod(row.received[0])


def _kernel(v: dict[str, int]) -> int:
    return v["w"] * v["h"]


def _convolution(row: Sized) -> int:
    v = row.values
    return _out(row) * _kernel(v) * (v["c"] // v["g"]) + v["b"] * _out(row)


def _linear(row: Sized) -> int:
    return _out(row) * row.values["n"] + row.values["b"] * _out(row)


def _transposed(row: Sized) -> int:
    """The tool takes the number of input channels for that of output channels."""
    v = row.values
    return _in(row) * _kernel(v) * v["c"] + v["b"] * _out(row)


def _pooling(row: Sized) -> int:
    """By the area of a step, not of the window."""
    return 2 * _out(row) * row.values["s_w"] * row.values["s_h"]


def _normalisation(row: Sized) -> int:
    channels, *places = row.output
    return _out(row) + (2 + 2 * channels) * prod(places)


def _weights(row: Sized) -> int:
    v = row.values
    return v["k"] * (v["c"] // v["g"]) * _kernel(v) + v["b"] * v["k"]


@dataclass(frozen=True)
class Rule:
    """What a layer of a kind costs; most keep their output and cost nothing else."""

    flops: Count = _nothing
    params: Count = _nothing
    features: Count = _out


FREE = Rule()
POOLING = Rule(_pooling)
RULES = {
    "Add": Rule(_out),  # however many are added
    "AvgPool2d": POOLING,
    "Axpy": Rule(lambda row: 2 * _out(row)),
    "BatchNorm": Rule(params=lambda row: 4 * row.values["c"]),  # with the Scale behind it
    "Concat": FREE,
    "Conv2d": Rule(_convolution, _weights),
    "ConvTranspose2d": Rule(_transposed, _weights),
    "Crop": FREE,
    "DetectionOutput": Rule(features=lambda row: 6 * row.values["k"]),
    "Dropout": Rule(features=lambda row: 2 * _out(row)),
    "Flatten": FREE,
    "GlobalAvgPool": Rule(_in),
    "Interp": Rule(lambda row: 4 * _out(row)),
    "LRN": Rule(_normalisation),
    "Linear": Rule(_linear, lambda row: (row.values["n"] + row.values["b"]) * row.values["k"]),
    "MaxPool2d": POOLING,
    "Maximum": Rule(lambda row: _out(row) * len(row.received)),
    "Mul": Rule(_out),
    "Normalize": Rule(_normalisation, lambda row: row.output[0]),
    "PSRoIPool": FREE,
    "Permute": FREE,
    "PriorBox": FREE,
    "Proposal": FREE,
    "ReLU": Rule(lambda row: 2 * _out(row)),
    "Reshape": FREE,
    "RoIPool": FREE,
    "Scale": Rule(features=_nothing),
    "Sigmoid": FREE,
    "Softmax": FREE,
}


def burden(network: Network, facts: Facts = Facts()) -> Burden:
    """Parameters, bytes of feature memory and flops of a network."""
    readers = Counter(name for node in network.nodes for name in node.inputs)
    params = features = flops = 0
    for row in sized(network):
        node = row.node
        rule = RULES[node.kind.name]
        if node.name in facts.absent:
            continue
        params += rule.params(row) if facts.unshared or not node.shares else 0
        features += rule.features(row) if _is_kept(row, readers, facts) else 0
        flops += rule.flops(row)
    return Burden(params, BYTES * features, flops)


def _is_kept(row: Sized, readers: Counter[str], facts: Facts) -> bool:
    """Whether an output takes memory: a ReLU's does not where it can overwrite its input."""
    if row.node.kind.name == "Dropout":
        return facts.dropout
    if row.node.kind.name == "ReLU":
        return row.node.name in facts.apart or readers[row.node.inputs[0]] > 1
    return True


# How the table prints

PREFIXES = ("", "K", "M", "G", "T")


def printed(value: float, base: int, unit: str) -> str:
    """In the unit in which there is something before the point; chosen before rounding."""
    place = math.floor(math.log(value) / math.log(base))
    return f"{value / base**place:.0f} {PREFIXES[place]}{unit}"


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    params: str
    features: str
    flops: str


def row(counted: Burden) -> Row:
    """The figures as the table prints them."""
    return Row(
        printed(BYTES * counted.params, 1024, "B"), printed(counted.features, 1024, "B"), printed(counted.flops, 1000, "FLOPs")
    )

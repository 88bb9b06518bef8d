"""Chains of layers with an arithmetic of their own: sizes, parameters and operations as the AI61002 sheet counts them.

Nothing here comes from the package: these are the figures that it is held against.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor, prod
from random import Random
from types import SimpleNamespace
from typing import Any

import worksheet as ws

Number = int | Fraction
Value = tuple[Number, ...]
Key = tuple[int | str, str]
COLUMNS = ("output", "params", "flops")
SPATIAL = ("Conv2d", "MaxPool2d")


@dataclass(frozen=True)
class Layer:
    """``w`` and ``h`` the kernel's width and height, ``s`` stride, ``p`` padding, ``d`` dilation, ``g`` groups, ``b`` bias;
    ``tall`` has stride, padding and dilation along the height where they are others there."""

    kind: str
    k: int = 0
    w: int = 1
    h: int = 1
    s: int = 1
    p: int = 0
    d: int = 1
    g: int = 1
    b: int = 1
    tall: tuple[int, int, int] | None = None

    @property
    def along(self) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
        """Kernel, stride, padding and dilation along the height and along the width."""
        wide = (self.s, self.p, self.d)
        return (self.h, *(self.tall or wide)), (self.w, *wide)

    def node(self) -> ws.Node:
        (h, s_h, p_h, d_h), (w, s, p, d) = self.along
        words: dict[str, dict[str, int]] = {
            "Conv2d": dict(c=self.k, w=w, h=h, s=s, p=p, d=d, s_h=s_h, p_h=p_h, d_h=d_h, g=self.g, nobias=not self.b),
            "MaxPool2d": dict(w=w, h=h, s=s, p=p, s_h=s_h, p_h=p_h),
            "Linear": dict(k=self.k, nobias=not self.b),
        }
        return ws.layer(self.kind, **words.get(self.kind, {}))


@dataclass(frozen=True)
class Around:
    """What a layer stands between: what it reads, what it gives, and what the last pooling above it read."""

    above: Value
    own: Value
    before_pool: Value = ()


def side(length: Number, kernel: int, stride: int, padding: int, dilation: int) -> Number:
    """One side of a window's output."""
    return floor(Fraction(length + 2 * padding - dilation * (kernel - 1) - 1, stride)) + 1


def symbols(layer: Layer, around: Around) -> Any:
    """The letters of the catalogue; None where the sizes have too many or too few axes for the layer."""
    above, own = around.above, around.own
    if layer.kind in SPATIAL and (len(above) != 3 or len(own) != 3):
        return None
    c, N, M = above if len(above) == 3 else (prod(above), 1, 1)
    height, width = own[1:] if len(own) == 3 else (1, 1)
    facts = {name: getattr(layer, name) for name in "kwhspdgb"}
    return SimpleNamespace(c=c, N=N, M=M, O=width, P=height, n=prod(above), m=layer.k, B=1, before=around.before_pool, **facts)


def output(layer: Layer, above: Value) -> Value | None:
    """What a layer gives for what it reads."""
    if layer.kind in SPATIAL:
        if len(above) != 3:
            return None
        first = layer.k if layer.kind == "Conv2d" else above[0]
        tall, wide = layer.along
        return (first, side(above[1], *tall), side(above[2], *wide))
    return {"Flatten": (prod(above),), "Linear": (layer.k,)}.get(layer.kind, above)


RIGHT: dict[tuple[str, str], Callable[[Any], Number]] = {
    ("Conv2d", "params"): lambda v: v.k * (Fraction(v.c * v.w * v.h, v.g) + v.b),
    ("Conv2d", "flops"): lambda v: v.k * (Fraction(v.c * v.w * v.h, v.g) + v.b) * v.O * v.P,
    ("Linear", "params"): lambda v: (v.n + v.b) * v.m,
    ("Linear", "flops"): lambda v: (v.n + v.b) * v.m,
    ("ReLU", "flops"): lambda v: 2 * v.n,
    ("MaxPool2d", "flops"): lambda v: v.c * (v.w * v.h - 1) * v.O * v.P,
}
WORKING: dict[tuple[str, str], str] = {  # as a student leaves it on the page
    ("Conv2d", "params"): "{k}*({c}*{w}*{h}/{g}+{b})",
    ("Conv2d", "flops"): "{k}*({c}*{w}*{h}/{g}+{b})*{O}*{P}",
    ("Linear", "params"): "({n}+{b})*{m}",
    ("Linear", "flops"): "({n}+{b})*{m}",
    ("ReLU", "flops"): "2*{c}*{M}*{N}",
    ("MaxPool2d", "flops"): "{c}*({w}*{h}-1)*{O}*{P}",
}


def count(layer: Layer, column: str, around: Around) -> Value | None:
    """Parameters or operations of a layer between these sizes."""
    v = symbols(layer, around)
    if v is None:
        return None
    rule = RIGHT.get((layer.kind, column))
    number = Fraction(rule(v)) if rule else Fraction(0)
    return (int(number) if number.denominator == 1 else number,)


def working(layer: Layer, column: str, around: Around) -> str:
    """The arithmetic of a count with its numbers; empty where there is none."""
    v = symbols(layer, around)
    text = WORKING.get((layer.kind, column), "")
    if v is None or any(Fraction(number).denominator != 1 or number < 0 for number in (v.c, v.N, v.M, v.O, v.P)):
        return ""
    return text.format(**vars(v)).replace("/1+", "+").replace("+0)", ")")


@dataclass(frozen=True)
class Chain:
    """An input (channels, height, width) and the layers that it goes through."""

    input: tuple[int, ...]
    layers: tuple[Layer, ...]

    @cached_property
    def truth(self) -> dict[Key, Value]:
        """The right answer of every cell."""
        found: dict[Key, Value] = {}
        above: Value = self.input
        for row, layer in enumerate(self.layers, 1):
            own = output(layer, above)
            assert own is not None
            found[row, "output"] = own
            for column in COLUMNS[1:]:
                value = count(layer, column, Around(above, own))
                assert value is not None
                found[row, column] = value
            above = own
        for column in COLUMNS[1:]:
            found["total", column] = (sum(found[row, column][0] for row in range(1, len(self.layers) + 1)),)
        return found

    def pool_above(self, row: int) -> int:
        """The row of the last pooling above a row; 0 where there is none."""
        return max((i for i in range(1, row) if self.layers[i - 1].kind == "MaxPool2d"), default=0)

    def network(self, name: str = "chain") -> ws.Network:
        return ws.network(name, self.input, *(layer.node() for layer in self.layers))


def chain_of(network: ws.Network) -> Chain:
    """The chain that a network of the package is; its hyperparameters are read, nothing is worked out by it."""
    layers = []
    for node in network.nodes:
        given = node.hyperparameters
        facts = {letter: given[letter] for letter in "kwhgb" if letter in given}
        facts |= {letter: given[f"{letter}_w"] for letter in "spd" if f"{letter}_w" in given}
        tall = tuple(given[f"{letter}_h"] for letter in "spd") if "s_h" in given else None
        same = tall is None or tall == tuple(facts[letter] for letter in "spd")
        layers.append(Layer(node.kind.name, **facts, tall=None if same else tall))
    return Chain(tuple(network.input), tuple(layers))


# Random chains


def is_sound(chain: Chain) -> bool:
    """Whether every size is a positive whole number and groups divide their channels."""
    above: Value = chain.input
    for layer in chain.layers:
        own = output(layer, above)
        if own is None or any(number < 1 for number in own):
            return False
        if layer.kind == "Conv2d" and (above[0] % layer.g or layer.k % layer.g):
            return False
        above = own
    return True


def conv(rng: Random, *, plain: bool) -> Layer:
    w = rng.choice([3, 4, 5, 7])
    h = w if plain or rng.random() < 0.7 else rng.choice([3, 5])
    g = 1 if plain else rng.choice([1, 1, 2, 4])
    d = 1 if plain else rng.choice([1, 1, 1, 2])
    s, p = rng.choice([1, 2, 3]), rng.choice([0, 1, 2, 3])
    tall = None if plain or rng.random() < 0.8 else (rng.choice([1, 2]), rng.choice([0, 1]), d)
    return Layer("Conv2d", 4 * rng.randint(3, 20), w, h, s, p, d, g, int(plain or rng.random() < 0.85), tall)


def pool(rng: Random) -> Layer:
    w = rng.choice([2, 3, 4])
    return Layer("MaxPool2d", 0, w, w, rng.choice([2, 3]), rng.choice([0, 0, 1]))


def random_chain(rng: Random, *, plain: bool = False, blocks: int = 3) -> Chain:
    """A network as courses set it. ``plain``: square kernels, biases, no groups."""
    while True:
        layers: list[Layer] = []
        for _ in range(blocks):
            layers += [conv(rng, plain=plain), Layer("ReLU")]
            layers += [pool(rng)] if rng.random() < 0.6 else []
        layers += [Layer("Dropout")] if rng.random() < 0.5 else []
        layers += [Layer("Flatten")] if rng.random() < 0.8 else []
        layers += [Layer("Linear", rng.randint(20, 300)), Layer("ReLU")]
        layers += [Layer("Linear", rng.randint(3, 99), b=1 if plain else rng.randint(0, 1))]
        side = rng.randint(40, 230)
        sides = (side, side if plain or rng.random() < 0.8 else rng.randint(40, 230))
        grouped = any(layer.g > 1 for layer in layers)
        chain = Chain((4 if grouped else rng.randint(1, 5), *sides), tuple(layers))
        if is_sound(chain):
            return chain

"""Random questions asked backwards, and their answers by trying every place of the ranges, each solved as a sheet is."""

from __future__ import annotations

import operator
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

import worksheet as ws
from worksheet.errors import WorksheetError
from worksheet.network import Network
from worksheet.sizes import sized
from worksheet.varied import batch, size_variables, with_sizes
from worksheet.zoo import model

ZOO = (  # networks with the unknowns that are asked of them
    ("lenet-5", ["M", "B", "c"]),
    ("lenet-caffe", ["M", "B"]),
    ("alexnet-torchvision", ["M", "features.0.p", "features.0.s", "features.0.w", "features.3.k", "B"]),
    ("nin-cifar10", ["M", "B", "alpha"]),
    ("resnet18", ["M", "B", "alpha"]),
    ("squeezenet1-1", ["M", "B"]),
    ("mobilenet-v1", ["alpha", "M", "B"]),
    ("lstm-2-layer", ["L", "B"]),
)
MAX_CELLS = 400
CONVENTIONS = {"textbook": ["macs", "params"], "memory": ["activations", "weights"]}
COMPARED = {"=": operator.eq, "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


@dataclass
class Question:
    """A question as it is put to the program, and its conditions once more in parts that can be tried."""

    network: Network
    unknowns: list[str]
    ranges: dict[str, list[Any]]  # every value that is tried
    convention: str
    conditions: list[tuple[str, str, str, Any]] = field(default_factory=list)  # layer, word, relation, right side
    depth: Any = None  # makes the network of another depth

    @property
    def texts(self) -> list[str]:
        """The conditions as they are put to the program."""
        parts = (([layer] if layer else []) + [word] for layer, word, _, _ in self.conditions)
        return [f"{'.'.join(left)} {c[2]} {_written(c[3])}" for left, c in zip(parts, self.conditions, strict=True)]

    @property
    def range_texts(self) -> list[str]:
        return [f"{name}={values[0]}..{values[-1]}" for name, values in self.ranges.items()]

    def answer(self) -> list[dict[str, Any]]:
        """The solutions, found by solving the network anew at every place."""
        places = product(*(self.ranges[name] for name in self.unknowns))
        return [dict(zip(self.unknowns, place, strict=True)) for place in places if self._meets(place)]

    def figures(self, place: tuple[Any, ...]) -> ws.Derivation | None:
        """The worked solution at a place; None where there is no such network."""
        values = dict(zip(self.unknowns, place, strict=True))
        try:
            made = self.depth(values.pop("block.depth")) if self.depth else self.network
            plain = [name for name in self.unknowns if name in values]
            given = dict(zip(size_variables(self.network, plain), (values[name] for name in plain), strict=True))
            return ws.derive(with_sizes(made, given), self.convention, batch=batch(given))
        except WorksheetError:
            return None

    def _meets(self, place: tuple[Any, ...]) -> bool:
        solution = self.figures(place)
        return solution is not None and all(
            COMPARED[relation](value, right)
            for layer, word, relation, right in self.conditions
            for value in figure(solution, layer, word, whole=isinstance(right, tuple))
        )


def figure(solution: ws.Derivation, layer: str, word: str, *, whole: bool = False) -> list[Any]:
    """What a worked solution says of a layer, or of the whole network."""
    if not layer:
        found = {step.name: step.value for block in solution.figures for step in block.steps}
        return [solution.totals[word] if word in solution.totals else found[word]]
    row = next(row for row in solution.rows if row.name == layer)
    if word == "output":
        if whole:
            return [row.output]
        return list(row.output[1:] if len(row.output) > 1 else row.output)
    return [row.numbers[word]] if word in row.numbers else [next(step.value for step in row.columns if step.name == word) or 0]


def _written(right: Any) -> str:
    return "x".join(map(str, right)) if isinstance(right, tuple) else str(right)


# Networks


def convolutions(rng: random.Random) -> tuple[Network, list[str]]:
    """A small network of images, straight or with a sum, and the unknowns that it offers."""
    side = rng.randint(9, 40)
    builder = ws.Builder("random", (rng.choice([1, 2, 3, 4]), side, side))
    offered = ["M", "B", "c"]
    width = 0
    for i in range(rng.randint(1, 4)):
        width = rng.choice([4, 6, 8, 12])
        groups = 1 if i == 0 or rng.random() < 0.7 else 2
        builder.add(
            "Conv2d", name=f"conv{i}", c=width, w=rng.randint(1, 5), s=rng.randint(1, 3), p=rng.randint(0, 2), g=groups,
            d=rng.choice([1, 1, 2]),
        )  # fmt: skip
        offered += [f"conv{i}.{word}" for word in "pscw"]
        if rng.random() < 0.5:
            builder.add(rng.choice(["ReLU", "BatchNorm"]))
        if rng.random() < 0.4:
            builder.add(
                rng.choice(["MaxPool2d", "AvgPool2d"]),
                name=f"pool{i}",
                w=rng.randint(2, 3),
                s=rng.randint(1, 3),
                ceil=rng.random() < 0.4,
            )
            offered += [f"pool{i}.w", f"pool{i}.s"]
        if rng.random() < 0.4:
            trunk = builder.last
            builder.add("Conv2d", name=f"branch{i}", c=width, w=3, p=1)
            builder.add("Add", trunk, builder.last)
            offered += [f"branch{i}.w", f"branch{i}.p"]
    if rng.random() < 0.7:
        builder.add("Linear", name="fc", k=rng.choice([5, 10]))
        offered.append("fc.k")
        if rng.random() < 0.5:
            offered.append("alpha")
    network = builder.network()
    sized(network)  # raises where the layers do not fit
    return network, offered


def deep(depth: int, side: int, width: int) -> Network:
    """A network with a block that stands several times in one stage."""
    builder = ws.Builder("deep", (3, side, side))
    builder.add("Conv2d", name="stem", c=width, w=3, p=1)
    with builder.stage("block"):
        for _ in range(depth):
            trunk = builder.last
            builder.add("Conv2d", c=width, w=3, p=1, nobias=True)
            builder.add("BatchNorm")
            builder.add("ReLU")
            builder.add("Conv2d", c=width, w=3, p=1)
            builder.add("Add", trunk, builder.last)
            builder.add("ReLU")
    builder.add("GlobalAvgPool")
    builder.add("Linear", name="fc", k=10)
    return builder.network()


def _values(rng: random.Random, network: Network, name: str) -> list[Any]:
    variable = size_variables(network, [name])[0]
    if name == "alpha":
        return [i * Fraction(variable.step) for i in range(1, 1 + min(24, int(2 / variable.step)))]
    least = {"p": 0}.get(name.rpartition(".")[2], 1)
    start = max(least, int(variable.value) - rng.randint(1, 12))
    return list(range(start, max(int(variable.value), start) + rng.randint(2, 14)))


def question(seed: int) -> Question:
    """A random question that is not too large to be tried place by place."""
    rng = random.Random(seed)
    while True:
        try:
            found = _question(rng)
        except WorksheetError:  # a random network whose layers do not fit
            continue
        if found and found.conditions:
            return found


def _question(rng: random.Random) -> Question | None:
    made = None
    kind = rng.random()
    if kind < 0.15:
        name, offered = rng.choice(ZOO)
        network = model(name).network()
    elif kind < 0.25:
        made = partial(deep, side=rng.randint(4, 9), width=rng.choice([2, 4]))
        network, offered = made(rng.randint(1, 4)), ["M", "B", "stem.w"]
    else:
        network, offered = convolutions(rng)
    names = rng.sample(offered, min(len(offered), rng.choice([1, 1, 1, 2, 2, 3])))
    ranges = {name: _values(rng, network, name) for name in names}
    if made:
        names = ["block.depth", *names[:1]] if rng.random() < 0.5 else ["block.depth"]
        ranges = {"block.depth": list(range(1, rng.randint(3, 7)))} | {name: ranges[name] for name in names[1:]}
    most = MAX_CELLS // 8 if kind < 0.15 else MAX_CELLS
    while _cells(ranges) > most:
        longest = max(ranges, key=lambda name: len(ranges[name]))
        ranges[longest] = ranges[longest][: len(ranges[longest]) // 2]
    found = Question(network, names, ranges, rng.choice(list(CONVENTIONS)), depth=made)
    found.conditions = list(_conditions(rng, found))
    return found


def _cells(ranges: dict[str, list[Any]]) -> int:
    return len(list(product(*ranges.values())))


def _conditions(rng: random.Random, found: Question) -> Iterator[tuple[str, str, str, Any]]:
    """Conditions near what the network gives somewhere in the ranges."""
    for _ in range(rng.choice([1, 1, 1, 2, 2, 3])):
        place = tuple(rng.choice(found.ranges[name]) for name in found.unknowns)
        solution = found.figures(place) or ws.derive(found.network, found.convention)
        layer, word = _figure(rng, found, solution)
        value = figure(solution, layer, word, whole=rng.random() < 0.2)[0]
        relation = "=" if isinstance(value, tuple) else rng.choice(["=", "=", "<=", ">=", "<", ">"])
        yield layer, word, relation, value + rng.choice([0, 0, 0, 1, -1]) if isinstance(value, int) and value > 0 else value


def _figure(rng: random.Random, found: Question, solution: ws.Derivation) -> tuple[str, str]:
    columns = CONVENTIONS[found.convention]
    if rng.random() < 0.4:
        kept = ["kept", "peak", "peak_in_place", "kept_in_place"] if found.convention == "memory" else []
        return "", rng.choice([*columns, *kept])
    always = {node.name for node in found.depth(1).nodes} if found.depth else {row.name for row in solution.rows}
    rows = [row for row in solution.rows if row.name in always and (len(row.output) in (1, 3))]
    if not rows:
        return "", rng.choice(columns)
    row = rng.choice(rows)
    sizes = [word for word in ("W", "H") if word in row.numbers]
    return row.name, rng.choice(["output", "output", *sizes, *columns])

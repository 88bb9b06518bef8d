"""Holds closed forms against exact counts: the case that covers a size, the polynomial of its class, the form with floors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import worksheet as ws
from worksheet.derive.closed import Closed
from worksheet.derive.closed.classes import Classes
from worksheet.derive.closed.residues import Residue
from worksheet.formula import Exact, Formula


@dataclass(frozen=True)
class Asked:
    """A network of the zoo, what varies of it, its input as a text of those, and from where to where sizes are drawn."""

    network: str
    symbols: tuple[str, ...]
    input: str
    least: int
    most: int

    @property
    def id(self) -> str:
        return f"{self.network}-{''.join(self.symbols)}"

    def draw(self, source: random.Random, many: int) -> Iterator[tuple[int, ...]]:
        """Random sizes."""
        for _ in range(many):
            yield tuple(source.randint(1, 8) if s == "B" else source.randint(self.least, self.most) for s in self.symbols)

    def every_class(self, source: random.Random, classes: Classes) -> Iterator[tuple[int, ...]]:
        """A random size of every class."""
        for residue in classes.all:
            yield tuple(
                source.randint(1, 8) if s == "B" else _of_class(source, self, period, rest)
                for s, period, rest in zip(self.symbols, residue.periods, residue.residues, strict=True)
            )

    def exact(self, sizes: Sequence[int], convention: str) -> dict[str, int] | None:
        """The totals of the numeric solution; None where it is rejected. The network is read again, with numbers only."""
        by_symbol = dict(zip(self.symbols, sizes, strict=True))
        batch = by_symbol.pop("B", 1)
        try:
            network = ws.read(f"zoo:{self.network}", self.input.format(**by_symbol))
            return dict(ws.derive(network, convention, batch=batch).totals)
        except ws.WorksheetError:
            return None


def _of_class(source: random.Random, asked: Asked, period: int, rest: int) -> int:
    times = range(-(-(asked.least - rest) // period), max((asked.most - rest) // period, -(-(asked.least - rest) // period)) + 1)
    return source.choice(times) * period + rest or period


def side(network: str, least: int, most: int, *, symbols: tuple[str, ...] = ("M", "B"), channels: int = 3) -> Asked:
    return Asked(network, symbols, f"{channels}x{{M}}x{{M}}", least, most)


ASKED = [
    side("resnet50-caffe", 150, 420),
    side("resnet152-caffe", 150, 420),
    side("resnet18", 1, 300),
    side("densenet121", 20, 300),
    side("mobilenet-v1", 1, 300),
    side("mobilenet-v2", 1, 300),
    side("unet", 150, 700, channels=1),
    side("vit-b-16", 1, 500),
    side("vgg16", 10, 300),
    side("googlenet", 190, 400),
    side("inception-v3", 60, 400),
    side("squeezenet1-0", 10, 400),
    side("efficientnet-b0", 1, 300),
    side("ssd-pascal-vggvd-300", 200, 500),
    side("swin-t", 200, 700, symbols=("M",)),
    side("lenet-5", 1, 80, channels=1),
    Asked("googlenet", ("M", "N"), "3x{N}x{M}", 190, 300),
    Asked("gpt2", ("L", "B"), "{L}", 1, 1100),
    Asked("bert-base", ("L", "B"), "{L}", 1, 600),
    Asked("lstm-2-layer", ("L", "B"), "{L}x128", 1, 600),
    Asked("llama-2-7b", ("L", "B"), "{L}", 1, 4200),
]


class Held:
    """The closed forms of one network, ready to be held against counts."""

    def __init__(self, asked: Asked, convention: str) -> None:
        self.asked = asked
        self.convention = convention
        network = ws.read(f"zoo:{asked.network}")
        self.closed = Closed(network, asked.symbols, convention)
        self.main = {name: Formula(self.closed.main.formula(form).source) for name, form in self.closed.main.totals.items()}
        self.classes = Classes(self.closed)
        self.by_rest = {residue.residues: residue for residue in self.classes.all}
        self.exceptions = {name: {id(residue) for residue in self.classes.exceptions(name)} for name in self.main}
        self.met: dict[str, int] = {"held": 0, "refused": 0, "outside": 0}

    def check(self, sizes: Sequence[int]) -> None:
        exact = self.asked.exact(sizes, self.convention)
        assert self._closed(sizes) == exact, sizes
        residue = self.by_rest[tuple(size % p for size, p in zip(sizes, self.classes.periods, strict=True))]
        if residue.refusal:
            assert exact is None, (sizes, residue.refusal)
            self.met["refused"] += 1
        elif self._holds(residue, sizes):
            assert exact is not None, (sizes, "the class says that it holds")
            self._check_class(residue, sizes, exact)
            self.met["held"] += 1
        else:
            self.met["outside"] += 1

    def _closed(self, sizes: Sequence[int]) -> dict[str, int] | None:
        try:
            return self.closed.at(sizes)
        except ws.WorksheetError:
            return None

    @staticmethod
    def _holds(residue: Residue, sizes: Sequence[Exact]) -> bool:
        return all(
            (least is None or size >= least) and (most is None or size <= most)
            for size, least, most in zip(sizes, residue.least, residue.most, strict=True)
        )

    def _check_class(self, residue: Residue, sizes: Sequence[int], exact: dict[str, int]) -> None:
        by_symbol = dict(zip(self.asked.symbols, sizes, strict=True))
        periods = {
            symbol: size // period if period > 1 else size
            for symbol, size, period in zip(residue.symbols, sizes, residue.periods, strict=True)
        }
        for name, value in exact.items():
            assert Formula(residue.totals[name].source).evaluate(**periods) == value, (sizes, name)
            if id(residue) not in self.exceptions[name]:
                assert self.main[name].evaluate(**by_symbol) == value, (sizes, name)

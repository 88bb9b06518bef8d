"""The figures that conditions name: a layer's sizes and columns, the network's totals and memory, on numbers traced or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from worksheet.counting.counting import Counting
from worksheet.counting.folding import Folded
from worksheet.derive.find.condition_text import AskedCondition, ConditionSide
from worksheet.derive.memory_figures import figures
from worksheet.errors import NetworkError, nearest, shown
from worksheet.formula import Exact
from worksheet.formula.exact import simplest
from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.sizes import Sized

OUTPUT, INPUT = "output", "input"
SHAPES: Mapping[str, Callable[[Sized], Shape]] = {OUTPUT: lambda layer: layer.output, INPUT: lambda layer: layer.received[0]}
LETTERS = ("W", "H", "T")  # of the sides of an output, from the innermost axis outwards
KEPT = {  # figures of a network's memory that are not the total of a column
    "kept": "all activations, kept to the end",
    "kept_in_place": "all activations, kept to the end, written in place where that is possible",
    "peak": "the most activations at once",
    "peak_in_place": "the most activations at once, written in place where that is possible",
}
Numbers = tuple[Exact, ...]


class Count:
    """One network ready to be measured; its numbers may be traced."""

    def __init__(self, counting: Counting) -> None:
        self.counting = counting
        self.columns = {column.name: i for i, column in enumerate(counting.convention.columns)}
        self.known: dict[object, int] = {}

    @cached_property
    def layers(self) -> dict[str, Sized]:
        return {layer.node.name: layer for layer in self.counting.layers}

    def layer(self, name: str) -> Sized:
        """A layer by name. Raises NetworkError if this network does not have it."""
        if name not in self.layers:
            raise NetworkError(f"{self.counting.network.name} then has no layer {shown(name)}")
        return self.layers[name]

    def column(self, name: str, layer: Sized) -> int:
        """A column's figure of one layer; equal layers are counted once."""
        folded = self.counting.fold(layer)
        index = self.columns[name]
        key = (layer.likeness, folded, bool(layer.node.shares), index)
        if key not in self.known:
            self.known[key] = self._column(folded, index, layer)
        return self.known[key]

    def _column(self, folded: Folded, index: int, layer: Sized) -> int:
        if folded.rules[index] is None or self.counting.is_counted_elsewhere(folded, index, layer):
            return 0
        return self.counting.count(folded, index, self.counting.values(folded, layer))

    def total(self, name: str) -> int:
        return sum(self.column(name, layer) for layer in self.counting.layers)

    @cached_property
    def kept(self) -> dict[str, Exact]:
        """The figures of the memory as a whole."""
        counting = self.counting
        stored = self.total(counting.convention.memory)
        memory = figures(counting, stored)
        return {step.name: step.value for figure in memory for step in figure.steps if step.value is not None}


@frozen
class Quantity:
    """A figure: its name as asked for, in words, and how it is measured; several numbers for the sides of a feature map."""

    name: str
    words: str
    measure: Callable[[Count], Numbers]
    owner: str = ""
    sizes: tuple[str, ...] = ()  # of an output, the symbols of its axes in the layer's own formulas


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition that a network meets or not: each number of the left side is in the relation to its right one."""

    asked: AskedCondition
    left: Quantity
    right: Quantity | None
    fixed: Numbers  # the right side if it is known, otherwise its factor

    def measure(self, count: Count) -> tuple[Numbers, Numbers]:
        """Both sides, number by number; equal pairs once."""
        left = self.left.measure(count)
        right = self.right.measure(count) if self.right else self.fixed
        if self.right:
            right = tuple(self.asked.number * number for number in right)
        if len(right) == 1:
            right *= len(left)
        if len(right) != len(left):
            raise NetworkError(f"{self.left.name} then has {len(left)} sizes, not {len(right)}")
        return left, right


# From names to figures


def condition(asked: AskedCondition, count: Count) -> Condition:
    """A condition as it was read, for a network as it is now. Raises NetworkError that points into the condition."""
    left = quantity(asked.left, count, whole=bool(asked.shape))
    if asked.right:
        right = quantity(asked.right, count)
        if len({len(left.measure(count)), len(right.measure(count)), 1}) > 2:
            raise NetworkError(f"{left.name} and {right.name} have different numbers of sizes", asked.right.where)
        return Condition(asked, left, right, ())
    fixed_values = asked.shape or (asked.number,)
    fixed = tuple(simplest(asked.number * number) for number in left.measure(count)) if asked.now else fixed_values
    count_of_sizes = len(left.measure(count))
    if asked.shape and len(asked.shape) != count_of_sizes:
        shape = " x ".join(str(number) for number in left.measure(count))
        message = f"{left.name} has {count_of_sizes} size{'s' if count_of_sizes > 1 else ''} ({shape}), not {len(asked.shape)}"
        raise NetworkError(message, asked.left.where, "the spatial sizes alone as one number: conv1.output = 56")
    return Condition(asked, left, None, fixed)


def quantity(side: ConditionSide, count: Count, *, whole: bool = False) -> Quantity:
    """A figure by its name. Raises NetworkError that points to it."""
    return _of_layer(side, count, whole=whole) if side.owner else _of_network(side, count)


def _of_network(side: ConditionSide, count: Count) -> Quantity:
    convention = count.counting.convention
    name = side.word
    if name in count.columns:
        heading = convention.columns[count.columns[name]].heading
        return Quantity(name, f"the total of {heading}", lambda found: (found.total(name),))
    if convention.memory and name in KEPT:
        return Quantity(name, KEPT[name], lambda found: (found.kept[name],))
    known = [*count.columns, *(KEPT if convention.memory else ())]
    close = nearest(name, known) or ""
    hint = close if close.startswith("did") else f"a total ({', '.join(known)}), or a layer's: {_example(count)}"
    if name in KEPT:
        hint = "-c memory counts it"
    raise NetworkError(f"{convention.name} counts no {shown(name)}", side.where, hint)


def _example(count: Count) -> str:
    name = count.counting.layers[0].node.name
    return f"{name}.output, {name}.{next(iter(count.columns))}"


def _of_layer(side: ConditionSide, count: Count, *, whole: bool) -> Quantity:
    owner, word = side.owner, side.word
    if owner not in count.layers:
        hint = nearest(owner, count.layers)
        raise NetworkError(f"{count.counting.network.name} has no layer {shown(owner)}", side.where, hint)
    layer = count.layers[owner]
    if word in SHAPES:
        return _shape(side, layer, whole=whole)
    if word in count.columns:
        heading = count.counting.convention.columns[count.columns[word]].heading
        return Quantity(side.name, f"{heading} of {owner}", lambda found: (found.column(word, found.layer(owner)),), owner)
    if word in layer.values:
        return Quantity(side.name, f"{word} of {owner}", lambda found: (_value(found.layer(owner), word),), owner, (word,))
    sides = _sides(layer, layer.output)
    if word in LETTERS[: len(sides)]:
        axis = -1 - LETTERS.index(word)
        return Quantity(
            side.name, f"{word} of {owner}'s output", lambda found: (found.layer(owner).output[axis],), owner, (word,)
        )
    known = [OUTPUT, INPUT, *count.columns, *LETTERS[: len(sides)], *layer.values]
    hint = nearest(word, dict.fromkeys(known))
    raise NetworkError(f"{owner} ({layer.kind.name}) has no {shown(word)}", side.where, hint)


def _value(layer: Sized, symbol: str) -> int:
    if symbol not in layer.values:
        raise NetworkError(f"{layer.node.name} then has no {symbol}")
    return layer.values[symbol]


def _shape(side: ConditionSide, layer: Sized, *, whole: bool) -> Quantity:
    """A layer's output or input: all of its sizes, or those of its sides alone."""
    owner, shape_of = side.owner, SHAPES[side.word]
    if side.word == INPUT and not layer.received:
        raise NetworkError(f"{owner} ({layer.kind.name}) reads nothing", side.where)
    shape = shape_of(layer)
    if whole:
        return Quantity(side.name, f"the sizes of the {side.word} of {owner}", lambda found: shape_of(found.layer(owner)), owner)
    sides = _sides(layer, shape)
    if not sides:
        written = "x".join(map(str, shape))
        message = f"the {side.word} of {owner} is {written}, which does not have the sides of a feature map"
        raise NetworkError(message, side.where, f"write all of its sizes: {side.name} = {written}")
    sizes = LETTERS[: len(sides)] if side.word == OUTPUT else ()
    many = len(sides)
    words = f"the side of the {side.word} of {owner}" if many < 3 else f"the sides of the {side.word} of {owner}"
    return Quantity(side.name, words, lambda found: shape_of(found.layer(owner))[-1 : -1 - many : -1], owner, sizes)


def _sides(layer: Sized, shape: Shape) -> Sequence[int]:
    """The sizes of a signal, feature map or volume after its channels; of a vector its length."""
    if len(shape) in (1, 3, 4):
        return shape[1:] if len(shape) > 1 else shape
    return shape[1:] if len(shape) == 2 and "W" in layer.values else ()

"""The sizes of a network that may vary: those of its input, the batch, a layer's hyperparameters, the width of all layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import gcd
from typing import NamedTuple

from worksheet.errors import Collector, NetworkError, nearest, shown
from worksheet.formula import Exact, whole
from worksheet.formula.exact import simplest
from worksheet.frozen import frozen
from worksheet.language import N_, _, inline
from worksheet.layers import Kind, Shape
from worksheet.layers.spelling import MAX_SIZE, vocabulary
from worksheet.network import INPUT, Network, Node
from worksheet.sizes import Sized, sized

BATCH, WIDTH = "B", "alpha"
AXES = {1: ("L",), 2: ("L", "n"), 3: ("c", "N", "M"), 4: ("c", "D", "N", "M")}  # of the input, by its rank
MEANINGS = {
    "L": N_("length of the input"), "n": N_("width of each row of the input"), "c": N_("channels of the input"),
    "D": N_("depth of the input"),
    "N": N_("height of the input"), "M": N_("width of the input"),
}  # fmt: skip
SIDE = N_("side of the input")
GROUPS = "g"
MAX_OF_NAME = 12


class Effect(NamedTuple):
    """What a size variable changes in a network; nothing for the batch, which is not part of the network."""

    axes: tuple[int, ...] = ()  # of the input's shape
    node: str = ""
    numbers: tuple[str, ...] = ()  # of that layer
    width: bool = False


@frozen
class SizeVariable:
    """A size that varies: the name it was asked for by, its symbol in formulas, its present value and its domain.

    It takes whole multiples of ``step`` from ``least`` to ``most``.
    """

    name: str
    symbol: str
    meaning: str
    value: Exact
    effect: Effect
    least: Exact = 1
    most: Exact = MAX_SIZE
    step: Exact = 1


def size_variables(network: Network, names: Iterable[str]) -> tuple[SizeVariable, ...]:
    """The size variables of a network by name.

    ``M`` is the side of the input, or its width alone where ``N`` is asked for too; ``N``, ``D``, ``L``, ``n`` and ``c`` are its
    other sizes. ``B`` is the batch, ``alpha`` a multiplier of all widths, ``conv1.p`` a layer's hyperparameter, by the sheet's
    word or the formula's letter. Raises WorksheetError with all faults.
    """
    wanted = [name.strip() for name in names]
    faults = Collector()
    variables: list[SizeVariable] = []
    for name in dict.fromkeys(wanted):
        with faults.catching():
            if wanted.count(name) > 1:
                raise NetworkError(f"{shown(name)} is asked for twice", hint=f"name it once: {','.join(dict.fromkeys(wanted))}")
            variables.append(_variable(network, name, wanted))
    faults.raise_any()
    return tuple(_with_unique_symbols(variables))


def with_sizes(network: Network, values: Mapping[SizeVariable, Exact]) -> Network:
    """The network with other values for some sizes. Raises WorksheetError where the layers do not fit them."""
    shape = list(network.input)
    for variable, value in values.items():
        for axis in variable.effect.axes:
            shape[axis] = whole(value)
    made = _for_input(network, tuple(shape)) if any(variable.effect.axes for variable in values) else network
    for variable, value in values.items():
        if variable.effect.node:
            made = _with_hyperparameters(made, variable, value)
    for variable, value in values.items():
        if variable.effect.width:
            made = widen(made, value)
    return made


def batch(values: Mapping[SizeVariable, Exact], otherwise: int = 1) -> int:
    """The number of samples among the values."""
    return next((whole(value) for variable, value in values.items() if variable.symbol == BATCH), otherwise)


def _for_input(network: Network, shape: Shape) -> Network:
    return network.made_for(shape) if network.made_for else replace(network, input=shape)


def _with_hyperparameters(network: Network, variable: SizeVariable, value: Exact) -> Network:
    numbers = dict.fromkeys(variable.effect.numbers, whole(value))
    change = variable.effect.node
    nodes = [
        replace(node, hyperparameters={**node.hyperparameters, **numbers}) if node.name == change else node
        for node in network.nodes
    ]
    return replace(network, nodes=tuple(nodes), made_for=None)


# Names


def _variable(network: Network, name: str, wanted: Sequence[str]) -> SizeVariable:
    if name == BATCH:
        return SizeVariable(name, name, _("number of samples in the batch"), 1, Effect())
    if name == WIDTH:
        return _width(network)
    if "." in name:
        return _of_layer(network, name)
    letters = AXES.get(len(network.input), ())
    if name not in letters:
        names = (*letters, BATCH, WIDTH)
        hint = nearest(name, names) or f"{', '.join(names)}, or a layer's number such as {_example(network)}"
        raise NetworkError(f"{network.name} has no {shown(name)} that could vary", hint=hint)
    axis = letters.index(name)
    length = network.input[axis]
    square = name == "M" and "N" not in wanted and network.input[letters.index("N")] == length
    axes = (letters.index("N"), axis) if square else (axis,)
    return SizeVariable(name, name, _(SIDE if square else MEANINGS[name]), length, Effect(axes))


def _example(network: Network) -> str:
    node = next((node for node in network.nodes if vocabulary(node.kind)), network.nodes[0])
    return f"{node.name}.{next(iter(vocabulary(node.kind)), 'k')}"


def _of_layer(network: Network, name: str) -> SizeVariable:
    """The variable of a layer's hyperparameter. The layer's name may contain dots."""
    owner, __, word = name.rpartition(".")
    no = next((i for i, node in enumerate(network.nodes, 1) if node.name == owner), 0)
    if not no:
        hint = nearest(owner, [node.name for node in network.nodes]) or f"such as {_example(network)}"
        raise NetworkError(f"{network.name} has no layer {shown(owner)}", hint=hint)
    node = network.nodes[no - 1]
    numbers = _numbers(node.kind, word)
    symbol = node.kind.symbols[numbers[0]]
    plain = re.sub(r"[^A-Za-z0-9]", "", owner)
    index = plain if 0 < len(plain) <= MAX_OF_NAME else str(no)
    letter = symbol.name.partition("_")[0] if len(numbers) > 1 or "_" not in symbol.name else symbol.name.replace("_", "")
    common = next((each.common for each in node.kind.spelling.words if each.sets == numbers and len(numbers) > 1), "")
    meaning = _("{number} of {layer}").format(number=inline(_(common or symbol.meaning)), layer=owner)
    value, effect = node.hyperparameters[numbers[0]], Effect(node=owner, numbers=numbers)
    return SizeVariable(name, f"{letter}_{index}", meaning, value, effect, symbol.least)


def _numbers(kind: Kind, word: str) -> tuple[str, ...]:
    """The symbols that a word sets. Raises NetworkError for a choice such as the bias, which is not a size."""
    words = vocabulary(kind)
    own = {symbol.name: (symbol.name,) for symbol in kind.hyperparameters}
    numbers = words.get(word) or own.get(word)
    countable = {w: s for w, s in {**own, **words}.items() if s and not any(kind.symbols[name].words for name in s)}
    if numbers is None or word not in countable:
        hint = nearest(word, countable) or (f"its numbers are {', '.join(countable)}" if countable else "it has no numbers")
        raise NetworkError(f"{kind.name} has no number {shown(word)}", hint=hint)
    return numbers


def _with_unique_symbols(variables: Sequence[SizeVariable]) -> Iterator[SizeVariable]:
    """The variables, each with its own symbol."""
    for i, variable in enumerate(variables):
        clash = any(other.symbol == variable.symbol for other in variables[:i])
        yield replace(variable, symbol=f"{variable.symbol}{'abcdefghijklmnopqrstuvwxyz'[i % 26]}") if clash else variable


# Width


def _width(network: Network) -> SizeVariable:
    """The multiplier of all widths, in steps of one over their greatest common divisor."""
    scaled = _scaled_layers(network)
    if not scaled:
        raise NetworkError(f"{network.name} has no layer inside whose width could vary")
    parts = reduce(gcd, [node.hyperparameters[node.kind.width] for node in network.nodes if node.name in scaled])
    step = Fraction(1, parts) if parts > 1 else 1
    return SizeVariable(
        WIDTH, WIDTH, _("multiplier of the widths of all layers but the last"), 1, Effect(width=True), least=step, step=step
    )


def widen(network: Network, factor: Exact) -> Network:
    """The network with the widths of its layers multiplied, except for those that give its results.

    A layer with a group for each channel keeps one for each. Raises NetworkError where a width would not be whole, or
    layers would not fit together.
    """
    scaled, depthwise = _scaled_layers(network), _depthwise(sized(network))
    nodes = []
    for node in network.nodes:
        names = [name for name, wide in ((node.kind.width, node.name in scaled), (GROUPS, node.name in depthwise)) if wide]
        numbers = {name: _times(node, node.hyperparameters[name], factor) for name in names}
        nodes.append(replace(node, hyperparameters={**node.hyperparameters, **numbers}) if numbers else node)
    return replace(network, nodes=tuple(nodes), made_for=None)


def _times(node: Node, width: int, factor: Exact) -> int:
    """A width, multiplied. Raises NetworkError where the product is not whole."""
    wide = simplest(width * factor)
    if not isinstance(wide, int):
        raise NetworkError(f"{node.name} would have {wide} channels", node.where, f"a multiplier of {factor} does not fit")
    return wide


def _depthwise(layers: Iterable[Sized]) -> frozenset[str]:
    """The layers with a group for each channel."""
    return frozenset(layer.node.name for layer in layers if 1 < layer.values.get(GROUPS, 1) == layer.values.get("c"))


def _scaled_layers(network: Network) -> frozenset[str]:
    """The layers with a width that is read, directly or not, by another layer with a width."""
    feeding: set[str] = set()
    scaled: set[str] = set()
    for node in reversed(network.nodes):
        if node.kind.width and node.name in feeding:
            scaled.add(node.name)
        if node.kind.width or node.name in feeding:
            feeding.update(node.inputs)
    return frozenset(scaled - {INPUT})

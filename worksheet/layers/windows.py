"""What convolution and pooling share: a window that slides over a signal, feature map or volume, and the output sizes.

Everything is made from a table of axes, so one, two and three dimensions share one definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from worksheet.frozen import frozen
from worksheet.language import N_
from worksheet.layers.kind import Axes, Check, Kind, Shape, Size, Symbol, Word
from worksheet.layers.shapes import CHANNELS, DEPTH, HEIGHT, WIDTH


@frozen
class WindowAxis:
    """One direction in which a window slides."""

    letter: str  # of the kernel's size, and the index of p, q, s, d
    side: str
    larger: str
    input: Symbol
    output: str
    kernel: str  # how a word of the sheet says the kernel's size, and its padding; {n} is the number
    padding: str


AXES = (
    WindowAxis("w", "width", "wider", WIDTH, "W", N_("kernel {n} wide"), N_("padding {n} left and right")),
    WindowAxis("h", "height", "higher", HEIGHT, "H", N_("kernel {n} high"), N_("padding {n} above and below")),
    WindowAxis("t", "depth", "deeper", DEPTH, "T", N_("kernel {n} deep"), N_("padding {n} at the front and the back")),
)
KERNELS_SAY = {1: N_("kernel {n} wide"), 2: N_("kernel {n} wide and high"), 3: N_("kernel {n} wide, high and deep")}

# How the number of windows along an axis is found.
FLOORED = "floor"
ROUNDINGS = {
    FLOORED: "floor(({reach})/s_{x}) + 1",
    "ceil": "ceil(({reach})/s_{x}) + 1",
    "clipped": "min(ceil(({reach})/s_{x}) + 1, ceil(({end})/s_{x}))",  # the last window starts in the input or before it
    "same": "ceil({size}/s_{x})",
}
WINDOW_CALL = {"kernel_size": "{}w", "stride": "{}s", "padding": "{}p"}  # of PyTorch's windows, in the words of a sheet
DOWN, UP, UNCLIPPED = 0, 1, 2
ROUNDING = Symbol(
    "e",
    "Rounding of the output's size",
    least=0,
    default="0",
    words={
        DOWN: "size rounded down",
        UP: "size rounded up, without windows that start beyond the input",
        UNCLIPPED: "size rounded up, with windows that start beyond the input",
    },
)
SAME = Symbol(
    "z",
    "Padding",
    least=0,
    default="0",
    words={1: "padding such that the output is the input divided by the stride, rounded up", 0: "as given"},
)
ROUNDING_FLAGS = {"ceil": ("e", UP), "unclipped": ("e", UNCLIPPED)}
SAME_FLAG = {"same": ("z", 1)}


class WindowCase(NamedTuple):
    """The properties of a layer and its input that decide on its formulas and messages."""

    roundings: tuple[str, ...]  # one of ROUNDINGS for each axis
    traits: frozenset[str] = frozenset()  # what a message must name: q, further padding; d, dilation


@frozen
class Windows:
    """The windows of a kind in one, two or three dimensions, with or without dilation and padding."""

    dimensions: int
    dilated: bool = True
    padded: bool = True

    @property
    def axes(self) -> tuple[WindowAxis, ...]:
        """From the innermost axis outwards, the order in which the course writes them: w, h, t."""
        return AXES[: self.dimensions]

    @property
    def input(self) -> Axes:
        """The axes of a signal, map or volume."""
        return (CHANNELS, *(axis.input for axis in reversed(self.axes)))

    @property
    def on_input(self) -> str:
        """The number of places of the input: ``M*N``."""
        return "*".join(axis.input.name for axis in self.axes)

    @property
    def on_output(self) -> str:
        """The number of places of the output: ``W*H``."""
        return "*".join(axis.output for axis in self.axes)

    @property
    def kernel(self) -> str:
        """The number of places of the kernel: ``w*h``."""
        return "*".join(axis.letter for axis in self.axes)

    @property
    def output(self) -> tuple[str, ...]:
        """The output's axes after the channels."""
        return tuple(axis.output for axis in reversed(self.axes))

    # Symbols. Defaults are formulas over the symbols before.

    @property
    def kernels(self) -> tuple[Symbol, ...]:
        return tuple(
            Symbol(axis.letter, f"Kernel {axis.side}", group="kernel", default=None if axis is AXES[0] else "w")
            for axis in self.axes
        )

    def symbols(
        self, letter: str, meaning: str, group: str, default: str, least: int = 0, neutral: int | None = 0
    ) -> tuple[Symbol, ...]:
        """A symbol for each axis, such as ``d_w`` and ``d_h``, with the side in its meaning."""
        return tuple(
            Symbol(f"{letter}_{axis.letter}", meaning.format(axis.side), least, group, default, neutral) for axis in self.axes
        )

    @property
    def paddings(self) -> tuple[Symbol, ...]:
        """The padding on each side, and the further padding on one side; neither where there is no padding."""
        even = self.symbols("p", "Padding on each side of the {}", "padding", "0", neutral=None)
        uneven = self.symbols("q", "Further padding on one side of the {}", "uneven", "0")
        return (*even, *uneven) if self.padded else ()

    def strides(self, default: str = "") -> tuple[Symbol, ...]:
        """The strides. A convolution has a default of 1; pooling steps by the size of its kernel."""
        return tuple(
            Symbol(f"s_{axis.letter}", f"Stride along the {axis.side}", group="stride", default=default or axis.letter)
            for axis in self.axes
        )

    @property
    def dilations(self) -> tuple[Symbol, ...]:
        return self.symbols("d", "Dilation along the {}", "dilation", "1", 1, 1) if self.dilated else ()

    def word(self, letter: str, says: str = "", apart: tuple[str, ...] = (), *, quiet: bool = False, common: str = "") -> Word:
        """The word that sets a symbol for all axes: ``p`` sets p_w and p_h; ``pw`` and ``ph`` set one each."""
        names = [axis.letter for axis in self.axes]
        return Word(letter, tuple(f"{letter}_{x}" for x in names), tuple(letter + x for x in names), quiet, says, apart, common)

    @property
    def words(self) -> tuple[Word, ...]:
        names = tuple(axis.letter for axis in self.axes)
        sides = tuple(axis.padding for axis in self.axes)
        padding = self.word("p", N_("padding {n} on each side"), sides, common=N_("Padding"))
        paddings = (padding, self.word("q", quiet=True)) if self.padded else ()
        dilations = (self.word("d", N_("dilation {n}"), quiet=True, common=N_("Dilation")),) if self.dilated else ()
        apart = tuple(axis.kernel for axis in self.axes)
        kernel = Word("w", names, names, says=KERNELS_SAY[self.dimensions], apart=apart, common=N_("Kernel size"))
        return (kernel, self.word("s", N_("stride {n}"), common=N_("Stride")), *paddings, *dilations)

    # Sizes

    def reach(self, axis: WindowAxis) -> str:
        """How far the kernel can move, as a formula. With a dilation of 1 it is M - w + 2p."""
        x = axis.letter
        extent = f"d_{x}*({x} - 1) - 1" if self.dilated else x
        return f"{axis.input.name} - {extent}" + (f" + 2*p_{x} + q_{x}" if self.padded else "")

    def sizes(self, case: WindowCase) -> tuple[Size, ...]:
        """The output's sizes with their formulas."""
        sizes = []
        for axis, rounding in zip(self.axes, case.roundings, strict=True):
            x, size = axis.letter, axis.input.name
            end = f"{size} + p_{x}" if self.padded else size
            text = ROUNDINGS[rounding].format(reach=self.reach(axis), end=end, size=size, x=x)
            sizes.append(Size(axis.output, f"{axis.side.capitalize()} of output tensor", text))
        return tuple(sizes)

    def found_paddings(self) -> tuple[Size, ...]:
        """The padding of both sides together, where "same" finds it."""
        sizes = []
        for axis in self.axes:
            x, size = axis.letter, axis.input.name
            extent = f"d_{x}*({x} - 1)" if self.dilated else f"{x} - 1"
            text = f"max((ceil({size}/s_{x}) - 1)*s_{x} + {extent} + 1 - {size}, 0)"
            sizes.append(Size(f"P_{x}", f"Padding of the {axis.side}, both sides together", text))
        return tuple(sizes)

    def fitted(self, kind: Kind, case: WindowCase) -> Kind:
        """The kind as it is, or, where "same" finds the padding, with that padding instead of a given one."""
        if "same" not in case.roundings:
            return kind
        symbols = tuple(replace(each, neutral=0) if each.group == "padding" else each for each in kind.hyperparameters)
        words = tuple(replace(word, quiet=True) if word.word == "p" else word for word in kind.spelling.words)
        spelling = replace(kind.spelling, words=words)
        return replace(kind, hyperparameters=symbols, spelling=spelling, paddings=self.found_paddings())

    def checks(self, case: WindowCase) -> tuple[Check, ...]:
        """There is a window: if sizes are rounded down, the kernel fits into the padded input; if up, up to one stride less."""
        checks = []
        for axis, rounding in zip(self.axes, case.roundings, strict=True):
            x, size = axis.letter, axis.input.name
            if rounding == "same":
                message = f'the padding of the {axis.side} is given ({{p_{x}}} + {{q_{x}}}), but "same" finds it'
                checks.append(Check(f"0 - p_{x} - q_{x}", message))
                continue
            kernel = f"{{{x}}}, dilated by {{d_{x}}}" if "d" in case.traits else f"{{{x}}}"
            padded = f"the padded input ({{{size}}} + 2 x {{p_{x}}}" if self.padded else f"the input ({{{size}}}"
            padded += f" + {{q_{x}}})" if "q" in case.traits else ")"
            step = "" if rounding == "floor" else f" + s_{x} - 1"
            checks.append(Check(self.reach(axis) + step, f"the kernel is {axis.larger} ({kernel}) than {padded}"))
        return tuple(checks)

    @property
    def filled(self) -> tuple[Check, ...]:
        """A window must hold at least one element of the input, so the padding of a side stays below the kernel."""
        checks = []
        for axis in self.axes if self.padded else ():
            x = axis.letter
            must = f"must be smaller than the kernel's {axis.side} ({{{x}}})"
            checks.append(Check(f"{x} - 1 - p_{x}", f"the padding ({{p_{x}}}) {must}"))
            # Where the even part alone is too large, the check before has said so.
            uneven = f"max({x} - 1 - p_{x} - q_{x}, p_{x} - {x})"
            checks.append(Check(uneven, f"the padding of one side ({{p_{x}}} + {{q_{x}}}) {must}"))
        return tuple(checks)

    @property
    def usual(self) -> WindowCase:
        """Rounded down along every axis, without further padding or dilation."""
        return WindowCase((FLOORED,) * self.dimensions)

    def case_of(self, shapes: tuple[Shape, ...], v: Mapping[str, int]) -> WindowCase:
        """The case of a layer on inputs of these shapes. Traits for messages are set only where there is cause for one."""
        if v.get("z") or len(shapes) != 1 or len(shapes[0]) < self.dimensions:
            return WindowCase(("same",) * self.dimensions) if v.get("z") else self.usual
        sizes = {axis.letter: size for axis, size in zip(self.axes, reversed(shapes[0]), strict=False)}
        roundings = tuple(rounding(x, size, v) for x, size in sizes.items())
        if all(room(x, size, v) >= 0 for x, size in sizes.items()):
            return WindowCase(roundings)
        neutral = {f"{letter}_{x}": value for letter, value in (("q", 0), ("d", 1)) for x in sizes}
        return WindowCase(roundings, frozenset(name[0] for name, value in neutral.items() if v.get(name, value) != value))


def room(x: str, size: int, v: Mapping[str, int]) -> int:
    """How far the kernel can move along an axis; negative where it does not fit."""
    return size - v.get(f"d_{x}", 1) * (v[x] - 1) - 1 + 2 * v.get(f"p_{x}", 0) + v.get(f"q_{x}", 0)


def rounding(x: str, size: int, v: Mapping[str, int]) -> str:
    """The rule along an axis, one of ROUNDINGS: a size rounded up is clipped only where that makes a difference."""
    if v.get("e", DOWN) == DOWN:
        return FLOORED
    if v["e"] == UNCLIPPED:
        return "ceil"
    stride = v[f"s_{x}"]
    last = -(-room(x, size, v) // stride) * stride  # where the last window starts, counted from the padding's edge
    return "clipped" if last >= size + v.get(f"p_{x}", 0) else "ceil"

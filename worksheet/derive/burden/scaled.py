"""The memory and flops of a network at several input sizes, up to a layer whose features are reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction

from worksheet import conventions
from worksheet.conventions import Convention
from worksheet.derivation import Derivation, Row
from worksheet.derive.worked_solution import derive
from worksheet.errors import NetworkError, Where, WorksheetError, shown
from worksheet.formula import Formula
from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.network import Network

SCALES = ("0.5", "1", "1.5", "2", "2.5", "3")
SCALE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?", re.ASCII)
LARGEST_SCALE, MAX_SCALES = 100, 50
SIZE = Formula("floor(s*M + 1/2)")  # an input's size at a scale s: to the nearest whole number, halves up

Making = Callable[[Shape], Network]  # for an input of another shape


@frozen
class Scaled:
    """The solution of the network up to a layer for one image of another size."""

    scale: Fraction
    solution: Derivation
    cut_before: bool  # the network as a whole does not take this size: its layers are those of the nominal one

    @property
    def row(self) -> Row:
        """The layer whose features are reported."""
        return self.solution.rows[-1]


@frozen
class Burden:
    """The solution of a network for one image of its own size, and up to a layer at other sizes."""

    network: Network
    solution: Derivation
    until: str
    scaled: tuple[Scaled, ...]
    without: tuple[tuple[Shape, WorksheetError], ...]  # sizes that the network does not take, and why


def scale_of(factor: str | Fraction | float) -> Fraction:
    """A factor for the input's size. Raises WorksheetError.

    >>> scale_of("1.5"), scale_of(0.5)
    (Fraction(3, 2), Fraction(1, 2))
    """
    text = str(factor)
    number = factor if isinstance(factor, Fraction) else Fraction(text) if SCALE.fullmatch(text) else Fraction(0)
    if not 0 < number <= LARGEST_SCALE:
        raise WorksheetError(f"cannot scale by {shown(text)}", hint=f"a number above 0 and up to {LARGEST_SCALE}, such as 0.5")
    return number


def scaled_size(size: int, scale: Fraction) -> int:
    """A side of the input at a scale.

    >>> scaled_size(227, Fraction(1, 2)), scaled_size(299, Fraction(3, 2))
    (114, 449)
    """
    return int(SIZE.at({"s": scale, "M": size}))


def measure_burden(
    network: Network, convention: Convention | str, *, scales: Iterable[str | Fraction | float] | None = None, until: str = ""
) -> Burden:
    """Solve a network as a whole and, at each scale, up to a layer: the size of its features, their memory, the flops.

    ``until`` names the layer; without it, the last whose output is a feature map of more than one position. A size that
    the network does not accept is left out, or raises an error if ``scales`` are given. Raises WorksheetError.
    """
    if len(network.input) != 3:
        received = " x ".join(map(str, network.input))
        raise NetworkError(f"a report takes a network of images, channels x height x width, not {received}", Where(network.name))
    convention = conventions.convention(convention)
    solution = derive(network, convention)
    layer = until or _last_map(solution)
    wanted = [scale_of(scale) for scale in (SCALES if scales is None else scales)]
    if not 1 <= len(wanted) <= MAX_SCALES:
        raise WorksheetError(f"{len(wanted)} scales", hint=f"from 1 to {MAX_SCALES}, such as 0.5,1,2")
    part = network.until(layer)
    made_for = _made_for(network)
    rows: list[Scaled] = []
    without: list[tuple[Shape, WorksheetError]] = []
    for scale in dict.fromkeys(wanted):
        shape: Shape = (network.input[0], *(scaled_size(size, scale) for size in network.input[1:]))
        try:
            rows.append(_work_at_scale(part, made_for, layer, shape, scale, convention))
        except WorksheetError as fault:
            without.append((shape, fault))
    if without and (scales is not None or not rows):
        (_, height, width), reason = without[0]
        raise NetworkError(f"for an input of {height} x {width}: {reason.message}", reason.where, reason.hint)
    return Burden(network, solution, layer, tuple(rows), tuple(without))


def _made_for(network: Network) -> Making | None:
    """How the network is made for another input; None where its layers are not those that were read."""
    if network.made_for is None or network.made_for(network.input).nodes != network.nodes:
        return None
    return network.made_for


def _work_at_scale(
    part: Network, made_for: Making | None, layer: str, shape: Shape, scale: Fraction, convention: Convention
) -> Scaled:
    if min(shape) < 1:
        raise NetworkError(f"at {float(scale):g} times its size the input has no places", Where(part.name))
    other, cut_before = replace(part, input=shape), False
    if made_for and shape != part.input:
        try:
            other = made_for(shape).until(layer)
        except WorksheetError:  # perhaps a layer after the wanted one
            cut_before = True
    return Scaled(scale, derive(other, convention), cut_before)


def _last_map(solution: Derivation) -> str:
    """The last layer whose output is a feature map of more than one position; the very last layer if there is none."""
    return next((row.name for row in reversed(solution.rows) if is_map(row.output)), solution.rows[-1].name)


def is_map(shape: Shape | None) -> bool:
    """Whether a shape is that of a feature map: channels, and more than one position."""
    return shape is not None and len(shape) == 3 and shape[1:] != (1, 1)

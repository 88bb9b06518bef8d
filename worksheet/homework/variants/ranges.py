"""The values that a variant may choose: values around the original's, or those that the teacher gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from math import gcd

from worksheet.frozen import frozen
from worksheet.homework.assignment.assignment import VARIED, Variants
from worksheet.layers import Shape, Window
from worksheet.network import Network, Node

INPUT, CHANNELS, KERNEL, STRIDE, PADDING, GROUPS, RECTANGLES = VARIED
NEAR = (0.7, 1.4)  # shares of the original's channels between which those of a variant lie
NEAR_SIDE = (0.8, 1.2)  # the same of an input's sides
MAX_SIDES = 48  # different inputs in a class
STEPS = 8  # channels are multiples of a power of two, which is at most this fraction of the original's
MIN_SPLIT = 4  # channels of a group
MANY_GROUPS = (1, 2, 4)
LETTERS = ("w", "h", "t")

Change = Mapping[str, int]  # new values of some hyperparameters


@frozen
class Ranges:
    """The values of everything that varies; for what does not vary, only the original's value."""

    variants: Variants

    def varies(self, what: str) -> bool:
        """Whether it varies at all."""
        return what in self.variants.vary

    def own_values(self, what: str) -> tuple[int, ...]:
        """The teacher's values; empty if they are derived."""
        return tuple(dict.fromkeys(self.variants.ranges.get(what, ()))) if self.varies(what) else ()

    def choices(self, what: str, original: int, derived: tuple[int, ...]) -> tuple[int, ...]:
        """The values from which one is choices."""
        return self.own_values(what) or derived if self.varies(what) else (original,)

    def allows(self, what: str, value: int) -> bool:
        """Whether the teacher's values, if there are any, include this one."""
        return not self.own_values(what) or value in self.own_values(what)

    def sides(self, side: int, axes: int) -> tuple[int, ...]:
        """Lengths of an input's side, or of a vector."""
        return self.choices(INPUT, side, near_sides(side) if axes > 1 else ladder(side))

    def channels(self, k: int) -> tuple[int, ...]:
        """Numbers of output channels, or of output nodes."""
        return self.choices(CHANNELS, k, ladder(k))

    def groups(self, original: int, c: int, k: int) -> tuple[int, ...]:
        """Numbers of groups that c channels and k kernels can be split into."""
        if not self.varies(GROUPS):
            return (original,)
        own_values = self.own_values(GROUPS)
        derived = sorted({*MANY_GROUPS, *((original // 2, original, original * 2) if original > 1 else ())} - {0})
        both = gcd(c, k)
        return tuple(g for g in own_values or derived if both % g == 0 and (own_values or g == 1 or c // g >= MIN_SPLIT))

    def windows(self, node: Node) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        """The windows that a layer may have: those that are the same on all axes, and oblong ones whose output stays square."""
        if node.kind.window is not Window.SLIDING or not _alike(node):
            return (), ()
        values, pool = node.hyperparameters, node.kind.pooling is not None
        w, s, p = values["w"], values["s_w"], values.get("p_w", 0)
        wide = self.choices(KERNEL, w, near_kernels(w, pool))
        steps = self.choices(STRIDE, s, near_strides(s))
        fixed = values.get("z", 0) == 1 or "p_w" not in values
        free = self.varies(PADDING) and not fixed and not (pool and p == 0 and not self.own_values(PADDING))
        own = any(map(self.own_values, (STRIDE, PADDING, KERNEL)))
        square = [
            _on_axes(node, w=(a, a), s=(b, b), p=(c, c))
            for a, b in product(wide, steps)
            for c in ((self.own_values(PADDING) or near_paddings(p, a)) if free else (p,))
            if not pool or own or (2 * c <= a and (b <= a or s > w))
        ]
        oblong = self._oblong(node, wide, steps) if free and not pool else ()
        return tuple(square), tuple(oblong)

    def _oblong(self, node: Node, wide: tuple[int, ...], steps: tuple[int, ...]) -> Iterator[Change]:
        """Windows whose width and height differ by as much as the padding compensates."""
        if not (self.varies(RECTANGLES) and self.varies(KERNEL)) or len(_axes(node)) != 2 or node.hyperparameters["w"] < 3:
            return
        allowed = self.own_values(PADDING)
        for a, b, s in product(wide, wide, steps):
            lengthened = node.hyperparameters["d_w"] * (b - a)
            for p in allowed or near_paddings(node.hyperparameters["p_w"], a):
                q = p + lengthened // 2
                fits = q in allowed if allowed else 0 <= q <= b // 2
                if a != b and lengthened % 2 == 0 and fits:
                    yield _on_axes(node, w=(a, b), s=(s, s), p=(p, q))


def same_output(node: Node, change: Change) -> bool:
    """Whether the size of a layer's feature map remains the same for every input."""
    old, new = node.hyperparameters, {**node.hyperparameters, **change}
    return all(
        old[f"s_{x}"] == new[f"s_{x}"]
        and old.get(f"d_{x}", 1) * (old[x] - 1) - 2 * old.get(f"p_{x}", 0)
        == new.get(f"d_{x}", 1) * (new[x] - 1) - 2 * new.get(f"p_{x}", 0)
        for x in _axes(node)
    )


def _axes(node: Node) -> tuple[str, ...]:
    return tuple(x for x in LETTERS if f"s_{x}" in node.hyperparameters)


def _alike(node: Node) -> bool:
    """Whether the window is the same on all axes; any other window is not changed."""
    values, axes = node.hyperparameters, _axes(node)
    rows = [tuple(values.get(name, 0) for name in (x, f"s_{x}", f"p_{x}", f"d_{x}", f"q_{x}")) for x in axes]
    return bool(rows) and len(set(rows)) == 1


def _on_axes(node: Node, **values: tuple[int, int]) -> Change:
    """New values for the first axis, and for all others."""
    change: dict[str, int] = {}
    for place, x in enumerate(_axes(node)):
        for letter, pair in values.items():
            name = x if letter == "w" else f"{letter}_{x}"
            if name in node.hyperparameters:
                change[name] = pair[min(place, 1)]
    return change


def own_symbols(network: Network) -> tuple[str, ...]:
    """What varies where the teacher does not say: nothing for which a student needs a symbol that the network does not have."""
    values = [node.hyperparameters for node in network.nodes]
    has = {
        GROUPS: any(1 < each.get("g", 1) < each.get("c", 1) for each in values),
        RECTANGLES: any(node.kind.window is Window.SLIDING and not _alike(node) for node in network.nodes),
    }
    return tuple(name for name in VARIED if has.get(name, True))


# Values around the original's


@lru_cache(maxsize=4096)
def ladder(k: int) -> tuple[int, ...]:
    """Numbers of channels near one: multiples of a power of two.

    >>> ladder(64)
    (48, 56, 64, 72, 80, 88)
    >>> ladder(6)
    (4, 6, 8)
    """
    step = 1
    while step * 2 * STEPS <= k:
        step *= 2
    step = max(step, 2) if k >= 4 else 1
    least, most = (max(1, round(k * share / step)) for share in NEAR)
    return tuple(step * i for i in range(least, max(most, least) + 1))


@lru_cache(maxsize=4096)
def near_sides(side: int) -> tuple[int, ...]:
    """Lengths of an input's side: from four fifths to six fifths, evenly spaced."""
    least, most = (round(side * share) for share in NEAR_SIDE)
    step = max(1, -(-(most - least) // MAX_SIDES))
    even = side & -side  # the power of two in the side: networks that halve their feature map need it
    every = {*range(least, most + 1, step), *(range(least + -least % even, most + 1, even) if even > 1 else ())}
    return tuple(sorted({n for n in every if n > 0} | {side}))


def near_kernels(w: int, pool: bool) -> tuple[int, ...]:
    """Sizes of a kernel: odd ones around an odd one; for pooling, the neighbours. A kernel of 1 stays."""
    if w == 1:
        return (1,)
    step = 2 if w % 2 and not pool else 1
    return tuple(n for n in (w - step, w, w + step) if n >= (3 if step == 2 else 2)) or (w,)


def near_strides(s: int) -> tuple[int, ...]:
    """Strides: one above 1 stays above 1, since a stride of 1 hides how a size is rounded."""
    return (1, 2) if s == 1 else tuple(n for n in (s - 1, s, s + 1) if n > 1)


def near_paddings(p: int, w: int) -> tuple[int, ...]:
    """Paddings of a kernel, at most half of it."""
    return tuple(n for n in range(max(0, p - 2), p + 3) if n <= w // 2) or (min(p, w // 2),)


def resize(shape: Shape, side: int) -> Shape:
    """An input with another side: an image keeps its proportions; a sequence or a vector changes its last axis."""
    first = 1 if len(shape) > 1 else 0
    return (*shape[:first], *(max(1, round(length * side / shape[-1])) for length in shape[first:-1]), side)

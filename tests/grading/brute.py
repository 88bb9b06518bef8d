"""Follow-through by brute force: every set of the student's own wrong earlier values, smallest first.

Shares nothing with the package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import prod

from tests.grading.chains import SPATIAL, Around, Chain, Key, Value, count, output

MAX_WRONG = 12  # addends of a total: 4,096 sets


@dataclass(frozen=True)
class Judged:
    """``sets`` are the smallest sets of own wrong cells that an answer follows from, where it is not right; ``follows`` tells
    whether it follows from the student's own values, all of them."""

    right: bool
    sets: frozenset[frozenset[Key]]
    follows: bool

    @property
    def carried(self) -> bool:
        return not self.right and bool(self.sets)


def reads(chain: Chain, key: Key, hidden: frozenset[Key] = frozenset()) -> tuple[Key, ...]:
    """The cells that a cell is worked out from; in place of those that nobody is asked for, what these are worked out from."""
    row, column = key
    if isinstance(row, str):
        return tuple((i, column) for i in range(1, len(chain.layers) + 1))
    above: tuple[Key, ...] = ((row - 1, "output"),) if row > 1 else ()
    own: tuple[Key, ...] = () if column == "output" else ((row, "output"),)
    found = [reads(chain, read, hidden) if read in hidden else (read,) for read in (*above, *own)]
    return tuple(dict.fromkeys(read for some in found for read in some))


def value(chain: Chain, key: Key, given: Mapping[Key, Value], hidden: frozenset[Key] = frozenset()) -> Value | None:
    """A cell's value where some cells have given values and the others the right ones."""
    row, column = key
    if isinstance(row, str):
        return (sum(given.get(read, chain.truth[read])[0] for read in reads(chain, key)),)
    layer = chain.layers[row - 1]
    above = chain.input if row == 1 else _size(chain, row - 1, given, hidden)
    if above is None or column == "output":
        return None if above is None else output(layer, above)
    own = _size(chain, row, given, hidden)
    return None if own is None else count(layer, column, Around(above, own))


def _size(chain: Chain, row: int, given: Mapping[Key, Value], hidden: frozenset[Key]) -> Value | None:
    key: Key = (row, "output")
    return value(chain, key, given, hidden) if key in hidden else given.get(key, chain.truth[key])


def value_within(chain: Chain, key: Key, given: Mapping[Key, Value], hidden: frozenset[Key]) -> Value | None:
    """A count from the row's own output alone, as far as that tells it: the channels of a pooling, all sizes of a ReLU. The
    kernels of a convolution and the nodes of a linear layer are printed. None where that cell is not among the given ones."""
    row, column = key
    if isinstance(row, str) or column == "output" or (row, "output") not in given:
        return None
    layer, own = chain.layers[row - 1], given[row, "output"]
    above = chain.input if row == 1 else _size(chain, row - 1, given, hidden)
    if above is None or (layer.kind in SPATIAL and len(own) != 3):
        return None
    passes = {"ReLU": own, "MaxPool2d": (own[0], *above[1:])}.get(layer.kind, above)
    return count(layer, column, Around(passes, own))


def value_beside(chain: Chain, key: Key, given: Mapping[Key, Value], hidden: frozenset[Key]) -> Value | None:
    """The flops of a layer with parameters from those that are given in its row: once for each place of its map."""
    row, _ = key
    if isinstance(row, str) or chain.layers[row - 1].kind not in {"Conv2d", "Linear"}:
        return None
    own = _size(chain, row, given, hidden)
    return None if own is None else (prod(own[1:]) * given[row, "params"][0],)


def judged(chain: Chain, key: Key, answers: Mapping[Key, Value], hidden: frozenset[Key] = frozenset()) -> Judged:
    wrong = [read for read in reads(chain, key, hidden) if read in answers and answers[read] != chain.truth[read]]
    assert len(wrong) <= MAX_WRONG, "too many sets to try them all"
    answer = answers[key]
    follows = value(chain, key, {read: answers[read] for read in wrong}, hidden) == answer
    if answer == chain.truth[key]:
        return Judged(True, frozenset(), follows)
    for rule in (value, value_within):
        for size in range(1, len(wrong) + 1):
            sets = [
                chosen
                for chosen in combinations(wrong, size)
                if rule(chain, key, {read: answers[read] for read in chosen}, hidden) == answer
            ]
            if sets:
                return Judged(False, frozenset(map(frozenset, sets)), follows)
    beside = (key[0], "params")
    if key[1] == "flops" and beside in answers and answers[beside] != chain.truth[beside]:
        for size in range(len(wrong) + 1):
            sets = [
                (beside, *chosen)
                for chosen in combinations(wrong, size)
                if value_beside(chain, key, {read: answers[read] for read in (beside, *chosen)}, hidden) == answer
            ]
            if sets:
                return Judged(False, frozenset(map(frozenset, sets)), follows)
    return Judged(False, frozenset(), follows)


def points(found: Judged, worth: Fraction, *, penalty: Fraction = Fraction(0), follow: bool = True) -> Fraction:
    """What a cell is worth where mistakes get nothing."""
    if found.right:
        return worth
    return worth * (1 - penalty) if follow and found.carried else Fraction(0)


def markable(chain: Chain, answers: Mapping[Key, Value]) -> bool:
    """Whether no cell has more wrong ones above it than can be tried."""
    return all(
        sum(1 for read in reads(chain, key) if answers.get(read, chain.truth[read]) != chain.truth[read]) <= MAX_WRONG
        for key in chain.truth
    )

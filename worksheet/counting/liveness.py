"""Which tensors are in memory at once while the layers of a network run one after another; pure numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from worksheet.frozen import frozen


@frozen
class Output:
    """The output of a layer, or an input of the network: its size in any unit, and the places of the outputs that it reads.

    ``is_view``: it is the first output that it reads, under another shape. ``overwrites``: it may be written over one that it
    reads, element by element.
    """

    size: int
    reads: tuple[int, ...] = ()
    is_view: bool = False
    overwrites: bool = False


@frozen
class Allocation:
    """A stretch of memory: its size, the places of the outputs that are written into it, one over the other, and its life.

    It is in memory from the first of ``writers`` to ``last``, the place of the last layer that reads it.
    """

    size: int
    writers: tuple[int, ...]
    last: int


@frozen
class Peak:
    """The largest sum of tensors in memory at once, the place where it is first reached, and these tensors."""

    size: int
    at: int
    allocations: tuple[Allocation, ...]


def allocate(outputs: Sequence[Output], *, in_place: bool = False) -> list[Allocation]:
    """The tensors that hold these outputs.

    A tensor lives until the last layer that reads one of its names has run; what no layer reads is a result and lives on.
    ``in_place`` lets an output overwrite one that it reads, if that has the same size and no other layer reads it.
    """
    named = list(_find_owners(outputs))
    users = _users(outputs, named)
    held: dict[int, int] = {}  # by the place of an output that is written: the first one written into the same tensor
    writers: dict[int, list[int]] = {}
    last: dict[int, int] = {}
    for place, output in enumerate(outputs):
        if named[place] != place:
            continue
        over = (read for read in (named[read] for read in output.reads) if _may_overwrite(outputs, users, read, place))
        taken = next(over, None) if in_place and output.overwrites else None
        held[place] = place if taken is None else held[taken]
        writers.setdefault(held[place], []).append(place)
        last[held[place]] = max(users[place])
    return [Allocation(outputs[first].size, tuple(places), last[first]) for first, places in writers.items()]


def _find_owners(outputs: Sequence[Output]) -> Iterator[int]:
    """For each output the place of the one whose elements it shares: its own, except for views."""
    owners: list[int] = []
    for place, output in enumerate(outputs):
        owners.append(owners[output.reads[0]] if output.is_view and output.reads else place)
        yield owners[-1]


def _users(outputs: Sequence[Output], named: Sequence[int]) -> list[set[int]]:
    """Where each output's numbers are read, under any name; the end of the run where one of the names is a result."""
    users: list[set[int]] = [set() for _ in outputs]
    read = {place for output in outputs for place in output.reads}
    for place, output in enumerate(outputs):
        if named[place] == place:
            for source in output.reads:
                users[named[source]].add(place)
        if place not in read:
            users[named[place]].add(len(outputs))
    return users


def _may_overwrite(outputs: Sequence[Output], users: Sequence[set[int]], read: int, place: int) -> bool:
    """Whether an output may overwrite one that it reads."""
    return users[read] == {place} and outputs[read].size == outputs[place].size


def peak(tensors: Sequence[Allocation], inputs: int, end: int) -> Peak:
    """The largest sum while the layers from the place ``inputs`` to before ``end`` run; what comes before is always there."""
    changes = [0] * (end + 2)
    for tensor in tensors:
        changes[max(tensor.writers[0], inputs)] += tensor.size
        changes[tensor.last + 1] -= tensor.size
    sums = list(accumulate(changes))
    at = max(range(inputs, end), key=lambda place: sums[place])
    alive = [tensor for tensor in tensors if tensor.writers[0] <= at <= tensor.last]
    return Peak(sums[at], at, tuple(alive))

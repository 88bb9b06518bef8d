"""Values of the symbols of kinds, as the readers of all formats set them, and shapes in their messages."""

from collections.abc import Iterable, Mapping, Sequence

from worksheet.layers import kind_named

SPATIAL = "wht"  # the letters of the axes after the channels, the innermost first


def list_symbols(letter: str, numbers: Iterable[int]) -> dict[str, int]:
    """A list of numbers.

    >>> list_symbols("o", (64, 7))
    {'o_1': 64, 'o_2': 7}
    """
    return {f"{letter}_{i}": int(number) for i, number in enumerate(numbers, 1)}


def spatial_symbols(prefix: str, sizes: Sequence[int]) -> dict[str, int]:
    """A size along each axis after the channels, outermost first.

    >>> spatial_symbols("", (3, 5)), spatial_symbols("s_", (2, 1))
    ({'w': 5, 'h': 3}, {'s_w': 1, 's_h': 2})
    """
    return {prefix + axis: int(size) for axis, size in zip(SPATIAL, reversed(sizes), strict=False)}


def output_sizes(sizes: Sequence[int]) -> dict[str, int]:
    """The sizes of an output, outermost first: W, H and T."""
    return {axis.upper(): size for axis, size in spatial_symbols("", sizes).items()}


def resize_symbols(old: Sequence[int], new: Sequence[int]) -> dict[str, int]:
    """The scales of a resampling where all are whole, else its output sizes."""
    if all(after % before == 0 for before, after in zip(old, new, strict=True)):
        return spatial_symbols("s_", [after // before for before, after in zip(old, new, strict=True)])
    return output_sizes(new)


def softmax_axis(place: int, rank: int) -> dict[str, int]:
    """The axis of a softmax, from 0; symbol a is 0 for the usual one: the channels of a feature map, else the last."""
    return {"a": 0 if place == (0 if rank == 3 else rank - 1) else place + 1}


def keep_symbols(kind: str, values: Mapping[str, int]) -> dict[str, int]:
    """Those of the values whose symbols a kind has."""
    symbols = kind_named(kind).symbols
    return {symbol: value for symbol, value in values.items() if symbol in symbols}


def join_sizes(shape: Iterable[int]) -> str:
    """A shape in a message: 3 x 224 x 224."""
    return " x ".join(map(str, shape))

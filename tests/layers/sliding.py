"""Windows laid one after another as a hand would lay them, and random small layers that have them; for the proofs."""

from itertools import product

from hypothesis import strategies as st

AXES = "wht"  # the letters of the symbols, from the innermost axis outwards


def letters(dimensions: int) -> str:
    """The letters from the outermost axis inwards, as shapes run."""
    return AXES[:dimensions][::-1]


def sides(size: int, v: dict[str, int], x: str) -> tuple[int, int]:
    """The padding before and behind an axis; "same" is split in halves, the odd one behind."""
    if not v.get("z"):
        before = v.get(f"p_{x}", 0)
        return before, before + v.get(f"q_{x}", 0)
    windows = len(range(0, size, v[f"s_{x}"]))
    whole = max((windows - 1) * v[f"s_{x}"] + reach(v, x) - size, 0)
    return whole // 2, whole - whole // 2


def reach(v: dict[str, int], x: str) -> int:
    """From a window's first element to behind its last."""
    return v.get(f"d_{x}", 1) * (v[x] - 1) + 1


def starts(size: int, v: dict[str, int], x: str) -> list[int]:
    """Where the windows along an axis begin; the input's first element is 0."""
    before, behind = sides(size, v, x)
    stride, end = v[f"s_{x}"], size + behind
    if v.get("z"):
        return [first - before for first in range(0, size, stride)]
    if not v.get("e"):
        return list(range(-before, end - reach(v, x) + 1, stride))
    found = [-before]
    while found[-1] + reach(v, x) < end:  # one more, until the end is covered
        found.append(found[-1] + stride)
    if v["e"] == 1 and found[-1] >= size:
        found.pop()
    return found


def places(shape: tuple[int, ...], v: dict[str, int]):
    """Every output place with the input places of its window: ``shape`` without the channels."""
    axes = [
        [[start + v.get(f"d_{x}", 1) * i for i in range(v[x])] for start in starts(size, v, x)]
        for x, size in zip(letters(len(shape)), shape, strict=True)
    ]
    for windows in product(*(enumerate(axis) for axis in axes)):
        yield tuple(i for i, _ in windows), list(product(*(window for _, window in windows)))


def padding(shape: tuple[int, ...], v: dict[str, int]) -> list[int]:
    """What torch.nn.functional.pad takes, so that every window finds all of its elements: innermost axis first."""
    found: list[int] = []
    for x, size in zip(AXES, reversed(shape), strict=False):
        before, behind = sides(size, v, x)
        missing = starts(size, v, x)[-1] + reach(v, x) - size
        found += [before, max(behind, missing)]
    return found


@st.composite
def window(draw, dimensions: int, *, dilated: bool = True, padded: bool = True, inside: bool = False, rounding: bool = False):
    """Sizes of the input from the outermost axis inwards, and the window's symbols; most of them fit.

    ``inside`` keeps the padding below the kernel, as pooling needs it.
    """
    v: dict[str, int] = {}
    same = padded and draw(st.integers(0, 3)) == 0
    if padded:
        v["z"] = int(same)
    if rounding:
        v["e"] = draw(st.integers(0, 2))
    sizes = []
    most = 3 if dimensions < 3 else 2
    for x in letters(dimensions):
        v[x] = draw(st.integers(1, most))
        v[f"s_{x}"] = draw(st.integers(1, 3))
        if dilated:
            v[f"d_{x}"] = draw(st.integers(1, 2))
        if padded:
            highest = 0 if same else v[x] - 1 if inside else 2
            v[f"p_{x}"] = draw(st.integers(0, highest))
            v[f"q_{x}"] = draw(st.integers(0, highest - v[f"p_{x}"] if inside else min(highest, 1)))
        fits = reach(v, x) - 2 * v.get(f"p_{x}", 0) - v.get(f"q_{x}", 0) if not same else 1
        least = max(1, fits - (v[f"s_{x}"] - 1 if v.get("e") else 0))
        sizes.append(least + draw(st.integers(0, 6 if dimensions == 1 else 4 if dimensions == 2 else 2)))
    return tuple(sizes), v

"""Mean, sum and maximum over axes."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, indices, largest, total
from tests.layers.proofs.activation import shapes


def mean(numbers: list[Counted]) -> Counted:
    return total(numbers) / Counted(len(numbers))


def axes_of(case: Case | Layer, rank: int) -> list[int]:
    """From 0; all where none is given."""
    return [axis - 1 for axis in (case.v[f"a_{i}"] for i in range(1, 5)) if axis] or list(range(rank))


def reduced(function: Callable[[list[Counted]], Counted]) -> Callable[[Layer], Array]:
    def loop(layer: Layer) -> Array:
        shape = layer.x.shape
        axes = axes_of(layer, len(shape))
        kept = tuple(1 if i in axes else size for i, size in enumerate(shape))
        cells = {}
        for place in indices(kept):
            inside = indices([size if i in axes else 1 for i, size in enumerate(shape)])
            numbers = [layer.x[tuple(a + b for a, b in zip(place, offset, strict=True))] for offset in inside]
            cells[place] = function(numbers)
        result = Array(kept, cells)
        left = [size for i, size in enumerate(shape) if i not in axes] or [1]
        return result if layer.v["f"] else result.reshaped(left)

    return loop


def torch_function(name: str):
    def function(case: Case):
        axes = axes_of(case, len(case.shapes[0]))

        def same(x):
            result = getattr(x, name)(dim=axes, keepdim=bool(case.v["f"]))
            return result if result.dim() else result.reshape(1)

        return same

    return function


@st.composite
def cases(draw):
    shape = draw(shapes(1, 5))
    axes = draw(st.permutations(range(1, len(shape) + 1)))[: draw(st.integers(0, min(4, len(shape))))]
    padded = [*axes, 0, 0, 0, 0]
    return Case((shape,), {f"a_{i + 1}": padded[i] for i in range(4)} | {"f": draw(st.integers(0, 1))})


PROOFS = {
    "Mean": Proof(reduced(mean), cases(), torch_function("mean"), batched=False),
    "Sum": Proof(reduced(total), cases(), torch_function("sum"), batched=False),
    "Max": Proof(reduced(largest), cases(), torch_function("amax"), batched=False),
}

"""Products of matrices and Einstein sums."""

from functools import reduce

from hypothesis import strategies as st

from tests.layers.counting import TALLY, Array, Case, Counted, Layer, Proof, dot, indices, total
from tests.layers.proofs.activation import shapes
from tests.layers.proofs.arithmetic import stretched


def matmul(layer: Layer) -> Array:
    """The dot product of every row and column; a vector is a matrix of one row or column, which goes at the end."""
    first, second = layer.inputs
    a = first if len(first.shape) > 1 else first.reshaped((1, *first.shape))
    b = second if len(second.shape) > 1 else second.reshaped((*second.shape, 1))
    rank = max(len(a.shape), len(b.shape))
    a, b = (x.reshaped((*(1,) * (rank - len(x.shape)), *x.shape)) for x in (a, b))
    stack = [max(sizes) for sizes in zip(a.shape[:-2], b.shape[:-2], strict=True)]

    def element(*index: int) -> Counted:
        *leading, row, column = index
        inner = range(a.shape[-1])
        xs = [stretched(a, (*leading, row, i)) for i in inner]
        return dot(xs, [stretched(b, (*leading, i, column)) for i in inner])

    full = Array.of((*stack, a.shape[-2], b.shape[-1]), element)
    height = full.shape[-2:-1] if len(first.shape) > 1 else ()
    width = full.shape[-1:] if len(second.shape) > 1 else ()
    return full.reshaped((*stack, *height, *width) or (1,))


def einsum(layer: Layer) -> Array:
    """At every index of the output, the products over the indices that are gone, added up."""
    operands, left = layer.pattern.split("->")
    terms = operands.split(",")
    sizes = {
        letter: size for term, x in zip(terms, layer.inputs, strict=True) for letter, size in zip(term, x.shape, strict=True)
    }
    gone = [letter for letter in sizes if letter not in left]

    def product(place: dict[str, int]) -> Counted:
        return reduce(Counted.__mul__, [x[tuple(place[i] for i in term)] for term, x in zip(terms, layer.inputs, strict=True)])

    def element(*index: int) -> Counted:
        outer = dict(zip(left, index, strict=False))
        products = [product(outer | dict(zip(gone, inner, strict=True))) for inner in indices([sizes[i] for i in gone])]
        TALLY["macs"] += len(products) if gone and len(terms) > 1 else 0
        return total(products)

    return Array.of([sizes[letter] for letter in left] or [1], element)


def torch_matmul(_: Case):
    import torch

    return lambda a, b: torch.atleast_1d(torch.matmul(a, b))


def torch_einsum(case: Case):
    import torch

    return lambda *inputs: torch.atleast_1d(torch.einsum(case.pattern, *inputs))


@st.composite
def matmul_cases(draw):
    a, n, b = (draw(st.integers(1, 3)) for _ in range(3))
    stack = draw(shapes(0, 3))

    def leading():
        whole = draw(st.booleans())
        cut = 0 if whole else draw(st.integers(0, len(stack)))
        return tuple(1 if not whole and draw(st.booleans()) else size for size in stack)[cut:]

    first = (n,) if draw(st.integers(0, 4)) == 0 else (*leading(), a, n)
    second = (n,) if draw(st.integers(0, 4)) == 0 else (*leading(), n, b)
    return Case((first, second), {})


@st.composite
def einsum_cases(draw):
    sizes = {letter: draw(st.integers(1, 3)) for letter in "ijkXY"}
    terms = ["".join(draw(st.permutations(list(sizes)))[: draw(st.integers(1, 3))]) for _ in range(draw(st.integers(1, 3)))]
    used = draw(st.permutations(sorted(set("".join(terms)))))
    left = "".join(used[: draw(st.integers(0, len(used)))])
    return Case(tuple(tuple(sizes[i] for i in term) for term in terms), {}, f"{','.join(terms)}->{left}")


PROOFS = {
    "MatMul": Proof(matmul, matmul_cases(), torch_matmul, batched=False),
    "Einsum": Proof(einsum, einsum_cases(), torch_einsum, batched=False),
}

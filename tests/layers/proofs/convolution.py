"""Convolution in one, two and three dimensions."""

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, dot, indices
from tests.layers.sliding import letters, padding, places, window


def convolution(layer: Layer) -> Array:
    """Every kernel at every place: a product for each weight, padding (zeros) included, their sum, the bias.

    Of an input with further leading axes each part is convolved with the same weights.
    """
    v = layer.v
    k, g, b = v["k"], v["g"], v["b"]
    kernel = [v[x] for x in of_kernel(v)]
    *leading, c = layer.x.shape[: -len(kernel)]
    weight = layer.weights("weight", k, c // g, *kernel)
    bias = layer.biases("bias", k) if b else None
    zero = Counted(0)
    cells = {}
    for *part, o in indices([*leading, k]):
        first = o // (k // g) * (c // g)  # of the group's input channels
        weights = [weight[(o, *index)] for index in indices([c // g, *kernel])]
        for place, inside in places(layer.x.shape[-len(kernel) :], v):
            xs = [layer.x.get((*part, first + i, *where), zero) for i in range(c // g) for where in inside]
            y = dot(weights, xs)
            cells[(*part, o, *place)] = y + bias[o] if bias else y
    return Array([max(at) + 1 for at in zip(*cells, strict=True)], cells)


def of_kernel(v: dict[str, int]) -> str:
    """The letters of the kernel's sides from the outermost axis inwards."""
    return letters(sum(x in v for x in "wht"))


def torch_convolution(case: Case):
    """torch's own padding where it is the same on both sides, its own "same" for a stride of 1; else zeros put around."""
    from torch import nn
    from torch.nn import functional

    v, axes = case.v, of_kernel(case.v)
    *leading, c = case.shapes[0][: -len(axes)]
    shape = case.shapes[0][-len(axes) :]

    def per_axis(letter: str) -> tuple[int, ...]:
        return tuple(v[f"{letter}_{x}"] for x in axes)

    own = "same" if v["z"] and set(per_axis("s")) == {1} else None if v["z"] or any(per_axis("q")) else per_axis("p")

    class OnParts(getattr(nn, f"Conv{len(axes)}d")):
        def forward(self, x):
            x = x.reshape(-1, c, *shape)
            y = super().forward(functional.pad(x, padding(shape, v)) if own is None else x)
            return y.reshape(1, *leading, *y.shape[1:])

    return OnParts(
        c,
        v["k"],
        tuple(v[x] for x in axes),
        stride=per_axis("s"),
        padding=own or 0,
        dilation=per_axis("d"),
        groups=v["g"],
        bias=bool(v["b"]),
    )


@st.composite
def cases(draw, dimensions: int):
    shape, v = draw(window(dimensions))
    g = draw(st.integers(1, 2))
    v |= {"g": g, "k": g * draw(st.integers(1, 2)), "b": draw(st.integers(0, 1))}
    leading = draw(st.lists(st.integers(1, 2), max_size=1))
    return Case(((*leading, g * draw(st.integers(1, 2)), *shape),), v)


PROOFS = {f"Conv{n}d": Proof(convolution, cases(n), torch_convolution) for n in (1, 2, 3)}

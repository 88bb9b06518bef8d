"""Transposed convolution in one, two and three dimensions."""

from hypothesis import strategies as st

from tests.layers.counting import TALLY, Array, Case, Counted, Layer, Proof, indices
from tests.layers.sliding import letters, reach


def transposed(layer: Layer) -> Array:
    """Every input element times every weight of its kernels, added to its place; then the borders go and the bias comes."""
    c, *shape = layer.x.shape
    v, axes = layer.v, letters(len(shape))
    k, g, b = v["k"], v["g"], v["b"]
    kernel = [v[x] for x in axes]
    weight = layer.weights("weight", c, k // g, *kernel)
    bias = layer.biases("bias", k) if b else None
    canvas = [(n - 1) * v[f"s_{x}"] + reach(v, x) + v[f"o_{x}"] for x, n in zip(axes, shape, strict=True)]
    sums = {index: Counted(0) for index in indices([k, *canvas])}
    for i, *at in indices(layer.x.shape):
        first = i // (c // g) * (k // g)  # of the group's output channels
        for o, *offset in indices([k // g, *kernel]):
            place = [a * v[f"s_{x}"] + j * v[f"d_{x}"] for x, a, j in zip(axes, at, offset, strict=True)]
            key = (first + o, *place)
            sums[key] = sums[key] + layer.x[(i, *at)] * weight[(i, o, *offset)]
            TALLY["macs"] += 1
    output = [n - 2 * v[f"p_{x}"] for x, n in zip(axes, canvas, strict=True)]

    def cell(o: int, *place: int) -> Counted:
        y = sums[(o, *(i + v[f"p_{x}"] for x, i in zip(axes, place, strict=True)))]
        return y + bias[o] if bias else y

    return Array.of([k, *output], cell)


def torch_transposed(case: Case):
    from torch import nn

    c, *shape = case.shapes[0]
    v, axes = case.v, letters(len(shape))

    def per_axis(letter: str) -> tuple[int, ...]:
        return tuple(v[f"{letter}_{x}"] for x in axes)

    return getattr(nn, f"ConvTranspose{len(shape)}d")(
        c,
        v["k"],
        tuple(v[x] for x in axes),
        stride=per_axis("s"),
        padding=per_axis("p"),
        output_padding=per_axis("o"),
        dilation=per_axis("d"),
        groups=v["g"],
        bias=bool(v["b"]),
    )


@st.composite
def cases(draw, dimensions: int):
    v: dict[str, int] = {}
    shape = []
    for x in letters(dimensions):
        v[x] = draw(st.integers(1, 3))
        v[f"s_{x}"], v[f"d_{x}"] = draw(st.integers(1, 3)), draw(st.integers(1, 2))
        v[f"o_{x}"] = draw(st.integers(0, max(v[f"s_{x}"], v[f"d_{x}"]) - 1))
        shape.append(draw(st.integers(1, 3 if dimensions < 3 else 2)))
        canvas = (shape[-1] - 1) * v[f"s_{x}"] + reach(v, x) + v[f"o_{x}"]
        v[f"p_{x}"] = draw(st.integers(0, min(2, (canvas - 1) // 2)))
    g = draw(st.integers(1, 2))
    v |= {"g": g, "k": g * draw(st.integers(1, 2)), "b": draw(st.integers(0, 1))}
    return Case(((g * draw(st.integers(1, 2)), *shape),), v)


PROOFS = {f"ConvTranspose{n}d": Proof(transposed, cases(n), torch_transposed) for n in (1, 2, 3)}

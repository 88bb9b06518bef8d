"""Layers of a transformer: their parts one after another, after each the residual sum and its normalisation."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, error_function, mixed, root, total
from tests.layers.proofs.attention import Multihead
from tests.layers.proofs.linear import Row, Table, affine, repeated, rows
from tests.layers.proofs.recurrent import relu

HALF, ONE, ROOT_OF_TWO, TINY = Counted(0.5), Counted(1), Counted(2**0.5), Counted(1e-5)


def gelu(x: Counted) -> Counted:
    """0.5 x (1 + erf(x/root of 2))."""
    return HALF * x * (ONE + error_function(x / ROOT_OF_TWO))


def normalised(row: Row, weight: Array, bias: Array | None) -> Row:
    """Differences from the mean by the standard deviation, then the learned numbers of each place."""
    size = Counted(len(row))
    mean = total(row) / size
    differences = [x - mean for x in row]
    deviation = root(mixed(differences, differences) / size + TINY)
    scaled = [x / deviation * weight[i] for i, x in enumerate(differences)]
    return [x + bias[i] for i, x in enumerate(scaled)] if bias else scaled


class Parts:
    """Makes the parts of a layer, with numbers stored under torch's names."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.n = layer.x.shape[-1]

    def attention(self, name: str) -> Multihead:
        return Multihead(self.layer, f"{name}.", self.n, self.n, self.n, self.layer.v["h"])

    def linear(self, name: str, n: int, k: int) -> Callable[[Row], Row]:
        weight = self.layer.weights(f"{name}.weight", k, n)
        bias = self.layer.biases(f"{name}.bias", k) if self.layer.v["b"] else None
        return lambda row: affine(weight, bias, row)

    def forward(self) -> Callable[[Table], Table]:
        wide, narrow = self.linear("linear1", self.n, self.layer.v["f"]), self.linear("linear2", self.layer.v["f"], self.n)
        activation = gelu if self.layer.v["v"] else relu
        return lambda table: [narrow([activation(x) for x in wide(row)]) for row in table]

    def norm(self, name: str) -> Callable[[Table, Table], Table]:
        """The residual sum and its normalisation, which a weight and a bias for each place of a row end."""
        weight = self.layer.weights(f"{name}.weight", self.n)
        bias = self.layer.biases(f"{name}.bias", self.n) if self.layer.v["b"] else None

        def summed(before: Table, found: Table) -> Table:
            rows = [[x + y for x, y in zip(*pair, strict=True)] for pair in zip(before, found, strict=True)]
            return [normalised(row, weight, bias) for row in rows]

        return summed


def encoder(layer: Layer) -> Array:
    parts = Parts(layer)
    attend, forward = parts.attention("self_attn"), parts.forward()
    norms = [parts.norm(f"norm{i}") for i in (1, 2)]

    def run(*index: int) -> Table:
        table = rows(layer.x, *index)
        table = norms[0](table, attend(table, table, table))
        return norms[1](table, forward(table))

    return repeated([layer.x.shape], 2, run)


def decoder(layer: Layer) -> Array:
    parts = Parts(layer)
    attend, remember, forward = parts.attention("self_attn"), parts.attention("multihead_attn"), parts.forward()
    norms = [parts.norm(f"norm{i}") for i in (1, 2, 3)]

    def run(*index: int) -> Table:
        table, memory = (rows(x, *index) for x in layer.inputs)
        table = norms[0](table, attend(table, table, table))
        table = norms[1](table, remember(table, memory, memory))
        return norms[2](table, forward(table))

    return repeated([layer.x.shape], 2, run)


def torch_layer(name: str):
    def made(case: Case):
        from torch import nn

        class Flat(getattr(nn, name)):
            """torch takes one axis before the tokens."""

            def forward(self, *sequences):
                found = super().forward(*(x.flatten(0, -3) for x in sequences))
                return found.unflatten(0, sequences[0].shape[:-2])

        v = case.v
        activation = "gelu" if v["v"] else "relu"
        return Flat(case.shapes[0][-1], v["h"], v["f"], activation=activation, batch_first=True, bias=bool(v["b"]))

    return made


@st.composite
def layer_cases(draw, sequences: int):
    h = draw(st.integers(1, 2))
    n = h * draw(st.integers(1, 2))
    leading = tuple(draw(st.lists(st.integers(1, 2), max_size=1)))
    shapes = tuple((*leading, draw(st.integers(1, 3)), n) for _ in range(sequences))
    return Case(shapes, {"h": h, "f": draw(st.integers(1, 4)), "v": draw(st.integers(0, 1)), "b": draw(st.integers(0, 1))})


PROOFS = {
    "TransformerEncoderLayer": Proof(encoder, layer_cases(1), torch_layer("TransformerEncoderLayer")),
    "TransformerDecoderLayer": Proof(decoder, layer_cases(2), torch_layer("TransformerDecoderLayer")),
}

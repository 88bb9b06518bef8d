"""Layers of a transformer backwards: the last part first, the gradients of both ways added up where a residual begins."""

from collections.abc import Callable
from math import pi

from tests.layers.backward import Batch, Gradient
from tests.layers.counting import Array, Counted, Layer, assigned, dot, error_function, exponential, mixed, root, total
from tests.layers.gradients.attention import ALL, NONE, MultiheadBack, Wanted, put
from tests.layers.learning import Terms, added, learning, of_leading, transposed, untallied
from tests.layers.proofs.linear import Row, Table, affine, rows
from tests.layers.proofs.recurrent import ZERO, relu
from tests.layers.proofs.transformer import HALF, ONE, ROOT_OF_TWO, TINY, Parts, gelu

MINUS_HALF, DENSITY = Counted(-0.5), Counted(1 / (2 * pi) ** 0.5)


def gelu_back(x: Counted, g: Counted) -> Counted:
    """The normal distribution, and the element times its density."""
    below = HALF * (ONE + error_function(x / ROOT_OF_TWO))
    return g * (below + x * (DENSITY * exponential(MINUS_HALF * (x * x))))


def relu_back(x: Counted, g: Counted) -> Counted:
    """By what the activation gave, which is more than zero where its input is."""
    return assigned(g if x > ZERO else ZERO)


class Normalised:
    """A row that was normalised: what the forward pass has saved of it."""

    def __init__(self, row: Row) -> None:
        self.row, self.count = row, Counted(len(row))
        with untallied():
            self.mean = total(row) / self.count
            differences = [x - self.mean for x in row]
            self.deviation = root(mixed(differences, differences) / self.count + TINY)

    def found(self) -> Row:
        return [(x - self.mean) / self.deviation for x in self.row]

    def back(self, g: Row) -> Row:
        """(g - its mean - z times the mean of g z) / deviation."""
        z = self.found()
        first, second = total(g) / self.count, dot(g, z) / self.count
        return [(a - first - b * second) / self.deviation for a, b in zip(g, z, strict=True)]


class Backwards(Parts):
    """The parts of one layer backwards; ``ways`` are its residual parts."""

    def __init__(self, layer: Layer, stored: dict[str, Array], terms: Terms, *, wanted: bool) -> None:
        super().__init__(layer)
        self.stored, self.terms, self.wanted = stored, terms, wanted

    def attend(self, name: str, sequences: list[Table], g: Table, wanted: Wanted) -> list[Table]:
        return MultiheadBack(self.attention(name), f"{name}.", self.stored, self.terms)(sequences, g, wanted)

    def itself(self, x: Table, g: Table) -> Table:
        """Through the attention that the layer begins with."""
        return added(self.attend("self_attn", [x] * 3, g, ALL if self.wanted else NONE))

    def layer_of(self, name: str) -> tuple[Array, Array | None]:
        return self.stored[f"{name}.weight"], self.stored.get(f"{name}.bias")

    def apply(self, name: str, table: Table) -> Table:
        return [affine(*self.layer_of(name), row) for row in table]

    def linear_back(self, name: str, table: Table, g: Table) -> Table:
        weight, bias = self.layer_of(name)
        self.terms.linear(name, table, g, bias=bias is not None)
        return [transposed(weight, row) for row in g]

    def feed_back(self, table: Table, g: Table) -> Table:
        """Through both linear layers and the activation between them."""
        function, back = (gelu, gelu_back) if self.layer.v["v"] else (relu, relu_back)
        with untallied():
            wide = self.apply("linear1", table)
            given = [[function(x) for x in row] for row in wide]
        of_given = self.linear_back("linear2", given, g)
        of_wide = [[back(*pair) for pair in zip(*both, strict=True)] for both in zip(wide, of_given, strict=True)]
        return self.linear_back("linear1", table, of_wide)

    def norm_back(self, name: str, table: Table, g: Table) -> Table:
        """To the sum that was normalised."""
        weight, bias = self.layer_of(name)
        found = []
        for row, of_row in zip(table, g, strict=True):
            normalised = Normalised(row)
            self.terms.scale(f"{name}.weight", normalised.found, of_row)
            if bias:
                self.terms.bias(f"{name}.bias", of_row)
            found.append(normalised.back([x * weight[i] for i, x in enumerate(of_row)]))
        return found

    def run(
        self, table: Table, ways: list[Callable[[Table], Table]], backs: list[Callable[[Table, Table], Table]], g: Table
    ) -> Table:
        """Through residual parts, each followed by its normalisation."""
        read, sums = [table], []
        with untallied():
            for i, way in enumerate(ways, 1):
                sums.append(added([read[-1], way(read[-1])]))
                weight, bias = self.layer_of(f"norm{i}")
                scaled = [[x * weight[j] for j, x in enumerate(Normalised(row).found())] for row in sums[-1]]
                read.append([[x + bias[j] for j, x in enumerate(row)] for row in scaled] if bias else scaled)
        for i, back in reversed(list(enumerate(backs))):
            of_sum = self.norm_back(f"norm{i + 1}", sums[i], g)
            of_part = back(read[i], of_sum)
            g = added([of_sum, of_part]) if self.wanted or i else []
        return g


def encoder(back: Backwards, tables: list[Table], g: Table) -> list[Table]:
    attend = back.attention("self_attn")
    return [back.run(tables[0], [lambda x: attend(x, x, x), back.forward()], [back.itself, back.feed_back], g)]


def decoder(back: Backwards, tables: list[Table], g: Table) -> list[Table]:
    first, memory = tables
    attend, remember = back.attention("self_attn"), back.attention("multihead_attn")
    of_memory: list[Table] = []

    def remember_back(x: Table, g: Table) -> Table:
        of_x, *of_others = back.attend("multihead_attn", [x, memory, memory], g, (True, back.wanted, back.wanted))
        of_memory.append(added(of_others))
        return of_x

    of_first = back.run(
        first,
        [lambda x: attend(x, x, x), lambda x: remember(x, memory, memory), back.forward()],
        [back.itself, remember_back, back.feed_back],
        g,
    )
    return [of_first, *of_memory]


def gradient(back: Callable[[Backwards, list[Table], Table], list[Table]]) -> Gradient:
    def backwards(batch: Batch, terms: Terms, *, wanted: bool) -> list[list[Array | None]]:
        found: list[list[Array | None]] = []
        for layer, upstream in zip(batch.samples, batch.upstream, strict=True):
            arrays = [Array(x.shape, {}) for x in layer.inputs]
            for at in of_leading(layer.x.shape, 2):
                parts = Backwards(layer, batch.stored, terms, wanted=wanted)
                tables = back(parts, [rows(x, *at) for x in layer.inputs], rows(upstream, *at))
                for array, table in zip(arrays, tables, strict=True):
                    put(array, at, table)
            found.append(list(arrays))
        return found

    return learning(backwards)


GRADIENTS = {"TransformerEncoderLayer": gradient(encoder), "TransformerDecoderLayer": gradient(decoder)}

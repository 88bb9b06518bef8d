"""What a transformer costs as closed forms in its length, width, depth, heads and vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from worksheet.conventions import Convention, convention
from worksheet.counting.counting import Counting
from worksheet.counting.run import run_of
from worksheet.derive.transformers.symbolic_sizes import INSIDE, Amount, Sizes
from worksheet.errors import NetworkError
from worksheet.formula.polynomial import Polynomial
from worksheet.formula.traced import Trace
from worksheet.formula.traced_numbers import polynomial_of
from worksheet.frozen import frozen
from worksheet.layers import Role
from worksheet.sizes import Sized, sized
from worksheet.zoo.language import Transformer, TransformerDesign

BACKWARD = ("input_gradient", "weight_gradient")  # columns of the conventions of training
SUMS = "gradient_sums"


@frozen
class Growing:
    """What a column counts: in each block, and outside the blocks."""

    block: Amount
    rest: Amount
    depth: Amount

    @property
    def total(self) -> Amount:
        return self.block.times(self.depth) + self.rest


@frozen
class BlockLayer:
    """A layer of one block: its name there, its kind, and its multiply-accumulates."""

    name: str
    kind: str
    macs: Amount


class _SymbolicCounts:
    """The networks of 1, 2 and 3 blocks, counted by one convention with all sizes but the depth as symbols."""

    def __init__(self, costs: Costs, counted: Convention, *, past: bool) -> None:
        self.trace = Trace(costs.inside)
        self.costs = costs
        self.convention = counted
        names = {name: self.trace.variable(i) for i, name in enumerate(INSIDE)}
        length, before = (1, names["S"]) if past else (names["L"], 0)
        self.rows = [self._rows(costs.symbolic_design(names, depth), length, before) for depth in (1, 2, 3)]

    def _rows(self, design: TransformerDesign, length: int, past: int) -> list[tuple[Sized, dict[str, Polynomial]]]:
        """Each layer with its columns by name; shared parameters count 0, unless tokens are read one by one."""
        network = self.costs.transformer.network(design, length, past)
        counting = Counting(network, self.convention, run_of(self.convention, 1))
        rows = []
        for layer in counting.layers:
            folded = counting.fold(layer)
            values = counting.values(folded, layer)
            forms = {
                column.name: Polynomial({})
                if folded.rules[i] is None or (not past and counting.is_counted_elsewhere(folded, i, layer))
                else polynomial_of(counting.count(folded, i, values))
                for i, column in enumerate(self.convention.columns)
            }
            rows.append((layer, forms))
        return rows

    def column(self, name: str) -> Growing:
        """A column's sums. Raises NetworkError if a further block costs something else than the one before."""
        return self.grow([sum((forms[name] for _, forms in rows), Polynomial({})) for rows in self.rows])

    def read(self, name: str) -> Growing:
        """The parameters and buffers that one token reads: all of a layer, but of a table the row that it looks up."""
        return self.grow([sum((_read(*row, name) for row in rows), Polynomial({})) for rows in self.rows])

    def grow(self, sums: Sequence[Polynomial]) -> Growing:
        block = sums[1] - sums[0]
        if sums[2] - sums[1] != block:
            raise NetworkError(f"the blocks of {self.costs.transformer.name} do not all cost the same")
        return Growing(self.costs.over_sizes(block), self.costs.over_sizes(sums[0] - block), self.costs.size("n"))

    def block(self, name: str) -> Iterator[BlockLayer]:
        """The layers of one block for which a column counts something."""
        before = {layer.node.name for layer, _ in self.rows[0]}
        for layer, forms in self.rows[1]:
            if layer.node.name not in before and forms[name].terms:
                own = layer.node.name.removeprefix(f"{layer.node.stage}.")
                yield BlockLayer(own, layer.kind.title, self.costs.over_sizes(forms[name]))


def _read(layer: Sized, forms: Mapping[str, Polynomial], column: str) -> Polynomial:
    return polynomial_of(layer.output[-1]) if layer.kind.role is Role.TABLE else forms[column]


class Costs(Sizes):
    """The costs of a transformer of some design for sequences of some length; further arguments as of ``Sizes``.

    Raises NetworkError if the design is invalid or has too few positions for that many tokens.
    """

    def __init__(
        self, transformer: Transformer, design: TransformerDesign, length: int, *, prompt: int = 0, batch: int = 1
    ) -> None:
        one = transformer.network(replace(design, blocks=1), length)
        sized(one)  # refuses what does not fit
        stored = any(node.kind.is_source for node in one.nodes)
        super().__init__(design, length, prompt, batch, positions=design.positions if stored else 0)
        self.transformer = transformer

    @cached_property
    def _training(self) -> _SymbolicCounts:
        return _SymbolicCounts(self, convention("training-macs"), past=False)

    @cached_property
    def _operations(self) -> _SymbolicCounts:
        return _SymbolicCounts(self, convention("training"), past=False)

    @cached_property
    def _step(self) -> _SymbolicCounts:
        return _SymbolicCounts(self, convention("textbook"), past=True)

    @cached_property
    def params(self) -> Growing:
        return self._training.column("params")

    @cached_property
    def forward(self) -> Growing:
        """Multiply-accumulates of the forward pass."""
        return self._training.column("forward")

    @cached_property
    def by_length(self) -> tuple[Fraction, Fraction]:
        """Multiply-accumulates of the forward pass for each token, and for each pair of tokens."""
        parts = self.by_power(self.forward.total, "L")
        return Fraction(parts[1].value), Fraction(parts[2].value)

    @cached_property
    def block(self) -> tuple[BlockLayer, ...]:
        return tuple(self._training.block("forward"))

    @cached_property
    def backward(self) -> dict[str, Growing]:
        """Multiply-accumulates of the gradients with respect to the inputs and to the weights."""
        return {name: self._training.column(name) for name in BACKWARD}

    @cached_property
    def operations(self) -> dict[str, Growing]:
        """All operations: of the forward pass, of both gradients, of sums of gradients."""
        return {name: self._operations.column(name) for name in ("forward", *BACKWARD, SUMS)}

    @property
    def generates(self) -> bool:
        """Whether it can go on from keys and values of the tokens before."""
        return bool(self.transformer.cache)

    @cached_property
    def token(self) -> Growing:
        """Multiply-accumulates of token number t, where keys and values of those before are kept."""
        return self._step.column("macs")

    @cached_property
    def read(self) -> Growing:
        """The parameters and buffers that a token reads."""
        return self._step.read("params")
